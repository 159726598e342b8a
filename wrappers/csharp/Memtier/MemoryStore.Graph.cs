using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Associations: links between items and concepts, and walks along them.
public sealed unsafe partial class MemoryStore
{
    private delegate int GraphCall(
        nint store, nint scope, byte* text, nuint size, Control* control, nint* result, nint* error);

    /// <summary>
    /// Makes a link, or puts another weight in its place. An item at its end must be there; a concept is made
    /// where it is not.
    /// </summary>
    /// <param name="link">The link.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <exception cref="MemoryNotFoundException">An item at an end is not there.</exception>
    public void PutLink(
        MemoryLink link, MemoryScope? scope = null, MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(link);
        CountLong(
            Documents.Write(link.Write), scope, null, default,
            (names, start, size, _, _, error) =>
                Native.LinkPut(_handle.Value, names, start, size, (int)durability, error));
    }

    /// <summary>Makes many links at once, all or none; the message of a failure tells which it is about.</summary>
    /// <param name="links">At most 100000.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it; then none is put.</param>
    public void PutLinks(
        IEnumerable<MemoryLink> links, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(links);
        byte[] document = Documents.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (MemoryLink link in links)
            {
                link.Write(writer);
            }
            writer.WriteEndArray();
        });
        CountLong(
            document, scope, progress, cancellationToken,
            (names, start, size, control, count, error) => Native.LinkPutMany(
                _handle.Value, names, start, size, (int)durability, control, count, error));
    }

    /// <summary>Reads a link.</summary>
    /// <param name="source">From where.</param>
    /// <param name="target">To where.</param>
    /// <param name="kind">Such as <see cref="MemoryLink.Related"/>.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <exception cref="MemoryNotFoundException">There is none, or an end of it is not there.</exception>
    public MemoryLink GetLink(
        MemoryNode source, MemoryNode target, string kind = MemoryLink.Related, MemoryScope? scope = null)
    {
        byte[] document = new MemoryLinkQuery { Source = source, Target = target, Kind = kind }.ToUtf8();
        byte[] json = Utf8Text.TakeBytes(Ask<nint>(&Native.LinkGet, document, scope));
        using JsonDocument link = JsonDocument.Parse(json);
        return MemoryLink.Parse(link.RootElement);
    }

    /// <summary>Deletes links.</summary>
    /// <param name="query">Which: a source or a target must be given.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <returns>How many there were.</returns>
    public long DeleteLinks(
        MemoryLinkQuery query, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return CountLong(
            query.ToUtf8(), scope, null, default,
            (names, start, size, _, count, error) =>
                Native.LinkDelete(_handle.Value, names, start, size, (int)durability, count, error));
    }

    /// <summary>Lists links.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public MemoryPage<MemoryLink> ListLinks(
        MemoryLinkQuery? query = null, MemoryScope? scope = null, CancellationToken cancellationToken = default)
    {
        using JsonDocument answer = AskGraph(query?.ToUtf8() ?? [], scope, cancellationToken, Native.LinkList);
        return new MemoryPage<MemoryLink>(
            GraphReader.All(answer.RootElement, "links", MemoryLink.Parse),
            GraphReader.Text(answer.RootElement, "after"));
    }

    /// <summary>Makes a concept, filed under exactly the names of the scope.</summary>
    /// <param name="name">1 to 256 bytes.</param>
    /// <param name="description">What it is.</param>
    /// <param name="scope">The names that it is filed under; null: none, default collection.</param>
    /// <param name="durability">What the write survives.</param>
    /// <exception cref="MemoryExistsException">It is there.</exception>
    public void CreateConcept(
        string name, string? description = null, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] document = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            Documents.WriteText(writer, "name", name);
            Documents.WriteText(writer, "description", description);
            writer.WriteEndObject();
        });
        CountLong(
            document, scope, null, default,
            (names, start, size, _, _, error) =>
                Native.ConceptCreate(_handle.Value, names, start, size, (int)durability, error));
    }

    /// <summary>Lists concepts in the order of their names.</summary>
    /// <param name="prefix">Of their names; null: all.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="after">Of an earlier page; null: from the start.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public MemoryPage<MemoryConcept> ListConcepts(
        string? prefix = null, MemoryScope? scope = null, int limit = 100, string? after = null,
        CancellationToken cancellationToken = default)
    {
        byte[] document = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            Documents.WriteText(writer, "prefix", prefix);
            writer.WriteNumber("limit"u8, limit);
            Documents.WriteText(writer, "after", after);
            writer.WriteEndObject();
        });
        using JsonDocument answer = AskGraph(document, scope, cancellationToken, Native.ConceptList);
        return new MemoryPage<MemoryConcept>(
            GraphReader.All(answer.RootElement, "concepts", one => new MemoryConcept(
                MemoryNode.Parse(one), GraphReader.Text(one, "description"),
                Times.ToTime(one.GetProperty("created_us"u8).GetInt64()),
                one.GetProperty("links"u8).GetInt64())),
            GraphReader.Text(answer.RootElement, "after"));
    }

    /// <summary>Deletes a concept with all its links.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="durability">What the write survives.</param>
    /// <exception cref="MemoryNotFoundException">There is none.</exception>
    public void DeleteConcept(
        string name, MemoryScope? scope = null, MemoryDurability durability = MemoryDurability.Default)
    {
        CountLong(
            Utf8Text.ToArray(name), scope, null, default,
            (names, start, size, _, _, error) =>
                Native.ConceptDelete(_handle.Value, names, start, size, (int)durability, error));
    }

    /// <summary>What a node is linked with, the strongest first.</summary>
    /// <param name="node">The node.</param>
    /// <param name="query">Which links, and how many; null for defaults.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemoryNeighbour> GetNeighbours(
        MemoryNode node, MemoryGraphQuery? query = null, MemoryScope? scope = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        byte[] document =
            (query ?? new()).ToUtf8(writer => GraphReader.WriteNode(writer, "node", node));
        using JsonDocument answer = AskGraph(document, scope, cancellationToken, Native.GraphListNeighbours);
        return GraphReader.All(answer.RootElement, "neighbours", one => new MemoryNeighbour(
            MemoryNode.Parse(one), GraphReader.Text(one, "kind") ?? "",
            GraphReader.Text(one, "direction") == "out", one.GetProperty("weight"u8).GetDouble(),
            one.GetProperty("strength"u8).GetDouble()));
    }

    /// <summary>How one node leads to another.</summary>
    /// <param name="from">The first node.</param>
    /// <param name="to">The last.</param>
    /// <param name="query">Which links, and how far; null for defaults.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MemoryNotFoundException">An end is not there, or no path within the limits.</exception>
    public MemoryPath FindPath(
        MemoryNode from, MemoryNode to, MemoryGraphQuery? query = null, MemoryScope? scope = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        byte[] document = (query ?? new()).ToUtf8(writer =>
        {
            GraphReader.WriteNode(writer, "from", from);
            GraphReader.WriteNode(writer, "to", to);
        });
        using JsonDocument answer = AskGraph(document, scope, cancellationToken, Native.GraphFindPath);
        return new MemoryPath(
            GraphReader.All(answer.RootElement, "nodes", MemoryNode.Parse),
            GraphReader.All(answer.RootElement, "links", MemoryLink.Parse));
    }

    /// <summary>
    /// What comes to mind: activation spreads from seeds along links, as memtier_graph_spread in memtier.h says.
    /// </summary>
    /// <param name="seeds">Where it begins, and with how much.</param>
    /// <param name="query">Which links, and how far; null for defaults.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public MemorySpread Spread(
        IEnumerable<KeyValuePair<MemoryNode, double>> seeds, MemoryGraphQuery? query = null,
        MemoryScope? scope = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        byte[] document = (query ?? new()).ToUtf8(writer =>
        {
            writer.WriteStartArray("seeds"u8);
            foreach ((MemoryNode node, double activation) in seeds)
            {
                node.Write(writer, activation);
            }
            writer.WriteEndArray();
        });
        using JsonDocument answer = AskGraph(document, scope, cancellationToken, Native.GraphSpread);
        JsonElement root = answer.RootElement;
        return new MemorySpread(
            GraphReader.All(root, "nodes", one => new MemoryActivation(
                MemoryNode.Parse(one), one.GetProperty("activation"u8).GetDouble(),
                one.GetProperty("hops"u8).GetInt32())),
            root.GetProperty("activated"u8).GetInt64(), root.GetProperty("truncated"u8).GetBoolean());
    }

    /// <summary>As <see cref="Spread(IEnumerable{KeyValuePair{MemoryNode, double}}, MemoryGraphQuery?, MemoryScope?, CancellationToken)"/>, each seed with 1.</summary>
    /// <param name="seeds">Where it begins.</param>
    /// <param name="query">Which links, and how far; null for defaults.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public MemorySpread Spread(
        IEnumerable<MemoryNode> seeds, MemoryGraphQuery? query = null, MemoryScope? scope = null,
        CancellationToken cancellationToken = default) =>
        Spread(seeds.Select(node => KeyValuePair.Create(node, 1.0)), query, scope, cancellationToken);

    /// <summary>A part of the graph as a JSON document: memtier_graph_export in memtier.h.</summary>
    /// <param name="query">Which part; null: all of the scope.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public string ExportGraph(
        MemoryGraphQuery? query = null, MemoryScope? scope = null, CancellationToken cancellationToken = default) =>
        ExportGraph("json", query, scope, cancellationToken);

    /// <summary>A part of the graph for GraphViz.</summary>
    /// <param name="query">Which part; null: all of the scope.</param>
    /// <param name="scope">Who may be seen; null: the default collection, any names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public string DrawGraph(
        MemoryGraphQuery? query = null, MemoryScope? scope = null, CancellationToken cancellationToken = default) =>
        ExportGraph("dot", query, scope, cancellationToken);

    private string ExportGraph(
        string format, MemoryGraphQuery? query, MemoryScope? scope, CancellationToken token)
    {
        byte[] document = (query ?? new()).ToUtf8(writer => Documents.WriteText(writer, "format", format));
        return Utf8Text.ToString(AskDocument(document, scope, token, Native.GraphExport));
    }

    private byte[] AskDocument(byte[] document, MemoryScope? scope, CancellationToken token, GraphCall call) =>
        Utf8Text.TakeBytes(AskLong(
            document, scope, token,
            (names, start, size, control, result, error) =>
                call(_handle.Value, names, start, size, control, result, error)));

    private JsonDocument AskGraph(byte[] document, MemoryScope? scope, CancellationToken token, GraphCall call) =>
        JsonDocument.Parse(AskDocument(document, scope, token, call));
}
