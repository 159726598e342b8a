/* Every public function of memtier.h with every kind of wrong argument: a status, a message that
 * names the argument, outputs cleared, nothing changed, and never a crash. */
#include <ctype.h>
#include <stdlib.h>

#include "capi/bad_input.h"

static int names(const char* message, const char* alternatives) {
  const char* bar = strchr(alternatives, '|');
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(alternatives, "|"), alternatives);
  return strstr(message, name) != NULL || (bar != NULL && strstr(message, bar + 1) != NULL);
}

/* One row with one wrong value. */
static void call_wrongly(const row* r, const parameter* list, size_t count, const parameter* wrong,
                         const wrong_value* value) {
  const int before = check_failures();
  argument a[MAX_ARGUMENTS];
  fill_arguments(list, count, a);
  a[wrong->at] = value->first;
  if (value->has_second) a[wrong->at + 1] = value->second;
  memtier_error** error = ERR;
  CHECK_INT(r->call(a, error), value->status);
  CHECK_INT(memtier_error_code(*error), value->status);
  if (!names(memtier_error_message(*error), wrong->name)) {
    CHECK_TEXT(memtier_error_message(*error), wrong->name);
  }
  for (size_t i = 0; i < count; ++i) {
    if (&list[i] == wrong && list[i].kind[0] == 'o') continue; /* the wrong output itself */
    CHECK(is_cleared(&list[i], a));
  }
  CHECK_INT(r->call(a, NULL), value->status); /* the error may be left out */
  if (check_failures() == before) return;
  fprintf(stderr, "  in %s: %s is %s\n", r->name, wrong->name, value->what);
}

static void try_row(const row* r) {
  parameter list[MAX_ARGUMENTS];
  const size_t count = parse_parameters(r->parameters, list);
  for (size_t i = 0; i < count; ++i) {
    wrong_value values[MAX_WRONG_VALUES];
    const size_t wrongs = wrong_values(&list[i], values);
    REQUIRE(wrongs <= MAX_WRONG_VALUES);
    for (size_t j = 0; j < wrongs; ++j) call_wrongly(r, list, count, &list[i], &values[j]);
  }
}

/* With good arguments the call succeeds: so it was the wrong one that made it fail. */
static void try_good(const row* r) {
  parameter list[MAX_ARGUMENTS];
  argument a[MAX_ARGUMENTS];
  const size_t count = parse_parameters(r->parameters, list);
  fill_arguments(list, count, a);
  const int before = check_failures();
  FAILS(r->call(a, ERR), MEMTIER_OK);
  if (check_failures() != before) fprintf(stderr, "  in %s\n", r->name);
}

static int is_of_candidates(const row* r) {
  return strncmp(r->name, "memtier_candidates", 18) == 0;
}
static int is_of_keys(const row* r) {
  return strncmp(r->name, "memtier_keys", 12) == 0;
}

static void every_wrong_argument_is_refused_by_name_and_changes_nothing(void) {
  for (size_t i = 0; i < kRowCount; ++i) {
    if (is_of_candidates(&kRows[i]) || is_of_keys(&kRows[i])) continue;
    make_handles();
    const int64_t sequence = statistics_of(good.store).sequence;
    try_row(&kRows[i]);
    CHECK_INT(statistics_of(good.store).sequence, sequence);
    try_good(&kRows[i]);
    drop_handles();
  }
}

/* --- candidates live only while their callback runs */

static int32_t try_candidates(const memtier_candidates* candidates, double* out_scores,
                              int64_t count, void* user_data) {
  (void)out_scores, (void)count;
  ++*(int*)user_data;
  good.candidates = candidates;
  for (size_t i = 0; i < kRowCount; ++i) {
    if (!is_of_candidates(&kRows[i])) continue;
    try_row(&kRows[i]);
    try_good(&kRows[i]);
  }
  CHECK_INT(memtier_candidates_count(NULL), 0);
  CHECK_INT(memtier_candidates_count((const memtier_candidates*)good.scope), -1);
  good.candidates = NULL;
  closed.candidates = candidates;
  return MEMTIER_CALLBACK_DEFAULT;
}

