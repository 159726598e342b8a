using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>An end of a link: an item, by its id, or a concept, by its name.</summary>
/// <param name="Name">The item's id, or the concept's name.</param>
/// <param name="IsConcept">Whether it is a concept.</param>
/// <param name="Scope">
/// As an argument: narrows the call's, where an id alone would mean several. In results: where it is filed;
/// null where no name is given.
/// </param>
public sealed record MemoryNode(string Name, bool IsConcept = false, MemoryScope? Scope = null)
{
    /// <summary>The node of a concept.</summary>
    /// <param name="name">Its name.</param>
    public static MemoryNode Concept(string name) => new(name, true);

    /// <summary>The node of an item.</summary>
    /// <param name="id">Its id.</param>
    public static implicit operator MemoryNode(string id) => new(id);

    /// <summary>The node of an item.</summary>
    /// <param name="id">Its id.</param>
    public static MemoryNode FromString(string id) => new(id);

    internal void Write(Utf8JsonWriter writer, double? activation = null)
    {
        writer.WriteStartObject();
        Documents.WriteText(writer, IsConcept ? "concept" : "id", Name);
        Documents.WriteText(writer, "collection", Scope?.Collection);
        Documents.WriteText(writer, "app", Scope?.App);
        Documents.WriteText(writer, "user", Scope?.User);
        Documents.WriteText(writer, "agent", Scope?.Agent);
        Documents.WriteText(writer, "session", Scope?.Session);
        Documents.WriteNumber(writer, "activation", activation);
        writer.WriteEndObject();
    }

    internal static MemoryNode Parse(JsonElement node)
    {
        string? concept = GraphReader.Text(node, "concept");
        var scope = new MemoryScope
        {
            Collection = GraphReader.Text(node, "collection"),
            App = GraphReader.Text(node, "app"),
            User = GraphReader.Text(node, "user"),
            Agent = GraphReader.Text(node, "agent"),
            Session = GraphReader.Text(node, "session"),
        };
        MemoryScope? filed = scope == new MemoryScope() ? null : scope;
        return new MemoryNode(concept ?? GraphReader.Text(node, "id") ?? "", concept is not null, filed);
    }
}

/// <summary>A link from one node to another. Source, target and kind are its identity.</summary>
/// <param name="Source">From where.</param>
/// <param name="Target">To where.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Weight">More than 0, up to 1000.</param>
public sealed record MemoryLink(
    MemoryNode Source, MemoryNode Target, string Kind = MemoryLink.Related, double Weight = 1)
{
    /// <summary>The kind of links that name none.</summary>
    public const string Related = "related";

    /// <summary>The kind of learned links, <see cref="MemoryStoreOptions.LearnLinks"/>.</summary>
    public const string ReadTogether = "read_together";

    /// <summary>
    /// For putting: adds the weight to the strength of a link that is there, in place of replacing it.
    /// </summary>
    public bool Strengthens { get; init; }

    /// <summary>The weight as time has weakened it; only read.</summary>
    public double Strength { get; init; }

    /// <summary>When it was made; null: now.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>When it was put last; null: now.</summary>
    public DateTimeOffset? Updated { get; init; }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("source"u8);
        Source.Write(writer);
        writer.WritePropertyName("target"u8);
        Target.Write(writer);
        Documents.WriteText(writer, "kind", Kind);
        writer.WriteNumber("weight"u8, Weight);
        Documents.WriteText(writer, "mode", Strengthens ? "strengthen" : null);
        Documents.WriteNumber(writer, "created_us", Created is { } made ? Times.ToUs(made) : null);
        Documents.WriteNumber(writer, "updated_us", Updated is { } put ? Times.ToUs(put) : null);
        writer.WriteEndObject();
    }

    internal static MemoryLink Parse(JsonElement link) =>
        new(
            MemoryNode.Parse(link.GetProperty("source"u8)), MemoryNode.Parse(link.GetProperty("target"u8)),
            GraphReader.Text(link, "kind") ?? "", link.GetProperty("weight"u8).GetDouble())
        {
            Strength = link.GetProperty("strength"u8).GetDouble(),
            Created = Times.ToTime(link.GetProperty("created_us"u8).GetInt64()),
            Updated = Times.ToTime(link.GetProperty("updated_us"u8).GetInt64()),
        };
}

/// <summary>Which links are meant; what is null may be anything.</summary>
public sealed record MemoryLinkQuery
{
    /// <summary>Only links from there.</summary>
    public MemoryNode? Source { get; init; }

    /// <summary>Only links to there.</summary>
    public MemoryNode? Target { get; init; }

    /// <summary>Only links of this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Only links that are at least so strong now; for lists.</summary>
    public double? MinStrength { get; init; }

    /// <summary>At most so many; for lists. Default 100.</summary>
    public int? Limit { get; init; }

    /// <summary>Goes on behind an earlier page, <see cref="MemoryPage{T}.After"/>; for lists.</summary>
    public string? After { get; init; }

    internal byte[] ToUtf8() => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        GraphReader.WriteNode(writer, "source", Source);
        GraphReader.WriteNode(writer, "target", Target);
        Documents.WriteText(writer, "kind", Kind);
        Documents.WriteNumber(writer, "min_strength", MinStrength);
        Documents.WriteNumber(writer, "limit", Limit);
        Documents.WriteText(writer, "after", After);
        writer.WriteEndObject();
    });
}

