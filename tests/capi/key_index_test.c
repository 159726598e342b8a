/* memtier.h, section 11: indexes of what a callback extracts. */
#include "capi/support.h"

/* Keys: the words of the content. */
typedef struct extractor {
  int calls;
  int items;
  int destroyed;
  int32_t result;
} extractor;

static int32_t extract_words(const memtier_items* items, memtier_keys* keys, void* user_data) {
  extractor* e = user_data;
  ++e->calls;
  if (e->result != MEMTIER_CALLBACK_OK) return e->result;
  for (int64_t i = 0; i < memtier_items_count(items); ++i) {
    memtier_item* item = NULL;
    memtier_slice content;
    ++e->items;
    if (memtier_items_get(items, i, &item, NULL) != MEMTIER_OK) return -1;
    if (memtier_item_read_text(item, MEMTIER_FIELD_CONTENT, &content, NULL) != MEMTIER_OK) {
      return -2;
    }
    const char* text = content.data;
    for (size_t at = 0; at < content.size;) {
      size_t end = at;
      while (end < content.size && text[end] != ' ') ++end;
      if (memtier_keys_add(keys, i, text + at, end - at, NULL) != MEMTIER_OK) return -3;
      at = end + 1;
    }
    memtier_item_destroy(item);
  }
  return MEMTIER_CALLBACK_OK;
}

static void let_go(void* user_data) {
  ++((extractor*)user_data)->destroyed;
}

static memtier_status make(memtier_store* store, const char* name, extractor* e) {
  const memtier_key_extractor table = {sizeof table, extract_words, let_go, e};
  return memtier_index_create_callback(store, SIZED(name), &table, NULL, ERR);
}

static const char* ids(memtier_store* store, const char* filter) {
  char list[512];
  snprintf(list, sizeof list, "{'filter': %s, 'order_by': 'id', 'descending': false}", filter);
  return list_ids(store, NULL, list);
}

static void put_teas(memtier_store* store) {
  put(store, NULL, "{'id': 'a', 'content': 'green tea'}");
  put(store, NULL, "{'id': 'b', 'content': 'black tea'}");
  put(store, NULL, "{'id': 'c', 'content': 'green bicycle'}");
  put(store, NULL, "{'id': 'd'}");
}

static void filters_match_keys_as_a_list_of_texts(void) {
  static const char* const kCases[][2] = {
      {"{'index.word': 'tea'}", "a b"},
      {"{'index.word': {'$ne': 'tea'}}", "c d"},
      {"{'index.word': {'$in': ['black', 'bicycle', 7]}}", "b c"},
      {"{'index.word': {'$nin': ['green']}}", "b d"},
      {"{'index.word': {'$startsWith': 'b'}}", "b c"},
      {"{'index.word': {'$startsWith': ''}}", "a b c"},
      {"{'index.word': {'$contains': 'tea'}}", "a b"},
      {"{'index.word': {'$contains': 'te'}}", ""},
      {"{'index.word': {'$icontains': 'TEA'}}", "a b"},
      {"{'index.word': {'$exists': true}}", "a b c"},
      {"{'index.word': {'$exists': false}}", "d"},
      {"{'index.word': {'$gt': 'green'}}", "a b"},
      {"{'index.word': {'$gte': 'green'}}", "a b c"},
      {"{'index.word': {'$lt': 'black'}}", "c"},
      {"{'index.word': {'$lte': 'black'}}", "b c"},
      {"{'index.word': {'$gt': 5}}", ""},
      {"{'index.word': ['green', 'tea']}", "a"},
      {"{'index.word': {'$in': [['green', 'tea'], 'black']}}", "a b"},
      {"{'index.word': 7}", ""},
      {"{'index.word': null}", ""},
      {"{'index.word': 'green', 'id': {'$gt': 'a'}}", "c"},
      {"{'$or': [{'index.word': 'black'}, {'id': 'd'}]}", "b d"},
      {"{'$not': {'index.word': 'green'}}", "b d"}};
  extractor e = {0};
  memtier_store* store = memory_store();
  put_teas(store);
  OK(make(store, "word", &e));
  CHECK_INT(e.calls, 1);
  for (size_t i = 0; i < sizeof kCases / sizeof kCases[0]; ++i) {
    const int before = check_failures();
    CHECK_TEXT(ids(store, kCases[i][0]), kCases[i][1]);
    if (check_failures() != before) fprintf(stderr, "  with %s\n", kCases[i][0]);
  }
  CHECK_INT(e.calls, 1);
  close_store(store);
  CHECK_INT(e.destroyed, 1);
}

static void every_acknowledged_write_is_seen_and_extracted_once(void) {
  extractor here = {0};
  extractor there = {0};
  const char* path = test_path("store.mem");
  memtier_store* store = open_store(path);
  memtier_store* other = open_store(path);
  put_teas(store);
  OK(make(store, "word", &here));
  OK(make(other, "word", &there));
  put(other, NULL, "{'id': 'a', 'content': 'white coffee'}");
  delete_item(other, NULL, "b");
  put(store, NULL, "{'id': 'e', 'content': 'more tea'}");
  CHECK_TEXT(ids(store, "{'index.word': 'tea'}"), "e");
  CHECK_TEXT(ids(other, "{'index.word': 'tea'}"), "e");
  CHECK_TEXT(ids(store, "{'index.word': 'coffee'}"), "a");
  CHECK_INT(here.items, 4 + 2);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'more', 'filter': {'index.word': 'tea'}}"), "e");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'more', 'filter': {'index.word': 'none'}}"), "");
  CHECK_TEXT(search_ids(store, NULL, "{'filter': {'index.word': 'bicycle'}}"), "c");
  close_store(store);
  CHECK_TEXT(ids(other, "{'index.word': 'bicycle'}"), "c");
  close_store(other);
  CHECK_INT(here.destroyed, 1);
  CHECK_INT(there.destroyed, 1);
}

