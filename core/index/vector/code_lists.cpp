#include "index/vector/code_lists.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace memtier {
namespace {

constexpr size_t kByteBits = 8;
constexpr size_t kHalfBits = 4;
constexpr size_t kPatterns = 1 << kHalfBits;
constexpr float kMostLevelRounded = static_cast<float>(kMostTableLevel);
constexpr int kRounds = 5;  // of k-means; more gain nothing measurable

// How far an estimate is off rarely, by its factor and the length of the query: by as much as the signs say
// nothing of, across some hundred components (a deviation is 0.6). Of the nearest ten of 100 000 real vectors 0.9910
// are found so, 0.9915 at 1.5 and 0.9903 at 1.
constexpr float kDoubt = 1.2F;

// How far a vector of a list hardly ever goes from the centroid towards a query, by how far those of the list are
// away in the mean. Counted beside the engine, from lists and centroids alone: of 100 000 real vectors in
// 256 lists, 48 of which are looked at, 0.9930 of the nearest ten lie in these, of which 19 600 codes would be scanned; leaving lists out by this, 0.9924 are found and 8 300 codes scanned;
// 0.9930 and 10 100 at 0.7, 0.9874 and 6 500 at 0.6.
constexpr double kListReach = 0.65;

// A query as the tables that codes are looked up in.
struct QueryTables {
  QueryTables(const float* query, size_t dimension, size_t bytes)
      : low(bytes * kTableBytes, 0), high(bytes * kTableBytes, 0) {
    const size_t halves = (dimension + kHalfBits - 1) / kHalfBits;
    std::vector<float> sums(halves * kPatterns);
    std::vector<float> least(halves);
    float widest = 0;
    double all = 0;
    double of_least = 0;
    for (size_t half = 0; half < halves; ++half) {
      float* const of_half = &sums[half * kPatterns];
      float most = 0;
      for (size_t i = 0; i < kHalfBits; ++i) {
        const size_t at = half * kHalfBits + i;
        const float component = at < dimension ? query[at] : 0;
        (component < 0 ? least[half] : most) += component;
        all += component;
        const size_t bit = size_t{1} << i;
        for (size_t pattern = 0; pattern < bit; ++pattern) {
          of_half[bit + pattern] = of_half[pattern] + component;
        }
      }
      of_least += least[half];
      widest = std::max(widest, most - least[half]);
    }
    const float step = std::max(widest / kMostTableLevel, 1e-30F);
    for (size_t half = 0; half < halves; ++half) {
      uint8_t* const table = (half % 2 == 0 ? low : high).data() + half / 2 * kTableBytes;
      for (size_t pattern = 0; pattern < kPatterns; ++pattern) {
        // Never negative, so that half more rounds; std::lround is a call.
        const float level = (sums[half * kPatterns + pattern] - least[half]) / step + 0.5F;
        table[pattern] = static_cast<uint8_t>(static_cast<int>(std::min(level, kMostLevelRounded)));
      }
      std::copy_n(table, kPatterns, table + kPatterns);
    }
    per_level = 2 * step;
    offset = static_cast<float>(2 * of_least - all);
  }

  std::vector<uint8_t> low;
  std::vector<uint8_t> high;
  float per_level = 0;
  float offset = 0;
};

}  // namespace

CodeLists::CodeLists(const SpaceSpec& space, std::vector<float> centroids)
    : dimension_(static_cast<size_t>(space.dimension)),
      padded_(padded_floats(dimension_)),
      bytes_((dimension_ + 2 * kByteBits - 1) / (2 * kByteBits) * 2),
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
    bytes +=
        list.codes.capacity() +
        (list.factors.capacity() + list.squares.capacity() + list.slots.capacity()) * sizeof(float);
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
    list.codes.resize(list.codes.size() + bytes_ * kBlockVectors, 0);
    list.factors.resize(place + kBlockVectors, 0.0F);
    if (is_l2_) list.squares.resize(place + kBlockVectors, 0.0F);
  }
  uint8_t* const block = list.codes.data() + place / kBlockVectors * bytes_ * kBlockVectors;
  const float* const from = centroid(number);
  double square = 0;
  double sum = 0;
  for (size_t byte = 0; byte < bytes_; ++byte) {
    uint32_t code = 0;
    const size_t end = std::min(dimension_, (byte + 1) * kByteBits);
    for (size_t i = byte * kByteBits; i < end; ++i) {
      const float difference = vector[i] - from[i];
      square += static_cast<double>(difference) * difference;
      sum += std::fabs(difference);
      if (difference > 0) code |= 1U << (i % kByteBits);
    }
    block[byte * kBlockVectors + place % kBlockVectors] = static_cast<uint8_t>(code);
  }
  const double factor = sum > 0 ? square / sum : 0;
  list.square += square;
  list.factors[place] = static_cast<float>(is_l2_ ? 2 * factor : factor);
  if (is_l2_) list.squares[place] = vector_kernels().dot(vector, vector, padded_);
  list.slots.push_back(slot);
  ++size_;
  return {static_cast<uint32_t>(number), static_cast<uint32_t>(place)};
}