/// <summary>A page of a list.</summary>
/// <typeparam name="T">Of what.</typeparam>
/// <param name="Entries">What is on it.</param>
/// <param name="After">To go on behind it; null: there are no more.</param>
public sealed record MemoryPage<T>(IReadOnlyList<T> Entries, string? After);

/// <summary>A name that things are linked with.</summary>
/// <param name="Node">Its node, with where it is filed.</param>
/// <param name="Description">What it is; null where nothing says it.</param>
/// <param name="Created">When it was made.</param>
/// <param name="LinkCount">How many links the scope shows.</param>
public sealed record MemoryConcept(MemoryNode Node, string? Description, DateTimeOffset Created, long LinkCount);

/// <summary>A node with the link that joins it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Kind">Of the link.</param>
/// <param name="IsOutgoing">Whether the link leads to it.</param>
/// <param name="Weight">Of the link.</param>
/// <param name="Strength">Of the link.</param>
public sealed record MemoryNeighbour(MemoryNode Node, string Kind, bool IsOutgoing, double Weight, double Strength);

/// <summary>How one node leads to another.</summary>
/// <param name="Nodes">From the first to the last.</param>
/// <param name="Links">Between each and the next.</param>
public sealed record MemoryPath(IReadOnlyList<MemoryNode> Nodes, IReadOnlyList<MemoryLink> Links);

/// <summary>A node that activation reached.</summary>
/// <param name="Node">The node.</param>
/// <param name="Activation">How much.</param>
/// <param name="Hops">In which hop.</param>
public sealed record MemoryActivation(MemoryNode Node, double Activation, int Hops);

/// <summary>What came to mind.</summary>
/// <param name="Nodes">All but the seeds, the strongest first.</param>
/// <param name="ActivatedCount">How many in all.</param>
/// <param name="IsTruncated">More were reached than there may be.</param>
public sealed record MemorySpread(IReadOnlyList<MemoryActivation> Nodes, long ActivatedCount, bool IsTruncated);

/// <summary>Along which links a walk goes.</summary>
public enum MemoryDirection
{
    /// <summary>Both ways.</summary>
    Both,

    /// <summary>From source to target.</summary>
    Out,

    /// <summary>From target to source.</summary>
    In,
}

/// <summary>
/// Which links a walk follows, and how far; what is null has its default. What a walk does not take is
/// refused by name.
/// </summary>
public sealed record MemoryGraphQuery
{
    /// <summary>Along which links.</summary>
    public MemoryDirection Direction { get; init; }

    /// <summary>Only links of these kinds; null: all.</summary>
    public IReadOnlyCollection<string>? Kinds { get; init; }

    /// <summary>Only links that are at least so strong now.</summary>
    public double? MinStrength { get; init; }

    /// <summary>At most so many nodes: of neighbours (100), of spreading (20).</summary>
    public int? Limit { get; init; }

    /// <summary>A path by the least sum of 1/strength, in place of the fewest links.</summary>
    public bool ByStrength { get; init; }

    /// <summary>The most links of a path (6).</summary>
    public int? MaxHops { get; init; }

    /// <summary>How many nodes are looked at (100000), activated (1000) or exported (1000).</summary>
    public int? MaxNodes { get; init; }

    /// <summary>How far activation spreads (3), or an export reaches (2).</summary>
    public int? Hops { get; init; }

    /// <summary>What part of its activation a node hands on (0.5).</summary>
    public double? Decay { get; init; }

    /// <summary>Keeps no node with less activation (0.001).</summary>
    public double? Threshold { get; init; }

    /// <summary>Exports only what lies around these nodes.</summary>
    public IReadOnlyCollection<MemoryNode>? Around { get; init; }

    internal byte[] ToUtf8(Action<Utf8JsonWriter> about) => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        about(writer);
        Documents.WriteText(writer, "direction", Direction switch
        {
            MemoryDirection.Out => "out",
            MemoryDirection.In => "in",
            _ => null,
        });
        if (Kinds is not null)
        {
            writer.WriteStartArray("kinds"u8);
            foreach (string kind in Kinds)
            {
                Documents.WriteText(writer, kind);
            }
            writer.WriteEndArray();
        }
        Documents.WriteNumber(writer, "min_strength", MinStrength);
        Documents.WriteNumber(writer, "limit", Limit);
        Documents.WriteText(writer, "by", ByStrength ? "strength" : null);
        Documents.WriteNumber(writer, "max_hops", MaxHops);
        Documents.WriteNumber(writer, "max_nodes", MaxNodes);
        Documents.WriteNumber(writer, "hops", Hops);
        Documents.WriteNumber(writer, "decay", Decay);
        Documents.WriteNumber(writer, "threshold", Threshold);
        if (Around is not null)
        {
            writer.WriteStartArray("around"u8);
            foreach (MemoryNode node in Around)
            {
                node.Write(writer);
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    });
}

internal static class GraphReader
{
    internal static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    internal static T[] All<T>(JsonElement element, string name, Func<JsonElement, T> parse) =>
        [.. element.GetProperty(name).EnumerateArray().Select(parse)];

    internal static void WriteNode(Utf8JsonWriter writer, string name, MemoryNode? node)
    {
        if (node is not null)
        {
            writer.WritePropertyName(name);
            node.Write(writer);
        }
    }
}
