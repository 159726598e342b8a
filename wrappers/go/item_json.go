package memtier

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"unicode/utf8"
)

// itemDocument has the keys of an item document, in the order of memtier.h's.
type itemDocument struct {
	ID              string          `json:"id,omitempty"`
	Collection      string          `json:"collection,omitempty"`
	App             string          `json:"app,omitempty"`
	User            string          `json:"user,omitempty"`
	Agent           string          `json:"agent,omitempty"`
	Session         string          `json:"session,omitempty"`
	Type            string          `json:"type,omitempty"`
	Content         *string         `json:"content,omitempty"`
	ContentBase64   string          `json:"content_base64,omitempty"`
	ContentType     string          `json:"content_type,omitempty"`
	Metadata        json.RawMessage `json:"metadata,omitempty"`
	Tags            []string        `json:"tags,omitempty"`
	Importance      float64         `json:"importance"`
	Priority        int64           `json:"priority,omitempty"`
	Pinned          bool            `json:"pinned,omitempty"`
	Tier            string          `json:"tier,omitempty"`
	Created         int64           `json:"created_us"`
	Updated         int64           `json:"updated_us"`
	Accessed        int64           `json:"accessed_us"`
	Expires         int64           `json:"expires_us,omitempty"`
	TTL             *int64          `json:"ttl_us,omitempty"`
	AccessCount     int64           `json:"access_count"`
	ValidationCount int64           `json:"validation_count,omitempty"`
	Version         int64           `json:"version"`
}

// MarshalJSON gives the item as an item document, with which Draft.JSON and Import can make it
// again. The zero Item is null.
func (i Item) MarshalJSON() ([]byte, error) {
	if i.IsZero() {
		return []byte("null"), nil
	}
	return encodeJSON(i.document())
}

// MarshalJSON is the item document with the keys "score" and, where there is one, "snippet".
func (h Hit) MarshalJSON() ([]byte, error) {
	if h.IsZero() {
		return []byte("null"), nil
	}
	return encodeJSON(struct {
		itemDocument
		Score   float64 `json:"score"`
		Snippet string  `json:"snippet,omitempty"`
	}{h.document(), h.Score(), h.Snippet()})
}

func (i Item) document() itemDocument {
	scope := i.Scope()
	document := itemDocument{
		ID: i.ID(), App: scope.App, User: scope.User, Agent: scope.Agent, Session: scope.Session,
		Type: i.Type(), ContentType: i.ContentType(), Metadata: i.Metadata(), Tags: i.Tags(),
		Importance: i.Importance(), Priority: i.Priority(), Pinned: i.Pinned(), Tier: i.Tier(),
		Created: i.int64(imageCreated), Updated: i.int64(imageUpdated),
		Accessed: i.int64(imageAccessed), Expires: i.int64(imageExpires),
		AccessCount: i.AccessCount(), ValidationCount: i.ValidationCount(), Version: i.Version(),
	}
	if scope.Collection != "default" {
		document.Collection = scope.Collection
	}
	if content := i.Text(); utf8.ValidString(content) {
		document.Content = &content
	} else {
		document.ContentBase64 = base64.StdEncoding.EncodeToString([]byte(content))
	}
	if ttl := i.int64(imageTTL); ttl >= 0 {
		document.TTL = &ttl
	}
	return document
}

// encodeJSON is json.Marshal without its escapes for HTML.
func encodeJSON(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, &Error{Code: ErrInvalid, Message: "a value cannot become JSON", Cause: err}
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

// encodeText is encodeJSON that refuses text that is not UTF-8: package json would replace it.
func encodeText(value any) ([]byte, error) {
	encoded, err := encodeJSON(value)
	if err != nil {
		return nil, err
	}
	// The replacement character itself is written as it is; only what was replaced is escaped.
	for at := 0; at+6 <= len(encoded); at++ {
		if encoded[at] != '\\' {
			continue
		}
		if string(encoded[at:at+6]) == `\ufffd` {
			return nil, invalid("a text is not valid UTF-8: %.200q", encoded)
		}
		at++ // the character that is escaped
	}
	return encoded, nil
}
