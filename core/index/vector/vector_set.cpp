#include "index/vector/vector_set.h"

#include <algorithm>
#include <cmath>

namespace memtier {
namespace {

constexpr size_t kEntryBytes = 72;  // of a row in the maps, about
constexpr float kMostLevel = 127;

// Codes tell enough from so many dimensions on, and are worth it from so many vectors on.
constexpr int64_t kCodeDimensions = 64;
constexpr size_t kCodeVectors = 2'000;
// Lists: so many vectors each; at most so many lists, for each is looked at by every search.
constexpr size_t kListVectors = 390;
constexpr size_t kFirstLists = 16;
constexpr size_t kMostLists = 1024;
// On 100 000 real vectors in 256 lists 0.993 of the nearest ten lie in the nearest fifth of the lists, which are not all
// scanned (kListReach). Of fewer lists a larger part is looked at: of so many lists on average their square root, 3
// times.
constexpr double kListsPerRoot = 3;
// But at most so many: of 1 M vectors (the real ones with noise added) in 1024 lists 0.984 of the nearest ten are
// found so, and 0.988 in twice as many lists.
constexpr double kMostScanned = 48;
// What a search by codes compares at least for each hit, about; when that is all there is, codes are of no use.
constexpr size_t kComparedPerHit = 48;
// Fewer vectors than this are compared one by one rather than found among those of others.
constexpr size_t kFew = 1'000;
constexpr size_t kFewOf = 128;

size_t lists_for(size_t vectors) {
  if (vectors < kCodeVectors) return 0;
  size_t lists = 1;
  while (lists * 2 <= std::min(kMostLists, vectors / kListVectors)) lists *= 2;
  return lists < kFirstLists ? 1 : lists;
}

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
      padded_bytes_(padded_bytes(static_cast<size_t>(space_.spec.dimension))),
      room_(kBlockSlots * padded_ * sizeof(float)),
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
  if (!slot_of_row_.empty() || changed_slots_) return;
  room_ = VectorRoom(kBlockSlots * padded_ * sizeof(float));
  scales_.clear();
  squares_.clear();
  slots_.clear();
  free_.clear();
  lists_.reset();
  places_.clear();
  is_whole_ = true;
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
  if (slots_.size() % kBlockSlots == 0) {
    room_.add();
    if (!is_whole_) {
      scales_.resize(scales_.size() + kBlockSlots);
      squares_.resize(squares_.size() + kBlockSlots);
    }
  }
  slots_.emplace_back();
  return static_cast<uint32_t>(slots_.size() - 1);
}

void VectorSet::give_slot(uint32_t slot) {
  remove_code(slot);
  slots_[slot] = {};
  free_.push_back(slot);
  note_change(slot);
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
  store(number, compared.data());
  if (lists_) {
    if (places_.size() <= number) places_.resize(slots_.size());
    places_[number] = lists_->add(number, compared.data());
  }
  note_change(number);
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

void VectorSet::remove_code(uint32_t slot) {
  if (!lists_ || slot >= places_.size() || !places_[slot].is_somewhere()) return;
  const auto moved = lists_->remove(places_[slot]);
  if (moved) places_[*moved] = places_[slot];
  places_[slot] = {};
}

int64_t VectorSet::scope_of(int64_t row) const {
  const auto found = slot_of_row_.find(row);
  return found == slot_of_row_.end() ? 0 : slots_[found->second].scope;
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
  return room_.memory_bytes() + (scales_.size() + squares_.size()) * sizeof(float) +
         slots_.size() * sizeof(Slot) + slot_of_row_.size() * kEntryBytes +
         scopes_.size() * kEntryBytes +
         (lists_ ? lists_->memory_bytes() + places_.size() * sizeof(CodePlace) : 0);
}

VectorSet::Rounded VectorSet::rounded(const float* vector) const {
  Rounded result;
  result.levels.resize(padded_bytes_);
  const auto dimension = static_cast<size_t>(space_.spec.dimension);
  float largest = 0;
  for (size_t i = 0; i < dimension; ++i) largest = std::max(largest, std::fabs(vector[i]));
  result.scale = largest / kMostLevel;
  if (result.scale > 0) {
    for (size_t i = 0; i < dimension; ++i) {
      result.levels[i] = static_cast<int8_t>(std::lrint(vector[i] / result.scale));
    }
  }
  const int32_t square =
      vector_kernels().dot_int8(result.levels.data(), result.levels.data(), padded_bytes_);
  result.square = result.scale * result.scale * static_cast<float>(square);
  return result;
}

void VectorSet::store(uint32_t slot, const float* vector) {
  if (is_whole_) {
    std::copy_n(vector, padded_, whole(slot));
    return;
  }
  const Rounded bytes = rounded(vector);
  std::copy(bytes.levels.begin(), bytes.levels.end(), levels(slot));
  scales_[slot] = bytes.scale;
  squares_[slot] = bytes.square;
}

void VectorSet::copy_to(uint32_t slot, float* out) const {
  if (is_whole_) {
    std::copy_n(whole(slot), padded_, out);
    return;
  }
  const int8_t* const from = levels(slot);
  for (size_t i = 0; i < padded_; ++i) out[i] = scales_[slot] * static_cast<float>(from[i]);
}

void VectorSet::round_all() {
  if (!is_whole_) return;
  VectorRoom floats = std::move(room_);
  room_ = VectorRoom(kBlockSlots * padded_bytes_);
  is_whole_ = false;
  scales_.assign(floats.blocks() * kBlockSlots, 0);
  squares_.assign(floats.blocks() * kBlockSlots, 0);
  for (size_t block = 0; block < floats.blocks(); ++block) {
    room_.add();
    const auto* const from = reinterpret_cast<const float*>(floats.at(block));
    const size_t used = std::min(slots_.size() - block * kBlockSlots, kBlockSlots);
    for (size_t i = 0; i < used; ++i) {
      store(static_cast<uint32_t>(block * kBlockSlots + i), from + i * padded_);
    }
    floats.let_go(block + 1);
  }
}

float VectorSet::nearness_of_slot(const ComparedVector& vector, const Rounded& query,
                                  uint32_t slot) const {
  if (is_whole_) return nearness(space_.spec, vector.data(), whole(slot), padded_);
  const int32_t product =
      vector_kernels().dot_int8(query.levels.data(), levels(slot), padded_bytes_);
  const float about = query.scale * scales_[slot] * static_cast<float>(product);
  if (space_.spec.metric != Metric::kL2) return about;
  return std::min(2 * about - query.square - squares_[slot], 0.0F);
}

void VectorSet::compare_all(const ComparedVector& vector, const Rounded& query,
                            std::span<const int64_t> scopes, BestNear* best) const {
  for (const int64_t scope : scopes) {
    const ScopeSlots* of_scope = find_scope(scope);
    if (of_scope == nullptr) continue;
    for (const uint32_t slot : of_scope->slots) {
      best->add({nearness_of_slot(vector, query, slot), slots_[slot].row});
    }
  }
}

void VectorSet::prefetch(uint32_t slot) const {
  if (is_whole_) {
    const float* from = whole(slot);
    for (size_t at = 0; at < padded_; at += kFloatLanes) __builtin_prefetch(from + at);
  } else {
    const int8_t* from = levels(slot);
    for (size_t at = 0; at < padded_bytes_; at += kByteLanes) __builtin_prefetch(from + at);
  }
}

void VectorSet::search(const ComparedVector& vector, std::span<const int64_t> scopes, size_t limit,
                       BestNear* best, SetEffort* effort) const {
  const Rounded query = is_whole_ ? Rounded() : rounded(vector.data());
  const size_t allowed = count(scopes);
  const bool few = allowed < kFew || allowed < size() / kFewOf || limit * kComparedPerHit > allowed;
  if (!lists_ || few) {
    effort->compared += allowed;
    return compare_all(vector, query, scopes, best);
  }
  std::vector<bool> wanted;
  if (allowed != size()) {
    wanted.resize(static_cast<size_t>(*std::max_element(scopes.begin(), scopes.end())) + 1);
    for (const int64_t scope : scopes) wanted[static_cast<size_t>(scope)] = true;
  }
  const auto is_allowed = [&](uint32_t slot) {
    const auto scope = static_cast<size_t>(slots_[slot].scope);
    return wanted.empty() || (scope < wanted.size() && wanted[scope]);
  };
  const auto lists = static_cast<double>(lists_->list_count());
  const double share =
      std::min(1.0, std::min(kListsPerRoot * std::sqrt(lists), kMostScanned) / lists);
  const auto compare = [&](std::span<const CodeBound> bounds) {
    constexpr size_t kAhead = 4;
    for (size_t i = 0; i < std::min(kAhead, bounds.size()); ++i) prefetch(bounds[i].slot);
    for (size_t i = 0; i < bounds.size() && best->wants(bounds[i].most); ++i) {
      if (i + kAhead < bounds.size()) prefetch(bounds[i + kAhead].slot);
      const uint32_t slot = bounds[i].slot;
      if (!is_allowed(slot)) continue;
      best->add({nearness_of_slot(vector, query, slot), slots_[slot].row});
      ++effort->compared;
    }
  };
  // The most promising first: what cannot be among the best any more is not read.
  effort->scanned = lists_->search(vector.data(), share, [&](std::span<CodeBound> bounds) {
    const auto is_hopeless = [best](const CodeBound& bound) { return !best->wants(bound.most); };
    const auto is_better = [](const CodeBound& a, const CodeBound& b) { return a.most > b.most; };
    while (!bounds.empty()) {
      // In order are only so many, for they leave few of the others.
      constexpr size_t kAtOnce = 64;
      const size_t count = std::min(kAtOnce, bounds.size());
      const auto end = bounds.begin() + static_cast<std::ptrdiff_t>(count);
      if (count < bounds.size()) std::nth_element(bounds.begin(), end, bounds.end(), is_better);
      std::sort(bounds.begin(), end, is_better);
      compare(bounds.first(count));
      bounds = bounds.subspan(count);
      const auto last = std::remove_if(bounds.begin(), bounds.end(), is_hopeless);
      bounds = bounds.first(static_cast<size_t>(last - bounds.begin()));
    }
    return best->threshold();
  });
  effort->method = "codes in lists, the best compared";
  effort->lists = lists_->list_count();
}

std::optional<float> VectorSet::nearness_of(const ComparedVector& vector, int64_t row) const {
  const auto found = slot_of_row_.find(row);
  if (found == slot_of_row_.end()) return std::nullopt;
  return nearness_of_slot(vector, is_whole_ ? Rounded() : rounded(vector.data()), found->second);
}

size_t VectorSet::wanted_lists() const {
  if (space_.spec.dimension < kCodeDimensions) return 0;
  const size_t now = list_count();
  const size_t wanted = lists_for(size());
  // Not back and forth at a limit.
  const bool fewer = wanted < now && lists_for(size() + size() / 2) < now;
  return wanted > now || fewer ? wanted : now;
}

std::vector<float> VectorSet::sample(size_t count) const {
  std::vector<float> samples;
  const size_t wanted = std::min(count, size());
  samples.reserve(wanted * padded_);
  size_t live = 0;
  for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].row == 0) continue;
    // The next one of `wanted` that lie evenly among all.
    if (live++ * wanted / size() < samples.size() / padded_) continue;
    samples.resize(samples.size() + padded_);
    copy_to(slot, samples.data() + samples.size() - padded_);
  }
  return samples;
}

