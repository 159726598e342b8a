/* The steps of operations.json about collections, conversations, contexts, knowledge, episodes and
 * runs, in C. */
#include <math.h>
#include <stdlib.h>

#include "conformance/machine_c.h"
#include "conformance/steps_c.h"

static memtier_status step_collection_create(machine* m) {
  const json_string document = source_key(m, "collection");
  return memtier_collection_create(m->store, BYTES(document), ERR);
}

/* What the objects of a list have under these keys, "a 1 b 2 "; the list is destroyed. */
static void expect_rows(machine* m, memtier_bytes* list, const char* const* names, int count) {
  const char* text = memtier_bytes_data(list);
  const json document = json_value(text, text + memtier_bytes_size(list));
  char rows[4096] = "";
  json place = {NULL, NULL};
  json one;
  while (json_next(document, &place, NULL, &one)) {
    for (int i = 0; i < count; ++i) {
      const json value = json_member(one, names[i]);
      const json_string word = *value.begin == '"' ? json_text(value) : json_source(value);
      const size_t used = strlen(rows);
      snprintf(rows + used, sizeof rows - used, "%.*s ", (int)word.size, word.data);
    }
  }
  memtier_bytes_destroy(list);
  expect_words(m, "rows", rows);
}

static memtier_status step_collections(machine* m) {
  static const char* const kNames[] = {"name", "description", "items"};
  memtier_bytes* list = NULL;
  TRY(memtier_collection_list(m->store, m->scope, &m->control, &list, ERR));
  expect_rows(m, list, kNames, COUNT_OF(kNames));
  return MEMTIER_OK;
}

static memtier_status step_collection_drop(machine* m) {
  const json_string name = text_key(m, "name");
  const int32_t mode =
      flag_key(m, "with_items", 0) ? MEMTIER_COLLECTION_DROP_ITEMS : MEMTIER_COLLECTION_DROP_EMPTY;
  int64_t count = -1;
  TRY(memtier_collection_drop(m->store, BYTES(name), mode, &m->control, &count, ERR));
  expect_count(m, count);
  return MEMTIER_OK;
}

typedef memtier_status (*transfer_call)(memtier_store*, const memtier_scope*, const char*, size_t,
                                        const char*, size_t, int32_t, int32_t,
                                        const memtier_control*, int64_t*, memtier_error**);

static memtier_status transfer(machine* m, transfer_call call) {
  const json_string filter = source_key(m, "filter");
  const json_string to = text_key(m, "to");
  const int32_t mode = put_mode_key(m);
  const int32_t level = durability_key(m);
  int64_t count = -1;
  TRY(call(m->store, m->scope, BYTES(filter), BYTES(to), mode, level, &m->control, &count, ERR));
  expect_count(m, count);
  return MEMTIER_OK;
}

static memtier_status step_collection_copy(machine* m) {
  return transfer(m, memtier_collection_copy);
}

static memtier_status step_collection_move(machine* m) {
  return transfer(m, memtier_collection_move);
}

static memtier_status step_say(machine* m) {
  const json_string turn = source_key(m, "turn");
  const int64_t version = int_key(m, "version", 0);
  const int32_t level = durability_key(m);
  memtier_item* item = NULL;
  TRY(memtier_conversation_append(m->store, m->scope, BYTES(turn), version, level, &item, ERR));
  expect_item(m, item);
  return MEMTIER_OK;
}

/* "turns", a list, as the document that the library takes. */
static json_string turns_document(machine* m) {
  const json_string list = source_key(m, "turns");
  json_string document = {json_keep(list.size + 16), 0};
  document.size = (size_t)snprintf(document.data, list.size + 16, "{\"turns\": %.*s}",
                                   (int)list.size, list.data);
  return document;
}

