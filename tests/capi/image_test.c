/* memtier.h, section 10: the image of an item, and the calls that speak it. */
#include "capi/image.h"

#include "capi/support.h"

static void an_image_is_laid_out_as_the_header_draws_it(void) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = scope_of("app=p user=u agent=g session=s collection=c");
  memtier_item* item = put_item(
      store, scope,
      "{'id': 'the id', 'type': 'fact', 'content': 'some words', 'metadata': {'k': 1}, 'tags': "
      "['x', 'y'], 'tier': 'long_term', 'importance': 0.75, 'priority': -3, 'pinned': true, "
      "'created_us': 11, 'updated_us': 12, 'accessed_us': 13, 'expires_us': 14, 'ttl_us': 15, "
      "'access_count': 16, 'validation_count': 17}");
  char image[512];
  memset(image, 'x', sizeof image);
  size_t size = 0;
  OK(memtier_item_copy_image(item, image, sizeof image, &size, ERR));
  CHECK_INT((int64_t)(size % 8), 0);
  CHECK_INT(get_u32(image, AT_SIZE), (int64_t)size);
  CHECK_INT(get_i32(image, AT_STATUS), 0);
  CHECK_INT(get_u16(image, AT_FORMAT), 1);
  CHECK_INT(get_u16(image, AT_HEADER_BYTES), 168);
  CHECK_INT(get_u16(image, AT_TEXT_COUNT), 12);
  CHECK_INT(get_u16(image, AT_FLAGS), MEMTIER_IMAGE_PINNED);
  CHECK_INT(get_i64(image, AT_VERSION), 1);
  CHECK_INT(get_i64(image, AT_CHANGE_SEQUENCE), number_of(item, MEMTIER_FIELD_CHANGE_SEQUENCE));
  CHECK_INT(get_i64(image, AT_CREATED_US), 11);
  CHECK_INT(get_i64(image, AT_UPDATED_US), 12);
  CHECK_INT(get_i64(image, AT_ACCESSED_US), 13);
  CHECK_INT(get_i64(image, AT_EXPIRES_US), 14);
  CHECK_INT(get_i64(image, AT_TTL_US), 15);
  CHECK_INT(get_i64(image, AT_ACCESS_COUNT), 16);
  CHECK_INT(get_i64(image, AT_VALIDATION_COUNT), 17);
  CHECK_INT(get_i64(image, AT_PRIORITY), -3);
  CHECK_DOUBLE(get_f64(image, AT_IMPORTANCE), 0.75);
  CHECK_DOUBLE(get_f64(image, AT_SCORE), 0);
  CHECK_INT(get_i32(image, AT_TIER), 2);
  CHECK_INT(get_u32(image, AT_TAG_COUNT), 2);
  const char* texts[TEXTS] = {"the id", "c",  "p",    "u",          "g",          "s",
                              "fact",   NULL, "x\ny", "{\"k\": 1}", "some words", ""};
  texts[TEXT_CONTENT_TYPE] = "text/plain";
  for (int i = 0; i < TEXTS; ++i) CHECK_TEXT(image_text(image, i), texts[i]);
  const size_t used = AT_TEXTS + get_u32(image, AT_ENDS + 4 * TEXT_SNIPPET);
  for (size_t i = used; i < size; ++i) CHECK_INT(image[i], 0);
  CHECK_INT(image[size], 'x');
  CHECK(size - used < 8);
  memtier_item_destroy(item);
  memtier_scope_destroy(scope);
  close_store(store);
}

static void without_ttl_and_expiry_an_image_says_so(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  char image[512];
  size_t size = 0;
  OK(memtier_item_get_into(store, NULL, "a", 1, image, sizeof image, &size, ERR));
  CHECK_INT(get_i64(image, AT_TTL_US), -1);
  CHECK_INT(get_i64(image, AT_EXPIRES_US), 0);
  CHECK_INT(get_u16(image, AT_FLAGS), 0);
  CHECK_INT(get_u32(image, AT_TAG_COUNT), 0);
  close_store(store);
}

