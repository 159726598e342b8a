// GraphView: one state of the graph, as a scope shows it at one time. A link is seen where both its ends
// are: in the scope, and not expired.
//
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "index/graph/graph_nodes.h"
#include "index/graph/link_cache.h"
#include "model/link.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

// Time weakens a link: after each half-life it has half of its weight. 0: it does not.
struct LinkDecay {
  int64_t half_life_us = 0;
  double strength(double weight, int64_t updated_us, int64_t now_us) const;
};

class GraphView {
 public:
  // Which links a walk takes, with the numbers that this store gives to kinds.
  struct Steps {
    bool out = true;
    bool in = true;
    bool none = false;  // no link is of the kinds that were asked for
    double min_strength = 0;
    std::vector<int32_t> kinds;
  };
  // One step that a walk can take.
  struct Step {
    int64_t other = 0;
    int64_t scope = 0;
    int32_t kind = 0;
    bool outgoing = true;
    double strength = 0;
  };

  static Result<std::unique_ptr<GraphView>> open(SqliteStorage& storage, LinkCache& cache,
                                                 const ReadScope& read, const LinkDecay& decay);

  Connection& connection() { return *loan_; }
  GraphNodes& nodes() { return nodes_; }
  int64_t state() const { return state_; }
  const ReadScope& read() const { return read_; }
  Result<Steps> resolve(const LinkSteps& steps);
  double strength(const LinkRow& link) const {
    return decay_.strength(link.weight, link.updated_us, read_.now_us);
  }
  Result<std::string> kind_name(int64_t kind);

  // The steps that lead away from a node to others that are seen, in the order of the tables. Borrowed
  // until the next call.
  Result<const std::vector<Step>*> steps_from(int64_t node, const Steps& steps);
  // Whether a link is seen.
  Result<bool> shows(const LinkRow& link);
  Result<Json> describe(const LinkRow& link);

 private:
  GraphView(SqliteStorage& storage, LinkCache& cache, const ReadScope& read, const LinkDecay& decay,
            ReaderPool::Loan loan);
  bool wants(int32_t kind, const Steps& steps) const;
  double strength_of(const LinkEdge& edge);

  LinkCache& cache_;
  const ReadScope read_;
  const LinkDecay decay_;
  ReaderPool::Loan loan_;
  const ReadTransaction transaction_;
  GraphNodes nodes_;
  int64_t state_ = 0;
  std::vector<Step> found_;
  // What time has left of links that were put in the second of the last one: most came together.
  int64_t factor_second_ = -1;
  double factor_ = 1;
  std::unordered_map<int64_t, std::string> kind_names_;
};

}  // namespace memtier