/* "texts" of items, which are destroyed. */
static void expect_texts(machine* m, memtier_items* items) {
  char texts[4096] = "";
  for (int64_t i = 0; i < memtier_items_count(items); ++i) {
    memtier_item* item = NULL;
    OK(memtier_items_get(items, i, &item, ERR));
    const size_t used = strlen(texts);
    snprintf(texts + used, sizeof texts - used, "%s ", text_of(item, MEMTIER_FIELD_CONTENT));
    memtier_item_destroy(item);
  }
  memtier_items_destroy(items);
  expect_words(m, "texts", texts);
}

static memtier_status step_say_many(machine* m) {
  const json_string turns = turns_document(m);
  const int64_t version = int_key(m, "version", 0);
  const int32_t level = durability_key(m);
  memtier_items* items = NULL;
  TRY(memtier_conversation_append_many(m->store, m->scope, BYTES(turns), version, level,
                                       &m->control, &items, ERR));
  expect_texts(m, items);
  return MEMTIER_OK;
}

static memtier_status step_last(machine* m) {
  memtier_items* items = NULL;
  int64_t version = -1;
  TRY(memtier_conversation_read_last(m->store, m->scope, int_key(m, "limit", 100), &items, &version,
                                     ERR));
  expect_texts(m, items);
  CHECK_INT(version, int_key(m, "conversation_version", version));
  return MEMTIER_OK;
}

static memtier_status step_recent(machine* m) {
  const int64_t within_us = llround(json_number(key(m, "seconds")) * 1e6);
  memtier_items* items = NULL;
  TRY(memtier_conversation_read_recent(m->store, m->scope, within_us, int_key(m, "limit", 100),
                                       &m->control, &items, ERR));
  expect_texts(m, items);
  return MEMTIER_OK;
}

static memtier_status step_turn_context(machine* m) {
  const json_string document = source_key(m, "context");
  memtier_items* items = NULL;
  TRY(memtier_conversation_build_context(m->store, m->scope, BYTES(document), &m->control, &items,
                                         ERR));
  expect_texts(m, items);
  return MEMTIER_OK;
}

static memtier_status step_replace(machine* m) {
  const json_string turns = turns_document(m);
  const int64_t version = int_key(m, "version", 0);
  const int32_t level = durability_key(m);
  int64_t changed = -1;
  TRY(memtier_conversation_replace(m->store, m->scope, BYTES(turns), version, level, NULL, &changed,
                                   ERR));
  expect_count(m, changed);
  return MEMTIER_OK;
}

static memtier_status step_sessions(machine* m) {
  static const char* const kNames[] = {"session", "turns"};
  memtier_bytes* list = NULL;
  TRY(memtier_conversation_list_sessions(m->store, m->scope, int_key(m, "limit", 100), &m->control,
                                         &list, ERR));
  expect_rows(m, list, kNames, COUNT_OF(kNames));
  return MEMTIER_OK;
}

static memtier_status step_remember(machine* m) {
  const json_string name = text_key(m, "key");
  const json_string value = text_key(m, "value");
  const json importance = key(m, "importance");
  const int32_t level = durability_key(m);
  memtier_item* item = NULL;
  TRY(memtier_context_remember(m->store, m->scope, BYTES(name), BYTES(value),
                               importance.begin == NULL ? 0.5 : json_number(importance), level,
                               &item, ERR));
  expect_item(m, item);
  return MEMTIER_OK;
}

static memtier_status step_active(machine* m) {
  const json_string document = source_key(m, "context");
  memtier_items* items = NULL;
  TRY(memtier_context_build(m->store, m->scope, BYTES(document), &m->control, &items, ERR));
  expect_texts(m, items);
  return MEMTIER_OK;
}

typedef memtier_status (*document_call)(memtier_store*, const memtier_scope*, const char*, size_t,
                                        int32_t, memtier_item**, memtier_error**);

static memtier_status put_document(machine* m, const char* name, document_call call) {
  const json_string document = source_key(m, name);
  const int32_t level = durability_key(m);
  memtier_item* item = NULL;
  TRY(call(m->store, m->scope, BYTES(document), level, &item, ERR));
  expect_item(m, item);
  return MEMTIER_OK;
}

