/* memtier.h, section 5: what an acknowledged write has survived. (What survives a kill: see
 * processes_test.c.) Two handles on one file stand for two processes here. */
#include <sched.h>

#include "capi/support.h"

typedef struct pair {
  memtier_store* writer;
  memtier_store* other;
} pair;

static pair open_pair(int64_t durability, int64_t interval_ms, int64_t background) {
  pair stores;
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  set_option(options, MEMTIER_OPTION_DURABILITY, durability);
  set_option(options, MEMTIER_OPTION_RELAXED_INTERVAL_MS, interval_ms);
  set_option(options, MEMTIER_OPTION_BACKGROUND, background);
  stores.writer = open_with(test_path("a.mem"), options);
  stores.other = open_store(test_path("a.mem"));
  return stores;
}

static void close_pair(pair stores) {
  close_store(stores.writer);
  close_store(stores.other);
}

static void write_with(memtier_store* store, const char* id, int32_t durability) {
  memtier_item_builder* builder = new_builder();
  OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_ID, SIZED(id), ERR));
  OK(memtier_item_put(store, NULL, builder, MEMTIER_PUT_REPLACE, durability, NULL, ERR));
  memtier_item_builder_destroy(builder);
}

static void every_level_is_seen_at_once_by_its_own_handle(void) {
  pair stores = open_pair(MEMTIER_DURABILITY_NORMAL, 10000, 1);
  for (int32_t level = MEMTIER_DURABILITY_DEFAULT; level <= MEMTIER_DURABILITY_FULL; ++level) {
    char id[8];
    snprintf(id, sizeof id, "i%d", (int)level);
    write_with(stores.writer, id, level);
    CHECK_INT(exists(stores.writer, NULL, id), 1);
    CHECK_INT(count_items(stores.writer, NULL, ""), level + 1);
  }
  close_pair(stores);
}

static void normal_and_full_are_seen_at_once_by_others(void) {
  pair stores = open_pair(MEMTIER_DURABILITY_NORMAL, 10000, 1);
  write_with(stores.writer, "a", MEMTIER_DURABILITY_DEFAULT);
  CHECK_INT(exists(stores.other, NULL, "a"), 1);
  write_with(stores.writer, "b", MEMTIER_DURABILITY_NORMAL);
  CHECK_INT(exists(stores.other, NULL, "b"), 1);
  write_with(stores.writer, "c", MEMTIER_DURABILITY_FULL);
  CHECK_INT(exists(stores.other, NULL, "c"), 1);
  close_pair(stores);
}

static void relaxed_is_seen_by_others_within_its_interval(void) {
  pair stores = open_pair(MEMTIER_DURABILITY_RELAXED, 1, 1);
  write_with(stores.writer, "a", MEMTIER_DURABILITY_DEFAULT);
  while (exists(stores.other, NULL, "a") == 0) sched_yield();
  close_pair(stores);
}

static void a_write_after_a_relaxed_one_brings_it_along(void) {
  pair stores = open_pair(MEMTIER_DURABILITY_RELAXED, 10000, 1);
  write_with(stores.writer, "a", MEMTIER_DURABILITY_RELAXED);
  write_with(stores.writer, "b", MEMTIER_DURABILITY_NORMAL);
  CHECK_INT(exists(stores.other, NULL, "b"), 1);
  CHECK_INT(exists(stores.other, NULL, "a"), 1);
  close_pair(stores);
}

static void flush_makes_relaxed_writes_durable(void) {
  pair stores = open_pair(MEMTIER_DURABILITY_RELAXED, 10000, 1);
  write_with(stores.writer, "a", MEMTIER_DURABILITY_DEFAULT);
  OK(memtier_store_flush(stores.writer, NULL, ERR));
  CHECK_INT(exists(stores.other, NULL, "a"), 1);
  close_pair(stores);
}

static void close_makes_relaxed_writes_durable(void) {
  pair stores = open_pair(MEMTIER_DURABILITY_RELAXED, 10000, 1);
  write_with(stores.writer, "a", MEMTIER_DURABILITY_DEFAULT);
  close_store(stores.writer);
  CHECK_INT(exists(stores.other, NULL, "a"), 1);
  close_store(stores.other);
}

static void relaxed_without_a_background_thread_is_normal(void) {
  pair stores = open_pair(MEMTIER_DURABILITY_RELAXED, 10000, 0);
  write_with(stores.writer, "a", MEMTIER_DURABILITY_DEFAULT);
  CHECK_INT(exists(stores.other, NULL, "a"), 1);
  close_pair(stores);
}

static void updates_deletes_and_batches_take_a_level_too(void) {
  pair stores = open_pair(MEMTIER_DURABILITY_RELAXED, 10000, 1);
  memtier_item_builder* builder = builder_of("{'type': 'x'}");
  memtier_item_builder* named = builder_of("{'id': 'b'}");
  const memtier_item_builder* builders[] = {named};
  write_with(stores.writer, "a", MEMTIER_DURABILITY_NORMAL);
  OK(memtier_item_update(stores.writer, NULL, "a", 1, builder, MEMTIER_DURABILITY_FULL, NULL, ERR));
  CHECK_INT(count_items(stores.other, NULL, "{'type': 'x'}"), 1);
  OK(memtier_item_put_many(stores.writer, NULL, builders, 1, MEMTIER_PUT_CREATE,
                           MEMTIER_DURABILITY_NORMAL, NULL, NULL, ERR));
  CHECK_INT(exists(stores.other, NULL, "b"), 1);
  OK(memtier_item_delete(stores.writer, NULL, "a", 1, 0, MEMTIER_DURABILITY_NORMAL, ERR));
  CHECK_INT(exists(stores.other, NULL, "a"), 0);
  const int64_t end = 1;
  OK(memtier_item_delete_many(stores.writer, NULL, "b", &end, 1, MEMTIER_DURABILITY_NORMAL, NULL,
                              NULL, ERR));
  CHECK_INT(exists(stores.other, NULL, "b"), 0);
  memtier_item_builder_destroy(builder);
  memtier_item_builder_destroy(named);
  close_pair(stores);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(every_level_is_seen_at_once_by_its_own_handle),
      TEST_CASE(normal_and_full_are_seen_at_once_by_others),
      TEST_CASE(relaxed_is_seen_by_others_within_its_interval),
      TEST_CASE(a_write_after_a_relaxed_one_brings_it_along),
      TEST_CASE(flush_makes_relaxed_writes_durable),
      TEST_CASE(close_makes_relaxed_writes_durable),
      TEST_CASE(relaxed_without_a_background_thread_is_normal),
      TEST_CASE(updates_deletes_and_batches_take_a_level_too),
  };
  return RUN_TESTS(argc, argv, kTests);
}
