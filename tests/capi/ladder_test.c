/* memtier.h, section 13: ladders and the numbers about tiers. */
#include "capi/support.h"

static int64_t tier_count(memtier_store* store) {
  int64_t count = -1;
  OK(memtier_tier_count(store, &count, ERR));
  return count;
}

/* "working ram 100, short_term ram 1000, ..." */
static void describe(memtier_store* store, char* text, size_t size) {
  static const char* const kMedia[] = {"?", "ram", "database", "archive"};
  text[0] = '\0';
  for (int64_t i = 0; i < tier_count(store); ++i) {
    const memtier_tier_statistics tier = tier_of(store, i);
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s %s %d", i == 0 ? "" : ", ", tier.name,
             kMedia[tier.medium], (int)tier.capacity_items);
  }
}

static void the_presets_are_those_of_the_header(void) {
  static const char* const kRows[][2] = {
      {"default", "working ram 100, short_term ram 1000, long_term database 0, archive archive 0"},
      {"six",
       "immediate ram 50, working ram 100, session ram 1000, episodic database 0, "
       "semantic database 0, archived archive 0"},
      {"three", "short_term ram 100, long_term database 1000, external archive 0"},
      {"levels",
       "immediate ram 50, recent ram 500, important database 5000, learned database "
       "10000"},
  };
  for (size_t i = 0; i < sizeof kRows / sizeof kRows[0]; ++i) {
    char text[512];
    memtier_store* store = ladder_store(kRows[i][0]);
    describe(store, text, sizeof text);
    CHECK_TEXT(text, kRows[i][1]);
    close_store(store);
  }
  memtier_store* six = ladder_store("six");
  const int64_t budgets_ms[] = {1, 10, 100, 1000, 5000, 30000};
  for (int64_t i = 0; i < 6; ++i) {
    CHECK_INT(tier_of(six, i).latency_budget_us, budgets_ms[i] * 1000);
  }
  close_store(six);
  memtier_store* store = memory_store();
  CHECK_TEXT(tier_of(store, 3).name, "archive"); /* where no ladder is given */
  close_store(store);
}

static void a_document_makes_a_ladder_of_ones_own(void) {
  memtier_store* store = ladder_store(
      "{'tiers': [{'name': 'near', 'medium': 'ram', 'capacity_items': 7, 'capacity_bytes': 1000,"
      " 'latency_budget_us': 50, 'ttl_seconds': 60}, {'name': 'far', 'medium': 'archive'}]}");
  CHECK_INT(tier_count(store), 2);
  const memtier_tier_statistics near = tier_of(store, 0);
  CHECK_INT(near.medium, MEMTIER_MEDIUM_RAM);
  CHECK_INT(near.capacity_items, 7);
  CHECK_INT(near.capacity_bytes, 1000);
  CHECK_INT(near.latency_budget_us, 50);
  CHECK_INT(tier_of(store, 1).medium, MEMTIER_MEDIUM_ARCHIVE);
  close_store(store);
}

static void a_ladder_has_one_to_sixteen_tiers(void) {
  for (int tiers = 0; tiers <= MEMTIER_MAX_TIERS + 1; ++tiers) {
    char json[2048] = "{\"tiers\": [";
    for (int i = 0; i < tiers; ++i) {
      const size_t used = strlen(json);
      snprintf(json + used, sizeof json - used, "%s{\"name\": \"t%d\", \"medium\": \"database\"}",
               i == 0 ? "" : ", ", i);
    }
    strcat(json, "]}");
    memtier_options* options = NULL;
    OK(memtier_options_create(&options, ERR));
    const int good = tiers >= 1 && tiers <= MEMTIER_MAX_TIERS;
    FAILS(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, SIZED(json), ERR),
          good ? MEMTIER_OK : MEMTIER_INVALID);
    if (good) {
      memtier_store* store = open_with(":memory:", options);
      CHECK_INT(tier_count(store), tiers);
      close_store(store);
    } else {
      memtier_options_destroy(options);
    }
  }
}

static void the_ladder_in_force_can_be_read_and_given_again(void) {
  memtier_options* options = options_with_clock();
  set_ladder(options, "levels");
  memtier_store* store = open_with(test_path("a.mem"), options);
  memtier_bytes* json = NULL;
  OK(memtier_store_get_ladder(store, &json, ERR));
  CHECK_HAS(memtier_bytes_data(json), Q("'immediate'"));
  CHECK_HAS(memtier_bytes_data(json), Q("'validation_count_above'"));
  close_store(store);
  options = options_with_clock();
  OK(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, memtier_bytes_data(json),
                              memtier_bytes_size(json), ERR));
  store = open_with(test_path("a.mem"), options);
  close_store(store);
  memtier_bytes_destroy(json);
}

static void a_store_keeps_its_ladder_and_takes_no_other(void) {
  memtier_options* options = options_with_clock();
  set_ladder(options, "three");
  close_store(open_with(test_path("a.mem"), options));
  memtier_store* store = open_with(test_path("a.mem"), options_with_clock()); /* not set: its own */
  CHECK_TEXT(tier_of(store, 2).name, "external");
  close_store(store);
  options = options_with_clock();
  set_ladder(options, "six");
  FAILS_SAYING(memtier_store_open(test_path("a.mem"), options, &store, ERR), MEMTIER_MISMATCH,
               "ladder");
  CHECK(store == NULL);
  memtier_options_destroy(options);
}

