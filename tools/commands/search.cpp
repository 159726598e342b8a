// memtier search: finds items by words, the best first.
#include <memory>
#include <optional>

#include "command_line.h"
#include "commands.h"
#include "commands/fields.h"
#include "failure.h"
#include "item_text.h"
#include "json_object.h"
#include "progress.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

struct SearchOptions {
  std::vector<std::string> words;
  int64_t limit = 10;
  int64_t skip = 0;
  std::string filter;
  std::string syntax = "natural";
  std::optional<std::string> match;  // a boolean query says it in its words
  bool meaning = false;
  bool snippets = false;
  bool explain = false;
  std::vector<std::string> weights;
  std::string context;
  std::optional<double> diversity;
};

// "recency=1": a signal and what it counts.
std::string weights_of(const std::vector<std::string>& weights) {
  JsonObject object;
  for (const std::string& weight : weights) {
    const size_t equals = weight.find('=');
    if (equals == std::string::npos) {
      throw usage_failure("--weight " + weight + ": it must be SIGNAL=NUMBER, as recency=1");
    }
    const std::string number = weight.substr(equals + 1);
    check_json("--weight", number);
    object.add_json(weight.substr(0, equals), number);
  }
  return object.text();
}

std::string query_of(const SearchOptions& options, bool snippets) {
  const std::string text = joined(options.words, " ");
  JsonObject query;
  query.add("text", text)
      .add("syntax", options.syntax)
      .add("limit", options.limit)
      .add("skip", options.skip);
  if (options.match) query.add("match", *options.match);
  if (!options.filter.empty()) {
    check_json("--filter", options.filter);
    query.add_json("filter", options.filter);
  }
  if (options.meaning) query.add_json("meaning", "true");
  if (snippets) query.add_json("snippets", "true");
  if (options.explain) query.add_json("explain", "true");
  if (!options.weights.empty()) query.add_json("weights", weights_of(options.weights));
  if (!options.context.empty()) {
    check_json("--context", options.context);
    query.add_json("context", options.context);
  }
  if (options.diversity) query.add("diversity", *options.diversity);
  return query.text();
}

struct Hit {
  Item item;
  double score = 0;
  std::string snippet;
};

Hit read_hit(const memtier_hits* hits, int64_t index) {
  Hit hit;
  call(memtier_hits_get, hits, index, hit.item.out());
  call(memtier_hits_read_score, hits, index, &hit.score);
  memtier_slice snippet{};
  call(memtier_hits_read_text, hits, index, MEMTIER_FIELD_SNIPPET, &snippet);
  hit.snippet = std::string(view_of(snippet));
  return hit;
}

std::string explanation(const memtier_hits* hits) {
  memtier_slice json{};
  call(memtier_hits_explain, hits, &json);
  return std::string(view_of(json));
}

void write_json(Tool& tool, const SearchOptions& options, const memtier_hits* hits) {
  tool.write("{\"hits\":[");
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    const Hit hit = read_hit(hits, i);
    std::string members = "\"score\":" + exact_decimal(hit.score);
    if (options.snippets) members += ",\"snippet\":" + quote_json(hit.snippet);
    tool.write(i == 0 ? "" : ",");
    tool.write(item_json_with(hit.item.get(), members));
  }
  tool.write("]");
  if (options.explain) tool.write(",\"explain\":" + explanation(hits));
  tool.write_line("}");
}

// What a person sees of a hit: the passage with its words in bold, or the content.
std::string hit_text(const Tool& tool, const SearchOptions& options, const Hit& hit) {
  if (hit.snippet.empty()) return content_line(hit.item.get());
  if (tool.terminal().colour) return mark_words(hit.snippet);
  return options.snippets ? one_line(hit.snippet) : content_line(hit.item.get());
}

void write_table(Tool& tool, const SearchOptions& options, const memtier_hits* hits) {
  std::vector<Column> columns = item_columns();
  columns.insert(columns.begin(), Column{.title = "SCORE", .right = true, .drop = 3});
  Table table(tool.terminal(), columns);
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    const Hit hit = read_hit(hits, i);
    auto cells = item_cells(hit.item.get(), hit_text(tool, options, hit));
    cells.insert(cells.begin(), hit.score == 0 ? "" : format_decimal(hit.score, 2));
    table.add(std::move(cells));
  }
  if (table.row_count() == 0) {
    tool.hint("nothing found");
  } else {
    tool.write(table.take());
  }
  if (options.explain) tool.write_line("\n" + explanation(hits));
}

void search(Tool& tool, const SearchOptions& options) {
  const bool snippets = options.snippets || (tool.for_people() && tool.terminal().colour);
  const std::string query = query_of(options, snippets);
  memtier_store* store = tool.store();
  Hits hits;
  {
    const LongWork work(tool, "searching", LongWork::Unit::kItems);
    call(memtier_store_search, store, tool.scope(), query.data(), query.size(), work.control(),
         hits.out());
  }
  if (tool.options.json) {
    write_json(tool, options, hits.get());
  } else {
    write_table(tool, options, hits.get());
  }
}

}  // namespace

void add_search(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<SearchOptions>();
  CLI::App* command = add_command(
      app, "search",
      "Find items by words, the best first.\nQuestions as people ask them are fine; a \"quoted "
      "phrase\" must stand together, a word ending in * is a beginning, and -word leaves out. "
      "Without words: the newest items.",
      "Reading",
      {"memtier search \"what does Ada like?\" --limit 3",
       "memtier search --syntax boolean '(tea OR coffee) NOT milk'",
       "memtier search rent --filter '{\"created_us\": {\"$gt\": \"2026-05-01\"}}' --json"});
  add_arguments(command, "WORDS", options->words, "what to look for; after -- also -word",
                tool.argument_count);
  add_value(command, "-n,--limit", options->limit, "NUMBER", "at most so many; 10");
  add_value(command, "--skip", options->skip, "NUMBER", "leave out the first so many");
  add_filter_option(command, options->filter, "only among the items that this filter matches");
  add_value(command, "--syntax", options->syntax, "natural|boolean",
            "how the words are read; boolean: a AND b, a OR b, a NOT b, ( )");
  add_value(command, "--match", options->match, "any|all",
            "whether one word is enough (the default), or all must be there");
  add_values(
      command, "--weight", options->weights, "SIGNAL=NUMBER",
      "what a signal counts, 0 to 10; may be given several times: recency, importance, access "
      "(0 unless said), neighbours, session, speaker, "
      "coverage, dates, context, association, preference (1), text and vector (1, by meaning)");
  add_value(command, "--context", options->context, "JSON",
            "what you are at, hits near to it count more: ids, tags, session, text");
  add_value(command, "--diversity", options->diversity, "NUMBER",
            "0 to 1: rather what the hits before do not say yet");
  command->add_flag("--meaning", options->meaning,
                    "find by the words and by what they mean; --weight text=0: by that alone");
  command->add_flag("--snippets", options->snippets,
                    "the matching passage, with the words between ** and **");
  command->add_flag("--explain", options->explain, "say how the hits were found");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { search(tool, *options); }; });
}

}  // namespace memtier::tool
