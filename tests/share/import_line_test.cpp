// A line of an import: what is made of it.
#include "base/must.h"
#include "share/import.h"

namespace memtier::testing {
namespace {

ImportedItem read(std::string_view line, const Scope& scope = Scope(), int64_t turn = 1) {
  return must(parse_import_line(line, ImportOptions(), scope, turn));
}

struct TimeCase {
  const char* time;
  int64_t created_us;
};

TEST(Turn, has_its_time_in_whatever_unit) {
  const TimeCase cases[] = {
      {"\"2026-05-01T09:30:00Z\"", 1777627800'000'000},
      {"1777627800", 1777627800'000'000},
      {"1777627800.25", 1777627800'250'000},
      {"1777627800250", 1777627800'250'000},
      {"1777627800250000", 1777627800'250'000},
      {"0", 0},
  };
  for (const TimeCase& c : cases) {
    const ImportedItem item = read(std::string(R"({"text": "hi", "time": )") + c.time + "}");
    EXPECT_EQ(item.draft.created_us, c.created_us) << c.time;
  }
}

TEST(Turn, knows_the_usual_names_of_its_parts) {
  for (const char* line :
       {R"({"role": "user", "text": "hi", "time": 1, "session": "s1"})",
        R"({"role": "user", "content": "hi", "timestamp": 1, "session_id": "s1"})",
        R"({"role": "user", "text": "hi", "created_at": 1, "conversation": "s1"})",
        R"({"role": "user", "text": "hi", "time": 1, "dialogue": "s1"})"}) {
    const ImportedItem item = read(line);
    EXPECT_EQ(*item.draft.content, "hi") << line;
    EXPECT_EQ(item.draft.created_us, 1'000'000) << line;
    EXPECT_EQ(item.scope->name(Scope::kSession), "s1") << line;
    EXPECT_EQ(item.draft.type, "episodic") << line;
    EXPECT_EQ(item.draft.metadata, R"({"role":"user"})") << line;
  }
}

TEST(Turn, keeps_other_keys_as_metadata_and_its_own_metadata_win) {
  const ImportedItem item =
      read(R"({"text": "hi", "mood": "glad", "x": 1, "metadata": {"x": 2, "y": [3]}})");
  EXPECT_EQ(Json::parse(*item.draft.metadata),
            Json::parse(R"({"mood": "glad", "x": 2, "y": [3]})"));
  EXPECT_FALSE(read(R"({"text": "hi"})").draft.metadata);
}

TEST(Turn, without_an_id_gets_one_that_only_it_has) {
  const std::string line = R"({"text": "hi", "session": "s", "role": "user"})";
  const std::string id = *read(line).draft.id;
  EXPECT_EQ(*read(line).draft.id, id) << "the same file twice is there once";
  EXPECT_NE(*read(line, Scope(), 2).draft.id, id) << "another place in its session";
  EXPECT_NE(*read(R"({"text": "ho", "session": "s", "role": "user"})").draft.id, id);
  EXPECT_NE(*read(R"({"text": "hi", "session": "t", "role": "user"})").draft.id, id);
  EXPECT_NE(*read(R"({"text": "hi", "session": "s", "role": "bot"})").draft.id, id);
  EXPECT_EQ(*read(R"({"text": "hi", "id": 17})").draft.id, "17");
}

TEST(Line, is_filed_under_its_own_names_unless_the_call_gives_others) {
  const char* const line = R"({"memtier": 1, "id": "x", "user": "ada", "collection": "work"})";
  EXPECT_EQ(read(line).scope->name(Scope::kUser), "ada");
  EXPECT_EQ(read(line).scope->name(Scope::kCollection), "work");
  const Scope given({"home", "", "bob", "", ""});
  EXPECT_EQ(read(line, given).scope->name(Scope::kUser), "bob");
  EXPECT_EQ(read(line, given).scope->name(Scope::kCollection), "home");
  EXPECT_EQ(read(line, given).scope->name(Scope::kAgent), "");
}

TEST(Item, keeps_version_and_metadata_as_they_stand) {
  const ImportedItem item =
      read(R"({"memtier": 1, "kind": "item", "id": "x", "version": 7, "metadata": {"a":  1.50}})");
  EXPECT_EQ(item.version, 7);
  EXPECT_EQ(*item.draft.metadata, R"({"a":  1.50})");
}

TEST(Line, is_told_what_is_wrong_with_it) {
  const char* const lines[] = {"",
                               "nonsense",
                               "[1]",
                               "{}",
                               R"({"text": 5})",
                               R"({"text": "hi", "time": "yesterday"})",
                               R"({"text": "hi", "time": 1e18})",
                               R"({"text": "hi", "session": [1]})",
                               R"({"text": "hi", "session": "a\nb"})",
                               R"({"text": "hi", "metadata": "x"})",
                               R"({"text": "hi", "id": true})",
                               R"({"memtier": 2, "id": "x"})",
                               R"({"memtier": 1, "kind": "cat", "id": "x"})",
                               R"({"memtier": 1, "id": "x", "colour": "red"})",
                               R"({"memtier": 1, "id": "x", "version": -1})",
                               R"({"memtier": 1, "id": "x", "collection": "*"})",
                               R"({"memtier": 1, "id": "x", "importance": 2})"};
  for (const char* line : lines) {
    const auto item = parse_import_line(line, ImportOptions(), Scope(), 1);
    EXPECT_FALSE(item.ok()) << line;
  }
}

TEST(Options, are_strict) {
  EXPECT_EQ(must(ImportOptions::parse("")).format, ImportOptions::Format::kAuto);
  const ImportOptions options = must(ImportOptions::parse(
      R"({"format": "conversation", "on_error": "skip", "mode": "create", "tier": "archive"})"));
  EXPECT_EQ(options.format, ImportOptions::Format::kConversation);
  EXPECT_TRUE(options.skip_bad_lines && options.create_only);
  EXPECT_EQ(options.tier, "archive");
  for (const char* text : {R"({"format": "csv"})", R"({"on_error": "panic"})",
                           R"({"mode": "update"})", R"({"teir": "x"})", R"({"tier": 1})"}) {
    EXPECT_EQ(ImportOptions::parse(text).code(), Code::kInvalid) << text;
  }
}

}  // namespace
}  // namespace memtier::testing
