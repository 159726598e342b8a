package memtier

import (
	"context"
	"runtime"
	"sync"
	"unsafe"

	"memtier.dev/memtier/internal/native"
)

const (
	smallBuffer = 4 << 10
	largeBuffer = 1 << 20 // larger ones are not kept
)

// buffers are what images are copied into: memory that C may write to must not be on a stack.
var buffers = sync.Pool{New: func() any {
	buffer := make([]byte, smallBuffer)
	return &buffer
}}

func giveBack(buffer *[]byte) {
	if cap(*buffer) <= largeBuffer {
		*buffer = (*buffer)[:cap(*buffer)]
		buffers.Put(buffer)
	}
}

// Get gets an item, from RAM where it is resident, else from the file or the archive. It counts as
// a read: it can bring the item a tier up. ErrNotFound if there is none.
func (m *Memory) Get(ctx context.Context, id string) (Item, error) {
	if err := m.begin(ctx); err != nil {
		return Item{}, err
	}
	buffer := buffers.Get().(*[]byte)
	for {
		status, size, failure := native.GetInto(m.store.ticket, m.ticket(), id, *buffer)
		if status == native.MEMTIER_OK {
			runtime.KeepAlive(m)
			item := Item{string((*buffer)[:size]), m.store.tiers}
			giveBack(buffer)
			return item, nil
		}
		if status != native.MEMTIER_TOO_SMALL {
			runtime.KeepAlive(m)
			giveBack(buffer)
			return Item{}, failed(ctx, status, failure)
		}
		native.ErrorDestroy(failure)
		if size > largeBuffer {
			giveBack(buffer)
			return m.getLarge(ctx, id, size)
		}
		*buffer = make([]byte, size+size/4)
	}
}

// getLarge reads into memory that becomes the item, so that a large one is copied once.
func (m *Memory) getLarge(ctx context.Context, id string, size int) (Item, error) {
	for {
		buffer := make([]byte, size)
		status, got, failure := native.GetInto(m.store.ticket, m.ticket(), id, buffer)
		runtime.KeepAlive(m)
		switch status {
		case native.MEMTIER_OK:
			buffer = buffer[:got]
			return Item{*(*string)(unsafe.Pointer(&buffer)), m.store.tiers}, nil
		case native.MEMTIER_TOO_SMALL: // it has grown in between
			native.ErrorDestroy(failure)
			size = got
		default:
			return Item{}, failed(ctx, status, failure)
		}
	}
}

// Put stores an item, which every read and search that starts afterwards finds, and returns it as
// stored, with its id and version. A replacement is a new version: fields that the draft has not
// set take their default, except for the time of creation, the tier and the counts.
func (m *Memory) Put(ctx context.Context, draft Draft, options ...PutOption) (Item, error) {
	if err := m.begin(ctx); err != nil {
		return Item{}, err
	}
	settings := putOptions(options)
	if draft.JSON != nil {
		return m.putBuilt(ctx, &draft, settings)
	}
	buffer := buffers.Get().(*[]byte)
	defer giveBack(buffer)
	image, err := draft.appendImage((*buffer)[:0], *m.store.tiers)
	if err != nil {
		return Item{}, err
	}
	// The result goes behind the image; what is stored is larger by less than 128 bytes.
	need := 2*len(image) + 128
	if cap(image) < need {
		image = append(make([]byte, 0, need), image...)
	}
	*buffer = image[:cap(image)]
	result := image[len(image):cap(image)]
	status, size, failure := native.PutInto(m.store.ticket, m.ticket(), image, int32(settings.mode),
		int32(settings.durability), result)
	runtime.KeepAlive(m)
	if status != native.MEMTIER_OK {
		return Item{}, failed(ctx, status, failure)
	}
	if size > len(result) {
		return Item{}, &Error{Code: ErrInternal, Message: "the item was stored, but is larger than expected"}
	}
	return Item{string(result[:size]), m.store.tiers}, nil
}

func (m *Memory) putBuilt(ctx context.Context, draft *Draft, settings putSettings) (Item, error) {
	b := newBuilder()
	defer b.destroy()
	b.fill(draft)
	if b.err != nil {
		return Item{}, b.err
	}
	var item, failure uintptr
	status := native.ItemPut(m.store.ticket, m.ticket(), b.ticket, int32(settings.mode),
		int32(settings.durability), &item, &failure)
	runtime.KeepAlive(m)
	return m.taken(ctx, status, item, failure)
}

