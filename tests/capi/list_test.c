/* memtier.h, section 11: filters, counts, lists and cursors. (Every operator has its cases in
 * tests/conformance.) */
#include <string.h>

#include "capi/support.h"

/* Five items, one a second apart: "a" is the oldest. */
static memtier_store* five(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'type': 'fact', 'importance': 0.5, 'metadata': {'n': 2}}");
  advance(SECOND_US);
  put(store, NULL, "{'id': 'b', 'type': 'fact', 'importance': 0.25, 'tags': ['x']}");
  advance(SECOND_US);
  put(store, NULL, "{'id': 'c', 'importance': 0.75, 'metadata': {'n': 'text'}}");
  advance(SECOND_US);
  put(store, NULL, "{'id': 'd', 'type': 'rumour', 'importance': 0.5, 'metadata': {'n': null}}");
  advance(SECOND_US);
  put(store, NULL, "{'id': 'e', 'type': 'event', 'importance': 0.5, 'metadata': {'n': 1}}");
  return store;
}

static void count_tells_how_many_a_filter_matches(void) {
  memtier_store* store = five();
  CHECK_INT(count_items(store, NULL, ""), 5);
  CHECK_INT(count_items(store, NULL, "{}"), 5);
  CHECK_INT(count_items(store, NULL, "{'type': 'fact'}"), 2);
  CHECK_INT(count_items(store, NULL, "{'$or': [{'tags': 'x'}, {'metadata.n': {'$gte': 2}}]}"), 2);
  CHECK_INT(count_items(store, NULL, "{'type': {'$exists': false}}"), 1);
  CHECK_INT(count_items(store, NULL, "{'created_us': {'$lt': '2026-01-01T00:00:02Z'}}"), 2);
  CHECK_INT(count_items(store, NULL, "{'type': 'nothing'}"), 0);
  close_store(store);
}

static void a_wrong_filter_is_an_error_that_names_its_place_and_never_an_empty_result(void) {
  memtier_store* store = five();
  static const char* const kRows[][2] = {
      {"{'colour': 1}", "$.colour"},
      {"{'$or': [{}, {'importance': {'$gtt': 1}}]}", "$.$or[1].importance.$gtt"},
      {"{'tags': {'$in': 5}}", "$.tags.$in"},
      {"{'created_us': {'$gt': 'soon'}}", "$.created_us.$gt"},
      {"[]", "filter"},
      {"{", "filter"},
  };
  for (size_t i = 0; i < sizeof kRows / sizeof kRows[0]; ++i) {
    int64_t count = 7;
    const char* filter = Q(kRows[i][0]);
    FAILS_SAYING(memtier_item_count(store, NULL, SIZED(filter), NULL, &count, ERR), MEMTIER_INVALID,
                 kRows[i][1]);
    CHECK_INT(count, 0);
  }
  close_store(store);
}

static void a_list_is_newest_first_and_can_be_ordered_by_any_field(void) {
  memtier_store* store = five();
  CHECK_TEXT(list_ids(store, NULL, ""), "e d c b a");
  CHECK_TEXT(list_ids(store, NULL, "{'descending': false}"), "a b c d e");
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'id'}"), "e d c b a");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'type': 'fact'}}"), "b a");
  CHECK_TEXT(list_ids(store, NULL,
                      "{'filter': {'importance': {'$ne': 0.5}}, "
                      "'order_by': 'importance', 'descending': false}"),
             "b c");
  close_store(store);
}

static void what_is_missing_comes_first_and_kinds_are_kept_apart(void) {
  memtier_store* store = five();
  /* b has no "n"; d null; e 1; a 2; c a text */
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'metadata.n', 'descending': false}"), "b d e a c");
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'metadata.n'}"), "c a e d b");
  close_store(store);
}

