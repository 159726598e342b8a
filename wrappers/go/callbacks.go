package memtier

import (
	"fmt"
	"time"

	"memtier.dev/memtier/internal/native"
)

// A Clock tells a store the time: every age, time to live and idle time follows it. It is asked
// once in an operation, or several times in one on many items, by any goroutine that calls the
// store, so it must be quick and safe to be used by many. Times are taken to the microsecond.
type Clock interface {
	Now() time.Time
}

// A ClockFunc is a clock that can fail: what it returns is the cause of the caller's error then,
// and the call has changed nothing. UseDefault takes the system's time, this once.
type ClockFunc func() (time.Time, error)

// A LogLevel says how much a line of log matters.
type LogLevel int32

// The levels, from the most important to the most talkative.
const (
	LogError   LogLevel = native.MEMTIER_LOG_ERROR
	LogWarning LogLevel = native.MEMTIER_LOG_WARNING
	LogInfo    LogLevel = native.MEMTIER_LOG_INFO
	LogDebug   LogLevel = native.MEMTIER_LOG_DEBUG
)

// String is the level's name, such as "warning".
func (l LogLevel) String() string {
	switch l {
	case LogError:
		return "error"
	case LogWarning:
		return "warning"
	case LogInfo:
		return "info"
	case LogDebug:
		return "debug"
	}
	return fmt.Sprintf("level %d", int32(l))
}

// A LogFunc receives one line of log, from any goroutine that calls the store and from the store's
// own thread. A panic in it is ignored.
type LogFunc func(level LogLevel, message string)

// A Candidate is an item of an overflowing tier that could be the one to go, or one that was read and
// could go up.
type Candidate struct {
	ID, Type, User, Session    string
	Created, Accessed          time.Time
	Expires                    time.Time // the zero time: never
	Idle                       time.Duration
	AccessCount                int64
	ValidationCount            int64
	Priority                   int64
	SizeBytes                  int64
	Importance, RetentionScore float64
}

// A ScoreFunc gives each candidate a score, any number but NaN; the lowest go first. It runs on the
// goroutine that writes, or whose read brings an item up, by several at once where these do, and
// must not use the store (ErrReentrant).
// When it fails, so does the write that needed it: with ErrCallback, its error as the cause, and
// nothing stored. UseDefault takes the retention scores, this once.
type ScoreFunc func(candidates []Candidate) ([]float64, error)

// A PromoteFunc chooses those of the items that were read that go one tier up, beside those that the
// ladder brings up: one bool for each, or nil for none of them. It is not asked about items in the
// hottest tier and pinned ones. It runs on the goroutine that reads, by several at once where these do,
// and must not use the store (ErrReentrant). When it fails, so does the read: with ErrCallback, its error
// as the cause. UseDefault is as nil.
type PromoteFunc func(read []Candidate) ([]bool, error)

func (clock ClockFunc) native() native.Clock {
	return func() (int64, error) {
		now, err := clock()
		return now.UnixMicro(), err
	}
}

func (log LogFunc) native() native.LogLine {
	return func(level int32, message string) error {
		log(LogLevel(level), message)
		return nil
	}
}

func (score ScoreFunc) native() native.Score {
	return func(handle uintptr, scores []float64) (int32, error) {
		candidates, err := readCandidates(handle)
		if err != nil {
			return 0, err
		}
		given, err := score(candidates)
		if err == UseDefault {
			return native.MEMTIER_CALLBACK_DEFAULT, nil
		}
		if err != nil {
			return 0, err
		}
		if len(given) != len(scores) {
			return 0, fmt.Errorf("a ScoreFunc gave %d scores for %d candidates", len(given), len(scores))
		}
		copy(scores, given)
		return native.MEMTIER_CALLBACK_OK, nil
	}
}

func (promote PromoteFunc) native() native.Promote {
	return func(handle uintptr, chosen []int32) (int32, error) {
		read, err := readCandidates(handle)
		if err != nil {
			return 0, err
		}
		given, err := promote(read)
		if err == UseDefault || err == nil && given == nil {
			return native.MEMTIER_CALLBACK_DEFAULT, nil
		}
		if err != nil {
			return 0, err
		}
		if len(given) != len(chosen) {
			return 0, fmt.Errorf("a PromoteFunc decided on %d items of %d", len(given), len(chosen))
		}
		for i, up := range given {
			if up {
				chosen[i] = 1
			}
		}
		return native.MEMTIER_CALLBACK_OK, nil
	}
}

// readCandidates copies all columns: what the library lends must not be seen after the call.
func readCandidates(handle uintptr) ([]Candidate, error) {
	candidates := make([]Candidate, native.CandidatesCount(handle))
	err := readColumns(handle, candidates, candidateTexts, native.CandidatesColumnText, native.Texts)
	if err == nil {
		err = readColumns(handle, candidates, candidateNumbers, native.CandidatesColumnInt64, native.Int64s)
	}
	if err == nil {
		err = readColumns(handle, candidates, candidateFractions, native.CandidatesColumnDouble, native.Float64s)
	}
	return candidates, err
}

var candidateTexts = []column[Candidate, string]{
	{native.MEMTIER_FIELD_ID, func(c *Candidate, v string) { c.ID = v }},
	{native.MEMTIER_FIELD_TYPE, func(c *Candidate, v string) { c.Type = v }},
	{native.MEMTIER_FIELD_USER, func(c *Candidate, v string) { c.User = v }},
	{native.MEMTIER_FIELD_SESSION, func(c *Candidate, v string) { c.Session = v }},
}

var candidateNumbers = []column[Candidate, int64]{
	{native.MEMTIER_FIELD_CREATED_US, func(c *Candidate, v int64) { c.Created = fromEpoch(v) }},
	{native.MEMTIER_FIELD_ACCESSED_US, func(c *Candidate, v int64) { c.Accessed = fromEpoch(v) }},
	{native.MEMTIER_FIELD_EXPIRES_US, func(c *Candidate, v int64) {
		if v != 0 {
			c.Expires = fromEpoch(v)
		}
	}},
	{native.MEMTIER_FIELD_IDLE_US, func(c *Candidate, v int64) { c.Idle = fromMicroseconds(v) }},
	{native.MEMTIER_FIELD_ACCESS_COUNT, func(c *Candidate, v int64) { c.AccessCount = v }},
	{native.MEMTIER_FIELD_VALIDATION_COUNT, func(c *Candidate, v int64) { c.ValidationCount = v }},
	{native.MEMTIER_FIELD_PRIORITY, func(c *Candidate, v int64) { c.Priority = v }},
	{native.MEMTIER_FIELD_SIZE_BYTES, func(c *Candidate, v int64) { c.SizeBytes = v }},
}

var candidateFractions = []column[Candidate, float64]{
	{native.MEMTIER_FIELD_IMPORTANCE, func(c *Candidate, v float64) { c.Importance = v }},
	{native.MEMTIER_FIELD_SCORE, func(c *Candidate, v float64) { c.RetentionScore = v }},
}
