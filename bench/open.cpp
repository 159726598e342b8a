// Opening a large store: the time to the first read, and how far its memory keeps to what was
// configured. Each time in a process of its own.
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/child.h"
#include "common/client.h"
#include "common/measure.h"
#include "common/random.h"
#include "common/registry.h"
#include "peers/sqlite_peer.h"

namespace bench {
namespace {

constexpr int64_t kMemoryLimit = int64_t{64} << 20;
constexpr size_t kReads = 200'000;
constexpr size_t kWrites = 50'000;

// PATH ITEMS: milliseconds of opening and one read.
int open_memtier(const Arguments& arguments) {
  const std::string id = make_id(std::stoul(arguments[1]) / 2);
  std::vector<char> buffer(kImageRoom);
  const Stopwatch watch;
  const Store store(arguments[0], {"", kMemoryLimit});
  keep(store.get_into(id, buffer.data(), buffer.size()));
  std::printf("%.6f\n", watch.seconds() * 1000);
  return 0;
}

int open_sqlite(const Arguments& arguments) {
  const std::string id = make_id(std::stoul(arguments[1]) / 2);
  std::vector<char> buffer(kImageRoom);
  const Stopwatch watch;
  SqliteTable table(arguments[0], SqliteTable::Columns::kContentAndMetadata, kMemoryLimit / 4);
  if (table.get(id, buffer.data()) == 0) throw std::runtime_error("nothing was found");
  std::printf("%.6f\n", watch.seconds() * 1000);
  return 0;
}

void search_some(const Store& store) {
  for (size_t i = 0; i < 10; ++i) {
    const std::string words = vocabulary_word(1000 + i * 37) + " " +
                              vocabulary_word(2000 + i * 41) + " " + vocabulary_word(5000 + i);
    if (store.search(R"({"text":")" + words + R"("})") == 0) {
      throw std::runtime_error("open: nothing was found for " + words);
    }
  }
}

// PATH ITEMS: how much RAM the process has gained, over the limit, after opening, reading and
// searching; and again after writing.
int measure_memory(const Arguments& arguments) {
  const size_t count = std::stoul(arguments[1]);
  const Items items(kWrites);
  std::vector<char> buffer(kImageRoom);
  Random random(3);
  const int64_t before = anonymous_bytes();
  const auto gained = [before] {
    return static_cast<double>(anonymous_bytes() - before) / static_cast<double>(kMemoryLimit);
  };
  Store store(arguments[0], {"", kMemoryLimit});
  for (size_t i = 0; i < kReads; ++i) {
    keep(store.get_into(make_id(random.below(count)), buffer.data(), buffer.size()));
  }
  search_some(store);
  std::printf("%.6f\n", gained());
  Builder builder;
  double most = 0;
  for (size_t i = 0; i < kWrites; ++i) {
    builder.set(items, i);
    builder.put(store, MEMTIER_DURABILITY_NORMAL);
    if (i % 1000 == 0) most = std::max(most, gained());
  }
  store.flush();
  std::printf("%.6f\n", std::max(most, gained()));
  return 0;
}

std::string make_sqlite(Context& context, const Items& items) {
  std::string path = context.folder().path("open.sqlite");
  SqliteTable table(path, SqliteTable::Columns::kContentAndMetadata, int64_t{256} << 20);
  table.begin();
  for (size_t i = 0; i < items.size(); ++i) {
    table.put(items.id(i), items.content(i), items.metadata(i));
  }
  table.commit();
  return path;
}

void measure_opening(Context& context, const std::string& path, size_t count) {
  const std::string sqlite = make_sqlite(context, context.items(count));
  const auto run = [&](const char* child, const std::string& file, bool forget) {
    if (forget) forget_cached(file);
    return run_child(child, {file, std::to_string(count)})[0];
  };
  for (const bool forget : {false, true}) {
    const char* metric = forget ? "open_first_get_uncached_ms" : "open_first_get_ms";
    const std::vector<double> medians =
        alternate(metric, context.repetitions(),
                  {{"memtier", [&] { return run("open_memtier", path, forget); }},
                   {"sqlite", [&] { return run("open_sqlite", sqlite, forget); }}});
    context.report().add(
        {"open", metric, "ms", count, medians[0], medians[1], "sqlite", 0, context.repetitions()},
        Better::kLess);
  }
  remove_database(sqlite);
}

}  // namespace

void run_open(Context& context) {
  const size_t count = context.size(100'000, 1'000'000);
  const std::string path = context.store_path(kRamLadder, count);
  measure_opening(context, path, count);
  std::vector<double> reading;
  std::vector<double> writing;
  for (int i = 0; i < context.repetitions(); ++i) {
    const std::vector<double> parts = run_child("memory", {path, std::to_string(count)});
    reading.push_back(parts.at(0));
    writing.push_back(parts.at(1));
  }
  Report& report = context.report();
  report.add({"open", "rss_over_limit", "ratio", count, median(reading), 1, "configured", 0,
              context.repetitions()},
             Better::kLess);
  report.add({"open", "rss_over_limit_writing", "ratio", count, median(writing), 1, "configured", 0,
              context.repetitions()},
             Better::kLess);
}

int child_main(const std::string& name, const Arguments& arguments) {
  if (arguments.size() != 2) return 2;
  if (name == "open_memtier") return open_memtier(arguments);
  if (name == "open_sqlite") return open_sqlite(arguments);
  if (name == "memory") return measure_memory(arguments);
  return 2;
}

}  // namespace bench
