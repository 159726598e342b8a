// Searching by vectors: the ten nearest of 100 000, with real vectors where there are some. How many of
// the true ten are found is told beside the time, for each alone says nothing; the peer is measured where
// it finds about as many. And how quickly vectors are stored.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <random>
#include <stdexcept>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"
#include "peers/hnsw_peer.h"

namespace bench {
namespace {

constexpr size_t kDimension = 384;
constexpr size_t kNearest = 10;

struct Vectors {
  std::vector<float> floats;
  size_t size() const { return floats.size() / kDimension; }
  const float* at(size_t i) const { return floats.data() + i * kDimension; }
  void make_unit() {
    for (size_t i = 0; i < size(); ++i) {
      float* const vector = floats.data() + i * kDimension;
      double square = 0;
      for (size_t d = 0; d < kDimension; ++d) square += static_cast<double>(vector[d]) * vector[d];
      for (size_t d = 0; d < kDimension; ++d) vector[d] /= static_cast<float>(std::sqrt(square));
    }
  }
};

float from_half(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int mantissa = half & 1023;
  const float value = exponent == 0
                          ? std::ldexp(static_cast<float>(mantissa), -24)
                          : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return (half & 0x8000) != 0 ? -value : value;
}

// `count` rows of half floats.
Vectors read_halves(const std::string& path, size_t count) {
  std::vector<uint16_t> halves(count * kDimension);
  std::ifstream file(path, std::ios::binary);
  const auto bytes = static_cast<std::streamsize>(halves.size() * sizeof(uint16_t));
  if (!file.read(reinterpret_cast<char*>(halves.data()), bytes)) {
    throw std::runtime_error("cannot read " + path);
  }
  Vectors vectors;
  vectors.floats.reserve(halves.size());
  for (const uint16_t half : halves) vectors.floats.push_back(from_half(half));
  vectors.make_unit();
  return vectors;
}

// Around a thousand centres.
Vectors generated(size_t count, uint64_t seed) {
  std::mt19937_64 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> centres(1000 * kDimension);
  for (float& component : centres) component = normal(random);
  random.seed(seed);
  Vectors vectors;
  for (size_t i = 0; i < count; ++i) {
    const float* centre = centres.data() + random() % 1000 * kDimension;
    for (size_t d = 0; d < kDimension; ++d) {
      vectors.floats.push_back(centre[d] + normal(random));
    }
  }
  vectors.make_unit();
  return vectors;
}

float product(const float* a, const float* b) {
  float sum = 0;
  for (size_t d = 0; d < kDimension; ++d) sum += a[d] * b[d];
  return sum;
}

// Of each query: how near the tenth nearest is. Equally near ones count as found.
std::vector<float> tenth(const Vectors& vectors, const Vectors& queries, size_t count) {
  constexpr float kTie = 1e-5F;
  std::vector<float> least;
  std::vector<float> all(vectors.size());
  for (size_t i = 0; i < count; ++i) {
    for (size_t v = 0; v < vectors.size(); ++v) all[v] = product(queries.at(i), vectors.at(v));
    std::nth_element(all.begin(), all.begin() + kNearest - 1, all.end(), std::greater<>());
    least.push_back(all[kNearest - 1] - kTie);
  }
  return least;
}

class Searcher {
 public:
  explicit Searcher(const Store& store) : store_(store) {
    memtier_error* error = nullptr;
    check(memtier_query_create(nullptr, 0, &query_, &error), error, "memtier_query_create");
  }
  ~Searcher() { memtier_query_destroy(query_); }
  Searcher(const Searcher&) = delete;
  Searcher& operator=(const Searcher&) = delete;

  std::vector<size_t> nearest(const float* vector) const {
    memtier_error* error = nullptr;
    memtier_hits* hits = nullptr;
    check(memtier_query_set_vector(query_, vector, kDimension, &error), error,
          "memtier_query_set_vector");
    check(memtier_query_run(store_.handle(), nullptr, query_, nullptr, &hits, &error), error,
          "memtier_query_run");
    std::vector<size_t> labels;
    for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
      memtier_slice id{};
      check(memtier_hits_read_text(hits, i, MEMTIER_FIELD_ID, &id, nullptr), nullptr, "read");
      labels.push_back(std::stoul(std::string(static_cast<const char*>(id.data), id.size)));
    }
    memtier_hits_destroy(hits);
    return labels;
  }

