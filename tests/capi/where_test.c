/* memtier.h, section 11: updates and deletes of everything that a filter matches. */
#include "capi/support.h"

static int64_t update_where(memtier_store* store, const memtier_scope* scope, const char* filter,
                            const char* patch) {
  memtier_item_builder* builder = builder_of(patch);
  const char* text = Q(filter);
  int64_t count = -1;
  OK(memtier_item_update_where(store, scope, SIZED(text), builder, MEMTIER_DURABILITY_DEFAULT, NULL,
                               &count, ERR));
  memtier_item_builder_destroy(builder);
  return count;
}

static int64_t delete_where(memtier_store* store, const memtier_scope* scope, const char* filter) {
  const char* text = Q(filter);
  int64_t count = -1;
  OK(memtier_item_delete_where(store, scope, SIZED(text), MEMTIER_DURABILITY_DEFAULT, NULL, &count,
                               ERR));
  return count;
}

static memtier_store* three(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'type': 'fact', 'tags': ['old'], 'content': 'green tea'}");
  advance(1);
  put(store, NULL, "{'id': 'b', 'type': 'fact', 'content': 'black tea'}");
  advance(1);
  put(store, NULL, "{'id': 'c', 'type': 'rumour', 'tier': 'archive', 'content': 'white tea'}");
  return store;
}

static void every_match_is_updated_and_nothing_else(void) {
  memtier_store* store = three();
  memtier_item_builder* patch = builder_of("{'importance': 0.25}");
  OK(memtier_item_builder_add_tag(patch, SIZED("new"), ERR));
  OK(memtier_item_builder_remove_tag(patch, SIZED("old"), ERR));
  const char* filter = Q("{'type': 'fact'}");
  int64_t count = -1;
  OK(memtier_item_update_where(store, NULL, SIZED(filter), patch, 0, NULL, &count, ERR));
  memtier_item_builder_destroy(patch);
  CHECK_INT(count, 2);
  memtier_item* a = get_item(store, NULL, "a");
  memtier_item* c = get_item(store, NULL, "c");
  CHECK_TEXT(tags_of(a), "new");
  CHECK_DOUBLE(fraction_of(a, MEMTIER_FIELD_IMPORTANCE), 0.25);
  CHECK_INT(number_of(a, MEMTIER_FIELD_VERSION), 2);
  CHECK_TEXT(text_of(a, MEMTIER_FIELD_CONTENT), "green tea");
  CHECK_INT(number_of(c, MEMTIER_FIELD_VERSION), 1);
  memtier_item_destroy(a);
  memtier_item_destroy(c);
  close_store(store);
}

static void what_an_update_matches_may_be_what_it_changes(void) {
  memtier_store* store = three();
  CHECK_INT(update_where(store, NULL, "{'type': 'fact'}", "{'type': 'rumour'}"), 2);
  CHECK_INT(update_where(store, NULL, "{'type': 'fact'}", "{'type': 'rumour'}"), 0);
  CHECK_INT(count_items(store, NULL, "{'type': 'rumour'}"), 3);
  close_store(store);
}

static void an_empty_filter_updates_all_of_the_scope(void) {
  memtier_store* store = three();
  memtier_scope* ada = scope_of("user=ada");
  put(store, ada, "{'id': 'd'}");
  CHECK_INT(update_where(store, ada, "", "{'priority': 7}"), 1);
  CHECK_INT(count_items(store, NULL, "{'priority': 7}"), 1);
  CHECK_INT(update_where(store, NULL, "", "{'priority': 8}"), 4);
  memtier_scope_destroy(ada);
  close_store(store);
}

static void a_tier_in_the_patch_moves_them(void) {
  memtier_store* store = three();
  CHECK_INT(update_where(store, NULL, "{'type': 'fact'}", "{'tier': 'archive'}"), 2);
  CHECK_INT(count_items(store, NULL, "{'tier': 'archive'}"), 3);
  close_store(store);
}

static void updates_are_found_by_their_new_words(void) {
  memtier_store* store = three();
  CHECK_INT(update_where(store, NULL, "{'id': 'a'}", "{'content': 'coffee'}"), 1);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'coffee'}"), "a");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'green'}"), "");
  close_store(store);
}

static void more_than_a_batch_of_them_is_changed_and_counted(void) {
  memtier_store* store = clocked_store();
  for (int i = 0; i < 1203; ++i) put(store, NULL, "{'type': 'many'}");
  put(store, NULL, "{'id': 'other'}");
  CHECK_INT(update_where(store, NULL, "{'type': 'many'}", "{'importance': 1}"), 1203);
  CHECK_INT(count_items(store, NULL, "{'importance': 1}"), 1203);
  CHECK_INT(delete_where(store, NULL, "{'type': 'many'}"), 1203);
  CHECK_TEXT(list_ids(store, NULL, ""), "other");
  close_store(store);
}

