// Writes one by one that survive loss of power.
#include <thread>
#include <vector>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"
#include "peers/rocksdb_peer.h"
#include "peers/sqlite_peer.h"

namespace bench {
namespace {

constexpr size_t kThreads = 16;

double put_memtier(Context& context, const Items& items, size_t count, size_t threads) {
  const std::string path = context.folder().path("put-full.mem");
  settle_disk();
  double rate = 0;
  {
    Store store(path, {kDatabaseLadder, 0});
    const auto work = [&](size_t first) {
      Builder builder;
      for (size_t i = first; i < count; i += threads) {
        builder.set(items, i);
        builder.put(store, MEMTIER_DURABILITY_FULL);
      }
    };
    const Stopwatch watch;
    std::vector<std::thread> others;
    for (size_t number = 1; number < threads; ++number) others.emplace_back(work, number);
    work(0);
    for (std::thread& other : others) other.join();
    store.flush();
    rate = watch.per_second(count);
  }
  remove_database(path);
  return rate;
}

template <typename Rows>
double put_rows(Context& context, const Items& items, size_t count, const char* name) {
  const std::string path = context.folder().path(name);
  settle_disk();
  double rate = 0;
  {
    Rows rows(path, true);
    const Stopwatch watch;
    for (size_t i = 0; i < count; ++i) rows.put(items, i);
    rate = watch.per_second(count);
  }
  remove_database(path);
  return rate;
}

}  // namespace

void run_put_full(Context& context) {
  // Many short turns: how long a disk takes to sync changes from one second to the next.
  const size_t count = context.size(2'000, 8'000);
  const int repetitions = context.quick() ? 5 : 11;
  const Items& items = context.items(count * 4);
  const std::vector<double> medians = alternate(
      "puts_per_s", repetitions,
      {{"memtier", [&] { return put_memtier(context, items, count, 1); }},
       {"sqlite-rows",
        [&] { return put_rows<SqliteRows>(context, items, count, "put-full.rows"); }},
       {"rocksdb",
        [&] { return put_rows<RocksdbRows>(context, items, count, "put-full.rocksdb"); }},
       {"memtier, 16 threads", [&] { return put_memtier(context, items, count * 4, kThreads); }}});
  Report& report = context.report();
  report.add({"put_full", "puts_per_s", "/s", count, medians[0], medians[1], "sqlite-rows", 0,
              repetitions},
             Better::kMore);
  report.add(
      {"put_full", "puts_per_s", "/s", count, medians[0], medians[2], "rocksdb", 0, repetitions},
      Better::kMore);
  report.add({"put_full", "put_16_threads_per_s", "/s", count * 4, medians[3], medians[0],
              "one_thread", 0, repetitions},
             Better::kMore);
}

}  // namespace bench
