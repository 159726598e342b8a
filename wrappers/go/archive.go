package memtier

import (
	"context"
	"encoding/json"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// A Pack says how Store.Pack packs; the zero Pack is all that waits, as small as it can be.
type Pack struct {
	Level   int64 // 1, quick, to 9, small; 0: 9
	WaitFew bool  // leave out the newest months where they have few items
	Repack  bool  // first take blocks apart of which little is needed any more
}

// A Packed tells what Store.Pack did.
type Packed struct {
	Items          int64 `json:"packed"`
	RepackedBlocks int64 `json:"repacked_blocks"`
	DamagedBlocks  int64 `json:"damaged_blocks"` // that could not be read, and stay
}

// Pack packs archived items into blocks, which share a dictionary. ApplyArchiveRules does so with what
// it archives, where a month has enough. Stopped, what was packed is told beside the error.
func (s *Store) Pack(ctx context.Context, pack Pack) (Packed, error) {
	if err := s.begin(ctx); err != nil {
		return Packed{}, err
	}
	request, err := encodeText(struct {
		Level  int64 `json:"level,omitempty"`
		All    bool  `json:"all"`
		Repack bool  `json:"repack"`
	}{pack.Level, !pack.WaitFew, pack.Repack})
	if err != nil {
		return Packed{}, err
	}
	defer runtime.KeepAlive(s.store)
	var bytes uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ArchivePack(s.store.ticket, string(request), control, &bytes, &failure)
		return status, failure
	})
	var packed Packed
	err = readReport(bytes, err, &packed)
	return packed, err
}

// A Restore says what to bring out of the archive: ids, or what a filter finds. With both, both must
// hold; the zero Restore is everything.
type Restore struct {
	IDs    []string // at most 10000
	Filter Filter   // may ask for FieldAgeDays and its like
	Tier   string   // where to; none: "short_term", or the tier above the archive
}

// A Restored tells what Memory.Restore did.
type Restored struct {
	Items   int64    `json:"restored"`
	Tier    string   `json:"tier"`
	Damaged []string `json:"damaged"` // ids of those that cannot be read, and stay
}

// Restore brings items out of the archive, with everything that they had. Stopped, what was restored is
// told beside the error.
func (m *Memory) Restore(ctx context.Context, restore Restore) (Restored, error) {
	if err := m.begin(ctx); err != nil {
		return Restored{}, err
	}
	filter, err := restore.Filter.embedded()
	if err != nil {
		return Restored{}, err
	}
	request, err := encodeText(struct {
		IDs    []string        `json:"ids,omitempty"`
		Filter json.RawMessage `json:"filter"`
		Tier   string          `json:"tier,omitempty"`
	}{restore.IDs, json.RawMessage(filter), restore.Tier})
	if err != nil {
		return Restored{}, err
	}
	defer runtime.KeepAlive(m)
	var bytes uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ArchiveRestore(m.store.ticket, m.ticket(), string(request), control, &bytes, &failure)
		return status, failure
	})
	var restored Restored
	err = readReport(bytes, err, &restored)
	return restored, err
}

// ArchiveStatistics are numbers about what was packed.
type ArchiveStatistics struct {
	Items           int64           `json:"items"`   // in blocks
	Waiting         int64           `json:"waiting"` // to be packed
	Blocks          int64           `json:"blocks"`
	OriginalBytes   int64           `json:"original_bytes"`
	CompressedBytes int64           `json:"compressed_bytes"` // the dictionary among them
	DictionaryBytes int64           `json:"dictionary_bytes"`
	Ratio           float64         `json:"ratio"`
	Saved           float64         `json:"saved"`
	Periods         []ArchivePeriod `json:"periods"`
}

// An ArchivePeriod are the blocks of a month.
type ArchivePeriod struct {
	Period          int64 `json:"period"` // 202606
	Blocks          int64 `json:"blocks"`
	Items           int64 `json:"items"`
	OriginalBytes   int64 `json:"original_bytes"`
	CompressedBytes int64 `json:"compressed_bytes"`
}

// ArchiveStatistics are numbers about the archive.
func (s *Store) ArchiveStatistics(ctx context.Context) (ArchiveStatistics, error) {
	var statistics ArchiveStatistics
	err := s.ask(ctx, &statistics, func(bytes, failure *uintptr) int32 {
		return native.ArchiveGetStatistics(s.store.ticket, bytes, failure)
	})
	return statistics, err
}
