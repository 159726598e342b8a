#include "peers/hnsw_peer.h"

#include <hnswlib/hnswlib.h>

namespace bench {

struct HnswPeer::Index {
  Index(size_t dimension, size_t room) : space(dimension), graph(&space, room, 16, 200) {}
  hnswlib::InnerProductSpace space;
  hnswlib::HierarchicalNSW<float> graph;
};

HnswPeer::HnswPeer(size_t dimension, size_t room)
    : index_(std::make_unique<Index>(dimension, room)) {}

HnswPeer::~HnswPeer() = default;

void HnswPeer::add(const float* vector, size_t label) {
  index_->graph.addPoint(vector, label);
}

void HnswPeer::set_ef(size_t ef) {
  index_->graph.setEf(ef);
}

std::vector<size_t> HnswPeer::nearest(const float* vector, size_t count) const {
  auto queue = index_->graph.searchKnn(vector, count);
  std::vector<size_t> labels;
  for (; !queue.empty(); queue.pop()) labels.push_back(queue.top().second);
  return labels;
}

}  // namespace bench
