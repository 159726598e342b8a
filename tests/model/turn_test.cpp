// Turns of conversations as documents, and what has to be written to make one list another.
#include <gtest/gtest.h>

#include <map>

#include "base/must.h"
#include "base/seed.h"
#include "model/turn.h"
#include "model/turn_plan.h"

namespace memtier::testing {
namespace {

Turn turn_of(const std::string& text) {
  return must(Turn::parse(must(parse_item_document(text)), "turn"));
}

std::string refusal_of(const std::string& text) {
  return message_of(Turn::parse(must(parse_item_document(text)), "turn"), Code::kInvalid);
}

TEST(Turn, becomes_an_item) {
  const Turn turn = turn_of(R"({"role": "user", "content": "I moved", "name": "Ada",
      "metadata": {"mood": "glad", "n": 9007199254740993}, "tags": ["x"], "importance": 0.9})");
  EXPECT_EQ(*turn.draft.content, "I moved");
  EXPECT_EQ(*turn.draft.type, "turn");
  EXPECT_EQ(turn.draft.tags, std::vector<std::string>{"x"});
  EXPECT_EQ(Json::parse(turn.metadata(7)), (Json{{"role", "user"},
                                                 {"sequence", 7},
                                                 {"speaker", "Ada"},
                                                 {"mood", "glad"},
                                                 {"n", 9007199254740993}}));
}

TEST(Turn, says_what_its_parts_say) {
  const Turn turn = turn_of(R"({"role": "assistant", "parts": [
      {"type": "text", "text": "Let me look"},
      {"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Bari"}},
      {"type": "tool_result", "id": "c1", "content": "sunny"},
      {"type": "image", "url": "x.png"}], "state": {"city": "Bari"}})");
  EXPECT_EQ(*turn.draft.content, "Let me look\nsunny");
  const Json metadata = Json::parse(turn.metadata(1));
  EXPECT_EQ(metadata["parts"][1]["arguments"]["city"], "Bari");
  EXPECT_EQ(metadata["state"]["city"], "Bari");
  EXPECT_EQ(*turn_of(R"({"role": "tool", "content": "said", "parts": []})").draft.content, "said");
}

TEST(Turn, that_is_wrong_is_refused_with_the_reason) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({})", "\"role\" is missing"},
      {R"({"role": "bot"})", "none of system, developer, user"},
      {R"({"role": "user", "contents": "x"})", "contents"},
      {R"({"role": "user", "content": 1})", "content"},
      {R"({"role": "user", "parts": {}})", "\"parts\" must be a list"},
      {R"({"role": "user", "parts": [{}]})", "parts[0]: \"type\" is missing"},
      {R"({"role": "user", "parts": [{"type": "text"}]})", "needs \"text\""},
      {R"({"role": "user", "parts": [{"type": "tool_call", "id": "c"}]})", "needs \"name\""},
      {R"({"role": "user", "metadata": {"role": "x"}})", "a turn's own"},
      {R"({"role": "user", "metadata": []})", "\"metadata\" must be an object"},
      {R"({"role": "user", "state": 1})", "\"state\" must be an object"},
      {R"({"role": "user", "importance": 2})", "turn: item: \"importance\""},
      {R"({"role": "user", "name": "a\nb"})", "\"name\""},
      {R"({"role": "user", "created_us": "soon"})", "created_us"}};
  for (const auto& [document, words] : cases) {
    EXPECT_NE(refusal_of(document).find(words), std::string::npos) << refusal_of(document);
  }
  EXPECT_NE(message_of(parse_turns("{}"), Code::kInvalid).find("{\"turns\": [...]}"),
            std::string::npos);
  EXPECT_NE(
      message_of(parse_turns(R"({"turns": [{"role": "user"}, {"role": "x"}]})"), Code::kInvalid)
          .find("turns[1]"),
      std::string::npos);
}

TEST(Turn, has_an_id_that_tells_its_number) {
  const Scope scope({"", "", "ada", "", "s#1"});
  EXPECT_EQ(turn_id(scope, 42), "s#1#000000042");
  ItemFields fields;
  const std::string id = turn_id(scope, 42);
  fields[Text::kId] = id;
  fields[Text::kType] = kTurnType;
  fields.set_scope(scope);
  EXPECT_EQ(turn_sequence(*Item::create(fields, 1)), 42);
  fields[Text::kId] = "s#1#conversation";
  EXPECT_EQ(turn_sequence(*Item::create(fields, 1)), 0);
  fields[Text::kId] = id;
  fields[Text::kType] = "note";
  EXPECT_EQ(turn_sequence(*Item::create(fields, 1)), 0);
}

