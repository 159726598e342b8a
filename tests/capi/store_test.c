/* memtier.h, section 6: opening and closing, flush, and what outlives a store. */
#include "capi/support.h"

#include <stdlib.h>

static void a_store_is_made_where_there_is_none_and_keeps_what_it_was_given(void) {
  const char* path = test_path("a.mem");
  memtier_store* store = open_store(path);
  put(store, NULL, "{'id': 'a', 'content': 'kept'}");
  close_store(store);
  store = open_store(path);
  memtier_item* item = get_item(store, NULL, "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "kept");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 1);
  memtier_item_destroy(item);
  close_store(store);
}

static void a_clean_close_leaves_one_file(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  put(store, NULL, "{'id': 'a'}");
  CHECK(file_exists(test_path("a.mem-log")));
  close_store(store);
  CHECK(file_exists(test_path("a.mem")));
  CHECK(!file_exists(test_path("a.mem-wal")));
  CHECK(!file_exists(test_path("a.mem-shm")));
  CHECK(!file_exists(test_path("a.mem-log")));
}

static void a_closed_file_can_be_copied(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  put(store, NULL, "{'id': 'a'}");
  close_store(store);
  size_t size = 0;
  char* bytes = read_file(test_path("a.mem"), &size);
  write_file(test_path("b.mem"), bytes, size);
  free(bytes);
  memtier_store* first = open_store(test_path("a.mem"));
  memtier_store* second = open_store(test_path("b.mem"));
  put(first, NULL, "{'id': 'b'}");
  CHECK_TEXT(list_ids(first, NULL, ""), "b a");
  CHECK_TEXT(list_ids(second, NULL, ""), "a");
  close_store(first);
  close_store(second);
}

static void a_store_in_memory_dies_with_its_handle_and_shares_nothing(void) {
  memtier_store* first = memory_store();
  memtier_store* second = memory_store();
  put(first, NULL, "{'id': 'a'}");
  CHECK_INT(count_items(second, NULL, ""), 0);
  close_store(first);
  close_store(second);
  first = memory_store();
  CHECK_INT(count_items(first, NULL, ""), 0);
  close_store(first);
  CHECK(!file_exists(":memory:"));
}

static void make_store_file(const char* path) {
  memtier_store* store = open_store(path);
  put(store, NULL, "{'id': 'a'}");
  close_store(store);
}

static memtier_status open_status(const char* path) {
  memtier_store* store = (memtier_store*)&store;
  const memtier_status status = memtier_store_open(path, NULL, &store, ERR);
  CHECK((store != NULL) == (status == MEMTIER_OK));
  if (status == MEMTIER_OK) close_store(store);
  return status;
}

static void a_path_that_cannot_be_a_store_is_refused(void) {
  FAILS_SAYING(open_status("file://a.mem"), MEMTIER_UNSUPPORTED, "path");
  FAILS_SAYING(open_status("redis://localhost"), MEMTIER_UNSUPPORTED, "path");
  FAILS_SAYING(open_status(NULL), MEMTIER_INVALID, "path");
  FAILS_SAYING(open_status(""), MEMTIER_INVALID, "path");
  write_text_file(test_path("x"), "");
  FAILS_SAYING(open_status(test_path("")), MEMTIER_INVALID, "path");
  FAILS_SAYING(open_status(test_path("absent/a.mem")), MEMTIER_NOT_FOUND, "absent");
}

static void a_file_that_is_no_store_is_corrupt_and_stays_as_it_was(void) {
  const char* path = test_path("letter.txt");
  char letter[20000];
  memset(letter, 'x', sizeof letter);
  write_file(path, letter, sizeof letter);
  FAILS_SAYING(open_status(path), MEMTIER_CORRUPT, path);
  FAILS_SAYING(open_status(path), MEMTIER_CORRUPT, "is not a store of memtier");
  size_t size = 0;
  char* bytes = read_file(path, &size);
  CHECK(size == sizeof letter && memcmp(bytes, letter, size) == 0);
  free(bytes);
}

static memtier_status open_existing_status(const char* path) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  set_option(options, MEMTIER_OPTION_CREATE, 0);
  memtier_store* store = NULL;
  const memtier_status status = memtier_store_open(path, options, &store, ERR);
  CHECK((store != NULL) == (status == MEMTIER_OK));
  memtier_options_destroy(options);
  return status;
}

