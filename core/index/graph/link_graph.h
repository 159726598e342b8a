// LinkGraph: associations as the facade offers them. Answers are JSON documents (memtier.h, section 19).
//
// Thread safety: every function, any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/control.h"
#include "base/status.h"
#include "index/graph/graph_view.h"
#include "index/graph/graph_walk.h"
#include "index/graph/link_cache.h"
#include "model/link.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

// Two items that were read one soon after the other.
struct LearnedPair {
  int64_t earlier = 0;  // rows
  int64_t later = 0;
  double weight = 0;
};

class LinkGraph {
 public:
  // The storage is borrowed, and outlives it.
  LinkGraph(SqliteStorage& storage, int64_t cache_bytes, int64_t half_life_us)
      : storage_(storage), cache_(cache_bytes), decay_{half_life_us} {}

  // --- links; all or none. `sync`: they survive loss of power.
  Status put(const ReadScope& read, std::span<const LinkSpec> links, bool sync, Control& control);
  Result<std::string> get(const ReadScope& read, const LinkFilter& filter);
  Result<int64_t> erase(const ReadScope& read, const LinkFilter& filter, bool sync);
  Result<std::string> list(const ReadScope& read, const LinkFilter& filter, const StopCheck& stop);

  // --- concepts
  Status create_concept(const ReadScope& read, const ConceptSpec& spec, bool sync);
  Result<std::string> list_concepts(const ReadScope& read, const ConceptFilter& filter,
                                    const StopCheck& stop);
  Status delete_concept(const ReadScope& read, std::string_view name, bool sync);

  // --- walks
  Result<std::string> neighbours(const ReadScope& read, const NeighbourQuery& query,
                                 const StopCheck& stop);
  Result<std::string> path(const ReadScope& read, const PathQuery& query, const StopCheck& stop);
  Result<std::string> spread(const ReadScope& read, const SpreadQuery& query,
                             const StopCheck& stop);
  Result<std::string> export_graph(const ReadScope& read, const GraphExport& query,
                                   const StopCheck& stop);

  // How strongly items are associated with those of these rows, by row: for ranking. The seeds themselves are
  // among them only where activation flows back.
  Status activation(const ReadScope& read, std::span<const int64_t> seed_rows,
                    const SpreadOptions& options, std::unordered_map<int64_t, double>* by_row);

  // Concepts and links of a scope, for export, each as a document; links of which all ends that are items
  // are wanted.
  Status visit_concepts(const ReadScope& read,
                        const std::function<Status(int64_t node, Json&&)>& visit);
  Status visit_links(const ReadScope& read, const std::function<bool(int64_t)>& wants_item,
                     const std::function<Status(const LinkRow&, Json&&)>& visit);
  // A concept as it was exported. kExists: it is there, and `makes_only`.
  Status import_concept(const ReadScope& read, const ConceptSpec& spec, bool makes_only);

  // All links of these rows, in both directions.
  Result<std::vector<LinkRow>> links_of(std::span<const int64_t> rows);
  // The same links, of the rows that theirs have become; those of which an end is not there any more go.
  Status move_links(std::span<const LinkRow> links,
                    const std::unordered_map<int64_t, int64_t>& moved, bool sync);

  // Strengthens the links of items that were read together, and keeps only the strongest of each.
  Status learn(std::span<const LearnedPair> pairs, int64_t now_us);

  // Whether reading the links of all nodes at once is worth it; and that.
  bool wants_warming() const { return cache_.is_cold(); }
  Status warm(const StopCheck& stop);
  int64_t memory_bytes() const { return cache_.memory_bytes(); }

 private:
  struct Ends {
    int64_t source = 0;  // 0: any
    int64_t target = 0;
    int64_t kind = -1;     // -1: any
    bool nothing = false;  // no link can be meant
  };

  Result<std::unique_ptr<GraphView>> view(const ReadScope& read) {
    return GraphView::open(storage_, cache_, read, decay_);
  }
  Status write(const std::function<Status(Connection&)>& change, bool sync);
  Status collect_concepts(const ReadScope& read, std::vector<std::pair<int64_t, Json>>* documents);
  Status put_one(Connection& connection, GraphNodes& nodes, const LinkSpec& spec,
                 const std::string& what, int64_t now_us, LinkWriter* writer);
  static Result<Ends> resolve(Connection& connection, GraphNodes& nodes, const LinkFilter& filter,
                              const std::string& what);
  static Status visit(Connection& connection, const Ends& ends, const LinkPlace& after,
                      const VisitLink& visit);
  Status trim_learned(Connection& connection, int64_t node, int64_t kind, int64_t now_us,
                      LinkWriter* writer);

  SqliteStorage& storage_;
  LinkCache cache_;
  const LinkDecay decay_;
};

}  // namespace memtier