// taken copies the item of a native handle, which it lets go.
func (m *Memory) taken(ctx context.Context, status int32, item, failure uintptr) (Item, error) {
	if status != native.MEMTIER_OK {
		return Item{}, failed(ctx, status, failure)
	}
	defer native.ItemDestroy(item)
	return copyItem(item, m.store.tiers)
}

func copyItem(item uintptr, tiers *tierNames) (Item, error) {
	image := make([]byte, 1024)
	for {
		var size int64
		var failure uintptr
		status := native.ItemCopyImage(item, image, &size, &failure)
		switch status {
		case native.MEMTIER_OK:
			return Item{string(image[:size]), tiers}, nil
		case native.MEMTIER_TOO_SMALL:
			native.ErrorDestroy(failure)
			image = make([]byte, size)
		default:
			return Item{}, failed(nil, status, failure)
		}
	}
}

// Update changes the fields that the changes set, and leaves the others; it returns the item after
// the change. It is atomic: nothing written in between is lost.
func (m *Memory) Update(ctx context.Context, id string, changes ...Change) (Item, error) {
	if err := m.begin(ctx); err != nil {
		return Item{}, err
	}
	b := newBuilder()
	defer b.destroy()
	if err := b.apply(changes); err != nil {
		return Item{}, err
	}
	var item, failure uintptr
	status := native.ItemUpdate(m.store.ticket, m.ticket(), id, b.ticket, int32(b.durability), &item,
		&failure)
	runtime.KeepAlive(m)
	return m.taken(ctx, status, item, failure)
}

func (b *builder) apply(changes []Change) error {
	for _, change := range changes {
		if change != nil {
			change.change(b)
		}
	}
	return b.err
}

// Pin keeps an item from expiring, moving and being evicted.
func (m *Memory) Pin(ctx context.Context, id string) (Item, error) {
	return m.Update(ctx, id, SetPinned(true))
}

// Unpin takes Pin back.
func (m *Memory) Unpin(ctx context.Context, id string) (Item, error) {
	return m.Update(ctx, id, SetPinned(false))
}

// Delete deletes an item. ErrNotFound if there is none.
func (m *Memory) Delete(ctx context.Context, id string, options ...DeleteOption) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	settings := deleteOptions(options)
	var failure uintptr
	status := native.ItemDelete(m.store.ticket, m.ticket(), id, settings.version,
		int32(settings.durability), &failure)
	runtime.KeepAlive(m)
	return check(ctx, status, failure)
}

// Exists reports whether there is such an item, or several. It does not count as a read.
func (m *Memory) Exists(ctx context.Context, id string) (bool, error) {
	if err := m.begin(ctx); err != nil {
		return false, err
	}
	var exists int32
	var failure uintptr
	status := native.ItemExists(m.store.ticket, m.ticket(), id, &exists, &failure)
	runtime.KeepAlive(m)
	return exists != 0, check(ctx, status, failure)
}

// Validate confirms an item: it adds one to its validation count, which it returns.
func (m *Memory) Validate(ctx context.Context, id string) (int64, error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	var count int64
	var failure uintptr
	status := native.ItemValidate(m.store.ticket, m.ticket(), id, &count, &failure)
	runtime.KeepAlive(m)
	return count, check(ctx, status, failure)
}

// Move moves an item to the tier of this name, by hand.
func (m *Memory) Move(ctx context.Context, id, tier string) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	var failure uintptr
	status := native.ItemMove(m.store.ticket, m.ticket(), id, tier, &failure)
	runtime.KeepAlive(m)
	return check(ctx, status, failure)
}

// Count counts the items that the filter matches.
func (m *Memory) Count(ctx context.Context, filter Filter) (int64, error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	if filter.err != nil {
		return 0, filter.err
	}
	var count int64
	var failure uintptr
	status := native.ItemCount(m.store.ticket, m.ticket(), filter.json, nil, &count, &failure)
	runtime.KeepAlive(m)
	return count, check(ctx, status, failure)
}