static int holds(const char* path, const char* text) {
  size_t size = 0;
  char* bytes = read_file(path, &size);
  const int same = size == strlen(text) && memcmp(bytes, text, size) == 0;
  free(bytes);
  return same;
}

/* To SQLite a file of one byte is as good as none. */
static void a_file_of_a_few_bytes_is_no_store_and_stays_as_it_was(void) {
  static const char* const kTexts[] = {"x", "xy", "SQLite format 3"};
  for (size_t i = 0; i < sizeof kTexts / sizeof kTexts[0]; ++i) {
    const char* path = test_path("small.txt");
    write_text_file(path, kTexts[i]);
    FAILS_SAYING(open_status(path), MEMTIER_CORRUPT, "is not a store of memtier");
    FAILS_SAYING(open_existing_status(path), MEMTIER_CORRUPT, path);
    CHECK(holds(path, kTexts[i]));
  }
}

static void an_empty_file_becomes_a_store_only_where_one_may_be_made(void) {
  const char* path = test_path("empty.mem");
  write_text_file(path, "");
  FAILS_SAYING(open_existing_status(path), MEMTIER_NOT_FOUND, "an empty file");
  CHECK(holds(path, ""));
  CHECK(!file_exists(test_path("empty.mem-wal")) && !file_exists(test_path("empty.mem-log")));
  make_store_file(path);
  OK(open_status(path));
  CHECK(!holds(path, ""));
}

/* Of the file's first page: the number of its format, and whose it is. */
#define OFFSET_OF_FORMAT 60
#define OFFSET_OF_OWNER 68

static void a_database_of_somebody_else_is_corrupt(void) {
  const char* path = test_path("a.mem");
  make_store_file(path);
  patch_file(path, OFFSET_OF_OWNER, "\0\0\0\1", 4);
  FAILS_SAYING(open_status(path), MEMTIER_CORRUPT, path);
  FAILS_SAYING(open_status(path), MEMTIER_CORRUPT, "is not a store of memtier");
}

static void a_file_of_a_newer_format_says_so(void) {
  const char* path = test_path("a.mem");
  make_store_file(path);
  patch_file(path, OFFSET_OF_FORMAT, "\0\0\x27\x0f", 4);
  FAILS_SAYING(open_status(path), MEMTIER_NEWER_FORMAT, "9999");
}

static void a_file_cut_short_is_corrupt(void) {
  const char* path = test_path("a.mem");
  make_store_file(path);
  size_t size = 0;
  char* bytes = read_file(path, &size);
  write_file(path, bytes, 5000);
  free(bytes);
  memtier_store* store = NULL;
  memtier_status status = memtier_store_open(path, NULL, &store, ERR);
  /* Where it opens all the same, the first read that meets the hole tells. */
  if (status == MEMTIER_OK) {
    status = try_get(store, NULL, "a");
    (void)memtier_store_close(store, NULL);
  }
  FAILS_SAYING(status, MEMTIER_CORRUPT, "is damaged");
  FAILS_SAYING(status, MEMTIER_CORRUPT, path);
}

static void a_damaged_page_is_told_with_the_file_and_what_to_do(void) {
  const char* path = test_path("a.mem");
  memtier_store* store = open_store(path);
  for (int i = 0; i < 500; ++i) put(store, NULL, "{'content': 'a page of an item or of an index'}");
  close_store(store);
  size_t size = 0;
  char* bytes = read_file(path, &size);
  const size_t pages = size / 8192;
  memset(bytes + 8192, 0x5a, (pages - 1) * 8192); /* all but the first */
  write_file(path, bytes, size);
  free(bytes);
  FAILS_SAYING(open_status(path), MEMTIER_CORRUPT, "is damaged");
  FAILS_SAYING(open_status(path), MEMTIER_CORRUPT, path);
  FAILS_SAYING(open_status(path), MEMTIER_CORRUPT, "put back a copy");
}

