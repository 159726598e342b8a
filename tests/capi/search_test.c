/* memtier.h, section 12: search. (What is found, and in which order, has its cases in
 * tests/conformance.) */
#include <stdlib.h>

#include "capi/image.h"
#include "capi/support.h"

static memtier_store* teas(void) {
  memtier_store* store = clocked_store();
  put(store, NULL,
      "{'id': 'green', 'type': 'fact', 'importance': 0.75, 'content': 'Ada likes green tea'}");
  advance(1);
  put(store, NULL, "{'id': 'black', 'content': 'Bob drinks black tea, and then more tea'}");
  advance(1);
  put(store, NULL,
      "{'id': 'coffee', 'content': 'Ada never liked coffee', 'tier': 'archive', "
      "'metadata': {'title': 'Morning', 'speaker': 'Carla'}}");
  return store;
}

static void words_are_found_in_every_tier_with_stemming_and_questions_are_fine(void) {
  memtier_store* store = teas();
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'what does Ada like?'}"), "coffee green");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'COFFEE'}"), "coffee");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'lemonade'}"), "");
  close_store(store);
}

/* "tea" between 10 000 different words, as the word that many words stand before. */
static const char* ids_among_many_words(memtier_store* store, int before) {
  enum { kWords = 10000, kRoom = kWords * 8 + 64 };
  char* query = malloc(kRoom);
  int at = snprintf(query, kRoom, "{\"text\": \"");
  for (int i = 0; i < kWords; ++i) {
    if (i == before) at += snprintf(query + at, (size_t)(kRoom - at), "tea ");
    at += snprintf(query + at, (size_t)(kRoom - at), "w%d ", i);
  }
  snprintf(query + at, (size_t)(kRoom - at), "\"}");
  const char* ids = search_ids(store, NULL, query);
  free(query);
  return ids;
}

static void of_10000_words_the_first_4096_are_looked_at(void) {
  memtier_store* store = teas();
  CHECK_TEXT(ids_among_many_words(store, 0), "black green");
  CHECK_TEXT(ids_among_many_words(store, 256), "black green");
  CHECK_TEXT(ids_among_many_words(store, 4095), "black green");
  CHECK_TEXT(ids_among_many_words(store, 4096), "");
  close_store(store);
}

static void titles_and_speakers_are_found_and_weighed(void) {
  memtier_store* store = teas();
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'morning'}"), "coffee");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'carla'}"), "coffee");
  put(store, NULL, "{'id': 'content', 'content': 'Carla never liked coffee'}");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'carla', 'field_weights': {'speaker': 0}}"),
             "content");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'carla', 'field_weights': {'content': 0}}"),
             "coffee");
  close_store(store);
}

static void phrases_prefixes_exclusions_and_all(void) {
  memtier_store* store = teas();
  const char* phrase = "{\"text\": \"\\\"tea more\\\"\"}";
  memtier_hits* hits = NULL;
  OK(memtier_store_search(store, NULL, SIZED(phrase), NULL, &hits, ERR));
  CHECK_INT(memtier_hits_count(hits), 0);
  memtier_hits_destroy(hits);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'coff*'}"), "coffee");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea -green'}"), "black");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'ada tea', 'match': 'all'}"), "green");
  close_store(store);
}

static void boolean_syntax_says_where_it_is_wrong(void) {
  memtier_store* store = teas();
  CHECK_TEXT(search_ids(store, NULL, "{'syntax': 'boolean', 'text': 'tea NOT ada'}"), "black");
  CHECK_TEXT(search_ids(store, NULL, "{'syntax': 'boolean', 'text': '(coffee OR green) AND lik*'}"),
             "green coffee");
  FAILS_SAYING(try_search(store, "{'syntax': 'boolean', 'text': 'tea AND'}"), MEMTIER_INVALID,
               "byte 7");
  OK(try_search(store, "{'text': 'tea AND ( \\\\ * - '}"));
  close_store(store);
}

static void a_filter_is_applied_before_the_best_are_chosen(void) {
  memtier_store* store = teas();
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea', 'limit': 1}"), "black");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea', 'limit': 1, 'filter': {'type': 'fact'}}"),
             "green");
  close_store(store);
}

