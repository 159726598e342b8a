#include "conformance/machine_c.h"

#include <stdlib.h>

/* --- keys */

static void tick_off(machine* m, const char* name) {
  REQUIRE(m->read_count < 32);
  m->read[m->read_count++] = name;
}

json key(machine* m, const char* name) {
  tick_off(m, name);
  return json_member(m->step, name);
}

json_string text_key(machine* m, const char* name) {
  return json_text(key(m, name));
}

json_string source_key(machine* m, const char* name) {
  return json_source(key(m, name));
}

int64_t int_key(machine* m, const char* name, int64_t fallback) {
  const json value = key(m, name);
  return value.begin == NULL ? fallback : json_int(value);
}

int flag_key(machine* m, const char* name, int fallback) {
  const json value = key(m, name);
  return value.begin == NULL ? fallback : json_is(value, "true");
}

static int32_t choice(json value, const char* names, int32_t first, int32_t fallback) {
  if (value.begin == NULL) return fallback;
  const json_string wanted = json_text(value);
  int32_t number = first;
  for (const char* at = names; *at != '\0'; ++number) {
    const size_t size = strcspn(at, " ");
    if (size == wanted.size && memcmp(at, wanted.data, size) == 0) return number;
    at += size + (at[size] == ' ');
  }
  fprintf(stderr, "\"%s\" is none of %s\n", wanted.data, names);
  REQUIRE(!"the name is known");
  return fallback;
}

int32_t choice_key(machine* m, const char* name, const char* names, int32_t first,
                   int32_t fallback) {
  return choice(key(m, name), names, first, fallback);
}

static void check_all_read(json object, const char* const* read, int count) {
  json place = {NULL, NULL};
  json name;
  json value;
  while (json_next(object, &place, &name, &value)) {
    int known = 0;
    for (int i = 0; i < count; ++i) known |= strcmp(json_text(name).data, read[i]) == 0;
    if (!known) fprintf(stderr, "%s is not known\n", json_source(name).data);
    CHECK(known);
  }
}

/* --- what steps expect */

void expect_count(machine* m, int64_t count) {
  CHECK_INT(count, int_key(m, "count", count));
}

/* A list of texts, or of lists of texts, as one text with a blank behind each. */
static void append_words(char* text, size_t room, json list) {
  json place = {NULL, NULL};
  json value;
  while (json_next(list, &place, NULL, &value)) {
    if (*value.begin == '[') {
      append_words(text, room, value);
      continue;
    }
    const size_t used = strlen(text);
    snprintf(text + used, room - used, "%s ", json_text(value).data);
  }
}

void expect_words(machine* m, const char* name, const char* actual) {
  const json list = key(m, name);
  if (list.begin == NULL) return;
  char expected[4096] = "";
  append_words(expected, sizeof expected, list);
  check_text(actual, expected, name, __FILE__, __LINE__);
}

void expect_numbers(machine* m, const char* name, const char* const* names, const int64_t* numbers,
                    int count) {
  json place = {NULL, NULL};
  json entry;
  json value;
  const json expected = key(m, name);
  while (json_next(expected, &place, &entry, &value)) {
    int known = 0;
    for (int i = 0; i < count; ++i) {
      if (strcmp(json_text(entry).data, names[i]) != 0) continue;
      known = 1;
      check_int(numbers[i], json_int(value), names[i], __FILE__, __LINE__);
    }
    CHECK(known);
  }
}

/* "gives": keys of the item's document with their values; "absent". */
void expect_item(machine* m, memtier_item* item) {
  memtier_bytes* bytes = NULL;
  OK(memtier_item_to_json(item, &bytes, ERR));
  const char* text = memtier_bytes_data(bytes);
  const json document = {text, text + memtier_bytes_size(bytes)};
  json place = {NULL, NULL};
  json name;
  json value;
  const json gives = key(m, "gives");
  while (json_next(gives, &place, &name, &value)) {
    check_true(json_equal(json_member(document, json_text(name).data), value), 0,
               json_text(name).data, __FILE__, __LINE__);
  }
  const json absent = key(m, "absent");
  place.begin = NULL;
  while (json_next(absent, &place, NULL, &name)) {
    CHECK(json_member(document, json_text(name).data).begin == NULL);
  }
  memtier_bytes_destroy(bytes);
  memtier_item_destroy(item);
}

