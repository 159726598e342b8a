/* memtier.h, section 14: import of items and of conversations. */
#include <stdlib.h>

#include "capi/transfer_support.h"

#define ITEM "{'memtier': 1, 'kind': 'item', "

static void items_are_stored_under_the_names_of_their_lines(void) {
  memtier_store* store = clocked_store();
  import_text(store, NULL, "", ITEM "'id': 'a', 'user': 'ada', 'collection': 'c', 'version': 5}\n");
  memtier_scope* scope = scope_of("user=ada collection=c");
  memtier_item* item = get_item(store, scope, "a");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 5);
  memtier_item_destroy(item);
  memtier_scope_destroy(scope);
  close_store(store);
}

static void a_scope_given_takes_the_place_of_the_names_name_by_name(void) {
  memtier_store* store = clocked_store();
  memtier_scope* given = scope_of("user=bob collection=d");
  import_text(store, given, "",
              ITEM "'id': 'a', 'user': 'ada', 'session': 's', 'collection': 'c'}");
  memtier_item* item = get_item(store, given, "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_USER), "bob");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_SESSION), "s");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_COLLECTION), "d");
  memtier_item_destroy(item);
  memtier_scope_destroy(given);
  close_store(store);
}

static void a_conversation_is_stored_turn_by_turn(void) {
  memtier_store* store = clocked_store();
  const memtier_import_statistics s = import_text(
      store, NULL, "",
      "{'role': 'user', 'text': 'I moved to Bari.', 'time': '2026-05-01T09:30:00Z', 'session': "
      "'s1', 'mood': 'glad'}\n"
      "{'speaker': 'Juno', 'content': 'How is the sea?', 'timestamp': 1777627860, 'dialogue': "
      "'s1', 'id': 'second', 'metadata': {'topic': 'home'}}\n");
  CHECK_INT(s.stored, 2);
  memtier_scope* scope = scope_of("session=s1");
  CHECK_INT(count_items(store, scope, "{'type': 'episodic'}"), 2);
  CHECK_INT(count_items(store, scope, "{'metadata.mood': 'glad', 'metadata.role': 'user'}"), 1);
  memtier_item* item = get_item(store, scope, "second");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "How is the sea?");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), INT64_C(1777627860000000));
  CHECK_HAS(text_of(item, MEMTIER_FIELD_METADATA), "Juno");
  CHECK_HAS(text_of(item, MEMTIER_FIELD_METADATA), "home");
  memtier_item_destroy(item);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'juno', 'weights': {'neighbours': 0, 'session': 0, 'speaker': 0}}"), "second");
  memtier_scope_destroy(scope);
  close_store(store);
}

static void a_conversation_imported_twice_is_there_once(void) {
  memtier_store* store = clocked_store();
  const char* lines =
      "{'role': 'user', 'text': 'hello', 'session': 's'}\n"
      "{'role': 'user', 'text': 'hello', 'session': 's'}\n"
      "{'role': 'user', 'text': 'hello', 'session': 't'}\n";
  CHECK_INT(import_text(store, NULL, "", lines).stored, 3); /* each in a place of its own */
  const memtier_import_statistics again = import_text(store, NULL, "", lines);
  CHECK_INT(again.stored, 0);
  CHECK_INT(again.replaced, 3);
  CHECK_INT(count_items(store, NULL, ""), 3);
  close_store(store);
}

static void what_is_there_is_replaced_or_left_alone(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'content': 'old'}");
  const char* line = ITEM "'id': 'a', 'content': 'new'}\n" ITEM "'id': 'b'}\n";
  memtier_import_statistics s = import_text(store, NULL, "{'mode': 'create'}", line);
  CHECK_INT(s.skipped, 1);
  CHECK_INT(s.stored, 1);
  memtier_item* item = get_item(store, NULL, "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "old");
  memtier_item_destroy(item);
  s = import_text(store, NULL, "{'mode': 'replace'}", line);
  CHECK_INT(s.replaced, 2);
  item = get_item(store, NULL, "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "new");
  memtier_item_destroy(item);
  close_store(store);
}

static void a_tier_takes_all(void) {
  memtier_store* store = clocked_store();
  import_text(store, NULL, "{'tier': 'archive'}",
              ITEM "'id': 'a', 'tier': 'working'}\n{'text': 'hello', 'id': 'b'}\n");
  CHECK_TEXT(tier_name(store, "a"), "archive");
  CHECK_TEXT(tier_name(store, "b"), "archive");
  memtier_import_statistics s;
  FAILS_SAYING(try_import(store, NULL, "{'tier': 'attic'}", "", &s), MEMTIER_NOT_FOUND, "attic");
  close_store(store);
}

static const char kOneBad[] =
    "{'id': 'a', 'text': 'one'}\n"
    "\n"
    "no JSON at all\n"
    "{'id': 'b', 'text': 'two'}\n"
    "{'id': 'c', 'text': 7}\n";

static void a_bad_line_stops_the_import_and_what_came_before_is_stored(void) {
  memtier_store* store = clocked_store();
  memtier_import_statistics s;
  FAILS_SAYING(try_import(store, NULL, "", kOneBad, &s), MEMTIER_MALFORMED, "line 3");
  CHECK_INT(s.stored, 1);
  CHECK_INT(s.lines, 2);
  CHECK_INT(s.failed, 1);
  CHECK_INT(s.first_failed_line, 3);
  CHECK_TEXT(list_ids(store, NULL, ""), "a");
  close_store(store);
}

static void bad_lines_can_be_skipped_and_are_counted(void) {
  memtier_store* store = clocked_store();
  const memtier_import_statistics s = import_text(store, NULL, "{'on_error': 'skip'}", kOneBad);
  CHECK_INT(s.lines, 4);
  CHECK_INT(s.stored, 2);
  CHECK_INT(s.failed, 2);
  CHECK_INT(s.first_failed_line, 3);
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'id'}"), "b a");
  close_store(store);
}

