package memtier_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"memtier.dev/memtier"
	"memtier.dev/memtier/internal/foreign"
)

var errBroken = errors.New("the callback is broken")

// fills makes a ladder of one tier that overflows with the third item.
var twoItems = memtier.WithLadder(memtier.Ladder{Tiers: []memtier.Tier{
	{Name: "only", Medium: memtier.MediumRAM, CapacityItems: 2},
}})

func TestTheClockIsAsked(t *testing.T) {
	var fail, panics, byDefault atomic.Bool
	store := open(t, memtier.WithClockFunc(func() (time.Time, error) {
		switch {
		case fail.Load():
			return time.Time{}, errBroken
		case panics.Load():
			panic(errBroken)
		case byDefault.Load():
			return time.Time{}, memtier.UseDefault
		}
		return noon, nil
	}), memtier.WithBackground(false))
	put(t, &store.Memory, memtier.Draft{ID: "a", Text: "kept"})
	for name, flag := range map[string]*atomic.Bool{"an error": &fail, "a panic": &panics} {
		t.Run(name, func(t *testing.T) {
			flag.Store(true)
			_, err := store.Put(ctx, memtier.Draft{ID: "a", Text: "changed"})
			expectIs(t, err, memtier.ErrCallback, errBroken)
			_, err = store.PutMany(ctx, []memtier.Draft{{ID: "a"}, {ID: "b"}})
			expectIs(t, err, memtier.ErrCallback, errBroken)
			_, err = store.Get(ctx, "a")
			expectIs(t, err, memtier.ErrCallback, errBroken)
			_, err = store.Update(ctx, "a", memtier.SetText("changed"))
			expectIs(t, err, memtier.ErrCallback, errBroken)
			expectIs(t, store.Delete(ctx, "a"), memtier.ErrCallback, errBroken)
			flag.Store(false)
			expect(t, "text", must[memtier.Item](t)(store.Get(ctx, "a")).Text(), "kept")
			expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(1))
		})
	}
	byDefault.Store(true)
	started := time.Now().Add(-time.Minute)
	item := must[memtier.Item](t)(store.Put(ctx, memtier.Draft{ID: "b"}))
	expect(t, "the system's time", item.Created().After(started), true)
}

func TestTheEvictionCallbackDecides(t *testing.T) {
	var seen []memtier.Candidate
	clock := &manualClock{now: noon}
	store := open(t, twoItems, memtier.WithBackground(false), memtier.WithClock(clock),
		memtier.WithEviction(func(candidates []memtier.Candidate) ([]float64, error) {
			seen = append([]memtier.Candidate{}, candidates...)
			scores := make([]float64, len(candidates))
			for i, candidate := range candidates {
				if candidate.ID == "b" {
					scores[i] = -1
				}
			}
			return scores, nil
		}))
	session := store.In(memtier.Scope{User: "ada", Session: "s"})
	put(t, session, memtier.Draft{ID: "a", Type: "fact", Priority: 7, Expires: noon.Add(time.Hour),
		Importance: memtier.Importance(0.25), AccessCount: 4, ValidationCount: 3, Text: "content"})
	put(t, session, memtier.Draft{ID: "b"})
	clock.move(time.Minute)
	put(t, session, memtier.Draft{ID: "c"})
	expect(t, "left", sorted(ids(listed(t, session, memtier.List{}))), []string{"a", "c"})
	for _, c := range seen {
		if c.ID != "a" {
			continue
		}
		expect(t, "score", c.RetentionScore > 0, true)
		expect(t, "size", c.SizeBytes > 7, true)
		c.RetentionScore, c.SizeBytes = 0, 0
		expect(t, "candidate", c, memtier.Candidate{
			ID: "a", Type: "fact", User: "ada", Session: "s", Created: noon, Accessed: noon,
			Expires: noon.Add(time.Hour), Idle: time.Minute, AccessCount: 4, ValidationCount: 3,
			Priority: 7, Importance: 0.25,
		})
	}
	expect(t, "candidates", len(seen) >= 2, true)
}

