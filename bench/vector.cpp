// Searching by vectors: the ten nearest of 100 000, with real vectors where there are some. How many of
// the true ten are found is told beside the time, for each alone says nothing; the peer is measured where
// it finds about as many. And how quickly vectors are stored.
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"
#include "common/vectors.h"
#include "peers/hnsw_peer.h"

namespace bench {
namespace {

constexpr size_t kNearest = 10;

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
void wait_for_lists(const VectorSearch& searcher, const Vectors& queries) {
  double before = 1e9;
  for (int i = 0; i < 60; ++i) {
    const Stopwatch watch;
    for (size_t q = 0; q < 200; ++q) keep(searcher.ids(queries.at(q % queries.size())).size());
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
  make_space(store, "real");
  const double put_seconds =
      put_vectors(store, "real", vectors, [](size_t i) { return std::to_string(i); });
  HnswPeer peer(kDimension, n);
  const Stopwatch watch;
  for (size_t i = 0; i < n; ++i) peer.add(vectors.at(i), i);
  const double peer_seconds = watch.seconds();
  context.report().add(
      {"vector", prefix + "durable_inserts_per_s", "1/s", n, static_cast<double>(n) / put_seconds,
       static_cast<double>(n) / peer_seconds, "hnswlib", 0, 1},
      Better::kMore);
  const VectorSearch searcher(store, "{}");
  const auto ask = [&searcher](const float* vector) {
    std::vector<size_t> labels;
    for (const std::string& id : searcher.ids(vector)) labels.push_back(std::stoul(id));
    return labels;
  };
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
  compare(context, generated_vectors(count, 1), generated_vectors(1000, 2), "");
}

}  // namespace bench
