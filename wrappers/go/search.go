package memtier

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"memtier.dev/memtier/internal/native"
)

// A Syntax says how the text of a Query is read.
type Syntax string

// The syntaxes.
const (
	SyntaxNatural Syntax = "natural" // questions as people ask them: the default
	SyntaxBoolean Syntax = "boolean" // AND OR NOT ( ) "phrase" prefix*
)

// A Match says how many words of a natural Query must be there.
type Match string

// The matches.
const (
	MatchAny Match = "any" // one is enough, more are better: the default
	MatchAll Match = "all" // every word
)

// FieldWeights say what a word counts in each place, 0 to 100.
type FieldWeights struct {
	Content float64 `json:"content"`
	Title   float64 `json:"title"`   // of the metadata
	Speaker float64 `json:"speaker"` // or role, of the metadata
}

// A Signal is one of the things that the score of a Hit is made of.
type Signal string

// The signals, with what each counts where a Query says nothing of it.
const (
	SignalText       Signal = "text"       // 1: the item's own words
	SignalVector     Signal = "vector"     // 1: the item's vector
	SignalNeighbours Signal = "neighbours" // 1: words of the turns around it
	SignalSession    Signal = "session"    // 1: the best turn of its session
	SignalSpeaker    Signal = "speaker"    // 1: the query names its speaker
	SignalCoverage   Signal = "coverage"   // 1: it has (nearly) all of the words itself
	SignalDates      Signal = "dates"      // 1: it is of a date that the text names
	SignalRecency    Signal = "recency"    // 0: how new it is
	SignalImportance Signal = "importance" // 0: how important
	SignalAccess     Signal = "access"     // 0: how often read
	SignalContext    Signal = "context"    // 1: how near to the Context of the query

	// SignalAssociation is how strongly it is linked with the items of the Context; 1.
	SignalAssociation Signal = "association"
)

// A Fusion says how what words and a vector say are added up.
type Fusion string

// The fusions.
const (
	FusionScores Fusion = "scores" // each measured by its own best: the default
	FusionRRF    Fusion = "rrf"    // by reciprocal ranks
)

// A QueryContext is what the caller is at, each where there is any.
type QueryContext struct {
	IDs     []string `json:"ids,omitempty"` // of items that were used just now
	Tags    []string `json:"tags,omitempty"`
	Session string   `json:"session,omitempty"`
	Text    string   `json:"text,omitempty"`
}

// A Query says what to search for. Without Text the newest items that the filter matches are found.
type Query struct {
	Text     string
	Syntax   Syntax
	Match    Match
	Filter   Filter // applied before the best are chosen
	TopK     int64  // at most so many hits; default 10
	Skip     int64  // leave out the first so many
	Snippets bool   // each Hit has a Snippet
	Weights  *FieldWeights

	Signals   map[Signal]float64 // what each counts, 0 to 10
	HalfLife  time.Duration      // after which SignalRecency counts half; default thirty days
	Context   *QueryContext
	Diversity float64 // 0 to 1: rather what the hits before do not say yet

	// Vector finds the items whose vectors in a Space are nearest to it; beside Text what either finds.
	Vector    []float32
	Space     string   // may be left out where the store has exactly one
	Threshold *float64 // what a vector finds has at least this score
	Fusion    Fusion

	// Meaning makes a vector of Text, with the store's embedder: items are found by its words and by what
	// it means. By what it means alone: {SignalText: 0}.
	Meaning bool
	Explain bool // of a query that is compiled: ExplainMany tells how its hits were found

	// JSON is the query as a document, in place of all other fields.
	JSON json.RawMessage
}

