// space: vector spaces; similar: items that are like one.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class SpaceCommand : public ToolTest {};

TEST_F(SpaceCommand, MakesListsMeasuresAndDropsSpaces) {
  put("a", "text");
  EXPECT_EQ(json_of({"space", "list"}), (json{{"spaces", json::array()}}));
  EXPECT_EQ(out_of({"space", "create", "s", "2"}), "space s of 2 dimensions\n");
  const json bytes{{"name", "b"}, {"dimension", 3}, {"metric", "dot"}, {"storage", "int8"}};
  EXPECT_EQ(json_of({"space", "create", "b", "3", "--metric", "dot", "--storage", "int8"}), bytes);
  EXPECT_EQ(json_of({"space", "list"})["spaces"][1]["name"], "s");
  const std::string table = out_of({"space", "list"});
  EXPECT_TRUE(table.starts_with("NAME ")) << table;
  EXPECT_THAT(table, HasSubstr("int8"));
  EXPECT_EQ(json_of({"space", "recall", "s"})["recall"], 1);
  EXPECT_THAT(out_of({"space", "recall", "s", "--samples", "5"}), HasSubstr("recall@10 1.0000"));
  EXPECT_EQ(json_of({"space", "drop", "s"}), (json{{"dropped", "s"}}));
  EXPECT_EQ(tool({"space", "drop", "s"}).exit_code, kNotFound);
}

TEST_F(SpaceCommand, RefusesWhatIsNoSpace) {
  put("a", "text");
  EXPECT_EQ(tool({"space", "create", "s", "1"}).exit_code, kUsage);
  EXPECT_EQ(tool({"space", "create", "s"}).exit_code, kUsage);
  EXPECT_EQ(tool({"space", "create", "s", "2", "--metric", "far"}).exit_code, kUsage);
  EXPECT_EQ(json_of({"space", "list"})["spaces"].size(), 0U);
}

TEST_F(SpaceCommand, FindsNothingLikeAnItemWithoutAVector) {
  put("a", "text");
  EXPECT_EQ(tool({"similar", "a"}).exit_code, kUsage);
  out_of({"space", "create", "s", "2"});
  const Outcome outcome = tool({"similar", "a"});
  EXPECT_EQ(outcome.exit_code, kNotFound);
  EXPECT_THAT(outcome.err, HasSubstr("has no vector in space \"s\""));
}

}  // namespace
}  // namespace memtier::testing
