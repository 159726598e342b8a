package memtier_test

import (
	"encoding/json"
	"fmt"
	"time"

	"memtier.dev/memtier"
)

func init() {
	for name, action := range memoryActions {
		actions[name] = action
	}
}

// turn is a turn document as a typed turn.
func (m *machine) turn(source json.RawMessage) memtier.Turn {
	var k keys
	check(m, json.Unmarshal(source, &k))
	turn := memtier.Turn{Role: memtier.Role(k.text(m.T, "role")), Text: k.text(m.T, "content"),
		Name: k.text(m.T, "name"), Tags: value(m.T, &k, "tags", []string(nil)), Tier: k.text(m.T, "tier"),
		Importance: value(m.T, &k, "importance", (*float64)(nil))}
	for _, part := range value(m.T, &k, "parts", []json.RawMessage(nil)) {
		turn.Parts = append(turn.Parts, memtier.Part{JSON: part})
	}
	if k.has("state") {
		turn.State = k.raw(m.T, "state")
	}
	if k.has("metadata") {
		turn.Metadata = k.raw(m.T, "metadata")
	}
	if k.has("created_us") {
		turn.Created = time.UnixMicro(value(m.T, &k, "created_us", int64(0)))
	}
	k.finish(m.T)
	return turn
}

func (m *machine) turns() []memtier.Turn {
	var turns []memtier.Turn
	for _, turn := range value(m.T, m.step, "turns", []json.RawMessage(nil)) {
		turns = append(turns, m.turn(turn))
	}
	return turns
}

// conversation is that of the step's scope; a scope without a session has none.
func (m *machine) conversation() *memtier.Conversation {
	return m.memory.Conversation(m.memory.Scope().Session)
}

func (m *machine) expectTurns(turns []memtier.Turn, err error) error {
	return expectResult(m, "texts", textsOf(turns), err)
}

// context is "context" as a typed one: text, the number of the newest, and the rest.
func (m *machine) context(newest string) (turns memtier.TurnContext) {
	k := value(m.T, m.step, "context", keys{})
	turns = memtier.TurnContext{Text: k.text(m.T, "text"), Last: value(m.T, &k, newest, (*int)(nil)),
		MaxItems: value(m.T, &k, "max_items", 0), MaxTokens: value(m.T, &k, "max_tokens", int64(0)),
		Exclude: value(m.T, &k, "exclude", []string(nil))}
	if k.has("filter") {
		turns.Filter = memtier.FilterJSON(k.raw(m.T, "filter"))
	}
	k.finish(m.T)
	return turns
}

func (m *machine) time(k *keys, name string) time.Time {
	if !k.has(name) {
		return time.Time{}
	}
	return time.UnixMicro(value(m.T, k, name, int64(0)))
}

// anything is a member as it is written; nil where there is none.
func (m *machine) anything(k *keys, name string) any {
	if !k.has(name) {
		return nil
	}
	return k.raw(m.T, name)
}

// knowledge is a knowledge document as a typed one.
func (m *machine) knowledge(name string) memtier.Knowledge {
	k := value(m.T, m.step, name, keys{})
	knowledge := memtier.Knowledge{ID: k.text(m.T, "id"), Text: k.text(m.T, "content"),
		Value: m.anything(&k, "value"), ValidFrom: m.time(&k, "valid_from_us"),
		ValidUntil: m.time(&k, "valid_until_us"), Metadata: m.anything(&k, "metadata"),
		Tags:       value(m.T, &k, "tags", []string(nil)),
		Importance: value(m.T, &k, "importance", (*float64)(nil))}
	for name, place := range map[string]*string{"category": &knowledge.Category, "source": &knowledge.Source,
		"subject": &knowledge.Subject, "attribute": &knowledge.Attribute} {
		if *place = k.text(m.T, name); *place == "" && k.has(name) {
			knowledge.Clear = append(knowledge.Clear, name)
		}
	}
	if raw, is := knowledge.Value.(json.RawMessage); is && string(raw) == "null" {
		knowledge.Value, knowledge.Clear = nil, append(knowledge.Clear, "value")
	}
	k.finish(m.T)
	return knowledge
}

func (m *machine) episode() memtier.Episode {
	k := value(m.T, m.step, "episode", keys{})
	defer k.finish(m.T)
	return memtier.Episode{ID: k.text(m.T, "id"), Text: k.text(m.T, "content"), Title: k.text(m.T, "title"),
		Location: k.text(m.T, "location"), Participants: value(m.T, &k, "participants", []string(nil)),
		Emotions: value(m.T, &k, "emotions", map[string]float64(nil)), Started: m.time(&k, "started_us"),
		Ended: m.time(&k, "ended_us"), Metadata: m.anything(&k, "metadata")}
}

func (m *machine) around() memtier.Around {
	k := value(m.T, m.step, "around", keys{})
	around := memtier.Around{At: m.time(&k, "at_us"), ID: k.text(m.T, "id"),
		Within: time.Duration(value(m.T, &k, "within_us", int64(0))) * time.Microsecond,
		Limit:  value(m.T, &k, "limit", 0)}
	if k.has("filter") {
		around.Filter = memtier.FilterJSON(k.raw(m.T, "filter"))
	}
	k.finish(m.T)
	return around
}

func (m *machine) runRecord() memtier.RunRecord {
	k := value(m.T, m.step, "run", keys{})
	defer k.finish(m.T)
	return memtier.RunRecord{ID: k.text(m.T, "id"), Name: k.text(m.T, "name"), Input: m.anything(&k, "input"),
		Result: m.anything(&k, "result"), Error: k.text(m.T, "error"),
		Failed: !value(m.T, &k, "success", true), Started: m.time(&k, "started_us"),
		Duration: time.Duration(value(m.T, &k, "duration_us", int64(0))) * time.Microsecond,
		Metadata: m.anything(&k, "metadata")}
}

