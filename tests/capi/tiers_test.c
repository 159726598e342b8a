/* memtier.h, section 13: how items move along the ladder, by use, by age, by capacity, by hand. */
#include "capi/support.h"

/* Two tiers in RAM of which the first holds two. */
static const char kSmall[] =
    "{'tiers': [{'name': 'top', 'medium': 'ram', 'capacity_items': 2},"
    " {'name': 'mid', 'medium': 'ram', 'capacity_items': 3},"
    " {'name': 'end', 'medium': 'archive'}]}";

static void a_full_tier_gives_its_lowest_to_the_next(void) {
  memtier_store* store = ladder_store(kSmall);
  put(store, NULL, "{'id': 'low', 'importance': 0.1}");
  put(store, NULL, "{'id': 'high', 'importance': 0.7}");
  put(store, NULL, "{'id': 'new', 'importance': 0.5}");
  CHECK_TEXT(tier_name(store, "low"), "mid");
  CHECK_TEXT(tier_name(store, "high"), "top");
  CHECK_TEXT(tier_name(store, "new"), "top");
  CHECK_TEXT(transitions_of(store, ""), "low top>mid capacity");
  close_store(store);
}

static void an_overflow_goes_down_the_whole_ladder(void) {
  memtier_store* store = ladder_store(kSmall);
  for (int i = 0; i < 7; ++i) {
    char json[64];
    snprintf(json, sizeof json, "{'id': '%d', 'importance': 0.%d}", i, i + 1);
    put(store, NULL, json);
  }
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'tier': 'top'}, 'order_by': 'id'}"), "6 5");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'tier': 'mid'}, 'order_by': 'id'}"), "4 3 2");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'tier': 'end'}, 'order_by': 'id'}"), "1 0");
  CHECK_INT(statistics_of(store).demotions, 5 + 2);
  close_store(store);
}

static void a_tenth_goes_at_once(void) {
  memtier_store* store = ladder_store(
      "{'tiers': [{'name': 'a', 'medium': 'ram', 'capacity_items': 50},"
      " {'name': 'b', 'medium': 'archive'}]}");
  for (int i = 0; i < 51; ++i) put(store, NULL, "{}");
  CHECK_INT(tier_of(store, 0).item_count, 46);
  CHECK_INT(tier_of(store, 1).item_count, 5);
  close_store(store);
}

static void bytes_can_be_what_makes_a_tier_full(void) {
  memtier_store* store = ladder_store(
      "{'tiers': [{'name': 'a', 'medium': 'ram', 'capacity_bytes': 300},"
      " {'name': 'b', 'medium': 'archive'}]}");
  char json[512];
  for (int i = 0; i < 3; ++i) {
    snprintf(json, sizeof json, "{'id': '%d', 'importance': 0.%d, 'content': '%0100d'}", i, i + 1,
             0);
    put(store, NULL, json);
    CHECK(tier_of(store, 0).item_bytes <= 300);
  }
  CHECK_TEXT(tier_name(store, "0"), "b");
  CHECK_TEXT(tier_name(store, "2"), "a");
  close_store(store);
}

static void the_last_tier_evicts_only_if_it_has_a_capacity(void) {
  memtier_store* store =
      ladder_store("{'tiers': [{'name': 'only', 'medium': 'database', 'capacity_items': 2}]}");
  put(store, NULL, "{'id': 'low', 'importance': 0.1, 'content': 'words'}");
  put(store, NULL, "{'id': 'high', 'importance': 0.7}");
  put(store, NULL, "{'id': 'new', 'importance': 0.5}");
  FAILS(try_get(store, NULL, "low"), MEMTIER_NOT_FOUND);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'words'}"), "");
  CHECK_TEXT(transitions_of(store, ""), "low only> evicted");
  CHECK_INT(statistics_of(store).evictions, 1);
  close_store(store);
}

/* Puts four items that differ in everything that an order can look at into a tier of three; tells
 * which went. */