static void hits_can_be_limited_and_skipped(void) {
  memtier_store* store = clocked_store();
  for (int i = 0; i < 12; ++i) put(store, NULL, "{'content': 'tea'}");
  memtier_hits* hits = search(store, NULL, "{'text': 'tea'}");
  CHECK_INT(memtier_hits_count(hits), 10);
  memtier_hits_destroy(hits);
  hits = search(store, NULL, "{'text': 'tea', 'limit': 5, 'skip': 9}");
  CHECK_INT(memtier_hits_count(hits), 3);
  memtier_hits_destroy(hits);
  hits = search(store, NULL, "{'text': 'tea', 'skip': 100}");
  CHECK_INT(memtier_hits_count(hits), 0);
  memtier_hits_destroy(hits);
  close_store(store);
}

static void without_words_the_newest_come_with_score_zero(void) {
  memtier_store* store = teas();
  CHECK_TEXT(search_ids(store, NULL, ""), "coffee black green");
  CHECK_TEXT(search_ids(store, NULL, "{'filter': {'type': 'fact'}}"), "green");
  memtier_hits* hits = search(store, NULL, "{'limit': 2}");
  CHECK_INT(memtier_hits_count(hits), 2);
  double score = 7;
  OK(memtier_hits_read_score(hits, 1, &score, ERR));
  CHECK_DOUBLE(score, 0);
  memtier_hits_destroy(hits);
  close_store(store);
}

static void equals_come_newer_first(void) {
  memtier_store* store = clocked_store();
  const char* ids[] = {"old", "middle", "new"};
  for (int i = 0; i < 3; ++i) {
    char json[64];
    snprintf(json, sizeof json, "{'id': '%s', 'content': 'same words'}", ids[i]);
    put(store, NULL, json);
    advance(SECOND_US);
  }
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'words'}"), "new middle old");
  close_store(store);
}

static void a_search_is_no_read(void) {
  memtier_store* store = teas();
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'green'}"), "green");
  memtier_item* item = peek_item(store, NULL, "green");
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 0);
  memtier_item_destroy(item);
  CHECK_INT(statistics_of(store).searches, 1);
  close_store(store);
}

static void a_hit_has_its_item_its_score_its_texts_and_columns_of_all(void) {
  memtier_store* store = teas();
  memtier_hits* hits = search(store, NULL, "{'text': 'ada tea', 'snippets': true}");
  REQUIRE(memtier_hits_count(hits) == 3);
  const double *scores = NULL, *importances = NULL;
  OK(memtier_hits_column_double(hits, MEMTIER_FIELD_SCORE, &scores, ERR));
  OK(memtier_hits_column_double(hits, MEMTIER_FIELD_IMPORTANCE, &importances, ERR));
  for (int64_t i = 0; i < 3; ++i) {
    memtier_item* item = NULL;
    double score = 0;
    memtier_slice id, snippet;
    OK(memtier_hits_get(hits, i, &item, ERR));
    OK(memtier_hits_read_score(hits, i, &score, ERR));
    OK(memtier_hits_read_text(hits, i, MEMTIER_FIELD_ID, &id, ERR));
    OK(memtier_hits_read_text(hits, i, MEMTIER_FIELD_SNIPPET, &snippet, ERR));
    CHECK(score > 0 && score == scores[i]);
    CHECK(i == 0 || scores[i - 1] >= scores[i]);
    CHECK_DOUBLE(importances[i], fraction_of(item, MEMTIER_FIELD_IMPORTANCE));
    const char* text = text_of(item, MEMTIER_FIELD_ID);
    CHECK(id.size == strlen(text) && memcmp(id.data, text, id.size) == 0);
    CHECK(snippet.size > 4 && memchr(snippet.data, '*', snippet.size) != NULL);
    memtier_item_destroy(item);
  }
  memtier_slice best;
  OK(memtier_hits_read_text(hits, 0, MEMTIER_FIELD_SNIPPET, &best, ERR));
  const char kMarked[] = "**Ada** likes green **tea**";
  CHECK(best.size == sizeof kMarked - 1 && memcmp(best.data, kMarked, best.size) == 0);
  memtier_hits_destroy(hits);
  close_store(store);
}

