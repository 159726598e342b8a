package memtier

import (
	"context"
	"encoding/json"
	"runtime"
	"time"

	"memtier.dev/memtier/internal/native"
)

// A Role says who speaks in a Turn.
type Role string

// The roles.
const (
	RoleSystem    Role = "system"
	RoleDeveloper Role = "developer"
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant"
	RoleTool      Role = "tool"
	RoleEvent     Role = "event"
)

// A Part is a piece of a Turn: a text, a call of a tool, what a tool gave, or of any other type.
type Part struct {
	Type      string // "text", "tool_call", "tool_result", or any other
	Text      string // of a text
	ID        string // of a call, and of its result
	Name      string // of a call: the tool's
	Arguments any    // of a call
	Content   any    // of a result

	// JSON is the part as a document, in place of all other fields; a part that was read has it.
	JSON json.RawMessage
}

// TextPart is a text.
func TextPart(text string) Part { return Part{Type: "text", Text: text} }

// ToolCall is a call of a tool.
func ToolCall(id, name string, arguments any) Part {
	return Part{Type: "tool_call", ID: id, Name: name, Arguments: arguments}
}

// ToolResult is what a tool gave for the call with this id.
func ToolResult(id string, content any) Part {
	return Part{Type: "tool_result", ID: id, Content: content}
}

type partDocument struct {
	Type      string  `json:"type"`
	Text      *string `json:"text,omitempty"`
	ID        string  `json:"id,omitempty"`
	Name      string  `json:"name,omitempty"`
	Arguments any     `json:"arguments,omitempty"`
	Content   any     `json:"content,omitempty"`
}

// MarshalJSON writes the part as a turn's document has it.
func (p Part) MarshalJSON() ([]byte, error) {
	if p.JSON != nil {
		return p.JSON, nil
	}
	document := partDocument{Type: p.Type, ID: p.ID, Name: p.Name, Arguments: p.Arguments, Content: p.Content}
	if p.Type == "text" || p.Text != "" {
		document.Text = &p.Text
	}
	return encodeText(document)
}

// UnmarshalJSON reads a part; JSON is all of it.
func (p *Part) UnmarshalJSON(data []byte) error {
	var document partDocument
	if err := json.Unmarshal(data, &document); err != nil {
		// A member that this package knows is used in another way: the document says it all.
		var named struct{ Type string }
		if err := json.Unmarshal(data, &named); err != nil {
			return err
		}
		document = partDocument{Type: named.Type}
	}
	*p = Part{Type: document.Type, ID: document.ID, Name: document.Name, Arguments: document.Arguments,
		Content: document.Content, JSON: append(json.RawMessage(nil), data...)}
	if document.Text != nil {
		p.Text = *document.Text
	}
	return nil
}

// A Turn is one message of a conversation, or one event. Only the role must be set to append one.
type Turn struct {
	Role     Role
	Text     string // what was said; where empty, the texts of the parts
	Name     string // the speaker's
	Parts    []Part
	State    any // becomes an object: how an event changes the session's state
	Metadata any // becomes an object of the caller's own
	Tags     []string
	Tier     string

	Importance *float64      // see Importance
	TTL        time.Duration // 0 the tier's default, NoTTL none
	Created    time.Time     // not before the turn before it; default now

	// Of a turn that was read:
	Sequence int64 // its number, from 1, in the conversation
	Item     Item  // as it is kept
}

