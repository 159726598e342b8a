/* memtier.h, section 4: a callback table is let go exactly once, as soon as the library is done with
 * it. A wrapper's object hangs on it, so "some time later" would be a leak there. */
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

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(options_that_opened_nothing_let_their_clock_go),
      TEST_CASE(the_last_of_options_and_store_lets_the_clock_go),
  };
  return RUN_TESTS(argc, argv, kTests);
}