static void lines_that_are_no_items_are_malformed(void) {
  memtier_store* store = clocked_store();
  static const char* const kRows[][2] = {
      {"[]", "object"},
      {"{'memtier': 2, 'kind': 'item'}", "newer"},
      {"{'memtier': 1, 'kind': 'edge'}", "kind"},
      {ITEM "'colour': 1}", "colour"},
      {ITEM "'importance': 2}", "importance"},
      {ITEM "'version': -1}", "version"},
      {ITEM "'tier': 'attic'}", "attic"},
      {ITEM "'collection': '*'}", "collection"},
      {"{'time': 'soon', 'text': 'x'}", "time"},
      {"{'role': 'user'}", "text"},
      {"{'text': 'x', 'metadata': 1}", "metadata"},
      {"{'text': 'x', 'session': []}", "session"},
      {"{'text': 'x', 'id': ''}", "id"},
      {"{'text': '\xff'}", "JSON"},
  };
  for (size_t i = 0; i < sizeof kRows / sizeof kRows[0]; ++i) {
    const int before = check_failures();
    memtier_import_statistics s;
    FAILS_SAYING(try_import(store, NULL, "", kRows[i][0], &s), MEMTIER_MALFORMED, kRows[i][1]);
    CHECK_HAS(check_message(), "line 1");
    CHECK_INT(s.failed, 1);
    if (check_failures() != before) fprintf(stderr, "  for %s\n", kRows[i][0]);
  }
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

static void the_kind_of_lines_can_be_said(void) {
  memtier_store* store = clocked_store();
  import_text(store, NULL, "{'format': 'items'}", "{'id': 'a', 'content': 'x'}\n");
  memtier_item* item = get_item(store, NULL, "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "");
  memtier_item_destroy(item);
  import_text(store, NULL, "{'format': 'conversation'}", "{'id': 'b', 'content': 'x'}\n");
  item = get_item(store, NULL, "b");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "episodic");
  memtier_item_destroy(item);
  close_store(store);
}

static void a_wrong_document_is_refused(void) {
  memtier_store* store = clocked_store();
  static const char* const kRows[][2] = {
      {"{'format': 'csv'}", "format"}, {"{'on_error': 'ignore'}", "on_error"},
      {"{'mode': 'append'}", "mode"},  {"{'colour': 1}", "colour"},
      {"{'mode': 1}", "mode"},         {"[]", "import"},
  };
  for (size_t i = 0; i < sizeof kRows / sizeof kRows[0]; ++i) {
    memtier_import_statistics s;
    FAILS_SAYING(try_import(store, NULL, kRows[i][0], "{'text': 'x'}", &s), MEMTIER_INVALID,
                 kRows[i][1]);
    CHECK_INT(s.lines, 0);
  }
  close_store(store);
}

static void the_pieces_of_a_reader_may_be_of_any_size(void) {
  char* lines = malloc(400000);
  size_t used = 0;
  for (int i = 0; i < 3000; ++i) {
    used += (size_t)sprintf(lines + used, "{\"id\": \"%d\", \"text\": \"turn %d\"}%s", i, i,
                            i % 3 == 0 ? "\r\n" : "\n");
  }
  lines[used - 1] = '\0'; /* the last line without an end */
  const size_t pieces[] = {1, 7, 4096, 0};
  for (size_t i = 0; i < 4; ++i) {
    memtier_store* store = clocked_store();
    pipe_end end;
    const memtier_reader reader = reader_from(&end, lines);
    end.piece = pieces[i];
    memtier_import_statistics s = {sizeof s, 0, 0, 0, 0, 0, 0, 0};
    OK(memtier_store_import(store, NULL, NULL, 0, &reader, NULL, &s, ERR));
    CHECK_INT(s.stored, 3000);
    CHECK_INT(count_items(store, NULL, "{'content': 'turn 2999'}"), 1);
    close_store(store);
  }
  free(lines);
}

static int32_t give_too_much(void* buffer, size_t buffer_size, size_t* out_size, void* user_data) {
  (void)buffer, (void)user_data;
  *out_size = buffer_size + 1;
  return MEMTIER_CALLBACK_OK;
}

static void a_failing_reader_ends_the_import_with_its_number(void) {
  memtier_store* store = clocked_store();
  pipe_end end;
  memtier_reader reader = reader_from(&end, "");
  end.answer = -31;
  memtier_error** error = ERR;
  FAILS(memtier_store_import(store, NULL, NULL, 0, &reader, NULL, NULL, error), MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(*error), -31);
  CHECK_INT(end.destroyed, 1);
  reader.read = give_too_much;
  FAILS_SAYING(memtier_store_import(store, NULL, NULL, 0, &reader, NULL, NULL, ERR),
               MEMTIER_CALLBACK, "out_size");
  close_store(store);
}

static int32_t stop_after_some(int64_t done, int64_t total, void* user_data) {
  (void)total, (void)user_data;
  return done > 0 ? MEMTIER_CALLBACK_CANCEL : MEMTIER_CALLBACK_OK;
}

static void an_import_cancelled_tells_what_it_has_stored(void) {
  memtier_store* store = clocked_store();
  char* lines = malloc(400000);
  size_t used = 0;
  for (int i = 0; i < 8000; ++i) used += (size_t)sprintf(lines + used, "{\"text\": \"%d\"}\n", i);
  pipe_end end;
  const memtier_reader reader = reader_from(&end, lines);
  const memtier_control control = {sizeof control, NULL, stop_after_some, NULL, NULL};
  memtier_import_statistics s = {sizeof s, 0, 0, 0, 0, 0, 0, 0};
  FAILS(memtier_store_import(store, NULL, NULL, 0, &reader, &control, &s, ERR), MEMTIER_CANCELLED);
  CHECK_INT(count_items(store, NULL, ""), s.stored);
  free(lines);
  close_store(store);
}

static void a_file_that_cannot_be_read_says_so(void) {
  memtier_store* store = clocked_store();
  FAILS_SAYING(
      memtier_store_import_file(store, NULL, NULL, 0, test_path("none.jsonl"), NULL, NULL, ERR),
      MEMTIER_NOT_FOUND, "none.jsonl");
  FAILS_SAYING(memtier_store_import_file(store, NULL, NULL, 0, "/", NULL, NULL, ERR),
               MEMTIER_INVALID, "path");
  /* A compressed file that was cut short. */
  const char* path = test_path("a.jsonl.gz");
  int64_t count = 0;
  for (int i = 0; i < 100; ++i) put(store, NULL, "{}");
  OK(memtier_store_export_file(store, NULL, NULL, 0, path, NULL, &count, ERR));
  size_t size = 0;
  char* bytes = read_file(path, &size);
  write_file(path, bytes, size / 2);
  memtier_store* copy = clocked_store();
  FAILS(memtier_store_import_file(copy, NULL, NULL, 0, path, NULL, NULL, ERR), MEMTIER_MALFORMED);
  free(bytes);
  close_store(copy);
  close_store(store);
}

static void statistics_of_an_import_have_a_size(void) {
  memtier_store* store = clocked_store();
  pipe_end end;
  const memtier_reader reader = reader_from(&end, "{\"text\": \"x\"}");
  memtier_import_statistics s = {0, 0, 0, 0, 0, 0, 0, 0};
  FAILS_SAYING(memtier_store_import(store, NULL, NULL, 0, &reader, NULL, &s, ERR), MEMTIER_INVALID,
               "struct_size");
  CHECK_INT(end.destroyed, 1);
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(items_are_stored_under_the_names_of_their_lines),
      TEST_CASE(a_scope_given_takes_the_place_of_the_names_name_by_name),
      TEST_CASE(a_conversation_is_stored_turn_by_turn),
      TEST_CASE(a_conversation_imported_twice_is_there_once),
      TEST_CASE(what_is_there_is_replaced_or_left_alone),
      TEST_CASE(a_tier_takes_all),
      TEST_CASE(a_bad_line_stops_the_import_and_what_came_before_is_stored),
      TEST_CASE(bad_lines_can_be_skipped_and_are_counted),
      TEST_CASE(lines_that_are_no_items_are_malformed),
      TEST_CASE(the_kind_of_lines_can_be_said),
      TEST_CASE(a_wrong_document_is_refused),
      TEST_CASE(the_pieces_of_a_reader_may_be_of_any_size),
      TEST_CASE(a_failing_reader_ends_the_import_with_its_number),
      TEST_CASE(an_import_cancelled_tells_what_it_has_stored),
      TEST_CASE(a_file_that_cannot_be_read_says_so),
      TEST_CASE(statistics_of_an_import_have_a_size),
  };
  return RUN_TESTS(argc, argv, kTests);
}
