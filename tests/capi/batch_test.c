/* memtier.h, section 10: many at once. */
#include "capi/support.h"

/* Ids one behind the other: ids("a b") is "ab" with the ends 1, 2. */
typedef struct id_list {
  char text[256];
  int64_t ends[32];
  int64_t count;
} id_list;

static id_list ids(const char* names) {
  id_list list;
  size_t used = 0;
  memset(&list, 0, sizeof list);
  while (*names != '\0') {
    const size_t size = strcspn(names, " ");
    memcpy(list.text + used, names, size);
    used += size;
    list.ends[list.count++] = (int64_t)used;
    names += size;
    while (*names == ' ') ++names;
  }
  return list;
}

/* "0 -30 0": the status of each entry. */
static const char* statuses(const memtier_items* items) {
  static char text[512];
  text[0] = '\0';
  for (int64_t i = 0; i < memtier_items_count(items); ++i) {
    const size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s%d", i == 0 ? "" : " ",
             (int)entry_status(items, i));
  }
  return text;
}

static memtier_status put_all(memtier_store* store, const char* const* jsons, int64_t count,
                              int32_t mode, memtier_items** out_items) {
  memtier_item_builder* builders[32];
  for (int64_t i = 0; i < count; ++i) builders[i] = builder_of(jsons[i]);
  const memtier_status status =
      memtier_item_put_many(store, NULL, (const memtier_item_builder* const*)builders, count, mode,
                            MEMTIER_DURABILITY_DEFAULT, NULL, out_items, ERR);
  for (int64_t i = 0; i < count; ++i) memtier_item_builder_destroy(builders[i]);
  return status;
}

static void all_are_stored_in_order_and_given_back(void) {
  memtier_store* store = clocked_store();
  const char* jsons[] = {"{'id': 'a'}", "{'id': 'b'}", "{'id': 'a', 'content': 'again'}"};
  memtier_items* items = NULL;
  OK(put_all(store, jsons, 3, MEMTIER_PUT_REPLACE, &items));
  CHECK_TEXT(statuses(items), "0 0 0");
  CHECK_TEXT(ids_of(items), "a b a");
  memtier_item* item = NULL;
  OK(memtier_items_get(items, 2, &item, ERR));
  memtier_items_destroy(items); /* the item outlives its batch */
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 2);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "again");
  CHECK_INT(count_items(store, NULL, ""), 2);
  memtier_item_destroy(item);
  close_store(store);
}

static void those_that_can_be_stored_are_and_the_others_tell_why(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'b'}");
  const char* jsons[] = {"{'id': 'a'}", "{'id': 'b'}", "{'id': 'c', 'tier': 'attic'}",
                         "{'id': 'd'}"};
  memtier_items* items = NULL;
  FAILS_SAYING(put_all(store, jsons, 4, MEMTIER_PUT_CREATE, &items), MEMTIER_EXISTS, "\"b\"");
  CHECK_TEXT(statuses(items), "0 -31 -30 0");
  memtier_status status = 1;
  memtier_slice message;
  OK(memtier_items_read_status(items, 2, &status, &message, ERR));
  CHECK_INT(status, MEMTIER_NOT_FOUND);
  char text[256];
  snprintf(text, sizeof text, "%.*s", (int)message.size, (const char*)message.data);
  CHECK_HAS(text, "attic");
  OK(memtier_items_read_status(items, 0, &status, &message, ERR));
  CHECK_INT((int64_t)message.size, 0);
  memtier_item* item = (memtier_item*)&store;
  FAILS_SAYING(memtier_items_get(items, 1, &item, ERR), MEMTIER_NOT_FOUND, "1");
  CHECK(item == NULL);
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'id', 'descending': false}"), "a b d");
  memtier_items_destroy(items);
  close_store(store);
}

static void expected_versions_conflict_one_by_one(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'b'}");
  memtier_item_builder* a = builder_of("{'id': 'a'}");
  memtier_item_builder* b = builder_of("{'id': 'b'}");
  OK(memtier_item_builder_set_int64(a, MEMTIER_FIELD_EXPECTED_VERSION, 2, ERR));
  OK(memtier_item_builder_set_int64(b, MEMTIER_FIELD_EXPECTED_VERSION, 1, ERR));
  const memtier_item_builder* builders[] = {a, b, b};
  memtier_items* items = NULL;
  FAILS(memtier_item_put_many(store, NULL, builders, 3, 0, 0, NULL, &items, ERR), MEMTIER_CONFLICT);
  CHECK_TEXT(statuses(items), "-32 0 -32");
  memtier_items_destroy(items);
  memtier_item_builder_destroy(a);
  memtier_item_builder_destroy(b);
  close_store(store);
}

static void the_results_of_a_put_can_be_left_out(void) {
  memtier_store* store = memory_store();
  const char* jsons[] = {"{'id': 'a'}", "{'id': 'a'}"};
  FAILS(put_all(store, jsons, 2, MEMTIER_PUT_CREATE, NULL), MEMTIER_EXISTS);
  CHECK_INT(count_items(store, NULL, ""), 1);
  close_store(store);
}

