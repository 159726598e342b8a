/* memtier.h, section 8: the builder, and every field that it sets. */
#include <math.h>
#include <stdlib.h>

#include "capi/support.h"

static memtier_item* put_builder(memtier_store* store, const memtier_item_builder* builder) {
  memtier_item* item = NULL;
  OK(memtier_item_put(store, NULL, builder, MEMTIER_PUT_REPLACE, 0, &item, ERR));
  return item;
}

static void set_text(memtier_item_builder* builder, int32_t field, const char* text) {
  OK(memtier_item_builder_set_text(builder, field, SIZED(text), ERR));
}

static void set_int64(memtier_item_builder* builder, int32_t field, int64_t value) {
  OK(memtier_item_builder_set_int64(builder, field, value, ERR));
}

static void every_field_that_is_set_is_stored(void) {
  memtier_store* store = clocked_store();
  memtier_item_builder* builder = new_builder();
  set_text(builder, MEMTIER_FIELD_ID, "a");
  set_text(builder, MEMTIER_FIELD_TYPE, "fact");
  set_text(builder, MEMTIER_FIELD_CONTENT, "words");
  set_text(builder, MEMTIER_FIELD_CONTENT_TYPE, "text/markdown");
  set_text(builder, MEMTIER_FIELD_METADATA, "{ \"n\" :1}");
  set_text(builder, MEMTIER_FIELD_TIER, "short_term");
  set_int64(builder, MEMTIER_FIELD_CREATED_US, 11);
  set_int64(builder, MEMTIER_FIELD_UPDATED_US, 12);
  set_int64(builder, MEMTIER_FIELD_ACCESSED_US, 13);
  set_int64(builder, MEMTIER_FIELD_EXPIRES_US, START_US + 1);
  set_int64(builder, MEMTIER_FIELD_TTL_US, 15);
  set_int64(builder, MEMTIER_FIELD_ACCESS_COUNT, 16);
  set_int64(builder, MEMTIER_FIELD_VALIDATION_COUNT, 17);
  set_int64(builder, MEMTIER_FIELD_PRIORITY, -18);
  set_int64(builder, MEMTIER_FIELD_PINNED, 1);
  OK(memtier_item_builder_set_double(builder, MEMTIER_FIELD_IMPORTANCE, 0.75, ERR));
  OK(memtier_item_builder_add_tag(builder, "x", 1, ERR));
  memtier_item* item = put_builder(store, builder);
  memtier_item_builder_destroy(builder);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_ID), "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "fact");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "words");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT_TYPE), "text/markdown");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_METADATA), "{ \"n\" :1}");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "short_term");
  CHECK_TEXT(tags_of(item), "x");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), 11);
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), 12);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), 13);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), START_US + 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), 15);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 16);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 17);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PRIORITY), -18);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PINNED), 1);
  CHECK_DOUBLE(fraction_of(item, MEMTIER_FIELD_IMPORTANCE), 0.75);
  memtier_item_destroy(item);
  close_store(store);
}

static void what_is_not_set_has_its_default(void) {
  memtier_store* store = clocked_store();
  memtier_item_builder* builder = new_builder();
  memtier_item* item = put_builder(store, builder);
  memtier_item_builder_destroy(builder);
  CHECK(strlen(text_of(item, MEMTIER_FIELD_ID)) > 0); /* generated */
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT_TYPE), "text/plain");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_METADATA), "");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "working");
  CHECK_INT(memtier_item_tag_count(item), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), START_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), START_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), START_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), -1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PRIORITY), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PINNED), 0);
  CHECK_DOUBLE(fraction_of(item, MEMTIER_FIELD_IMPORTANCE), 0.5);
  memtier_item_destroy(item);
  close_store(store);
}

static void the_time_of_the_last_read_is_by_default_that_of_creation(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = put_item(store, NULL, "{'created_us': 5}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), 5);
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), START_US);
  memtier_item_destroy(item);
  close_store(store);
}

