// Package foreign calls memtier from a thread that Go has not made, for tests of callbacks.
package foreign

/*
#cgo pkg-config: memtier
#cgo LDFLAGS: -lpthread
#include <pthread.h>
#include <stdint.h>
#include "memtier.h"

typedef struct memtier_go_foreign_put {
  memtier_store* store;
  memtier_status status;
  memtier_error* error;
} memtier_go_foreign_put;

static void* memtier_go_foreign_run(void* argument) {
  memtier_go_foreign_put* put = argument;
  memtier_item_builder* builder = NULL;
  put->status = memtier_item_builder_create(&builder, &put->error);
  if (put->status == MEMTIER_OK)
    put->status = memtier_item_put(put->store, NULL, builder, MEMTIER_PUT_REPLACE, 0, NULL,
                                   &put->error);
  memtier_item_builder_destroy(builder);
  return NULL;
}

static memtier_go_foreign_put memtier_go_foreign_on_thread(uintptr_t store) {
  memtier_go_foreign_put put = {(memtier_store*)store, MEMTIER_INTERNAL, NULL};
  pthread_t thread;
  if (pthread_create(&thread, NULL, memtier_go_foreign_run, &put) == 0) pthread_join(thread, NULL);
  return put;
}
*/
import "C"

import "unsafe"

// Put puts an empty item on a thread of its own.
func Put(store uintptr) (status int32, failure uintptr) {
	put := C.memtier_go_foreign_on_thread(C.uintptr_t(store))
	return int32(put.status), uintptr(unsafe.Pointer(put.error))
}
