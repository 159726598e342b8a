// A year of an agent's memory, day by day on a clock of its own: 300 items a day, reads, and once a day the
// maintenance that a store does by default; the same with a policy that deletes what is archived, old and of
// little importance; and the same without maintenance and compression. Week by week the size of the file, what
// lies in which tier, and the time of reads and searches: that which the calling thread needed, so that other
// work on the machine does not count.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "common/client.h"
#include "common/measure.h"
#include "common/plot.h"
#include "common/registry.h"
#include "year/mix.h"

namespace bench {
namespace {

constexpr int64_t kFirstUs = 1'735'689'600'000'000;  // 2025-01-01
constexpr int64_t kDayUs = 86'400'000'000;
constexpr double kMegabyte = 1e6;

std::atomic<int64_t> now_us{kFirstUs};

int32_t tell_time(int64_t* out_now_us, void*) {
  *out_now_us = now_us.load();
  return MEMTIER_CALLBACK_OK;
}

// As somebody would set it who does not want to keep small talk for ever.
constexpr const char* kRetentionPolicy = R"({"name": "forget_small_talk", "action": "delete",
  "condition": {"archived": true, "importance": {"$lt": 0.3}, "age_days": {"$gt": 90}}})";

double cpu_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double p95(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() * 95 / 100];
}

struct Week {
  double file_bytes = 0;
  double get_p95_us = 0;
  double search_p95_us = 0;
  std::vector<double> tiers;  // items in each
};

enum class Care { kNone, kDefaults, kRetention };

// One of the stores.
class Memory {
 public:
  Memory(std::string name, std::string path, Care care)
      : name_(std::move(name)), path_(std::move(path)), care_(care) {
    static const memtier_clock kClock = {sizeof kClock, tell_time, nullptr, nullptr};
    StoreOptions options;
    options.clock = &kClock;
    options.compress_threshold_bytes = care_ == Care::kNone ? 0 : -1;
    store_ = std::make_unique<Store>(path_, options);
    if (care_ != Care::kRetention) return;
    memtier_error* error = nullptr;
    check(memtier_policy_put(store_->handle(), kRetentionPolicy,
                             std::string(kRetentionPolicy).size(), &error),
          error, "memtier_policy_put");
  }

  void put(const YearItem& item);
  // What was deleted is not found, and not counted.
  void get(const std::string& id) {
    const double begin = cpu_us();
    size_t size = 0;
    const memtier_status status =
        memtier_item_get_into(store_->handle(), nullptr, id.data(), id.size(), buffer_.data(),
                              buffer_.size(), &size, nullptr);
    const double end = cpu_us();
    if (status == MEMTIER_NOT_FOUND && care_ == Care::kRetention) return;
    check(status, nullptr, "memtier_item_get_into");
    gets_.push_back(end - begin);
  }
  void search(const std::string& words) {
    const std::string query = nlohmann::json{{"text", words}}.dump();
    const double begin = cpu_us();
    keep(static_cast<uint64_t>(store_->search(query)));
    searches_.push_back(cpu_us() - begin);
  }
  void end_day();
  void end_week();
  // After a clean close.
  int64_t close() {
    store_->close();
    return static_cast<int64_t>(std::filesystem::file_size(path_));
  }

  const std::string& name() const { return name_; }
  const std::vector<Week>& weeks() const { return weeks_; }
  const std::vector<std::string>& tier_names() const { return tier_names_; }
  double maintenance_seconds() const { return maintenance_seconds_; }

 private:
  const std::string name_;
  const std::string path_;
  const Care care_;
  std::unique_ptr<Store> store_;
  const Builder builder_;
  std::vector<char> buffer_ = std::vector<char>(size_t{1} << 20);
  std::vector<double> gets_;
  std::vector<double> searches_;
  double maintenance_seconds_ = 0;
  std::vector<Week> weeks_;
  std::vector<std::string> tier_names_;
};

