#include "index/vector/vector_set.h"

#include <algorithm>
#include <cmath>

namespace memtier {
namespace {

constexpr size_t kEntryBytes = 64;  // of a row in the maps, about

}  // namespace

ComparedVector compared_vector(std::span<const float> vector, const SpaceSpec& space) {
  ComparedVector compared(padded_floats(vector.size()), 0.0F);
  std::copy(vector.begin(), vector.end(), compared.begin());
  if (space.metric != Metric::kCosine) return compared;
  double square = 0;
  for (const float component : vector) square += static_cast<double>(component) * component;
  const double length = std::sqrt(square);
  if (length <= 0) return compared;
  for (float& component : compared) component = static_cast<float>(component / length);
  return compared;
}

float nearness(const SpaceSpec& space, const float* a, const float* b, size_t padded) {
  const VectorKernels& kernels = vector_kernels();
  return space.metric == Metric::kL2 ? -kernels.square_distance(a, b, padded)
                                     : kernels.dot(a, b, padded);
}

double score_of(const SpaceSpec& space, float nearness) {
  if (space.metric == Metric::kL2) return 1 / (1 + std::sqrt(-static_cast<double>(nearness)));
  if (space.metric == Metric::kDot) return nearness;
  return std::clamp(static_cast<double>(nearness), -1.0, 1.0);
}

void BestNear::add(const Near& near) {
  if (heap_.size() < limit_) {
    heap_.push_back(near);
    std::push_heap(heap_.begin(), heap_.end());
  } else if (limit_ > 0 && near < heap_.front()) {
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.back() = near;
    std::push_heap(heap_.begin(), heap_.end());
  }
}

std::vector<Near> BestNear::take() {
  std::sort_heap(heap_.begin(), heap_.end());
  return std::move(heap_);
}

VectorSet::VectorSet(Space space)
    : space_(std::move(space)),
      padded_(padded_floats(static_cast<size_t>(space_.spec.dimension))),
      decoded_(static_cast<size_t>(space_.spec.dimension)) {}

const VectorSet::ScopeSlots* VectorSet::find_scope(int64_t scope) const {
  const auto found = scopes_.find(scope);
  return found == scopes_.end() ? nullptr : &found->second;
}

void VectorSet::add_scope(int64_t scope) {
  scopes_.try_emplace(scope);
}

void VectorSet::drop_scope(int64_t scope) {
  const auto found = scopes_.find(scope);
  if (found == scopes_.end()) return;
  for (const uint32_t slot : found->second.slots) {
    slot_of_row_.erase(slots_[slot].row);
    give_slot(slot);
  }
  scopes_.erase(found);
  if (!slot_of_row_.empty()) return;
  blocks_.clear();
  slots_.clear();
  free_.clear();
}

std::vector<int64_t> VectorSet::scopes() const {
  std::vector<int64_t> all;
  all.reserve(scopes_.size());
  for (const auto& entry : scopes_) all.push_back(entry.first);
  return all;
}

void VectorSet::touch(std::span<const int64_t> scopes, uint64_t time) {
  for (const int64_t scope : scopes) {
    const auto found = scopes_.find(scope);
    if (found != scopes_.end()) found->second.last_wanted = time;
  }
}

uint64_t VectorSet::last_wanted(int64_t scope) const {
  const ScopeSlots* slots = find_scope(scope);
  return slots == nullptr ? 0 : slots->last_wanted;
}

uint32_t VectorSet::take_slot() {
  if (!free_.empty()) {
    const uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  if (slots_.size() == blocks_.size() * kBlockSlots) {
    blocks_.push_back(std::make_unique<float[]>(kBlockSlots * padded_));
  }
  slots_.emplace_back();
  return static_cast<uint32_t>(slots_.size() - 1);
}

void VectorSet::give_slot(uint32_t slot) {
  slots_[slot] = {};
  free_.push_back(slot);
}

Status VectorSet::put(int64_t row, int64_t scope, std::string_view data) {
  RETURN_IF_ERROR(decode_vector(data, space_.spec, decoded_.data()));
  const ComparedVector compared = compared_vector(decoded_, space_.spec);
  remove(row);
  const uint32_t number = take_slot();
  ScopeSlots& of_scope = scopes_[scope];
  slots_[number] = {row, scope, static_cast<uint32_t>(of_scope.slots.size())};
  of_scope.slots.push_back(number);
  slot_of_row_[row] = number;
  float* to = blocks_[number / kBlockSlots].get() + (number % kBlockSlots) * padded_;
  std::copy(compared.begin(), compared.end(), to);
  return {};
}

void VectorSet::remove(int64_t row) {
  const auto found = slot_of_row_.find(row);
  if (found == slot_of_row_.end()) return;
  const uint32_t number = found->second;
  std::vector<uint32_t>& slots = scopes_[slots_[number].scope].slots;
  const uint32_t place = slots_[number].place;
  slots[place] = slots.back();
  slots_[slots[place]].place = place;
  slots.pop_back();
  slot_of_row_.erase(found);
  give_slot(number);
}

size_t VectorSet::count(std::span<const int64_t> scopes) const {
  size_t count = 0;
  for (const int64_t scope : scopes) {
    const ScopeSlots* slots = find_scope(scope);
    if (slots != nullptr) count += slots->slots.size();
  }
  return count;
}

size_t VectorSet::memory_bytes() const {
  return blocks_.size() * kBlockSlots * padded_ * sizeof(float) +
         slot_of_row_.size() * kEntryBytes + scopes_.size() * kEntryBytes;
}

void VectorSet::search(const ComparedVector& vector, std::span<const int64_t> scopes,
                       BestNear* best) const {
  search_exactly(vector, scopes, best);
}

std::vector<ComparedVector> VectorSet::samples(std::span<const int64_t> scopes,
                                               size_t count) const {
  std::vector<ComparedVector> samples;
  const size_t all = this->count(scopes);
  const size_t wanted = std::min(count, all);
  size_t at = 0;  // of the first vector of the scope, among all
  for (const int64_t scope : scopes) {
    const ScopeSlots* of_scope = find_scope(scope);
    if (of_scope == nullptr) continue;
    const size_t end = at + of_scope->slots.size();
    while (samples.size() < wanted && samples.size() * all / wanted < end) {
      const size_t place = samples.size() * all / wanted - at;
      const float* from = data(of_scope->slots[place]);
      samples.emplace_back(from, from + padded_);
    }
    at = end;
  }
  return samples;
}

void VectorSet::search_exactly(const ComparedVector& vector, std::span<const int64_t> scopes,
                               BestNear* best) const {
  for (const int64_t scope : scopes) {
    const ScopeSlots* of_scope = find_scope(scope);
    if (of_scope == nullptr) continue;
    for (const uint32_t slot : of_scope->slots) {
      best->add({nearness(space_.spec, vector.data(), data(slot), padded_), slots_[slot].row});
    }
  }
}

std::optional<float> VectorSet::nearness_of(const ComparedVector& vector, int64_t row) const {
  const auto found = slot_of_row_.find(row);
  if (found == slot_of_row_.end()) return std::nullopt;
  return nearness(space_.spec, vector.data(), data(found->second), padded_);
}

}  // namespace memtier
