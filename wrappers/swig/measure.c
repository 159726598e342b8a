/* What a resident get costs in C: beside it stand the same loops in native_test.go (BenchmarkGetResident),
 * NativeSmoke.java and Smoke.cs (with the argument "measure"). Prints nanoseconds. */
#include <memtier.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { kRounds = 60, kCalls = 100000 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(void) {
  memtier_store* store = NULL;
  memtier_item_builder* builder = NULL;
  char content[100], image[4096];
  memset(content, 'x', sizeof content);
  memtier_store_open(":memory:", NULL, &store, NULL);
  memtier_item_builder_create(&builder, NULL);
  memtier_item_builder_set_text(builder, MEMTIER_FIELD_ID, "resident", 8, NULL);
  memtier_item_builder_set_bytes(builder, MEMTIER_FIELD_CONTENT, content, sizeof content, NULL);
  memtier_item_put(store, NULL, builder, MEMTIER_PUT_REPLACE, 0, NULL, NULL);
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    size_t size = 0;
    memtier_error* error = NULL;
    const double start = seconds();
    for (int i = 0; i < kCalls; ++i)
      memtier_item_get_into(store, NULL, "resident", 8, image, sizeof image, &size, &error);
    const double cost = (seconds() - start) / kCalls * 1e9;
    if (cost < best) best = cost;
  }
  printf("C: %.1f ns\n", best);
  memtier_item_builder_destroy(builder);
  memtier_store_close(store, NULL);
  return 0;
}