void Memory::put(const YearItem& item) {
  memtier_error* error = nullptr;
  (void)memtier_item_builder_clear(builder_.handle(), nullptr);
  const auto set = [&](int32_t field, const std::string& text) {
    check(memtier_item_builder_set_text(builder_.handle(), field, text.data(), text.size(), &error),
          error, "memtier_item_builder_set_text");
  };
  set(MEMTIER_FIELD_ID, item.id);
  set(MEMTIER_FIELD_TYPE, item.type);
  set(MEMTIER_FIELD_CONTENT, item.content);
  set(MEMTIER_FIELD_METADATA, item.metadata);
  check(memtier_item_builder_add_tag(builder_.handle(), item.tag.data(), item.tag.size(), &error),
        error, "memtier_item_builder_add_tag");
  check(memtier_item_builder_set_double(builder_.handle(), MEMTIER_FIELD_IMPORTANCE,
                                        item.importance, &error),
        error, "importance");
  if (item.ttl_us != 0) {
    check(memtier_item_builder_set_int64(builder_.handle(), MEMTIER_FIELD_TTL_US, item.ttl_us,
                                         &error),
          error, "time to live");
  }
  check(memtier_item_put(store_->handle(), nullptr, builder_.handle(), MEMTIER_PUT_REPLACE,
                         MEMTIER_DURABILITY_DEFAULT, nullptr, &error),
        error, "memtier_item_put");
}

void Memory::end_day() {
  if (care_ == Care::kNone) return;
  const Stopwatch watch;
  memtier_error* error = nullptr;
  memtier_bytes* report = nullptr;
  check(memtier_store_tick(store_->handle(), nullptr, 0, nullptr, &report, &error), error,
        "memtier_store_tick");
  memtier_bytes_destroy(report);
  maintenance_seconds_ += watch.seconds();
}

void Memory::end_week() {
  store_->flush();
  Week week;
  week.file_bytes = static_cast<double>(std::filesystem::file_size(path_));
  week.get_p95_us = p95(std::move(gets_));
  week.search_p95_us = p95(std::move(searches_));
  gets_.clear();
  searches_.clear();
  int64_t tiers = 0;
  memtier_error* error = nullptr;
  check(memtier_tier_count(store_->handle(), &tiers, &error), error, "memtier_tier_count");
  tier_names_.clear();
  for (int64_t tier = 0; tier < tiers; ++tier) {
    memtier_tier_statistics statistics{};
    statistics.struct_size = sizeof statistics;
    check(memtier_tier_get_statistics(store_->handle(), tier, &statistics, &error), error,
          "memtier_tier_get_statistics");
    tier_names_.emplace_back(statistics.name);
    week.tiers.push_back(static_cast<double>(statistics.item_count));
  }
  weeks_.push_back(std::move(week));
}

using Memories = std::vector<std::unique_ptr<Memory>>;

// Stores a day's items, one after the other, and then reads.
void live_a_day(YearMix& mix, int64_t day, Memories& memories) {
  const std::vector<YearItem> items = mix.next_day();
  const std::vector<std::string> gets = mix.gets();
  const std::vector<std::string> searches = mix.searches();
  const auto each = [&](const auto& call) {
    // In turns, so that none always has another's caches behind it.
    const size_t first = static_cast<size_t>(day) % memories.size();
    for (size_t i = 0; i < memories.size(); ++i) call(*memories[(first + i) % memories.size()]);
  };
  for (size_t i = 0; i < items.size(); ++i) {
    now_us.store(kFirstUs + day * kDayUs + static_cast<int64_t>(i + 1) * (kDayUs / 320));
    each([&](Memory& memory) { memory.put(items[i]); });
  }
  each([&](Memory& memory) {
    for (const std::string& id : gets) memory.get(id);
    for (const std::string& words : searches) memory.search(words);
  });
  now_us.store(kFirstUs + (day + 1) * kDayUs);
  each([](Memory& memory) { memory.end_day(); });
}

void print_weeks(const Memories& memories) {
  std::printf("week; MB, get p95 us, search p95 us of each: ");
  for (const auto& memory : memories) std::printf(" %s;", memory->name().c_str());
  std::printf(" items by tier with the defaults:");
  for (const std::string& name : memories[0]->tier_names()) std::printf(" %s", name.c_str());
  std::printf("\n");
  for (size_t i = 0; i < memories[0]->weeks().size(); ++i) {
    std::printf("%4zu ", i + 1);
    for (const auto& memory : memories) {
      const Week& week = memory->weeks()[i];
      std::printf(" %8.2f %5.1f %6.0f ", week.file_bytes / kMegabyte, week.get_p95_us,
                  week.search_p95_us);
    }
    for (const double count : memories[0]->weeks()[i].tiers) std::printf(" %.0f", count);
    std::printf("\n");
  }
}

