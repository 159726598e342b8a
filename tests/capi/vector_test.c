/* memtier.h, section 16: vector spaces and vectors. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capi/support.h"
#include "capi/transfer_support.h"

static memtier_status make_space(memtier_store* store, const char* document) {
  const char* json = Q(document);
  return memtier_space_create(store, SIZED(json), ERR);
}

/* A store with the space "s" of two dimensions, and three items around it. */
static memtier_status put_vector(memtier_store* store, const char* id, float x, float y) {
  const float vector[] = {x, y};
  return memtier_vector_put(store, NULL, SIZED(id), "s", 1, vector, 2, 0, ERR);
}
static void fill_space(memtier_store* store) {
  OK(make_space(store, "{'name': 's', 'dimension': 2}"));
  put(store, NULL, "{'id': 'east', 'type': 'side'}");
  put(store, NULL, "{'id': 'north', 'type': 'side'}");
  put(store, NULL, "{'id': 'northeast'}");
  OK(put_vector(store, "east", 1, 0));
  OK(put_vector(store, "north", 0, 2));
  OK(put_vector(store, "northeast", 3, 3));
}
static memtier_store* store_with_space(void) {
  memtier_store* store = clocked_store();
  fill_space(store);
  return store;
}

static const char* told(memtier_store* store) {
  static char text[4096];
  memtier_bytes* bytes = NULL;
  OK(memtier_space_list(store, NULL, &bytes, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(bytes));
  memtier_bytes_destroy(bytes);
  return text;
}

static void the_nearest_are_found_by_a_document_and_by_numbers(void) {
  memtier_store* store = store_with_space();
  CHECK_TEXT(search_ids(store, NULL, "{'vector': [1, 0.1]}"), "east northeast north");
  CHECK_TEXT(search_ids(store, NULL, "{'vector': [1, 0.1], 'filter': {'type': 'side'}}"),
             "east north");
  CHECK_TEXT(search_ids(store, NULL, "{'vector': [1, 0.1], 'threshold': 0.7, 'space': 's'}"),
             "east northeast");
  memtier_query* query = NULL;
  memtier_hits* hits = NULL;
  const float wanted[] = {0, 5};
  OK(memtier_query_create(NULL, 0, &query, ERR));
  OK(memtier_query_set_vector(query, wanted, 2, ERR));
  OK(memtier_query_run(store, NULL, query, NULL, &hits, ERR));
  REQUIRE(memtier_hits_count(hits) == 3);
  double score = 0;
  OK(memtier_hits_read_score(hits, 0, &score, ERR));
  CHECK_DOUBLE(score, 1);
  OK(memtier_hits_read_score(hits, 1, &score, ERR));
  CHECK(fabs(score - sqrt(0.5)) < 1e-6);
  memtier_hits_destroy(hits);
  OK(memtier_query_set_vector(query, NULL, 0, ERR));
  OK(memtier_query_run(store, NULL, query, NULL, &hits, ERR));
  OK(memtier_hits_read_score(hits, 0, &score, ERR));
  CHECK_DOUBLE(score, 0);
  memtier_hits_destroy(hits);
  memtier_query_destroy(query);
  close_store(store);
}

static void a_vector_comes_back_as_it_was_and_can_be_taken_away(void) {
  memtier_store* store = store_with_space();
  float buffer[2] = {0, 0};
  int64_t dimension = 0;
  FAILS(memtier_vector_get(store, NULL, "north", 5, "s", 1, buffer, 1, &dimension, ERR),
        MEMTIER_TOO_SMALL);
  CHECK_INT(dimension, 2);
  OK(memtier_vector_get(store, NULL, "north", 5, "s", 1, buffer, 2, &dimension, ERR));
  CHECK(buffer[0] == 0 && buffer[1] == 2);
  OK(memtier_vector_delete(store, NULL, "north", 5, "s", 1, 0, ERR));
  FAILS_SAYING(memtier_vector_delete(store, NULL, "north", 5, "s", 1, 0, ERR), MEMTIER_NOT_FOUND,
               "has no vector in space \"s\"");
  CHECK_TEXT(search_ids(store, NULL, "{'vector': [1, 0.1]}"), "east northeast");
  close_store(store);
}

static void many_vectors_are_put_at_once_each_with_its_status(void) {
  memtier_store* store = clocked_store();
  fill_space(store);
  const char ids[] = "eastnobodynorth";
  const int64_t ends[] = {4, 10, 15};
  const float vectors[] = {0, 1, 1, 1, 1, 0};
  memtier_items* items = NULL;
  FAILS_SAYING(
      memtier_vector_put_many(store, NULL, ids, ends, 3, "s", 1, vectors, 6, 0, NULL, &items, ERR),
      MEMTIER_NOT_FOUND, "nobody");
  CHECK_INT(entry_status(items, 0), MEMTIER_OK);
  CHECK_INT(entry_status(items, 1), MEMTIER_NOT_FOUND);
  CHECK_INT(entry_status(items, 2), MEMTIER_OK);
  memtier_items_destroy(items);
  CHECK_TEXT(search_ids(store, NULL, "{'vector': [0.1, 1]}"), "east northeast north");
  FAILS_SAYING(
      memtier_vector_put_many(store, NULL, ids, ends, 3, "s", 1, vectors, 5, 0, NULL, NULL, ERR),
      MEMTIER_INVALID, "component_count");
  OK(memtier_vector_put_many(store, NULL, NULL, NULL, 0, "s", 1, NULL, 0, 0, NULL, NULL, ERR));
  close_store(store);
}

static void wrong_vectors_and_spaces_are_refused_with_the_reason(void) {
  static const char* const kWrong[][2] = {
      {"{'dimension': 2}", "name"},
      {"{'name': 'a'}", "dimension"},
      {"{'name': '', 'dimension': 2}", "name"},
      {"{'name': 'a', 'dimension': 1}", "dimension"},
      {"{'name': 'a', 'dimension': 4097}", "dimension"},
      {"{'name': 'a', 'dimension': 2, 'metric': 'manhattan'}", "metric"},
      {"{'name': 'a', 'dimension': 2, 'storage': 'bits'}", "storage"},
      {"{'name': 'a', 'dimension': 2, 'size': 3}", "size"}};
  memtier_store* store = store_with_space();
  for (size_t i = 0; i < sizeof kWrong / sizeof kWrong[0]; ++i) {
    FAILS_SAYING(make_space(store, kWrong[i][0]), MEMTIER_INVALID, kWrong[i][1]);
  }
  const float three[] = {1, 2, 3};
  FAILS_SAYING(memtier_vector_put(store, NULL, "east", 4, "s", 1, three, 3, 0, ERR),
               MEMTIER_INVALID, "3 components");
  FAILS_SAYING(put_vector(store, "east", 0, 0), MEMTIER_INVALID, "no direction");
  FAILS_SAYING(put_vector(store, "east", NAN, 0), MEMTIER_INVALID, "component 0");
  FAILS_SAYING(put_vector(store, "east", 0, INFINITY), MEMTIER_INVALID, "component 1");
  FAILS_SAYING(memtier_vector_put(store, NULL, "east", 4, "t", 1, three, 2, 0, ERR),
               MEMTIER_NOT_FOUND, "space \"t\"");
  FAILS_SAYING(try_search(store, "{'vector': [1, 2, 3]}"), MEMTIER_INVALID, "3 components");
  FAILS_SAYING(try_search(store, "{'vector': [1]}"), MEMTIER_INVALID, "vector");
  FAILS_SAYING(try_search(store, "{'vector': [1, 'x']}"), MEMTIER_INVALID, "vector");
  FAILS_SAYING(try_search(store, "{'vector': [1, 2], 'space': 't'}"), MEMTIER_NOT_FOUND, "\"t\"");
  CHECK_TEXT(search_ids(store, NULL, "{'vector': [1, 0.1]}"), "east northeast north");
  close_store(store);
}

static void spaces_are_listed_dropped_and_kept_apart(void) {
  memtier_store* store = store_with_space();
  OK(make_space(store, "{'name': 'bytes', 'dimension': 3, 'metric': 'dot', 'storage': 'int8'}"));
  OK(make_space(store, "{'name': 's', 'dimension': 2}"));
  FAILS(make_space(store, "{'name': 's', 'dimension': 2, 'metric': 'l2'}"), MEMTIER_EXISTS);
  CHECK_TEXT(told(store),
             "[{\"dimension\":3,\"metric\":\"dot\",\"name\":\"bytes\",\"storage\":\"int8\","
             "\"vectors\":0},{\"dimension\":2,\"metric\":\"cosine\",\"name\":\"s\",\"storage\":"
             "\"float32\",\"vectors\":3}]");
  FAILS_SAYING(try_search(store, "{'vector': [1, 2]}"), MEMTIER_INVALID, "space");
  OK(memtier_space_drop(store, "s", 1, NULL, ERR));
  FAILS(memtier_space_drop(store, "s", 1, NULL, ERR), MEMTIER_NOT_FOUND);
  OK(make_space(store, "{'name': 's', 'dimension': 2}"));
  CHECK_TEXT(search_ids(store, NULL, "{'vector': [1, 0.1], 'space': 's'}"), "");
  close_store(store);
}

static void vectors_are_there_when_the_store_is_opened_again(void) {
  const char* path = test_path("vectors");
  memtier_store* store = open_store(path);
  fill_space(store);
  memtier_store* other = open_store(path);
  CHECK_TEXT(search_ids(other, NULL, "{'vector': [1, 0.1]}"), "east northeast north");
  delete_item(store, NULL, "northeast");
  CHECK_TEXT(search_ids(other, NULL, "{'vector': [1, 0.1]}"), "east north");
  close_store(other);
  close_store(store);
  store = open_store(path);
  CHECK_TEXT(search_ids(store, NULL, "{'vector': [1, 0.1]}"), "east north");
  close_store(store);
}

static void vectors_are_exported_and_come_back_as_they_were(void) {
  memtier_store* store = store_with_space();
  OK(make_space(store, "{'name': 'bytes', 'dimension': 3, 'storage': 'int8'}"));
  const float given[] = {0.5F, -0.25F, 0.125F};
  OK(memtier_vector_put(store, NULL, "east", 4, "bytes", 5, given, 3, 0, ERR));
  char* lines = export_text(store, NULL, "");
  CHECK_HAS(lines, "{\"memtier\":1,\"kind\":\"space\",");
  memtier_store* other = memory_store();
  const memtier_import_statistics told = import_text(other, NULL, "", lines);
  CHECK_INT(told.stored, 3);
  char* again = export_text(other, NULL, "");
  CHECK_TEXT(again, lines);
  CHECK_TEXT(search_ids(other, NULL, "{'vector': [1, 0.1], 'space': 's'}"), "east northeast north");
  free(again);
  free(lines);
  memtier_import_statistics refused;
  FAILS_SAYING(
      try_import(other, NULL, "", "{'memtier': 1, 'kind': 'item', 'id': 'x', 'vectors': {'t': ''}}",
                 &refused),
      MEMTIER_MALFORMED, "space \"t\"");
  FAILS_SAYING(
      try_import(other, NULL, "",
                 "{'memtier': 1, 'kind': 'item', 'id': 'x', 'vectors': {'s': 'AAAA'}}", &refused),
      MEMTIER_MALFORMED, "vectors");
  CHECK(!exists(other, NULL, "x"));
  close_store(other);
  close_store(store);
}

static void words_and_a_vector_find_together(void) {
  memtier_store* store = store_with_space();
  put(store, NULL, "{'id': 'tea', 'content': 'green tea'}");
  memtier_query* query = NULL;
  memtier_hits* hits = NULL;
  const float wanted[] = {1, 0};
  const char* document = Q("{'text': 'tea', 'limit': 2, 'explain': true}");
  OK(memtier_query_create(SIZED(document), &query, ERR));
  OK(memtier_query_set_vector(query, wanted, 2, ERR));
  OK(memtier_query_run(store, NULL, query, NULL, &hits, ERR));
  REQUIRE(memtier_hits_count(hits) == 2);
  const double *scores = NULL, *text = NULL, *vector = NULL;
  OK(memtier_hits_column_double(hits, MEMTIER_FIELD_SCORE, &scores, ERR));
  OK(memtier_hits_column_double(hits, MEMTIER_FIELD_TEXT_SCORE, &text, ERR));
  OK(memtier_hits_column_double(hits, MEMTIER_FIELD_VECTOR_SCORE, &vector, ERR));
  CHECK(scores[0] > scores[1] && text[0] > 0 && vector[0] == 0);
  CHECK(text[1] == 0);
  CHECK_DOUBLE(vector[1], 1);
  memtier_slice told = {NULL, 0};
  OK(memtier_hits_explain(hits, &told, ERR));
  CHECK(strstr((const char*)told.data, "\"fusion\":\"scores\"") != NULL);
  memtier_hits_destroy(hits);
  memtier_query_destroy(query);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea', 'vector': [1, 0], 'weights': {'text': 0}}"),
             "east northeast north");
  const char* only_not = Q("{'text': '-tea', 'vector': [1, 0]}");
  FAILS_SAYING(memtier_store_search(store, NULL, SIZED(only_not), NULL, &hits, ERR),
               MEMTIER_INVALID, "only excludes words");
  const char* meaning = Q("{'text': 'tea', 'meaning': true}");
  OK(memtier_query_create(SIZED(meaning), &query, ERR));
  FAILS_SAYING(memtier_query_set_vector(query, wanted, 2, ERR), MEMTIER_INVALID, "meaning");
  memtier_query_destroy(query);
  close_store(store);
}