std::vector<float> VectorSet::sample_of(std::span<const int64_t> scopes, size_t count) const {
  std::vector<float> samples;
  const size_t all = this->count(scopes);
  const size_t wanted = std::min(count, all);
  size_t taken = 0;
  size_t at = 0;  // of the first vector of the scope, among all
  for (const int64_t scope : scopes) {
    const ScopeSlots* of_scope = find_scope(scope);
    if (of_scope == nullptr) continue;
    const size_t end = at + of_scope->slots.size();
    for (; taken < wanted && taken * all / wanted < end; ++taken) {
      samples.resize(samples.size() + padded_);
      const uint32_t slot = of_scope->slots[taken * all / wanted - at];
      copy_to(slot, samples.data() + samples.size() - padded_);
    }
    at = end;
  }
  return samples;
}

void VectorSet::begin_rebuild(Rebuild* rebuild) {
  rebuild->lists_ = std::make_unique<CodeLists>(space_.spec, std::move(rebuild->centroids_));
  changed_slots_.emplace();
}

bool VectorSet::step_rebuild(Rebuild* rebuild, size_t slots) const {
  std::vector<float> vector(padded_);
  const size_t end = std::min(rebuild->places_.size() + slots, slots_.size());
  for (auto slot = static_cast<uint32_t>(rebuild->places_.size()); slot < end; ++slot) {
    rebuild->places_.emplace_back();
    if (slots_[slot].row == 0 || rebuild->lists_->list_count() == 0) continue;
    copy_to(slot, vector.data());
    rebuild->places_.back() = rebuild->lists_->add(slot, vector.data());
  }
  return end < slots_.size();
}

