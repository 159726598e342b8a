/* memtier.h, section 8: memtier_item_update, memtier_item_delete, memtier_item_validate. */
#include "capi/support.h"

static void fields_that_are_not_set_are_left_alone(void) {
  memtier_store* store = clocked_store();
  put(store, NULL,
      "{'id': 'a', 'type': 't', 'content': 'c', 'metadata': {'k': 1}, 'tags': ['x', 'y'], 'tier': "
      "'archive', 'importance': 0.75, 'priority': 3, 'pinned': true, 'access_count': 7, "
      "'accessed_us': 50, 'validation_count': 9, 'created_us': 40, 'updated_us': 41, "
      "'ttl_us': 1000, 'content_type': 'text/html'}");
  advance(10);
  memtier_item* item = update_item(store, NULL, "a", "{'importance': 0.25}");
  CHECK_DOUBLE(fraction_of(item, MEMTIER_FIELD_IMPORTANCE), 0.25);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 2);
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), START_US + 10);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "t");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "c");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT_TYPE), "text/html");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_METADATA), "{\"k\": 1}");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "archive");
  CHECK_TEXT(tags_of(item), "x, y");
  CHECK_INT(number_of(item, MEMTIER_FIELD_PRIORITY), 3);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PINNED), 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 7);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), 50);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 9);
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), 40);
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), 1000);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), START_US + 1000);
  memtier_item_destroy(item);
  close_store(store);
}

static void every_field_that_is_set_is_changed(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'content': 'old', 'metadata': {'k': 1, 'l': 2}}");
  memtier_item* item = update_item(
      store, NULL, "a",
      "{'id': 'a', 'type': 't', 'content': 'new', 'content_type': 'text/html', 'metadata': "
      "{'m': 3}, 'tier': 'long_term', 'created_us': 1, 'updated_us': 2, 'accessed_us': 3, "
      "'access_count': 4, 'validation_count': 5, 'priority': 6, 'pinned': true, 'ttl_us': 7}");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "t");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "new");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT_TYPE), "text/html");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_METADATA), "{\"m\": 3}"); /* as a whole */
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "long_term");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), 2);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), 3);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 4);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 5);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PRIORITY), 6);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PINNED), 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), 7);
  memtier_item_destroy(item);
  close_store(store);
}

static void tags_are_added_and_removed(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'tags': ['x', 'y', 'z']}");
  memtier_item_builder* patch = new_builder();
  OK(memtier_item_builder_remove_tag(patch, "y", 1, ERR));
  OK(memtier_item_builder_add_tag(patch, "w", 1, ERR));
  OK(memtier_item_builder_add_tag(patch, "x", 1, ERR));
  memtier_item* item = NULL;
  OK(memtier_item_update(store, NULL, "a", 1, patch, 0, &item, ERR));
  CHECK_TEXT(tags_of(item), "x, z, w");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'tags': 'y'}}"), "");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'tags': 'w'}}"), "a");
  memtier_item_destroy(item);
  memtier_item_builder_destroy(patch);
  close_store(store);
}

static void more_tags_than_allowed_change_nothing(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'tags': ['x']}");
  memtier_item_builder* patch = new_builder();
  char tag[16];
  for (int i = 0; i < MEMTIER_MAX_TAGS; ++i) {
    snprintf(tag, sizeof tag, "t%d", i);
    OK(memtier_item_builder_add_tag(patch, SIZED(tag), ERR));
  }
  FAILS_SAYING(memtier_item_update(store, NULL, "a", 1, patch, 0, NULL, ERR), MEMTIER_INVALID,
               "tag");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'version': 1, 'tags': 'x'}}"), "a");
  memtier_item_builder_destroy(patch);
  close_store(store);
}

static void an_update_is_found_by_its_new_words_and_not_by_the_old(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'content': 'green tea', 'metadata': {'title': 'morning'}}");
  memtier_item_destroy(
      update_item(store, NULL, "a", "{'content': 'black coffee', 'metadata': {'title': 'noon'}}"));
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea morning'}"), "");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'coffee'}"), "a");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'noon'}"), "a");
  close_store(store);
}

static void an_empty_patch_is_a_new_version_of_the_same(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'type': 't'}");
  memtier_item* item = update_item(store, NULL, "a", "{}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 2);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "t");
  memtier_item_destroy(item);
  close_store(store);
}

static void a_tier_in_a_patch_moves_the_item(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  memtier_item_destroy(update_item(store, NULL, "a", "{'tier': 'archive'}"));
  CHECK_TEXT(tier_name(store, "a"), "archive");
  CHECK_INT(tier_of(store, 0).item_count, 0);
  CHECK_INT(tier_of(store, 3).item_count, 1);
  memtier_item_builder* patch = builder_of("{'tier': 'attic'}");
  FAILS_SAYING(memtier_item_update(store, NULL, "a", 1, patch, 0, NULL, ERR), MEMTIER_NOT_FOUND,
               "attic");
  memtier_item_builder_destroy(patch);
  close_store(store);
}

static void the_id_of_a_patch_must_be_the_items_own(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  memtier_item_builder* patch = builder_of("{'id': 'b'}");
  memtier_item* item = (memtier_item*)&store;
  FAILS_SAYING(memtier_item_update(store, NULL, "a", 1, patch, 0, &item, ERR), MEMTIER_INVALID,
               "id");
  CHECK(item == NULL);
  memtier_item_builder_destroy(patch);
  memtier_item_destroy(update_item(store, NULL, "a", "{'id': 'a'}"));
  close_store(store);
}

