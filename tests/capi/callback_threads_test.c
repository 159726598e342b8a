/* memtier.h, section 15: on which thread the callbacks of a store run. */
#include <pthread.h>
#include <sched.h>

#include "capi/support.h"

typedef struct witness {
  pthread_t caller;
  int on_caller;
  int elsewhere;
} witness;

static void note(witness* w) {
  int* const count = pthread_equal(w->caller, pthread_self()) ? &w->on_caller : &w->elsewhere;
  __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
}

static int32_t tell_time(int64_t* out_now_us, void* user_data) {
  (void)out_now_us;
  note(user_data);
  return MEMTIER_CALLBACK_DEFAULT;
}

static int32_t score(const memtier_candidates* candidates, double* out_scores, int64_t count,
                     void* user_data) {
  (void)candidates, (void)out_scores, (void)count;
  note(user_data);
  return MEMTIER_CALLBACK_DEFAULT;
}

/* Writes until tiers overflow, reads until items come up, and waits for the background thread to have
 * folded it all and written the access statistics. */
static void the_background_thread_asks_neither_the_clock_nor_the_eviction_callback(void) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  set_option(options, MEMTIER_OPTION_ACCESS_INTERVAL_MS, 10);
  set_ladder(options,
             "{'tiers': [{'name': 'top', 'medium': 'ram', 'capacity_items': 2}, {'name': 'end', "
             "'medium': 'database', 'promote': {'reads': 1, 'within_seconds': 3600}}]}");
  witness clock_calls = {pthread_self(), 0, 0}, eviction_calls = {pthread_self(), 0, 0};
  const memtier_clock clock = {sizeof clock, tell_time, NULL, &clock_calls};
  const memtier_eviction eviction = {sizeof eviction, score, NULL, &eviction_calls};
  OK(memtier_options_set_clock(options, &clock, ERR));
  OK(memtier_options_set_eviction(options, &eviction, ERR));
  memtier_store* store = open_with(test_path("a.mem"), options);
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'b'}");
  put(store, NULL, "{'id': 'c'}");
  const int by_writes = eviction_calls.on_caller;
  CHECK(by_writes > 0);
  const char* ids[] = {"a", "b", "c"};
  for (int i = 0; i < 3; ++i) memtier_item_destroy(get_item(store, NULL, ids[i]));
  CHECK(eviction_calls.on_caller > by_writes); /* a read brought an item up */
  while (statistics_of(store).journal_bytes > 0) sched_yield();
  close_store(store);
  CHECK(clock_calls.on_caller > 0);
  CHECK_INT(clock_calls.elsewhere, 0);
  CHECK_INT(eviction_calls.elsewhere, 0);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(the_background_thread_asks_neither_the_clock_nor_the_eviction_callback),
  };
  return RUN_TESTS(argc, argv, kTests);
}
