/* memtier.h, section 10: images that are not what they should be are refused, without effect. */
#include <math.h>
#include <stdlib.h>

#include "capi/image.h"
#include "capi/support.h"

static memtier_store* store;

/* An image between two good ones, so that an effect on any would show. Whether these are stored: they
 * are, each with its own status, where only a field of it is wrong. */
static memtier_status put_between(const void* image, size_t size, int others_stored) {
  char images[4096];
  const image_parts before = default_parts("before", "x");
  const image_parts after = default_parts("after", "x");
  size_t used = make_image(&before, images);
  memcpy(images + used, image, size);
  used += size;
  used += make_image(&after, images + used);
  memtier_items* items = (memtier_items*)&store;
  const memtier_status status =
      memtier_item_put_images(store, NULL, images, used, 0, 0, NULL, &items, ERR);
  CHECK((items != NULL) == others_stored);
  CHECK_INT(memtier_items_count(items), others_stored ? 3 : 0);
  for (int i = 0; others_stored && i < 3; ++i) {
    memtier_status entry = 1;
    memtier_slice message = {NULL, 0};
    OK(memtier_items_read_status(items, i, &entry, &message, NULL)); /* ERR has the call's */
    CHECK_INT(entry, i == 1 ? status : MEMTIER_OK);
    CHECK((message.size != 0) == (entry != MEMTIER_OK));
  }
  memtier_items_destroy(items);
  return status;
}

static image_parts good_parts(void) {
  image_parts parts = default_parts("a", "some words");
  parts.texts[TEXT_TAGS] = "x\ny";
  parts.texts[TEXT_METADATA] = "{\"k\": 1}";
  parts.texts[TEXT_TYPE] = "fact";
  return parts;
}

static size_t good_image(char* buffer) {
  const image_parts parts = good_parts();
  const size_t size = make_image(&parts, buffer);
  set_u32(buffer, AT_TAG_COUNT, 2);
  return size;
}

static void check_refused_with(const char* image, size_t size, const char* what,
                               int others_stored) {
  const int before = check_failures();
  const int64_t sequence = statistics_of(store).sequence;
  FAILS_SAYING(put_between(image, size, others_stored), MEMTIER_INVALID, "images: number 1: ");
  CHECK_INT(statistics_of(store).sequence, sequence + (others_stored ? 2 : 0));
  size_t stored = 7;
  FAILS_SAYING(memtier_item_put_into(store, NULL, image, size, 0, 0, NULL, 0, &stored, ERR),
               MEMTIER_INVALID, "image: ");
  CHECK_INT((int64_t)stored, 0);
  CHECK_INT(statistics_of(store).sequence, sequence + (others_stored ? 2 : 0));
  if (check_failures() != before) fprintf(stderr, "  with %s\n", what);
}

/* Nobody knows where the next image begins, or what the fields are: nothing is stored. */
static void check_refused(const char* image, size_t size, const char* what) {
  check_refused_with(image, size, what, 0);
}

/* A field that no builder takes: this image alone is refused. */
static void check_refused_alone(const char* image, size_t size, const char* what) {
  check_refused_with(image, size, what, 1);
}

static void the_good_image_is_taken(void) {
  store = memory_store();
  char image[512];
  OK(put_between(image, good_image(image), 1));
  CHECK_INT(count_items(store, NULL, ""), 3);
  close_store(store);
}

static void every_field_of_the_frame_must_be_right(void) {
  store = memory_store();
  static const struct {
    size_t offset;
    int bytes;
    uint64_t value;
    const char* what;
  } kRows[] = {
      {AT_SIZE, 4, 0, "size 0"},
      {AT_SIZE, 4, 16, "size of a failed entry"},
      {AT_SIZE, 4, 160, "size below the header"},
      {AT_SIZE, 4, 170, "size that is no multiple of 8"},
      {AT_SIZE, 4, 0x7ffffff8, "size beyond the bytes given"},
      {AT_SIZE, 4, 0xfffffff8, "size near 4 GiB"},
      {AT_STATUS, 4, (uint32_t)MEMTIER_NOT_FOUND, "a status: it stands for no item"},
      {AT_FORMAT, 2, 0, "format 0"},
      {AT_FORMAT, 2, 2, "format 2"},
      {AT_HEADER_BYTES, 2, 0, "header_bytes 0"},
      {AT_HEADER_BYTES, 2, 160, "header_bytes too few"},
      {AT_HEADER_BYTES, 2, 0xffff, "header_bytes beyond the image"},
      {AT_TEXT_COUNT, 2, 0, "text_count 0"},
      {AT_TEXT_COUNT, 2, 11, "text_count too few"},
      {AT_TEXT_COUNT, 2, 0xffff, "text_count beyond the header"},
  };
  for (size_t i = 0; i < sizeof kRows / sizeof kRows[0]; ++i) {
    char image[512];
    const size_t size = good_image(image);
    memcpy(image + kRows[i].offset, &kRows[i].value, (size_t)kRows[i].bytes);
    check_refused(image, size, kRows[i].what);
  }
  close_store(store);
}

static void every_end_must_lie_behind_the_one_before_and_within_the_image(void) {
  store = memory_store();
  for (size_t i = 0; i < TEXTS; ++i) {
    char image[512], what[64];
    const size_t size = good_image(image);
    const size_t offset = AT_ENDS + 4 * i;
    const uint32_t wrong[] = {0xffffffff, 0x80000000, (uint32_t)size};
    for (size_t j = 0; j < 3; ++j) {
      const uint32_t good = get_u32(image, offset);
      set_u32(image, offset, wrong[j]);
      snprintf(what, sizeof what, "end[%d] = %u", (int)i, wrong[j]);
      check_refused(image, size, what);
      set_u32(image, offset, good);
    }
    if (i == 0 || get_u32(image, offset - 4) == 0) continue;
    set_u32(image, offset, get_u32(image, offset - 4) - 1);
    snprintf(what, sizeof what, "end[%d] before the one before it", (int)i);
    check_refused(image, size, what);
  }
  close_store(store);
}

