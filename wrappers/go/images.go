package memtier

import (
	"context"
	"encoding/binary"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// A Result is one entry of many: the item, or why there is none.
type Result struct {
	Item Item
	Err  error
}

// copyImages calls copy, which copies images from the given entry on as ItemsCopyImages does, until
// it has all, and visit for each. An image of 16 bytes tells a status and nothing else.
func copyImages(count int64, copy func(first int64, buffer []byte) (status int32, size, copied int64,
	failure uintptr), visit func(index int64, image string)) error {
	pooled := buffers.Get().(*[]byte)
	defer giveBack(pooled)
	buffer := *pooled
	for first := int64(0); first < count; {
		status, size, copied, failure := copy(first, buffer)
		switch status {
		case native.MEMTIER_OK:
		case native.MEMTIER_TOO_SMALL:
			native.ErrorDestroy(failure)
			// Not even one fits; size is what all need, which may be more than is wise to take at
			// once.
			if next := int64(4 * len(buffer)); next < size {
				size = next
			}
			buffer = make([]byte, size)
			*pooled = buffer
			continue
		default:
			return failed(nil, status, failure)
		}
		at := 0
		for i := int64(0); i < copied; i++ {
			length := int(binary.LittleEndian.Uint32(buffer[at:]))
			visit(first+i, string(buffer[at:at+length]))
			at += length
		}
		first += copied
	}
	return nil
}

func copyItemImages(items uintptr) func(int64, []byte) (int32, int64, int64, uintptr) {
	return func(first int64, buffer []byte) (int32, int64, int64, uintptr) {
		var size, copied int64
		var failure uintptr
		status := native.ItemsCopyImages(items, first, buffer, &size, &copied, &failure)
		return status, size, copied, failure
	}
}

// readItems is a batch whose entries all have an item.
func readItems(items uintptr, tiers *tierNames) ([]Item, error) {
	count := native.ItemsCount(items)
	read := make([]Item, 0, count)
	err := copyImages(count, copyItemImages(items), func(_ int64, image string) {
		read = append(read, Item{image, tiers})
	})
	return read, err
}

// readResults is a batch with a status for each entry; ended is the error of the call.
func readResults(items uintptr, tiers *tierNames, ended error) ([]Result, error) {
	count := native.ItemsCount(items)
	results := make([]Result, count)
	err := copyImages(count, copyItemImages(items), func(index int64, image string) {
		if status := int32((Item{image: image}).uint32(imageStatus)); status != native.MEMTIER_OK {
			results[index].Err = entryError(items, index, status, ended)
			return
		}
		results[index].Item = Item{image, tiers}
	})
	return results, err
}

// entryError is why an entry failed: what ended the call, where that was all that was wrong with it.
func entryError(items uintptr, index int64, status int32, ended error) error {
	if hasEnded(ended) && ended.(*Error).Code == Status(status) {
		return ended
	}
	var told int32
	var message native.Slice
	var failure uintptr
	if s := native.ItemsReadStatus(items, index, &told, &message, &failure); s != native.MEMTIER_OK {
		return failed(nil, s, failure)
	}
	return &Error{Code: Status(status), Message: message.Text(), Retriable: Status(status).isRetriable()}
}

// hasEnded reports whether an error is of a batch as a whole, which it ended in the middle, and not
// of one of its entries.
func hasEnded(err error) bool {
	e, ok := err.(*Error)
	return ok && (e.Code == ErrCancelled || e.Code == ErrCallback)
}

// pack lays ids one behind the other, and tells where each ends.
func pack(ids []string) (packed string, ends []int64) {
	size := 0
	for _, id := range ids {
		size += len(id)
	}
	joined := make([]byte, 0, size)
	ends = make([]int64, len(ids))
	for i, id := range ids {
		joined = append(joined, id...)
		ends[i] = int64(len(joined))
	}
	return string(joined), ends
}

// GetMany gets many items in one call, in the order of the ids. An item that is not there is
// ErrNotFound in its Result, not in the error. Counts as reads.
func (m *Memory) GetMany(ctx context.Context, ids []string) ([]Result, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	packed, ends := pack(ids)
	defer runtime.KeepAlive(m)
	var items uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ItemGetMany(m.store.ticket, m.ticket(), packed, ends, control, &items, &failure)
		return status, failure
	})
	if err != nil {
		return nil, err
	}
	defer native.ItemsDestroy(items)
	return readResults(items, m.store.tiers, nil)
}

