// memtier similar: items whose vectors are nearest to that of an item.
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "command_line.h"
#include "commands.h"
#include "commands/fields.h"
#include "item_text.h"
#include "json_object.h"
#include "progress.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

struct SimilarOptions {
  std::string id;
  std::string space;
  int64_t limit = 10;
  double threshold = 0.7;
  std::string filter;
};

std::string only_space(Tool& tool) {
  Bytes bytes;
  call(memtier_space_list, tool.store(), nullptr, bytes.out());
  const nlohmann::json spaces = nlohmann::json::parse(view_of(bytes));
  if (spaces.size() == 1) return spaces[0].at("name").get<std::string>();
  throw usage_failure(spaces.empty() ? "the store has no space for vectors"
                                     : "the store has several spaces; say which one with --space");
}

std::string query_of(const SimilarOptions& options, const std::string& space,
                     const std::vector<float>& vector) {
  std::string components;
  for (const float component : vector) {
    components += (components.empty() ? "" : ",") + exact_decimal(component);
  }
  std::string filter = R"({"id":{"$ne":)" + quote_json(options.id) + "}}";
  if (!options.filter.empty()) {
    check_json("--filter", options.filter);
    filter = R"({"$and":[)" + filter + "," + options.filter + "]}";
  }
  JsonObject query;
  query.add("space", space).add("limit", options.limit);
  query.add_json("vector", "[" + components + "]").add_json("filter", filter);
  query.add_json("threshold", exact_decimal(options.threshold));
  return query.text();
}

void write_hits(Tool& tool, const memtier_hits* hits) {
  std::vector<Column> columns = item_columns();
  columns.insert(columns.begin(), Column{.title = "SCORE", .right = true, .drop = 3});
  Table table(tool.terminal(), columns);
  std::string json;
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    Item item;
    double score = 0;
    call(memtier_hits_get, hits, i, item.out());
    call(memtier_hits_read_score, hits, i, &score);
    if (tool.options.json) {
      json += i == 0 ? "" : ",";
      json += item_json_with(item.get(), "\"score\":" + exact_decimal(score));
      continue;
    }
    auto cells = item_cells(item.get(), content_line(item.get()));
    cells.insert(cells.begin(), format_decimal(score, 2));
    table.add(std::move(cells));
  }
  if (tool.options.json) return tool.write_line("{\"hits\":[" + json + "]}");
  if (table.row_count() == 0) return tool.hint("nothing is as near");
  tool.write(table.take());
}

void similar(Tool& tool, const SimilarOptions& options) {
  memtier_store* store = tool.store();
  const std::string space = options.space.empty() ? only_space(tool) : options.space;
  std::vector<float> vector(MEMTIER_MAX_DIMENSION);
  int64_t dimension = 0;
  call(memtier_vector_get, store, tool.scope(), options.id.data(), options.id.size(), space.data(),
       space.size(), vector.data(), static_cast<int64_t>(vector.size()), &dimension);
  vector.resize(static_cast<size_t>(dimension));
  const std::string query = query_of(options, space, vector);
  Hits hits;
  {
    const LongWork work(tool, "searching", LongWork::Unit::kItems);
    call(memtier_store_search, store, tool.scope(), query.data(), query.size(), work.control(),
         hits.out());
  }
  write_hits(tool, hits.get());
}

}  // namespace

void add_similar(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<SimilarOptions>();
  CLI::App* command = add_command(
      app, "similar",
      "Find items that are like one, by their vectors, the nearest first.\nThe item itself is not "
      "among them.",
      "Reading",
      {"memtier similar tea", "memtier similar tea --space minilm --threshold 0.5 --limit 3"});
  command->add_option("ID", options->id, "the item's id")->required();
  add_value(command, "--space", options->space, "NAME",
            "the space of the vectors; may be left out if there is one");
  add_value(command, "-n,--limit", options->limit, "NUMBER", "at most so many; 10");
  add_value(command, "--threshold", options->threshold, "SCORE",
            "only with at least this score; 0.7");
  add_filter_option(command, options->filter, "only among the items that this filter matches");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { similar(tool, *options); }; });
}

}  // namespace memtier::tool
