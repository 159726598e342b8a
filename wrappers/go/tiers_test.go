package memtier_test

import (
	"testing"
	"time"

	"memtier.dev/memtier"
)

func int64Pointer(value int64) *int64 { return &value }

var smallLadder = memtier.Ladder{Tiers: []memtier.Tier{
	{
		Name: "hot", Medium: memtier.MediumRAM, CapacityItems: 2, CapacityBytes: 1 << 20,
		TTL: time.Hour, LatencyBudget: time.Millisecond, Demote: &memtier.Demotion{Idle: 90 * time.Minute},
	},
	{
		Name: "warm", Medium: memtier.MediumDatabase, Promote: memtier.Promotion{
			Reads: 3, Within: time.Minute, ImportanceAbove: memtier.Importance(0.9),
			AccessCountAbove: int64Pointer(100), ValidationCountAbove: int64Pointer(0),
		},
	},
	{Name: "cold", Medium: memtier.MediumArchive, CapacityItems: 100},
}}

func TestALadderIsWhatWasAskedFor(t *testing.T) {
	store := open(t, memtier.WithLadder(smallLadder))
	ladder := must[memtier.Ladder](t)(store.Ladder(ctx))
	want := append([]memtier.Tier(nil), smallLadder.Tiers...)
	want[0].Demote = ladder.Tiers[0].Demote // "any" is written as the largest number
	expect(t, "tiers", ladder.Tiers, want)
	expect(t, "idle", ladder.Tiers[0].Demote.Idle, 90*time.Minute)
	again := must[memtier.Ladder](t)(open(t, memtier.WithLadder(ladder)).Ladder(ctx))
	expect(t, "again", again, ladder)
	names := map[memtier.Preset][]string{
		memtier.PresetDefault: {"working", "short_term", "long_term", "archive"},
		memtier.PresetSix:     {"immediate", "working", "session", "episodic", "semantic", "archived"},
		memtier.PresetThree:   {"short_term", "long_term", "external"},
		memtier.PresetLevels:  {"immediate", "recent", "important", "learned"},
	}
	for preset, want := range names {
		var got []string
		for _, tier := range must[[]memtier.TierStatistics](t)(open(t, memtier.WithPreset(preset)).Tiers(ctx)) {
			got = append(got, tier.Name)
		}
		expect(t, string(preset), got, want)
	}
}

func TestLaddersThatAreWrongAreRefused(t *testing.T) {
	for name, tier := range map[string]memtier.Tier{
		"medium":  {Name: "a"},
		"seconds": {Name: "a", Medium: memtier.MediumRAM, TTL: time.Millisecond},
		"within":  {Name: "a", Medium: memtier.MediumRAM, Promote: memtier.Promotion{Reads: 1, Within: 1}},
		"name":    {Medium: memtier.MediumRAM},
		"UTF-8":   {Name: "\xff", Medium: memtier.MediumRAM},
	} {
		t.Run(name, func(t *testing.T) {
			ladder := memtier.Ladder{Tiers: []memtier.Tier{tier}}
			_, err := memtier.Open(ctx, memtier.InMemory, memtier.WithLadder(ladder))
			expectIs(t, err, memtier.ErrInvalid)
		})
	}
	_, err := memtier.Open(ctx, memtier.InMemory, memtier.WithPreset("seven"))
	expectIs(t, err, memtier.ErrInvalid)
}

func TestItemsMoveAndTheLogTellsWhy(t *testing.T) {
	clock := &manualClock{now: noon}
	store := open(t, memtier.WithLadder(smallLadder), memtier.WithClock(clock), memtier.WithBackground(false))
	put(t, &store.Memory, memtier.Draft{ID: "a", TTL: memtier.NoTTL, Importance: memtier.Importance(0.1)},
		memtier.Draft{ID: "b", TTL: memtier.NoTTL}, memtier.Draft{ID: "c", TTL: memtier.NoTTL})
	expect(t, "full", must[memtier.Item](t)(store.Get(ctx, "a")).Tier(), "warm")
	check(t, store.Move(ctx, "a", "cold"))
	expectIs(t, store.Move(ctx, "a", "attic"), memtier.ErrNotFound)
	clock.move(2 * time.Hour)
	demoted := must[memtier.Demoted](t)(store.Optimize(ctx))
	expect(t, "demoted", demoted, memtier.Demoted{Total: 2, From: map[string]int64{"hot": 2}})
	log := must[[]memtier.Transition](t)(store.Transitions(ctx, memtier.TransitionQuery{ID: "a"}))
	expect(t, "log", log, []memtier.Transition{
		{ID: "a", FromTier: "warm", ToTier: "cold", Reason: "manual", Time: noon},
		{ID: "a", FromTier: "hot", ToTier: "warm", Reason: "capacity", Time: noon},
	})
	since := memtier.TransitionQuery{Since: noon.Add(time.Hour), Limit: 10}
	expect(t, "later", len(must[[]memtier.Transition](t)(store.Transitions(ctx, since))), 2)
	_, err := store.Transitions(ctx, memtier.TransitionQuery{Limit: -1})
	expectIs(t, err, memtier.ErrInvalid)
	_, err = store.Clear(ctx)
	expectIs(t, err, memtier.ErrInvalid)
	_, err = store.Clear(ctx, "attic")
	expectIs(t, err, memtier.ErrNotFound)
	expect(t, "cleared", must[int64](t)(store.Clear(ctx, "cold", "hot")), int64(1))
	expect(t, "cleared", must[int64](t)(store.Clear(ctx, memtier.AllTiers)), int64(2))
}

