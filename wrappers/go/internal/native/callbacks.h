/* Callback tables whose callbacks are functions of callbacks.go, told apart by a number. */
#ifndef MEMTIER_GO_CALLBACKS_H
#define MEMTIER_GO_CALLBACKS_H

#include <stdint.h>
#include <stdlib.h>

#include "memtier.h"

/* The Go structs Control, Log and Embedder of memory.go. */
typedef struct memtier_go_control_args {
  uintptr_t cancel;
  uintptr_t progress;
} memtier_go_control_args;
typedef struct memtier_go_log_args {
  uintptr_t callback;
  int64_t level;
} memtier_go_log_args;
typedef struct memtier_go_embedder_args {
  uintptr_t callback;
  int64_t dimension;
} memtier_go_embedder_args;

/* Fill the table and return it; NULL for the number 0 or for NULL. */
memtier_clock* memtier_go_clock(uintptr_t callback, memtier_clock* table);
memtier_eviction* memtier_go_eviction(uintptr_t callback, memtier_eviction* table);
memtier_promotion* memtier_go_promotion(uintptr_t callback, memtier_promotion* table);
memtier_key_extractor* memtier_go_key_extractor(uintptr_t callback, memtier_key_extractor* table);
memtier_policy_decider* memtier_go_policy_decider(uintptr_t callback,
                                                  memtier_policy_decider* table);
memtier_token_counter* memtier_go_token_counter(uintptr_t callback, memtier_token_counter* table);
memtier_writer* memtier_go_writer(uintptr_t callback, memtier_writer* table);
memtier_reader* memtier_go_reader(uintptr_t callback, memtier_reader* table);
memtier_embedder* memtier_go_embedder(const void* args, memtier_embedder* table);
memtier_log* memtier_go_log(const void* args, memtier_log* table);
memtier_control* memtier_go_control(const void* args, memtier_control* table);

/* A copy that ends in NUL; release with free. */
char* memtier_go_path(const char* text, size_t size);

#endif
