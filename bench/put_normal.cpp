// Writes one by one that survive a crash of the process. Sustained: whatever memtier leaves for later
// is waited for within the time measured.
#include <stdexcept>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"
#include "peers/rocksdb_peer.h"
#include "peers/sqlite_indexed.h"

namespace bench {
namespace {

double put_memtier(Context& context, const Items& items, const char* ladder) {
  const std::string path = context.folder().path("put-normal.mem");
  settle_disk();
  double rate = 0;
  {
    Store store(path, {ladder, 0});
    Builder builder;
    const Stopwatch watch;
    for (size_t i = 0; i < items.size(); ++i) {
      builder.set(items, i);
      builder.put(store, MEMTIER_DURABILITY_NORMAL);
    }
    store.flush();
    rate = watch.per_second(items.size());
    if (store.statistics().item_count != static_cast<int64_t>(items.size())) {
      throw std::runtime_error("put_normal: items are missing");
    }
  }
  remove_database(path);
  return rate;
}

double put_sqlite_rows(Context& context, const Items& items) {
  const std::string path = context.folder().path("put-normal.rows");
  settle_disk();
  double rate = 0;
  {
    SqliteRows rows(path, false);
    const Stopwatch watch;
    for (size_t i = 0; i < items.size(); ++i) rows.put(items, i);
    rate = watch.per_second(items.size());
  }
  remove_database(path);
  return rate;
}

double put_rocksdb(Context& context, const Items& items) {
  const std::string path = context.folder().path("put-normal.rocksdb");
  settle_disk();
  double rate = 0;
  {
    RocksdbRows rows(path, false);
    const Stopwatch watch;
    for (size_t i = 0; i < items.size(); ++i) rows.put(items, i);
    rate = watch.per_second(items.size());
  }
  remove_database(path);
  return rate;
}

// Fewer items: its rate falls with their number, so this flatters it.
double put_sqlite_indexed(Context& context, const Items& items, size_t count) {
  const std::string path = context.folder().path("put-normal.indexed");
  settle_disk();
  double rate = 0;
  {
    SqliteIndexed indexed(path, SqliteIndexed::Indexes::kUsual);
    const Stopwatch watch;
    for (size_t i = 0; i < count; ++i) {
      indexed.begin();
      indexed.put(items, i);
      indexed.commit();
    }
    rate = watch.per_second(count);
  }
  remove_database(path);
  return rate;
}

}  // namespace

void run_put_normal(Context& context) {
  const size_t count = context.size(60'000, 1'000'000);
  const size_t indexed_count = context.size(10'000, 20'000);
  const Items& items = context.items(count);
  const std::vector<double> medians = alternate(
      "puts_per_s", context.repetitions(),
      {{"memtier", [&] { return put_memtier(context, items, kDatabaseLadder); }},
       {"sqlite-rows", [&] { return put_sqlite_rows(context, items); }},
       {"sqlite-indexed", [&] { return put_sqlite_indexed(context, items, indexed_count); }},
       {"rocksdb", [&] { return put_rocksdb(context, items); }}});
  const char* const peers[] = {"sqlite-rows", "sqlite-indexed", "rocksdb"};
  for (size_t peer = 0; peer < 3; ++peer) {
    context.report().add({"put_normal", "puts_per_s", "/s", count, medians[0], medians[peer + 1],
                          peers[peer], 0, context.repetitions()},
                         Better::kMore);
  }
}

}  // namespace bench
