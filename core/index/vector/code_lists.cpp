#include "index/vector/code_lists.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace memtier {
namespace {

constexpr size_t kWordBits = 64;
constexpr int kRounds = 5;  // of k-means; more gain nothing measurable

// How far an estimate is off rarely, by its factor and the length of the query: by as much as the signs say
// nothing of, across some hundred components. At 2 nothing of the nearest is missed on real vectors, and twice as
// many are compared as at 1; at 1 two in a thousand are.
constexpr float kDoubt = 1.5F;

bool is_better(const CodeEstimate& a, const CodeEstimate& b) {
  return a.nearness != b.nearness ? a.nearness > b.nearness : a.slot < b.slot;
}

// The best so many of what is shown to it, cut down now and then.
class BestEstimates {
 public:
  explicit BestEstimates(size_t limit) : limit_(limit) { best_.reserve(limit * kRoom); }
  float threshold() const { return threshold_; }
  void add(const CodeEstimate& estimate) {
    best_.push_back(estimate);
    if (best_.size() == limit_ * kRoom) cut();
  }
  std::vector<CodeEstimate> take() {
    if (best_.size() > limit_) cut();
    std::sort(best_.begin(), best_.end(), is_better);
    return std::move(best_);
  }

 private:
  static constexpr size_t kRoom = 3;
  void cut() {
    const auto last = best_.begin() + static_cast<std::ptrdiff_t>(limit_) - 1;
    std::nth_element(best_.begin(), last, best_.end(), is_better);
    best_.resize(limit_);
    threshold_ = best_.back().nearness;
  }

  const size_t limit_;
  float threshold_ = -std::numeric_limits<float>::infinity();
  std::vector<CodeEstimate> best_;
};

// A query rounded to four bits a component, as rows of bits.
struct RoundedQuery {
  RoundedQuery(const float* query, size_t dimension, size_t words) : rows(words * kQueryBits, 0) {
    const auto [least, most] = std::minmax_element(query, query + dimension);
    constexpr float kLevels = (1 << kQueryBits) - 1;
    const float step = std::max((*most - *least) / kLevels, 1e-30F);
    double sum = 0;
    for (size_t i = 0; i < dimension; ++i) {
      const auto level = static_cast<uint32_t>(std::lrint((query[i] - *least) / step));
      sum += *least + static_cast<double>(level) * step;
      for (size_t row = 0; row < kQueryBits; ++row) {
        if (((level >> row) & 1) == 0) continue;
        rows[row * words + i / kWordBits] |= uint64_t{1} << (i % kWordBits);
      }
    }
    per_level = 2 * step;
    per_bit = 2 * *least;
    offset = -static_cast<float>(sum);
  }

  std::vector<uint64_t> rows;
  float per_level = 0;
  float per_bit = 0;
  float offset = 0;
};

}  // namespace

CodeLists::CodeLists(const SpaceSpec& space, std::vector<float> centroids)
    : dimension_(static_cast<size_t>(space.dimension)),
      padded_(padded_floats(dimension_)),
      words_((dimension_ + kWordBits - 1) / kWordBits),
      is_l2_(space.metric == Metric::kL2),
      centroids_(std::move(centroids)),
      lists_(centroids_.size() / padded_) {
  for (size_t i = 0; i < lists_.size(); ++i) {
    half_squares_.push_back(vector_kernels().dot(centroid(i), centroid(i), padded_) / 2);
  }
}

size_t CodeLists::memory_bytes() const {
  size_t bytes = centroids_.size() * sizeof(float);
  for (const List& list : lists_) {
    bytes += list.codes.capacity() * sizeof(uint64_t) +
             (list.factors.capacity() * 2 + list.squares.capacity() + list.slots.capacity()) *
                 sizeof(float);
  }
  return bytes;
}

size_t CodeLists::nearest_list(const float* vector) const {
  const VectorKernels& kernels = vector_kernels();
  size_t nearest = 0;
  float best = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < lists_.size(); ++i) {
    const float near = kernels.dot(vector, centroid(i), padded_) - half_squares_[i];
    if (near <= best) continue;
    best = near;
    nearest = i;
  }
  return nearest;
}

CodePlace CodeLists::add(uint32_t slot, const float* vector) {
  const size_t number = lists_.size() == 1 ? 0 : nearest_list(vector);
  List& list = lists_[number];
  const size_t place = list.slots.size();
  if (place % kBlockVectors == 0) {
    list.codes.resize(list.codes.size() + words_ * kBlockVectors, 0);
    list.factors.resize(place + kBlockVectors, 0.0F);
    list.bits.resize(place + kBlockVectors, 0.0F);
    if (is_l2_) list.squares.resize(place + kBlockVectors, 0.0F);
  }
  uint64_t* const block = list.codes.data() + place / kBlockVectors * words_ * kBlockVectors;
  const float* const from = centroid(number);
  double square = 0;
  double sum = 0;
  int bits = 0;
  for (size_t word = 0; word < words_; ++word) {
    uint64_t code = 0;
    const size_t end = std::min(dimension_, (word + 1) * kWordBits);
    for (size_t i = word * kWordBits; i < end; ++i) {
      const float difference = vector[i] - from[i];
      square += static_cast<double>(difference) * difference;
      sum += std::fabs(difference);
      if (difference > 0) code |= uint64_t{1} << (i % kWordBits);
    }
    bits += __builtin_popcountll(code);
    block[word * kBlockVectors + place % kBlockVectors] = code;
  }
  const double factor = sum > 0 ? square / sum : 0;
  list.factors[place] = static_cast<float>(is_l2_ ? 2 * factor : factor);
  list.bits[place] = static_cast<float>(bits);
  if (is_l2_) list.squares[place] = vector_kernels().dot(vector, vector, padded_);
  list.slots.push_back(slot);
  ++size_;
  return {static_cast<uint32_t>(number), static_cast<uint32_t>(place)};
}

