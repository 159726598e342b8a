/* memtier.h, section 14: export, and that what was exported comes back by import as it was. */
#include <stdlib.h>
#include <unistd.h>

#include "capi/transfer_support.h"

static memtier_store* make_store(void) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = scope_of("app=p user=u agent=g session=s collection=c");
  put(store, NULL, "{'id': 'a', 'content': 'green tea', 'tags': ['x', 'y'], 'type': 'fact'}");
  advance(1);
  put(store, NULL,
      "{'id': 'b', 'content_base64': '/wAKgA==', 'metadata': {'z': [1, 2.50], 'a': "
      "18446744073709551615}, 'importance': 0.25, 'priority': -3, 'pinned': true}");
  advance(1);
  put(store, scope, "{'id': 'a', 'tier': 'archive', 'ttl_us': 9000000000, 'access_count': 4}");
  advance(1);
  memtier_item_destroy(update_item(store, NULL, "a", "{'importance': 0.75}"));
  read_times(store, "a", 2);
  OK(memtier_item_validate(store, NULL, "a", 1, NULL, ERR));
  memtier_scope_destroy(scope);
  return store;
}

static void each_line_is_an_item_oldest_first(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'content': 'tea'}");
  advance(1);
  put(store, NULL, "{'id': 'b'}");
  char* text = export_text(store, NULL, "");
  CHECK(strncmp(text, Q("{'memtier':1,'kind':'item','id':'a'"), 35) == 0);
  CHECK_HAS(strchr(text, '\n'), Q("{'memtier':1,'kind':'item','id':'b'"));
  free(text);
  close_store(store);
}

static void filter_and_scope_choose_what_is_written(void) {
  memtier_store* store = make_store();
  memtier_scope* all = scope_of("collection=*");
  char* text = export_text(store, NULL, "{'type': 'fact'}");
  CHECK(strstr(text, Q("'id':'a'")) != NULL && strstr(text, Q("'id':'b'")) == NULL);
  free(text);
  text = export_text(store, NULL, "");
  CHECK(strstr(text, Q("'session':'s'")) == NULL);
  free(text);
  text = export_text(store, all, "");
  CHECK_HAS(text, Q("'session':'s'"));
  free(text);
  memtier_scope_destroy(all);
  close_store(store);
}

static void an_export_comes_back_without_loss(void) {
  memtier_store* store = make_store();
  memtier_scope* all = scope_of("collection=*");
  char* text = export_text(store, all, "");
  memtier_store* copy = clocked_store();
  advance(HOUR_US); /* which must show nowhere */
  const memtier_import_statistics s = import_text(copy, NULL, "", text);
  CHECK_INT(s.lines, 3);
  CHECK_INT(s.stored, 3);
  CHECK_INT(s.replaced + s.skipped + s.failed + s.first_failed_line, 0);
  char* again = export_text(copy, all, "");
  CHECK_TEXT(again, text);
  memtier_item* item = peek_item(copy, NULL, "a");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 2);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 2);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VALIDATION_COUNT), 1);
  memtier_item_destroy(item);
  CHECK_TEXT(search_ids(copy, NULL, "{'text': 'tea'}"), "a");
  free(again);
  free(text);
  memtier_scope_destroy(all);
  close_store(copy);
  close_store(store);
}

static void a_file_compressed_or_not_comes_back_too(void) {
  memtier_store* store = make_store();
  memtier_scope* all = scope_of("collection=*");
  char* text = export_text(store, all, "");
  const char* names[] = {"out.jsonl", "out.jsonl.gz"};
  for (int i = 0; i < 2; ++i) {
    const char* path = test_path(names[i]);
    int64_t count = -1;
    OK(memtier_store_export_file(store, all, NULL, 0, path, NULL, &count, ERR));
    CHECK_INT(count, 3);
    size_t size = 0;
    char* bytes = read_file(path, &size);
    CHECK_INT(memcmp(bytes, "\x1f\x8b", 2) == 0, i);
    if (i == 0) CHECK_TEXT(bytes, text);
    memtier_store* copy = clocked_store();
    memtier_import_statistics s = {sizeof s, 0, 0, 0, 0, 0, 0, 0};
    OK(memtier_store_import_file(copy, NULL, NULL, 0, path, NULL, &s, ERR));
    CHECK_INT(s.stored, 3);
    char* again = export_text(copy, all, "");
    CHECK_TEXT(again, text);
    free(again);
    free(bytes);
    close_store(copy);
  }
  free(text);
  memtier_scope_destroy(all);
  close_store(store);
}

static void a_file_that_is_there_is_made_new(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a'}");
  const char* path = test_path("out.jsonl");
  write_text_file(path,
                  "something much longer than what will be written, so that a rest would show "
                  "something much longer than what will be written, so that a rest would show "
                  "something much longer than what will be written, so that a rest would show");
  int64_t count = -1;
  OK(memtier_store_export_file(store, NULL, NULL, 0, path, NULL, &count, ERR));
  size_t size = 0;
  char* bytes = read_file(path, &size);
  CHECK(strstr(bytes, "something") == NULL);
  free(bytes);
  close_store(store);
}

