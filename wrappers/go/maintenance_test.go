package memtier_test

import (
	"encoding/json"
	"runtime"
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

func TestAStoreTendsItself(t *testing.T) {
	store := open(t, memtier.WithMaintenance(time.Millisecond, 0))
	check(t, store.PauseMaintenance(ctx))
	put(t, &store.Memory, memtier.Draft{ID: "a", TTL: time.Nanosecond * 1000})
	check(t, store.ResumeMaintenance(ctx))
	for must[memtier.Statistics](t)(store.Statistics(ctx)).Expirations == 0 {
		runtime.Gosched()
	}
}
