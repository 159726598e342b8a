// index: indexes on paths into the metadata.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class IndexCommand : public ToolTest {
 protected:
  void put_city(const std::string& id, const std::string& city) {
    put(id, "text", {"--metadata", R"({"place": {"city": ")" + city + R"("}})"});
  }
};

TEST_F(IndexCommand, MakesAnIndexThatFiltersUse) {
  put_city("a", "Rome");
  put_city("b", "Bari");
  const Arguments explain{"explain", "--filter", R"({"metadata.place.city": "Rome"})"};
  EXPECT_NE(json_of(explain)["count"]["path"], "ix_custom");
  EXPECT_EQ(out_of({"index", "create", "city", "metadata.place.city"}),
            "index city on metadata.place.city is ready\n");
  EXPECT_EQ(json_of(explain)["count"]["by"], "index city");
  EXPECT_EQ(ids_of(json_of({"list", "--filter", explain[2]})["items"]),
            std::vector<std::string>{"a"});
}

TEST_F(IndexCommand, ListsIndexes) {
  put_city("a", "Rome");
  EXPECT_EQ(json_of({"index", "list"}), (json{{"indexes", json::array()}}));
  EXPECT_EQ(json_of({"index", "create", "city", "metadata.place.city"}),
            (json{{"name", "city"}, {"path", "metadata.place.city"}}));
  const json index = json_of({"index", "list"})["indexes"][0];
  EXPECT_EQ(index["name"], "city");
  EXPECT_EQ(index["path"], "metadata.place.city");
  EXPECT_EQ(index["state"], "ready");
  EXPECT_EQ(index["entries"], 1);
  const std::string table = out_of({"index", "list"});
  EXPECT_TRUE(table.starts_with("NAME ")) << table;
  EXPECT_THAT(table, HasSubstr("metadata.place.city"));
}

TEST_F(IndexCommand, DropsAnIndex) {
  put("a", "text");
  out_of({"index", "create", "city", "metadata.place.city"});
  EXPECT_EQ(json_of({"index", "drop", "city"}), (json{{"dropped", "city"}}));
  EXPECT_EQ(json_of({"index", "list"})["indexes"].size(), 0U);
  EXPECT_EQ(tool({"index", "drop", "city"}).exit_code, kNotFound);
}

TEST_F(IndexCommand, TakesThePathAsItIsWritten) {
  put("a", "text");
  for (const char* path : {"importance", "place.city", "metadata", "metadata.", ""}) {
    const Outcome refused = tool({"index", "create", "city", path});
    EXPECT_EQ(refused.exit_code, kUsage) << path;
    EXPECT_THAT(refused.err, HasSubstr("must be a path into the metadata, such as")) << path;
  }
  EXPECT_EQ(json_of({"index", "list"})["indexes"].size(), 0U);
}

TEST_F(IndexCommand, SaysWhatIsWrong) {
  put("a", "text");
  out_of({"index", "create", "city", "metadata.place.city"});
  const Outcome other = tool({"index", "create", "city", "metadata.place.town"});
  EXPECT_EQ(other.exit_code, kConflict);
  EXPECT_THAT(other.err, HasSubstr("metadata.place.city"));
  EXPECT_EQ(tool({"index"}).exit_code, kUsage);
  EXPECT_EQ(tool({"index", "create", "city"}).exit_code, kUsage);
  EXPECT_EQ(tool({"index", "create", "", "metadata.place"}).exit_code, kUsage);
}

}  // namespace
}  // namespace memtier::testing
