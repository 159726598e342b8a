/* The steps of operations.json in C, each one call of memtier.h or a few. */
#include <math.h>
#include <stdlib.h>

#include "capi/transfer_support.h"
#include "conformance/steps_c.h"

/* --- what several steps need */

int32_t durability_key(machine* m) {
  return choice_key(m, "durability", "default relaxed normal full", MEMTIER_DURABILITY_DEFAULT,
                    MEMTIER_DURABILITY_DEFAULT);
}

int32_t put_mode_key(machine* m) {
  return choice_key(m, "mode", "replace create update", MEMTIER_PUT_REPLACE, MEMTIER_PUT_REPLACE);
}

static memtier_status fill(memtier_item_builder* builder, machine* m, json document) {
  const int64_t version = int_key(m, "version", 0);
  if (document.begin != NULL) {
    const json_string text = json_source(document);
    TRY(memtier_item_builder_set_json(builder, BYTES(text), ERR));
  }
  return memtier_item_builder_set_int64(builder, MEMTIER_FIELD_EXPECTED_VERSION, version, ERR);
}

typedef memtier_status (*tag_function)(memtier_item_builder* builder, const char* tag, size_t size,
                                       memtier_error** error);

static memtier_status each_tag(memtier_item_builder* builder, json tags, tag_function call) {
  json place = {NULL, NULL};
  json tag;
  while (json_next(tags, &place, NULL, &tag)) {
    const json_string text = json_text(tag);
    TRY(call(builder, BYTES(text), ERR));
  }
  return MEMTIER_OK;
}

/* "set", "add_tags" and "remove_tags". */
static memtier_status fill_changes(memtier_item_builder* builder, machine* m) {
  const json added = key(m, "add_tags");
  const json removed = key(m, "remove_tags");
  TRY(fill(builder, m, key(m, "set")));
  TRY(each_tag(builder, added, memtier_item_builder_add_tag));
  return each_tag(builder, removed, memtier_item_builder_remove_tag);
}

typedef struct packed_ids {
  char* text;
  int64_t ends[64];
  int64_t count;
} packed_ids;

static packed_ids pack(json ids) {
  packed_ids packed = {json_keep((size_t)(ids.end - ids.begin) + 1), {0}, 0};
  json place = {NULL, NULL};
  json id;
  int64_t size = 0;
  while (json_next(ids, &place, NULL, &id)) {
    const json_string text = json_text(id);
    memcpy(packed.text + size, text.data, text.size);
    size += (int64_t)text.size;
    REQUIRE(packed.count < 64);
    packed.ends[packed.count++] = size;
  }
  return packed;
}

/* --- the steps */

static memtier_status step_advance(machine* m) {
  m->now_us += llround(json_number(key(m, "seconds")) * 1e6);
  return MEMTIER_OK;
}

static memtier_status step_open(machine* m) {
  const json_string other = text_key(m, "path");
  const json_string bytes = text_key(m, "bytes");
  const json given = key(m, "ladder");
  const json ladder = given.begin != NULL ? given : json_member(m->test, "ladder");
  const json tokenizer = key(m, "tokenizer");
  const int create = flag_key(m, "create", 1);
  const char* path = other.data;
  if (other.size == 0) path = test_path(m->number == 0 ? "main.mem" : "other.mem");
  if (other.size > 0 && strstr(other.data, "://") == NULL) path = test_path(other.data);
  if (bytes.size > 0) write_file(path, BYTES(bytes));
  TRY(memtier_store_close(m->store, ERR));
  return open_store_of(m, path, ladder, tokenizer, create);
}

static memtier_status step_close(machine* m) {
  return memtier_store_close(m->store, ERR);
}

static memtier_status step_flush(machine* m) {
  return memtier_store_flush(m->store, &m->control, ERR);
}