/* Cancels when so many are done. */
static int32_t stop_after(int64_t done, int64_t total, void* user_data) {
  CHECK(total == -1 || done <= total);
  return done >= *(const int64_t*)user_data ? MEMTIER_CALLBACK_CANCEL : MEMTIER_CALLBACK_OK;
}

static void stopped_in_the_middle_what_is_counted_was_changed_and_the_rest_was_not(void) {
  for (int removing = 0; removing <= 1; ++removing) {
    memtier_store* store = clocked_store();
    for (int i = 0; i < 2000; ++i) put(store, NULL, "{'type': 'many'}");
    int64_t wanted = 1;
    const memtier_control control = {sizeof control, NULL, stop_after, NULL, &wanted};
    memtier_item_builder* patch = builder_of("{'importance': 1}");
    const char* filter = "{\"type\": \"many\"}";
    int64_t count = -1;
    const memtier_status status =
        removing ? memtier_item_delete_where(store, NULL, SIZED(filter), 0, &control, &count, ERR)
                 : memtier_item_update_where(store, NULL, SIZED(filter), patch, 0, &control, &count,
                                             ERR);
    FAILS(status, MEMTIER_CANCELLED);
    CHECK(count >= 1);
    const int64_t changed = removing ? 2000 - count_items(store, NULL, "")
                                     : count_items(store, NULL, "{'importance': 1}");
    CHECK_INT(changed, count);
    memtier_item_builder_destroy(patch);
    close_store(store);
  }
}

static void every_match_is_deleted_in_whichever_tier(void) {
  memtier_store* store = three();
  CHECK_INT(delete_where(store, NULL, "{'id': {'$in': ['a', 'c']}}"), 2);
  CHECK_TEXT(list_ids(store, NULL, ""), "b");
  FAILS(try_get(store, NULL, "a"), MEMTIER_NOT_FOUND);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "b");
  CHECK_INT(statistics_of(store).deletes, 2);
  CHECK_INT(delete_where(store, NULL, "{'version': {'$gte': 1}}"), 1);
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

static void deleting_by_filter_stays_within_the_scope(void) {
  memtier_store* store = memory_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* bob = scope_of("user=bob");
  put(store, ada, "{'id': 'x'}");
  put(store, bob, "{'id': 'x'}");
  CHECK_INT(delete_where(store, ada, "{'id': 'x'}"), 1);
  CHECK_INT(exists(store, bob, "x"), 1);
  memtier_scope_destroy(ada);
  memtier_scope_destroy(bob);
  close_store(store);
}

static void deleting_needs_a_filter(void) {
  memtier_store* store = three();
  const char* empty[] = {"", "{}", " { } "};
  for (size_t i = 0; i < 3; ++i) {
    int64_t count = 7;
    FAILS_SAYING(memtier_item_delete_where(store, NULL, SIZED(empty[i]), 0, NULL, &count, ERR),
                 MEMTIER_INVALID, "filter");
    CHECK_INT(count, 0);
  }
  CHECK_INT(count_items(store, NULL, ""), 3);
  close_store(store);
}

static void what_can_be_of_one_item_only_is_refused_for_many(void) {
  memtier_store* store = three();
  const char* filter = "{\"type\": \"fact\"}";
  int64_t count = 7;
  memtier_item_builder* patch = builder_of("{'id': 'z'}");
  FAILS_SAYING(memtier_item_update_where(store, NULL, SIZED(filter), patch, 0, NULL, &count, ERR),
               MEMTIER_INVALID, "id");
  OK(memtier_item_builder_clear(patch, ERR));
  OK(memtier_item_builder_set_int64(patch, MEMTIER_FIELD_EXPECTED_VERSION, 1, ERR));
  FAILS_SAYING(memtier_item_update_where(store, NULL, SIZED(filter), patch, 0, NULL, &count, ERR),
               MEMTIER_INVALID, "expected_version");
  memtier_item_builder_destroy(patch);
  patch = builder_of("{'tier': 'attic'}");
  FAILS_SAYING(memtier_item_update_where(store, NULL, SIZED(filter), patch, 0, NULL, &count, ERR),
               MEMTIER_NOT_FOUND, "attic");
  CHECK_INT(count, 0);
  memtier_item_builder_destroy(patch);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(every_match_is_updated_and_nothing_else),
      TEST_CASE(what_an_update_matches_may_be_what_it_changes),
      TEST_CASE(an_empty_filter_updates_all_of_the_scope),
      TEST_CASE(a_tier_in_the_patch_moves_them),
      TEST_CASE(updates_are_found_by_their_new_words),
      TEST_CASE(more_than_a_batch_of_them_is_changed_and_counted),
      TEST_CASE(stopped_in_the_middle_what_is_counted_was_changed_and_the_rest_was_not),
      TEST_CASE(every_match_is_deleted_in_whichever_tier),
      TEST_CASE(deleting_by_filter_stays_within_the_scope),
      TEST_CASE(deleting_needs_a_filter),
      TEST_CASE(what_can_be_of_one_item_only_is_refused_for_many),
  };
  return RUN_TESTS(argc, argv, kTests);
}
