// import and export: items and conversations as JSON Lines.
#include <signal.h>

#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

using Ids = std::vector<std::string>;

class ImportCommand : public ToolTest {};
class ExportCommand : public ToolTest {};

constexpr const char* kConversation =
    "{\"role\": \"user\", \"text\": \"I moved to Bari.\", \"session\": \"s1\"}\n"
    "\n"
    "{\"role\": \"assistant\", \"text\": \"How is the sea?\", \"session\": \"s1\"}\n";

std::string turns(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += json{{"role", "user"}, {"text", "turn number " + std::to_string(i)}}.dump() + "\n";
  }
  return lines;
}

TEST_F(ImportCommand, TakesAConversation) {
  write_file(file("history.jsonl"), kConversation);
  EXPECT_EQ(out_of({"import", file("history.jsonl"), "--user", "ada"}), "imported 2 items\n");
  const json items = json_of({"list", "--ascending"})["items"];
  EXPECT_EQ(items[0]["content"], "I moved to Bari.");
  EXPECT_EQ(items[0]["user"], "ada");
  EXPECT_EQ(items[0]["session"], "s1");
  EXPECT_EQ(items[0]["metadata"]["role"], "user");
}

TEST_F(ImportCommand, StoresTheSameFileOnce) {
  EXPECT_EQ(json_of({"import", "-"}, kConversation)["stored"], 2);
  EXPECT_EQ(json_of({"import", "-"}, kConversation)["replaced"], 2);
  const json left = json_of({"import", "-", "--mode", "create"}, kConversation);
  EXPECT_EQ(left["skipped"], 2);
  EXPECT_EQ(left["replaced"], 0);
  EXPECT_EQ(out_of({"count"}), "2\n");
}

TEST_F(ImportCommand, PutsAllIntoATier) {
  out_of({"import", "-", "--tier", "archive"}, kConversation);
  EXPECT_EQ(out_of({"count", "--filter", R"({"tier": "archive"})"}), "2\n");
}

TEST_F(ImportCommand, StopsAtABadLineWithItsNumber) {
  const std::string lines = "{\"text\": \"one\"}\n{bad\n{\"text\": \"three\"}\n";
  const Outcome stopped = tool({"import", "-", "--json"}, lines);
  EXPECT_EQ(stopped.exit_code, kFailed);
  EXPECT_EQ(stopped.json()["stored"], 1);
  EXPECT_EQ(stopped.json()["first_failed_line"], 2);
  EXPECT_EQ(stopped.error()["code"], "MEMTIER_MALFORMED");
  EXPECT_THAT(stopped.error()["message"].get<std::string>(), HasSubstr("line 2"));
}

TEST_F(ImportCommand, SkipsBadLinesWhereAsked) {
  const std::string lines = "{\"text\": \"one\"}\n{bad\n{\"text\": \"three\"}\n";
  EXPECT_EQ(out_of({"import", "-", "--on-error", "skip"}, lines),
            "imported 2 items, 1 line failed, the first is line 2\n");
}

TEST_F(ImportCommand, RefusesWhatIsNoJsonLines) {
  EXPECT_EQ(tool({"import", "-"}, std::string("\x7f\x00\x01\xff", 4)).exit_code, kFailed);
  const Outcome compressed = tool({"import", "-"}, "\x1f\x8b\x08");
  EXPECT_EQ(compressed.exit_code, kUsage);
  EXPECT_THAT(compressed.err, HasSubstr("compressed"));
}

