// Query and list documents (memtier.h, "Search" and "Filters and lists"), parsed and checked.
// Immutable; shared freely between threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/filter.h"
#include "model/ranking_spec.h"

namespace memtier {

struct Query {
  static Result<std::shared_ptr<const Query>> parse(std::string_view text);
  // The same query for another vector; an empty one takes it away.
  Result<std::shared_ptr<const Query>> with_vector(std::span<const float> other) const;

  std::string source;     // the document
  bool can_keep = false;  // the answer depends on nothing but the items that are there
  std::string text;
  bool boolean_syntax = false;
  bool match_all = false;
  FilterRef filter;
  int64_t limit = 10;
  int64_t skip = 0;
  bool snippets = false;
  bool explain = false;
  RankingSpec ranking;
  double content_weight = 1;
  double title_weight = 1;
  double speaker_weight = 1;
  bool meaning = false;             // the text is looked for by its vector, too
  std::vector<float> vector;        // empty: none
  std::string space;                // of the vector; empty: the store's only one
  std::optional<double> threshold;  // the least score of a vector's hit
};

using QueryRef = std::shared_ptr<const Query>;

struct ListRequest {
  static Result<ListRequest> parse(std::string_view text);

  FilterRef filter;
  Field order_by = Field::kCreatedUs;
  std::vector<std::string> order_path;  // where order_by is kMetadata
  bool descending = true;
  int64_t skip = 0;
  int64_t limit = 0;  // 0: none
  std::string after;  // a token of a cursor
};

}  // namespace memtier
