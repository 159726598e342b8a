// VectorSet: the vectors of one space that this process has in RAM, scope by scope.
//
// Thread safety: none of its own; VectorIndex has the lock. What is const may run at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "index/vector/kernels.h"
#include "storage/sqlite/vector_tables.h"

namespace memtier {

// A vector as it is compared: of unit length where only the direction counts, padded with zeros.
using ComparedVector = std::vector<float>;
ComparedVector compared_vector(std::span<const float> vector, const SpaceSpec& space);

// How near two compared vectors are; larger is nearer. Only for ordering: see score_of().
float nearness(const SpaceSpec& space, const float* a, const float* b, size_t padded);
// What the caller is told: the cosine, the product, or 1 / (1 + distance).
double score_of(const SpaceSpec& space, float nearness);

struct Near {
  float nearness = 0;
  int64_t row = 0;
  // Better ones first; of equals the one stored last.
  bool operator<(const Near& other) const {
    return nearness != other.nearness ? nearness > other.nearness : row > other.row;
  }
};

// The best so many of what is shown to it.
class BestNear {
 public:
  explicit BestNear(size_t limit) : limit_(limit) {}
  void add(const Near& near);
  std::vector<Near> take();  // best first

 private:
  const size_t limit_;
  std::vector<Near> heap_;  // the worst on top
};

class VectorSet {
 public:
  explicit VectorSet(Space space);

  const Space& space() const { return space_; }

  // --- which scopes are here
  bool has_scope(int64_t scope) const { return find_scope(scope) != nullptr; }
  void add_scope(int64_t scope);
  void drop_scope(int64_t scope);
  std::vector<int64_t> scopes() const;
  // For choosing what to let go: when a scope was last wanted.
  void touch(std::span<const int64_t> scopes, uint64_t time);
  uint64_t last_wanted(int64_t scope) const;

  // Of a scope that is here. kCorrupt: `data` is no vector of this space.
  Status put(int64_t row, int64_t scope, std::string_view data);
  void remove(int64_t row);

  size_t size() const { return slot_of_row_.size(); }
  size_t count(std::span<const int64_t> scopes) const;
  size_t memory_bytes() const;

  // The nearest to `vector` in these scopes.
  void search(const ComparedVector& vector, std::span<const int64_t> scopes, BestNear* best) const;
  // The same by comparing all of them.
  void search_exactly(const ComparedVector& vector, std::span<const int64_t> scopes,
                      BestNear* best) const;
  // So many of the vectors in these scopes, spread over all of them.
  std::vector<ComparedVector> samples(std::span<const int64_t> scopes, size_t count) const;
  // nullopt: the row has no vector here, or is not of these scopes.
  std::optional<float> nearness_of(const ComparedVector& vector, int64_t row) const;

 private:
  static constexpr size_t kBlockSlots = 256;
  struct Slot {
    int64_t row = 0;  // 0: free
    int64_t scope = 0;
    uint32_t place = 0;  // among its scope's slots
  };
  struct ScopeSlots {
    std::vector<uint32_t> slots;
    uint64_t last_wanted = 0;
  };

  const ScopeSlots* find_scope(int64_t scope) const;
  const float* data(uint32_t slot) const {
    return blocks_[slot / kBlockSlots].get() + (slot % kBlockSlots) * padded_;
  }
  uint32_t take_slot();
  void give_slot(uint32_t slot);

  const Space space_;
  const size_t padded_;
  std::vector<float> decoded_;
  std::vector<std::unique_ptr<float[]>> blocks_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  std::unordered_map<int64_t, uint32_t> slot_of_row_;
  std::unordered_map<int64_t, ScopeSlots> scopes_;
};

}  // namespace memtier
