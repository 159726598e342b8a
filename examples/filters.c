/* Filters: in counts, in lists page by page, and on many items at once. */
#include "example.h"

static int64_t count(memtier_store* store, const char* filter) {
  int64_t result = 0;
  check(memtier_item_count(store, NULL, filter, strlen(filter), NULL, &result, &error));
  printf("%3d  %s\n", (int)result, filter);
  return result;
}

int main(void) {
  memtier_store* store = NULL;
  check(memtier_store_open(":memory:", NULL, &store, &error));
  for (int i = 0; i < 10; ++i) {
    char json[256];
    snprintf(json, sizeof json,
             "{\"id\": \"note-%d\", \"type\": \"%s\", \"importance\": 0.%d, \"content\": \"note\","
             " \"metadata\": {\"place\": {\"city\": \"%s\"}, \"page\": %d}}",
             i, i % 2 == 0 ? "fact" : "plan", i, i < 6 ? "Rome" : "Bari", i);
    put_json(store, NULL, json);
  }

  /* All members must hold; a path goes into the metadata. */
  expect(count(store, "{\"type\": \"fact\"}") == 5, "five facts");
  expect(count(store, "{\"type\": \"fact\", \"importance\": {\"$gte\": 0.5}}") == 2, "two of them");
  expect(count(store, "{\"metadata.place.city\": {\"$in\": [\"Bari\", \"Lecce\"]}}") == 4, "four");
  expect(count(store, "{\"$or\": [{\"metadata.page\": 0}, {\"$not\": {\"type\": \"fact\"}}]}") == 6,
         "six");

  /* A mistake is an error that says where, never an empty result. */
  const char* wrong = "{\"importance\": {\"$gtt\": 0.5}}";
  int64_t none = 0;
  const memtier_status status =
      memtier_item_count(store, NULL, wrong, strlen(wrong), NULL, &none, &error);
  printf("     %s: %s\n", memtier_status_name(status), memtier_error_message(error));
  expect(status == MEMTIER_INVALID, "a refusal");
  memtier_error_destroy(error);

  /* A list, four items at a time. */
  const char* list = "{\"filter\": {\"type\": \"plan\"}, \"order_by\": \"metadata.page\"}";
  memtier_cursor* cursor = NULL;
  memtier_items* page = NULL;
  int64_t listed = 0;
  check(memtier_item_list(store, NULL, list, strlen(list), &cursor, &error));
  do {
    memtier_items_destroy(page);
    check(memtier_cursor_next(cursor, 4, NULL, &page, &error));
    for (int64_t i = 0; i < memtier_items_count(page); ++i) {
      memtier_item* item = NULL;
      memtier_slice id;
      check(memtier_items_get(page, i, &item, &error));
      check(memtier_item_read_text(item, MEMTIER_FIELD_ID, &id, &error));
      printf("%.*s ", (int)id.size, (const char*)id.data);
      memtier_item_destroy(item);
      ++listed;
    }
    printf("\n");
  } while (memtier_items_count(page) > 0);
  memtier_items_destroy(page);
  memtier_cursor_destroy(cursor);
  expect(listed == 5, "five plans");

  /* Many items at once. */
  const char* old = "{\"metadata.page\": {\"$lt\": 3}}";
  int64_t deleted = 0;
  check(memtier_item_delete_where(store, NULL, old, strlen(old), MEMTIER_DURABILITY_DEFAULT, NULL,
                                  &deleted, &error));
  printf("%3d  deleted\n", (int)deleted);
  expect(deleted == 3, "three deleted");
  check(memtier_store_close(store, &error));
  return 0;
}
