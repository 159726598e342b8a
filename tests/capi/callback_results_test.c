/* memtier.h, section 4: what a callback may return. A number that it does not know is a failure with
 * that number, never OK. */
#include <stdlib.h>

#include "capi/transfer_support.h"

/* What a callback returns, and how often it was called. */
typedef struct answer {
  int32_t number;
  int calls;
} answer;

static int32_t answer_clock(int64_t* out_now_us, void* user_data) {
  answer* a = user_data;
  ++a->calls;
  *out_now_us = START_US;
  return a->number;
}

static int32_t answer_scores(const memtier_candidates* candidates, double* out_scores,
                             int64_t count, void* user_data) {
  answer* a = user_data;
  (void)candidates;
  ++a->calls;
  for (int64_t i = 0; i < count; ++i) out_scores[i] = (double)i;
  return a->number;
}

static int32_t answer_keys(const memtier_items* items, memtier_keys* keys, void* user_data) {
  answer* a = user_data;
  (void)items, (void)keys;
  ++a->calls;
  return a->number;
}

static int32_t answer_decisions(const memtier_items* items, int32_t dry_run, int32_t* out_chosen,
                                int64_t count, void* user_data) {
  answer* a = user_data;
  (void)items, (void)dry_run, (void)out_chosen, (void)count;
  ++a->calls;
  return a->number;
}

static int32_t answer_progress(int64_t done, int64_t total, void* user_data) {
  answer* a = user_data;
  (void)done, (void)total;
  ++a->calls;
  return a->number;
}

static int32_t answer_log(int32_t level, const char* message, size_t message_size,
                          void* user_data) {
  answer* a = user_data;
  (void)level, (void)message, (void)message_size;
  ++a->calls;
  return a->number;
}

/* Each makes a store, has a callback called that returns the number, and says what came of it. */

static memtier_status clock_returns(answer* a, memtier_error** error) {
  memtier_options* options = options_with_clock();
  const memtier_clock clock = {sizeof clock, answer_clock, NULL, a};
  const int32_t number = a->number;
  a->number = MEMTIER_CALLBACK_OK; /* while the store is opened and closed */
  OK(memtier_options_set_clock(options, &clock, ERR));
  memtier_store* store = open_with(":memory:", options);
  a->number = number;
  int64_t count = 0;
  const memtier_status status = memtier_item_count(store, NULL, NULL, 0, NULL, &count, error);
  a->number = MEMTIER_CALLBACK_OK;
  close_store(store);
  return status;
}

static memtier_status eviction_returns(answer* a, memtier_error** error) {
  memtier_options* options = options_with_clock();
  set_ladder(options,
             "{'tiers': [{'name': 'top', 'medium': 'ram', 'capacity_items': 1},"
             " {'name': 'end', 'medium': 'database'}]}");
  const memtier_eviction eviction = {sizeof eviction, answer_scores, NULL, a};
  OK(memtier_options_set_eviction(options, &eviction, ERR));
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a'}");
  memtier_item_builder* builder = builder_of("{'id': 'b'}");
  const memtier_status status = memtier_item_put(store, NULL, builder, 0, 0, NULL, error);
  CHECK_INT(exists(store, NULL, "b"), status == MEMTIER_OK); /* all or nothing */
  memtier_item_builder_destroy(builder);
  close_store(store);
  return status;
}

static memtier_status extractor_returns(answer* a, memtier_error** error) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  const memtier_key_extractor table = {sizeof table, answer_keys, NULL, a};
  const memtier_status status =
      memtier_index_create_callback(store, SIZED("word"), &table, NULL, error);
  close_store(store);
  return status;
}

static memtier_status decider_returns(answer* a, memtier_error** error) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  const memtier_policy_decider table = {sizeof table, answer_decisions, NULL, a};
  OK(memtier_policy_put_callback(store, SIZED(Q("{'name': 'own', 'priority': 9}")), &table, ERR));
  memtier_bytes* json = NULL;
  const memtier_status status = memtier_policy_apply(store, NULL, NULL, 0, NULL, &json, error);
  memtier_bytes_destroy(json);
  close_store(store);
  return status;
}

static memtier_status progress_returns(answer* a, memtier_error** error) {
  memtier_store* store = clocked_store();
  const memtier_control control = {sizeof control, NULL, answer_progress, NULL, a};
  const memtier_status status = memtier_store_flush(store, &control, error);
  close_store(store);
  return status;
}

static memtier_status write_returns(answer* a, memtier_error** error) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  pipe_end end;
  const memtier_writer writer = writer_to(&end);
  end.answer = a->number;
  int64_t count = 0;
  const memtier_status status =
      memtier_store_export(store, NULL, NULL, 0, &writer, NULL, &count, error);
  a->calls = end.calls;
  free(end.text);
  close_store(store);
  return status;
}

