/* memtier.h, section 6: every field of memtier_store_statistics. */
#include "capi/support.h"

static void an_empty_store_has_nothing_but_its_limits_and_its_file(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  const memtier_store_statistics s = statistics_of(store);
  CHECK_INT(s.item_count, 0);
  CHECK_INT(s.item_bytes, 0);
  CHECK_INT(s.expired_count, 0);
  CHECK_INT(s.resident_count, 0);
  CHECK_INT(s.resident_bytes, 0);
  CHECK_INT(s.memory_limit_bytes, 256 << 20);
  CHECK(s.memory_used_bytes > 0);
  CHECK(s.file_bytes > 0);
  CHECK_INT(s.journal_bytes, 0);
  CHECK_INT(s.sequence, 0);
  CHECK_INT(s.gets + s.gets_resident + s.gets_stored + s.gets_missed, 0);
  CHECK_INT(s.puts + s.deletes + s.searches, 0);
  CHECK_INT(s.promotions + s.demotions + s.evictions + s.expirations + s.access_dropped, 0);
  CHECK_DOUBLE(s.promotions_per_hour, 0);
  CHECK_DOUBLE(s.demotions_per_hour, 0);
  close_store(store);
}

static void items_are_counted_with_their_bytes(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'content': '12345'}");
  memtier_item* item = get_item(store, NULL, "a");
  /* id, collection "default", content type "text/plain", content */
  CHECK_INT(number_of(item, MEMTIER_FIELD_SIZE_BYTES), 1 + 7 + 10 + 5);
  CHECK_INT(statistics_of(store).item_bytes, number_of(item, MEMTIER_FIELD_SIZE_BYTES));
  put(store, NULL, "{'id': 'a', 'content': '1'}");
  CHECK_INT(statistics_of(store).item_bytes, number_of(item, MEMTIER_FIELD_SIZE_BYTES) - 4);
  put(store, NULL, "{'id': 'b'}");
  CHECK_INT(statistics_of(store).item_count, 2);
  delete_item(store, NULL, "a");
  delete_item(store, NULL, "b");
  CHECK_INT(statistics_of(store).item_count, 0);
  CHECK_INT(statistics_of(store).item_bytes, 0);
  memtier_item_destroy(item);
  close_store(store);
}

static void an_expired_item_is_counted_apart_until_it_is_swept(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'ttl_us': 1000}");
  put(store, NULL, "{'id': 'b'}");
  advance(1000);
  memtier_store_statistics s = statistics_of(store);
  CHECK_INT(s.item_count, 1);
  CHECK_INT(s.expired_count, 1);
  CHECK_INT(s.expirations, 0);
  CHECK_INT(sweep(store), 1);
  s = statistics_of(store);
  CHECK_INT(s.item_count, 1);
  CHECK_INT(s.expired_count, 0);
  CHECK_INT(s.expirations, 1);
  CHECK_INT(s.deletes, 0);
  close_store(store);
}

static void the_sequence_is_the_number_of_the_newest_change(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  const int64_t first = number_of(item, MEMTIER_FIELD_CHANGE_SEQUENCE);
  CHECK_INT(statistics_of(store).sequence, first);
  memtier_item_destroy(item);
  item = put_item(store, NULL, "{'id': 'a'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CHANGE_SEQUENCE), first + 1);
  memtier_item_destroy(item);
  delete_item(store, NULL, "a");
  CHECK_INT(statistics_of(store).sequence, first + 2);
  close_store(store);
}

static void gets_are_counted_by_where_they_were_answered(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'hot'}");
  put(store, NULL, "{'id': 'cold', 'tier': 'archive'}");
  read_times(store, "hot", 3);
  read_times(store, "cold", 2);
  FAILS(try_get(store, NULL, "absent"), MEMTIER_NOT_FOUND);
  const memtier_store_statistics s = statistics_of(store);
  CHECK_INT(s.gets_resident, 3);
  CHECK_INT(s.gets_stored, 2);
  CHECK_INT(s.gets_missed, 1);
  CHECK_INT(s.gets, 6);
  close_store(store);
}

