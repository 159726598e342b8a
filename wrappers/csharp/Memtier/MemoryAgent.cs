using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading;

namespace Memtier;

/// <summary>
/// What an agent calls, in the scope that is its memory: it remembers and recalls, searches, knows, has in mind, acts
/// with memory, and forgets. What it stores are items, which everything else finds as well. Costs little; for any
/// number of threads.
/// </summary>
public sealed class MemoryAgent
{
    private readonly MemoryStore _store;

    internal MemoryAgent(MemoryStore store, MemoryScope? scope) => (_store, Scope) = (store, scope);

    /// <summary>Whose memory it is; null: the whole default collection.</summary>
    public MemoryScope? Scope { get; }

    /// <summary>As <see cref="MemoryStore.Remember"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The text.</param>
    /// <param name="importance">0 to 1.</param>
    public MemoryItem Remember(string key, string value, double importance = 0.5) =>
        _store.Remember(key, value, importance, Scope);

    /// <summary>What is remembered under a key; null if there is nothing. It counts as a read.</summary>
    /// <param name="key">The key.</param>
    public MemoryItem? Recall(string key) => _store.TryGet(key, out MemoryItem? item, Scope) ? item : null;

    /// <summary>Searches everything that the agent may see.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public MemorySearchResult Search(MemoryQuery query, CancellationToken cancellationToken = default) =>
        _store.Search(query, Scope, cancellationToken);

    /// <summary>As <see cref="MemoryStore.GetActiveContext"/>.</summary>
    /// <param name="query">Which items; null: up to 20, the most important of long-term memory.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<MemoryItem> GetContext(
        MemoryContextQuery? query = null, CancellationToken cancellationToken = default) =>
        _store.GetActiveContext(query, Scope, cancellationToken);

    /// <summary>Stores something that is believed.</summary>
    /// <param name="knowledge">What.</param>
    public MemoryKnowledge Know(MemoryKnowledge knowledge) => _store.PutKnowledge(knowledge, Scope);

    /// <summary>Stores something that happened.</summary>
    /// <param name="episode">What.</param>
    public MemoryEpisode Experience(MemoryEpisode episode) => _store.PutEpisode(episode, Scope);

    /// <summary>As <see cref="MemoryStore.Consolidate"/>, of the agent's items.</summary>
    /// <param name="consolidation">What goes; null: everything of the hottest tier that is not pinned.</param>
    /// <param name="cancellationToken">Stops it; what was moved stays so.</param>
    public MemoryConsolidated Consolidate(
        MemoryConsolidation? consolidation = null, CancellationToken cancellationToken = default) =>
        _store.Consolidate(consolidation, false, Scope, null, cancellationToken);

    /// <summary>As <see cref="MemoryStore.Forget"/>.</summary>
    /// <param name="cancellationToken">Stops it; what was removed stays so.</param>
    public MemoryReceipt Forget(CancellationToken cancellationToken = default) =>
        _store.Forget(Scope ?? new MemoryScope(), null, cancellationToken);

    /// <summary>
    /// Calls a function with memory: what was run, its input, its result or what it threw and how long it took are
    /// kept (<see cref="MemoryStore.RecordRun"/>), also where it fails. Half a character becomes a question mark.
    /// </summary>
    /// <param name="name">What is done, at most 256 bytes.</param>
    /// <param name="input">What it is given.</param>
    /// <param name="action">Does it.</param>
    /// <param name="describe">The text of a result; null: <see cref="Convert.ToString(object, IFormatProvider)"/>.</param>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <returns>What it gives.</returns>
    public T Run<T>(string name, string? input, Func<T> action, Func<T, string?>? describe = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        var run = new MemoryRun(name) { Input = Valid(input) };
        long began = Stopwatch.GetTimestamp();
        T result;
        try
        {
            result = action();
        }
        catch (Exception thrown)
        {
            try
            {
                string error = Valid($"{thrown.GetType().Name}: {thrown.Message}")!;
                _store.RecordRun(run with { Duration = Stopwatch.GetElapsedTime(began), Error = error }, Scope);
            }
            catch (Exception failure) when (failure is MemoryException or ObjectDisposedException)
            {
                thrown.Data["memtier"] = failure.Message; // what the caller must know is what was thrown
            }
            throw;
        }
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        string? text = describe is null ? Convert.ToString(result, CultureInfo.InvariantCulture) : describe(result);
        _store.RecordRun(run with { Duration = took, Result = Valid(text) }, Scope);
        return result;
    }

    private static string? Valid(string? text) =>
        text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
