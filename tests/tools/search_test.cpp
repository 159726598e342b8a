// search, list and count: finding items.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

using Ids = std::vector<std::string>;

class SearchCommand : public ToolTest {
 protected:
  void SetUp() override {
    put("tea", "Ada likes green tea", {"--type", "fact", "--importance", "0.9", "--user", "ada"});
    put("coffee", "Ben likes coffee with milk", {"--user", "ben"});
    put("rent", "The rent of the flat is due on Friday", {"--user", "ada"});
  }

  Ids found(Arguments arguments) const {
    arguments.insert(arguments.begin(), "search");
    return ids_of(json_of(arguments).at("hits"));
  }
};

class ListCommand : public ToolTest {
 protected:
  // Item 1 is the oldest.
  void put_numbered(int count) const {
    std::string lines;
    for (int i = 1; i <= count; ++i) {
      lines += json{{"id", "i" + std::to_string(i)},
                    {"text", "turn"},
                    {"time", 1700000000 + i},
                    {"metadata", {{"place", i % 3}}}}
                   .dump() +
               "\n";
    }
    out_of({"import", "-"}, lines);
  }
};

class CountCommand : public ToolTest {};

TEST_F(SearchCommand, ranks_by_weights_context_and_diversity) {
  put("green", "green tea", {"--importance", "0.1", "--tag", "garden"});
  EXPECT_EQ(found({"tea", "--weight", "importance=5", "--limit", "1"}), Ids{"tea"});
  EXPECT_EQ(found({"tea", "--context", R"({"tags":["garden"]})", "--limit", "1"}), Ids{"green"});
  EXPECT_EQ(found({"tea", "--diversity", "0.5"}).size(), 2u);
  EXPECT_EQ(found({"tea", "--weight", "importance=0", "--weight", "recency=0"}).size(), 2u);
  const Outcome no_number = tool({"search", "tea", "--weight", "recency"});
  EXPECT_EQ(no_number.exit_code, 2);
  const Outcome no_signal = tool({"search", "tea", "--weight", "luck=1"});
  EXPECT_NE(no_signal.exit_code, 0);
  EXPECT_NE(no_signal.err.find("luck"), std::string::npos);
}

TEST_F(SearchCommand, FindsTheWordsOfTheTokenizerThatTheStoreWasMadeWith) {
  const Arguments in_cjk{"--store", file("cjk.mem")};
  const auto with_store = [&](Arguments arguments) {
    arguments.insert(arguments.end(), in_cjk.begin(), in_cjk.end());
    return arguments;
  };
  out_of(
      with_store({"put", "\u6211\u559c\u6b22\u7eff\u8336", "--id", "tea", "--tokenizer", "cjk"}));
  out_of(with_store({"put", "drinks"}));
  EXPECT_EQ(found(with_store({"\u7eff\u8336"})), Ids{"tea"});
  EXPECT_EQ(found(with_store({"drink"})), Ids{});  // no stems but with english
  EXPECT_EQ(tool(with_store({"count", "--tokenizer", "english"})).exit_code, kConflict);
  const Outcome unknown = tool({"--store", file("b.mem"), "--tokenizer", "klingon", "put", "a"});
  EXPECT_EQ(unknown.exit_code, kUsage);
  EXPECT_THAT(unknown.err, HasSubstr("klingon"));
}

TEST_F(SearchCommand, PrintsHitsAsProgramsExpectThem) {
  const json result = json_of({"search", "what does Ada like?", "--limit", "10", "--filter",
                               R"({"importance": {"$gte": 0.8}})"});
  ASSERT_EQ(result.size(), 1U);
  const json& hits = result.at("hits");
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0]["id"], "tea");
  EXPECT_TRUE(hits[0]["score"].is_number());
  EXPECT_GT(hits[0]["score"], 0);
  EXPECT_EQ(hits[0]["tier"], "working");
  EXPECT_EQ(hits[0]["content"], "Ada likes green tea");
  EXPECT_EQ(hits[0]["type"], "fact");
  EXPECT_FALSE(hits[0].contains("snippet"));
}

TEST_F(SearchCommand, PrintsIdScoreAndTierFirstOfAll) {
  EXPECT_TRUE(
      out_of({"search", "coffee", "--json"}).starts_with(R"({"hits":[{"id":"coffee","score":)"));
}

TEST_F(SearchCommand, OrdersTheBestFirst) {
  const json hits = json_of({"search", "likes tea"})["hits"];
  ASSERT_EQ(ids_of(hits), (Ids{"tea", "coffee"}));
  EXPECT_GT(hits[0]["score"], hits[1]["score"]);
}

TEST_F(SearchCommand, TakesWordsAsSeveralArguments) {
  EXPECT_EQ(found({"green", "tea"}), Ids{"tea"});
}

TEST_F(SearchCommand, RespectsItsOptions) {
  EXPECT_EQ(found({"likes", "--limit", "1"}).size(), 1U);
  EXPECT_EQ(found({"likes tea", "--skip", "1"}), Ids{"coffee"});
  EXPECT_EQ(found({"likes tea", "--match", "all"}), Ids{"tea"});
  EXPECT_EQ(found({"likes", "--user", "ben"}), Ids{"coffee"});
  EXPECT_EQ(found({"\"likes coffee\""}), Ids{"coffee"});
  EXPECT_EQ(found({"--", "likes", "-tea"}), Ids{"coffee"});
  EXPECT_EQ(found({"--syntax", "boolean", "(green OR flat) NOT rent"}), Ids{"tea"});
  EXPECT_EQ(found({}).size(), 3U);
}