static void recall_is_measured(void) {
  memtier_store* store = store_with_space();
  memtier_bytes* bytes = NULL;
  const char* document = Q("{'space': 's', 'samples': 2, 'limit': 2}");
  OK(memtier_space_measure_recall(store, NULL, SIZED(document), NULL, &bytes, ERR));
  CHECK_TEXT((const char*)memtier_bytes_data(bytes),
             "{\"limit\":2,\"recall\":1.0,\"samples\":2,\"vectors\":3}");
  memtier_bytes_destroy(bytes);
  const char* wrong = Q("{'samples': 0}");
  FAILS_SAYING(memtier_space_measure_recall(store, NULL, SIZED(wrong), NULL, &bytes, ERR),
               MEMTIER_INVALID, "samples");
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(the_nearest_are_found_by_a_document_and_by_numbers),
      TEST_CASE(a_vector_comes_back_as_it_was_and_can_be_taken_away),
      TEST_CASE(many_vectors_are_put_at_once_each_with_its_status),
      TEST_CASE(wrong_vectors_and_spaces_are_refused_with_the_reason),
      TEST_CASE(spaces_are_listed_dropped_and_kept_apart),
      TEST_CASE(vectors_are_there_when_the_store_is_opened_again),
      TEST_CASE(vectors_are_exported_and_come_back_as_they_were),
      TEST_CASE(words_and_a_vector_find_together),
      TEST_CASE(recall_is_measured),
  };
  return RUN_TESTS(argc, argv, kTests);
}
