package memtier

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"memtier.dev/memtier/internal/native"
)

// A PutMode is a PutOption that says what may be there already.
type PutMode int32

// What a put does.
const (
	PutReplace PutMode = native.MEMTIER_PUT_REPLACE // make it, or replace it: the default
	PutCreate  PutMode = native.MEMTIER_PUT_CREATE  // only make it: else ErrExists
	PutUpdate  PutMode = native.MEMTIER_PUT_UPDATE  // only replace it: else ErrNotFound
)

// A Durability is what an acknowledged write has survived: the store's with WithDurability, or as
// an argument of one write.
type Durability int32

// What an acknowledged write has survived.
const (
	DurabilityDefault Durability = native.MEMTIER_DURABILITY_DEFAULT // as an argument: the store's
	DurabilityRelaxed Durability = native.MEMTIER_DURABILITY_RELAXED // committed within the relaxed interval
	DurabilityNormal  Durability = native.MEMTIER_DURABILITY_NORMAL  // a crash of the process
	DurabilityFull    Durability = native.MEMTIER_DURABILITY_FULL    // loss of power as well
)

// A PutOption is a PutMode or a Durability.
type PutOption interface{ put(putSettings) putSettings }

type putSettings struct {
	mode       PutMode
	durability Durability
}

func (m PutMode) put(s putSettings) putSettings    { s.mode = m; return s }
func (d Durability) put(s putSettings) putSettings { s.durability = d; return s }

func putOptions(options []PutOption) putSettings {
	var settings putSettings
	for _, option := range options {
		if option != nil {
			settings = option.put(settings)
		}
	}
	return settings
}

// A DeleteOption is a Durability or IfVersion.
type DeleteOption interface {
	delete(deleteSettings) deleteSettings
}

type deleteSettings struct {
	version    int64
	durability Durability
}

func (v IfVersion) delete(s deleteSettings) deleteSettings  { s.version = int64(v); return s }
func (d Durability) delete(s deleteSettings) deleteSettings { s.durability = d; return s }

func deleteOptions(options []DeleteOption) deleteSettings {
	var settings deleteSettings
	for _, option := range options {
		if option != nil {
			settings = option.delete(settings)
		}
	}
	return settings
}

// IfVersion lets a change or a deletion happen only to this version: else ErrConflict. 0 is any.
type IfVersion int64

// A Change is one of the Set functions, AddTags, RemoveTags, a Durability or IfVersion.
type Change interface{ change(*builder) }

type changeFunc func(*builder)

func (f changeFunc) change(b *builder) { f(b) }

func (v IfVersion) change(b *builder)  { b.setInt64(native.MEMTIER_FIELD_EXPECTED_VERSION, int64(v)) }
func (d Durability) change(b *builder) { b.durability = d }

// SetText changes the content to a text.
func SetText(text string) Change {
	return changeFunc(func(b *builder) {
		if !utf8.ValidString(text) {
			b.fail(invalid("SetText: the text is not valid UTF-8; give other bytes to SetContent"))
			return
		}
		b.setText(native.MEMTIER_FIELD_CONTENT, text)
	})
}

// SetContent changes the content to any bytes.
func SetContent(content []byte) Change {
	return changeFunc(func(b *builder) { b.setBytes(native.MEMTIER_FIELD_CONTENT, content) })
}

// SetContentType changes the media type of the content.
func SetContentType(mediaType string) Change {
	return changeFunc(func(b *builder) { b.setText(native.MEMTIER_FIELD_CONTENT_TYPE, mediaType) })
}

// SetType changes the type.
func SetType(name string) Change {
	return changeFunc(func(b *builder) { b.setText(native.MEMTIER_FIELD_TYPE, name) })
}

// SetMetadata replaces the metadata as a whole: by what value becomes in JSON (see Draft), or by
// none if it is nil.
func SetMetadata(value any) Change {
	return changeFunc(func(b *builder) {
		metadata, err := encodeMetadata(value)
		b.fail(err)
		b.setText(native.MEMTIER_FIELD_METADATA, metadata)
	})
}

// SetTier moves the item to the tier of this name.
func SetTier(name string) Change {
	return changeFunc(func(b *builder) { b.setText(native.MEMTIER_FIELD_TIER, name) })
}

// SetImportance changes the importance, 0 to 1.
func SetImportance(value float64) Change {
	return changeFunc(func(b *builder) { b.setFloat64(native.MEMTIER_FIELD_IMPORTANCE, value) })
}

// SetPriority changes the priority.
func SetPriority(value int64) Change { return setInt64(native.MEMTIER_FIELD_PRIORITY, value) }

// SetPinned pins the item, or lets it go.
func SetPinned(pinned bool) Change {
	if pinned {
		return setInt64(native.MEMTIER_FIELD_PINNED, 1)
	}
	return setInt64(native.MEMTIER_FIELD_PINNED, 0)
}

// SetTTL gives the item a time to live from now on; 0 the tier's default, NoTTL none.
func SetTTL(ttl time.Duration) Change {
	return setInt64(native.MEMTIER_FIELD_TTL_US, ttlMicroseconds(ttl))
}

// SetExpires says when the item expires; the zero time means never.
func SetExpires(at time.Time) Change {
	return setInt64(native.MEMTIER_FIELD_EXPIRES_US, toMicroseconds(at))
}

// SetCreated changes the time of creation.
func SetCreated(at time.Time) Change {
	return setInt64(native.MEMTIER_FIELD_CREATED_US, toMicroseconds(at))
}

// SetUpdated changes the time of this write.
func SetUpdated(at time.Time) Change {
	return setInt64(native.MEMTIER_FIELD_UPDATED_US, toMicroseconds(at))
}

// SetAccessed changes the time of the last read.
func SetAccessed(at time.Time) Change {
	return setInt64(native.MEMTIER_FIELD_ACCESSED_US, toMicroseconds(at))
}

// SetAccessCount changes the number of reads.
func SetAccessCount(count int64) Change { return setInt64(native.MEMTIER_FIELD_ACCESS_COUNT, count) }

// SetValidationCount changes the number of validations.
func SetValidationCount(count int64) Change {
	return setInt64(native.MEMTIER_FIELD_VALIDATION_COUNT, count)
}

// AddTags adds tags.
func AddTags(tags ...string) Change {
	return changeFunc(func(b *builder) {
		for _, tag := range tags {
			b.addTag(tag)
		}
	})
}

// RemoveTags removes tags.
func RemoveTags(tags ...string) Change {
	return changeFunc(func(b *builder) {
		for _, tag := range tags {
			b.removeTag(tag)
		}
	})
}

// SetJSON sets all fields that an item document has.
func SetJSON(document json.RawMessage) Change {
	return changeFunc(func(b *builder) { b.setJSON(document) })
}

func setInt64(field int32, value int64) Change {
	return changeFunc(func(b *builder) { b.setInt64(field, value) })
}
