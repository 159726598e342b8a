/* memtier.h, sections 1 and 2: version and status. */
#include "capi/support.h"

static void the_version_at_run_time_is_that_of_the_header(void) {
  CHECK_INT(memtier_version_major(), MEMTIER_VERSION_MAJOR);
  CHECK_INT(memtier_version_minor(), MEMTIER_VERSION_MINOR);
  CHECK_INT(memtier_version_patch(), MEMTIER_VERSION_PATCH);
}

static void the_details_are_a_json_object_that_says_what_was_built_in(void) {
  const char* details = memtier_version_details();
  CHECK_INT(details[0], '{');
  CHECK_INT(details[strlen(details) - 1], '}');
  CHECK_HAS(details, "\"version\":\"1.0.0\"");
  CHECK_HAS(details, "\"sqlite\":\"3.");
  CHECK_HAS(details, "\"zlib\":\"");
  CHECK_HAS(details, "\"compiler\":\"");
  CHECK_HAS(details, "\"file_format\":");
  CHECK(memtier_version_details() == details); /* borrowed for ever */
}

#define NAMED(status) \
  { status, #status }
static const struct {
  memtier_status status;
  const char* name;
} kStatuses[] = {
    NAMED(MEMTIER_OK),        NAMED(MEMTIER_INVALID),     NAMED(MEMTIER_TOO_SMALL),
    NAMED(MEMTIER_CLOSED),    NAMED(MEMTIER_UNSUPPORTED), NAMED(MEMTIER_REENTRANT),
    NAMED(MEMTIER_MALFORMED), NAMED(MEMTIER_NOT_FOUND),   NAMED(MEMTIER_EXISTS),
    NAMED(MEMTIER_CONFLICT),  NAMED(MEMTIER_AMBIGUOUS),   NAMED(MEMTIER_MISMATCH),
    NAMED(MEMTIER_BUSY),      NAMED(MEMTIER_CANCELLED),   NAMED(MEMTIER_CALLBACK),
    NAMED(MEMTIER_LIMIT),     NAMED(MEMTIER_IO),          NAMED(MEMTIER_FULL),
    NAMED(MEMTIER_CORRUPT),   NAMED(MEMTIER_READ_ONLY),   NAMED(MEMTIER_NEWER_FORMAT),
    NAMED(MEMTIER_DENIED),    NAMED(MEMTIER_NO_MEMORY),   NAMED(MEMTIER_INTERNAL),
};
#define STATUS_COUNT (sizeof kStatuses / sizeof kStatuses[0])

static void every_status_has_the_name_of_its_constant(void) {
  for (size_t i = 0; i < STATUS_COUNT; ++i) {
    CHECK_TEXT(memtier_status_name(kStatuses[i].status), kStatuses[i].name);
  }
}

static void every_status_has_a_sentence_of_its_own(void) {
  for (size_t i = 0; i < STATUS_COUNT; ++i) {
    const char* text = memtier_status_text(kStatuses[i].status);
    CHECK(strlen(text) > 0 && text[strlen(text) - 1] == '.');
    for (size_t j = 0; j < i; ++j) {
      CHECK(strcmp(text, memtier_status_text(kStatuses[j].status)) != 0);
    }
  }
}

static void a_number_that_is_no_status_is_unknown(void) {
  const memtier_status strangers[] = {1, -1, -9, -16, -111, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; ++i) {
    CHECK_TEXT(memtier_status_name(strangers[i]), "MEMTIER_UNKNOWN");
    CHECK(strlen(memtier_status_text(strangers[i])) > 0);
  }
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(the_version_at_run_time_is_that_of_the_header),
      TEST_CASE(the_details_are_a_json_object_that_says_what_was_built_in),
      TEST_CASE(every_status_has_the_name_of_its_constant),
      TEST_CASE(every_status_has_a_sentence_of_its_own),
      TEST_CASE(a_number_that_is_no_status_is_unknown),
  };
  return RUN_TESTS(argc, argv, kTests);
}
