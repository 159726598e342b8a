// The command line itself: help, global options, errors and exit statuses.
#include "tools/help_text.h"
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class CommandLine : public ToolTest {};

TEST_F(CommandLine, HelpNamesEveryCommandOfTheManual) {
  const std::vector<std::string> commands = commands_in(out_of({"--help"}));
  EXPECT_THAT(commands,
              ::testing::UnorderedElementsAre(
                  "put", "get", "search", "list", "count", "explain", "update", "delete", "import",
                  "export", "stats", "tiers", "maintain", "optimize", "sweep", "validate",
                  "completion", "help", "version", "index", "space", "similar", "collection",
                  "link", "concept", "neighbours", "path", "spread", "graph", "policy", "archive",
                  "restore", "forget", "embed", "feedback", "chat", "remember", "recall", "context",
                  "knowledge", "episode", "record"));
}

TEST_F(CommandLine, HelpOfEveryCommandHasExamples) {
  for (const Arguments& name : all_commands(MEMTIER_TOOL, streams_path())) {
    Arguments arguments = name;
    arguments.emplace_back("--help");
    const std::string help = out_of(arguments);
    EXPECT_THAT(help, HasSubstr("Usage: memtier "));
    const size_t examples = help.find("\nExamples\n  ");
    ASSERT_NE(examples, std::string::npos) << name.front();
    EXPECT_THAT(help.substr(examples), HasSubstr("memtier " + name.front()));
  }
  EXPECT_THAT(out_of({"--help"}), AllOf(HasSubstr("\nExamples\n"), HasSubstr("\nExit status\n")));
}

TEST_F(CommandLine, ShowsTheVersion) {
  const std::string version = out_of({"version"});
  EXPECT_EQ(out_of({"--version"}), version);
  EXPECT_EQ("memtier " + json_of({"version"})["version"].get<std::string>() + "\n", version);
}

TEST_F(CommandLine, GlobalOptionsStandBeforeOrBehindTheCommand) {
  put("x", "text", {"--user", "ada"});
  EXPECT_EQ(out_of({"--user", "ada", "--json", "count"}), "{\"count\":1}\n");
  EXPECT_EQ(out_of({"count", "--json", "--user", "ada"}), "{\"count\":1}\n");
}

TEST_F(CommandLine, TheOptionWinsOverTheEnvironment) {
  put("x", "text");
  out_of({"--store", file("other.mem"), "put", "text"});
  out_of({"--store", file("other.mem"), "put", "text"});
  EXPECT_EQ(out_of({"count"}), "1\n");
  EXPECT_EQ(out_of({"count", "-s", file("other.mem")}), "2\n");
}

TEST_F(CommandLine, NeedsAStore) {
  for (const Environment& environment : {Environment{}, Environment{{"MEMTIER_STORE", ""}}}) {
    const Outcome none = run(command({"count"}), "", environment, streams_path());
    EXPECT_EQ(none.exit_code, kUsage);
    EXPECT_THAT(none.err, AllOf(HasSubstr("--store"), HasSubstr("MEMTIER_STORE")));
  }
}

TEST_F(CommandLine, OnlyPutAndImportMakeAStore) {
  const std::vector<Arguments> commands{{"get", "x"},
                                        {"search", "x"},
                                        {"list"},
                                        {"count"},
                                        {"update", "x", "--pin"},
                                        {"delete", "x"},
                                        {"export"},
                                        {"stats"},
                                        {"tiers"},
                                        {"optimize"},
                                        {"maintain"},
                                        {"sweep"},
                                        {"validate", "x"},
                                        {"put", "x", "--no-create"},
                                        {"import", "-", "--no-create"}};
  for (const Arguments& arguments : commands) {
    const Outcome missing = tool(arguments);
    EXPECT_EQ(missing.exit_code, kNotFound) << arguments[0];
    EXPECT_THAT(missing.err, HasSubstr("there is no store at")) << arguments[0];
  }
  EXPECT_FALSE(std::filesystem::exists(store()));
  put("x", "text");
  EXPECT_TRUE(std::filesystem::exists(store()));
}

TEST_F(CommandLine, MakesNoStoreOfAFileThatItWasOnlyToRead) {
  write_file(store(), "");
  for (const Arguments& arguments : {Arguments{"list"}, Arguments{"put", "x", "--no-create"}}) {
    const Outcome refused = tool(arguments);
    EXPECT_EQ(refused.exit_code, kNotFound);
    EXPECT_THAT(refused.err, HasSubstr("the file is empty"));
  }
  EXPECT_EQ(read_file(store()), "");
  write_file(file("one"), "x");
  EXPECT_EQ(tool({"put", "text", "--store", file("one")}).exit_code, kFailed);
  EXPECT_EQ(read_file(file("one")), "x");
  put("x", "text");
  EXPECT_EQ(out_of({"count"}), "1\n");
}

TEST_F(CommandLine, RefusesWhatIsNoStore) {
  write_file(file("text"), "this is not a store of memtier, but it is long enough to be looked at");
  EXPECT_EQ(tool({"count", "--store", file("text")}).exit_code, kFailed);
  EXPECT_EQ(tool({"count", "--store", folder_path()}).exit_code, kUsage);
  EXPECT_EQ(tool({"put", "x", "--store", file("no/folder.mem")}).exit_code, kNotFound);
  EXPECT_EQ(tool({"put", "x", "--store", "http://example.org/a"}).exit_code, kFailed);
}

