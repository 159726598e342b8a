/* memtier.h, section 3: errors. */
#include "capi/support.h"

#include <pthread.h>
#include <unistd.h>

static memtier_error* error_of_a_missing_item(void) {
  memtier_store* store = memory_store();
  memtier_item* item = NULL;
  memtier_error* error = NULL;
  FAILS(memtier_item_get(store, NULL, "absent", 6, &item, &error), MEMTIER_NOT_FOUND);
  close_store(store);
  REQUIRE(error != NULL);
  return error;
}

static void an_error_tells_the_status_and_the_reason(void) {
  memtier_error* error = error_of_a_missing_item();
  CHECK_INT(memtier_error_code(error), MEMTIER_NOT_FOUND);
  CHECK_HAS(memtier_error_message(error), "absent");
  CHECK_INT((int64_t)memtier_error_message_size(error),
            (int64_t)strlen(memtier_error_message(error)));
  CHECK_INT(memtier_error_is_retriable(error), 0);
  CHECK_INT(memtier_error_callback_code(error), 0);
  memtier_error_destroy(error);
}

static void a_missing_error_reads_as_no_error(void) {
  CHECK_INT(memtier_error_code(NULL), MEMTIER_OK);
  CHECK_TEXT(memtier_error_message(NULL), "");
  CHECK_INT((int64_t)memtier_error_message_size(NULL), 0);
  CHECK_INT(memtier_error_is_retriable(NULL), 0);
  CHECK_INT(memtier_error_callback_code(NULL), 0);
  memtier_error_destroy(NULL);
}

static void a_call_that_goes_well_sets_the_error_to_null(void) {
  memtier_error* error = (memtier_error*)&error;
  memtier_scope* scope = NULL;
  FAILS(memtier_scope_create(&scope, &error), MEMTIER_OK);
  CHECK(error == NULL);
  memtier_scope_destroy(scope);
}

static void the_error_can_be_left_out(void) {
  memtier_store* store = memory_store();
  memtier_item* item = NULL;
  FAILS(memtier_item_get(store, NULL, "absent", 6, &item, NULL), MEMTIER_NOT_FOUND);
  FAILS(memtier_scope_create(NULL, NULL), MEMTIER_INVALID);
  close_store(store);
}

static void an_error_destroyed_is_never_read_again(void) {
  memtier_error* error = error_of_a_missing_item();
  memtier_error_destroy(error);
  CHECK_INT(memtier_error_code(error), MEMTIER_CLOSED);
  CHECK_TEXT(memtier_error_message(error), "");
  CHECK_INT((int64_t)memtier_error_message_size(error), 0);
  CHECK_INT(memtier_error_is_retriable(error), 0);
  memtier_error_destroy(error);
}

static void each_failing_call_makes_an_error_of_its_own(void) {
  memtier_error* first = error_of_a_missing_item();
  memtier_error* second = error_of_a_missing_item();
  CHECK(first != second);
  memtier_error_destroy(first);
  CHECK_INT(memtier_error_code(second), MEMTIER_NOT_FOUND);
  memtier_error_destroy(second);
}

static void* read_and_destroy(void* error) {
  CHECK_INT(memtier_error_code(error), MEMTIER_NOT_FOUND);
  memtier_error_destroy(error);
  return NULL;
}

static void an_error_can_be_read_and_destroyed_in_another_thread(void) {
  pthread_t thread;
  REQUIRE(pthread_create(&thread, NULL, read_and_destroy, error_of_a_missing_item()) == 0);
  pthread_join(thread, NULL);
}

/* Another writer: whoever holds the second byte of the journal (storage/sqlite/journal.cpp). */
static void busy_is_worth_another_try_and_a_wrong_argument_is_not(void) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  set_option(options, MEMTIER_OPTION_BUSY_TIMEOUT_MS, 0);
  memtier_store* store = open_with(test_path("busy.mem"), options);
  memtier_item_builder* builder = builder_of("{'content': 'x'}");
  memtier_error* error = NULL;
  FAILS(memtier_scope_create(NULL, &error), MEMTIER_INVALID);
  CHECK_INT(memtier_error_is_retriable(error), 0);
  memtier_error_destroy(error);

  const int writer = lock_byte(test_path("busy.mem-log"), 1);
  FAILS(memtier_item_put(store, NULL, builder, MEMTIER_PUT_REPLACE, 0, NULL, &error), MEMTIER_BUSY);
  CHECK_INT(memtier_error_is_retriable(error), 1);
  memtier_error_destroy(error);
  CHECK_INT(count_items(store, NULL, ""), 0);
  close(writer);
  OK(memtier_item_put(store, NULL, builder, MEMTIER_PUT_REPLACE, 0, NULL, ERR));
  memtier_item_builder_destroy(builder);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(an_error_tells_the_status_and_the_reason),
      TEST_CASE(a_missing_error_reads_as_no_error),
      TEST_CASE(a_call_that_goes_well_sets_the_error_to_null),
      TEST_CASE(the_error_can_be_left_out),
      TEST_CASE(an_error_destroyed_is_never_read_again),
      TEST_CASE(each_failing_call_makes_an_error_of_its_own),
      TEST_CASE(an_error_can_be_read_and_destroyed_in_another_thread),
      TEST_CASE(busy_is_worth_another_try_and_a_wrong_argument_is_not),
  };
  return RUN_TESTS(argc, argv, kTests);
}
