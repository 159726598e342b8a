// Reads by id of items that lie in the file: a ladder of one database tier, nothing in RAM but the
// database's cache.
#include <stdexcept>
#include <vector>

#include "common/client.h"
#include "common/keys.h"
#include "common/measure.h"
#include "common/registry.h"
#include "peers/sqlite_peer.h"

namespace bench {
namespace {

// memtier's database cache is a quarter of its limit; SQLite gets as much for its one connection.
constexpr int64_t kMemoryLimit = int64_t{256} << 20;
constexpr int64_t kCache = kMemoryLimit / 4;

template <typename Get>
double time_gets(const KeyStream& keys, Get get) {
  std::vector<char> buffer(kImageRoom);
  uint64_t sum = 0;
  const Stopwatch watch;
  for (size_t i = 0; i < keys.size(); ++i) sum += get(keys[i], buffer.data());
  const double each = watch.nanoseconds_each(keys.size());
  keep(sum);
  if (sum == 0) throw std::runtime_error("nothing was found");
  return each;
}

void read(Context& context, const KeyStream& keys, const char* metric, size_t count,
          const Store& store, SqliteTable& sqlite) {
  const auto memtier = [&](std::string_view id, char* out) {
    return store.get_into(id, out, kImageRoom);
  };
  const auto peer = [&](std::string_view id, char* out) { return sqlite.get(id, out); };
  const std::vector<double> medians =
      alternate(metric, context.repetitions(),
                {{"memtier", [&] { return time_gets(keys, memtier); }},
                 {"sqlite", [&] { return time_gets(keys, peer); }}});
  context.report().add(
      {"get_cold", metric, "ns", count, medians[0], medians[1], "sqlite", 0, context.repetitions()},
      Better::kLess);
}

}  // namespace

void run_get_cold(Context& context) {
  const size_t count = context.size(100'000, 1'000'000);
  const Items& items = context.items(count);
  const Store store(context.store_path(kDatabaseLadder, count), {"", kMemoryLimit});
  SqliteTable sqlite(context.folder().path("cold.sqlite"),
                     SqliteTable::Columns::kContentAndMetadata, kCache);
  sqlite.begin();
  for (size_t i = 0; i < count; ++i) sqlite.put(items.id(i), items.content(i), items.metadata(i));
  sqlite.commit();
  const size_t reads = context.size(100'000, 300'000);
  const KeyStream zipf(items, Draw::kZipf, reads, 11);
  const KeyStream uniform(items, Draw::kUniform, reads, 12);
  read(context, zipf, "get_ns", count, store, sqlite);
  read(context, uniform, "get_uniform_ns", count, store, sqlite);
}

}  // namespace bench