var memoryActions = map[string]func(*machine) error{
	"collection_create": func(m *machine) error {
		k := value(m.T, m.step, "collection", keys{})
		defer k.finish(m.T)
		return m.store.CreateCollection(m.ctx, k.text(m.T, "name"), k.text(m.T, "description"))
	},
	"collections": func(m *machine) error {
		collections, err := m.memory.Collections(m.ctx)
		rows := [][]string{}
		for _, one := range collections {
			rows = append(rows, []string{one.Name, one.Description, fmt.Sprint(one.Items)})
		}
		return expectResult(m, "rows", rows, err)
	},
	"collection_drop": func(m *machine) error {
		mode := memtier.DropEmpty
		if value(m.T, m.step, "with_items", false) {
			mode = memtier.DropWithItems
		}
		count, err := m.store.DropCollection(m.ctx, m.step.text(m.T, "name"), mode)
		return expectResult(m, "count", count, err)
	},
	"collection_copy": func(m *machine) error {
		count, err := m.memory.CopyTo(m.ctx, m.step.text(m.T, "to"), m.filter(), m.mode(), m.durability())
		return expectResult(m, "count", count, err)
	},
	"collection_move": func(m *machine) error {
		count, err := m.memory.MoveTo(m.ctx, m.step.text(m.T, "to"), m.filter(), m.mode(), m.durability())
		return expectResult(m, "count", count, err)
	},
	"say": func(m *machine) error {
		turn, err := m.conversation().Append(m.ctx, m.turn(m.step.raw(m.T, "turn")), m.version(), m.durability())
		return m.expectItem(turn.Item, err)
	},
	"say_many": func(m *machine) error {
		return m.expectTurns(m.conversation().AppendMany(m.ctx, m.turns(), m.version(), m.durability()))
	},
	"last": func(m *machine) error {
		turns, version, err := m.conversation().Last(m.ctx, value(m.T, m.step, "limit", 100))
		return expectResult(m, "conversation_version", version, m.expectTurns(turns, err))
	},
	"recent": func(m *machine) error {
		within := time.Duration(value(m.T, m.step, "seconds", 0.0) * float64(time.Second))
		return m.expectTurns(m.memory.RecentTurns(m.ctx, within, value(m.T, m.step, "limit", 100)))
	},
	"turn_context": func(m *machine) error {
		return m.expectTurns(m.memory.TurnContext(m.ctx, m.context("last")))
	},
	"replace": func(m *machine) error {
		_, changed, err := m.conversation().Replace(m.ctx, m.turns(), m.version(), m.durability())
		return expectResult(m, "count", changed, err)
	},
	"sessions": func(m *machine) error {
		sessions, err := m.memory.Sessions(m.ctx, value(m.T, m.step, "limit", 100))
		rows := [][]string{}
		for _, one := range sessions {
			rows = append(rows, []string{one.Scope.Session, fmt.Sprint(one.Turns)})
		}
		return expectResult(m, "rows", rows, err)
	},
	"remember": func(m *machine) error {
		return m.expectItem(m.memory.Remember(m.ctx, m.step.text(m.T, "key"), m.step.text(m.T, "value"),
			value(m.T, m.step, "importance", 0.5), m.durability()))
	},
	"active": func(m *machine) error {
		c := m.context("short_term")
		items, err := m.memory.ActiveContext(m.ctx, memtier.WorkingContext{Text: c.Text, ShortTerm: c.Last,
			MaxItems: c.MaxItems, MaxTokens: c.MaxTokens, Exclude: c.Exclude, Filter: c.Filter})
		texts := []string{}
		for _, item := range items {
			texts = append(texts, item.Text())
		}
		return expectResult(m, "texts", texts, err)
	},
	"know": func(m *machine) error {
		knowledge, err := m.memory.PutKnowledge(m.ctx, m.knowledge("knowledge"), m.durability())
		return m.expectItem(knowledge.Item, err)
	},
	"believe": func(m *machine) error {
		knowledge, err := m.memory.UpdateKnowledge(m.ctx, m.step.text(m.T, "id"), m.knowledge("change"),
			m.version(), m.durability())
		return m.expectItem(knowledge.Item, err)
	},
	"history": func(m *machine) error {
		beliefs, err := m.memory.KnowledgeHistory(m.ctx, m.step.text(m.T, "id"), value(m.T, m.step, "limit", 100))
		texts := []string{}
		for _, belief := range beliefs {
			texts = append(texts, belief.Text)
		}
		return expectResult(m, "texts", texts, err)
	},
	"contradictions": func(m *machine) error {
		pairs, err := m.memory.Contradictions(m.ctx, m.filter(), value(m.T, m.step, "limit", 100))
		rows := [][]string{}
		for _, one := range pairs {
			rows = append(rows, []string{one.Subject, one.Attribute, one.Sides[0].ID, one.Sides[1].ID})
		}
		return expectResult(m, "rows", rows, err)
	},
	"episode": func(m *machine) error {
		episode, err := m.memory.PutEpisode(m.ctx, m.episode(), m.durability())
		return m.expectItem(episode.Item, err)
	},
	"around": func(m *machine) error {
		items, err := m.memory.Around(m.ctx, m.around())
		texts := []string{}
		for _, item := range items {
			texts = append(texts, item.Text())
		}
		return expectResult(m, "texts", texts, err)
	},
	"record": func(m *machine) error {
		run, err := m.memory.RecordRun(m.ctx, m.runRecord(), m.durability())
		return m.expectItem(run.Item, err)
	},
}
