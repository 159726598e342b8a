package memtier_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"memtier.dev/memtier"
	"memtier.dev/memtier/internal/native"
)

func words(items []memtier.Item) ([][]string, error) {
	keys := make([][]string, len(items))
	for i, item := range items {
		keys[i] = strings.Fields(item.Text())
	}
	return keys, nil
}

func byFilter(t *testing.T, m *memtier.Memory, filter memtier.Filter) []string {
	t.Helper()
	return sorted(ids(listed(t, m, memtier.List{Filter: filter})))
}

func placesStore(t *testing.T, options ...memtier.Option) *memtier.Store {
	store := open(t, options...)
	for i, city := range []string{"Bari", "Rome", "Bari"} {
		put(t, &store.Memory, memtier.Draft{
			ID: fmt.Sprint(i), Text: "moved to " + city,
			Metadata: map[string]any{"place": map[string]string{"city": city}},
		})
	}
	return store
}

func TestAPathGetsAnIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mem")
	store := openAt(t, path)
	city := memtier.Meta("place", "city")
	for i := 0; i < 300; i++ {
		put(t, &store.Memory, memtier.Draft{Metadata: map[string]any{"place": map[string]int{"city": i}}})
	}
	told := false
	progress := memtier.WithProgress(ctx, func(int64, int64) error { told = true; return nil })
	check(t, store.CreateIndex(progress, "city", city))
	check(t, store.CreateIndex(ctx, "city", city)) // it is there
	expect(t, "told", told, true)
	want := []memtier.Index{{Name: "city", Kind: memtier.IndexOfPath, Path: city, Ready: true, Entries: 300}}
	expect(t, "indexes", must[[]memtier.Index](t)(store.Indexes(ctx)), want)
	plan := must[rawMessage](t)(store.ExplainList(ctx, memtier.List{Filter: memtier.Eq(city, 7)}))
	expectContains(t, string(plan), "index city")
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Lt(city, 10))), int64(10))
	check(t, store.Close())
	store = openAt(t, path) // it is kept
	expect(t, "indexes", must[[]memtier.Index](t)(store.Indexes(ctx)), want)
	expectIs(t, store.CreateIndex(ctx, "city", memtier.Meta("town")), memtier.ErrExists)
	expectIs(t, store.CreateIndex(ctx, "type", memtier.FieldType), memtier.ErrInvalid)
	expectIs(t, store.CreateIndex(ctx, "\xff", city), memtier.ErrInvalid)
	check(t, store.DropIndex(ctx, "city"))
	expectIs(t, store.DropIndex(ctx, "city"), memtier.ErrNotFound)
	expect(t, "indexes", must[[]memtier.Index](t)(store.Indexes(ctx)), []memtier.Index{})
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Lt(city, 10))), int64(10))
}

func TestAnIndexOfWhichTheMakingIsStoppedIsGone(t *testing.T) {
	store := placesStore(t)
	stopped := memtier.WithProgress(ctx, func(int64, int64) error { return memtier.ErrCancelled })
	expectIs(t, store.CreateIndex(stopped, "city", memtier.Meta("city")), memtier.ErrCancelled)
	expectIs(t, store.CreateKeyIndex(stopped, "word", words), memtier.ErrCancelled)
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	expectIs(t, store.CreateKeyIndex(cancellable, "word", func([]memtier.Item) ([][]string, error) {
		cancel()
		return nil, cancellable.Err()
	}), context.Canceled)
	expect(t, "indexes", must[[]memtier.Index](t)(store.Indexes(ctx)), []memtier.Index{})
}