TEST_F(SearchCommand, ShowsPassagesAndReasonsWhereAsked) {
  const json result = json_of({"search", "coffee", "--snippets", "--explain"});
  EXPECT_EQ(result["hits"][0]["snippet"], "Ben likes **coffee** with milk");
  EXPECT_TRUE(result["explain"].is_object());
}

TEST_F(SearchCommand, HasACommandThatExplainsLists) {
  const json result = json_of({"explain", "--filter", R"({"user": "ben"})", "--limit", "1"});
  EXPECT_EQ(result["list"]["items"], 1);
  EXPECT_TRUE(result["list"]["why"].is_string());
  EXPECT_EQ(result["count"]["count"], 1);
}

TEST_F(SearchCommand, FindsNothingWithoutFailing) {
  EXPECT_EQ(json_of({"search", "zeppelin"}), (json{{"hits", json::array()}}));
  EXPECT_EQ(out_of({"search", "zeppelin"}), "");
}

TEST_F(SearchCommand, ShowsATableToPeople) {
  const std::string table = out_of({"search", "coffee"});
  EXPECT_TRUE(table.starts_with("SCORE  TIER ")) << table;
  EXPECT_TRUE(table.ends_with("  coffee  Ben likes coffee with milk\n")) << table;
}

TEST_F(SearchCommand, NamesWhatIsWrong) {
  const std::vector<std::pair<Arguments, std::string>> cases{
      {{"--filter", "{bad"}, "--filter"},
      {{"--filter", R"({"importance": {"$about": 1}})"}, "$about"},
      {{"--limit", "0"}, "limit"},
      {{"--limit", "10001"}, "limit"},
      {{"--limit", "ten"}, "--limit"},
      {{"--limit", "1", "--limit", "2"}, "twice"},
      {{"--syntax", "sql"}, "natural|boolean"},
      {{"--syntax", "boolean", "(tea"}, "query"},
      {{"--syntax", "boolean", "--match", "all", "tea"}, "match"},
  };
  for (const auto& [arguments, named] : cases) {
    Arguments all{"search", "--json"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Outcome refused = tool(all);
    EXPECT_EQ(refused.exit_code, kUsage) << arguments.back();
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.error()["message"].get<std::string>(), HasSubstr(named));
  }
}

TEST_F(ListCommand, ShowsTheNewestFirst) {
  put_numbered(3);
  const json result = json_of({"list"});
  EXPECT_EQ(ids_of(result["items"]), (Ids{"i3", "i2", "i1"}));
  EXPECT_TRUE(result["after"].is_null());
  const std::string table = out_of({"list"});
  EXPECT_LT(table.find("i3"), table.find("i1"));
}

TEST_F(ListCommand, FiltersAndOrders) {
  put_numbered(7);
  EXPECT_EQ(ids_of(json_of({"list", "--filter", R"({"metadata.place": 0})"})["items"]),
            (Ids{"i6", "i3"}));
  EXPECT_EQ(ids_of(json_of({"list", "--ascending", "--skip", "1", "--limit", "2"})["items"]),
            (Ids{"i2", "i3"}));
  EXPECT_EQ(
      ids_of(json_of({"list", "--order-by", "metadata.place", "--limit", "2"})["items"]).size(),
      2U);
}

TEST_F(ListCommand, GoesOnWhereItEnded) {
  put_numbered(5);
  const json first = json_of({"list", "--limit", "3"});
  EXPECT_EQ(ids_of(first["items"]), (Ids{"i5", "i4", "i3"}));
  const json second = json_of({"list", "--limit", "3", "--after", first["after"]});
  EXPECT_EQ(ids_of(second["items"]), (Ids{"i2", "i1"}));
  EXPECT_TRUE(second["after"].is_null());
}

TEST_F(ListCommand, ShowsTwentyOrAll) {
  put_numbered(1200);  // several of its pages
  EXPECT_EQ(json_of({"list"})["items"].size(), 20U);
  EXPECT_EQ(json_of({"list", "--limit", "0"})["items"].size(), 1200U);
}

TEST_F(ListCommand, IsEmptyForAnEmptyStore) {
  EXPECT_EQ(out_of({"import", "-"}), "imported 0 items\n");
  EXPECT_EQ(json_of({"list"}), json::parse(R"({"items": [], "after": null})"));
  EXPECT_EQ(out_of({"list"}), "");
}

TEST_F(ListCommand, NamesWhatIsWrong) {
  put_numbered(1);
  EXPECT_EQ(tool({"list", "--limit", "-1"}).exit_code, kUsage);
  EXPECT_EQ(tool({"list", "--skip", "-1"}).exit_code, kUsage);
  EXPECT_EQ(tool({"list", "--order-by", "content"}).exit_code, kUsage);
  EXPECT_EQ(tool({"list", "--after", "there"}).exit_code, kUsage);
  EXPECT_EQ(tool({"list", "--filter", R"({"colour": 1})"}).exit_code, kUsage);
}

TEST_F(CountCommand, CountsWhatAFilterMatches) {
  put("a", "1", {"--type", "fact"});
  put("b", "2", {"--user", "ada"});
  put("c", "3", {"--collection", "other"});
  EXPECT_EQ(out_of({"count"}), "2\n");
  EXPECT_EQ(json_of({"count"}), (json{{"count", 2}}));
  EXPECT_EQ(out_of({"count", "--filter", R"({"type": "fact"})"}), "1\n");
  EXPECT_EQ(out_of({"count", "--user", "ada"}), "1\n");
  EXPECT_EQ(out_of({"count", "--collection", "*"}), "3\n");
  EXPECT_EQ(tool({"count", "--filter", "{"}).exit_code, kUsage);
}

}  // namespace
}  // namespace memtier::testing