std::optional<uint32_t> CodeLists::remove(const CodePlace& place) {
  List& list = lists_[place.list];
  const size_t last = list.slots.size() - 1;
  const auto byte_of = [&](size_t at, size_t byte) -> uint8_t& {
    return list.codes[(at / kBlockVectors * bytes_ + byte) * kBlockVectors + at % kBlockVectors];
  };
  for (size_t byte = 0; byte < bytes_; ++byte) {
    byte_of(place.place, byte) = byte_of(last, byte);
    byte_of(last, byte) = 0;
  }
  list.square -= list.square / static_cast<double>(list.slots.size());  // the others' mean stays
  const uint32_t moved = list.slots[last];
  list.slots[place.place] = moved;
  list.factors[place.place] = list.factors[last];
  if (is_l2_) list.squares[place.place] = list.squares[last];
  list.slots.pop_back();
  if (last % kBlockVectors == 0) {
    list.codes.resize(list.codes.size() - bytes_ * kBlockVectors);
    list.factors.resize(last);
    if (is_l2_) list.squares.resize(last);
  }
  --size_;
  return place.place == last ? std::nullopt : std::optional<uint32_t>(moved);
}

// How near a vector of the list can be, nearly always; `product` is that of query and centroid, `square` the
// query's.
float CodeLists::list_bound(size_t list, float product, float square) const {
  const double mean = lists_[list].square / static_cast<double>(lists_[list].slots.size());
  const double radius = std::sqrt(mean);
  if (!is_l2_) return static_cast<float>(product + kListReach * radius * std::sqrt(square));
  const double away = std::max(square - 2.0 * product + 2.0 * half_squares_[list], 0.0);
  // -|q - x|^2 is -|q - c|^2 + 2 (q - c) r - |r|^2: the nearest is not always as far from the centroid as the mean.
  const double reach = kListReach * std::sqrt(away);
  const double best = std::min(radius, reach);
  return static_cast<float>(2 * reach * best - best * best - away);
}

size_t CodeLists::search(const float* query, double share, const Show& show) const {
  const VectorKernels& kernels = vector_kernels();
  const QueryTables tables(query, dimension_, bytes_);
  std::vector<float> products(lists_.size());
  using Near = std::pair<float, uint32_t>;
  std::vector<Near> order(lists_.size());
  for (size_t i = 0; i < lists_.size(); ++i) {
    products[i] = kernels.dot(query, centroid(i), padded_);
    const float near = is_l2_ ? products[i] - half_squares_[i] : products[i];
    order[i] = {near, static_cast<uint32_t>(i)};
  }
  // The nearest is always at the front; not all are asked for.
  const auto is_less = [](const Near& a, const Near& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  };
  std::make_heap(order.begin(), order.end(), is_less);
  const float square = kernels.dot(query, query, padded_);
  CodeScan scan{tables.low.data(), tables.high.data(), bytes_, tables.per_level, 0, 0, 0};
  scan.offset = tables.offset + kDoubt * std::sqrt(square);
  scan.threshold = -std::numeric_limits<float>::infinity();
  const auto enough = static_cast<size_t>(std::ceil(share * static_cast<double>(size_)));
  std::vector<uint32_t> places;
  std::vector<float> most;
  std::vector<CodeBound> bounds;
  size_t scanned = 0;
  for (; !order.empty() && scanned < enough; order.pop_back()) {
    std::pop_heap(order.begin(), order.end(), is_less);
    const uint32_t number = order.back().second;
    const List& list = lists_[number];
    const size_t count = list.slots.size();
    if (count == 0 || list_bound(number, products[number], square) < scan.threshold) continue;
    scanned += count;
    places.resize(std::max(places.size(), count));
    most.resize(places.size());
    scan.base = is_l2_ ? 2 * products[number] - square : products[number];
    const size_t found = kernels.scan_codes(scan, list.codes.data(), list.factors.data(),
                                            is_l2_ ? list.squares.data() : nullptr, count,
                                            places.data(), most.data());
    if (found == 0) continue;
    bounds.resize(found);
    for (size_t i = 0; i < found; ++i) bounds[i] = {most[i], list.slots[places[i]]};
    scan.threshold = show(bounds);
  }
  return scanned;
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
