package memtier

import (
	"context"
	"encoding/json"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// A Ref refers to an item that the library holds: nothing of it is copied before it is asked for.
// The item is a version that never changes, whatever becomes of the store; only its tier, access
// statistics and validation count follow the store while it is resident. It can be used by any
// number of goroutines. Close it.
type Ref struct {
	resource resource
	tiers    *tierNames
}

// Ref gets an item as a reference. Counts as a read.
func (m *Memory) Ref(ctx context.Context, id string) (*Ref, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	var item, failure uintptr
	status := native.ItemGet(m.store.ticket, m.ticket(), id, &item, &failure)
	runtime.KeepAlive(m)
	if status != native.MEMTIER_OK {
		return nil, failed(ctx, status, failure)
	}
	return newRef(item, m.store.tiers), nil
}

func newRef(item uintptr, tiers *tierNames) *Ref {
	ref := &Ref{tiers: tiers}
	ref.resource.hold(item, native.ItemDestroy)
	return ref
}

// Clone is a second reference to the same item, for another owner.
func (r *Ref) Clone() (*Ref, error) {
	if r == nil || r.resource.state == nil {
		return nil, closedResource()
	}
	var item, failure uintptr
	status := native.ItemClone(r.resource.state.ticket, &item, &failure)
	runtime.KeepAlive(r.resource.state)
	if status != native.MEMTIER_OK {
		return nil, failed(nil, status, failure)
	}
	return newRef(item, r.tiers), nil
}

// Item copies the item.
func (r *Ref) Item() (Item, error) {
	if r == nil || r.resource.state == nil {
		return Item{}, closedResource()
	}
	defer runtime.KeepAlive(r.resource.state)
	return copyItem(r.resource.state.ticket, r.tiers)
}

// Matches reports whether a filter is true for the item. It asks no store.
func (r *Ref) Matches(filter Filter) (bool, error) {
	if r == nil || r.resource.state == nil {
		return false, closedResource()
	}
	if filter.err != nil {
		return false, filter.err
	}
	var matches int32
	var failure uintptr
	status := native.ItemMatches(r.resource.state.ticket, filter.json, &matches, &failure)
	runtime.KeepAlive(r.resource.state)
	return matches != 0, check(nil, status, failure)
}

// JSON is the item as the library's own item document, without loss.
func (r *Ref) JSON() (json.RawMessage, error) {
	if r == nil || r.resource.state == nil {
		return nil, closedResource()
	}
	defer runtime.KeepAlive(r.resource.state)
	var document, failure uintptr
	status := native.ItemToJson(r.resource.state.ticket, &document, &failure)
	if status != native.MEMTIER_OK {
		return nil, failed(nil, status, failure)
	}
	return takeBytes(document), nil
}

// Close lets the reference go. Closing again does nothing; other calls fail with ErrClosed then.
// The error is always nil.
func (r *Ref) Close() error {
	if r != nil {
		r.resource.close()
	}
	return nil
}