static void every_number_must_be_in_its_range(void) {
  store = memory_store();
  static const struct {
    size_t offset;
    int64_t value;
    const char* what;
  } kRows[] = {
      {AT_EXPIRES_US, -1, "expires_us -1"},
      {AT_TTL_US, -2, "ttl_us -2"},
      {AT_ACCESS_COUNT, -1, "access_count -1"},
      {AT_VALIDATION_COUNT, -1, "validation_count -1"},
  };
  char image[512];
  for (size_t i = 0; i < sizeof kRows / sizeof kRows[0]; ++i) {
    const size_t size = good_image(image);
    set_i64(image, kRows[i].offset, kRows[i].value);
    check_refused_alone(image, size, kRows[i].what);
  }
  const double importances[] = {1.001, NAN, INFINITY};
  for (size_t i = 0; i < 3; ++i) {
    const size_t size = good_image(image);
    set_f64(image, AT_IMPORTANCE, importances[i]);
    check_refused_alone(image, size, "importance");
  }
  const int32_t tiers[] = {-2, 16, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < 4; ++i) {
    const size_t size = good_image(image);
    set_i32(image, AT_TIER, tiers[i]);
    check_refused_alone(image, size, "tier");
  }
  const size_t size = good_image(image);
  set_u16(image, AT_FLAGS, MEMTIER_IMAGE_EXPECT_VERSION);
  set_i64(image, AT_VERSION, -1);
  check_refused_alone(image, size, "expected version -1");
  close_store(store);
}

static void every_text_must_be_what_a_builder_takes(void) {
  store = memory_store();
  static char long_name[258], long_id[1026];
  memset(long_name, 'x', sizeof long_name - 1);
  memset(long_id, 'x', sizeof long_id - 1);
  for (int i = 0; i < TEXTS; ++i) {
    if (i == TEXT_CONTENT || i == TEXT_SNIPPET) continue;
    const char* wrong[] = {"\xff", i == TEXT_ID ? long_id : long_name, "a\tb"};
    for (size_t j = 0; j < 3; ++j) {
      image_parts parts = good_parts();
      parts.texts[i] = wrong[j];
      char image[2048], what[64];
      const size_t size = make_image(&parts, image);
      snprintf(what, sizeof what, "text %d, variant %d", i, (int)j);
      check_refused_alone(image, size, what);
    }
  }
  const char* tags[] = {"x\n\ny", "\nx"};
  for (size_t i = 0; i < 2; ++i) {
    image_parts parts = good_parts();
    parts.texts[TEXT_TAGS] = tags[i];
    char image[512];
    const size_t size = make_image(&parts, image);
    check_refused_alone(image, size, "an empty tag");
  }
  image_parts parts = good_parts();
  parts.texts[TEXT_COLLECTION] = "*";
  char image[512];
  const size_t size = make_image(&parts, image);
  size_t stored = 0;
  FAILS(memtier_item_put_into(store, NULL, image, size, 0, 0, NULL, 0, &stored, ERR),
        MEMTIER_INVALID);
  CHECK_INT((int64_t)stored, 0);
  close_store(store);
}

static void an_image_cut_short_anywhere_is_refused(void) {
  store = memory_store();
  char image[512];
  const size_t size = good_image(image);
  for (size_t cut = 1; cut < size; ++cut) {
    char* exact = malloc(cut); /* so that a sanitizer sees a read beyond it */
    memcpy(exact, image, cut);
    memtier_items* items = NULL;
    FAILS_SAYING(memtier_item_put_images(store, NULL, exact, cut, 0, 0, NULL, &items, ERR),
                 MEMTIER_INVALID, "images: number 0");
    free(exact);
  }
  CHECK_INT(statistics_of(store).sequence, 0);
  close_store(store);
}

static void what_follows_the_last_image_is_refused(void) {
  store = memory_store();
  char image[512];
  const size_t size = good_image(image);
  memset(image + size, 0, 8);
  FAILS_SAYING(memtier_item_put_images(store, NULL, image, size + 8, 0, 0, NULL, NULL, ERR),
               MEMTIER_INVALID, "images: number 1");
  CHECK_INT(statistics_of(store).sequence, 0);
  close_store(store);
}

static void no_bit_changed_in_an_image_makes_a_crash(void) {
  store = memory_store();
  char image[512];
  const size_t size = good_image(image);
  for (size_t bit = 0; bit < size * 8; ++bit) {
    char* exact = malloc(size);
    size_t stored = 0;
    memcpy(exact, image, size);
    exact[bit / 8] = (char)(exact[bit / 8] ^ (1 << bit % 8));
    (void)memtier_item_put_into(store, NULL, exact, size, 0, 0, NULL, 0, &stored, NULL);
    free(exact);
  }
  CHECK(count_items(store, NULL, "") > 0);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(the_good_image_is_taken),
      TEST_CASE(every_field_of_the_frame_must_be_right),
      TEST_CASE(every_end_must_lie_behind_the_one_before_and_within_the_image),
      TEST_CASE(every_number_must_be_in_its_range),
      TEST_CASE(every_text_must_be_what_a_builder_takes),
      TEST_CASE(an_image_cut_short_anywhere_is_refused),
      TEST_CASE(what_follows_the_last_image_is_refused),
      TEST_CASE(no_bit_changed_in_an_image_makes_a_crash),
  };
  return RUN_TESTS(argc, argv, kTests);
}