static const char* first_to_go(int32_t order) {
  memtier_options* options = options_with_clock();
  set_ladder(options,
             "{'tiers': [{'name': 'a', 'medium': 'ram', 'capacity_items': 3},"
             " {'name': 'b', 'medium': 'database'}]}");
  set_option(options, MEMTIER_OPTION_EVICTION_ORDER, order);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'lfu', 'importance': 0.9, 'priority': 9}");
  put(store, NULL, "{'id': 'lru', 'importance': 0.9, 'priority': 9}");
  put(store, NULL, "{'id': 'expiry', 'importance': 0.9, 'priority': 9, 'ttl_us': 9000000000}");
  advance(SECOND_US);
  read_times(store, "lru", 3);
  advance(SECOND_US);
  read_times(store, "expiry", 2);
  read_times(store, "lfu", 1);
  advance(SECOND_US);
  memtier_item_builder* fourth = builder_of("{'id': 'fourth'}");
  OK(memtier_item_builder_set_double(fourth, MEMTIER_FIELD_IMPORTANCE,
                                     order == MEMTIER_EVICTION_RETENTION ? 0.1 : 1.0, ERR));
  OK(memtier_item_builder_set_int64(fourth, MEMTIER_FIELD_PRIORITY,
                                    order == MEMTIER_EVICTION_PRIORITY ? -1 : 9, ERR));
  OK(memtier_item_builder_set_int64(fourth, MEMTIER_FIELD_ACCESS_COUNT, 9, ERR));
  OK(memtier_item_put(store, NULL, fourth, 0, 0, NULL, ERR));
  memtier_item_builder_destroy(fourth);
  const char* gone = list_ids(store, NULL, "{'filter': {'tier': 'b'}}");
  close_store(store);
  return gone;
}

static void the_order_of_eviction_is_an_option(void) {
  CHECK_TEXT(first_to_go(MEMTIER_EVICTION_RETENTION), "fourth");
  CHECK_TEXT(first_to_go(MEMTIER_EVICTION_LRU), "lru");
  CHECK_TEXT(first_to_go(MEMTIER_EVICTION_LFU), "lfu");
  CHECK_TEXT(first_to_go(MEMTIER_EVICTION_EXPIRY), "expiry");
  CHECK_TEXT(first_to_go(MEMTIER_EVICTION_PRIORITY), "fourth");
}

static void the_retention_score_is_the_formula_of_the_header(void) {
  /* idle 24 h: importance + 0.3 / 2 + min(0.2 * count / 24, 0.3) */
  memtier_store* store = ladder_store(kSmall);
  put(store, NULL, "{'id': 'used', 'importance': 0.40, 'access_count': 24}"); /* 0.40+0.15+0.20 */
  put(store, NULL, "{'id': 'rest', 'importance': 0.58}");                     /* 0.58+0.15 */
  advance(24 * HOUR_US);
  put(store, NULL, "{'id': 'new', 'importance': 0.50}"); /* 0.50+0.30 */
  CHECK_TEXT(tier_name(store, "rest"), "mid");
  CHECK_TEXT(tier_name(store, "used"), "top");
  close_store(store);
}

static void three_reads_within_an_hour_bring_an_item_one_tier_up(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'tier': 'archive'}");
  read_times(store, "a", 2);
  CHECK_TEXT(tier_name(store, "a"), "archive");
  read_times(store, "a", 1);
  CHECK_TEXT(tier_name(store, "a"), "long_term");
  CHECK_TEXT(transitions_of(store, "a"), "a archive>long_term reads");
  put(store, NULL, "{'id': 'slow', 'tier': 'long_term'}");
  for (int i = 0; i < 6; ++i) {
    read_times(store, "slow", 1);
    advance(HOUR_US);
  }
  CHECK_TEXT(tier_name(store, "slow"), "long_term");
  close_store(store);
}

/* The reads that brought it up count at once, also where they are not in the file yet. */
static void what_reads_brought_up_is_not_the_first_to_go_down_again(void) {
  memtier_store* store = ladder_store(
      "{'tiers': [{'name': 'near', 'medium': 'ram', 'capacity_items': 3},"
      " {'name': 'far', 'medium': 'archive', 'promote': {'reads': 2, 'within_seconds': 60}}]}");
  put(store, NULL, "{'id': 'a', 'importance': 0.2}");
  put(store, NULL, "{'id': 'b', 'importance': 0.3}");
  put(store, NULL, "{'id': 'c', 'importance': 0.7}");
  put(store, NULL, "{'id': 'd', 'importance': 0.7}");
  CHECK_TEXT(tier_name(store, "a"), "far");
  read_times(store, "a", 2);
  CHECK_TEXT(transitions_of(store, ""),
             "b near>far capacity; a far>near reads; a near>far capacity");
  close_store(store);
}

