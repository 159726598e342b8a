/* memtier.h, section 9: reading items. */
#include <stdlib.h>

#include "capi/support.h"

static void a_get_counts_as_a_read_and_notes_its_time(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'hot'}");
  put(store, NULL, "{'id': 'cold', 'tier': 'archive'}");
  const char* ids[] = {"hot", "cold"};
  for (int i = 0; i < 2; ++i) {
    advance(10);
    memtier_item_destroy(get_item(store, NULL, ids[i]));
    memtier_item* item = get_item(store, NULL, ids[i]);
    CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 2);
    CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), get_now());
    memtier_item_destroy(item);
  }
  close_store(store);
}

static void reads_are_remembered_across_reopening(void) {
  memtier_store* store = open_with(test_path("a.mem"), options_with_clock());
  put(store, NULL, "{'id': 'hot'}");
  put(store, NULL, "{'id': 'cold', 'tier': 'archive'}");
  advance(10);
  read_times(store, "hot", 3);
  read_times(store, "cold", 2);
  close_store(store);
  store = open_with(test_path("a.mem"), options_with_clock());
  memtier_item* hot = peek_item(store, NULL, "hot");
  memtier_item* cold = peek_item(store, NULL, "cold");
  CHECK_INT(number_of(hot, MEMTIER_FIELD_ACCESS_COUNT), 3);
  CHECK_INT(number_of(cold, MEMTIER_FIELD_ACCESS_COUNT), 2);
  CHECK_INT(number_of(hot, MEMTIER_FIELD_ACCESSED_US), START_US + 10);
  CHECK_INT(number_of(cold, MEMTIER_FIELD_ACCESSED_US), START_US + 10);
  memtier_item_destroy(hot);
  memtier_item_destroy(cold);
  close_store(store);
}

static void exists_tells_without_reading(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  CHECK_INT(exists(store, NULL, "a"), 1);
  CHECK_INT(exists(store, NULL, "b"), 0);
  memtier_item* item = peek_item(store, NULL, "a");
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 0);
  memtier_item_destroy(item);
  close_store(store);
}

static void an_id_is_a_text_with_a_size_and_nothing_more(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'abc'}");
  memtier_item* item = NULL;
  OK(memtier_item_get(store, NULL, "abcdef", 3, &item, ERR));
  memtier_item_destroy(item);
  FAILS(memtier_item_get(store, NULL, "abcdef", 4, &item, ERR), MEMTIER_NOT_FOUND);
  CHECK(item == NULL);
  FAILS(memtier_item_get(store, NULL, "abc\0", 4, &item, ERR), MEMTIER_NOT_FOUND);
  close_store(store);
}

static void a_wrong_id_is_refused(void) {
  memtier_store* store = memory_store();
  char longest[MEMTIER_MAX_ID_BYTES + 1];
  memset(longest, 'x', sizeof longest);
  memtier_item* item = NULL;
  FAILS_SAYING(memtier_item_get(store, NULL, NULL, 0, &item, ERR), MEMTIER_INVALID, "id");
  FAILS_SAYING(memtier_item_get(store, NULL, NULL, 3, &item, ERR), MEMTIER_INVALID, "id");
  FAILS_SAYING(memtier_item_get(store, NULL, "", 0, &item, ERR), MEMTIER_INVALID, "id");
  FAILS_SAYING(memtier_item_get(store, NULL, "\xc3\x28", 2, &item, ERR), MEMTIER_INVALID, "id");
  FAILS_SAYING(memtier_item_get(store, NULL, longest, sizeof longest, &item, ERR), MEMTIER_INVALID,
               "id");
  FAILS(memtier_item_get(store, NULL, longest, sizeof longest - 1, &item, ERR), MEMTIER_NOT_FOUND);
  close_store(store);
}

