package memtier

import (
	"context"
	"runtime"
	"sync"

	"memtier.dev/memtier/internal/native"
)

// InMemory, in place of a path, is a store that lives and dies with its Store.
const InMemory = ":memory:"

// A Store is an open store. Its own Memory, whose methods are the Store's as well, is the default
// collection with any names; In narrows it.
//
// A Store can be used by any number of goroutines at once, and one file by any number of Stores and
// processes.
type Store struct{ Memory }

// A handle is a native store. It ends with Close; the collector closes it where that was forgotten.
type handle struct {
	ticket uintptr
	tiers  *tierNames

	mutex  sync.Mutex
	closed bool
	scopes map[uintptr]struct{} // the native scopes that are to be let go with it
}

// Open opens a store, and makes it where it does not exist. Close it.
//
// The context can keep Open from beginning; the wait for another process is limited by
// WithBusyTimeout.
func Open(ctx context.Context, path string, options ...Option) (*Store, error) {
	if err := cancelled(ctx); err != nil {
		return nil, err
	}
	if err := checkPath(path); err != nil {
		return nil, err
	}
	var made, failure uintptr
	if status := native.OptionsCreate(&made, &failure); status != native.MEMTIER_OK {
		return nil, failed(ctx, status, failure)
	}
	defer native.OptionsDestroy(made)
	settings := openSettings{ticket: made}
	for _, option := range options {
		if option != nil {
			option(&settings)
		}
	}
	if settings.err != nil {
		return nil, settings.err
	}
	var ticket uintptr
	status := native.StoreOpen(path, settings.ticket, &ticket, &failure)
	if status != native.MEMTIER_OK {
		return nil, failed(ctx, status, failure)
	}
	ladder, err := readLadder(ticket)
	if err != nil {
		native.StoreClose(ticket, nil)
		return nil, err
	}
	var names tierNames
	for _, tier := range ladder.Tiers {
		names = append(names, tier.Name)
	}
	h := &handle{ticket: ticket, tiers: &names, scopes: map[uintptr]struct{}{}}
	runtime.SetFinalizer(h, func(h *handle) { go h.close() })
	return &Store{Memory{store: h}}, nil
}

// Close closes the store: it writes what is pending and ends the store's thread. Calls under way in
// other goroutines end first, long ones with ErrCancelled; later ones fail with ErrClosed. Items
// that were read stay valid. Closing again does nothing.
//
// An error says that something acknowledged as DurabilityRelaxed could not be written; the store is
// closed then too. From inside a callback it is ErrReentrant, and nothing is closed.
func (s *Store) Close() error {
	if s == nil || s.store == nil {
		return nil
	}
	return s.store.close()
}

func (h *handle) close() error {
	var failure uintptr
	status := native.StoreClose(h.ticket, &failure)
	if status == native.MEMTIER_REENTRANT {
		return failed(nil, status, failure)
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.closed = true
	for scope := range h.scopes {
		native.ScopeDestroy(scope)
		delete(h.scopes, scope)
	}
	return check(nil, status, failure)
}

// Flush makes everything acknowledged so far survive loss of power, in the file itself, with the
// access statistics.
func (s *Store) Flush(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer runtime.KeepAlive(s.store)
	return controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.StoreFlush(s.store.ticket, control, &failure)
		return status, failure
	})
}

// Sweep removes the items whose time is over, in every scope (they are invisible already), and
// counts them, also where it fails.
func (s *Store) Sweep(ctx context.Context) (removed int64, err error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	defer runtime.KeepAlive(s.store)
	var count int64
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.StoreSweep(s.store.ticket, control, &count, &failure)
		return status, failure
	})
	return count, err
}
