using System;
using System.Collections.Generic;
using System.Threading;

namespace Memtier;

/// <summary>Some turns, and the version of the conversation that has them.</summary>
/// <param name="Turns">The oldest first.</param>
/// <param name="Version">The conversation's.</param>
public sealed record MemoryHistory(IReadOnlyList<MemoryTurn> Turns, long Version);

/// <summary>What a replacement did.</summary>
/// <param name="Version">The conversation's now.</param>
/// <param name="Changed">How many turns were written or removed.</param>
public readonly record struct MemoryReplacement(long Version, long Changed);

/// <summary>A conversation that a store has.</summary>
/// <param name="Scope">Its address.</param>
/// <param name="Turns">How many there are.</param>
/// <param name="First">When the first of them was said.</param>
/// <param name="Last">When the last was said.</param>
public sealed record MemorySession(MemoryScope Scope, long Turns, DateTimeOffset First, DateTimeOffset Last);

/// <summary>
/// What was said in one session, in the order in which it was said. Its version changes with each turn that is
/// appended and each replacement; a call that is given one (0: any) does nothing but throw
/// <see cref="MemoryConflictException"/> where the conversation has moved on. For any number of threads.
/// </summary>
public sealed class MemoryConversation
{
    private readonly MemoryStore _store;

    internal MemoryConversation(MemoryStore store, MemoryScope scope) => (_store, Scope) = (store, scope);

    /// <summary>Its address.</summary>
    public MemoryScope Scope { get; }

    /// <summary>Appends a turn.</summary>
    /// <param name="turn">The turn; it must not lie before the last one.</param>
    /// <param name="version">What the conversation must have; 0 any.</param>
    /// <param name="durability">What it survives.</param>
    /// <returns>The turn as it is kept.</returns>
    /// <exception cref="MemoryConflictException">The conversation has moved on.</exception>
    public MemoryTurn Append(
        MemoryTurn turn, long version = 0, MemoryDurability durability = MemoryDurability.Default) =>
        _store.AppendTurn(Scope, turn, version, durability);

    /// <summary>Appends turns, all or none.</summary>
    /// <param name="turns">The turns.</param>
    /// <param name="version">What the conversation must have; 0 any.</param>
    /// <param name="durability">What they survive.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The turns as they are kept.</returns>
    /// <exception cref="MemoryConflictException">The conversation has moved on.</exception>
    public IReadOnlyList<MemoryTurn> AppendMany(
        IEnumerable<MemoryTurn> turns, long version = 0, MemoryDurability durability = MemoryDurability.Default,
        CancellationToken cancellationToken = default) =>
        _store.AppendTurns(Scope, turns, version, durability, cancellationToken);

    /// <summary>The last turns, the oldest of them first.</summary>
    /// <param name="limit">At most so many.</param>
    public MemoryHistory Last(int limit) => _store.LastTurns(Scope, limit);

    /// <summary>
    /// Makes the conversation have these turns, all at once or not at all, and writes no more than has changed: turns
    /// that say the same keep their number and time.
    /// </summary>
    /// <param name="turns">The turns; none clears it.</param>
    /// <param name="version">What the conversation must have; 0 any.</param>
    /// <param name="durability">What the change survives.</param>
    /// <exception cref="MemoryConflictException">The conversation has moved on.</exception>
    public MemoryReplacement Replace(
        IEnumerable<MemoryTurn> turns, long version = 0, MemoryDurability durability = MemoryDurability.Default) =>
        _store.ReplaceTurns(Scope, turns, version, durability);

    /// <summary>What of this conversation belongs into a prompt, in the order in which it was said.</summary>
    /// <param name="query">Which turns; null: the last ten, and up to ten more that have to do with the last.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemoryTurn> GetContext(
        MemoryContextQuery? query = null, CancellationToken cancellationToken = default) =>
        _store.GetTurnContext(query, Scope, cancellationToken);
}
