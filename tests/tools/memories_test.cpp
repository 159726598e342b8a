// knowledge, episode and record: what is believed, what happened, what an agent did.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

using Texts = std::vector<std::string>;

class MemoriesCommand : public ToolTest {
 protected:
  static Texts contents(const json& items) {
    Texts texts;
    for (const json& item : items) texts.push_back(item.at("content"));
    return texts;
  }
};

TEST_F(MemoriesCommand, KeepsWhatIsBelievedAndWhatWas) {
  EXPECT_EQ(out_of({"knowledge", "put", "--subject", "Ada", "--attribute", "lives in", "--value",
                    "Rome", "--id", "home", "--tag", "place", "--from", "2020-01-01"}),
            "home\n");
  EXPECT_EQ(tool({"knowledge", "put", "again", "--id", "home"}).exit_code, kConflict);
  const json updated = json_of({"knowledge", "update", "home", "--value", "Bari", "--source",
                                "herself", "--from", "2024-05-01", "--expect-version", "1"});
  EXPECT_EQ(updated["content"], "Ada lives in Bari");
  EXPECT_EQ(updated["metadata"]["source"], "herself");
  EXPECT_EQ(updated["tags"], json({"place"}));
  EXPECT_EQ(tool({"knowledge", "update", "home", "nowhere", "--value", "", "--expect-version", "1"})
                .exit_code,
            kConflict);
  const json beliefs = json_of({"knowledge", "history", "home"})["beliefs"];
  EXPECT_EQ(contents(beliefs), (Texts{"Ada lives in Rome", "Ada lives in Bari"}));
  EXPECT_EQ(beliefs[0]["metadata"]["valid_until_us"], 1714521600000000);
  EXPECT_THAT(out_of({"knowledge", "history", "home"}), HasSubstr("Ada lives in Rome"));
}

TEST_F(MemoriesCommand, ShowsContradictions) {
  const auto believe = [this](const std::string& value) {
    out_of({"knowledge", "put", "--subject", "Ada", "--attribute", "drinks", "--value", value});
  };
  believe("tea");
  EXPECT_EQ(json_of({"knowledge", "contradictions"})["contradictions"], json::array());
  believe("rum");
  const json pairs = json_of({"knowledge", "contradictions"})["contradictions"];
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0]["items"][0]["value"], "tea");
  EXPECT_THAT(out_of({"knowledge", "contradictions"}),
              AllOf(HasSubstr("drinks"), HasSubstr("tea ("), HasSubstr("rum (")));
}

TEST_F(MemoriesCommand, TellsWhatHappenedAroundThen) {
  const json storm =
      json_of({"episode", "put", "the ferry did not sail", "--location", "Bari", "--participant",
               "Ada", "--participant", "Tom", "--emotion", "fear=0.6", "--emotion", "joy",
               "--started", "2025-08-10T08:00", "--ended", "2025-08-10T20:00", "--id", "storm"});
  EXPECT_EQ(storm["metadata"]["emotions"], json({{"fear", 0.6}, {"joy", 1}}));
  EXPECT_EQ(storm["metadata"]["participants"], json({"Ada", "Tom"}));
  put("note", "a note", {"--created", "2025-08-10T21:00"});
  EXPECT_EQ(contents(json_of({"episode", "around", "2025-08-10T12:00"})["items"]),
            Texts{"the ferry did not sail"});
  EXPECT_EQ(contents(json_of({"episode", "around", "--id", "storm"})["items"]), Texts{"a note"});
  EXPECT_EQ(contents(json_of({"episode", "around", "--id", "storm", "--within", "10m"})["items"]),
            Texts{});
  EXPECT_EQ(tool({"episode", "put", "x", "--emotion", "joy=2"}).exit_code, kUsage);
  EXPECT_EQ(tool({"episode", "around", "--id", "none"}).exit_code, kNotFound);
}

TEST_F(MemoriesCommand, RecordsWhatWasDone) {
  const json run = json_of({"record", "weather", "--input", "Oslo", "--result", "-", "--duration",
                            "2s", "--agent", "planner"},
                           "snow until noon");
  EXPECT_EQ(run["type"], "run");
  EXPECT_EQ(run["content"], "snow until noon");
  EXPECT_EQ(run["metadata"]["duration_us"], 2000000);
  EXPECT_EQ(run["agent"], "planner");
  out_of({"record", "book", "--input", "a train", "--error", "no seats", "--id", "book"});
  out_of({"record", "ping", "--failed", "--id", "ping"});
  const json failed = json_of(
      {"list", "--filter", R"({"type": "run", "metadata.success": false})", "--order-by", "id"});
  EXPECT_EQ(failed["items"].size(), 2U);
  EXPECT_EQ(tool({"record", "x", "--result", "a", "--error", "b"}).exit_code, kUsage);
}

}  // namespace
}  // namespace memtier::testing