static void a_snippet_is_a_passage_of_a_long_text_and_only_where_it_was_asked_for(void) {
  memtier_store* store = memory_store();
  char* content = malloc(20001);
  for (int i = 0; i < 20000; ++i) content[i] = "filler "[i % 7];
  content[20000] = '\0';
  memcpy(content + 14000, "a needle here ", 14);
  memtier_item_builder* builder = new_builder();
  OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_CONTENT, content, 20000, ERR));
  OK(memtier_item_put(store, NULL, builder, 0, 0, NULL, ERR));
  memtier_slice snippet;
  memtier_hits* hits = search(store, NULL, "{'text': 'needle', 'snippets': true}");
  OK(memtier_hits_read_text(hits, 0, MEMTIER_FIELD_SNIPPET, &snippet, ERR));
  char* text = calloc(1, snippet.size + 1);
  memcpy(text, snippet.data, snippet.size);
  CHECK_HAS(text, "**needle**");
  CHECK(snippet.size < 400);
  memtier_hits_destroy(hits);
  hits = search(store, NULL, "{'text': 'needle'}");
  OK(memtier_hits_read_text(hits, 0, MEMTIER_FIELD_SNIPPET, &snippet, ERR));
  CHECK_INT((int64_t)snippet.size, 0);
  memtier_hits_destroy(hits);
  memtier_item_builder_destroy(builder);
  free(text);
  free(content);
  close_store(store);
}

static void hits_are_copied_as_images_with_scores_and_snippets(void) {
  memtier_store* store = teas();
  memtier_hits* hits = search(store, NULL, "{'text': 'ada tea', 'snippets': true}");
  size_t needed = 0, size = 7;
  int64_t count = 7;
  FAILS_SAYING(memtier_hits_copy_images(hits, 0, NULL, 0, &needed, &count, ERR), MEMTIER_TOO_SMALL,
               "buffer");
  CHECK_INT(count, 0);
  char* buffer = malloc(needed);
  OK(memtier_hits_copy_images(hits, 0, buffer, needed, &size, &count, ERR));
  CHECK_INT((int64_t)size, (int64_t)needed);
  CHECK_INT(count, 3);
  double score = 0;
  OK(memtier_hits_read_score(hits, 0, &score, ERR));
  CHECK_DOUBLE(get_f64(buffer, AT_SCORE), score);
  CHECK_TEXT(image_text(buffer, TEXT_ID), "green");
  CHECK_TEXT(image_text(buffer, TEXT_SNIPPET), "**Ada** likes green **tea**");
  const uint32_t first = get_u32(buffer, AT_SIZE);
  OK(memtier_hits_copy_images(hits, 0, buffer, needed - 1, &size, &count, ERR));
  CHECK_INT(count, 2); /* as many as fit whole */
  OK(memtier_hits_copy_images(hits, 1, buffer, needed, &size, &count, ERR));
  CHECK_INT((int64_t)size, (int64_t)(needed - first));
  OK(memtier_hits_copy_images(hits, 3, NULL, 0, &size, &count, ERR));
  CHECK(size == 0 && count == 0);
  FAILS_SAYING(memtier_hits_copy_images(hits, 4, buffer, needed, &size, &count, ERR),
               MEMTIER_INVALID, "first");
  free(buffer);
  memtier_hits_destroy(hits);
  close_store(store);
}

static void explain_says_how_the_hits_were_found_where_it_was_asked_for(void) {
  memtier_store* store = teas();
  memtier_slice json;
  memtier_hits* hits = search(store, NULL, "{'text': 'tea', 'explain': true}");
  OK(memtier_hits_explain(hits, &json, ERR));
  CHECK(json.size > 2 && ((const char*)json.data)[0] == '{');
  memtier_hits_destroy(hits);
  hits = search(store, NULL, "{'text': 'tea'}");
  OK(memtier_hits_explain(hits, &json, ERR));
  CHECK(json.size == 2 && memcmp(json.data, "{}", 2) == 0);
  memtier_hits_destroy(hits);
  close_store(store);
}

