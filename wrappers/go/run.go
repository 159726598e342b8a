package memtier

import (
	"context"
	"fmt"
	"strings"
	"time"

	"memtier.dev/memtier/internal/native"
)

// A RunRecord is something that an agent did. Only the Name must be set to store one; Run does it all.
type RunRecord struct {
	ID         string        // default: a new one
	Name       string        // what was done
	Input      any           // becomes JSON
	Result     any           // becomes JSON; a string is kept as it is
	Error      string        // in place of a result: what went wrong
	Failed     bool          // it failed; always where there is an Error
	Started    time.Time     // default: the duration before now
	Duration   time.Duration // how long it took
	Metadata   any           // becomes an object of the caller's own
	Tags       []string
	Tier       string        // default: long-term memory
	Importance *float64      // see Importance
	TTL        time.Duration // default: none

	Item Item // of one that was read: as it is kept; its Text is the result, or the error
}

type runDocument struct {
	ID         string   `json:"id,omitempty"`
	Name       string   `json:"name"`
	Input      any      `json:"input,omitempty"`
	Result     any      `json:"result,omitempty"`
	Error      string   `json:"error,omitempty"`
	Success    *bool    `json:"success,omitempty"`
	Started    int64    `json:"started_us,omitempty"`
	Duration   int64    `json:"duration_us,omitempty"`
	Metadata   any      `json:"metadata,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Tier       string   `json:"tier,omitempty"`
	Importance *float64 `json:"importance,omitempty"`
	TTL        int64    `json:"ttl_us,omitempty"`
}

// RunRecordOf takes the item of a run apart. ErrInvalid if it is none.
func RunRecordOf(item Item) (RunRecord, error) {
	m, err := membersOf(item, "run")
	if err != nil {
		return RunRecord{}, err
	}
	importance := item.Importance()
	r := RunRecord{ID: item.ID(), Started: item.Created(), Tags: item.Tags(), Tier: item.Tier(),
		Importance: &importance, Item: item}
	var success bool
	var duration int64
	for key, place := range map[string]any{"name": &r.Name, "error": &r.Error, "success": &success,
		"duration_us": &duration} {
		m.take(key, place)
	}
	delete(m, "title")
	r.Input = m.takeRaw("input")
	r.Failed, r.Duration = !success, time.Duration(duration)*time.Microsecond
	if r.Error == "" {
		r.Result = item.Text()
	}
	r.Metadata = m.rest()
	return r, nil
}

// RecordRun keeps what an agent did, so that it is found again: by words of its name, input and result,
// and by filters (type, metadata.name, metadata.success, metadata.duration_us). An item with its ID
// is replaced.
func (m *Memory) RecordRun(ctx context.Context, run RunRecord, options ...Durability) (RunRecord, error) {
	document := runDocument{ID: run.ID, Name: run.Name, Input: run.Input, Result: run.Result,
		Error: run.Error, Started: toMicroseconds(run.Started), Duration: run.Duration.Microseconds(),
		Metadata: run.Metadata, Tags: run.Tags, Tier: run.Tier, Importance: run.Importance,
		TTL: ttlMicroseconds(run.TTL)}
	if run.Failed {
		document.Success = new(bool)
	}
	encoded, err := encodeText(document)
	if err != nil {
		return RunRecord{}, err
	}
	item, err := m.putDocument(ctx, string(encoded), options, native.RunRecord)
	if err != nil {
		return RunRecord{}, err
	}
	return RunRecordOf(item)
}

// Run calls a function with memory: what was run, its input, its result or error and how long it took
// are kept (RecordRun), also where it fails or panics. It gives what the function gives; the error is
// the store's only where the function had none. A result that has no JSON is kept as fmt shows it.
func Run[T any](ctx context.Context, m *Memory, name string, input any,
	call func(context.Context) (T, error)) (result T, err error) {
	began := time.Now()
	ended := false
	defer func() {
		run := RunRecord{Name: name, Input: plain(input), Duration: time.Since(began)}
		switch {
		case !ended:
			panicked := recover()
			if panicked != nil {
				defer panic(panicked)
			}
			run.Error, run.Failed = valid(fmt.Sprintf("panic: %v", panicked)), true
		case err != nil:
			run.Error, run.Failed = valid(err.Error()), true
		default:
			run.Result = plain(result)
		}
		// The function may have ended because its context did: that is worth remembering, too.
		if _, failure := m.RecordRun(context.Background(), run); failure != nil && err == nil {
			err = failure
		}
	}()
	result, err = call(ctx)
	ended = true
	return result, err
}

// plain is a value that can be written as JSON: itself, or the text that fmt makes of it.
func plain(value any) any {
	if _, err := encodeText(value); err != nil {
		return valid(fmt.Sprint(value))
	}
	return value
}

func valid(text string) string { return strings.ToValidUTF8(text, "\ufffd") }