void VectorSet::end_rebuild(Rebuild* rebuild) {
  if (!changed_slots_) return;
  lists_ = std::move(rebuild->lists_);
  places_ = std::move(rebuild->places_);
  places_.resize(slots_.size());
  const std::vector<uint32_t> changed = std::move(*changed_slots_);
  changed_slots_.reset();
  std::vector<float> vector(padded_);
  for (const uint32_t slot : changed) {
    remove_code(slot);
    if (slots_[slot].row == 0 || lists_->list_count() == 0) continue;
    copy_to(slot, vector.data());
    places_[slot] = lists_->add(slot, vector.data());
  }
  if (size() > 0 && lists_->list_count() > 0) return;
  lists_.reset();
  places_.clear();
}

size_t VectorSet::samples_for(size_t lists) {
  constexpr size_t kSamplesPerList = 32;
  constexpr size_t kLeastSamples = 1024;
  return std::max(lists * kSamplesPerList, kLeastSamples);
}

void VectorSet::rebuild_now(size_t most_lists) {
  const size_t count = std::min(wanted_lists(), most_lists);
  const auto never = [] { return false; };
  Rebuild rebuild(find_centroids_in(sample(samples_for(count)), count, never));
  begin_rebuild(&rebuild);
  while (step_rebuild(&rebuild, slots_.size())) {
  }
  end_rebuild(&rebuild);
}

}  // namespace memtier