static void a_query_is_checked_once_and_run_often(void) {
  memtier_store* store = teas();
  memtier_store* other = memory_store();
  memtier_query* query = NULL;
  const char* text = "{\"text\": \"tea\"}";
  OK(memtier_query_create(SIZED(text), &query, ERR));
  memtier_store* stores[] = {store, other, store};
  const int64_t counts[] = {2, 0, 2};
  for (int i = 0; i < 3; ++i) {
    memtier_hits* hits = NULL;
    OK(memtier_query_run(stores[i], NULL, query, NULL, &hits, ERR));
    CHECK_INT(memtier_hits_count(hits), counts[i]);
    memtier_hits_destroy(hits);
  }
  memtier_query_destroy(query);
  memtier_query_destroy(query);
  memtier_hits* hits = (memtier_hits*)&store;
  FAILS_SAYING(memtier_query_run(store, NULL, query, NULL, &hits, ERR), MEMTIER_CLOSED, "query");
  CHECK(hits == NULL);
  const char* wrong = "{\"txt\": \"tea\"}";
  FAILS_SAYING(memtier_query_create(SIZED(wrong), &query, ERR), MEMTIER_INVALID, "txt");
  CHECK(query == NULL);
  close_store(other);
  close_store(store);
}

static memtier_query* query_of(const char* text) {
  memtier_query* query = NULL;
  OK(memtier_query_create(SIZED(text), &query, ERR));
  return query;
}

static void several_queries_are_run_in_one_call(void) {
  memtier_store* store = teas();
  memtier_query* tea = query_of("{\"text\": \"tea\", \"snippets\": true}");
  memtier_query* none = query_of("{\"text\": \"nowhere\"}");
  memtier_query* coffee = query_of("{\"text\": \"coffee\", \"explain\": true}");
  const memtier_query* queries[] = {tea, none, coffee, tea};
  memtier_hits* hits = NULL;
  OK(memtier_query_run_many(store, NULL, queries, 4, NULL, &hits, ERR));
  CHECK_INT(memtier_hits_query_count(hits), 4);
  const int64_t ends[] = {2, 2, 3, 5};
  for (int64_t i = 0; i < 4; ++i) {
    int64_t end = -1;
    OK(memtier_hits_read_end(hits, i, &end, ERR));
    CHECK_INT(end, ends[i]);
  }
  CHECK_INT(memtier_hits_count(hits), 5);
  const char* ids[] = {"black", "green", "coffee", "black", "green"};
  for (int64_t i = 0; i < 5; ++i) {
    memtier_slice id;
    OK(memtier_hits_read_text(hits, i, MEMTIER_FIELD_ID, &id, ERR));
    CHECK(id.size == strlen(ids[i]) && memcmp(id.data, ids[i], id.size) == 0);
    memtier_slice snippet;
    OK(memtier_hits_read_text(hits, i, MEMTIER_FIELD_SNIPPET, &snippet, ERR));
    CHECK((snippet.size == 0) == (i == 2)); /* only where the query asked for them */
  }
  memtier_slice json;
  OK(memtier_hits_explain(hits, &json, ERR));
  CHECK(json.size > 9 && memcmp(json.data, "[{},{},{\"", 9) == 0);
  memtier_hits_destroy(hits);
  int64_t end = -1;
  FAILS_SAYING(memtier_hits_read_end(hits, 0, &end, ERR), MEMTIER_CLOSED, "hits");
  OK(memtier_query_run_many(store, NULL, NULL, 0, NULL, &hits, ERR));
  CHECK_INT(memtier_hits_query_count(hits), 0);
  FAILS_SAYING(memtier_hits_read_end(hits, 0, &end, ERR), MEMTIER_INVALID, "query");
  memtier_hits_destroy(hits);
  hits = search(store, NULL, "{'text': 'tea'}");
  CHECK_INT(memtier_hits_query_count(hits), 1);
  OK(memtier_hits_read_end(hits, 0, &end, ERR));
  CHECK_INT(end, 2);
  memtier_hits_destroy(hits);
  memtier_query_destroy(tea);
  memtier_query_destroy(none);
  memtier_query_destroy(coffee);
  close_store(store);
}

static void a_search_sees_its_scope_only(void) {
  memtier_store* store = memory_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* all = scope_of("collection=*");
  memtier_scope* other = scope_of("collection=other");
  put(store, ada, "{'id': 'a', 'content': 'tea'}");
  put(store, NULL, "{'id': 'n', 'content': 'tea'}");
  put(store, other, "{'id': 'o', 'content': 'tea'}");
  CHECK_TEXT(search_ids(store, ada, "{'text': 'tea'}"), "a");
  CHECK_INT((int64_t)strlen(search_ids(store, NULL, "{'text': 'tea'}")), 3);
  CHECK_TEXT(search_ids(store, other, "{'text': 'tea'}"), "o");
  CHECK_INT((int64_t)strlen(search_ids(store, all, "{'text': 'tea'}")), 5);
  memtier_scope_destroy(ada);
  memtier_scope_destroy(all);
  memtier_scope_destroy(other);
  close_store(store);
}