static void answers_that_are_kept_are_counted(void) {
  memtier_options* options = options_with_clock();
  set_option(options, MEMTIER_OPTION_QUERY_CACHE_BYTES, 1 << 20);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a', 'content': 'tea'}");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "a");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "a");
  put(store, NULL, "{'id': 'b', 'content': 'tea'}");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "b a");
  const memtier_store_statistics s = statistics_of(store);
  CHECK_INT(s.query_cache_hits, 1);
  CHECK_INT(s.query_cache_misses, 2);
  CHECK_INT(s.query_cache_entries, 1);
  CHECK(s.query_cache_bytes > 0);
  close_store(store);
}

static void items_that_come_into_ram_with_others_are_counted(void) {
  memtier_options* options = options_with_clock();
  set_option(options, MEMTIER_OPTION_PREFETCH, 4);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a', 'tier': 'long_term'}");
  put(store, NULL, "{'id': 'b', 'tier': 'long_term'}");
  for (int i = 0; i < 2; ++i) { /* the third read within the hour would bring it up a tier */
    memtier_item_destroy(get_item(store, NULL, "a"));
    memtier_item_destroy(get_item(store, NULL, "b"));
  }
  put(store, NULL, "{'id': 'a', 'tier': 'long_term'}");
  put(store, NULL, "{'id': 'b', 'tier': 'long_term'}");
  OK(memtier_store_flush(store, NULL, ERR));
  memtier_item_destroy(get_item(store, NULL, "a"));
  memtier_item_destroy(get_item(store, NULL, "b"));
  const memtier_store_statistics s = statistics_of(store);
  CHECK_INT(s.prefetched, 1);
  CHECK_INT(s.prefetch_hits, 1);
  close_store(store);
}

static void what_is_no_read_by_id_is_not_counted_as_one(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'content': 'tea'}");
  CHECK_INT(exists(store, NULL, "a"), 1);
  CHECK_TEXT(list_ids(store, NULL, ""), "a");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "a");
  CHECK_INT(count_items(store, NULL, ""), 1);
  CHECK_INT(statistics_of(store).gets, 0);
  CHECK_INT(statistics_of(store).searches, 1);
  close_store(store);
}

static void updates_count_as_puts(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  memtier_item_destroy(update_item(store, NULL, "a", "{'type': 'x'}"));
  FAILS(try_put(store, NULL, "{'id': 'a'}", MEMTIER_PUT_CREATE), MEMTIER_EXISTS);
  CHECK_INT(statistics_of(store).puts, 2);
  delete_item(store, NULL, "a");
  CHECK_INT(statistics_of(store).deletes, 1);
  close_store(store);
}

static void moves_are_counted_by_direction_and_over_the_last_hour(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("archive"), ERR));
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("long_term"), ERR));
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("working"), ERR));
  memtier_store_statistics s = statistics_of(store);
  CHECK_INT(s.demotions, 1);
  CHECK_INT(s.promotions, 2);
  CHECK_DOUBLE(s.demotions_per_hour, 1);
  CHECK_DOUBLE(s.promotions_per_hour, 2);
  advance(HOUR_US + 1);
  s = statistics_of(store);
  CHECK_INT(s.promotions, 2);
  CHECK_DOUBLE(s.demotions_per_hour, 0);
  CHECK_DOUBLE(s.promotions_per_hour, 0);
  close_store(store);
}

static void items_pushed_out_of_the_last_tier_are_evictions(void) {
  memtier_store* store =
      ladder_store("{'tiers': [{'name': 'only', 'medium': 'ram', 'capacity_items': 2}]}");
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'b'}");
  put(store, NULL, "{'id': 'c'}");
  const memtier_store_statistics s = statistics_of(store);
  CHECK_INT(s.evictions, 1);
  CHECK_INT(s.item_count, 2);
  CHECK_INT(s.deletes, 0);
  close_store(store);
}