static void a_text_that_an_item_lacks_is_empty_and_a_strange_field_is_refused(void) {
  memtier_store* store = memory_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_SESSION), "");
  memtier_slice slice;
  int64_t number = 7;
  double fraction = 7;
  const int32_t strange[] = {0,
                             MEMTIER_FIELD_SNIPPET,
                             MEMTIER_FIELD_REASON,
                             MEMTIER_FIELD_TIME_US,
                             MEMTIER_FIELD_IDLE_US,
                             MEMTIER_FIELD_EXPECTED_VERSION,
                             MEMTIER_FIELD_SCORE,
                             999};
  for (size_t i = 0; i < sizeof strange / sizeof strange[0]; ++i) {
    slice.data = "x", slice.size = 1;
    number = 7, fraction = 7;
    FAILS_SAYING(memtier_item_read_text(item, strange[i], &slice, ERR), MEMTIER_INVALID, "field");
    FAILS_SAYING(memtier_item_read_int64(item, strange[i], &number, ERR), MEMTIER_INVALID, "field");
    FAILS_SAYING(memtier_item_read_double(item, strange[i], &fraction, ERR), MEMTIER_INVALID,
                 "field");
    CHECK(slice.data == NULL && slice.size == 0 && number == 0);
    CHECK_DOUBLE(fraction, 0);
  }
  FAILS(memtier_item_read_text(item, MEMTIER_FIELD_VERSION, &slice, ERR), MEMTIER_INVALID);
  FAILS(memtier_item_read_int64(item, MEMTIER_FIELD_ID, &number, ERR), MEMTIER_INVALID);
  FAILS(memtier_item_read_double(item, MEMTIER_FIELD_VERSION, &fraction, ERR), MEMTIER_INVALID);
  memtier_item_destroy(item);
  close_store(store);
}

static void tags_are_read_by_number(void) {
  memtier_store* store = memory_store();
  memtier_item* item = put_item(store, NULL, "{'tags': ['b', 'a']}");
  memtier_slice tag;
  CHECK_INT(memtier_item_tag_count(item), 2);
  OK(memtier_item_read_tag(item, 1, &tag, ERR));
  CHECK(tag.size == 1 && *(const char*)tag.data == 'a');
  FAILS_SAYING(memtier_item_read_tag(item, 2, &tag, ERR), MEMTIER_INVALID, "index");
  CHECK(tag.data == NULL && tag.size == 0);
  FAILS_SAYING(memtier_item_read_tag(item, -1, &tag, ERR), MEMTIER_INVALID, "index");
  memtier_item_destroy(item);
  close_store(store);
}

static void an_item_held_follows_its_tier_and_its_reads(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a', 'tier': 'short_term'}");
  read_times(store, "a", 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 1);
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("working"), ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "working");
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("archive"), ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "archive");
  memtier_item_destroy(item);
  close_store(store);
}

static void a_second_handle_holds_the_same_item(void) {
  memtier_store* store = memory_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a', 'content': 'x'}");
  memtier_item* clone = NULL;
  OK(memtier_item_clone(item, &clone, ERR));
  CHECK(clone != item);
  memtier_slice mine, theirs;
  OK(memtier_item_read_text(item, MEMTIER_FIELD_CONTENT, &mine, ERR));
  OK(memtier_item_read_text(clone, MEMTIER_FIELD_CONTENT, &theirs, ERR));
  CHECK(mine.data == theirs.data);
  memtier_item_destroy(item);
  memtier_item_destroy(item);
  CHECK_TEXT(text_of(clone, MEMTIER_FIELD_CONTENT), "x");
  memtier_item_destroy(clone);
  memtier_item_destroy(NULL);
  close_store(store);
}

static int matches(const memtier_item* item, const char* filter) {
  int32_t result = -1;
  const char* text = Q(filter);
  OK(memtier_item_matches(item, SIZED(text), &result, ERR));
  return result;
}

static void a_filter_is_tried_on_an_item_without_a_store(void) {
  memtier_store* store = memory_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a', 'type': 'fact', 'importance': 0.75}");
  close_store(store);
  CHECK_INT(matches(item, ""), 1);
  CHECK_INT(matches(item, "{'type': 'fact', 'importance': {'$gt': 0.5}}"), 1);
  CHECK_INT(matches(item, "{'type': 'rumour'}"), 0);
  int32_t result = 7;
  const char* wrong = "{\"typo\": 1}";
  FAILS_SAYING(memtier_item_matches(item, SIZED(wrong), &result, ERR), MEMTIER_INVALID, "$.typo");
  CHECK_INT(result, 0);
  memtier_item_destroy(item);
}

