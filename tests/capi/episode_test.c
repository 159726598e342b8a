/* memtier.h, section 22: what happened, and what happened around then. */
#include "capi/support.h"

static memtier_status tell(memtier_store* store, const memtier_scope* scope, const char* document) {
  const char* json = Q(document);
  return memtier_episode_put(store, scope, SIZED(json), 0, NULL, ERR);
}

static const char* around(memtier_store* store, const memtier_scope* scope, const char* document) {
  static char ids[1024];
  const char* json = Q(document);
  memtier_items* items = NULL;
  OK(memtier_episode_find_around(store, scope, SIZED(json), NULL, &items, ERR));
  snprintf(ids, sizeof ids, "%s", ids_of(items));
  memtier_items_destroy(items);
  return ids;
}

static void what_happened_is_an_item(void) {
  memtier_store* store = clocked_store();
  const char* document =
      Q("{'id': 'storm', 'content': 'the ferry did not sail', 'location': 'Bari', "
        "'participants': ['Ada', 'Tom'], 'emotions': {'fear': 0.6, 'joy': 0}, "
        "'started_us': '2025-08-10T08:00', 'ended_us': '2025-08-10T20:00'}");
  memtier_item* item = NULL;
  OK(memtier_episode_put(store, NULL, SIZED(document), 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "episode");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "long_term");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), INT64_C(1754812800000000));
  memtier_item_destroy(item);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'ferry'}"), "storm");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tom'}"), "storm");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'bari'}"), "storm");
  CHECK_INT(count_items(store, NULL, "{'metadata.emotions.fear': {'$gt': 0.5}}"), 1);
  CHECK_INT(count_items(store, NULL, "{'metadata.participants': {'$contains': 'Ada'}}"), 1);
  close_store(store);
}

static void around_a_time_is_what_lies_near(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  OK(tell(store, ada,
          "{'id': 'trip', 'content': 'a trip', 'started_us': '2026-01-01T00:00',"
          " 'ended_us': '2026-01-03T00:00'}"));
  OK(tell(store, ada, "{'id': 'lunch', 'content': 'lunch', 'started_us': '2026-01-02T12:00'}"));
  put(store, ada, "{'id': 'note', 'content': 'a note', 'created_us': '2026-01-02T12:40'}");
  OK(tell(store, ada, "{'id': 'late', 'content': 'late', 'started_us': '2026-01-02T14:00'}"));
  CHECK_TEXT(around(store, ada, "{'at_us': '2026-01-02T12:10'}"), "trip lunch note");
  CHECK_TEXT(around(store, ada, "{'at_us': '2026-01-02T12:10', 'limit': 2}"), "trip lunch");
  CHECK_TEXT(around(store, ada, "{'at_us': '2026-01-02T12:10', 'within_us': 60000000}"), "trip");
  CHECK_TEXT(around(store, ada, "{'id': 'lunch', 'within_us': 7200000000}"), "trip note late");
  CHECK_TEXT(around(store, ada, "{'id': 'trip', 'limit': 3}"), "lunch note late");
  CHECK_TEXT(around(store, ada, "{'id': 'lunch', 'filter': {'type': 'episode'}}"), "trip");
  CHECK_TEXT(around(store, ada, "{'at_us': '2026-01-05'}"), "");
  set_now(INT64_C(1767362400000000)); /* 2026-01-02T14:00 */
  CHECK_TEXT(around(store, ada, ""), "trip late");
  memtier_scope* eve = scope_of("user=eve");
  CHECK_TEXT(around(store, eve, "{'at_us': '2026-01-02T12:10'}"), "");
  memtier_scope_destroy(ada);
  memtier_scope_destroy(eve);
  close_store(store);
}

static void what_is_wrong_is_refused(void) {
  memtier_store* store = clocked_store();
  FAILS_SAYING(tell(store, NULL, "{'location': 'Bari'}"), MEMTIER_INVALID, "content");
  FAILS_SAYING(tell(store, NULL, "{'content': 'x', 'participants': 'Ada'}"), MEMTIER_INVALID,
               "participants");
  FAILS_SAYING(tell(store, NULL, "{'content': 'x', 'emotions': {'joy': 2}}"), MEMTIER_INVALID,
               "emotions");
  FAILS_SAYING(tell(store, NULL, "{'content': 'x', 'emotions': ['joy']}"), MEMTIER_INVALID,
               "emotions");
  FAILS_SAYING(tell(store, NULL, "{'content': 'x', 'started_us': 5, 'ended_us': 4}"),
               MEMTIER_INVALID, "ended_us");
  FAILS_SAYING(tell(store, NULL, "{'content': 'x', 'metadata': {'location': 'y'}}"),
               MEMTIER_INVALID, "location");
  memtier_items* items = NULL;
  const char* both = Q("{'id': 'x', 'at_us': 5}");
  FAILS_SAYING(memtier_episode_find_around(store, NULL, SIZED(both), NULL, &items, ERR),
               MEMTIER_INVALID, "at_us");
  const char* none = Q("{'id': 'none'}");
  FAILS_SAYING(memtier_episode_find_around(store, NULL, SIZED(none), NULL, &items, ERR),
               MEMTIER_NOT_FOUND, "none");
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(what_happened_is_an_item),
      TEST_CASE(around_a_time_is_what_lies_near),
      TEST_CASE(what_is_wrong_is_refused),
  };
  return RUN_TESTS(argc, argv, kTests);
}
