package memtier

import (
	"context"
	"time"

	"memtier.dev/memtier/internal/native"
)

// Feedback says how useful an item was: Value from -1, not what was wanted, to 1, just that.
type Feedback struct {
	ID    string  `json:"id"`
	Value float64 `json:"value"`
}

// A Preference is what was learned from Feedback.
type Preference struct {
	Kind    string  // "item", "tag", "type" or "speaker"
	Name    string  // of the tag, ...; an item's id
	Value   float64 // from -1 to 1, as it counts now
	Updated time.Time
}

// AddFeedback says how useful items were, all or nothing; searches learn from it what the app, user and
// agent of the scope prefer (SignalPreference).
func (m *Memory) AddFeedback(ctx context.Context, feedback ...Feedback) error {
	if feedback == nil {
		feedback = []Feedback{}
	}
	return m.tell(ctx, struct {
		Items []Feedback `json:"items"`
	}{feedback}, func(document string, failure *uintptr) int32 {
		return native.FeedbackAdd(m.store.ticket, m.ticket(), document, failure)
	})
}

// Preferences are what was learned of the app, user and agent of the scope, the strongest first.
func (m *Memory) Preferences(ctx context.Context) ([]Preference, error) {
	var bytes uintptr
	err := m.tell(ctx, nil, func(_ string, failure *uintptr) int32 {
		return native.FeedbackList(m.store.ticket, m.ticket(), &bytes, failure)
	})
	if err != nil {
		return nil, err
	}
	var told []struct {
		Kind       string
		Name       string
		Preference float64
		Updated    int64 `json:"updated_us"`
	}
	err = readDocument(bytes, &told)
	preferences := make([]Preference, len(told))
	for i, one := range told {
		preferences[i] = Preference{one.Kind, one.Name, one.Preference, time.UnixMicro(one.Updated).UTC()}
	}
	return preferences, err
}

// ClearFeedback forgets what was learned of the app, user and agent of the scope.
func (m *Memory) ClearFeedback(ctx context.Context) error {
	return m.tell(ctx, nil, func(_ string, failure *uintptr) int32 {
		return native.FeedbackClear(m.store.ticket, m.ticket(), failure)
	})
}