static void content_that_is_not_utf8_is_bytes(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = new_builder();
  const char bytes[] = {'\0', '\xff', '\n', '\0'};
  FAILS(memtier_item_builder_set_text(builder, MEMTIER_FIELD_CONTENT, bytes, 4, ERR),
        MEMTIER_INVALID);
  OK(memtier_item_builder_set_bytes(builder, MEMTIER_FIELD_CONTENT, bytes, 4, ERR));
  memtier_item* item = put_builder(store, builder);
  memtier_slice content;
  OK(memtier_item_read_text(item, MEMTIER_FIELD_CONTENT, &content, ERR));
  CHECK(content.size == 4 && memcmp(content.data, bytes, 4) == 0);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT_TYPE), "application/octet-stream");
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void only_content_is_set_as_bytes(void) {
  memtier_item_builder* builder = new_builder();
  FAILS_SAYING(memtier_item_builder_set_bytes(builder, MEMTIER_FIELD_ID, "a", 1, ERR),
               MEMTIER_INVALID, "field");
  memtier_item_builder_destroy(builder);
}

static void a_field_of_another_kind_is_refused(void) {
  memtier_item_builder* builder = new_builder();
  const int32_t read_only[] = {0,
                               MEMTIER_FIELD_COLLECTION,
                               MEMTIER_FIELD_APP,
                               MEMTIER_FIELD_USER,
                               MEMTIER_FIELD_AGENT,
                               MEMTIER_FIELD_SESSION,
                               MEMTIER_FIELD_SNIPPET,
                               MEMTIER_FIELD_REASON,
                               MEMTIER_FIELD_VERSION,
                               MEMTIER_FIELD_CHANGE_SEQUENCE,
                               MEMTIER_FIELD_SIZE_BYTES,
                               MEMTIER_FIELD_TIME_US,
                               MEMTIER_FIELD_IDLE_US,
                               MEMTIER_FIELD_SCORE,
                               999};
  for (size_t i = 0; i < sizeof read_only / sizeof read_only[0]; ++i) {
    const int32_t field = read_only[i];
    FAILS(memtier_item_builder_set_text(builder, field, "x", 1, ERR), MEMTIER_INVALID);
    FAILS(memtier_item_builder_set_int64(builder, field, 1, ERR), MEMTIER_INVALID);
    FAILS(memtier_item_builder_set_double(builder, field, 0.5, ERR), MEMTIER_INVALID);
  }
  FAILS(memtier_item_builder_set_int64(builder, MEMTIER_FIELD_ID, 1, ERR), MEMTIER_INVALID);
  FAILS(memtier_item_builder_set_text(builder, MEMTIER_FIELD_TTL_US, "1", 1, ERR), MEMTIER_INVALID);
  FAILS(memtier_item_builder_set_double(builder, MEMTIER_FIELD_TTL_US, 1, ERR), MEMTIER_INVALID);
  memtier_item_builder_destroy(builder);
}

static void texts_have_the_limits_of_the_header(void) {
  memtier_item_builder* builder = new_builder();
  char* text = malloc(MEMTIER_MAX_CONTENT_BYTES + 1);
  memset(text, 'x', MEMTIER_MAX_CONTENT_BYTES + 1);
  const struct {
    int32_t field;
    size_t maximum;
  } limits[] = {
      {MEMTIER_FIELD_ID, MEMTIER_MAX_ID_BYTES},
      {MEMTIER_FIELD_TYPE, MEMTIER_MAX_NAME_BYTES},
      {MEMTIER_FIELD_CONTENT_TYPE, MEMTIER_MAX_NAME_BYTES},
      {MEMTIER_FIELD_TIER, 63},
      {MEMTIER_FIELD_CONTENT, MEMTIER_MAX_CONTENT_BYTES},
  };
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; ++i) {
    const size_t maximum = limits[i].maximum;
    OK(memtier_item_builder_set_text(builder, limits[i].field, text, maximum, ERR));
    FAILS(memtier_item_builder_set_text(builder, limits[i].field, text, maximum + 1, ERR),
          MEMTIER_INVALID);
  }
  FAILS(memtier_item_builder_set_bytes(builder, MEMTIER_FIELD_CONTENT, text,
                                       MEMTIER_MAX_CONTENT_BYTES + 1, ERR),
        MEMTIER_INVALID);
  OK(memtier_item_builder_add_tag(builder, text, MEMTIER_MAX_NAME_BYTES, ERR));
  FAILS(memtier_item_builder_add_tag(builder, text, MEMTIER_MAX_NAME_BYTES + 1, ERR),
        MEMTIER_INVALID);
  memcpy(text, "{\"k\":\"", 6);
  memcpy(text + MEMTIER_MAX_METADATA_BYTES - 2, "\"}", 2);
  OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_METADATA, text,
                                   MEMTIER_MAX_METADATA_BYTES, ERR));
  memcpy(text + MEMTIER_MAX_METADATA_BYTES - 2, "x\"}", 3);
  FAILS_SAYING(memtier_item_builder_set_text(builder, MEMTIER_FIELD_METADATA, text,
                                             MEMTIER_MAX_METADATA_BYTES + 1, ERR),
               MEMTIER_INVALID, "metadata");
  free(text);
  memtier_item_builder_destroy(builder);
}

