#include "capi/support.h"

#include <stdarg.h>
#include <stdlib.h>

/* --- texts to return */

#define TEXT_SIZE 65536

static char* next_text(void) {
  static __thread char texts[16][TEXT_SIZE];
  static __thread unsigned next;
  char* text = texts[next++ % 16];
  text[0] = '\0';
  return text;
}

static void append(char* text, const char* format, ...) {
  const size_t used = strlen(text);
  va_list arguments;
  va_start(arguments, format);
  const int size = vsnprintf(text + used, TEXT_SIZE - used, format, arguments);
  va_end(arguments);
  REQUIRE(size >= 0 && (size_t)size < TEXT_SIZE - used);
}

static const char* copied(const memtier_slice* slice) {
  char* text = next_text();
  REQUIRE(slice->size < TEXT_SIZE);
  if (slice->size > 0) memcpy(text, slice->data, slice->size);
  text[slice->size] = '\0';
  return text;
}

const char* quoted(const char* text) {
  char* result = next_text();
  REQUIRE(strlen(text) < TEXT_SIZE);
  memmove(result, text, strlen(text) + 1);
  for (char* c = result; *c != '\0'; ++c) {
    if (*c == '\'') *c = '"';
  }
  return result;
}

/* --- time */

static int64_t clock_us = START_US;

void set_now(int64_t now_us) {
  __atomic_store_n(&clock_us, now_us, __ATOMIC_SEQ_CST);
}
int64_t get_now(void) {
  return __atomic_load_n(&clock_us, __ATOMIC_SEQ_CST);
}
void advance(int64_t by_us) {
  set_now(get_now() + by_us);
}

static int32_t tell_time(int64_t* out_now_us, void* user_data) {
  (void)user_data;
  *out_now_us = get_now();
  return MEMTIER_CALLBACK_OK;
}

memtier_options* options_with_clock(void) {
  memtier_options* options = NULL;
  const memtier_clock clock = {sizeof clock, tell_time, NULL, NULL};
  set_now(START_US);
  OK(memtier_options_create(&options, ERR));
  OK(memtier_options_set_clock(options, &clock, ERR));
  set_option(options, MEMTIER_OPTION_BACKGROUND, 0);
  return options;
}

void set_option(memtier_options* options, int32_t key, int64_t value) {
  OK(memtier_options_set_int64(options, key, value, ERR));
}

void set_ladder(memtier_options* options, const char* ladder) {
  const char* text = Q(ladder);
  OK(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, SIZED(text), ERR));
}

/* --- stores */

memtier_store* open_store(const char* path) {
  return open_with(path, NULL);
}

memtier_store* open_with(const char* path, memtier_options* options) {
  memtier_store* store = NULL;
  OK(memtier_store_open(path, options, &store, ERR));
  memtier_options_destroy(options);
  return store;
}

memtier_store* memory_store(void) {
  return open_with(":memory:", NULL);
}

memtier_store* clocked_store(void) {
  return open_with(":memory:", options_with_clock());
}

memtier_store* ladder_store(const char* ladder) {
  memtier_options* options = options_with_clock();
  set_ladder(options, ladder);
  return open_with(":memory:", options);
}

void close_store(memtier_store* store) {
  OK(memtier_store_close(store, ERR));
}

memtier_store_statistics statistics_of(memtier_store* store) {
  memtier_store_statistics statistics;
  statistics.struct_size = sizeof statistics;
  OK(memtier_store_get_statistics(store, &statistics, ERR));
  return statistics;
}

memtier_tier_statistics tier_of(memtier_store* store, int64_t tier) {
  memtier_tier_statistics statistics;
  statistics.struct_size = sizeof statistics;
  OK(memtier_tier_get_statistics(store, tier, &statistics, ERR));
  return statistics;
}

/* --- scopes */

static int32_t part_of(const char* name, size_t size) {
  static const char* const kNames[] = {"app", "user", "agent", "session", "collection"};
  for (int32_t i = 0; i < 5; ++i) {
    if (strlen(kNames[i]) == size && strncmp(kNames[i], name, size) == 0) return i + 1;
  }
  REQUIRE(!"a name of a scope");
  return 0;
}

memtier_scope* scope_of(const char* names) {
  memtier_scope* scope = NULL;
  OK(memtier_scope_create(&scope, ERR));
  while (*names != '\0') {
    const char* equals = strchr(names, '=');
    REQUIRE(equals != NULL);
    const size_t size = strcspn(equals + 1, " ");
    const int32_t part = part_of(names, (size_t)(equals - names));
    OK(memtier_scope_set(scope, part, equals + 1, size, ERR));
    names = equals + 1 + size;
    while (*names == ' ') ++names;
  }
  return scope;
}

