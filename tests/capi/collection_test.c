/* memtier.h, section 20: collections. */
#include "capi/support.h"

static memtier_status make(memtier_store* store, const char* collection) {
  const char* json = Q(collection);
  return memtier_collection_create(store, SIZED(json), ERR);
}

static const char* collections(memtier_store* store, const memtier_scope* scope) {
  static char text[4096];
  memtier_bytes* bytes = NULL;
  OK(memtier_collection_list(store, scope, NULL, &bytes, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(bytes));
  memtier_bytes_destroy(bytes);
  return text;
}

static int64_t dropped(memtier_store* store, const char* name) {
  int64_t count = -1;
  OK(memtier_collection_drop(store, SIZED(name), MEMTIER_COLLECTION_DROP_ITEMS, NULL, &count, ERR));
  return count;
}

static void a_collection_is_made_listed_and_dropped(void) {
  memtier_store* store = clocked_store();
  OK(make(store, "{'name': 'team', 'description': 'what all know'}"));
  CHECK_TEXT(collections(store, NULL),
             "[{\"created_us\":1767225600000000,\"description\":\"what "
             "all know\",\"items\":0,\"name\":\"team\"}]");
  FAILS_SAYING(make(store, "{'name': 'team'}"), MEMTIER_EXISTS, "team");
  FAILS_SAYING(make(store, "{'name': 'default'}"), MEMTIER_EXISTS, "default");
  CHECK_INT(dropped(store, "team"), 0);
  CHECK_TEXT(collections(store, NULL), "[]");
  int64_t count = -1;
  FAILS_SAYING(memtier_collection_drop(store, SIZED("team"), MEMTIER_COLLECTION_DROP_EMPTY, NULL,
                                       &count, ERR),
               MEMTIER_NOT_FOUND, "team");
  CHECK_INT(count, 0);
  close_store(store);
}

static void a_collection_comes_about_by_putting_an_item_into_it(void) {
  memtier_store* store = clocked_store();
  memtier_scope* diary = scope_of("user=ada collection=diary");
  memtier_scope* eve = scope_of("user=eve collection=diary");
  put(store, diary, "{'id': 'a', 'content': 'tea'}");
  put(store, NULL, "{'id': 'b'}"); /* the default one is not listed */
  CHECK_TEXT(collections(store, NULL), "[{\"description\":\"\",\"items\":1,\"name\":\"diary\"}]");
  CHECK_TEXT(collections(store, diary), "[{\"description\":\"\",\"items\":1,\"name\":\"diary\"}]");
  CHECK_TEXT(collections(store, eve), "[]");
  memtier_scope_destroy(diary);
  memtier_scope_destroy(eve);
  close_store(store);
}

static void one_in_use_is_dropped_only_with_its_items(void) {
  memtier_store* store = clocked_store();
  memtier_scope* team = scope_of("collection=team");
  put(store, team, "{'id': 'a', 'content': 'tea', 'pinned': true}");
  put(store, team, "{'id': 'b', 'content': 'rain'}");
  int64_t count = -1;
  FAILS_SAYING(memtier_collection_drop(store, SIZED("team"), MEMTIER_COLLECTION_DROP_EMPTY, NULL,
                                       &count, ERR),
               MEMTIER_CONFLICT, "holds 2 items");
  memtier_item* held = get_item(store, team, "a");
  memtier_cursor* cursor = open_list(store, team, "");
  CHECK_TEXT(page_ids(cursor, 1), "b");
  CHECK_INT(dropped(store, "team"), 2);
  CHECK_TEXT(text_of(held, MEMTIER_FIELD_CONTENT), "tea");
  CHECK_TEXT(page_ids(cursor, 10), "");
  CHECK_TEXT(search_ids(store, team, "{'text': 'tea'}"), "");
  CHECK_TEXT(collections(store, NULL), "[]");
  put(store, team, "{'id': 'c'}"); /* comes about anew */
  CHECK_INT(count_items(store, team, ""), 1);
  memtier_cursor_destroy(cursor);
  memtier_item_destroy(held);
  memtier_scope_destroy(team);
  close_store(store);
}

static void the_default_collection_is_not_dropped(void) {
  memtier_store* store = clocked_store();
  int64_t count = -1;
  static const char* const kNames[] = {"", "default", "*"};
  for (size_t i = 0; i < 3; ++i) {
    FAILS_SAYING(memtier_collection_drop(store, SIZED(kNames[i]), MEMTIER_COLLECTION_DROP_ITEMS,
                                         NULL, &count, ERR),
                 MEMTIER_INVALID, "name");
  }
  close_store(store);
}

static void items_are_copied(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* team = scope_of("collection=team");
  put(store, ada, "{'id': 'a', 'content': 'tea', 'tags': ['x'], 'importance': 0.9}");
  put(store, ada, "{'id': 'b', 'content': 'rain', 'tags': ['x']}");
  put(store, ada, "{'id': 'c', 'content': 'mud'}");
  put(store, team, "{'id': 'a'}"); /* of nobody: another item */
  const char* filter = Q("{'tags': 'x'}");
  int64_t count = -1;
  OK(memtier_collection_copy(store, ada, SIZED(filter), SIZED("team"), MEMTIER_PUT_REPLACE, 0, NULL,
                             &count, ERR));
  CHECK_INT(count, 2);
  CHECK_INT(count_items(store, team, "{'user': 'ada'}"), 2);
  CHECK_INT(count_items(store, ada, ""), 3);
  CHECK_TEXT(search_ids(store, team, "{'text': 'tea'}"), "a");
  OK(memtier_collection_copy(store, ada, "", 0, SIZED("team"), MEMTIER_PUT_CREATE, 0, NULL, &count,
                             ERR));
  CHECK_INT(count, 1);
  OK(memtier_collection_copy(store, ada, "", 0, SIZED("none"), MEMTIER_PUT_UPDATE, 0, NULL, &count,
                             ERR));
  CHECK_INT(count, 0);
  memtier_scope_destroy(ada);
  memtier_scope_destroy(team);
  close_store(store);
}

static void items_are_moved(void) {
  memtier_store* store = clocked_store();
  memtier_scope* team = scope_of("collection=team");
  put(store, NULL, "{'id': 'a', 'content': 'tea', 'ttl_us': 5000000}");
  put(store, NULL, "{'id': 'b', 'content': 'rain'}");
  put(store, team, "{'id': 'b', 'content': 'there'}");
  int64_t count = -1;
  OK(memtier_collection_move(store, NULL, "", 0, SIZED("team"), MEMTIER_PUT_CREATE, 0, NULL, &count,
                             ERR));
  CHECK_INT(count, 1);
  CHECK_TEXT(list_ids(store, NULL, ""), "b"); /* left out where it is */
  CHECK(exists(store, team, "a"));
  advance(6 * SECOND_US);
  CHECK(!exists(store, team, "a")); /* with what was left of its life */
  OK(memtier_collection_move(store, team, "", 0, NULL, 0, MEMTIER_PUT_REPLACE,
                             MEMTIER_DURABILITY_FULL, NULL, &count, ERR));
  CHECK_INT(count, 1);
  memtier_item* item = get_item(store, NULL, "b");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "there");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 2);
  memtier_item_destroy(item);
  memtier_scope_destroy(team);
  close_store(store);
}

