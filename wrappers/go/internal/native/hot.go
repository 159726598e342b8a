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

// Results come back by value: a pointer to a Go variable given to C would move it to the heap. Memory
// comes as _GoString_, text or not: cgo passes a string on without looking at what it shares memory
// with, and without an allocation for that look.
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
*/
import "C"

import "unsafe"

// GetInto is ItemGetInto without SWIG between: it allocates nothing, and takes a buffer that lies in a
// struct with pointers, which through SWIG's slices would panic ("Go pointer to Go pointer").
func GetInto(store, scope uintptr, id string, buffer []byte) (status int32, size int, failure uintptr) {
	r := C.memtier_go_get_into(C.uintptr_t(store), C.uintptr_t(scope), id, lend(buffer))
	return int32(r.status), int(r.size), uintptr(r.error)
}

// PutInto is ItemPutInto in the same way. image_size + 128 bytes of buffer are always enough; nil for
// nothing back.
func PutInto(store, scope uintptr, image []byte, mode, durability int32,
	buffer []byte) (status int32, size int, failure uintptr) {
	r := C.memtier_go_put_into(C.uintptr_t(store), C.uintptr_t(scope), lend(image), C.int32_t(mode),
		C.int32_t(durability), lend(buffer))
	return int32(r.status), int(r.size), uintptr(r.error)
}

// lend shows a slice to C for one call, in the form that cgo does not look into. No Go code reads the
// "string", so that it changes harms nothing.
func lend(buffer []byte) string { return *(*string)(unsafe.Pointer(&buffer)) }
