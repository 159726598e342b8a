// chat, remember, recall and context: conversations, and what an agent has in mind.
#include "tools/tool_test.h"

namespace memtier::testing {
namespace {

class ChatCommand : public ToolTest {
 protected:
  void say(const std::string& role, const std::string& text, Arguments more = {}) {
    Arguments all{"chat", "say", role, text, "--user", "ada", "--session", "s1"};
    all.insert(all.end(), more.begin(), more.end());
    out_of(all);
  }
  std::vector<std::string> said(const json& turns) {
    std::vector<std::string> texts;
    for (const json& turn : turns) texts.push_back(turn.at("content"));
    return texts;
  }
};

using Texts = std::vector<std::string>;

TEST_F(ChatCommand, KeepsAConversation) {
  EXPECT_EQ(out_of({"chat", "say", "user", "I moved to Bari", "--user", "ada", "--session", "s1"}),
            "s1#000000001\n");
  say("assistant", "Congratulations!", {"--name", "Max", "--metadata", R"({"mood": "glad"})"});
  const json last = json_of({"chat", "last", "--user", "ada", "--session", "s1"});
  EXPECT_EQ(said(last["turns"]), (Texts{"I moved to Bari", "Congratulations!"}));
  EXPECT_EQ(last["turns"][1]["metadata"]["speaker"], "Max");
  EXPECT_EQ(last["version"], 3);
  EXPECT_THAT(out_of({"chat", "last", "--user", "ada", "--session", "s1"}),
              AllOf(HasSubstr("I moved to Bari"), HasSubstr("Max")));
  const json sessions = json_of({"chat", "sessions"})["sessions"];
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0]["turns"], 2);
  EXPECT_THAT(out_of({"chat", "sessions"}), HasSubstr("s1"));
  EXPECT_EQ(said(json_of({"chat", "recent", "--user", "ada", "--within", "1h"})["turns"]).size(),
            2U);
}

TEST_F(ChatCommand, ShowsWhatBelongsIntoAPrompt) {
  say("user", "I am allergic to hazelnuts");
  for (int i = 0; i < 5; ++i) say("user", "idle talk " + std::to_string(i));
  const Arguments context{"chat",   "context", "hazelnuts",   "--user", "ada",
                          "--last", "1",       "--max-items", "2"};
  EXPECT_EQ(said(json_of(context)["turns"]), (Texts{"I am allergic to hazelnuts", "idle talk 4"}));
}

TEST_F(ChatCommand, ReplacesAConversation) {
  say("user", "a");
  say("user", "b");
  const std::string turns = R"({"turns": [{"role": "user", "content": "A"},
                                          {"role": "user", "content": "b"}]})";
  const json done = json_of(
      {"chat", "replace", "--user", "ada", "--session", "s1", "--expect-version", "3"}, turns);
  EXPECT_EQ(done["changed"], 1);
  EXPECT_EQ(
      tool({"chat", "replace", "--user", "ada", "--session", "s1", "--expect-version", "3"}, turns)
          .exit_code,
      kConflict);
}

TEST_F(ChatCommand, SaysWhatIsWrong) {
  say("user", "a");
  EXPECT_EQ(tool({"chat", "say", "user", "x"}).exit_code, kUsage) << "it has no session";
  const Outcome role = tool({"chat", "say", "bot", "x", "--session", "s"});
  EXPECT_EQ(role.exit_code, kUsage);
  EXPECT_THAT(role.err, HasSubstr("none of system"));
  EXPECT_EQ(tool({"chat", "say", "user", "x", "--user", "ada", "--session", "s1", "--created",
                  "2001-01-01"})
                .exit_code,
            kUsage);
  EXPECT_EQ(tool({"chat", "recent", "--within", "soon"}).exit_code, kUsage);
}

TEST_F(ChatCommand, RemembersAndRecalls) {
  EXPECT_EQ(
      out_of({"remember", "nuts", "allergic to nuts", "--user", "ada", "--importance", "0.9"}),
      "remembered in long_term\n");
  EXPECT_EQ(out_of({"remember", "seat", "at the window", "--user", "ada"}),
            "remembered in short_term\n");
  EXPECT_EQ(out_of({"recall", "nuts", "--user", "ada"}), "allergic to nuts\n");
  EXPECT_EQ(tool({"recall", "nuts", "--user", "eve"}).exit_code, kNotFound);
  EXPECT_EQ(ids_of(json_of({"context", "nuts", "--user", "ada"})["items"]),
            (Texts{"seat", "nuts"}));
  EXPECT_EQ(ids_of(json_of(
                {"context", "--user", "ada", "--max-items", "1", "--exclude", "seat"})["items"]),
            Texts{"nuts"});
  EXPECT_EQ(tool({"recall", "seat", "--user", "ada", "--now", "+2h"}).exit_code, kNotFound);
}

}  // namespace
}  // namespace memtier::testing
