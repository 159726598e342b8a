/* memtier.h, section 11: indexes of the caller's own. */
#include <stdlib.h>

#include "capi/support.h"

static memtier_status make_index(memtier_store* store, const char* index) {
  const char* json = Q(index);
  return memtier_index_create(store, SIZED(json), NULL, ERR);
}

static const char* explained(memtier_store* store, const char* list) {
  static char text[4096];
  const char* json = Q(list);
  memtier_bytes* bytes = NULL;
  OK(memtier_item_explain(store, NULL, SIZED(json), NULL, &bytes, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(bytes));
  memtier_bytes_destroy(bytes);
  return text;
}

static const char* indexes(memtier_store* store) {
  static char text[4096];
  memtier_bytes* bytes = NULL;
  OK(memtier_index_list(store, NULL, &bytes, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(bytes));
  memtier_bytes_destroy(bytes);
  return text;
}

/* Twenty items of which two are of Rome. */
static void put_cities(memtier_store* store) {
  for (int i = 0; i < 20; ++i) {
    char json[128];
    snprintf(json, sizeof json,
             "{'id': '%c', 'content': 'tea', 'metadata': {'place': {'city': '%s'}}}", 'a' + i,
             i % 10 == 3 ? "Rome" : "Bari");
    put(store, NULL, json);
  }
}

static const char kOfRome[] = "{'metadata.place.city': 'Rome'}";

static void an_index_is_used_and_changes_no_answer(void) {
  memtier_store* store = clocked_store();
  put_cities(store);
  CHECK_INT(count_items(store, NULL, kOfRome), 2);
  OK(make_index(store, "{'name': 'city', 'path': 'metadata.place.city'}"));
  CHECK_INT(count_items(store, NULL, kOfRome), 2);
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'metadata.place.city': 'Rome'}, 'order_by': 'id'}"),
             "n d");
  CHECK_HAS(explained(store, "{'filter': {'metadata.place.city': 'Rome'}}"),
            "\"by\":\"index city\"");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea', 'filter': {'metadata.place.city': 'Rome'}}"),
             "n d");
  close_store(store);
}

static void an_index_follows_what_is_written_and_deleted(void) {
  memtier_store* store = clocked_store();
  put_cities(store);
  OK(make_index(store, "{'name': 'city', 'path': 'metadata.place.city'}"));
  put(store, NULL, "{'id': 'a', 'metadata': {'place': {'city': 'Rome'}}}");
  put(store, NULL, "{'id': 'd', 'metadata': {'place': {'city': ['Oslo', 'Bari']}}}");
  delete_item(store, NULL, "n");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'metadata.place.city': 'Rome'}}"), "a");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'metadata.place.city': 'Oslo'}}"), "d");
  int64_t count = 0;
  memtier_item_builder* patch = builder_of("{'metadata': {'place': {'city': 'Pisa'}}}");
  const char* rome = Q(kOfRome);
  OK(memtier_item_update_where(store, NULL, SIZED(rome), patch, 0, NULL, &count, ERR));
  CHECK_INT(count, 1);
  CHECK_INT(count_items(store, NULL, kOfRome), 0);
  const char* pisa = Q("{'metadata.place.city': {'$startsWith': 'Pi'}}");
  OK(memtier_item_delete_where(store, NULL, SIZED(pisa), 0, NULL, &count, ERR));
  CHECK_INT(count, 1);
  CHECK(!exists(store, NULL, "a"));
  memtier_item_builder_destroy(patch);
  close_store(store);
}

static void an_index_is_there_when_the_store_is_opened_again(void) {
  const char* path = test_path("store.mem");
  memtier_store* store = open_store(path);
  put_cities(store);
  OK(make_index(store, "{'name': 'city', 'path': 'metadata.place.city'}"));
  close_store(store);
  store = open_store(path);
  CHECK_TEXT(indexes(store),
             Q("[{'entries':20,'kind':'path','name':'city','path':'metadata.place.city',"
               "'state':'ready'}]"));
  CHECK_HAS(explained(store, "{'filter': {'metadata.place.city': 'Rome'}}"),
            "\"by\":\"index city\"");
  close_store(store);
}

