/* A half year of conversations, imported and asked: memory of an assistant.
 *
 *     conversation assistant_history.jsonl "what is Mara allergic to?" */
#include "example.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: conversation FILE QUESTION\n");
    return EXIT_FAILURE;
  }
  memtier_store* store = NULL;
  memtier_hits* hits = NULL;
  memtier_import_statistics read = {sizeof read, 0, 0, 0, 0, 0, 0, 0};
  check(memtier_store_open(":memory:", NULL, &store, &error));
  check(memtier_store_import_file(store, NULL, NULL, 0, argv[1], NULL, &read, &error));
  printf("%d turns\n", (int)read.stored);
  expect(read.stored > 0, "turns in the file");

  char query[512];
  expect(strpbrk(argv[2], "\"\\") == NULL && strlen(argv[2]) < 400, "a question without quotes");
  snprintf(query, sizeof query, "{\"text\": \"%s\", \"snippets\": true, \"limit\": 5}", argv[2]);
  check(memtier_store_search(store, NULL, query, strlen(query), NULL, &hits, &error));
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    memtier_slice session, snippet;
    check(memtier_hits_read_text(hits, i, MEMTIER_FIELD_SESSION, &session, &error));
    check(memtier_hits_read_text(hits, i, MEMTIER_FIELD_SNIPPET, &snippet, &error));
    printf("[%.*s] %.*s\n", (int)session.size, (const char*)session.data, (int)snippet.size,
           (const char*)snippet.data);
  }
  expect(memtier_hits_count(hits) > 0, "an answer");
  memtier_hits_destroy(hits);
  check(memtier_store_close(store, &error));
  return 0;
}
