/* memtier.h, section 15: the clock, the log and the eviction callback of a store. */
#include <math.h>
#include <pthread.h>

#include "capi/support.h"

typedef struct scorer {
  int calls;
  int destroyed;
  int fail_at;    /* the number of the call that fails, from 1; 0 none */
  int32_t answer; /* where it does not fail */
  double score;   /* where it is not 0, of every candidate */
  const memtier_candidates* kept;
  memtier_store* store;
  memtier_status from_inside;
} scorer;

/* Scores by the id's first letter: "a" goes first. */
static int32_t score_by_id(const memtier_candidates* candidates, double* out_scores, int64_t count,
                           void* user_data) {
  scorer* s = user_data;
  ++s->calls;
  s->kept = candidates;
  if (s->calls == s->fail_at) return -4711;
  CHECK_INT(memtier_candidates_count(candidates), count);
  int64_t found = 0;
  if (s->store != NULL) {
    s->from_inside = memtier_item_count(s->store, NULL, NULL, 0, NULL, &found, NULL);
  }
  const memtier_slice* ids = NULL;
  if (memtier_candidates_column_text(candidates, MEMTIER_FIELD_ID, &ids, NULL) != 0) return -1;
  for (int64_t i = 0; i < count; ++i) {
    out_scores[i] = s->score != 0 ? s->score : *(const char*)ids[i].data;
  }
  return s->answer;
}

static void count_destroyed(void* user_data) {
  ++((scorer*)user_data)->destroyed;
}

static const char kTwo[] =
    "{'tiers': [{'name': 'top', 'medium': 'ram', 'capacity_items': 2},"
    " {'name': 'end', 'medium': 'database'}]}";

static memtier_options* options_with_eviction(scorer* s, memtier_eviction_callback callback) {
  memtier_options* options = options_with_clock();
  set_ladder(options, kTwo);
  const memtier_eviction table = {sizeof table, callback, count_destroyed, s};
  OK(memtier_options_set_eviction(options, &table, ERR));
  return options;
}

static void the_callback_decides_who_goes_first(void) {
  scorer s = {0};
  memtier_store* store = open_with(":memory:", options_with_eviction(&s, score_by_id));
  put(store, NULL, "{'id': 'b', 'importance': 0}");
  put(store, NULL, "{'id': 'a', 'importance': 1}");
  CHECK_INT(s.calls, 0); /* nothing overflowed yet */
  put(store, NULL, "{'id': 'c', 'importance': 0}");
  CHECK(s.calls > 0);
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'tier': 'end'}}"), "a");
  int64_t count = memtier_candidates_count(s.kept);
  CHECK_INT(count, -1); /* it was lent for the length of the call */
  close_store(store);
  CHECK_INT(s.destroyed, 1);
}

static void a_failing_callback_fails_the_write_and_nothing_is_stored(void) {
  scorer s = {0};
  s.fail_at = 1;
  memtier_store* store = open_with(":memory:", options_with_eviction(&s, score_by_id));
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'b'}");
  const int64_t sequence = statistics_of(store).sequence;
  memtier_item_builder* builder = builder_of("{'id': 'c'}");
  memtier_item* item = (memtier_item*)&store;
  memtier_error** error = ERR;
  FAILS(memtier_item_put(store, NULL, builder, 0, 0, &item, error), MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(*error), -4711);
  CHECK(item == NULL);
  CHECK_INT(statistics_of(store).sequence, sequence);
  CHECK_INT(exists(store, NULL, "c"), 0);
  OK(memtier_item_put(store, NULL, builder, 0, 0, NULL, ERR)); /* the callback is well again */
  CHECK_TEXT(tier_name(store, "a"), "end");
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void default_is_the_retention_score(void) {
  scorer s = {0};
  s.answer = MEMTIER_CALLBACK_DEFAULT;
  memtier_store* store = open_with(":memory:", options_with_eviction(&s, score_by_id));
  put(store, NULL, "{'id': 'b', 'importance': 0.1}");
  put(store, NULL, "{'id': 'a', 'importance': 0.9}");
  put(store, NULL, "{'id': 'c', 'importance': 0.5}");
  CHECK_TEXT(tier_name(store, "b"), "end");
  close_store(store);
}