static void the_numbers_of_a_tier_are_of_its_items(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'importance': 0.25, 'content': 'x'}");
  advance(10 * SECOND_US);
  put(store, NULL, "{'id': 'b', 'importance': 0.75, 'content': 'yz'}");
  put(store, NULL, "{'id': 'c', 'tier': 'archive'}");
  put(store, NULL, "{'id': 'd', 'ttl_us': 1}");
  advance(10 * SECOND_US);
  const memtier_tier_statistics tier = tier_of(store, 0);
  CHECK_TEXT(tier.name, "working");
  CHECK_INT(tier.item_count, 2); /* "d" is over */
  memtier_item* a = peek_item(store, NULL, "a");
  memtier_item* b = peek_item(store, NULL, "b");
  CHECK_INT(tier.item_bytes,
            number_of(a, MEMTIER_FIELD_SIZE_BYTES) + number_of(b, MEMTIER_FIELD_SIZE_BYTES));
  memtier_item_destroy(a);
  memtier_item_destroy(b);
  CHECK_DOUBLE(tier.average_importance, 0.5);
  CHECK_DOUBLE(tier.average_age_seconds, 15);
  CHECK_DOUBLE(tier.utilization, 0.02);
  CHECK(tier.resident_count >= 2);
  const memtier_tier_statistics archive = tier_of(store, 3);
  CHECK_INT(archive.item_count, 1);
  CHECK_INT(archive.resident_count, 0);
  CHECK_DOUBLE(archive.utilization, 0);
  const memtier_tier_statistics empty = tier_of(store, 2);
  CHECK_INT(empty.item_count, 0);
  CHECK_DOUBLE(empty.average_age_seconds, 0);
  close_store(store);
}

static void utilization_is_of_the_fuller_capacity(void) {
  memtier_store* store = ladder_store(
      "{'tiers': [{'name': 't', 'medium': 'ram', 'capacity_items': 100, 'capacity_bytes': 200}]}");
  put(store, NULL, "{'id': 'a'}");
  const memtier_tier_statistics tier = tier_of(store, 0);
  CHECK_DOUBLE(tier.utilization, (double)tier.item_bytes / 200);
  close_store(store);
}

static void hits_are_counted_in_the_tier_where_the_item_lay(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'hot'}");
  put(store, NULL, "{'id': 'cold', 'tier': 'archive'}");
  read_times(store, "hot", 3);
  read_times(store, "cold", 1);
  CHECK_INT(tier_of(store, 0).hits, 3);
  CHECK_INT(tier_of(store, 3).hits, 1);
  CHECK_DOUBLE(tier_of(store, 0).hit_rate, 0.75);
  CHECK_DOUBLE(tier_of(store, 1).hit_rate, 0);
  close_store(store);
}

static void a_tier_that_is_none_is_refused(void) {
  memtier_store* store = memory_store();
  const int64_t wrong[] = {-1, 4, 16, INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < 5; ++i) {
    memtier_tier_statistics tier;
    memset(&tier, 0xee, sizeof tier);
    tier.struct_size = sizeof tier;
    FAILS_SAYING(memtier_tier_get_statistics(store, wrong[i], &tier, ERR), MEMTIER_INVALID, "tier");
    CHECK(tier.item_count == 0 && tier.name[0] == '\0' && tier.medium == 0);
  }
  close_store(store);
}

static void a_tier_struct_has_a_size(void) {
  memtier_store* store = memory_store();
  struct {
    memtier_tier_statistics now;
    int64_t later;
  } tier;
  memset(&tier, 0xee, sizeof tier);
  tier.now.struct_size = sizeof tier;
  OK(memtier_tier_get_statistics(store, 0, &tier.now, ERR));
  CHECK_INT(tier.later, 0);
  const uint32_t wrong[] = {0, 8, sizeof(memtier_tier_statistics) - 1, UINT32_MAX};
  for (size_t i = 0; i < 4; ++i) {
    tier.now.struct_size = wrong[i];
    FAILS_SAYING(memtier_tier_get_statistics(store, 0, &tier.now, ERR), MEMTIER_INVALID,
                 "struct_size");
  }
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(the_presets_are_those_of_the_header),
      TEST_CASE(a_document_makes_a_ladder_of_ones_own),
      TEST_CASE(a_ladder_has_one_to_sixteen_tiers),
      TEST_CASE(the_ladder_in_force_can_be_read_and_given_again),
      TEST_CASE(a_store_keeps_its_ladder_and_takes_no_other),
      TEST_CASE(the_numbers_of_a_tier_are_of_its_items),
      TEST_CASE(utilization_is_of_the_fuller_capacity),
      TEST_CASE(hits_are_counted_in_the_tier_where_the_item_lay),
      TEST_CASE(a_tier_that_is_none_is_refused),
      TEST_CASE(a_tier_struct_has_a_size),
  };
  return RUN_TESTS(argc, argv, kTests);
}