static void numbers_have_the_ranges_of_the_header(void) {
  memtier_item_builder* builder = new_builder();
  const struct {
    int32_t field;
    int64_t wrong;
  } rows[] = {
      {MEMTIER_FIELD_EXPIRES_US, -1},
      {MEMTIER_FIELD_TTL_US, -2},
      {MEMTIER_FIELD_ACCESS_COUNT, -1},
      {MEMTIER_FIELD_VALIDATION_COUNT, -1},
      {MEMTIER_FIELD_PINNED, 2},
      {MEMTIER_FIELD_PINNED, -1},
      {MEMTIER_FIELD_EXPECTED_VERSION, -1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    FAILS_SAYING(memtier_item_builder_set_int64(builder, rows[i].field, rows[i].wrong, ERR),
                 MEMTIER_INVALID, "value");
  }
  const double fractions[] = {-0.001, 1.001, NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; ++i) {
    FAILS_SAYING(
        memtier_item_builder_set_double(builder, MEMTIER_FIELD_IMPORTANCE, fractions[i], ERR),
        MEMTIER_INVALID, "importance");
  }
  OK(memtier_item_builder_set_double(builder, MEMTIER_FIELD_IMPORTANCE, 0.0, ERR));
  OK(memtier_item_builder_set_double(builder, MEMTIER_FIELD_IMPORTANCE, 1.0, ERR));
  memtier_item_builder_destroy(builder);
}

static void metadata_must_be_one_json_object(void) {
  memtier_item_builder* builder = new_builder();
  const char* wrong[] = {"[]",
                         "1",
                         "\"x\"",
                         "{",
                         "{} {}",
                         "{'a': 1}",
                         "{\"a\": 1,}",
                         "null",
                         " ",
                         "{\"a\": 1, \"a\": 2}",
                         "{\"x\": [{\"a\": 1, \"a\": 1}]}"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    FAILS_SAYING(
        memtier_item_builder_set_text(builder, MEMTIER_FIELD_METADATA, SIZED(wrong[i]), ERR),
        MEMTIER_INVALID, "metadata");
  }
  set_text(builder, MEMTIER_FIELD_METADATA, "{}");
  OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_METADATA, NULL, 0, ERR));
  memtier_item_builder_destroy(builder);
}