/* "statuses" of a batch; an entry with an item has the id that was asked for. */
void expect_entries(machine* m, memtier_items* items, json ids) {
  char statuses[4096] = "";
  json place = {NULL, NULL};
  json id;
  for (int64_t i = 0; i < memtier_items_count(items); ++i) {
    memtier_status status = MEMTIER_INTERNAL;
    OK(memtier_items_read_status(items, i, &status, NULL, ERR));
    const size_t used = strlen(statuses);
    snprintf(statuses + used, sizeof statuses - used, "%s ", memtier_status_name(status));
    if (!json_next(ids, &place, NULL, &id) || status != MEMTIER_OK) continue;
    memtier_item* item = NULL;
    OK(memtier_items_get(items, i, &item, ERR));
    CHECK_TEXT(text_of(item, MEMTIER_FIELD_ID), json_text(id).data);
    memtier_item_destroy(item);
  }
  memtier_items_destroy(items);
  expect_words(m, "statuses", statuses);
}

/* --- stores */

static int32_t tell_time_of_case(int64_t* out_now_us, void* user_data) {
  machine* m = user_data;
  if (m->clock_fails) return OWN_FAILURE;
  if (m->clock_enters) {
    int32_t exists = 0;
    m->entered = memtier_item_exists(m->store, NULL, "x", 1, &exists, NULL);
  }
  *out_now_us = m->now_us;
  return MEMTIER_CALLBACK_OK;
}

static memtier_status set_options(machine* m, memtier_options* options, json ladder, json tokenizer,
                                  int create) {
  const memtier_clock clock = {sizeof clock, tell_time_of_case, NULL, m};
  TRY(memtier_options_set_clock(options, &clock, ERR));
  if (ladder.begin != NULL) {
    const json_string text = *ladder.begin == '"' ? json_text(ladder) : json_source(ladder);
    TRY(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, text.data, text.size, ERR));
  }
  const json_string words = json_text(tokenizer);
  TRY(memtier_options_set_text(options, MEMTIER_OPTION_TOKENIZER, words.data, words.size, ERR));
  TRY(memtier_options_set_int64(options, MEMTIER_OPTION_CREATE, create, ERR));
  const json given = json_member(m->test, "options");
  static const char* const kKnown[] = {"eviction_order", "ttl_refresh_on_read"};
  check_all_read(given, kKnown, 2);
  const int32_t order = choice(json_member(given, "eviction_order"), "lru lfu expiry priority",
                               MEMTIER_EVICTION_LRU, MEMTIER_EVICTION_RETENTION);
  TRY(memtier_options_set_int64(options, MEMTIER_OPTION_EVICTION_ORDER, order, ERR));
  const int refresh = json_is(json_member(given, "ttl_refresh_on_read"), "true");
  return memtier_options_set_int64(options, MEMTIER_OPTION_TTL_REFRESH_ON_READ, refresh, ERR);
}

memtier_status open_store_of(machine* m, const char* path, json ladder, json tokenizer,
                             int create) {
  memtier_options* options = NULL;
  TRY(memtier_options_create(&options, ERR));
  memtier_status status = set_options(m, options, ladder, tokenizer, create);
  memtier_store* store = NULL;
  if (status == MEMTIER_OK) status = memtier_store_open(path, options, &store, ERR);
  if (status == MEMTIER_OK) m->stores[m->number] = store;
  memtier_options_destroy(options);
  return status;
}

