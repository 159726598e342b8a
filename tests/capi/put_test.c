/* memtier.h, section 8: memtier_item_put. */
#include "capi/support.h"

static memtier_status put_builder(memtier_store* store, const memtier_item_builder* builder,
                                  int32_t mode, memtier_item** out_item) {
  return memtier_item_put(store, NULL, builder, mode, MEMTIER_DURABILITY_DEFAULT, out_item, ERR);
}

static void every_read_that_starts_after_a_put_finds_it(void) {
  memtier_store* store = memory_store();
  char json[96], list[96], query[96];
  for (int i = 0; i < 50; ++i) {
    snprintf(json, sizeof json, "{'id': 'i%d', 'content': 'word%d', 'type': 't%d'}", i, i, i);
    snprintf(list, sizeof list, "{'filter': {'type': 't%d'}}", i);
    snprintf(query, sizeof query, "{'text': 'word%d'}", i);
    put(store, NULL, json);
    snprintf(json, sizeof json, "i%d", i);
    OK(try_get(store, NULL, json));
    CHECK_INT(exists(store, NULL, json), 1);
    CHECK_TEXT(list_ids(store, NULL, list), json);
    CHECK_TEXT(search_ids(store, NULL, query), json);
    CHECK_INT(count_items(store, NULL, ""), i + 1);
  }
  close_store(store);
}

static void the_item_as_stored_is_given_back(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = put_item(store, NULL, "{'content': 'x'}");
  memtier_item* same = get_item(store, NULL, text_of(item, MEMTIER_FIELD_ID));
  CHECK_TEXT(text_of(same, MEMTIER_FIELD_CONTENT), "x");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 1);
  memtier_item_destroy(item);
  memtier_item_destroy(same);
  close_store(store);
}

static void generated_ids_differ(void) {
  memtier_store* store = memory_store();
  for (int i = 0; i < 1000; ++i) put(store, NULL, "{'content': 'x'}");
  CHECK_INT(count_items(store, NULL, ""), 1000);
  close_store(store);
}

static void create_makes_and_never_replaces(void) {
  memtier_store* store = memory_store();
  OK(try_put(store, NULL, "{'id': 'a', 'content': 'one'}", MEMTIER_PUT_CREATE));
  FAILS_SAYING(try_put(store, NULL, "{'id': 'a', 'content': 'two'}", MEMTIER_PUT_CREATE),
               MEMTIER_EXISTS, "\"a\"");
  memtier_item* item = get_item(store, NULL, "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "one");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 1);
  memtier_item_destroy(item);
  OK(try_put(store, NULL, "{'content': 'an id is generated'}", MEMTIER_PUT_CREATE));
  close_store(store);
}

static void update_mode_replaces_and_never_makes(void) {
  memtier_store* store = memory_store();
  FAILS_SAYING(try_put(store, NULL, "{'id': 'a'}", MEMTIER_PUT_UPDATE), MEMTIER_NOT_FOUND, "\"a\"");
  CHECK_INT(exists(store, NULL, "a"), 0);
  put(store, NULL, "{'id': 'a'}");
  OK(try_put(store, NULL, "{'id': 'a', 'content': 'two'}", MEMTIER_PUT_UPDATE));
  memtier_item* item = get_item(store, NULL, "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "two");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 2);
  memtier_item_destroy(item);
  close_store(store);
}

static void a_replacement_keeps_creation_tier_access_and_validation(void) {
  memtier_store* store = clocked_store();
  put(store, NULL,
      "{'id': 'a', 'type': 't', 'content': 'c', 'metadata': {'k': 1}, 'tags': ['x'], 'tier': "
      "'short_term', 'importance': 0.75, 'priority': 3, 'pinned': true, 'access_count': 7, "
      "'accessed_us': 50, 'validation_count': 9, 'created_us': 40, 'ttl_us': 100}");
  advance(10);
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 2);
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), 40);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "short_term");
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 7);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), 50);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 9);
  /* All else takes its default. */
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), START_US + 10);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_METADATA), "");
  CHECK_INT(memtier_item_tag_count(item), 0);
  CHECK_DOUBLE(fraction_of(item, MEMTIER_FIELD_IMPORTANCE), 0.5);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PRIORITY), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PINNED), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), -1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), 0);
  memtier_item_destroy(item);
  close_store(store);
}

static void a_replacement_takes_what_the_builder_sets(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  memtier_item* item = put_item(store, NULL,
                                "{'id': 'a', 'created_us': 1, 'updated_us': 2, 'accessed_us': 3, "
                                "'access_count': 4, 'validation_count': 5, 'tier': 'archive'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), 2);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), 3);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 4);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 5);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "archive");
  memtier_item_destroy(item);
  close_store(store);
}

static void reads_before_a_replacement_count_after_it(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  read_times(store, "a", 3);
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 3);
  memtier_item_destroy(item);
  read_times(store, "a", 1);
  item = get_item(store, NULL, "a");
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 5);
  memtier_item_destroy(item);
  close_store(store);
}

