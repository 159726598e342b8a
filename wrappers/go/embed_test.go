package memtier_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"memtier.dev/memtier"
	"memtier.dev/memtier/internal/native"
)

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// A vector has the size of the text and how many e's are in it.
func countLetters(texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = []float32{float32(len(text)), float32(strings.Count(text, "e"))}
	}
	return vectors, nil
}

func TestTheBuiltInEmbedderKnowsWhatMeansTheSame(t *testing.T) {
	store := open(t)
	info := must[memtier.EmbedderInfo](t)(store.Embedder(ctx))
	expect(t, "kind", info.Kind, memtier.EmbedderBuiltin)
	expect(t, "name", info.Name, "embedder-en")
	expect(t, "dimension", info.Dimension, 256)
	expect(t, "file", filepath.Base(info.Path), "embedder-en.model")
	vectors := must[[][]float32](t)(store.Embed(ctx, "I love hiking in the mountains",
		"Trekking is my favourite hobby", "an invoice", ""))
	if dot(vectors[0], vectors[1]) < dot(vectors[0], vectors[2])+0.1 {
		t.Error("trekking is nearer to hiking than an invoice is")
	}
	if vectors[3] != nil {
		t.Error("the empty text has no vector")
	}
	expect(t, "none", must[[][]float32](t)(store.Embed(ctx)), [][]float32{})
}

func TestAnEmbedFuncGetsBatches(t *testing.T) {
	var sizes []int
	before := native.Registered()
	store := open(t, memtier.WithEmbedBatch(2),
		memtier.WithEmbedFunc("letters-1", 2, func(texts []string) ([][]float32, error) {
			sizes = append(sizes, len(texts))
			return countLetters(texts)
		}))
	vectors := must[[][]float32](t)(store.Embed(ctx, "tea", "", "\u00e9"))
	expect(t, "vectors", vectors, [][]float32{{3, 1}, nil, {2, 0}})
	expect(t, "sizes", sizes, []int{2, 1})
	info := must[memtier.EmbedderInfo](t)(store.Embedder(ctx))
	expect(t, "info", info, memtier.EmbedderInfo{Kind: memtier.EmbedderCallback, Name: "letters-1", Dimension: 2})
	check(t, store.Close())
	expect(t, "registered", native.Registered(), before)
}

func TestAnEmbedFuncThatFailsIsTheCause(t *testing.T) {
	broken := errors.New("no model today")
	for name, embed := range map[string]memtier.EmbedFunc{
		"an error":       func([]string) ([][]float32, error) { return nil, broken },
		"a panic":        func([]string) ([][]float32, error) { panic(broken) },
		"too few":        func([]string) ([][]float32, error) { return nil, nil },
		"too long":       func([]string) ([][]float32, error) { return [][]float32{{1, 2, 3}}, nil },
		"without number": func([]string) ([][]float32, error) { return [][]float32{{1, float32(nan())}}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t, memtier.WithEmbedFunc("broken", 2, embed))
			_, err := store.Embed(ctx, "tea")
			expectIs(t, err, memtier.ErrCallback)
			if strings.HasPrefix(name, "a") {
				expectIs(t, err, broken)
			}
		})
	}
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}

func TestNoEmbedderEmbedsNothing(t *testing.T) {
	store := open(t, memtier.WithEmbedder(memtier.EmbedderNone), memtier.WithModelPath("/none"))
	_, err := store.Embed(ctx, "tea")
	expectIs(t, err, memtier.ErrUnsupported)
}

func TestAMissingModelIsTold(t *testing.T) {
	_, err := memtier.Open(ctx, memtier.InMemory, memtier.WithModelPath("/none/at.all"))
	expectIs(t, err, memtier.ErrUnsupported)
	expectContains(t, err.Error(), "/none/at.all")
}

func TestItemsAreFoundByMeaning(t *testing.T) {
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "walk", Text: "I love hiking in the mountains"})
	put(t, &store.Memory, memtier.Draft{ID: "bill", Text: "The invoice was paid in March"})
	hits := must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: "trekking outdoors", Meaning: true, TopK: 1}))
	expect(t, "hits", len(hits), 1)
	expect(t, "nearest", hits[0].ID(), "walk")
	expect(t, "pending", must[int64](t)(store.PendingVectors(ctx)), int64(0))
}

func TestItemsWaitForAnEmbedderThatFails(t *testing.T) {
	fails := true
	store := open(t, memtier.WithBackground(false),
		memtier.WithEmbedFunc("letters-1", 2, func(texts []string) ([][]float32, error) {
			if fails {
				return nil, errors.New("no model today")
			}
			return countLetters(texts)
		}))
	put(t, &store.Memory, memtier.Draft{ID: "a", Text: "tea"})
	expect(t, "pending", must[int64](t)(store.PendingVectors(ctx)), int64(1))
	_, err := store.Reembed(ctx)
	expectIs(t, err, memtier.ErrCallback)
	fails = false
	expect(t, "made", must[int64](t)(store.Reembed(ctx)), int64(1))
	expect(t, "pending", must[int64](t)(store.PendingVectors(ctx)), int64(0))
}