static void get_into_gives_the_image_and_counts_a_read(void) {
  memtier_store* store = clocked_store();
  const char* tiers[] = {"working", "archive"};
  for (int i = 0; i < 2; ++i) {
    char json[96];
    snprintf(json, sizeof json, "{'id': 'a', 'tier': '%s', 'access_count': 0}", tiers[i]);
    put(store, NULL, json);
    char image[512], copy[512];
    size_t size = 0, copy_size = 0;
    OK(memtier_item_get_into(store, NULL, "a", 1, image, sizeof image, &size, ERR));
    memtier_item* item = get_item(store, NULL, "a");
    OK(memtier_item_copy_image(item, copy, sizeof copy, &copy_size, ERR));
    CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 2);
    CHECK_INT((int64_t)size, (int64_t)copy_size);
    memcpy(copy + 72, image + 72, 8); /* the read since then */
    CHECK(memcmp(image, copy, size) == 0);
    memtier_item_destroy(item);
  }
  close_store(store);
}

static void a_buffer_too_small_gets_nothing_but_the_size(void) {
  memtier_store* store = clocked_store();
  const char* tiers[] = {"working", "archive"};
  for (int i = 0; i < 2; ++i) {
    char json[96];
    snprintf(json, sizeof json, "{'id': 'a', 'tier': '%s'}", tiers[i]);
    put(store, NULL, json);
    char image[512];
    memset(image, 'x', sizeof image);
    size_t needed = 0, size = 0;
    FAILS(memtier_item_get_into(store, NULL, "a", 1, NULL, 0, &needed, ERR), MEMTIER_TOO_SMALL);
    CHECK(needed >= MEMTIER_IMAGE_HEADER_BYTES && needed % 8 == 0);
    FAILS_SAYING(memtier_item_get_into(store, NULL, "a", 1, image, needed - 1, &size, ERR),
                 MEMTIER_TOO_SMALL, "buffer");
    CHECK_INT((int64_t)size, (int64_t)needed);
    CHECK(image[0] == 'x' && image[needed - 1] == 'x');
    memtier_item* item = peek_item(store, NULL, "a");
    CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), i); /* no read was counted */
    FAILS(memtier_item_copy_image(item, image, needed - 1, &size, ERR), MEMTIER_TOO_SMALL);
    CHECK_INT((int64_t)size, (int64_t)needed);
    memtier_item_destroy(item);
    OK(memtier_item_get_into(store, NULL, "a", 1, image, needed, &size, ERR));
  }
  close_store(store);
}

static void a_buffer_may_have_any_alignment(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'content': 'some words'}");
  memtier_item* item = get_item(store, NULL, "a");
  for (size_t shift = 1; shift < 8; ++shift) {
    char straight[512];
    size_t size = 0;
    OK(memtier_item_copy_image(item, straight, sizeof straight, &size, ERR));
    char* buffer = malloc(size + shift);
    size_t copied = 0;
    OK(memtier_item_copy_image(item, buffer + shift, size, &copied, ERR));
    CHECK(memcmp(buffer + shift, straight, size) == 0);
    OK(memtier_item_get_into(store, NULL, "a", 1, buffer + shift, size, &copied, ERR));
    OK(memtier_item_put_into(store, NULL, buffer + shift, size, 0, 0, NULL, 0, &copied, ERR));
    free(buffer);
  }
  memtier_item_destroy(item);
  close_store(store);
}

static void a_missing_item_gives_a_size_of_zero(void) {
  memtier_store* store = memory_store();
  size_t size = 7;
  char image[16];
  FAILS(memtier_item_get_into(store, NULL, "a", 1, image, sizeof image, &size, ERR),
        MEMTIER_NOT_FOUND);
  CHECK_INT((int64_t)size, 0);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_get_counts_as_a_read_and_notes_its_time),
      TEST_CASE(reads_are_remembered_across_reopening),
      TEST_CASE(exists_tells_without_reading),
      TEST_CASE(an_id_is_a_text_with_a_size_and_nothing_more),
      TEST_CASE(a_wrong_id_is_refused),
      TEST_CASE(a_text_that_an_item_lacks_is_empty_and_a_strange_field_is_refused),
      TEST_CASE(tags_are_read_by_number),
      TEST_CASE(an_item_held_follows_its_tier_and_its_reads),
      TEST_CASE(a_second_handle_holds_the_same_item),
      TEST_CASE(a_filter_is_tried_on_an_item_without_a_store),
      TEST_CASE(get_into_gives_the_image_and_counts_a_read),
      TEST_CASE(a_buffer_too_small_gets_nothing_but_the_size),
      TEST_CASE(a_buffer_may_have_any_alignment),
      TEST_CASE(a_missing_item_gives_a_size_of_zero),
  };
  return RUN_TESTS(argc, argv, kTests);
}