func TestKeysOfACallbackAreAFieldOfFilters(t *testing.T) {
	before := native.Registered()
	store := placesStore(t)
	var extracted atomic.Int64
	check(t, store.CreateKeyIndex(ctx, "word", func(items []memtier.Item) ([][]string, error) {
		extracted.Add(int64(len(items)))
		expect(t, "tier", items[0].Tier(), "working")
		return words(items)
	}))
	word := memtier.Indexed("word")
	expect(t, "Bari", byFilter(t, &store.Memory, memtier.Eq(word, "Bari")), []string{"0", "2"})
	expect(t, "prefix", byFilter(t, &store.Memory, memtier.HasPrefix(word, "Ro")), []string{"1"})
	expect(t, "extracted", extracted.Load(), int64(3))
	put(t, &store.Memory, memtier.Draft{ID: "3", Text: "left Bari"}, memtier.Draft{ID: "4"})
	bari := memtier.And(memtier.Eq(word, "Bari"), memtier.Ne(word, "moved"))
	expect(t, "new", byFilter(t, &store.Memory, bari), []string{"3"})
	expect(t, "none", byFilter(t, &store.Memory, memtier.Exists(word, false)), []string{"4"})
	hits := must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: "Bari", Filter: bari}))
	expect(t, "hits", hitIDs(hits), []string{"3"})
	expect(t, "extracted", extracted.Load(), int64(5))
	expect(t, "indexes", must[[]memtier.Index](t)(store.Indexes(ctx)), []memtier.Index{
		{Name: "word", Kind: memtier.IndexOfKeys, Ready: true, Entries: 11},
	})
	expectIs(t, store.CreateKeyIndex(ctx, "word", words), memtier.ErrExists)
	expectIs(t, store.CreateKeyIndex(ctx, "", words), memtier.ErrInvalid)
	expectIs(t, store.CreateKeyIndex(ctx, "none", nil), memtier.ErrInvalid)
	_, err := store.Count(ctx, memtier.Eq(memtier.Indexed("unknown"), "x"))
	expectIs(t, err, memtier.ErrInvalid)
	check(t, store.DropIndex(ctx, "word"))
	check(t, store.CreateKeyIndex(ctx, "word", words))
	expect(t, "held", native.Registered(), before+1)
	check(t, store.Close())
	expect(t, "held", native.Registered(), before)
}

