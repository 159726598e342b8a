/* memtier.h, section 6: what a store says where it may not write, or not read. The superuser may do
 * everything, so these tests run as somebody else. */
#include <sys/stat.h>
#include <unistd.h>

#include "capi/support.h"

#define NOBODY 65534

static memtier_status open_status(const char* path) {
  memtier_store* store = NULL;
  const memtier_status status = memtier_store_open(path, NULL, &store, ERR);
  CHECK((store != NULL) == (status == MEMTIER_OK));
  (void)memtier_store_close(store, NULL);
  return status;
}

static const char* make_store(void) {
  const char* path = test_path("a.mem");
  memtier_store* store = open_store(path);
  put(store, NULL, "{'id': 'a'}");
  close_store(store);
  return path;
}

static void a_file_that_cannot_be_written_is_read_only(void) {
  const char* path = make_store();
  REQUIRE(chmod(path, 0444) == 0);
  FAILS_SAYING(open_status(path), MEMTIER_READ_ONLY, path);
  /* Companions made by somebody who may only read would keep the owner out. */
  CHECK(access(test_path("a.mem-wal"), F_OK) != 0);
  CHECK(access(test_path("a.mem-shm"), F_OK) != 0);
  CHECK(access(test_path("a.mem-log"), F_OK) != 0);
}

static void a_new_store_where_no_file_can_be_made_is_denied(void) {
  REQUIRE(mkdir(test_path("closed"), 0555) == 0);
  FAILS_SAYING(open_status(test_path("closed/a.mem")), MEMTIER_DENIED, "closed");
}

static void a_file_that_cannot_be_read_is_denied(void) {
  const char* path = make_store();
  REQUIRE(chmod(path, 0) == 0);
  FAILS_SAYING(open_status(path), MEMTIER_DENIED, path);
}

static void a_store_in_a_folder_that_cannot_be_written_is_read_only(void) {
  const char* path = make_store();
  REQUIRE(chmod(test_path(""), 0555) == 0);
  FAILS_SAYING(open_status(path), MEMTIER_READ_ONLY, path);
  REQUIRE(chmod(test_path(""), 0755) == 0);
}

static void a_folder_that_cannot_be_searched_is_denied(void) {
  const char* path = make_store();
  REQUIRE(chmod(test_path(""), 0) == 0);
  FAILS_SAYING(open_status(path), MEMTIER_DENIED, path);
  REQUIRE(chmod(test_path(""), 0755) == 0);
}

static void a_file_to_import_that_cannot_be_read_is_denied(void) {
  memtier_store* store = memory_store();
  const char* path = test_path("in.jsonl");
  write_text_file(path, "");
  REQUIRE(chmod(path, 0) == 0);
  FAILS_SAYING(memtier_store_import_file(store, NULL, NULL, 0, path, NULL, NULL, ERR),
               MEMTIER_DENIED, path);
  close_store(store);
}

static void a_file_to_export_into_that_cannot_be_made_is_denied(void) {
  memtier_store* store = memory_store();
  int64_t count = 0;
  const char* path = test_path("folder/out.jsonl");
  REQUIRE(mkdir(test_path("folder"), 0555) == 0);
  FAILS_SAYING(memtier_store_export_file(store, NULL, NULL, 0, path, NULL, &count, ERR),
               MEMTIER_DENIED, path);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_file_that_cannot_be_written_is_read_only),
      TEST_CASE(a_new_store_where_no_file_can_be_made_is_denied),
      TEST_CASE(a_file_that_cannot_be_read_is_denied),
      TEST_CASE(a_store_in_a_folder_that_cannot_be_written_is_read_only),
      TEST_CASE(a_folder_that_cannot_be_searched_is_denied),
      TEST_CASE(a_file_to_import_that_cannot_be_read_is_denied),
      TEST_CASE(a_file_to_export_into_that_cannot_be_made_is_denied),
  };
  if (geteuid() == 0 && (setegid(NOBODY) != 0 || seteuid(NOBODY) != 0)) return EXIT_SKIPPED;
  return RUN_TESTS(argc, argv, kTests);
}
