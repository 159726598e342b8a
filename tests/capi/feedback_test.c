/* memtier.h, section 18: feedback. */
#include <string.h>

#include "capi/support.h"

static memtier_status say(memtier_store* store, const memtier_scope* scope, const char* document) {
  return memtier_feedback_add(store, scope, SIZED(Q(document)), ERR);
}

static const char* preferences(memtier_store* store, const memtier_scope* scope) {
  static char text[8192];
  memtier_bytes* json = NULL;
  OK(memtier_feedback_list(store, scope, &json, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  return text;
}

static memtier_store* two_teas(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'green', 'content': 'tea', 'tags': ['leaves']}");
  put(store, NULL, "{'id': 'black', 'content': 'tea', 'tags': ['dark']}");
  put(store, NULL, "{'id': 'white', 'content': 'tea', 'tags': ['leaves']}");
  return store;
}

static void what_was_of_use_counts_more_and_what_was_not_less(void) {
  memtier_store* store = two_teas();
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "white black green");
  OK(say(store, NULL, "{'items': [{'id': 'green', 'value': 1}, {'id': 'black', 'value': -1}]}"));
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "green white black");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea', 'weights': {'preference': 0}}"),
             "white black green");
  CHECK(strstr(preferences(store, NULL),
               "\"kind\":\"tag\",\"name\":\"leaves\",\"preference\":0.5") != NULL);
  OK(memtier_feedback_clear(store, NULL, ERR));
  CHECK_TEXT(preferences(store, NULL), "[]");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "white black green");
  OK(memtier_feedback_clear(store, NULL, ERR));
  close_store(store);
}

static void preferences_are_their_owners(void) {
  memtier_store* store = two_teas();
  memtier_scope* ada = NULL;
  OK(memtier_scope_create(&ada, ERR));
  OK(memtier_scope_set(ada, MEMTIER_SCOPE_USER, "ada", 3, ERR));
  put(store, ada, "{'id': 'mine', 'content': 'tea'}");
  OK(say(store, ada, "{'id': 'mine', 'value': 1}"));
  CHECK_TEXT(preferences(store, NULL), "[]");
  OK(memtier_scope_set(ada, MEMTIER_SCOPE_SESSION, "one", 3, ERR));
  CHECK(strstr(preferences(store, ada), "mine") != NULL);
  memtier_scope_destroy(ada);
  close_store(store);
}

static void bad_feedback_changes_nothing(void) {
  memtier_store* store = two_teas();
  FAILS_SAYING(say(store, NULL, "{'id': 'green', 'value': 2}"), MEMTIER_INVALID, "value");
  FAILS_SAYING(say(store, NULL, "{'id': 'green'}"), MEMTIER_INVALID, "value");
  FAILS_SAYING(say(store, NULL, "{'value': 1}"), MEMTIER_INVALID, "id");
  FAILS_SAYING(say(store, NULL, "{'items': 1}"), MEMTIER_INVALID, "items");
  FAILS_SAYING(say(store, NULL, "{'id': 'green', 'value': 1, 'why': ''}"), MEMTIER_INVALID, "why");
  CHECK_INT(say(store, NULL, "{'items': [{'id': 'green', 'value': 1}, {'id': 'no', 'value': 1}]}"),
            MEMTIER_NOT_FOUND);
  CHECK_TEXT(preferences(store, NULL), "[]");
  OK(say(store, NULL, "{'items': []}"));
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(what_was_of_use_counts_more_and_what_was_not_less),
      TEST_CASE(preferences_are_their_owners),
      TEST_CASE(bad_feedback_changes_nothing),
  };
  return RUN_TESTS(argc, argv, kTests);
}
