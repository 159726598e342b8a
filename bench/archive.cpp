// The archive: how much of the contents of real conversations packing saves, in the engine's own figures (blocks,
// the dictionary, and what rows keep), against zlib over runs as long as a block; and the time that one item
// takes to be read out of a block, and to be brought back. In a file, closed and opened between.
#include <zlib.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "common/client.h"
#include "common/measure.h"
#include "common/random.h"
#include "common/registry.h"

namespace bench {
namespace {

using Json = nlohmann::json;

constexpr size_t kRun = 256;  // items of a block
constexpr size_t kRestored = 500;

struct Turn {
  std::string id;
  std::string content;
  int64_t created_us = 0;
};

int64_t time_us(const std::string& text) {
  std::tm time{};
  std::istringstream(text) >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
  return static_cast<int64_t>(timegm(&time)) * 1'000'000;
}

std::vector<Turn> read_turns(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Turn> turns;
  for (const std::string& path : paths) {
    const Json conversation = Json::parse(std::ifstream(path));
    const std::string name = conversation["conversation"];
    int64_t number = 0;
    for (const Json& turn : conversation["turns"]) {
      turns.push_back({name + "/" + turn["id"].get<std::string>(), turn["text"],
                       time_us(turn["time"]) + ++number});
    }
  }
  return turns;
}

double saved_by_zlib(const std::vector<Turn>& turns) {
  size_t plain = 0;
  size_t small = 0;
  for (size_t begin = 0; begin < turns.size(); begin += kRun) {
    std::string run;
    for (size_t i = begin; i < std::min(begin + kRun, turns.size()); ++i) {
      run += turns[i].content;
      plain += turns[i].content.size();
    }
    uLongf size = compressBound(run.size());
    std::string out(size, '\0');
    if (compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                  reinterpret_cast<const Bytef*>(run.data()), run.size(), 9) != Z_OK) {
      throw std::runtime_error("zlib failed");
    }
    small += size;
  }
  return 1 - static_cast<double>(small) / static_cast<double>(plain);
}

void put_archived(const Store& store, const std::vector<Turn>& turns) {
  const Builder builder;
  for (const Turn& turn : turns) {
    memtier_error* error = nullptr;
    (void)memtier_item_builder_clear(builder.handle(), nullptr);
    const auto set = [&](int32_t field, const std::string& text) {
      check(
          memtier_item_builder_set_text(builder.handle(), field, text.data(), text.size(), &error),
          error, "memtier_item_builder_set_text");
    };
    set(MEMTIER_FIELD_ID, turn.id);
    set(MEMTIER_FIELD_CONTENT, turn.content);
    set(MEMTIER_FIELD_TIER, "archive");
    check(memtier_item_builder_set_int64(builder.handle(), MEMTIER_FIELD_CREATED_US,
                                         turn.created_us, &error),
          error, "created_us");
    check(memtier_item_put(store.handle(), nullptr, builder.handle(), MEMTIER_PUT_REPLACE,
                           MEMTIER_DURABILITY_RELAXED, nullptr, &error),
          error, "memtier_item_put");
  }
}

Json take_json(memtier_bytes* bytes) {
  Json json = Json::parse(std::string_view(static_cast<const char*>(memtier_bytes_data(bytes)),
                                           memtier_bytes_size(bytes)));
  memtier_bytes_destroy(bytes);
  return json;
}

Json pack(const Store& store) {
  memtier_error* error = nullptr;
  memtier_bytes* bytes = nullptr;
  check(memtier_archive_pack(store.handle(), nullptr, 0, nullptr, &bytes, &error), error,
        "memtier_archive_pack");
  (void)take_json(bytes);
  check(memtier_archive_get_statistics(store.handle(), &bytes, &error), error,
        "memtier_archive_get_statistics");
  return take_json(bytes);
}

void restore(const Store& store, const std::string& id) {
  memtier_error* error = nullptr;
  memtier_bytes* bytes = nullptr;
  const std::string request = Json{{"ids", {id}}}.dump();
  check(memtier_archive_restore(store.handle(), nullptr, request.data(), request.size(), nullptr,
                                &bytes, &error),
        error, "memtier_archive_restore");
  if (take_json(bytes)["restored"] != 1) throw std::runtime_error("archive: nothing was restored");
}

// Microseconds of each, sorted.
template <typename Call>
std::vector<double> time_each(const std::vector<Turn>& turns, uint64_t seed, const Call& call) {
  Random random(seed);
  std::vector<double> times;
  for (size_t i = 0; i < kRestored; ++i) {
    // Each another, in no order.
    const Turn& turn = turns[(i * 7919 + random.below(7)) % turns.size()];
    const Stopwatch watch;
    call(turn.id);
    times.push_back(watch.nanoseconds_each(1) / 1000);
  }
  std::sort(times.begin(), times.end());
  return times;
}

}  // namespace

void run_archive(Context& context) {
  if (context.data().empty()) {
    context.note("no --data: left out");
    return;
  }
  const std::vector<Turn> turns = read_turns(context.data() + "/locomo");
  const std::string path = context.folder().path("archive.mem");
  {
    const Store store(path, {"", 0, "none"});
    put_archived(store, turns);
    const Json numbers = pack(store);
    context.report().add({"archive", "saved", "", turns.size(), numbers["saved"].get<double>(),
                          saved_by_zlib(turns), "zlib", 0, 1},
                         Better::kMore);
  }
  const Store store(path, {"", 0, "none"});
  std::vector<char> buffer(size_t{1} << 16);
  const auto add = [&](const char* metric, const std::vector<double>& times) {
    context.report().add({"archive", std::string(metric) + "_p50", "us", kRestored,
                          times[times.size() / 2], 0, "", 0, 1},
                         Better::kLess);
    context.report().add({"archive", std::string(metric) + "_p95", "us", kRestored,
                          times[times.size() * 95 / 100], 0, "", 0, 1},
                         Better::kLess);
  };
  add("get", time_each(turns, 1, [&](const std::string& id) {
        keep(store.get_into(id, buffer.data(), buffer.size()));
      }));
  // Each only once: the second time it is not archived any more.
  size_t next = 0;
  add("restore", time_each(turns, 1, [&](const std::string&) {
        restore(store, turns[(next++ * 7919) % turns.size()].id);
      }));
}

}  // namespace bench
