// From a callback of memtier into callbacks.go. user_data is a number here and no pointer in Go: the
// collector must not meet it as one.
#include "callbacks.h"

#include <string.h>

#include "_cgo_export.h"

static uintptr_t number(void* user_data) {
  return (uintptr_t)user_data;
}

static int32_t now(int64_t* out_now_us, void* user_data) {
  return memtierGoClock(out_now_us, number(user_data));
}

static int32_t log_line(int32_t level, const char* message, size_t message_size, void* user_data) {
  return memtierGoLog(level, (void*)message, (int64_t)message_size, number(user_data));
}

static int32_t progress(int64_t done, int64_t total, void* user_data) {
  return memtierGoProgress(done, total, number(user_data));
}

static int32_t score(const memtier_candidates* candidates, double* out_scores, int64_t count,
                     void* user_data) {
  return memtierGoScore((uintptr_t)candidates, out_scores, count, number(user_data));
}

static int32_t promote(const memtier_candidates* read, int32_t* out_chosen, int64_t count,
                       void* user_data) {
  return memtierGoPromote((uintptr_t)read, out_chosen, count, number(user_data));
}

static int32_t extract(const memtier_items* items, memtier_keys* keys, void* user_data) {
  return memtierGoExtract((uintptr_t)items, (uintptr_t)keys, number(user_data));
}

static int32_t embed(const memtier_slice* texts, int64_t count, float* out_vectors,
                     int64_t dimension, void* user_data) {
  return memtierGoEmbed((void*)texts, count, out_vectors, dimension, number(user_data));
}

static int32_t decide(const memtier_items* items, int32_t dry_run, int32_t* out_chosen,
                      int64_t count, void* user_data) {
  return memtierGoDecide((uintptr_t)items, dry_run, out_chosen, count, number(user_data));
}

static int32_t count_tokens(const memtier_slice* texts, int64_t count, int64_t* out_tokens,
                            void* user_data) {
  return memtierGoCount((void*)texts, count, out_tokens, number(user_data));
}

static int32_t write_bytes(const void* data, size_t data_size, void* user_data) {
  return memtierGoWrite((void*)data, (int64_t)data_size, number(user_data));
}

static int32_t read_bytes(void* buffer, size_t buffer_size, size_t* out_size, void* user_data) {
  int64_t size = 0;
  int32_t result = memtierGoRead(buffer, (int64_t)buffer_size, &size, number(user_data));
  *out_size = (size_t)size;
  return result;
}

static void destroy(void* user_data) {
  memtierGoDestroy(number(user_data));
}

#define TABLE_HEAD(table, callback)       \
  (table)->struct_size = sizeof *(table); \
  (table)->destroy = destroy;             \
  (table)->user_data = (void*)(callback)

memtier_clock* memtier_go_clock(uintptr_t callback, memtier_clock* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table, callback);
  table->now = now;
  return table;
}

memtier_eviction* memtier_go_eviction(uintptr_t callback, memtier_eviction* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table, callback);
  table->score = score;
  return table;
}

memtier_promotion* memtier_go_promotion(uintptr_t callback, memtier_promotion* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table, callback);
  table->decide = promote;
  return table;
}

memtier_key_extractor* memtier_go_key_extractor(uintptr_t callback, memtier_key_extractor* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table, callback);
  table->extract = extract;
  return table;
}

memtier_policy_decider* memtier_go_policy_decider(uintptr_t callback,
                                                  memtier_policy_decider* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table, callback);
  table->decide = decide;
  return table;
}

memtier_token_counter* memtier_go_token_counter(uintptr_t callback, memtier_token_counter* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table, callback);
  table->count = count_tokens;
  return table;
}

memtier_writer* memtier_go_writer(uintptr_t callback, memtier_writer* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table, callback);
  table->write = write_bytes;
  return table;
}

memtier_reader* memtier_go_reader(uintptr_t callback, memtier_reader* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table, callback);
  table->read = read_bytes;
  return table;
}

memtier_embedder* memtier_go_embedder(const void* args, memtier_embedder* table) {
  const memtier_go_embedder_args* embedder = args;
  if (!embedder || !embedder->callback) return NULL;
  TABLE_HEAD(table, embedder->callback);
  table->dimension = (int32_t)embedder->dimension;
  table->embed = embed;
  return table;
}

memtier_log* memtier_go_log(const void* args, memtier_log* table) {
  const memtier_go_log_args* log = args;
  if (!log || !log->callback) return NULL;
  TABLE_HEAD(table, log->callback);
  table->level = (int32_t)log->level;
  table->log = log_line;
  return table;
}

memtier_control* memtier_go_control(const void* args, memtier_control* table) {
  const memtier_go_control_args* control = args;
  if (!control) return NULL;
  TABLE_HEAD(table, control->progress);
  table->cancel = (memtier_cancel*)control->cancel;
  table->progress = control->progress ? progress : NULL;
  if (!control->progress) table->destroy = NULL;
  return table;
}

char* memtier_go_path(const char* text, size_t size) {
  char* copy = malloc(size + 1);
  if (!copy) return NULL;
  memcpy(copy, text, size);
  copy[size] = 0;
  return copy;
}
