#include "capi/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capi/check.h"

static char folder[512];

static void make_folder(void) {
  const char* parent = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/memtier-test-XXXXXX", parent == NULL ? "/tmp" : parent);
  if (mkdtemp(folder) == NULL) {
    perror(folder);
    exit(EXIT_FAILURE);
  }
}

const char* test_path(const char* name) {
  static char paths[16][768];
  static unsigned next;
  if (folder[0] == '\0') make_folder();
  char* path = paths[next++ % 16];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static void remove_tree(const char* path) {
  DIR* list = opendir(path);
  for (struct dirent* entry = list == NULL ? NULL : readdir(list); entry != NULL;
       entry = readdir(list)) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char inner[1024];
    snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
    remove_tree(inner);
  }
  if (list != NULL) closedir(list);
  remove(path);
}

void remove_test_folder(void) {
  if (folder[0] == '\0') return;
  remove_tree(folder);
  folder[0] = '\0';
}

int file_exists(const char* path) {
  struct stat info;
  return stat(path, &info) == 0;
}

int64_t size_of_file(const char* path) {
  struct stat info;
  return stat(path, &info) == 0 ? (int64_t)info.st_size : -1;
}

char* read_file(const char* path, size_t* out_size) {
  FILE* file = fopen(path, "rb");
  REQUIRE(file != NULL);
  const int64_t size = size_of_file(path);
  char* bytes = malloc((size_t)size + 1);
  *out_size = fread(bytes, 1, (size_t)size, file);
  bytes[*out_size] = '\0';
  fclose(file);
  return bytes;
}

void write_file(const char* path, const void* data, size_t size) {
  FILE* file = fopen(path, "wb");
  REQUIRE(file != NULL);
  REQUIRE(fwrite(data, 1, size, file) == size);
  fclose(file);
}

void write_text_file(const char* path, const char* text) {
  write_file(path, text, strlen(text));
}

void patch_file(const char* path, int64_t offset, const void* data, size_t size) {
  FILE* file = fopen(path, "r+b");
  REQUIRE(file != NULL);
  REQUIRE(fseek(file, (long)offset, SEEK_SET) == 0);
  REQUIRE(fwrite(data, 1, size, file) == size);
  fclose(file);
}

int lock_byte(const char* path, int64_t offset) {
  const int file = open(path, O_RDWR | O_CLOEXEC);
  REQUIRE(file >= 0);
  struct flock lock;
  memset(&lock, 0, sizeof lock);
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = (off_t)offset;
  lock.l_len = 1;
  REQUIRE(fcntl(file, F_OFD_SETLK, &lock) == 0);
  return file;
}
