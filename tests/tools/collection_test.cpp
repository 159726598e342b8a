// collection: made, listed and dropped; items copied and moved.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class CollectionCommand : public ToolTest {};

TEST_F(CollectionCommand, MakesListsAndDropsCollections) {
  EXPECT_EQ(out_of({"collection", "create", "team", "--description", "what all know"}),
            "collection team is there\n");
  const json team = json_of({"collection", "list"})["collections"][0];
  EXPECT_EQ(team["name"], "team");
  EXPECT_EQ(team["description"], "what all know");
  EXPECT_EQ(team["items"], 0);
  EXPECT_THAT(out_of({"collection", "list"}), AllOf(HasSubstr("NAME"), HasSubstr("what all know")));
  EXPECT_EQ(tool({"collection", "create", "team"}).exit_code, kConflict);
  EXPECT_EQ(json_of({"collection", "drop", "team"})["deleted"], 0);
  EXPECT_EQ(tool({"collection", "drop", "team"}).exit_code, kNotFound);
}

TEST_F(CollectionCommand, CopiesAndMovesItems) {
  put("a", "tea", {"--user", "ada", "--tag", "shared"});
  put("b", "rain", {"--user", "ada"});
  put("c", "mud", {"--user", "eve"});
  const Arguments copy{"collection",           "copy", "team", "--user", "ada", "--filter",
                       R"({"tags": "shared"})"};
  EXPECT_EQ(json_of(copy)["copied"], 1);
  EXPECT_EQ(ids_of(json_of({"list", "--collection", "team"})["items"]),
            std::vector<std::string>{"a"});
  EXPECT_EQ(json_of({"collection", "copy", "team", "--user", "ada", "--keep"})["copied"], 1);
  EXPECT_EQ(json_of({"collection", "move", "default", "--collection", "team", "--keep"})["moved"],
            0);
  EXPECT_EQ(json_of({"collection", "move", "old", "--collection", "team"})["moved"], 2);
  EXPECT_EQ(json_of({"list", "--collection", "team"})["items"].size(), 0U);
  const json all = json_of({"collection", "list", "--user", "eve"})["collections"];
  EXPECT_EQ(all.size(), 0U) << "they hold nothing of hers";
}

TEST_F(CollectionCommand, DropsItemsOnlyWhereThatIsMeant) {
  put("a", "tea", {"--collection", "team"});
  const Outcome refused = tool({"collection", "drop", "team"});
  EXPECT_EQ(refused.exit_code, kConflict);
  EXPECT_THAT(refused.err, HasSubstr("holds 1 items"));
  EXPECT_EQ(tool({"collection", "drop", "team", "--with-items"}).exit_code, kUsage);
  EXPECT_EQ(json_of({"collection", "drop", "team", "--with-items", "--yes"})["deleted"], 1);
}

TEST_F(CollectionCommand, SaysWhatIsWrong) {
  put("a", "tea");
  EXPECT_EQ(tool({"collection"}).exit_code, kUsage);
  EXPECT_EQ(tool({"collection", "create", "*"}).exit_code, kUsage);
  EXPECT_EQ(tool({"collection", "drop", "default", "--with-items"}).exit_code, kUsage);
  EXPECT_EQ(tool({"collection", "copy", "default"}).exit_code, kUsage);
  EXPECT_EQ(tool({"collection", "copy", "x", "--collection", "*"}).exit_code, kUsage);
}

}  // namespace
}  // namespace memtier::testing
