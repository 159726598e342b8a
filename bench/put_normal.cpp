// Writes one by one that survive a crash of the process. Sustained: whatever memtier leaves for later
// is waited for within the time measured.
#include <algorithm>
#include <memory>
#include <stdexcept>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"
#include "peers/rocksdb_peer.h"
#include "peers/sqlite_indexed.h"

namespace bench {
namespace {

double put_memtier(Context& context, const Items& items, size_t count) {
  const std::string path = context.folder().path("put-normal.mem");
  settle_disk();
  double rate = 0;
  {
    Store store(path, {kDatabaseLadder, 0});
    Builder builder;
    const Stopwatch watch;
    for (size_t i = 0; i < count; ++i) {
      builder.set(items, i);
      builder.put(store, MEMTIER_DURABILITY_NORMAL);
    }
    store.flush();
    rate = watch.per_second(count);
    if (store.statistics().item_count != static_cast<int64_t>(count)) {
      throw std::runtime_error("put_normal: items are missing");
    }
  }
  remove_database(path);
  return rate;
}

double put_sqlite_rows(Context& context, const Items& items, size_t count) {
  const std::string path = context.folder().path("put-normal.rows");
  settle_disk();
  double rate = 0;
  {
    SqliteRows rows(path, false);
    const Stopwatch watch;
    for (size_t i = 0; i < count; ++i) rows.put(items, i);
    rate = watch.per_second(count);
  }
  remove_database(path);
  return rate;
}

double put_rocksdb(Context& context, const Items& items, size_t count) {
  const std::string path = context.folder().path("put-normal.rocksdb");
  settle_disk();
  double rate = 0;
  {
    RocksdbRows rows(path, false);
    const Stopwatch watch;
    for (size_t i = 0; i < count; ++i) rows.put(items, i);
    rate = watch.per_second(count);
  }
  remove_database(path);
  return rate;
}

// Its rate falls with the number of items, and to put them all one by one would take an hour: so the
// store is filled in large transactions first, and what is measured goes on from there. In a quick run it
// begins empty, which flatters it.
class IndexedPeer {
 public:
  IndexedPeer(Context& context, const Items& items, size_t filled)
      : path_(context.folder().path("put-normal-" + std::to_string(items.size()) + ".indexed")),
        items_(items),
        indexed_(std::make_unique<SqliteIndexed>(path_, SqliteIndexed::Indexes::kUsual)) {
    if (filled > 0) context.note("put_normal: filling sqlite-indexed");
    constexpr size_t kBatch = 10'000;
    for (; next_ < filled; ++next_) {
      if (next_ % kBatch == 0) indexed_->begin();
      indexed_->put(items_, next_);
      if (next_ % kBatch == kBatch - 1 || next_ + 1 == filled) indexed_->commit();
    }
  }
  ~IndexedPeer() {
    indexed_.reset();
    remove_database(path_);
  }
  IndexedPeer(const IndexedPeer&) = delete;
  IndexedPeer& operator=(const IndexedPeer&) = delete;

  double put(size_t count) {
    settle_disk();
    const Stopwatch watch;
    for (const size_t end = next_ + count; next_ < end; ++next_) {
      indexed_->begin();
      indexed_->put(items_, next_);
      indexed_->commit();
    }
    return watch.per_second(count);
  }

 private:
  const std::string path_;
  const Items& items_;
  std::unique_ptr<SqliteIndexed> indexed_;
  size_t next_ = 0;
};

void report(Context& context, const char* metric, size_t count,
            const std::vector<double>& medians) {
  const char* const peers[] = {"sqlite-rows", "sqlite-indexed", "rocksdb"};
  for (size_t peer = 0; peer + 1 < medians.size(); ++peer) {
    context.report().add({"put_normal", metric, "/s", count, medians[0], medians[peer + 1],
                          peers[peer], 0, context.repetitions()},
                         Better::kMore);
  }
}

// Real turns; the indexed peer goes on from half of them.
void put_dialogues(Context& context, const Items& items) {
  const size_t count = items.size();
  const size_t turn = count / 2 / (static_cast<size_t>(context.repetitions()) + 1);
  IndexedPeer indexed(context, items, count / 2);
  report(context, "dialogues_puts_per_s", count,
         alternate("dialogues_puts_per_s", context.repetitions(),
                   {{"memtier", [&] { return put_memtier(context, items, count); }},
                    {"sqlite-rows", [&] { return put_sqlite_rows(context, items, count); }},
                    {"sqlite-indexed", [&] { return indexed.put(turn); }}}));
}

}  // namespace

void run_put_normal(Context& context) {
  const size_t count = context.size(60'000, 1'000'000);
  const size_t indexed_count = context.size(10'000, 20'000);
  const size_t filled = context.size(0, count);
  const size_t turns = static_cast<size_t>(context.repetitions()) + 1;
  const Items& items = context.items(std::max(count, filled + turns * indexed_count));
  IndexedPeer indexed(context, items, filled);
  const std::vector<double> medians =
      alternate("puts_per_s", context.repetitions(),
                {{"memtier", [&] { return put_memtier(context, items, count); }},
                 {"sqlite-rows", [&] { return put_sqlite_rows(context, items, count); }},
                 {"sqlite-indexed", [&] { return indexed.put(indexed_count); }},
                 {"rocksdb", [&] { return put_rocksdb(context, items, count); }}});
  report(context, "puts_per_s", count, medians);
  if (const Items* dialogues = context.dialogues()) put_dialogues(context, *dialogues);
}

}  // namespace bench
