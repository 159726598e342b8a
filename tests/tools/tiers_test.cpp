// tiers, optimize, sweep and stats: where items lie, and how time moves them.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

constexpr const char* kStart = "2026-05-01T09:00:00Z";
constexpr const char* kNextWeek = "2026-05-08T09:00:00Z";

class TiersCommand : public ToolTest {};
class OptimizeCommand : public ToolTest {};
class SweepCommand : public ToolTest {};
class StatsCommand : public ToolTest {};

TEST_F(TiersCommand, ListsTheLadder) {
  put("x", "text");
  const json tiers = json_of({"tiers"})["tiers"];
  ASSERT_EQ(tiers.size(), 4U);
  EXPECT_EQ(tiers[0]["name"], "working");
  EXPECT_EQ(tiers[0]["medium"], "ram");
  EXPECT_EQ(tiers[0]["item_count"], 1);
  EXPECT_EQ(tiers[0]["capacity_items"], 100);
  EXPECT_EQ(tiers[3]["medium"], "archive");
  EXPECT_EQ(json_of({"tiers", "list"})["tiers"].size(), 4U);
  const std::string table = out_of({"tiers"});
  EXPECT_TRUE(table.starts_with("TIER ")) << table;
  EXPECT_THAT(table, AllOf(HasSubstr("\nworking "), HasSubstr("\narchive ")));
}

TEST_F(TiersCommand, PrintsALadderThatANewStoreTakes) {
  put("x", "text", {"--ladder", "six"});
  write_file(file("ladder.json"), out_of({"tiers", "ladder"}));
  const Arguments in_copy{"--store", file("copy.mem"), "--ladder", file("ladder.json")};
  Arguments first = in_copy;
  first.insert(first.end(), {"put", "text"});
  out_of(first);
  EXPECT_EQ(out_of({"tiers", "ladder", "--store", file("copy.mem")}),
            read_file(file("ladder.json")));
  EXPECT_EQ(tool({"count", "--ladder", "three"}).exit_code, kConflict);
  const Outcome no_file = tool({"--store", file("b.mem"), "--ladder", file("no.json"), "put", "a"});
  EXPECT_EQ(no_file.exit_code, kNotFound);
  EXPECT_EQ(tool({"--store", file("b.mem"), "--ladder", "ten", "put", "a"}).exit_code, kUsage);
}

TEST_F(TiersCommand, MovesByHandAndLogsIt) {
  put("x", "text", {"--now", kStart});
  EXPECT_EQ(out_of({"tiers", "move", "x", "archive", "--now", kNextWeek}), "moved to archive\n");
  EXPECT_EQ(json_of({"get", "x"})["tier"], "archive");
  const json log = json_of({"tiers", "log", "x"})["transitions"];
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0]["id"], "x");
  EXPECT_EQ(log[0]["from_tier"], "working");
  EXPECT_EQ(log[0]["to_tier"], "archive");
  EXPECT_EQ(log[0]["reason"], "manual");
  EXPECT_EQ(log[0]["time_us"], 1778230800000000);
  EXPECT_THAT(out_of({"tiers", "log"}), HasSubstr("2026-05-08 09:00:00  working  archive  manual"));
  EXPECT_EQ(json_of({"tiers", "log", "--since", "2026-06-01"})["transitions"].size(), 0U);
  EXPECT_EQ(json_of({"tiers", "move", "x", "working"}), (json{{"id", "x"}, {"tier", "working"}}));
  EXPECT_EQ(json_of({"tiers", "log", "--limit", "1"})["transitions"].size(), 1U);
}

TEST_F(TiersCommand, NamesWhatIsNotThere) {
  put("x", "text");
  EXPECT_EQ(tool({"tiers", "move", "x", "attic"}).exit_code, kNotFound);
  EXPECT_EQ(tool({"tiers", "move", "nothing", "archive"}).exit_code, kNotFound);
  EXPECT_EQ(tool({"tiers", "move", "x"}).exit_code, kUsage);
  EXPECT_EQ(tool({"tiers", "attic"}).exit_code, kUsage);
  EXPECT_EQ(tool({"tiers", "clear", "attic", "--yes"}).exit_code, kNotFound);
}

TEST_F(TiersCommand, ClearsTheTiersThatAreNamed) {
  put("a", "1");
  put("b", "2", {"--tier", "long_term", "--pin"});
  put("c", "3", {"--tier", "archive"});
  EXPECT_EQ(tool({"tiers", "clear", "working"}).exit_code, kUsage);  // nobody can be asked
  EXPECT_EQ(tool({"tiers", "clear"}).exit_code, kUsage);
  EXPECT_EQ(json_of({"tiers", "clear", "working", "long_term", "--yes"}), (json{{"deleted", 2}}));
  EXPECT_EQ(ids_of(json_of({"list"})["items"]), std::vector<std::string>{"c"});
  EXPECT_EQ(out_of({"tiers", "clear", "--all", "--yes"}), "deleted 1 item\n");
}

TEST_F(TiersCommand, FollowReadsOfWhatIsImportant) {
  put("x", "text", {"--tier", "archive", "--importance", "0.9"});
  out_of({"get", "x"});
  EXPECT_EQ(json_of({"list"})["items"][0]["tier"], "long_term");
  EXPECT_EQ(json_of({"tiers", "log"})["transitions"][0]["reason"], "importance");
}