static void metadata_is_kept_byte_for_byte(void) {
  const char* metadata =
      "{ \"z\": 18446744073709551615, \"a\": -9223372036854775808,\n\t\"f\": 1.10, \"e\": 1E2, "
      "\"u\": \"\\u00e9 \\/ \xc3\xa9\", \"d\": {\"b\": 1, \"a\": 2} }";
  memtier_store* store = memory_store();
  memtier_item_builder* builder = new_builder();
  set_text(builder, MEMTIER_FIELD_METADATA, metadata);
  memtier_item* item = put_builder(store, builder);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_METADATA), metadata);
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void tags_are_a_set_in_the_order_in_which_they_were_added(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = new_builder();
  const char* tags[] = {"b", "a", "c", "a", "b"};
  for (size_t i = 0; i < 5; ++i) OK(memtier_item_builder_add_tag(builder, tags[i], 1, ERR));
  memtier_item* item = put_builder(store, builder);
  CHECK_TEXT(tags_of(item), "b, a, c");
  memtier_item_destroy(item);
  OK(memtier_item_builder_remove_tag(builder, "a", 1, ERR));
  OK(memtier_item_builder_remove_tag(builder, "never there", 11, ERR));
  item = put_builder(store, builder);
  CHECK_TEXT(tags_of(item), "b, c");
  memtier_item_destroy(item);
  OK(memtier_item_builder_add_tag(builder, "a", 1, ERR));
  item = put_builder(store, builder);
  CHECK_TEXT(tags_of(item), "b, c, a");
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void a_wrong_tag_is_refused(void) {
  memtier_item_builder* builder = new_builder();
  FAILS_SAYING(memtier_item_builder_add_tag(builder, NULL, 0, ERR), MEMTIER_INVALID, "tag");
  FAILS_SAYING(memtier_item_builder_add_tag(builder, "a\nb", 3, ERR), MEMTIER_INVALID, "tag");
  FAILS_SAYING(memtier_item_builder_add_tag(builder, "\x7f", 1, ERR), MEMTIER_INVALID, "tag");
  FAILS_SAYING(memtier_item_builder_add_tag(builder, "\xc3", 1, ERR), MEMTIER_INVALID, "tag");
  FAILS_SAYING(memtier_item_builder_remove_tag(builder, "", 0, ERR), MEMTIER_INVALID, "tag");
  char tag[16];
  for (int i = 0; i < MEMTIER_MAX_TAGS; ++i) {
    snprintf(tag, sizeof tag, "t%d", i);
    OK(memtier_item_builder_add_tag(builder, SIZED(tag), ERR));
  }
  OK(memtier_item_builder_add_tag(builder, "t0", 2, ERR)); /* there already */
  FAILS_SAYING(memtier_item_builder_add_tag(builder, "more", 4, ERR), MEMTIER_INVALID, "tag");
  memtier_item_builder_destroy(builder);
}

static void a_builder_is_used_again_and_again_and_cleared(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = builder_of("{'id': 'a', 'type': 'x', 'tags': ['t']}");
  memtier_item_destroy(put_builder(store, builder));
  set_text(builder, MEMTIER_FIELD_ID, "b");
  memtier_item* item = put_builder(store, builder);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "x");
  memtier_item_destroy(item);
  OK(memtier_item_builder_clear(builder, ERR));
  set_text(builder, MEMTIER_FIELD_ID, "c");
  item = put_builder(store, builder);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "");
  CHECK_INT(memtier_item_tag_count(item), 0);
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  memtier_item_builder_destroy(builder);
  memtier_item_builder_destroy(NULL);
  close_store(store);
}

static void what_is_set_is_copied(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = new_builder();
  char text[] = "content";
  char tag[] = "tag";
  set_text(builder, MEMTIER_FIELD_CONTENT, text);
  OK(memtier_item_builder_add_tag(builder, tag, 3, ERR));
  memset(text, 'x', 7);
  memset(tag, 'x', 3);
  memtier_item* item = put_builder(store, builder);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "content");
  CHECK_TEXT(tags_of(item), "tag");
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(every_field_that_is_set_is_stored),
      TEST_CASE(what_is_not_set_has_its_default),
      TEST_CASE(the_time_of_the_last_read_is_by_default_that_of_creation),
      TEST_CASE(content_that_is_not_utf8_is_bytes),
      TEST_CASE(only_content_is_set_as_bytes),
      TEST_CASE(a_field_of_another_kind_is_refused),
      TEST_CASE(texts_have_the_limits_of_the_header),
      TEST_CASE(numbers_have_the_ranges_of_the_header),
      TEST_CASE(metadata_must_be_one_json_object),
      TEST_CASE(metadata_is_kept_byte_for_byte),
      TEST_CASE(tags_are_a_set_in_the_order_in_which_they_were_added),
      TEST_CASE(a_wrong_tag_is_refused),
      TEST_CASE(a_builder_is_used_again_and_again_and_cleared),
      TEST_CASE(what_is_set_is_copied),
  };
  return RUN_TESTS(argc, argv, kTests);
}
