using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Conversations, and what fits into a prompt.
public sealed unsafe partial class MemoryStore
{
    /// <summary>The conversation of a session.</summary>
    /// <param name="scope">With a session, and one collection.</param>
    public MemoryConversation GetConversation(MemoryScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new MemoryConversation(this, scope);
    }

    /// <summary>What was said lately, in every session that the scope allows, the oldest first.</summary>
    /// <param name="within">How long ago at most.</param>
    /// <param name="limit">At most so many, the newest.</param>
    /// <param name="scope">Whose; null: the whole default collection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemoryTurn> GetRecentTurns(
        TimeSpan within, int limit = 1000, MemoryScope? scope = null, CancellationToken cancellationToken = default) =>
        MemoryTurn.FromItems(TakeImages(AskLong(
            [], scope, cancellationToken,
            (names, _, _, control, items, error) => Native.ConversationReadRecent(
                _handle.Value, names, within.Ticks / TimeSpan.TicksPerMicrosecond, limit, control, items, error))), _tiers);

    /// <summary>
    /// What of conversations belongs into a prompt: the newest turns, and then older ones that have to do with a text,
    /// as many as fit, in the order in which they were said.
    /// </summary>
    /// <param name="query">Which turns; null: the last ten, and up to ten more that have to do with the last.</param>
    /// <param name="scope">Whose; null: the whole default collection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemoryTurn> GetTurnContext(
        MemoryContextQuery? query = null, MemoryScope? scope = null, CancellationToken cancellationToken = default) =>
        MemoryTurn.FromItems(TakeImages(AskLong(
            MemoryContextQuery.ToUtf8(query, "last"), scope, cancellationToken,
            (names, start, size, control, items, error) => Native.ConversationBuildContext(
                _handle.Value, names, start, size, control, items, error))), _tiers);

    /// <summary>The conversations that the scope allows, the one with the newest turn first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="scope">Whose; null: the whole default collection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemorySession> GetSessions(
        int limit = 1000, MemoryScope? scope = null, CancellationToken cancellationToken = default)
    {
        string json = Utf8Text.ToString(Utf8Text.TakeBytes(AskLong(
            [], scope, cancellationToken,
            (names, _, _, control, list, error) =>
                Native.ConversationListSessions(_handle.Value, names, limit, control, list, error))));
        using JsonDocument document = JsonDocument.Parse(json);
        var sessions = new List<MemorySession>();
        foreach (JsonElement one in document.RootElement.EnumerateArray())
        {
            string? Name(string key) => one.TryGetProperty(key, out JsonElement name) ? name.GetString() : null;
            sessions.Add(new MemorySession(
                new MemoryScope
                {
                    App = Name("app"),
                    User = Name("user"),
                    Agent = Name("agent"),
                    Session = Name("session"),
                    Collection = Name("collection"),
                },
                one.GetProperty("turns").GetInt64(), Times.ToTime(one.GetProperty("first_us").GetInt64()),
                Times.ToTime(one.GetProperty("last_us").GetInt64())));
        }
        return sessions;
    }

    /// <summary>
    /// Keeps a text under a key, which becomes the item's id: with an importance above 0.8 in long-term memory, else in
    /// short-term memory for an hour. What stood under the key is replaced.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The text.</param>
    /// <param name="importance">0 to 1.</param>
    /// <param name="scope">What it is filed under; null: no names, the default collection.</param>
    /// <param name="durability">What it survives.</param>
    public MemoryItem Remember(
        string key, string value, double importance, MemoryScope? scope = null,
        MemoryDurability durability = MemoryDurability.Default)
    {
        byte[] id = Utf8Text.ToArray(key);
        byte[] text = Utf8Text.ToArray(value);
        nint item = 0, error = 0;
        int status;
        fixed (byte* start = id, content = text)
        {
            status = Native.ContextRemember(
                _handle.Value, MemoryScope.Handle(scope), start, (nuint)id.Length, content, (nuint)text.Length,
                importance, (int)durability, &item, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
        return Take(item);
    }

    /// <summary>
    /// What to have in mind now: the newest items of short-term memory, the newest first, then those of long-term memory
    /// that have most to do with a text, as many as fit. Does not count as reading them.
    /// </summary>
    /// <param name="query">Which items; null: up to 20, the most important of long-term memory.</param>
    /// <param name="scope">Whose; null: the whole default collection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemoryItem> GetActiveContext(
        MemoryContextQuery? query = null, MemoryScope? scope = null, CancellationToken cancellationToken = default) =>
        Array.ConvertAll(
            TakeImages(AskLong(
                MemoryContextQuery.ToUtf8(query, "short_term"), scope, cancellationToken,
                (names, start, size, control, items, error) =>
                    Native.ContextBuild(_handle.Value, names, start, size, control, items, error))),
            image => new MemoryItem(image, _tiers));

    internal MemoryTurn AppendTurn(MemoryScope scope, MemoryTurn turn, long version, MemoryDurability durability)
    {
        ArgumentNullException.ThrowIfNull(turn);
        byte[] document = turn.ToUtf8();
        nint item = 0, error = 0;
        int status;
        fixed (byte* start = document)
        {
            status = Native.ConversationAppend(
                _handle.Value, MemoryScope.Handle(scope), start, (nuint)document.Length, version, (int)durability,
                &item, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
        return MemoryTurn.FromItem(Take(item));
    }

    internal MemoryTurn[] AppendTurns(
        MemoryScope scope, IEnumerable<MemoryTurn> turns, long version, MemoryDurability durability,
        CancellationToken token) =>
        MemoryTurn.FromItems(TakeImages(AskLong(
            MemoryTurn.WriteList(turns), scope, token,
            (names, start, size, control, items, error) => Native.ConversationAppendMany(
                _handle.Value, names, start, size, version, (int)durability, control, items, error))), _tiers);

    internal MemoryHistory LastTurns(MemoryScope scope, int limit)
    {
        nint items = 0, error = 0;
        long version = 0;
        int status = Native.ConversationReadLast(
            _handle.Value, MemoryScope.Handle(scope), limit, &items, &version, &error);
        Kept(scope);
        Failures.Check(status, error);
        return new MemoryHistory(MemoryTurn.FromItems(TakeImages(items), _tiers), version);
    }

    internal MemoryReplacement ReplaceTurns(
        MemoryScope scope, IEnumerable<MemoryTurn> turns, long version, MemoryDurability durability)
    {
        byte[] document = MemoryTurn.WriteList(turns);
        long now = 0, changed = 0;
        nint error = 0;
        int status;
        fixed (byte* start = document)
        {
            status = Native.ConversationReplace(
                _handle.Value, MemoryScope.Handle(scope), start, (nuint)document.Length, version, (int)durability, &now,
                &changed, &error);
        }
        Kept(scope);
        Failures.Check(status, error);
        return new MemoryReplacement(now, changed);
    }

    private static byte[][] TakeImages(nint items)
    {
        try
        {
            return ImageReader.ReadAll(items, Native.ItemsCount(items), &Native.ItemsCopyImages);
        }
        finally
        {
            Native.ItemsDestroy(items);
        }
    }
}
