/* memtier.h, section 17: the embedder. */
#include <math.h>
#include <stdlib.h>

#include "capi/support.h"

/* An embedder of one's own: a vector has the size of the text and how many e's are in it. */
typedef struct counter {
  int calls;
  int texts;
  int most; /* texts at once */
  int destroyed;
  int32_t result;
  float component; /* in place of the count, where it is not 0 */
  memtier_store* store;
  memtier_status used; /* what using the store inside gave */
} counter;

static int32_t count_letters(const memtier_slice* texts, int64_t count, float* out_vectors,
                             int64_t dimension, void* user_data) {
  counter* c = user_data;
  ++c->calls;
  c->texts += (int)count;
  if (count > c->most) c->most = (int)count;
  if (c->store != NULL) c->used = memtier_store_flush(c->store, NULL, NULL);
  if (c->result != MEMTIER_CALLBACK_OK) return c->result;
  for (int64_t i = 0; i < count; ++i) {
    const char* text = texts[i].data;
    for (size_t at = 0; at < texts[i].size; ++at) {
      out_vectors[i * dimension] += 1;
      if (text[at] == 'e') out_vectors[i * dimension + 1] += 1;
    }
    if (c->component != 0) out_vectors[i * dimension] = c->component;
  }
  return MEMTIER_CALLBACK_OK;
}

static void let_go(void* user_data) {
  ++((counter*)user_data)->destroyed;
}

static void set_text(memtier_options* options, int32_t key, const char* text) {
  OK(memtier_options_set_text(options, key, SIZED(text), ERR));
}

static memtier_options* options_with(counter* c) {
  memtier_options* options = options_with_clock();
  const memtier_embedder table = {sizeof table, 2, count_letters, let_go, c};
  OK(memtier_options_set_embedder(options, &table, ERR));
  return options;
}

