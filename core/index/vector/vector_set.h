// VectorSet: the vectors of one space that this process has in RAM, scope by scope. Whole, as floats,
// while there is room for that; else rounded to bytes, and then what it finds has to be compared once
// more with the vectors in the file. From some thousands on there are codes (code_lists.h), so that a
// search looks at few vectors; in few dimensions codes tell nothing, and all are compared.
//
// Thread safety: none of its own; VectorIndex has the lock. What is const may run at once.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "index/vector/code_lists.h"
#include "index/vector/kernels.h"
#include "index/vector/vector_room.h"
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
  // Whether one so near would be among them.
  bool wants(float nearness) const {
    return heap_.size() < limit_ || nearness >= heap_.front().nearness;
  }
  // What is not nearer need not be shown.
  float threshold() const {
    if (heap_.size() >= limit_ && limit_ > 0) return heap_.front().nearness;
    return -std::numeric_limits<float>::infinity();
  }
  std::vector<Near> take();  // best first

 private:
  const size_t limit_;
  std::vector<Near> heap_;  // the worst on top
};

// How a search went, for explain.
struct SetEffort {
  const char* method = "compared all";
  size_t lists = 0;
  size_t scanned = 0;   // codes
  size_t compared = 0;  // vectors
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
  int64_t scope_of(int64_t row) const;  // 0: it has no vector here
  size_t count(std::span<const int64_t> scopes) const;
  size_t memory_bytes() const;

  // False: vectors are rounded, and so is how near they are said to be.
  bool is_whole() const { return is_whole_; }
  // Rounds all, for good: a quarter of the room.
  void round_all();

  // The nearest to `vector` in these scopes.
  void search(const ComparedVector& vector, std::span<const int64_t> scopes, size_t limit,
              BestNear* best, SetEffort* effort) const;
  // nullopt: the row has no vector here.
  std::optional<float> nearness_of(const ComparedVector& vector, int64_t row) const;

  // --- codes
  // How many lists there should be now; 0: none. They follow what is put and removed; when this has
  // become another number, they are to be made anew.
  size_t wanted_lists() const;
  size_t list_count() const { return lists_ ? lists_->list_count() : 0; }
  // At most so many vectors, one behind the other: of all, or of these scopes.
  std::vector<float> sample(size_t count) const;
  std::vector<float> sample_of(std::span<const int64_t> scopes, size_t count) const;
  // How many are worth looking at for so many lists, and the lists' centroids; needs no lock.
  static size_t samples_for(size_t lists);
  std::vector<float> find_centroids_in(const std::vector<float>& samples, size_t lists,
                                       const std::function<bool()>& stop) const {
    return lists == 0 ? std::vector<float>() : find_centroids(samples, padded_, lists, stop);
  }
  // Lists are made in steps, between which the set may change.
  class Rebuild {
   public:
    explicit Rebuild(std::vector<float> centroids) : centroids_(std::move(centroids)) {}

   private:
    friend class VectorSet;
    std::vector<float> centroids_;
    std::unique_ptr<CodeLists> lists_;
    std::vector<CodePlace> places_;
  };
  void begin_rebuild(Rebuild* rebuild);
  // Adds some slots; false: there are no more. Changes only what the rebuild has.
  bool step_rebuild(Rebuild* rebuild, size_t slots) const;
  void end_rebuild(Rebuild* rebuild);
  void abandon_rebuild() { changed_slots_.reset(); }
  // All at once, with at most so many lists.
  void rebuild_now(size_t most_lists);

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
  struct Rounded {
    std::vector<int8_t> levels;  // padded_bytes()
    float scale = 0;
    float square = 0;  // of the rounded vector
  };

  const ScopeSlots* find_scope(int64_t scope) const;
  float* whole(uint32_t slot) const {
    return reinterpret_cast<float*>(room_.at(slot / kBlockSlots)) + slot % kBlockSlots * padded_;
  }
  int8_t* levels(uint32_t slot) const {
    return reinterpret_cast<int8_t*>(room_.at(slot / kBlockSlots)) +
           slot % kBlockSlots * padded_bytes_;
  }
  void store(uint32_t slot, const float* vector);
  void copy_to(uint32_t slot, float* out) const;
  Rounded rounded(const float* vector) const;
  float nearness_of_slot(const ComparedVector& vector, const Rounded& query, uint32_t slot) const;
  void compare_all(const ComparedVector& vector, const Rounded& query,
                   std::span<const int64_t> scopes, BestNear* best) const;
  void prefetch(uint32_t slot) const;
  uint32_t take_slot();
  void give_slot(uint32_t slot);
  void add_code(uint32_t slot);
  void remove_code(uint32_t slot);
  void note_change(uint32_t slot) {
    if (changed_slots_) changed_slots_->push_back(slot);
  }

  const Space space_;
  const size_t padded_;
  const size_t padded_bytes_;
  bool is_whole_ = true;
  VectorRoom room_;  // of floats while it is whole, else of bytes; kBlockSlots a block
  std::vector<float> decoded_;
  std::vector<float> scales_;  // of rounded vectors, by slot
  std::vector<float> squares_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  std::unordered_map<int64_t, uint32_t> slot_of_row_;
  std::unordered_map<int64_t, ScopeSlots> scopes_;
  std::unique_ptr<CodeLists> lists_;
  std::vector<CodePlace> places_;                       // by slot, while there are lists
  std::optional<std::vector<uint32_t>> changed_slots_;  // since a rebuild began
};

}  // namespace memtier
