package memtier_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"memtier.dev/memtier"
)

// A batch is done in parts; this is many of them.
const largeBatch = 60000

func numbered(count int) (drafts []memtier.Draft, names []string) {
	for i := 0; i < count; i++ {
		names = append(names, fmt.Sprintf("item %d", i))
		drafts = append(drafts, memtier.Draft{ID: names[i]})
	}
	return drafts, names
}

// openAsked gives a store that asks the clock in each part of a batch, and what it does then.
func openAsked(t *testing.T) (store *memtier.Store, asked *atomic.Value) {
	asked = &atomic.Value{}
	asked.Store(func() error { return nil })
	store = open(t, memtier.WithBackground(false), memtier.WithClockFunc(func() (time.Time, error) {
		return noon, asked.Load().(func() error)()
	}))
	return store, asked
}

// cancelAt cancels a context when the clock is asked for that often; later it lets the other
// goroutines run, of which one sees it.
func cancelAt(times int, asked *atomic.Value) (context.Context, context.CancelFunc) {
	cancellable, cancel := context.WithCancel(ctx)
	calls := 0
	asked.Store(func() error {
		if calls++; calls == times {
			cancel()
		}
		runtime.Gosched()
		return nil
	})
	return cancellable, cancel
}

// expectCut tells that entries are done up to some place in the middle, and have want from there on.
func expectCut(t *testing.T, entries []error, want ...error) (done int) {
	t.Helper()
	expect(t, "entries", len(entries), largeBatch)
	for done < len(entries) && entries[done] == nil {
		done++
	}
	expect(t, "stopped in the middle", done > 0 && done < len(entries), true)
	for _, err := range entries[done:] {
		expectIs(t, err, want...)
	}
	return done
}

func errorsOf(results []memtier.Result) (errs []error) {
	for _, result := range results {
		errs = append(errs, result.Err)
	}
	return errs
}

func TestABatchThatIsCancelledTellsWhatItHasDone(t *testing.T) {
	drafts, names := numbered(largeBatch)
	withDocument := append([]memtier.Draft{{JSON: rawJSON(`{"id": "item 0"}`)}}, drafts[1:]...)
	for name, batch := range map[string][]memtier.Draft{"images": drafts, "builders": withDocument} {
		t.Run(name, func(t *testing.T) {
			store, asked := openAsked(t)
			cancellable, cancel := cancelAt(2, asked)
			defer cancel()
			results, err := store.PutMany(cancellable, batch)
			expectIs(t, err, memtier.ErrCancelled, context.Canceled)
			stored := expectCut(t, errorsOf(results), memtier.ErrCancelled, context.Canceled)
			expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(stored))
			expect(t, "item", results[stored-1].Item.ID(), names[stored-1])
		})
	}
	store, asked := openAsked(t)
	must[[]memtier.Result](t)(store.PutMany(ctx, drafts))
	cancellable, cancel := cancelAt(2, asked)
	defer cancel()
	deleted, err := store.DeleteMany(cancellable, names)
	expectIs(t, err, memtier.ErrCancelled, context.Canceled)
	gone := expectCut(t, deleted, memtier.ErrCancelled, context.Canceled)
	expect(t, "left", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(largeBatch-gone))
	cancellable, cancel = cancelAt(2, asked)
	defer cancel()
	read, err := store.GetMany(cancellable, names)
	expectIs(t, err, memtier.ErrCancelled, context.Canceled)
	expect(t, "results", len(read), 0)
}

func TestABatchWhoseCallbackFailsTellsWhatItHasDone(t *testing.T) {
	drafts, _ := numbered(largeBatch)
	drafts[1].ID = "bad\x01"
	store, asked := openAsked(t)
	calls := 0
	asked.Store(func() error {
		if calls++; calls == 3 {
			return errBroken
		}
		return nil
	})
	results, err := store.PutMany(ctx, drafts)
	expectIs(t, err, memtier.ErrCallback, errBroken)
	expectIs(t, results[1].Err, memtier.ErrInvalid)
	results[1].Err = nil
	stored := expectCut(t, errorsOf(results), memtier.ErrCallback, errBroken)
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(stored-1))
}

