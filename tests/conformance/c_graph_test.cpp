// graph.json through memtier.h alone.
#include <gtest/gtest.h>

#include "conformance/c_store.h"
#include "conformance/vectors.h"

namespace memtier::testing {
namespace {

using nlohmann::json;
using Texts = std::vector<std::string>;
using Question = memtier_status (*)(memtier_store*, const memtier_scope*, const char*, size_t,
                                    const memtier_control*, memtier_bytes**, memtier_error**);

constexpr int64_t kGraphTimeUs = 1'780'272'000'000'000;  // 2026-06-01T00:00:00Z, as the file says

json taken(memtier_bytes* bytes) {
  const std::string text(static_cast<const char*>(memtier_bytes_data(bytes)),
                         memtier_bytes_size(bytes));
  memtier_bytes_destroy(bytes);
  return json::parse(text);
}

std::string name_of(const json& node) {
  if (node.contains("concept")) return "#" + node["concept"].get<std::string>();
  return node["id"].get<std::string>();
}

Texts names_of(const json& nodes) {
  Texts names;
  for (const json& node : nodes) names.push_back(name_of(node));
  return names;
}

json names_in(const json& object) {
  json names = json::object();
  for (const char* key : {"app", "user", "agent", "session", "collection"}) {
    if (object.contains(key)) names[key] = object[key];
  }
  return names;
}

class CGraph : public ::testing::Test {
 protected:
  CGraph() : store_(":memory:", kGraphTimeUs) {
    for (const Document& item : load_list("graph.json", "items")) {
      (void)store_.put(names_in(item.value), item.text);
    }
    json links = json::array();
    for (const Document& link : load_list("graph.json", "links")) links.push_back(link.value);
    const std::string text = links.dump();
    check([&](memtier_error** error) {
      return memtier_link_put_many(store_.get(), nullptr, text.data(), text.size(), 0, nullptr,
                                   nullptr, error);
    });
  }

  json ask(Question question, const json& about, const json& scope) const {
    const ScopeHandle where = make_scope(scope);
    const std::string text = about.dump();
    memtier_bytes* bytes = nullptr;
    check([&](memtier_error** error) {
      return question(store_.get(), where.get(), text.data(), text.size(), nullptr, &bytes, error);
    });
    return taken(bytes);
  }

  // What a case finds.
  Texts run(const json& test) const {
    const json scope = test.value("scope", json::object());
    const std::string what = test["do"];
    json about = test;
    for (const char* key : {"about", "do", "scope", "ids", "activations", "status"}) {
      about.erase(key);
    }
    if (about.value("by_strength", false)) about["by"] = "strength";
    about.erase("by_strength");
    if (what == "neighbours") {
      return names_of(ask(memtier_graph_list_neighbours, about, scope)["neighbours"]);
    }
    if (what == "path") return names_of(ask(memtier_graph_find_path, about, scope)["nodes"]);
    if (what == "concepts") return names_of(ask(memtier_concept_list, about, scope)["concepts"]);
    if (what == "spread") {
      const json nodes = ask(memtier_graph_spread, about, scope)["nodes"];
      for (size_t i = 0; i < test.value("activations", json::array()).size(); ++i) {
        EXPECT_NEAR(nodes[i]["activation"].get<double>(), test["activations"][i].get<double>(),
                    1e-6);
      }
      return names_of(nodes);
    }
    if (what == "put") {
      const std::string text = test["link"].dump();
      check([&](memtier_error** error) {
        return memtier_link_put(store_.get(), nullptr, text.data(), text.size(), 0, error);
      });
      return {};
    }
    Texts arrows;
    const json listed = ask(memtier_link_list, about, scope);
    for (const json& link : listed["links"]) {
      arrows.push_back(name_of(link["source"]) + ">" + name_of(link["target"]));
    }
    return arrows;
  }

  CStore store_;
};

TEST_F(CGraph, finds_what_the_vectors_say) {
  size_t count = 0;
  for (const Document& test : load_list("graph.json", "cases")) {
    SCOPED_TRACE(label(test));
    ++count;
    const std::string status = test.value.value("status", "");
    try {
      EXPECT_EQ(run(test.value), test.value.value("ids", Texts()));
      EXPECT_EQ(status, "");
    } catch (const Failure& failure) {
      EXPECT_EQ(memtier_status_name(failure.status()), "MEMTIER_" + status) << failure.what();
    }
  }
  EXPECT_GE(count, 37U);
}

}  // namespace
}  // namespace memtier::testing