static void a_batch_of_none_is_empty(void) {
  memtier_store* store = memory_store();
  memtier_items* items = NULL;
  OK(memtier_item_put_many(store, NULL, NULL, 0, 0, 0, NULL, &items, ERR));
  CHECK_INT(memtier_items_count(items), 0);
  memtier_items_destroy(items);
  OK(memtier_item_get_many(store, NULL, NULL, NULL, 0, NULL, &items, ERR));
  CHECK_INT(memtier_items_count(items), 0);
  memtier_items_destroy(items);
  OK(memtier_item_delete_many(store, NULL, NULL, NULL, 0, 0, NULL, &items, ERR));
  CHECK_INT(memtier_items_count(items), 0);
  memtier_items_destroy(items);
  OK(memtier_item_put_images(store, NULL, NULL, 0, 0, 0, NULL, &items, ERR));
  CHECK_INT(memtier_items_count(items), 0);
  memtier_items_destroy(items);
  close_store(store);
}

static void a_batch_has_at_most_as_many_as_the_header_says(void) {
  memtier_store* store = memory_store();
  memtier_items* items = (memtier_items*)&store;
  const memtier_item_builder* builders[1] = {NULL};
  const int64_t end = 1;
  const int64_t wrong[] = {-1, MEMTIER_MAX_BATCH + 1, INT64_MAX};
  for (int i = 0; i < 3; ++i) {
    FAILS_SAYING(memtier_item_put_many(store, NULL, builders, wrong[i], 0, 0, NULL, &items, ERR),
                 MEMTIER_INVALID, "builder_count");
    FAILS_SAYING(memtier_item_get_many(store, NULL, "a", &end, wrong[i], NULL, &items, ERR),
                 MEMTIER_INVALID, "id_count");
    FAILS_SAYING(memtier_item_delete_many(store, NULL, "a", &end, wrong[i], 0, NULL, &items, ERR),
                 MEMTIER_INVALID, "id_count");
    CHECK(items == NULL);
  }
  close_store(store);
}

static void a_wrong_builder_is_named_by_its_number_and_nothing_is_stored(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* good = builder_of("{'id': 'a'}");
  const memtier_item_builder* builders[] = {good, NULL};
  memtier_items* items = (memtier_items*)&store;
  FAILS_SAYING(memtier_item_put_many(store, NULL, builders, 2, 0, 0, NULL, &items, ERR),
               MEMTIER_INVALID, "builders[1]");
  CHECK(items == NULL);
  CHECK_INT(count_items(store, NULL, ""), 0);
  memtier_item_builder_destroy(good);
  close_store(store);
}

static void many_are_got_each_with_its_status(void) {
  memtier_store* store = clocked_store();
  memtier_scope* s1 = scope_of("session=s1");
  memtier_scope* s2 = scope_of("session=s2");
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'cold', 'tier': 'archive'}");
  put(store, s1, "{'id': 'twice'}");
  put(store, s2, "{'id': 'twice'}");
  const id_list list = ids("a absent twice cold a");
  memtier_items* items = NULL;
  OK(memtier_item_get_many(store, NULL, list.text, list.ends, list.count, NULL, &items, ERR));
  CHECK_TEXT(statuses(items), "0 -30 -33 0 0");
  memtier_item* item = NULL;
  OK(memtier_items_get(items, 4, &item, ERR));
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 2); /* they count as reads */
  memtier_item_destroy(item);
  memtier_items_destroy(items);
  memtier_scope_destroy(s1);
  memtier_scope_destroy(s2);
  close_store(store);
}

static void many_are_deleted_each_with_its_status(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'b'}");
  put(store, NULL, "{'id': 'c'}");
  const id_list list = ids("a absent c");
  memtier_items* items = NULL;
  OK(memtier_item_delete_many(store, NULL, list.text, list.ends, list.count, 0, NULL, &items, ERR));
  CHECK_TEXT(statuses(items), "0 -30 0");
  memtier_item* item = NULL;
  FAILS(memtier_items_get(items, 0, &item, ERR), MEMTIER_NOT_FOUND); /* a status and no item */
  memtier_items_destroy(items);
  CHECK_TEXT(list_ids(store, NULL, ""), "b");
  OK(memtier_item_delete_many(store, NULL, list.text, list.ends, list.count, 0, NULL, NULL, ERR));
  CHECK_INT(statistics_of(store).deletes, 2);
  close_store(store);
}

static void an_id_given_twice_is_deleted_once(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  const id_list list = ids("a a");
  memtier_items* items = NULL;
  OK(memtier_item_delete_many(store, NULL, list.text, list.ends, list.count, 0, NULL, &items, ERR));
  CHECK_TEXT(statuses(items), "0 -30");
  memtier_items_destroy(items);
  close_store(store);
}

