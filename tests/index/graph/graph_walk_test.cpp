// Walks: numbers computed by hand, and random graphs against simple walks.
#include <gtest/gtest.h>

#include <map>
#include <queue>
#include <set>

#include "base/seed.h"
#include "index/graph/graph_testing.h"

namespace memtier::testing {
namespace {

using Texts = std::vector<std::string>;

std::unique_ptr<Store> graph_store(const std::string& path = ":memory:") {
  StoreOptions options = quiet_options(make_clock());
  options.link_half_life_seconds = 0;
  return open_store(path, std::move(options));
}

TEST(Spreading, hands_on_what_it_says) {
  const auto store = graph_store();
  link_items(*store, {"a-b 1", "a-c 3", "c-d 0.5", "d-a 1"});
  // a fires 0.5 * 1 among b 1, c 3 and d 1 (sum 5): b 0.1, c 0.3, d 0.1.
  // Then b back to a; c fires 0.15 among a 3 and d 0.5; d fires 0.05 among c 0.5 and a 1.
  const Json result = spread(*store, R"({"seeds": ["a"], "hops": 2})");
  EXPECT_EQ(result["activated"], 4);
  EXPECT_EQ(result["truncated"], false);
  std::map<std::string, double> found;
  for (const Json& node : result["nodes"]) found[node["id"]] = node["activation"];
  EXPECT_NEAR(found["b"], 0.1, 1e-6);
  EXPECT_NEAR(found["c"], 0.3 + 0.05 * 0.5 / 1.5, 2e-6);
  EXPECT_NEAR(found["d"], 0.1 + 0.15 * 0.5 / 3.5, 2e-6);
  EXPECT_EQ(ids_in(result["nodes"]), (Texts{"c", "d", "b"}));
  // Along the arrows, d is not next to a.
  const Json out = spread(*store, R"({"seeds": ["a"], "hops": 2, "direction": "out"})");
  EXPECT_EQ(ids_in(out["nodes"]), (Texts{"c", "b", "d"}));
  EXPECT_EQ(out["nodes"][2]["hops"], 2);
  EXPECT_NEAR(out["nodes"][2]["activation"], 0.5 * 0.375 * 0.5, 1e-6);
}

TEST(Spreading, takes_seeds_with_activations_and_kinds) {
  const auto store = graph_store();
  link_items(*store, {"a-b", "c-d"});
  must(put_links(*store, Scope(), R"([{"source": "a", "target": "d", "kind": "other"}])"));
  const Json result =
      spread(*store, R"({"seeds": [{"id": "a", "activation": 0.5}, "c"], "kinds": ["related"]})");
  EXPECT_EQ(ids_in(result["nodes"]), (Texts{"d", "b"}));
  EXPECT_NEAR(result["nodes"][0]["activation"], 0.5, 1e-6);
  EXPECT_NEAR(result["nodes"][1]["activation"], 0.25, 1e-6);
  EXPECT_TRUE(spread(*store, R"({"seeds": ["a"], "kinds": ["unknown"]})")["nodes"].empty());
}

TEST(Spreading, keeps_the_strongest_within_its_bounds) {
  const auto store = graph_store();
  link_items(*store, {"a-b 0.1", "a-c 0.3", "a-d 0.2", "c-e 1", "b-f 1"});
  const Json few = spread(*store, R"({"seeds": ["a"], "max_nodes": 3})");
  EXPECT_EQ(ids_in(few["nodes"]), (Texts{"c", "d"}));
  EXPECT_EQ(few["truncated"], true);
  EXPECT_EQ(few["activated"], 3);
  const Json strong = spread(*store, R"({"seeds": ["a"], "threshold": 0.1})");
  EXPECT_EQ(ids_in(strong["nodes"]), (Texts{"c", "d"}));
  EXPECT_EQ(ids_in(spread(*store, R"({"seeds": ["a"], "limit": 1})")["nodes"]), Texts{"c"});
}

TEST(Spreading, gives_ranking_the_rows_of_items) {
  const auto store = graph_store();
  link_items(*store, {"a-b", "b-c"});
  std::unordered_map<int64_t, double> by_row;
  const std::vector<int64_t> seeds = {must(store->get(Scope(), "a"))->row()};
  must(store->association(Scope(), seeds, {}, &by_row));
  EXPECT_NEAR(by_row[must(store->get(Scope(), "b"))->row()], 0.5625, 1e-6);
  EXPECT_NEAR(by_row[must(store->get(Scope(), "c"))->row()], 0.125, 1e-6);
}

TEST(Paths, by_hops_and_by_strength) {
  const auto store = graph_store();
  link_items(*store, {"a-b 0.1", "b-e 0.1", "a-c 1", "c-d 1", "d-e 1", "a-f 0.2", "f-e 0.2"});
  const Json hops = parsed(path(*store, R"({"from": "a", "to": "e"})"));
  EXPECT_EQ(hops["hops"], 2);
  EXPECT_EQ(ids_in(hops["nodes"]), (Texts{"a", "f", "e"}));  // the strongest of the shortest
  const Json strong = parsed(path(*store, R"({"from": "a", "to": "e", "by": "strength"})"));
  EXPECT_EQ(ids_in(strong["nodes"]), (Texts{"a", "c", "d", "e"}));
  EXPECT_EQ(arrows(strong["links"]), (Texts{"a>c", "c>d", "d>e"}));
  const Json back = parsed(path(*store, R"({"from": "e", "to": "a", "by": "strength"})"));
  EXPECT_EQ(arrows(back["links"]), (Texts{"d>e", "c>d", "a>c"}));
  EXPECT_EQ(path(*store, R"({"from": "e", "to": "a", "direction": "out"})").code(),
            Code::kNotFound);
  EXPECT_EQ(path(*store, R"({"from": "a", "to": "e", "max_hops": 1})").code(), Code::kNotFound);
  EXPECT_EQ(parsed(path(*store, R"({"from": "a", "to": "a"})"))["hops"], 0);
}

// A random graph with nodes n0 ..., and what is known of it.
struct RandomGraph {
  explicit RandomGraph(Store& store, Random& random, int count, int links) {
    std::vector<std::string> texts;
    for (int i = 0; i < count; ++i) must_put(store, "{\"id\": \"n" + std::to_string(i) + "\"}");
    std::string json = "[";
    for (int i = 0; i < links; ++i) {
      const int from = static_cast<int>(random.below(static_cast<uint64_t>(count)));
      const int to = static_cast<int>(random.below(static_cast<uint64_t>(count)));
      if (from == to || !out[from].insert(to).second) continue;
      in[to].insert(from);
      if (json.size() > 1) json += ',';
      json += "{\"source\": \"n" + std::to_string(from) + "\", \"target\": \"n" +
              std::to_string(to) + "\"}";
    }
    must(put_links(store, Scope(), json + "]"));
  }

