// Reading a file of items into an empty store, to the closed file with everything indexed; and the
// same with real dialogue.
#include <simdjson.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"
#include "peers/sqlite_indexed.h"

namespace bench {
namespace {

constexpr size_t kBatch = 10'000;  // the peer's lines in a transaction

using Fill = std::function<void(simdjson::ondemand::document&, int64_t line, SqliteItem*)>;

// Calls visit for each line, with room behind it for the parser.
void each_line(const std::string& path, const std::function<void(const std::string&)>& visit) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot read " + path);
  gzbuffer(file, 256 << 10);
  std::string line(64 << 10, '\0');
  std::string padded;
  while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    padded.assign(line.data());
    padded.reserve(padded.size() + simdjson::SIMDJSON_PADDING);
    visit(padded);
  }
  gzclose(file);
}

double import_sqlite(Context& context, const std::string& source, const Fill& fill) {
  const std::string path = context.folder().path("import.indexed");
  settle_disk();
  double seconds = 0;
  {
    const Stopwatch watch;
    {
      SqliteIndexed indexed(path, SqliteIndexed::Indexes::kMemtiers);
      simdjson::ondemand::parser parser;
      int64_t lines = 0;
      indexed.begin();
      each_line(source, [&](const std::string& line) {
        simdjson::ondemand::document document =
            parser.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING);
        SqliteItem item;
        fill(document, ++lines, &item);
        indexed.put(item);
        if (lines % static_cast<int64_t>(kBatch) == 0) {
          indexed.commit();
          indexed.begin();
        }
      });
      indexed.commit();
    }  // closing brings the write-ahead log into the file
    seconds = watch.seconds();
  }
  remove_database(path);
  return seconds;
}

// `look` is given the store before it is closed, outside the time.
double import_memtier(Context& context, const std::string& source, int64_t expected,
                      const std::function<void(const Store&)>& look) {
  const std::string path = context.folder().path("import.mem");
  settle_disk();
  double seconds = 0;
  {
    const Stopwatch watch;
    Store store(path, {kDatabaseLadder, 0});
    memtier_import_statistics statistics{};
    statistics.struct_size = sizeof statistics;
    memtier_error* error = nullptr;
    check(memtier_store_import_file(store.handle(), nullptr, nullptr, 0, source.c_str(), nullptr,
                                    &statistics, &error),
          error, "memtier_store_import_file");
    // Whatever is indexed late is indexed for this.
    (void)store.search(R"({"text":"the last"})");
    store.close();
    seconds = watch.seconds();
    if (statistics.stored != expected) throw std::runtime_error("import: not every line is stored");
  }
  {
    const Store store(path);
    look(store);
  }
  remove_database(path);
  return seconds;
}

std::string_view text_of(simdjson::ondemand::document& document, const char* key) {
  return std::string_view(document.find_field(key).get_string());
}

// Keys in the order in which the file has them.
void fill_item(simdjson::ondemand::document& document, int64_t, SqliteItem* item) {
  item->id = text_of(document, "id");
  item->type = text_of(document, "type");
  size_t count = 0;
  for (auto tag : document.find_field("tags").get_array()) {
    item->tags[count++ % 2] = std::string_view(tag.get_string());
  }
  item->importance = document.find_field("importance").get_double();
  item->created_us = document.find_field("created_us").get_int64();
  item->metadata = simdjson::to_json_string(document.find_field("metadata").get_object());
  item->content = text_of(document, "content");
}

std::string write_items(Context& context, const Items& items) {
  std::string path = context.folder().path("items.jsonl");
  std::ofstream file(path, std::ios::binary);
  std::string line;
  for (size_t i = 0; i < items.size(); ++i) {
    line.clear();
    items.append_json_line(i, &line);
    file << line;
  }
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
  return path;
}

