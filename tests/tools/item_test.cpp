// put, get, update, delete and validate: one item at a time.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

using Ids = std::vector<std::string>;

class PutCommand : public ToolTest {};
class GetCommand : public ToolTest {};
class UpdateCommand : public ToolTest {};
class DeleteCommand : public ToolTest {};
class ValidateCommand : public ToolTest {};

TEST_F(PutCommand, PrintsTheIdThatItMade) {
  std::string id = out_of({"put", "Ada likes green tea"});
  ASSERT_TRUE(id.ends_with('\n'));
  id.pop_back();
  EXPECT_EQ(out_of({"get", id, "--content"}), "Ada likes green tea");
}

TEST_F(PutCommand, StoresEveryFieldThatItHasAnOptionFor) {
  const json item = json_of({"put",
                             "# Notes",
                             "--id",
                             "notes",
                             "--type",
                             "fact",
                             "--tag",
                             "a",
                             "--tag",
                             "[b,c]",
                             "--importance",
                             "0.75",
                             "--priority",
                             "-7",
                             "--metadata",
                             R"({"n": 1})",
                             "--tier",
                             "long_term",
                             "--created",
                             "2026-05-01",
                             "--expires",
                             "2099-01-01T00:00:00Z",
                             "--content-type",
                             "text/markdown",
                             "--user",
                             "ada",
                             "--session",
                             "s1"});
  EXPECT_EQ(item["id"], "notes");
  EXPECT_EQ(item["content"], "# Notes");
  EXPECT_EQ(item["type"], "fact");
  EXPECT_EQ(item["tags"], (json{"a", "[b,c]"}));
  EXPECT_EQ(item["importance"], 0.75);
  EXPECT_EQ(item["priority"], -7);
  EXPECT_EQ(item["metadata"], json::parse(R"({"n": 1})"));
  EXPECT_EQ(item["tier"], "long_term");
  EXPECT_EQ(item["created_us"], 1777593600000000);
  EXPECT_EQ(item["expires_us"], 4070908800000000);
  EXPECT_EQ(item["content_type"], "text/markdown");
  EXPECT_EQ(item["user"], "ada");
  EXPECT_EQ(item["session"], "s1");
  EXPECT_EQ(item["version"], 1);
}

TEST_F(PutCommand, ReplacesAnItemOfTheSameId) {
  put("x", "one");
  put("x", "two");
  EXPECT_EQ(out_of({"get", "x", "--content"}), "two");
  EXPECT_EQ(json_of({"get", "x"})["version"], 2);
}

TEST_F(PutCommand, StoresAnyBytesFromStandardInputAndFiles) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  EXPECT_EQ(out_of({"put", "-", "--id", "in"}, bytes), "in\n");
  write_file(file("bytes"), bytes);
  EXPECT_EQ(out_of({"put", "--file", file("bytes"), "--id", "file"}), "file\n");
  EXPECT_EQ(out_of({"get", "in", "--content"}), bytes);
  EXPECT_EQ(out_of({"get", "file", "--content"}), bytes);
  EXPECT_EQ(json_of({"get", "in"})["content_type"], "application/octet-stream");
}

TEST_F(PutCommand, StoresTextThatLooksLikeAnOptionBehindTwoDashes) {
  EXPECT_EQ(out_of({"put", "--id", "x", "--", "--json"}), "x\n");
  EXPECT_EQ(out_of({"get", "x", "--content"}), "--json");
}

TEST_F(PutCommand, CanInsistOnANewOrAnOldItem) {
  EXPECT_EQ(tool({"put", "a", "--id", "x", "--update-only"}).exit_code, kNotFound);
  put("x", "one", {"--create-only"});
  const Outcome second = tool({"put", "two", "--id", "x", "--create-only"});
  EXPECT_EQ(second.exit_code, kConflict);
  EXPECT_EQ(second.out, "");
  EXPECT_THAT(second.err, HasSubstr("\"x\""));
  put("x", "two", {"--update-only", "--expect-version", "1"});
  EXPECT_EQ(tool({"put", "three", "--id", "x", "--expect-version", "1"}).exit_code, kConflict);
  EXPECT_EQ(out_of({"get", "x", "--content"}), "two");
}

