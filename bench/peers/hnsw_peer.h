// hnswlib: a graph of vectors in RAM, what programs embed to find the nearest ones. Not durable, and
// without scopes or filters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace bench {

class HnswPeer {
 public:
  // M 16 and ef_construction 200, as its manual advises.
  HnswPeer(size_t dimension, size_t room);
  ~HnswPeer();
  HnswPeer(const HnswPeer&) = delete;
  HnswPeer& operator=(const HnswPeer&) = delete;

  void add(const float* vector, size_t label);
  // How far a search looks: slower and better.
  void set_ef(size_t ef);
  std::vector<size_t> nearest(const float* vector, size_t count) const;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

}  // namespace bench