static memtier_status step_put(machine* m) {
  const int32_t mode = put_mode_key(m);
  const int32_t level = durability_key(m);
  memtier_item_builder* builder = new_builder();
  memtier_item* item = NULL;
  memtier_status status = fill(builder, m, key(m, "item"));
  if (status == MEMTIER_OK) {
    status = memtier_item_put(m->store, m->scope, builder, mode, level, &item, ERR);
  }
  memtier_item_builder_destroy(builder);
  if (status == MEMTIER_OK) expect_item(m, item);
  return status;
}

static memtier_status step_put_many(machine* m) {
  const int32_t mode = put_mode_key(m);
  const int32_t level = durability_key(m);
  memtier_item_builder* builders[16];
  int64_t count = 0;
  json place = {NULL, NULL};
  json item;
  const json list = key(m, "items");
  while (json_next(list, &place, NULL, &item)) {
    REQUIRE(count < 16);
    builders[count++] = builder_of(json_source(item).data);
  }
  memtier_items* items = NULL;
  memtier_error* error = NULL;
  const memtier_status status =
      memtier_item_put_many(m->store, m->scope, (const memtier_item_builder* const*)builders, count,
                            mode, level, &m->control, &items, &error);
  if (items != NULL) expect_entries(m, items, (json){NULL, NULL});
  for (int64_t i = 0; i < count; ++i) memtier_item_builder_destroy(builders[i]);
  *ERR = error; /* for the message */
  return status;
}

static memtier_status step_get(machine* m) {
  const json_string id = text_key(m, "id");
  memtier_item* item = NULL;
  TRY(memtier_item_get(m->store, m->scope, BYTES(id), &item, ERR));
  expect_item(m, item);
  return MEMTIER_OK;
}

static memtier_status step_get_into(machine* m) {
  const json_string id = text_key(m, "id");
  const size_t room = (size_t)int_key(m, "room", 0);
  size_t size = 0;
  TRY(memtier_item_get_into(m->store, m->scope, BYTES(id), json_keep(room), room, &size, ERR));
  CHECK(size > 0 && size <= room);
  return MEMTIER_OK;
}

static memtier_status step_get_many(machine* m) {
  const json ids = key(m, "ids");
  const packed_ids packed = pack(ids);
  memtier_items* items = NULL;
  TRY(memtier_item_get_many(m->store, m->scope, packed.text, packed.ends, packed.count, &m->control,
                            &items, ERR));
  expect_entries(m, items, ids);
  return MEMTIER_OK;
}

static memtier_status step_update(machine* m) {
  const json_string id = text_key(m, "id");
  const int32_t level = durability_key(m);
  memtier_item_builder* builder = new_builder();
  memtier_item* item = NULL;
  memtier_status status = fill_changes(builder, m);
  if (status == MEMTIER_OK) {
    status = memtier_item_update(m->store, m->scope, BYTES(id), builder, level, &item, ERR);
  }
  memtier_item_builder_destroy(builder);
  if (status == MEMTIER_OK) expect_item(m, item);
  return status;
}

static memtier_status step_delete(machine* m) {
  const json_string id = text_key(m, "id");
  const int64_t version = int_key(m, "version", 0);
  return memtier_item_delete(m->store, m->scope, BYTES(id), version, durability_key(m), ERR);
}

static memtier_status step_delete_many(machine* m) {
  const packed_ids packed = pack(key(m, "ids"));
  const int32_t level = durability_key(m);
  memtier_items* items = NULL;
  TRY(memtier_item_delete_many(m->store, m->scope, packed.text, packed.ends, packed.count, level,
                               &m->control, &items, ERR));
  expect_entries(m, items, (json){NULL, NULL});
  return MEMTIER_OK;
}

static memtier_status step_exists(machine* m) {
  const json_string id = text_key(m, "id");
  int32_t found = -1;
  TRY(memtier_item_exists(m->store, m->scope, BYTES(id), &found, ERR));
  CHECK_INT(found, flag_key(m, "exists", found));
  return MEMTIER_OK;
}

