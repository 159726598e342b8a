using System;
using System.Collections.Generic;
using Memtier.Interop;

namespace Memtier;

// What callers find useful.
public sealed unsafe partial class MemoryStore
{
    /// <summary>
    /// Says how useful items were, all or nothing. Searches learn from it what the app, user and agent of the scope
    /// prefer: <see cref="MemorySignal.Preference"/>.
    /// </summary>
    /// <param name="feedback">At most <see cref="MemtierLibrary.MaxFeedback"/>.</param>
    /// <param name="scope">Who says so; the items are looked for in it.</param>
    /// <exception cref="MemoryNotFoundException">An item is not there.</exception>
    public void AddFeedback(IEnumerable<MemoryFeedback> feedback, MemoryScope? scope = null)
    {
        ArgumentNullException.ThrowIfNull(feedback);
        Tell(MemoryFeedback.ToUtf8(feedback), (start, size, error) =>
            Native.FeedbackAdd(_handle.Value, MemoryScope.Handle(scope), start, size, error));
        Kept(scope);
    }

    /// <summary>Says how useful an item was.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="value">From -1, not what was wanted, to 1, just that.</param>
    /// <param name="scope">Who says so; the item is looked for in it.</param>
    /// <exception cref="MemoryNotFoundException">The item is not there.</exception>
    public void AddFeedback(string id, double value, MemoryScope? scope = null) =>
        AddFeedback([new MemoryFeedback(id, value)], scope);

    /// <summary>What was learned of the app, user and agent of a scope, the strongest first.</summary>
    /// <param name="scope">Whose.</param>
    public IReadOnlyList<MemoryPreference> GetPreferences(MemoryScope? scope = null)
    {
        byte[] json = Told((list, error) =>
            Native.FeedbackList(_handle.Value, MemoryScope.Handle(scope), list, error));
        Kept(scope);
        return PolicyDocuments.ParseList(json, MemoryPreference.Parse);
    }

    /// <summary>Forgets what was learned of the app, user and agent of a scope.</summary>
    /// <param name="scope">Whose.</param>
    public void ClearFeedback(MemoryScope? scope = null)
    {
        nint error = 0;
        int status = Native.FeedbackClear(_handle.Value, MemoryScope.Handle(scope), &error);
        Kept(scope);
        Failures.Check(status, error);
    }
}
