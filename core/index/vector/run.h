// One search by vector, in one transaction: for the files of VectorIndex that search.
#pragma once

#include "index/vector/vector_index.h"
#include "index/vector/vector_set.h"

namespace memtier {

struct VectorIndex::Run {
  SqliteStorage& storage;
  Connection& connection;
  const Space& space;
  const ReadScope& read;
  const Filter& filter;
  const StopCheck& stop;
  std::span<const int64_t> scopes;
  ComparedVector vector{};
  std::optional<double> threshold{};
  size_t wanted = 0;
  bool with_items = false;
  bool explain = false;
  bool unchecked = false;
  VectorResult result{};
  std::vector<Near> found{};
  std::vector<FoundRow> places{};  // of these, without items

  // Finds what is wanted in a set, or where there is none in the file.
  Status on_set(const VectorSet* set);
  // The nearest ones, exactly compared, expired ones among them.
  Status nearest(const VectorSet* set, size_t limit, std::vector<Near>* out);
  // Shows all vectors of the scopes, as the file has them, to each of several searches.
  Status stream(std::span<const ComparedVector> vectors, std::vector<BestNear>* best) const;
  // The score of a row; nullopt: it has no vector.
  Result<std::optional<float>> nearness_of(const VectorSet* set, int64_t row) const;

  Status refine(std::vector<Near>* candidates, size_t limit) const;
  Status keep_allowed(const std::vector<Near>& candidates, size_t begin, int64_t* looked_at);
  void keep_unchecked(const VectorSet& set, const std::vector<Near>& candidates);
  Result<bool> among_few(const VectorSet& set);
  bool is_near_enough(const Near& near) const {
    return !threshold || score_of(space.spec, near.nearness) >= *threshold;
  }
};

}  // namespace memtier