func TestAnEvictionCallbackThatFailsStoresNothing(t *testing.T) {
	for name, score := range map[string]memtier.ScoreFunc{
		"error":    func([]memtier.Candidate) ([]float64, error) { return nil, errBroken },
		"panic":    func([]memtier.Candidate) ([]float64, error) { panic(errBroken) },
		"too few":  func([]memtier.Candidate) ([]float64, error) { return []float64{1}, nil },
		"too many": func(c []memtier.Candidate) ([]float64, error) { return make([]float64, len(c)+1), nil },
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t, twoItems, memtier.WithEviction(score))
			put(t, &store.Memory, memtier.Draft{ID: "a"}, memtier.Draft{ID: "b"})
			_, err := store.Put(ctx, memtier.Draft{ID: "c"})
			expectIs(t, err, memtier.ErrCallback)
			var e *memtier.Error
			expect(t, "cause", errors.As(err, &e) && e.Cause != nil, true)
			if !strings.HasPrefix(name, "too") {
				expectIs(t, err, errBroken)
			}
			results, err := store.PutMany(ctx, []memtier.Draft{{ID: "c"}})
			expectIs(t, err, memtier.ErrCallback)
			expect(t, "cause", errors.As(err, &e) && e.Cause != nil, true)
			expect(t, "results", len(results) <= 1, true)
			expect(t, "left", sorted(ids(listed(t, &store.Memory, memtier.List{}))), []string{"a", "b"})
		})
	}
	store := open(t, twoItems, memtier.WithEviction(func([]memtier.Candidate) ([]float64, error) {
		return nil, memtier.UseDefault
	}))
	put(t, &store.Memory, memtier.Draft{ID: "a", Importance: memtier.Importance(0)}, memtier.Draft{ID: "b"}, memtier.Draft{ID: "c"})
	expect(t, "left", sorted(ids(listed(t, &store.Memory, memtier.List{}))), []string{"b", "c"})
}

func TestAStoreCannotBeUsedInsideACallback(t *testing.T) {
	var store *memtier.Store
	var inside, closing error
	store = open(t, twoItems, memtier.WithEviction(func([]memtier.Candidate) ([]float64, error) {
		_, inside = store.Get(ctx, "a")
		closing = store.Close()
		return nil, inside
	}))
	put(t, &store.Memory, memtier.Draft{ID: "a"}, memtier.Draft{ID: "b"})
	_, err := store.Put(ctx, memtier.Draft{ID: "c"})
	expectIs(t, inside, memtier.ErrReentrant)
	expectIs(t, closing, memtier.ErrReentrant)
	expectIs(t, err, memtier.ErrCallback, memtier.ErrReentrant)
	must[memtier.Item](t)(store.Get(ctx, "a"))
}

func TestTheLogTellsWhatGoesWrongBehindTheScenes(t *testing.T) {
	for level, want := range map[memtier.LogLevel]int{memtier.LogDebug: 1, memtier.LogError: 0} {
		var lines []string
		calls := 0
		store := open(t, twoItems, memtier.WithBackground(false),
			memtier.WithEviction(func(candidates []memtier.Candidate) ([]float64, error) {
				if calls++; calls == 2 {
					return nil, errBroken
				}
				return make([]float64, len(candidates)), nil
			}),
			memtier.WithLog(level, func(level memtier.LogLevel, message string) {
				expect(t, "level", level, memtier.LogWarning)
				lines = append(lines, message)
				panic("a log's panic is nobody's")
			}))
		for i := 0; i < 3; i++ {
			must[memtier.Item](t)(store.Put(ctx, memtier.Draft{}))
		}
		expect(t, "lines", len(lines), want)
		if want == 1 {
			expectContains(t, lines[0], "eviction callback failed")
		}
	}
	expect(t, "level", memtier.LogWarning.String()+memtier.LogLevel(9).String(), "warninglevel 9")
	_, err := memtier.Open(ctx, memtier.InMemory, memtier.WithLog(9, func(memtier.LogLevel, string) {}))
	expectIs(t, err, memtier.ErrInvalid)
}

