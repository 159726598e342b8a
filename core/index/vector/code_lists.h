// CodeLists: a set's vectors as codes of one bit a component, in lists around centroids. A search scans
// the lists whose centroids are nearest to it and tells how near each vector can be; those that can be near
// enough are then compared for good by whoever asks (VectorSet), which says what is near enough from then on.
//
// The code of a vector x in the list of centroid c is the signs s of r = x - c. With f = |r|^2 / sum|r|,
// the product of a query q with x is about  q c + f (q s): the estimate of RaBitQ (SIGMOD 2024) without
// its rotation, which on real vectors gained nothing. For q s the query is made into tables, one for each four
// components, of what each pattern of their signs adds (kernels.h).
//
// Memory: the codes of 32 vectors lie side by side, byte by byte (kernels.h).
// Thread safety: none of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "index/vector/kernels.h"
#include "model/space_spec.h"

namespace memtier {

struct CodePlace {
  uint32_t list = UINT32_MAX;  // UINT32_MAX: nowhere
  uint32_t place = 0;
  bool is_somewhere() const { return list != UINT32_MAX; }
};

// A vector that may be near: hardly ever nearer than this.
struct CodeBound {
  float most = 0;
  uint32_t slot = 0;
};

class CodeLists {
 public:
  // `centroids`: of one list each, `padded` floats (padded_floats(dimension)).
  CodeLists(const SpaceSpec& space, std::vector<float> centroids);

  size_t list_count() const { return lists_.size(); }
  size_t size() const { return size_; }
  size_t memory_bytes() const;

  CodePlace add(uint32_t slot, const float* vector);
  // The slot whose code took the place, if it is another's now.
  std::optional<uint32_t> remove(const CodePlace& place);

  // Shows, list by list from the nearest on, what may be nearer than a threshold, until lists that have at
  // least `share` of all codes together were scanned; a list that hardly has anything so near is left out. show() may reorder what it is shown, and gives the threshold
  // from then on. How many codes were scanned.
  using Show = std::function<float(std::span<CodeBound> bounds)>;
  size_t search(const float* query, double share, const Show& show) const;

 private:
  struct List {
    std::vector<uint8_t> codes;
    std::vector<float> factors;  // f; twice that where distances are compared
    std::vector<float> squares;  // |x|^2, where distances are compared; else empty
    std::vector<uint32_t> slots;
    double square = 0;  // of the distances from the centroid together, about
  };

  const float* centroid(size_t list) const { return centroids_.data() + list * padded_; }
  size_t nearest_list(const float* vector) const;
  float list_bound(size_t list, float product, float square) const;

  const size_t dimension_;
  const size_t padded_;
  const size_t bytes_;  // of a code
  const bool is_l2_;
  const std::vector<float> centroids_;
  std::vector<float> half_squares_;  // of the centroids
  std::vector<List> lists_;
  size_t size_ = 0;
};

// Centroids of `count` lists for these vectors (`padded` floats each), by k-means from a fixed start.
std::vector<float> find_centroids(const std::vector<float>& samples, size_t padded, size_t count,
                                  const std::function<bool()>& stop);

}  // namespace memtier
