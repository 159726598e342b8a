package memtier_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"memtier.dev/memtier"
	"memtier.dev/memtier/internal/native"
)

func textsOf(turns []memtier.Turn) []string {
	texts := []string{}
	for _, turn := range turns {
		texts = append(texts, turn.Text)
	}
	return texts
}

func said(texts ...string) []memtier.Turn {
	var turns []memtier.Turn
	for _, text := range texts {
		turns = append(turns, memtier.Turn{Role: memtier.RoleUser, Text: text})
	}
	return turns
}

func lastOf(t *testing.T, talk *memtier.Conversation, limit int) ([]memtier.Turn, int64) {
	t.Helper()
	turns, version, err := talk.Last(ctx, limit)
	check(t, err)
	return turns, version
}

func TestATurnComesBackAsItWas(t *testing.T) {
	store := open(t)
	talk := store.In(memtier.Scope{User: "ada"}).Conversation("s1")
	kept := must[memtier.Turn](t)(talk.Append(ctx, memtier.Turn{
		Role: memtier.RoleAssistant, Name: "Max", Tags: []string{"x"}, Importance: memtier.Importance(0.7),
		Parts: []memtier.Part{memtier.TextPart("Let me look 🍵"),
			memtier.ToolCall("c1", "weather", map[string]string{"city": "Bari"}),
			{JSON: json.RawMessage(`{"type":"image","url":"x.png"}`)}},
		State: map[string]int{"asked": 1}, Metadata: map[string]string{"mood": "glad"},
	}, memtier.DurabilityFull))
	expect(t, "text", kept.Text, "Let me look 🍵")
	turns, _ := lastOf(t, talk, 10)
	turn := turns[0]
	expect(t, "role", turn.Role, memtier.RoleAssistant)
	expect(t, "name", turn.Name, "Max")
	expect(t, "sequence", turn.Sequence, int64(1))
	expect(t, "id", turn.Item.ID(), "s1#000000001")
	expect(t, "tool", turn.Parts[1].Name, "weather")
	expect(t, "image", turn.Parts[2].Type, "image")
	expect(t, "state", string(turn.State.(json.RawMessage)), `{"asked":1}`)
	expect(t, "metadata", string(turn.Metadata.(json.RawMessage)), `{"mood":"glad"}`)
	// What was read can be put back, and nothing changes.
	version, changed, err := talk.Replace(ctx, turns)
	check(t, err)
	expect(t, "changed", []int64{version, changed}, []int64{2, 0})
	_, err = memtier.TurnOf(must[memtier.Item](t)(store.Put(ctx, memtier.Draft{Text: "x"})))
	expectIs(t, err, memtier.ErrInvalid)
}

func TestAConversationIsAppendedToReadAndReplaced(t *testing.T) {
	store := open(t)
	ada := store.In(memtier.Scope{User: "ada"})
	talk := ada.Conversation("s1")
	_, version := lastOf(t, talk, 10)
	must[[]memtier.Turn](t)(talk.AppendMany(ctx, said("a", "b", "c"), memtier.IfVersion(version)))
	_, err := talk.Append(ctx, said("d")[0], memtier.IfVersion(version))
	expectIs(t, err, memtier.ErrConflict)
	_, err = talk.AppendMany(ctx, said("d"), memtier.IfVersion(version))
	expectIs(t, err, memtier.ErrConflict)
	_, _, err = talk.Replace(ctx, nil, memtier.IfVersion(version))
	expectIs(t, err, memtier.ErrConflict)
	turns, version := lastOf(t, talk, 2)
	expect(t, "last", textsOf(turns), []string{"b", "c"})
	now, changed, err := talk.Replace(ctx, said("a", "B", "c"), memtier.IfVersion(version))
	check(t, err)
	expect(t, "changed", changed, int64(1))
	turns, version = lastOf(t, talk, 10)
	expect(t, "replaced", textsOf(turns), []string{"a", "B", "c"})
	expect(t, "version", version, now)
	must[memtier.Turn](t)(ada.Conversation("s2").Append(ctx, said("elsewhere")[0]))
	sessions := must[[]memtier.Session](t)(ada.Sessions(ctx, 10))
	expect(t, "sessions", len(sessions), 2)
	expect(t, "turns", sessions[0].Turns+sessions[1].Turns, int64(4))
	expect(t, "user", sessions[0].Scope.User, "ada")
	recent := must[[]memtier.Turn](t)(ada.RecentTurns(ctx, time.Hour, 10))
	expect(t, "recent", len(recent), 4)
	one := 1
	context := memtier.TurnContext{Text: "B", Last: &one, MaxItems: 2}
	expect(t, "context", textsOf(must[[]memtier.Turn](t)(talk.Context(ctx, context))), []string{"B", "c"})
	_, err = store.Conversation("").Append(ctx, said("x")[0])
	expectIs(t, err, memtier.ErrInvalid)
	_, err = talk.Append(ctx, memtier.Turn{Role: "bot"})
	expectIs(t, err, memtier.ErrInvalid)
}

