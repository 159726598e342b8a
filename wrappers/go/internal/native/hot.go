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
static inline memtier_go_result memtier_go_get_into(uintptr_t store, uintptr_t scope, _GoString_ id,
                                                    void* buffer, size_t buffer_size) {
  memtier_go_result result;
  memtier_error* error = NULL;
  result.status = memtier_item_get_into((memtier_store*)store, (const memtier_scope*)scope,
                                        _GoStringPtr(id), _GoStringLen(id), buffer, buffer_size,
                                        &result.size, &error);
  result.error = (uintptr_t)error;
  return result;
}

static inline memtier_go_result memtier_go_put_into(uintptr_t store, uintptr_t scope,
                                                    const void* image, size_t image_size,
                                                    int32_t mode, int32_t durability, void* buffer,
                                                    size_t buffer_size) {
  memtier_go_result result;
  memtier_error* error = NULL;
  result.status = memtier_item_put_into((memtier_store*)store, (const memtier_scope*)scope, image,
                                        image_size, mode, durability, buffer, buffer_size,
                                        &result.size, &error);
  result.error = (uintptr_t)error;
  return result;
}
*/
import "C"

import "unsafe"

// GetInto is ItemGetInto without SWIG between: it allocates nothing, and takes a buffer that lies in a
// struct with pointers, which through SWIG's slices would panic ("Go pointer to Go pointer"): cgo looks
// at the elements only where it sees &buffer[0] itself.
func GetInto(store, scope uintptr, id string, buffer []byte) (status int32, size int, failure uintptr) {
	if len(buffer) == 0 {
		r := C.memtier_go_get_into(C.uintptr_t(store), C.uintptr_t(scope), id, nil, 0)
		return int32(r.status), int(r.size), uintptr(r.error)
	}
	r := C.memtier_go_get_into(C.uintptr_t(store), C.uintptr_t(scope), id,
		unsafe.Pointer(&buffer[0]), C.size_t(len(buffer)))
	return int32(r.status), int(r.size), uintptr(r.error)
}

// PutInto is ItemPutInto in the same way. Neither image nor buffer may be empty; image_size + 128 bytes
// of buffer are always enough.
func PutInto(store, scope uintptr, image []byte, mode, durability int32,
	buffer []byte) (status int32, size int, failure uintptr) {
	r := C.memtier_go_put_into(C.uintptr_t(store), C.uintptr_t(scope),
		unsafe.Pointer(&image[0]), C.size_t(len(image)), C.int32_t(mode), C.int32_t(durability),
		unsafe.Pointer(&buffer[0]), C.size_t(len(buffer)))
	return int32(r.status), int(r.size), uintptr(r.error)
}