static void wrong_ids_are_refused_with_their_number_and_nothing_is_done(void) {
  memtier_store* store = memory_store();
  memtier_items* items = (memtier_items*)&store;
  put(store, NULL, "{'id': 'a'}");
  const int64_t back[] = {1, 0}, empty[] = {1, 1}, good[] = {1};
  FAILS_SAYING(memtier_item_delete_many(store, NULL, "ab", back, 2, 0, NULL, &items, ERR),
               MEMTIER_INVALID, "id_ends");
  FAILS_SAYING(memtier_item_delete_many(store, NULL, "ab", empty, 2, 0, NULL, &items, ERR),
               MEMTIER_INVALID, "number 1");
  FAILS_SAYING(memtier_item_get_many(store, NULL, NULL, good, 1, NULL, &items, ERR),
               MEMTIER_INVALID, "ids");
  FAILS_SAYING(memtier_item_get_many(store, NULL, "a", NULL, 1, NULL, &items, ERR), MEMTIER_INVALID,
               "id_ends");
  FAILS_SAYING(memtier_item_get_many(store, NULL, "\xff", good, 1, NULL, &items, ERR),
               MEMTIER_INVALID, "ids");
  CHECK(items == NULL);
  CHECK_INT(count_items(store, NULL, ""), 1);
  close_store(store);
}

static void an_index_beyond_the_batch_is_refused(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  const id_list list = ids("a");
  memtier_items* items = NULL;
  OK(memtier_item_get_many(store, NULL, list.text, list.ends, 1, NULL, &items, ERR));
  memtier_item* item = NULL;
  memtier_status status = 7;
  memtier_slice message = {"x", 1};
  const int64_t wrong[] = {-1, 1, INT64_MAX, INT64_MIN};
  for (int i = 0; i < 4; ++i) {
    FAILS_SAYING(memtier_items_get(items, wrong[i], &item, ERR), MEMTIER_INVALID, "index");
    FAILS_SAYING(memtier_items_read_status(items, wrong[i], &status, &message, ERR),
                 MEMTIER_INVALID, "index");
    CHECK(item == NULL && status == MEMTIER_OK && message.size == 0);
  }
  memtier_items_destroy(items);
  memtier_items_destroy(items);
  memtier_items_destroy(NULL);
  close_store(store);
}

static void a_hundred_thousand_at_once(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  memtier_item_builder* builder = builder_of("{'content': 'x'}");
  static const memtier_item_builder* builders[MEMTIER_MAX_BATCH];
  for (int i = 0; i < MEMTIER_MAX_BATCH; ++i) builders[i] = builder;
  OK(memtier_item_put_many(store, NULL, builders, MEMTIER_MAX_BATCH, 0, 0, NULL, NULL, ERR));
  CHECK_INT(count_items(store, NULL, ""), MEMTIER_MAX_BATCH);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static int32_t stop_after_some(int64_t done, int64_t total, void* user_data) {
  (void)total;
  *(int64_t*)user_data = done;
  return done > 0 ? MEMTIER_CALLBACK_CANCEL : MEMTIER_CALLBACK_OK;
}

static void a_batch_that_is_stopped_tells_how_far_it_came(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  memtier_item_builder* builder = builder_of("{'content': 'x'}");
  static const memtier_item_builder* builders[MEMTIER_MAX_BATCH];
  for (int i = 0; i < MEMTIER_MAX_BATCH; ++i) builders[i] = builder;
  int64_t stopped_at = 0;
  const memtier_control control = {sizeof control, NULL, stop_after_some, NULL, &stopped_at};
  memtier_items* items = NULL;
  FAILS(
      memtier_item_put_many(store, NULL, builders, MEMTIER_MAX_BATCH, 0, 0, &control, &items, ERR),
      MEMTIER_CANCELLED);
  CHECK_INT(memtier_items_count(items), MEMTIER_MAX_BATCH);
  CHECK(stopped_at > 0 && stopped_at <= MEMTIER_MAX_BATCH);
  CHECK_INT(count_items(store, NULL, ""), stopped_at);
  for (int64_t i = 0; i < MEMTIER_MAX_BATCH; ++i) {
    memtier_status status = MEMTIER_INTERNAL;
    OK(memtier_items_read_status(items, i, &status, NULL, ERR));
    REQUIRE(status == (i < stopped_at ? MEMTIER_OK : MEMTIER_CANCELLED));
  }
  memtier_items_destroy(items);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(all_are_stored_in_order_and_given_back),
      TEST_CASE(those_that_can_be_stored_are_and_the_others_tell_why),
      TEST_CASE(expected_versions_conflict_one_by_one),
      TEST_CASE(the_results_of_a_put_can_be_left_out),
      TEST_CASE(a_batch_of_none_is_empty),
      TEST_CASE(a_batch_has_at_most_as_many_as_the_header_says),
      TEST_CASE(a_wrong_builder_is_named_by_its_number_and_nothing_is_stored),
      TEST_CASE(many_are_got_each_with_its_status),
      TEST_CASE(many_are_deleted_each_with_its_status),
      TEST_CASE(an_id_given_twice_is_deleted_once),
      TEST_CASE(wrong_ids_are_refused_with_their_number_and_nothing_is_done),
      TEST_CASE(an_index_beyond_the_batch_is_refused),
      TEST_CASE(a_hundred_thousand_at_once),
      TEST_CASE(a_batch_that_is_stopped_tells_how_far_it_came),
  };
  return RUN_TESTS(argc, argv, kTests);
}
