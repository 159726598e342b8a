// link, concept, neighbours, path, spread and graph: associations.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class GraphCommands : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    for (const char* id : {"tea", "cup", "pot"}) put(id, std::string("the ") + id);
    out_of({"link", "put", "tea", "cup", "--kind", "in", "--weight", "0.5"});
    out_of({"link", "put", "cup", "pot"});
    out_of({"link", "put", "pot", "concept:kitchen"});
  }
};

TEST_F(GraphCommands, LinkMakesShowsAndDeletesLinks) {
  EXPECT_EQ(out_of({"link", "put", "tea", "concept:drinks", "--kind", "is_a"}),
            "linked tea with concept:drinks\n");
  const json links = json_of({"link", "list", "--from", "tea"})["links"];
  EXPECT_EQ(links.size(), 2U);
  const std::string table = out_of({"link", "list", "--to", "concept:drinks"});
  EXPECT_TRUE(table.starts_with("FROM ")) << table;
  EXPECT_THAT(table, HasSubstr("concept:drinks"));
  EXPECT_EQ(json_of({"link", "put", "tea", "cup", "--kind", "in", "--weight", "0.25",
                     "--strengthen"})["mode"],
            "strengthen");
  EXPECT_NEAR(json_of({"link", "list", "--to", "cup"})["links"][0]["weight"].get<double>(), 0.75,
              1e-4);
  EXPECT_EQ(json_of({"link", "delete", "--from", "tea"}), (json{{"deleted", 2}}));
}

TEST_F(GraphCommands, LinkSaysWhatIsWrong) {
  EXPECT_EQ(tool({"link", "put", "tea", "nobody"}).exit_code, kNotFound);
  EXPECT_EQ(tool({"link", "put", "tea", "cup", "--weight", "much"}).exit_code, kUsage);
  EXPECT_EQ(tool({"link", "put", "tea", "cup", "--weight", "0"}).exit_code, kUsage);
  EXPECT_EQ(tool({"link", "delete"}).exit_code, kUsage);
  EXPECT_EQ(tool({"link"}).exit_code, kUsage);
}

TEST_F(GraphCommands, ConceptMakesShowsAndDeletesConcepts) {
  out_of({"concept", "create", "drinks", "--description", "what is drunk"});
  EXPECT_EQ(tool({"concept", "create", "drinks"}).exit_code, kConflict);
  const json concepts = json_of({"concept", "list"})["concepts"];
  ASSERT_EQ(concepts.size(), 2U);
  EXPECT_EQ(concepts[0]["description"], "what is drunk");
  EXPECT_THAT(out_of({"concept", "list", "--prefix", "kit"}), HasSubstr("kitchen"));
  EXPECT_EQ(json_of({"concept", "delete", "kitchen"}), (json{{"deleted", "kitchen"}}));
  EXPECT_EQ(tool({"concept", "delete", "kitchen"}).exit_code, kNotFound);
}

TEST_F(GraphCommands, WalksGoAlongLinks) {
  const json neighbours = json_of({"neighbours", "cup"})["neighbours"];
  EXPECT_EQ(neighbours[0]["id"], "pot");
  EXPECT_EQ(neighbours[1]["direction"], "in");
  EXPECT_THAT(out_of({"neighbours", "cup", "--direction", "in"}), HasSubstr("<-"));
  const json path = json_of({"path", "tea", "concept:kitchen"});
  EXPECT_EQ(path["hops"], 3);
  EXPECT_THAT(out_of({"path", "tea", "pot", "--by", "strength"}), HasSubstr("pot"));
  EXPECT_EQ(tool({"path", "tea", "pot", "--max-hops", "1"}).exit_code, kNotFound);
  const json nodes = json_of({"spread", "tea", "--hops", "2", "--direction", "out"})["nodes"];
  EXPECT_EQ(ids_of(nodes), (std::vector<std::string>{"cup", "pot"}));
  EXPECT_THAT(out_of({"spread", "tea"}), HasSubstr("ACTIVATION"));
}

TEST_F(GraphCommands, GraphPrintsJsonOrADigraph) {
  EXPECT_EQ(json_of({"graph"})["links"].size(), 3U);
  EXPECT_EQ(json_of({"graph", "--around", "tea", "--hops", "1"})["nodes"].size(), 2U);
  EXPECT_THAT(out_of({"graph", "--dot"}),
              AllOf(HasSubstr("digraph memtier {"), HasSubstr("the tea")));
}

}  // namespace
}  // namespace memtier::testing
