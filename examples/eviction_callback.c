/* An eviction order of one's own: of a full tier, the longest items go first. */
#include "example.h"

static int32_t score(const memtier_candidates* candidates, double* out_scores, int64_t count,
                     void* user_data) {
  const int64_t* sizes = NULL;
  const memtier_status status =
      memtier_candidates_column_int64(candidates, MEMTIER_FIELD_SIZE_BYTES, &sizes, NULL);
  if (status != MEMTIER_OK) return status; /* negative: the write that needed room fails */
  for (int64_t i = 0; i < count; ++i) out_scores[i] = -(double)sizes[i]; /* the lowest go first */
  ++*(int*)user_data;
  return MEMTIER_CALLBACK_OK;
}

int main(void) {
  static const char ladder[] =
      "{\"tiers\": [{\"name\": \"near\", \"medium\": \"ram\", \"capacity_items\": 2},"
      "             {\"name\": \"far\", \"medium\": \"database\"}]}";
  int calls = 0;
  const memtier_eviction eviction = {sizeof eviction, score, NULL, &calls};
  memtier_options* options = NULL;
  memtier_store* store = NULL;
  check(memtier_options_create(&options, &error));
  check(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, ladder, strlen(ladder), &error));
  check(memtier_options_set_eviction(options, &eviction, &error));
  check(memtier_store_open(":memory:", options, &store, &error));
  memtier_options_destroy(options);

  put_json(store, NULL, "{\"id\": \"short\", \"content\": \"tea\"}");
  put_json(store, NULL, "{\"id\": \"long\", \"content\": \"a long story about tea\"}");
  put_json(store, NULL, "{\"id\": \"also short\", \"content\": \"ink\"}");

  const char* far_away = "{\"tier\": \"far\", \"id\": \"long\"}";
  int64_t count = 0;
  check(memtier_item_count(store, NULL, far_away, strlen(far_away), NULL, &count, &error));
  printf("scored %d times; the long one lies in \"far\": %s\n", calls, count == 1 ? "yes" : "no");
  expect(count == 1, "the long one went first");
  check(memtier_store_close(store, &error));
  return 0;
}
