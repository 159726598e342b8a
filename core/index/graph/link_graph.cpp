#include "index/graph/link_graph.h"

#include <algorithm>
#include <cstdio>

#include "base/clock.h"

namespace memtier {
namespace {

constexpr size_t kStopEveryLinks = 1000;
constexpr size_t kMaxLearnedLinks = 32;  // of one item, in one direction

// A place in the table of links, as text.
std::string token_of(const LinkRow& link) {
  char text[80];
  const int size =
      std::snprintf(text, sizeof text, "%lld.%lld.%lld", static_cast<long long>(link.source),
                    static_cast<long long>(link.kind), static_cast<long long>(link.target));
  return {text, static_cast<size_t>(size)};
}

Result<LinkPlace> place_of(const std::string& token) {
  LinkPlace place;
  if (token.empty()) return place;
  // What %lld takes. NOLINTBEGIN(google-runtime-int)
  long long source = 0;
  long long kind = 0;
  long long target = 0;
  // NOLINTEND(google-runtime-int)
  int end = 0;
  const int count = std::sscanf(token.c_str(), "%lld.%lld.%lld%n", &source, &kind, &target, &end);
  if (count != 3 || static_cast<size_t>(end) != token.size()) {
    return invalid("list: \"after\" is not what an earlier list has given");
  }
  return LinkPlace{source, kind, target};
}

Result<int64_t> scope_of_row(Connection& connection, int64_t row) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT scope FROM items WHERE row = ?"));
  StatementUse use(select.bind(1, row));
  ASSIGN_OR_RETURN(const bool there, use->step());
  return there ? use->integer(0) : int64_t{0};
}

}  // namespace

// What was learned of names in a transaction that was rolled back is forgotten.
Status LinkGraph::write(const std::function<Status(Connection&)>& change, bool sync) {
  RETURN_IF_ERROR(storage_.drain());
  Status status = storage_.write(change, sync);
  if (!status.ok()) storage_.scopes().clear();
  return status;
}

Status LinkGraph::put_one(Connection& connection, GraphNodes& nodes, const LinkSpec& spec,
                          const std::string& what, int64_t now_us, LinkWriter* writer) {
  ASSIGN_OR_RETURN(const GraphNode source, nodes.find_or_make(spec.source, what + ": \"source\""));
  ASSIGN_OR_RETURN(const GraphNode target, nodes.find_or_make(spec.target, what + ": \"target\""));
  if (source.node == target.node) {
    return invalid(what + ": \"source\" and \"target\" are the same");
  }
  LinkRow link;
  link.source = source.node;
  link.target = target.node;
  link.source_scope = source.scope;
  link.target_scope = target.scope;
  link.weight = spec.weight;
  link.created_us = spec.created_us != 0 ? spec.created_us : now_us;
  link.updated_us = spec.updated_us != 0 ? spec.updated_us : now_us;
  ASSIGN_OR_RETURN(link.kind, find_or_add_label(connection, spec.kind));
  if (spec.strengthens || spec.makes_only) {
    ASSIGN_OR_RETURN(const std::optional<LinkRow> known,
                     find_link(connection, link.source, link.kind, link.target));
    if (known && spec.makes_only) return {Code::kExists, what + ": it exists"};
    if (known) {
      const double strength = decay_.strength(known->weight, known->updated_us, now_us);
      link.weight = std::min(kMaxLinkWeight, strength + spec.weight);
    }
  }
  return writer->put(link);
}

Status LinkGraph::put(const ReadScope& read, std::span<const LinkSpec> links, bool sync,
                      Control& control) {
  const auto total = static_cast<int64_t>(links.size());
  // Told before and after, because no caller's code runs while the store is locked.
  RETURN_IF_ERROR(control.report(0, total));
  const auto put_all = [&](Connection& connection) -> Status {
    GraphNodes nodes(connection, storage_.scopes(), read);
    LinkWriter writer(connection);
    for (size_t i = 0; i < links.size(); ++i) {
      const std::string what = links.size() == 1 ? "link" : "links[" + std::to_string(i) + "]";
      RETURN_IF_ERROR(put_one(connection, nodes, links[i], what, read.now_us, &writer));
    }
    return writer.finish();
  };
  RETURN_IF_ERROR(write(put_all, sync));
  return control.finish(total, total);
}

Result<LinkGraph::Ends> LinkGraph::resolve(Connection& connection, GraphNodes& nodes,
                                           const LinkFilter& filter, const std::string& what) {
  Ends ends;
  if (filter.source) {
    ASSIGN_OR_RETURN(const GraphNode source, nodes.find(*filter.source, what + ": \"source\""));
    ends.source = source.node;
  }
  if (filter.target) {
    ASSIGN_OR_RETURN(const GraphNode target, nodes.find(*filter.target, what + ": \"target\""));
    ends.target = target.node;
  }
  if (filter.kind) {
    ASSIGN_OR_RETURN(const std::optional<int64_t> kind, find_label(connection, *filter.kind));
    ends.nothing = !kind;
    ends.kind = kind.value_or(-1);
  }
  return ends;
}