static memtier_status step_validate(machine* m) {
  const json_string id = text_key(m, "id");
  int64_t count = -1;
  TRY(memtier_item_validate(m->store, m->scope, BYTES(id), &count, ERR));
  expect_count(m, count);
  return MEMTIER_OK;
}

static memtier_status step_move(machine* m) {
  const json_string id = text_key(m, "id");
  const json_string tier = text_key(m, "tier");
  return memtier_item_move(m->store, m->scope, BYTES(id), BYTES(tier), ERR);
}

static memtier_status step_count(machine* m) {
  const json_string filter = source_key(m, "filter");
  int64_t count = -1;
  TRY(memtier_item_count(m->store, m->scope, BYTES(filter), &m->control, &count, ERR));
  expect_count(m, count);
  return MEMTIER_OK;
}

static void make_list(machine* m, char* list, size_t room) {
  static const char* const kKeys[] = {"filter", "order_by", "descending", "skip", "limit"};
  size_t used = 0;
  for (int i = 0; i < COUNT_OF(kKeys); ++i) {
    const json value = key(m, kKeys[i]);
    if (value.begin == NULL) continue;
    used += (size_t)snprintf(list + used, room - used, "%s\"%s\": %s", used == 0 ? "{" : ", ",
                             kKeys[i], json_source(value).data);
  }
  if (flag_key(m, "after", 0)) {
    used += (size_t)snprintf(list + used, room - used, "%s\"after\": \"%s\"",
                             used == 0 ? "{" : ", ", m->token);
  }
  if (used > 0) snprintf(list + used, room - used, "}");
}

static memtier_status read_pages(machine* m, memtier_cursor* cursor, char* ids, size_t room) {
  const int64_t size = int_key(m, "page", 100);
  const int64_t pages = int_key(m, "pages", INT64_MAX);
  for (int64_t read = 0; read < pages; ++read) {
    memtier_items* items = NULL;
    TRY(memtier_cursor_next(cursor, size, &m->control, &items, ERR));
    const int64_t count = memtier_items_count(items);
    for (int64_t i = 0; i < count; ++i) {
      memtier_item* item = NULL;
      OK(memtier_items_get(items, i, &item, ERR));
      const size_t used = strlen(ids);
      snprintf(ids + used, room - used, "%s ", text_of(item, MEMTIER_FIELD_ID));
      memtier_item_destroy(item);
    }
    memtier_items_destroy(items);
    if (count == 0) break;
  }
  memtier_bytes* token = NULL;
  OK(memtier_cursor_get_token(cursor, &token, ERR));
  snprintf(m->token, sizeof m->token, "%s", (const char*)memtier_bytes_data(token));
  memtier_bytes_destroy(token);
  return MEMTIER_OK;
}

static memtier_status step_list(machine* m) {
  char list[8192] = "";
  char ids[4096] = "";
  make_list(m, list, sizeof list);
  memtier_cursor* cursor = NULL;
  TRY(memtier_item_list(m->store, m->scope, SIZED(list), &cursor, ERR));
  const memtier_status status = read_pages(m, cursor, ids, sizeof ids);
  memtier_cursor_destroy(cursor);
  if (status == MEMTIER_OK) expect_words(m, "ids", ids);
  return status;
}

static memtier_status step_update_where(machine* m) {
  const json_string filter = source_key(m, "filter");
  const int32_t level = durability_key(m);
  memtier_item_builder* builder = new_builder();
  int64_t count = -1;
  memtier_status status = fill_changes(builder, m);
  if (status == MEMTIER_OK) {
    status = memtier_item_update_where(m->store, m->scope, BYTES(filter), builder, level,
                                       &m->control, &count, ERR);
  }
  memtier_item_builder_destroy(builder);
  if (status == MEMTIER_OK) expect_count(m, count);
  return status;
}

static memtier_status step_delete_where(machine* m) {
  const json_string filter = source_key(m, "filter");
  const int32_t level = durability_key(m);
  int64_t count = -1;
  TRY(memtier_item_delete_where(m->store, m->scope, BYTES(filter), level, &m->control, &count,
                                ERR));
  expect_count(m, count);
  return MEMTIER_OK;
}