static void the_expected_version_must_be_there(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = builder_of("{'id': 'a', 'content': 'mine'}");
  memtier_item* item = (memtier_item*)&store;
  OK(memtier_item_builder_set_int64(builder, MEMTIER_FIELD_EXPECTED_VERSION, 1, ERR));
  FAILS(put_builder(store, builder, MEMTIER_PUT_REPLACE, &item), MEMTIER_CONFLICT);
  CHECK(item == NULL);
  CHECK_INT(exists(store, NULL, "a"), 0);
  put(store, NULL, "{'id': 'a'}");
  OK(put_builder(store, builder, MEMTIER_PUT_REPLACE, NULL));
  FAILS_SAYING(put_builder(store, builder, MEMTIER_PUT_REPLACE, &item), MEMTIER_CONFLICT,
               "version 2");
  FAILS(put_builder(store, builder, MEMTIER_PUT_UPDATE, &item), MEMTIER_CONFLICT);
  OK(memtier_item_builder_set_int64(builder, MEMTIER_FIELD_EXPECTED_VERSION, 0, ERR)); /* any */
  OK(put_builder(store, builder, MEMTIER_PUT_UPDATE, NULL));
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void a_put_into_a_tier_that_is_none_is_not_found(void) {
  memtier_store* store = memory_store();
  FAILS_SAYING(try_put(store, NULL, "{'id': 'a', 'tier': 'attic'}", MEMTIER_PUT_REPLACE),
               MEMTIER_NOT_FOUND, "attic");
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

static void a_put_into_each_tier_lies_there_and_is_found_alike(void) {
  memtier_store* store = clocked_store();
  const char* tiers[] = {"working", "short_term", "long_term", "archive"};
  for (int i = 0; i < 4; ++i) {
    char json[128];
    snprintf(json, sizeof json, "{'id': '%s', 'content': 'tea', 'tier': '%s'}", tiers[i], tiers[i]);
    put(store, NULL, json);
    CHECK_TEXT(tier_name(store, tiers[i]), tiers[i]);
    CHECK_INT(tier_of(store, i).item_count, 1);
  }
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "archive long_term short_term working");
  for (int i = 0; i < 4; ++i) {
    memtier_item* item = get_item(store, NULL, tiers[i]);
    CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "tea");
    memtier_item_destroy(item);
  }
  close_store(store);
}

static void wrong_modes_and_levels_are_refused(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = builder_of("{'id': 'a'}");
  const int32_t modes[] = {-1, 3, INT32_MAX};
  const int32_t levels[] = {-1, 4, INT32_MIN};
  for (int i = 0; i < 3; ++i) {
    FAILS_SAYING(memtier_item_put(store, NULL, builder, modes[i], 0, NULL, ERR), MEMTIER_INVALID,
                 "mode");
    FAILS_SAYING(memtier_item_put(store, NULL, builder, 0, levels[i], NULL, ERR), MEMTIER_INVALID,
                 "durability");
  }
  CHECK_INT(count_items(store, NULL, ""), 0);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void the_largest_item_goes_in_and_comes_out(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  memtier_item_builder* builder = builder_of("{'id': 'large'}");
  static char content[MEMTIER_MAX_CONTENT_BYTES];
  for (size_t i = 0; i < sizeof content; ++i) content[i] = (char)(i * 31 % 253 + 1);
  OK(memtier_item_builder_set_bytes(builder, MEMTIER_FIELD_CONTENT, content, sizeof content, ERR));
  OK(put_builder(store, builder, MEMTIER_PUT_REPLACE, NULL));
  OK(memtier_item_move(store, NULL, SIZED("large"), SIZED("archive"), ERR));
  memtier_item* item = get_item(store, NULL, "large");
  memtier_slice slice;
  OK(memtier_item_read_text(item, MEMTIER_FIELD_CONTENT, &slice, ERR));
  CHECK(slice.size == sizeof content && memcmp(slice.data, content, sizeof content) == 0);
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void json_content_is_searched_and_bytes_are_not(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'j', 'content': 'saffron', 'content_type': 'application/json'}");
  put(store, NULL, "{'id': 'm', 'content': 'saffron', 'content_type': 'text/markdown'}");
  put(store, NULL, "{'id': 'b', 'content': 'saffron', 'content_type': 'application/pdf'}");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'saffron'}"), "m j");
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(every_read_that_starts_after_a_put_finds_it),
      TEST_CASE(the_item_as_stored_is_given_back),
      TEST_CASE(generated_ids_differ),
      TEST_CASE(create_makes_and_never_replaces),
      TEST_CASE(update_mode_replaces_and_never_makes),
      TEST_CASE(a_replacement_keeps_creation_tier_access_and_validation),
      TEST_CASE(a_replacement_takes_what_the_builder_sets),
      TEST_CASE(reads_before_a_replacement_count_after_it),
      TEST_CASE(the_expected_version_must_be_there),
      TEST_CASE(a_put_into_a_tier_that_is_none_is_not_found),
      TEST_CASE(a_put_into_each_tier_lies_there_and_is_found_alike),
      TEST_CASE(wrong_modes_and_levels_are_refused),
      TEST_CASE(the_largest_item_goes_in_and_comes_out),
      TEST_CASE(json_content_is_searched_and_bytes_are_not),
  };
  return RUN_TESTS(argc, argv, kTests);
}
