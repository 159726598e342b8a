// docs/man/memtier.1: complete, and without a fault that groff finds.
#include <algorithm>

#include "tools/help_text.h"
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

constexpr const char* kManual = MEMTIER_SOURCE_DIR "/docs/man/memtier.1";

// The page without the marks of roff that stand in the middle of names.
std::string manual_text() {
  std::string text = read_file(kManual);
  for (const char* mark : {"\\fB", "\\fI", "\\fR", "\\&"}) {
    for (size_t place = text.find(mark); place != std::string::npos; place = text.find(mark)) {
      text.erase(place, std::string(mark).size());
    }
  }
  for (size_t place = text.find("\\-"); place != std::string::npos; place = text.find("\\-")) {
    text.erase(place, 1);
  }
  return text;
}

bool is_part_of_name(char byte) {
  return byte == '-' || (byte >= 'a' && byte <= 'z');
}

// Whether the name stands there by itself, so that --no-create does not stand for --create.
bool names(const std::string& text, const std::string& name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !is_part_of_name(text[at - 1]);
    const size_t end = at + name.size();
    if (begins && (end == text.size() || !is_part_of_name(text[end]))) return true;
  }
  return false;
}

// The section or part of the page that begins with this line, up to the next of its kind.
std::string part(const std::string& text, const std::string& kind, const std::string& title) {
  const size_t begin = text.find("\n" + kind + " " + title + "\n");
  if (begin == std::string::npos) return "";
  const size_t end = std::min(text.find("\n.SH", begin + 1), text.find("\n" + kind, begin + 1));
  return text.substr(begin, end - begin);
}

class Manual : public ToolTest {};

TEST_F(Manual, HasTheUsualSections) {
  const std::string text = manual_text();
  for (const char* title :
       {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "\"EXIT STATUS\"", "ENVIRONMENT",
        "FILES", "EXAMPLES", "\"SEE ALSO\""}) {
    EXPECT_NE(part(text, ".SH", title), "") << title;
  }
}

TEST_F(Manual, DescribesEveryGlobalOption) {
  const std::string options = part(manual_text(), ".SH", "OPTIONS");
  const std::vector<std::string> known = options_in(out_of({"--help"}));
  EXPECT_GE(known.size(), 14U);
  for (const std::string& option : known) EXPECT_TRUE(names(options, option)) << option;
}

TEST_F(Manual, DescribesEveryCommandWithItsOptions) {
  const std::string text = manual_text();
  const auto commands = all_commands(MEMTIER_TOOL, streams_path());
  EXPECT_GE(commands.size(), 21U);
  for (const Arguments& name : commands) {
    const std::string title = name.size() == 1 ? name[0] : "\"" + name[0] + " " + name[1] + "\"";
    const std::string described = part(text, ".SS", title);
    EXPECT_NE(described, "") << title;
    for (const std::string& option : options_in(help_of(MEMTIER_TOOL, streams_path(), name))) {
      if (option == "--help" || option == "-h") continue;
      EXPECT_TRUE(names(described, option)) << title << " " << option;
    }
  }
}

TEST_F(Manual, NamesEveryExitStatusOfTheHelp) {
  const std::string section = part(manual_text(), ".SH", "\"EXIT STATUS\"");
  for (const char* status : {"0", "1", "2", "3", "4", "5", "130", "141", "143"}) {
    EXPECT_THAT(section, HasSubstr(std::string("\n.B ") + status + "\n")) << status;
  }
}

TEST_F(Manual, HasNoFaultThatGroffFinds) {
  if (!has_program("groff")) GTEST_SKIP() << "groff is not there";
  const Outcome checked =
      run({"groff", "-man", "-Tutf8", "-ww", "-z", kManual}, "", {}, streams_path());
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_EQ(checked.out + checked.err, "");
}

TEST_F(Manual, HasNoFaultThatManFinds) {
  if (!has_program("man")) GTEST_SKIP() << "man is not there";
  const Outcome checked = run({"man", "--warnings=w", "--local-file", kManual}, "",
                              {{"LC_ALL", "C.UTF-8"}, {"MANWIDTH", "80"}}, streams_path());
  if (checked.err.find("minimized") != std::string::npos) {
    GTEST_SKIP() << "man is only a placeholder here";
  }
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_EQ(checked.err, "");
  EXPECT_THAT(checked.out, HasSubstr("memtier"));
}

// The indented lines of the part of README.md with this title.
std::string readme_commands(const std::string& title) {
  std::istringstream lines(read_file(MEMTIER_SOURCE_DIR "/README.md"));
  std::string commands;
  bool is_there = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) is_there = line == "## " + title;
    if (is_there && line.starts_with("    ")) commands += line.substr(4) + "\n";
  }
  return commands;
}

class Readme : public ToolTest {};

TEST_F(Readme, CommandsForTheTerminalWorkAsTheyStandThere) {
  const std::string commands = readme_commands("From a terminal");
  ASSERT_THAT(commands, HasSubstr("memtier import history.jsonl"));
  std::filesystem::copy(MEMTIER_SOURCE_DIR "/examples/assistant_history.jsonl",
                        file("history.jsonl"));
  const Outcome done =
      shell("memtier() { \"$memtier\" \"$@\"; }; cd \"$folder\" && set -e\n" + commands);
  EXPECT_EQ(done.exit_code, kDone);
  EXPECT_EQ(done.err, "");
  EXPECT_THAT(done.out, AllOf(HasSubstr("imported 514 items"), HasSubstr("hazelnuts"),
                              HasSubstr("{\"hits\":[{\"id\""), HasSubstr("516")));
}

}  // namespace
}  // namespace memtier::testing