// Links in the order of source, kind and target, behind a place; of those that come to one node in the
// order of kind and source.
Status LinkGraph::visit(Connection& connection, const Ends& ends, const LinkPlace& after,
                        const VisitLink& visit) {
  if (ends.nothing) return {};
  const bool by_target = ends.source == 0 && ends.target != 0;
  const auto key = [by_target](int64_t source, int64_t kind, int64_t target) {
    return by_target ? std::tuple(target, kind, source) : std::tuple(source, kind, target);
  };
  const bool from_start = after.source == INT64_MIN;
  const auto last = key(after.source, after.kind, after.target);
  const auto wanted = [&](const LinkRow& link) {
    if (ends.kind >= 0 && link.kind != ends.kind) return true;
    if (ends.target != 0 && link.target != ends.target) return true;
    if (!from_start && key(link.source, link.kind, link.target) <= last) return true;
    return visit(link);
  };
  if (ends.source == 0 && ends.target == 0) return visit_all_links(connection, after, wanted);
  const int64_t node = by_target ? ends.target : ends.source;
  return memtier::visit_links(connection, node, !by_target, wanted);
}

Result<std::string> LinkGraph::get(const ReadScope& read, const LinkFilter& filter) {
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  ASSIGN_OR_RETURN(const Ends ends, resolve(view->connection(), view->nodes(), filter, "link"));
  ASSIGN_OR_RETURN(const std::optional<LinkRow> link,
                   ends.nothing
                       ? Result<std::optional<LinkRow>>(std::nullopt)
                       : find_link(view->connection(), ends.source, ends.kind, ends.target));
  if (!link) {
    return not_found("link: there is none of kind \"" + *filter.kind + "\" from \"" +
                     filter.source->name + "\" to \"" + filter.target->name + '"');
  }
  ASSIGN_OR_RETURN(const Json object, view->describe(*link));
  return object.dump();
}

Result<int64_t> LinkGraph::erase(const ReadScope& read, const LinkFilter& filter, bool sync) {
  int64_t count = 0;
  const auto erase_all = [&](Connection& connection) -> Status {
    GraphNodes nodes(connection, storage_.scopes(), read);
    ASSIGN_OR_RETURN(const Ends ends, resolve(connection, nodes, filter, "link"));
    std::vector<LinkRow> links;
    RETURN_IF_ERROR(visit(connection, ends, {}, [&links](const LinkRow& link) {
      links.push_back(link);
      return true;
    }));
    LinkWriter writer(connection);
    for (const LinkRow& link : links) {
      ASSIGN_OR_RETURN(const bool source, nodes.allows(link.source_scope));
      ASSIGN_OR_RETURN(const bool target, nodes.allows(link.target_scope));
      if (!source || !target) continue;
      RETURN_IF_ERROR(writer.erase(link));
      ++count;
    }
    return writer.finish();
  };
  RETURN_IF_ERROR(write(erase_all, sync));
  return count;
}

Result<std::string> LinkGraph::list(const ReadScope& read, const LinkFilter& filter,
                                    const StopCheck& stop) {
  ASSIGN_OR_RETURN(const LinkPlace after, place_of(filter.after));
  ASSIGN_OR_RETURN(const auto view, this->view(read));
  ASSIGN_OR_RETURN(const Ends ends, resolve(view->connection(), view->nodes(), filter, "list"));
  std::vector<LinkRow> links;
  bool more = false;
  size_t looked_at = 0;
  Status status;
  RETURN_IF_ERROR(visit(view->connection(), ends, after, [&](const LinkRow& link) {
    if (stop && looked_at++ % kStopEveryLinks == 0) status = stop();
    if (!status.ok()) return false;
    if (view->strength(link) < filter.min_strength) return true;
    auto shown = view->shows(link);
    if (!shown.ok()) status = shown.take_status();
    if (!status.ok() || !*shown) return status.ok();
    more = static_cast<int64_t>(links.size()) == filter.limit;
    if (!more) links.push_back(link);
    return !more;
  }));
  RETURN_IF_ERROR(std::move(status));
  Json list = Json::array();
  for (const LinkRow& link : links) {
    ASSIGN_OR_RETURN(Json object, view->describe(link));
    list.push_back(std::move(object));
  }
  Json result = {{"links", std::move(list)}};
  if (more) result["after"] = token_of(links.back());
  return result.dump();
}

