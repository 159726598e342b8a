/* memtier.h, section 23: what an agent did is found again. */
#include "capi/support.h"

static memtier_status record(memtier_store* store, const memtier_scope* scope,
                             const char* document) {
  const char* json = Q(document);
  return memtier_run_record(store, scope, SIZED(json), 0, NULL, ERR);
}

static void a_run_is_found_by_words_filters_and_lists(void) {
  memtier_store* store = clocked_store();
  memtier_scope* agent = scope_of("user=ada agent=planner");
  const char* document =
      Q("{'id': 'r1', 'name': 'weather', 'input': {'city': 'Oslo'}, 'result': 'snow until noon', "
        "'duration_us': 1500}");
  memtier_item* item = NULL;
  OK(memtier_run_record(store, agent, SIZED(document), 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "run");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "snow until noon");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "long_term");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), get_now() - 1500);
  memtier_item_destroy(item);
  advance(1000000);
  OK(record(store, agent,
            "{'id': 'r2', 'name': 'book', 'input': 'a train to Oslo', "
            "'error': 'no seats', 'started_us': '2026-01-01', 'duration_us': 9}"));
  CHECK_TEXT(search_ids(store, agent, "{'text': 'weather'}"), "r1");
  CHECK_TEXT(search_ids(store, agent, "{'text': 'snow'}"), "r1");
  CHECK_TEXT(search_ids(store, agent, "{'text': 'train'}"), "r2");
  CHECK_TEXT(search_ids(store, agent, "{'text': 'seats'}"), "r2");
  CHECK_TEXT(list_ids(store, agent, "{'filter': {'type': 'run'}}"), "r2 r1");
  CHECK_TEXT(list_ids(store, agent, "{'filter': {'metadata.success': false}}"), "r2");
  CHECK_TEXT(list_ids(store, agent,
                      "{'filter': {'metadata.name': 'weather',"
                      " 'metadata.input.city': 'Oslo',"
                      " 'metadata.duration_us': {'$gte': 1500}}}"),
             "r1");
  memtier_scope* eve = scope_of("user=eve");
  CHECK_TEXT(search_ids(store, eve, "{'text': 'oslo'}"), "");
  memtier_scope_destroy(agent);
  memtier_scope_destroy(eve);
  close_store(store);
}

static void results_may_be_any_value(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = NULL;
  const char* list = Q("{'name': 'list', 'result': ['a', 2], 'success': false}");
  OK(memtier_run_record(store, NULL, SIZED(list), 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "[\"a\",2]");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT_TYPE), "application/json");
  CHECK_HAS(text_of(item, MEMTIER_FIELD_METADATA), "\"success\":false");
  memtier_item_destroy(item);
  const char* none = Q("{'name': 'ping'}");
  OK(memtier_run_record(store, NULL, SIZED(none), 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "");
  CHECK_HAS(text_of(item, MEMTIER_FIELD_METADATA), "\"success\":true");
  memtier_item_destroy(item);
  close_store(store);
}

static void what_is_wrong_is_refused(void) {
  memtier_store* store = clocked_store();
  FAILS_SAYING(record(store, NULL, "{'input': 1}"), MEMTIER_INVALID, "name");
  FAILS_SAYING(record(store, NULL, "{'name': 'x', 'result': 1, 'error': 'y'}"), MEMTIER_INVALID,
               "error");
  FAILS_SAYING(record(store, NULL, "{'name': 'x', 'error': 'y', 'success': true}"), MEMTIER_INVALID,
               "success");
  FAILS_SAYING(record(store, NULL, "{'name': 'x', 'duration_us': -1}"), MEMTIER_INVALID,
               "duration_us");
  FAILS_SAYING(record(store, NULL, "{'name': 'x', 'started_us': 'soon'}"), MEMTIER_INVALID,
               "started_us");
  FAILS_SAYING(record(store, NULL, "{'name': 'x', 'output': 1}"), MEMTIER_INVALID, "output");
  FAILS_SAYING(record(store, NULL, "{'name': 'x', 'metadata': {'input': 1}}"), MEMTIER_INVALID,
               "input");
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_run_is_found_by_words_filters_and_lists),
      TEST_CASE(results_may_be_any_value),
      TEST_CASE(what_is_wrong_is_refused),
  };
  return RUN_TESTS(argc, argv, kTests);
}