static void importance_brings_an_item_up_at_its_next_read(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'tier': 'long_term', 'importance': 0.81}");
  put(store, NULL, "{'id': 'b', 'tier': 'long_term', 'importance': 0.8}");
  CHECK_TEXT(tier_name(store, "a"), "long_term");
  read_times(store, "a", 1);
  read_times(store, "b", 1);
  CHECK_TEXT(tier_name(store, "a"), "short_term");
  CHECK_TEXT(tier_name(store, "b"), "long_term");
  CHECK_TEXT(transitions_of(store, "a"), "a long_term>short_term importance");
  close_store(store);
}

static void reads_in_all_and_validations_count_where_the_ladder_says_so(void) {
  memtier_store* store = ladder_store("levels");
  put(store, NULL, "{'id': 'read', 'tier': 'learned', 'access_count': 2}");
  read_times(store, "read", 1);
  CHECK_TEXT(tier_name(store, "read"), "learned");
  read_times(store, "read", 1);
  CHECK_TEXT(transitions_of(store, "read"), "read learned>important access_count");
  put(store, NULL, "{'id': 'valid', 'tier': 'learned'}");
  int64_t count = 0;
  for (int i = 1; i <= 6; ++i) {
    OK(memtier_item_validate(store, NULL, SIZED("valid"), &count, ERR));
    CHECK_INT(count, i);
  }
  read_times(store, "valid", 1);
  CHECK_TEXT(transitions_of(store, "valid"), "valid learned>important validation");
  close_store(store);
}

static void an_item_is_moved_by_hand(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("archive"), ERR));
  CHECK_TEXT(tier_name(store, "a"), "archive");
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("archive"), ERR)); /* it lies there already */
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("short_term"), ERR));
  CHECK_TEXT(transitions_of(store, "a"), "a archive>short_term manual; a working>archive manual");
  FAILS_SAYING(memtier_item_move(store, NULL, "b", 1, SIZED("archive"), ERR), MEMTIER_NOT_FOUND,
               "b");
  FAILS_SAYING(memtier_item_move(store, NULL, "a", 1, SIZED("attic"), ERR), MEMTIER_NOT_FOUND,
               "attic");
  close_store(store);
}

static void several_of_one_id_are_ambiguous_to_move_and_to_validate(void) {
  memtier_store* store = memory_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* bob = scope_of("user=bob");
  put(store, ada, "{'id': 'x'}");
  put(store, bob, "{'id': 'x'}");
  int64_t count = 7;
  FAILS(memtier_item_move(store, NULL, "x", 1, SIZED("archive"), ERR), MEMTIER_AMBIGUOUS);
  FAILS(memtier_item_validate(store, NULL, "x", 1, &count, ERR), MEMTIER_AMBIGUOUS);
  CHECK_INT(count, 0);
  OK(memtier_item_move(store, bob, "x", 1, SIZED("archive"), ERR));
  OK(memtier_item_validate(store, bob, "x", 1, &count, ERR));
  CHECK_INT(count, 1);
  OK(memtier_item_validate(store, bob, "x", 1, NULL, ERR));
  FAILS(memtier_item_validate(store, bob, "y", 1, &count, ERR), MEMTIER_NOT_FOUND);
  memtier_scope_destroy(ada);
  memtier_scope_destroy(bob);
  close_store(store);
}

static void a_validation_is_no_new_version_and_no_read(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  OK(memtier_item_validate(store, NULL, "a", 1, NULL, ERR));
  memtier_item* item = peek_item(store, NULL, "a");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 0);
  memtier_item_destroy(item);
  close_store(store);
}

static void a_pinned_item_stays_where_it_is(void) {
  memtier_store* store = ladder_store(kSmall);
  put(store, NULL, "{'id': 'pin1', 'importance': 0.0, 'pinned': true}");
  put(store, NULL, "{'id': 'pin2', 'importance': 0.0, 'pinned': true}");
  put(store, NULL, "{'id': 'a', 'importance': 1.0}");
  CHECK_TEXT(tier_name(store, "pin1"), "top");
  CHECK_TEXT(tier_name(store, "pin2"), "top");
  CHECK_TEXT(tier_name(store, "a"), "mid");
  put(store, NULL, "{'id': 'pin3', 'pinned': true, 'tier': 'end', 'importance': 1.0}");
  read_times(store, "pin3", 5);
  CHECK_TEXT(tier_name(store, "pin3"), "end"); /* no read brings it up */
  close_store(store);
}

