/* memtier.h, section 10: what can be asked of an image without a store. An item held by its handle
 * gives the same answers. */
#include <math.h>
#include <stdlib.h>

#include "capi/image.h"
#include "capi/support.h"

#define IMAGE_SIZE 1024

static const char* const kRich =
    "{'id': 'the id', 'type': 'fact', 'content': 'some words', 'metadata': {'k': [1, 2.5]}, "
    "'tags': "
    "['x', 'y'], 'tier': 'long_term', 'importance': 0.75, 'priority': -3, 'pinned': true, "
    "'created_us': 11, 'expires_us': 14, 'ttl_us': 15, 'access_count': 16, 'validation_count': 17}";

/* The item of a document, by handle and as an image; their store is closed. */
static memtier_item* held(const char* json, char* image, size_t* size) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = scope_of("app=p user=u agent=g session=s collection=c");
  memtier_item* item = put_item(store, scope, json);
  OK(memtier_item_copy_image(item, image, IMAGE_SIZE, size, ERR));
  memtier_scope_destroy(scope);
  close_store(store);
  return item;
}

static int matches(const void* image, size_t size, const char* tier, const char* filter) {
  int32_t result = -1;
  const char* text = Q(filter);
  OK(memtier_image_matches(image, size, SIZED(tier), SIZED(text), &result, ERR));
  return result;
}

static void a_filter_is_as_true_for_an_image_as_for_its_item(void) {
  static const struct {
    const char* filter;
    int expected;
  } kRows[] = {
      {"", 1},
      {"{'type': 'fact', 'importance': {'$gt': 0.5}}", 1},
      {"{'type': 'rumour'}", 0},
      {"{'tags': 'y', 'metadata.k': 2.5, 'content': {'$contains': 'words'}}", 1},
      {"{'tier': 'long_term', 'pinned': true, 'priority': -3}", 1},
      {"{'tier': 'working'}", 0},
      {"{'user': 'u', 'collection': 'c', 'version': 1, 'access_count': 16}", 1},
      {"{'$not': {'id': 'the id'}}", 0},
      {"{'ttl_us': 15, 'expires_us': {'$exists': false}}", 0},
  };
  char image[IMAGE_SIZE];
  size_t size = 0;
  memtier_item* item = held(kRich, image, &size);
  for (size_t i = 0; i < sizeof kRows / sizeof kRows[0]; ++i) {
    int32_t by_handle = -1;
    const char* filter = Q(kRows[i].filter);
    OK(memtier_item_matches(item, SIZED(filter), &by_handle, ERR));
    CHECK_INT(by_handle, kRows[i].expected);
    CHECK_INT(matches(image, size, "long_term", kRows[i].filter), kRows[i].expected);
  }
  memtier_item_destroy(item);
}

static void its_tier_is_the_name_that_the_caller_gives(void) {
  char image[IMAGE_SIZE];
  size_t size = 0;
  memtier_item_destroy(held("{'tier': 'archive'}", image, &size));
  CHECK_INT(matches(image, size, "attic", "{'tier': 'attic'}"), 1);
  CHECK_INT(matches(image, size, "attic", "{'tier': 'archive'}"), 0);
  CHECK_INT(matches(image, size, "", "{'tier': {'$exists': true}}"), 0);
  set_i32(image, AT_TIER, INT32_MAX); /* a number that no ladder has is never looked at */
  CHECK_INT(matches(image, size, "attic", "{'tier': 'attic'}"), 1);
}

static void an_image_lies_anywhere(void) {
  char image[IMAGE_SIZE], moved[IMAGE_SIZE + 1];
  size_t size = 0;
  memtier_item_destroy(held(kRich, image, &size));
  memcpy(moved + 1, image, size);
  CHECK_INT(matches(moved + 1, size, "long_term", "{'validation_count': 17}"), 1);
}

static void check_same_document(const char* json) {
  char image[IMAGE_SIZE];
  size_t size = 0;
  memtier_item* item = held(json, image, &size);
  memtier_slice tier;
  OK(memtier_item_read_text(item, MEMTIER_FIELD_TIER, &tier, ERR));
  memtier_bytes *by_handle = NULL, *by_image = NULL;
  OK(memtier_item_to_json(item, &by_handle, ERR));
  OK(memtier_image_to_json(image, size, tier.data, tier.size, &by_image, ERR));
  CHECK_TEXT(memtier_bytes_data(by_image), (const char*)memtier_bytes_data(by_handle));
  CHECK(memtier_bytes_size(by_image) > 0);
  memtier_bytes_destroy(by_handle);
  memtier_bytes_destroy(by_image);
  memtier_item_destroy(item);
}

static void the_document_of_an_image_is_that_of_its_item(void) {
  check_same_document(kRich);
  check_same_document("{'id': 'plain'}");
  check_same_document("{'id': 'bytes', 'content_base64': '/wD+'}");
}