/* --- items */

memtier_item_builder* new_builder(void) {
  memtier_item_builder* builder = NULL;
  OK(memtier_item_builder_create(&builder, ERR));
  return builder;
}

memtier_item_builder* builder_of(const char* json) {
  memtier_item_builder* builder = new_builder();
  const char* text = Q(json);
  OK(memtier_item_builder_set_json(builder, SIZED(text), ERR));
  return builder;
}

memtier_status try_put(memtier_store* store, const memtier_scope* scope, const char* json,
                       int32_t mode) {
  memtier_item_builder* builder = builder_of(json);
  const memtier_status status =
      memtier_item_put(store, scope, builder, mode, MEMTIER_DURABILITY_DEFAULT, NULL, ERR);
  memtier_item_builder_destroy(builder);
  return status;
}

void put(memtier_store* store, const memtier_scope* scope, const char* json) {
  OK(try_put(store, scope, json, MEMTIER_PUT_REPLACE));
}

memtier_item* put_item(memtier_store* store, const memtier_scope* scope, const char* json) {
  memtier_item_builder* builder = builder_of(json);
  memtier_item* item = NULL;
  OK(memtier_item_put(store, scope, builder, MEMTIER_PUT_REPLACE, MEMTIER_DURABILITY_DEFAULT, &item,
                      ERR));
  memtier_item_builder_destroy(builder);
  return item;
}

memtier_item* update_item(memtier_store* store, const memtier_scope* scope, const char* id,
                          const char* json) {
  memtier_item_builder* builder = builder_of(json);
  memtier_item* item = NULL;
  OK(memtier_item_update(store, scope, SIZED(id), builder, MEMTIER_DURABILITY_DEFAULT, &item, ERR));
  memtier_item_builder_destroy(builder);
  return item;
}

memtier_item* get_item(memtier_store* store, const memtier_scope* scope, const char* id) {
  memtier_item* item = NULL;
  OK(memtier_item_get(store, scope, SIZED(id), &item, ERR));
  return item;
}

memtier_status try_get(memtier_store* store, const memtier_scope* scope, const char* id) {
  memtier_item* item = NULL;
  const memtier_status status = memtier_item_get(store, scope, SIZED(id), &item, ERR);
  CHECK((status == MEMTIER_OK) == (item != NULL));
  memtier_item_destroy(item);
  return status;
}

int exists(memtier_store* store, const memtier_scope* scope, const char* id) {
  int32_t result = -1;
  OK(memtier_item_exists(store, scope, SIZED(id), &result, ERR));
  return result;
}

void read_times(memtier_store* store, const char* id, int times) {
  for (int i = 0; i < times; ++i) memtier_item_destroy(get_item(store, NULL, id));
}

void delete_item(memtier_store* store, const memtier_scope* scope, const char* id) {
  OK(memtier_item_delete(store, scope, SIZED(id), 0, MEMTIER_DURABILITY_DEFAULT, ERR));
}

const char* text_of(const memtier_item* item, int32_t field) {
  memtier_slice slice;
  OK(memtier_item_read_text(item, field, &slice, ERR));
  return copied(&slice);
}

int64_t number_of(const memtier_item* item, int32_t field) {
  int64_t value = 0;
  OK(memtier_item_read_int64(item, field, &value, ERR));
  return value;
}

double fraction_of(const memtier_item* item, int32_t field) {
  double value = 0;
  OK(memtier_item_read_double(item, field, &value, ERR));
  return value;
}

const char* tags_of(const memtier_item* item) {
  char* text = next_text();
  for (int64_t i = 0; i < memtier_item_tag_count(item); ++i) {
    memtier_slice tag;
    OK(memtier_item_read_tag(item, i, &tag, ERR));
    append(text, i == 0 ? "%.*s" : ", %.*s", (int)tag.size, (const char*)tag.data);
  }
  return text;
}

const char* json_of(const memtier_item* item) {
  memtier_bytes* json = NULL;
  OK(memtier_item_to_json(item, &json, ERR));
  const memtier_slice slice = {memtier_bytes_data(json), memtier_bytes_size(json)};
  const char* text = copied(&slice);
  memtier_bytes_destroy(json);
  return text;
}

memtier_item* peek_item(memtier_store* store, const memtier_scope* scope, const char* id) {
  char* list = next_text();
  append(list, "{\"filter\": {\"id\": \"%s\"}}", id);
  memtier_cursor* cursor = open_list(store, scope, list);
  memtier_items* page = NULL;
  memtier_item* item = NULL;
  OK(memtier_cursor_next(cursor, 2, NULL, &page, ERR));
  REQUIRE(memtier_items_count(page) == 1);
  OK(memtier_items_get(page, 0, &item, ERR));
  memtier_items_destroy(page);
  memtier_cursor_destroy(cursor);
  return item;
}