static memtier_status read_returns(answer* a, memtier_error** error) {
  memtier_store* store = clocked_store();
  pipe_end end;
  const memtier_reader reader = reader_from(&end, "");
  end.answer = a->number;
  const memtier_status status =
      memtier_store_import(store, NULL, NULL, 0, &reader, NULL, NULL, error);
  a->calls = end.calls;
  close_store(store);
  return status;
}

typedef struct callback {
  const char* name;
  memtier_status (*returns)(answer* a, memtier_error** error);
  int32_t special; /* what it may return beside OK; OK: nothing */
  memtier_status meaning;
} callback;

static const callback kCallbacks[] = {
    {"clock", clock_returns, MEMTIER_CALLBACK_DEFAULT, MEMTIER_OK},
    {"eviction", eviction_returns, MEMTIER_CALLBACK_DEFAULT, MEMTIER_OK},
    {"extractor", extractor_returns, MEMTIER_CALLBACK_DEFAULT, MEMTIER_OK},
    {"decider", decider_returns, MEMTIER_CALLBACK_DEFAULT, MEMTIER_OK},
    {"progress", progress_returns, MEMTIER_CALLBACK_CANCEL, MEMTIER_CANCELLED},
    {"write", write_returns, MEMTIER_CALLBACK_OK, MEMTIER_OK},
    {"read", read_returns, MEMTIER_CALLBACK_OK, MEMTIER_OK},
};

static void a_number_that_a_callback_does_not_know_is_a_failure(void) {
  const int32_t numbers[] = {MEMTIER_CALLBACK_DEFAULT, MEMTIER_CALLBACK_CANCEL, 3, 4711, INT32_MAX};
  for (size_t i = 0; i < sizeof kCallbacks / sizeof kCallbacks[0]; ++i) {
    const callback* c = &kCallbacks[i];
    for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; ++n) {
      if (numbers[n] == c->special) continue;
      answer a = {numbers[n], 0};
      memtier_error* error = NULL; /* ERR is used inside */
      CHECK_INT(c->returns(&a, &error), MEMTIER_CALLBACK);
      CHECK(a.calls > 0);
      CHECK_INT(memtier_error_callback_code(error), numbers[n]);
      CHECK(strstr(memtier_error_message(error), c->name) != NULL);
      memtier_error_destroy(error);
    }
  }
}

static void the_message_says_which_numbers_are_allowed(void) {
  static const char* const kSpecial[] = {"MEMTIER_CALLBACK_OK", "1 (MEMTIER_CALLBACK_DEFAULT)",
                                         "2 (MEMTIER_CALLBACK_CANCEL)"};
  for (size_t i = 0; i < sizeof kCallbacks / sizeof kCallbacks[0]; ++i) {
    const callback* c = &kCallbacks[i];
    answer a = {9, 0};
    memtier_error* error = NULL;
    CHECK_INT(c->returns(&a, &error), MEMTIER_CALLBACK);
    const char* message = memtier_error_message(error);
    CHECK(strstr(message, "returned 9; allowed are 0") != NULL);
    for (int32_t special = MEMTIER_CALLBACK_DEFAULT; special <= MEMTIER_CALLBACK_CANCEL;
         ++special) {
      CHECK_INT(strstr(message, kSpecial[special]) != NULL, special == c->special);
    }
    memtier_error_destroy(error);
  }
}

static void the_numbers_that_a_callback_knows_are_none(void) {
  for (size_t i = 0; i < sizeof kCallbacks / sizeof kCallbacks[0]; ++i) {
    const callback* c = &kCallbacks[i];
    answer fine = {MEMTIER_CALLBACK_OK, 0};
    OK(c->returns(&fine, ERR));
    answer special = {c->special, 0};
    if (c->meaning == MEMTIER_OK) OK(c->returns(&special, ERR));
    if (c->meaning != MEMTIER_OK) FAILS(c->returns(&special, ERR), c->meaning);
  }
}

static void what_log_returns_is_ignored(void) {
  answer a = {4711, 0};
  memtier_options* options = options_with_clock();
  const memtier_log log = {sizeof log, MEMTIER_LOG_DEBUG, answer_log, NULL, &a};
  OK(memtier_options_set_log(options, &log, ERR));
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a', 'content': 'tea'}");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "a");
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_number_that_a_callback_does_not_know_is_a_failure),
      TEST_CASE(the_message_says_which_numbers_are_allowed),
      TEST_CASE(the_numbers_that_a_callback_knows_are_none),
      TEST_CASE(what_log_returns_is_ignored),
  };
  return RUN_TESTS(argc, argv, kTests);
}
