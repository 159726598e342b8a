// For tests: short ways to make links and to read answers.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/store_testing.h"

namespace memtier::testing {

inline Status put_links(Store& store, const Scope& scope, std::string_view json) {
  auto links = LinkSpec::parse_many(json);
  if (!links.ok()) return links.take_status();
  Control control;
  return store.put_links(scope, *links, Durability::kDefault, control);
}

// Items and links between them, "a-b" each, or "a-b 0.5".
inline void link_items(Store& store, std::initializer_list<std::string_view> links) {
  std::string json = "[";
  for (const std::string_view link : links) {
    const size_t dash = link.find('-');
    const size_t space = link.find(' ');
    const std::string source(link.substr(0, dash));
    const std::string target(link.substr(dash + 1, space - dash - 1));
    for (const std::string& id : {source, target}) {
      if (!must(store.exists(Scope(), id))) must_put(store, "{\"id\": \"" + id + "\"}");
    }
    if (json.size() > 1) json += ',';
    json += "{\"source\": \"" + source + "\", \"target\": \"" + target + "\", \"weight\": " +
            (space == std::string_view::npos ? "1" : std::string(link.substr(space + 1))) + "}";
  }
  must(put_links(store, Scope(), json + "]"));
}

inline Json parsed(Result<std::string> answer) {
  return Json::parse(must(std::move(answer)));
}

inline Json listed_links(Store& store, std::string_view list = "{}", const Scope& scope = Scope()) {
  Control control;
  return parsed(store.list_links(scope, must(LinkFilter::parse_list(list)), control))["links"];
}

// "a>b" for each link.
inline std::vector<std::string> arrows(const Json& links) {
  const auto name = [](const Json& node) {
    return node.contains("id") ? node["id"].get<std::string>()
                               : "#" + node["concept"].get<std::string>();
  };
  std::vector<std::string> texts;
  for (const Json& link : links) texts.push_back(name(link["source"]) + ">" + name(link["target"]));
  return texts;
}

inline std::vector<std::string> ids_in(const Json& nodes) {
  std::vector<std::string> ids;
  for (const Json& node : nodes) {
    ids.push_back(node.contains("id") ? node["id"].get<std::string>()
                                      : "#" + node["concept"].get<std::string>());
  }
  return ids;
}

inline Json neighbours(Store& store, std::string_view query, const Scope& scope = Scope()) {
  Control control;
  return parsed(store.neighbours(scope, must(NeighbourQuery::parse(query)), control))["neighbours"];
}

inline Json spread(Store& store, std::string_view query, const Scope& scope = Scope()) {
  Control control;
  return parsed(store.spread(scope, must(SpreadQuery::parse(query)), control));
}

inline Result<std::string> path(Store& store, std::string_view query,
                                const Scope& scope = Scope()) {
  Control control;
  return store.path(scope, must(PathQuery::parse(query)), control);
}

}  // namespace memtier::testing
