package memtier_test

import (
	"path/filepath"
	"testing"

	"memtier.dev/memtier"
)

func compass(t *testing.T) *memtier.Store {
	t.Helper()
	store := openAt(t, filepath.Join(t.TempDir(), "a.mem"))
	check(t, store.CreateSpace(ctx, memtier.Space{Name: "s", Dimension: 2}))
	for _, id := range []string{"east", "north", "northeast"} {
		put(t, &store.Memory, memtier.Draft{ID: id, Text: id})
	}
	check(t, store.PutVector(ctx, "s", "east", []float32{1, 0}))
	statuses := must[[]error](t)(store.PutVectors(ctx, "s", []memtier.ItemVector{
		{ID: "north", Vector: []float32{0, 2}}, {ID: "northeast", Vector: []float32{3, 3}},
	}, memtier.DurabilityNormal))
	expect(t, "statuses", statuses, []error{nil, nil})
	return store
}

func TestTheNearestAreFound(t *testing.T) {
	store := compass(t)
	query := memtier.Query{Vector: []float32{1, 0.125}}
	found := must[[]memtier.Hit](t)(store.Search(ctx, query))
	expect(t, "found", hitIDs(found), []string{"east", "northeast", "north"})
	threshold := 0.7
	query.Threshold, query.Space = &threshold, "s"
	found = must[[]memtier.Hit](t)(store.Search(ctx, query))
	expect(t, "found", hitIDs(found), []string{"east", "northeast"})
	compiled := must[*memtier.CompiledQuery](t)(memtier.Compile(memtier.Query{TopK: 1}))
	check(t, compiled.SetVector([]float32{0, 1}))
	found = must[[]memtier.Hit](t)(store.Run(ctx, compiled))
	expect(t, "found", hitIDs(found), []string{"north"})
	expectIs(t, compiled.SetVector([]float32{1}), memtier.ErrInvalid)
	check(t, compiled.Close())
	expectIs(t, compiled.SetVector(nil), memtier.ErrClosed)
	found = must[[]memtier.Hit](t)(store.Similar(ctx, "s", "east", memtier.Query{}))
	expect(t, "similar", hitIDs(found), []string{"northeast"})
}

func TestWordsAndAVectorFindTogether(t *testing.T) {
	store := compass(t)
	put(t, &store.Memory, memtier.Draft{ID: "tea", Text: "green tea"})
	query := memtier.Query{Text: "tea", Vector: []float32{1, 0}, TopK: 2}
	found := must[[]memtier.Hit](t)(store.Search(ctx, query))
	expect(t, "found", hitIDs(found), []string{"tea", "east"})
	expect(t, "scores", []bool{found[0].TextScore() > 0, found[1].TextScore() == 0}, []bool{true, true})
	expect(t, "scores", []float64{found[0].VectorScore(), found[1].VectorScore()}, []float64{0, 1})
	query.Fusion = memtier.FusionRRF
	found = must[[]memtier.Hit](t)(store.Search(ctx, query))
	expect(t, "found", hitIDs(found), []string{"tea", "east"})
	query.Signals = map[memtier.Signal]float64{memtier.SignalText: 0, memtier.SignalDates: 0}
	found = must[[]memtier.Hit](t)(store.Search(ctx, query))
	expect(t, "found", hitIDs(found), []string{"east", "northeast"})
	query.Fusion = "sum"
	_, err := store.Search(ctx, query)
	expectIs(t, err, memtier.ErrInvalid)
}

func TestVectorsComeBackAndGo(t *testing.T) {
	store := compass(t)
	expect(t, "vector", must[[]float32](t)(store.Vector(ctx, "s", "north")), []float32{0, 2})
	check(t, store.DeleteVector(ctx, "s", "north"))
	expectIs(t, store.DeleteVector(ctx, "s", "north"), memtier.ErrNotFound)
	_, err := store.Vector(ctx, "s", "north")
	expectIs(t, err, memtier.ErrNotFound)
	expectIs(t, store.PutVector(ctx, "s", "north", []float32{1, 2, 3}), memtier.ErrInvalid)
	expectIs(t, store.PutVector(ctx, "none", "north", []float32{1, 2}), memtier.ErrNotFound)
	statuses, err := store.PutVectors(ctx, "s", []memtier.ItemVector{
		{ID: "nobody", Vector: []float32{0, 2}}, {ID: "north", Vector: []float32{0, 2}},
	})
	expectIs(t, err, memtier.ErrNotFound)
	expectIs(t, statuses[0], memtier.ErrNotFound)
	check(t, statuses[1])
	_, err = store.PutVectors(ctx, "s", []memtier.ItemVector{
		{ID: "north", Vector: []float32{0, 2}}, {ID: "east", Vector: []float32{0}},
	})
	expectIs(t, err, memtier.ErrInvalid)
}

func TestSpacesAreListedMeasuredAndDropped(t *testing.T) {
	store := compass(t)
	bytes := memtier.Space{Name: "b", Dimension: 3, Metric: memtier.MetricDot, Storage: memtier.StorageInt8}
	check(t, store.CreateSpace(ctx, bytes))
	expectIs(t, store.CreateSpace(ctx, memtier.Space{Name: "b", Dimension: 4}), memtier.ErrExists)
	expect(t, "spaces", must[[]memtier.Space](t)(store.Spaces(ctx)), []memtier.Space{bytes, {
		Name: "s", Dimension: 2, Metric: memtier.MetricCosine, Storage: memtier.StorageFloat32, Vectors: 3,
	}})
	recall := must[memtier.Recall](t)(store.MeasureRecall(ctx, memtier.RecallOptions{Space: "s", Limit: 2}))
	expect(t, "recall", recall, memtier.Recall{Recall: 1, Samples: 3, Limit: 2, Vectors: 3})
	check(t, store.DropSpace(ctx, "s"))
	expectIs(t, store.DropSpace(ctx, "s"), memtier.ErrNotFound)
}
