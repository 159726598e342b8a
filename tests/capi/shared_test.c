/* memtier.h, section 4: bytes and tokens; and what holds for handles of every kind. */
#include "capi/support.h"

static memtier_bytes* some_bytes(memtier_store* store) {
  memtier_bytes* bytes = NULL;
  OK(memtier_store_get_ladder(store, &bytes, ERR));
  return bytes;
}

static void bytes_can_be_printed_because_a_nul_follows_them(void) {
  memtier_store* store = memory_store();
  memtier_bytes* bytes = some_bytes(store);
  const char* data = memtier_bytes_data(bytes);
  CHECK_INT((int64_t)memtier_bytes_size(bytes), (int64_t)strlen(data));
  close_store(store);
  CHECK_INT(data[0], '{'); /* they outlive the store that they came from */
  memtier_bytes_destroy(bytes);
}

static void no_bytes_read_as_empty(void) {
  CHECK_TEXT(memtier_bytes_data(NULL), "");
  CHECK_INT((int64_t)memtier_bytes_size(NULL), 0);
  memtier_bytes_destroy(NULL);
}

static void bytes_destroyed_read_as_empty_and_are_destroyed_once(void) {
  memtier_store* store = memory_store();
  memtier_bytes* bytes = some_bytes(store);
  memtier_bytes_destroy(bytes);
  memtier_bytes_destroy(bytes);
  CHECK_TEXT(memtier_bytes_data(bytes), "");
  CHECK_INT((int64_t)memtier_bytes_size(bytes), 0);
  close_store(store);
}

static void a_token_is_tripped_once_and_for_good(void) {
  memtier_cancel* cancel = NULL;
  OK(memtier_cancel_create(&cancel, ERR));
  CHECK_INT(memtier_cancel_is_tripped(cancel), 0);
  OK(memtier_cancel_trip(cancel, ERR));
  OK(memtier_cancel_trip(cancel, ERR));
  CHECK_INT(memtier_cancel_is_tripped(cancel), 1);
  memtier_cancel_destroy(cancel);
  memtier_cancel_destroy(cancel);
  CHECK_INT(memtier_cancel_is_tripped(cancel), 0);
  FAILS_SAYING(memtier_cancel_trip(cancel, ERR), MEMTIER_CLOSED, "cancel");
}

static void no_token_is_not_tripped(void) {
  CHECK_INT(memtier_cancel_is_tripped(NULL), 0);
  FAILS_SAYING(memtier_cancel_trip(NULL, ERR), MEMTIER_INVALID, "cancel");
  memtier_cancel_destroy(NULL);
}

static void counts_are_zero_for_null_and_minus_one_for_what_is_no_handle(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'content': 'tea', 'tags': ['x']}");
  memtier_item* item = get_item(store, NULL, "a");
  memtier_hits* hits = search(store, NULL, "{'text': 'tea'}");
  CHECK_INT(memtier_item_tag_count(NULL), 0);
  CHECK_INT(memtier_items_count(NULL), 0);
  CHECK_INT(memtier_hits_count(NULL), 0);
  CHECK_INT(memtier_transitions_count(NULL), 0);
  CHECK_INT(memtier_candidates_count(NULL), 0);
  const void* strangers[] = {store, &store, (const void*)(uintptr_t)0x1234,
                             (const void*)UINTPTR_MAX, "text"};
  for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; ++i) {
    CHECK_INT(memtier_item_tag_count(strangers[i]), -1);
    CHECK_INT(memtier_items_count(strangers[i]), -1);
    CHECK_INT(memtier_hits_count(strangers[i]), -1);
    CHECK_INT(memtier_transitions_count(strangers[i]), -1);
    CHECK_INT(memtier_candidates_count(strangers[i]), -1);
  }
  memtier_item_destroy(item);
  memtier_hits_destroy(hits);
  CHECK_INT(memtier_item_tag_count(item), -1);
  CHECK_INT(memtier_hits_count(hits), -1);
  close_store(store);
}

static void no_single_wrong_bit_makes_a_handle_of_another(void) {
  memtier_store* store = memory_store();
  int64_t count = 0;
  for (int bit = 0; bit < 64; ++bit) {
    const uintptr_t wrong = (uintptr_t)store ^ ((uintptr_t)1 << bit);
    const memtier_status status = memtier_tier_count((memtier_store*)wrong, &count, ERR);
    CHECK(status == MEMTIER_INVALID || status == MEMTIER_CLOSED);
    CHECK_HAS(check_message(), "store");
    memtier_item_destroy((memtier_item*)wrong);
    memtier_error_destroy((memtier_error*)wrong);
  }
  OK(memtier_tier_count(store, &count, ERR));
  close_store(store);
}

static void a_handle_destroyed_stays_wrong_however_many_are_made_after_it(void) {
  memtier_scope* old = scope_of("user=ada");
  memtier_scope_destroy(old);
  for (int i = 0; i < 10000; ++i) {
    memtier_scope* scope = NULL;
    OK(memtier_scope_create(&scope, ERR));
    CHECK(scope != old);
    memtier_scope_destroy(scope);
  }
  FAILS_SAYING(memtier_scope_set(old, MEMTIER_SCOPE_USER, "x", 1, ERR), MEMTIER_CLOSED, "scope");
}

static void destroying_in_place_of_another_kind_destroys_nothing(void) {
  memtier_store* store = memory_store();
  memtier_scope* scope = scope_of("user=ada");
  memtier_item_destroy((memtier_item*)scope);
  memtier_error_destroy((memtier_error*)scope);
  memtier_hits_destroy((memtier_hits*)scope);
  memtier_scope_destroy((memtier_scope*)store);
  OK(memtier_scope_set(scope, MEMTIER_SCOPE_USER, "eve", 3, ERR));
  CHECK_INT(count_items(store, scope, ""), 0);
  memtier_scope_destroy(scope);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(bytes_can_be_printed_because_a_nul_follows_them),
      TEST_CASE(no_bytes_read_as_empty),
      TEST_CASE(bytes_destroyed_read_as_empty_and_are_destroyed_once),
      TEST_CASE(a_token_is_tripped_once_and_for_good),
      TEST_CASE(no_token_is_not_tripped),
      TEST_CASE(counts_are_zero_for_null_and_minus_one_for_what_is_no_handle),
      TEST_CASE(no_single_wrong_bit_makes_a_handle_of_another),
      TEST_CASE(a_handle_destroyed_stays_wrong_however_many_are_made_after_it),
      TEST_CASE(destroying_in_place_of_another_kind_destroys_nothing),
  };
  return RUN_TESTS(argc, argv, kTests);
}
