package memtier_test

import (
	"context"
	"testing"

	"memtier.dev/memtier"
)

func collectionsOf(t *testing.T, m *memtier.Memory) []memtier.Collection {
	t.Helper()
	return must[[]memtier.Collection](t)(m.Collections(ctx))
}

func TestACollectionIsMadeListedAndDropped(t *testing.T) {
	store := open(t)
	expect(t, "none", collectionsOf(t, &store.Memory), []memtier.Collection{})
	check(t, store.CreateCollection(ctx, "team", "what all know"))
	expectIs(t, store.CreateCollection(ctx, "team", ""), memtier.ErrExists)
	expectIs(t, store.CreateCollection(ctx, "*", ""), memtier.ErrInvalid)
	expectIs(t, store.CreateCollection(ctx, "\xff", ""), memtier.ErrInvalid)
	put(t, store.In(memtier.Scope{Collection: "diary", User: "ada"}), memtier.Draft{ID: "a"})
	list := collectionsOf(t, &store.Memory)
	expect(t, "diary", list[0], memtier.Collection{Name: "diary", Items: 1})
	expect(t, "team", list[1].Description, "what all know")
	expect(t, "made", list[1].Created.IsZero(), false)
	expect(t, "eve", len(collectionsOf(t, store.In(memtier.Scope{User: "eve"}))), 1)
	_, err := store.DropCollection(ctx, "diary", memtier.DropEmpty)
	expectIs(t, err, memtier.ErrConflict)
	expect(t, "deleted", must[int64](t)(store.DropCollection(ctx, "diary", memtier.DropWithItems)), int64(1))
	_, err = store.DropCollection(ctx, "diary", memtier.DropWithItems)
	expectIs(t, err, memtier.ErrNotFound)
	_, err = store.DropCollection(ctx, "", memtier.DropWithItems)
	expectIs(t, err, memtier.ErrInvalid)
}

func TestItemsAreCopiedAndMovedBetweenCollections(t *testing.T) {
	store := open(t)
	ada := store.In(memtier.Scope{User: "ada"})
	put(t, ada, memtier.Draft{ID: "a", Text: "tea", Tags: []string{"x"}}, memtier.Draft{ID: "b", Text: "rain"})
	team := store.In(memtier.Scope{Collection: "team"})
	x := memtier.Eq(memtier.FieldTags, "x")
	expect(t, "copied", must[int64](t)(ada.CopyTo(ctx, "team", x)), int64(1))
	expect(t, "again", must[int64](t)(ada.CopyTo(ctx, "team", memtier.Filter{}, memtier.PutCreate)), int64(1))
	expect(t, "team", sorted(ids(listed(t, team, memtier.List{}))), []string{"a", "b"})
	expect(t, "moved", must[int64](t)(team.MoveTo(ctx, "old", x, memtier.DurabilityFull)), int64(1))
	expect(t, "left", ids(listed(t, team, memtier.List{})), []string{"b"})
	expect(t, "back", must[int64](t)(team.MoveTo(ctx, "", memtier.Filter{}, memtier.PutCreate)), int64(0))
	_, err := team.CopyTo(ctx, "team", x)
	expectIs(t, err, memtier.ErrInvalid)
	_, err = store.In(memtier.Scope{Collection: memtier.AllCollections}).MoveTo(ctx, "team", x)
	expectIs(t, err, memtier.ErrInvalid)
	_, err = team.CopyTo(ctx, "old", memtier.FilterJSON(rawJSON("{")))
	expectIs(t, err, memtier.ErrInvalid)
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_, err = team.MoveTo(stopped, "old", memtier.Filter{})
	expectIs(t, err, memtier.ErrCancelled)
}
