/* A first program: remembers three things about Ada, and finds them again. */
#include <memtier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static memtier_error* error; /* why the last call failed */

static void check(memtier_status status) {
  if (status == MEMTIER_OK) return;
  fprintf(stderr, "%s: %s\n", memtier_status_name(status), memtier_error_message(error));
  exit(EXIT_FAILURE);
}

int main(int argc, char** argv) {
  static const char* const memories[] = {
      "{\"id\": \"tea\", \"content\": \"Ada likes green tea\", \"tags\": [\"drink\"],"
      " \"metadata\": {\"said\": \"at breakfast\"}}",
      "{\"id\": \"nuts\", \"content\": \"Ada is allergic to hazelnuts\", \"tags\": [\"health\"],"
      " \"importance\": 0.9}",
      "{\"id\": \"bari\", \"content\": \"Ada moved to Bari\"}"};
  static const char query[] =
      "{\"text\": \"what is Ada allergic to?\", \"filter\": {\"tags\": \"health\"}}";
  memtier_store* store = NULL;
  memtier_scope* ada = NULL;
  memtier_item_builder* item = NULL;
  memtier_hits* hits = NULL;

  check(memtier_store_open(argc > 1 ? argv[1] : "agent.mem", NULL, &store, &error));
  check(memtier_scope_create(&ada, &error));
  check(memtier_scope_set(ada, MEMTIER_SCOPE_USER, "ada", 3, &error));
  check(memtier_item_builder_create(&item, &error));
  for (int i = 0; i < 3; ++i) {
    check(memtier_item_builder_clear(item, &error));
    check(memtier_item_builder_set_json(item, memories[i], strlen(memories[i]), &error));
    check(memtier_item_put(store, ada, item, MEMTIER_PUT_REPLACE, MEMTIER_DURABILITY_DEFAULT, NULL,
                           &error));
  }
  check(memtier_store_search(store, ada, query, strlen(query), NULL, &hits, &error));
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    memtier_slice text;
    double score = 0;
    check(memtier_hits_read_text(hits, i, MEMTIER_FIELD_CONTENT, &text, &error));
    check(memtier_hits_read_score(hits, i, &score, &error));
    printf("%.2f  %.*s\n", score, (int)text.size, (const char*)text.data);
  }
  memtier_hits_destroy(hits);
  memtier_item_builder_destroy(item);
  memtier_scope_destroy(ada);
  check(memtier_store_close(store, &error));
  return 0;
}
