// Spreading activation among many links, against the same walk over SQLite's tables, as one would write it
// oneself: a table of links with an index by target, statements prepared once.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/client.h"
#include "common/measure.h"
#include "common/random.h"
#include "common/registry.h"
#include "peers/sqlite_peer.h"

namespace bench {
namespace {

// The links of all nodes, both ways, must find room in an eighth of it.
constexpr int64_t kGraphMemory = int64_t{1} << 30;
constexpr size_t kLinksPerNode = 10;
constexpr size_t kMaxNodes = 1000;
constexpr int kHops = 3;
constexpr double kDecay = 0.5;

struct Edge {
  size_t source;
  size_t target;
  double weight;
};

// Of ten links eight lead anywhere, and two to one node in a hundred, which so have many.
std::vector<Edge> make_links(size_t nodes) {
  Random random(23);
  std::vector<Edge> links;
  links.reserve(nodes * kLinksPerNode);
  for (size_t i = 0; i < nodes * kLinksPerNode; ++i) {
    const size_t source = i / kLinksPerNode;
    const size_t range = random.below(10) < 8 ? nodes : std::max<size_t>(nodes / 100, 1);
    size_t target = random.below(range);
    if (target == source) target = (target + 1) % nodes;
    links.push_back({source, target, 0.1 + 0.9 * random.unit()});
  }
  return links;
}

void put_links(const Store& store, const std::vector<Edge>& links) {
  constexpr size_t kBatch = 20'000;
  for (size_t begin = 0; begin < links.size(); begin += kBatch) {
    nlohmann::json batch = nlohmann::json::array();
    for (size_t i = begin; i < std::min(begin + kBatch, links.size()); ++i) {
      batch.push_back({{"source", make_id(links[i].source)},
                       {"target", make_id(links[i].target)},
                       {"weight", links[i].weight}});
    }
    const std::string text = batch.dump();
    memtier_error* error = nullptr;
    const memtier_status status = memtier_link_put_many(store.handle(), nullptr, text.data(),
                                                        text.size(), 0, nullptr, nullptr, &error);
    check(status, error, "memtier_link_put_many");
  }
}

size_t spread(const Store& store, size_t seed) {
  const std::string query = R"({"seeds": [")" + make_id(seed) + R"("], "hops": )" +
                            std::to_string(kHops) + R"(, "threshold": 0, "max_nodes": )" +
                            std::to_string(kMaxNodes) + "}";
  memtier_bytes* bytes = nullptr;
  memtier_error* error = nullptr;
  const memtier_status status = memtier_graph_spread(store.handle(), nullptr, query.data(),
                                                     query.size(), nullptr, &bytes, &error);
  check(status, error, "memtier_graph_spread");
  const size_t size = memtier_bytes_size(bytes);
  memtier_bytes_destroy(bytes);
  return size;
}

class SqliteLinks {
 public:
  SqliteLinks(const std::string& path, const std::vector<Edge>& links)
      : db_(path, kGraphMemory / 4) {
    db_.execute(
        "CREATE TABLE links(source INTEGER, target INTEGER, weight REAL, "
        "PRIMARY KEY(source, target)) WITHOUT ROWID; BEGIN");
    SqliteStatement insert = db_.prepare("INSERT OR REPLACE INTO links VALUES(?, ?, ?)");
    for (const Edge& link : links) {
      insert.bind(1, static_cast<int64_t>(link.source));
      insert.bind(2, static_cast<int64_t>(link.target));
      insert.bind(3, link.weight);
      insert.run();
    }
    db_.execute("COMMIT; CREATE INDEX by_target ON links(target, source, weight)");
    out_ = db_.prepare("SELECT target, weight * 1e9 FROM links WHERE source = ?");
    in_ = db_.prepare("SELECT source, weight * 1e9 FROM links WHERE target = ?");
  }

  size_t spread(size_t seed) {
    std::unordered_map<int64_t, double> all = {{static_cast<int64_t>(seed), 1.0}};
    std::vector<int64_t> frontier = {static_cast<int64_t>(seed)};
    for (int hop = 0; hop < kHops; ++hop) {
      std::unordered_map<int64_t, double> gains;
      for (const int64_t node : frontier) fire(node, all[node], &gains);
      frontier = keep_strongest(gains, &all);
    }
    return all.size();
  }

 private:
  void fire(int64_t node, double activation, std::unordered_map<int64_t, double>* gains) {
    std::vector<std::pair<int64_t, double>> ends;
    double total = 0;
    for (SqliteStatement* statement : {&out_, &in_}) {
      statement->bind(1, node);
      while (statement->step()) {
        ends.emplace_back(statement->integer(0), static_cast<double>(statement->integer(1)) / 1e9);
        total += ends.back().second;
      }
      statement->reset();
    }
    const double share = kDecay * activation / std::max(1.0, total);
    for (const auto& [other, weight] : ends) (*gains)[other] += share * weight;
  }

  static std::vector<int64_t> keep_strongest(const std::unordered_map<int64_t, double>& gains,
                                             std::unordered_map<int64_t, double>* all) {
    std::vector<std::pair<double, int64_t>> reached;
    for (const auto& [node, gain] : gains) {
      const auto known = all->find(node);
      if (known != all->end()) {
        known->second += gain;
      } else {
        reached.emplace_back(gain, node);
      }
    }
    const size_t room = std::min(kMaxNodes - std::min(all->size(), kMaxNodes), reached.size());
    std::partial_sort(reached.begin(), reached.begin() + static_cast<std::ptrdiff_t>(room),
                      reached.end(), std::greater<>());
    reached.resize(room);
    std::vector<int64_t> frontier;
    for (const auto& [gain, node] : reached) {
      all->emplace(node, gain);
      frontier.push_back(node);
    }
    return frontier;
  }

  SqliteDatabase db_;
  SqliteStatement out_;
  SqliteStatement in_;
};

// The 95th of a hundred, in microseconds.
template <typename Spread>
double p95_us(const std::vector<size_t>& seeds, Spread spread_from) {
  std::vector<double> times;
  for (const size_t seed : seeds) {
    const Stopwatch watch;
    keep(spread_from(seed));
    times.push_back(watch.seconds() * 1e6);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() * 95 / 100];
}

}  // namespace

void run_graph(Context& context) {
  const size_t nodes = context.size(10'000, 100'000);
  const std::vector<Edge> links = make_links(nodes);
  const std::string path = context.make_store(context.items(nodes), kDatabaseLadder);
  const Store store(path, {"", kGraphMemory});
  const Stopwatch watch;
  put_links(store, links);
  context.note("graph: " + std::to_string(links.size()) + " links put in " +
               std::to_string(watch.seconds()) + " s");
  SqliteLinks sqlite(context.folder().path("links.sqlite"), links);
  Random random(29);
  std::vector<size_t> seeds;
  for (size_t i = 0; i < context.size(100, 300); ++i) seeds.push_back(random.below(nodes));
  (void)p95_us(seeds, [&](size_t seed) { return spread(store, seed); });  // warm
  const std::vector<double> medians = alternate(
      "spread_p95_us", context.repetitions(),
      {{"memtier", [&] { return p95_us(seeds, [&](size_t seed) { return spread(store, seed); }); }},
       {"sqlite",
        [&] { return p95_us(seeds, [&](size_t seed) { return sqlite.spread(seed); }); }}});
  context.report().add({"graph", "spread_p95_us", "us", links.size(), medians[0], medians[1],
                        "sqlite", 0, context.repetitions()},
                       Better::kLess);
}

}  // namespace bench
