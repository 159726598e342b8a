// Walks along links: spreading activation, shortest paths, what lies around.
//
// SPREADING. A seed has the activation that it is given. In each hop every node that was reached in the hop
// before fires once: it hands on `decay` times its activation, shared among its links by their strength, but
// to none more than its strength allows:
//
//     other += decay * activation * strength / max(1, sum of the strengths of its links)
//
// so that what is linked with everything spreads little to each, and a weak link carries little even where
// it is the only one (the fan effect: Anderson, A spreading activation theory of memory, 1983). What flows
// back to nodes that have fired is added to them and not handed on again. Of the nodes reached in a hop only
// the strongest are kept, so that there are never more than `max_nodes`.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "index/graph/graph_view.h"

namespace memtier {

struct Activated {
  int64_t node = 0;
  double activation = 0;
  int64_t hops = 0;  // in which it was reached; 0: a seed
};

struct SpreadOptions {
  int64_t hops = 3;
  double decay = 0.5;
  double threshold = 0.001;  // what is weaker is not kept
  int64_t max_nodes = 1000;
};

struct SpreadResult {
  std::vector<Activated> nodes;  // seeds first, then in the order in which they were reached
  bool truncated = false;        // more were reached than there may be
};

Status spread_activation(GraphView& view, const std::vector<Activated>& seeds,
                         const GraphView::Steps& steps, const SpreadOptions& options,
                         const StopCheck& stop, SpreadResult* result);

struct PathStep {
  int64_t from = 0;
  int64_t to = 0;
  int32_t kind = 0;
  bool outgoing = true;  // the link leads from `from` to `to`
};

struct PathOptions {
  bool by_strength = false;
  int64_t max_hops = 6;  // of a path by hops
  int64_t max_nodes = 100'000;
};

struct PathResult {
  bool found = false;
  bool truncated = false;  // max_nodes were looked at
  std::vector<PathStep> steps;
};

// By hops: the fewest links, and among these paths the strongest. By strength: the least sum of 1/strength.
Status shortest_path(GraphView& view, int64_t from, int64_t to, const GraphView::Steps& steps,
                     const PathOptions& options, const StopCheck& stop, PathResult* result);

// The nodes within so many hops of the seeds, nearest first.
struct Surroundings {
  std::vector<int64_t> nodes;
  bool truncated = false;
};
Status look_around(GraphView& view, const std::vector<int64_t>& seeds,
                   const GraphView::Steps& steps, int64_t hops, int64_t max_nodes,
                   const StopCheck& stop, Surroundings* result);

}  // namespace memtier