static void candidates_are_checked_while_their_callback_runs(void) {
  int calls = 0;
  const memtier_eviction table = {sizeof table, try_candidates, NULL, &calls};
  memtier_options* options = options_with_clock();
  set_ladder(options,
             "{'tiers': [{'name': 'a', 'medium': 'ram', 'capacity_items': 1},"
             " {'name': 'b', 'medium': 'database'}]}");
  OK(memtier_options_set_eviction(options, &table, ERR));
  memtier_store* store = open_with(":memory:", options);
  make_handles();
  put(store, NULL, "{}");
  put(store, NULL, "{}");
  CHECK(calls >= 2); /* the second time with those of the first as closed ones */
  drop_handles();
  close_store(store);
  closed.candidates = NULL;
}

/* --- keys live only while theirs runs */

static int32_t try_keys(const memtier_items* items, memtier_keys* keys, void* user_data) {
  ++*(int*)user_data;
  CHECK(memtier_items_count(items) > 0);
  good.keys = keys;
  for (size_t i = 0; i < kRowCount; ++i) {
    if (!is_of_keys(&kRows[i])) continue;
    try_row(&kRows[i]);
    try_good(&kRows[i]);
  }
  good.keys = NULL;
  closed.keys = keys;
  return MEMTIER_CALLBACK_OK;
}

static void keys_are_checked_while_their_callback_runs(void) {
  int calls = 0;
  const memtier_key_extractor table = {sizeof table, try_keys, NULL, &calls};
  memtier_store* store = memory_store();
  put(store, NULL, "{}");
  make_handles();
  OK(memtier_index_create_callback(store, SIZED("k"), &table, NULL, ERR));
  put(store, NULL, "{}"); /* the second time with those of the first as closed ones */
  CHECK_INT(count_items(store, NULL, "{'index.k': 'k'}"), 2);
  CHECK_INT(calls, 2);
  drop_handles();
  close_store(store);
  closed.keys = NULL;
}

/* --- from inside a callback */

static int32_t try_reentrantly(const memtier_candidates* candidates, double* out_scores,
                               int64_t count, void* user_data) {
  (void)candidates, (void)out_scores, (void)count;
  int* tried = user_data;
  for (size_t i = 0; i < kRowCount; ++i) {
    parameter list[MAX_ARGUMENTS];
    const size_t parameters = parse_parameters(kRows[i].parameters, list);
    const int takes_store = strstr(kRows[i].parameters, "store:store") != NULL ||
                            strstr(kRows[i].parameters, "cursor:cursor") != NULL ||
                            strstr(kRows[i].parameters, "closing:store") != NULL ||
                            strcmp(kRows[i].name, "memtier_store_open") == 0;
    if (!takes_store) continue;
    const int before = check_failures();
    argument a[MAX_ARGUMENTS];
    fill_arguments(list, parameters, a);
    FAILS(kRows[i].call(a, ERR), MEMTIER_REENTRANT);
    for (size_t j = 0; j < parameters; ++j) CHECK(is_cleared(&list[j], a));
    if (check_failures() != before) fprintf(stderr, "  in %s\n", kRows[i].name);
    ++*tried;
  }
  memtier_cursor_destroy(good.cursor); /* destroying is allowed */
  memtier_options_destroy(good.options);
  return MEMTIER_CALLBACK_DEFAULT;
}

static void no_call_takes_a_store_from_inside_a_callback(void) {
  int tried = 0;
  const memtier_eviction table = {sizeof table, try_reentrantly, NULL, &tried};
  memtier_options* options = options_with_clock();
  set_ladder(options, "{'tiers': [{'name': 'a', 'medium': 'ram', 'capacity_items': 1}]}");
  OK(memtier_options_set_eviction(options, &table, ERR));
  memtier_store* store = open_with(":memory:", options);
  make_handles();
  put(store, NULL, "{}");
  put(store, NULL, "{}");
  CHECK(tried > 30);
  drop_handles();
  close_store(store);
}

