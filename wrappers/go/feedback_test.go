package memtier_test

import (
	"testing"

	"memtier.dev/memtier"
)

func TestWhatWasOfUseCountsMore(t *testing.T) {
	store := openAt(t, memtier.InMemory)
	put(t, &store.Memory, memtier.Draft{ID: "green", Text: "tea", Tags: []string{"leaves"}})
	put(t, &store.Memory, memtier.Draft{ID: "black", Text: "tea"})
	search := func(query memtier.Query) []string {
		return hitIDs(must[[]memtier.Hit](t)(store.Search(ctx, query)))
	}
	expect(t, "before", search(memtier.Query{Text: "tea"}), []string{"black", "green"})
	check(t, store.AddFeedback(ctx, memtier.Feedback{ID: "green", Value: 1}, memtier.Feedback{ID: "black", Value: -1}))
	expect(t, "after", search(memtier.Query{Text: "tea"}), []string{"green", "black"})
	without := memtier.Query{Text: "tea", Signals: map[memtier.Signal]float64{memtier.SignalPreference: 0}}
	expect(t, "without", search(without), []string{"black", "green"})
	learned := must[[]memtier.Preference](t)(store.Preferences(ctx))
	expect(t, "learned", len(learned), 3)
	expect(t, "learned", learned[0].Value*learned[0].Value, 0.25)
	expect(t, "time", learned[0].Updated.IsZero(), false)
	user := store.In(memtier.Scope{User: "ada"})
	expect(t, "others", len(must[[]memtier.Preference](t)(user.Preferences(ctx))), 0)
	expectIs(t, store.AddFeedback(ctx, memtier.Feedback{ID: "green", Value: 2}), memtier.ErrInvalid)
	expectIs(t, store.AddFeedback(ctx, memtier.Feedback{ID: "nobody", Value: 1}), memtier.ErrNotFound)
	check(t, store.AddFeedback(ctx))
	check(t, store.ClearFeedback(ctx))
	check(t, store.ClearFeedback(ctx))
	expect(t, "forgotten", len(must[[]memtier.Preference](t)(store.Preferences(ctx))), 0)
}
