// What differs where a person looks on: colour, widths, progress, questions; and that nothing of
// an item can steer the terminal.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

constexpr const char* kEscape = "\x1b";

class OnTerminal : public ToolTest {
 protected:
  Outcome shown(const Arguments& arguments, int columns = 80, Environment more = {}) const {
    more.emplace_back("MEMTIER_STORE", store());
    Terminal terminal(command(arguments), more, columns);
    return terminal.finish();
  }

  void write_long_history(int count) const {
    std::string lines;
    for (int i = 0; i < count; ++i) {
      lines += "{\"text\": \"turn number " + std::to_string(i) + "\"}\n";
    }
    write_file(file("long.jsonl"), lines);
  }
};

// Columns that a line of these characters takes; enough of Unicode for what these tests use.
int columns_of(const std::string& line) {
  int columns = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte & 0xC0U) == 0x80U) continue;              // within a character
    const bool is_wide = byte >= 0xE4 && byte != 0xEF;  // U+4000 and above, without U+FFFD
    columns += is_wide ? 2 : 1;
  }
  return columns;
}

std::vector<std::string> lines_of(const std::string& shown) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < shown.size();) {
    const size_t end = shown.find("\r\n", begin);
    lines.push_back(shown.substr(begin, end - begin));
    if (end == std::string::npos) break;
    begin = end + 2;
  }
  return lines;
}

TEST_F(OnTerminal, MarksTheWordsThatWereFound) {
  put("x", "Ada likes green tea");
  EXPECT_THAT(shown({"search", "tea"}).out, HasSubstr("\x1b[1mtea\x1b[0m"));
}

TEST_F(OnTerminal, UsesNoColourWhereItIsNotWanted) {
  put("x", "Ada likes green tea");
  EXPECT_THAT(shown({"search", "tea"}, 80, {{"NO_COLOR", "1"}}).out, Not(HasSubstr(kEscape)));
  EXPECT_THAT(shown({"search", "tea"}, 80, {{"TERM", "dumb"}}).out, Not(HasSubstr(kEscape)));
  EXPECT_THAT(shown({"search", "tea", "--json"}).out, Not(HasSubstr(kEscape)));
}

TEST_F(OnTerminal, PipesGetNoColourAndWholeLines) {
  const std::string text = std::string(300, 'a') + " tea";
  put("x", text);
  for (const char* name : {"search", "list"}) {
    Arguments arguments{name};
    if (arguments[0] == "search") arguments.emplace_back("tea");
    const std::string table = out_of(arguments);
    EXPECT_THAT(table, AllOf(Not(HasSubstr(kEscape)), HasSubstr(text)));
  }
}

TEST_F(OnTerminal, TablesFitTheWidth) {
  put("wide", "漢字はとても広い 😀😀😀 and then there is a lot more text that does not fit at all");
  put("narrow", "a text of so many words that it has to be cut somewhere, and most likely here");
  for (const int columns : {30, 40, 60, 80}) {
    const Outcome done = shown({"list"}, columns, {{"NO_COLOR", "1"}});
    const auto lines = lines_of(done.out);
    ASSERT_EQ(lines.size(), 3U) << done.out;
    for (const std::string& line : lines) EXPECT_LE(columns_of(line), columns) << line;
    EXPECT_THAT(done.out, AllOf(HasSubstr("wide"), HasSubstr("narrow"), HasSubstr("…")));
  }
}