static memtier_status step_know(machine* m) {
  return put_document(m, "knowledge", memtier_knowledge_put);
}

static memtier_status step_episode(machine* m) {
  return put_document(m, "episode", memtier_episode_put);
}

static memtier_status step_record(machine* m) {
  return put_document(m, "run", memtier_run_record);
}

static memtier_status step_believe(machine* m) {
  const json_string id = text_key(m, "id");
  const json_string change = source_key(m, "change");
  const int64_t version = int_key(m, "version", 0);
  const int32_t level = durability_key(m);
  memtier_item* item = NULL;
  TRY(memtier_knowledge_update(m->store, m->scope, BYTES(id), BYTES(change), version, level, &item,
                               ERR));
  expect_item(m, item);
  return MEMTIER_OK;
}

static memtier_status step_history(machine* m) {
  const json_string id = text_key(m, "id");
  memtier_items* items = NULL;
  TRY(memtier_knowledge_read_history(m->store, m->scope, BYTES(id), int_key(m, "limit", 100),
                                     &items, ERR));
  expect_texts(m, items);
  return MEMTIER_OK;
}

static memtier_status step_contradictions(machine* m) {
  const json_string filter = source_key(m, "filter");
  const int64_t limit = int_key(m, "limit", 100);
  char document[1024];
  snprintf(document, sizeof document, "{\"limit\": %lld, \"filter\": %s}", (long long)limit,
           filter.size == 0 ? "{}" : filter.data);
  memtier_bytes* list = NULL;
  TRY(memtier_knowledge_list_contradictions(m->store, m->scope, SIZED(document), &m->control, &list,
                                            ERR));
  char rows[4096] = "";
  const char* text = memtier_bytes_data(list);
  const json pairs = json_value(text, text + memtier_bytes_size(list));
  json place = {NULL, NULL};
  json pair;
  while (json_next(pairs, &place, NULL, &pair)) {
    const size_t used = strlen(rows);
    snprintf(rows + used, sizeof rows - used, "%s %s ",
             json_text(json_member(pair, "subject")).data,
             json_text(json_member(pair, "attribute")).data);
    json side_place = {NULL, NULL};
    json side;
    while (json_next(json_member(pair, "items"), &side_place, NULL, &side)) {
      const size_t now = strlen(rows);
      snprintf(rows + now, sizeof rows - now, "%s ", json_text(json_member(side, "id")).data);
    }
  }
  memtier_bytes_destroy(list);
  expect_words(m, "rows", rows);
  return MEMTIER_OK;
}

static memtier_status step_around(machine* m) {
  const json_string document = source_key(m, "around");
  memtier_items* items = NULL;
  TRY(memtier_episode_find_around(m->store, m->scope, BYTES(document), &m->control, &items, ERR));
  expect_texts(m, items);
  return MEMTIER_OK;
}

step_function find_memory_step(const char* name) {
  static const struct {
    const char* name;
    step_function run;
  } kSteps[] = {{"collection_create", step_collection_create},
                {"collections", step_collections},
                {"collection_drop", step_collection_drop},
                {"collection_copy", step_collection_copy},
                {"collection_move", step_collection_move},
                {"say", step_say},
                {"say_many", step_say_many},
                {"last", step_last},
                {"recent", step_recent},
                {"turn_context", step_turn_context},
                {"replace", step_replace},
                {"sessions", step_sessions},
                {"remember", step_remember},
                {"active", step_active},
                {"know", step_know},
                {"believe", step_believe},
                {"history", step_history},
                {"contradictions", step_contradictions},
                {"episode", step_episode},
                {"around", step_around},
                {"record", step_record}};
  for (int i = 0; i < COUNT_OF(kSteps); ++i) {
    if (strcmp(kSteps[i].name, name) == 0) return kSteps[i].run;
  }
  return NULL;
}