static memtier_status step_search(machine* m) {
  const json_string query = source_key(m, "query");
  memtier_hits* hits = NULL;
  TRY(memtier_store_search(m->store, m->scope, BYTES(query), &m->control, &hits, ERR));
  char ids[4096] = "";
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    memtier_item* item = NULL;
    OK(memtier_hits_get(hits, i, &item, ERR));
    const size_t used = strlen(ids);
    snprintf(ids + used, sizeof ids - used, "%s ", text_of(item, MEMTIER_FIELD_ID));
    memtier_item_destroy(item);
  }
  memtier_hits_destroy(hits);
  expect_words(m, "ids", ids);
  return MEMTIER_OK;
}

static memtier_status step_sweep(machine* m) {
  int64_t count = -1;
  TRY(memtier_store_sweep(m->store, &m->control, &count, ERR));
  expect_count(m, count);
  return MEMTIER_OK;
}

static void expect_by_tier(machine* m, const char* name, const int64_t* given) {
  const char* names[MEMTIER_MAX_TIERS];
  int64_t numbers[MEMTIER_MAX_TIERS];
  int64_t count = 0;
  OK(memtier_tier_count(m->store, &count, ERR));
  for (int64_t tier = 0; tier < count; ++tier) {
    const memtier_tier_statistics statistics = tier_of(m->store, tier);
    char* copy = json_keep(sizeof statistics.name);
    memcpy(copy, statistics.name, sizeof statistics.name);
    names[tier] = copy;
    numbers[tier] = given == NULL ? statistics.item_count : given[tier];
  }
  expect_numbers(m, name, names, numbers, (int)count);
}

static memtier_status step_optimize(machine* m) {
  int64_t demoted[MEMTIER_MAX_TIERS];
  int64_t total = -1;
  TRY(memtier_tier_optimize(m->store, m->scope, &m->control, demoted, MEMTIER_MAX_TIERS, &total,
                            ERR));
  expect_count(m, total);
  expect_by_tier(m, "demoted", demoted);
  return MEMTIER_OK;
}

static memtier_status step_tier_clear(machine* m) {
  const json_string tiers = source_key(m, "tiers");
  int64_t count = -1;
  TRY(memtier_tier_clear(m->store, m->scope, BYTES(tiers), &m->control, &count, ERR));
  expect_count(m, count);
  return MEMTIER_OK;
}

static memtier_status step_transitions(machine* m) {
  static const int32_t kFields[] = {MEMTIER_FIELD_ID, MEMTIER_FIELD_FROM_TIER,
                                    MEMTIER_FIELD_TO_TIER, MEMTIER_FIELD_REASON};
  const json_string id = text_key(m, "id");
  memtier_transitions* read = NULL;
  TRY(memtier_transition_list(m->store, m->scope, BYTES(id), 0, int_key(m, "limit", 100), &read,
                              ERR));
  char rows[4096] = "";
  for (int64_t row = 0; row < memtier_transitions_count(read); ++row) {
    for (int field = 0; field < COUNT_OF(kFields); ++field) {
      const memtier_slice* column = NULL;
      OK(memtier_transitions_column_text(read, kFields[field], &column, ERR));
      const size_t used = strlen(rows);
      snprintf(rows + used, sizeof rows - used, "%.*s ", (int)column[row].size,
               (const char*)column[row].data);
    }
  }
  memtier_transitions_destroy(read);
  expect_words(m, "rows", rows);
  return MEMTIER_OK;
}

static memtier_status step_tiers(machine* m) {
  int64_t count = 0;
  TRY(memtier_tier_count(m->store, &count, ERR));
  expect_by_tier(m, "items", NULL);
  return MEMTIER_OK;
}

