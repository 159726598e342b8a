// A year of an agent's memory, day by day on a clock of its own: 300 items a day, reads, and once a day the
// maintenance that a store does by default; beside it the same without: no maintenance, no compression. Week
// by week the size of the file, what lies in which tier, and the time of reads and searches.
#include <algorithm>
#include <atomic>
#include <cstdio>
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

// One of the two stores.
class Memory {
 public:
  Memory(std::string name, std::string path, bool kept)
      : name_(std::move(name)), path_(std::move(path)), kept_(kept) {
    static const memtier_clock kClock = {sizeof kClock, tell_time, nullptr, nullptr};
    StoreOptions options;
    options.clock = &kClock;
    options.compress_threshold_bytes = kept_ ? -1 : 0;
    store_ = std::make_unique<Store>(path_, options);
  }

  void put(const YearItem& item);
  void get(const std::string& id) {
    const Stopwatch watch;
    keep(store_->get_into(id, buffer_.data(), buffer_.size()));
    gets_.push_back(watch.seconds() * 1e6);
  }
  void search(const std::string& words) {
    const std::string query = nlohmann::json{{"text", words}}.dump();
    const Stopwatch watch;
    keep(static_cast<uint64_t>(store_->search(query)));
    searches_.push_back(watch.seconds() * 1e6);
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
  const bool kept_;
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
  check(memtier_item_put(store_->handle(), nullptr, builder_.handle(), MEMTIER_PUT_REPLACE,
                         MEMTIER_DURABILITY_DEFAULT, nullptr, &error),
        error, "memtier_item_put");
}

void Memory::end_day() {
  if (!kept_) return;
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

// Stores a day's items, one after the other, with the reads among them.
void live_a_day(YearMix& mix, int64_t day, Memory& kept, Memory& left) {
  const std::vector<YearItem> items = mix.next_day();
  const std::vector<std::string> gets = mix.gets();
  const std::vector<std::string> searches = mix.searches();
  const auto both = [&](const auto& call) {
    // In turns, so that neither always has the other's caches behind it.
    const bool first = day % 2 == 0;
    call(first ? kept : left);
    call(first ? left : kept);
  };
  for (size_t i = 0; i < items.size(); ++i) {
    now_us.store(kFirstUs + day * kDayUs + static_cast<int64_t>(i + 1) * (kDayUs / 320));
    both([&](Memory& memory) { memory.put(items[i]); });
  }
  // What was stored today is among what is read in the evening.
  both([&](Memory& memory) {
    for (const std::string& id : gets) memory.get(id);
    for (const std::string& words : searches) memory.search(words);
  });
  now_us.store(kFirstUs + (day + 1) * kDayUs);
  both([](Memory& memory) { memory.end_day(); });
}

void print_weeks(const Memory& kept, const Memory& left) {
  std::printf("week  file MB with/without  saved   get p95 us   search p95 us  tiers with:");
  for (const std::string& name : kept.tier_names()) std::printf(" %s", name.c_str());
  std::printf("\n");
  for (size_t i = 0; i < kept.weeks().size(); ++i) {
    const Week& a = kept.weeks()[i];
    const Week& b = left.weeks()[i];
    std::printf("%4zu  %9.2f %9.2f  %9.3f  %5.1f %5.1f  %7.0f %7.0f ", i + 1,
                a.file_bytes / kMegabyte, b.file_bytes / kMegabyte, 1 - a.file_bytes / b.file_bytes,
                a.get_p95_us, b.get_p95_us, a.search_p95_us, b.search_p95_us);
    for (const double count : a.tiers) std::printf(" %.0f", count);
    std::printf("\n");
  }
}

template <typename Value>
Line line_of(const std::string& name, const Memory& memory, const Value& value) {
  Line line{name, {}};
  for (const Week& week : memory.weeks()) line.values.push_back(value(week));
  return line;
}

void plot(const std::string& path, const Memory& kept, const Memory& left) {
  const auto panel = [&](const std::string& title, const auto& value) {
    return Panel{title, {line_of(kept.name(), kept, value), line_of(left.name(), left, value)}};
  };
  std::vector<Panel> panels = {
      panel("size of the file, MB", [](const Week& week) { return week.file_bytes / kMegabyte; }),
      panel("get by id, p95, us", [](const Week& week) { return week.get_p95_us; }),
      panel("search by words, p95, us", [](const Week& week) { return week.search_p95_us; })};
  Panel tiers{"items in each tier, with lifecycle", {}};
  for (size_t tier = 0; tier < kept.tier_names().size(); ++tier) {
    tiers.lines.push_back(line_of(kept.tier_names()[tier], kept,
                                  [tier](const Week& week) { return week.tiers[tier]; }));
  }
  panels.push_back(std::move(tiers));
  write_plot(path, "A simulated year, 300 items a day", "week", panels);
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
  Memory kept("with lifecycle", context.folder().path("kept.mem"), true);
  Memory left("without", context.folder().path("left.mem"), false);
  for (int64_t day = 0; day < weeks * 7; ++day) {
    live_a_day(mix, day, kept, left);
    if (day % 7 != 6) continue;
    kept.end_week();
    left.end_week();
  }
  print_weeks(kept, left);
  const std::string path = context.output("year.svg");
  plot(path, kept, left);
  context.note("plot: " + path);
  char maintenance[96];
  std::snprintf(maintenance, sizeof maintenance, "maintenance of all days: %.1f s",
                kept.maintenance_seconds());
  context.note(maintenance);
  const std::string prefix = real != nullptr ? "dialogues_" : "";
  const auto add = [&](const char* metric, const char* unit, double mine, double theirs) {
    context.report().add(
        {"year", prefix + metric, unit, static_cast<size_t>(weeks) * 7 * YearMix::kItemsADay, mine,
         theirs, "no-lifecycle", 0, 1},
        Better::kLess);
  };
  add("footprint_bytes", "B", static_cast<double>(kept.close()), static_cast<double>(left.close()));
  const auto get_p95 = [](const Week& week) { return week.get_p95_us; };
  const auto search_p95 = [](const Week& week) { return week.search_p95_us; };
  add("get_p95_us", "us", late(kept, get_p95), late(left, get_p95));
  add("search_p95_us", "us", late(kept, search_p95), late(left, search_p95));
}

}  // namespace bench
