package memtier_test

import (
	"testing"

	"memtier.dev/memtier"
)

func TestAScopeIsForgotten(t *testing.T) {
	store := open(t)
	ada := store.In(memtier.Scope{User: "ada"})
	put(t, ada, memtier.Draft{ID: "a", Text: "likes quokkas", Tags: []string{"fauna"}})
	put(t, store.In(memtier.Scope{User: "bob"}), memtier.Draft{ID: "b", Text: "likes tea"})
	receipt := must[memtier.Receipt](t)(ada.Forget(ctx))
	expect(t, "items", receipt.Items, int64(1))
	expect(t, "labels", receipt.Labels, int64(1))
	expect(t, "user", receipt.Scope["user"], "ada")
	_, err := ada.Get(ctx, "a")
	expectIs(t, err, memtier.ErrNotFound)
	expect(t, "left", must[int64](t)(store.Count(ctx, memtier.Gte(memtier.FieldVersion, 1))), int64(1))
	_, err = store.Forget(ctx)
	expectIs(t, err, memtier.ErrInvalid)
}
