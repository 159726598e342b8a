package memtier

import (
	"time"

	"memtier.dev/memtier/internal/native"
)

// An EvictionOrder says which items of an overflowing tier go first.
type EvictionOrder int32

// The orders.
const (
	EvictionRetention EvictionOrder = native.MEMTIER_EVICTION_RETENTION // the lowest retention score: the default
	EvictionLRU       EvictionOrder = native.MEMTIER_EVICTION_LRU       // read longest ago
	EvictionLFU       EvictionOrder = native.MEMTIER_EVICTION_LFU       // read least often; among equals, longest ago
	EvictionExpiry    EvictionOrder = native.MEMTIER_EVICTION_EXPIRY    // those that expire first
	EvictionPriority  EvictionOrder = native.MEMTIER_EVICTION_PRIORITY  // lowest priority
	EvictionCallback  EvictionOrder = native.MEMTIER_EVICTION_CALLBACK  // as WithEviction says
)

// A Tokenizer says how text is split into words.
type Tokenizer string

// The tokenizers.
const (
	TokenizerEnglish Tokenizer = "english" // TokenizerCJK, stemmed as English: the default
	TokenizerUnicode Tokenizer = "unicode" // words, without regard to case and diacritics
	TokenizerCJK     Tokenizer = "cjk"     // and runs of Chinese, Japanese or Korean characters in pairs
	TokenizerPlain   Tokenizer = "plain"   // what stands between white space, exactly
)

// An Option says how to open a store.
type Option func(*openSettings)

type openSettings struct {
	ticket uintptr
	err    error
}

// An OptionKey names an option whose value is a whole number; OptionBounds tells its range.
type OptionKey int32

// The keys; times are in milliseconds, OptionLinkHalfLife in seconds.
const (
	OptionCreate           OptionKey = native.MEMTIER_OPTION_CREATE
	OptionDurability       OptionKey = native.MEMTIER_OPTION_DURABILITY
	OptionRelaxedInterval  OptionKey = native.MEMTIER_OPTION_RELAXED_INTERVAL_MS
	OptionBusyTimeout      OptionKey = native.MEMTIER_OPTION_BUSY_TIMEOUT_MS
	OptionJournalSize      OptionKey = native.MEMTIER_OPTION_JOURNAL_BYTES
	OptionMemoryLimit      OptionKey = native.MEMTIER_OPTION_MEMORY_LIMIT_BYTES
	OptionReaders          OptionKey = native.MEMTIER_OPTION_READER_COUNT
	OptionBackground       OptionKey = native.MEMTIER_OPTION_BACKGROUND
	OptionTransitionLimit  OptionKey = native.MEMTIER_OPTION_TRANSITION_LIMIT
	OptionCompressAbove    OptionKey = native.MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES
	OptionAccessInterval   OptionKey = native.MEMTIER_OPTION_ACCESS_INTERVAL_MS
	OptionTTLRefreshOnRead OptionKey = native.MEMTIER_OPTION_TTL_REFRESH_ON_READ
	OptionEvictionOrder    OptionKey = native.MEMTIER_OPTION_EVICTION_ORDER
	OptionRandomSeed       OptionKey = native.MEMTIER_OPTION_RANDOM_SEED
	OptionLinkHalfLife     OptionKey = native.MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS
	OptionLearnedLinks     OptionKey = native.MEMTIER_OPTION_LEARN_LINKS
	OptionEmbedBatch       OptionKey = native.MEMTIER_OPTION_EMBED_BATCH

	OptionMaintenanceInterval OptionKey = native.MEMTIER_OPTION_MAINTENANCE_INTERVAL_MS
	OptionMaintenanceBudget   OptionKey = native.MEMTIER_OPTION_MAINTENANCE_BUDGET_MS
	OptionChangeLadder        OptionKey = native.MEMTIER_OPTION_CHANGE_LADDER
	OptionPrefetch            OptionKey = native.MEMTIER_OPTION_PREFETCH
	OptionQueryCacheBytes     OptionKey = native.MEMTIER_OPTION_QUERY_CACHE_BYTES
)

// Bounds are the smallest, largest and default value of an option.
type Bounds struct{ Minimum, Maximum, Default int64 }