static void an_image_put_has_the_defaults_where_it_says_nothing(void) {
  memtier_store* store = clocked_store();
  const image_parts parts = default_parts("", "words");
  char image[512];
  const size_t size = make_image(&parts, image);
  memtier_items* items = NULL;
  OK(memtier_item_put_images(store, NULL, image, size, 0, 0, NULL, &items, ERR));
  memtier_item* item = NULL;
  OK(memtier_items_get(items, 0, &item, ERR));
  CHECK(strlen(text_of(item, MEMTIER_FIELD_ID)) > 0);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "words");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT_TYPE), "text/plain");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "working");
  CHECK_DOUBLE(fraction_of(item, MEMTIER_FIELD_IMPORTANCE), 0.5);
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), START_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), START_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), START_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), -1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_PINNED), 0);
  memtier_item_destroy(item);
  memtier_items_destroy(items);
  close_store(store);
}

static void an_image_put_and_got_is_the_same(void) {
  memtier_store* first = clocked_store();
  memtier_store* second = clocked_store();
  memtier_scope* scope = scope_of("app=p user=u agent=g session=s collection=c");
  put(first, scope,
      "{'id': 'a', 'type': 'fact', 'content_base64': '/wAKgA==', 'metadata': {'z': 1.50}, 'tags': "
      "['x', 'y'], 'tier': 'archive', 'importance': 0, 'priority': -3, 'pinned': true, "
      "'created_us': 11, 'updated_us': 12, 'accessed_us': 13, 'ttl_us': 15, 'access_count': 16, "
      "'validation_count': 17}");
  memtier_item* item = peek_item(first, scope, "a");
  char image[512], copy[512];
  size_t size = 0, copy_size = 0;
  OK(memtier_item_copy_image(item, image, sizeof image, &size, ERR));
  memtier_item_destroy(item);
  OK(memtier_item_put_into(second, NULL, image, size, MEMTIER_PUT_CREATE, 0, copy, sizeof copy,
                           &copy_size, ERR));
  CHECK_INT((int64_t)copy_size, (int64_t)size);
  set_i64(copy, AT_CHANGE_SEQUENCE, get_i64(image, AT_CHANGE_SEQUENCE)); /* the store's own */
  CHECK(memcmp(image, copy, size) == 0);
  OK(try_get(second, scope, "a")); /* the names of the scope come with the image */
  memtier_scope_destroy(scope);
  close_store(first);
  close_store(second);
}

static void the_scope_of_the_call_wins_over_the_names_of_the_image(void) {
  memtier_store* store = memory_store();
  image_parts parts = default_parts("a", "x");
  parts.texts[TEXT_USER] = "eve";
  parts.texts[TEXT_SESSION] = "s1";
  char image[512];
  const size_t size = make_image(&parts, image);
  memtier_scope* scope = scope_of("user=ada collection=notes");
  size_t stored = 0;
  OK(memtier_item_put_into(store, scope, image, size, 0, 0, image, sizeof image, &stored, ERR));
  CHECK_TEXT(image_text(image, TEXT_USER), "ada");
  CHECK_TEXT(image_text(image, TEXT_SESSION), "s1");
  CHECK_TEXT(image_text(image, TEXT_COLLECTION), "notes");
  memtier_scope_destroy(scope);
  close_store(store);
}

static void many_images_stand_one_behind_the_other(void) {
  memtier_store* store = memory_store();
  char images[2048];
  size_t size = 0;
  const char* ids[] = {"a", "b", "c"};
  for (int i = 0; i < 3; ++i) {
    const image_parts parts = default_parts(ids[i], "x");
    size += make_image(&parts, images + size);
  }
  put(store, NULL, "{'id': 'b'}");
  memtier_items* items = NULL;
  FAILS(
      memtier_item_put_images(store, NULL, images, size, MEMTIER_PUT_CREATE, 0, NULL, &items, ERR),
      MEMTIER_EXISTS);
  CHECK_INT(memtier_items_count(items), 3);
  CHECK_INT(entry_status(items, 0), MEMTIER_OK);
  CHECK_INT(entry_status(items, 1), MEMTIER_EXISTS);
  CHECK_INT(entry_status(items, 2), MEMTIER_OK);
  memtier_items_destroy(items);
  OK(memtier_item_put_images(store, NULL, images, size, 0, 0, NULL, NULL, ERR));
  CHECK_INT(count_items(store, NULL, ""), 3);
  close_store(store);
}

