package memtier

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"memtier.dev/memtier/internal/native"
)

// NoTTL, as a time to live, means that there is none, whatever the tier's default.
const NoTTL time.Duration = -1

// A Draft is an item to be put. A field with its zero value was not set: it takes its default, or
// what a replaced item keeps (the time of creation, the tier, the counts).
type Draft struct {
	ID          string // generated where not given
	Type        string // "episodic", "semantic" or whatever the program uses
	Text        string // the content, in UTF-8
	Content     []byte // the content, any bytes: in place of Text
	ContentType string // default "text/plain", or "application/octet-stream"
	Metadata    any    // becomes a JSON object; a json.RawMessage is kept byte for byte
	Tags        []string
	Tier        string   // a tier's name; default the first of the ladder
	Importance  *float64 // 0 to 1, see Importance; default 0.5
	Priority    int64    // for EvictionPriority
	Pinned      bool     // never expires, moves or is evicted

	TTL      time.Duration // counted from the write; 0 the tier's default, NoTTL none
	Expires  time.Time     // wins over TTL
	Created  time.Time     // default now
	Updated  time.Time     // default now
	Accessed time.Time     // default Created

	AccessCount     int64
	ValidationCount int64
	ExpectedVersion int64 // what must be there, or ErrConflict; 0 any

	// JSON is an item document (see Item.MarshalJSON). Fields that are set beside it win; its names
	// of a scope and its version do not count.
	JSON json.RawMessage
}

// Importance is for the field of this name in a Draft.
func Importance(value float64) *float64 { return &value }

func (d *Draft) content() (string, error) {
	if d.Content != nil {
		if d.Text != "" {
			return "", invalid("draft: Text and Content exclude each other")
		}
		return string(d.Content), nil
	}
	if !utf8.ValidString(d.Text) {
		return "", invalid("draft: Text is not valid UTF-8; give other bytes as Content")
	}
	return d.Text, nil
}

// check finds what an image could not carry, or would carry as something else.
func (d *Draft) check() error {
	for _, tag := range d.Tags {
		if tag == "" || strings.Contains(tag, "\n") {
			return invalid("draft: tag %q is empty or contains a control character", tag)
		}
	}
	if d.Importance != nil && !(*d.Importance >= 0 && *d.Importance <= 1) {
		return invalid("draft: importance must be a number from 0 to 1")
	}
	if d.ExpectedVersion < 0 {
		return invalid("draft: ExpectedVersion must not be negative")
	}
	return nil
}

func encodeMetadata(value any) (string, error) {
	switch metadata := value.(type) {
	case nil:
		return "", nil
	case json.RawMessage:
		return string(metadata), nil
	}
	encoded, err := encodeText(value)
	return string(encoded), err
}

func toMicroseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// ttlMicroseconds keeps what is there: less than a microsecond is one, not the default.
func ttlMicroseconds(ttl time.Duration) int64 {
	if ttl < 0 {
		return -1
	}
	return int64((ttl + time.Microsecond - 1) / time.Microsecond)
}

// appendImage appends the image of a draft without JSON.
func (d *Draft) appendImage(image []byte, tiers []string) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	content, err := d.content()
	if err != nil {
		return nil, err
	}
	metadata, err := encodeMetadata(d.Metadata)
	if err != nil {
		return nil, err
	}
	tier := -1
	if d.Tier != "" {
		if tier = indexOf(tiers, d.Tier); tier < 0 {
			return nil, &Error{Code: ErrNotFound, Message: "there is no tier \"" + d.Tier + "\""}
		}
	}
	texts := [native.MEMTIER_IMAGE_TEXT_COUNT]string{
		textID: d.ID, textType: d.Type, textContentType: d.ContentType,
		textTags: strings.Join(d.Tags, "\n"), textMetadata: metadata, textContent: content,
	}
	total := native.MEMTIER_IMAGE_HEADER_BYTES
	for _, text := range texts {
		total += len(text)
	}
	if int64(total) > math.MaxUint32-8 {
		return nil, invalid("draft: it has %d bytes; a content has at most %d", total, MaxContentBytes)
	}
	size := (total + 7) &^ 7
	start := len(image)
	image = append(image, make([]byte, native.MEMTIER_IMAGE_HEADER_BYTES)...)
	d.fillHeader(image[start:], uint32(size), int32(tier), &texts)
	for _, text := range texts {
		image = append(image, text...)
	}
	return append(image, make([]byte, size-total)...), nil
}

func (d *Draft) fillHeader(header []byte, size uint32, tier int32,
	texts *[native.MEMTIER_IMAGE_TEXT_COUNT]string) {
	put64 := func(at int, value int64) { binary.LittleEndian.PutUint64(header[at:], uint64(value)) }
	put32 := func(at int, value uint32) { binary.LittleEndian.PutUint32(header[at:], value) }
	put16 := func(at int, value uint16) { binary.LittleEndian.PutUint16(header[at:], value) }
	var flags uint16
	if d.Pinned {
		flags |= native.MEMTIER_IMAGE_PINNED
	}
	if d.ExpectedVersion != 0 {
		flags |= native.MEMTIER_IMAGE_EXPECT_VERSION
	}
	importance := -1.0
	if d.Importance != nil {
		importance = *d.Importance
	}
	put32(0, size)
	put16(8, native.MEMTIER_IMAGE_FORMAT)
	put16(imageTextsAt, native.MEMTIER_IMAGE_HEADER_BYTES)
	put16(12, native.MEMTIER_IMAGE_TEXT_COUNT)
	put16(imageFlags, flags)
	put64(imageVersion, d.ExpectedVersion)
	put64(imageCreated, toMicroseconds(d.Created))
	put64(imageUpdated, toMicroseconds(d.Updated))
	put64(imageAccessed, toMicroseconds(d.Accessed))
	put64(imageExpires, toMicroseconds(d.Expires))
	put64(imageTTL, ttlMicroseconds(d.TTL))
	put64(imageAccessCount, d.AccessCount)
	put64(imageValidationCount, d.ValidationCount)
	put64(imagePriority, d.Priority)
	put64(imageImportance, int64(math.Float64bits(importance)))
	put32(imageTier, uint32(tier))
	put32(imageTagCount, uint32(len(d.Tags)))
	end := uint32(0)
	for i, text := range texts {
		end += uint32(len(text))
		put32(imageEnds+4*i, end)
	}
}

func indexOf(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}