static void closing_null_or_again_is_fine_and_a_stranger_is_not(void) {
  memtier_store* store = memory_store();
  OK(memtier_store_close(NULL, ERR));
  OK(memtier_store_close(store, ERR));
  OK(memtier_store_close(store, ERR));
  FAILS_SAYING(memtier_store_close((memtier_store*)(uintptr_t)0x1000, ERR), MEMTIER_INVALID,
               "store");
  memtier_scope* scope = scope_of("user=ada");
  FAILS_SAYING(memtier_store_close((memtier_store*)scope, ERR), MEMTIER_INVALID, "store");
  memtier_scope_destroy(scope);
}

static void a_closed_store_answers_no_call(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a'}");
  close_store(store);
  int64_t count = 7;
  FAILS_SAYING(memtier_item_count(store, NULL, NULL, 0, NULL, &count, ERR), MEMTIER_CLOSED,
               "store");
  CHECK_INT(count, 0);
  FAILS(try_get(store, NULL, "a"), MEMTIER_CLOSED);
}

static void items_hits_batches_and_transitions_outlive_their_store(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'a', 'content': 'green tea', 'tags': ['x', 'y'], 'metadata': {'n': 1}}");
  OK(memtier_item_move(store, NULL, "a", 1, SIZED("archive"), ERR));
  memtier_item* item = get_item(store, NULL, "a");
  memtier_hits* hits = search(store, NULL, "{'text': 'tea', 'snippets': true}");
  memtier_cursor* cursor = open_list(store, NULL, "");
  memtier_items* page = NULL;
  memtier_transitions* rows = NULL;
  OK(memtier_cursor_next(cursor, 10, NULL, &page, ERR));
  OK(memtier_transition_list(store, NULL, NULL, 0, 0, 10, &rows, ERR));
  memtier_cursor_destroy(cursor);
  close_store(store);

  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "green tea");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "archive");
  CHECK_TEXT(tags_of(item), "x, y");
  CHECK_HAS(json_of(item), "\"metadata\":{\"n\": 1}");
  int32_t matches = 0;
  const char* filter = Q("{'tier': 'archive', 'metadata.n': 1}");
  OK(memtier_item_matches(item, SIZED(filter), &matches, ERR));
  CHECK_INT(matches, 1);
  memtier_slice snippet;
  OK(memtier_hits_read_text(hits, 0, MEMTIER_FIELD_SNIPPET, &snippet, ERR));
  CHECK(snippet.size == 13 && memcmp(snippet.data, "green **tea**", 13) == 0);
  CHECK_TEXT(ids_of(page), "a");
  const memtier_slice* to = NULL;
  OK(memtier_transitions_column_text(rows, MEMTIER_FIELD_TO_TIER, &to, ERR));
  CHECK(to[0].size == 7 && memcmp(to[0].data, "archive", 7) == 0);
  memtier_item_destroy(item);
  memtier_hits_destroy(hits);
  memtier_items_destroy(page);
  memtier_transitions_destroy(rows);
}

static void a_cursor_still_works_after_close_and_lets_the_file_go_with_it(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  put(store, NULL, "{'id': 'a', 'created_us': 1}");
  put(store, NULL, "{'id': 'b', 'created_us': 2}");
  put(store, NULL, "{'id': 'c', 'created_us': 3}");
  memtier_cursor* first = open_list(store, NULL, "");
  memtier_cursor* second = open_list(store, NULL, "{'descending': false}");
  CHECK_TEXT(page_ids(first, 1), "c");
  close_store(store);
  CHECK_TEXT(page_ids(first, 2), "b a");
  CHECK_TEXT(page_ids(second, 1), "a");
  memtier_cursor_destroy(first);
  CHECK_TEXT(page_ids(second, 10), "b c");
  CHECK_TEXT(page_ids(second, 10), "");
  CHECK(file_exists(test_path("a.mem-log")));
  memtier_cursor_destroy(second);
  CHECK(!file_exists(test_path("a.mem-log")));
  CHECK(!file_exists(test_path("a.mem-wal")));
}

