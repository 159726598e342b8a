package memtier

import (
	"bytes"
	"encoding/json"

	"memtier.dev/memtier/internal/native"
)

// Matches reports whether a filter is true for the item as it was read. It asks no store. The zero
// Item is refused with ErrInvalid.
func (i Item) Matches(filter Filter) (bool, error) {
	if filter.err != nil {
		return false, filter.err
	}
	var matches int32
	var failure uintptr
	status := native.ImageMatches([]byte(i.image), i.Tier(), filter.json, &matches, &failure)
	return matches != 0, check(nil, status, failure)
}

// MarshalJSON gives the item as an item document, with which Draft.JSON and Import can make it
// again. The zero Item is null.
func (i Item) MarshalJSON() ([]byte, error) {
	if i.IsZero() {
		return []byte("null"), nil
	}
	var document, failure uintptr
	status := native.ImageToJson([]byte(i.image), i.Tier(), &document, &failure)
	if status != native.MEMTIER_OK {
		return nil, failed(nil, status, failure)
	}
	return takeBytes(document), nil
}

// MarshalJSON is the item document with the keys "score" and, where there is one, "snippet".
func (h Hit) MarshalJSON() ([]byte, error) {
	document, err := h.Item.MarshalJSON()
	if err != nil || h.IsZero() {
		return document, err
	}
	found, err := encodeJSON(struct {
		Score   float64 `json:"score"`
		Snippet string  `json:"snippet,omitempty"`
	}{h.Score(), h.Snippet()})
	if err != nil {
		return nil, err
	}
	// {"id":...} and {"score":...} become one object.
	return append(append(document[:len(document)-1], ','), found[1:]...), nil
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