TEST_F(PutCommand, RefusesValuesThatAreNone) {
  put("x", "one");
  const std::vector<std::pair<Arguments, std::string>> cases{
      {{"--importance", "7"}, "importance"},
      {{"--importance", "much"}, "--importance"},
      {{"--priority", "99999999999999999999"}, "--priority"},
      {{"--priority", "0x10"}, "--priority"},
      {{"--priority", "1.5"}, "--priority"},
      {{"--metadata", "{bad"}, "metadata"},
      {{"--metadata", "[1]"}, "metadata"},
      {{"--ttl", "3"}, "--ttl"},
      {{"--expires", "yesterday"}, "--expires"},
      {{"--tag", "a\tb"}, "tag"},
      {{"--id", ""}, "id"},
      {{"--durability", "very"}, "--durability"},
  };
  for (const auto& [options, named] : cases) {
    Arguments arguments{"put", "text"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome refused = tool(arguments);
    EXPECT_EQ(refused.exit_code, kUsage) << options[0] << " " << options[1];
    EXPECT_THAT(refused.err, HasSubstr(named)) << options[0] << " " << options[1];
    EXPECT_EQ(refused.out, "");
  }
  EXPECT_EQ(out_of({"count"}), "1\n");
}

TEST_F(PutCommand, NeedsExactlyOneContent) {
  EXPECT_EQ(tool({"put"}).exit_code, kUsage);
  EXPECT_EQ(tool({"put", "a", "--file", file("b")}).exit_code, kUsage);
  EXPECT_EQ(tool({"put", "two", "words"}).exit_code, kUsage);
  EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(PutCommand, NamesAFileThatItCannotRead) {
  const Outcome missing = tool({"put", "--file", file("nothing")});
  EXPECT_EQ(missing.exit_code, kNotFound);
  EXPECT_THAT(missing.err, HasSubstr(file("nothing")));
  EXPECT_EQ(tool({"put", "--file", folder_path()}).exit_code, kFailed);
  EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(PutCommand, RefusesATierThatTheLadderDoesNotHave) {
  const Outcome refused = tool({"put", "a", "--tier", "attic"});
  EXPECT_EQ(refused.exit_code, kNotFound);
  EXPECT_THAT(refused.err, HasSubstr("attic"));
}

TEST_F(GetCommand, ShowsAnItemToPeople) {
  put("x", "first line\nsecond line", {"--tag", "t1", "--user", "ada", "--type", "fact"});
  const std::string page = out_of({"get", "x"});
  EXPECT_THAT(page, HasSubstr("id          x\n"));
  EXPECT_THAT(page, HasSubstr("tags        t1\n"));
  EXPECT_THAT(page, HasSubstr("scope       user ada\n"));
  EXPECT_TRUE(page.ends_with("\n\nfirst line\nsecond line\n")) << page;
}

TEST_F(GetCommand, CountsAsARead) {
  put("x", "text");
  out_of({"get", "x"});
  EXPECT_EQ(json_of({"get", "x"})["access_count"], 2);
  EXPECT_EQ(json_of({"list"})["items"][0]["access_count"], 2);
}

TEST_F(GetCommand, SaysWhatIsNotThere) {
  put("x", "text");
  const Outcome missing = tool({"get", "nothing"});
  EXPECT_EQ(missing.exit_code, kNotFound);
  EXPECT_EQ(missing.out, "");
  EXPECT_EQ(missing.err, "memtier: item \"nothing\" does not exist in this scope\n");
  const Outcome in_json = tool({"get", "nothing", "--json"});
  EXPECT_EQ(in_json.exit_code, kNotFound);
  EXPECT_EQ(in_json.out, "");
  EXPECT_EQ(in_json.error()["code"], "MEMTIER_NOT_FOUND");
}

TEST_F(GetCommand, CallsAnIdOfSeveralScopesAmbiguous) {
  put("x", "of ada", {"--user", "ada"});
  put("x", "of ben", {"--user", "ben"});
  EXPECT_EQ(tool({"get", "x"}).exit_code, kConflict);
  EXPECT_EQ(tool({"get", "x", "--json"}).error()["code"], "MEMTIER_AMBIGUOUS");
  EXPECT_EQ(out_of({"get", "x", "--content", "--user", "ben"}), "of ben");
  EXPECT_EQ(tool({"get", "x", "--user", "cay"}).exit_code, kNotFound);
}

TEST_F(GetCommand, HasEitherTheBytesOrJson) {
  put("x", "text");
  EXPECT_EQ(tool({"get", "x", "--content", "--json"}).exit_code, kUsage);
}

TEST_F(UpdateCommand, ChangesOnlyWhatIsGiven) {
  put("x", "text", {"--tag", "a", "--tag", "b", "--type", "fact"});
  const json item =
      json_of({"update", "x", "--importance", "0.9", "--tag", "c", "--remove-tag", "a"});
  EXPECT_EQ(item["content"], "text");
  EXPECT_EQ(item["type"], "fact");
  EXPECT_EQ(item["importance"], 0.9);
  EXPECT_EQ(item["tags"], (json{"b", "c"}));
  EXPECT_EQ(item["version"], 2);
  EXPECT_EQ(out_of({"update", "x", "--text", "-"}, "new"), "updated: version 3\n");
  EXPECT_EQ(out_of({"get", "x", "--content"}), "new");
}

TEST_F(UpdateCommand, ChangesAllThatAFilterMatches) {
  put("x", "1", {"--type", "fact"});
  put("y", "2", {"--type", "fact"});
  put("z", "3");
  const Arguments change{"update", "--filter", R"({"type": "fact"})", "--pin"};
  EXPECT_EQ(json_of(change), (json{{"updated", 2}}));
  EXPECT_EQ(json_of({"count", "--filter", R"({"pinned": true})"})["count"], 2);
  EXPECT_EQ(out_of({"update", "--filter", R"({"type": "fact"})", "--unpin"}), "updated 2 items\n");
}

TEST_F(UpdateCommand, NeedsToKnowWhichAndWhat) {
  put("x", "1");
  EXPECT_EQ(tool({"update", "--importance", "1"}).exit_code, kUsage);
  EXPECT_EQ(tool({"update", "x"}).exit_code, kUsage);
  EXPECT_EQ(tool({"update", "x", "--pin", "--unpin"}).exit_code, kUsage);
  EXPECT_EQ(tool({"update", "x", "--filter", "{}", "--pin"}).exit_code, kUsage);
  EXPECT_EQ(tool({"update", "nothing", "--pin"}).exit_code, kNotFound);
  EXPECT_EQ(tool({"update", "x", "--pin", "--expect-version", "2"}).exit_code, kConflict);
}

TEST_F(DeleteCommand, DeletesByIdAndNamesWhatItCouldNot) {
  for (const char* id : {"a", "b", "c,d", "e"}) put(id, "text");
  EXPECT_EQ(out_of({"delete", "a", "c,d"}), "deleted 2 items\n");
  const Outcome partly = tool({"delete", "nothing", "b", "--json"});
  EXPECT_EQ(partly.exit_code, kNotFound);
  EXPECT_EQ(partly.json(), (json{{"deleted", 1}}));
  EXPECT_THAT(partly.error()["message"].get<std::string>(), HasSubstr("nothing"));
  EXPECT_EQ(ids_of(json_of({"list"})["items"]), Ids{"e"});
}

TEST_F(DeleteCommand, ChecksTheVersion) {
  put("x", "text");
  EXPECT_EQ(tool({"delete", "x", "--expect-version", "2"}).exit_code, kConflict);
  EXPECT_EQ(json_of({"delete", "x", "--expect-version", "1"}), (json{{"deleted", 1}}));
}

TEST_F(DeleteCommand, NeedsAYesWhereNobodyCanBeAsked) {
  put("a", "text", {"--type", "fact"});
  put("b", "text");
  const Arguments by_filter{"delete", "--filter", R"({"type": "fact"})"};
  const Outcome refused = tool(by_filter, "y\n");
  EXPECT_EQ(refused.exit_code, kUsage);
  EXPECT_THAT(refused.err, HasSubstr("--yes"));
  EXPECT_EQ(out_of({"count"}), "2\n");
  EXPECT_EQ(json_of({"delete", "--filter", R"({"type": "fact"})", "--yes"}),
            (json{{"deleted", 1}}));
  EXPECT_EQ(out_of({"count"}), "1\n");
  EXPECT_EQ(tool({"delete"}).exit_code, kUsage);
  EXPECT_EQ(tool({"delete", "--filter", "{bad", "--yes"}).exit_code, kUsage);
}

TEST_F(ValidateCommand, CountsConfirmations) {
  put("x", "text");
  EXPECT_EQ(out_of({"validate", "x"}), "validated 1 time\n");
  EXPECT_EQ(json_of({"validate", "x"}), (json{{"id", "x"}, {"validation_count", 2}}));
  EXPECT_EQ(json_of({"get", "x"})["validation_count"], 2);
  EXPECT_EQ(tool({"validate", "nothing"}).exit_code, kNotFound);
}

}  // namespace
}  // namespace memtier::testing
