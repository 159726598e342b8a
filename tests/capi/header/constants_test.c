/* The value of every constant of memtier.h, pinned: what was published never changes and is never used
 * again (docs/abi-policy.md). A row is added with each new constant; no row is ever changed. */
#include <ctype.h>
#include <stdlib.h>

#include "capi/support.h"

#define PIN(name, value) \
  { #name, name, value }

static const struct {
  const char* name;
  int64_t value;
  int64_t pinned;
} kPins[] = {
    PIN(MEMTIER_VERSION_MAJOR, 1),
    PIN(MEMTIER_VERSION_MINOR, 0),
    PIN(MEMTIER_VERSION_PATCH, 0),
    PIN(MEMTIER_OK, 0),
    PIN(MEMTIER_INVALID, -10),
    PIN(MEMTIER_TOO_SMALL, -11),
    PIN(MEMTIER_CLOSED, -12),
    PIN(MEMTIER_UNSUPPORTED, -13),
    PIN(MEMTIER_REENTRANT, -14),
    PIN(MEMTIER_MALFORMED, -15),
    PIN(MEMTIER_NOT_FOUND, -30),
    PIN(MEMTIER_EXISTS, -31),
    PIN(MEMTIER_CONFLICT, -32),
    PIN(MEMTIER_AMBIGUOUS, -33),
    PIN(MEMTIER_MISMATCH, -34),
    PIN(MEMTIER_BUSY, -50),
    PIN(MEMTIER_CANCELLED, -51),
    PIN(MEMTIER_CALLBACK, -52),
    PIN(MEMTIER_LIMIT, -53),
    PIN(MEMTIER_IO, -70),
    PIN(MEMTIER_FULL, -71),
    PIN(MEMTIER_CORRUPT, -72),
    PIN(MEMTIER_READ_ONLY, -73),
    PIN(MEMTIER_NEWER_FORMAT, -74),
    PIN(MEMTIER_DENIED, -75),
    PIN(MEMTIER_NO_MEMORY, -90),
    PIN(MEMTIER_INTERNAL, -110),
    PIN(MEMTIER_CALLBACK_OK, 0),
    PIN(MEMTIER_CALLBACK_DEFAULT, 1),
    PIN(MEMTIER_CALLBACK_CANCEL, 2),
    PIN(MEMTIER_OPTION_CREATE, 1),
    PIN(MEMTIER_OPTION_CHANGE_LADDER, 2),
    PIN(MEMTIER_OPTION_DURABILITY, 10),
    PIN(MEMTIER_OPTION_RELAXED_INTERVAL_MS, 11),
    PIN(MEMTIER_OPTION_BUSY_TIMEOUT_MS, 12),
    PIN(MEMTIER_OPTION_JOURNAL_BYTES, 13),
    PIN(MEMTIER_OPTION_MEMORY_LIMIT_BYTES, 20),
    PIN(MEMTIER_OPTION_READER_COUNT, 21),
    PIN(MEMTIER_OPTION_BACKGROUND, 22),
    PIN(MEMTIER_OPTION_TRANSITION_LIMIT, 23),
    PIN(MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES, 40),
    PIN(MEMTIER_OPTION_ACCESS_INTERVAL_MS, 24),
    PIN(MEMTIER_OPTION_TTL_REFRESH_ON_READ, 25),
    PIN(MEMTIER_OPTION_EVICTION_ORDER, 26),
    PIN(MEMTIER_OPTION_RANDOM_SEED, 27),
    PIN(MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS, 28),
    PIN(MEMTIER_OPTION_LEARN_LINKS, 29),
    PIN(MEMTIER_OPTION_MAINTENANCE_INTERVAL_MS, 44),
    PIN(MEMTIER_OPTION_MAINTENANCE_BUDGET_MS, 45),
    PIN(MEMTIER_OPTION_EMBED_BATCH, 30),
    PIN(MEMTIER_OPTION_PREFETCH, 31),
    PIN(MEMTIER_OPTION_QUERY_CACHE_BYTES, 50),
    PIN(MEMTIER_OPTION_LADDER, 100),
    PIN(MEMTIER_OPTION_TOKENIZER, 101),
    PIN(MEMTIER_OPTION_EMBEDDER, 110),
    PIN(MEMTIER_OPTION_MODEL_PATH, 111),
    PIN(MEMTIER_OPTION_EMBEDDER_NAME, 112),
    PIN(MEMTIER_OPTION_CONSOLIDATION, 120),
    PIN(MEMTIER_DURABILITY_DEFAULT, 0),
    PIN(MEMTIER_DURABILITY_RELAXED, 1),
    PIN(MEMTIER_DURABILITY_NORMAL, 2),
    PIN(MEMTIER_DURABILITY_FULL, 3),
    PIN(MEMTIER_EVICTION_RETENTION, 1),
    PIN(MEMTIER_EVICTION_LRU, 2),
    PIN(MEMTIER_EVICTION_LFU, 3),
    PIN(MEMTIER_EVICTION_EXPIRY, 4),
    PIN(MEMTIER_EVICTION_PRIORITY, 5),
    PIN(MEMTIER_EVICTION_CALLBACK, 6),
    PIN(MEMTIER_SCOPE_APP, 1),
    PIN(MEMTIER_SCOPE_USER, 2),
    PIN(MEMTIER_SCOPE_AGENT, 3),
    PIN(MEMTIER_SCOPE_SESSION, 4),
    PIN(MEMTIER_SCOPE_COLLECTION, 5),
    PIN(MEMTIER_FIELD_ID, 1),
    PIN(MEMTIER_FIELD_TYPE, 2),
    PIN(MEMTIER_FIELD_CONTENT, 3),
    PIN(MEMTIER_FIELD_CONTENT_TYPE, 4),
    PIN(MEMTIER_FIELD_METADATA, 5),
    PIN(MEMTIER_FIELD_TIER, 6),
    PIN(MEMTIER_FIELD_COLLECTION, 7),
    PIN(MEMTIER_FIELD_APP, 8),
    PIN(MEMTIER_FIELD_USER, 9),
    PIN(MEMTIER_FIELD_AGENT, 10),
    PIN(MEMTIER_FIELD_SESSION, 11),
    PIN(MEMTIER_FIELD_SNIPPET, 12),
    PIN(MEMTIER_FIELD_REASON, 13),
    PIN(MEMTIER_FIELD_FROM_TIER, 14),
    PIN(MEMTIER_FIELD_TO_TIER, 15),
    PIN(MEMTIER_FIELD_VERSION, 30),
    PIN(MEMTIER_FIELD_CHANGE_SEQUENCE, 31),
    PIN(MEMTIER_FIELD_CREATED_US, 32),
    PIN(MEMTIER_FIELD_UPDATED_US, 33),
    PIN(MEMTIER_FIELD_ACCESSED_US, 34),
    PIN(MEMTIER_FIELD_EXPIRES_US, 35),
    PIN(MEMTIER_FIELD_TTL_US, 36),
    PIN(MEMTIER_FIELD_ACCESS_COUNT, 37),
    PIN(MEMTIER_FIELD_VALIDATION_COUNT, 38),
    PIN(MEMTIER_FIELD_PRIORITY, 39),
    PIN(MEMTIER_FIELD_PINNED, 40),
    PIN(MEMTIER_FIELD_SIZE_BYTES, 41),
    PIN(MEMTIER_FIELD_TIME_US, 42),
    PIN(MEMTIER_FIELD_IDLE_US, 43),
    PIN(MEMTIER_FIELD_EXPECTED_VERSION, 44),
    PIN(MEMTIER_FIELD_IMPORTANCE, 60),
    PIN(MEMTIER_FIELD_SCORE, 61),
    PIN(MEMTIER_FIELD_TEXT_SCORE, 62),
    PIN(MEMTIER_FIELD_VECTOR_SCORE, 63),
    PIN(MEMTIER_MAX_ID_BYTES, 1024),
    PIN(MEMTIER_MAX_NAME_BYTES, 256),
    PIN(MEMTIER_MAX_TAGS, 256),
    PIN(MEMTIER_MAX_INDEXES, 64),
    PIN(MEMTIER_MAX_POLICIES, 256),
    PIN(MEMTIER_MAX_PATH_BYTES, 1024),
    PIN(MEMTIER_MAX_KEYS, 64),
    PIN(MEMTIER_MAX_KEY_BYTES, 1024),
    PIN(MEMTIER_MAX_METADATA_BYTES, 1048576),
    PIN(MEMTIER_MAX_CONTENT_BYTES, 67108864),
    PIN(MEMTIER_MAX_BATCH, 100000),
    PIN(MEMTIER_MAX_QUERIES, 1000),
    PIN(MEMTIER_MAX_FEEDBACK, 1000),
    PIN(MEMTIER_MAX_SPACES, 64),
    PIN(MEMTIER_MIN_DIMENSION, 2),
    PIN(MEMTIER_MAX_DIMENSION, 4096),
    PIN(MEMTIER_PUT_REPLACE, 0),
    PIN(MEMTIER_PUT_CREATE, 1),
    PIN(MEMTIER_PUT_UPDATE, 2),
    PIN(MEMTIER_IMAGE_FORMAT, 1),
    PIN(MEMTIER_IMAGE_HEADER_BYTES, 168),
    PIN(MEMTIER_IMAGE_TEXT_COUNT, 12),
    PIN(MEMTIER_IMAGE_PINNED, 1),
    PIN(MEMTIER_IMAGE_EXPECT_VERSION, 2),
    PIN(MEMTIER_MEDIUM_RAM, 1),
    PIN(MEMTIER_MEDIUM_DATABASE, 2),
    PIN(MEMTIER_MEDIUM_ARCHIVE, 3),
    PIN(MEMTIER_MEDIUM_EXTERNAL, 4),
    PIN(MEMTIER_MAX_TIERS, 16),
    PIN(MEMTIER_LOG_ERROR, 1),
    PIN(MEMTIER_LOG_WARNING, 2),
    PIN(MEMTIER_LOG_INFO, 3),
    PIN(MEMTIER_LOG_DEBUG, 4),
    PIN(MEMTIER_COLLECTION_DROP_EMPTY, 0),
    PIN(MEMTIER_COLLECTION_DROP_ITEMS, 1),
};
#define PINS (sizeof kPins / sizeof kPins[0])

static void no_constant_has_another_value_than_it_was_published_with(void) {
  for (size_t i = 0; i < PINS; ++i) {
    const int before = check_failures();
    CHECK_INT(kPins[i].value, kPins[i].pinned);
    if (check_failures() != before) fprintf(stderr, "  of %s\n", kPins[i].name);
  }
}

static int is_pinned(const char* name) {
  for (size_t i = 0; i < PINS; ++i) {
    if (strcmp(kPins[i].name, name) == 0) return 1;
  }
  return 0;
}

/* (The other way round, a constant that is gone, does not compile.) */
static void every_constant_of_the_header_is_pinned(void) {
  size_t size = 0, found = 0;
  char* text = read_file(MEMTIER_SOURCE_DIR "/include/memtier.h", &size);
  for (const char* at = strstr(text, "#define MEMTIER_"); at != NULL;
       at = strstr(at + 1, "#define MEMTIER_")) {
    char name[64];
    const char* start = at + strlen("#define ");
    size_t length = 0;
    while (isalnum((unsigned char)start[length]) || start[length] == '_') ++length;
    snprintf(name, sizeof name, "%.*s", (int)length, start);
    if (strcmp(name, "MEMTIER_H") == 0 || strcmp(name, "MEMTIER_API") == 0) continue;
    if (!is_pinned(name)) {
      fprintf(stderr, "  %s has no row\n", name);
      CHECK(!"every constant is pinned");
    }
    ++found;
  }
  CHECK_INT((int64_t)found, (int64_t)PINS);
  free(text);
}

static void every_status_has_its_name(void) {
  for (size_t i = 0; i < PINS; ++i) {
    const int is_status = kPins[i].value <= MEMTIER_INVALID;
    if (!is_status) continue;
    CHECK_TEXT(memtier_status_name((memtier_status)kPins[i].value), kPins[i].name);
  }
  CHECK_TEXT(memtier_status_name(MEMTIER_OK), "MEMTIER_OK");
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(no_constant_has_another_value_than_it_was_published_with),
      TEST_CASE(every_constant_of_the_header_is_pinned),
      TEST_CASE(every_status_has_its_name),
  };
  return RUN_TESTS(argc, argv, kTests);
}