  // -1: there is none.
  int distance(int from, int to, bool both) {
    std::map<int, int> known = {{from, 0}};
    std::queue<int> queue({from});
    while (!queue.empty()) {
      const int node = queue.front();
      queue.pop();
      if (node == to) return known[node];
      std::set<int> next = out[node];
      if (both) next.insert(in[node].begin(), in[node].end());
      for (const int other : next) {
        if (known.emplace(other, known[node] + 1).second) queue.push(other);
      }
    }
    return -1;
  }

  std::map<int, std::set<int>> out;
  std::map<int, std::set<int>> in;
};

TEST(Paths, of_random_graphs_are_as_short_as_can_be) {
  Random random;
  const auto store = graph_store();
  RandomGraph graph(*store, random, 60, 90);
  for (int i = 0; i < 100; ++i) {
    const int from = static_cast<int>(random.below(60));
    const int to = static_cast<int>(random.below(60));
    const bool both = random.one_in(2);
    const std::string query = "{\"from\": \"n" + std::to_string(from) + "\", \"to\": \"n" +
                              std::to_string(to) + "\", \"max_hops\": 60, \"direction\": \"" +
                              (both ? "both" : "out") + "\"}";
    const int expected = graph.distance(from, to, both);
    auto found = path(*store, query);
    if (expected < 0) {
      EXPECT_EQ(found.code(), Code::kNotFound) << query;
    } else {
      EXPECT_EQ(parsed(std::move(found))["hops"], expected) << query;
    }
  }
}

TEST(Walks, see_the_same_whether_links_are_in_ram_or_read_as_they_come) {
  Random random;
  const TempFolder folder;
  const auto store = graph_store(folder.file());
  RandomGraph graph(*store, random, 3000, 6000);
  Texts before;
  for (int round = 0; round < 3; ++round) {
    Texts answers;
    for (int i = 0; i < 3000; i += 100) {
      answers.push_back(spread(*store, "{\"seeds\": [\"n" + std::to_string(i) +
                                           "\"], \"hops\": 6, \"threshold\": 0, \"limit\": 500, "
                                           "\"max_nodes\": 2000}")
                            .dump());
    }
    // After the first round all links were read in one pass.
    if (round > 0) {
      EXPECT_EQ(answers, before);
    }
    before = std::move(answers);
  }
}

TEST(Export, draws_what_lies_around) {
  const auto store = graph_store();
  must_put(*store, R"({"id": "a", "content": "She said \"tea\"", "type": "fact"})");
  link_items(*store, {"a-b", "b-c", "c-d"});
  must(put_links(*store, Scope(), R"([{"source": "a", "target": {"concept": "drinks"}}])"));
  Control control;
  const auto drawn = [&](std::string_view query) {
    return must(store->export_graph(Scope(), must(GraphExport::parse(query)), control));
  };
  const Json around = Json::parse(drawn(R"({"around": ["a"], "hops": 2})"));
  EXPECT_EQ(ids_in(around["nodes"]), (Texts{"a", "#drinks", "b", "c"}));
  EXPECT_EQ(around["nodes"][0]["label"], "She said \"tea\"");
  EXPECT_EQ(around["links"].size(), 3u);
  const Json all = Json::parse(drawn("{}"));
  EXPECT_EQ(all["nodes"].size(), 5u);
  EXPECT_EQ(all["links"].size(), 4u);
  EXPECT_EQ(Json::parse(drawn(R"({"max_nodes": 2})"))["truncated"], true);
  const std::string dot = drawn(R"({"format": "dot", "around": ["a"], "hops": 1})");
  EXPECT_EQ(dot,
            "digraph memtier {\n"
            "  n1 [label=\"She said \\\"tea\\\"\", tooltip=\"a\", shape=box];\n"
            "  n2 [label=\"drinks\", tooltip=\"drinks\", shape=ellipse];\n"
            "  n3 [label=\"b\", tooltip=\"b\", shape=box];\n"
            "  n1 -> n2 [label=\"related\", weight=1];\n"
            "  n1 -> n3 [label=\"related\", weight=1];\n}\n");
}

}  // namespace
}  // namespace memtier::testing