static void the_flag_asks_for_the_version_that_is_there_now(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  const image_parts parts = default_parts("a", "x");
  char image[512];
  size_t size = make_image(&parts, image), stored = 0;
  set_i64(image, AT_VERSION, 7);
  OK(memtier_item_put_into(store, NULL, image, size, 0, 0, NULL, 0, &stored, ERR)); /* no flag */
  set_u16(image, AT_FLAGS, MEMTIER_IMAGE_EXPECT_VERSION);
  FAILS(memtier_item_put_into(store, NULL, image, size, 0, 0, NULL, 0, &stored, ERR),
        MEMTIER_CONFLICT);
  CHECK_INT((int64_t)stored, 0);
  set_i64(image, AT_VERSION, 2);
  OK(memtier_item_put_into(store, NULL, image, size, 0, 0, NULL, 0, &stored, ERR));
  close_store(store);
}

static void a_put_into_stores_also_what_it_has_no_room_to_give_back(void) {
  memtier_store* store = memory_store();
  const image_parts parts = default_parts("a", "x");
  char image[512], buffer[8] = "unused";
  const size_t size = make_image(&parts, image);
  size_t stored = 0;
  OK(memtier_item_put_into(store, NULL, image, size, 0, 0, buffer, sizeof buffer, &stored, ERR));
  CHECK(stored > sizeof buffer && stored <= size + 128);
  CHECK_TEXT(buffer, "unused");
  CHECK_INT(exists(store, NULL, "a"), 1);
  close_store(store);
}

static void the_result_never_needs_more_than_128_bytes_beyond_the_image(void) {
  memtier_store* store = memory_store();
  const image_parts parts = default_parts("", "\xff"); /* an id and the longest type are added */
  char image[512], result[512];
  const size_t size = make_image(&parts, image);
  size_t stored = 0;
  OK(memtier_item_put_into(store, NULL, image, size, 0, 0, result, size + 128, &stored, ERR));
  CHECK(stored <= size + 128);
  CHECK_TEXT(image_text(result, TEXT_CONTENT_TYPE), "application/octet-stream");
  close_store(store);
}