std::optional<uint32_t> CodeLists::remove(const CodePlace& place) {
  List& list = lists_[place.list];
  const size_t last = list.slots.size() - 1;
  const auto word_of = [&](size_t at, size_t word) -> uint64_t& {
    return list.codes[(at / kBlockVectors * words_ + word) * kBlockVectors + at % kBlockVectors];
  };
  for (size_t word = 0; word < words_; ++word) {
    word_of(place.place, word) = word_of(last, word);
    word_of(last, word) = 0;
  }
  const uint32_t moved = list.slots[last];
  list.slots[place.place] = moved;
  list.factors[place.place] = list.factors[last];
  list.bits[place.place] = list.bits[last];
  if (is_l2_) list.squares[place.place] = list.squares[last];
  list.slots.pop_back();
  if (last % kBlockVectors == 0) {
    list.codes.resize(list.codes.size() - words_ * kBlockVectors);
    list.factors.resize(last);
    list.bits.resize(last);
    if (is_l2_) list.squares.resize(last);
  }
  --size_;
  return place.place == last ? std::nullopt : std::optional<uint32_t>(moved);
}

std::vector<CodeEstimate> CodeLists::search(const float* query, double share, size_t candidates,
                                            const IsAllowed& is_allowed,
                                            size_t* out_scanned) const {
  const VectorKernels& kernels = vector_kernels();
  const RoundedQuery rounded(query, dimension_, words_);
  std::vector<float> products(lists_.size());
  std::vector<std::pair<float, uint32_t>> order(lists_.size());
  for (size_t i = 0; i < lists_.size(); ++i) {
    products[i] = kernels.dot(query, centroid(i), padded_);
    const float near = is_l2_ ? products[i] - half_squares_[i] : products[i];
    order[i] = {-near, static_cast<uint32_t>(i)};
  }
  std::sort(order.begin(), order.end());
  CodeScan scan{
      rounded.rows.data(), words_, rounded.per_level, rounded.per_bit, rounded.offset, 0, 0};
  BestEstimates best(candidates);
  const float doubt = kDoubt * std::sqrt(kernels.dot(query, query, padded_));
  const auto enough = static_cast<size_t>(std::ceil(share * static_cast<double>(size_)));
  std::vector<uint32_t> passed;
  std::vector<float> estimates;
  size_t scanned = 0;
  for (const auto& [distance, number] : order) {
    if (scanned >= enough) break;
    const List& list = lists_[number];
    const size_t count = list.slots.size();
    if (count == 0) continue;
    scanned += count;
    passed.resize(count + kBlockVectors);
    estimates.resize(count + kBlockVectors);
    scan.base = is_l2_ ? 2 * products[number] : products[number];
    scan.threshold = best.threshold();
    const size_t found = kernels.scan_codes(
        scan, list.codes.data(), list.factors.data(), list.bits.data(),
        is_l2_ ? list.squares.data() : nullptr, count, passed.data(), estimates.data());
    for (size_t i = 0; i < found; ++i) {
      const uint32_t slot = list.slots[passed[i]];
      if (is_allowed && !is_allowed(slot)) continue;
      best.add({estimates[i], doubt * list.factors[passed[i]], slot});
    }
  }
  *out_scanned = scanned;
  return best.take();
}

std::vector<float> find_centroids(const std::vector<float>& samples, size_t padded, size_t count,
                                  const std::function<bool()>& stop) {
  const VectorKernels& kernels = vector_kernels();
  const size_t total = samples.size() / padded;
  // Samples that lie evenly among all.
  std::vector<float> centroids;
  for (size_t i = 0; i < count; ++i) {
    const float* from = samples.data() + i * total / count * padded;
    centroids.insert(centroids.end(), from, from + padded);
  }
  std::vector<double> sums(count * padded);
  std::vector<size_t> sizes(count);
  std::vector<float> half_squares(count);
  for (int round = 0; round < (count > 1 ? kRounds : 1) && !stop(); ++round) {
    std::fill(sums.begin(), sums.end(), 0.0);
    std::fill(sizes.begin(), sizes.end(), 0);
    for (size_t i = 0; i < count; ++i) {
      const float* of = centroids.data() + i * padded;
      half_squares[i] = kernels.dot(of, of, padded) / 2;
    }
    for (size_t sample = 0; sample < total; ++sample) {
      const float* vector = samples.data() + sample * padded;
      size_t nearest = 0;
      float best = -std::numeric_limits<float>::infinity();
      for (size_t i = 0; i < count; ++i) {
        const float near =
            kernels.dot(vector, centroids.data() + i * padded, padded) - half_squares[i];
        if (near > best) best = near, nearest = i;
      }
      ++sizes[nearest];
      for (size_t i = 0; i < padded; ++i) sums[nearest * padded + i] += vector[i];
    }
    for (size_t i = 0; i < count; ++i) {
      if (sizes[i] == 0) continue;  // an empty list costs nothing
      for (size_t at = 0; at < padded; ++at) {
        centroids[i * padded + at] =
            static_cast<float>(sums[i * padded + at] / static_cast<double>(sizes[i]));
      }
    }
  }
  return centroids;
}

}  // namespace memtier
