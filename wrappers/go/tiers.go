package memtier

import (
	"context"
	"runtime"
	"time"

	"memtier.dev/memtier/internal/native"
)

// AllTiers, as a name of a tier for Clear, stands for all of them.
const AllTiers = "*"

// Statistics are numbers about a store. Counters start at 0 when this process opens it; the others
// are of the store.
type Statistics struct {
	ItemCount         int64 // items that a read can find
	ItemBytes         int64 // their content, metadata and names
	ExpiredCount      int64 // expired, invisible, not yet swept
	ResidentCount     int64 // items in this process's RAM
	ResidentBytes     int64 // what they take
	MemoryLimitBytes  int64 // WithMemoryLimit
	MemoryUsedBytes   int64 // resident items, pending changes, caches of the database
	FileBytes         int64 // the file and its write-ahead log
	JournalBytes      int64 // changes in the journal, not yet folded into the file
	Sequence          int64 // number of the newest change
	Gets              int64 // reads by id:
	GetsResident      int64 // answered from RAM
	GetsStored        int64 // answered from the file
	GetsMissed        int64 // not found
	Puts              int64 // items written, updates included
	Deletes           int64 // items deleted by call
	Searches          int64
	Promotions        int64   // items moved one or more tiers up
	Demotions         int64   // items moved down
	Evictions         int64   // items removed because the last tier was full
	Expirations       int64   // items removed because their time was over
	AccessDropped     int64   // access statistics given up because the file could not keep up
	PromotionsPerHour float64 // over the last hour of the store's clock
	DemotionsPerHour  float64
	QueryCacheHits    int64 // searches answered from the query cache
	QueryCacheMisses  int64 // searches whose answer it might have had
	QueryCacheEntries int64 // answers in it now
	QueryCacheBytes   int64 // what they take
	Prefetched        int64 // items brought into RAM with others (WithPrefetch)
	PrefetchHits      int64 // of them those that were then read there
}

// Statistics are numbers about the store.
func (s *Store) Statistics(ctx context.Context) (Statistics, error) {
	if err := s.begin(ctx); err != nil {
		return Statistics{}, err
	}
	n := native.NewStoreStatistics()
	defer native.DeleteStoreStatistics(n)
	var failure uintptr
	status := native.StoreGetStatistics(s.store.ticket, n, &failure)
	runtime.KeepAlive(s.store)
	if status != native.MEMTIER_OK {
		return Statistics{}, failed(ctx, status, failure)
	}
	return Statistics{
		n.GetItemCount(), n.GetItemBytes(), n.GetExpiredCount(), n.GetResidentCount(),
		n.GetResidentBytes(), n.GetMemoryLimitBytes(), n.GetMemoryUsedBytes(), n.GetFileBytes(),
		n.GetJournalBytes(), n.GetSequence(), n.GetGets(), n.GetGetsResident(), n.GetGetsStored(),
		n.GetGetsMissed(), n.GetPuts(), n.GetDeletes(), n.GetSearches(), n.GetPromotions(),
		n.GetDemotions(), n.GetEvictions(), n.GetExpirations(), n.GetAccessDropped(),
		n.GetPromotionsPerHour(), n.GetDemotionsPerHour(), n.GetQueryCacheHits(),
		n.GetQueryCacheMisses(), n.GetQueryCacheEntries(), n.GetQueryCacheBytes(),
		n.GetPrefetched(), n.GetPrefetchHits(),
	}, nil
}

// TierStatistics are numbers about one tier.
type TierStatistics struct {
	Name              string
	Medium            Medium
	ItemCount         int64         // items that a read can find
	ItemBytes         int64         // their content, metadata and names
	CapacityItems     int64         // 0 unbounded
	CapacityBytes     int64         // 0 unbounded
	ResidentCount     int64         // of them in this process's RAM
	Hits              int64         // reads by id that found their item here, in this process
	LatencyBudget     time.Duration // 0 none
	Utilization       float64       // of the fuller of its two capacities, 0 to 1; 0 where unbounded
	AverageImportance float64
	AverageAge        time.Duration // since creation
	HitRate           float64       // hits here / reads by id that found an item anywhere, in this process
}