TEST_F(OnTerminal, NothingOfAnItemSteersTheTerminal) {
  // An escape sequence, a bell, a carriage return, a C1 control, an override of the direction, and
  // bytes that are no UTF-8.
  const std::string nasty =
      "\x1b[31mred\x07\rover\xc2\x9b"
      "1m\xe2\x80\xae tea";
  out_of({"put", "-", "--id", "nasty", "--metadata", R"({"speaker": "\u001b[5mEve"})"}, nasty);
  out_of({"put", "-", "--id", "bytes", "--content-type", "text/plain"}, "\xff\x1b[2J tea");
  for (const Arguments& arguments : {Arguments{"get", "nasty"}, Arguments{"get", "bytes"},
                                     Arguments{"list"}, Arguments{"search", "tea"}}) {
    const Outcome done = shown(arguments, 80, {{"NO_COLOR", "1"}});
    EXPECT_EQ(done.exit_code, kDone);
    EXPECT_THAT(done.out,
                AllOf(Not(HasSubstr(kEscape)), Not(HasSubstr("\x07")), Not(HasSubstr("\rover")),
                      Not(HasSubstr("\xc2\x9b")), Not(HasSubstr("\xe2\x80\xae"))))
        << arguments[0];
    EXPECT_THAT(out_of(arguments), Not(HasSubstr(kEscape))) << arguments[0];
  }
  EXPECT_EQ(out_of({"get", "nasty", "--content"}), nasty);
  EXPECT_THAT(out_of({"get", "nasty", "--json"}), Not(HasSubstr(kEscape)));
}

TEST_F(OnTerminal, AnErrorMessageDoesNotSteerItEither) {
  put("x", "text");
  EXPECT_THAT(shown({"get", "\x1b[31m"}).out, Not(HasSubstr("\x1b[31m")));
}

TEST_F(OnTerminal, AdvisesWhereThereIsNothingOrMore) {
  for (const char* id : {"a", "b"}) put(id, "text");
  EXPECT_THAT(shown({"search", "zeppelin"}).out, HasSubstr("nothing found"));
  EXPECT_THAT(shown({"list", "--limit", "1"}).out, HasSubstr("--after"));
  EXPECT_THAT(shown({"list", "--limit", "2"}).out, Not(HasSubstr("--after")));
  EXPECT_EQ(shown({"search", "zeppelin", "--quiet"}).out, "");
}

TEST_F(OnTerminal, AsksBeforeItDeletesByFilter) {
  put("x", "text", {"--type", "fact"});
  const Arguments arguments = command({"delete", "--filter", R"({"type": "fact"})"});
  {
    Terminal terminal(arguments, environment(), 80);
    ASSERT_TRUE(terminal.wait_for("Delete 1 item? [y/N] "));
    terminal.type("n\n");
    const Outcome refused = terminal.finish();
    EXPECT_EQ(refused.exit_code, kCancelled);
    EXPECT_THAT(refused.out, HasSubstr("nothing was deleted"));
  }
  EXPECT_EQ(out_of({"count"}), "1\n");
  Terminal terminal(arguments, environment(), 80);
  ASSERT_TRUE(terminal.wait_for("[y/N] "));
  terminal.type("y\n");
  EXPECT_EQ(terminal.finish().exit_code, kDone);
  EXPECT_EQ(out_of({"count"}), "0\n");
}

TEST_F(OnTerminal, EndsAtOnceByCtrlCAtAQuestion) {
  put("x", "text");
  Terminal terminal(command({"tiers", "clear", "--all"}), environment(), 80);
  ASSERT_TRUE(terminal.wait_for("[y/N] "));
  terminal.type("\x03");
  EXPECT_EQ(terminal.finish().exit_code, kCancelled);
  EXPECT_EQ(out_of({"count"}), "1\n");
}

TEST_F(OnTerminal, ShowsProgressAndStopsByCtrlC) {
  write_long_history(200000);
  Terminal terminal(command({"import", file("long.jsonl")}), environment(), 80);
  ASSERT_TRUE(terminal.wait_for("importing  ["));
  ASSERT_TRUE(terminal.wait_for(" %  "));
  terminal.type("\x03");
  const Outcome stopped = terminal.finish();
  EXPECT_EQ(stopped.exit_code, kCancelled) << stopped.out;
  EXPECT_THAT(stopped.out, AllOf(HasSubstr("imported "), HasSubstr("memtier: cancelled")));
  const json count = json_of({"count"})["count"];
  EXPECT_GT(count, 0);
  EXPECT_LT(count, 200000);
}

TEST_F(OnTerminal, ShowsNoProgressInAPipe) {
  write_long_history(40000);
  Process importing(command({"import", file("long.jsonl"), "--quiet"}), environment(),
                    streams_path());
  const Outcome done = importing.finish();
  EXPECT_EQ(done.exit_code, kDone);
  EXPECT_EQ(done.out + done.err, "");
}

}  // namespace
}  // namespace memtier::testing
