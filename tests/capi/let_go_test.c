/* memtier.h, section 4: a callback table is let go exactly once, as soon as the library is done with
 * it. A wrapper's object hangs on it, so "some time later" would be a leak there. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "capi/support.h"

static int let_go;
static void count_it(void* user_data) {
  let_go += user_data == &let_go;
}
static int32_t noon(int64_t* out_now_us, void* user_data) {
  (void)user_data;
  *out_now_us = START_US;
  return MEMTIER_CALLBACK_OK;
}

static memtier_options* counting_options(void) {
  memtier_options* options = NULL;
  const memtier_clock clock = {sizeof clock, noon, count_it, &let_go};
  let_go = 0;
  OK(memtier_options_create(&options, ERR));
  OK(memtier_options_set_clock(options, &clock, ERR));
  return options;
}

static void options_that_opened_nothing_let_their_clock_go(void) {
  memtier_options* options = counting_options();
  CHECK_INT(let_go, 0);
  memtier_options_destroy(options);
  CHECK_INT(let_go, 1);
}

static void the_last_of_options_and_store_lets_the_clock_go(void) {
  memtier_options* options = counting_options();
  memtier_store* store = NULL;
  OK(memtier_store_open(":memory:", options, &store, ERR));
  memtier_options_destroy(options);
  CHECK_INT(let_go, 0);
  OK(memtier_store_close(store, ERR));
  CHECK_INT(let_go, 1);

  options = counting_options();
  OK(memtier_store_open(":memory:", options, &store, ERR));
  OK(memtier_store_close(store, ERR));
  CHECK_INT(let_go, 0);
  memtier_options_destroy(options);
  CHECK_INT(let_go, 1);
}

/* Everything but stores and cursors may be used inside a callback. */
static int inside;
static void make_and_destroy_options(void) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  memtier_options_destroy(options);
  ++inside;
}

static int32_t clock_that_uses_options(int64_t* out_now_us, void* user_data) {
  make_and_destroy_options();
  return noon(out_now_us, user_data);
}

static int32_t score_that_uses_options(const memtier_candidates* candidates, double* out_scores,
                                       int64_t count, void* user_data) {
  (void)candidates, (void)out_scores, (void)count, (void)user_data;
  make_and_destroy_options();
  return MEMTIER_CALLBACK_DEFAULT;
}

static int32_t progress_that_uses_options(int64_t done, int64_t total, void* user_data) {
  (void)done, (void)total, (void)user_data;
  make_and_destroy_options();
  return MEMTIER_CALLBACK_OK;
}

static void options_can_be_destroyed_inside_a_callback(void) {
  const memtier_clock clock = {sizeof clock, clock_that_uses_options, NULL, NULL};
  const memtier_eviction eviction = {sizeof eviction, score_that_uses_options, NULL, NULL};
  const memtier_control control = {sizeof control, NULL, progress_that_uses_options, NULL, NULL};
  memtier_options* options = NULL;
  memtier_store* store = NULL;
  OK(memtier_options_create(&options, ERR));
  OK(memtier_options_set_int64(options, MEMTIER_OPTION_BACKGROUND, 0, ERR));
  OK(memtier_options_set_clock(options, &clock, ERR));
  OK(memtier_options_set_eviction(options, &eviction, ERR));
  OK(memtier_options_set_text(
      options, MEMTIER_OPTION_LADDER,
      SIZED("{\"tiers\": [{\"name\": \"a\", \"medium\": \"ram\", \"capacity_items\": 1}]}"), ERR));
  OK(memtier_store_open(":memory:", options, &store, ERR));
  memtier_options_destroy(options);
  inside = 0;
  put(store, NULL, "{'id': '1'}");
  CHECK(inside > 0); /* the clock */
  put(store, NULL, "{'id': '2'}");
  CHECK(inside > 2); /* and the score */
  inside = 0;
  int64_t count = 0;
  OK(memtier_store_sweep(store, &control, &count, ERR));
  CHECK(inside > 1);
  OK(try_get(store, NULL, "2"));
  OK(memtier_store_close(store, ERR));
}

/* Who ends a call just now still has a hand on the store when close has stopped waiting for it. */
static atomic_int counting_threads;
static void* count_until_closed(void* store) {
  int64_t count = 0;
  atomic_fetch_add(&counting_threads, 1);
  while (memtier_item_count(store, NULL, SIZED("{}"), NULL, &count, NULL) == MEMTIER_OK) {
  }
  return NULL;
}

static void close_lets_the_clock_go_though_calls_are_just_ending(void) {
  for (int round = 0; round < 100; ++round) {
    memtier_options* options = counting_options();
    memtier_store* store = NULL;
    pthread_t threads[3];
    OK(memtier_options_set_int64(options, MEMTIER_OPTION_BACKGROUND, 0, ERR));
    OK(memtier_store_open(":memory:", options, &store, ERR));
    memtier_options_destroy(options);
    atomic_store(&counting_threads, 0);
    for (int i = 0; i < 3; ++i) {
      CHECK_INT(pthread_create(&threads[i], NULL, count_until_closed, store), 0);
    }
    while (atomic_load(&counting_threads) < 3) sched_yield();
    OK(memtier_store_close(store, ERR));
    CHECK_INT(let_go, 1);
    for (int i = 0; i < 3; ++i) CHECK_INT(pthread_join(threads[i], NULL), 0);
    CHECK_INT(let_go, 1);
  }
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(options_that_opened_nothing_let_their_clock_go),
      TEST_CASE(the_last_of_options_and_store_lets_the_clock_go),
      TEST_CASE(options_can_be_destroyed_inside_a_callback),
      TEST_CASE(close_lets_the_clock_go_though_calls_are_just_ending),
  };
  return RUN_TESTS(argc, argv, kTests);
}
