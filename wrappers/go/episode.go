package memtier

import (
	"context"
	"encoding/json"
	"time"

	"memtier.dev/memtier/internal/native"
)

// An Episode is something that happened. Only the Text must be set to store one.
type Episode struct {
	ID           string // default: a new one
	Text         string // what happened
	Title        string // default: location and participants
	Location     string
	Participants []string
	Emotions     map[string]float64 // how strong, 0 to 1
	Started      time.Time          // default: now
	Ended        time.Time
	Metadata     any // becomes an object of the caller's own
	Tags         []string
	Tier         string        // default: long-term memory
	Importance   *float64      // see Importance
	TTL          time.Duration // default: none

	Item Item // of one that was read: as it is kept
}

type episodeDocument struct {
	ID           string             `json:"id,omitempty"`
	Content      string             `json:"content,omitempty"`
	Title        string             `json:"title,omitempty"`
	Location     string             `json:"location,omitempty"`
	Participants []string           `json:"participants,omitempty"`
	Emotions     map[string]float64 `json:"emotions,omitempty"`
	Started      int64              `json:"started_us,omitempty"`
	Ended        int64              `json:"ended_us,omitempty"`
	Metadata     any                `json:"metadata,omitempty"`
	Tags         []string           `json:"tags,omitempty"`
	Tier         string             `json:"tier,omitempty"`
	Importance   *float64           `json:"importance,omitempty"`
	TTL          int64              `json:"ttl_us,omitempty"`
}

// EpisodeOf takes the item of an episode apart. ErrInvalid if it is none.
func EpisodeOf(item Item) (Episode, error) {
	m, err := membersOf(item, "episode")
	if err != nil {
		return Episode{}, err
	}
	importance := item.Importance()
	e := Episode{ID: item.ID(), Text: item.Text(), Started: item.Created(), Ended: m.takeTime("ended_us"),
		Tags: item.Tags(), Tier: item.Tier(), Importance: &importance, Item: item}
	for key, place := range map[string]any{"title": &e.Title, "location": &e.Location,
		"participants": &e.Participants, "emotions": &e.Emotions} {
		m.take(key, place)
	}
	e.Metadata = m.rest()
	return e, nil
}

// PutEpisode stores something that happened; an item with its ID is replaced.
func (m *Memory) PutEpisode(ctx context.Context, episode Episode, options ...Durability) (Episode, error) {
	e := &episode
	document, err := encodeText(episodeDocument{e.ID, e.Text, e.Title, e.Location, e.Participants,
		e.Emotions, toMicroseconds(e.Started), toMicroseconds(e.Ended), e.Metadata, e.Tags, e.Tier,
		e.Importance, ttlMicroseconds(e.TTL)})
	if err != nil {
		return Episode{}, err
	}
	item, err := m.putDocument(ctx, string(document), options, native.EpisodePut)
	if err != nil {
		return Episode{}, err
	}
	return EpisodeOf(item)
}

// Around says what is near: to a time, by default now, or to an item.
type Around struct {
	At     time.Time
	ID     string        // in place of a time: around this item, without it
	Within time.Duration // how far from it at most; default an hour
	Limit  int           // the nearest so many; default 20
	Filter Filter
}

// Around is what happened around then: items of any type that were created near, and episodes that
// were going on, in the order of time. It does not count as reading them.
func (m *Memory) Around(ctx context.Context, request Around) ([]Item, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	embedded, err := request.Filter.embedded()
	if err != nil {
		return nil, err
	}
	document := map[string]any{"filter": json.RawMessage(embedded)}
	if !request.At.IsZero() {
		document["at_us"] = request.At.UnixMicro()
	}
	if request.ID != "" {
		document["id"] = request.ID
	}
	if request.Within != 0 {
		document["within_us"] = request.Within.Microseconds()
	}
	if request.Limit != 0 {
		document["limit"] = request.Limit
	}
	encoded, err := encodeText(document)
	if err != nil {
		return nil, err
	}
	return m.askContext(ctx, string(encoded), native.EpisodeFindAround)
}
