package memtier_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"memtier.dev/memtier"
)

var ctx = context.Background()

// noon is where the clocks of tests stand at first: as in tests/conformance.
var noon = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// A clock that a test moves.
type manualClock struct {
	mutex sync.Mutex
	now   time.Time
}

func (c *manualClock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *manualClock) move(by time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(by)
}

func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func expectIs(t testing.TB, err error, targets ...error) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %v", targets[0])
	}
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Fatalf("error %q is not %q", err, target)
		}
	}
	var e *memtier.Error
	if !errors.As(err, &e) || e.Message == "" {
		t.Fatalf("error %#v is no *memtier.Error with a message", err)
	}
}

func expect(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}

func openAt(t testing.TB, path string, options ...memtier.Option) *memtier.Store {
	t.Helper()
	store := must[*memtier.Store](t)(memtier.Open(ctx, path, options...))
	t.Cleanup(func() { store.Close() })
	return store
}

func open(t testing.TB, options ...memtier.Option) *memtier.Store {
	t.Helper()
	return openAt(t, memtier.InMemory, options...)
}

func put(t testing.TB, m *memtier.Memory, drafts ...memtier.Draft) {
	t.Helper()
	must[[]memtier.Result](t)(m.PutMany(ctx, drafts))
}

func ids(items []memtier.Item) []string {
	found := []string{}
	for _, item := range items {
		found = append(found, item.ID())
	}
	return found
}

func listed(t testing.TB, m *memtier.Memory, list memtier.List) []memtier.Item {
	t.Helper()
	var items []memtier.Item
	check(t, m.Walk(ctx, list, func(item memtier.Item) error {
		items = append(items, item)
		return nil
	}))
	return items
}

func TestAnItemComesBackAsItWasPut(t *testing.T) {
	clock := &manualClock{now: noon}
	store := open(t, memtier.WithClock(clock))
	scope := memtier.Scope{App: "a", User: "ada", Agent: "bot", Session: "s1", Collection: "notes"}
	text := "tea \U0001F375 and a NUL\x00 inside"
	metadata := `{"big": 9223372036854775807, "unsigned":18446744073709551615, "b" : 1.0}`
	draft := memtier.Draft{
		ID: "tea", Type: "fact", Text: text, ContentType: "text/markdown",
		Metadata: []byte(nil), Tags: []string{"taste", "Ж"}, Tier: "long_term",
		Importance: memtier.Importance(0), Priority: -7, Pinned: true, TTL: time.Hour,
		Created: noon.Add(-time.Hour), AccessCount: 5, ValidationCount: 2,
	}
	draft.Metadata = rawJSON(metadata)
	stored := must[memtier.Item](t)(store.In(scope).Put(ctx, draft))
	read := must[memtier.Item](t)(store.In(scope).Get(ctx, "tea"))
	for name, item := range map[string]memtier.Item{"put": stored, "get": read} {
		t.Run(name, func(t *testing.T) {
			expect(t, "scope", item.Scope(), scope)
			expect(t, "text", item.Text(), text)
			expect(t, "content", item.Content(), []byte(text))
			expect(t, "metadata", string(item.Metadata()), metadata)
			expect(t, "tags", item.Tags(), []string{"taste", "Ж"})
			expect(t, "has tag", []bool{item.HasTag("taste"), item.HasTag("tast")}, []bool{true, false})
			expect(t, "names", []string{item.ID(), item.Type(), item.ContentType(), item.Tier()},
				[]string{"tea", "fact", "text/markdown", "long_term"})
			expect(t, "importance", item.Importance(), 0.0)
			expect(t, "numbers", []int64{item.Priority(), item.ValidationCount(), item.Version()},
				[]int64{-7, 2, 1})
			expect(t, "pinned", item.Pinned(), true)
			expect(t, "ttl", item.TTL(), time.Hour)
			expect(t, "expires", item.Expires().IsZero(), false)
			expect(t, "created", item.Created(), noon.Add(-time.Hour))
			expect(t, "updated", item.Updated(), noon)
			expect(t, "sequence", item.ChangeSequence() > 0, true)
			var decoded map[string]any
			check(t, item.DecodeMetadata(&decoded))
			expect(t, "decoded", jsonNumber(decoded["big"]), "9223372036854775807")
		})
	}
}