void import_items(Context& context) {
  const size_t count = context.size(50'000, 300'000);
  const std::string source = write_items(context, context.items(count));
  const auto look = [&](const Store& store) {
    if (store.statistics().item_count != static_cast<int64_t>(count)) {
      throw std::runtime_error("import: items are missing");
    }
  };
  const auto rate = [count](double seconds) { return static_cast<double>(count) / seconds; };
  const std::vector<double> medians = alternate(
      "items_per_s", context.repetitions(),
      {{"memtier",
        [&] { return rate(import_memtier(context, source, static_cast<int64_t>(count), look)); }},
       {"sqlite-indexed", [&] { return rate(import_sqlite(context, source, fill_item)); }}});
  context.report().add({"import", "items_per_s", "/s", count, medians[0], medians[1],
                        "sqlite-indexed", 0, context.repetitions()},
                       Better::kMore);
  remove_database(source);
}

// A turn as memtier's import takes it: an id made of where it stands, the rest as metadata.
void fill_turn(simdjson::ondemand::document& document, int64_t line, SqliteItem* item) {
  static std::string id;
  static std::string metadata;
  item->session = text_of(document, "dialogue");
  const int64_t turn = document.find_field("turn").get_int64();
  item->speaker = text_of(document, "speaker");
  const std::string_view services =
      simdjson::to_json_string(document.find_field("services").get_array());
  item->content = text_of(document, "text");
  id = std::string(item->session) + "-" + std::to_string(line);
  metadata = R"({"turn":)" + std::to_string(turn) + R"(,"speaker":")";
  metadata.append(item->speaker).append(R"(","services":)").append(services).append("}");
  item->id = id;
  item->metadata = metadata;
  item->type = "episodic";
}

// The last turn of the file must be found by its words in its session, and be that turn.
void find_last_turn(const Store& store, const std::string& last_line) {
  const nlohmann::json last = nlohmann::json::parse(last_line);
  const std::string session = last["dialogue"];
  const nlohmann::json query = {
      {"text", last["text"]}, {"filter", {{"metadata.turn", last["turn"]}}}, {"limit", 1}};
  memtier_scope* scope = nullptr;
  check(memtier_scope_create(&scope, nullptr), nullptr, "memtier_scope_create");
  check(memtier_scope_set(scope, MEMTIER_SCOPE_SESSION, session.data(), session.size(), nullptr),
        nullptr, "memtier_scope_set");
  memtier_hits* hits = nullptr;
  memtier_error* error = nullptr;
  const std::string text = query.dump();
  const memtier_status status =
      memtier_store_search(store.handle(), scope, text.data(), text.size(), nullptr, &hits, &error);
  memtier_scope_destroy(scope);
  check(status, error, "memtier_store_search");
  memtier_slice content{};
  const bool found = memtier_hits_count(hits) == 1 &&
                     memtier_hits_read_text(hits, 0, MEMTIER_FIELD_CONTENT, &content, nullptr) == 0;
  const bool same = found && std::string_view(static_cast<const char*>(content.data),
                                              content.size) == last["text"].get<std::string>();
  memtier_hits_destroy(hits);
  if (!same) throw std::runtime_error("import: the last turn is not found");
}

void import_dialogues(Context& context) {
  const std::string source = context.data() + "/dialogues/turns.jsonl.gz";
  int64_t count = 0;
  std::string last;
  each_line(source, [&](const std::string& line) {
    ++count;
    last = line;
  });
  const auto look = [&](const Store& store) { find_last_turn(store, last); };
  const std::vector<double> medians =
      alternate("dialogues_seconds", context.repetitions(),
                {{"memtier", [&] { return import_memtier(context, source, count, look); }},
                 {"sqlite-indexed", [&] { return import_sqlite(context, source, fill_turn); }}});
  context.report().add({"import", "dialogues_seconds", "s", static_cast<size_t>(count), medians[0],
                        medians[1], "sqlite-indexed", 0, context.repetitions()},
                       Better::kLess);
}

}  // namespace

void run_import(Context& context) {
  import_items(context);
  if (context.data().empty()) {
    context.note("no --data: dialogues are left out");
  } else {
    import_dialogues(context);
  }
}

}  // namespace bench
