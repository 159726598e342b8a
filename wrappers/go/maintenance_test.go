package memtier_test

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"memtier.dev/memtier"
)

type tickStep struct {
	Jobs          []memtier.Job
	Did, Results  [][2]any
	Tiers         map[string]string
	Status, Error string
}

func TestTicksDoWhatTheVectorsSay(t *testing.T) {
	var file struct {
		Cases []struct {
			Name  string
			Items []json.RawMessage
			Steps []tickStep
		}
		Refused []tickStep
	}
	loadVectors(t, "maintenance.json", &file)
	expect(t, "cases", len(file.Cases) >= 1, true)
	for _, one := range file.Cases {
		store := openForVectors(t, memtier.InMemory)
		for _, item := range one.Items {
			put(t, &store.Memory, memtier.Draft{JSON: item})
		}
		for _, step := range one.Steps {
			ticked := must[memtier.Ticked](t)(store.Tick(ctx, memtier.Tick{Jobs: step.Jobs}))
			var did, results [][2]any
			for _, job := range ticked.Jobs {
				did = append(did, [2]any{string(job.Name), float64(job.Count)})
				for _, result := range job.Results {
					results = append(results, [2]any{result.Name, float64(result.Count)})
				}
			}
			expect(t, "did", did, step.Did)
			expect(t, "complete", ticked.Complete, true)
			if step.Results != nil {
				expect(t, "results", results, step.Results)
			}
			for id, tier := range step.Tiers {
				expect(t, id, byFilter(t, &store.Memory, memtier.And(
					memtier.Eq(memtier.FieldID, id), memtier.Eq(memtier.FieldTier, tier))), []string{id})
			}
		}
	}
	store := open(t)
	for _, one := range file.Refused {
		_, err := store.Tick(ctx, memtier.Tick{Jobs: one.Jobs})
		expectIs(t, err, memtier.ErrNotFound)
		expectContains(t, err.Error(), one.Error)
	}
	_, err := store.Tick(ctx, memtier.Tick{Budget: -time.Second})
	expectIs(t, err, memtier.ErrInvalid)
}

type consolidationRequest struct {
	From          string
	Filter        json.RawMessage
	MinScore      float64 `json:"min_score"`
	MinFill       float64 `json:"min_fill"`
	BatchSize     int64   `json:"batch_size"`
	MaxItems      int64   `json:"max_items"`
	Retries       int64
	CompressAbove int64 `json:"compress_above_bytes"`
	DryRun        bool  `json:"dry_run"`
}

func (r consolidationRequest) typed() memtier.Consolidation {
	made := memtier.Consolidation{
		From: r.From, MinScore: r.MinScore, MinFill: r.MinFill, BatchSize: r.BatchSize, MaxItems: r.MaxItems,
		Retries: r.Retries, CompressAbove: r.CompressAbove, DryRun: r.DryRun,
	}
	if r.Filter != nil {
		made.Filter = memtier.FilterJSON(r.Filter)
	}
	return made
}

func TestConsolidatingDoesWhatTheVectorsSay(t *testing.T) {
	var file struct {
		Consolidations []struct {
			Name          string
			Items         []json.RawMessage
			Request       consolidationRequest
			Report        map[string]any
			Tiers         map[string]string
			Status, Error string
		}
	}
	loadVectors(t, "maintenance.json", &file)
	expect(t, "cases", len(file.Consolidations) >= 9, true)
	for _, one := range file.Consolidations {
		store := openForVectors(t, memtier.InMemory)
		for _, item := range one.Items {
			put(t, &store.Memory, memtier.Draft{JSON: item})
		}
		told, err := store.Consolidate(ctx, one.Request.typed())
		if one.Status != "" {
			var failure *memtier.Error
			expect(t, one.Name, errors.As(err, &failure), true)
			expect(t, one.Name, failure.Code.Name(), one.Status)
			expectContains(t, err.Error(), one.Error)
			continue
		}
		check(t, err)
		var report map[string]any
		check(t, json.Unmarshal(must[[]byte](t)(json.Marshal(told)), &report))
		for key, value := range one.Report {
			expect(t, one.Name+": "+key, report[key], value)
		}
		for id, tier := range one.Tiers {
			expect(t, id, byFilter(t, &store.Memory, memtier.And(
				memtier.Eq(memtier.FieldID, id), memtier.Eq(memtier.FieldTier, tier))), []string{id})
		}
	}
}

