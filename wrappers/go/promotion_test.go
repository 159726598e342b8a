package memtier_test

import (
	"errors"
	"strings"
	"testing"

	"memtier.dev/memtier"
)

func TestAFilterOfTheLadderPromotes(t *testing.T) {
	ladder := memtier.Ladder{Tiers: []memtier.Tier{
		{Name: "near", Medium: memtier.MediumRAM},
		{Name: "far", Medium: memtier.MediumDatabase, Promote: memtier.Promotion{
			Filter: memtier.Eq(memtier.FieldTags, "urgent"),
		}},
	}}
	store := open(t, memtier.WithLadder(ladder))
	told := must[memtier.Ladder](t)(store.Ladder(ctx))
	expect(t, "ladder", told.Tiers, ladder.Tiers)
	expect(t, "none", told.Tiers[0].Promote.Filter.String(), "{}")
	put(t, &store.Memory, memtier.Draft{ID: "a", Tier: "far", Tags: []string{"urgent"}},
		memtier.Draft{ID: "b", Tier: "far"})
	must[memtier.Item](t)(store.Get(ctx, "a"))
	must[memtier.Item](t)(store.Get(ctx, "b"))
	expect(t, "up", must[memtier.Item](t)(store.Get(ctx, "a")).Tier(), "near")
	expect(t, "still there", must[memtier.Item](t)(store.Get(ctx, "b")).Tier(), "far")
	ladder.Tiers[1].Promote.Filter = memtier.FilterJSON([]byte("{"))
	_, err := memtier.Open(ctx, memtier.InMemory, memtier.WithLadder(ladder))
	expectIs(t, err, memtier.ErrInvalid)
}

func TestACallbackPromotes(t *testing.T) {
	var asked []string
	store := open(t, memtier.WithPromotion(func(read []memtier.Candidate) ([]bool, error) {
		up := make([]bool, len(read))
		for i, one := range read {
			asked = append(asked, one.ID)
			up[i] = strings.HasPrefix(one.ID, "up")
		}
		return up, nil
	}))
	put(t, &store.Memory, memtier.Draft{ID: "up", Tier: "archive"}, memtier.Draft{ID: "down", Tier: "archive"},
		memtier.Draft{ID: "up high"})
	must[[]memtier.Result](t)(store.GetMany(ctx, []string{"up", "down", "up high"}))
	expect(t, "asked", asked, []string{"up", "down"})
	expect(t, "up", byFilter(t, &store.Memory, memtier.Eq(memtier.FieldTier, "long_term")), []string{"up"})
	log := must[[]memtier.Transition](t)(store.Transitions(ctx, memtier.TransitionQuery{}))
	expect(t, "reason", log[0].Reason, "callback")
}

func TestAPromotionThatFailsFailsTheRead(t *testing.T) {
	for name, promote := range map[string]memtier.PromoteFunc{
		"error":   func([]memtier.Candidate) ([]bool, error) { return nil, errBroken },
		"panic":   func([]memtier.Candidate) ([]bool, error) { panic(errBroken) },
		"too few": func([]memtier.Candidate) ([]bool, error) { return []bool{}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t, memtier.WithPromotion(promote))
			put(t, &store.Memory, memtier.Draft{ID: "a", Tier: "archive"})
			_, err := store.Get(ctx, "a")
			expectIs(t, err, memtier.ErrCallback)
			var e *memtier.Error
			expect(t, "cause", errors.As(err, &e) && e.Cause != nil, true)
		})
	}
	for name, promote := range map[string]memtier.PromoteFunc{
		"default":    func([]memtier.Candidate) ([]bool, error) { return nil, memtier.UseDefault },
		"nothing":    func([]memtier.Candidate) ([]bool, error) { return nil, nil },
		"taken back": nil,
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t, memtier.WithPromotion(promote))
			put(t, &store.Memory, memtier.Draft{ID: "a", Tier: "archive"})
			must[memtier.Item](t)(store.Get(ctx, "a"))
			expect(t, "tier", must[memtier.Item](t)(store.Get(ctx, "a")).Tier(), "archive")
		})
	}
}