func TestTheClockDecidesWhatHasExpired(t *testing.T) {
	clock := &manualClock{now: noon}
	store := open(t, memtier.WithClock(clock), memtier.WithBackground(false), memtier.WithTTLRefreshOnRead(true))
	put(t, &store.Memory, memtier.Draft{ID: "minute", TTL: time.Minute}, memtier.Draft{ID: "pinned", TTL: time.Minute, Pinned: true},
		memtier.Draft{ID: "until", Expires: noon.Add(time.Hour)}, memtier.Draft{ID: "nano", TTL: 1})
	expect(t, "expires", must[memtier.Item](t)(store.Get(ctx, "until")).Expires(), noon.Add(time.Hour))
	clock.move(time.Second)
	_, err := store.Get(ctx, "nano")
	expectIs(t, err, memtier.ErrNotFound)
	clock.move(50 * time.Second)
	must[memtier.Item](t)(store.Get(ctx, "minute"))
	clock.move(50 * time.Second)
	must[memtier.Item](t)(store.Get(ctx, "minute"))
	clock.move(time.Hour)
	expect(t, "swept", must[int64](t)(store.Sweep(ctx)), int64(3))
	expect(t, "left", ids(listed(t, &store.Memory, memtier.List{})), []string{"pinned"})
}

func TestStatistics(t *testing.T) {
	store := open(t, memtier.WithMemoryLimit(64<<20))
	put(t, &store.Memory, memtier.Draft{ID: "a", Text: "tea", Importance: memtier.Importance(1)}, memtier.Draft{ID: "b"})
	must[memtier.Item](t)(store.Get(ctx, "a"))
	store.Get(ctx, "nobody")
	check(t, store.Delete(ctx, "b"))
	must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: "tea"}))
	s := must[memtier.Statistics](t)(store.Statistics(ctx))
	expect(t, "counts", []int64{s.ItemCount, s.Puts, s.Deletes, s.Gets, s.GetsResident, s.GetsMissed, s.Searches},
		[]int64{1, 2, 1, 2, 1, 1, 1})
	expect(t, "limit", s.MemoryLimitBytes, int64(64<<20))
	expect(t, "bytes", s.ItemBytes > 0 && s.MemoryUsedBytes > 0 && s.Sequence > 0, true)
	tier := must[[]memtier.TierStatistics](t)(store.Tiers(ctx))[0]
	expect(t, "tier", []any{tier.Name, tier.Medium, tier.ItemCount, tier.CapacityItems, tier.Hits, tier.AverageImportance},
		[]any{"working", memtier.MediumRAM, int64(1), int64(100), int64(1), 1.0})
	expect(t, "rates", []float64{tier.Utilization, tier.HitRate}, []float64{0.01, 1})
}

func TestOptionsHaveBounds(t *testing.T) {
	keys := []memtier.OptionKey{
		memtier.OptionCreate, memtier.OptionDurability, memtier.OptionRelaxedInterval,
		memtier.OptionBusyTimeout, memtier.OptionJournalSize, memtier.OptionMemoryLimit,
		memtier.OptionReaders, memtier.OptionBackground, memtier.OptionTransitionLimit,
		memtier.OptionAccessInterval, memtier.OptionTTLRefreshOnRead, memtier.OptionEvictionOrder,
		memtier.OptionRandomSeed,
	}
	for _, key := range keys {
		bounds := must[memtier.Bounds](t)(memtier.OptionBounds(key))
		expect(t, "default", bounds.Minimum <= bounds.Default && bounds.Default <= bounds.Maximum, true)
	}
	_, err := memtier.OptionBounds(999)
	expectIs(t, err, memtier.ErrInvalid)
	open(t, memtier.WithDurability(memtier.DurabilityRelaxed), memtier.WithRelaxedInterval(time.Millisecond),
		memtier.WithBusyTimeout(time.Second), memtier.WithJournalSize(1<<20), memtier.WithReaders(2),
		memtier.WithTransitionLimit(10), memtier.WithAccessInterval(time.Second),
		memtier.WithEvictionOrder(memtier.EvictionLRU), memtier.WithCreate(true), nil,
		memtier.WithClock(nil), memtier.WithLog(memtier.LogInfo, nil), memtier.WithEviction(nil))
	for name, option := range map[string]memtier.Option{
		"readers": memtier.WithReaders(-1),
		"timeout": memtier.WithBusyTimeout(-time.Second),
		"order":   memtier.WithEvictionOrder(99),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := memtier.Open(ctx, memtier.InMemory, option)
			expectIs(t, err, memtier.ErrInvalid)
		})
	}
}

func TestASeedMakesTheSameIDs(t *testing.T) {
	id := func() string {
		store := open(t, memtier.WithRandomSeed(7), memtier.WithClock(&manualClock{now: noon}))
		return must[memtier.Item](t)(store.Put(ctx, memtier.Draft{})).ID()
	}
	expect(t, "id", id(), id())
}

func TestVersions(t *testing.T) {
	expect(t, "version", memtier.LibraryVersion().String(), "1.0.0")
	expect(t, "made from", memtier.Version{memtier.VersionMajor, memtier.VersionMinor, memtier.VersionPatch},
		memtier.LibraryVersion())
	expectContains(t, string(memtier.LibraryDetails()), `"version"`)
	expect(t, "name", memtier.ErrNotFound.Name(), "MEMTIER_NOT_FOUND")
}
