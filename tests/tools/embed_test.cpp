// embed: vectors of texts; and searching by meaning.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class EmbedCommand : public ToolTest {};

TEST_F(EmbedCommand, MakesVectorsOfTexts) {
  const json result = json_of({"embed", "green tea", "", "--json"});
  EXPECT_EQ(result["embedder"], "embedder-en");
  EXPECT_EQ(result["dimension"], 256);
  ASSERT_EQ(result["vectors"].size(), 2U);
  EXPECT_EQ(result["vectors"][0]["text"], "green tea");
  EXPECT_EQ(result["vectors"][0]["vector"].size(), 256U);
  EXPECT_EQ(result["vectors"][1]["vector"][0], 0.0);
  const std::string table = out_of({"embed", "green tea", "an invoice"});
  EXPECT_THAT(table, HasSubstr("1.000"));
  EXPECT_THAT(table, HasSubstr("an invoice"));
}

TEST_F(EmbedCommand, MakesWhatTheStoreLacks) {
  put("a", "green tea");
  EXPECT_EQ(tool({"embed", "--missing"}).exit_code, 0);
  EXPECT_EQ(json_of({"embed", "--missing"}), (json{{"embedded", 0}}));
  EXPECT_EQ(tool({"embed"}).exit_code, kUsage);
  EXPECT_EQ(tool({"embed", "x", "--missing"}).exit_code, kUsage);
}

TEST_F(EmbedCommand, SearchFindsByMeaning) {
  put("walk", "I love hiking in the mountains");
  put("bill", "The invoice was paid in March");
  const json hits = json_of({"search", "trekking outdoors", "--meaning", "--limit", "1"})["hits"];
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0]["id"], "walk");
}

}  // namespace
}  // namespace memtier::testing