/* --- functions that cannot fail */

/* Every handle that is not one of `kind`: NULL, destroyed, another kind, garbage. */
static size_t strangers(void* closed_one, void* other, void** list) {
  list[0] = closed_one;
  list[1] = other;
  list[2] = &list;
  list[3] = (void*)~(size_t)0;
  list[4] = (void*)(size_t)7;
  return 5;
}

#define DESTROY_ROW(type, member)                                                        \
  do {                                                                                   \
    void* list[5];                                                                       \
    const size_t count = strangers(closed.member, (void*)good.cancel, list);             \
    memtier_##type##_destroy(NULL);                                                      \
    for (size_t i = 0; i < count; ++i) {                                                 \
      if (list[i] == (void*)good.member) continue;                                       \
      memtier_##type##_destroy(list[i]);                                                 \
    }                                                                                    \
    CHECK_INT(memtier_cancel_is_tripped(good.cancel), 0);                                \
    FAILS(memtier_cancel_trip(good.cancel, ERR), MEMTIER_OK); /* it was not destroyed */ \
    drop_handles();                                                                      \
    make_handles();                                                                      \
  } while (0)

static void destroying_what_is_no_such_handle_does_nothing(void) {
  make_handles();
  DESTROY_ROW(options, options);
  DESTROY_ROW(scope, scope);
  DESTROY_ROW(item_builder, builder);
  DESTROY_ROW(item, item);
  DESTROY_ROW(items, items);
  DESTROY_ROW(cursor, cursor);
  DESTROY_ROW(query, query);
  DESTROY_ROW(hits, hits);
  DESTROY_ROW(transitions, transitions);
  drop_handles();
  make_handles();
  void* list[5];
  const size_t count = strangers(closed.cancel, good.scope, list);
  for (size_t i = 0; i < count; ++i) {
    memtier_cancel_destroy(list[i]);
    memtier_error_destroy(list[i]);
    memtier_bytes_destroy(list[i]);
  }
  memtier_cancel_destroy(NULL);
  memtier_error_destroy(NULL);
  memtier_bytes_destroy(NULL);
  memtier_slice name;
  OK(memtier_scope_read_text(good.scope, MEMTIER_SCOPE_USER, &name, ERR)); /* still there */
  drop_handles();
}

#define COUNT_ROW(call, closed_one)                                                \
  do {                                                                             \
    void* list[5];                                                                 \
    CHECK_INT(call(NULL), 0);                                                      \
    for (size_t i = 0; i < strangers(closed_one, (void*)good.cancel, list); ++i) { \
      CHECK_INT(call(list[i]), -1);                                                \
    }                                                                              \
  } while (0)

static void counts_are_zero_for_null_and_minus_one_for_a_stranger(void) {
  make_handles();
  COUNT_ROW(memtier_item_tag_count, closed.item);
  COUNT_ROW(memtier_items_count, closed.items);
  COUNT_ROW(memtier_hits_count, closed.hits);
  COUNT_ROW(memtier_hits_query_count, closed.hits);
  COUNT_ROW(memtier_transitions_count, closed.transitions);
  COUNT_ROW(memtier_candidates_count, closed.hits);
  drop_handles();
}

static void what_cannot_fail_answers_something_harmless_for_a_stranger(void) {
  make_handles();
  void* list[6] = {NULL};
  const size_t count = 1 + strangers(closed.cancel, good.scope, list + 1);
  for (size_t i = 0; i < count; ++i) {
    CHECK(memtier_error_message(list[i]) != NULL);
    CHECK_INT((int64_t)memtier_error_message_size(list[i]),
              (int64_t)strlen(memtier_error_message(list[i])));
    CHECK_INT(memtier_error_is_retriable(list[i]), 0);
    CHECK_INT(memtier_error_callback_code(list[i]), 0);
    (void)memtier_error_code(list[i]);
    CHECK_TEXT(memtier_bytes_data(list[i]), "");
    CHECK_INT((int64_t)memtier_bytes_size(list[i]), 0);
    CHECK(memtier_cancel_is_tripped(list[i]) <= 0);
  }
  CHECK_INT(memtier_error_code(NULL), MEMTIER_OK);
  const memtier_status statuses[] = {0, 1, -1, -12, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < 6; ++i) {
    CHECK(memtier_status_name(statuses[i])[0] != '\0');
    CHECK(memtier_status_text(statuses[i])[0] != '\0');
  }
  CHECK_INT(memtier_version_major(), MEMTIER_VERSION_MAJOR);
  CHECK_INT(memtier_version_minor(), MEMTIER_VERSION_MINOR);
  CHECK_INT(memtier_version_patch(), MEMTIER_VERSION_PATCH);
  CHECK(memtier_version_details()[0] == '{');
  drop_handles();
}

