package memtier

import (
	"context"
	"encoding/json"
	"runtime"
	"time"

	"memtier.dev/memtier/internal/native"
)

// A Node is an end of a link: an item, by ID, or a Concept. The names of a scope narrow that of the
// call, where an id alone would mean several; in results they say where it is filed.
type Node struct {
	ID         string `json:"id,omitempty"`
	Concept    string `json:"concept,omitempty"`
	Collection string `json:"collection,omitempty"`
	App        string `json:"app,omitempty"`
	User       string `json:"user,omitempty"`
	Agent      string `json:"agent,omitempty"`
	Session    string `json:"session,omitempty"`
}

// ItemNode is the node of an item.
func ItemNode(id string) Node { return Node{ID: id} }

// ConceptNode is the node of a concept.
func ConceptNode(name string) Node { return Node{Concept: name} }

// LinkRelated is the kind of links that name none; LinkReadTogether that of learned ones
// (WithLearnedLinks).
const (
	LinkRelated      = "related"
	LinkReadTogether = "read_together"
)

// A Link leads from one node to another. Source, target and kind are its identity. Time weakens it
// (WithLinkHalfLife): Strength is its Weight as it counts now.
type Link struct {
	Source Node
	Target Node
	Kind   string    // "" is LinkRelated
	Weight float64   // more than 0, up to 1000; 0 is 1
	Made   time.Time // zero: now
	Put    time.Time // last; zero: now

	Strength float64 // only read

	// Strengthen adds the weight to the strength of a link that is there already, in place of
	// replacing it.
	Strengthen bool
}

type linkDocument struct {
	Source   *Node    `json:"source,omitempty"`
	Target   *Node    `json:"target,omitempty"`
	Kind     string   `json:"kind,omitempty"`
	Weight   float64  `json:"weight,omitempty"`
	Mode     string   `json:"mode,omitempty"`
	Made     int64    `json:"created_us,omitempty"`
	Put      int64    `json:"updated_us,omitempty"`
	Strength *float64 `json:"strength,omitempty"`
}

func (l Link) document() linkDocument {
	document := linkDocument{Source: &l.Source, Target: &l.Target, Kind: l.Kind, Weight: l.Weight}
	if l.Strengthen {
		document.Mode = "strengthen"
	}
	if !l.Made.IsZero() {
		document.Made = l.Made.UnixMicro()
	}
	if !l.Put.IsZero() {
		document.Put = l.Put.UnixMicro()
	}
	return document
}

func (d linkDocument) link() Link {
	link := Link{Kind: d.Kind, Weight: d.Weight, Made: time.UnixMicro(d.Made).UTC(),
		Put: time.UnixMicro(d.Put).UTC()}
	if d.Source != nil && d.Target != nil {
		link.Source, link.Target = *d.Source, *d.Target
	}
	if d.Strength != nil {
		link.Strength = *d.Strength
	}
	return link
}

func linksOf(documents []linkDocument) []Link {
	links := make([]Link, len(documents))
	for i, document := range documents {
		links[i] = document.link()
	}
	return links
}

// A LinkFilter says which links are meant: those from Source, to Target, of Kind; a Node or text
// that is not given may be anything.
type LinkFilter struct {
	Source Node
	Target Node
	Kind   string
}

func (f LinkFilter) document() linkDocument {
	document := linkDocument{Kind: f.Kind}
	if f.Source != (Node{}) {
		document.Source = &f.Source
	}
	if f.Target != (Node{}) {
		document.Target = &f.Target
	}
	return document
}

// A LinkList says which links to list.
type LinkList struct {
	LinkFilter
	MinStrength float64
	Limit       int    // 0 is 100
	After       string // of an earlier page: go on behind it
}

// A Concept is a name that things are linked with.
type Concept struct {
	Node
	Description string
	Made        time.Time
	Links       int64 // that the scope shows
}

// A ConceptList says which concepts to list.
type ConceptList struct {
	Prefix string
	Limit  int    // 0 is 100
	After  string // of an earlier page: go on behind it
}

// PutLink makes a link, or puts another weight in its place. An item at its end must be there; a
// concept is made where it is not.
//
// A Durability given to a write of links and concepts is what it has survived; the last holds, and
// without one the store's.
func (m *Memory) PutLink(ctx context.Context, link Link, durability ...Durability) error {
	return m.tell(ctx, link.document(), func(document string, failure *uintptr) int32 {
		return native.LinkPut(m.store.ticket, m.ticket(), document, lastOf(durability),
			failure)
	})
}

// PutLinks makes many links at once, all or none; the message of a failure tells which it is about.
func (m *Memory) PutLinks(ctx context.Context, links []Link, durability ...Durability) error {
	documents := make([]linkDocument, len(links))
	for i, link := range links {
		documents[i] = link.document()
	}
	document, err := m.encode(ctx, documents)
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(m)
	return controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		var count int64
		status := native.LinkPutMany(m.store.ticket, m.ticket(), document,
			lastOf(durability), control, &count, &failure)
		return status, failure
	})
}