// Tiers are numbers about the tiers, the hottest first.
func (s *Store) Tiers(ctx context.Context) ([]TierStatistics, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(s.store)
	var count int64
	var failure uintptr
	if status := native.TierCount(s.store.ticket, &count, &failure); status != native.MEMTIER_OK {
		return nil, failed(ctx, status, failure)
	}
	n := native.NewTierStatistics()
	defer native.DeleteTierStatistics(n)
	tiers := make([]TierStatistics, 0, count)
	for i := int64(0); i < count; i++ {
		status := native.TierGetStatistics(s.store.ticket, i, n, &failure)
		if status != native.MEMTIER_OK {
			return nil, failed(ctx, status, failure)
		}
		tiers = append(tiers, TierStatistics{
			n.GetName(), Medium(n.GetMedium()), n.GetItemCount(), n.GetItemBytes(),
			n.GetCapacityItems(), n.GetCapacityBytes(), n.GetResidentCount(), n.GetHits(),
			fromMicroseconds(n.GetLatencyBudgetUs()), n.GetUtilization(), n.GetAverageImportance(),
			time.Duration(n.GetAverageAgeSeconds() * float64(time.Second)), n.GetHitRate(),
		})
	}
	return tiers, nil
}

// Demoted tells how many items Optimize moved.
type Demoted struct {
	Total int64
	From  map[string]int64 // how many left each tier; those that none left are not named
}

// Optimize demotes what lies idle, by each tier's rule, one tier down; an item moves once. The
// total is right also where it fails.
func (m *Memory) Optimize(ctx context.Context) (Demoted, error) {
	if err := m.begin(ctx); err != nil {
		return Demoted{}, err
	}
	defer runtime.KeepAlive(m)
	left := make([]int64, len(*m.store.tiers))
	var total int64
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.TierOptimize(m.store.ticket, m.ticket(), control, left, &total, &failure)
		return status, failure
	})
	demoted := Demoted{total, map[string]int64{}}
	for i, count := range left {
		if count != 0 {
			demoted.From[(*m.store.tiers)[i]] = count
		}
	}
	return demoted, err
}

// Clear deletes every item that lies in one of these tiers, pinned ones too, and counts them, also
// where it fails. AllTiers stands for all.
func (m *Memory) Clear(ctx context.Context, tiers ...string) (int64, error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	if len(tiers) == 0 {
		return 0, invalid("Clear: no tier is named; AllTiers stands for all")
	}
	names, err := encodeText(tiers)
	if err != nil {
		return 0, err
	}
	defer runtime.KeepAlive(m)
	var count int64
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.TierClear(m.store.ticket, m.ticket(), string(names), control, &count, &failure)
		return status, failure
	})
	return count, err
}

// A Transition is a row of the transition log: which item went from where to where, when and why.
type Transition struct {
	ID       string
	FromTier string // empty: a tier that is not in the ladder any more
	ToTier   string // empty: it was removed
	Reason   string // "capacity", "reads", "filter", "idle", "manual", ...: memtier.h tells them all
	Time     time.Time
}

// TransitionQuery says which rows of the log to read; the zero TransitionQuery is the newest 1000.
type TransitionQuery struct {
	ID    string    // only this item's
	Since time.Time // only later ones
	Limit int64     // at most so many; default 1000
}

// Transitions reads the transition log, the newest first.
func (m *Memory) Transitions(ctx context.Context, query TransitionQuery) ([]Transition, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	if query.Limit == 0 {
		query.Limit = 1000
	}
	var rows, failure uintptr
	status := native.TransitionList(m.store.ticket, m.ticket(), query.ID, toMicroseconds(query.Since),
		query.Limit, &rows, &failure)
	runtime.KeepAlive(m)
	if status != native.MEMTIER_OK {
		return nil, failed(ctx, status, failure)
	}
	defer native.TransitionsDestroy(rows)
	transitions := make([]Transition, native.TransitionsCount(rows))
	err := readColumns(rows, transitions, transitionTexts, native.TransitionsColumnText, native.Texts)
	if err == nil {
		err = readColumns(rows, transitions, transitionTimes, native.TransitionsColumnInt64, native.Int64s)
	}
	if err != nil {
		return nil, err
	}
	return transitions, nil
}

var transitionTexts = []column[Transition, string]{
	{native.MEMTIER_FIELD_ID, func(t *Transition, v string) { t.ID = v }},
	{native.MEMTIER_FIELD_FROM_TIER, func(t *Transition, v string) { t.FromTier = v }},
	{native.MEMTIER_FIELD_TO_TIER, func(t *Transition, v string) { t.ToTier = v }},
	{native.MEMTIER_FIELD_REASON, func(t *Transition, v string) { t.Reason = v }},
}

var transitionTimes = []column[Transition, int64]{
	{native.MEMTIER_FIELD_TIME_US, func(t *Transition, v int64) { t.Time = fromEpoch(v) }},
}