func TestAKeyFuncThatFailsFailsTheCallThatAsked(t *testing.T) {
	before := native.Registered()
	many := make([]string, memtier.MaxKeys+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	var answer atomic.Value
	answer.Store(memtier.KeyFunc(words))
	for name, fails := range map[string]struct {
		extract memtier.KeyFunc
		cause   error
	}{
		"error":    {func([]memtier.Item) ([][]string, error) { return nil, errBroken }, errBroken},
		"panic":    {func([]memtier.Item) ([][]string, error) { panic(errBroken) }, errBroken},
		"too many": {func(i []memtier.Item) ([][]string, error) { return [][]string{many}, nil }, memtier.ErrLimit},
		"too long": {func([]memtier.Item) ([][]string, error) {
			return [][]string{{strings.Repeat("x", memtier.MaxKeyBytes+1)}}, nil
		}, memtier.ErrInvalid},
		"no text": {func([]memtier.Item) ([][]string, error) { return [][]string{{"\xff"}}, nil }, memtier.ErrInvalid},
		"number":  {func(i []memtier.Item) ([][]string, error) { return make([][]string, len(i)+1), nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			put(t, &store.Memory, memtier.Draft{ID: "a", Text: "tea"})
			expectCause := func(err error) {
				t.Helper()
				expectIs(t, err, memtier.ErrCallback)
				var e *memtier.Error
				expect(t, "cause", errors.As(err, &e) && e.Cause != nil, true)
				if fails.cause != nil {
					expectIs(t, err, fails.cause)
				}
			}
			expectCause(store.CreateKeyIndex(ctx, "word", fails.extract))
			answer.Store(memtier.KeyFunc(words))
			check(t, store.CreateKeyIndex(ctx, "word", func(items []memtier.Item) ([][]string, error) {
				return answer.Load().(memtier.KeyFunc)(items)
			}))
			put(t, &store.Memory, memtier.Draft{ID: "b", Text: "tea"})
			tea := memtier.Eq(memtier.Indexed("word"), "tea")
			answer.Store(fails.extract)
			_, err := store.Count(ctx, tea)
			expectCause(err)
			answer.Store(memtier.KeyFunc(words))
			expect(t, "count", must[int64](t)(store.Count(ctx, tea)), int64(2))
			check(t, store.Close())
			expect(t, "held", native.Registered(), before)
		})
	}
}

func TestAKeyFuncCannotUseTheStoreAndRunsOnTheCallersThread(t *testing.T) {
	store := placesStore(t)
	var inside, dropping error
	check(t, store.CreateKeyIndex(ctx, "word", func(items []memtier.Item) ([][]string, error) {
		runtime.GC()
		_, inside = store.Get(ctx, "0")
		dropping = store.DropIndex(ctx, "word")
		return nil, nil // no keys for this batch
	}))
	expectIs(t, inside, memtier.ErrReentrant)
	expectIs(t, dropping, memtier.ErrReentrant)
	expect(t, "none", byFilter(t, &store.Memory, memtier.Exists(memtier.Indexed("word"), true)), []string{})
}

func TestAForgottenStoreWithAKeyFuncIsCollected(t *testing.T) {
	expectReleased(t, func(held *manualClock) {
		store := must[*memtier.Store](t)(memtier.Open(ctx, memtier.InMemory))
		check(t, store.CreateKeyIndex(ctx, "held", func(items []memtier.Item) ([][]string, error) {
			held.Now()
			return words(items)
		}))
	})
}

func TestManyGoroutinesAskForKeysWhileItemsChange(t *testing.T) {
	store := open(t)
	check(t, store.CreateKeyIndex(ctx, "word", words))
	const writers, each = 4, 50
	var all sync.WaitGroup
	for i := 0; i < writers; i++ {
		all.Add(1)
		go func(word string) {
			defer all.Done()
			for n := 1; n <= each; n++ {
				if _, err := store.Put(ctx, memtier.Draft{Text: word + " tea"}); err != nil {
					t.Error(err)
				}
				count, err := store.Count(ctx, memtier.Eq(memtier.Indexed("word"), word))
				if err != nil || count != int64(n) {
					t.Errorf("%s: %d, want %d: %v", word, count, n, err)
				}
			}
		}(fmt.Sprint("writer", i))
	}
	all.Wait()
	tea := memtier.Eq(memtier.Indexed("word"), "tea")
	expect(t, "all", must[int64](t)(store.Count(ctx, tea)), int64(writers*each))
}

func TestIndexVectors(t *testing.T) {
	var file struct {
		Indexes []struct {
			Name string
			Path memtier.Field
		}
		Items      []json.RawMessage
		ItemsAfter []json.RawMessage `json:"items_after"`
		Cases      []vector
		Refused    []vector
	}
	loadVectors(t, "indexes.json", &file)
	path := filepath.Join(t.TempDir(), "a.mem")
	store := openForVectors(t, path)
	putAll := func(items []json.RawMessage) {
		for _, item := range items {
			put(t, &store.Memory, memtier.Draft{JSON: item})
		}
	}
	putAll(file.Items)
	for _, index := range file.Indexes {
		check(t, store.CreateIndex(ctx, index.Name, index.Path))
	}
	putAll(file.ItemsAfter)
	for _, refused := range file.Refused {
		var document map[string]string
		if json.Unmarshal(refused.members["document"], &document) != nil || len(document) != 2 {
			continue // it says what cannot be said here
		}
		err := store.CreateIndex(ctx, document["name"], memtier.Field(document["path"]))
		expectContains(t, err.Error(), refused.text(t, "error"))
		if refused.has("status") {
			expectIs(t, err, memtier.ErrExists)
		} else {
			expectIs(t, err, memtier.ErrInvalid)
		}
	}
	expectMatches := func() {
		t.Helper()
		for _, one := range file.Cases {
			var matches []string
			one.decode(t, "matches", &matches)
			filter := memtier.FilterJSON(one.document(t, "filter"))
			label := string(one.source)
			expect(t, label, byFilter(t, &store.Memory, filter), sorted(matches))
			expect(t, label, must[int64](t)(store.Count(ctx, filter)), int64(len(matches)))
		}
	}
	expect(t, "cases", len(file.Cases) > 20, true)
	expectMatches()
	check(t, store.Close())
	store = openForVectors(t, path)
	expectMatches()
	for _, index := range file.Indexes {
		check(t, store.DropIndex(ctx, index.Name))
		expectMatches()
	}
}