TEST_F(ImportCommand, MakesNoStoreForAFileThatIsNotThere) {
  const Outcome missing = tool({"import", file("nothing.jsonl")});
  EXPECT_EQ(missing.exit_code, kNotFound);
  EXPECT_THAT(missing.err, HasSubstr("nothing.jsonl"));
  EXPECT_EQ(tool({"import", folder_path()}).exit_code, kFailed);
  EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(ImportCommand, KeepsWhatItHadWhenItIsInterrupted) {
  Process importing(command({"import", "-", "--json"}), environment(), streams_path());
  // More than a pipe holds, so that some of it was read when this returns.
  importing.write(turns(5000));
  importing.signal(SIGINT);
  const Outcome interrupted = importing.finish();
  EXPECT_EQ(interrupted.exit_code, kCancelled) << interrupted.err;
  EXPECT_EQ(interrupted.error()["code"], "MEMTIER_CANCELLED");
  const int64_t stored = interrupted.json()["stored"];
  EXPECT_EQ(json_of({"count"})["count"], stored);
  // Not interrupted, the same import completes it.
  out_of({"import", "-"}, turns(5000));
  EXPECT_EQ(out_of({"count"}), "5000\n");
}

TEST_F(ImportCommand, EndsByATerminationWithItsOwnStatus) {
  Process importing(command({"import", "-"}), environment(), streams_path());
  importing.write(turns(5000));
  importing.signal(SIGTERM);
  EXPECT_EQ(importing.finish().exit_code, 128 + SIGTERM);
}

TEST_F(ExportCommand, GivesBackEverythingThatAnItemHas) {
  put("a", "first", {"--tag", "t", "--metadata", R"({"n": 9007199254740993})", "--user", "ada"});
  out_of({"put", "-", "--id", "b"}, std::string("\x00\xff", 2));
  put("c", "third", {"--collection", "other", "--pin", "--tier", "archive"});
  EXPECT_EQ(json_of({"export", file("all.jsonl"), "--collection", "*"}), (json{{"exported", 3}}));
  const std::string copy = file("copy.mem");
  out_of({"import", file("all.jsonl"), "--store", copy});
  EXPECT_EQ(out_of({"export", "--collection", "*", "--store", copy}), read_file(file("all.jsonl")));
  EXPECT_THAT(read_file(file("all.jsonl")), HasSubstr("9007199254740993"));
}

TEST_F(ExportCommand, CompressesWhatIsCalledGz) {
  put("a", "first");
  EXPECT_EQ(out_of({"export", file("all.jsonl.gz")}), "exported 1 item\n");
  EXPECT_TRUE(read_file(file("all.jsonl.gz")).starts_with("\x1f\x8b"));
  EXPECT_EQ(out_of({"import", file("all.jsonl.gz"), "--store", file("copy.mem")}),
            "imported 1 item\n");
}

TEST_F(ExportCommand, FiltersAndScopes) {
  put("a", "1", {"--type", "fact"});
  put("b", "2", {"--user", "ada"});
  EXPECT_EQ(json::parse(out_of({"export", "--filter", R"({"type": "fact"})"}))["id"], "a");
  EXPECT_EQ(json::parse(out_of({"export", "-", "--user", "ada"}))["id"], "b");
  EXPECT_EQ(out_of({"export", "--user", "nobody"}), "");
}

TEST_F(ExportCommand, LeavesAnOlderFileAloneWhenItFails) {
  put("a", "1");
  write_file(file("old.jsonl"), "old");
  EXPECT_EQ(tool({"export", file("old.jsonl"), "--filter", "{bad"}).exit_code, kUsage);
  EXPECT_EQ(read_file(file("old.jsonl")), "old");
  EXPECT_EQ(tool({"export", store()}).exit_code, kUsage);
  EXPECT_EQ(out_of({"count"}), "1\n");
  EXPECT_EQ(tool({"export", file("no/folder.jsonl")}).exit_code, kNotFound);
  EXPECT_EQ(tool({"export", folder_path()}).exit_code, kFailed);
}

TEST_F(ExportCommand, EndsQuietlyWhenNobodyReadsOn) {
  out_of({"import", "-"}, turns(2000));
  const Outcome cut =
      shell("{ \"$memtier\" export; echo $? >\"$folder/status\"; } | head -n 1 >/dev/null");
  EXPECT_EQ(cut.err, "");
  EXPECT_EQ(read_file(file("status")), "141\n");
}

TEST_F(ExportCommand, SaysWhenTheDiskIsFull) {
  put("a", "1");
  const Outcome full = shell("\"$memtier\" export >/dev/full");
  EXPECT_EQ(full.exit_code, kTryAgain);
  EXPECT_THAT(full.err, HasSubstr("No space left"));
  EXPECT_EQ(shell("\"$memtier\" list --json >/dev/full").exit_code, kTryAgain);
}

}  // namespace
}  // namespace memtier::testing