func TestCallbacksRunOnThreadsThatGoHasNotMade(t *testing.T) {
	var clocks, scores, logs atomic.Int64
	var fail atomic.Bool
	store := open(t, twoItems,
		memtier.WithClockFunc(func() (time.Time, error) {
			clocks.Add(1)
			runtime.GC()
			return noon, nil
		}),
		memtier.WithEviction(func(candidates []memtier.Candidate) ([]float64, error) {
			if scores.Add(1); fail.Load() {
				return nil, errBroken
			}
			if scores.Load()%2 == 0 {
				panic(errBroken) // after the rehearsal: it goes to the log
			}
			return make([]float64, len(candidates)), nil
		}),
		memtier.WithLog(memtier.LogDebug, func(memtier.LogLevel, string) { logs.Add(1) }))
	for i := 0; i < 5; i++ {
		check(t, memtier.Failed(foreign.Put(memtier.Ticket(store))))
	}
	expect(t, "called", clocks.Load() >= 5 && scores.Load() >= 2 && logs.Load() >= 1, true)
	fail.Store(true)
	count := must[int64](t)(store.Count(ctx, memtier.Filter{}))
	expectIs(t, memtier.Failed(foreign.Put(memtier.Ticket(store))), memtier.ErrCallback, errBroken)
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Filter{})), count)
}

func TestAnEndedContextBeginsNothing(t *testing.T) {
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "a"})
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	late, cancel := context.WithDeadline(ctx, noon.AddDate(-20, 0, 0))
	defer cancel()
	for _, ended := range []struct {
		ctx  context.Context
		want error
	}{{cancelled, context.Canceled}, {late, context.DeadlineExceeded}} {
		for name, call := range callsOf(store) {
			t.Run(name, func(t *testing.T) {
				expectIs(t, call(ended.ctx), memtier.ErrCancelled, ended.want)
			})
		}
	}
	for name, call := range callsOf(store) {
		t.Run("nil/"+name, func(t *testing.T) { expectIs(t, call(nil), memtier.ErrInvalid) })
	}
	expect(t, "exists", must[bool](t)(store.Exists(ctx, "a")), true)
}

func TestProgressIsToldAndStops(t *testing.T) {
	store := open(t)
	for i := 0; i < 50; i++ {
		put(t, &store.Memory, memtier.Draft{Type: "x"})
	}
	var done, total int64 = -2, -2
	progress := memtier.WithProgress(ctx, func(d, of int64) error { done, total = d, of; return nil })
	var lines strings.Builder
	expect(t, "exported", must[int64](t)(store.Export(progress, &lines, memtier.Filter{})), int64(50))
	expect(t, "done", done, int64(50))
	expect(t, "total", total == 50 || total == -1, true)
	for name, stop := range map[string]struct{ answer, want error }{
		"ErrCancelled": {memtier.ErrCancelled, memtier.ErrCancelled},
		"context":      {context.Canceled, memtier.ErrCancelled},
		"error":        {errBroken, errBroken},
	} {
		t.Run(name, func(t *testing.T) {
			stopped := memtier.WithProgress(ctx, func(int64, int64) error { return stop.answer })
			_, err := store.Export(stopped, &lines, memtier.Filter{})
			expectIs(t, err, stop.want)
			_, err = store.Sweep(stopped)
			expectIs(t, err, stop.want)
			_, err = store.DeleteWhere(stopped, memtier.Eq(memtier.FieldType, "x"))
			expectIs(t, err, stop.want)
		})
	}
	panics := memtier.WithProgress(ctx, func(int64, int64) error { panic(errBroken) })
	_, err := store.Import(panics, strings.NewReader(lines.String()), memtier.ImportOptions{})
	expectIs(t, err, memtier.ErrCallback, errBroken)
	must[int64](t)(store.Sweep(memtier.WithProgress(ctx, nil)))
}

func TestCancellingStopsACallAndWaitsForIt(t *testing.T) {
	store := open(t)
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	// An endless import: it ends only if the context stops it.
	reads := 0
	endless := readerFunc(func(buffer []byte) (int, error) {
		if reads++; reads == 3 {
			cancel()
		}
		if reads > 10000000 {
			return 0, errBroken // far beyond the time in which a token is seen
		}
		return copy(buffer, "{\"text\": \"again\", \"role\": \"user\"}\n"), nil
	})
	statistics, err := store.Import(cancellable, endless, memtier.ImportOptions{})
	expectIs(t, err, memtier.ErrCancelled, context.Canceled)
	expect(t, "read", statistics.Lines > 0, true)
	after := reads
	must[bool](t)(store.Exists(ctx, "a"))
	expect(t, "reads after the call", reads, after)
}
