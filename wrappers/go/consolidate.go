package memtier

import (
	"context"
	"encoding/json"
	"runtime"
	"time"

	"memtier.dev/memtier/internal/native"
)

// A Consolidation says what goes from a tier into the next one; the zero Consolidation is everything of the
// hottest that is not pinned.
type Consolidation struct {
	From          string  // the tier; "": the hottest
	Filter        Filter  // only these; may ask for FieldAgeDays and its like
	MinScore      float64 // those with at least this retention score, 0 to 2
	MinFill       float64 // nothing is done while less of the tier's capacity is used, 0 to 1
	BatchSize     int64   // 1 to 1000; 0: 100
	MaxItems      int64   // only the first of the order; 0: 100000
	Retries       int64   // how often a batch is tried again, to 10; 0: 3, NoRetries: never
	CompressAbove int64   // longer contents are compressed, in bytes; 0: none are
	DryRun        bool    // choose, and change nothing
}

// NoRetries as the Retries of a Consolidation: what fails is not tried again.
const NoRetries = -1

// A Consolidated tells what Memory.Consolidate did.
type Consolidated struct {
	From          string               `json:"from"`
	To            string               `json:"to"`
	Triggered     bool                 `json:"triggered"` // the tier was full enough
	DryRun        bool                 `json:"dry_run"`
	Selected      int64                `json:"selected"`    // items that the filter leaves
	BelowScore    int64                `json:"below_score"` // of them
	Chosen        int64                `json:"chosen"`
	Batches       int64                `json:"batches"`
	Moved         int64                `json:"moved"`
	Gone          int64                `json:"gone"` // left the tier by another way meanwhile
	Retries       int64                `json:"retries"`
	Failed        int64                `json:"failed"` // items that stay where they were
	FailedBatches int64                `json:"failed_batches"`
	Compressed    int64                `json:"compressed"`
	SavedBytes    int64                `json:"saved_bytes"`
	Errors        []ConsolidationError `json:"errors"` // of the first hundred batches that failed
}

// A ConsolidationError tells why a batch stays where it was.
type ConsolidationError struct {
	Batch   int64  `json:"batch"`
	Items   int64  `json:"items"`
	Message string `json:"message"`
}

// Consolidate moves items of this scope from a hot tier into the next one, the highest priority first, in
// batches of which each is moved as a whole or stays. Batches that fail are told of, and are no error. Stopped, what was
// moved is told beside the error.
func (m *Memory) Consolidate(ctx context.Context, consolidation Consolidation) (Consolidated, error) {
	if err := m.begin(ctx); err != nil {
		return Consolidated{}, err
	}
	request, err := consolidation.document(-1)
	if err != nil {
		return Consolidated{}, err
	}
	defer runtime.KeepAlive(m)
	var bytes uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.TierConsolidate(m.store.ticket, m.ticket(), string(request), control, &bytes, &failure)
		return status, failure
	})
	var told Consolidated
	err = readReport(bytes, err, &told)
	return told, err
}

// WithConsolidation lets ticks consolidate, at most once in each interval, in whole seconds; 0: in each tick.
// MinFill lets it wait until the tier is full enough; DryRun has no meaning here.
func WithConsolidation(consolidation Consolidation, every time.Duration) Option {
	document, err := consolidation.document(int64(every / time.Second))
	if err != nil {
		return func(s *openSettings) { s.fail(err) }
	}
	return setOptionText(native.MEMTIER_OPTION_CONSOLIDATION, string(document))
}

// As the request of a call; as an option where everySeconds is not negative.
func (c Consolidation) document(everySeconds int64) ([]byte, error) {
	filter, err := c.Filter.embedded()
	if err != nil {
		return nil, err
	}
	document := map[string]any{
		"filter": json.RawMessage(filter), "min_score": c.MinScore, "min_fill": c.MinFill,
	}
	set := func(key string, value int64) {
		if value != 0 {
			document[key] = value
		}
	}
	set("batch_size", c.BatchSize)
	set("max_items", c.MaxItems)
	set("compress_above_bytes", c.CompressAbove)
	if c.Retries == NoRetries {
		document["retries"] = 0
	} else {
		set("retries", c.Retries)
	}
	if c.From != "" {
		document["from"] = c.From
	}
	if everySeconds >= 0 {
		document["every_seconds"] = everySeconds
	} else {
		document["dry_run"] = c.DryRun
	}
	return encodeText(document)
}

// A Compressed tells what Memory.CompressWhere did.
type Compressed struct {
	Matched         int64 `json:"matched"` // items that the filter holds for
	Items           int64 `json:"compressed"`
	OriginalBytes   int64 `json:"original_bytes"` // of those that were compressed
	CompressedBytes int64 `json:"compressed_bytes"`
}

// CompressWhere compresses contents longer than so many bytes where they stand, if that saves a fifth. New
// items are compressed as they are stored (WithCompressAbove). Reads do not change. Stopped, what was done is
// told beside the error.
func (m *Memory) CompressWhere(ctx context.Context, filter Filter, above int64) (Compressed, error) {
	if err := m.begin(ctx); err != nil {
		return Compressed{}, err
	}
	if filter.err != nil {
		return Compressed{}, filter.err
	}
	defer runtime.KeepAlive(m)
	var bytes uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ItemCompressWhere(m.store.ticket, m.ticket(), filter.json, above, control, &bytes, &failure)
		return status, failure
	})
	var told Compressed
	err = readReport(bytes, err, &told)
	return told, err
}
