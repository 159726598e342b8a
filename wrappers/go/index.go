package memtier

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// An IndexKind says where an index has its keys from.
type IndexKind string

// The kinds of indexes.
const (
	IndexOfPath IndexKind = "path"     // CreateIndex
	IndexOfKeys IndexKind = "callback" // CreateKeyIndex
)

// An Index is one of the caller's own.
type Index struct {
	Name    string
	Kind    IndexKind
	Path    Field // of an IndexOfPath
	Ready   bool  // else it is not used yet; if nobody is at it, CreateIndex goes on
	Entries int64 // one for each key that an item has
	Items   int64 // looked at so far, while it is not ready
}

// A KeyFunc extracts the keys of a batch of items: a list for each, in their order; nil for none at
// all. It must give the same keys for the same item, and may be called by several goroutines at
// once: on that which makes the index, and on those whose filters ask for it after items have
// changed. It must not use the store (ErrReentrant). When it fails, so does the call that asked:
// with ErrCallback, its error as the cause. An item has at most MaxKeys keys of at most MaxKeyBytes
// bytes.
type KeyFunc func(items []Item) ([][]string, error)

// Indexed is the field of filters that asks for the keys of the index that CreateKeyIndex made with
// this name. It compares as a list of texts.
func Indexed(name string) Field { return Field("index." + name) }

// CreateIndex makes an index of what the metadata have at a path, such as Meta("place", "city"). It
// makes filters on exactly this path quicker, writes a little slower, and changes no answer. It is
// kept in the file. Others read and write meanwhile. Where there is one of this name and path
// already, it sees that it is ready. ErrExists if the name has another path.
//
// A ProgressFunc hears of items looked at. An index whose making is cancelled is gone.
func (s *Store) CreateIndex(ctx context.Context, name string, path Field) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	document, err := encodeText(struct {
		Name string `json:"name"`
		Path Field  `json:"path"`
	}{name, path})
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(s.store)
	return controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.IndexCreate(s.store.ticket, string(document), control, &failure)
		return status, failure
	})
}

// CreateKeyIndex makes an index of what extract gives for items, for filters on Indexed(name). It
// belongs to this Store and lives in its RAM, so it is made again after each Open. Filters see every
// write that was acknowledged before them. ErrExists if there is one of this name.
func (s *Store) CreateKeyIndex(ctx context.Context, name string, extract KeyFunc) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	if extract == nil {
		return invalid("CreateKeyIndex: the KeyFunc is nil")
	}
	defer runtime.KeepAlive(s.store)
	callback := extract.native(s.store.tiers) // not of the store, which could not be collected then
	return controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.IndexCreateCallback(s.store.ticket, name, native.Register(callback), control,
			&failure)
		return status, failure
	})
}

func (extract KeyFunc) native(tiers *tierNames) native.Extract {
	return func(handle, keys uintptr) error {
		items, err := readItems(handle, tiers)
		if err != nil {
			return err
		}
		given, err := extract(items)
		if err != nil || given == nil {
			return err
		}
		if len(given) != len(items) {
			return fmt.Errorf("a KeyFunc gave keys of %d items for %d", len(given), len(items))
		}
		for i, ofItem := range given {
			for _, key := range ofItem {
				var failure uintptr
				status := native.KeysAdd(keys, int64(i), key, &failure)
				if status != native.MEMTIER_OK {
					return failed(nil, status, failure)
				}
			}
		}
		return nil
	}
}

// Indexes are the indexes of the caller's own, in order of their names.
func (s *Store) Indexes(ctx context.Context) ([]Index, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	var list uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.IndexList(s.store.ticket, control, &list, &failure)
		return status, failure
	})
	runtime.KeepAlive(s.store)
	if err != nil {
		return nil, err
	}
	var told []struct {
		Index
		State string
	}
	if err := json.Unmarshal(takeBytes(list), &told); err != nil {
		return nil, &Error{Code: ErrInternal, Message: "the list of indexes is not one", Cause: err}
	}
	indexes := make([]Index, len(told))
	for i, one := range told {
		indexes[i] = one.Index
		indexes[i].Ready = one.State == "ready"
	}
	return indexes, nil
}

// DropIndex drops an index, of whichever kind; no item changes. ErrNotFound if there is none.
func (s *Store) DropIndex(ctx context.Context, name string) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer runtime.KeepAlive(s.store)
	return controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.IndexDrop(s.store.ticket, name, control, &failure)
		return status, failure
	})
}