static void a_list_can_skip_and_end_early(void) {
  memtier_store* store = five();
  CHECK_TEXT(list_ids(store, NULL, "{'skip': 2}"), "c b a");
  CHECK_TEXT(list_ids(store, NULL, "{'limit': 2}"), "e d");
  CHECK_TEXT(list_ids(store, NULL, "{'skip': 1, 'limit': 3}"), "d c b");
  CHECK_TEXT(list_ids(store, NULL, "{'skip': 5}"), "");
  memtier_cursor* cursor = open_list(store, NULL, "{'skip': 1, 'limit': 3}");
  CHECK_TEXT(page_ids(cursor, 2), "d c");
  CHECK_TEXT(page_ids(cursor, 2), "b");
  CHECK_TEXT(page_ids(cursor, 2), "");
  memtier_cursor_destroy(cursor);
  close_store(store);
}

static void pages_follow_each_other_until_none_is_left(void) {
  memtier_store* store = five();
  memtier_cursor* cursor = open_list(store, NULL, "");
  CHECK_TEXT(page_ids(cursor, 2), "e d");
  CHECK_TEXT(page_ids(cursor, 1), "c");
  CHECK_TEXT(page_ids(cursor, 100000), "b a");
  CHECK_TEXT(page_ids(cursor, 1), "");
  CHECK_TEXT(page_ids(cursor, 1), "");
  memtier_cursor_destroy(cursor);
  close_store(store);
}

static void each_page_shows_the_store_as_it_is_then(void) {
  memtier_store* store = five();
  memtier_cursor* cursor = open_list(store, NULL, "{'descending': false}");
  CHECK_TEXT(page_ids(cursor, 2), "a b");
  delete_item(store, NULL, "a"); /* was shown */
  delete_item(store, NULL, "c"); /* was not shown yet */
  put(store, NULL, "{'id': 'f'}");
  put(store, NULL, "{'id': 'b', 'created_us': 1767225601000000}"); /* was shown */
  CHECK_TEXT(page_ids(cursor, 10), "d e f");
  memtier_cursor_destroy(cursor);
  close_store(store);
}

static void no_unchanged_item_is_missed_or_shown_twice_however_many_are_equal(void) {
  memtier_store* store = clocked_store();
  for (int i = 0; i < 50; ++i) { /* all with the same time and importance */
    char json[64];
    snprintf(json, sizeof json, "{'id': 'keep%02d'}", i);
    put(store, NULL, json);
    snprintf(json, sizeof json, "{'id': 'gone%02d'}", i);
    put(store, NULL, json);
  }
  memtier_cursor* cursor = open_list(store, NULL, "{'order_by': 'importance'}");
  char seen[50] = {0};
  for (int round = 0; round < 50; ++round) {
    const char* ids = page_ids(cursor, 3);
    if (*ids == '\0') break;
    for (const char* at = strstr(ids, "keep"); at != NULL; at = strstr(at + 1, "keep")) {
      ++seen[(at[4] - '0') * 10 + (at[5] - '0')];
    }
    char id[16];
    snprintf(id, sizeof id, "gone%02d", round);
    delete_item(store, NULL, id);
  }
  for (int i = 0; i < 50; ++i) CHECK_INT(seen[i], 1);
  memtier_cursor_destroy(cursor);
  close_store(store);
}

static memtier_bytes* token_of(memtier_cursor* cursor) {
  memtier_bytes* token = NULL;
  OK(memtier_cursor_get_token(cursor, &token, ERR));
  return token;
}

static void a_token_goes_on_behind_its_place_even_in_another_handle(void) {
  memtier_store* store = open_with(test_path("a.mem"), options_with_clock());
  for (int i = 0; i < 5; ++i) {
    char json[32];
    snprintf(json, sizeof json, "{'id': '%d'}", i);
    put(store, NULL, json);
    advance(1);
  }
  memtier_cursor* cursor = open_list(store, NULL, "{'order_by': 'id', 'descending': false}");
  memtier_bytes* token = token_of(cursor);
  CHECK_INT((int64_t)memtier_bytes_size(token), 0);
  memtier_bytes_destroy(token);
  CHECK_TEXT(page_ids(cursor, 2), "0 1");
  token = token_of(cursor);
  memtier_cursor_destroy(cursor);
  close_store(store);
  store = open_with(test_path("a.mem"), options_with_clock());
  char list[1024];
  snprintf(list, sizeof list, "{'order_by': 'id', 'descending': false, 'after': '%s'}",
           (const char*)memtier_bytes_data(token));
  CHECK_TEXT(list_ids(store, NULL, list), "2 3 4");
  memtier_bytes_destroy(token);
  close_store(store);
}