static void a_list_names_the_indexes_in_order(void) {
  memtier_store* store = memory_store();
  CHECK_TEXT(indexes(store), "[]");
  OK(make_index(store, "{'name': 'z', 'path': 'metadata.z'}"));
  OK(make_index(store, "{'name': 'a', 'path': 'metadata.a'}"));
  const char* all = indexes(store);
  REQUIRE(strstr(all, "\"name\":\"a\"") != NULL && strstr(all, "\"name\":\"z\"") != NULL);
  CHECK(strstr(all, "\"name\":\"a\"") < strstr(all, "\"name\":\"z\""));
  OK(memtier_index_drop(store, SIZED("a"), NULL, ERR));
  CHECK(strstr(indexes(store), "\"name\":\"a\"") == NULL);
  FAILS_SAYING(memtier_index_drop(store, SIZED("a"), NULL, ERR), MEMTIER_NOT_FOUND, "\"a\"");
  close_store(store);
}

static void a_name_stands_for_one_path(void) {
  memtier_store* store = memory_store();
  OK(make_index(store, "{'name': 'city', 'path': 'metadata.city'}"));
  OK(make_index(store, "{'name': 'city', 'path': 'metadata.city'}"));
  FAILS_SAYING(make_index(store, "{'name': 'city', 'path': 'metadata.town'}"), MEMTIER_EXISTS,
               "metadata.city");
  OK(memtier_index_drop(store, SIZED("city"), NULL, ERR));
  OK(make_index(store, "{'name': 'city', 'path': 'metadata.town'}"));
  close_store(store);
}

static void a_wrong_document_is_refused_with_the_reason(void) {
  static const char* const kWrong[][2] = {
      {"{'name': 'a'}", "path"},
      {"{'path': 'metadata.a'}", "name"},
      {"{'name': 'a', 'path': 'metadata.a', 'kind': 'path'}", "kind"},
      {"{'name': 'a', 'path': 'type'}", "metadata"},
      {"{'name': 'a', 'path': 'metadata'}", "metadata"},
      {"{'name': 'a', 'path': 'metadata.'}", "metadata"},
      {"{'name': '', 'path': 'metadata.a'}", "name"},
      {"{'name': 'a\\nb', 'path': 'metadata.a'}", "name"},
      {"{'name': 7, 'path': 'metadata.a'}", "name"},
      {"{'name': 'a', 'path': ['a']}", "path"},
      {"[]", "index"}};
  memtier_store* store = memory_store();
  for (size_t i = 0; i < sizeof kWrong / sizeof kWrong[0]; ++i) {
    FAILS_SAYING(make_index(store, kWrong[i][0]), MEMTIER_INVALID, kWrong[i][1]);
  }
  char longest[2 * MEMTIER_MAX_PATH_BYTES];
  snprintf(longest, sizeof longest, "{'name': 'a', 'path': 'metadata.%0*d'}",
           MEMTIER_MAX_PATH_BYTES, 0);
  FAILS_SAYING(make_index(store, longest), MEMTIER_INVALID, "1024");
  CHECK_TEXT(indexes(store), "[]");
  close_store(store);
}

static void there_is_a_limit(void) {
  memtier_store* store = memory_store();
  char json[64];
  for (int i = 0; i < MEMTIER_MAX_INDEXES; ++i) {
    snprintf(json, sizeof json, "{'name': '%d', 'path': 'metadata.a'}", i);
    OK(make_index(store, json));
  }
  FAILS_SAYING(make_index(store, "{'name': 'more', 'path': 'metadata.a'}"), MEMTIER_LIMIT, "64");
  close_store(store);
}

static int32_t cancel(int64_t done, int64_t total, void* user_data) {
  (void)done, (void)total;
  return *(int32_t*)user_data;
}

static void one_that_was_stopped_is_not_there(void) {
  memtier_store* store = memory_store();
  put_cities(store);
  int32_t answer = MEMTIER_CALLBACK_CANCEL;
  const memtier_control control = {sizeof control, NULL, cancel, NULL, &answer};
  const char* json = Q("{'name': 'city', 'path': 'metadata.place.city'}");
  FAILS(memtier_index_create(store, SIZED(json), &control, ERR), MEMTIER_CANCELLED);
  CHECK_TEXT(indexes(store), "[]");
  answer = -7;
  memtier_error** error = ERR;
  FAILS(memtier_index_create(store, SIZED(json), &control, error), MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(*error), -7);
  CHECK_TEXT(indexes(store), "[]");
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(an_index_is_used_and_changes_no_answer),
      TEST_CASE(an_index_follows_what_is_written_and_deleted),
      TEST_CASE(an_index_is_there_when_the_store_is_opened_again),
      TEST_CASE(a_list_names_the_indexes_in_order),
      TEST_CASE(a_name_stands_for_one_path),
      TEST_CASE(a_wrong_document_is_refused_with_the_reason),
      TEST_CASE(there_is_a_limit),
      TEST_CASE(one_that_was_stopped_is_not_there),
  };
  return RUN_TESTS(argc, argv, kTests);
}
