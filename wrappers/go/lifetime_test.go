package memtier_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"memtier.dev/memtier"
)

// callsOf are all calls of a store and of a memory of it.
func callsOf(store *memtier.Store) map[string]func(context.Context) error {
	all := memtier.Gte(memtier.FieldVersion, 1)
	query, err := memtier.Compile(memtier.Query{})
	if err != nil {
		panic(err)
	}
	calls := map[string]func(context.Context) error{
		"Get":     func(ctx context.Context) error { _, err := store.Get(ctx, "a"); return err },
		"Ref":     func(ctx context.Context) error { return closed(store.Ref(ctx, "a")) },
		"GetMany": func(ctx context.Context) error { _, err := store.GetMany(ctx, []string{"a"}); return err },
		"Put":     func(ctx context.Context) error { _, err := store.Put(ctx, memtier.Draft{}); return err },
		"PutJSON": func(ctx context.Context) error {
			_, err := store.Put(ctx, memtier.Draft{JSON: rawJSON("{}")})
			return err
		},
		"PutMany": func(ctx context.Context) error { _, err := store.PutMany(ctx, []memtier.Draft{{}}); return err },
		"Update":  func(ctx context.Context) error { _, err := store.Update(ctx, "a", memtier.SetText("")); return err },
		"UpdateWhere": func(ctx context.Context) error {
			_, err := store.UpdateWhere(ctx, all, memtier.SetText(""))
			return err
		},
		"Pin":         func(ctx context.Context) error { _, err := store.Pin(ctx, "a"); return err },
		"Unpin":       func(ctx context.Context) error { _, err := store.Unpin(ctx, "a"); return err },
		"Delete":      func(ctx context.Context) error { return store.Delete(ctx, "a") },
		"DeleteMany":  func(ctx context.Context) error { _, err := store.DeleteMany(ctx, []string{"a"}); return err },
		"DeleteWhere": func(ctx context.Context) error { _, err := store.DeleteWhere(ctx, all); return err },
		"Exists":      func(ctx context.Context) error { _, err := store.Exists(ctx, "a"); return err },
		"Validate":    func(ctx context.Context) error { _, err := store.Validate(ctx, "a"); return err },
		"Move":        func(ctx context.Context) error { return store.Move(ctx, "a", "archive") },
		"Count":       func(ctx context.Context) error { _, err := store.Count(ctx, all); return err },
		"List":        func(ctx context.Context) error { return closed(store.List(ctx, memtier.List{})) },
		"Walk": func(ctx context.Context) error {
			return store.Walk(ctx, memtier.List{}, func(memtier.Item) error { return nil })
		},
		"Search":  func(ctx context.Context) error { _, err := store.Search(ctx, memtier.Query{}); return err },
		"Explain": func(ctx context.Context) error { _, _, err := store.Explain(ctx, memtier.Query{}); return err },
		"Run":     func(ctx context.Context) error { _, err := store.Run(ctx, query); return err },
		"RunMany": func(ctx context.Context) error {
			_, err := store.RunMany(ctx, []*memtier.CompiledQuery{query})
			return err
		},
		"ExplainList": func(ctx context.Context) error {
			_, err := store.ExplainList(ctx, memtier.List{})
			return err
		},
		"Append": func(ctx context.Context) error {
			_, err := store.Conversation("s").Append(ctx, memtier.Turn{Role: memtier.RoleUser})
			return err
		},
		"AppendMany": func(ctx context.Context) error {
			_, err := store.Conversation("s").AppendMany(ctx, []memtier.Turn{{Role: memtier.RoleUser}})
			return err
		},
		"Last":    func(ctx context.Context) error { _, _, err := store.Conversation("s").Last(ctx, 1); return err },
		"Replace": func(ctx context.Context) error { _, _, err := store.Conversation("s").Replace(ctx, nil); return err },
		"Context": func(ctx context.Context) error {
			_, err := store.Conversation("s").Context(ctx, memtier.TurnContext{})
			return err
		},
		"RecentTurns": func(ctx context.Context) error { _, err := store.RecentTurns(ctx, 1, 1); return err },
		"Sessions":    func(ctx context.Context) error { _, err := store.Sessions(ctx, 1); return err },
		"Remember":    func(ctx context.Context) error { _, err := store.Remember(ctx, "k", "v", 0.5); return err },
		"ActiveContext": func(ctx context.Context) error {
			_, err := store.ActiveContext(ctx, memtier.WorkingContext{})
			return err
		},
		"CreateCollection": func(ctx context.Context) error { return store.CreateCollection(ctx, "c", "") },
		"Collections":      func(ctx context.Context) error { _, err := store.Collections(ctx); return err },
		"DropCollection": func(ctx context.Context) error {
			_, err := store.DropCollection(ctx, "c", memtier.DropWithItems)
			return err
		},
		"CopyTo":      func(ctx context.Context) error { _, err := store.CopyTo(ctx, "d", all); return err },
		"MoveTo":      func(ctx context.Context) error { _, err := store.MoveTo(ctx, "d", all); return err },
		"CreateIndex": func(ctx context.Context) error { return store.CreateIndex(ctx, "a", memtier.Meta("a")) },
		"CreateKeyIndex": func(ctx context.Context) error {
			return store.CreateKeyIndex(ctx, "k", func([]memtier.Item) ([][]string, error) { return nil, nil })
		},
		"Embed":    func(ctx context.Context) error { _, err := store.Embed(ctx, "a"); return err },
		"Embedder": func(ctx context.Context) error { _, err := store.Embedder(ctx); return err },
		"Indexes":  func(ctx context.Context) error { _, err := store.Indexes(ctx); return err },
		"PutPolicy": func(ctx context.Context) error {
			return store.PutPolicy(ctx, memtier.Policy{Name: "p", Action: memtier.ActionDemote})
		},
		"PutPolicyFunc": func(ctx context.Context) error {
			return store.PutPolicyFunc(ctx, memtier.Policy{Name: "f"},
				func([]memtier.Item, bool) ([]bool, error) { return nil, nil })
		},
		"Policies":      func(ctx context.Context) error { _, err := store.Policies(ctx); return err },
		"ApplyPolicies": func(ctx context.Context) error { _, err := store.ApplyPolicies(ctx, memtier.Apply{}); return err },
		"DeletePolicy":  func(ctx context.Context) error { return store.DeletePolicy(ctx, "p") },
		"PutArchiveRule": func(ctx context.Context) error {
			return store.PutArchiveRule(ctx, memtier.ArchiveRule{Name: "r", Kind: "time"})
		},
		"ArchiveRules": func(ctx context.Context) error { _, err := store.ArchiveRules(ctx); return err },
		"ApplyArchiveRules": func(ctx context.Context) error {
			_, err := store.ApplyArchiveRules(ctx, memtier.Apply{})
			return err
		},
		"DeleteArchiveRule": func(ctx context.Context) error { return store.DeleteArchiveRule(ctx, "r") },
		"DropIndex":         func(ctx context.Context) error { return store.DropIndex(ctx, "a") },
		"Optimize":          func(ctx context.Context) error { _, err := store.Optimize(ctx); return err },
		"Clear":             func(ctx context.Context) error { _, err := store.Clear(ctx, memtier.AllTiers); return err },
		"Sweep":             func(ctx context.Context) error { _, err := store.Sweep(ctx); return err },
		"Flush":             func(ctx context.Context) error { return store.Flush(ctx) },
		"Statistics":        func(ctx context.Context) error { _, err := store.Statistics(ctx); return err },
		"Tiers":             func(ctx context.Context) error { _, err := store.Tiers(ctx); return err },
		"Ladder":            func(ctx context.Context) error { _, err := store.Ladder(ctx); return err },
		"Export":            func(ctx context.Context) error { _, err := store.Export(ctx, io.Discard, all); return err },
		"In": func(ctx context.Context) error {
			_, err := store.In(memtier.Scope{User: "ada"}).In(memtier.Scope{App: "x"}).Count(ctx, all)
			return err
		},
	}
	calls["Transitions"] = func(ctx context.Context) error {
		_, err := store.Transitions(ctx, memtier.TransitionQuery{})
		return err
	}
	calls["Import"] = func(ctx context.Context) error {
		_, err := store.Import(ctx, strings.NewReader(""), memtier.ImportOptions{})
		return err
	}
	calls["ExportFile"] = func(ctx context.Context) error {
		_, err := store.ExportFile(ctx, "/none/none", all)
		return err
	}
	calls["ImportFile"] = func(ctx context.Context) error {
		_, err := store.ImportFile(ctx, "/none/none", memtier.ImportOptions{})
		return err
	}
	return calls
}