/* --- steps */

static memtier_status make_scope_of(machine* m) {
  static const char* const kParts[] = {"app", "user", "agent", "session", "collection"};
  const json names = key(m, "scope");
  m->scope = NULL;
  if (names.begin == NULL) return MEMTIER_OK;
  TRY(memtier_scope_create(&m->scope, ERR));
  check_all_read(names, kParts, 5);
  for (int32_t part = MEMTIER_SCOPE_APP; part <= MEMTIER_SCOPE_COLLECTION; ++part) {
    const json_string name = json_text(json_member(names, kParts[part - 1]));
    TRY(memtier_scope_set(m->scope, part, name.data, name.size, ERR));
  }
  return MEMTIER_OK;
}

static int32_t fail_progress(int64_t done, int64_t total, void* user_data) {
  (void)done;
  (void)total;
  (void)user_data;
  return OWN_FAILURE;
}

static void prepare(machine* m) {
  m->number = choice_key(m, "store", "main other", 0, 0);
  const json nothing = {NULL, NULL};
  if (m->stores[m->number] == NULL) {
    const int is_file = json_is(json_member(m->test, "file"), "true");
    const char* path = is_file ? test_path(m->number == 0 ? "main.mem" : "other.mem") : ":memory:";
    OK(open_store_of(m, path, json_member(m->test, "ladder"), nothing, 1));
  }
  m->store = m->stores[m->number];
  m->control = (memtier_control){sizeof m->control, NULL, NULL, NULL, NULL};
  if (flag_key(m, "cancel", 0)) {
    OK(memtier_cancel_create(&m->control.cancel, ERR));
    OK(memtier_cancel_trip(m->control.cancel, ERR));
  }
  if (choice_key(m, "progress", "fails", 1, 0)) m->control.progress = fail_progress;
  const json_string clock = text_key(m, "clock");
  m->clock_fails = strcmp(clock.data, "fails") == 0;
  m->clock_enters = clock.size > 0 && !m->clock_fails;
}

static void run_step(machine* m) {
  m->read_count = 0;
  tick_off(m, "about");
  const json_string name = text_key(m, "do");
  const step_function step = find_step(name.data);
  REQUIRE(step != NULL);
  prepare(m);
  (void)check_error();
  memtier_status status = make_scope_of(m);
  if (status == MEMTIER_OK) status = step(m);
  const char* message = status == MEMTIER_OK ? "" : check_message();
  const json_string wanted = text_key(m, "status");
  CHECK_TEXT(memtier_status_name(status), wanted.size == 0 ? "MEMTIER_OK" : wanted.data);
  CHECK_HAS(message, text_key(m, "error").data);
  if (m->clock_enters) CHECK_TEXT(memtier_status_name(m->entered), text_key(m, "clock").data);
  m->clock_fails = m->clock_enters = 0;
  memtier_scope_destroy(m->scope);
  memtier_cancel_destroy(m->control.cancel);
  check_all_read(m->step, m->read, m->read_count);
}

int run_case(machine* m, json test) {
  static const char* const kKnown[] = {"name", "ladder", "options", "file", "languages", "steps"};
  memset(m, 0, sizeof *m);
  m->test = test;
  m->now_us = INT64_C(1780272000000000); /* "now" of the file */
  check_all_read(test, kKnown, 6);
  const json steps = json_member(test, "steps");
  json place = {NULL, NULL};
  int count = 0;
  while (json_next(steps, &place, NULL, &m->step)) {
    const int failed = check_failures();
    run_step(m);
    ++count;
    if (check_failures() == failed) continue;
    fprintf(stderr, "  in step %d of \"%s\":\n  %.300s\n", count,
            json_text(json_member(test, "name")).data, json_source(m->step).data);
    break; /* what follows rests on it */
  }
  for (int i = 0; i < 2; ++i) memtier_store_close(m->stores[i], NULL);
  return count;
}