static int32_t cancel_at_once(int64_t done, int64_t total, void* user_data) {
  (void)done, (void)total, (void)user_data;
  return MEMTIER_CALLBACK_CANCEL;
}

static void a_file_half_written_is_removed(void) {
  memtier_store* store = make_store();
  const memtier_control control = {sizeof control, NULL, cancel_at_once, NULL, NULL};
  const char* path = test_path("half.jsonl");
  int64_t count = -1;
  FAILS(memtier_store_export_file(store, NULL, NULL, 0, path, &control, &count, ERR),
        MEMTIER_CANCELLED);
  CHECK(!file_exists(path));
  close_store(store);
}

static void a_place_that_cannot_be_written_says_so(void) {
  memtier_store* store = make_store();
  int64_t count = 7;
  const char* path = test_path("none/out.jsonl");
  FAILS_SAYING(memtier_store_export_file(store, NULL, NULL, 0, path, NULL, &count, ERR),
               MEMTIER_NOT_FOUND, "none");
  CHECK_INT(count, 0);
  const char* loop = test_path("loop"); /* what has no status of its own is told as it is */
  REQUIRE(symlink(loop, loop) == 0);
  FAILS_SAYING(memtier_store_export_file(store, NULL, NULL, 0, loop, NULL, &count, ERR), MEMTIER_IO,
               "loop");
  /* Through a link, so that a mistake would remove the link and not the device. */
  const char* full = test_path("full");
  if (file_exists("/dev/full") && symlink("/dev/full", full) == 0) {
    FAILS(memtier_store_export_file(store, NULL, NULL, 0, full, NULL, &count, ERR), MEMTIER_FULL);
    CHECK(file_exists(full));
  }
  close_store(store);
}

static void a_failing_writer_ends_the_export_with_its_number(void) {
  memtier_store* store = make_store();
  pipe_end end;
  const memtier_writer writer = writer_to(&end);
  end.answer = -99;
  int64_t count = 7;
  memtier_error** error = ERR;
  FAILS(memtier_store_export(store, NULL, NULL, 0, &writer, NULL, &count, error), MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(*error), -99);
  CHECK_INT(end.destroyed, 1);
  close_store(store);
}

static void a_writer_cannot_use_the_store(void) {
  memtier_store* store = make_store();
  pipe_end end;
  const memtier_writer writer = writer_to(&end);
  end.store = store;
  int64_t count = 0;
  OK(memtier_store_export(store, NULL, NULL, 0, &writer, NULL, &count, ERR));
  CHECK_INT(end.from_inside, MEMTIER_REENTRANT);
  free(end.text);
  close_store(store);
}

static void an_export_of_nothing_is_empty(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'over', 'ttl_us': 1}");
  advance(1);
  char* text = export_text(store, NULL, "");
  CHECK_TEXT(text, "");
  free(text);
  close_store(store);
}

typedef struct counted {
  int calls;
  int64_t last_done, last_total;
} counted;

static int32_t note_progress(int64_t done, int64_t total, void* user_data) {
  counted* c = user_data;
  CHECK(done >= c->last_done);
  ++c->calls;
  c->last_done = done;
  c->last_total = total;
  return MEMTIER_CALLBACK_OK;
}

static void progress_counts_items_of_an_export_and_bytes_of_a_file_imported(void) {
  memtier_store* store = clocked_store();
  for (int i = 0; i < 1500; ++i) put(store, NULL, "{}");
  counted c = {0, 0, 0};
  const memtier_control control = {sizeof control, NULL, note_progress, NULL, &c};
  const char* path = test_path("out.jsonl");
  int64_t count = 0;
  OK(memtier_store_export_file(store, NULL, NULL, 0, path, &control, &count, ERR));
  CHECK_INT(c.last_done, 1500);
  CHECK_INT(c.last_total, 1500);
  memset(&c, 0, sizeof c);
  memtier_store* copy = clocked_store();
  OK(memtier_store_import_file(copy, NULL, NULL, 0, path, &control, NULL, ERR));
  CHECK_INT(c.last_done, size_of_file(path));
  CHECK_INT(c.last_total, size_of_file(path));
  CHECK(c.calls >= 1);
  close_store(copy);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(each_line_is_an_item_oldest_first),
      TEST_CASE(filter_and_scope_choose_what_is_written),
      TEST_CASE(an_export_comes_back_without_loss),
      TEST_CASE(a_file_compressed_or_not_comes_back_too),
      TEST_CASE(a_file_that_is_there_is_made_new),
      TEST_CASE(a_file_half_written_is_removed),
      TEST_CASE(a_place_that_cannot_be_written_says_so),
      TEST_CASE(a_failing_writer_ends_the_export_with_its_number),
      TEST_CASE(a_writer_cannot_use_the_store),
      TEST_CASE(an_export_of_nothing_is_empty),
      TEST_CASE(progress_counts_items_of_an_export_and_bytes_of_a_file_imported),
  };
  return RUN_TESTS(argc, argv, kTests);
}