// closed is the error of a call whose result is not needed.
func closed[T io.Closer](result T, err error) error {
	if closing := result.Close(); closing != nil {
		return closing
	}
	return err
}

func TestAfterCloseEveryCallSaysSo(t *testing.T) {
	store := must[*memtier.Store](t)(memtier.Open(ctx, memtier.InMemory))
	calls := callsOf(store)
	check(t, store.Close())
	check(t, store.Close())
	for name, call := range calls {
		t.Run(name, func(t *testing.T) { expectIs(t, call(ctx), memtier.ErrClosed) })
	}
	for name, call := range callsOf(&memtier.Store{}) {
		t.Run("zero/"+name, func(t *testing.T) { expectIs(t, call(ctx), memtier.ErrClosed) })
	}
	var none *memtier.Store
	check(t, none.Close())
	var memory *memtier.Memory
	_, err := memory.In(memtier.Scope{User: "a"}).Get(ctx, "a")
	expectIs(t, err, memtier.ErrClosed)
	_, err = memory.Get(ctx, "a")
	expectIs(t, err, memtier.ErrClosed)
	expect(t, "scope", memory.Scope(), memtier.Scope{})
}

func TestZeroAndNilResourcesAreClosed(t *testing.T) {
	var cursor *memtier.Cursor
	var ref *memtier.Ref
	var query *memtier.CompiledQuery
	store := open(t)
	for _, closer := range []io.Closer{cursor, ref, query, &memtier.Cursor{}, &memtier.Ref{}, &memtier.CompiledQuery{}} {
		check(t, closer.Close())
	}
	_, err := cursor.Next(ctx, 1)
	expectIs(t, err, memtier.ErrClosed)
	_, err = (&memtier.Cursor{}).Token()
	expectIs(t, err, memtier.ErrClosed)
	_, err = ref.Item()
	expectIs(t, err, memtier.ErrClosed)
	_, err = store.Run(ctx, query)
	expectIs(t, err, memtier.ErrClosed)
	_, err = store.Run(ctx, &memtier.CompiledQuery{})
	expectIs(t, err, memtier.ErrClosed)
}

func TestResultsOutliveTheirStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mem")
	store := openAt(t, path)
	put(t, &store.Memory, memtier.Draft{ID: "a", Text: "tea"}, memtier.Draft{ID: "b", Text: "tea"})
	item := must[memtier.Item](t)(store.Get(ctx, "a"))
	hits := must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: "tea"}))
	cursor := must[*memtier.Cursor](t)(store.List(ctx, memtier.List{}))
	check(t, store.Close())
	store = nil
	runtime.GC()
	expect(t, "item", item.Text()+item.Tier(), "teaworking")
	expect(t, "hits", len(hits), 2)
	page := must[[]memtier.Item](t)(cursor.Next(ctx, 10))
	expect(t, "page", len(page), 2)
	check(t, cursor.Close())
}

// expectReleased gives use something to hold, and waits until nobody holds it any more.
func expectReleased(t *testing.T, use func(held *manualClock)) {
	t.Helper()
	released := make(chan struct{})
	func() {
		held := &manualClock{now: noon}
		runtime.SetFinalizer(held, func(*manualClock) { close(released) })
		use(held)
	}()
	deadline := time.Now().Add(time.Minute)
	for {
		select {
		case <-released:
			return
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("it is still held after a minute")
		}
		runtime.GC()
		runtime.Gosched()
	}
}

func TestAForgottenStoreIsClosedByTheCollector(t *testing.T) {
	expectReleased(t, func(clock *manualClock) {
		store := must[*memtier.Store](t)(memtier.Open(ctx, memtier.InMemory, memtier.WithClock(clock)))
		put(t, store.In(memtier.Scope{User: "ada"}), memtier.Draft{ID: "a"})
	})
}

// A cursor holds the file, and so the clock, of a store that was closed.
func TestForgottenCursorsAndReferencesAreLetGoByTheCollector(t *testing.T) {
	expectReleased(t, func(clock *manualClock) {
		store := must[*memtier.Store](t)(memtier.Open(ctx, memtier.InMemory, memtier.WithClock(clock)))
		put(t, &store.Memory, memtier.Draft{ID: "a"})
		must[*memtier.Ref](t)(store.Ref(ctx, "a"))
		must[*memtier.Cursor](t)(store.List(ctx, memtier.List{}))
		check(t, store.Close())
	})
}

