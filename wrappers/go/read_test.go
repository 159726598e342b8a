package memtier_test

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"testing"
	"time"

	"memtier.dev/memtier"
)

func TestFiltersAreBuiltWithoutText(t *testing.T) {
	type colour string
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for want, filter := range map[string]memtier.Filter{
		`{}`:                            {},
		`{"type":{"$eq":"a\"b"}}`:       memtier.Eq(memtier.FieldType, `a"b`),
		`{"metadata.a.b":{"$ne":null}}`: memtier.Ne(memtier.Meta("a", "b"), nil),
		`{"importance":{"$gt":0.5}}`:    memtier.Gt(memtier.FieldImportance, 0.5),
		`{"metadata.n":{"$gte":18446744073709551615}}`:   memtier.Gte("metadata.n", uint64(math.MaxUint64)),
		`{"priority":{"$lt":-9223372036854775808}}`:      memtier.Lt(memtier.FieldPriority, int64(math.MinInt64)),
		`{"created_us":{"$lte":1777636800000000}}`:       memtier.Lte(memtier.FieldCreated, at),
		`{"metadata.at":{"$eq":"2026-05-01T12:00:00Z"}}`: memtier.Eq(memtier.Meta("at"), at),
		`{"ttl_us":{"$eq":1500}}`:                        memtier.Eq(memtier.FieldTTL, 1500*time.Microsecond),
		`{"id":{"$in":["a","b"]}}`:                       memtier.In(memtier.FieldID, "a", "b"),
		`{"created_us":{"$in":[1777636800000000]}}`:      memtier.In(memtier.FieldCreated, at),
		`{"id":{"$in":[]}}`:                              memtier.In[string](memtier.FieldID),
		`{"priority":{"$nin":[1,2]}}`:                    memtier.NotIn(memtier.FieldPriority, []int{1, 2}...),
		`{"metadata.l":{"$eq":[1,2]}}`:                   memtier.Eq(memtier.Meta("l"), []int{1, 2}),
		`{"metadata.x":{"$exists":false}}`:               memtier.Exists(memtier.Meta("x"), false),
		`{"tags":{"$contains":"<tea>"}}`:                 memtier.Contains(memtier.FieldTags, "<tea>"),
		`{"content":{"$icontains":"É"}}`:                 memtier.ContainsFold(memtier.FieldContent, "É"),
		`{"tier":{"$startsWith":"a"}}`:                   memtier.HasPrefix(memtier.FieldTier, "a"),
		`{"metadata.c":{"$eq":"red"}}`:                   memtier.Eq(memtier.Meta("c"), colour("red")),
		`{"metadata.r":{"$eq":1.0}}`:                     memtier.Eq(memtier.Meta("r"), rawJSON(`1.0`)),
		`{"$and":[{"pinned":{"$eq":true}},{}]}`:          memtier.And(memtier.Eq(memtier.FieldPinned, true), memtier.Filter{}),
		`{"$or":[{"a": 1},{"$not":{"b":{"$eq":2}}}]}`: memtier.Or(memtier.FilterJSON(rawJSON(`{"a": 1}`)),
			memtier.Not(memtier.Eq("b", 2))),
	} {
		expect(t, "filter", filter.String(), want)
	}
}

func TestEveryFieldCanBeFiltered(t *testing.T) {
	store := open(t)
	for _, field := range []memtier.Field{
		memtier.FieldID, memtier.FieldType, memtier.FieldContent, memtier.FieldContentType,
		memtier.FieldTags, memtier.FieldImportance, memtier.FieldPriority, memtier.FieldPinned,
		memtier.FieldTier, memtier.FieldCreated, memtier.FieldUpdated, memtier.FieldAccessed,
		memtier.FieldExpires, memtier.FieldTTL, memtier.FieldAccessCount, memtier.FieldValidationCount,
		memtier.FieldVersion, memtier.FieldChangeSequence, memtier.FieldSizeBytes, memtier.FieldApp,
		memtier.FieldUser, memtier.FieldAgent, memtier.FieldSession, memtier.FieldCollection,
	} {
		_, err := store.Count(ctx, memtier.Exists(field, true))
		check(t, err)
	}
}