TEST_F(OptimizeCommand, MovesDownWhatLaysIdle) {
  put("x", "text", {"--now", kStart});
  EXPECT_EQ(out_of({"optimize", "--now", kStart}), "demoted 0 items\n");
  EXPECT_EQ(out_of({"optimize", "--now", kNextWeek}), "demoted 1 item: 1 from working\n");
  const json second = json_of({"optimize", "--now", kNextWeek});
  EXPECT_EQ(second["demoted"], 1);
  EXPECT_EQ(second["by_tier"]["short_term"], 1);
  EXPECT_EQ(second["by_tier"]["working"], 0);
  EXPECT_EQ(json_of({"list"})["items"][0]["tier"], "long_term");
}

TEST_F(SweepCommand, RemovesWhatHasExpired) {
  put("x", "text", {"--ttl", "1d12h", "--now", kStart});
  put("y", "text", {"--now", kStart});
  EXPECT_EQ(out_of({"count", "--now", "2026-05-02T20:59:00Z"}), "2\n");
  EXPECT_EQ(out_of({"count", "--now", "2026-05-02T21:01:00Z"}), "1\n");
  EXPECT_EQ(tool({"get", "x", "--now", kNextWeek}).exit_code, kNotFound);
  EXPECT_EQ(json_of({"sweep", "--now", kNextWeek}), (json{{"removed", 1}}));
  EXPECT_EQ(out_of({"sweep", "--now", kNextWeek}), "removed 0 items\n");
}

TEST_F(SweepCommand, IsAPartOfMaintain) {
  put("x", "text", {"--ttl", "1d", "--now", kStart});
  put("y", "text", {"--now", kStart});
  json report = json_of({"maintain", "--job", "expire", "--now", kNextWeek});
  EXPECT_EQ(report["total"], 1);
  EXPECT_EQ(report["jobs"].size(), 1U);
  EXPECT_THAT(out_of({"maintain", "--budget", "1h", "--now", kNextWeek}),
              AllOf(HasSubstr("ITEMS"), HasSubstr("demote"), HasSubstr("archive_rules")));
  EXPECT_EQ(json_of({"list", "--now", kNextWeek})["items"][0]["tier"], "short_term");
  EXPECT_THAT(tool({"maintain", "--job", "dream"}).err, HasSubstr("dream"));
  EXPECT_THAT(tool({"maintain", "--budget", "soon"}).err, HasSubstr("--budget"));
}

TEST_F(SweepCommand, ConsolidatesInMaintainWhereItIsTold) {
  put("x", "text");
  EXPECT_EQ(json_of({"maintain", "--job", "consolidate"})["total"], 0);
  EXPECT_EQ(json_of({"maintain", "--job", "consolidate", "--consolidation", "{}"})["total"], 1);
  EXPECT_THAT(tool({"maintain", "--consolidation", "{\"x\": 1}"}).err, HasSubstr("\"x\""));
}

TEST_F(TiersCommand, GetAnotherLadder) {
  put("x", "text", {"--tier", "archive"});
  EXPECT_EQ(tool({"--ladder", "three", "list"}).exit_code, kConflict);
  EXPECT_EQ(json_of({"--ladder", "three", "--change-ladder", "list"})["items"][0]["tier"],
            "external");
  EXPECT_EQ(json_of({"list"})["items"][0]["tier"], "external");
}

TEST_F(SweepCommand, ConsolidatesAndCompresses) {
  put("x", "text", {"--importance", "0.9"});
  put("y", "text", {"--importance", "0.1"});
  EXPECT_THAT(out_of({"consolidate", "--dry-run", "--min-score", "1"}),
              HasSubstr("would move 1 item from working to short_term"));
  EXPECT_EQ(json_of({"consolidate", "--min-score", "1"})["moved"], 1);
  EXPECT_EQ(json_of({"consolidate", "--filter", R"({"importance": {"$lt": 0.5}})"})["moved"], 1);
  EXPECT_THAT(out_of({"consolidate", "--min-fill", "0.5"}), HasSubstr("not full enough"));
  EXPECT_EQ(tool({"consolidate", "--from", "archive"}).exit_code, kUsage);
  EXPECT_EQ(tool({"consolidate", "--from", "dream"}).exit_code, kNotFound);
  EXPECT_EQ(json_of({"compress", "--above", "0"})["matched"], 2);
  EXPECT_THAT(out_of({"compress"}), HasSubstr("compressed 0 items"));
}

TEST_F(StatsCommand, ShowsNumbers) {
  put("x", "text");
  put("y", "text", {"--tier", "archive"});
  const json numbers = json_of({"stats"});
  EXPECT_EQ(numbers["store"], store());
  EXPECT_EQ(numbers["item_count"], 2);
  EXPECT_GT(numbers["file_bytes"], 0);
  EXPECT_EQ(numbers["memory_limit_bytes"], 256 << 20);
  ASSERT_EQ(numbers["tiers"].size(), 4U);
  EXPECT_EQ(numbers["tiers"][3]["item_count"], 1);
  EXPECT_EQ(json_of({"stats", "--memory-limit", "64M"})["memory_limit_bytes"], 64 << 20);
  const std::string page = out_of({"stats"});
  EXPECT_THAT(page, AllOf(HasSubstr("items "), HasSubstr("\nTIER ")));
}

TEST_F(StatsCommand, WorksOnAnEmptyStore) {
  out_of({"import", "-"});
  EXPECT_EQ(json_of({"stats"})["item_count"], 0);
  EXPECT_THAT(out_of({"stats"}), HasSubstr("0, 0 B"));
}

}  // namespace
}  // namespace memtier::testing
