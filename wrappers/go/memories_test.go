package memtier_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"memtier.dev/memtier"
)

func TestKnowledgeKeepsWhatWasBelieved(t *testing.T) {
	ctx, store := context.Background(), open(t)
	ada := store.In(memtier.Scope{User: "ada"})
	from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	first, err := ada.PutKnowledge(ctx, memtier.Knowledge{ID: "home", Subject: "Ada", Attribute: "lives in",
		Value: "Rome", Source: "herself", ValidFrom: from, Metadata: map[string]int{"own": 1}})
	check(t, err)
	if first.Text != "Ada lives in Rome" || first.Number != 1 || !first.Replaced.IsZero() {
		t.Errorf("it is kept as %+v", first)
	}
	moved := from.AddDate(4, 0, 0)
	_, err = ada.UpdateKnowledge(ctx, "home", memtier.Knowledge{Value: "Bari", ValidFrom: moved},
		memtier.IfVersion(first.Item.Version()))
	check(t, err)
	_, err = ada.UpdateKnowledge(ctx, "home", memtier.Knowledge{Text: "nobody knows"})
	if !errors.Is(err, memtier.ErrInvalid) {
		t.Errorf("a value that would not be true any more: %v", err)
	}
	_, err = ada.UpdateKnowledge(ctx, "home", memtier.Knowledge{Text: "nobody knows", Clear: []string{"value"}})
	check(t, err)
	_, err = ada.UpdateKnowledge(ctx, "home", memtier.Knowledge{Text: "x", Clear: []string{"tags"}})
	if !errors.Is(err, memtier.ErrInvalid) {
		t.Errorf("what cannot be taken away: %v", err)
	}
	beliefs, err := ada.KnowledgeHistory(ctx, "home", 10)
	check(t, err)
	if len(beliefs) != 3 || !beliefs[0].ValidUntil.Equal(moved) || beliefs[0].Replaced.IsZero() ||
		beliefs[2].Value != nil || beliefs[2].Source != "herself" || beliefs[2].Number != 3 {
		t.Errorf("the history is %+v", beliefs)
	}
}

func TestContradictionsHaveTwoSides(t *testing.T) {
	ctx, store := context.Background(), open(t)
	for _, agent := range []string{"one", "two"} {
		_, err := store.In(memtier.Scope{User: "ada", Agent: agent}).PutKnowledge(ctx,
			memtier.Knowledge{Subject: "Ada", Attribute: "drinks", Value: agent})
		check(t, err)
	}
	pairs, err := store.Contradictions(ctx, memtier.Filter{}, 10)
	check(t, err)
	if len(pairs) != 1 || pairs[0].Sides[1].Scope.Agent != "two" || string(pairs[0].Sides[0].Value) != `"one"` ||
		!pairs[0].Until.IsZero() || pairs[0].From.IsZero() {
		t.Errorf("the pairs are %+v", pairs)
	}
}

func TestAnEpisodeIsFoundAroundItsTime(t *testing.T) {
	ctx, store := context.Background(), open(t)
	began := time.Date(2025, 8, 10, 8, 0, 0, 0, time.UTC)
	episode, err := store.PutEpisode(ctx, memtier.Episode{ID: "storm", Text: "no ferry", Location: "Bari",
		Participants: []string{"Ada", "Tom"}, Emotions: map[string]float64{"fear": 0.6}, Started: began,
		Ended: began.Add(12 * time.Hour)})
	check(t, err)
	if episode.Title != "Bari, Ada, Tom" || episode.Emotions["fear"] != 0.6 ||
		!episode.Ended.Equal(began.Add(12*time.Hour)) {
		t.Errorf("it is kept as %+v", episode)
	}
	items, err := store.Around(ctx, memtier.Around{At: began.Add(6 * time.Hour)})
	check(t, err)
	if len(items) != 1 || items[0].ID() != "storm" {
		t.Errorf("around noon there is %v", items)
	}
}

func TestRunRemembersWhatWasDone(t *testing.T) {
	ctx, store := context.Background(), open(t)
	answer, err := memtier.Run(ctx, &store.Memory, "weather", map[string]string{"city": "Oslo"},
		func(context.Context) (string, error) { return "snow until noon", nil })
	check(t, err)
	if answer != "snow until noon" {
		t.Errorf("it gave %q", answer)
	}
	noSeats := errors.New("no seats")
	if _, err = memtier.Run(ctx, &store.Memory, "book", "a train",
		func(context.Context) (int, error) { return 0, noSeats }); err != noSeats {
		t.Errorf("the error became %v", err)
	}
	func() {
		defer func() {
			if recover() != "boom" {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = memtier.Run(ctx, &store.Memory, "burst", nil, func(context.Context) (int, error) { panic("boom") })
	}()
	hits, err := store.Search(ctx, memtier.Query{Text: "oslo snow"})
	check(t, err)
	run, err := memtier.RunRecordOf(hits[0].Item)
	check(t, err)
	if run.Name != "weather" || run.Failed || run.Result != "snow until noon" {
		t.Errorf("it is kept as %+v", run)
	}
	failed, err := store.Count(ctx, memtier.And(memtier.Eq(memtier.FieldType, "run"),
		memtier.Eq(memtier.Meta("success"), false)))
	check(t, err)
	if failed != 2 {
		t.Errorf("%d failed", failed)
	}
}

func TestRunRemembersWhatHasNoJSON(t *testing.T) {
	store := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := memtier.Run(ctx, &store.Memory, "odd", "bad \xff text", func(context.Context) (chan int, error) {
		cancel() // that it ended for this is remembered, too
		return nil, ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error became %v", err)
	}
	hits, err := store.Search(context.Background(), memtier.Query{Text: "odd"})
	check(t, err)
	if run, err := memtier.RunRecordOf(hits[0].Item); err != nil || !strings.Contains(run.Error, "canceled") {
		t.Errorf("it is kept as %+v, %v", run, err)
	}
}
