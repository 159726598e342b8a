/* Two processes on one file: what one has written, the other sees at its next read.
 *
 *     two_processes FILE
 *
 * A store is not used across fork(): each process opens it for itself. */
#include <sys/wait.h>
#include <unistd.h>

#include "example.h"

static memtier_store* open_store(const char* path) {
  memtier_store* store = NULL;
  check(memtier_store_open(path, NULL, &store, &error));
  return store;
}

/* The child: waits for a word on the pipe, reads the item, and answers. */
static int reader(const char* path, int from_parent, int to_parent) {
  memtier_store* store = open_store(path);
  char word = 0;
  int seen = 0;
  while (read(from_parent, &word, 1) == 1) {
    memtier_item* item = NULL;
    int64_t version = 0;
    check(memtier_item_get(store, NULL, "shared", 6, &item, &error));
    check(memtier_item_read_int64(item, MEMTIER_FIELD_VERSION, &version, &error));
    memtier_item_destroy(item);
    word = (char)version;
    if (write(to_parent, &word, 1) != 1) return EXIT_FAILURE;
    ++seen;
  }
  check(memtier_store_close(store, &error));
  return seen == 5 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "two_processes.mem";
  int to_child[2], from_child[2];
  if (pipe(to_child) != 0 || pipe(from_child) != 0) return EXIT_FAILURE;
  const pid_t child = fork();
  if (child < 0) return EXIT_FAILURE;
  if (child == 0) {
    close(to_child[1]);
    return reader(path, to_child[0], from_child[1]);
  }
  close(to_child[0]);
  memtier_store* store = open_store(path);
  const char* everything = "[\"*\"]";
  int64_t deleted = 0;
  check(memtier_tier_clear(store, NULL, everything, strlen(everything), NULL, &deleted, &error));
  for (int version = 1; version <= 5; ++version) {
    char word = 0;
    put_json(store, NULL, "{\"id\": \"shared\", \"content\": \"written by the parent\"}");
    if (write(to_child[1], &word, 1) != 1 || read(from_child[0], &word, 1) != 1) break;
    printf("the parent wrote version %d, the child read version %d\n", version, word);
    expect(word == version, "the version just written");
  }
  close(to_child[1]);
  int status = 0;
  waitpid(child, &status, 0);
  check(memtier_store_close(store, &error));
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