static void scores_may_be_any_numbers_but_nan(void) {
  const double scores[] = {INFINITY, -INFINITY, -1, 1e300};
  for (size_t i = 0; i < sizeof scores / sizeof scores[0]; ++i) {
    scorer s = {0};
    s.score = scores[i];
    memtier_store* store = open_with(":memory:", options_with_eviction(&s, score_by_id));
    for (int n = 0; n < 20; ++n) put(store, NULL, "{}");
    CHECK_INT(count_items(store, NULL, ""), 20);
    CHECK_INT(tier_of(store, 0).item_count, 2);
    close_store(store);
  }
  scorer s = {0};
  s.score = NAN;
  memtier_store* store = open_with(":memory:", options_with_eviction(&s, score_by_id));
  for (int n = 0; n < 2; ++n) put(store, NULL, "{}");
  FAILS_SAYING(try_put(store, NULL, "{}", MEMTIER_PUT_REPLACE), MEMTIER_CALLBACK, "NaN");
  CHECK_INT(count_items(store, NULL, ""), 2);
  close_store(store);
}

static void a_store_cannot_be_used_from_inside(void) {
  scorer s = {0};
  memtier_options* options = options_with_eviction(&s, score_by_id);
  memtier_store* store = open_with(":memory:", options);
  s.store = store;
  for (int n = 0; n < 3; ++n) put(store, NULL, "{}");
  CHECK_INT(s.from_inside, MEMTIER_REENTRANT);
  close_store(store);
}

