// Export and import as a whole.
#include <algorithm>

#include "base/seed.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

class Transfer : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(std::string_view name) {
    return open_store(folder_.file(name), quiet_options(clock_));
  }
  static std::string exported(Store& store, const Scope& scope = Scope({"*", "", "", "", ""}),
                              std::string_view filter = "") {
    std::string text;
    Control control;
    int64_t count = 0;
    must(store.export_items(
        scope, filter_of(filter),
        [&text](std::string_view bytes) {
          text += bytes;
          return Status();
        },
        control, &count));
    EXPECT_EQ(count, std::count(text.begin(), text.end(), '\n'));
    return text;
  }
  // In small pieces, so that lines are cut anywhere.
  static Status import(Store& store, const std::string& text, ImportCounts* counts,
                       std::string_view options = "", const Scope& scope = Scope()) {
    size_t at = 0;
    ImportSource source;
    source.read = [&](char* buffer, size_t size, size_t* out_size) {
      *out_size = std::min({size, size_t{37}, text.size() - at});
      std::copy_n(text.data() + at, *out_size, buffer);
      at += *out_size;
      return Status();
    };
    Control control;
    return store.import(scope, must(ImportOptions::parse(options)), source, control, counts);
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
};

TEST_F(Transfer, brings_every_item_back_as_it_was) {
  const auto one = open("one");
  const Scope ada = scope_of({.collection = "work", .user = "ada", .session = "s"});
  must_put(*one, R"({"id": "a", "content": "x", "tags": ["t"], "metadata": {"n":  1.0}})");
  must_put(*one, ada,
           R"({"id": "a", "content_base64": "AP/+", "tier": "archive", "priority": -3})");
  must_put(*one, ada, R"({"id": "b", "content": "pinned", "pinned": true, "ttl_us": 900000000})");
  must_put(*one, ada, R"({"id": "a", "content": "second version", "importance": 0.123456789})");
  must(one->validate(ada, "a").take_status());
  must(one->get(ada, "a").take_status());
  const std::string text = exported(*one);
  const auto two = open("two");
  ImportCounts counts;
  must(import(*two, text, &counts));
  EXPECT_EQ(counts.stored, 3);
  EXPECT_EQ(exported(*two), text);
  must(import(*two, text, &counts));
  EXPECT_EQ(counts.replaced, 3);
  EXPECT_EQ(exported(*two), text) << "twice is once";
}

TEST_F(Transfer, goes_through_files_compressed_or_not) {
  const auto one = open("one");
  for (int i = 0; i < 500; ++i) {
    must_put(*one, "{\"id\": \"" + std::to_string(i) + "\", \"content\": \"text of an item\"}");
  }
  Control control;
  int64_t count = 0;
  for (const char* name : {"out.jsonl", "out.jsonl.gz"}) {
    must(one->export_file(Scope(), filter_of(""), folder_.file(name), control, &count));
    EXPECT_EQ(count, 500);
    const auto two = open(std::string(name) + ".store");
    ImportCounts counts;
    must(two->import_file(Scope(), ImportOptions(), folder_.file(name), control, &counts));
    EXPECT_EQ(counts.stored, 500);
    EXPECT_EQ(exported(*two), exported(*one));
  }
  EXPECT_LT(std::filesystem::file_size(folder_.file("out.jsonl.gz")) * 5,
            std::filesystem::file_size(folder_.file("out.jsonl")));
}

TEST_F(Transfer, exports_what_the_scope_and_the_filter_allow) {
  const auto store = open("one");
  must_put(*store, scope_of({.user = "ada"}), R"({"id": "a", "content": "x", "type": "fact"})");
  must_put(*store, scope_of({.user = "bob"}), R"({"id": "b", "content": "x", "type": "fact"})");
  must_put(*store, scope_of({.user = "ada"}), R"({"id": "c", "content": "x"})");
  const std::string text = exported(*store, scope_of({.user = "ada"}), R"({"type": "fact"})");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_NE(text.find("\"id\":\"a\""), std::string::npos);
}

TEST_F(Transfer, stops_at_a_bad_line_with_its_number_and_keeps_what_came_before) {
  const auto store = open("one");
  ImportCounts counts;
  const std::string text = "{\"text\": \"one\"}\n\n{\"text\": 2}\n{\"text\": \"three\"}\n";
  const Status status = import(*store, text, &counts);
  EXPECT_NE(message_of(status, Code::kMalformed).find("line 3"), std::string::npos);
  EXPECT_EQ(counts.stored, 1);
  EXPECT_EQ(list_all(*store, Scope()).size(), 1u);
}

TEST_F(Transfer, skips_bad_lines_where_it_is_told_to) {
  const auto store = open("one");
  ImportCounts counts;
  const std::string text = "{\"text\": \"one\"}\nbad\n{\"text\": \"three\"}\nbad";
  must(import(*store, text, &counts, R"({"on_error": "skip"})"));
  EXPECT_EQ(counts.lines, 4);
  EXPECT_EQ(counts.stored, 2);
  EXPECT_EQ(counts.failed, 2);
  EXPECT_EQ(counts.first_failed_line, 2);
}

TEST_F(Transfer, leaves_what_is_there_where_it_is_told_to) {
  const auto store = open("one");
  must_put(*store, R"({"id": "a", "content": "mine"})");
  ImportCounts counts;
  must(import(*store, "{\"memtier\": 1, \"id\": \"a\", \"content\": \"theirs\"}\n", &counts,
              R"({"mode": "create"})"));
  EXPECT_EQ(counts.skipped, 1);
  EXPECT_EQ(must(store->get(Scope(), "a"))->text(Text::kContent), "mine");
}

TEST_F(Transfer, removes_a_file_that_it_could_not_finish) {
  const auto store = open("one");
  must_put(*store, R"({"id": "a", "content": "x"})");
  Control control([] { return Status(Code::kCancelled, "stop"); }, nullptr);
  int64_t count = 0;
  EXPECT_EQ(store->export_file(Scope(), filter_of(""), folder_.file("out"), control, &count).code(),
            Code::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("out")));
}

TEST_F(Transfer, imports_a_file_without_a_last_line_feed_and_with_other_line_ends) {
  const auto store = open("one");
  ImportCounts counts;
  must(import(*store, "\xef\xbb\xbf{\"text\": \"one\"}\r\n{\"text\": \"two\"}", &counts));
  EXPECT_EQ(counts.stored, 2);
}

}  // namespace
}  // namespace memtier::testing