func (q Query) document(explain bool) (string, error) {
	if q.JSON != nil {
		return string(q.JSON), nil
	}
	filter, err := q.Filter.embedded()
	if err != nil {
		return "", err
	}
	document, err := encodeText(struct {
		Text     string          `json:"text,omitempty"`
		Syntax   Syntax          `json:"syntax,omitempty"`
		Match    Match           `json:"match,omitempty"`
		Filter   json.RawMessage `json:"filter"`
		Limit    int64           `json:"limit,omitempty"`
		Skip     int64           `json:"skip,omitempty"`
		Snippets bool            `json:"snippets,omitempty"`
		Explain  bool            `json:"explain,omitempty"`
		Weights  *FieldWeights   `json:"field_weights,omitempty"`

		Signals   map[Signal]float64 `json:"weights,omitempty"`
		HalfLife  float64            `json:"half_life_seconds,omitempty"`
		Context   *QueryContext      `json:"context,omitempty"`
		Diversity float64            `json:"diversity,omitempty"`

		Vector    []float32 `json:"vector,omitempty"`
		Space     string    `json:"space,omitempty"`
		Threshold *float64  `json:"threshold,omitempty"`
		Meaning   bool      `json:"meaning,omitempty"`
		Fusion    Fusion    `json:"fusion,omitempty"`
	}{
		q.Text, q.Syntax, q.Match, json.RawMessage(filter), q.TopK, q.Skip, q.Snippets,
		explain || q.Explain, q.Weights, q.Signals, q.HalfLife.Seconds(), q.Context, q.Diversity,
		q.Vector, q.Space, q.Threshold, q.Meaning, q.Fusion,
	})
	return string(document), err
}

// Search runs a query and returns the best hits, the best first. It sees every write acknowledged
// before it starts. Finding an item does not count as reading it.
func (m *Memory) Search(ctx context.Context, query Query) ([]Hit, error) {
	hits, _, err := m.search(ctx, query, false)
	return hits, err
}

// Explain is Search that also tells how the hits were found, as a JSON object for people. (A Query
// made of JSON must ask for it itself.)
func (m *Memory) Explain(ctx context.Context, query Query) ([]Hit, json.RawMessage, error) {
	return m.search(ctx, query, true)
}

func (m *Memory) search(ctx context.Context, query Query, explain bool) ([]Hit, json.RawMessage, error) {
	if err := m.begin(ctx); err != nil {
		return nil, nil, err
	}
	document, err := query.document(explain)
	if err != nil {
		return nil, nil, err
	}
	defer runtime.KeepAlive(m)
	var hits uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.StoreSearch(m.store.ticket, m.ticket(), document, control, &hits, &failure)
		return status, failure
	})
	if err != nil {
		return nil, nil, err
	}
	return m.takeHits(hits, explain)
}

func (m *Memory) takeHits(hits uintptr, explain bool) ([]Hit, json.RawMessage, error) {
	defer native.HitsDestroy(hits)
	count := native.HitsCount(hits)
	read := make([]Hit, 0, count)
	err := copyImages(count, copyHitImages(hits), func(_ int64, image string) {
		read = append(read, Hit{Item: Item{image, m.store.tiers}})
	})
	if err == nil && count > 0 {
		err = readColumns(hits, read, []column[Hit, float64]{
			{native.MEMTIER_FIELD_TEXT_SCORE, func(h *Hit, score float64) { h.textScore = score }},
			{native.MEMTIER_FIELD_VECTOR_SCORE, func(h *Hit, score float64) { h.vectorScore = score }},
		}, native.HitsColumnDouble, func(lent *float64, count int64) []float64 {
			return unsafe.Slice(lent, count)
		})
	}
	if err != nil || !explain {
		return read, nil, err
	}
	explanation, err := copyExplanation(hits)
	return read, explanation, err
}

func copyHitImages(hits uintptr) func(int64, []byte) (int32, int64, int64, uintptr) {
	return func(first int64, buffer []byte) (int32, int64, int64, uintptr) {
		var size, copied int64
		var failure uintptr
		status := native.HitsCopyImages(hits, first, buffer, &size, &copied, &failure)
		return status, size, copied, failure
	}
}

func copyExplanation(hits uintptr) (json.RawMessage, error) {
	var explanation native.Slice
	var failure uintptr
	status := native.HitsExplain(hits, &explanation, &failure)
	if status != native.MEMTIER_OK {
		return nil, failed(nil, status, failure)
	}
	return json.RawMessage(explanation.Bytes()), nil
}

// A CompiledQuery was checked, and can be run many times, by many goroutines, on any store. Close
// it.
type CompiledQuery struct{ resource resource }

