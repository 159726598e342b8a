package memtier

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"time"

	"memtier.dev/memtier/internal/native"
)

// An Item is an item as it was when it was read: immutable, small to copy, and independent of its
// store. Its fields are decoded when they are asked for. The zero Item has none.
type Item struct {
	image string // section 10 of memtier.h; the texts are parts of it
	tiers *tierNames
}

// tierNames are the names of a ladder, which never change. (A pointer to them keeps items
// comparable.)
type tierNames []string

// Where the fields of an image are. The texts are found through imageTextsAt.
const (
	imageStatus          = 4
	imageTextsAt         = 10
	imageFlags           = 14
	imageVersion         = 16
	imageChangeSequence  = 24
	imageCreated         = 32
	imageUpdated         = 40
	imageAccessed        = 48
	imageExpires         = 56
	imageTTL             = 64
	imageAccessCount     = 72
	imageValidationCount = 80
	imagePriority        = 88
	imageImportance      = 96
	imageScore           = 104
	imageTier            = 112
	imageTagCount        = 116
	imageEnds            = 120
)

// The texts of an image, in their order.
const (
	textID = iota
	textCollection
	textApp
	textUser
	textAgent
	textSession
	textType
	textContentType
	textTags
	textMetadata
	textContent
	textSnippet
)

func (i Item) uint16(at int) int {
	if i.image == "" {
		return 0
	}
	return int(i.image[at]) | int(i.image[at+1])<<8
}

func (i Item) uint32(at int) uint32 {
	if i.image == "" {
		return 0
	}
	s := i.image[at : at+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func (i Item) int64(at int) int64 {
	return int64(uint64(i.uint32(at)) | uint64(i.uint32(at+4))<<32)
}

func (i Item) float64(at int) float64 { return math.Float64frombits(uint64(i.int64(at))) }

func (i Item) end(text int) int {
	if text < 0 {
		return 0
	}
	return int(i.uint32(imageEnds + 4*text))
}

func (i Item) text(text int) string {
	begin := i.uint16(imageTextsAt)
	return i.image[begin+i.end(text-1) : begin+i.end(text)]
}

// IsZero reports whether i is the zero Item, which stands for none.
func (i Item) IsZero() bool { return i.image == "" }

// ID is the item's id, unique among the items with exactly the same Scope.
func (i Item) ID() string { return i.text(textID) }

// Scope is what the item is filed under.
func (i Item) Scope() Scope {
	return Scope{
		App: i.text(textApp), User: i.text(textUser), Agent: i.text(textAgent),
		Session: i.text(textSession), Collection: i.text(textCollection),
	}
}

// Type is "episodic", "semantic" or whatever the program uses; empty if it was not set.
func (i Item) Type() string { return i.text(textType) }

// Text is the content. (It may be any bytes: see ContentType.)
func (i Item) Text() string { return i.text(textContent) }

// Content is a copy of the content.
func (i Item) Content() []byte { return []byte(i.text(textContent)) }

// ContentType is the media type of the content.
func (i Item) ContentType() string { return i.text(textContentType) }

// Metadata is a copy of the metadata, a JSON object, byte for byte as it was put; nil if there is
// none.
func (i Item) Metadata() json.RawMessage {
	if metadata := i.text(textMetadata); metadata != "" {
		return json.RawMessage(metadata)
	}
	return nil
}

// DecodeMetadata decodes the metadata as json.Unmarshal does, except that numbers become
// json.Number where the target leaves the type open, so that 64-bit integers stay exact. Without
// metadata the target is left as it is.
func (i Item) DecodeMetadata(target any) error {
	metadata := i.Metadata()
	if metadata == nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(metadata))
	decoder.UseNumber()
	if err := decoder.Decode(target); err != nil {
		return &Error{Code: ErrInvalid, Message: "the metadata cannot be decoded into the target", Cause: err}
	}
	return nil
}

// Tags are the item's tags in the order in which they were added.
func (i Item) Tags() []string {
	if i.uint32(imageTagCount) == 0 {
		return nil
	}
	return strings.Split(i.text(textTags), "\n")
}

// HasTag reports whether tag is one of the item's.
func (i Item) HasTag(tag string) bool {
	for _, t := range i.Tags() {
		if t == tag {
			return true
		}
	}
	return false
}

// Tier is the name of the tier in which the item lay.
func (i Item) Tier() string {
	if number := int(i.uint32(imageTier)); i.tiers != nil && number < len(*i.tiers) {
		return (*i.tiers)[number]
	}
	return ""
}

// Version is 1, 2, ... with each write of the item.
func (i Item) Version() int64 { return i.int64(imageVersion) }

// ChangeSequence is the number of the store's change that wrote this version.
func (i Item) ChangeSequence() int64 { return i.int64(imageChangeSequence) }

// Created is when the item was made.
func (i Item) Created() time.Time { return i.time(imageCreated) }

// Updated is when this version was written.
func (i Item) Updated() time.Time { return i.time(imageUpdated) }

// Accessed is when the item was last read.
func (i Item) Accessed() time.Time { return i.time(imageAccessed) }

// Expires is when nobody finds the item any more; the zero time means never.
func (i Item) Expires() time.Time {
	if i.int64(imageExpires) == 0 {
		return time.Time{}
	}
	return i.time(imageExpires)
}

// TTL is the item's time to live, counted from its last write; negative (NoTTL) if it has none.
func (i Item) TTL() time.Duration {
	if i.image == "" || i.int64(imageTTL) < 0 {
		return NoTTL
	}
	return fromMicroseconds(i.int64(imageTTL))
}

// AccessCount is how often the item was read by its id.
func (i Item) AccessCount() int64 { return i.int64(imageAccessCount) }

// ValidationCount is how often Memory.Validate confirmed the item.
func (i Item) ValidationCount() int64 { return i.int64(imageValidationCount) }

// Priority is for EvictionPriority.
func (i Item) Priority() int64 { return i.int64(imagePriority) }

// Importance is from 0 to 1.
func (i Item) Importance() float64 { return i.float64(imageImportance) }

// Pinned items never expire, move or are evicted.
func (i Item) Pinned() bool { return i.uint16(imageFlags)&native.MEMTIER_IMAGE_PINNED != 0 }

// SizeBytes is the size of content, metadata and names.
func (i Item) SizeBytes() int64 { return int64(i.end(textContent)) }

func (i Item) time(at int) time.Time {
	if i.image == "" {
		return time.Time{}
	}
	return fromEpoch(i.int64(at))
}

// fromMicroseconds stays within what a Duration can hold, 292 years.
func fromMicroseconds(us int64) time.Duration {
	if us > math.MaxInt64/1000 {
		return math.MaxInt64
	}
	return time.Duration(us) * time.Microsecond
}

// A Hit is an item that a search found.
type Hit struct {
	Item
	textScore   float64
	vectorScore float64
}

// Score is larger for better hits, and can be compared only within one result.
func (h Hit) Score() float64 { return h.float64(imageScore) }

// TextScore is what the item's own words alone say, as BM25 counts them; 0 where none were looked for.
func (h Hit) TextScore() float64 { return h.textScore }

// VectorScore is how near the item's vector alone is; 0 where none was asked for.
func (h Hit) VectorScore() float64 { return h.vectorScore }

// Snippet is the passage that matches, with the words between ** and **, where the Query asked for
// it.
func (h Hit) Snippet() string { return h.text(textSnippet) }
