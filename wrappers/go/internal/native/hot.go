package native

/*
#cgo pkg-config: memtier
#include <stdint.h>
#include "memtier.h"

#if MEMTIER_VERSION_MAJOR != 1
#error "this package is made for memtier 1"
#endif

typedef struct memtier_go_result {
  memtier_status status;
  size_t size;
  uintptr_t error;
} memtier_go_result;

// Results come back by value: a pointer to a Go variable given to C would move it to the heap.
// Memory comes as _GoString_, text or not: cgo passes a string on without looking at what it shares
// memory with, and without an allocation for that look.
static inline memtier_go_result memtier_go_get_into(uintptr_t store, uintptr_t scope, _GoString_ id,
                                                    _GoString_ buffer) {
  memtier_go_result result;
  memtier_error* error = NULL;
  result.status = memtier_item_get_into((memtier_store*)store, (const memtier_scope*)scope,
                                        _GoStringPtr(id), _GoStringLen(id),
                                        (void*)_GoStringPtr(buffer), _GoStringLen(buffer),
                                        &result.size, &error);
  result.error = (uintptr_t)error;
  return result;
}

static inline memtier_go_result memtier_go_put_into(uintptr_t store, uintptr_t scope,
                                                    _GoString_ image, int32_t mode,
                                                    int32_t durability, _GoString_ buffer) {
  memtier_go_result result;
  memtier_error* error = NULL;
  result.status = memtier_item_put_into((memtier_store*)store, (const memtier_scope*)scope,
                                        _GoStringPtr(image), _GoStringLen(image), mode, durability,
                                        (void*)_GoStringPtr(buffer), _GoStringLen(buffer),
                                        &result.size, &error);
  result.error = (uintptr_t)error;
  return result;
}

typedef struct memtier_go_failure {
  memtier_status code;
  int32_t is_retriable;
  int32_t callback_code;
  const char* message;
  size_t message_size;
} memtier_go_failure;

static inline memtier_go_failure memtier_go_read_error(uintptr_t handle) {
  const memtier_error* error = (const memtier_error*)handle;
  memtier_go_failure failure;
  failure.code = memtier_error_code(error);
  failure.is_retriable = memtier_error_is_retriable(error);
  failure.callback_code = memtier_error_callback_code(error);
  failure.message = memtier_error_message(error);
  failure.message_size = memtier_error_message_size(error);
  return failure;
}

// A scope in one call: the names app, user, agent, session and collection, one behind the other.
static inline memtier_go_result memtier_go_make_scope(_GoString_ names, const int64_t* ends) {
  static const int32_t parts[] = {MEMTIER_SCOPE_APP, MEMTIER_SCOPE_USER, MEMTIER_SCOPE_AGENT,
                                  MEMTIER_SCOPE_SESSION, MEMTIER_SCOPE_COLLECTION};
  memtier_go_result result = {0, 0, 0};
  memtier_scope* scope = NULL;
  memtier_error* error = NULL;
  int64_t begin = 0;
  result.status = memtier_scope_create(&scope, &error);
  for (int i = 0; i < 5 && result.status == MEMTIER_OK; begin = ends[i++]) {
    if (ends[i] == begin) continue;
    result.status = memtier_scope_set(scope, parts[i], _GoStringPtr(names) + begin,
                                      (size_t)(ends[i] - begin), &error);
  }
  if (result.status != MEMTIER_OK) {
    memtier_scope_destroy(scope);
    scope = NULL;
  }
  result.size = (size_t)scope;
  result.error = (uintptr_t)error;
  return result;
}
*/
import "C"

import "unsafe"

// GetInto is ItemGetInto without SWIG between: it allocates nothing, and takes a buffer that lies
// in a struct with pointers, which through SWIG's slices would panic ("Go pointer to Go pointer").
func GetInto(store, scope uintptr, id string, buffer []byte) (status int32, size int, failure uintptr) {
	r := C.memtier_go_get_into(C.uintptr_t(store), C.uintptr_t(scope), id, lend(buffer))
	return int32(r.status), int(r.size), uintptr(r.error)
}

// PutInto is ItemPutInto in the same way. image_size + 128 bytes of buffer are always enough; nil
// for nothing back.
func PutInto(store, scope uintptr, image []byte, mode, durability int32,
	buffer []byte) (status int32, size int, failure uintptr) {
	r := C.memtier_go_put_into(C.uintptr_t(store), C.uintptr_t(scope), lend(image), C.int32_t(mode),
		C.int32_t(durability), lend(buffer))
	return int32(r.status), int(r.size), uintptr(r.error)
}

// lend shows a slice to C for one call, in the form that cgo does not look into. No Go code reads
// the "string", so that it changes harms nothing.
func lend(buffer []byte) string { return *(*string)(unsafe.Pointer(&buffer)) }

// Failure is what an error object says.
type Failure struct {
	Code         int32
	Retriable    bool
	CallbackCode int32
	Message      string
}

// TakeError reads an error object and destroys it.
func TakeError(failure uintptr) Failure {
	f := C.memtier_go_read_error(C.uintptr_t(failure))
	message := string(borrow(unsafe.Pointer(f.message), int(f.message_size)))
	ErrorDestroy(failure)
	return Failure{int32(f.code), f.is_retriable != 0, int32(f.callback_code), message}
}

// MakeScope makes a scope of the names app, user, agent, session and collection; the empty ones are
// not given.
func MakeScope(names [5]string) (status int32, scope, failure uintptr) {
	var joined string
	var ends [5]C.int64_t
	for i, name := range names {
		joined += name
		ends[i] = C.int64_t(len(joined))
	}
	r := C.memtier_go_make_scope(joined, &ends[0])
	return int32(r.status), uintptr(r.size), uintptr(r.error)
}