static int64_t optimize(memtier_store* store, const memtier_scope* scope, int64_t demoted[4]) {
  int64_t total = -1;
  OK(memtier_tier_optimize(store, scope, NULL, demoted, 4, &total, ERR));
  return total;
}

static void optimize_takes_what_lies_idle_one_tier_down(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'idle'}");
  put(store, NULL, "{'id': 'idle2', 'tier': 'short_term'}");
  put(store, NULL, "{'id': 'often', 'access_count': 2}");
  put(store, NULL, "{'id': 'pin', 'pinned': true}");
  put(store, NULL, "{'id': 'recent'}");
  advance(24 * HOUR_US + 1);
  read_times(store, "recent", 1);
  int64_t demoted[4] = {7, 7, 7, 7};
  CHECK_INT(optimize(store, NULL, demoted), 2);
  CHECK(demoted[0] == 1 && demoted[1] == 1 && demoted[2] == 0 && demoted[3] == 0);
  CHECK_TEXT(tier_name(store, "idle"), "short_term"); /* an item moves once */
  CHECK_TEXT(tier_name(store, "idle2"), "long_term");
  CHECK_TEXT(tier_name(store, "often"), "working");
  CHECK_TEXT(tier_name(store, "pin"), "working");
  CHECK_TEXT(tier_name(store, "recent"), "working");
  CHECK_TEXT(transitions_of(store, "idle"), "idle working>short_term idle");
  CHECK_INT(optimize(store, NULL, demoted), 1);
  CHECK_INT(optimize(store, NULL, demoted), 0); /* the database has no such rule */
  close_store(store);
}

static void optimize_keeps_to_its_scope_and_needs_room_for_all_tiers(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  put(store, ada, "{'id': 'a'}");
  put(store, NULL, "{'id': 'n'}");
  advance(25 * HOUR_US);
  int64_t demoted[4] = {0}, total = 7;
  FAILS_SAYING(memtier_tier_optimize(store, NULL, NULL, demoted, 3, &total, ERR), MEMTIER_INVALID,
               "demoted_size");
  CHECK_INT(total, 0);
  CHECK_INT(optimize(store, ada, demoted), 1);
  CHECK_TEXT(tier_name(store, "n"), "working");
  OK(memtier_tier_optimize(store, NULL, NULL, NULL, 0, &total, ERR));
  CHECK_INT(total, 2);
  memtier_scope_destroy(ada);
  close_store(store);
}

static int64_t clear(memtier_store* store, const memtier_scope* scope, const char* tiers) {
  const char* text = Q(tiers);
  int64_t count = -1;
  OK(memtier_tier_clear(store, scope, SIZED(text), NULL, &count, ERR));
  return count;
}

static void clearing_deletes_what_lies_in_the_tiers_pinned_items_too(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  put(store, NULL, "{'id': 'w', 'pinned': true}");
  put(store, NULL, "{'id': 's', 'tier': 'short_term'}");
  put(store, NULL, "{'id': 'l', 'tier': 'long_term'}");
  put(store, ada, "{'id': 'a', 'tier': 'archive'}");
  CHECK_INT(clear(store, ada, "['working', 'short_term']"), 0);
  CHECK_INT(clear(store, NULL, "['working', 'short_term']"), 2);
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'id'}"), "l a");
  CHECK_INT(clear(store, NULL, "['*']"), 2);
  CHECK_INT(count_items(store, NULL, ""), 0);
  memtier_scope_destroy(ada);
  close_store(store);
}

static void clearing_refuses_tiers_that_are_none(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  const char* wrong[] = {"", "'working'", "{}", "[]", "[1]", "['*', 'working']", "["};
  int64_t count = 7;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    const char* text = Q(wrong[i]);
    FAILS_SAYING(memtier_tier_clear(store, NULL, SIZED(text), NULL, &count, ERR), MEMTIER_INVALID,
                 "tiers");
    CHECK_INT(count, 0);
  }
  const char* unknown = "[\"working\", \"attic\"]";
  FAILS_SAYING(memtier_tier_clear(store, NULL, SIZED(unknown), NULL, &count, ERR),
               MEMTIER_NOT_FOUND, "attic");
  CHECK_INT(count_items(store, NULL, ""), 1);
  close_store(store);
}

