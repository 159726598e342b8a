#include "index/graph/link_cache.h"

#include <algorithm>

#include "base/clock.h"
#include "storage/sqlite/link_tables.h"

namespace memtier {
namespace {

constexpr int64_t kNodeBytes =
    120;  // an entry of the map, the counts of its reference, two headers
constexpr size_t kStopEvery = 4096;  // nodes

int64_t bytes_of(const NodeLinks& links) {
  return kNodeBytes + static_cast<int64_t>(links.edges.capacity() * sizeof(LinkEdge));
}

LinkEdge edge_of(int64_t other, int64_t scope, const LinkRow& link) {
  LinkEdge edge;
  edge.other = other;
  edge.weight = static_cast<float>(link.weight);
  edge.kind = static_cast<int32_t>(link.kind);
  edge.other_scope = static_cast<int32_t>(scope);
  edge.updated_s =
      static_cast<uint32_t>(std::clamp<int64_t>(link.updated_us / kSecondUs, 0, UINT32_MAX));
  return edge;
}

// Walks through one of both tables in the order of its nodes.
class NodeScan {
 public:
  Status begin(Connection& connection, bool outgoing) {
    outgoing_ = outgoing;
    ASSIGN_OR_RETURN(statement_,
                     connection.prepare(
                         outgoing ? "SELECT source, target, kind, weight, updated_us, target_scope "
                                    "FROM links ORDER BY source, kind, target"
                                  : "SELECT target, source, kind, weight, updated_us, source_scope "
                                    "FROM links_in ORDER BY target, kind, source"));
    return next();
  }
  ~NodeScan() { statement_.reset(); }

  bool at_end() const { return at_end_; }
  int64_t node() const { return statement_.integer(0); }
  Status take(NodeLinks* links) {
    const int64_t node = this->node();
    while (!at_end_ && this->node() == node) {
      LinkRow link;
      link.kind = statement_.integer(2);
      link.weight = statement_.real(3);
      link.updated_us = statement_.integer(4);
      links->edges.push_back(edge_of(statement_.integer(1), statement_.integer(5), link));
      RETURN_IF_ERROR(next());
    }
    if (outgoing_) links->outgoing = links->edges.size();
    return {};
  }

 private:
  Status next() {
    ASSIGN_OR_RETURN(const bool more, statement_.step());
    at_end_ = !more;
    return {};
  }

  Statement statement_;
  bool outgoing_ = false;
  bool at_end_ = true;
};

}  // namespace

Result<int64_t> LinkCache::follow(Connection& connection) {
  ASSIGN_OR_RETURN(const int64_t state, last_link_change(connection));
  const std::lock_guard lock(mutex_);
  if (state <= state_) return state;
  bool known = state_ >= 0;
  if (known && !(young_.empty() && old_.empty())) {
    const auto forget = [this](int64_t node) {
      for (auto [map, bytes] : {std::pair(&young_, &young_bytes_), std::pair(&old_, &old_bytes_)}) {
        const auto found = map->find(node);
        if (found == map->end()) continue;
        *bytes -= bytes_of(*found->second);
        map->erase(found);
      }
    };
    ASSIGN_OR_RETURN(
        known, visit_link_changes(connection, state_, [&forget](int64_t source, int64_t target) {
          forget(source);
          forget(target);
        }));
  }
  if (!known) clear();
  state_ = state;
  return state;
}

Result<LinkCache::Links> LinkCache::links(Connection& connection, int64_t state, int64_t node) {
  {
    const std::lock_guard lock(mutex_);
    if (Links known = find(node)) return known;
    ++misses_;
  }
  auto links = std::make_shared<NodeLinks>();
  RETURN_IF_ERROR(visit_links(connection, node, true, [&links](const LinkRow& link) {
    links->edges.push_back(edge_of(link.target, link.target_scope, link));
    return true;
  }));
  links->outgoing = links->edges.size();
  RETURN_IF_ERROR(visit_links(connection, node, false, [&links](const LinkRow& link) {
    links->edges.push_back(edge_of(link.source, link.source_scope, link));
    return true;
  }));
  links->edges.shrink_to_fit();
  const std::lock_guard lock(mutex_);
  // What an older state shows is for its reader alone.
  if (state == state_) insert(node, links);
  return Links(links);
}

bool LinkCache::is_cold() const {
  const std::lock_guard lock(mutex_);
  return misses_ >= kColdMisses && !too_large_;
}

Status LinkCache::warm(Connection& connection, int64_t state, const StopCheck& stop) {
  Map all;
  int64_t bytes = 0;
  NodeScan outgoing;
  NodeScan incoming;
  RETURN_IF_ERROR(outgoing.begin(connection, true));
  RETURN_IF_ERROR(incoming.begin(connection, false));
  while (!(outgoing.at_end() && incoming.at_end()) && bytes < half_bytes_) {
    if (stop && all.size() % kStopEvery == 0) RETURN_IF_ERROR(stop());
    const bool has_out =
        !outgoing.at_end() && (incoming.at_end() || outgoing.node() <= incoming.node());
    const int64_t node = has_out ? outgoing.node() : incoming.node();
    auto links = std::make_shared<NodeLinks>();
    if (has_out) RETURN_IF_ERROR(outgoing.take(links.get()));
    if (!incoming.at_end() && incoming.node() == node) {
      RETURN_IF_ERROR(incoming.take(links.get()));
    }
    links->edges.shrink_to_fit();
    bytes += bytes_of(*links);
    all.emplace(node, std::move(links));
  }
  const std::lock_guard lock(mutex_);
  misses_ = 0;
  too_large_ = !(outgoing.at_end() && incoming.at_end());
  if (state != state_ || too_large_) return {};
  young_.swap(all);
  young_bytes_ = bytes;
  old_.clear();
  old_bytes_ = 0;
  return {};
}

int64_t LinkCache::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  return young_bytes_ + old_bytes_;
}

LinkCache::Links LinkCache::find(int64_t node) {
  if (const auto found = young_.find(node); found != young_.end()) return found->second;
  const auto found = old_.find(node);
  if (found == old_.end()) return nullptr;
  Links links = std::move(found->second);
  old_.erase(found);
  old_bytes_ -= bytes_of(*links);
  insert(node, links);
  return links;
}

void LinkCache::insert(int64_t node, Links links) {
  const int64_t bytes = bytes_of(*links);
  if (young_bytes_ + bytes > half_bytes_) {
    old_ = std::move(young_);
    old_bytes_ = young_bytes_;
    young_ = Map();
    young_bytes_ = 0;
  }
  const auto [place, is_new] = young_.emplace(node, std::move(links));
  if (is_new) young_bytes_ += bytes;
}

void LinkCache::clear() {
  young_ = Map();
  old_ = Map();
  young_bytes_ = old_bytes_ = 0;
  misses_ = 0;
  too_large_ = false;
}

}  // namespace memtier