static void a_store_can_be_opened_anew_while_an_old_cursor_is_held(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  put(store, NULL, "{'id': 'a', 'created_us': 1}");
  memtier_cursor* cursor = open_list(store, NULL, "");
  close_store(store);
  store = open_store(test_path("a.mem"));
  put(store, NULL, "{'id': 'b', 'created_us': 2}");
  CHECK_TEXT(page_ids(cursor, 10), "b a"); /* each page shows the store as it is then */
  memtier_cursor_destroy(cursor);
  close_store(store);
}

static void handles_are_destroyed_in_any_order(void) {
  memtier_store* store = memory_store();
  memtier_scope* scope = scope_of("user=ada");
  put(store, scope, "{'id': 'a', 'content': 'tea'}");
  memtier_cursor* cursor = open_list(store, scope, "");
  memtier_scope_destroy(scope); /* nothing passed in is kept */
  memtier_items* page = NULL;
  OK(memtier_cursor_next(cursor, 10, NULL, &page, ERR));
  memtier_item* item = NULL;
  OK(memtier_items_get(page, 0, &item, ERR));
  close_store(store);
  memtier_cursor_destroy(cursor);
  memtier_items_destroy(page);
  memtier_item* clone = NULL;
  OK(memtier_item_clone(item, &clone, ERR));
  memtier_item_destroy(item);
  CHECK_TEXT(text_of(clone, MEMTIER_FIELD_USER), "ada");
  FAILS(memtier_item_clone(item, &item, ERR), MEMTIER_CLOSED);
  memtier_item_destroy(clone);
}

static void two_handles_on_one_file_see_each_others_writes(void) {
  memtier_store* first = open_store(test_path("a.mem"));
  memtier_store* second = open_store(test_path("a.mem"));
  put(first, NULL, "{'id': 'a', 'content': 'one'}");
  memtier_item_destroy(get_item(second, NULL, "a"));
  put(first, NULL, "{'id': 'a', 'content': 'two'}");
  memtier_item* item = get_item(second, NULL, "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "two");
  memtier_item_destroy(item);
  close_store(first);
  delete_item(second, NULL, "a");
  first = open_store(test_path("a.mem"));
  CHECK_INT(exists(first, NULL, "a"), 0);
  close_store(second);
  close_store(first);
}

static void flush_brings_everything_into_the_file(void) {
  memtier_store* store = open_with(test_path("a.mem"), options_with_clock());
  put(store, NULL, "{'id': 'a', 'content': 'tea'}");
  read_times(store, "a", 2);
  CHECK(statistics_of(store).journal_bytes > 0);
  OK(memtier_store_flush(store, NULL, ERR));
  CHECK_INT(statistics_of(store).journal_bytes, 0);
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'access_count': 2}}"), "a");
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_store_is_made_where_there_is_none_and_keeps_what_it_was_given),
      TEST_CASE(a_clean_close_leaves_one_file),
      TEST_CASE(a_closed_file_can_be_copied),
      TEST_CASE(a_store_in_memory_dies_with_its_handle_and_shares_nothing),
      TEST_CASE(a_path_that_cannot_be_a_store_is_refused),
      TEST_CASE(a_file_that_is_no_store_is_corrupt_and_stays_as_it_was),
      TEST_CASE(a_file_of_a_few_bytes_is_no_store_and_stays_as_it_was),
      TEST_CASE(an_empty_file_becomes_a_store_only_where_one_may_be_made),
      TEST_CASE(a_database_of_somebody_else_is_corrupt),
      TEST_CASE(a_file_of_a_newer_format_says_so),
      TEST_CASE(a_file_cut_short_is_corrupt),
      TEST_CASE(a_damaged_page_is_told_with_the_file_and_what_to_do),
      TEST_CASE(closing_null_or_again_is_fine_and_a_stranger_is_not),
      TEST_CASE(a_closed_store_answers_no_call),
      TEST_CASE(items_hits_batches_and_transitions_outlive_their_store),
      TEST_CASE(a_cursor_still_works_after_close_and_lets_the_file_go_with_it),
      TEST_CASE(a_store_can_be_opened_anew_while_an_old_cursor_is_held),
      TEST_CASE(handles_are_destroyed_in_any_order),
      TEST_CASE(two_handles_on_one_file_see_each_others_writes),
      TEST_CASE(flush_brings_everything_into_the_file),
  };
  return RUN_TESTS(argc, argv, kTests);
}