static void the_expected_version_must_be_there(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'type': 'one'}");
  memtier_item_builder* patch = builder_of("{'type': 'two'}");
  OK(memtier_item_builder_set_int64(patch, MEMTIER_FIELD_EXPECTED_VERSION, 1, ERR));
  OK(memtier_item_update(store, NULL, "a", 1, patch, 0, NULL, ERR));
  FAILS_SAYING(memtier_item_update(store, NULL, "a", 1, patch, 0, NULL, ERR), MEMTIER_CONFLICT,
               "version 2");
  memtier_item_builder_destroy(patch);
  close_store(store);
}

static void an_update_of_nothing_is_not_found(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* patch = builder_of("{'type': 'x'}");
  memtier_item* item = (memtier_item*)&store;
  FAILS(memtier_item_update(store, NULL, "a", 1, patch, 0, &item, ERR), MEMTIER_NOT_FOUND);
  CHECK(item == NULL);
  memtier_item_builder_destroy(patch);
  close_store(store);
}

static void an_item_held_stays_as_it_was_while_it_is_updated(void) {
  memtier_store* store = memory_store();
  memtier_item* old = put_item(store, NULL, "{'id': 'a', 'content': 'old', 'tags': ['x']}");
  memtier_slice content;
  OK(memtier_item_read_text(old, MEMTIER_FIELD_CONTENT, &content, ERR));
  memtier_item_destroy(update_item(store, NULL, "a", "{'content': 'new', 'tags': []}"));
  CHECK(memcmp(content.data, "old", 3) == 0);
  CHECK_TEXT(tags_of(old), "x");
  CHECK_INT(number_of(old, MEMTIER_FIELD_VERSION), 1);
  delete_item(store, NULL, "a");
  CHECK(memcmp(content.data, "old", 3) == 0);
  memtier_item_destroy(old);
  close_store(store);
}

static void a_deleted_item_is_found_by_nobody(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'content': 'tea', 'tags': ['x']}");
  delete_item(store, NULL, "a");
  FAILS(try_get(store, NULL, "a"), MEMTIER_NOT_FOUND);
  CHECK_INT(exists(store, NULL, "a"), 0);
  CHECK_TEXT(list_ids(store, NULL, ""), "");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'tags': 'x'}}"), "");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "");
  FAILS(memtier_item_delete(store, NULL, "a", 1, 0, 0, ERR), MEMTIER_NOT_FOUND);
  OK(try_put(store, NULL, "{'id': 'a'}", MEMTIER_PUT_CREATE));
  close_store(store);
}

static void a_delete_with_a_version_deletes_that_version_alone(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'a'}");
  FAILS_SAYING(memtier_item_delete(store, NULL, "a", 1, 1, 0, ERR), MEMTIER_CONFLICT, "version 2");
  FAILS(memtier_item_delete(store, NULL, "a", 1, 3, 0, ERR), MEMTIER_CONFLICT);
  FAILS_SAYING(memtier_item_delete(store, NULL, "a", 1, -1, 0, ERR), MEMTIER_INVALID, "version");
  OK(memtier_item_delete(store, NULL, "a", 1, 2, 0, ERR));
  close_store(store);
}

static void a_validation_counts_and_makes_no_version(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  int64_t count = -1;
  OK(memtier_item_validate(store, NULL, "a", 1, &count, ERR));
  CHECK_INT(count, 1);
  OK(memtier_item_validate(store, NULL, "a", 1, NULL, ERR));
  OK(memtier_item_validate(store, NULL, "a", 1, &count, ERR));
  CHECK_INT(count, 3);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 3); /* it follows the store */
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 1);
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'validation_count': 3, 'version': 1}}"), "a");
  FAILS(memtier_item_validate(store, NULL, "b", 1, &count, ERR), MEMTIER_NOT_FOUND);
  CHECK_INT(count, 0);
  memtier_item_destroy(item);
  close_store(store);
}

static void a_validation_of_an_item_outside_ram_counts_too(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'tier': 'archive', 'validation_count': 4}");
  int64_t count = -1;
  OK(memtier_item_validate(store, NULL, "a", 1, &count, ERR));
  CHECK_INT(count, 5);
  memtier_item* item = get_item(store, NULL, "a");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 5);
  memtier_item_destroy(item);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(fields_that_are_not_set_are_left_alone),
      TEST_CASE(every_field_that_is_set_is_changed),
      TEST_CASE(tags_are_added_and_removed),
      TEST_CASE(more_tags_than_allowed_change_nothing),
      TEST_CASE(an_update_is_found_by_its_new_words_and_not_by_the_old),
      TEST_CASE(an_empty_patch_is_a_new_version_of_the_same),
      TEST_CASE(a_tier_in_a_patch_moves_the_item),
      TEST_CASE(the_id_of_a_patch_must_be_the_items_own),
      TEST_CASE(the_expected_version_must_be_there),
      TEST_CASE(an_update_of_nothing_is_not_found),
      TEST_CASE(an_item_held_stays_as_it_was_while_it_is_updated),
      TEST_CASE(a_deleted_item_is_found_by_nobody),
      TEST_CASE(a_delete_with_a_version_deletes_that_version_alone),
      TEST_CASE(a_validation_counts_and_makes_no_version),
      TEST_CASE(a_validation_of_an_item_outside_ram_counts_too),
  };
  return RUN_TESTS(argc, argv, kTests);
}