// OptionBounds tells the range of an option.
func OptionBounds(key OptionKey) (Bounds, error) {
	var minimum, maximum, byDefault int64
	var failure uintptr
	status := native.OptionGetBounds(int32(key), &minimum, &maximum, &byDefault, &failure)
	return Bounds{minimum, maximum, byDefault}, check(nil, status, failure)
}

// WithCreate says whether a missing file is made (the default) or is ErrNotFound.
func WithCreate(create bool) Option { return setBool(OptionCreate, create) }

// WithDurability says what an acknowledged write has survived, where the call does not say it. The
// default is DurabilityNormal.
func WithDurability(durability Durability) Option {
	return setOption(OptionDurability, int64(durability))
}

// WithRelaxedInterval says in which time DurabilityRelaxed writes are committed.
func WithRelaxedInterval(interval time.Duration) Option {
	return setOption(OptionRelaxedInterval, milliseconds(interval))
}

// WithBusyTimeout is the longest wait for another writer; the default is 10 seconds.
func WithBusyTimeout(timeout time.Duration) Option {
	return setOption(OptionBusyTimeout, milliseconds(timeout))
}

// WithJournalSize is the size of the journal in bytes, set when the store is made; 16 MiB.
func WithJournalSize(size int64) Option { return setOption(OptionJournalSize, size) }

// WithMemoryLimit is the RAM for items and caches in bytes; 256 MiB.
func WithMemoryLimit(size int64) Option { return setOption(OptionMemoryLimit, size) }

// WithReaders is how many reads of the file run at once; 4.
func WithReaders(count int) Option { return setOption(OptionReaders, int64(count)) }

// WithBackground says whether the store has a thread of its own (the default).
func WithBackground(background bool) Option { return setBool(OptionBackground, background) }

// WithTransitionLimit is how many rows the log of transitions keeps; 10000.
func WithTransitionLimit(rows int) Option { return setOption(OptionTransitionLimit, int64(rows)) }

// WithCompressAbove compresses longer content where that saves a fifth; 1024 bytes, 0 never.
func WithCompressAbove(bytes int64) Option { return setOption(OptionCompressAbove, bytes) }

// WithAccessInterval says in which time access statistics are written; 5 seconds.
func WithAccessInterval(interval time.Duration) Option {
	return setOption(OptionAccessInterval, milliseconds(interval))
}

// WithTTLRefreshOnRead says whether a read starts an item's time to live anew; the default is no.
func WithTTLRefreshOnRead(refresh bool) Option { return setBool(OptionTTLRefreshOnRead, refresh) }

// WithEvictionOrder says which items of an overflowing tier go first.
func WithEvictionOrder(order EvictionOrder) Option {
	return setOption(OptionEvictionOrder, int64(order))
}

// WithRandomSeed seeds the ids that are generated, for tests; 0 is unpredictable.
func WithRandomSeed(seed int64) Option { return setOption(OptionRandomSeed, seed) }

// WithLinkHalfLife says in which time a link loses half of its strength, in whole seconds; 30 days. 0:
// never.
func WithLinkHalfLife(halfLife time.Duration) Option {
	return setOption(OptionLinkHalfLife, int64(halfLife/time.Second))
}

// WithLearnedLinks links what is read by id with so many of the items that were read before it; 0 (the
// default, off) to 16.
func WithLearnedLinks(window int) Option { return setOption(OptionLearnedLinks, int64(window)) }

// WithQueryCache keeps what searches found, in so many bytes of RAM; no answer is ever out of date. 0, the
// default: nothing is kept.
func WithQueryCache(bytes int64) Option { return setOption(OptionQueryCacheBytes, bytes) }

// WithPrefetch lets a read by id that has to look into the file bring with it, into RAM, at most so many of
// the items that were read behind its item before; 0 (the default, off) to 16.
func WithPrefetch(items int) Option { return setOption(OptionPrefetch, int64(items)) }

// WithChangedLadder lets WithLadder and WithPreset give a store that exists another ladder. Items whose tier
// is not in it go into the hottest tier of the same medium, or of the next colder one. ErrBusy while others
// have the store open, ErrLimit where the last tier has no room for what there is.
func WithChangedLadder() Option { return setBool(OptionChangeLadder, true) }

