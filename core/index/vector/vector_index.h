// VectorIndex: finds items by vectors, nearest first. The file has the vectors; this process takes those
// of a scope into RAM when the scope is first searched, and keeps them in step through the table
// `vector_changes`, in the read transaction of whoever searches: so a search sees every acknowledged
// write, of any process. README.md beside this file has the whole picture.
//
// Locks, in this order: a connection of the pool, mutex_.
// Thread safety: any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "model/filter.h"
#include "model/json.h"
#include "storage/sqlite/item_reads.h"
#include "storage/sqlite/sqlite_storage.h"
#include "storage/storage.h"

namespace memtier {

class VectorSet;

struct VectorIndexSettings {
  // Vectors that do not fit are rounded to bytes, and compared once more from the file; those that do
  // not fit even so are all read from the file at every search.
  size_t memory_bytes = 64 << 20;
};

struct VectorQuery {
  std::string space;  // empty: the store's only one
  std::span<const float> vector;
  std::optional<double> threshold;  // hits have at least this score
  bool with_items = false;          // the result has the hits' items
  bool explain = false;
  // Some more hits than asked for, where there is no filter: whether they have expired is left to who asks.
  bool unchecked = false;
};

struct VectorHit {
  int64_t row = 0;
  double score = 0;  // the cosine, the product, or 1 / (1 + distance): larger is nearer
  FoundRow
      found{};  // where it stands, if the items were not asked for; unchecked: without its change
};

struct VectorResult {
  std::vector<VectorHit> hits;
  std::vector<ItemRef> items;  // of the hits, where asked for
  bool unchecked = false;      // the hits, as wanted
  bool is_all = false;         // and there are no others
  Json how = Json::object();   // for explain
};

class VectorIndex {
 public:
  explicit VectorIndex(SqliteStorage& storage, const VectorIndexSettings& settings = {});
  ~VectorIndex();

  // The `limit` nearest behind the first `skip`, among those that the scope and the filter allow and
  // that have not expired; of equals the one stored last. kNotFound: there is no such space. kInvalid:
  // the vector does not fit it.
  Result<VectorResult> search(const VectorQuery& query, const ReadScope& read,
                              const FilterRef& filter, int64_t skip, int64_t limit,
                              const StopCheck& stop);
  // The scores of these rows, which somebody else found in this scope; nullopt: it has no vector.
  Result<std::vector<std::optional<double>>> scores(const VectorQuery& query, const ReadScope& read,
                                                    std::span<const int64_t> rows,
                                                    const StopCheck& stop);
  // How much of what is nearest searches find: JSON, as memtier_space_measure_recall gives it.
  Result<Json> measure_recall(const RecallRequest& request, const ReadScope& read,
                              Control& control);
  size_t memory_bytes() const;

  // Whether maintain() has something to do; one load.
  bool needs_maintenance() const { return needs_maintenance_.load(std::memory_order_relaxed); }
  // Makes the lists of a set that has grown anew, beside everybody else; true: call again. `stop` ends it
  // early.
  bool maintain(const std::function<bool()>& stop);

 private:
  struct Run;

  Result<Space> find(Connection& connection, const std::string& name) const;
  Result<std::shared_ptr<const std::vector<int64_t>>> allowed_scopes(Connection& connection,
                                                                     const Scope& pattern);
  // Runs `search` on a set that has the scopes' vectors as the connection's transaction shows them, or
  // on none where they do not fit into RAM; false: once more, in a newer transaction.
  using OnSet = std::function<Status(const VectorSet* set)>;
  Result<bool> with_set(Connection& connection, const Space& space, std::span<const int64_t> scopes,
                        const StopCheck& stop, const OnSet& search);
  Status bring_in_step(Connection& connection, const VectorPosition& target);
  Status load(Connection& connection, VectorSet* set, std::span<const int64_t> scopes,
              const StopCheck& stop, bool* out_fits);
  bool make_room(VectorSet* wanted, std::span<const int64_t> scopes);
  void look_after(VectorSet* set);
  bool has(const std::shared_ptr<VectorSet>& set) const;
  size_t sets_bytes() const;

  SqliteStorage& storage_;
  const VectorIndexSettings settings_;
  mutable std::shared_mutex mutex_;
  // Guarded by mutex_:
  std::map<int64_t, std::shared_ptr<VectorSet>> sets_;  // by number of the space
  int64_t position_ = -1;  // of the change up to which the sets are in step; -1: there is none
  uint64_t time_ = 0;      // counts loads

  std::mutex maintenance_mutex_;  // taken before mutex_
  std::atomic<bool> needs_maintenance_{false};

  std::mutex scopes_mutex_;
  struct KnownScopes {
    int64_t newest = 0;
    std::shared_ptr<const std::vector<int64_t>> scopes;
  };
  std::map<std::string, KnownScopes> known_scopes_;  // by pattern; guarded by scopes_mutex_
};

}  // namespace memtier
