package memtier

import (
	"context"
	"encoding/json"
	"io"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// A List says which items to list, and in which order: the zero List is all of them, the newest
// first.
type List struct {
	Filter    Filter
	OrderBy   Field  // any but FieldContent and FieldTags; default FieldCreated
	Ascending bool   // the smallest, or oldest, first
	Skip      int64  // leave out so many
	Limit     int64  // at most so many in all; 0 no limit
	After     string // go on behind this place, which Cursor.Token gave

	// JSON is the list as a document, in place of all other fields.
	JSON json.RawMessage
}

func (l List) document() (string, error) {
	if l.JSON != nil {
		return string(l.JSON), nil
	}
	filter, err := l.Filter.embedded()
	if err != nil {
		return "", err
	}
	document, err := encodeText(struct {
		Filter     json.RawMessage `json:"filter"`
		OrderBy    Field           `json:"order_by,omitempty"`
		Descending bool            `json:"descending"`
		Skip       int64           `json:"skip,omitempty"`
		Limit      int64           `json:"limit,omitempty"`
		After      string          `json:"after,omitempty"`
	}{json.RawMessage(filter), l.OrderBy, !l.Ascending, l.Skip, l.Limit, l.After})
	return string(document), err
}

// A Cursor pages through a list. Between pages nothing is held open: each page shows the store as
// it is then, and no item that stayed unchanged is missed or shown twice. It belongs to one
// goroutine at a time. Close it.
type Cursor struct {
	resource resource
	tiers    *tierNames
}

// List opens a cursor. Listing items does not count as reading them.
func (m *Memory) List(ctx context.Context, list List) (*Cursor, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	document, err := list.document()
	if err != nil {
		return nil, err
	}
	var ticket, failure uintptr
	status := native.ItemList(m.store.ticket, m.ticket(), document, &ticket, &failure)
	runtime.KeepAlive(m)
	if status != native.MEMTIER_OK {
		return nil, failed(ctx, status, failure)
	}
	cursor := &Cursor{tiers: m.store.tiers}
	cursor.resource.hold(ticket, native.CursorDestroy)
	return cursor, nil
}

// ExplainList tells how List and Count go about a list and its filter, as a JSON object with the
// members "list" and "count". It reads the first page and counts; memtier_item_explain in memtier.h
// says what is in it. (Explain does this for a search.)
func (m *Memory) ExplainList(ctx context.Context, list List) (json.RawMessage, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	document, err := list.document()
	if err != nil {
		return nil, err
	}
	var explanation, failure uintptr
	status := native.ItemExplain(m.store.ticket, m.ticket(), document, nil, &explanation, &failure)
	runtime.KeepAlive(m)
	if status != native.MEMTIER_OK {
		return nil, failed(ctx, status, failure)
	}
	return takeBytes(explanation), nil
}

// Next is the next page, of 1 to max items. At the end it is nil and io.EOF.
func (c *Cursor) Next(ctx context.Context, max int) ([]Item, error) {
	page, err := c.page(ctx, max)
	if err != nil {
		return nil, err
	}
	defer native.ItemsDestroy(page)
	return readItems(page, c.tiers)
}

// NextRefs is Next for references in place of copies. Close each.
func (c *Cursor) NextRefs(ctx context.Context, max int) ([]*Ref, error) {
	page, err := c.page(ctx, max)
	if err != nil {
		return nil, err
	}
	defer native.ItemsDestroy(page)
	refs := make([]*Ref, native.ItemsCount(page))
	for i := range refs {
		var item, failure uintptr
		if status := native.ItemsGet(page, int64(i), &item, &failure); status != native.MEMTIER_OK {
			for _, ref := range refs[:i] {
				ref.Close()
			}
			return nil, failed(ctx, status, failure)
		}
		refs[i] = newRef(item, c.tiers)
	}
	return refs, nil
}

// page is a native page that is not empty.
func (c *Cursor) page(ctx context.Context, max int) (uintptr, error) {
	if c == nil || c.resource.state == nil {
		return 0, closedResource()
	}
	defer runtime.KeepAlive(c.resource.state)
	var page uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.CursorNext(c.resource.state.ticket, int64(max), control, &page, &failure)
		return status, failure
	})
	if err == nil && native.ItemsCount(page) == 0 {
		native.ItemsDestroy(page)
		return 0, io.EOF
	}
	return page, err
}

// Token stands for the cursor's place, behind the page that was read last: List.After goes on from
// it, later or elsewhere. It is empty at the start.
func (c *Cursor) Token() (string, error) {
	if c == nil || c.resource.state == nil {
		return "", closedResource()
	}
	defer runtime.KeepAlive(c.resource.state)
	var token, failure uintptr
	status := native.CursorGetToken(c.resource.state.ticket, &token, &failure)
	if status != native.MEMTIER_OK {
		return "", failed(nil, status, failure)
	}
	return string(takeBytes(token)), nil
}

const pageSize = 256

// Walk calls visit for each item of a list, and ends with the first error that it returns.
func (m *Memory) Walk(ctx context.Context, list List, visit func(Item) error) error {
	if visit == nil {
		return invalid("Walk: there is nothing to call")
	}
	cursor, err := m.List(ctx, list)
	if err != nil {
		return err
	}
	defer cursor.Close()
	for {
		page, err := cursor.Next(ctx, pageSize)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for _, item := range page {
			if err := visit(item); err != nil {
				return err
			}
		}
	}
}

// Items is the items of a list, to range over with Go 1.23 (it is an iter.Seq2):
//
//	for item, err := range memory.Items(ctx, memtier.List{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(item.Text())
//	}
//
// An error is the last that comes.
func (m *Memory) Items(ctx context.Context, list List) func(yield func(Item, error) bool) {
	return func(yield func(Item, error) bool) {
		err := m.Walk(ctx, list, func(item Item) error {
			if !yield(item, nil) {
				return io.EOF
			}
			return nil
		})
		if err != nil && err != io.EOF {
			yield(Item{}, err)
		}
	}
}

// UpdateWhere updates every item that the filter matches, each as Update does, and counts them. It
// is done in batches: where it fails, what is counted has been changed and the rest has not.
func (m *Memory) UpdateWhere(ctx context.Context, filter Filter, changes ...Change) (int64, error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	b := newBuilder()
	defer b.destroy()
	b.fail(filter.err)
	if err := b.apply(changes); err != nil {
		return 0, err
	}
	defer runtime.KeepAlive(m)
	var count int64
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ItemUpdateWhere(m.store.ticket, m.ticket(), filter.json, b.ticket,
			int32(b.durability), control, &count, &failure)
		return status, failure
	})
	return count, err
}

// DeleteWhere deletes every item that the filter matches, and counts them, in batches as
// UpdateWhere. The zero Filter is refused: to delete all, use Clear.
func (m *Memory) DeleteWhere(ctx context.Context, filter Filter, options ...DeleteOption) (int64, error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	if filter.err != nil {
		return 0, filter.err
	}
	settings := deleteOptions(options)
	if settings.version != 0 {
		return 0, invalid("DeleteWhere: IfVersion is for one item")
	}
	defer runtime.KeepAlive(m)
	var count int64
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ItemDeleteWhere(m.store.ticket, m.ticket(), filter.json,
			int32(settings.durability), control, &count, &failure)
		return status, failure
	})
	return count, err
}

// Close lets the cursor go. Closing again does nothing; other calls fail with ErrClosed then. The
// error is always nil.
func (c *Cursor) Close() error {
	if c != nil {
		c.resource.close()
	}
	return nil
}
