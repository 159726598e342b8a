/* Many items in one call, and the fastest read: an image in one's own memory. */
#include "example.h"

enum { ITEMS = 1000 };

/* Offsets in the image of an item: memtier.h, section 10. */
static uint32_t read_u32(const char* image, size_t offset) {
  uint32_t value = 0;
  memcpy(&value, image + offset, sizeof value);
  return value;
}

int main(void) {
  enum { CONTENT = 10 }; /* the number of the text */
  memtier_store* store = NULL;
  memtier_item_builder* builders[ITEMS];
  memtier_items* stored = NULL;
  check(memtier_store_open(":memory:", NULL, &store, &error));
  for (int i = 0; i < ITEMS; ++i) {
    char id[32], text[64];
    snprintf(id, sizeof id, "turn-%d", i);
    snprintf(text, sizeof text, "what was said in turn %d", i);
    check(memtier_item_builder_create(&builders[i], &error));
    check(memtier_item_builder_set_text(builders[i], MEMTIER_FIELD_ID, id, strlen(id), &error));
    check(memtier_item_builder_set_text(builders[i], MEMTIER_FIELD_CONTENT, text, strlen(text),
                                        &error));
  }
  check(memtier_item_put_many(store, NULL, (const memtier_item_builder* const*)builders, ITEMS,
                              MEMTIER_PUT_CREATE, MEMTIER_DURABILITY_DEFAULT, NULL, &stored,
                              &error));
  printf("%d stored\n", (int)memtier_items_count(stored));
  memtier_items_destroy(stored);

  /* Each has a status of its own: here all but the first are there already. */
  check(memtier_item_delete(store, NULL, "turn-0", 6, 0, MEMTIER_DURABILITY_DEFAULT, &error));
  const memtier_status status =
      memtier_item_put_many(store, NULL, (const memtier_item_builder* const*)builders, ITEMS,
                            MEMTIER_PUT_CREATE, MEMTIER_DURABILITY_DEFAULT, NULL, &stored, NULL);
  int64_t good = 0;
  for (int64_t i = 0; i < memtier_items_count(stored); ++i) {
    memtier_status own = MEMTIER_OK;
    check(memtier_items_read_status(stored, i, &own, NULL, &error));
    good += own == MEMTIER_OK;
  }
  printf("%s: %d stored\n", memtier_status_name(status), (int)good);
  expect(status == MEMTIER_EXISTS && good == 1, "one was new");
  memtier_items_destroy(stored);

  /* One call, nothing to release. */
  char image[1024];
  size_t size = 0;
  check(memtier_item_get_into(store, NULL, "turn-7", 6, image, sizeof image, &size, &error));
  const uint32_t begin = read_u32(image, 120 + 4 * (CONTENT - 1));
  const uint32_t end = read_u32(image, 120 + 4 * CONTENT);
  printf("%.*s\n", (int)(end - begin), image + MEMTIER_IMAGE_HEADER_BYTES + begin);
  expect(memcmp(image + MEMTIER_IMAGE_HEADER_BYTES + begin, "what was said in turn 7",
                end - begin) == 0,
         "turn 7");

  for (int i = 0; i < ITEMS; ++i) memtier_item_builder_destroy(builders[i]);
  check(memtier_store_close(store, &error));
  return 0;
}