type archiveStep struct {
	Pack *struct{ Level int64 }
	// Of a pack:
	Packed, Blocks int64
	Restore        *struct {
		IDs    []string
		Filter json.RawMessage
		Tier   string
	}
	Restored      int64
	Tier          string
	Tiers         map[string]string
	Status, Error string
}

func (s archiveStep) run(t *testing.T, store *memtier.Store) {
	if s.Pack != nil {
		packed := must[memtier.Packed](t)(store.Pack(ctx, memtier.Pack{Level: s.Pack.Level}))
		expect(t, "packed", packed.Items, s.Packed)
	} else {
		asked := memtier.Restore{IDs: s.Restore.IDs, Tier: s.Restore.Tier}
		if s.Restore.Filter != nil {
			asked.Filter = memtier.FilterJSON(s.Restore.Filter)
		}
		restored, err := store.Restore(ctx, asked)
		if s.Status != "" {
			var failure *memtier.Error
			expect(t, "an error", errors.As(err, &failure), true)
			expect(t, "status", failure.Code.Name(), s.Status)
			expectContains(t, err.Error(), s.Error)
			return
		}
		check(t, err)
		expect(t, "restored", restored.Items, s.Restored)
		expect(t, "tier", restored.Tier, s.Tier)
	}
	if s.Blocks != 0 {
		statistics := must[memtier.ArchiveStatistics](t)(store.ArchiveStatistics(ctx))
		expect(t, "blocks", statistics.Blocks, s.Blocks)
	}
	for id, tier := range s.Tiers {
		expect(t, id, byFilter(t, &store.Memory, memtier.And(
			memtier.Eq(memtier.FieldID, id), memtier.Eq(memtier.FieldTier, tier))), []string{id})
	}
}

func TestTheArchiveDoesWhatTheVectorsSay(t *testing.T) {
	var file struct {
		Archives []struct {
			Items    []json.RawMessage
			Steps    []archiveStep
			Contents map[string]string
		}
	}
	loadVectors(t, "maintenance.json", &file)
	expect(t, "cases", len(file.Archives) >= 1, true)
	for _, one := range file.Archives {
		store := openForVectors(t, memtier.InMemory)
		for _, item := range one.Items {
			put(t, &store.Memory, memtier.Draft{JSON: item})
		}
		for _, step := range one.Steps {
			step.run(t, store)
		}
		for id, content := range one.Contents {
			expect(t, id, must[memtier.Item](t)(store.Get(ctx, id)).Text(), content)
		}
	}
}

// expectRefusal checks that a call failed as a vector says; false: it says nothing of that.
func expectRefusal(t *testing.T, status, message string, err error) bool {
	t.Helper()
	if status == "" {
		check(t, err)
		return false
	}
	var failure *memtier.Error
	expect(t, "an error", errors.As(err, &failure), true)
	expect(t, "status", failure.Code.Name(), status)
	expectContains(t, err.Error(), message)
	return true
}

func TestCompressingDoesWhatTheVectorsSay(t *testing.T) {
	var file struct {
		Compressions []struct {
			Items []json.RawMessage
			Steps []struct {
				Filter              json.RawMessage
				Above               int64 `json:"above_bytes"`
				Matched, Compressed int64
				Status, Error       string
			}
			Contents map[string]string
		}
	}
	loadVectors(t, "maintenance.json", &file)
	expect(t, "cases", len(file.Compressions) >= 1, true)
	for _, one := range file.Compressions {
		store := openForVectors(t, memtier.InMemory)
		for _, item := range one.Items {
			put(t, &store.Memory, memtier.Draft{JSON: item})
		}
		for _, step := range one.Steps {
			told, err := store.CompressWhere(ctx, memtier.FilterJSON(step.Filter), step.Above)
			if !expectRefusal(t, step.Status, step.Error, err) {
				expect(t, "matched", told.Matched, step.Matched)
				expect(t, "compressed", told.Items, step.Compressed)
			}
		}
		for id, content := range one.Contents {
			expect(t, id, must[memtier.Item](t)(store.Get(ctx, id)).Text(), content)
		}
	}
}