static void every_acknowledged_write_is_seen_by_the_next_search(void) {
  for (int32_t durability = MEMTIER_DURABILITY_RELAXED; durability <= MEMTIER_DURABILITY_FULL;
       ++durability) {
    memtier_store* store = open_store(test_path("a.mem"));
    memtier_item_builder* builder = builder_of("{'id': 'a', 'content': 'apple'}");
    OK(memtier_item_put(store, NULL, builder, 0, durability, NULL, ERR));
    CHECK_TEXT(search_ids(store, NULL, "{'text': 'apple'}"), "a");
    memtier_item_builder_destroy(builder);
    builder = builder_of("{'content': 'pear'}");
    OK(memtier_item_update(store, NULL, "a", 1, builder, durability, NULL, ERR));
    CHECK_TEXT(search_ids(store, NULL, "{'text': 'apple'}"), "");
    CHECK_TEXT(search_ids(store, NULL, "{'text': 'pear'}"), "a");
    OK(memtier_item_delete(store, NULL, "a", 1, 0, durability, ERR));
    CHECK_TEXT(search_ids(store, NULL, "{'text': 'pear'}"), "");
    memtier_item_builder_destroy(builder);
    close_store(store);
  }
}

static void what_a_hit_does_not_have_is_refused(void) {
  memtier_store* store = teas();
  memtier_hits* hits = search(store, NULL, "{'text': 'tea'}");
  const int64_t wrong[] = {-1, 2, INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < 4; ++i) {
    memtier_item* item = (memtier_item*)&store;
    memtier_slice slice = {"x", 1};
    double score = 7;
    FAILS_SAYING(memtier_hits_get(hits, wrong[i], &item, ERR), MEMTIER_INVALID, "index");
    FAILS_SAYING(memtier_hits_read_score(hits, wrong[i], &score, ERR), MEMTIER_INVALID, "index");
    FAILS_SAYING(memtier_hits_read_text(hits, wrong[i], MEMTIER_FIELD_ID, &slice, ERR),
                 MEMTIER_INVALID, "index");
    CHECK(item == NULL && slice.size == 0);
    CHECK_DOUBLE(score, 0);
  }
  const double* column = &(double){0};
  FAILS_SAYING(memtier_hits_column_double(hits, MEMTIER_FIELD_PRIORITY, &column, ERR),
               MEMTIER_INVALID, "field");
  CHECK(column == NULL);
  memtier_slice slice;
  FAILS_SAYING(memtier_hits_read_text(hits, 0, MEMTIER_FIELD_REASON, &slice, ERR), MEMTIER_INVALID,
               "field");
  memtier_hits_destroy(hits);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(words_are_found_in_every_tier_with_stemming_and_questions_are_fine),
      TEST_CASE(of_10000_words_the_first_4096_are_looked_at),
      TEST_CASE(titles_and_speakers_are_found_and_weighed),
      TEST_CASE(phrases_prefixes_exclusions_and_all),
      TEST_CASE(boolean_syntax_says_where_it_is_wrong),
      TEST_CASE(a_filter_is_applied_before_the_best_are_chosen),
      TEST_CASE(hits_can_be_limited_and_skipped),
      TEST_CASE(without_words_the_newest_come_with_score_zero),
      TEST_CASE(equals_come_newer_first),
      TEST_CASE(a_search_is_no_read),
      TEST_CASE(a_hit_has_its_item_its_score_its_texts_and_columns_of_all),
      TEST_CASE(a_snippet_is_a_passage_of_a_long_text_and_only_where_it_was_asked_for),
      TEST_CASE(hits_are_copied_as_images_with_scores_and_snippets),
      TEST_CASE(explain_says_how_the_hits_were_found_where_it_was_asked_for),
      TEST_CASE(a_query_is_checked_once_and_run_often),
      TEST_CASE(several_queries_are_run_in_one_call),
      TEST_CASE(a_search_sees_its_scope_only),
      TEST_CASE(every_acknowledged_write_is_seen_by_the_next_search),
      TEST_CASE(what_a_hit_does_not_have_is_refused),
  };
  return RUN_TESTS(argc, argv, kTests);
}