// --- plans

std::vector<OldTurn> old_turns(const std::string& letters) {
  std::vector<OldTurn> turns;
  for (const char letter : letters) {
    turns.push_back({static_cast<int64_t>(turns.size()) + 1, std::string(1, letter)});
  }
  return turns;
}

std::vector<std::string> keys_of(const std::string& letters) {
  std::vector<std::string> keys;
  for (const char letter : letters) keys.emplace_back(1, letter);
  return keys;
}

struct Effort {
  size_t written = 0;
  size_t removed = 0;
};

// Does what a plan says, looks that it comes to what was wanted, and counts.
Effort carry_out(const std::vector<OldTurn>& old, const std::string& wanted) {
  const TurnPlan plan = plan_turns(old, keys_of(wanted));
  std::map<int64_t, std::string> turns;
  for (const OldTurn& turn : old) turns[turn.sequence] = turn.key;
  Effort effort{0, plan.removed.size()};
  for (const size_t gone : plan.removed) EXPECT_EQ(turns.erase(old[gone].sequence), 1u);
  for (size_t i = 0; i < wanted.size(); ++i) {
    const TurnPlan::Entry& entry = plan.entries[i];
    const std::string key(1, wanted[i]);
    if (entry.kept) {
      EXPECT_EQ(turns[entry.sequence], key);
    } else {
      EXPECT_EQ(entry.over.has_value(), turns.count(entry.sequence) == 1);
      turns[entry.sequence] = key;
      ++effort.written;
    }
  }
  std::string result;
  for (const auto& [sequence, key] : turns) result += key;
  EXPECT_EQ(result, wanted);
  return effort;
}

TEST(TurnPlan, writes_as_little_as_can_be) {
  const auto effort = [](const std::string& old, const std::string& wanted) {
    const Effort done = carry_out(old_turns(old), wanted);
    return std::make_pair(done.written, done.removed);
  };
  EXPECT_EQ(effort("abcdef", "abcdef"), std::make_pair(size_t{0}, size_t{0}));
  EXPECT_EQ(effort("abcdef", "abcdefgh"), std::make_pair(size_t{2}, size_t{0}));  // appended
  EXPECT_EQ(effort("abcdef", "abxdef"), std::make_pair(size_t{1}, size_t{0}));    // edited
  EXPECT_EQ(effort("abcdef", "def"), std::make_pair(size_t{0}, size_t{3}));       // trimmed
  EXPECT_EQ(effort("abcdef", "sdef"), std::make_pair(size_t{1}, size_t{2}));      // summed up
  EXPECT_EQ(effort("abcdef", "abc"), std::make_pair(size_t{0}, size_t{3}));       // taken back
  EXPECT_EQ(effort("abcdef", ""), std::make_pair(size_t{0}, size_t{6}));
  EXPECT_EQ(effort("", "abc"), std::make_pair(size_t{3}, size_t{0}));
  EXPECT_EQ(effort("abcdef", "abxcdef"),
            std::make_pair(size_t{5}, size_t{0}));  // no room: the rest
  EXPECT_TRUE(plan_turns(old_turns("abc"), keys_of("abc")).changes_nothing());
  EXPECT_FALSE(plan_turns(old_turns("abc"), keys_of("ab")).changes_nothing());
}

TEST(TurnPlan, comes_to_what_was_wanted) {
  Random random;
  for (int round = 0; round < 2000; ++round) {
    std::vector<OldTurn> old;
    int64_t sequence = 0;
    for (uint64_t n = random.below(12); n > 0; --n) {
      sequence += 1 + static_cast<int64_t>(random.below(3));
      old.push_back({sequence, std::string(1, static_cast<char>('a' + random.below(4)))});
    }
    std::string wanted;
    for (uint64_t n = random.below(12); n > 0; --n) {
      wanted += static_cast<char>('a' + random.below(4));
    }
    carry_out(old, wanted);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace memtier::testing