func TestWhatAnAgentHasInMind(t *testing.T) {
	store := open(t)
	ada := store.In(memtier.Scope{User: "ada"})
	nuts := must[memtier.Item](t)(ada.Remember(ctx, "nuts", "allergic to nuts", 0.9))
	expect(t, "tier", nuts.Tier(), "long_term")
	seat := must[memtier.Item](t)(ada.Remember(ctx, "seat", "at the window", 0.5, memtier.DurabilityFull))
	expect(t, "ttl", seat.TTL(), time.Hour)
	context := func(request memtier.WorkingContext) []string {
		return ids(must[[]memtier.Item](t)(ada.ActiveContext(ctx, request)))
	}
	expect(t, "all", context(memtier.WorkingContext{}), []string{"seat", "nuts"})
	none := 0
	expect(t, "long", context(memtier.WorkingContext{Text: "nuts", ShortTerm: &none}), []string{"nuts"})
	expect(t, "new", context(memtier.WorkingContext{Exclude: []string{"nuts"}, MaxItems: 5}), []string{"seat"})
	_, err := ada.Remember(ctx, "", "x", 0.5)
	expectIs(t, err, memtier.ErrInvalid)
	_, err = ada.ActiveContext(ctx, memtier.WorkingContext{MaxItems: -1})
	expectIs(t, err, memtier.ErrInvalid)
}

func TestTokensAreCountedByAFunction(t *testing.T) {
	before := native.Registered()
	each, more := int64(0), 0
	var failure error
	store := open(t, memtier.WithTokenCounter(func(texts []string) ([]int64, error) {
		answer := make([]int64, len(texts)+more)
		for i := range answer {
			answer[i] = each
		}
		return answer, failure
	}))
	talk := store.Conversation("s1")
	must[[]memtier.Turn](t)(talk.AppendMany(ctx, said("a", "b")))
	within := func() ([]memtier.Turn, error) { return talk.Context(ctx, memtier.TurnContext{MaxTokens: 5}) }
	expect(t, "free", len(must[[]memtier.Turn](t)(within())), 2)
	each = 4
	expect(t, "dear", textsOf(must[[]memtier.Turn](t)(within())), []string{"b"})
	failure = memtier.UseDefault
	expect(t, "by default", len(must[[]memtier.Turn](t)(within())), 2)
	failure = errBroken
	_, err := within()
	expectIs(t, err, memtier.ErrCallback)
	expectIs(t, err, errBroken)
	failure, more = nil, 1
	_, err = within()
	expectIs(t, err, memtier.ErrCallback)
	check(t, store.Close())
	expect(t, "held", native.Registered(), before)
	expect(t, "no cause of a context's", errors.Is(err, context.Canceled), false)
}