func TestWhatIsWrongWithAFilterIsToldByTheCall(t *testing.T) {
	store := open(t)
	injected := memtier.FilterJSON(rawJSON(`{}, "limit": 1`))
	for name, filter := range map[string]memtier.Filter{
		"NaN":      memtier.Eq(memtier.FieldImportance, math.NaN()),
		"function": memtier.Eq(memtier.Meta("a"), func() {}),
		"channel":  memtier.In(memtier.Meta("a"), make(chan int)),
		"nested":   memtier.Not(memtier.Or(memtier.Eq("a", math.Inf(1)))),
		"raw":      memtier.Eq(memtier.Meta("a"), rawJSON("1}, {")),
		"document": injected,
		"joined":   memtier.And(injected),
		"two":      memtier.And(memtier.FilterJSON(rawJSON(`{"type": "a"}, {"type": "b"}`))),
		"beside":   memtier.Not(memtier.FilterJSON(rawJSON(`{"type": "a"}, "pinned": true`))),
		"unknown":  memtier.Eq("colour", "red"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.Count(ctx, filter)
			expectIs(t, err, memtier.ErrInvalid)
			_, err = store.List(ctx, memtier.List{Filter: filter})
			expectIs(t, err, memtier.ErrInvalid)
			_, err = store.Search(ctx, memtier.Query{Filter: filter})
			expectIs(t, err, memtier.ErrInvalid)
			_, err = store.DeleteWhere(ctx, filter)
			expectIs(t, err, memtier.ErrInvalid)
			_, err = store.UpdateWhere(ctx, filter, memtier.SetPriority(1))
			expectIs(t, err, memtier.ErrInvalid)
			_, err = store.Export(ctx, io.Discard, filter)
			expectIs(t, err, memtier.ErrInvalid)
		})
	}
}

func TestListsComeInPages(t *testing.T) {
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "a", Priority: 3}, memtier.Draft{ID: "b", Priority: 1},
		memtier.Draft{ID: "c", Priority: 2}, memtier.Draft{ID: "d", Type: "other"})
	list := memtier.List{Filter: memtier.Gt(memtier.FieldPriority, 0), OrderBy: memtier.FieldPriority, Ascending: true}
	cursor := must[*memtier.Cursor](t)(store.List(ctx, list))
	expect(t, "token", must[string](t)(cursor.Token()), "")
	expect(t, "page", ids(must[[]memtier.Item](t)(cursor.Next(ctx, 2))), []string{"b", "c"})
	list.After = must[string](t)(cursor.Token())
	check(t, store.Delete(ctx, "b"))
	expect(t, "page", ids(must[[]memtier.Item](t)(cursor.Next(ctx, 2))), []string{"a"})
	_, err := cursor.Next(ctx, 2)
	expect(t, "end", err, io.EOF)
	_, err = cursor.NextRefs(ctx, 2)
	expect(t, "end", err, io.EOF)
	check(t, cursor.Close())
	check(t, cursor.Close())
	_, err = cursor.Next(ctx, 2)
	expectIs(t, err, memtier.ErrClosed)
	_, err = cursor.Token()
	expectIs(t, err, memtier.ErrClosed)
	expect(t, "after", ids(listed(t, &store.Memory, list)), []string{"a"})
	list = memtier.List{OrderBy: memtier.FieldID, Skip: 1, Limit: 1}
	expect(t, "skip", ids(listed(t, &store.Memory, list)), []string{"c"})
	_, err = must[*memtier.Cursor](t)(store.List(ctx, memtier.List{})).Next(ctx, 0)
	expectIs(t, err, memtier.ErrInvalid)
}

func TestAListTellsHowItIsDone(t *testing.T) {
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "a", Type: "fact"}, memtier.Draft{ID: "b", Type: "fact"},
		memtier.Draft{ID: "c", Type: "note"})
	facts := memtier.List{Filter: memtier.Eq(memtier.FieldType, "fact"), Limit: 1}
	var told struct{ List, Count map[string]any }
	explanation := must[json.RawMessage](t)(store.ExplainList(ctx, facts))
	check(t, json.Unmarshal(explanation, &told))
	expect(t, "path of the list", told.List["path"], any("ix_type"))
	expect(t, "path of the count", told.Count["path"], any("ix_type"))
	expect(t, "items of the page", told.List["items"], any(1.0))
	expect(t, "counted", told.Count["count"], any(2.0))
	nobody := store.In(memtier.Scope{User: "nobody"})
	check(t, json.Unmarshal(must[json.RawMessage](t)(nobody.ExplainList(ctx, facts)), &told))
	expect(t, "path where the scope is empty", told.List["path"], any("none"))
	_, err := store.ExplainList(ctx, memtier.List{OrderBy: memtier.FieldContent})
	expectIs(t, err, memtier.ErrInvalid)
}