func TestScopesAreLetGo(t *testing.T) {
	store := open(t)
	kept := store.In(memtier.Scope{User: "kept"})
	for i := 0; i < 100; i++ {
		store.In(memtier.Scope{User: fmt.Sprint(i)})
	}
	deadline := time.Now().Add(time.Minute)
	for memtier.HeldScopes(store) > 1 {
		if time.Now().After(deadline) {
			t.Fatalf("%d scopes are still held after a minute", memtier.HeldScopes(store))
		}
		runtime.GC()
		runtime.Gosched()
	}
	put(t, kept, memtier.Draft{ID: "a"})
	expect(t, "held", memtier.HeldScopes(store), 1)
	check(t, store.Close())
	expect(t, "held", memtier.HeldScopes(store), 0)
	_, err := kept.Get(ctx, "a")
	expectIs(t, err, memtier.ErrClosed)
}

func TestCallbacksAreLetGo(t *testing.T) {
	for name, option := range map[string]func(held *manualClock) memtier.Option{
		"clock": func(held *manualClock) memtier.Option { return memtier.WithClock(held) },
		"log": func(held *manualClock) memtier.Option {
			return memtier.WithLog(memtier.LogDebug, func(memtier.LogLevel, string) { held.Now() })
		},
		"embedder": func(held *manualClock) memtier.Option {
			return memtier.WithEmbedFunc("held", 2, func(texts []string) ([][]float32, error) {
				held.Now()
				return make([][]float32, len(texts)), nil
			})
		},
		"eviction": func(held *manualClock) memtier.Option {
			return memtier.WithEviction(func([]memtier.Candidate) ([]float64, error) {
				held.Now()
				return nil, memtier.UseDefault
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			expectReleased(t, func(held *manualClock) {
				store := must[*memtier.Store](t)(memtier.Open(ctx, memtier.InMemory, option(held)))
				for _, call := range callsOf(store) {
					call(ctx)
				}
				check(t, store.Close())
			})
		})
		t.Run(name+" of a store that is not opened", func(t *testing.T) {
			expectReleased(t, func(held *manualClock) {
				_, err := memtier.Open(ctx, "/none/none/none", option(held))
				expectIs(t, err, memtier.ErrNotFound)
				_, err = memtier.Open(ctx, memtier.InMemory, option(held), memtier.WithReaders(-1))
				expectIs(t, err, memtier.ErrInvalid)
			})
		})
	}
	for name := range callsOf(&memtier.Store{}) {
		t.Run("progress of "+name, func(t *testing.T) {
			store := open(t)
			call := callsOf(store)[name]
			expectReleased(t, func(held *manualClock) {
				call(memtier.WithProgress(ctx, func(int64, int64) error { held.Now(); return nil }))
			})
		})
	}
}

// The collector runs inside every call: each asks the clock, which forces it.
func TestTheCollectorRunsInsideCalls(t *testing.T) {
	collect := memtier.WithClockFunc(func() (time.Time, error) {
		runtime.GC()
		return noon, nil
	})
	for name := range callsOf(&memtier.Store{}) {
		t.Run(name, func(t *testing.T) {
			// Nothing but the call itself refers to the store when it runs.
			store, err := memtier.Open(ctx, memtier.InMemory, collect, memtier.WithBackground(false))
			check(t, err)
			put(t, &store.Memory, memtier.Draft{ID: "a", Text: "tea"})
			call := callsOf(store)[name]
			store = nil
			if err := call(ctx); errors.Is(err, memtier.ErrClosed) {
				t.Errorf("the collector closed a store in use: %v", err)
			}
		})
	}
}

func TestCollectedScopesAreNotInUse(t *testing.T) {
	store := open(t)
	stop := make(chan struct{})
	var collector sync.WaitGroup
	collector.Add(1)
	go func() {
		defer collector.Done()
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	for i := 0; i < 300; i++ {
		user := fmt.Sprintf("user %d", i)
		must[memtier.Item](t)(store.In(memtier.Scope{User: user}).Put(ctx, memtier.Draft{ID: "a", Text: user}))
		got := must[memtier.Item](t)(store.In(memtier.Scope{User: user}).Get(ctx, "a"))
		expect(t, "text", got.Text(), user)
		cursor := must[*memtier.Cursor](t)(store.In(memtier.Scope{User: user}).List(ctx, memtier.List{}))
		expect(t, "page", len(must[[]memtier.Item](t)(cursor.Next(ctx, 9))), 1) // never closed
	}
	close(stop)
	collector.Wait()
}

func TestCloseWhileOthersCall(t *testing.T) {
	for round := 0; round < 5; round++ {
		store := must[*memtier.Store](t)(memtier.Open(ctx, filepath.Join(t.TempDir(), "a.mem")))
		put(t, &store.Memory, memtier.Draft{ID: "a", Text: "tea"})
		ada := store.In(memtier.Scope{User: "ada"})
		var workers sync.WaitGroup
		started := make(chan struct{}, 16)
		for w := 0; w < 16; w++ {
			w := w
			workers.Add(1)
			go func() {
				defer workers.Done()
				work := []func() error{
					func() error { _, err := store.Get(ctx, "a"); return err },
					func() error { _, err := ada.Put(ctx, memtier.Draft{Text: "more"}); return err },
					func() error { _, err := store.Search(ctx, memtier.Query{Text: "tea"}); return err },
					func() error { _, err := store.In(memtier.Scope{App: "x"}).Count(ctx, memtier.Filter{}); return err },
				}[w%4]
				for first := true; ; first = false {
					err := work()
					if first {
						started <- struct{}{}
					}
					if err != nil {
						if !errors.Is(err, memtier.ErrClosed) && !errors.Is(err, memtier.ErrCancelled) {
							t.Error(err)
						}
						return
					}
				}
			}()
		}
		for w := 0; w < 16; w++ {
			<-started
		}
		var closers sync.WaitGroup
		for c := 0; c < 4; c++ {
			closers.Add(1)
			go func() {
				defer closers.Done()
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			}()
		}
		closers.Wait()
		workers.Wait()
	}
}

func TestAThousandGoroutines(t *testing.T) {
	store := open(t, memtier.WithPreset(memtier.PresetSix))
	var workers sync.WaitGroup
	for g := 0; g < 1000; g++ {
		g := g
		workers.Add(1)
		go func() {
			defer workers.Done()
			memory := store.In(memtier.Scope{User: fmt.Sprintf("u%d", g%10)})
			id := fmt.Sprintf("i%d", g)
			cancellable, cancel := context.WithCancel(ctx)
			defer cancel()
			if _, err := memory.Put(cancellable, memtier.Draft{ID: id, Text: id}, memtier.DurabilityRelaxed); err != nil {
				t.Error(err)
			}
			for i := 0; i < 5; i++ {
				if item, err := memory.Get(cancellable, id); err != nil || item.Text() != id {
					t.Errorf("%q, %v", item.Text(), err)
				}
			}
			if g%20 == 0 {
				if _, err := memory.Search(cancellable, memtier.Query{Text: id}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	workers.Wait()
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(1000))
}

func TestErrorsSayWhatTheyAre(t *testing.T) {
	store := open(t)
	_, err := store.Get(ctx, "nobody")
	var e *memtier.Error
	expect(t, "as", errors.As(err, &e), true)
	expect(t, "code", e.Code, memtier.ErrNotFound)
	expect(t, "retriable", e.Retriable, false)
	expectContains(t, err.Error(), "memtier: ")
	expectContains(t, err.Error(), e.Message)
	expect(t, "other", errors.Is(err, memtier.ErrExists), false)
}

func TestStatusesMatchTheErrorsOfTheStandardLibrary(t *testing.T) {
	for status, target := range map[memtier.Status]error{
		memtier.ErrNotFound: fs.ErrNotExist, memtier.ErrExists: fs.ErrExist,
		memtier.ErrDenied: fs.ErrPermission, memtier.ErrReadOnly: fs.ErrPermission,
		memtier.ErrClosed: fs.ErrClosed, memtier.ErrInvalid: fs.ErrInvalid,
	} {
		expect(t, status.Name(), errors.Is(status, target), true)
		expect(t, status.Name(), errors.Is(memtier.ErrBusy, target), false)
		expect(t, status.Name(), errors.Is(&memtier.Error{Code: status}, target), true)
	}
	e := &memtier.Error{Code: memtier.ErrCallback, Message: "a callback failed", Cause: errBroken}
	expect(t, "text", e.Error(), "memtier: a callback failed: the callback is broken")
	store := open(t)
	_, err := store.Get(ctx, "nobody")
	expectIs(t, err, fs.ErrNotExist)
	check(t, store.Close())
	_, err = store.Get(ctx, "nobody")
	expectIs(t, err, fs.ErrClosed)
}

func TestTimesBeyondADurationStayLarge(t *testing.T) {
	item := must[memtier.Item](t)(open(t).Put(ctx, memtier.Draft{JSON: rawJSON(`{"ttl_us": 9223372036854775806}`)}))
	expect(t, "ttl", item.TTL(), time.Duration(math.MaxInt64))
}