static void what_cannot_be_meant_is_refused(void) {
  memtier_store* store = clocked_store();
  memtier_scope* all = scope_of("collection=*");
  memtier_scope* team = scope_of("collection=team");
  int64_t count = -1;
  FAILS_SAYING(memtier_collection_copy(store, all, "", 0, SIZED("team"), 0, 0, NULL, &count, ERR),
               MEMTIER_INVALID, "scope");
  FAILS_SAYING(memtier_collection_move(store, team, "", 0, SIZED("team"), 0, 0, NULL, &count, ERR),
               MEMTIER_INVALID, "to");
  FAILS_SAYING(memtier_collection_move(store, team, "", 0, SIZED("*"), 0, 0, NULL, &count, ERR),
               MEMTIER_INVALID, "to");
  FAILS_SAYING(
      memtier_collection_copy(store, NULL, "", 0, SIZED("default"), 0, 0, NULL, &count, ERR),
      MEMTIER_INVALID, "to");
  FAILS_SAYING(make(store, "{'description': 'x'}"), MEMTIER_INVALID, "\"name\" is missing");
  FAILS_SAYING(make(store, "{'name': 'x', 'nmae': 'y'}"), MEMTIER_INVALID, "nmae");
  FAILS_SAYING(make(store, "{'name': '*'}"), MEMTIER_INVALID, "name");
  memtier_scope_destroy(all);
  memtier_scope_destroy(team);
  close_store(store);
}

static void a_token_stops_moving(void) {
  memtier_store* store = clocked_store();
  memtier_cancel* cancel = NULL;
  OK(memtier_cancel_create(&cancel, ERR));
  OK(memtier_cancel_trip(cancel, ERR));
  const memtier_control control = {sizeof control, cancel, NULL, NULL, NULL};
  put(store, NULL, "{'id': 'a'}");
  int64_t count = -1;
  FAILS(memtier_collection_move(store, NULL, "", 0, SIZED("team"), 0, 0, &control, &count, ERR),
        MEMTIER_CANCELLED);
  CHECK_INT(count, 0);
  CHECK(exists(store, NULL, "a"));
  memtier_cancel_destroy(cancel);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_collection_is_made_listed_and_dropped),
      TEST_CASE(a_collection_comes_about_by_putting_an_item_into_it),
      TEST_CASE(one_in_use_is_dropped_only_with_its_items),
      TEST_CASE(the_default_collection_is_not_dropped),
      TEST_CASE(items_are_copied),
      TEST_CASE(items_are_moved),
      TEST_CASE(what_cannot_be_meant_is_refused),
      TEST_CASE(a_token_stops_moving),
  };
  return RUN_TESTS(argc, argv, kTests);
}