static void exactly_one_image_is_put_into(void) {
  memtier_store* store = memory_store();
  const image_parts parts = default_parts("a", "x");
  char images[1024];
  size_t size = make_image(&parts, images), stored = 7;
  FAILS_SAYING(memtier_item_put_into(store, NULL, images, 0, 0, 0, NULL, 0, &stored, ERR),
               MEMTIER_INVALID, "image");
  CHECK_INT((int64_t)stored, 0);
  size += make_image(&parts, images + size);
  FAILS_SAYING(memtier_item_put_into(store, NULL, images, size, 0, 0, NULL, 0, &stored, ERR),
               MEMTIER_INVALID, "image");
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

static memtier_items* five_entries(memtier_store* store) {
  put(store, NULL, "{'id': 'a', 'content': '1'}");
  put(store, NULL, "{'id': 'b', 'content': '22'}");
  put(store, NULL, "{'id': 'c', 'content': '333', 'tier': 'archive'}");
  const int64_t ends[] = {1, 2, 3, 4, 5};
  memtier_items* items = NULL;
  OK(memtier_item_get_many(store, NULL, "axbyc", ends, 5, NULL, &items, ERR));
  return items;
}

static void images_of_a_batch_are_copied_page_by_page(void) {
  memtier_store* store = memory_store();
  memtier_items* items = five_entries(store);
  char all[2048], page[256];
  size_t size = 0, whole = 0;
  int64_t count = 0;
  OK(memtier_items_copy_images(items, 0, all, sizeof all, &whole, &count, ERR));
  CHECK_INT(count, 5);
  CHECK_INT(get_u32(all, get_u32(all, AT_SIZE)), 16); /* the second is a failure: 16 bytes */
  CHECK_INT(get_i32(all, get_u32(all, AT_SIZE) + AT_STATUS), MEMTIER_NOT_FOUND);
  size_t copied = 0;
  for (int64_t first = 0; first < 5; first += count) {
    OK(memtier_items_copy_images(items, first, page, sizeof page, &size, &count, ERR));
    REQUIRE(count > 0 && size <= sizeof page);
    CHECK(memcmp(page, all + copied, size) == 0);
    copied += size;
  }
  CHECK_INT((int64_t)copied, (int64_t)whole);
  memtier_items_destroy(items);
  close_store(store);
}

static void copying_says_what_it_needs_and_ends_at_the_count(void) {
  memtier_store* store = memory_store();
  memtier_items* items = five_entries(store);
  char all[2048], small[8] = "unused";
  size_t size = 7, whole = 0;
  int64_t count = 7;
  FAILS(memtier_items_copy_images(items, 0, NULL, 0, &whole, &count, ERR), MEMTIER_TOO_SMALL);
  CHECK_INT(count, 0);
  FAILS_SAYING(memtier_items_copy_images(items, 0, small, 8, &size, &count, ERR), MEMTIER_TOO_SMALL,
               "buffer");
  CHECK_INT((int64_t)size, (int64_t)whole);
  CHECK_TEXT(small, "unused");
  OK(memtier_items_copy_images(items, 0, all, whole, &size, &count, ERR));
  CHECK_INT((int64_t)size, (int64_t)whole);
  OK(memtier_items_copy_images(items, 5, NULL, 0, &size, &count, ERR));
  CHECK(size == 0 && count == 0);
  FAILS_SAYING(memtier_items_copy_images(items, 6, all, whole, &size, &count, ERR), MEMTIER_INVALID,
               "first");
  FAILS_SAYING(memtier_items_copy_images(items, -1, all, whole, &size, &count, ERR),
               MEMTIER_INVALID, "first");
  memtier_items_destroy(items);
  close_store(store);
}

static void images_of_hits_have_score_and_snippet(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'content': 'green tea'}");
  put(store, NULL, "{'id': 'b', 'content': 'tea and tea'}");
  memtier_hits* hits = search(store, NULL, "{'text': 'tea', 'snippets': true}");
  char images[2048];
  size_t size = 0;
  int64_t count = 0;
  OK(memtier_hits_copy_images(hits, 0, images, sizeof images, &size, &count, ERR));
  CHECK_INT(count, 2);
  const double* scores = NULL;
  OK(memtier_hits_column_double(hits, MEMTIER_FIELD_SCORE, &scores, ERR));
  const char* second = images + get_u32(images, AT_SIZE);
  CHECK_TEXT(image_text(images, TEXT_ID), "b");
  CHECK_TEXT(image_text(images, TEXT_SNIPPET), "**tea** and **tea**");
  CHECK_TEXT(image_text(second, TEXT_SNIPPET), "green **tea**");
  CHECK_DOUBLE(get_f64(images, AT_SCORE), scores[0]);
  CHECK_DOUBLE(get_f64(second, AT_SCORE), scores[1]);
  CHECK_INT(get_u32(images, AT_SIZE) + get_u32(second, AT_SIZE), (int64_t)size);
  FAILS(memtier_hits_copy_images(hits, 0, images, 8, &size, &count, ERR), MEMTIER_TOO_SMALL);
  FAILS_SAYING(memtier_hits_copy_images(hits, 3, images, 8, &size, &count, ERR), MEMTIER_INVALID,
               "first");
  OK(memtier_hits_copy_images(hits, 2, images, 8, &size, &count, ERR));
  memtier_hits_destroy(hits);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(an_image_is_laid_out_as_the_header_draws_it),
      TEST_CASE(without_ttl_and_expiry_an_image_says_so),
      TEST_CASE(an_image_put_has_the_defaults_where_it_says_nothing),
      TEST_CASE(an_image_put_and_got_is_the_same),
      TEST_CASE(the_scope_of_the_call_wins_over_the_names_of_the_image),
      TEST_CASE(many_images_stand_one_behind_the_other),
      TEST_CASE(the_flag_asks_for_the_version_that_is_there_now),
      TEST_CASE(a_put_into_stores_also_what_it_has_no_room_to_give_back),
      TEST_CASE(the_result_never_needs_more_than_128_bytes_beyond_the_image),
      TEST_CASE(exactly_one_image_is_put_into),
      TEST_CASE(images_of_a_batch_are_copied_page_by_page),
      TEST_CASE(copying_says_what_it_needs_and_ends_at_the_count),
      TEST_CASE(images_of_hits_have_score_and_snippet),
  };
  return RUN_TESTS(argc, argv, kTests);
}