// Compile checks a query.
func Compile(query Query) (*CompiledQuery, error) {
	document, err := query.document(false)
	if err != nil {
		return nil, err
	}
	var ticket, failure uintptr
	status := native.QueryCreate(document, &ticket, &failure)
	if status != native.MEMTIER_OK {
		return nil, failed(nil, status, failure)
	}
	compiled := &CompiledQuery{}
	compiled.resource.hold(ticket, native.QueryDestroy)
	return compiled, nil
}

// SetVector gives the query another vector to look for; nil takes it away. Runs that have begun go on
// with the one before.
func (q *CompiledQuery) SetVector(vector []float32) error {
	if q == nil || q.resource.state == nil {
		return closedResource()
	}
	defer runtime.KeepAlive(q.resource.state)
	var failure uintptr
	status := native.QuerySetVector(q.resource.state.ticket, vector, &failure)
	return check(nil, status, failure)
}

// Run is Search with a query that was compiled.
func (m *Memory) Run(ctx context.Context, query *CompiledQuery) ([]Hit, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	if query == nil || query.resource.state == nil {
		return nil, closedResource()
	}
	defer runtime.KeepAlive(m)
	defer runtime.KeepAlive(query.resource.state)
	var hits uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.QueryRun(m.store.ticket, m.ticket(), query.resource.state.ticket, control, &hits, &failure)
		return status, failure
	})
	if err != nil {
		return nil, err
	}
	found, _, err := m.takeHits(hits, false)
	return found, err
}

// RunMany runs several queries in one call, at most MaxQueries; the same may come again. The hits of
// each stand at its place. Where one fails, all do, and the error tells which. A ProgressFunc hears
// how many queries are done.
func (m *Memory) RunMany(ctx context.Context, queries []*CompiledQuery) ([][]Hit, error) {
	found, _, err := m.runMany(ctx, queries, false)
	return found, err
}

// ExplainMany is RunMany that also tells, for each query that was compiled with Explain, how its
// hits were found, as a JSON object for people; of another it is {}.
func (m *Memory) ExplainMany(ctx context.Context, queries []*CompiledQuery) ([][]Hit, []json.RawMessage, error) {
	return m.runMany(ctx, queries, true)
}

func (m *Memory) runMany(ctx context.Context, queries []*CompiledQuery, explain bool) ([][]Hit, []json.RawMessage, error) {
	if err := m.begin(ctx); err != nil {
		return nil, nil, err
	}
	tickets := make([]uintptr, len(queries))
	for i, query := range queries {
		if query == nil || query.resource.state == nil {
			message := fmt.Sprintf("queries[%d] is closed, or was never opened", i)
			return nil, nil, &Error{Code: ErrClosed, Message: message}
		}
		tickets[i] = query.resource.state.ticket
	}
	defer runtime.KeepAlive(m)
	defer runtime.KeepAlive(queries)
	var hits uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.QueryRunMany(m.store.ticket, m.ticket(), tickets, control, &hits, &failure)
		return status, failure
	})
	if err != nil {
		return nil, nil, err
	}
	return m.takeHitsOfMany(hits, explain)
}

// takeHitsOfMany divides the hits of several queries among them.
func (m *Memory) takeHitsOfMany(hits uintptr, explain bool) ([][]Hit, []json.RawMessage, error) {
	ends := make([]int64, native.HitsQueryCount(hits))
	for i := range ends {
		var end int64
		var failure uintptr
		if status := native.HitsReadEnd(hits, int64(i), &end, &failure); status != native.MEMTIER_OK {
			native.HitsDestroy(hits)
			return nil, nil, failed(nil, status, failure)
		}
		ends[i] = end
	}
	all, explanation, err := m.takeHits(hits, explain)
	if err != nil {
		return nil, nil, err
	}
	found := make([][]Hit, len(ends))
	begin := int64(0)
	for i, end := range ends {
		found[i] = all[begin:end:end]
		begin = end
	}
	if !explain {
		return found, nil, nil
	}
	var explanations []json.RawMessage
	if err := json.Unmarshal(explanation, &explanations); err != nil {
		return nil, nil, &Error{Code: ErrInternal, Message: "an explanation is no list", Cause: err}
	}
	return found, explanations, nil
}

// Close lets the query go. Closing again does nothing; other calls fail with ErrClosed then. The
// error is always nil.
func (q *CompiledQuery) Close() error {
	if q != nil {
		q.resource.close()
	}
	return nil
}
