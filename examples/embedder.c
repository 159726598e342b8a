/* An embedder of one's own: vectors of words by hashing, in place of the model that comes with memtier.
 * A real program would call a model here, a batch at a time. */
#include <ctype.h>
#include <math.h>

#include "example.h"

#define DIMENSION 64

/* Each word of a text counts in one component, told by its letters. */
static int32_t embed_words(const memtier_slice* texts, int64_t count, float* out_vectors,
                           int64_t dimension, void* user_data) {
  ++*(int*)user_data;
  for (int64_t i = 0; i < count; ++i) {
    const unsigned char* text = texts[i].data;
    float* vector = out_vectors + i * dimension; /* zeros */
    uint32_t hash = 0;
    for (size_t at = 0; at <= texts[i].size; ++at) {
      if (at < texts[i].size && isalnum(text[at])) {
        hash = hash * 31 + (uint32_t)tolower(text[at]) + 1;
      } else if (hash != 0) {
        vector[hash % (uint32_t)dimension] += 1;
        hash = 0;
      }
    }
  }
  return MEMTIER_CALLBACK_OK;
}

static double cosine(const float* a, const float* b) {
  double dot = 0, aa = 0, bb = 0;
  for (int i = 0; i < DIMENSION; ++i) {
    dot += (double)a[i] * b[i];
    aa += (double)a[i] * a[i];
    bb += (double)b[i] * b[i];
  }
  return aa > 0 && bb > 0 ? dot / sqrt(aa * bb) : 0;
}

/* Vectors of two texts, one behind the other. */
static void embed_two(memtier_store* store, const char* one, const char* other, float* vectors) {
  char both[256];
  const int64_t ends[] = {(int64_t)strlen(one), (int64_t)(strlen(one) + strlen(other))};
  memtier_bytes* bytes = NULL;
  snprintf(both, sizeof both, "%s%s", one, other);
  check(memtier_text_embed(store, both, ends, 2, NULL, &bytes, &error));
  expect(memtier_bytes_size(bytes) == 2 * DIMENSION * sizeof(float), "two vectors");
  memcpy(vectors, memtier_bytes_data(bytes), memtier_bytes_size(bytes));
  memtier_bytes_destroy(bytes);
}

int main(void) {
  static const char name[] = "words-64-v1"; /* of the model, its version too */
  static const char query[] =
      "{\"text\": \"the tea that Ada likes\", \"meaning\": true, \"limit\": 1}";
  int calls = 0;
  float vectors[2 * DIMENSION];
  const memtier_embedder embedder = {sizeof embedder, DIMENSION, embed_words, NULL, &calls};
  memtier_options* options = NULL;
  memtier_store* store = NULL;
  memtier_hits* hits = NULL;
  memtier_slice id;
  int64_t pending = 0;
  check(memtier_options_create(&options, &error));
  check(memtier_options_set_embedder(options, &embedder, &error));
  check(
      memtier_options_set_text(options, MEMTIER_OPTION_EMBEDDER_NAME, name, strlen(name), &error));
  check(memtier_store_open(":memory:", options, &store, &error));
  memtier_options_destroy(options);

  embed_two(store, "Ada likes green tea", "green tea is what Ada likes", vectors);
  printf("cosine of two texts: %.2f\n", cosine(vectors, vectors + DIMENSION));

  put_json(store, NULL, "{\"id\": \"tea\", \"content\": \"Ada likes green tea\"}");
  put_json(store, NULL, "{\"id\": \"bari\", \"content\": \"Ada moved to Bari\"}");
  check(memtier_store_search(store, NULL, query, strlen(query), NULL, &hits, &error));
  expect(memtier_hits_count(hits) == 1, "one hit");
  check(memtier_hits_read_text(hits, 0, MEMTIER_FIELD_ID, &id, &error));
  printf("the nearest by meaning: %.*s\n", (int)id.size, (const char*)id.data);
  expect(id.size == 3 && memcmp(id.data, "tea", 3) == 0, "tea is nearest");
  memtier_hits_destroy(hits);

  check(memtier_space_count_pending(store, &pending, &error));
  expect(pending == 0, "every item has its vector");
  expect(calls > 0, "the embedder was asked");
  check(memtier_store_close(store, &error));
  return 0;
}
