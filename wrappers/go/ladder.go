package memtier

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"memtier.dev/memtier/internal/native"
)

// A Preset names a ladder that memtier knows.
type Preset string

// The presets; memtier.h describes them.
const (
	PresetDefault Preset = "default" // working, short_term, long_term, archive
	PresetSix     Preset = "six"     // immediate, working, session, episodic, semantic, archived
	PresetThree   Preset = "three"   // short_term, long_term, external
	PresetLevels  Preset = "levels"  // immediate, recent, important, learned
)

// A Medium is where the items of a tier lie.
type Medium int32

// The media.
const (
	MediumRAM      Medium = native.MEMTIER_MEDIUM_RAM      // resident once used
	MediumDatabase Medium = native.MEMTIER_MEDIUM_DATABASE // in the file
	MediumArchive  Medium = native.MEMTIER_MEDIUM_ARCHIVE  // in the file, compressed
	MediumExternal Medium = native.MEMTIER_MEDIUM_EXTERNAL // compressed, in files of Tier.Target; of the last tier
)

// String is the name of the medium in a ladder document.
func (m Medium) String() string {
	switch m {
	case MediumRAM:
		return "ram"
	case MediumDatabase:
		return "database"
	case MediumArchive:
		return "archive"
	case MediumExternal:
		return "external"
	}
	return fmt.Sprintf("medium %d", int32(m))
}

// MarshalText is String, but refuses what is no medium.
func (m Medium) MarshalText() ([]byte, error) {
	if m < MediumRAM || m > MediumExternal {
		return nil, invalid("ladder: there is no medium %d", int32(m))
	}
	return []byte(m.String()), nil
}

// UnmarshalText is the opposite of MarshalText.
func (m *Medium) UnmarshalText(text []byte) error {
	for *m = MediumRAM; *m <= MediumExternal; *m++ {
		if m.String() == string(text) {
			return nil
		}
	}
	return invalid("ladder: there is no medium %q", text)
}

// A Ladder is the tiers of a store, the hottest first.
type Ladder struct {
	Tiers []Tier `json:"tiers"`

	// JSON is the ladder as a document, in place of Tiers. Store.Ladder sets both.
	JSON json.RawMessage `json:"-"`
}

// A Tier of a ladder. What is 0 is unbounded, or there is none of it.
type Tier struct {
	Name          string
	Medium        Medium
	Target        string // of MediumExternal: a folder, from the store's file on unless it begins with /
	CapacityItems int64
	CapacityBytes int64
	TTL           time.Duration // default time to live of items put into it; whole seconds
	LatencyBudget time.Duration // what a read should take at most; for the statistics
	Promote       Promotion
	Demote        *Demotion // nil: nothing is demoted for being idle
}

// A Promotion says when a read brings an item one tier up: any of these.
type Promotion struct {
	Reads                int64         // so many
	Within               time.Duration // in this time; whole seconds
	ImportanceAbove      *float64
	AccessCountAbove     *int64
	ValidationCountAbove *int64
	Filter               Filter // the zero Filter: none; FilterJSON("{}"): every read
}

// A Demotion says what Memory.Optimize takes one tier down: both must hold.
type Demotion struct {
	Idle             time.Duration
	AccessCountBelow int64 // 0: any
}

// The documents of Tier, Promotion and Demotion.
type (
	tierDocument struct {
		Name          string            `json:"name"`
		Medium        Medium            `json:"medium"`
		Target        string            `json:"target,omitempty"`
		CapacityItems int64             `json:"capacity_items,omitempty"`
		CapacityBytes int64             `json:"capacity_bytes,omitempty"`
		TTL           int64             `json:"ttl_seconds,omitempty"`
		LatencyBudget int64             `json:"latency_budget_us,omitempty"`
		Promote       promotionDocument `json:"promote"`
		Demote        *demotionDocument `json:"demote,omitempty"`
	}
	promotionDocument struct {
		Reads                int64    `json:"reads,omitempty"`
		Within               int64    `json:"within_seconds,omitempty"`
		ImportanceAbove      *float64 `json:"importance_above,omitempty"`
		AccessCountAbove     *int64   `json:"access_count_above,omitempty"`
		ValidationCountAbove *int64   `json:"validation_count_above,omitempty"`

		Filter json.RawMessage `json:"filter,omitempty"`
	}
	demotionDocument struct {
		IdleHours        float64 `json:"idle_hours"`
		AccessCountBelow int64   `json:"access_count_below,omitempty"`
	}
)

