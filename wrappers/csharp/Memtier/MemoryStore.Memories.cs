using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Knowledge, episodes, runs.
public sealed unsafe partial class MemoryStore
{
    private delegate int DocumentCall(nint scope, byte* document, nuint size, nint* item, nint* error);

    /// <summary>What an agent calls: its memory, in one scope.</summary>
    /// <param name="scope">Whose memory it is; null: the whole default collection.</param>
    public MemoryAgent GetAgent(MemoryScope? scope = null) => new(this, scope);

    /// <summary>Stores something that is believed.</summary>
    /// <param name="knowledge">What.</param>
    /// <param name="scope">What it is filed under; null: no names, the default collection.</param>
    /// <param name="durability">What it survives.</param>
    /// <returns>It as it is kept.</returns>
    /// <exception cref="MemoryExistsException">There is an item of its id.</exception>
    public MemoryKnowledge PutKnowledge(
        MemoryKnowledge knowledge, MemoryScope? scope = null, MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(knowledge);
        return MemoryKnowledge.FromItem(PutDocument(
            knowledge.ToUtf8(), scope,
            (names, start, size, item, error) =>
                Native.KnowledgePut(_handle.Value, names, start, size, (int)durability, item, error)));
    }

    /// <summary>
    /// Believes something else from now on. What the change does not set stays, but for the end of its validity, which is
    /// open again. What was believed stays as an item of its own, of type "belief", which
    /// <see cref="GetKnowledgeHistory"/> shows.
    /// </summary>
    /// <param name="id">Of the knowledge.</param>
    /// <param name="change">What is different.</param>
    /// <param name="scope">Whose; null: the whole default collection.</param>
    /// <param name="version">What its item must have; 0 any.</param>
    /// <param name="durability">What the change survives.</param>
    /// <returns>It as it is kept.</returns>
    /// <exception cref="MemoryConflictException">It has another version.</exception>
    public MemoryKnowledge UpdateKnowledge(
        string id, MemoryKnowledge change, MemoryScope? scope = null, long version = 0,
        MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(change);
        byte[] which = Utf8Text.ToArray(id);
        return MemoryKnowledge.FromItem(PutDocument(
            change.ToUtf8(), scope,
            (names, start, size, item, error) =>
            {
                fixed (byte* name = which)
                {
                    return Native.KnowledgeUpdate(
                        _handle.Value, names, name, (nuint)which.Length, start, size, version, (int)durability, item,
                        error);
                }
            }));
    }

    /// <summary>What was believed when, the oldest first; the last is what is believed now.</summary>
    /// <param name="id">Of the knowledge.</param>
    /// <param name="scope">Whose; null: the whole default collection.</param>
    /// <param name="limit">At most so many, the newest.</param>
    public IReadOnlyList<MemoryKnowledge> GetKnowledgeHistory(string id, MemoryScope? scope = null, int limit = 1000)
    {
        byte[] which = Utf8Text.ToArray(id);
        nint items = 0, error = 0;
        int status;
        fixed (byte* name = which)
        {
            status = Native.KnowledgeReadHistory(
                _handle.Value, MemoryScope.Handle(scope), name, (nuint)which.Length, limit, &items, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
        return Array.ConvertAll(
            TakeImages(items), image => MemoryKnowledge.FromItem(new MemoryItem(image, _tiers)));
    }

    /// <summary>
    /// Knowledge that contradicts itself: of the same subject and attribute, with another value, at the same time; of one
    /// collection, app and user. Texts are compared without regard to case.
    /// </summary>
    /// <param name="filter">Only knowledge that it matches; null: all.</param>
    /// <param name="scope">Whose; null: the whole default collection.</param>
    /// <param name="limit">At most so many pairs, 1 to 10000.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemoryContradiction> GetContradictions(
        MemoryFilter? filter = null, MemoryScope? scope = null, int limit = 100,
        CancellationToken cancellationToken = default)
    {
        byte[] request = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            Documents.WriteNumber(writer, "limit", (long?)limit);
            Documents.WriteFilter(writer, filter);
            writer.WriteEndObject();
        });
        using JsonDocument told = JsonDocument.Parse(Utf8Text.TakeBytes(AskLong(
            request, scope, cancellationToken,
            (names, start, size, control, list, error) =>
                Native.KnowledgeListContradictions(_handle.Value, names, start, size, control, list, error))));
        return [.. told.RootElement.EnumerateArray().Select(MemoryContradiction.Read)];
    }

    /// <summary>Stores something that happened; an item of its id is replaced.</summary>
    /// <param name="episode">What.</param>
    /// <param name="scope">What it is filed under; null: no names, the default collection.</param>
    /// <param name="durability">What it survives.</param>
    /// <returns>It as it is kept.</returns>
    public MemoryEpisode PutEpisode(
        MemoryEpisode episode, MemoryScope? scope = null, MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return MemoryEpisode.FromItem(PutDocument(
            episode.ToUtf8(), scope,
            (names, start, size, item, error) =>
                Native.EpisodePut(_handle.Value, names, start, size, (int)durability, item, error)));
    }

    /// <summary>
    /// What happened around then: items of any type that were created near, and episodes that were going on; the nearest,
    /// in the order of time. Does not count as reading them.
    /// </summary>
    /// <param name="query">When, and which items; null: the last hour.</param>
    /// <param name="scope">Whose; null: the whole default collection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemoryItem> GetAround(
        MemoryAroundQuery? query = null, MemoryScope? scope = null, CancellationToken cancellationToken = default) =>
        Array.ConvertAll(
            TakeImages(AskLong(
                MemoryAroundQuery.ToUtf8(query), scope, cancellationToken,
                (names, start, size, control, items, error) =>
                    Native.EpisodeFindAround(_handle.Value, names, start, size, control, items, error))),
            image => new MemoryItem(image, _tiers));

    /// <summary>
    /// Keeps what an agent did, so that it is found again: by words of its name, input and result, and by filters on its
    /// type and the metadata name, success and duration_us.
    /// </summary>
    /// <param name="run">What.</param>
    /// <param name="scope">What it is filed under; null: no names, the default collection.</param>
    /// <param name="durability">What it survives.</param>
    /// <returns>It as it is kept.</returns>
    public MemoryRun RecordRun(
        MemoryRun run, MemoryScope? scope = null, MemoryDurability durability = MemoryDurability.Default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return MemoryRun.FromItem(PutDocument(
            run.ToUtf8(), scope,
            (names, start, size, item, error) =>
                Native.RunRecord(_handle.Value, names, start, size, (int)durability, item, error)));
    }

    private MemoryItem PutDocument(byte[] document, MemoryScope? scope, DocumentCall call)
    {
        nint item = 0, error = 0;
        int status;
        fixed (byte* start = document)
        {
            status = call(MemoryScope.Handle(scope), start, (nuint)document.Length, &item, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
        return Take(item);
    }
}
