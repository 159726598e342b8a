#include "index/graph/graph_view.h"

#include <algorithm>
#include <cmath>

#include "base/clock.h"

namespace memtier {

double LinkDecay::strength(double weight, int64_t updated_us, int64_t now_us) const {
  if (half_life_us == 0 || now_us <= updated_us) return weight;
  return weight *
         std::exp2(-static_cast<double>(now_us - updated_us) / static_cast<double>(half_life_us));
}

GraphView::GraphView(SqliteStorage& storage, LinkCache& cache, const ReadScope& read,
                     const LinkDecay& decay, ReaderPool::Loan loan)
    : cache_(cache),
      read_(read),
      decay_(decay),
      loan_(std::move(loan)),
      transaction_(*loan_),
      nodes_(*loan_, storage.scopes(), read) {}

Result<std::unique_ptr<GraphView>> GraphView::open(SqliteStorage& storage, LinkCache& cache,
                                                   const ReadScope& read, const LinkDecay& decay) {
  RETURN_IF_ERROR(storage.drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, storage.readers().borrow());
  std::unique_ptr<GraphView> view(new GraphView(storage, cache, read, decay, std::move(loan)));
  ASSIGN_OR_RETURN(view->state_, cache.follow(view->connection()));
  return view;
}

Result<GraphView::Steps> GraphView::resolve(const LinkSteps& steps) {
  Steps resolved;
  resolved.out = steps.direction != LinkDirection::kIn;
  resolved.in = steps.direction != LinkDirection::kOut;
  resolved.min_strength = steps.min_strength;
  for (const std::string& kind : steps.kinds) {
    ASSIGN_OR_RETURN(const std::optional<int64_t> label, find_label(connection(), kind));
    if (label) resolved.kinds.push_back(static_cast<int32_t>(*label));
  }
  resolved.none = !steps.kinds.empty() && resolved.kinds.empty();
  return resolved;
}

Result<std::string> GraphView::kind_name(int64_t kind) {
  const auto known = kind_names_.find(kind);
  if (known != kind_names_.end()) return known->second;
  ASSIGN_OR_RETURN(std::string name, label_text(connection(), kind));
  kind_names_.emplace(kind, name);
  return name;
}

bool GraphView::wants(int32_t kind, const Steps& steps) const {
  return steps.kinds.empty() ||
         std::find(steps.kinds.begin(), steps.kinds.end(), kind) != steps.kinds.end();
}

double GraphView::strength_of(const LinkEdge& edge) {
  if (edge.updated_s != factor_second_) {
    factor_second_ = edge.updated_s;
    factor_ = decay_.strength(1, int64_t{edge.updated_s} * kSecondUs, read_.now_us);
  }
  return edge.weight * factor_;
}

Result<const std::vector<GraphView::Step>*> GraphView::steps_from(int64_t node,
                                                                  const Steps& steps) {
  found_.clear();
  if (steps.none) return &found_;
  ASSIGN_OR_RETURN(const LinkCache::Links links, cache_.links(connection(), state_, node));
  const size_t begin = steps.out ? 0 : links->outgoing;
  const size_t end = steps.in ? links->edges.size() : links->outgoing;
  ASSIGN_OR_RETURN(const bool some_expired, nodes_.has_expired());
  int64_t last_scope = -1;
  bool scope_allowed = false;
  for (size_t i = begin; i < end; ++i) {
    const LinkEdge& edge = links->edges[i];
    if (!wants(edge.kind, steps)) continue;
    const double strength = strength_of(edge);
    if (strength < steps.min_strength) continue;
    if (edge.other_scope != last_scope) {
      last_scope = edge.other_scope;
      ASSIGN_OR_RETURN(scope_allowed, nodes_.allows(last_scope));
    }
    if (!scope_allowed) continue;
    if (some_expired) {
      ASSIGN_OR_RETURN(const bool alive, nodes_.is_alive(edge.other));
      if (!alive) continue;
    }
    found_.push_back({edge.other, edge.other_scope, edge.kind, i < links->outgoing, strength});
  }
  return &found_;
}

Result<bool> GraphView::shows(const LinkRow& link) {
  for (const auto& [node, scope] :
       {std::pair(link.source, link.source_scope), std::pair(link.target, link.target_scope)}) {
    ASSIGN_OR_RETURN(const bool allowed, nodes_.allows(scope));
    if (!allowed) return false;
    ASSIGN_OR_RETURN(const bool alive, nodes_.is_alive(node));
    if (!alive) return false;
  }
  return true;
}

Result<Json> GraphView::describe(const LinkRow& link) {
  Json object = Json::object();
  ASSIGN_OR_RETURN(object["source"], nodes_.describe(link.source));
  ASSIGN_OR_RETURN(object["target"], nodes_.describe(link.target));
  ASSIGN_OR_RETURN(object["kind"], kind_name(link.kind));
  object["weight"] = link.weight;
  object["strength"] = strength(link);
  object["created_us"] = link.created_us;
  object["updated_us"] = link.updated_us;
  return object;
}

}  // namespace memtier
