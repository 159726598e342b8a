// memtier stats and memtier version: numbers about the store, and what was built.
#include "command_line.h"
#include "commands.h"
#include "commands/tier_rows.h"
#include "json_object.h"
#include "table.h"
#include "text.h"

namespace memtier::tool {
namespace {

std::string statistics_json(Tool& tool, const memtier_store_statistics& numbers) {
  JsonObject object;
  object.add("store", tool.options.store)
      .add("item_count", numbers.item_count)
      .add("item_bytes", numbers.item_bytes)
      .add("expired_count", numbers.expired_count)
      .add("resident_count", numbers.resident_count)
      .add("resident_bytes", numbers.resident_bytes)
      .add("memory_limit_bytes", numbers.memory_limit_bytes)
      .add("memory_used_bytes", numbers.memory_used_bytes)
      .add("file_bytes", numbers.file_bytes)
      .add("journal_bytes", numbers.journal_bytes)
      .add("sequence", numbers.sequence)
      .add("gets", numbers.gets)
      .add("gets_resident", numbers.gets_resident)
      .add("gets_stored", numbers.gets_stored)
      .add("gets_missed", numbers.gets_missed)
      .add("puts", numbers.puts)
      .add("deletes", numbers.deletes)
      .add("searches", numbers.searches)
      .add("promotions", numbers.promotions)
      .add("demotions", numbers.demotions)
      .add("evictions", numbers.evictions)
      .add("expirations", numbers.expirations)
      .add("access_dropped", numbers.access_dropped)
      .add("promotions_per_hour", numbers.promotions_per_hour)
      .add("demotions_per_hour", numbers.demotions_per_hour)
      .add("query_cache_hits", numbers.query_cache_hits)
      .add("query_cache_misses", numbers.query_cache_misses)
      .add("query_cache_entries", numbers.query_cache_entries)
      .add("query_cache_bytes", numbers.query_cache_bytes)
      .add("prefetched", numbers.prefetched)
      .add("prefetch_hits", numbers.prefetch_hits)
      .add_json("tiers", tiers_json(tool, read_tiers(tool)));
  return object.text();
}

// The counters of this process are left out: it has just begun, so they would all be 0.
std::string statistics_page(Tool& tool, const memtier_store_statistics& numbers) {
  Fields fields;
  fields.add("store", one_line(tool.options.store));
  fields.add("items", format_count(numbers.item_count) + ", " + format_bytes(numbers.item_bytes));
  if (numbers.expired_count > 0) {
    fields.add("expired", format_count(numbers.expired_count) + ", until the next sweep");
  }
  fields.add("file", format_bytes(numbers.file_bytes));
  if (numbers.journal_bytes > 0) {
    fields.add("journal", format_bytes(numbers.journal_bytes) + ", not yet in the file");
  }
  fields.add("changes", format_count(numbers.sequence));
  fields.add("memory", format_bytes(numbers.memory_used_bytes) + " used here, at most " +
                           format_bytes(numbers.memory_limit_bytes));
  return fields.text() + "\n" + tiers_table(tool, read_tiers(tool));
}

void stats(Tool& tool) {
  memtier_store_statistics numbers{};
  numbers.struct_size = sizeof numbers;
  call(memtier_store_get_statistics, tool.store(), &numbers);
  if (tool.options.json) {
    tool.write_line(statistics_json(tool, numbers));
  } else {
    tool.write(statistics_page(tool, numbers));
  }
}

void version(Tool& tool) {
  if (tool.options.json) {
    tool.write_line(memtier_version_details());
  } else {
    tool.write_line("memtier " + library_version());
  }
}

}  // namespace

std::string library_version() {
  return std::to_string(memtier_version_major()) + "." + std::to_string(memtier_version_minor()) +
         "." + std::to_string(memtier_version_patch());
}

void add_stats(CLI::App& app, Tool& tool) {
  CLI::App* command = add_command(
      app, "stats",
      "Show numbers about the store and its tiers.\nThe counters in --json (gets, hits, ...) are "
      "those of this process.",
      "Looking after the store", {"memtier stats", "memtier stats --json | jq .file_bytes"});
  command->callback([&tool] { tool.command = [&tool] { stats(tool); }; });
}

void add_version(CLI::App& app, Tool& tool) {
  CLI::App* command =
      add_command(app, "version", "Show the version; with --json, what was built in.", "Other",
                  {"memtier version", "memtier version --json"});
  command->callback([&tool] { tool.command = [&tool] { version(tool); }; });
}

}  // namespace memtier::tool