TEST_F(CommandLine, SaysWhatIsWrongAndWhereHelpIs) {
  const std::vector<std::tuple<Arguments, std::string, std::string>> cases{
      {{}, "which command?", "memtier --help"},
      {{"serch"}, "did you mean search?", "memtier --help"},
      {{"tiers", "lst"}, "did you mean list?", "memtier tiers --help"},
      {{"frobnicate"}, "no command \"frobnicate\"", "memtier --help"},
      {{"list", "--limt", "3"}, "no option --limt; did you mean --limit?", "memtier list --help"},
      {{"get"}, "ID", "memtier get --help"},
      {{"--sore", "a.mem", "get"}, "did you mean --store?", "memtier get --help"},
      {{"list", "--limit"}, "--limit needs a value", "memtier list --help"},
      {{"count", "more"}, "unexpected argument \"more\"", "memtier count --help"},
      {{"completion", "csh"}, "bash|zsh|fish", "memtier completion --help"},
  };
  for (const auto& [arguments, message, help] : cases) {
    const Outcome refused = tool(arguments);
    EXPECT_EQ(refused.exit_code, kUsage) << message;
    EXPECT_EQ(refused.out, "") << message;
    EXPECT_THAT(refused.err, AllOf(HasSubstr(message), HasSubstr("\nTry " + help + "\n")));
  }
}

TEST_F(CommandLine, SuggestsOnlyWhatIsNear) {
  const std::vector<Arguments> cases{{"tiers", "foo"}, {"gut2"}, {"xx"}, {"list", "--xx"}};
  for (const Arguments& arguments : cases) {
    const Outcome refused = tool(arguments);
    EXPECT_EQ(refused.exit_code, kUsage) << arguments.back();
    EXPECT_THAT(refused.err, AllOf(HasSubstr(arguments.back()), Not(HasSubstr("did you mean"))));
  }
}

TEST_F(CommandLine, HelpIsACommandToo) {
  EXPECT_EQ(out_of({"help"}), out_of({"--help"}));
  EXPECT_EQ(out_of({"help", "help"}), out_of({"help", "--help"}));
  for (const Arguments& name : all_commands(MEMTIER_TOOL, streams_path())) {
    Arguments asked = name;
    asked.insert(asked.begin(), "help");
    EXPECT_EQ(out_of(asked), help_of(MEMTIER_TOOL, streams_path(), name)) << name.back();
  }
  const Outcome unknown = tool({"help", "tiers", "mov"});
  EXPECT_EQ(unknown.exit_code, kUsage);
  EXPECT_THAT(unknown.err, HasSubstr("there is no command \"mov\"; did you mean move?"));
}

// A script whose variable is empty must not reach everybody's items.
TEST_F(CommandLine, RefusesAnEmptyNameOfTheScope) {
  put("x", "text", {"--user", "ada"});
  for (const char* option : {"--app", "--user", "--agent", "--session", "--collection"}) {
    for (const Arguments& arguments :
         {Arguments{option, "", "delete", "x", "--yes"},
          Arguments{"delete", "x", "--yes", std::string(option) + "="}}) {
      const Outcome refused = tool(arguments);
      EXPECT_EQ(refused.exit_code, kUsage) << option;
      EXPECT_THAT(refused.err, HasSubstr(option));
    }
    EXPECT_THAT(tool({"count", option, ""}).err,
                HasSubstr(std::string(option) + ": is empty; leave the option out"));
  }
  EXPECT_EQ(out_of({"count"}), "1\n");
}

TEST_F(CommandLine, ErrorsAreJsonWhereAskedFor) {
  const std::vector<std::tuple<Arguments, int, std::string>> cases{
      {{"frobnicate", "--json"}, kUsage, "USAGE"},
      {{"--json", "put"}, kUsage, "USAGE"},
      {{"--json", "count"}, kNotFound, "MEMTIER_NOT_FOUND"},
      {{"--json", "put", "a", "--importance", "2"}, kUsage, "MEMTIER_INVALID"},
  };
  for (const auto& [arguments, status, code] : cases) {
    const Outcome refused = tool(arguments);
    EXPECT_EQ(refused.exit_code, status) << code;
    EXPECT_EQ(refused.out, "") << code;
    EXPECT_EQ(refused.error()["code"], code);
    EXPECT_NE(refused.error()["message"], "");
  }
}

TEST_F(CommandLine, RefusesGlobalValuesThatAreNone) {
  put("x", "text");
  const std::vector<Arguments> cases{{"--now", "soon"},
                                     {"--now", "2026-02-30"},
                                     {"--memory-limit", "much"},
                                     {"--memory-limit", "1"},
                                     {"--durability", "sure"},
                                     {"--user", "a\nb"},
                                     {"--user", std::string(257, 'u')}};
  for (const Arguments& options : cases) {
    Arguments arguments = options;
    arguments.emplace_back("count");
    EXPECT_EQ(tool(arguments).exit_code, kUsage) << options[0] << " " << options[1];
  }
}

TEST_F(CommandLine, QuietLeavesResultsAndErrors) {
  put("x", "text");
  EXPECT_EQ(out_of({"-q", "validate", "x"}), "");
  EXPECT_EQ(out_of({"-q", "count"}), "1\n");
  EXPECT_NE(tool({"-q", "get", "nothing"}).err, "");
}

TEST_F(CommandLine, TakesTimesInEveryForm) {
  // One moment in four ways of writing it, two of them in other zones.
  for (const char* now : {"2026-05-01T09:30:00Z", "2026-05-01T11:30:00+02:00",
                          "2026-05-01 04:00-0530", "1777627800000000"}) {
    const json item = json_of({"put", "text", "--id", now, "--now", now});
    EXPECT_EQ(item["created_us"], 1777627800000000) << now;
  }
}

}  // namespace
}  // namespace memtier::testing