/* --- the header has no function that is not tried above */

/* Those that return no status, and so have no row. */
static const char* const kNeverFailing[] = {
    "memtier_version_major",      "memtier_version_minor",        "memtier_version_patch",
    "memtier_version_details",    "memtier_status_name",          "memtier_status_text",
    "memtier_error_code",         "memtier_error_message",        "memtier_error_message_size",
    "memtier_error_is_retriable", "memtier_error_callback_code",  "memtier_error_destroy",
    "memtier_bytes_data",         "memtier_bytes_size",           "memtier_bytes_destroy",
    "memtier_cancel_is_tripped",  "memtier_cancel_destroy",       "memtier_options_destroy",
    "memtier_scope_destroy",      "memtier_item_builder_destroy", "memtier_item_tag_count",
    "memtier_item_destroy",       "memtier_items_count",          "memtier_items_destroy",
    "memtier_cursor_destroy",     "memtier_query_destroy",        "memtier_hits_count",
    "memtier_hits_destroy",       "memtier_transitions_count",    "memtier_transitions_destroy",
    "memtier_candidates_count",   "memtier_hits_query_count"};
#define NEVER_FAILING (sizeof kNeverFailing / sizeof kNeverFailing[0])

static int is_tried(const char* name) {
  for (size_t i = 0; i < kRowCount; ++i) {
    if (strcmp(kRows[i].name, name) == 0) return 1;
  }
  for (size_t i = 0; i < NEVER_FAILING; ++i) {
    if (strcmp(kNeverFailing[i], name) == 0) return 1;
  }
  return 0;
}

/* Declarations: MEMTIER_API, a type, a name, a parenthesis. */
static void every_function_of_the_header_is_tried_and_no_other(void) {
  size_t size = 0, declared = 0;
  char* text = read_file(MEMTIER_SOURCE_DIR "/include/memtier.h", &size);
  for (const char* at = strstr(text, "\nMEMTIER_API "); at != NULL;
       at = strstr(at + 1, "\nMEMTIER_API ")) {
    const char* end = strchr(at, '(');
    REQUIRE(end != NULL);
    const char* start = end;
    while (isalnum((unsigned char)start[-1]) || start[-1] == '_') --start;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(end - start), start);
    if (!is_tried(name)) {
      fprintf(stderr, "  %s has no row in bad_input_rows.c\n", name);
      CHECK(!"every function has a row");
    }
    ++declared;
  }
  CHECK_INT((int64_t)declared, (int64_t)(kRowCount - SECOND_ROWS + NEVER_FAILING));
  free(text);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(every_wrong_argument_is_refused_by_name_and_changes_nothing),
      TEST_CASE(candidates_are_checked_while_their_callback_runs),
      TEST_CASE(keys_are_checked_while_their_callback_runs),
      TEST_CASE(no_call_takes_a_store_from_inside_a_callback),
      TEST_CASE(destroying_what_is_no_such_handle_does_nothing),
      TEST_CASE(counts_are_zero_for_null_and_minus_one_for_a_stranger),
      TEST_CASE(what_cannot_fail_answers_something_harmless_for_a_stranger),
      TEST_CASE(every_function_of_the_header_is_tried_and_no_other),
  };
  return RUN_TESTS(argc, argv, kTests);
}