static void the_log_of_transitions_is_read_by_item_scope_time_and_number(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  put(store, ada, "{'id': 'a'}");
  put(store, NULL, "{'id': 'n', 'ttl_us': 5000000}");
  OK(memtier_item_move(store, ada, "a", 1, SIZED("archive"), ERR));
  advance(10 * SECOND_US);
  CHECK_INT(sweep(store), 1);
  CHECK_TEXT(transitions_of(store, ""), "n working> expired; a working>archive manual");
  memtier_transitions* rows = NULL;
  const int64_t* times = NULL;
  OK(memtier_transition_list(store, NULL, NULL, 0, START_US, 1000, &rows, ERR)); /* only later */
  CHECK_INT(memtier_transitions_count(rows), 1);
  OK(memtier_transitions_column_int64(rows, MEMTIER_FIELD_TIME_US, &times, ERR));
  CHECK_INT(times[0], START_US + 10 * SECOND_US);
  memtier_transitions_destroy(rows);
  OK(memtier_transition_list(store, ada, NULL, 0, 0, 1000, &rows, ERR));
  CHECK_INT(memtier_transitions_count(rows), 1);
  memtier_transitions_destroy(rows);
  OK(memtier_transition_list(store, NULL, NULL, 0, 0, 1, &rows, ERR));
  CHECK_INT(memtier_transitions_count(rows), 1);
  memtier_transitions_destroy(rows);
  memtier_scope_destroy(ada);
  close_store(store);
}

static void wrong_questions_to_the_log_are_refused(void) {
  memtier_store* store = clocked_store();
  memtier_transitions* rows = NULL;
  const int64_t limits[] = {0, -1, 100001};
  for (int i = 0; i < 3; ++i) {
    rows = (memtier_transitions*)&store;
    FAILS_SAYING(memtier_transition_list(store, NULL, NULL, 0, 0, limits[i], &rows, ERR),
                 MEMTIER_INVALID, "limit");
    CHECK(rows == NULL);
  }
  OK(memtier_transition_list(store, NULL, NULL, 0, 0, 100000, &rows, ERR));
  const memtier_slice* texts = NULL;
  const int64_t* numbers = NULL;
  FAILS_SAYING(memtier_transitions_column_text(rows, MEMTIER_FIELD_TYPE, &texts, ERR),
               MEMTIER_INVALID, "field");
  FAILS_SAYING(memtier_transitions_column_int64(rows, MEMTIER_FIELD_VERSION, &numbers, ERR),
               MEMTIER_INVALID, "field");
  memtier_transitions_destroy(rows);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_full_tier_gives_its_lowest_to_the_next),
      TEST_CASE(an_overflow_goes_down_the_whole_ladder),
      TEST_CASE(a_tenth_goes_at_once),
      TEST_CASE(bytes_can_be_what_makes_a_tier_full),
      TEST_CASE(the_last_tier_evicts_only_if_it_has_a_capacity),
      TEST_CASE(the_order_of_eviction_is_an_option),
      TEST_CASE(the_retention_score_is_the_formula_of_the_header),
      TEST_CASE(three_reads_within_an_hour_bring_an_item_one_tier_up),
      TEST_CASE(what_reads_brought_up_is_not_the_first_to_go_down_again),
      TEST_CASE(importance_brings_an_item_up_at_its_next_read),
      TEST_CASE(reads_in_all_and_validations_count_where_the_ladder_says_so),
      TEST_CASE(an_item_is_moved_by_hand),
      TEST_CASE(several_of_one_id_are_ambiguous_to_move_and_to_validate),
      TEST_CASE(a_validation_is_no_new_version_and_no_read),
      TEST_CASE(a_pinned_item_stays_where_it_is),
      TEST_CASE(optimize_takes_what_lies_idle_one_tier_down),
      TEST_CASE(optimize_keeps_to_its_scope_and_needs_room_for_all_tiers),
      TEST_CASE(clearing_deletes_what_lies_in_the_tiers_pinned_items_too),
      TEST_CASE(clearing_refuses_tiers_that_are_none),
      TEST_CASE(the_log_of_transitions_is_read_by_item_scope_time_and_number),
      TEST_CASE(wrong_questions_to_the_log_are_refused),
  };
  return RUN_TESTS(argc, argv, kTests);
}