type turnDocument struct {
	Role       Role     `json:"role"`
	Content    *string  `json:"content,omitempty"`
	Name       string   `json:"name,omitempty"`
	Parts      []Part   `json:"parts,omitempty"`
	State      any      `json:"state,omitempty"`
	Metadata   any      `json:"metadata,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Tier       string   `json:"tier,omitempty"`
	Importance *float64 `json:"importance,omitempty"`
	TTL        int64    `json:"ttl_us,omitempty"`
	Created    int64    `json:"created_us,omitempty"`
}

func (t *Turn) document() turnDocument {
	document := turnDocument{Role: t.Role, Name: t.Name, Parts: t.Parts, State: t.State,
		Metadata: t.Metadata, Tags: t.Tags, Tier: t.Tier, Importance: t.Importance,
		TTL: ttlMicroseconds(t.TTL), Created: toMicroseconds(t.Created)}
	if t.Text != "" || len(t.Parts) == 0 {
		document.Content = &t.Text
	}
	return document
}

func encodeTurns(turns []Turn) (string, error) {
	documents := make([]turnDocument, len(turns))
	for i := range turns {
		documents[i] = turns[i].document()
	}
	encoded, err := encodeText(struct {
		Turns []turnDocument `json:"turns"`
	}{documents})
	return string(encoded), err
}

// TurnOf takes the item of a turn apart. ErrInvalid if it is none.
func TurnOf(item Item) (Turn, error) {
	var members map[string]json.RawMessage
	if item.Type() != "turn" || json.Unmarshal([]byte(item.Metadata()), &members) != nil {
		return Turn{}, invalid("item %q is no turn", item.ID())
	}
	turn := Turn{Text: item.Text(), Tags: item.Tags(), Tier: item.Tier(), Created: item.Created(), Item: item}
	importance := item.Importance()
	turn.Importance = &importance
	take := func(key string, place any) error {
		value, there := members[key]
		if !there {
			return nil
		}
		delete(members, key)
		return json.Unmarshal(value, place)
	}
	var state json.RawMessage
	for key, place := range map[string]any{"role": &turn.Role, "sequence": &turn.Sequence,
		"speaker": &turn.Name, "parts": &turn.Parts, "state": &state} {
		if err := take(key, place); err != nil {
			return Turn{}, &Error{Code: ErrInvalid, Message: "the metadata of a turn have another " + key, Cause: err}
		}
	}
	if state != nil {
		turn.State = state
	}
	if len(members) > 0 {
		rest, err := json.Marshal(members)
		if err != nil {
			return Turn{}, err
		}
		turn.Metadata = json.RawMessage(rest)
	}
	return turn, nil
}

func turnsOf(items []Item, err error) ([]Turn, error) {
	if err != nil {
		return nil, err
	}
	turns := make([]Turn, len(items))
	for i, item := range items {
		if turns[i], err = TurnOf(item); err != nil {
			return nil, err
		}
	}
	return turns, nil
}

// takeItems copies the items of a native batch, which it lets go.
func (m *Memory) takeItems(items uintptr, err error) ([]Item, error) {
	if err != nil {
		return nil, err
	}
	defer native.ItemsDestroy(items)
	return readItems(items, m.store.tiers)
}

// A Conversation is what was said in one session, in the order in which it was said. It costs
// little, can be used by any number of goroutines, and needs no closing.
type Conversation struct{ memory *Memory }

// Conversation is the conversation of this session in the memory.
func (m *Memory) Conversation(session string) *Conversation {
	if session == "" {
		return &Conversation{&Memory{store: m.handle(), err: invalid("a conversation needs a session")}}
	}
	return &Conversation{m.In(Scope{Session: session})}
}

func (m *Memory) handle() *handle {
	if m == nil {
		return nil
	}
	return m.store
}

// Memory is the session's memory: its turns are items there.
func (c *Conversation) Memory() *Memory { return c.memory }

// Append appends a turn, and returns it as it is kept. Options are a Durability, and IfVersion with
// the version that the conversation must have: else ErrConflict. A turn that lies before the last
// one is ErrInvalid.
func (c *Conversation) Append(ctx context.Context, turn Turn, options ...DeleteOption) (Turn, error) {
	m := c.memory
	if err := m.begin(ctx); err != nil {
		return Turn{}, err
	}
	settings := deleteOptions(options)
	document, err := encodeText(turn.document())
	if err != nil {
		return Turn{}, err
	}
	var item, failure uintptr
	status := native.ConversationAppend(m.store.ticket, m.ticket(), string(document), settings.version,
		int32(settings.durability), &item, &failure)
	runtime.KeepAlive(m)
	kept, err := m.taken(ctx, status, item, failure)
	if err != nil {
		return Turn{}, err
	}
	return TurnOf(kept)
}

// AppendMany appends turns, all or none. Options as of Append.
func (c *Conversation) AppendMany(ctx context.Context, turns []Turn, options ...DeleteOption) ([]Turn, error) {
	m := c.memory
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	settings := deleteOptions(options)
	document, err := encodeTurns(turns)
	if err != nil {
		return nil, err
	}
	var items uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ConversationAppendMany(m.store.ticket, m.ticket(), document, settings.version,
			int32(settings.durability), control, &items, &failure)
		return status, failure
	})
	runtime.KeepAlive(m)
	return turnsOf(m.takeItems(items, err))
}

// Last are the last turns, at most limit, the oldest of them first, and the conversation's version.
func (c *Conversation) Last(ctx context.Context, limit int) (turns []Turn, version int64, err error) {
	m := c.memory
	if err := m.begin(ctx); err != nil {
		return nil, 0, err
	}
	var items, failure uintptr
	status := native.ConversationReadLast(m.store.ticket, m.ticket(), int64(limit), &items, &version, &failure)
	runtime.KeepAlive(m)
	turns, err = turnsOf(m.takeItems(items, check(ctx, status, failure)))
	return turns, version, err
}

// Replace makes the conversation have these turns, all at once or not at all, and writes no more
// than has changed: turns that say the same keep their number and time. It returns the version that
// the conversation has now, and how many turns were written or removed. Options as of Append.
func (c *Conversation) Replace(ctx context.Context, turns []Turn,
	options ...DeleteOption) (version, changed int64, err error) {
	m := c.memory
	if err := m.begin(ctx); err != nil {
		return 0, 0, err
	}
	settings := deleteOptions(options)
	document, err := encodeTurns(turns)
	if err != nil {
		return 0, 0, err
	}
	var failure uintptr
	status := native.ConversationReplace(m.store.ticket, m.ticket(), document, settings.version,
		int32(settings.durability), &version, &changed, &failure)
	runtime.KeepAlive(m)
	return version, changed, check(ctx, status, failure)
}

// Context is what of this conversation belongs into a prompt; see Memory.TurnContext.
func (c *Conversation) Context(ctx context.Context, request TurnContext) ([]Turn, error) {
	return c.memory.TurnContext(ctx, request)
}

// RecentTurns is what was said within this time, in every session of the memory, at most the limit
// newest, the oldest of them first.
func (m *Memory) RecentTurns(ctx context.Context, within time.Duration, limit int) ([]Turn, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	var items uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ConversationReadRecent(m.store.ticket, m.ticket(), within.Microseconds(), int64(limit),
			control, &items, &failure)
		return status, failure
	})
	runtime.KeepAlive(m)
	return turnsOf(m.takeItems(items, err))
}

// A TurnContext says which turns belong into a prompt. The zero one is the last ten, and up to ten
// more that have to do with the last.
type TurnContext struct {
	Text      string   // what it is about; default: what was said last
	Last      *int     // so many of the newest come first; default 10
	MaxItems  int      // default 20
	MaxTokens int64    // see WithTokenCounter; 0 no limit
	Exclude   []string // ids of turns that the caller has already
	Filter    Filter
}

// TurnContext is what of the memory's conversations belongs into a prompt: the newest turns, and then
// older ones that have to do with the text, as many as fit, in the order in which they were said.
func (m *Memory) TurnContext(ctx context.Context, request TurnContext) ([]Turn, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	document, err := contextDocument(request.Text, "last", request.Last, request.MaxItems,
		request.MaxTokens, request.Exclude, request.Filter)
	if err != nil {
		return nil, err
	}
	return turnsOf(m.askContext(ctx, document, native.ConversationBuildContext))
}

func contextDocument(text, newest string, count *int, maxItems int, maxTokens int64, exclude []string,
	filter Filter) (string, error) {
	embedded, err := filter.embedded()
	if err != nil {
		return "", err
	}
	document := map[string]any{"filter": json.RawMessage(embedded), "max_tokens": maxTokens, "text": text}
	if count != nil {
		document[newest] = *count
	}
	if maxItems != 0 {
		document["max_items"] = maxItems
	}
	if len(exclude) > 0 {
		document["exclude"] = exclude
	}
	encoded, err := encodeText(document)
	return string(encoded), err
}

type contextCall func(store, scope uintptr, document string, control *native.Control, items *uintptr,
	failure *uintptr) int32

func (m *Memory) askContext(ctx context.Context, document string, call contextCall) ([]Item, error) {
	var items uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := call(m.store.ticket, m.ticket(), document, control, &items, &failure)
		return status, failure
	})
	runtime.KeepAlive(m)
	return m.takeItems(items, err)
}

// A Session is a conversation that a memory has.
type Session struct {
	Scope Scope // its address: Memory.In(Scope) leads there
	Turns int64
	First time.Time // when its first turn was said
	Last  time.Time
}

// Sessions are the conversations of the memory, at most limit, that with the newest turn first.
func (m *Memory) Sessions(ctx context.Context, limit int) ([]Session, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	var list uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ConversationListSessions(m.store.ticket, m.ticket(), int64(limit), control, &list, &failure)
		return status, failure
	})
	runtime.KeepAlive(m)
	if err != nil {
		return nil, err
	}
	var told []struct {
		Scope
		Turns   int64
		FirstUs int64 `json:"first_us"`
		LastUs  int64 `json:"last_us"`
	}
	if err := json.Unmarshal(takeBytes(list), &told); err != nil {
		return nil, &Error{Code: ErrInternal, Message: "the list of sessions is not one", Cause: err}
	}
	sessions := make([]Session, len(told))
	for i, one := range told {
		sessions[i] = Session{one.Scope, one.Turns, fromEpoch(one.FirstUs), fromEpoch(one.LastUs)}
	}
	return sessions, nil
}