// WithPreset gives a store that is made one of the ladders that memtier knows. A store that exists
// must have it already: else ErrMismatch.
func WithPreset(preset Preset) Option {
	return setOptionText(native.MEMTIER_OPTION_LADDER, string(preset))
}

// WithLadder gives a store that is made this ladder. A store that exists must have it already: else
// ErrMismatch.
func WithLadder(ladder Ladder) Option {
	document, err := ladder.document()
	if err != nil {
		return func(s *openSettings) { s.fail(err) }
	}
	return setOptionText(native.MEMTIER_OPTION_LADDER, document)
}

// WithTokenizer says how a store that is made splits text into words. A store that exists must have
// it already: else ErrMismatch.
func WithTokenizer(tokenizer Tokenizer) Option {
	return setOptionText(native.MEMTIER_OPTION_TOKENIZER, string(tokenizer))
}

// WithClock gives the store a clock; nil takes it back. A panic of the clock is the cause of the
// error of the call that asked for the time.
func WithClock(clock Clock) Option {
	if clock == nil {
		return WithClockFunc(nil)
	}
	return WithClockFunc(func() (time.Time, error) { return clock.Now(), nil })
}

// WithClockFunc gives the store a clock that can fail; nil takes it back.
func WithClockFunc(clock ClockFunc) Option {
	if clock == nil {
		return withCallback(nil, native.OptionsSetClock)
	}
	return withCallback(clock.native(), native.OptionsSetClock)
}

// withCallback registers a callback, or takes it back, when a store is opened.
func withCallback(callback any, set func(ticket, number uintptr, failure *uintptr) int32) Option {
	return func(s *openSettings) {
		if s.err == nil {
			var number, failure uintptr
			if callback != nil {
				number = native.Register(callback)
			}
			status := set(s.ticket, number, &failure)
			s.done(status, failure)
		}
	}
}

// WithLog sends the store's log, up to the level, to a function; nil takes it back. Without one the
// library is silent.
func WithLog(level LogLevel, log LogFunc) Option {
	return func(s *openSettings) {
		if s.err == nil {
			var table *native.Log
			var failure uintptr
			if log != nil {
				table = &native.Log{Callback: native.Register(log.native()), Level: int64(level)}
			}
			status := native.OptionsSetLog(s.ticket, table, &failure)
			s.done(status, failure)
		}
	}
}

// WithEviction decides by a function of the program's which items of an overflowing tier go first;
// nil takes it back.
func WithEviction(score ScoreFunc) Option {
	if score == nil {
		return withCallback(nil, native.OptionsSetEviction)
	}
	return withCallback(score.native(), native.OptionsSetEviction)
}

// WithPromotion decides by a function of the program's which items that were read go one tier up, beside
// those that the ladder brings up; nil takes it back.
func WithPromotion(promote PromoteFunc) Option {
	if promote == nil {
		return withCallback(nil, native.OptionsSetPromotion)
	}
	return withCallback(promote.native(), native.OptionsSetPromotion)
}

// WithTokenCounter says how the tokens of texts are counted for the budget of a context; nil takes it
// back. Without one, four bytes are a token.
func WithTokenCounter(count TokenFunc) Option {
	if count == nil {
		return withCallback(nil, native.OptionsSetTokenCounter)
	}
	return withCallback(count.native(), native.OptionsSetTokenCounter)
}

// milliseconds rounds up: a wait is never shorter than what was asked for.
func milliseconds(d time.Duration) int64 {
	if d <= 0 {
		return int64(d / time.Millisecond)
	}
	return int64((d-1)/time.Millisecond) + 1
}

func setBool(key OptionKey, value bool) Option {
	if value {
		return setOption(key, 1)
	}
	return setOption(key, 0)
}

func setOption(key OptionKey, value int64) Option {
	return func(s *openSettings) {
		if s.err == nil {
			var failure uintptr
			status := native.OptionsSetInt64(s.ticket, int32(key), value, &failure)
			s.done(status, failure)
		}
	}
}

func setOptionText(key int32, text string) Option {
	return func(s *openSettings) {
		if s.err == nil {
			var failure uintptr
			status := native.OptionsSetText(s.ticket, key, text, &failure)
			s.done(status, failure)
		}
	}
}

func (s *openSettings) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *openSettings) done(status int32, failure uintptr) { s.fail(check(nil, status, failure)) }
