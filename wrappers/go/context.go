package memtier

import (
	"context"
	"fmt"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// Remember keeps a text under a key, which becomes the item's id: with an importance above 0.8 in
// long-term memory, else in short-term memory for an hour. What stood under the key is replaced.
func (m *Memory) Remember(ctx context.Context, key, value string, importance float64,
	options ...Durability) (Item, error) {
	if err := m.begin(ctx); err != nil {
		return Item{}, err
	}
	durability := DurabilityDefault
	for _, option := range options {
		durability = option
	}
	var item, failure uintptr
	status := native.ContextRemember(m.store.ticket, m.ticket(), key, value, importance,
		int32(durability), &item, &failure)
	runtime.KeepAlive(m)
	return m.taken(ctx, status, item, failure)
}

// A WorkingContext says what an agent is to have in mind.
type WorkingContext struct {
	Text      string   // what it is about; without one, the most important come
	ShortTerm *int     // at most so many of short-term memory; default MaxItems
	MaxItems  int      // default 20
	MaxTokens int64    // see WithTokenCounter; 0 no limit
	Exclude   []string // ids of items that the caller has already
	Filter    Filter
}

// ActiveContext is what to have in mind now: the newest items of short-term memory, the newest first,
// then those of long-term memory that have most to do with the text, as many as fit. It does not
// count as reading them.
func (m *Memory) ActiveContext(ctx context.Context, request WorkingContext) ([]Item, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	document, err := contextDocument(request.Text, "short_term", request.ShortTerm, request.MaxItems,
		request.MaxTokens, request.Exclude, request.Filter)
	if err != nil {
		return nil, err
	}
	return m.askContext(ctx, document, native.ContextBuild)
}

// A TokenFunc counts the tokens of texts, as the program's language model does: a number for each. It
// runs on the goroutine that asks for a context, by several at once where these do, and must not use
// the store (ErrReentrant). When it fails, so does the call that asked: with ErrCallback, its error
// as the cause. UseDefault takes four bytes for a token, this once.
type TokenFunc func(texts []string) ([]int64, error)

func (count TokenFunc) native() native.CountTokens {
	return func(texts []string, tokens []int64) (int32, error) {
		given, err := count(texts)
		if err == UseDefault {
			return native.MEMTIER_CALLBACK_DEFAULT, nil
		}
		if err != nil {
			return 0, err
		}
		if len(given) != len(tokens) {
			return 0, fmt.Errorf("a TokenFunc gave %d numbers for %d texts", len(given), len(tokens))
		}
		copy(tokens, given)
		return native.MEMTIER_CALLBACK_OK, nil
	}
}
