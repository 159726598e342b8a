/* memtier.h, section 23: what an agent has in mind. */
#include "capi/support.h"

static memtier_status remember(memtier_store* store, const memtier_scope* scope, const char* key,
                               const char* value, double importance) {
  advance(1000);
  return memtier_context_remember(store, scope, SIZED(key), SIZED(value), importance, 0, NULL, ERR);
}

static const char* active(memtier_store* store, const memtier_scope* scope, const char* document) {
  static char ids[1024];
  const char* json = Q(document);
  memtier_items* items = NULL;
  OK(memtier_context_build(store, scope, SIZED(json), NULL, &items, ERR));
  snprintf(ids, sizeof ids, "%s", ids_of(items));
  memtier_items_destroy(items);
  return ids;
}

static void importance_decides_how_long_it_is_remembered(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_item* item = NULL;
  OK(memtier_context_remember(store, ada, "nuts", 4, "allergic to nuts", 16, 0.9, 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "long_term");
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), -1);
  memtier_item_destroy(item);
  OK(memtier_context_remember(store, ada, "seat", 4, "at the window", 13, 0.8, 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "short_term");
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), HOUR_US);
  memtier_item_destroy(item);
  advance(HOUR_US);
  CHECK(exists(store, ada, "nuts"));
  CHECK(!exists(store, ada, "seat"));
  memtier_scope_destroy(ada);
  close_store(store);
}

static void the_newest_come_first_and_then_what_has_to_do_with_it(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  OK(remember(store, ada, "tea", "likes green tea", 0.9));
  OK(remember(store, ada, "nuts", "allergic to nuts", 0.95));
  OK(remember(store, ada, "menu", "asked for the menu", 0.5));
  OK(remember(store, ada, "seat", "sits at the window", 0.5));
  CHECK_TEXT(active(store, ada, "{'text': 'tea'}"), "seat menu tea");
  CHECK_TEXT(active(store, ada, ""), "seat menu nuts tea");
  CHECK_TEXT(active(store, ada, "{'max_items': 2, 'short_term': 1}"), "seat nuts");
  CHECK_TEXT(active(store, ada, "{'exclude': ['seat', 'nuts']}"), "menu tea");
  CHECK_TEXT(active(store, ada, "{'max_tokens': 10}"), "seat menu");
  memtier_scope* eve = scope_of("user=eve");
  CHECK_TEXT(active(store, eve, ""), "");
  memtier_scope_destroy(ada);
  memtier_scope_destroy(eve);
  close_store(store);
}

static void what_is_wrong_is_refused(void) {
  memtier_store* store = clocked_store();
  FAILS_SAYING(remember(store, NULL, "", "x", 0.5), MEMTIER_INVALID, "key");
  FAILS_SAYING(remember(store, NULL, "k", "x", 1.5), MEMTIER_INVALID, "importance");
  FAILS_SAYING(remember(store, NULL, "k", "\xff", 0.5), MEMTIER_INVALID, "value");
  memtier_items* items = NULL;
  FAILS_SAYING(memtier_context_build(store, NULL, SIZED("{\"last\": 1}"), NULL, &items, ERR),
               MEMTIER_INVALID, "last");
  FAILS_SAYING(
      memtier_context_build(store, NULL, SIZED("{\"max_items\": 1001}"), NULL, &items, ERR),
      MEMTIER_INVALID, "max_items");
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(importance_decides_how_long_it_is_remembered),
      TEST_CASE(the_newest_come_first_and_then_what_has_to_do_with_it),
      TEST_CASE(what_is_wrong_is_refused),
  };
  return RUN_TESTS(argc, argv, kTests);
}