template <typename Value>
Line line_of(const std::string& name, const Memory& memory, const Value& value) {
  Line line{name, {}};
  for (const Week& week : memory.weeks()) line.values.push_back(value(week));
  return line;
}

void plot(const std::string& path, const Memories& memories) {
  const auto panel = [&](const std::string& title, const auto& value) {
    Panel made{title, {}};
    for (const auto& memory : memories)
      made.lines.push_back(line_of(memory->name(), *memory, value));
    return made;
  };
  std::vector<Panel> panels = {
      panel("size of the file, MB", [](const Week& week) { return week.file_bytes / kMegabyte; }),
      panel("get by id, p95, us", [](const Week& week) { return week.get_p95_us; }),
      panel("search by words, p95, us", [](const Week& week) { return week.search_p95_us; })};
  Panel tiers{"items in each tier, with the defaults", {}};
  const Memory& kept = *memories[0];
  for (size_t tier = 0; tier < kept.tier_names().size(); ++tier) {
    tiers.lines.push_back(line_of(kept.tier_names()[tier], kept,
                                  [tier](const Week& week) { return week.tiers[tier]; }));
  }
  panels.push_back(std::move(tiers));
  write_plot(path, "300 items a day, week by week", "week", panels);
}

// Of the last quarter of the weeks: one of them alone is noise.
template <typename Value>
double late(const Memory& memory, const Value& value) {
  std::vector<double> values;
  const std::vector<Week>& weeks = memory.weeks();
  for (size_t i = weeks.size() * 3 / 4; i < weeks.size(); ++i) values.push_back(value(weeks[i]));
  return median(values);
}

}  // namespace

void run_year(Context& context) {
  const int64_t weeks = static_cast<int64_t>(context.size(13, 52));
  const Items* real = context.dialogues();
  const Items& turns = real != nullptr ? *real : context.items(100'000);
  YearMix mix(turns);
  Memories memories;
  const auto begin = [&](const char* name, const char* file, Care care) {
    memories.push_back(std::make_unique<Memory>(name, context.folder().path(file), care));
  };
  begin("by default", "kept.mem", Care::kDefaults);
  begin("with retention", "retention.mem", Care::kRetention);
  begin("without lifecycle", "left.mem", Care::kNone);
  for (int64_t day = 0; day < weeks * 7; ++day) {
    live_a_day(mix, day, memories);
    if (day % 7 != 6) continue;
    for (const auto& memory : memories) memory->end_week();
    if (day % 91 == 90) context.note("day " + std::to_string(day + 1));
  }
  print_weeks(memories);
  const std::string path = context.output("year.svg");
  plot(path, memories);
  context.note("plot: " + path);
  context.note("maintenance of all days by default: " +
               std::to_string(memories[0]->maintenance_seconds()) + " s");
  const std::string prefix = real != nullptr ? "dialogues_" : "";
  const auto add = [&](const std::string& metric, const char* unit, double mine, double theirs) {
    context.report().add(
        {"year", prefix + metric, unit, static_cast<size_t>(weeks) * 7 * YearMix::kItemsADay, mine,
         theirs, "no-lifecycle", 0, 1},
        Better::kLess);
  };
  const auto get_p95 = [](const Week& week) { return week.get_p95_us; };
  const auto search_p95 = [](const Week& week) { return week.search_p95_us; };
  const auto left_bytes = static_cast<double>(memories[2]->close());
  for (size_t i = 0; i < 2; ++i) {
    Memory& kept = *memories[i];
    const std::string what = i == 0 ? "" : "retention_";
    add(what + "footprint_bytes", "B", static_cast<double>(kept.close()), left_bytes);
    add(what + "get_p95_us", "us", late(kept, get_p95), late(*memories[2], get_p95));
    add(what + "search_p95_us", "us", late(kept, search_p95), late(*memories[2], search_p95));
  }
}

}  // namespace bench