 private:
  const Store& store_;
  memtier_query* query_ = nullptr;
};

void put_items(const Store& store, size_t count) {
  constexpr size_t kBatch = 10'000;
  for (size_t begin = 0; begin < count; begin += kBatch) {
    std::vector<memtier_item_builder*> builders;
    for (size_t i = begin; i < std::min(begin + kBatch, count); ++i) {
      memtier_item_builder* builder = nullptr;
      check(memtier_item_builder_create(&builder, nullptr), nullptr, "builder");
      const std::string id = std::to_string(i);
      check(memtier_item_builder_set_text(builder, MEMTIER_FIELD_ID, id.data(), id.size(), nullptr),
            nullptr, "id");
      const std::string text = "turn " + id + " of a dialogue";
      check(memtier_item_builder_set_text(builder, MEMTIER_FIELD_CONTENT, text.data(), text.size(),
                                          nullptr),
            nullptr, "content");
      builders.push_back(builder);
    }
    memtier_error* error = nullptr;
    check(memtier_item_put_many(store.handle(), nullptr, builders.data(),
                                static_cast<int64_t>(builders.size()), MEMTIER_PUT_REPLACE,
                                MEMTIER_DURABILITY_DEFAULT, nullptr, nullptr, &error),
          error, "memtier_item_put_many");
    for (memtier_item_builder* builder : builders) memtier_item_builder_destroy(builder);
  }
}

// Seconds, to the last vector's being in the tables.
double put_vectors(Store& store, const Vectors& vectors) {
  constexpr size_t kBatch = 10'000;
  const Stopwatch watch;
  for (size_t begin = 0; begin < vectors.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, vectors.size());
    std::string ids;
    std::vector<int64_t> ends;
    for (size_t i = begin; i < end; ++i) {
      ids += std::to_string(i);
      ends.push_back(static_cast<int64_t>(ids.size()));
    }
    memtier_error* error = nullptr;
    check(memtier_vector_put_many(store.handle(), nullptr, ids.data(), ends.data(),
                                  static_cast<int64_t>(ends.size()), "real", 4, vectors.at(begin),
                                  static_cast<int64_t>((end - begin) * kDimension),
                                  MEMTIER_DURABILITY_DEFAULT, nullptr, nullptr, &error),
          error, "memtier_vector_put_many");
  }
  store.flush();
  return watch.seconds();
}

struct Measured {
  double p50_us = 0;
  double recall = 0;
};

template <typename Nearest>
Measured measure(const Vectors& vectors, const Vectors& queries, const std::vector<float>& least,
                 const Nearest& nearest) {
  std::vector<double> times;
  size_t found = 0;
  for (size_t i = 0; i < least.size(); ++i) {
    const Stopwatch watch;
    const std::vector<size_t> labels = nearest(queries.at(i));
    times.push_back(watch.seconds() * 1e6);
    size_t of_query = 0;
    for (const size_t label : labels) {
      if (product(queries.at(i), vectors.at(label)) >= least[i]) ++of_query;
    }
    found += std::min(of_query, kNearest);
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2],
          static_cast<double>(found) / static_cast<double>(least.size() * kNearest)};
}

// Until the lists are made, which the background thread does after the first search.
void wait_for_lists(const Searcher& searcher, const Vectors& queries) {
  double before = 1e9;
  for (int i = 0; i < 60; ++i) {
    const Stopwatch watch;
    for (size_t q = 0; q < 200; ++q) keep(searcher.nearest(queries.at(q % queries.size())).size());
    const double now = watch.seconds();
    if (i > 10 && now > before * 0.9) return;
    before = std::min(before, now);
  }
}

void compare(Context& context, const Vectors& vectors, const Vectors& queries,
             const std::string& prefix) {
  const size_t n = vectors.size();
  const std::vector<float> least = tenth(vectors, queries, context.size(100, 500));
  const std::string path = context.folder().path("vectors.mem");
  Store store(path, {kDatabaseLadder, int64_t{2} << 30});
  put_items(store, n);
  store.flush();
  const std::string space = R"({"name":"real","dimension":384})";
  check(memtier_space_create(store.handle(), space.data(), space.size(), nullptr), nullptr,
        "memtier_space_create");
  const double put_seconds = put_vectors(store, vectors);
  HnswPeer peer(kDimension, n);
  const Stopwatch watch;
  for (size_t i = 0; i < n; ++i) peer.add(vectors.at(i), i);
  const double peer_seconds = watch.seconds();
  context.report().add(
      {"vector", prefix + "durable_inserts_per_s", "1/s", n, static_cast<double>(n) / put_seconds,
       static_cast<double>(n) / peer_seconds, "hnswlib", 0, 1},
      Better::kMore);
  const Searcher searcher(store);
  const auto ask = [&searcher](const float* vector) { return searcher.nearest(vector); };
  const auto ask_peer = [&peer](const float* vector) { return peer.nearest(vector, kNearest); };
  wait_for_lists(searcher, queries);
  const double recall = measure(vectors, queries, least, ask).recall;
  size_t ef = 20;
  double peer_recall = 0;
  for (; ef < 1000; ef += ef / 2) {
    peer.set_ef(ef);
    peer_recall = measure(vectors, queries, least, ask_peer).recall;
    if (peer_recall >= recall) break;
  }
  context.note("hnswlib finds as many with ef " + std::to_string(ef));
  const std::vector<double> p50 =
      alternate(prefix + "p50_us", context.repetitions(),
                {{"memtier", [&] { return measure(vectors, queries, least, ask).p50_us; }},
                 {"hnswlib", [&] { return measure(vectors, queries, least, ask_peer).p50_us; }}});
  context.report().add(
      {"vector", prefix + "recall@10", "share", n, recall, peer_recall, "hnswlib", 0, 1},
      Better::kMore);
  context.report().add(
      {"vector", prefix + "p50_us", "us", n, p50[0], p50[1], "hnswlib", 0, context.repetitions()},
      Better::kLess);
  store.close();
  remove_database(path);
}

}  // namespace

void run_vector(Context& context) {
  const std::string folder = context.data() + "/dialogues/";
  if (!context.data().empty() && std::ifstream(folder + "turns.f16").good()) {
    const size_t count = context.size(20'000, 100'000);
    compare(context, read_halves(folder + "turns.f16", count),
            read_halves(folder + "queries.f16", 1000), "dialogues_");
    return;
  }
  const size_t count = context.size(20'000, 100'000);
  compare(context, generated(count, 1), generated(1000, 2), "");
}

}  // namespace bench