static memtier_status step_statistics(machine* m) {
  memtier_store_statistics s = {0};
  s.struct_size = sizeof s;
  TRY(memtier_store_get_statistics(m->store, &s, ERR));
  static const char* const kNames[] = {"item_count", "expired_count", "gets",       "gets_missed",
                                       "puts",       "deletes",       "searches",   "promotions",
                                       "demotions",  "evictions",     "expirations"};
  const int64_t numbers[] = {s.item_count, s.expired_count, s.gets,       s.gets_missed,
                             s.puts,       s.deletes,       s.searches,   s.promotions,
                             s.demotions,  s.evictions,     s.expirations};
  expect_numbers(m, "values", kNames, numbers, COUNT_OF(kNames));
  return MEMTIER_OK;
}

static memtier_status step_export(machine* m) {
  const json_string filter = source_key(m, "filter");
  pipe_end end = {0};
  const memtier_writer writer = writer_to(&end);
  int64_t count = -1;
  const memtier_status status =
      memtier_store_export(m->store, m->scope, BYTES(filter), &writer, &m->control, &count, ERR);
  if (status == MEMTIER_OK) {
    expect_count(m, count);
    if (flag_key(m, "same", 0)) {
      CHECK(end.size == m->exported_size && memcmp(end.text, m->exported, end.size) == 0);
    }
    REQUIRE(end.size < sizeof m->exported);
    if (end.size > 0) memcpy(m->exported, end.text, end.size);
    m->exported[m->exported_size = end.size] = '\0';
  }
  free(end.text);
  return status;
}

static memtier_status step_import(machine* m) {
  char lines[65536] = "";
  if (flag_key(m, "exported", 0)) snprintf(lines, sizeof lines, "%s", m->exported);
  json place = {NULL, NULL};
  json line;
  const json list = key(m, "lines");
  while (json_next(list, &place, NULL, &line)) {
    const size_t used = strlen(lines);
    snprintf(lines + used, sizeof lines - used, "%s\n", json_source(line).data);
  }
  const json_string options = source_key(m, "options");
  pipe_end end = {0};
  const memtier_reader reader = reader_from(&end, lines);
  memtier_import_statistics s = {0};
  s.struct_size = sizeof s;
  const memtier_status status =
      memtier_store_import(m->store, m->scope, BYTES(options), &reader, &m->control, &s, ERR);
  static const char* const kNames[] = {"lines",   "stored", "replaced",
                                       "skipped", "failed", "first_failed_line"};
  const int64_t numbers[] = {s.lines,   s.stored, s.replaced,
                             s.skipped, s.failed, s.first_failed_line};
  if (status == MEMTIER_OK) expect_numbers(m, "report", kNames, numbers, COUNT_OF(kNames));
  return status;
}

step_function find_step(const char* name) {
  static const struct {
    const char* name;
    step_function run;
  } kSteps[] = {{"advance", step_advance},
                {"open", step_open},
                {"close", step_close},
                {"flush", step_flush},
                {"put", step_put},
                {"put_many", step_put_many},
                {"get", step_get},
                {"get_into", step_get_into},
                {"get_many", step_get_many},
                {"update", step_update},
                {"delete", step_delete},
                {"delete_many", step_delete_many},
                {"exists", step_exists},
                {"validate", step_validate},
                {"move", step_move},
                {"count", step_count},
                {"list", step_list},
                {"update_where", step_update_where},
                {"delete_where", step_delete_where},
                {"search", step_search},
                {"sweep", step_sweep},
                {"optimize", step_optimize},
                {"tier_clear", step_tier_clear},
                {"transitions", step_transitions},
                {"tiers", step_tiers},
                {"statistics", step_statistics},
                {"export", step_export},
                {"import", step_import}};
  for (int i = 0; i < COUNT_OF(kSteps); ++i) {
    if (strcmp(kSteps[i].name, name) == 0) return kSteps[i].run;
  }
  const step_function found = find_memory_step(name);
  if (found == NULL) fprintf(stderr, "\"%s\" is no step\n", name);
  return found;
}