func TestForgettingDoesWhatTheVectorsSay(t *testing.T) {
	var file struct{ Forgettings []vector }
	loadVectors(t, "maintenance.json", &file)
	expect(t, "cases", len(file.Forgettings) >= 6, true)
	for _, one := range file.Forgettings {
		store := openForVectors(t, memtier.InMemory)
		var items []vector
		one.decode(t, "items", &items)
		for _, item := range items {
			must[memtier.Item](t)(store.In(item.scopeOfItself(t)).Put(ctx, memtier.Draft{JSON: item.source}))
		}
		receipt, err := store.In(one.scope(t, "scope")).Forget(ctx)
		if !expectRefusal(t, one.text(t, "status"), one.text(t, "error"), err) {
			var forgotten int64
			one.decode(t, "forgotten", &forgotten)
			expect(t, one.text(t, "name"), receipt.Items, forgotten)
		}
		var left []string
		one.decode(t, "left", &left)
		everything := store.In(memtier.Scope{Collection: "*"})
		expect(t, one.text(t, "name"), sorted(ids(listed(t, everything, memtier.List{}))), left)
	}
}

func TestWhatWasDoneBeforeAStopIsTold(t *testing.T) {
	stopped := memtier.WithProgress(ctx, func(int64, int64) error { return context.Canceled })
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "a"}, memtier.Draft{ID: "b"})
	told, err := store.Consolidate(stopped, memtier.Consolidation{BatchSize: 1})
	expectIs(t, err, memtier.ErrCancelled)
	expect(t, "moved", told.Moved, int64(1))
	expect(t, "chosen", told.Chosen, int64(2))
	ticked, err := store.Tick(stopped, memtier.Tick{Jobs: []memtier.Job{memtier.JobPolicies}})
	expectIs(t, err, memtier.ErrCancelled)
	expect(t, "complete", ticked.Complete, false)
	expect(t, "policies", len(ticked.Jobs[0].Results), 1)
	applied, err := store.ApplyPolicies(stopped, memtier.Apply{})
	expectIs(t, err, memtier.ErrCancelled)
	expect(t, "applied", len(applied), 1)
	_, err = store.Tick(ctx, memtier.Tick{Jobs: []memtier.Job{"dream"}})
	expectIs(t, err, memtier.ErrNotFound)
}

func TestTicksConsolidateWhereTheStoreIsOpenedSo(t *testing.T) {
	store := open(t, memtier.WithConsolidation(memtier.Consolidation{Retries: memtier.NoRetries}, time.Hour))
	put(t, &store.Memory, memtier.Draft{ID: "a"})
	tick := memtier.Tick{Jobs: []memtier.Job{memtier.JobConsolidate}}
	ticked := must[memtier.Ticked](t)(store.Tick(ctx, tick))
	expect(t, "moved", ticked.Jobs[0].Report.Moved, int64(1))
	ticked = must[memtier.Ticked](t)(store.Tick(ctx, tick))
	expect(t, "not yet", ticked.Jobs[0].Report == nil, true)
}

func TestLongContentsAreCompressedWhereTheyStand(t *testing.T) {
	store := open(t, memtier.WithCompressAbove(0))
	put(t, &store.Memory, memtier.Draft{ID: "a", Text: strings.Repeat("tea ", 1000)})
	put(t, &store.Memory, memtier.Draft{ID: "b", Text: "tea"})
	told := must[memtier.Compressed](t)(store.CompressWhere(ctx, memtier.Filter{}, 100))
	expect(t, "matched", told.Matched, int64(2))
	expect(t, "compressed", told.Items, int64(1))
	expect(t, "original", told.OriginalBytes, int64(4000))
	expect(t, "smaller", told.CompressedBytes < 400, true)
	_, err := store.CompressWhere(ctx, memtier.Filter{}, -1)
	expectIs(t, err, memtier.ErrInvalid)
}

func TestAStoreTendsItself(t *testing.T) {
	store := open(t, memtier.WithMaintenance(time.Millisecond, 0))
	check(t, store.PauseMaintenance(ctx))
	put(t, &store.Memory, memtier.Draft{ID: "a", TTL: time.Nanosecond * 1000})
	check(t, store.ResumeMaintenance(ctx))
	for must[memtier.Statistics](t)(store.Statistics(ctx)).Expirations == 0 {
		runtime.Gosched()
	}
}