func TestAnItemHasDefaults(t *testing.T) {
	store := open(t)
	item := must[memtier.Item](t)(store.Put(ctx, memtier.Draft{}))
	expect(t, "id", item.ID() != "", true)
	expect(t, "importance", item.Importance(), 0.5)
	expect(t, "tier", item.Tier(), "working")
	expect(t, "scope", item.Scope(), memtier.Scope{Collection: "default"})
	expect(t, "content type", item.ContentType(), "text/plain")
	expect(t, "metadata", item.Metadata() == nil, true)
	expect(t, "tags", len(item.Tags()), 0)
	expect(t, "ttl", item.TTL(), memtier.NoTTL)
	expect(t, "expires", item.Expires().IsZero(), true)
	target := map[string]int{"kept": 1}
	check(t, item.DecodeMetadata(&target))
	expect(t, "target", target, map[string]int{"kept": 1})
}

func TestTheZeroItemHasNothing(t *testing.T) {
	var item memtier.Item
	expect(t, "zero", item.IsZero(), true)
	expect(t, "texts", item.ID()+item.Text()+item.Tier()+item.Type()+item.ContentType(), "")
	expect(t, "times", item.Created().IsZero() && item.Expires().IsZero(), true)
	expect(t, "numbers", item.Version()+item.SizeBytes()+item.AccessCount(), int64(0))
	expect(t, "tags", item.Tags() == nil && item.Metadata() == nil && !item.Pinned(), true)
	document, err := item.MarshalJSON()
	check(t, err)
	expect(t, "json", string(document), "null")
}

func TestMetadataOfGoValuesKeepsTheirNumbers(t *testing.T) {
	store := open(t)
	type place struct {
		City string `json:"city"`
		N    uint64 `json:"n"`
	}
	item := must[memtier.Item](t)(store.Put(ctx, memtier.Draft{Metadata: place{"<Bari>", 1<<64 - 1}}))
	expect(t, "metadata", string(item.Metadata()), `{"city":"<Bari>","n":18446744073709551615}`)
	var read place
	check(t, item.DecodeMetadata(&read))
	expect(t, "read", read, place{"<Bari>", 1<<64 - 1})
}

func TestTextThatIsNoneIsRefused(t *testing.T) {
	store := open(t)
	broken := "half\xc3"
	calls := map[string]error{}
	_, calls["text"] = store.Put(ctx, memtier.Draft{Text: broken})
	_, calls["id"] = store.Put(ctx, memtier.Draft{ID: broken})
	_, calls["tag"] = store.Put(ctx, memtier.Draft{Tags: []string{broken}})
	_, calls["metadata"] = store.Put(ctx, memtier.Draft{Metadata: map[string]string{"a": broken}})
	_, calls["raw metadata"] = store.Put(ctx, memtier.Draft{Metadata: rawJSON(`{"a": "` + broken + `"}`)})
	_, calls["get"] = store.Get(ctx, broken)
	_, calls["filter"] = store.Count(ctx, memtier.Eq("type", broken))
	_, calls["field"] = store.Count(ctx, memtier.Eq(memtier.Meta(broken), 1))
	_, calls["search"] = store.Search(ctx, memtier.Query{Text: broken})
	_, calls["list"] = store.List(ctx, memtier.List{After: broken})
	_, calls["scope"] = store.In(memtier.Scope{User: broken}).Get(ctx, "a")
	_, calls["change"] = store.Update(ctx, "a", memtier.SetText(broken))
	_, calls["path"] = memtier.Open(ctx, broken)
	_, calls["NUL in a path"] = memtier.Open(ctx, "a\x00b")
	_, calls["tier"] = store.Clear(ctx, broken)
	for name, err := range calls {
		t.Run(name, func(t *testing.T) { expectIs(t, err, memtier.ErrInvalid) })
	}
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(0))
	// The replacement character is a character like any other.
	item := must[memtier.Item](t)(store.Put(ctx, memtier.Draft{Metadata: map[string]string{"a": "\ufffd\\ufffd"}}))
	expect(t, "metadata", string(item.Metadata()), `{"a":"`+"\ufffd"+`\\ufffd"}`)
	// Content may be any bytes.
	item = must[memtier.Item](t)(store.Put(ctx, memtier.Draft{Content: []byte(broken)}))
	expect(t, "content", item.Content(), []byte(broken))
	expect(t, "type", item.ContentType(), "application/octet-stream")
}