static const char* embedder_of(memtier_store* store) {
  static char text[1024];
  memtier_bytes* json = NULL;
  OK(memtier_store_get_embedder(store, &json, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  return text;
}

/* The vector of one text; of the last call. */
static const float* embed(memtier_store* store, const char* text, size_t* out_dimension) {
  static float vector[4096];
  const int64_t end = (int64_t)strlen(text);
  memtier_bytes* bytes = NULL;
  OK(memtier_text_embed(store, text, &end, 1, NULL, &bytes, ERR));
  *out_dimension = memtier_bytes_size(bytes) / sizeof(float);
  memcpy(vector, memtier_bytes_data(bytes), memtier_bytes_size(bytes));
  memtier_bytes_destroy(bytes);
  return vector;
}

static double similarity(memtier_store* store, const char* one, const char* other) {
  float first[256];
  size_t dimension = 0;
  memcpy(first, embed(store, one, &dimension), sizeof first);
  REQUIRE(dimension == 256);
  const float* second = embed(store, other, &dimension);
  double sum = 0;
  for (size_t i = 0; i < dimension; ++i) sum += (double)first[i] * second[i];
  return sum;
}

static void the_built_in_one_is_there_without_asking(void) {
  memtier_store* store = memory_store();
  CHECK_HAS(embedder_of(store), "\"kind\":\"builtin\"");
  CHECK_HAS(embedder_of(store), "\"name\":\"embedder-en\"");
  CHECK_HAS(embedder_of(store), "\"dimension\":256");
  CHECK_HAS(embedder_of(store), "embedder-en.model");
  CHECK(fabs(similarity(store, "a cup of tea", "a cup of tea") - 1) < 1e-4);
  CHECK(similarity(store, "hiking in the mountains", "trekking") >
        similarity(store, "hiking in the mountains", "an invoice") + 0.1);
  CHECK(similarity(store, "", "tea") == 0);
  close_store(store);
}

static void texts_are_embedded_in_their_order(void) {
  counter c = {0};
  memtier_store* store = open_with(":memory:", options_with(&c));
  const int64_t ends[] = {3, 3, 6};
  memtier_bytes* bytes = NULL;
  OK(memtier_text_embed(store, "teaeel", ends, 3, NULL, &bytes, ERR));
  const float expected[] = {3, 1, 0, 0, 3, 2};
  CHECK_INT((int64_t)memtier_bytes_size(bytes), sizeof expected);
  CHECK(memcmp(memtier_bytes_data(bytes), expected, sizeof expected) == 0);
  memtier_bytes_destroy(bytes);
  CHECK_INT(c.calls, 1);
  OK(memtier_text_embed(store, NULL, NULL, 0, NULL, &bytes, ERR));
  CHECK_INT((int64_t)memtier_bytes_size(bytes), 0);
  memtier_bytes_destroy(bytes);
  OK(memtier_text_embed(store, NULL, &(const int64_t){0}, 1, NULL, &bytes, ERR));
  CHECK_INT((int64_t)memtier_bytes_size(bytes), 8);
  memtier_bytes_destroy(bytes);
  FAILS_SAYING(memtier_text_embed(store, "t\xc3(", (const int64_t[]){1, 3}, 2, NULL, &bytes, ERR),
               MEMTIER_INVALID, "number 1");
  close_store(store);
}

static void the_callback_gets_batches(void) {
  counter c = {0};
  int64_t ends[10];
  memtier_bytes* bytes = NULL;
  memtier_options* options = options_with(&c);
  set_option(options, MEMTIER_OPTION_EMBED_BATCH, 4);
  set_text(options, MEMTIER_OPTION_EMBEDDER_NAME, "letters-1");
  memtier_store* store = open_with(":memory:", options);
  CHECK_TEXT(embedder_of(store), Q("{'dimension':2,'kind':'callback','name':'letters-1'}"));
  for (int i = 0; i < 10; ++i) ends[i] = i + 1;
  OK(memtier_text_embed(store, "eeeeeeeeee", ends, 10, NULL, &bytes, ERR));
  memtier_bytes_destroy(bytes);
  CHECK_INT(c.calls, 3);
  CHECK_INT(c.texts, 10);
  CHECK_INT(c.most, 4);
  CHECK_INT(c.destroyed, 0);
  close_store(store);
  CHECK_INT(c.destroyed, 1);
}

static void what_the_callback_says_comes_back(void) {
  counter c = {0};
  memtier_error* error = NULL;
  memtier_bytes* bytes = NULL;
  const int64_t end = 1;
  memtier_store* store = open_with(":memory:", options_with(&c));
  const int32_t results[] = {-7, MEMTIER_CALLBACK_DEFAULT, MEMTIER_CALLBACK_CANCEL, 3};
  for (size_t i = 0; i < sizeof results / sizeof results[0]; ++i) {
    c.result = results[i];
    FAILS(memtier_text_embed(store, "x", &end, 1, NULL, &bytes, &error), MEMTIER_CALLBACK);
    CHECK_INT(memtier_error_callback_code(error), results[i]);
    CHECK(bytes == NULL);
    memtier_error_destroy(error);
  }
  c.result = MEMTIER_CALLBACK_OK;
  c.component = NAN;
  FAILS_SAYING(memtier_text_embed(store, "x", &end, 1, NULL, &bytes, ERR), MEMTIER_CALLBACK,
               "not a finite number");
  c.component = 1e16F;
  FAILS_SAYING(memtier_text_embed(store, "x", &end, 1, NULL, &bytes, ERR), MEMTIER_CALLBACK,
               "beyond");
  c.component = 0;
  c.store = store;
  OK(memtier_text_embed(store, "x", &end, 1, NULL, &bytes, ERR));
  CHECK_INT(c.used, MEMTIER_REENTRANT);
  memtier_bytes_destroy(bytes);
  close_store(store);
}

static void none_needs_no_file_and_embeds_nothing(void) {
  memtier_bytes* bytes = NULL;
  const int64_t end = 1;
  memtier_options* options = options_with_clock();
  set_text(options, MEMTIER_OPTION_EMBEDDER, "none");
  set_text(options, MEMTIER_OPTION_MODEL_PATH, "/nowhere");
  memtier_store* store = open_with(":memory:", options);
  CHECK_TEXT(embedder_of(store), Q("{'kind':'none'}"));
  FAILS_SAYING(memtier_text_embed(store, "x", &end, 1, NULL, &bytes, ERR), MEMTIER_UNSUPPORTED,
               "none");
  close_store(store);
}

static memtier_status open_with_model(const char* path) {
  memtier_store* store = NULL;
  memtier_options* options = options_with_clock();
  set_text(options, MEMTIER_OPTION_MODEL_PATH, path);
  const memtier_status status = memtier_store_open(test_path("never.mem"), options, &store, ERR);
  memtier_options_destroy(options);
  CHECK(store == NULL);
  return status;
}

static void without_its_file_no_store_opens(void) {
  FAILS_SAYING(open_with_model(test_path("none")), MEMTIER_UNSUPPORTED, "there is no model file");
  write_text_file(test_path("bad.model"), "this is no model, and never was one");
  FAILS_SAYING(open_with_model(test_path("bad.model")), MEMTIER_CORRUPT, "bad.model");
  memtier_store* store = NULL;
  memtier_options* options = options_with_clock();
  set_option(options, MEMTIER_OPTION_CREATE, 0);
  FAILS(memtier_store_open(test_path("never.mem"), options, &store, ERR), MEMTIER_NOT_FOUND);
  memtier_options_destroy(options);
  setenv("MEMTIER_MODEL_PATH", test_path("none"), 1);
  FAILS_SAYING(memtier_store_open(":memory:", NULL, &store, ERR), MEMTIER_UNSUPPORTED,
               "MEMTIER_MODEL_PATH");
  unsetenv("MEMTIER_MODEL_PATH");
}

static void options_are_checked(void) {
  counter c = {0};
  memtier_store* store = NULL;
  memtier_options* options = options_with_clock();
  FAILS_SAYING(memtier_options_set_text(options, MEMTIER_OPTION_EMBEDDER, SIZED("elmo"), ERR),
               MEMTIER_INVALID, "builtin, none or callback");
  FAILS(memtier_options_set_text(options, MEMTIER_OPTION_EMBEDDER_NAME, SIZED("a\nb"), ERR),
        MEMTIER_INVALID);
  FAILS(memtier_options_set_text(options, MEMTIER_OPTION_MODEL_PATH, "a\0b", 3, ERR),
        MEMTIER_INVALID);
  set_text(options, MEMTIER_OPTION_EMBEDDER, "callback");
  FAILS_SAYING(memtier_store_open(":memory:", options, &store, ERR), MEMTIER_INVALID,
               "no embedder is set");
  memtier_embedder table = {sizeof table, 1, count_letters, let_go, &c};
  FAILS_SAYING(memtier_options_set_embedder(options, &table, ERR), MEMTIER_INVALID, "dimension");
  table.dimension = 4097;
  FAILS(memtier_options_set_embedder(options, &table, ERR), MEMTIER_INVALID);
  table.dimension = 2;
  table.embed = NULL;
  FAILS_SAYING(memtier_options_set_embedder(options, &table, ERR), MEMTIER_INVALID, "embed");
  CHECK_INT(c.destroyed, 3);
  table.embed = count_letters;
  OK(memtier_options_set_embedder(options, &table, ERR));
  OK(memtier_options_set_embedder(options, NULL, ERR));
  CHECK_INT(c.destroyed, 4);
  store = open_with(":memory:", options);
  CHECK_HAS(embedder_of(store), "builtin");
  close_store(store);
}

static int32_t stop(int64_t done, int64_t total, void* user_data) {
  (void)done, (void)total, (void)user_data;
  return MEMTIER_CALLBACK_CANCEL;
}

static void embedding_can_be_stopped(void) {
  counter c = {0};
  memtier_bytes* bytes = NULL;
  const int64_t end = 1;
  const memtier_control control = {sizeof control, NULL, stop, NULL, NULL};
  memtier_store* store = open_with(":memory:", options_with(&c));
  FAILS(memtier_text_embed(store, "x", &end, 1, &control, &bytes, ERR), MEMTIER_CANCELLED);
  CHECK(bytes == NULL);
  close_store(store);
}

static int64_t pending(memtier_store* store) {
  int64_t count = 0;
  OK(memtier_space_count_pending(store, &count, ERR));
  return count;
}

static void items_are_found_by_meaning(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'walk', 'content': 'I love hiking in the mountains'}");
  put(store, NULL, "{'id': 'bill', 'content': 'The invoice was paid in March'}");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'trekking outdoors', 'meaning': true, 'limit': 1}"),
             "walk");
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'payments', 'meaning': true, 'limit': 1}"), "bill");
  CHECK_INT(pending(store), 0);
  FAILS_SAYING(try_search(store, "{'meaning': true}"), MEMTIER_INVALID, "meaning");
  close_store(store);
}

