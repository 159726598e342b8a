package memtier

import (
	"context"
	"encoding/json"
	"runtime"
	"time"

	"memtier.dev/memtier/internal/native"
)

// A Collection is a part of a store that a Scope names. Nothing that is asked in one sees, counts or
// ranks by what lies in another.
type Collection struct {
	Name        string
	Description string
	Items       int64     // how many the memory that was asked sees in it
	Created     time.Time // zero where it came about by putting an item into it
}

// A DropMode says what becomes of the items of a collection that is dropped.
type DropMode int32

// The modes.
const (
	DropEmpty     DropMode = native.MEMTIER_COLLECTION_DROP_EMPTY // where it has any: ErrConflict
	DropWithItems DropMode = native.MEMTIER_COLLECTION_DROP_ITEMS // everybody's and pinned ones too
)

// CreateCollection makes a collection, which is kept while it is empty. (Putting an item into one
// makes it come about as well.) ErrExists if it was made already.
func (s *Store) CreateCollection(ctx context.Context, name, description string) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	document, err := encodeText(struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}{name, description})
	if err != nil {
		return err
	}
	var failure uintptr
	status := native.CollectionCreate(s.store.ticket, string(document), &failure)
	runtime.KeepAlive(s.store)
	return check(ctx, status, failure)
}

// Collections are those that were made, and others in which the memory sees an item, in order of
// their names; the default one is not among them. The memory's own collection does not matter.
func (m *Memory) Collections(ctx context.Context) ([]Collection, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	var list uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.CollectionList(m.store.ticket, m.ticket(), control, &list, &failure)
		return status, failure
	})
	runtime.KeepAlive(m)
	if err != nil {
		return nil, err
	}
	var told []struct {
		Collection
		CreatedUs int64 `json:"created_us"`
	}
	if err := json.Unmarshal(takeBytes(list), &told); err != nil {
		return nil, &Error{Code: ErrInternal, Message: "the list of collections is not one", Cause: err}
	}
	collections := make([]Collection, len(told))
	for i, one := range told {
		collections[i] = one.Collection
		if one.CreatedUs != 0 {
			collections[i].Created = fromEpoch(one.CreatedUs)
		}
	}
	return collections, nil
}

// DropCollection drops a collection and returns how many items were deleted. It may be in use: items
// that are held stay valid, and what is put into it later makes it come about anew. ErrConflict if it
// has items and the mode is DropEmpty, ErrNotFound if there is none.
func (s *Store) DropCollection(ctx context.Context, name string, mode DropMode) (int64, error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	defer runtime.KeepAlive(s.store)
	var count int64
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.CollectionDrop(s.store.ticket, name, int32(mode), control, &count, &failure)
		return status, failure
	})
	return count, err
}

// CopyTo copies the items that the filter matches into another collection, under the same ids and
// names and with all they have, and counts them. PutCreate leaves out what is there already. The memory
// must be of one collection. In batches: where it fails, what is counted has been copied.
func (m *Memory) CopyTo(ctx context.Context, collection string, filter Filter,
	options ...PutOption) (int64, error) {
	return m.transfer(ctx, collection, filter, options, native.CollectionCopy)
}

// MoveTo moves items into another collection, chosen as by CopyTo. Each stands in one of the two at
// any time; what PutCreate leaves out stays where it is.
func (m *Memory) MoveTo(ctx context.Context, collection string, filter Filter,
	options ...PutOption) (int64, error) {
	return m.transfer(ctx, collection, filter, options, native.CollectionMove)
}

type transferCall func(store, scope uintptr, filter, to string, mode, durability int32,
	control *native.Control, count *int64, failure *uintptr) int32

func (m *Memory) transfer(ctx context.Context, collection string, filter Filter,
	options []PutOption, call transferCall) (int64, error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	if filter.err != nil {
		return 0, filter.err
	}
	settings := putOptions(options)
	defer runtime.KeepAlive(m)
	var count int64
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := call(m.store.ticket, m.ticket(), filter.json, collection, int32(settings.mode),
			int32(settings.durability), control, &count, &failure)
		return status, failure
	})
	return count, err
}
