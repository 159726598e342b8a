package memtier

import (
	"context"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// AllCollections, as a Scope's Collection, stands for all of them: for reading, export and
// clearing.
const AllCollections = "*"

// A Scope says whose memory it is: up to four owners' names and a collection. Each name that it
// gives must be the item's; a name that is empty is not given, and may be anything. A Collection
// that is not given is "default".
//
// So Scope{User: user} with an empty user is everybody's memory: where names come from outside,
// check that they are not empty.
type Scope struct {
	App        string
	User       string
	Agent      string
	Session    string
	Collection string
}

func (s Scope) names() [5]string {
	return [5]string{s.App, s.User, s.Agent, s.Session, s.Collection}
}

// A Memory is what one Scope sees of a store, and where it files what is put. Get one from
// Store.In; it costs little, can be used by any number of goroutines, and needs no closing: it ends
// with its store.
//
// A call for one id first looks for the item with exactly the names of the scope, then for any
// within it; if there are several of these, it fails with ErrAmbiguous.
type Memory struct {
	store *handle      // nil in a zero Memory
	scope *scopeHandle // nil: no names, the default collection
	names Scope
	err   error // why the scope could not be made; every call returns it
}

// scopeHandle is a native scope. The store's Close lets it go, or the collector, where that is
// sooner.
type scopeHandle struct {
	ticket uintptr
	store  *handle
}

// Scope is what the memory was made with.
func (m *Memory) Scope() Scope {
	if m == nil {
		return Scope{}
	}
	return m.names
}

// In narrows a memory: names of scope come to those that it has. A name that the memory gives
// already cannot be changed: the calls of what is returned fail with ErrInvalid then, as they do
// for a name that is none.
func (m *Memory) In(scope Scope) *Memory {
	if m == nil || m.store == nil {
		return &Memory{}
	}
	if m.err != nil {
		return m
	}
	names, err := merge(m.names, scope)
	if err != nil {
		return &Memory{store: m.store, names: m.names, err: err}
	}
	narrowed := &Memory{store: m.store, names: names}
	if names != (Scope{}) {
		narrowed.scope, narrowed.err = m.store.makeScope(names)
	}
	return narrowed
}

func merge(outer, inner Scope) (Scope, error) {
	var merged [5]string
	given := inner.names()
	for i, name := range outer.names() {
		merged[i] = given[i]
		if name == "" || name == given[i] {
			continue
		}
		if given[i] != "" {
			return Scope{}, invalid("scope: it is %q already, and cannot become %q", name, given[i])
		}
		merged[i] = name
	}
	return Scope{merged[0], merged[1], merged[2], merged[3], merged[4]}, nil
}

func (h *handle) makeScope(names Scope) (*scopeHandle, error) {
	status, ticket, failure := native.MakeScope(names.names())
	if status != native.MEMTIER_OK {
		return nil, failed(nil, status, failure)
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.closed {
		native.ScopeDestroy(ticket)
		return nil, closedError()
	}
	h.scopes[ticket] = struct{}{}
	scope := &scopeHandle{ticket, h}
	runtime.SetFinalizer(scope, (*scopeHandle).release)
	return scope, nil
}

func (s *scopeHandle) release() {
	s.store.mutex.Lock()
	defer s.store.mutex.Unlock()
	if _, held := s.store.scopes[s.ticket]; held {
		delete(s.store.scopes, s.ticket)
		native.ScopeDestroy(s.ticket)
	}
}

// ticket is the native scope, 0 for none.
func (m *Memory) ticket() uintptr {
	if m.scope == nil {
		return 0
	}
	return m.scope.ticket
}

// begin tells why a call cannot be made at all.
func (m *Memory) begin(ctx context.Context) error {
	if m == nil || m.store == nil {
		return closedError()
	}
	if m.err != nil {
		return m.err
	}
	return cancelled(ctx)
}

func closedError() error {
	return &Error{Code: ErrClosed, Message: "the store is closed, or was never opened"}
}
