// An archive whose blocks are files in a folder: what they survive, what of them concerns whom, when they go.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "store/store_testing.h"

namespace memtier::testing {
namespace {

constexpr const char* kOutside = R"({"tiers": [{"name": "near", "medium": "ram"},
  {"name": "far", "medium": "external", "target": "cold"}]})";
constexpr const char* kInside = R"({"tiers": [{"name": "near", "medium": "ram"},
  {"name": "far", "medium": "archive"}]})";

using Files = std::vector<std::string>;

class ExternalArchive : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(const char* ladder = kOutside) {
    StoreOptions options = quiet_options(make_clock());
    options.ladder = ladder;
    options.change_ladder = true;
    options.archive_grace_us = grace_us_;
    return open_store(folder_.file(), std::move(options));
  }
  Files files() const {
    Files names;
    for (const auto& entry : std::filesystem::directory_iterator(target())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string target() const { return folder_.file("cold"); }
  static std::string words_of(int i) {
    return "turn " + std::to_string(i) + " of a talk about kumquats, which were " +
           std::to_string(i * 7) + " this time";
  }
  // Of the months May (even numbers) and June.
  static void fill(Store& store, int first, int end) {
    for (int i = first; i < end; ++i) {
      const int64_t created_us = kStartUs - (i % 2 == 0 ? 20 : 0) * int64_t{86'400'000'000} + i;
      must_put(store, scope_of({.user = i % 2 == 0 ? "even" : "odd"}),
               Json{{"id", "i" + std::to_string(i)},
                    {"content", words_of(i)},
                    {"metadata", {{"number", i}}},
                    {"tier", "far"},
                    {"created_us", created_us}}
                   .dump());
    }
  }
  static Json pack(Store& store, const char* request = "") {
    Control control;
    return Json::parse(must(store.pack_archive(must(PackRequest::parse(request)), control)));
  }
  static void expect_whole(Store& store, int items) {
    for (int i = 0; i < items; ++i) {
      const ItemRef item = must(store.get(Scope(), "i" + std::to_string(i)));
      EXPECT_EQ(item->text(Text::kContent), words_of(i));
    }
  }

  TempFolder folder_;
  int64_t grace_us_ = 0;
};

TEST_F(ExternalArchive, keeps_contents_in_files_and_all_else_in_the_store) {
  {
    const auto store = open();
    fill(*store, 0, 100);
    EXPECT_EQ(pack(*store)["packed"], 100);
    EXPECT_EQ(files().size(), 2U);
    must(store->close());
  }
  EXPECT_EQ(read_file(folder_.file()).find("kumquats"), std::string::npos);
  const auto store = open();
  expect_whole(*store, 100);
  const Json numbers = Json::parse(must(store->archive_statistics()));
  int64_t bytes = 0;
  for (const std::string& file : files()) {
    bytes += static_cast<int64_t>(std::filesystem::file_size(target() + "/" + file));
  }
  EXPECT_EQ(numbers["items"], 100);
  EXPECT_GE(numbers["compressed_bytes"], bytes);
  EXPECT_LT(numbers["compressed_bytes"], numbers["original_bytes"]);
  const QueryRef query = must(Query::parse(R"({"text": "kumquats 147", "match": "all"})"));
  const Hits found = must(store->search(Scope(), *query, Control()));
  ASSERT_EQ(found.items.size(), 1U);
  EXPECT_EQ(found.items[0]->id(), "i21");
}

TEST_F(ExternalArchive, damage_and_loss_of_a_file_concern_its_items_alone) {
  for (const bool lost : {true, false}) {
    std::filesystem::remove_all(folder_.path());
    std::filesystem::create_directory(folder_.path());
    const auto store = open();
    fill(*store, 0, 100);
    (void)pack(*store);
    must(store->close());
    const std::string victim = target() + "/" + files()[0];  // of the older month: even numbers
    if (lost) {
      std::filesystem::remove(victim);
    } else {
      std::string bytes = read_file(victim);
      bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
      write_file(victim, bytes);
    }
    const auto again = open();
    EXPECT_EQ(again->get(Scope(), "i4").code(), Code::kCorrupt);
    EXPECT_EQ(must(again->get(Scope(), "i5"))->text(Text::kContent), words_of(5));
    EXPECT_EQ(must(again->count(Scope(), filter_of(""))), 100);
    Control control;
    const Json told = Json::parse(must(again->restore(
        Scope(), must(RestoreRequest::parse(R"({"filter": {}, "tier": "near"})")), control)));
    EXPECT_EQ(told["restored"], 50);
    EXPECT_EQ(told["damaged"].size(), 50U);
    must(again->close());
  }
}

TEST_F(ExternalArchive, files_of_blocks_that_are_no_more_go_after_a_while) {
  grace_us_ = int64_t{3'600'000'000};
  auto store = open();
  fill(*store, 0, 100);
  (void)pack(*store);
  const Files before = files();
  const std::string mark = before[0].substr(0, 17);
  write_file(target() + "/" + mark + "7-0123456789abcdef.block", "of a process that was killed");
  write_file(target() + "/" + mark + "8-0123456789abcdef.block.new", "of another");
  const std::string of_other = "0123456789abcdef-7-0123456789abcdef.block";
  write_file(target() + "/" + of_other, "of another store");
  write_file(target() + "/README", "of the user's own");
  Control control;
  must(store->restore(Scope(), must(RestoreRequest::parse(R"({"filter": {}, "tier": "near"})")),
                      control));
  (void)pack(*store, R"({"repack": true})");
  EXPECT_EQ(files().size(), before.size() + 3) << "older readers may need them";
  must(store->close());
  EXPECT_EQ(files(), (Files{of_other, "README"})) << "now nobody reads an older state";
  grace_us_ = 0;
  store = open();
  write_file(target() + "/" + mark + "9-0123456789abcdef.block", "of another that was killed");
  (void)pack(*store, R"({"repack": true})");
  EXPECT_EQ(files(), (Files{of_other, "README"}));
  expect_whole(*store, 100);
}

// A policy that deletes what lacks something must not delete what cannot be read just now.
TEST_F(ExternalArchive, what_cannot_be_read_is_not_taken_for_missing) {
  const auto store = open();
  fill(*store, 0, 100);
  (void)pack(*store);
  must(store->close());
  const std::string away = folder_.file("elsewhere");
  std::filesystem::rename(target() + "/" + files()[0], away);  // even numbers
  const auto again = open();
  const char* const kAbout[] = {
      R"({"metadata.keep": {"$exists": false}})", R"({"metadata.keep": {"$ne": true}})",
      R"({"$not": {"metadata.keep": true}})", R"({"$not": {"content": {"$contains": "pears"}}})"};
  std::string many = R"({"$and": [)";
  for (int i = 0; i < 120; ++i) many += R"({"metadata.keep": {"$exists": false}}, )";  // not by SQL
  many += R"({"type": {"$exists": false}}]})";
  for (const std::string filter : {kAbout[0], kAbout[1], kAbout[2], kAbout[3], many.c_str()}) {
    EXPECT_EQ(must(again->count(Scope(), filter_of(filter))), 50) << filter.substr(0, 60);
  }
  EXPECT_EQ(must(again->count(Scope(), filter_of(R"({"type": {"$exists": false}})"))), 100);
}

TEST_F(ExternalArchive, forgets_with_the_files) {
  grace_us_ = int64_t{3'600'000'000};
  const auto store = open();
  fill(*store, 0, 100);
  (void)pack(*store);
  const Files before = files();
  Control control;
  must(store->forget(scope_of({.user = "even"}), control));
  const Files after = files();
  for (const std::string& name : before) {
    EXPECT_EQ(std::count(after.begin(), after.end(), name), 0) << name;
  }
  EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 50);
  EXPECT_EQ(must(store->get(Scope(), "i5"))->text(Text::kContent), words_of(5));
}

TEST_F(ExternalArchive, comes_into_the_file_and_out_of_it_with_another_ladder) {
  const auto at_each = [this](const char* ladder, size_t outside) {
    const auto store = open(ladder);
    expect_whole(*store, 100);
    EXPECT_EQ(files().size(), outside);
    must(store->close());
  };
  {
    const auto store = open();
    fill(*store, 0, 100);
    (void)pack(*store);
    must(store->close());
  }
  at_each(kInside, 0);
  at_each(kOutside, 2);
  const std::string same = R"({"tiers": [{"name": "near", "medium": "ram"},
    {"name": "far", "medium": "external", "target": ")" +
                           target() + "\"}]}";
  at_each(same.c_str(), 2);  // the same folder by another name
  at_each(R"({"tiers": [{"name": "all", "medium": "database"}]})", 0);
}

TEST_F(ExternalArchive, that_cannot_be_written_leaves_items_as_they_were) {
  const auto store = open();
  fill(*store, 0, 100);
  std::filesystem::remove_all(target());
  Control control;
  Report report = store->pack_archive(PackRequest(), control);
  EXPECT_FALSE(report.ok());
  EXPECT_EQ(Json::parse(report.take_told())["packed"], 0);
  expect_whole(*store, 100);
  std::filesystem::create_directory(target());
  EXPECT_EQ(pack(*store)["packed"], 100);
  expect_whole(*store, 100);
}

TEST_F(ExternalArchive, keeps_each_item_once_whenever_the_process_is_killed) {
  constexpr int kItems = 300;
  {
    const auto store = open();
    fill(*store, 0, kItems);
    must(store->close());
  }
  for (int round = 0; round < 8; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto store = open();
      Control control;
      while (true) {
        // Nobody waits for it: the process is killed somewhere in here.
        if (write(pipe_ends[1], "x", 1) != 1) _exit(1);
        (void)pack(*store);
        if (write(pipe_ends[1], "x", 1) != 1) _exit(1);
        must(store->restore(
            Scope(), must(RestoreRequest::parse(R"({"filter": {}, "tier": "near"})")), control));
        for (int i = 0; i < kItems; ++i) must(store->move(Scope(), "i" + std::to_string(i), "far"));
      }
    }
    char byte = 0;
    for (int i = 0; i <= round; ++i) ASSERT_EQ(read(pipe_ends[0], &byte, 1), 1);
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    const auto store = open();
    EXPECT_EQ(must(store->count(Scope(), filter_of(""))), kItems);
    expect_whole(*store, kItems);
    must(store->close());
  }
  const auto store = open();
  (void)pack(*store, R"({"repack": true})");
  (void)pack(*store, R"({"repack": true})");
  const Json numbers = Json::parse(must(store->archive_statistics()));
  EXPECT_EQ(static_cast<int64_t>(files().size()), numbers["blocks"].get<int64_t>());
}

TEST(ExternalArchives, are_refused_where_they_make_no_sense) {
  StoreOptions options = quiet_options(make_clock());
  options.ladder = kOutside;
  EXPECT_EQ(Store::open(":memory:", std::move(options)).code(), Code::kUnsupported);
  const auto refused = [](const std::string& tiers) {
    return message_of(Ladder::parse(R"({"tiers": [)" + tiers + "]}"), Code::kInvalid);
  };
  const std::string external = R"({"name": "x", "medium": "external", "target": "cold"})";
  EXPECT_NE(refused(external + R"(, {"name": "y", "medium": "ram"})").find("last tier"),
            std::string::npos);
  EXPECT_NE(refused(R"({"name": "y", "medium": "archive"}, )" + external).find("only archive"),
            std::string::npos);
  EXPECT_NE(refused(R"({"name": "x", "medium": "external"})").find("\"target\""),
            std::string::npos);
  EXPECT_NE(refused(R"({"name": "x", "medium": "archive", "target": "cold"})").find("alone"),
            std::string::npos);
  EXPECT_EQ(must(Ladder::parse(must(Ladder::parse(kOutside)).to_json())).target(), "cold");
}

}  // namespace
}  // namespace memtier::testing