static void writes_by_filter_use_it(void) {
  extractor e = {0};
  memtier_store* store = memory_store();
  put_teas(store);
  OK(make(store, "word", &e));
  int64_t count = 0;
  memtier_item_builder* patch = builder_of("{'content': 'water'}");
  const char* tea = Q("{'index.word': 'tea'}");
  OK(memtier_item_update_where(store, NULL, SIZED(tea), patch, 0, NULL, &count, ERR));
  CHECK_INT(count, 2);
  CHECK_INT(count_items(store, NULL, "{'index.word': 'tea'}"), 0);
  const char* water = Q("{'index.word': 'water'}");
  OK(memtier_item_delete_where(store, NULL, SIZED(water), 0, NULL, &count, ERR));
  CHECK_INT(count, 2);
  CHECK_TEXT(ids(store, "{}"), "c d");
  memtier_item_builder_destroy(patch);
  close_store(store);
}

static void a_failing_callback_fails_the_call_that_asked_and_nothing_else(void) {
  extractor e = {0};
  memtier_store* store = memory_store();
  put_teas(store);
  OK(make(store, "word", &e));
  put(store, NULL, "{'id': 'e', 'content': 'tea'}");
  e.result = -42;
  int64_t count = 0;
  const char* tea = Q("{'index.word': 'tea'}");
  memtier_error** error = ERR;
  FAILS(memtier_item_count(store, NULL, SIZED(tea), NULL, &count, error), MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(*error), -42);
  CHECK_INT(count_items(store, NULL, "{}"), 5);
  e.result = MEMTIER_CALLBACK_OK;
  CHECK_INT(count_items(store, NULL, "{'index.word': 'tea'}"), 3);
  extractor broken = {0};
  broken.result = -7;
  error = ERR;
  const memtier_key_extractor table = {sizeof table, extract_words, let_go, &broken};
  FAILS(memtier_index_create_callback(store, SIZED("broken"), &table, NULL, error),
        MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(*error), -7);
  CHECK_INT(broken.destroyed, 1);
  FAILS(make(store, "word", &broken), MEMTIER_EXISTS);
  CHECK_INT(broken.destroyed, 2);
  close_store(store);
}

static void a_name_without_a_callback_is_refused_with_its_place(void) {
  extractor e = {0};
  memtier_store* store = memory_store();
  put_teas(store);
  int64_t count = 0;
  const char* filter = Q("{'$or': [{'id': 'a'}, {'index.word': 'tea'}]}");
  FAILS_SAYING(memtier_item_count(store, NULL, SIZED(filter), NULL, &count, ERR), MEMTIER_INVALID,
               "$.$or[1].index.word");
  OK(make(store, "word", &e));
  OK(memtier_item_count(store, NULL, SIZED(filter), NULL, &count, ERR));
  CHECK_INT(count, 2);
  OK(memtier_index_drop(store, SIZED("word"), NULL, ERR));
  CHECK_INT(e.destroyed, 1);
  FAILS_SAYING(memtier_item_count(store, NULL, SIZED(filter), NULL, &count, ERR), MEMTIER_INVALID,
               "word");
  memtier_item* item = get_item(store, NULL, "a");
  int32_t matches = 0;
  FAILS_SAYING(memtier_item_matches(item, SIZED(filter), &matches, ERR), MEMTIER_INVALID,
               "$.$or[1].index.word");
  memtier_item_destroy(item);
  close_store(store);
}

static void it_is_listed_and_leads_where_it_finds_few(void) {
  extractor e = {0};
  char text[4096];
  memtier_store* store = memory_store();
  put_teas(store);
  OK(make(store, "word", &e));
  memtier_bytes* json = NULL;
  OK(memtier_index_list(store, NULL, &json, ERR));
  CHECK_TEXT(memtier_bytes_data(json),
             Q("[{'entries':6,'kind':'callback','name':'word','state':'ready'}]"));
  memtier_bytes_destroy(json);
  for (int i = 0; i < 200; ++i) put(store, NULL, "{'content': 'water'}");
  const char* list = Q("{'filter': {'index.word': 'bicycle'}}");
  OK(memtier_item_explain(store, NULL, SIZED(list), NULL, &json, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  CHECK_HAS(text, "\"by\":\"index word\"");
  const char* path = Q("{'name': 'word', 'path': 'metadata.word'}");
  FAILS(memtier_index_create(store, SIZED(path), NULL, ERR), MEMTIER_EXISTS);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(filters_match_keys_as_a_list_of_texts),
      TEST_CASE(every_acknowledged_write_is_seen_and_extracted_once),
      TEST_CASE(writes_by_filter_use_it),
      TEST_CASE(a_failing_callback_fails_the_call_that_asked_and_nothing_else),
      TEST_CASE(a_name_without_a_callback_is_refused_with_its_place),
      TEST_CASE(it_is_listed_and_leads_where_it_finds_few),
  };
  return RUN_TESTS(argc, argv, kTests);
}