static int32_t look_at_columns(const memtier_candidates* candidates, double* out_scores,
                               int64_t count, void* user_data) {
  scorer* s = user_data;
  const int64_t *created, *accessed, *expires, *reads, *validations, *priorities, *sizes, *idle;
  const double *importances, *scores;
  const memtier_slice *ids, *types, *sessions, *users;
  ++s->calls;
#define COLUMN(kind, field, to) \
  OK(memtier_candidates_column_##kind(candidates, MEMTIER_FIELD_##field, &to, ERR))
  COLUMN(int64, CREATED_US, created);
  COLUMN(int64, ACCESSED_US, accessed);
  COLUMN(int64, EXPIRES_US, expires);
  COLUMN(int64, ACCESS_COUNT, reads);
  COLUMN(int64, VALIDATION_COUNT, validations);
  COLUMN(int64, PRIORITY, priorities);
  COLUMN(int64, SIZE_BYTES, sizes);
  COLUMN(int64, IDLE_US, idle);
  COLUMN(double, IMPORTANCE, importances);
  COLUMN(double, SCORE, scores);
  COLUMN(text, ID, ids);
  COLUMN(text, TYPE, types);
  COLUMN(text, SESSION, sessions);
  COLUMN(text, USER, users);
  for (int64_t i = 0; i < count; ++i) {
    out_scores[i] = scores[i];
    if (*(const char*)ids[i].data != 'x') continue;
    CHECK_INT(created[i], START_US);
    CHECK_INT(accessed[i], START_US + 5);
    CHECK_INT(expires[i], START_US + HOUR_US);
    CHECK_INT(reads[i], 1);
    CHECK_INT(validations[i], 2);
    CHECK_INT(priorities[i], -3);
    CHECK(sizes[i] > 0);
    CHECK_INT(idle[i], HOUR_US / 2 - 5);
    CHECK_DOUBLE(importances[i], 0.25);
    CHECK_DOUBLE(scores[i], 0.25 + 0.3 / (1 + (0.5 - 5.0 / HOUR_US) / 24) + 0.2);
    CHECK(types[i].size == 4 && memcmp(types[i].data, "fact", 4) == 0);
    CHECK(sessions[i].size == 2 && memcmp(sessions[i].data, "s1", 2) == 0);
    CHECK(users[i].size == 3 && memcmp(users[i].data, "ada", 3) == 0);
    ++s->answer;
  }
  const int64_t* none = created;
  const double* no_fraction = scores;
  const memtier_slice* no_text = ids;
  FAILS(memtier_candidates_column_int64(candidates, MEMTIER_FIELD_ID, &none, ERR), MEMTIER_INVALID);
  FAILS(memtier_candidates_column_double(candidates, MEMTIER_FIELD_VERSION, &no_fraction, ERR),
        MEMTIER_INVALID);
  FAILS(memtier_candidates_column_text(candidates, MEMTIER_FIELD_CONTENT, &no_text, ERR),
        MEMTIER_INVALID);
  CHECK(none == NULL && no_fraction == NULL && no_text == NULL);
  return MEMTIER_CALLBACK_OK;
}

static void the_callback_sees_the_candidates_by_column(void) {
  scorer s = {0};
  memtier_store* store = open_with(":memory:", options_with_eviction(&s, look_at_columns));
  memtier_scope* scope = scope_of("user=ada session=s1");
  put(store, scope,
      "{'id': 'x', 'type': 'fact', 'importance': 0.25, 'priority': -3, 'ttl_us': 3600000000, "
      "'validation_count': 2}");
  put(store, NULL, "{'id': 'b'}");
  advance(5);
  memtier_item_destroy(get_item(store, scope, "x"));
  advance(HOUR_US / 2 - 5);
  put(store, NULL, "{'id': 'c'}");
  CHECK(s.calls > 0);
  CHECK(s.answer > 0);
  memtier_scope_destroy(scope);
  close_store(store);
}

static void pinned_items_are_no_candidates(void) {
  scorer s = {0};
  memtier_store* store = open_with(":memory:", options_with_eviction(&s, score_by_id));
  put(store, NULL, "{'id': 'a', 'pinned': true}");
  put(store, NULL, "{'id': 'b'}");
  put(store, NULL, "{'id': 'c'}");
  CHECK_TEXT(tier_name(store, "a"), "top");
  CHECK_TEXT(tier_name(store, "b"), "end");
  close_store(store);
}

/* Waits inside the callback until another thread has written, which must not need what this thread
 * holds. */
typedef struct meeting {
  memtier_store* store;
  int waits;
  int written;
} meeting;

static void* write_elsewhere(void* user_data) {
  meeting* m = user_data;
  memtier_scope* scope = NULL;
  memtier_item_builder* builder = NULL;
  memtier_scope_create(&scope, NULL);
  memtier_item_builder_create(&builder, NULL);
  memtier_item_builder_set_text(builder, MEMTIER_FIELD_TIER, "end", 3, NULL);
  memtier_item_put(m->store, scope, builder, 0, 0, NULL, NULL);
  memtier_item_builder_destroy(builder);
  memtier_scope_destroy(scope);
  __atomic_store_n(&m->written, 1, __ATOMIC_SEQ_CST);
  return NULL;
}

static int32_t meet_a_writer(const memtier_candidates* candidates, double* out_scores,
                             int64_t count, void* user_data) {
  meeting* m = user_data;
  (void)candidates, (void)out_scores, (void)count;
  /* The writer's own write calls back, too. */
  if (__atomic_fetch_add(&m->waits, 1, __ATOMIC_SEQ_CST) == 1) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, write_elsewhere, m) != 0) return -1;
    pthread_join(thread, NULL);
  }
  return MEMTIER_CALLBACK_DEFAULT;
}

static void no_lock_is_held_while_the_callback_runs(void) {
  memtier_options* options = options_with_clock();
  set_ladder(options, kTwo);
  meeting m = {0};
  const memtier_eviction table = {sizeof table, meet_a_writer, NULL, &m};
  OK(memtier_options_set_eviction(options, &table, ERR));
  m.store = open_with(":memory:", options);
  for (int i = 0; i < 4; ++i) put(m.store, NULL, "{}");
  CHECK_INT(m.written, 1);
  CHECK_INT(count_items(m.store, NULL, ""), 5);
  close_store(m.store);
}

/* --- the clock */

typedef struct ticker {
  int32_t answer;
  int64_t now_us;
  int destroyed;
} ticker;

static int32_t tick(int64_t* out_now_us, void* user_data) {
  ticker* t = user_data;
  *out_now_us = t->now_us;
  return t->answer;
}

static void count_ticker(void* user_data) {
  ++((ticker*)user_data)->destroyed;
}

static memtier_store* ticking_store(ticker* t) {
  memtier_options* options = options_with_clock();
  const memtier_clock clock = {sizeof clock, tick, count_ticker, t};
  OK(memtier_options_set_clock(options, &clock, ERR));
  return open_with(":memory:", options);
}