Status LinkGraph::learn(std::span<const LearnedPair> pairs, int64_t now_us) {
  if (pairs.empty()) return {};
  return write(
      [&](Connection& connection) -> Status {
        ASSIGN_OR_RETURN(const int64_t kind, find_or_add_label(connection, kLearnedLinkKind));
        ASSIGN_OR_RETURN(Statement scope_of,
                         connection.prepare("SELECT scope FROM items WHERE row = ?"));
        const auto find_scope = [&scope_of](int64_t row) -> Result<int64_t> {
          StatementUse use(scope_of.bind(1, row));
          ASSIGN_OR_RETURN(const bool found, use->step());
          return found ? use->integer(0) : int64_t{0};
        };
        LinkWriter writer(connection);
        std::vector<int64_t> touched;
        for (const LearnedPair& pair : pairs) {
          LinkRow link;
          link.source = pair.earlier;
          link.target = pair.later;
          link.kind = kind;
          ASSIGN_OR_RETURN(link.source_scope, find_scope(pair.earlier));
          ASSIGN_OR_RETURN(link.target_scope, find_scope(pair.later));
          if (link.source_scope == 0 || link.target_scope == 0) continue;  // gone meanwhile
          link.created_us = link.updated_us = now_us;
          link.weight = pair.weight;
          ASSIGN_OR_RETURN(const std::optional<LinkRow> known,
                           find_link(connection, link.source, kind, link.target));
          if (known) link.weight += decay_.strength(known->weight, known->updated_us, now_us);
          link.weight = std::min(1.0, link.weight);
          RETURN_IF_ERROR(writer.put(link));
          touched.push_back(link.source);
        }
        std::sort(touched.begin(), touched.end());
        touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
        for (const int64_t node : touched) {
          RETURN_IF_ERROR(trim_learned(connection, node, kind, now_us, &writer));
        }
        return writer.finish();
      },
      false);
}

// Learned links of an item are bounded: the weakest go.
Status LinkGraph::trim_learned(Connection& connection, int64_t node, int64_t kind, int64_t now_us,
                               LinkWriter* writer) {
  std::vector<LinkRow> links;
  RETURN_IF_ERROR(memtier::visit_links(connection, node, true, [&](const LinkRow& link) {
    if (link.kind == kind) links.push_back(link);
    return true;
  }));
  if (links.size() <= kMaxLearnedLinks) return {};
  std::sort(links.begin(), links.end(), [&](const LinkRow& left, const LinkRow& right) {
    const double a = decay_.strength(left.weight, left.updated_us, now_us);
    const double b = decay_.strength(right.weight, right.updated_us, now_us);
    return a != b ? a > b : left.target > right.target;
  });
  for (size_t i = kMaxLearnedLinks; i < links.size(); ++i) {
    RETURN_IF_ERROR(writer->erase(links[i]));
  }
  return {};
}

Status LinkGraph::warm(const StopCheck& stop) {
  static const Scope kAnything;
  ASSIGN_OR_RETURN(const auto view, this->view({&kAnything, 0}));
  return cache_.warm(view->connection(), view->state(), stop);
}

Result<std::vector<LinkRow>> LinkGraph::links_of(std::span<const int64_t> rows) {
  RETURN_IF_ERROR(storage_.drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
  const ReadTransaction transaction(*connection);
  std::vector<LinkRow> links;
  ASSIGN_OR_RETURN(const bool any, has_links(*connection));
  if (!any) return links;
  const auto take = [&links](const LinkRow& link) {
    links.push_back(link);
    return true;
  };
  for (const int64_t row : rows) {
    RETURN_IF_ERROR(memtier::visit_links(*connection, row, true, take));
    RETURN_IF_ERROR(memtier::visit_links(*connection, row, false, take));
  }
  return links;
}

Status LinkGraph::move_links(std::span<const LinkRow> links,
                             const std::unordered_map<int64_t, int64_t>& moved, bool sync) {
  // The scope of a node; 0: it is not there.
  const auto scope_of = [](Connection& connection, int64_t node, int64_t of_concept) {
    return node < 0 ? Result<int64_t>(of_concept) : scope_of_row(connection, node);
  };
  const auto put_all = [&](Connection& connection) -> Status {
    LinkWriter writer(connection);
    for (LinkRow link : links) {
      const auto end = [&moved](int64_t node) {
        const auto found = moved.find(node);
        return found == moved.end() ? node : found->second;
      };
      link.source = end(link.source);
      link.target = end(link.target);
      ASSIGN_OR_RETURN(link.source_scope, scope_of(connection, link.source, link.source_scope));
      ASSIGN_OR_RETURN(link.target_scope, scope_of(connection, link.target, link.target_scope));
      if (link.source_scope != 0 && link.target_scope != 0) {
        RETURN_IF_ERROR(writer.put(link));
      }
    }
    return writer.finish();
  };
  return write(put_all, sync);
}

}  // namespace memtier
