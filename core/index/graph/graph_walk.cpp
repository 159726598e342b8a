#include "index/graph/graph_walk.h"

#include <algorithm>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/hash.h"

namespace memtier {
namespace {

constexpr size_t kStopEveryNodes = 256;

// From nodes to their places in a list. A walk looks up each end of each link that it comes by, so this is
// a table with open addressing: three times as quick as the standard one.
class NodeTable {
 public:
  NodeTable() : slots_(1024) {}

  // The place of the node; a new one, `next`, if there was none.
  uint32_t find_or_add(int64_t node, uint32_t next) {
    if (count_ * 2 >= slots_.size()) grow();
    Slot& slot = slots_[probe(node)];
    if (slot.node == 0) {
      slot = {node, next};
      ++count_;
    }
    return slot.place;
  }

 private:
  struct Slot {
    int64_t node = 0;  // no node is 0
    uint32_t place = 0;
  };

  size_t probe(int64_t node) const {
    uint64_t hash = static_cast<uint64_t>(node) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at].node != 0 && slots_[at].node != node) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    std::vector<Slot> before(slots_.size() * 2);
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.node != 0) slots_[probe(slot.node)] = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t count_ = 0;
};

class Spreading {
 public:
  Spreading(GraphView& view, const GraphView::Steps& steps, const SpreadOptions& options,
            SpreadResult* result)
      : view_(view), steps_(steps), options_(options), result_(*result) {}

  Status run(const std::vector<Activated>& seeds, const StopCheck& stop) {
    for (const Activated& seed : seeds) add(seed.node, seed.activation);
    settle(0);
    std::vector<uint32_t> frontier = kept_;
    for (int64_t hop = 1; hop <= options_.hops && !frontier.empty(); ++hop) {
      size_t fired = 0;
      for (const uint32_t place : frontier) {
        if (stop && fired++ % kStopEveryNodes == 0) RETURN_IF_ERROR(stop());
        RETURN_IF_ERROR(fire(place));
      }
      settle(hop);
      frontier = kept_;
    }
    for (const Activated& node : nodes_) {
      if (node.hops != kDropped) result_.nodes.push_back(node);
    }
    return {};
  }

 private:
  static constexpr int64_t kDropped = -1;

  void add(int64_t node, double activation) {
    const uint32_t place = places_.find_or_add(node, static_cast<uint32_t>(nodes_.size()));
    if (place == nodes_.size()) {
      nodes_.push_back({node, 0, kDropped});
      gains_.push_back(0);
    }
    gains_[place] += activation;
  }

  Status fire(uint32_t place) {
    ASSIGN_OR_RETURN(const auto* const steps, view_.steps_from(nodes_[place].node, steps_));
    double total = 0;
    for (const GraphView::Step& step : *steps) total += step.strength;
    const double share = options_.decay * nodes_[place].activation / std::max(1.0, total);
    for (const GraphView::Step& step : *steps) add(step.other, share * step.strength);
    return {};
  }

  // The end of a hop: what was gained counts, and of what was reached the strongest stay. What does not is
  // as if it had not been reached, and may be in a later hop.
  void settle(int64_t hop) {
    kept_.clear();
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const double gain = std::exchange(gains_[i], 0);
      if (nodes_[i].hops != kDropped) {
        nodes_[i].activation += gain;
      } else if (hop == 0 || (gain > 0 && gain >= options_.threshold)) {
        nodes_[i].activation = gain;
        kept_.push_back(static_cast<uint32_t>(i));
      }
    }
    const auto room = static_cast<size_t>(std::max<int64_t>(options_.max_nodes - count_, 0));
    if (kept_.size() > room) {
      result_.truncated = true;
      const auto stronger = [this](uint32_t left, uint32_t right) {
        const double a = nodes_[left].activation;
        const double b = nodes_[right].activation;
        return a != b ? a > b : nodes_[left].node < nodes_[right].node;
      };
      std::nth_element(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(room),
                       kept_.end(), stronger);
      kept_.resize(room);
      std::sort(kept_.begin(), kept_.end());
    }
    for (const uint32_t place : kept_) nodes_[place].hops = hop;
    count_ += static_cast<int64_t>(kept_.size());
  }

  GraphView& view_;
  const GraphView::Steps& steps_;
  const SpreadOptions& options_;
  SpreadResult& result_;
  NodeTable places_;
  std::vector<Activated> nodes_;  // hops: kDropped until it is kept
  std::vector<double> gains_;     // of this hop
  std::vector<uint32_t> kept_;    // of the last hop
  int64_t count_ = 0;             // kept in all
};

