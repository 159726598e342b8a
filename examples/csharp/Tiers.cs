// A ladder of one's own, a clock that is moved by hand, and an eviction scorer.
using System;
using System.Linq;
using Memtier;

var clock = new ManualClock();
var options = new MemoryStoreOptions
{
    TimeProvider = clock,
    Ladder = new MemoryLadder(
        new MemoryTier("desk", MemoryMedium.Ram)
        {
            CapacityItems = 3,
            Demotion = new MemoryDemotion(Idle: TimeSpan.FromHours(8)),
        },
        new MemoryTier("shelf", MemoryMedium.Database) { Promotion = new MemoryPromotion { ImportanceAbove = 0.8 } },
        new MemoryTier("cellar", MemoryMedium.Archive)),
    EvictionScorer = (candidates, scores) =>
    {
        for (int i = 0; i < scores.Length; i++)
        {
            // What is named after the user stays on the desk; of the rest, the less important goes first.
            scores[i] = candidates.GetId(i).StartsWith("user-") ? 10 : candidates.Importance[i];
        }
        return true;
    },
};

using MemoryStore store = MemoryStore.OpenInMemory(options);
store.Put(new MemoryDraft("Ada is the user") { Id = "user-name", Importance = 0.1 });
store.Put(new MemoryDraft("It rains") { Id = "rain", Importance = 0.2 });
store.Put(new MemoryDraft("The meeting is at ten") { Id = "meeting", Importance = 0.9 });
store.Put(new MemoryDraft("The train leaves at nine") { Id = "train", Importance = 0.7 });
Show("the desk was full");

clock.Advance(TimeSpan.FromHours(9));
MemoryOptimization evening = store.Optimize();
Show($"after nine hours {evening.Total} went down");

store.Get("meeting");
Show("what is important came back with a read");
foreach (MemoryTransition row in store.GetTransitions("meeting"))
{
    Console.WriteLine($"    {row.Time:HH:mm} {row.FromTier} -> {row.ToTier}: {row.Reason}");
}
return store.GetTier(0).ItemCount == 1 && evening.Total == 3 ? 0 : 1;

void Show(string what) => Console.WriteLine(
    $"{what}: " + string.Join(", ", store.GetTiers().Select(tier => $"{tier.Name} {tier.ItemCount}")));

internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    public void Advance(TimeSpan span) => _now += span;

    public override DateTimeOffset GetUtcNow() => _now;
}
