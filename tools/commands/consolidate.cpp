// memtier consolidate and memtier compress: a hot tier into the next one; contents made small where they stand.
#include <memory>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "commands.h"
#include "progress.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

struct ConsolidateOptions {
  std::string from;
  std::string filter;
  double min_score = 0;
  double min_fill = 0;
  int64_t batch = 100;
  int64_t retries = 3;
  int64_t compress = -1;
  bool dry_run = false;
};

std::string request_of(const ConsolidateOptions& options) {
  nlohmann::json request = {{"min_score", options.min_score},
                            {"min_fill", options.min_fill},
                            {"batch_size", options.batch},
                            {"retries", options.retries},
                            {"dry_run", options.dry_run}};
  if (!options.from.empty()) request["from"] = options.from;
  if (options.compress >= 0) request["compress_above_bytes"] = options.compress;
  std::string document = request.dump();
  // The filter as it is written: parsing it would lose large numbers.
  if (!options.filter.empty()) {
    document.pop_back();
    document += ",\"filter\":" + options.filter + "}";
  }
  return document;
}

void consolidate(Tool& tool, const ConsolidateOptions& options) {
  const std::string document = request_of(options);
  Bytes bytes;
  {
    const LongWork work(tool, "consolidating", LongWork::Unit::kItems);
    call(memtier_tier_consolidate, tool.store(), tool.scope(), document.data(), document.size(),
         work.control(), bytes.out());
  }
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json report = nlohmann::json::parse(text);
  const std::string way =
      " from " + report.at("from").get<std::string>() + " to " + report.at("to").get<std::string>();
  if (!report.at("triggered").get<bool>()) {
    tool.say(report.at("from").get<std::string>() + " is not full enough; nothing was moved");
    return;
  }
  if (options.dry_run) {
    tool.say("would move " + count_of(report.at("chosen").get<int64_t>(), "item") + way);
    return;
  }
  tool.say("moved " + count_of(report.at("moved").get<int64_t>(), "item") + way);
  const auto compressed = report.at("compressed").get<int64_t>();
  if (compressed > 0) tool.say("compressed " + count_of(compressed, "item"));
  for (const nlohmann::json& error : report.at("errors")) {
    tool.say("left " + count_of(error.at("items").get<int64_t>(), "item") + ": " +
             one_line(error.at("message").get<std::string>()));
  }
}

struct CompressOptions {
  std::string filter;
  int64_t above = 1024;
};

void compress(Tool& tool, const CompressOptions& options) {
  Bytes bytes;
  {
    const LongWork work(tool, "compressing", LongWork::Unit::kItems);
    call(memtier_item_compress_where, tool.store(), tool.scope(), options.filter.data(),
         options.filter.size(), options.above, work.control(), bytes.out());
  }
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line(text);
  const nlohmann::json report = nlohmann::json::parse(text);
  tool.say("compressed " + count_of(report.at("compressed").get<int64_t>(), "item") + ", " +
           format_count(report.at("original_bytes").get<int64_t>()) + " bytes to " +
           format_count(report.at("compressed_bytes").get<int64_t>()));
}

}  // namespace

void add_consolidate(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<ConsolidateOptions>();
  CLI::App* command = add_command(
      app, "consolidate",
      "Move what is worth keeping from a hot tier into the next one.\nThe highest priority first, "
      "in batches of which each is moved as a whole or stays.",
      "Looking after the store",
      {"memtier consolidate --dry-run", "memtier consolidate --from working --min-score 0.6",
       "memtier consolidate --min-fill 0.8 --filter '{\"type\": \"fact\"}' --user ada --json"});
  add_value(command, "--from", options->from, "TIER", "this tier; by default the hottest");
  add_value(command, "--filter", options->filter, "JSON", "only these; may ask for ages");
  add_value(command, "--min-score", options->min_score, "0-2", "those of at least this score")
      ->check(CLI::Range(0.0, 2.0));
  add_value(command, "--min-fill", options->min_fill, "0-1", "only when the tier is so full")
      ->check(CLI::Range(0.0, 1.0));
  add_value(command, "--batch", options->batch, "N", "items in a batch, 100 by default")
      ->check(CLI::Range(1, 1000));
  add_value(command, "--retries", options->retries, "N", "how often a batch is tried again")
      ->check(CLI::Range(0, 10));
  add_value(command, "--compress-above", options->compress, "BYTES", "compress longer contents")
      ->check(CLI::Range(0, 64 << 20));
  command->add_flag("--dry-run", options->dry_run, "count, and change nothing");
  command->callback(
      [&tool, options] { tool.command = [&tool, options] { consolidate(tool, *options); }; });
}

void add_compress(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<CompressOptions>();
  CLI::App* command = add_command(
      app, "compress",
      "Make long contents small where they stand.\nReads do not change. New items are compressed "
      "as they are stored.",
      "Looking after the store",
      {"memtier compress", "memtier compress --above 512 --filter '{\"type\": \"log\"}' --json"});
  add_value(command, "--above", options->above, "BYTES", "longer contents only; 1024 by default")
      ->check(CLI::Range(0, 64 << 20));
  add_value(command, "--filter", options->filter, "JSON", "only these");
  command->callback(
      [&tool, options] { tool.command = [&tool, options] { compress(tool, *options); }; });
}

}  // namespace memtier::tool
