#include "capi/bad_input.h"

static int is_kind(const parameter* p, const char* kind) {
  return strcmp(p->kind, kind) == 0;
}

static int32_t tell_no_time(int64_t* out_now_us, void* user_data) {
  (void)user_data;
  *out_now_us = START_US;
  return MEMTIER_CALLBACK_OK;
}
static int32_t log_nothing(int32_t level, const char* message, size_t size, void* user_data) {
  (void)level, (void)message, (void)size, (void)user_data;
  return MEMTIER_CALLBACK_OK;
}
static int32_t score_nothing(const memtier_candidates* candidates, double* out_scores,
                             int64_t count, void* user_data) {
  (void)candidates, (void)out_scores, (void)count, (void)user_data;
  return MEMTIER_CALLBACK_DEFAULT;
}
static int32_t promote_nothing(const memtier_candidates* read, int32_t* out_chosen, int64_t count,
                               void* user_data) {
  (void)read, (void)out_chosen, (void)count, (void)user_data;
  return MEMTIER_CALLBACK_DEFAULT;
}
static int32_t extract_nothing(const memtier_items* items, memtier_keys* keys, void* user_data) {
  (void)items, (void)keys, (void)user_data;
  return MEMTIER_CALLBACK_OK;
}
static int32_t embed_nothing(const memtier_slice* texts, int64_t count, float* out_vectors,
                             int64_t dimension, void* user_data) {
  (void)texts, (void)count, (void)out_vectors, (void)dimension, (void)user_data;
  return MEMTIER_CALLBACK_OK;
}
static int32_t decide_nothing(const memtier_items* items, int32_t dry_run, int32_t* out_chosen,
                              int64_t count, void* user_data) {
  (void)items, (void)dry_run, (void)out_chosen, (void)count, (void)user_data;
  return MEMTIER_CALLBACK_OK;
}
static int32_t count_nothing(const memtier_slice* texts, int64_t count, int64_t* out_tokens,
                             void* user_data) {
  (void)texts, (void)count, (void)out_tokens, (void)user_data;
  return MEMTIER_CALLBACK_DEFAULT;
}
static int32_t write_nothing(const void* data, size_t data_size, void* user_data) {
  (void)data, (void)data_size, (void)user_data;
  return MEMTIER_CALLBACK_OK;
}
static int32_t read_nothing(void* buffer, size_t buffer_size, size_t* out_size, void* user_data) {
  (void)buffer, (void)buffer_size, (void)user_data;
  *out_size = 0;
  return MEMTIER_CALLBACK_OK;
}

static memtier_control control_table = {sizeof control_table, NULL, NULL, NULL, NULL};
static memtier_writer writer_table = {sizeof writer_table, write_nothing, NULL, NULL};
static memtier_reader reader_table = {sizeof reader_table, read_nothing, NULL, NULL};
static memtier_clock clock_table = {sizeof clock_table, tell_no_time, NULL, NULL};
static memtier_log log_table = {sizeof log_table, MEMTIER_LOG_ERROR, log_nothing, NULL, NULL};
static memtier_eviction eviction_table = {sizeof eviction_table, score_nothing, NULL, NULL};
static memtier_promotion promotion_table = {sizeof promotion_table, promote_nothing, NULL, NULL};
static memtier_key_extractor extractor_table = {sizeof extractor_table, extract_nothing, NULL,
                                                NULL};
static memtier_token_counter counter_table = {sizeof counter_table, count_nothing, NULL, NULL};
static memtier_embedder embedder_table = {sizeof embedder_table, 2, embed_nothing, NULL, NULL};
static memtier_policy_decider decider_table = {sizeof decider_table, decide_nothing, NULL, NULL};

void* table_of(const parameter* p) {
  if (is_kind(p, "control")) return &control_table;
  if (is_kind(p, "writer")) return &writer_table;
  if (is_kind(p, "reader")) return &reader_table;
  if (is_kind(p, "clock")) return &clock_table;
  if (is_kind(p, "log")) return &log_table;
  if (is_kind(p, "extractor")) return &extractor_table;
  if (is_kind(p, "decider")) return &decider_table;
  if (is_kind(p, "counter")) return &counter_table;
  if (is_kind(p, "promotion")) return &promotion_table;
  if (is_kind(p, "embedder")) return &embedder_table;
  return is_kind(p, "eviction") ? &eviction_table : NULL;
}