static void every_time_is_the_clocks(void) {
  ticker t = {0, 1000, 0};
  memtier_store* store = ticking_store(&t);
  memtier_item* item = put_item(store, NULL, "{'id': 'a', 'ttl_us': 10}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), 1000);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), 1010);
  memtier_item_destroy(item);
  t.now_us = 1010;
  FAILS(try_get(store, NULL, "a"), MEMTIER_NOT_FOUND);
  close_store(store);
  CHECK_INT(t.destroyed, 1);
}

static void a_failing_clock_fails_the_call_with_its_number(void) {
  ticker t = {0, START_US, 0};
  memtier_store* store = ticking_store(&t);
  put(store, NULL, "{'id': 'a'}");
  t.answer = -12;
  int64_t count = 7;
  memtier_error** error = ERR;
  FAILS(memtier_item_count(store, NULL, NULL, 0, NULL, &count, error), MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(*error), -12);
  FAILS(try_get(store, NULL, "a"), MEMTIER_CALLBACK);
  FAILS(try_put(store, NULL, "{'id': 'b'}", MEMTIER_PUT_REPLACE), MEMTIER_CALLBACK);
  t.answer = MEMTIER_CALLBACK_OK;
  CHECK_INT(count_items(store, NULL, ""), 1);
  close_store(store);
}

static void a_clock_that_says_default_gives_the_systems_time(void) {
  ticker t = {MEMTIER_CALLBACK_DEFAULT, 5, 0};
  memtier_store* store = ticking_store(&t);
  memtier_item* item = put_item(store, NULL, "{}");
  CHECK(number_of(item, MEMTIER_FIELD_CREATED_US) > START_US);
  memtier_item_destroy(item);
  close_store(store);
}

static void a_table_set_in_place_of_another_lets_it_go_and_null_takes_it_back(void) {
  memtier_options* options = NULL;
  ticker first = {0}, second = {0};
  OK(memtier_options_create(&options, ERR));
  memtier_clock clock = {sizeof clock, tick, count_ticker, &first};
  OK(memtier_options_set_clock(options, &clock, ERR));
  clock.user_data = &second;
  OK(memtier_options_set_clock(options, &clock, ERR));
  CHECK_INT(first.destroyed, 1);
  CHECK_INT(second.destroyed, 0);
  OK(memtier_options_set_clock(options, NULL, ERR));
  CHECK_INT(second.destroyed, 1);
  memtier_options_destroy(options);
  CHECK_INT(second.destroyed, 1);
}

static void stores_opened_with_the_same_options_share_their_tables(void) {
  ticker t = {0, START_US, 0};
  memtier_options* options = options_with_clock();
  const memtier_clock clock = {sizeof clock, tick, count_ticker, &t};
  OK(memtier_options_set_clock(options, &clock, ERR));
  memtier_store *one = NULL, *two = NULL;
  OK(memtier_store_open(":memory:", options, &one, ERR));
  OK(memtier_store_open(":memory:", options, &two, ERR));
  memtier_options_destroy(options);
  close_store(one);
  CHECK_INT(t.destroyed, 0);
  put(two, NULL, "{}");
  close_store(two);
  CHECK_INT(t.destroyed, 1);
}

static void eviction_taken_back_is_retention_again(void) {
  scorer s = {0};
  memtier_options* options = options_with_eviction(&s, score_by_id);
  OK(memtier_options_set_eviction(options, NULL, ERR));
  CHECK_INT(s.destroyed, 1);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'z', 'importance': 0.1}");
  put(store, NULL, "{'id': 'a', 'importance': 0.5}");
  put(store, NULL, "{'id': 'b', 'importance': 0.5}");
  CHECK_TEXT(tier_name(store, "z"), "end");
  CHECK_INT(s.calls, 0);
  close_store(store);
}

/* --- the log */

typedef struct logged {
  int lines;
  int destroyed;
  int32_t level;
  char last[512];
} logged;

static int32_t take_line(int32_t level, const char* message, size_t message_size, void* user_data) {
  logged* log = user_data;
  ++log->lines;
  log->level = level;
  snprintf(log->last, sizeof log->last, "%.*s", (int)message_size, message);
  return -1; /* is ignored */
}

