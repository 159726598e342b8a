package memtier

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// An EmbedderKind says what makes vectors of texts.
type EmbedderKind string

// The kinds of embedders.
const (
	EmbedderBuiltin  EmbedderKind = "builtin"  // the small English model that comes with memtier: the default
	EmbedderNone     EmbedderKind = "none"     // no vectors of texts, and no model file needed
	EmbedderCallback EmbedderKind = "callback" // as WithEmbedFunc says
)

// MaxEmbeddedBytes is how much of a text is embedded; of a longer one the beginning counts.
const MaxEmbeddedBytes = 16384

// An EmbedderInfo is a store's embedder.
type EmbedderInfo struct {
	Kind      EmbedderKind
	Name      string // of its model
	Dimension int    // components of its vectors
	Path      string // of the built-in one's file
}

// An EmbedFunc makes a vector of each text, in their order; nil for a text without meaning. It runs on
// the goroutine whose call needs vectors and on the store's own thread, by several at once, and must not
// use the store (ErrReentrant). It must give the same vector for the same text. When it fails, so does
// the call that asked: with ErrCallback, its error as the cause.
type EmbedFunc func(texts []string) ([][]float32, error)

// WithEmbedder says what makes vectors of texts. With EmbedderBuiltin, the default, opening needs the
// model's file: see WithModelPath.
func WithEmbedder(kind EmbedderKind) Option {
	return setOptionText(native.MEMTIER_OPTION_EMBEDDER, string(kind))
}

// WithModelPath names the file of the built-in embedder, or its folder. Without, it is the one that the
// environment variable MEMTIER_MODEL_PATH names, or else the one beside the library or installed with it.
func WithModelPath(path string) Option {
	return setOptionText(native.MEMTIER_OPTION_MODEL_PATH, path)
}

// WithEmbedFunc gives the store an embedder of the program's, whose vectors have so many components; nil
// takes it back. The name is that of the model, its version too: vectors of one name are never compared
// with those of another.
func WithEmbedFunc(name string, dimension int, embed EmbedFunc) Option {
	setName := setOptionText(native.MEMTIER_OPTION_EMBEDDER_NAME, name)
	return func(s *openSettings) {
		setName(s)
		if s.err == nil {
			var table *native.Embedder
			var failure uintptr
			if embed != nil {
				table = &native.Embedder{Callback: native.Register(embed.native()), Dimension: int64(dimension)}
			}
			status := native.OptionsSetEmbedder(s.ticket, table, &failure)
			s.done(status, failure)
		}
	}
}

// WithEmbedBatch is how many texts an EmbedFunc gets at once, at most; 64.
func WithEmbedBatch(texts int) Option { return setOption(OptionEmbedBatch, int64(texts)) }

func (embed EmbedFunc) native() native.Embed {
	return func(texts []string, vectors []float32) error {
		given, err := embed(texts)
		if err != nil {
			return err
		}
		if len(given) != len(texts) {
			return fmt.Errorf("an EmbedFunc gave %d vectors for %d texts", len(given), len(texts))
		}
		dimension := len(vectors) / len(texts)
		for i, vector := range given {
			if vector != nil && len(vector) != dimension {
				return fmt.Errorf("an EmbedFunc gave a vector of %d components, not %d", len(vector), dimension)
			}
			copy(vectors[i*dimension:], vector)
		}
		return nil
	}
}

// Embedder is the store's embedder.
func (s *Store) Embedder(ctx context.Context) (EmbedderInfo, error) {
	var info EmbedderInfo
	if err := s.begin(ctx); err != nil {
		return info, err
	}
	var document, failure uintptr
	status := native.StoreGetEmbedder(s.store.ticket, &document, &failure)
	runtime.KeepAlive(s.store)
	if err := check(ctx, status, failure); err != nil {
		return info, err
	}
	if err := json.Unmarshal(takeBytes(document), &info); err != nil {
		return info, &Error{Code: ErrInternal, Message: "what the embedder is cannot be read", Cause: err}
	}
	return info, nil
}

// Embed makes vectors of texts with the store's embedder, in their order; nil for a text in which it
// knows nothing. Nothing is stored. ErrUnsupported if the store has no embedder.
func (s *Store) Embed(ctx context.Context, texts ...string) ([][]float32, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	packed, ends := pack(texts)
	var bytes uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.TextEmbed(s.store.ticket, packed, ends, control, &bytes, &failure)
		return status, failure
	})
	runtime.KeepAlive(s.store)
	if err != nil {
		return nil, err
	}
	return decodeVectors(takeBytes(bytes), len(texts)), nil
}

func decodeVectors(bytes []byte, count int) [][]float32 {
	vectors := make([][]float32, count)
	if count == 0 {
		return vectors
	}
	dimension := len(bytes) / 4 / count
	all := make([]float32, dimension*count)
	for i := range all {
		all[i] = math.Float32frombits(binary.LittleEndian.Uint32(bytes[i*4:]))
	}
	for i := range vectors {
		vector := all[i*dimension : (i+1)*dimension : (i+1)*dimension]
		for _, component := range vector {
			if component != 0 {
				vectors[i] = vector
				break
			}
		}
	}
	return vectors
}

// PendingVectors is how many items have text and wait for the vector of the store's embedder.
// ErrUnsupported if it has none.
func (s *Store) PendingVectors(ctx context.Context) (int64, error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	var count int64
	var failure uintptr
	status := native.SpaceCountPending(s.store.ticket, &count, &failure)
	runtime.KeepAlive(s.store)
	return count, check(ctx, status, failure)
}

// Reembed makes the vectors that are missing, after a change of the model or an import, and returns how
// many it made, also with an error. Stopped, what was made stays, and the next call goes on.
// ErrUnsupported if the store has no embedder.
func (s *Store) Reembed(ctx context.Context) (int64, error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	var count int64
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.SpaceReembed(s.store.ticket, control, &count, &failure)
		return status, failure
	})
	runtime.KeepAlive(s.store)
	return count, err
}
