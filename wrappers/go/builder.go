package memtier

import "memtier.dev/memtier/internal/native"

// A builder is a native item builder for one call. It keeps its first error and does nothing more
// then.
type builder struct {
	ticket     uintptr
	durability Durability
	err        error
}

func newBuilder() *builder {
	var ticket, failure uintptr
	status := native.ItemBuilderCreate(&ticket, &failure)
	b := &builder{ticket: ticket}
	b.done(status, failure)
	return b
}

func (b *builder) destroy() { native.ItemBuilderDestroy(b.ticket) }

func (b *builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *builder) done(status int32, failure uintptr) { b.fail(check(nil, status, failure)) }

func (b *builder) setText(field int32, text string) {
	if b.err == nil {
		var failure uintptr
		status := native.ItemBuilderSetText(b.ticket, field, text, &failure)
		b.done(status, failure)
	}
}

func (b *builder) setBytes(field int32, data []byte) {
	if b.err == nil {
		var failure uintptr
		// A copy, since the bytes may lie beside pointers, which cgo would refuse.
		status := native.ItemBuilderSetBytes(b.ticket, field, append([]byte(nil), data...), &failure)
		b.done(status, failure)
	}
}

func (b *builder) setInt64(field int32, value int64) {
	if b.err == nil {
		var failure uintptr
		status := native.ItemBuilderSetInt64(b.ticket, field, value, &failure)
		b.done(status, failure)
	}
}

func (b *builder) setFloat64(field int32, value float64) {
	if b.err == nil {
		var failure uintptr
		status := native.ItemBuilderSetDouble(b.ticket, field, value, &failure)
		b.done(status, failure)
	}
}

func (b *builder) addTag(tag string) {
	if b.err == nil {
		var failure uintptr
		status := native.ItemBuilderAddTag(b.ticket, tag, &failure)
		b.done(status, failure)
	}
}

func (b *builder) removeTag(tag string) {
	if b.err == nil {
		var failure uintptr
		status := native.ItemBuilderRemoveTag(b.ticket, tag, &failure)
		b.done(status, failure)
	}
}

func (b *builder) setJSON(document []byte) {
	if b.err == nil {
		var failure uintptr
		status := native.ItemBuilderSetJson(b.ticket, string(document), &failure)
		b.done(status, failure)
	}
}

// fill sets what a draft says: its document, and over it the fields that are set.
func (b *builder) fill(d *Draft) {
	if d.JSON != nil {
		b.setJSON(d.JSON)
	}
	b.fail(d.check())
	content, err := d.content()
	b.fail(err)
	metadata, err := encodeMetadata(d.Metadata)
	b.fail(err)
	if content != "" || d.Content != nil {
		b.setBytes(native.MEMTIER_FIELD_CONTENT, []byte(content))
	}
	for _, text := range []struct {
		field int32
		value string
	}{
		{native.MEMTIER_FIELD_ID, d.ID}, {native.MEMTIER_FIELD_TYPE, d.Type},
		{native.MEMTIER_FIELD_CONTENT_TYPE, d.ContentType}, {native.MEMTIER_FIELD_METADATA, metadata},
		{native.MEMTIER_FIELD_TIER, d.Tier},
	} {
		if text.value != "" {
			b.setText(text.field, text.value)
		}
	}
	pinned := int64(0)
	if d.Pinned {
		pinned = 1
	}
	for _, number := range []struct {
		field int32
		value int64
	}{
		{native.MEMTIER_FIELD_PRIORITY, d.Priority}, {native.MEMTIER_FIELD_PINNED, pinned},
		{native.MEMTIER_FIELD_TTL_US, ttlMicroseconds(d.TTL)},
		{native.MEMTIER_FIELD_EXPIRES_US, toMicroseconds(d.Expires)},
		{native.MEMTIER_FIELD_CREATED_US, toMicroseconds(d.Created)},
		{native.MEMTIER_FIELD_UPDATED_US, toMicroseconds(d.Updated)},
		{native.MEMTIER_FIELD_ACCESSED_US, toMicroseconds(d.Accessed)},
		{native.MEMTIER_FIELD_ACCESS_COUNT, d.AccessCount},
		{native.MEMTIER_FIELD_VALIDATION_COUNT, d.ValidationCount},
		{native.MEMTIER_FIELD_EXPECTED_VERSION, d.ExpectedVersion},
	} {
		if number.value != 0 {
			b.setInt64(number.field, number.value)
		}
	}
	if d.Importance != nil {
		b.setFloat64(native.MEMTIER_FIELD_IMPORTANCE, *d.Importance)
	}
	for _, tag := range d.Tags {
		b.addTag(tag)
	}
}