func TestDraftsThatAreWrongAreRefused(t *testing.T) {
	store := open(t)
	for name, draft := range map[string]memtier.Draft{
		"empty tag":        {Tags: []string{""}},
		"line feed in tag": {Tags: []string{"a\nb"}},
		"importance":       {Importance: memtier.Importance(1.5)},
		"version":          {ExpectedVersion: -1},
		"text and content": {Text: "a", Content: []byte("b")},
		"no object":        {Metadata: []int{1}},
		"no JSON":          {Metadata: func() {}},
		"raw":              {Metadata: rawJSON(`{`)},
		"long id":          {ID: strings.Repeat("x", memtier.MaxIDBytes+1)},
		"counts":           {AccessCount: -1},
		"document":         {JSON: rawJSON(`{"colour": "red"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.Put(ctx, draft)
			expectIs(t, err, memtier.ErrInvalid)
		})
	}
	_, err := store.Put(ctx, memtier.Draft{Tier: "attic"})
	expectIs(t, err, memtier.ErrNotFound)
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(0))
}

func TestPutModesAndVersions(t *testing.T) {
	store := open(t)
	_, err := store.Put(ctx, memtier.Draft{ID: "a"}, memtier.PutUpdate)
	expectIs(t, err, memtier.ErrNotFound)
	must[memtier.Item](t)(store.Put(ctx, memtier.Draft{ID: "a"}, memtier.PutCreate, memtier.DurabilityFull))
	_, err = store.Put(ctx, memtier.Draft{ID: "a"}, memtier.PutCreate)
	expectIs(t, err, memtier.ErrExists)
	_, err = store.Put(ctx, memtier.Draft{ID: "a", ExpectedVersion: 2})
	expectIs(t, err, memtier.ErrConflict)
	item := must[memtier.Item](t)(store.Put(ctx, memtier.Draft{ID: "a", ExpectedVersion: 1}, memtier.PutUpdate))
	expect(t, "version", item.Version(), int64(2))
	_, err = store.Update(ctx, "a", memtier.SetPriority(1), memtier.IfVersion(1))
	expectIs(t, err, memtier.ErrConflict)
	expectIs(t, store.Delete(ctx, "a", memtier.IfVersion(1)), memtier.ErrConflict)
	check(t, store.Delete(ctx, "a", memtier.IfVersion(2), memtier.DurabilityNormal))
	expectIs(t, store.Delete(ctx, "a"), memtier.ErrNotFound)
}

func TestADraftOfJSONTakesFieldsBesideIt(t *testing.T) {
	store := open(t)
	draft := memtier.Draft{
		JSON: rawJSON(`{"id": "a", "content": "x", "tags": ["t"], "importance": 0.25, "metadata": {"n": 1.0}}`),
		Type: "fact", Importance: memtier.Importance(0.75), Tags: []string{"u"}, Pinned: true,
	}
	item := must[memtier.Item](t)(store.Put(ctx, draft))
	expect(t, "texts", []string{item.ID(), item.Text(), item.Type(), string(item.Metadata())},
		[]string{"a", "x", "fact", `{"n": 1.0}`})
	expect(t, "importance", item.Importance(), 0.75)
	expect(t, "tags", item.Tags(), []string{"t", "u"})
	expect(t, "pinned", item.Pinned(), true)
}

func TestUpdateChangesWhatIsSetAndNothingElse(t *testing.T) {
	clock := &manualClock{now: noon}
	store := open(t, memtier.WithClock(clock))
	put(t, &store.Memory, memtier.Draft{ID: "a", Text: "old", Type: "fact", Tags: []string{"x", "y"}})
	item := must[memtier.Item](t)(store.Update(ctx, "a", memtier.SetText("new"), memtier.AddTags("z"),
		memtier.RemoveTags("x"), memtier.SetImportance(0), memtier.SetMetadata(map[string]int{"n": 1}),
		memtier.SetTTL(time.Minute), memtier.DurabilityFull, memtier.SetTier("archive")))
	expect(t, "text", item.Text(), "new")
	expect(t, "type", item.Type(), "fact")
	expect(t, "tags", item.Tags(), []string{"y", "z"})
	expect(t, "importance", item.Importance(), 0.0)
	expect(t, "metadata", string(item.Metadata()), `{"n":1}`)
	expect(t, "ttl", item.TTL(), time.Minute)
	expect(t, "tier", item.Tier(), "archive")
	later := noon.Add(time.Hour)
	item = must[memtier.Item](t)(store.Update(ctx, "a", memtier.SetContent([]byte{0xff}),
		memtier.SetContentType("image/x"), memtier.SetType("event"), memtier.SetMetadata(nil),
		memtier.SetPriority(3), memtier.SetTTL(memtier.NoTTL), memtier.SetExpires(later),
		memtier.SetCreated(noon), memtier.SetUpdated(later), memtier.SetAccessed(later),
		memtier.SetAccessCount(9), memtier.SetValidationCount(8)))
	expect(t, "content", item.Content(), []byte{0xff})
	expect(t, "names", []string{item.ContentType(), item.Type()}, []string{"image/x", "event"})
	expect(t, "metadata", item.Metadata() == nil, true)
	expect(t, "numbers", []int64{item.Priority(), item.AccessCount(), item.ValidationCount()}, []int64{3, 9, 8})
	expect(t, "times", []time.Time{item.Expires(), item.Created(), item.Updated(), item.Accessed()},
		[]time.Time{later, noon, later, later})
	item = must[memtier.Item](t)(store.Update(ctx, "a", memtier.SetJSON(rawJSON(`{"type": "note"}`))))
	expect(t, "type", item.Type(), "note")
	expect(t, "pin", must[memtier.Item](t)(store.Pin(ctx, "a")).Pinned(), true)
	expect(t, "unpin", must[memtier.Item](t)(store.Unpin(ctx, "a")).Pinned(), false)
	_, err := store.Update(ctx, "b", memtier.SetPriority(1))
	expectIs(t, err, memtier.ErrNotFound)
	_, err = store.Update(ctx, "a", memtier.SetImportance(2), memtier.SetPriority(1))
	expectIs(t, err, memtier.ErrInvalid)
}

func TestScopesSeeTheirOwn(t *testing.T) {
	store := open(t)
	ada, bob := store.In(memtier.Scope{User: "ada"}), store.In(memtier.Scope{User: "bob"})
	put(t, ada, memtier.Draft{ID: "x", Text: "ada's"})
	put(t, bob, memtier.Draft{ID: "x", Text: "bob's"})
	put(t, ada.In(memtier.Scope{Session: "s"}), memtier.Draft{ID: "y"})
	expect(t, "ada", must[memtier.Item](t)(ada.Get(ctx, "x")).Text(), "ada's")
	expect(t, "bob", must[memtier.Item](t)(bob.Get(ctx, "x")).Text(), "bob's")
	expect(t, "count", must[int64](t)(ada.Count(ctx, memtier.Filter{})), int64(2))
	_, err := store.Get(ctx, "x")
	expectIs(t, err, memtier.ErrAmbiguous)
	expect(t, "narrowed", ada.In(memtier.Scope{Session: "s"}).Scope(), memtier.Scope{User: "ada", Session: "s"})
	_, err = ada.In(memtier.Scope{User: "bob"}).Get(ctx, "x")
	expectIs(t, err, memtier.ErrInvalid)
	_, err = store.In(memtier.Scope{User: "a\nb"}).In(memtier.Scope{App: "x"}).Get(ctx, "x")
	expectIs(t, err, memtier.ErrInvalid)
	put(t, store.In(memtier.Scope{Collection: "other"}), memtier.Draft{ID: "z"})
	all := store.In(memtier.Scope{Collection: memtier.AllCollections})
	expect(t, "all", must[int64](t)(all.Count(ctx, memtier.Filter{})), int64(4))
}

func TestManyAtOnce(t *testing.T) {
	store := open(t)
	results, err := store.PutMany(ctx, []memtier.Draft{
		{ID: "a", Text: "one"}, {ID: "bad\x01"}, {ID: "b", Tags: []string{"a\nb"}}, {ID: "c", Text: strings.Repeat("x", 9000)},
	})
	expectIs(t, err, memtier.ErrInvalid)
	for i, want := range []string{"a", "", "", "c"} {
		expect(t, "id", results[i].Item.ID(), want)
		expect(t, "error", results[i].Err != nil, want == "")
	}
	expectIs(t, results[2].Err, memtier.ErrInvalid)
	read := must[[]memtier.Result](t)(store.GetMany(ctx, []string{"c", "nobody", "a"}))
	expect(t, "text", len(read[0].Item.Text())+len(read[2].Item.Text()), 9003)
	expectIs(t, read[1].Err, memtier.ErrNotFound)
	deleted := must[[]error](t)(store.DeleteMany(ctx, []string{"nobody", "a"}, memtier.DurabilityFull))
	expectIs(t, deleted[0], memtier.ErrNotFound)
	expect(t, "deleted", deleted[1], nil)
	_, err = store.DeleteMany(ctx, []string{"c"}, memtier.IfVersion(1))
	expectIs(t, err, memtier.ErrInvalid)
	expect(t, "none", len(must[[]memtier.Result](t)(store.GetMany(ctx, nil))), 0)
	expect(t, "none", len(must[[]memtier.Result](t)(store.PutMany(ctx, nil))), 0)
	// Documents and fields in one batch, larger than the buffers that are kept.
	var drafts []memtier.Draft
	for i := 0; i < 500; i++ {
		drafts = append(drafts, memtier.Draft{Type: "bulk", Text: strings.Repeat("y", i*10)})
	}
	drafts[7] = memtier.Draft{JSON: rawJSON(`{"id": "seven", "type": "bulk"}`)}
	many := must[[]memtier.Result](t)(store.PutMany(ctx, drafts, memtier.PutCreate))
	expect(t, "seven", many[7].Item.ID(), "seven")
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Eq("type", "bulk"))), int64(500))
}

func TestLargeItems(t *testing.T) {
	store := open(t)
	for _, size := range []int{3000, 5000, 100 << 10, 3 << 20} {
		content := strings.Repeat("0123456789abcdef", size/16)
		must[memtier.Item](t)(store.Put(ctx, memtier.Draft{ID: "large", Text: content}))
		if got := must[memtier.Item](t)(store.Get(ctx, "large")).Text(); got != content {
			t.Errorf("%d bytes came back as %d", len(content), len(got))
		}
		updated := must[memtier.Item](t)(store.Update(ctx, "large", memtier.AddTags("t")))
		expect(t, "size", len(updated.Text()), len(content))
	}
}

func TestAStoreIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ключ \U0001F511.mem")
	_, err := memtier.Open(ctx, path, memtier.WithCreate(false))
	expectIs(t, err, memtier.ErrNotFound)
	store := openAt(t, path, memtier.WithPreset(memtier.PresetThree))
	put(t, &store.Memory, memtier.Draft{ID: "a", Text: "kept"})
	check(t, store.Flush(ctx))
	check(t, store.Close())
	again := openAt(t, path)
	expect(t, "text", must[memtier.Item](t)(again.Get(ctx, "a")).Text(), "kept")
	expect(t, "tier", must[memtier.Item](t)(again.Get(ctx, "a")).Tier(), "short_term")
	_, err = memtier.Open(ctx, path, memtier.WithPreset(memtier.PresetSix))
	expectIs(t, err, memtier.ErrMismatch)
	check(t, again.Close())
	store = openAt(t, path, memtier.WithPreset(memtier.PresetSix), memtier.WithChangedLadder())
	expect(t, "another ladder", len(must[memtier.Ladder](t)(store.Ladder(ctx)).Tiers), 6)
}

func TestATokenizerIsKeptByItsStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "words.mem")
	store := openAt(t, path, memtier.WithTokenizer(memtier.TokenizerCJK))
	put(t, &store.Memory, memtier.Draft{ID: "tea", Text: "\u6211\u559c\u6b22\u7eff\u8336"})
	put(t, &store.Memory, memtier.Draft{ID: "drinks", Text: "drinks"})
	expectFound := func(store *memtier.Store, text string, want ...string) {
		t.Helper()
		found := []string{}
		for _, hit := range must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: text})) {
			found = append(found, hit.ID())
		}
		expect(t, text, found, append([]string{}, want...))
	}
	expectFound(store, "\u7eff\u8336", "tea")
	expectFound(store, "drink") // no stems but with TokenizerEnglish
	check(t, store.Close())
	_, err := memtier.Open(ctx, path, memtier.WithTokenizer(memtier.TokenizerEnglish))
	expectIs(t, err, memtier.ErrMismatch)
	expectFound(openAt(t, path), "\u7eff\u8336", "tea")
	_, err = memtier.Open(ctx, memtier.InMemory, memtier.WithTokenizer("klingon"))
	expectIs(t, err, memtier.ErrInvalid)
	expectContains(t, err.Error(), "klingon")
}

func TestAGetAllocatesTheItemAndNothingElse(t *testing.T) {
	if raceDetector {
		t.Skip("with the race detector pools forget on purpose")
	}
	store := open(t)
	ada := store.In(memtier.Scope{User: "ada"})
	put(t, ada, memtier.Draft{ID: "a", Text: strings.Repeat("x", 100)})
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	allocations := testing.AllocsPerRun(1000, func() {
		item, err := ada.Get(cancellable, "a")
		if err != nil || item.Text() == "" || item.ID() != "a" || item.Version() != 1 {
			t.Error(err)
		}
	})
	expect(t, "allocations", allocations, 1.0)
}

func TestItemsCanBeCompared(t *testing.T) {
	store := open(t)
	item := must[memtier.Item](t)(store.Put(ctx, memtier.Draft{ID: "a"}))
	same := listed(t, &store.Memory, memtier.List{})[0]
	other := must[memtier.Item](t)(store.Put(ctx, memtier.Draft{ID: "a"}))
	expect(t, "same", item == same, true)
	expect(t, "other", item == other, false)
}