// MarshalJSON gives the tier as it is in a ladder document.
func (t Tier) MarshalJSON() ([]byte, error) {
	ttl, err := wholeSeconds("TTL", t.TTL)
	if err != nil {
		return nil, err
	}
	within, err := wholeSeconds("Promote.Within", t.Promote.Within)
	if err != nil {
		return nil, err
	}
	document := tierDocument{
		Name: t.Name, Medium: t.Medium, Target: t.Target, CapacityItems: t.CapacityItems,
		CapacityBytes: t.CapacityBytes,
		TTL:           ttl, LatencyBudget: t.LatencyBudget.Microseconds(),
		Promote: promotionDocument{
			t.Promote.Reads, within, t.Promote.ImportanceAbove, t.Promote.AccessCountAbove,
			t.Promote.ValidationCountAbove, nil,
		},
	}
	if filter := t.Promote.Filter; filter.json != "" || filter.err != nil {
		text, err := filter.embedded()
		if err != nil {
			return nil, err
		}
		document.Promote.Filter = json.RawMessage(text)
	}
	if t.Demote != nil {
		document.Demote = &demotionDocument{t.Demote.Idle.Hours(), t.Demote.AccessCountBelow}
	}
	return encodeText(document)
}

// UnmarshalJSON is the opposite of MarshalJSON.
func (t *Tier) UnmarshalJSON(data []byte) error {
	var document tierDocument
	if err := json.Unmarshal(data, &document); err != nil {
		return err
	}
	promote := document.Promote
	*t = Tier{
		Name: document.Name, Medium: document.Medium, Target: document.Target,
		CapacityItems: document.CapacityItems,
		CapacityBytes: document.CapacityBytes, TTL: fromMicroseconds(document.TTL * 1000000),
		LatencyBudget: fromMicroseconds(document.LatencyBudget),
		Promote: Promotion{
			promote.Reads, fromMicroseconds(promote.Within * 1000000), promote.ImportanceAbove,
			promote.AccessCountAbove, promote.ValidationCountAbove, Filter{json: string(promote.Filter)},
		},
	}
	if d := document.Demote; d != nil {
		t.Demote = &Demotion{time.Duration(d.IdleHours * float64(time.Hour)), d.AccessCountBelow}
	}
	return nil
}

func wholeSeconds(what string, d time.Duration) (int64, error) {
	if d%time.Second != 0 {
		return 0, invalid("ladder: %s is %v; it must be whole seconds", what, d)
	}
	return int64(d / time.Second), nil
}

func (l Ladder) document() (string, error) {
	if l.JSON != nil {
		return string(l.JSON), nil
	}
	document, err := encodeText(l)
	return string(document), err
}

// Ladder is the ladder in force.
func (s *Store) Ladder(ctx context.Context) (Ladder, error) {
	if err := s.begin(ctx); err != nil {
		return Ladder{}, err
	}
	defer runtime.KeepAlive(s.store)
	return readLadder(s.store.ticket)
}

func readLadder(ticket uintptr) (Ladder, error) {
	var bytes, failure uintptr
	if status := native.StoreGetLadder(ticket, &bytes, &failure); status != native.MEMTIER_OK {
		return Ladder{}, failed(nil, status, failure)
	}
	ladder := Ladder{JSON: takeBytes(bytes)}
	if err := json.Unmarshal(ladder.JSON, &ladder); err != nil {
		return Ladder{}, &Error{Code: ErrInternal, Message: "the ladder cannot be read", Cause: err}
	}
	return ladder, nil
}
