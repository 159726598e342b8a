/* As a language with a foreign function interface sees memtier: no header, only names and numbers. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void* library;

/* A pointer to data as one to a function, which ISO C does not convert. */
static void find(const char* name, void* out_function) {
  void* symbol = dlsym(library, name);
  if (symbol == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(EXIT_FAILURE);
  }
  memcpy(out_function, &symbol, sizeof symbol);
}

static void check(int32_t status, const char* what) {
  if (status == 0) return;
  fprintf(stderr, "%s returned %d\n", what, (int)status);
  exit(EXIT_FAILURE);
}

int main(int argc, char** argv) {
  int32_t (*version)(void);
  int32_t (*open)(const char*, const void*, void**, void**);
  int32_t (*make)(void**, void**);
  int32_t (*set_json)(void*, const char*, size_t, void**);
  int32_t (*put)(void*, const void*, const void*, int32_t, int32_t, void**, void**);
  int32_t (*search)(void*, const void*, const char*, size_t, const void*, void**, void**);
  int64_t (*count)(const void*);
  int32_t (*close_store)(void*, void**);
  void (*destroy_hits)(void*);
  void (*destroy_builder)(void*);

  library = dlopen("libmemtier.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return EXIT_FAILURE;
  }
  find("memtier_version_major", &version);
  find("memtier_store_open", &open);
  find("memtier_item_builder_create", &make);
  find("memtier_item_builder_set_json", &set_json);
  find("memtier_item_put", &put);
  find("memtier_store_search", &search);
  find("memtier_hits_count", &count);
  find("memtier_hits_destroy", &destroy_hits);
  find("memtier_item_builder_destroy", &destroy_builder);
  find("memtier_store_close", &close_store);

  void *store = NULL, *builder = NULL, *hits = NULL;
  const char* item = "{\"id\": \"tea\", \"content\": \"Ada likes green tea\"}";
  const char* query = "{\"text\": \"what does Ada like?\"}";
  check(open(argc > 1 ? argv[1] : ":memory:", NULL, &store, NULL), "open");
  check(make(&builder, NULL), "create");
  check(set_json(builder, item, strlen(item), NULL), "set_json");
  check(put(store, NULL, builder, 0, 0, NULL, NULL), "put");
  check(search(store, NULL, query, strlen(query), NULL, &hits, NULL), "search");
  printf("version %d, %d hit\n", (int)version(), (int)count(hits));
  const int good = version() == 1 && count(hits) == 1;
  destroy_hits(hits);
  destroy_builder(builder);
  check(close_store(store, NULL), "close");
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