func TestWalkAndItemsEndWhereTheyAreTold(t *testing.T) {
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "a"}, memtier.Draft{ID: "b"}, memtier.Draft{ID: "c"})
	list := memtier.List{OrderBy: memtier.FieldID, Ascending: true}
	var seen []string
	err := store.Walk(ctx, list, func(item memtier.Item) error {
		if item.ID() == "b" {
			return context.Canceled
		}
		seen = append(seen, item.ID())
		return nil
	})
	expect(t, "error", err, context.Canceled)
	store.Items(ctx, list)(func(item memtier.Item, err error) bool {
		check(t, err)
		seen = append(seen, item.ID())
		return item.ID() != "b"
	})
	expect(t, "seen", seen, []string{"a", "a", "b"})
	expectIs(t, store.Walk(ctx, list, nil), memtier.ErrInvalid)
	store.Items(ctx, memtier.List{OrderBy: memtier.FieldTags})(func(item memtier.Item, err error) bool {
		expectIs(t, err, memtier.ErrInvalid)
		return true
	})
}

func TestWritesByFilter(t *testing.T) {
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "a", Type: "x"}, memtier.Draft{ID: "b", Type: "x"}, memtier.Draft{ID: "c"})
	isX := memtier.Eq(memtier.FieldType, "x")
	count := must[int64](t)(store.UpdateWhere(ctx, isX, memtier.AddTags("t"), memtier.DurabilityFull))
	expect(t, "updated", count, int64(2))
	expect(t, "tagged", must[int64](t)(store.Count(ctx, memtier.Eq(memtier.FieldTags, "t"))), int64(2))
	_, err := store.DeleteWhere(ctx, memtier.Filter{})
	expectIs(t, err, memtier.ErrInvalid)
	_, err = store.DeleteWhere(ctx, isX, memtier.IfVersion(1))
	expectIs(t, err, memtier.ErrInvalid)
	expect(t, "deleted", must[int64](t)(store.DeleteWhere(ctx, isX, memtier.DurabilityNormal)), int64(2))
	expect(t, "left", ids(listed(t, &store.Memory, memtier.List{})), []string{"c"})
}

func searchStore(t *testing.T) *memtier.Store {
	store := open(t)
	put(t, &store.Memory, memtier.Draft{ID: "tea", Text: "Ada likes green tea", Type: "fact"},
		memtier.Draft{ID: "nuts", Text: "Ada is allergic to hazelnuts", Tags: []string{"health"}},
		memtier.Draft{ID: "bari", Text: "Ada moved to Bari", Metadata: map[string]string{"title": "green"}})
	return store
}

func hitIDs(hits []memtier.Hit) []string {
	found := []string{}
	for _, hit := range hits {
		found = append(found, hit.ID())
	}
	return found
}

func TestSearchFindsByWords(t *testing.T) {
	store := searchStore(t)
	search := func(query memtier.Query) []string {
		return hitIDs(must[[]memtier.Hit](t)(store.Search(ctx, query)))
	}
	hits := must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: "what is Ada allergic to?", Snippets: true, TopK: 1}))
	expect(t, "hits", hitIDs(hits), []string{"nuts"})
	expect(t, "score", hits[0].Score() > 0, true)
	expectContains(t, hits[0].Snippet(), "**allergic**")
	expect(t, "text", hits[0].Text(), "Ada is allergic to hazelnuts")
	document := parsed(t, must[[]byte](t)(json.Marshal(hits[0])))
	expect(t, "document", []any{document["id"], document["snippet"]}, []any{"nuts", hits[0].Snippet()})
	expect(t, "document", document["score"] != nil, true)
	expect(t, "zero", string(must[[]byte](t)(json.Marshal(memtier.Hit{}))), "null")
	expect(t, "size", hits[0].SizeBytes(), must[memtier.Item](t)(store.Get(ctx, "nuts")).SizeBytes())
	expect(t, "filter", search(memtier.Query{Text: "ada", Filter: memtier.Eq(memtier.FieldTags, "health")}), []string{"nuts"})
	expect(t, "all words", search(memtier.Query{Text: "green ada tea", Match: memtier.MatchAll}), []string{"tea"})
	expect(t, "any word", len(search(memtier.Query{Text: "green ada tea", Match: memtier.MatchAny})), 3)
	expect(t, "boolean", search(memtier.Query{Text: "green NOT tea", Syntax: memtier.SyntaxBoolean}), []string{"bari"})
	expect(t, "natural", search(memtier.Query{Text: "green -tea", Syntax: memtier.SyntaxNatural}), []string{"bari"})
	expect(t, "weights", search(memtier.Query{Text: "green", Weights: &memtier.FieldWeights{Title: 1}})[0], "bari")
	expect(t, "skip", len(search(memtier.Query{Text: "ada", Skip: 1, TopK: 1})), 1)
	expect(t, "nothing", search(memtier.Query{Text: "xyzzy"}), []string{})
	expect(t, "newest", len(search(memtier.Query{})), 3)
	_, err := store.Search(ctx, memtier.Query{Text: "a AND", Syntax: memtier.SyntaxBoolean})
	expectIs(t, err, memtier.ErrInvalid)
	_, explanation, err := store.Explain(ctx, memtier.Query{Text: "tea"})
	check(t, err)
	expect(t, "explained", len(explanation) > 2, true)
}