static void a_token_that_is_none_is_refused(void) {
  memtier_store* store = five();
  memtier_cursor* cursor = (memtier_cursor*)&store;
  const char* list = "{\"after\": \"nonsense\"}";
  FAILS_SAYING(memtier_item_list(store, NULL, SIZED(list), &cursor, ERR), MEMTIER_INVALID, "after");
  CHECK(cursor == NULL);
  close_store(store);
}

static void a_token_of_another_order_is_refused(void) {
  memtier_store* store = five();
  memtier_cursor* cursor = open_list(store, NULL, Q("{'order_by': 'metadata.a.b'}"));
  (void)page_ids(cursor, 2);
  memtier_bytes* token = token_of(cursor);
  memtier_cursor_destroy(cursor);
  char list[1024];
  for (int same = 0; same < 2; ++same) {
    snprintf(list, sizeof list, "{\"order_by\": \"metadata.a%s\", \"after\": \"%s\"}",
             same ? ".b" : "", (const char*)memtier_bytes_data(token));
    FAILS_SAYING(memtier_item_list(store, NULL, SIZED(list), &cursor, ERR),
                 same ? MEMTIER_OK : MEMTIER_INVALID, same ? "" : "order_by");
    memtier_cursor_destroy(cursor);
  }
  memtier_bytes_destroy(token);
  close_store(store);
}

static void a_list_sees_only_what_the_scope_allows(void) {
  memtier_store* store = memory_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* other = scope_of("user=ada collection=other");
  memtier_scope* all = scope_of("collection=*");
  put(store, NULL, "{'id': 'n'}");
  put(store, ada, "{'id': 'a'}");
  put(store, other, "{'id': 'o'}");
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'id'}"), "n a");
  CHECK_TEXT(list_ids(store, ada, ""), "a");
  CHECK_TEXT(list_ids(store, other, ""), "o");
  CHECK_TEXT(list_ids(store, all, "{'order_by': 'id'}"), "o n a");
  CHECK_INT(count_items(store, all, ""), 3);
  CHECK_INT(count_items(store, other, ""), 1);
  memtier_scope_destroy(ada);
  memtier_scope_destroy(other);
  memtier_scope_destroy(all);
  close_store(store);
}

static void a_scope_can_be_destroyed_while_its_cursor_goes_on(void) {
  memtier_store* store = memory_store();
  memtier_scope* ada = scope_of("user=ada");
  put(store, ada, "{'id': 'a'}");
  put(store, NULL, "{'id': 'n'}");
  memtier_cursor* cursor = open_list(store, ada, "");
  memtier_scope_destroy(ada);
  CHECK_TEXT(page_ids(cursor, 10), "a");
  memtier_cursor_destroy(cursor);
  close_store(store);
}

static void expired_items_never_match(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'ttl_us': 10}");
  put(store, NULL, "{'id': 'b'}");
  advance(10);
  CHECK_TEXT(list_ids(store, NULL, ""), "b");
  CHECK_INT(count_items(store, NULL, "{'id': 'a'}"), 0);
  close_store(store);
}

static void a_page_has_at_least_one_and_at_most_a_hundred_thousand(void) {
  memtier_store* store = five();
  memtier_cursor* cursor = open_list(store, NULL, "");
  memtier_items* page = NULL;
  const int64_t wrong[] = {0, -1, MEMTIER_MAX_BATCH + 1, INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    page = (memtier_items*)&store;
    FAILS_SAYING(memtier_cursor_next(cursor, wrong[i], NULL, &page, ERR), MEMTIER_INVALID,
                 "max_items");
    CHECK(page == NULL);
  }
  CHECK_TEXT(page_ids(cursor, MEMTIER_MAX_BATCH), "e d c b a"); /* and the place is kept */
  memtier_cursor_destroy(cursor);
  close_store(store);
}

