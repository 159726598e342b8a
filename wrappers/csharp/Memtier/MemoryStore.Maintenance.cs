using System;
using System.Collections.Generic;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Maintenance.
public sealed unsafe partial class MemoryStore
{
    private delegate int PlainCall(nint* error);

    /// <summary>
    /// Does maintenance for the whole store, every collection and scope. A job that there is no time left for is
    /// the first of the next tick.
    /// </summary>
    /// <param name="jobs">Only these; null: all.</param>
    /// <param name="budget">How long, about; zero: no limit.</param>
    /// <param name="progress">Told of items done.</param>
    /// <param name="cancellationToken">Stops it; what was done before stays.</param>
    /// <returns>What each job did.</returns>
    /// <exception cref="MemoryBusyException">Another tick is under way.</exception>
    public MemoryTicked Tick(
        IEnumerable<MemoryJob>? jobs = null, TimeSpan budget = default, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        AskReport(
            MemoryTicked.Request(jobs, budget), null, progress, cancellationToken,
            (_, start, size, control, json, error) =>
                Native.StoreTick(_handle.Value, start, size, control, json, error),
            MemoryTicked.Parse);

    /// <summary>
    /// Moves what is worth keeping from a hot tier into the next one, the highest priority first, in batches of which
    /// each is moved as a whole or stays. Batches that fail are told of, and throw nothing.
    /// </summary>
    /// <param name="consolidation">What goes; null: everything of the hottest tier that is not pinned.</param>
    /// <param name="dryRun">Whether to choose, and change nothing.</param>
    /// <param name="scope">Whose items; null: the whole default collection.</param>
    /// <param name="progress">Told of items moved.</param>
    /// <param name="cancellationToken">Stops it; what was moved stays so.</param>
    public MemoryConsolidated Consolidate(
        MemoryConsolidation? consolidation = null, bool dryRun = false, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        AskReport(
            (consolidation ?? new()).ToUtf8(dryRun), scope, progress, cancellationToken,
            (where, start, size, control, json, error) =>
                Native.TierConsolidate(_handle.Value, where, start, size, control, json, error),
            MemoryConsolidated.Parse);

    /// <summary>
    /// Compresses long contents where they stand, if that saves a fifth. Reads do not change. New items are compressed
    /// as they are stored (<see cref="MemoryStoreOptions.CompressThresholdBytes"/>).
    /// </summary>
    /// <param name="aboveBytes">Longer ones only.</param>
    /// <param name="filter">Which; null: all.</param>
    /// <param name="scope">Whose items; null: the whole default collection.</param>
    /// <param name="progress">Told of items compressed.</param>
    /// <param name="cancellationToken">Stops it; what was done stays.</param>
    public MemoryCompressed CompressWhere(
        long aboveBytes, MemoryFilter? filter = null, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        AskReport(
            MemoryFilter.ToUtf8(filter ?? MemoryFilter.All), scope, progress, cancellationToken,
            (where, start, size, control, json, error) =>
                Native.ItemCompressWhere(_handle.Value, where, start, size, aboveBytes, control, json, error),
            MemoryCompressed.Parse);

    /// <summary>
    /// Pauses what the store does itself (<see cref="MemoryStoreOptions.MaintenanceInterval"/>): no tick begins,
    /// and one that is under way ends soon.
    /// </summary>
    public void PauseMaintenance() => Plain(error => Native.StorePause(_handle.Value, error));

    /// <summary>Ends a pause; a tick follows at once.</summary>
    public void ResumeMaintenance() => Plain(error => Native.StoreResume(_handle.Value, error));

    private void Plain(PlainCall call)
    {
        nint error = 0;
        int status = call(&error);
        GC.KeepAlive(this);
        Failures.Check(status, error);
    }
}