func TestACompiledQueryRunsManyTimes(t *testing.T) {
	store := searchStore(t)
	query := must[*memtier.CompiledQuery](t)(memtier.Compile(memtier.Query{Text: "tea"}))
	for i := 0; i < 3; i++ {
		expect(t, "hits", hitIDs(must[[]memtier.Hit](t)(store.Run(ctx, query))), []string{"tea"})
	}
	check(t, query.Close())
	check(t, query.Close())
	_, err := store.Run(ctx, query)
	expectIs(t, err, memtier.ErrClosed)
	_, err = memtier.Compile(memtier.Query{TopK: -1})
	expectIs(t, err, memtier.ErrInvalid)
}

func TestExistsCountValidate(t *testing.T) {
	store := searchStore(t)
	expect(t, "exists", must[bool](t)(store.Exists(ctx, "tea")), true)
	expect(t, "exists", must[bool](t)(store.Exists(ctx, "coffee")), false)
	expect(t, "count", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(3))
	expect(t, "validated", must[int64](t)(store.Validate(ctx, "tea")), int64(1))
	expect(t, "validated", must[int64](t)(store.Validate(ctx, "tea")), int64(2))
	_, err := store.Validate(ctx, "coffee")
	expectIs(t, err, memtier.ErrNotFound)
}

func TestAnItemMatchesWithoutItsStore(t *testing.T) {
	store := searchStore(t)
	item := must[memtier.Item](t)(store.Get(ctx, "tea"))
	hits := must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: "tea"}))
	check(t, store.Close())
	fact := memtier.And(memtier.Eq(memtier.FieldType, "fact"), memtier.Eq(memtier.FieldTier, "working"))
	expect(t, "matches", must[bool](t)(item.Matches(fact)), true)
	expect(t, "matches", must[bool](t)(hits[0].Matches(fact)), true)
	expect(t, "matches", must[bool](t)(item.Matches(memtier.Not(fact))), false)
	expect(t, "matches", must[bool](t)(item.Matches(memtier.Filter{})), true)
	for name, filter := range map[string]memtier.Filter{
		"unknown field": memtier.Eq("colour", 1), "wrong value": memtier.Eq(memtier.FieldType, make(chan int)),
	} {
		_, err := item.Matches(filter)
		t.Run(name, func(t *testing.T) { expectIs(t, err, memtier.ErrInvalid) })
	}
	_, err := memtier.Item{}.Matches(fact)
	expectIs(t, err, memtier.ErrInvalid)
}

func TestAReferenceHoldsItsVersion(t *testing.T) {
	store := searchStore(t)
	ref := must[*memtier.Ref](t)(store.Ref(ctx, "tea"))
	clone := must[*memtier.Ref](t)(ref.Clone())
	check(t, ref.Close())
	check(t, ref.Close())
	check(t, store.Delete(ctx, "tea"))
	check(t, store.Close())
	expect(t, "text", must[memtier.Item](t)(clone.Item()).Text(), "Ada likes green tea")
	expect(t, "matches", must[bool](t)(clone.Matches(memtier.Eq(memtier.FieldType, "fact"))), true)
	expect(t, "matches", must[bool](t)(clone.Matches(memtier.Eq(memtier.FieldType, "event"))), false)
	expectContains(t, string(must[rawMessage](t)(clone.JSON())), `"id":"tea"`)
	_, err := clone.Matches(memtier.Eq("colour", 1))
	expectIs(t, err, memtier.ErrInvalid)
	check(t, clone.Close())
	for name, call := range map[string]func() error{
		"item":    func() error { _, err := ref.Item(); return err },
		"matches": func() error { _, err := ref.Matches(memtier.Filter{}); return err },
		"json":    func() error { _, err := ref.JSON(); return err },
		"clone":   func() error { _, err := ref.Clone(); return err },
	} {
		t.Run(name, func(t *testing.T) { expectIs(t, call(), memtier.ErrClosed) })
	}
}