static void a_page_that_was_cancelled_can_be_asked_for_again(void) {
  memtier_store* store = five();
  memtier_cursor* cursor = open_list(store, NULL, "");
  memtier_cancel* cancel = NULL;
  OK(memtier_cancel_create(&cancel, ERR));
  OK(memtier_cancel_trip(cancel, ERR));
  const memtier_control control = {sizeof control, cancel, NULL, NULL, NULL};
  memtier_items* page = NULL;
  CHECK_TEXT(page_ids(cursor, 2), "e d");
  FAILS(memtier_cursor_next(cursor, 2, &control, &page, ERR), MEMTIER_CANCELLED);
  CHECK_TEXT(page_ids(cursor, 2), "c b");
  memtier_cancel_destroy(cancel);
  memtier_cursor_destroy(cursor);
  close_store(store);
}

static int has(memtier_bytes* json, const char* part) {
  char text[4096];
  const size_t size = memtier_bytes_size(json);
  CHECK(size < sizeof text);
  memcpy(text, memtier_bytes_data(json), size);
  text[size] = 0;
  return strstr(text, part) != NULL;
}

static void explain_says_which_way_a_list_and_a_count_take(void) {
  memtier_store* store = five();
  memtier_bytes* json = NULL;
  const char* list = Q("{'filter': {'type': 'fact', 'importance': {'$gte': 0.3}}, 'limit': 3}");
  OK(memtier_item_explain(store, NULL, SIZED(list), NULL, &json, ERR));
  CHECK(has(json, "\"list\":{") && has(json, "\"count\":{"));
  CHECK(has(json, "\"path\":\"ix_type\""));
  CHECK(has(json, "\"decided_on\":\"index entries\""));
  CHECK(has(json, "\"items\":1") && has(json, "\"count\":1"));
  memtier_bytes_destroy(json);
  list = Q("{'filter': {'metadata.n': 2}}");
  OK(memtier_item_explain(store, NULL, SIZED(list), NULL, &json, ERR));
  CHECK(has(json, "\"decided_on\":\"rows\"") && has(json, "\"rows_seen\":5"));
  memtier_bytes_destroy(json);
  list = Q("{'filter': {'type': 'nothing'}}");
  OK(memtier_item_explain(store, NULL, SIZED(list), NULL, &json, ERR));
  CHECK(has(json, "\"path\":\"none\""));
  memtier_bytes_destroy(json);
  OK(memtier_item_explain(store, NULL, "", 0, NULL, &json, ERR));
  CHECK(has(json, "\"items\":5"));
  memtier_bytes_destroy(json);
  list = Q("{'filter': {'colour': 1}}");
  FAILS_SAYING(memtier_item_explain(store, NULL, SIZED(list), NULL, &json, ERR), MEMTIER_INVALID,
               "$.colour");
  CHECK(json == NULL);
  list = Q("{'after': 'x'}");
  FAILS_SAYING(memtier_item_explain(store, NULL, SIZED(list), NULL, &json, ERR), MEMTIER_INVALID,
               "after");
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(count_tells_how_many_a_filter_matches),
      TEST_CASE(a_wrong_filter_is_an_error_that_names_its_place_and_never_an_empty_result),
      TEST_CASE(a_list_is_newest_first_and_can_be_ordered_by_any_field),
      TEST_CASE(what_is_missing_comes_first_and_kinds_are_kept_apart),
      TEST_CASE(a_list_can_skip_and_end_early),
      TEST_CASE(pages_follow_each_other_until_none_is_left),
      TEST_CASE(each_page_shows_the_store_as_it_is_then),
      TEST_CASE(no_unchanged_item_is_missed_or_shown_twice_however_many_are_equal),
      TEST_CASE(a_token_goes_on_behind_its_place_even_in_another_handle),
      TEST_CASE(a_token_that_is_none_is_refused),
      TEST_CASE(a_token_of_another_order_is_refused),
      TEST_CASE(a_list_sees_only_what_the_scope_allows),
      TEST_CASE(a_scope_can_be_destroyed_while_its_cursor_goes_on),
      TEST_CASE(expired_items_never_match),
      TEST_CASE(a_page_has_at_least_one_and_at_most_a_hundred_thousand),
      TEST_CASE(a_page_that_was_cancelled_can_be_asked_for_again),
      TEST_CASE(explain_says_which_way_a_list_and_a_count_take),
  };
  return RUN_TESTS(argc, argv, kTests);
}