static void items_wait_for_an_embedder_that_fails(void) {
  counter c = {0};
  int64_t count = 0;
  memtier_store* store = open_with(":memory:", options_with(&c));
  c.result = -7;
  put(store, NULL, "{'id': 'a', 'content': 'eee'}");
  put(store, NULL, "{'id': 'b', 'content': 'xyz'}");
  CHECK_INT(pending(store), 2);
  FAILS(try_search(store, "{'text': 'eel', 'meaning': true}"), MEMTIER_CALLBACK);
  FAILS(memtier_space_reembed(store, NULL, &count, ERR), MEMTIER_CALLBACK);
  CHECK_INT(count, 0);
  CHECK_INT(pending(store), 2);
  c.result = MEMTIER_CALLBACK_OK;
  const memtier_control control = {sizeof control, NULL, stop, NULL, NULL};
  FAILS(memtier_space_reembed(store, &control, &count, ERR), MEMTIER_CANCELLED);
  CHECK_INT(count + pending(store), 2);
  OK(memtier_space_reembed(store, NULL, &count, ERR));
  CHECK_INT(pending(store), 0);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'ee', 'meaning': true, 'limit': 1}"), "a");
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {TEST_CASE(the_built_in_one_is_there_without_asking),
                                     TEST_CASE(texts_are_embedded_in_their_order),
                                     TEST_CASE(the_callback_gets_batches),
                                     TEST_CASE(what_the_callback_says_comes_back),
                                     TEST_CASE(none_needs_no_file_and_embeds_nothing),
                                     TEST_CASE(without_its_file_no_store_opens),
                                     TEST_CASE(options_are_checked),
                                     TEST_CASE(items_are_found_by_meaning),
                                     TEST_CASE(items_wait_for_an_embedder_that_fails),
                                     TEST_CASE(embedding_can_be_stopped)};
  return RUN_TESTS(argc, argv, kTests);
}
