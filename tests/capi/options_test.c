/* memtier.h, section 5: options. */
#include "capi/support.h"

#include <stdlib.h>

typedef struct bounds {
  int32_t key;
  int64_t standard;
} bounds;

/* Every whole-number key, with the default that the header promises. */
static const bounds kKeys[] = {
    {MEMTIER_OPTION_CREATE, 1},
    {MEMTIER_OPTION_DURABILITY, MEMTIER_DURABILITY_NORMAL},
    {MEMTIER_OPTION_RELAXED_INTERVAL_MS, 10},
    {MEMTIER_OPTION_BUSY_TIMEOUT_MS, 10000},
    {MEMTIER_OPTION_JOURNAL_BYTES, 16 << 20},
    {MEMTIER_OPTION_MEMORY_LIMIT_BYTES, 256 << 20},
    {MEMTIER_OPTION_READER_COUNT, 4},
    {MEMTIER_OPTION_BACKGROUND, 1},
    {MEMTIER_OPTION_TRANSITION_LIMIT, 10000},
    {MEMTIER_OPTION_ACCESS_INTERVAL_MS, 5000},
    {MEMTIER_OPTION_TTL_REFRESH_ON_READ, 0},
    {MEMTIER_OPTION_EVICTION_ORDER, MEMTIER_EVICTION_RETENTION},
    {MEMTIER_OPTION_RANDOM_SEED, 0},
    {MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS, 30 * 86400},
    {MEMTIER_OPTION_LEARN_LINKS, 0},
    {MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES, 1024},
    {MEMTIER_OPTION_MAINTENANCE_INTERVAL_MS, 0},
    {MEMTIER_OPTION_MAINTENANCE_BUDGET_MS, 100},
    {MEMTIER_OPTION_QUERY_CACHE_BYTES, 0},
    {MEMTIER_OPTION_CHANGE_LADDER, 0},
    {MEMTIER_OPTION_PREFETCH, 0},
};
#define KEYS (sizeof kKeys / sizeof kKeys[0])

static memtier_options* new_options(void) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  return options;
}

static void every_key_has_the_default_of_the_header_within_its_bounds(void) {
  for (size_t i = 0; i < KEYS; ++i) {
    int64_t minimum = -1, maximum = -1, standard = -1;
    OK(memtier_option_get_bounds(kKeys[i].key, &minimum, &maximum, &standard, ERR));
    CHECK_INT(standard, kKeys[i].standard);
    CHECK(minimum <= standard && standard <= maximum);
  }
}

static void the_bounds_themselves_are_accepted_and_what_lies_beyond_is_refused(void) {
  memtier_options* options = new_options();
  for (size_t i = 0; i < KEYS; ++i) {
    int64_t minimum = 0, maximum = 0, standard = 0;
    OK(memtier_option_get_bounds(kKeys[i].key, &minimum, &maximum, &standard, ERR));
    OK(memtier_options_set_int64(options, kKeys[i].key, minimum, ERR));
    OK(memtier_options_set_int64(options, kKeys[i].key, maximum, ERR));
    char range[64];
    snprintf(range, sizeof range, "from %lld to %lld", (long long)minimum, (long long)maximum);
    FAILS_SAYING(memtier_options_set_int64(options, kKeys[i].key, minimum - 1, ERR),
                 MEMTIER_INVALID, range);
    if (maximum == INT64_MAX) continue;
    FAILS_SAYING(memtier_options_set_int64(options, kKeys[i].key, maximum + 1, ERR),
                 MEMTIER_INVALID, range);
  }
  memtier_options_destroy(options);
}

static void the_callbacks_order_without_a_callback_opens_no_store(void) {
  memtier_options* options = new_options();
  OK(memtier_options_set_int64(options, MEMTIER_OPTION_EVICTION_ORDER, MEMTIER_EVICTION_CALLBACK,
                               ERR));
  memtier_store* store = (memtier_store*)&options;
  FAILS_SAYING(memtier_store_open(":memory:", options, &store, ERR), MEMTIER_INVALID,
               "no eviction callback");
  CHECK(store == NULL);
  memtier_options_destroy(options);
}

