/* The layout of every struct that callers can see, pinned: fields are only appended, and none ever
 * moves (docs/abi-policy.md). */
#include <stddef.h>

#include "capi/support.h"

static const struct {
  const char* name;
  size_t value;
  size_t pinned;
} kPins[] = {
    {"memtier_slice", sizeof(memtier_slice), 16},
    {"memtier_slice.data", offsetof(memtier_slice, data), 0},
    {"memtier_slice.size", offsetof(memtier_slice, size), 8},
    {"memtier_control", sizeof(memtier_control), 40},
    {"memtier_control.struct_size", offsetof(memtier_control, struct_size), 0},
    {"memtier_control.cancel", offsetof(memtier_control, cancel), 8},
    {"memtier_control.progress", offsetof(memtier_control, progress), 16},
    {"memtier_control.destroy", offsetof(memtier_control, destroy), 24},
    {"memtier_control.user_data", offsetof(memtier_control, user_data), 32},
    {"memtier_store_statistics", sizeof(memtier_store_statistics), 200},
    {"memtier_store_statistics.struct_size", offsetof(memtier_store_statistics, struct_size), 0},
    {"memtier_store_statistics.reserved", offsetof(memtier_store_statistics, reserved), 4},
    {"memtier_store_statistics.item_count", offsetof(memtier_store_statistics, item_count), 8},
    {"memtier_store_statistics.item_bytes", offsetof(memtier_store_statistics, item_bytes), 16},
    {"memtier_store_statistics.expired_count", offsetof(memtier_store_statistics, expired_count),
     24},
    {"memtier_store_statistics.resident_count", offsetof(memtier_store_statistics, resident_count),
     32},
    {"memtier_store_statistics.resident_bytes", offsetof(memtier_store_statistics, resident_bytes),
     40},
    {"memtier_store_statistics.memory_limit_bytes",
     offsetof(memtier_store_statistics, memory_limit_bytes), 48},
    {"memtier_store_statistics.memory_used_bytes",
     offsetof(memtier_store_statistics, memory_used_bytes), 56},
    {"memtier_store_statistics.file_bytes", offsetof(memtier_store_statistics, file_bytes), 64},
    {"memtier_store_statistics.journal_bytes", offsetof(memtier_store_statistics, journal_bytes),
     72},
    {"memtier_store_statistics.sequence", offsetof(memtier_store_statistics, sequence), 80},
    {"memtier_store_statistics.gets", offsetof(memtier_store_statistics, gets), 88},
    {"memtier_store_statistics.gets_resident", offsetof(memtier_store_statistics, gets_resident),
     96},
    {"memtier_store_statistics.gets_stored", offsetof(memtier_store_statistics, gets_stored), 104},
    {"memtier_store_statistics.gets_missed", offsetof(memtier_store_statistics, gets_missed), 112},
    {"memtier_store_statistics.puts", offsetof(memtier_store_statistics, puts), 120},
    {"memtier_store_statistics.deletes", offsetof(memtier_store_statistics, deletes), 128},
    {"memtier_store_statistics.searches", offsetof(memtier_store_statistics, searches), 136},
    {"memtier_store_statistics.promotions", offsetof(memtier_store_statistics, promotions), 144},
    {"memtier_store_statistics.demotions", offsetof(memtier_store_statistics, demotions), 152},
    {"memtier_store_statistics.evictions", offsetof(memtier_store_statistics, evictions), 160},
    {"memtier_store_statistics.expirations", offsetof(memtier_store_statistics, expirations), 168},
    {"memtier_store_statistics.access_dropped", offsetof(memtier_store_statistics, access_dropped),
     176},
    {"memtier_store_statistics.promotions_per_hour",
     offsetof(memtier_store_statistics, promotions_per_hour), 184},
    {"memtier_store_statistics.demotions_per_hour",
     offsetof(memtier_store_statistics, demotions_per_hour), 192},
    {"memtier_tier_statistics", sizeof(memtier_tier_statistics), 160},
    {"memtier_tier_statistics.struct_size", offsetof(memtier_tier_statistics, struct_size), 0},
    {"memtier_tier_statistics.medium", offsetof(memtier_tier_statistics, medium), 4},
    {"memtier_tier_statistics.name", offsetof(memtier_tier_statistics, name), 8},
    {"memtier_tier_statistics.item_count", offsetof(memtier_tier_statistics, item_count), 72},
    {"memtier_tier_statistics.item_bytes", offsetof(memtier_tier_statistics, item_bytes), 80},
    {"memtier_tier_statistics.capacity_items", offsetof(memtier_tier_statistics, capacity_items),
     88},
    {"memtier_tier_statistics.capacity_bytes", offsetof(memtier_tier_statistics, capacity_bytes),
     96},
    {"memtier_tier_statistics.resident_count", offsetof(memtier_tier_statistics, resident_count),
     104},
    {"memtier_tier_statistics.hits", offsetof(memtier_tier_statistics, hits), 112},
    {"memtier_tier_statistics.latency_budget_us",
     offsetof(memtier_tier_statistics, latency_budget_us), 120},
    {"memtier_tier_statistics.utilization", offsetof(memtier_tier_statistics, utilization), 128},
    {"memtier_tier_statistics.average_importance",
     offsetof(memtier_tier_statistics, average_importance), 136},
    {"memtier_tier_statistics.average_age_seconds",
     offsetof(memtier_tier_statistics, average_age_seconds), 144},
    {"memtier_tier_statistics.hit_rate", offsetof(memtier_tier_statistics, hit_rate), 152},
    {"memtier_writer", sizeof(memtier_writer), 32},
    {"memtier_writer.struct_size", offsetof(memtier_writer, struct_size), 0},
    {"memtier_writer.write", offsetof(memtier_writer, write), 8},
    {"memtier_writer.destroy", offsetof(memtier_writer, destroy), 16},
    {"memtier_writer.user_data", offsetof(memtier_writer, user_data), 24},
    {"memtier_reader", sizeof(memtier_reader), 32},
    {"memtier_reader.struct_size", offsetof(memtier_reader, struct_size), 0},
    {"memtier_reader.read", offsetof(memtier_reader, read), 8},
    {"memtier_reader.destroy", offsetof(memtier_reader, destroy), 16},
    {"memtier_reader.user_data", offsetof(memtier_reader, user_data), 24},
    {"memtier_import_statistics", sizeof(memtier_import_statistics), 56},
    {"memtier_import_statistics.struct_size", offsetof(memtier_import_statistics, struct_size), 0},
    {"memtier_import_statistics.reserved", offsetof(memtier_import_statistics, reserved), 4},
    {"memtier_import_statistics.lines", offsetof(memtier_import_statistics, lines), 8},
    {"memtier_import_statistics.stored", offsetof(memtier_import_statistics, stored), 16},
    {"memtier_import_statistics.replaced", offsetof(memtier_import_statistics, replaced), 24},
    {"memtier_import_statistics.skipped", offsetof(memtier_import_statistics, skipped), 32},
    {"memtier_import_statistics.failed", offsetof(memtier_import_statistics, failed), 40},
    {"memtier_import_statistics.first_failed_line",
     offsetof(memtier_import_statistics, first_failed_line), 48},
    {"memtier_clock", sizeof(memtier_clock), 32},
    {"memtier_clock.struct_size", offsetof(memtier_clock, struct_size), 0},
    {"memtier_clock.now", offsetof(memtier_clock, now), 8},
    {"memtier_clock.destroy", offsetof(memtier_clock, destroy), 16},
    {"memtier_clock.user_data", offsetof(memtier_clock, user_data), 24},
    {"memtier_log", sizeof(memtier_log), 32},
    {"memtier_log.struct_size", offsetof(memtier_log, struct_size), 0},
    {"memtier_log.level", offsetof(memtier_log, level), 4},
    {"memtier_log.log", offsetof(memtier_log, log), 8},
    {"memtier_log.destroy", offsetof(memtier_log, destroy), 16},
    {"memtier_log.user_data", offsetof(memtier_log, user_data), 24},
    {"memtier_eviction", sizeof(memtier_eviction), 32},
    {"memtier_eviction.struct_size", offsetof(memtier_eviction, struct_size), 0},
    {"memtier_eviction.score", offsetof(memtier_eviction, score), 8},
    {"memtier_eviction.destroy", offsetof(memtier_eviction, destroy), 16},
    {"memtier_eviction.user_data", offsetof(memtier_eviction, user_data), 24},
};

static void no_size_and_no_place_has_changed(void) {
  for (size_t i = 0; i < sizeof kPins / sizeof kPins[0]; ++i) {
    const int before = check_failures();
    CHECK_INT((int64_t)kPins[i].value, (int64_t)kPins[i].pinned);
    if (check_failures() != before) fprintf(stderr, "  of %s\n", kPins[i].name);
  }
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {TEST_CASE(no_size_and_no_place_has_changed)};
  return RUN_TESTS(argc, argv, kTests);
}