// DeleteMany deletes many items in one call, in as few commits as possible. The results tell for
// each id why it was not deleted; an item that is not there is ErrNotFound in its result, not in
// the error. Where the call ends in the middle, there are results and an error: what was deleted
// until then has nil, the rest that error.
func (m *Memory) DeleteMany(ctx context.Context, ids []string, options ...DeleteOption) ([]error, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	settings := deleteOptions(options)
	if settings.version != 0 {
		return nil, invalid("DeleteMany: IfVersion is for one item")
	}
	packed, ends := pack(ids)
	defer runtime.KeepAlive(m)
	var items uintptr
	ended := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ItemDeleteMany(m.store.ticket, m.ticket(), packed, ends,
			int32(settings.durability), control, &items, &failure)
		return status, failure
	})
	if items == 0 {
		return nil, ended
	}
	return takeStatuses(ctx, items, ended)
}

// takeStatuses reads what became of each entry, and lets the items go.
func takeStatuses(ctx context.Context, items uintptr, ended error) ([]error, error) {
	defer native.ItemsDestroy(items)
	statuses := make([]error, native.ItemsCount(items))
	for i := range statuses {
		var told int32
		var failure uintptr
		status := native.ItemsReadStatus(items, int64(i), &told, nil, &failure)
		if status != native.MEMTIER_OK {
			return nil, failed(ctx, status, failure)
		}
		if told != native.MEMTIER_OK {
			statuses[i] = entryError(items, int64(i), told, ended)
		}
	}
	return statuses, ended
}

// PutMany stores many items in one call, in order, in as few commits as possible. Those that can be
// stored are; each has its Result. The error is that of the first that was not stored. Where the
// call ends in the middle (the context ended, the disk is full), it is what ended it: what came
// before is stored, and the rest have it in their results. Where there are no results, nothing was
// stored.
func (m *Memory) PutMany(ctx context.Context, drafts []Draft, options ...PutOption) ([]Result, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	settings := putOptions(options)
	put := m.putImages
	for i := range drafts {
		if drafts[i].JSON != nil {
			put = m.putBuilders
		}
	}
	results, err := put(ctx, drafts, settings)
	runtime.KeepAlive(m)
	if hasEnded(err) {
		return results, err
	}
	for i := range results { // one that was refused here may come before what C tells
		if results[i].Err != nil {
			return results, results[i].Err
		}
	}
	return results, err
}

func (m *Memory) putImages(ctx context.Context, drafts []Draft, settings putSettings) ([]Result, error) {
	var images []byte
	refused := make([]error, len(drafts))
	for i := range drafts {
		appended, err := drafts[i].appendImage(images, *m.store.tiers)
		if refused[i] = err; err == nil {
			images = appended
		}
	}
	var items uintptr
	ended := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ItemPutImages(m.store.ticket, m.ticket(), images, int32(settings.mode),
			int32(settings.durability), control, &items, &failure)
		return status, failure
	})
	return m.putResults(refused, items, ended)
}

func (m *Memory) putBuilders(ctx context.Context, drafts []Draft, settings putSettings) ([]Result, error) {
	tickets := make([]uintptr, 0, len(drafts))
	refused := make([]error, len(drafts))
	for i := range drafts {
		b := newBuilder()
		defer b.destroy()
		b.fill(&drafts[i])
		if refused[i] = b.err; b.err == nil {
			tickets = append(tickets, b.ticket)
		}
	}
	var items uintptr
	ended := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ItemPutMany(m.store.ticket, m.ticket(), tickets, int32(settings.mode),
			int32(settings.durability), control, &items, &failure)
		return status, failure
	})
	return m.putResults(refused, items, ended)
}

// putResults sorts the library's results between those that were refused before. There are none
// where the call failed before it came to any.
func (m *Memory) putResults(refused []error, items uintptr, ended error) ([]Result, error) {
	if items == 0 {
		return nil, ended
	}
	defer native.ItemsDestroy(items)
	stored, err := readResults(items, m.store.tiers, ended)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(refused))
	next := 0
	for i, err := range refused {
		if err != nil {
			results[i].Err = err
			continue
		}
		results[i] = stored[next]
		next++
	}
	return results, ended
}
