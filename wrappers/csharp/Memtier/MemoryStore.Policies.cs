using System;
using System.Collections.Generic;
using System.Threading;
using Memtier.Interop;

namespace Memtier;

// Policies and archive rules.
public sealed unsafe partial class MemoryStore
{
    private delegate int TellCall(byte* document, nuint size, nint* error);

    private delegate int ToldCall(nint* json, nint* error);

    /// <summary>Puts a policy in the place of the one of its name, if there is one.</summary>
    /// <param name="policy">The policy.</param>
    /// <exception cref="MemoryExistsException">The name is that of one with a decider.</exception>
    public void PutPolicy(MemoryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Tell(policy.ToUtf8(), (start, size, error) => Native.PolicyPut(_handle.Value, start, size, error));
    }

    /// <summary>
    /// Puts a policy whose items a callback chooses, among those that its condition holds for. It belongs to this
    /// store, and is not kept in the file.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="decider">Chooses items.</param>
    /// <exception cref="MemoryExistsException">The name is that of one without a decider.</exception>
    public void PutPolicy(MemoryPolicy policy, MemoryPolicyDecider decider)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(decider);
        DecideCallback callback = Callback(decider, _tiers);
        Tell(policy.ToUtf8(), (start, size, error) =>
        {
            PolicyDecider table = Callbacks.NewPolicyDecider(callback);
            return Native.PolicyPutCallback(_handle.Value, start, size, &table, error);
        });
    }

    /// <summary>The policies, in order of their names.</summary>
    public IReadOnlyList<MemoryPolicy> GetPolicies() => PolicyDocuments.ParseList(
        Told((json, error) => Native.PolicyList(_handle.Value, json, error)), MemoryPolicy.Parse);

    /// <summary>Deletes a policy; no item changes.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="MemoryNotFoundException">There is none of this name.</exception>
    public void DeletePolicy(string name) => Tell(
        Utf8Text.ToArray(name),
        (start, size, error) => Native.PolicyDelete(_handle.Value, start, size, error));

    /// <summary>Applies policies.</summary>
    /// <param name="names">Only these, also where they are not enabled; null: all that are.</param>
    /// <param name="dryRun">Whether to count, and change nothing.</param>
    /// <param name="scope">Whose items; null: the whole default collection.</param>
    /// <param name="progress">Told of items done.</param>
    /// <param name="cancellationToken">Stops it; what was done before stays.</param>
    /// <returns>What each did, in their order.</returns>
    public IReadOnlyList<MemoryApplied> ApplyPolicies(
        IEnumerable<string>? names = null, bool dryRun = false, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Apply(
            names, dryRun, scope, progress, cancellationToken,
            (where, start, size, control, json, error) =>
                Native.PolicyApply(_handle.Value, where, start, size, control, json, error));

    /// <summary>Puts an archive rule in the place of the one of its name, if there is one.</summary>
    /// <param name="rule">The rule.</param>
    public void PutArchiveRule(MemoryArchiveRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        Tell(rule.ToUtf8(), (start, size, error) => Native.ArchiveRulePut(_handle.Value, start, size, error));
    }

    /// <summary>The archive rules, in order of their names.</summary>
    public IReadOnlyList<MemoryArchiveRule> GetArchiveRules() => PolicyDocuments.ParseList(
        Told((json, error) => Native.ArchiveRuleList(_handle.Value, json, error)), MemoryArchiveRule.Parse);

    /// <summary>Deletes an archive rule; no item changes.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="MemoryNotFoundException">There is none of this name.</exception>
    public void DeleteArchiveRule(string name) => Tell(
        Utf8Text.ToArray(name),
        (start, size, error) => Native.ArchiveRuleDelete(_handle.Value, start, size, error));

    /// <summary>Follows archive rules. An item is archived by the first that holds for it.</summary>
    /// <param name="names">Only these, also where they are not enabled; null: all that are.</param>
    /// <param name="dryRun">Whether to count, and change nothing.</param>
    /// <param name="scope">Whose items; null: the whole default collection.</param>
    /// <param name="progress">Told of items done.</param>
    /// <param name="cancellationToken">Stops it; what was done before stays.</param>
    /// <returns>What each did, in their order.</returns>
    public IReadOnlyList<MemoryApplied> ApplyArchiveRules(
        IEnumerable<string>? names = null, bool dryRun = false, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Apply(
            names, dryRun, scope, progress, cancellationToken,
            (where, start, size, control, json, error) =>
                Native.ArchiveRuleApply(_handle.Value, where, start, size, control, json, error));

    /// <summary>Packs archived items into blocks, which share a dictionary.</summary>
    /// <param name="level">1, quick, to 9, small.</param>
    /// <param name="repack">Whether to take blocks apart first of which little is needed any more.</param>
    /// <param name="progress">Told of items packed.</param>
    /// <param name="cancellationToken">Stops it; what was packed stays so.</param>
    public MemoryPacked PackArchive(
        int level = 9, bool repack = false, IProgress<MemoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        byte[] request = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("level"u8, level);
            writer.WriteBoolean("repack"u8, repack);
            writer.WriteEndObject();
        });
        return AskReport(
            request, null, progress, cancellationToken,
            (_, start, size, control, json, error) =>
                Native.ArchivePack(_handle.Value, start, size, control, json, error),
            MemoryPacked.Parse);
    }

    /// <summary>Brings items out of the archive, with everything that they had.</summary>
    /// <param name="ids">Their ids, at most 10000; null: all that the filter finds.</param>
    /// <param name="filter">What must hold for them; null: nothing.</param>
    /// <param name="tier">Where to; null: "short_term", or the tier above the archive.</param>
    /// <param name="scope">Whose items; null: the whole default collection.</param>
    /// <param name="progress">Told of items restored.</param>
    /// <param name="cancellationToken">Stops it; what was restored stays so.</param>
    public MemoryRestored Restore(
        IEnumerable<string>? ids = null, MemoryFilter? filter = null, string? tier = null, MemoryScope? scope = null,
        IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        byte[] request = Documents.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("filter"u8);
            writer.WriteRawValue(MemoryFilter.ToUtf8(filter ?? MemoryFilter.All));
            if (ids is not null)
            {
                writer.WriteStartArray("ids"u8);
                foreach (string id in ids)
                {
                    Documents.WriteText(writer, id);
                }
                writer.WriteEndArray();
            }
            if (!string.IsNullOrEmpty(tier))
            {
                writer.WritePropertyName("tier"u8);
                Documents.WriteText(writer, tier);
            }
            writer.WriteEndObject();
        });
        return AskReport(
            request, scope, progress, cancellationToken,
            (where, start, size, control, json, error) =>
                Native.ArchiveRestore(_handle.Value, where, start, size, control, json, error),
            MemoryRestored.Parse);
    }

    /// <summary>
    /// Takes everything of a scope out of the store for good: items in all tiers, what indexes, the archive and logs
    /// have of them, and the names. The file is written anew. Copies elsewhere are not touched.
    /// </summary>
    /// <param name="scope">Must name somebody.</param>
    /// <param name="progress">Told of items removed.</param>
    /// <param name="cancellationToken">Stops it; what was removed stays so.</param>
    public MemoryReceipt Forget(
        MemoryScope scope, IProgress<MemoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return AskReport(
            [], scope, progress, cancellationToken,
            (where, _, _, control, json, error) =>
                Native.ScopeForget(_handle.Value, where, control, json, error),
            MemoryReceipt.Parse);
    }

    /// <summary>Numbers about the archive.</summary>
    public MemoryArchiveStatistics GetArchiveStatistics() => MemoryArchiveStatistics.Parse(
        Told((json, error) => Native.ArchiveGetStatistics(_handle.Value, json, error)));

    private T AskReport<T>(
        byte[] request, MemoryScope? scope, IProgress<MemoryProgress>? progress, CancellationToken token,
        LongCall<nint> call, Func<byte[], T> read)
        where T : class
    {
        nint json = 0;
        int status = Work(request, scope, progress, token, call, ref json, out nint error);
        return Failures.Report(status, error, json, token, read);
    }

    private MemoryApplied[] Apply(
        IEnumerable<string>? names, bool dryRun, MemoryScope? scope, IProgress<MemoryProgress>? progress,
        CancellationToken token, LongCall<nint> call) =>
        AskReport(
            PolicyDocuments.Request(names, dryRun), scope, progress, token, call, PolicyDocuments.ParseReport);

    private void Tell(byte[] document, TellCall call)
    {
        nint error = 0;
        int status;
        fixed (byte* start = document)
        {
            status = call(start, (nuint)document.Length, &error);
        }
        GC.KeepAlive(this);
        Failures.Check(status, error);
    }

    private byte[] Told(ToldCall call)
    {
        nint json = 0, error = 0;
        int status = call(&json, &error);
        GC.KeepAlive(this);
        Failures.Check(status, error);
        return Utf8Text.TakeBytes(json);
    }

    // Static, so that it does not hold the store, which could not be collected then.
    private static DecideCallback Callback(MemoryPolicyDecider decider, string[] tiers) => (items, dryRun, chosen) =>
    {
        byte[][] images = ImageReader.ReadAll(items, Native.ItemsCount(items), &Native.ItemsCopyImages);
        bool[] marks = new bool[chosen.Length];
        decider(Array.ConvertAll(images, image => new MemoryItem(image, tiers)), dryRun, marks);
        for (int i = 0; i < marks.Length; i++)
        {
            chosen[i] = marks[i] ? 1 : 0;
        }
    };
}