static void count_logged(void* user_data) {
  ++((logged*)user_data)->destroyed;
}

/* Room cannot be made, though the rehearsal before the write went well: that is only worth a line. */
static void log_a_warning(logged* log, int32_t level) {
  scorer s = {0};
  s.fail_at = 2;
  memtier_options* options = options_with_eviction(&s, score_by_id);
  const memtier_log table = {sizeof table, level, take_line, count_logged, log};
  OK(memtier_options_set_log(options, &table, ERR));
  memtier_store* store = open_with(":memory:", options);
  for (int i = 0; i < 3; ++i) put(store, NULL, "{}");
  CHECK_INT(count_items(store, NULL, ""), 3);
  close_store(store);
  CHECK_INT(log->destroyed, 1);
}

static void what_goes_wrong_behind_the_scenes_is_logged(void) {
  logged log = {0};
  log_a_warning(&log, MEMTIER_LOG_DEBUG);
  CHECK_INT(log.lines, 1);
  CHECK_INT(log.level, MEMTIER_LOG_WARNING);
  CHECK_HAS(log.last, "eviction callback failed with -4711");
}

static void lines_more_talkative_than_wanted_are_left_out(void) {
  logged log = {0};
  log_a_warning(&log, MEMTIER_LOG_ERROR);
  CHECK_INT(log.lines, 0);
}

static void callback_tables_are_checked(void) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  logged log = {0};
  memtier_log table = {sizeof table, MEMTIER_LOG_ERROR, take_line, count_logged, &log};
  table.struct_size = sizeof table - 1;
  FAILS_SAYING(memtier_options_set_log(options, &table, ERR), MEMTIER_INVALID, "struct_size");
  CHECK_INT(log.destroyed, 0); /* one of a wrong size is not read */
  table.struct_size = sizeof table;
  const int32_t levels[] = {0, 5, -1};
  for (int i = 0; i < 3; ++i) {
    table.level = levels[i];
    FAILS_SAYING(memtier_options_set_log(options, &table, ERR), MEMTIER_INVALID, "level");
    CHECK_INT(log.destroyed, i + 1); /* also when the call fails */
  }
  table.level = MEMTIER_LOG_INFO;
  table.log = NULL;
  FAILS_SAYING(memtier_options_set_log(options, &table, ERR), MEMTIER_INVALID, "log");
  const memtier_clock clock = {sizeof clock, NULL, NULL, NULL};
  FAILS_SAYING(memtier_options_set_clock(options, &clock, ERR), MEMTIER_INVALID, "clock");
  const memtier_eviction eviction = {sizeof eviction, NULL, NULL, NULL};
  FAILS_SAYING(memtier_options_set_eviction(options, &eviction, ERR), MEMTIER_INVALID, "eviction");
  memtier_options_destroy(options);
  table.log = take_line;
  FAILS_SAYING(memtier_options_set_log(options, &table, ERR), MEMTIER_CLOSED, "options");
  CHECK_INT(log.destroyed, 5);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(the_callback_decides_who_goes_first),
      TEST_CASE(a_failing_callback_fails_the_write_and_nothing_is_stored),
      TEST_CASE(default_is_the_retention_score),
      TEST_CASE(scores_may_be_any_numbers_but_nan),
      TEST_CASE(a_store_cannot_be_used_from_inside),
      TEST_CASE(the_callback_sees_the_candidates_by_column),
      TEST_CASE(pinned_items_are_no_candidates),
      TEST_CASE(no_lock_is_held_while_the_callback_runs),
      TEST_CASE(every_time_is_the_clocks),
      TEST_CASE(a_failing_clock_fails_the_call_with_its_number),
      TEST_CASE(a_clock_that_says_default_gives_the_systems_time),
      TEST_CASE(a_table_set_in_place_of_another_lets_it_go_and_null_takes_it_back),
      TEST_CASE(stores_opened_with_the_same_options_share_their_tables),
      TEST_CASE(eviction_taken_back_is_retention_again),
      TEST_CASE(what_goes_wrong_behind_the_scenes_is_logged),
      TEST_CASE(lines_more_talkative_than_wanted_are_left_out),
      TEST_CASE(callback_tables_are_checked),
  };
  return RUN_TESTS(argc, argv, kTests);
}
