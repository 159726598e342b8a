package memtier

import (
	"context"
	"encoding/json"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// A Metric says how the vectors of a Space are compared, and what a hit's score is.
type Metric string

// The metrics. A larger score is nearer.
const (
	MetricCosine Metric = "cosine" // only the direction counts; from -1 to 1: the default
	MetricDot    Metric = "dot"    // the product
	MetricL2     Metric = "l2"     // 1 / (1 + distance)
)

// A VectorStorage says how the components of vectors are kept.
type VectorStorage string

// How components are kept.
const (
	StorageFloat32 VectorStorage = "float32" // as given: the default
	StorageInt8    VectorStorage = "int8"    // rounded, in a quarter of the room
)

// SimilarThreshold is the least score of what Similar finds where the query says nothing else.
const SimilarThreshold = 0.7

// A Space is a kind of vectors that items can have: one for each model that makes them.
type Space struct {
	Name      string
	Dimension int // components of a vector, MinDimension to MaxDimension
	Metric    Metric
	Storage   VectorStorage
	Vectors   int64 // how many there are; of Spaces
}

// An ItemVector is a vector for an item.
type ItemVector struct {
	ID     string
	Vector []float32
}

// RecallOptions say what MeasureRecall looks at.
type RecallOptions struct {
	Space   string // may be left out where the store has exactly one
	Samples int64  // default 100
	Limit   int64  // nearest ones of each sample; default 10
}

// A Recall says how good searches in a space are.
type Recall struct {
	Recall  float64 // the share of the nearest that searches find
	Samples int64
	Limit   int64
	Vectors int64 // of the scope
}

// CreateSpace makes a space, which is kept in the file. If there is one just like it, nothing
// happens. ErrExists if another one has the name.
func (s *Store) CreateSpace(ctx context.Context, space Space) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	document, err := encodeText(struct {
		Name      string        `json:"name"`
		Dimension int           `json:"dimension"`
		Metric    Metric        `json:"metric,omitempty"`
		Storage   VectorStorage `json:"storage,omitempty"`
	}{space.Name, space.Dimension, space.Metric, space.Storage})
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(s.store)
	var failure uintptr
	status := native.SpaceCreate(s.store.ticket, string(document), &failure)
	return check(ctx, status, failure)
}

// Spaces are the spaces, in order of their names.
func (s *Store) Spaces(ctx context.Context) ([]Space, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	var list uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.SpaceList(s.store.ticket, control, &list, &failure)
		return status, failure
	})
	runtime.KeepAlive(s.store)
	if err != nil {
		return nil, err
	}
	var spaces []Space
	if err := json.Unmarshal(takeBytes(list), &spaces); err != nil {
		return nil, &Error{Code: ErrInternal, Message: "the list of spaces is not one", Cause: err}
	}
	return spaces, nil
}

// DropSpace drops a space with all its vectors; no item changes. ErrNotFound if there is none.
func (s *Store) DropSpace(ctx context.Context, name string) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer runtime.KeepAlive(s.store)
	return controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.SpaceDrop(s.store.ticket, name, control, &failure)
		return status, failure
	})
}

// MeasureRecall compares what searches for some of the vectors find with what comparing all of them
// finds.
func (m *Memory) MeasureRecall(ctx context.Context, options RecallOptions) (Recall, error) {
	if err := m.begin(ctx); err != nil {
		return Recall{}, err
	}
	document, err := encodeText(struct {
		Space   string `json:"space,omitempty"`
		Samples int64  `json:"samples,omitempty"`
		Limit   int64  `json:"limit,omitempty"`
	}{options.Space, options.Samples, options.Limit})
	if err != nil {
		return Recall{}, err
	}
	var told uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.SpaceMeasureRecall(m.store.ticket, m.ticket(), string(document), control, &told,
			&failure)
		return status, failure
	})
	runtime.KeepAlive(m)
	if err != nil {
		return Recall{}, err
	}
	var recall Recall
	if err := json.Unmarshal(takeBytes(told), &recall); err != nil {
		return Recall{}, &Error{Code: ErrInternal, Message: "the recall is not one", Cause: err}
	}
	return recall, nil
}

// PutVector gives an item a vector in a space. The vector goes with the item, and when the item gets
// other content. ErrNotFound if there is no such item or space.
func (m *Memory) PutVector(ctx context.Context, space, id string, vector []float32, options ...Durability) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer runtime.KeepAlive(m)
	var failure uintptr
	status := native.VectorPut(m.store.ticket, m.ticket(), id, space, vector, lastDurability(options), &failure)
	return check(ctx, status, failure)
}

// PutVectors gives many items a vector each in one call, in as few commits as possible. Those that
// can be stored are; the results tell for each why it was not. The error is that of the first, or
// what ended the call in the middle.
func (m *Memory) PutVectors(ctx context.Context, space string, vectors []ItemVector, options ...Durability) ([]error, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	ids := make([]string, len(vectors))
	var components []float32
	for i, one := range vectors {
		if len(one.Vector) != len(vectors[0].Vector) {
			return nil, invalid("vectors: number %d has %d components, the first has %d", i, len(one.Vector),
				len(vectors[0].Vector))
		}
		if i == 0 {
			components = make([]float32, 0, len(vectors)*len(one.Vector))
		}
		ids[i] = one.ID
		components = append(components, one.Vector...)
	}
	packed, ends := pack(ids)
	defer runtime.KeepAlive(m)
	var items uintptr
	ended := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.VectorPutMany(m.store.ticket, m.ticket(), packed, ends, space, components,
			lastDurability(options), control, &items, &failure)
		return status, failure
	})
	if items == 0 {
		return nil, ended
	}
	return takeStatuses(ctx, items, ended)
}

// Vector is an item's vector in a space. It does not count as a read. ErrNotFound if it has none.
func (m *Memory) Vector(ctx context.Context, space, id string) ([]float32, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(m)
	vector := make([]float32, 1024)
	for {
		var dimension int64
		var failure uintptr
		status := native.VectorGet(m.store.ticket, m.ticket(), id, space, vector, &dimension, &failure)
		switch status {
		case native.MEMTIER_OK:
			return vector[:dimension:dimension], nil
		case native.MEMTIER_TOO_SMALL:
			native.ErrorDestroy(failure)
			vector = make([]float32, dimension)
		default:
			return nil, failed(ctx, status, failure)
		}
	}
}

// DeleteVector takes an item's vector in a space away. ErrNotFound if it has none.
func (m *Memory) DeleteVector(ctx context.Context, space, id string, options ...Durability) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	defer runtime.KeepAlive(m)
	var failure uintptr
	status := native.VectorDelete(m.store.ticket, m.ticket(), id, space, lastDurability(options), &failure)
	return check(ctx, status, failure)
}

// Similar finds the items whose vectors are nearest to that of an item, which is not among them. The
// query may limit and filter; without a Threshold hits have at least SimilarThreshold.
func (m *Memory) Similar(ctx context.Context, space, id string, query Query) ([]Hit, error) {
	vector, err := m.Vector(ctx, space, id)
	if err != nil {
		return nil, err
	}
	query.Vector, query.Space = vector, space
	if query.Threshold == nil {
		threshold := SimilarThreshold
		query.Threshold = &threshold
	}
	query.Filter = And(query.Filter, Ne(FieldID, id))
	return m.Search(ctx, query)
}

func lastDurability(options []Durability) int32 {
	if len(options) == 0 {
		return native.MEMTIER_DURABILITY_DEFAULT
	}
	return int32(options[len(options)-1])
}