static void an_unknown_key_is_refused_and_named(void) {
  memtier_options* options = new_options();
  int64_t minimum = -1, maximum = -1, standard = -1;
  FAILS_SAYING(memtier_options_set_int64(options, 9999, 1, ERR), MEMTIER_INVALID, "9999");
  FAILS_SAYING(memtier_options_set_text(options, 9999, "x", 1, ERR), MEMTIER_INVALID, "9999");
  FAILS_SAYING(memtier_option_get_bounds(9999, &minimum, &maximum, &standard, ERR), MEMTIER_INVALID,
               "9999");
  CHECK_INT(minimum, 0);
  CHECK_INT(maximum, 0);
  CHECK_INT(standard, 0);
  FAILS(memtier_options_set_int64(options, MEMTIER_OPTION_LADDER, 1, ERR), MEMTIER_INVALID);
  FAILS(memtier_options_set_text(options, MEMTIER_OPTION_CREATE, "1", 1, ERR), MEMTIER_INVALID);
  memtier_options_destroy(options);
}

static void a_ladder_is_checked_at_once_and_copied(void) {
  memtier_options* options = new_options();
  FAILS_SAYING(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, SIZED("nine"), ERR),
               MEMTIER_INVALID, "nine");
  char name[] = "three";
  OK(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, SIZED(name), ERR));
  memset(name, 'x', sizeof name - 1);
  memtier_store* store = open_with(":memory:", options);
  int64_t count = 0;
  OK(memtier_tier_count(store, &count, ERR));
  CHECK_INT(count, 3);
  close_store(store);
}

static void an_empty_ladder_takes_the_choice_back(void) {
  memtier_options* options = new_options();
  set_ladder(options, "six");
  OK(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, NULL, 0, ERR));
  memtier_store* store = open_with(":memory:", options);
  int64_t count = 0;
  OK(memtier_tier_count(store, &count, ERR));
  CHECK_INT(count, 4);
  close_store(store);
}

static void set_tokenizer(memtier_options* options, const char* name) {
  OK(memtier_options_set_text(options, MEMTIER_OPTION_TOKENIZER, SIZED(name), ERR));
}

static void a_tokenizer_is_checked_at_once_copied_and_named_when_unknown(void) {
  memtier_options* options = new_options();
  FAILS_SAYING(memtier_options_set_text(options, MEMTIER_OPTION_TOKENIZER, SIZED("klingon"), ERR),
               MEMTIER_INVALID, "klingon");
  FAILS_SAYING(memtier_options_set_text(options, MEMTIER_OPTION_TOKENIZER, SIZED("CJK"), ERR),
               MEMTIER_INVALID, "english, unicode, cjk or plain");
  FAILS(memtier_options_set_text(options, MEMTIER_OPTION_TOKENIZER, "cjk\0", 4, ERR),
        MEMTIER_INVALID);
  char name[] = "plain";
  set_tokenizer(options, name);
  memset(name, 'x', sizeof name - 1);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a', 'content': 'Tea, please'}");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'Tea,'}"), "a");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "");
  close_store(store);
}

static void an_empty_tokenizer_takes_the_choice_back(void) {
  memtier_options* options = new_options();
  set_tokenizer(options, "plain");
  OK(memtier_options_set_text(options, MEMTIER_OPTION_TOKENIZER, NULL, 0, ERR));
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a', 'content': 'Drinks'}");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'drinking'}"), "a");
  close_store(store);
}

/* Each of the four tells these words apart in its own way. */
static void check_words(memtier_store* store, const char* name) {
  const int english = strcmp(name, "english") == 0, plain = strcmp(name, "plain") == 0;
  const int pairs = english || strcmp(name, "cjk") == 0;
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'drink'}"), english ? "latin" : "");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'cafe'}"), plain ? "" : "latin");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'Caf\u00e9'}"), "latin");
  CHECK_TEXT(search_ids(store, NULL, "{'text': '\u7eff\u8336'}"), pairs ? "han" : "");
}

