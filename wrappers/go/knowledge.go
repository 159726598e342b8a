package memtier

import (
	"context"
	"encoding/json"
	"runtime"
	"time"

	"memtier.dev/memtier/internal/native"
)

// Knowledge is something that is believed. A new one needs a Text, or a Subject, an Attribute and a
// Value, of which the text is made then. Give these three where only one value can be true at a time:
// by them contradictions are found.
type Knowledge struct {
	ID         string // default: a new one
	Text       string // the statement
	Subject    string // what it tells of
	Attribute  string // what of it
	Value      any    // and what that is; becomes JSON
	Category   string
	Source     string    // who said so, or where it stands
	ValidFrom  time.Time // default: now
	ValidUntil time.Time // default: without end
	Metadata   any       // becomes an object of the caller's own
	Tags       []string
	Tier       string        // default: long-term memory
	Importance *float64      // see Importance
	TTL        time.Duration // default: none

	// Clear names what an update takes away: "category", "source", "subject", "attribute", "value".
	Clear []string

	// Of one that was read:
	Number   int64     // the first belief is 1, each update's one more
	Replaced time.Time // when something else was believed; zero for what is believed now
	Item     Item      // as it is kept
}

type knowledgeDocument struct {
	ID         string   `json:"id,omitempty"`
	Content    string   `json:"content,omitempty"`
	Value      any      `json:"value,omitempty"`
	ValidFrom  int64    `json:"valid_from_us,omitempty"`
	ValidUntil int64    `json:"valid_until_us,omitempty"`
	Metadata   any      `json:"metadata,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Tier       string   `json:"tier,omitempty"`
	Importance *float64 `json:"importance,omitempty"`
	TTL        int64    `json:"ttl_us,omitempty"`
	Category   *string  `json:"category,omitempty"`
	Source     *string  `json:"source,omitempty"`
	Subject    *string  `json:"subject,omitempty"`
	Attribute  *string  `json:"attribute,omitempty"`
}

func (k *Knowledge) document() (string, error) {
	document := knowledgeDocument{ID: k.ID, Content: k.Text, Value: k.Value,
		ValidFrom: toMicroseconds(k.ValidFrom), ValidUntil: toMicroseconds(k.ValidUntil),
		Metadata: k.Metadata, Tags: k.Tags, Tier: k.Tier, Importance: k.Importance,
		TTL: ttlMicroseconds(k.TTL)}
	texts := map[string]struct {
		value string
		place **string
	}{"category": {k.Category, &document.Category}, "source": {k.Source, &document.Source},
		"subject": {k.Subject, &document.Subject}, "attribute": {k.Attribute, &document.Attribute}}
	for _, text := range texts {
		if text.value != "" {
			value := text.value
			*text.place = &value
		}
	}
	for _, name := range k.Clear {
		if text, there := texts[name]; there {
			*text.place = new(string)
		} else if name == "value" {
			document.Value = json.RawMessage("null")
		} else {
			return "", invalid("Clear: %q is none of category, source, subject, attribute, value", name)
		}
	}
	encoded, err := encodeText(document)
	return string(encoded), err
}

// members are the metadata of an item that a memory is kept as, taken apart.
type members map[string]json.RawMessage

func membersOf(item Item, types ...string) (members, error) {
	for _, name := range types {
		var taken members
		if item.Type() == name && json.Unmarshal([]byte(item.Metadata()), &taken) == nil {
			return taken, nil
		}
	}
	return nil, invalid("item %q is none of type %s", item.ID(), types[0])
}

// take moves a member to its place; what is of another type there is left out.
func (m members) take(key string, place any) {
	if value, there := m[key]; there && json.Unmarshal(value, place) == nil {
		delete(m, key)
	}
}

func (m members) takeTime(key string) (at time.Time) {
	var us *int64
	m.take(key, &us)
	if us != nil {
		at = fromEpoch(*us)
	}
	return at
}

func (m members) takeRaw(key string) any {
	value, there := m[key]
	if !there {
		return nil
	}
	delete(m, key)
	return value
}

// rest is what is left: the caller's own.
func (m members) rest() any {
	if len(m) == 0 {
		return nil
	}
	encoded, err := json.Marshal(m)
	if err != nil {
		return nil
	}
	return json.RawMessage(encoded)
}

// KnowledgeOf takes the item of a knowledge, or of a belief that it once was, apart. ErrInvalid if it
// is none.
func KnowledgeOf(item Item) (Knowledge, error) {
	m, err := membersOf(item, "knowledge", "belief")
	if err != nil {
		return Knowledge{}, err
	}
	importance := item.Importance()
	k := Knowledge{ID: item.ID(), Text: item.Text(), Tags: item.Tags(), Tier: item.Tier(),
		Importance: &importance, Item: item}
	for key, place := range map[string]any{"subject": &k.Subject, "attribute": &k.Attribute,
		"category": &k.Category, "source": &k.Source, "belief": &k.Number} {
		m.take(key, place)
	}
	k.Value = m.takeRaw("value")
	k.ValidFrom, k.ValidUntil = m.takeTime("valid_from_us"), m.takeTime("valid_until_us")
	k.Replaced = m.takeTime("replaced_us")
	delete(m, "belief_of")
	k.Metadata = m.rest()
	return k, nil
}

// PutKnowledge stores something that is believed. ErrExists if there is an item with its ID.
func (m *Memory) PutKnowledge(ctx context.Context, knowledge Knowledge,
	options ...Durability) (Knowledge, error) {
	document, err := knowledge.document()
	if err != nil {
		return Knowledge{}, err
	}
	item, err := m.putDocument(ctx, document, options, native.KnowledgePut)
	if err != nil {
		return Knowledge{}, err
	}
	return KnowledgeOf(item)
}

type documentCall func(store, scope uintptr, document string, durability int32, item *uintptr,
	failure *uintptr) int32

func (m *Memory) putDocument(ctx context.Context, document string, options []Durability,
	call documentCall) (Item, error) {
	if err := m.begin(ctx); err != nil {
		return Item{}, err
	}
	durability := DurabilityDefault
	for _, option := range options {
		durability = option
	}
	var item, failure uintptr
	status := call(m.store.ticket, m.ticket(), document, int32(durability), &item, &failure)
	runtime.KeepAlive(m)
	return m.taken(ctx, status, item, failure)
}

// UpdateKnowledge believes something else from now on: what the change sets; the rest stays, but for
// ValidUntil, which is open again. What was believed stays as an item of its own, of the type "belief",
// which KnowledgeHistory shows. Options as of Delete: ErrConflict where another version is there.
func (m *Memory) UpdateKnowledge(ctx context.Context, id string, change Knowledge,
	options ...DeleteOption) (Knowledge, error) {
	if err := m.begin(ctx); err != nil {
		return Knowledge{}, err
	}
	document, err := change.document()
	if err != nil {
		return Knowledge{}, err
	}
	settings := deleteOptions(options)
	var item, failure uintptr
	status := native.KnowledgeUpdate(m.store.ticket, m.ticket(), id, document, settings.version,
		int32(settings.durability), &item, &failure)
	runtime.KeepAlive(m)
	kept, err := m.taken(ctx, status, item, failure)
	if err != nil {
		return Knowledge{}, err
	}
	return KnowledgeOf(kept)
}

// KnowledgeHistory is what was believed when, at most the limit newest, the oldest of them first; the
// last is what is believed now.
func (m *Memory) KnowledgeHistory(ctx context.Context, id string, limit int) ([]Knowledge, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	var list, failure uintptr
	status := native.KnowledgeReadHistory(m.store.ticket, m.ticket(), id, int64(limit), &list, &failure)
	runtime.KeepAlive(m)
	items, err := m.takeItems(list, check(ctx, status, failure))
	if err != nil {
		return nil, err
	}
	beliefs := make([]Knowledge, len(items))
	for i, item := range items {
		if beliefs[i], err = KnowledgeOf(item); err != nil {
			return nil, err
		}
	}
	return beliefs, nil
}

// A Contradiction is a pair of what is believed: of one subject and attribute, with two values, at the
// same time.
type Contradiction struct {
	Subject   string
	Attribute string
	From      time.Time // from when on both are true
	Until     time.Time // zero: for ever
	Sides     [2]ContradictionSide
}

// A ContradictionSide is one of the pair; that which became true first is the first.
type ContradictionSide struct {
	ID      string
	Scope   Scope
	Version int64
	Value   json.RawMessage
	From    time.Time
	Until   time.Time // zero: without end
}

// Contradictions are the pairs among the knowledge that the filter matches, at most limit, 1 to 10000.
// Both of a pair are of the same collection, app and user. Texts are compared without regard to case.
func (m *Memory) Contradictions(ctx context.Context, filter Filter, limit int) ([]Contradiction, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	embedded, err := filter.embedded()
	if err != nil {
		return nil, err
	}
	document, err := encodeText(map[string]any{"filter": json.RawMessage(embedded), "limit": limit})
	if err != nil {
		return nil, err
	}
	var list uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.KnowledgeListContradictions(m.store.ticket, m.ticket(), string(document), control,
			&list, &failure)
		return status, failure
	})
	runtime.KeepAlive(m)
	if err != nil {
		return nil, err
	}
	type times struct {
		FromUs  *int64 `json:"from_us"`
		UntilUs *int64 `json:"until_us"`
	}
	var told []struct {
		Subject, Attribute string
		times
		Items [2]struct {
			Scope
			ID      string
			Version int64
			Value   json.RawMessage
			FromUs  *int64 `json:"valid_from_us"`
			UntilUs *int64 `json:"valid_until_us"`
		}
	}
	if err := readDocument(list, &told); err != nil {
		return nil, err
	}
	pairs := make([]Contradiction, len(told))
	for i, one := range told {
		pairs[i] = Contradiction{Subject: one.Subject, Attribute: one.Attribute,
			From: timeOf(one.FromUs), Until: timeOf(one.UntilUs)}
		for j, side := range one.Items {
			pairs[i].Sides[j] = ContradictionSide{side.ID, side.Scope, side.Version, side.Value,
				timeOf(side.FromUs), timeOf(side.UntilUs)}
		}
	}
	return pairs, nil
}

func timeOf(us *int64) time.Time {
	if us == nil {
		return time.Time{}
	}
	return fromEpoch(*us)
}