static void without_a_name_the_document_has_no_tier(void) {
  char image[IMAGE_SIZE];
  size_t size = 0;
  memtier_item_destroy(held("{'tier': 'archive'}", image, &size));
  memtier_bytes* json = NULL;
  OK(memtier_image_to_json(image, size, NULL, 0, &json, ERR));
  CHECK(strstr(memtier_bytes_data(json), "\"tier\"") == NULL);
  CHECK(strstr(memtier_bytes_data(json), "\"version\":1") != NULL);
  memtier_bytes_destroy(json);
}

static void check_refused(const void* image, size_t size, const char* what) {
  const int before = check_failures();
  int32_t result = 7;
  memtier_bytes* json = (memtier_bytes*)&result;
  FAILS_SAYING(memtier_image_matches(image, size, NULL, 0, NULL, 0, &result, ERR), MEMTIER_INVALID,
               "image");
  CHECK_INT(result, 0);
  FAILS_SAYING(memtier_image_to_json(image, size, NULL, 0, &json, ERR), MEMTIER_INVALID, "image");
  CHECK(json == NULL);
  if (check_failures() != before) fprintf(stderr, "  with %s\n", what);
}

static void what_is_no_image_is_refused(void) {
  char image[2 * IMAGE_SIZE];
  size_t size = 0;
  memtier_item_destroy(held(kRich, image, &size));
  check_refused(NULL, 0, "nothing");
  for (size_t cut = 1; cut < size; ++cut) {
    char* exact = malloc(cut); /* so that a sanitizer sees a read beyond it */
    memcpy(exact, image, cut);
    check_refused(exact, cut, "an image cut short");
    free(exact);
  }
  memcpy(image + size, image, size);
  check_refused(image, 2 * size, "two images");
  set_i32(image, AT_STATUS, MEMTIER_NOT_FOUND);
  check_refused(image, size, "an entry without an item");
}

static void texts_and_numbers_that_no_item_has_are_refused(void) {
  char image[IMAGE_SIZE];
  for (int i = 0; i < TEXTS; ++i) {
    if (i == TEXT_CONTENT) continue; /* any bytes */
    image_parts parts = default_parts("a", "words");
    parts.importance = 0.5;
    parts.texts[i] = "\xff";
    check_refused(image, make_image(&parts, image), "a text that is not UTF-8");
  }
  const char* metadata[] = {"{", "[]", "{\"k\": 1} x"};
  for (size_t i = 0; i < 3; ++i) {
    image_parts parts = default_parts("a", "words");
    parts.importance = 0.5;
    parts.texts[TEXT_METADATA] = metadata[i];
    check_refused(image, make_image(&parts, image), metadata[i]);
  }
  const double importances[] = {-1, 1.001, NAN, INFINITY};
  for (size_t i = 0; i < 4; ++i) {
    image_parts parts = default_parts("a", "words");
    parts.importance = importances[i];
    check_refused(image, make_image(&parts, image), "importance");
  }
}

static void a_wrong_filter_is_told_apart_from_a_wrong_image(void) {
  char image[IMAGE_SIZE];
  size_t size = 0;
  memtier_item_destroy(held(kRich, image, &size));
  int32_t result = 7;
  const char* wrong = "{\"typo\": 1}";
  FAILS_SAYING(memtier_image_matches(image, size, NULL, 0, SIZED(wrong), &result, ERR),
               MEMTIER_INVALID, "$.typo");
  CHECK_INT(result, 0);
}

static void no_bit_changed_in_an_image_makes_a_crash(void) {
  char image[IMAGE_SIZE];
  size_t size = 0;
  memtier_item_destroy(held(kRich, image, &size));
  int accepted = 0;
  for (size_t bit = 0; bit < size * 8; ++bit) {
    char* exact = malloc(size);
    int32_t result = 0;
    memtier_bytes* json = NULL;
    memcpy(exact, image, size);
    exact[bit / 8] = (char)(exact[bit / 8] ^ (1 << bit % 8));
    const char* filter =
        "{\"metadata.k\": 1, \"tags\": \"x\", \"content\": {\"$icontains\": \"W\"}}";
    const memtier_status status =
        memtier_image_matches(exact, size, NULL, 0, SIZED(filter), &result, NULL);
    CHECK_INT(memtier_image_to_json(exact, size, NULL, 0, &json, NULL), status);
    accepted += status == MEMTIER_OK;
    memtier_bytes_destroy(json);
    free(exact);
  }
  CHECK(accepted > 0);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_filter_is_as_true_for_an_image_as_for_its_item),
      TEST_CASE(its_tier_is_the_name_that_the_caller_gives),
      TEST_CASE(an_image_lies_anywhere),
      TEST_CASE(the_document_of_an_image_is_that_of_its_item),
      TEST_CASE(without_a_name_the_document_has_no_tier),
      TEST_CASE(what_is_no_image_is_refused),
      TEST_CASE(texts_and_numbers_that_no_item_has_are_refused),
      TEST_CASE(a_wrong_filter_is_told_apart_from_a_wrong_image),
      TEST_CASE(no_bit_changed_in_an_image_makes_a_crash),
  };
  return RUN_TESTS(argc, argv, kTests);
}