static void the_store_keeps_its_tokenizer_and_refuses_another(void) {
  static const char* const kNames[] = {"english", "unicode", "cjk", "plain"};
  for (int i = 0; i < 4; ++i) {
    char file[16];
    snprintf(file, sizeof file, "%s.mem", kNames[i]);
    const char* path = test_path(file);
    memtier_options* options = new_options();
    set_tokenizer(options, kNames[i]);
    memtier_store* store = open_with(path, options);
    put(store, NULL, "{'id': 'latin', 'content': 'Caf\u00e9 drinks'}");
    put(store, NULL, "{'id': 'han', 'content': '\u6211\u559c\u6b22\u7eff\u8336'}");
    check_words(store, kNames[i]);
    close_store(store);
    for (int other = 0; other < 4; ++other) {
      options = new_options();
      set_tokenizer(options, kNames[other]);
      if (other == i) {
        close_store(open_with(path, options));
        continue;
      }
      FAILS_SAYING(memtier_store_open(path, options, &store, ERR), MEMTIER_MISMATCH, kNames[i]);
      CHECK(store == NULL);
      memtier_options_destroy(options);
    }
    store = open_store(path);
    check_words(store, kNames[i]);
    close_store(store);
  }
}

static void changing_options_after_opening_changes_nothing(void) {
  memtier_options* options = options_with_clock();
  memtier_store* store = NULL;
  OK(memtier_store_open(":memory:", options, &store, ERR));
  set_ladder(options, "three");
  set_option(options, MEMTIER_OPTION_MEMORY_LIMIT_BYTES, 64 << 20);
  OK(memtier_options_set_clock(options, NULL, ERR));
  int64_t count = 0;
  OK(memtier_tier_count(store, &count, ERR));
  CHECK_INT(count, 4);
  CHECK_INT(statistics_of(store).memory_limit_bytes, 256 << 20);
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), START_US);
  memtier_item_destroy(item);
  memtier_options_destroy(options);
  put(store, NULL, "{'id': 'b'}"); /* a store lives on without them */
  close_store(store);
}

static void one_options_object_opens_several_stores(void) {
  memtier_options* options = options_with_clock();
  memtier_store* stores[3];
  for (int i = 0; i < 3; ++i) OK(memtier_store_open(":memory:", options, &stores[i], ERR));
  memtier_options_destroy(options);
  for (int i = 0; i < 3; ++i) {
    put(stores[i], NULL, "{'id': 'a'}");
    CHECK_INT(count_items(stores[i], NULL, ""), 1);
    close_store(stores[i]);
  }
}

static void ids_generated_with_the_same_seed_and_clock_are_the_same(void) {
  char ids[2][64];
  for (int i = 0; i < 2; ++i) {
    memtier_options* options = options_with_clock();
    set_option(options, MEMTIER_OPTION_RANDOM_SEED, 42);
    memtier_store* store = open_with(":memory:", options);
    memtier_item* item = put_item(store, NULL, "{'content': 'x'}");
    snprintf(ids[i], sizeof ids[i], "%s", text_of(item, MEMTIER_FIELD_ID));
    memtier_item_destroy(item);
    close_store(store);
  }
  CHECK_TEXT(ids[0], ids[1]);
}

static void ids_generated_without_a_seed_differ(void) {
  char ids[2][64];
  for (int i = 0; i < 2; ++i) {
    memtier_store* store = clocked_store();
    memtier_item* item = put_item(store, NULL, "{'content': 'x'}");
    snprintf(ids[i], sizeof ids[i], "%s", text_of(item, MEMTIER_FIELD_ID));
    memtier_item_destroy(item);
    close_store(store);
  }
  CHECK(strcmp(ids[0], ids[1]) != 0);
}

static void destroying_options_twice_or_null_does_nothing(void) {
  memtier_options* options = new_options();
  memtier_options_destroy(options);
  memtier_options_destroy(options);
  memtier_options_destroy(NULL);
  FAILS_SAYING(memtier_options_set_int64(options, MEMTIER_OPTION_CREATE, 1, ERR), MEMTIER_CLOSED,
               "options");
}

