// Associations as documents: links between items and named concepts, and what is asked of them
// (memtier.h, section 19).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/json.h"
#include "model/scope.h"

namespace memtier {

inline constexpr std::string_view kDefaultLinkKind = "related";
inline constexpr std::string_view kLearnedLinkKind = "read_together";
inline constexpr double kMaxLinkWeight = 1000;

// An end of a link as a document names it: "tea", or {"id": "tea", "session": "s1"}, or
// {"concept": "drinks"}. Names of a scope narrow that of the call.
struct NodeName {
  bool is_concept = false;
  std::string name;
  std::array<std::string, Scope::kNames> scope;
  bool is_exact = false;  // filed under exactly these names, and no others

  // `what` names the place in messages.
  static Result<NodeName> from_json(const Json& value, const std::string& what);
  bool has_scope() const;
};

enum class LinkDirection { kBoth, kOut, kIn };

struct LinkSpec {
  NodeName source;
  NodeName target;
  std::string kind{kDefaultLinkKind};
  double weight = 1;
  bool strengthens = false;  // adds to what is there
  bool makes_only = false;   // kExists where it is there
  // Of an imported link; 0: now.
  int64_t created_us = 0;
  int64_t updated_us = 0;

  static Result<LinkSpec> from_json(const Json& value, const std::string& what);
  static Result<LinkSpec> parse(std::string_view text);
  // A JSON list.
  static Result<std::vector<LinkSpec>> parse_many(std::string_view text);
};

// Which links are meant.
struct LinkFilter {
  std::optional<NodeName> source;
  std::optional<NodeName> target;
  std::optional<std::string> kind;
  double min_strength = 0;
  int64_t limit = 100;
  std::string after;

  // The one link that source, target and kind name.
  static Result<LinkFilter> parse_one(std::string_view text);
  static Result<LinkFilter> parse_list(std::string_view text);
  static Result<LinkFilter> parse_delete(std::string_view text);
};

struct ConceptSpec {
  std::string name;
  std::string description;
  std::array<std::string, Scope::kNames> scope;  // of an imported one
  int64_t created_us = 0;

  static Result<ConceptSpec> parse(std::string_view text);
  // A line of an export, without what tells its kind.
  static Result<ConceptSpec> from_line(const Json& line);

 private:
  static Result<ConceptSpec> from_json(const Json& document);
};

struct ConceptFilter {
  std::string prefix;
  int64_t limit = 100;
  std::string after;

  static Result<ConceptFilter> parse(std::string_view text);
};

// What walks have in common: which links are followed.
struct LinkSteps {
  LinkDirection direction = LinkDirection::kBoth;
  std::vector<std::string> kinds;  // none: all
  double min_strength = 0;
};

struct NeighbourQuery {
  NodeName node;
  LinkSteps steps;
  int64_t limit = 100;

  static Result<NeighbourQuery> parse(std::string_view text);
};

struct PathQuery {
  NodeName from;
  NodeName to;
  LinkSteps steps;
  bool by_strength = false;
  int64_t max_hops = 6;
  int64_t max_nodes = 100'000;

  static Result<PathQuery> parse(std::string_view text);
};

struct SpreadQuery {
  struct Seed {
    NodeName node;
    double activation = 1;
  };
  std::vector<Seed> seeds;
  LinkSteps steps;
  int64_t hops = 3;
  double decay = 0.5;
  double threshold = 0.001;
  int64_t max_nodes = 1000;
  int64_t limit = 20;

  static Result<SpreadQuery> parse(std::string_view text);
};

struct GraphExport {
  std::vector<NodeName> around;  // none: all of the scope
  LinkSteps steps;
  bool dot = false;
  int64_t hops = 2;
  int64_t max_nodes = 1000;

  static Result<GraphExport> parse(std::string_view text);
};

Status check_concept_name(std::string_view name, std::string_view what);

}  // namespace memtier
