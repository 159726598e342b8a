package native

/*
#include <stdint.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"
)

// What can be registered as a callback. An error that one of them returns, and a panic, goes to C
// as a negative number that the caller's error then carries (ErrorCallbackCode): TakeFailure finds
// it again, on whichever goroutine.
type (
	// Clock tells the time in microseconds since 1970.
	Clock func() (int64, error)
	// LogLine receives one line of log.
	LogLine func(level int32, message string) error
	// Progress returns MEMTIER_CALLBACK_OK or MEMTIER_CALLBACK_CANCEL.
	Progress func(done, total int64) (int32, error)
	// Score fills scores and returns MEMTIER_CALLBACK_OK or MEMTIER_CALLBACK_DEFAULT. The handle
	// candidates and the slice are lent for the length of the call.
	Score func(candidates uintptr, scores []float64) (int32, error)
	// Promote sets to 1 the numbers of the items that it chooses, and returns MEMTIER_CALLBACK_OK or
	// MEMTIER_CALLBACK_DEFAULT. The handle read and the slice are lent for the length of the call.
	Promote func(read uintptr, chosen []int32) (int32, error)
	// Extract adds keys of items; both handles are lent for the length of the call.
	Extract func(items, keys uintptr) error
	// Embed fills vectors, zeros on entry, with len(vectors)/len(texts) components for each text. Both
	// are lent for the length of the call.
	Embed func(texts []string, vectors []float32) error
	// Decide sets to 1 the numbers of the items that it chooses; both are lent for the length of the
	// call.
	Decide func(items uintptr, dryRun bool, chosen []int32) error
	// CountTokens fills tokens and returns MEMTIER_CALLBACK_OK or MEMTIER_CALLBACK_DEFAULT.
	CountTokens func(texts []string, tokens []int64) (int32, error)
	// Write receives exported bytes, lent for the length of the call.
	Write func(data []byte) error
	// Read fills buffer from its start and returns how many bytes; 0 is the end.
	Read func(buffer []byte) (int, error)
)

// ErrDefault is what a Clock returns for MEMTIER_CALLBACK_DEFAULT.
var ErrDefault = errors.New("behave as if no callback were set, this time")

const (
	firstFailure = -1000000
	maxFailures  = 256
)

var (
	lastNumber uint64
	table      sync.Map // uint64 -> callback

	failureMutex sync.Mutex
	nextFailure  int32 = firstFailure
	failures           = map[int32]error{}
)

// Register gives a callback a number, for exactly one call that takes it: that call lets it go when
// the library is done with it, also when the call fails.
func Register(callback interface{}) uintptr {
	number := atomic.AddUint64(&lastNumber, 1)
	table.Store(number, callback)
	return uintptr(number)
}

// Registered counts the callbacks that are registered, for tests.
func Registered() int {
	count := 0
	table.Range(func(_, _ interface{}) bool { count++; return true })
	return count
}

// TakeFailure gives the error of the callback that failed with this number, once; nil if there is
// none.
func TakeFailure(callbackCode int32) error {
	failureMutex.Lock()
	defer failureMutex.Unlock()
	err := failures[callbackCode]
	delete(failures, callbackCode)
	return err
}

func keep(err error) C.int32_t {
	failureMutex.Lock()
	defer failureMutex.Unlock()
	code := nextFailure
	failures[code] = err
	// Failures that nobody asks for (a background thread's) must not pile up.
	delete(failures, code+maxFailures)
	nextFailure--
	if nextFailure >= 0 {
		nextFailure = firstFailure
	}
	return C.int32_t(code)
}

// recovered is deferred by every trampoline: a panic must not cross C.
func recovered(result *C.int32_t) {
	if r := recover(); r != nil {
		if err, ok := r.(error); ok {
			*result = keep(fmt.Errorf("a callback panicked: %w", err))
		} else {
			*result = keep(fmt.Errorf("a callback panicked: %v", r))
		}
	}
}

func find(number C.uintptr_t) interface{} {
	callback, ok := table.Load(uint64(number))
	if !ok {
		panic("it was called after it was let go")
	}
	return callback
}

//export memtierGoClock
func memtierGoClock(outNow *C.int64_t, number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	now, err := find(number).(Clock)()
	if err == ErrDefault {
		return MEMTIER_CALLBACK_DEFAULT
	}
	if err != nil {
		return keep(err)
	}
	*outNow = C.int64_t(now)
	return MEMTIER_CALLBACK_OK
}

//export memtierGoLog
func memtierGoLog(level C.int32_t, message unsafe.Pointer, size C.int64_t,
	number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	if err := find(number).(LogLine)(int32(level), string(borrow(message, int(size)))); err != nil {
		return keep(err)
	}
	return MEMTIER_CALLBACK_OK
}

//export memtierGoProgress
func memtierGoProgress(done, total C.int64_t, number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	answer, err := find(number).(Progress)(int64(done), int64(total))
	if err != nil {
		return keep(err)
	}
	return C.int32_t(answer)
}

//export memtierGoScore
func memtierGoScore(candidates C.uintptr_t, outScores *C.double, count C.int64_t,
	number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	scores := unsafe.Slice((*float64)(unsafe.Pointer(outScores)), int(count))
	answer, err := find(number).(Score)(uintptr(candidates), scores)
	if err != nil {
		return keep(err)
	}
	return C.int32_t(answer)
}

//export memtierGoPromote
func memtierGoPromote(read C.uintptr_t, outChosen *C.int32_t, count C.int64_t,
	number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	chosen := unsafe.Slice((*int32)(unsafe.Pointer(outChosen)), int(count))
	answer, err := find(number).(Promote)(uintptr(read), chosen)
	if err != nil {
		return keep(err)
	}
	return C.int32_t(answer)
}

//export memtierGoExtract
func memtierGoExtract(items, keys, number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	if err := find(number).(Extract)(uintptr(items), uintptr(keys)); err != nil {
		return keep(err)
	}
	return MEMTIER_CALLBACK_OK
}

//export memtierGoEmbed
func memtierGoEmbed(texts unsafe.Pointer, count C.int64_t, outVectors *C.float, dimension C.int64_t,
	number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	vectors := unsafe.Slice((*float32)(unsafe.Pointer(outVectors)), int(count*dimension))
	if err := find(number).(Embed)(Texts((*Slice)(texts), int64(count)), vectors); err != nil {
		return keep(err)
	}
	return MEMTIER_CALLBACK_OK
}

//export memtierGoDecide
func memtierGoDecide(items C.uintptr_t, dryRun C.int32_t, outChosen *C.int32_t, count C.int64_t,
	number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	chosen := unsafe.Slice((*int32)(unsafe.Pointer(outChosen)), int(count))
	if err := find(number).(Decide)(uintptr(items), dryRun != 0, chosen); err != nil {
		return keep(err)
	}
	return MEMTIER_CALLBACK_OK
}

//export memtierGoCount
func memtierGoCount(texts unsafe.Pointer, count C.int64_t, outTokens *C.int64_t,
	number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	tokens := unsafe.Slice((*int64)(unsafe.Pointer(outTokens)), int(count))
	answer, err := find(number).(CountTokens)(Texts((*Slice)(texts), int64(count)), tokens)
	if err != nil {
		return keep(err)
	}
	return C.int32_t(answer)
}

//export memtierGoWrite
func memtierGoWrite(data unsafe.Pointer, size C.int64_t, number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	if err := find(number).(Write)(borrow(data, int(size))); err != nil {
		return keep(err)
	}
	return MEMTIER_CALLBACK_OK
}

//export memtierGoRead
func memtierGoRead(buffer unsafe.Pointer, bufferSize C.int64_t, outSize *C.int64_t,
	number C.uintptr_t) (result C.int32_t) {
	defer recovered(&result)
	size, err := find(number).(Read)(borrow(buffer, int(bufferSize)))
	if err != nil {
		return keep(err)
	}
	if size < 0 || size > int(bufferSize) {
		return keep(fmt.Errorf("a reader returned %d for a buffer of %d bytes", size, bufferSize))
	}
	*outSize = C.int64_t(size)
	return MEMTIER_CALLBACK_OK
}

//export memtierGoDestroy
func memtierGoDestroy(number C.uintptr_t) {
	table.Delete(uint64(number))
}
