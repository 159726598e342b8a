// feedback: what was of use, and what is learned from it.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class FeedbackCommand : public ToolTest {};

TEST_F(FeedbackCommand, LearnsListsAndForgets) {
  put("green", "tea");
  put("black", "tea");
  EXPECT_EQ(tool({"feedback", "clear"}).exit_code, 0);
  EXPECT_EQ(out_of({"feedback", "add", "green"}), "noted\n");
  EXPECT_EQ(json_of({"feedback", "add", "black", "--value", "-0.5"})["items"][0]["value"], -0.5);
  EXPECT_EQ(json_of({"search", "tea"})["hits"][0]["id"], "green");
  EXPECT_EQ(json_of({"search", "tea", "--weight", "preference=0"})["hits"][0]["id"], "black");
  EXPECT_EQ(json_of({"feedback", "list"})["preferences"][0]["name"], "green");
  EXPECT_THAT(out_of({"feedback", "list"}), HasSubstr("green"));
  EXPECT_EQ(json_of({"feedback", "list", "--user", "ada"})["preferences"], json::array());
  EXPECT_EQ(json_of({"feedback", "clear"}), (json{{"cleared", true}}));
  EXPECT_EQ(json_of({"feedback", "list"})["preferences"], json::array());
}

TEST_F(FeedbackCommand, SaysWhatIsWrong) {
  put("a", "text");
  EXPECT_EQ(tool({"feedback", "add", "nobody"}).exit_code, kNotFound);
  EXPECT_EQ(tool({"feedback", "add", "a", "--value", "7"}).exit_code, kUsage);
  EXPECT_EQ(tool({"feedback", "add"}).exit_code, kUsage);
}

}  // namespace
}  // namespace memtier::testing
