// completion: scripts for shells; the one for bash is tried in a bash.
#include "tools/help_text.h"
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class CompletionCommand : public ToolTest {
 protected:
  // What bash offers for the last of these words.
  std::string offered(const Arguments& words) const {
    write_file(file("completion"), out_of({"completion", "bash"}));
    std::string script = "source \"$folder/completion\"; COMP_WORDS=(memtier";
    for (const std::string& word : words) script += " '" + word + "'";
    script += "); COMP_CWORD=" + std::to_string(words.size()) +
              "; _memtier; printf '%s\\n' \"${COMPREPLY[@]}\"";
    const Outcome done =
        run({"bash", "-c", script}, "", {{"folder", folder_path()}}, streams_path());
    EXPECT_EQ(done.exit_code, 0);
    EXPECT_EQ(done.err, "");
    return "\n" + done.out;
  }
};

TEST_F(CompletionCommand, NeedsAShellThatItKnows) {
  EXPECT_EQ(tool({"completion"}).exit_code, kUsage);
  EXPECT_EQ(tool({"completion", "csh"}).exit_code, kUsage);
}

TEST_F(CompletionCommand, EveryScriptKnowsEveryCommandAndGlobalOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = out_of({"completion", shell});
    for (const Arguments& name : all_commands(MEMTIER_TOOL, streams_path())) {
      EXPECT_THAT(script, HasSubstr(name.back())) << shell;
    }
    const bool is_fish = std::string(shell) == "fish";
    for (const std::string& option : options_in(out_of({"--help"}))) {
      if (!option.starts_with("--")) continue;
      EXPECT_THAT(script, HasSubstr(is_fish ? "-l " + option.substr(2) : option)) << shell;
    }
  }
}

TEST_F(CompletionCommand, BashCompletesCommandsOptionsAndValues) {
  if (!has_program("bash")) GTEST_SKIP() << "bash is not there";
  EXPECT_EQ(offered({"se"}), "\nsearch\n");
  EXPECT_THAT(offered({""}), AllOf(HasSubstr("\nput\n"), HasSubstr("\ntiers\n")));
  EXPECT_EQ(offered({"search", "tea", "--sni"}), "\n--snippets\n");
  EXPECT_EQ(offered({"search", "--syntax", "b"}), "\nboolean\n");
  EXPECT_EQ(offered({"--durability", "f"}), "\nfull\n");
  EXPECT_EQ(offered({"--tokenizer", "c"}), "\ncjk\n");
  // As bash splits --durability=f, and what stands behind --user=ada.
  EXPECT_EQ(offered({"--durability", "=", "f"}), "\nfull\n");
  EXPECT_EQ(offered({"--durability", "="}), "\nfull\nnormal\nrelaxed\n");
  EXPECT_EQ(offered({"--user", "=", "ada", "se"}), "\nsearch\n");
  EXPECT_EQ(offered({"--user", "ada", "tiers", "mo"}), "\nmove\n");
  EXPECT_EQ(offered({"tiers", "clear", "--al"}), "\n--all\n");
  EXPECT_EQ(offered({"put", "text", "--us"}), "\n--user\n");
  EXPECT_EQ(offered({"completion", "z"}), "\nzsh\n");
  // The name of a user is no command, and a command is not completed where a value stands.
  EXPECT_THAT(offered({"--user", "put", "--snip"}), Not(HasSubstr("--snippets")));
  EXPECT_EQ(offered({"--user", "se"}), "\n\n");
}

}  // namespace
}  // namespace memtier::testing