const char* tier_name(memtier_store* store, const char* id) {
  memtier_item* item = peek_item(store, NULL, id);
  const char* name = text_of(item, MEMTIER_FIELD_TIER);
  memtier_item_destroy(item);
  return name;
}

/* --- many */

int64_t count_items(memtier_store* store, const memtier_scope* scope, const char* filter) {
  int64_t count = -1;
  const char* text = Q(filter);
  OK(memtier_item_count(store, scope, SIZED(text), NULL, &count, ERR));
  return count;
}

memtier_cursor* open_list(memtier_store* store, const memtier_scope* scope, const char* list) {
  memtier_cursor* cursor = NULL;
  const char* text = Q(list);
  OK(memtier_item_list(store, scope, SIZED(text), &cursor, ERR));
  return cursor;
}

static void append_id(char* text, memtier_item* item) {
  memtier_slice id;
  OK(memtier_item_read_text(item, MEMTIER_FIELD_ID, &id, ERR));
  append(text, text[0] == '\0' ? "%.*s" : " %.*s", (int)id.size, (const char*)id.data);
  memtier_item_destroy(item);
}

const char* ids_of(const memtier_items* items) {
  char* text = next_text();
  for (int64_t i = 0; i < memtier_items_count(items); ++i) {
    memtier_item* item = NULL;
    OK(memtier_items_get(items, i, &item, ERR));
    append_id(text, item);
  }
  return text;
}

const char* page_ids(memtier_cursor* cursor, int64_t max_items) {
  memtier_items* page = NULL;
  OK(memtier_cursor_next(cursor, max_items, NULL, &page, ERR));
  const char* ids = ids_of(page);
  memtier_items_destroy(page);
  return ids;
}

const char* list_ids(memtier_store* store, const memtier_scope* scope, const char* list) {
  memtier_cursor* cursor = open_list(store, scope, list);
  const char* ids = page_ids(cursor, 10000);
  memtier_cursor_destroy(cursor);
  return ids;
}

memtier_status entry_status(const memtier_items* items, int64_t index) {
  memtier_status status = 1;
  OK(memtier_items_read_status(items, index, &status, NULL, ERR));
  return status;
}

memtier_hits* search(memtier_store* store, const memtier_scope* scope, const char* query) {
  memtier_hits* hits = NULL;
  const char* text = Q(query);
  OK(memtier_store_search(store, scope, SIZED(text), NULL, &hits, ERR));
  return hits;
}

const char* search_ids(memtier_store* store, const memtier_scope* scope, const char* query) {
  memtier_hits* hits = search(store, scope, query);
  char* text = next_text();
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    memtier_item* item = NULL;
    OK(memtier_hits_get(hits, i, &item, ERR));
    append_id(text, item);
  }
  memtier_hits_destroy(hits);
  return text;
}

memtier_status try_search(memtier_store* store, const char* query) {
  memtier_hits* hits = NULL;
  const char* text = Q(query);
  const memtier_status status = memtier_store_search(store, NULL, SIZED(text), NULL, &hits, ERR);
  CHECK((status == MEMTIER_OK) == (hits != NULL));
  memtier_hits_destroy(hits);
  return status;
}

int64_t sweep(memtier_store* store) {
  int64_t count = -1;
  OK(memtier_store_sweep(store, NULL, &count, ERR));
  return count;
}

const char* transitions_of(memtier_store* store, const char* id) {
  memtier_transitions* rows = NULL;
  const memtier_slice *ids = NULL, *from = NULL, *to = NULL, *reason = NULL;
  OK(memtier_transition_list(store, NULL, SIZED(id), 0, 1000, &rows, ERR));
  OK(memtier_transitions_column_text(rows, MEMTIER_FIELD_ID, &ids, ERR));
  OK(memtier_transitions_column_text(rows, MEMTIER_FIELD_FROM_TIER, &from, ERR));
  OK(memtier_transitions_column_text(rows, MEMTIER_FIELD_TO_TIER, &to, ERR));
  OK(memtier_transitions_column_text(rows, MEMTIER_FIELD_REASON, &reason, ERR));
  char* text = next_text();
  for (int64_t i = 0; i < memtier_transitions_count(rows); ++i) {
    append(text, "%s%.*s %.*s>%.*s %.*s", i == 0 ? "" : "; ", (int)ids[i].size,
           (const char*)ids[i].data, (int)from[i].size, (const char*)from[i].data, (int)to[i].size,
           (const char*)to[i].data, (int)reason[i].size, (const char*)reason[i].data);
  }
  memtier_transitions_destroy(rows);
  return text;
}