func TestProgressOfBatchesAndCountsIsToldAndStops(t *testing.T) {
	store := searchStore(t)
	query := must[*memtier.CompiledQuery](t)(memtier.Compile(memtier.Query{Text: "tea"}))
	defer query.Close()
	for name, call := range map[string]struct {
		total int64
		do    func(context.Context) error
	}{
		"PutMany": {2, func(ctx context.Context) error {
			_, err := store.PutMany(ctx, []memtier.Draft{{ID: "a"}, {ID: "b"}})
			return err
		}},
		"PutMany/JSON": {1, func(ctx context.Context) error {
			_, err := store.PutMany(ctx, []memtier.Draft{{JSON: rawJSON(`{"id": "c"}`)}})
			return err
		}},
		"GetMany": {3, func(ctx context.Context) error {
			_, err := store.GetMany(ctx, []string{"tea", "nuts", "nobody"})
			return err
		}},
		"DeleteMany": {2, func(ctx context.Context) error {
			_, err := store.DeleteMany(ctx, []string{"nobody", "none"})
			return err
		}},
		"Count": {1, func(ctx context.Context) error {
			_, err := store.Count(ctx, memtier.Eq(memtier.FieldID, "tea"))
			return err
		}},
		"ExplainList": {1, func(ctx context.Context) error {
			_, err := store.ExplainList(ctx, memtier.List{})
			return err
		}},
		"RunMany": {2, func(ctx context.Context) error {
			_, err := store.RunMany(ctx, []*memtier.CompiledQuery{query, query})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var done, total int64
			check(t, call.do(memtier.WithProgress(ctx, func(d, of int64) error { done, total = d, of; return nil })))
			expect(t, "progress", []int64{done, total}, []int64{call.total, call.total})
			stop := func(int64, int64) error { return memtier.ErrCancelled }
			expectIs(t, call.do(memtier.WithProgress(ctx, stop)), memtier.ErrCancelled)
			fail := func(int64, int64) error { return errBroken }
			expectIs(t, call.do(memtier.WithProgress(ctx, fail)), memtier.ErrCallback, errBroken)
		})
	}
}

func compiled(t *testing.T, queries ...memtier.Query) []*memtier.CompiledQuery {
	t.Helper()
	made := []*memtier.CompiledQuery{}
	for _, query := range queries {
		one := must[*memtier.CompiledQuery](t)(memtier.Compile(query))
		t.Cleanup(func() { one.Close() })
		made = append(made, one)
	}
	return made
}

func TestManyQueriesRunInOneCall(t *testing.T) {
	store := searchStore(t)
	queries := compiled(t, memtier.Query{Text: "tea", Explain: true}, memtier.Query{Text: "xyzzy"},
		memtier.Query{Text: "hazelnuts", Snippets: true})
	queries = append(queries, queries[0])
	found := must[[][]memtier.Hit](t)(store.RunMany(ctx, queries))
	expect(t, "results", len(found), 4)
	for i, want := range [][]string{{"tea"}, {}, {"nuts"}, {"tea"}} {
		expect(t, "hits", hitIDs(found[i]), want)
	}
	expect(t, "score", found[0][0].Score() > 0, true)
	expect(t, "snippet", found[0][0].Snippet(), "")
	expectContains(t, found[2][0].Snippet(), "**hazelnuts**")
	again, explanations, err := store.ExplainMany(ctx, queries)
	check(t, err)
	expect(t, "hits", len(again), 4)
	expect(t, "explanations", len(explanations), 4)
	for i, asked := range []bool{true, false, false, true} {
		expect(t, "explained", len(parsed(t, explanations[i])) > 0, asked)
	}
	bob := store.In(memtier.Scope{User: "bob"})
	expect(t, "bob's", must[[][]memtier.Hit](t)(bob.RunMany(ctx, queries[:1])), [][]memtier.Hit{{}})
	expect(t, "none", len(must[[][]memtier.Hit](t)(store.RunMany(ctx, nil))), 0)
	_, explanations, err = store.ExplainMany(ctx, nil)
	check(t, err)
	expect(t, "none", len(explanations), 0)
}

func TestAQueryAmongManyThatIsWrongIsNamed(t *testing.T) {
	store := searchStore(t)
	queries := compiled(t, memtier.Query{Text: "tea"}, memtier.Query{Text: "coffee"})
	check(t, queries[1].Close())
	for name, wrong := range map[string]*memtier.CompiledQuery{
		"closed": queries[1], "nil": nil, "zero": {},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.RunMany(ctx, []*memtier.CompiledQuery{queries[0], wrong})
			expectIs(t, err, memtier.ErrClosed)
			expectContains(t, err.Error(), "queries[1]")
		})
	}
	tooMany := make([]*memtier.CompiledQuery, memtier.MaxQueries+1)
	for i := range tooMany {
		tooMany[i] = queries[0]
	}
	expect(t, "most", len(must[[][]memtier.Hit](t)(store.RunMany(ctx, tooMany[1:]))), memtier.MaxQueries)
	_, err := store.RunMany(ctx, tooMany)
	expectIs(t, err, memtier.ErrInvalid)
	var e *memtier.Error
	expect(t, "message", errors.As(err, &e) && strings.Contains(e.Message, "query_count"), true)
}
