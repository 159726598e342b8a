// policy and archive: documents that are kept, listed, deleted and applied.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

constexpr const char* kFade =
    R"({"name": "fade", "condition": {"idle_days": {"$gt": 30}}, "action": "demote"})";

class PolicyCommand : public ToolTest {};

TEST_F(PolicyCommand, KeepsListsAndDeletes) {
  put("a", "text");
  EXPECT_EQ(out_of({"policy", "put", kFade}), "kept the policy\n");
  json names = json::array();
  const json listed = json_of({"policy", "list"});
  for (const json& policy : listed["entries"]) names.push_back(policy["name"]);
  EXPECT_EQ(names, (json{"archive_old_low_importance", "delete_ancient_archives", "fade",
                         "refresh_important"}));
  const std::string table = out_of({"policy", "list"});
  EXPECT_THAT(table, HasSubstr("demote"));
  EXPECT_EQ(json_of({"policy", "delete", "fade"}), (json{{"deleted", "fade"}}));
  EXPECT_EQ(tool({"policy", "delete", "fade"}).exit_code, kNotFound);
}

TEST_F(PolicyCommand, TriesAndApplies) {
  put("a", "text");
  out_of({"policy", "put", kFade});
  const Arguments later{"policy", "apply", "fade", "--now", "+31d"};
  Arguments dry = later;
  dry.push_back("--dry-run");
  EXPECT_EQ(json_of(dry)["total"], 1);
  EXPECT_EQ(json_of(dry)["total"], 1);
  EXPECT_EQ(json_of(later)["results"][0]["count"], 1);
  EXPECT_EQ(json_of({"get", "a"})["tier"], "short_term");
  EXPECT_THAT(out_of({"policy", "apply", "--dry-run"}), HasSubstr("refresh_important"));
}

TEST_F(PolicyCommand, ArchiveRulesAreLookedAfterLikewise) {
  put("a", "text", {"--tier", "long_term"});
  EXPECT_EQ(json_of({"archive", "list"})["entries"].size(), 3U);
  EXPECT_THAT(out_of({"archive", "list"}), HasSubstr("archive, level 7"));
  const json report = json_of({"archive", "apply", "--now", "+31d"});
  EXPECT_EQ(report["total"], 1);
  EXPECT_EQ(json_of({"get", "a"})["tier"], "archive");
  EXPECT_EQ(json_of({"archive", "delete", "unaccessed_old"})["deleted"], "unaccessed_old");
}

TEST_F(PolicyCommand, PacksAndRestores) {
  put("a", "green tea", {"--tier", "archive"});
  put("b", "black tea", {"--tier", "archive"});
  EXPECT_EQ(json_of({"archive", "pack"})["packed"], 2);
  EXPECT_EQ(json_of({"archive", "stats"})["items"], 2);
  EXPECT_THAT(out_of({"archive", "stats"}), HasSubstr("MONTH"));
  EXPECT_EQ(out_of({"restore", "a"}), "restored 1 item to short_term\n");
  EXPECT_EQ(json_of({"restore", "--filter", "{}", "--tier", "long_term"})["restored"], 1);
  EXPECT_EQ(json_of({"get", "b"})["content"], "black tea");
  EXPECT_EQ(tool({"restore"}).exit_code, kUsage);
}

TEST_F(PolicyCommand, ForgetsAScope) {
  put("a", "quokkas", {"--user", "ada"});
  put("b", "tea", {"--user", "bob"});
  EXPECT_EQ(tool({"forget", "--user", "ada"}).exit_code, kUsage);
  EXPECT_EQ(json_of({"forget", "--user", "ada", "--yes"})["items"], 1);
  EXPECT_EQ(out_of({"forget", "--user", "ada", "--yes"}), "forgot 0 items\n");
  EXPECT_EQ(tool({"get", "a"}).exit_code, kNotFound);
  EXPECT_EQ(json_of({"get", "b"})["content"], "tea");
  EXPECT_EQ(tool({"forget", "--yes"}).exit_code, kUsage);
}

TEST_F(PolicyCommand, SaysWhatIsWrong) {
  put("a", "text");
  const Outcome refused = tool({"policy", "put", R"({"name": "x", "action": "forget"})"});
  EXPECT_EQ(refused.exit_code, kUsage);
  EXPECT_THAT(refused.err, HasSubstr("\"action\" must be demote"));
  EXPECT_EQ(tool({"policy", "apply", "nobody"}).exit_code, kNotFound);
}

}  // namespace
}  // namespace memtier::testing