// What a path has cost so far: paths by hops compare their hops first.
struct Cost {
  int64_t hops = 0;
  double weakness = 0;  // the sum of 1/strength
  bool operator<(const Cost& other) const {
    return hops != other.hops ? hops < other.hops : weakness < other.weakness;
  }
};

class PathSearch {
 public:
  PathSearch(GraphView& view, const GraphView::Steps& steps, const PathOptions& options)
      : view_(view), steps_(steps), options_(options) {}

  Status run(int64_t from, int64_t to, const StopCheck& stop, PathResult* result) {
    best_[from] = {};
    queue_.push({{}, from});
    size_t done = 0;
    while (!queue_.empty()) {
      const Entry entry = queue_.top();
      queue_.pop();
      if (!settled_.insert(entry.node).second) continue;
      if (entry.node == to) {
        result->found = true;
        result->steps = steps_to(from, to);
        return {};
      }
      if (static_cast<int64_t>(settled_.size()) >= options_.max_nodes) {
        result->truncated = true;
        return {};
      }
      if (stop && done++ % kStopEveryNodes == 0) RETURN_IF_ERROR(stop());
      if (!options_.by_strength && entry.cost.hops == options_.max_hops) continue;
      RETURN_IF_ERROR(expand(entry.node, entry.cost));
    }
    return {};
  }

 private:
  struct Entry {
    Cost cost;
    int64_t node = 0;
    bool operator<(const Entry& other) const {  // the queue gives the largest first
      if (other.cost < cost) return true;
      if (cost < other.cost) return false;
      return other.node < node;
    }
  };
  struct Best {
    Cost cost;
    PathStep step;
  };

  Status expand(int64_t node, const Cost& cost) {
    ASSIGN_OR_RETURN(const auto* const steps, view_.steps_from(node, steps_));
    for (const GraphView::Step& step : *steps) {
      if (step.strength <= 0 || settled_.count(step.other) != 0) continue;
      const Cost next{options_.by_strength ? 0 : cost.hops + 1, cost.weakness + 1 / step.strength};
      const auto [place, is_new] = best_.try_emplace(step.other);
      if (!is_new && !(next < place->second.cost)) continue;
      place->second = {next, {node, step.other, step.kind, step.outgoing}};
      queue_.push({next, step.other});
    }
    return {};
  }

  std::vector<PathStep> steps_to(int64_t from, int64_t to) const {
    std::vector<PathStep> steps;
    for (int64_t node = to; node != from; node = steps.back().from) {
      steps.push_back(best_.at(node).step);
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  GraphView& view_;
  const GraphView::Steps& steps_;
  const PathOptions& options_;
  std::priority_queue<Entry> queue_;
  std::unordered_map<int64_t, Best> best_;
  std::unordered_set<int64_t> settled_;
};

}  // namespace

Status spread_activation(GraphView& view, const std::vector<Activated>& seeds,
                         const GraphView::Steps& steps, const SpreadOptions& options,
                         const StopCheck& stop, SpreadResult* result) {
  return Spreading(view, steps, options, result).run(seeds, stop);
}

Status shortest_path(GraphView& view, int64_t from, int64_t to, const GraphView::Steps& steps,
                     const PathOptions& options, const StopCheck& stop, PathResult* result) {
  return PathSearch(view, steps, options).run(from, to, stop, result);
}

Status look_around(GraphView& view, const std::vector<int64_t>& seeds,
                   const GraphView::Steps& steps, int64_t hops, int64_t max_nodes,
                   const StopCheck& stop, Surroundings* result) {
  std::unordered_set<int64_t> seen;
  const auto add = [&](int64_t node) {
    if (seen.count(node) != 0) return;
    if (static_cast<int64_t>(seen.size()) >= max_nodes) {
      result->truncated = true;
      return;
    }
    seen.insert(node);
    result->nodes.push_back(node);
  };
  for (const int64_t seed : seeds) add(seed);
  size_t begin = 0;
  for (int64_t hop = 0; hop < hops; ++hop) {
    const size_t end = result->nodes.size();
    for (; begin < end; ++begin) {
      if (stop && begin % kStopEveryNodes == 0) RETURN_IF_ERROR(stop());
      ASSIGN_OR_RETURN(const auto* const found, view.steps_from(result->nodes[begin], steps));
      for (const GraphView::Step& step : *found) add(step.other);
    }
  }
  return {};
}

}  // namespace memtier
