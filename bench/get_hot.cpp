// Reads by id of items that lie in RAM. Everybody copies the same bytes out: the item's image.
#include <absl/container/flat_hash_map.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "common/client.h"
#include "common/keys.h"
#include "common/measure.h"
#include "common/registry.h"
#include "peers/lmdb_peer.h"
#include "peers/sqlite_peer.h"

namespace bench {
namespace {

// What a program would write for itself; the lock is held while the bytes are copied, for without
// it another thread could free them.
class LockedMap {
 public:
  void reserve(size_t count) { map_.reserve(count); }
  void put(std::string_view id, std::string_view value) {
    const std::unique_lock lock(mutex_);
    map_.emplace(std::string(id), std::string(value));
  }
  size_t get(std::string_view id, char* out) const {
    const std::shared_lock lock(mutex_);
    const auto found = map_.find(absl::string_view(id.data(), id.size()));
    if (found == map_.end()) return 0;
    std::memcpy(out, found->second.data(), found->second.size());
    return found->second.size();
  }

 private:
  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<std::string, std::string> map_;
};

// Reads the keys [begin, end) of the stream with get(id, buffer); nanoseconds for each.
template <typename Get>
double time_gets(const KeyStream& keys, size_t begin, size_t end, Get get) {
  std::vector<char> buffer(kImageRoom);
  uint64_t sum = 0;
  const Stopwatch watch;
  for (size_t i = begin; i < end; ++i) sum += get(keys[i], buffer.data());
  const double each = watch.nanoseconds_each(end - begin);
  keep(sum);
  if (sum == 0) throw std::runtime_error("nothing was found");
  return each;
}

class Contest {
 public:
  explicit Contest(Context& context)
      : context_(context),
        count_(context.size(100'000, 1'000'000)),
        items_(context.items(count_)),
        store_(context.store_path(kRamLadder, count_), {"", int64_t{8} << 30}),
        lmdb_(context.folder().path("hot.lmdb"), size_t{8} << 30),
        // Room for the whole table in SQLite's own cache, as memtier has all items in RAM.
        sqlite_(context.folder().path("hot.sqlite"), SqliteTable::Columns::kValue,
                int64_t{4} << 30) {}

  void fill() {
    map_.reserve(count_);
    lmdb_.begin();
    sqlite_.begin();
    std::vector<char> buffer(kImageRoom);
    for (size_t i = 0; i < count_; ++i) {
      // The first read brings it into RAM.
      const size_t size = store_.get_into(items_.id(i), buffer.data(), buffer.size());
      const std::string_view image(buffer.data(), size);
      map_.put(items_.id(i), image);
      lmdb_.put(items_.id(i), image);
      sqlite_.put(items_.id(i), image);
    }
    lmdb_.commit();
    sqlite_.commit();
    for (size_t i = 0; i < count_; ++i) keep(sqlite_.get(items_.id(i), buffer.data()));
    if (store_.statistics().resident_count != static_cast<int64_t>(count_)) {
      throw std::runtime_error("get_hot: not every item is in RAM");
    }
    // So that writing the statistics of these reads is not measured with what follows.
    store_.flush();
  }

  void read(Draw draw, const char* metric) {
    const size_t reads = context_.size(1'000'000, 2'000'000);
    const KeyStream keys(items_, draw, reads, 7);
    const auto memtier = [this](std::string_view id, char* out) {
      return store_.get_into(id, out, kImageRoom);
    };
    const std::vector<double> medians = alternate(
        metric, context_.repetitions(),
        {{"memtier", [&] { return time_gets(keys, 0, reads, memtier); }},
         {"flat_hash_map",
          [&] {
            return time_gets(keys, 0, reads, [&](auto id, char* out) { return map_.get(id, out); });
          }},
         {"lmdb",
          [&] {
            return time_gets(keys, 0, reads / 2,
                             [&](auto id, char* out) { return lmdb_.get(id, out); });
          }},
         {"sqlite", [&] {
            return time_gets(keys, 0, reads / 8,
                             [&](auto id, char* out) { return sqlite_.get(id, out); });
          }}});
    const char* const peers[] = {"flat_hash_map", "lmdb", "sqlite"};
    for (size_t peer = 0; peer < 3; ++peer) {
      context_.report().add({"get_hot", metric, "ns", count_, medians[0], medians[peer + 1],
                             peers[peer], 0, context_.repetitions()},
                            Better::kLess);
    }
  }

  void read_with_two_threads() {
    const size_t reads = context_.size(1'000'000, 2'000'000);
    const KeyStream keys(items_, Draw::kZipf, reads * 2, 8);
    const auto memtier = [this](std::string_view id, char* out) {
      return store_.get_into(id, out, kImageRoom);
    };
    const auto map = [this](std::string_view id, char* out) { return map_.get(id, out); };
    const std::vector<double> medians =
        alternate("gets_per_s", context_.repetitions(),
                  {{"memtier, two threads", [&] { return rate(keys, 2, memtier); }},
                   {"memtier, one thread", [&] { return rate(keys, 1, memtier); }},
                   {"flat_hash_map, two threads", [&] { return rate(keys, 2, map); }}});
    Report& report = context_.report();
    report.add({"get_hot", "get_two_threads_ratio", "/s", count_, medians[0], medians[1],
                "one_thread", 0, context_.repetitions()},
               Better::kMore);
    report.add({"get_hot", "get_two_threads_per_s", "/s", count_, medians[0], medians[2],
                "flat_hash_map", 0, context_.repetitions()},
               Better::kMore);
  }

 private:
  // Reads in a second; each thread has its own half of the keys.
  template <typename Get>
  double rate(const KeyStream& keys, size_t threads, Get get) {
    const size_t reads = keys.size() / 2;
    std::atomic<size_t> waiting{0};
    std::vector<std::thread> others;
    const auto work = [&](size_t number) {
      ++waiting;
      while (waiting.load() < threads) {
      }
      keep(static_cast<uint64_t>(time_gets(keys, number * reads, (number + 1) * reads, get)));
    };
    const Stopwatch watch;
    for (size_t number = 1; number < threads; ++number) others.emplace_back(work, number);
    work(0);
    for (std::thread& other : others) other.join();
    return watch.per_second(reads * threads);
  }

  Context& context_;
  const size_t count_;
  const Items& items_;
  Store store_;
  LockedMap map_;
  LmdbTable lmdb_;
  SqliteTable sqlite_;
};

}  // namespace

void run_get_hot(Context& context) {
  Contest contest(context);
  contest.fill();
  contest.read(Draw::kZipf, "get_ns");
  contest.read(Draw::kUniform, "get_uniform_ns");
  contest.read_with_two_threads();
}

}  // namespace bench