static void create_0_refuses_a_missing_file_and_takes_one_that_is_there(void) {
  const char* path = test_path("a.mem");
  memtier_options* options = new_options();
  set_option(options, MEMTIER_OPTION_CREATE, 0);
  memtier_store* store = NULL;
  FAILS_SAYING(memtier_store_open(path, options, &store, ERR), MEMTIER_NOT_FOUND, path);
  CHECK(store == NULL);
  CHECK(!file_exists(path));
  close_store(open_store(path));
  OK(memtier_store_open(path, options, &store, ERR));
  close_store(store);
  memtier_options_destroy(options);
}

static void the_size_of_the_journal_is_set_at_creation(void) {
  const char* path = test_path("a.mem");
  memtier_options* options = new_options();
  set_option(options, MEMTIER_OPTION_JOURNAL_BYTES, 1 << 20);
  close_store(open_with(path, options));
  options = new_options();
  set_option(options, MEMTIER_OPTION_JOURNAL_BYTES, 64 << 20);
  memtier_store* store = open_with(path, options);
  CHECK(size_of_file(test_path("a.mem-log")) < 2 << 20);
  close_store(store);
}

static void the_transition_log_keeps_no_more_rows_than_its_limit(void) {
  memtier_options* options = options_with_clock();
  set_option(options, MEMTIER_OPTION_TRANSITION_LIMIT, 3);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a'}");
  const char* tiers[] = {"archive", "working", "long_term", "archive", "short_term"};
  for (int i = 0; i < 5; ++i) OK(memtier_item_move(store, NULL, "a", 1, SIZED(tiers[i]), ERR));
  CHECK_TEXT(transitions_of(store, ""),
             "a archive>short_term manual; a long_term>archive manual; a working>long_term manual");
  close_store(store);
}

static void resident_items_stay_within_the_memory_limit(void) {
  enum { kSize = 100 << 10, kItems = 300 };
  memtier_options* options = new_options();
  set_option(options, MEMTIER_OPTION_MEMORY_LIMIT_BYTES, 16 << 20);
  set_ladder(options, "{'tiers': [{'name': 'all', 'medium': 'ram'}]}");
  memtier_store* store = open_with(":memory:", options);
  memtier_item_builder* builder = new_builder();
  char* content = malloc(kSize);
  memset(content, 'x', kSize);
  OK(memtier_item_builder_set_bytes(builder, MEMTIER_FIELD_CONTENT, content, kSize, ERR));
  for (int i = 0; i < kItems; ++i) OK(memtier_item_put(store, NULL, builder, 0, 0, NULL, ERR));
  const memtier_store_statistics statistics = statistics_of(store);
  CHECK_INT(statistics.item_count, kItems);
  CHECK(statistics.resident_count > 0 && statistics.resident_count < kItems);
  CHECK(statistics.resident_bytes <= 16 << 20);
  free(content);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(every_key_has_the_default_of_the_header_within_its_bounds),
      TEST_CASE(the_bounds_themselves_are_accepted_and_what_lies_beyond_is_refused),
      TEST_CASE(the_callbacks_order_without_a_callback_opens_no_store),
      TEST_CASE(an_unknown_key_is_refused_and_named),
      TEST_CASE(a_ladder_is_checked_at_once_and_copied),
      TEST_CASE(an_empty_ladder_takes_the_choice_back),
      TEST_CASE(a_tokenizer_is_checked_at_once_copied_and_named_when_unknown),
      TEST_CASE(an_empty_tokenizer_takes_the_choice_back),
      TEST_CASE(the_store_keeps_its_tokenizer_and_refuses_another),
      TEST_CASE(changing_options_after_opening_changes_nothing),
      TEST_CASE(one_options_object_opens_several_stores),
      TEST_CASE(ids_generated_with_the_same_seed_and_clock_are_the_same),
      TEST_CASE(ids_generated_without_a_seed_differ),
      TEST_CASE(destroying_options_twice_or_null_does_nothing),
      TEST_CASE(create_0_refuses_a_missing_file_and_takes_one_that_is_there),
      TEST_CASE(the_size_of_the_journal_is_set_at_creation),
      TEST_CASE(the_transition_log_keeps_no_more_rows_than_its_limit),
      TEST_CASE(resident_items_stay_within_the_memory_limit),
  };
  return RUN_TESTS(argc, argv, kTests);
}