static void residents_are_what_lies_in_ram(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'b', 'tier': 'short_term'}");
  put(store, NULL, "{'id': 'c', 'tier': 'long_term'}");
  put(store, NULL, "{'id': 'd', 'tier': 'archive'}");
  const memtier_store_statistics s = statistics_of(store);
  CHECK_INT(s.resident_count, 2);
  CHECK(s.resident_bytes > 0 && s.resident_bytes <= s.memory_used_bytes);
  close_store(store);
}

static void counters_start_anew_with_a_process_and_the_rest_stays(void) {
  memtier_store* store = open_with(test_path("a.mem"), options_with_clock());
  put(store, NULL, "{'id': 'a', 'content': 'tea'}");
  read_times(store, "a", 1);
  const memtier_store_statistics before = statistics_of(store);
  close_store(store);
  store = open_with(test_path("a.mem"), options_with_clock());
  const memtier_store_statistics after = statistics_of(store);
  CHECK_INT(after.item_count, 1);
  CHECK_INT(after.item_bytes, before.item_bytes);
  CHECK_INT(after.sequence, before.sequence);
  CHECK_INT(after.puts + after.gets, 0);
  close_store(store);
}

static void a_later_struct_is_cleared_to_its_end(void) {
  struct {
    memtier_store_statistics now;
    int64_t later[4];
  } s;
  memset(&s, 0xee, sizeof s);
  s.now.struct_size = sizeof s;
  memtier_store* store = memory_store();
  OK(memtier_store_get_statistics(store, &s.now, ERR));
  CHECK_INT(s.now.struct_size, sizeof s);
  for (int i = 0; i < 4; ++i) CHECK_INT(s.later[i], 0);
  close_store(store);
}

static void an_earlier_or_absurd_struct_is_refused(void) {
  memtier_store* store = memory_store();
  memtier_store_statistics s;
  s.struct_size = 8;
  FAILS_SAYING(memtier_store_get_statistics(store, &s, ERR), MEMTIER_INVALID, "struct_size");
  s.struct_size = 0;
  FAILS_SAYING(memtier_store_get_statistics(store, &s, ERR), MEMTIER_INVALID, "struct_size");
  s.struct_size = UINT32_MAX; /* never set, by the look of it */
  FAILS_SAYING(memtier_store_get_statistics(store, &s, ERR), MEMTIER_INVALID, "struct_size");
  close_store(store);
}

static void a_failure_clears_the_struct(void) {
  memtier_store* store = memory_store();
  close_store(store);
  memtier_store_statistics s;
  memset(&s, 0xee, sizeof s);
  s.struct_size = sizeof s;
  FAILS(memtier_store_get_statistics(store, &s, ERR), MEMTIER_CLOSED);
  CHECK_INT(s.item_count, 0);
  CHECK_DOUBLE(s.demotions_per_hour, 0);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(an_empty_store_has_nothing_but_its_limits_and_its_file),
      TEST_CASE(items_are_counted_with_their_bytes),
      TEST_CASE(an_expired_item_is_counted_apart_until_it_is_swept),
      TEST_CASE(the_sequence_is_the_number_of_the_newest_change),
      TEST_CASE(gets_are_counted_by_where_they_were_answered),
      TEST_CASE(answers_that_are_kept_are_counted),
      TEST_CASE(items_that_come_into_ram_with_others_are_counted),
      TEST_CASE(what_is_no_read_by_id_is_not_counted_as_one),
      TEST_CASE(updates_count_as_puts),
      TEST_CASE(moves_are_counted_by_direction_and_over_the_last_hour),
      TEST_CASE(items_pushed_out_of_the_last_tier_are_evictions),
      TEST_CASE(residents_are_what_lies_in_ram),
      TEST_CASE(counters_start_anew_with_a_process_and_the_rest_stays),
      TEST_CASE(a_later_struct_is_cleared_to_its_end),
      TEST_CASE(a_failure_clears_the_struct),
      TEST_CASE(an_earlier_or_absurd_struct_is_refused),
  };
  return RUN_TESTS(argc, argv, kTests);
}