// Link reads a link; kind "" is LinkRelated. ErrNotFound if there is none.
func (m *Memory) Link(ctx context.Context, source, target Node, kind string) (Link, error) {
	var found uintptr
	err := m.tell(ctx, LinkFilter{source, target, kind}.document(),
		func(document string, failure *uintptr) int32 {
			return native.LinkGet(m.store.ticket, m.ticket(), document, &found, failure)
		})
	if err != nil {
		return Link{}, err
	}
	var document linkDocument
	err = decodeGraph(takeBytes(found), &document)
	return document.link(), err
}

// DeleteLinks deletes the links of a filter, which must give a source or a target, and tells how
// many there were.
func (m *Memory) DeleteLinks(ctx context.Context, filter LinkFilter,
	durability ...Durability) (int64, error) {
	var count int64
	err := m.tell(ctx, filter.document(), func(document string, failure *uintptr) int32 {
		return native.LinkDelete(m.store.ticket, m.ticket(), document,
			lastOf(durability), &count, failure)
	})
	return count, err
}

// Links lists links; the text is for After, to go on behind them: "" where there are no more.
func (m *Memory) Links(ctx context.Context, list LinkList) ([]Link, string, error) {
	var answer struct {
		Links []linkDocument
		After string
	}
	err := m.ask(ctx, struct {
		linkDocument
		MinStrength float64 `json:"min_strength,omitempty"`
		Limit       int     `json:"limit,omitempty"`
		After       string  `json:"after,omitempty"`
	}{list.LinkFilter.document(), list.MinStrength, list.Limit, list.After}, native.LinkList, &answer)
	return linksOf(answer.Links), answer.After, err
}

// CreateConcept makes a concept, filed under exactly the names of the memory's scope; the
// description may be empty. ErrExists if it is there.
func (m *Memory) CreateConcept(ctx context.Context, name, description string,
	durability ...Durability) error {
	return m.tell(ctx, struct {
		Name        string `json:"name"`
		Description string `json:"description,omitempty"`
	}{name, description}, func(document string, failure *uintptr) int32 {
		return native.ConceptCreate(m.store.ticket, m.ticket(), document,
			lastOf(durability), failure)
	})
}

// Concepts lists concepts in the order of their names; the text is for After.
func (m *Memory) Concepts(ctx context.Context, list ConceptList) ([]Concept, string, error) {
	var answer struct {
		Concepts []struct {
			Node
			Description string
			Made        int64 `json:"created_us"`
			Links       int64
		}
		After string
	}
	err := m.ask(ctx, struct {
		Prefix string `json:"prefix,omitempty"`
		Limit  int    `json:"limit,omitempty"`
		After  string `json:"after,omitempty"`
	}{list.Prefix, list.Limit, list.After}, native.ConceptList, &answer)
	concepts := make([]Concept, len(answer.Concepts))
	for i, one := range answer.Concepts {
		concepts[i] = Concept{one.Node, one.Description, time.UnixMicro(one.Made).UTC(), one.Links}
	}
	return concepts, answer.After, err
}

// DeleteConcept deletes a concept with all its links. ErrNotFound if there is none.
func (m *Memory) DeleteConcept(ctx context.Context, name string, durability ...Durability) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	var failure uintptr
	status := native.ConceptDelete(m.store.ticket, m.ticket(), name,
		lastOf(durability), &failure)
	runtime.KeepAlive(m)
	if status != native.MEMTIER_OK {
		return failed(ctx, status, failure)
	}
	return nil
}

func (m *Memory) encode(ctx context.Context, question any) (string, error) {
	if err := m.begin(ctx); err != nil {
		return "", err
	}
	document, err := encodeText(question)
	return string(document), err
}

// tell makes a call that takes a document and cannot be stopped.
func (m *Memory) tell(ctx context.Context, about any,
	call func(document string, failure *uintptr) int32) error {
	document, err := m.encode(ctx, about)
	if err != nil {
		return err
	}
	var failure uintptr
	status := call(document, &failure)
	runtime.KeepAlive(m)
	if status != native.MEMTIER_OK {
		return failed(ctx, status, failure)
	}
	return nil
}

type graphCall func(store, scope uintptr, document string, control *native.Control,
	out, failure *uintptr) int32

// ask makes a call that takes a document and gives one.
func (m *Memory) ask(ctx context.Context, question any, call graphCall, answer any) error {
	bytes, err := m.askBytes(ctx, question, call)
	if err != nil {
		return err
	}
	return decodeGraph(bytes, answer)
}

func (m *Memory) askBytes(ctx context.Context, question any, call graphCall) ([]byte, error) {
	document, err := m.encode(ctx, question)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(m)
	var found uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := call(m.store.ticket, m.ticket(), document, control, &found, &failure)
		return status, failure
	})
	if err != nil {
		return nil, err
	}
	return takeBytes(found), nil
}

func decodeGraph(answer []byte, into any) error {
	if err := json.Unmarshal(answer, into); err != nil {
		return &Error{Code: ErrInternal, Message: "the answer about associations is none", Cause: err}
	}
	return nil
}

func lastOf(durability []Durability) int32 {
	if len(durability) == 0 {
		return int32(DurabilityDefault)
	}
	return int32(durability[len(durability)-1])
}
