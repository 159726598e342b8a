// The archive's blocks under damage, and under a process that ends in the middle of packing.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>

#include "storage/integrity.h"
#include "storage/sqlite/connection.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

std::string content_of(int i) {
  return "Turn " + std::to_string(i) + ": we talked about green tea, and how often the number " +
         std::to_string(i * 7) + " train to Bari is late";
}

std::string id_of(int i) {
  return "i" + std::to_string(i);
}

void put_archived(Store& store, int first, int end) {
  for (int i = first; i < end; ++i) {
    must_put(store, R"({"tier": "archive", "id": ")" + id_of(i) + R"(", "content": ")" +
                        content_of(i) + "\"}");
  }
}

Json pack(Store& store, const char* request) {
  Control control;
  return Json::parse(must(store.pack_archive(must(PackRequest::parse(request)), control)));
}

Json restore(Store& store, const char* request) {
  Control control;
  return Json::parse(must(store.restore(Scope(), must(RestoreRequest::parse(request)), control)));
}

class ArchiveBlocks : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open() { return open_store(folder_->file(), quiet_options(make_clock())); }
  // Two blocks, of 256 and of 100 items.
  std::unique_ptr<Store> open_with_damaged(const char* sql) {
    {
      const auto store = open();
      put_archived(*store, 0, 256);
      (void)pack(*store, "");
      put_archived(*store, 256, 356);
      (void)pack(*store, "");
      must(store->close());
    }
    change_file(folder_->file(), sql);
    return open();
  }
  static void expect_whole(Store& store, int first, int end) {
    for (int i = first; i < end; ++i) {
      EXPECT_EQ(must(store.get(Scope(), id_of(i)))->text(Text::kContent), content_of(i));
    }
  }

  std::optional<TempFolder> folder_{std::in_place};
};

TEST(RestoredItems, are_not_taken_back_by_the_next_rules) {
  const auto clock = make_clock();
  const auto store = open_store(":memory:", quiet_options(clock));
  put_archived(*store, 0, 2);
  clock->advance_us(int64_t{200} * 24 * 3600 * 1'000'000);
  EXPECT_EQ(restore(*store, R"({"ids": ["i1"], "tier": "long_term"})")["restored"], 1);
  Control control;
  must(store
           ->apply_archive_rules(
               Scope(), must(ApplyRequest::parse(R"({"names": ["unaccessed_old"]})")), control)
           .take_status());
  EXPECT_EQ(must(store->count(Scope(), filter_of(R"({"tier": "archive"})"))), 1);
}

// What a store says of items by their metadata, packed or not.
std::vector<std::vector<std::string>> answers_by_metadata(Store& store) {
  std::vector<std::vector<std::string>> answers;
  for (const char* request :
       {R"({"filter": {"metadata.n": {"$gte": 90}}})", R"({"filter": {"metadata.even": true}})",
        R"({"filter": {"metadata": {"$exists": false}}})", R"({"order_by": "metadata.back"})",
        R"({"filter": {"$or": [{"metadata.n": 3}, {"content": {"$contains": "Turn 5:"}}]}})"}) {
    answers.push_back(listed(store, request));
  }
  return answers;
}

// Every tenth has none.
std::string metadata_of(int i) {
  if (i % 10 == 0) return "";
  return R"({"n": )" + std::to_string(i) + R"(, "even": )" + (i % 2 == 0 ? "true" : "false") +
         R"(, "back": )" + std::to_string(-i) + "}";
}

TEST_F(ArchiveBlocks, hold_the_metadata_too_and_nobody_notices) {
  constexpr int kItems = 100;
  const auto store = open();
  for (int i = 0; i < kItems; ++i) {
    const std::string metadata = metadata_of(i);
    must_put(*store, R"({"tier": "archive", "id": ")" + id_of(i) + R"(", "content": ")" +
                         content_of(i) + '"' +
                         (metadata.empty() ? "" : R"(, "metadata": )" + metadata) + "}");
  }
  const auto before = answers_by_metadata(*store);
  EXPECT_EQ(before[0].size(), 9u);
  EXPECT_EQ(pack(*store, R"({"all": true})")["packed"], kItems);
  const auto metadata_left = [this] {
    const auto connection = must(Connection::open(folder_->file(), SQLITE_OPEN_READWRITE, 1000));
    return must(connection->query_integer("SELECT sum(length(metadata)) FROM items"));
  };
  EXPECT_EQ(metadata_left(), 0);
  EXPECT_EQ(answers_by_metadata(*store), before);
  for (int i = 0; i < kItems; ++i) {
    const ItemRef item = must(store->get(Scope(), id_of(i)));
    EXPECT_EQ(item->text(Text::kContent), content_of(i));
    const std::string metadata = metadata_of(i);
    EXPECT_EQ(item->text(Text::kMetadata).empty(), metadata.empty());
    if (metadata.empty()) continue;
    EXPECT_EQ(Json::parse(item->text(Text::kMetadata)), Json::parse(metadata));
  }
  // An index of the caller's own is filled from blocks, and loses what goes.
  Control control;
  must(store->create_index({"n", "metadata.n"}, control));
  EXPECT_EQ(answers_by_metadata(*store), before);
  must(store->remove(Scope(), "i95", 0, Durability::kDefault));
  must_put(*store, R"({"id": "i97", "content": "else"})");
  EXPECT_EQ(listed(*store, R"({"filter": {"metadata.n": {"$gte": 90}}})").size(), 7u);
  // What comes back has them in its row, and so has what is packed anew.
  EXPECT_EQ(restore(*store, R"({"ids": ["i91", "i92"]})")["restored"], 2);
  flush(*store);
  EXPECT_GT(metadata_left(), 0);
  (void)pack(*store, R"({"repack": true, "all": true})");
  EXPECT_EQ(Json::parse(must(store->get(Scope(), "i92"))->text(Text::kMetadata))["n"], 92);
  EXPECT_EQ(listed(*store, R"({"filter": {"metadata.n": {"$gte": 90}}})").size(), 7u);
  must(store->close());
  EXPECT_EQ(integrity_problems(folder_->file()), std::vector<std::string>());
}

TEST_F(ArchiveBlocks, damaged_concern_no_other) {
  for (const char* damage :
       {"UPDATE archive_pieces SET data = zeroblob(length(data)) WHERE key = 1 << 24",
        "UPDATE archive_pieces SET data = substr(data, 2) WHERE key = 1 << 24",
        "UPDATE archive_pieces SET data = x'' WHERE key = 1 << 24",
        "UPDATE archive_pieces SET data = data || x'00' WHERE key = 1 << 24",
        "UPDATE archive_pieces SET key = key + (1 << 26) WHERE key = 1 << 24",
        "UPDATE archive_pieces SET data = substr(data, 1, length(data) - 1) WHERE key = 1 << 24",
        "DELETE FROM archive_pieces WHERE key >> 24 = 1",
        "UPDATE items SET content = x'ff' WHERE id = 'i3'",
        "UPDATE items SET content = x'01ff7f' WHERE id = 'i3'"}) {
    SCOPED_TRACE(damage);
    folder_.emplace();
    const auto store = open_with_damaged(damage);
    EXPECT_EQ(store->get(Scope(), "i3").code(), Code::kCorrupt);
    expect_whole(*store, 256, 356);
    const Json report = restore(*store, R"({"ids": ["i3", "i300"]})");
    EXPECT_EQ(report["restored"], 1);
    EXPECT_EQ(report["damaged"], (Json::array({"i3"})));
    EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 356);
    must(store->remove(Scope(), "i3", 0, Durability::kDefault));
    EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 355);
  }
}

TEST_F(ArchiveBlocks, damaged_stay_where_they_are_in_a_repack) {
  const auto store = open_with_damaged(
      "UPDATE archive_blocks SET live = 1 WHERE block = 1; "
      "UPDATE archive_pieces SET data = zeroblob(length(data)) WHERE key >> 24 = 1");
  const Json report = pack(*store, R"({"repack": true})");
  EXPECT_EQ(report["damaged_blocks"], 1);
  EXPECT_EQ(store->get(Scope(), "i3").code(), Code::kCorrupt);
  expect_whole(*store, 256, 356);
}

int64_t ask_file(const std::string& path, const std::string& sql) {
  const auto connection = must(Connection::open(path, SQLITE_OPEN_READWRITE, 1000));
  return must(connection->query_integer(sql));
}

std::vector<std::string> found_by_meaning(Store& store, const char* text) {
  const Json query = {{"text", text}, {"meaning", true}, {"limit", 3}};
  const Hits hits = must(store.search(Scope(), *must(Query::parse(query.dump())), Control()));
  return ids_of(hits.items);
}

TEST_F(ArchiveBlocks, whose_items_have_coarse_vectors_still_find_them) {
  constexpr const char* kTexts[] = {
      "I love hiking in the mountains",    "The invoice was paid in March",
      "My sister plays the violin",        "The train to Bari is late again",
      "A cup of green tea in the morning", "The printer in the office is broken"};
  constexpr const char* kQueries[] = {"trekking outdoors", "payment of a bill",
                                      "music and instruments"};
  std::vector<std::vector<std::string>> before;
  {
    const auto store = open();
    for (int i = 0; i < 6; ++i) {
      must_put(*store, Json{{"id", id_of(i)}, {"tier", "archive"}, {"content", kTexts[i]}}.dump());
    }
    for (const char* query : kQueries) before.push_back(found_by_meaning(*store, query));
    EXPECT_EQ(before[0][0], "i0");
    const int64_t bytes = ask_file(folder_->file(), "SELECT min(length(data)) FROM vectors");
    (void)pack(*store, R"({"all": true})");
    EXPECT_LT(ask_file(folder_->file(), "SELECT max(length(data)) FROM vectors") * 2, bytes);
    must(store->close());
  }
  const auto store = open();
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(found_by_meaning(*store, kQueries[i])[0], before[i][0]);
  // A new text has a new vector, and the bytes of it.
  must_put(*store, R"({"id": "i0", "content": "The invoice is not paid"})");
  flush(*store);
  const auto paid = found_by_meaning(*store, "payment of a bill");
  EXPECT_TRUE(std::find(paid.begin(), paid.end(), "i0") != paid.end());
  EXPECT_GT(ask_file(folder_->file(), "SELECT max(length(data)) FROM vectors"), 200);
}

TEST_F(ArchiveBlocks, get_a_larger_dictionary_when_there_is_more_to_make_it_of) {
  const auto store = open();
  uint64_t state = 1;
  const auto put_texts = [&](int first, int end) {
    for (int i = first; i < end; ++i) {
      std::string text;
      for (int k = 0; k < 40; ++k) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += "word" + std::to_string(state >> 40) + ' ';
      }
      must_put(*store,
               Json{{"id", id_of(i)}, {"tier", "archive"}, {"content", std::move(text)}}.dump());
    }
    (void)pack(*store, R"({"all": true, "level": 1})");
  };
  const auto ask = [&](const char* sql) { return ask_file(folder_->file(), sql); };
  put_texts(0, 60);
  EXPECT_EQ(ask("SELECT count(*) FROM archive_dictionaries"), 1);
  put_texts(60, 80);  // not as much again
  EXPECT_EQ(ask("SELECT count(*) FROM archive_dictionaries"), 1);
  put_texts(80, 200);
  EXPECT_EQ(ask("SELECT count(*) FROM archive_dictionaries"), 2);
  EXPECT_GT(ask("SELECT max(bytes) FROM archive_dictionaries"),
            2 * ask("SELECT min(bytes) FROM archive_dictionaries"));
  // Those of before are read by the one that they were made with.
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(must(store->get(Scope(), id_of(i)))->text(Text::kContent).starts_with("word"));
  }
}

// 6 MB of contents that compress well; the pages that they stood in are still there.
TEST_F(ArchiveBlocks, leave_room_that_a_tick_takes_out_of_the_file_once) {
  StoreOptions options = quiet_options(make_clock());
  options.compress_threshold_bytes = 0;
  const auto store = open_store(folder_->file(), std::move(options));
  for (int i = 0; i < 2000; ++i) {
    must_put(*store, R"({"tier": "long_term", "id": ")" + id_of(i) + R"(", "content": ")" +
                         std::string(3000, static_cast<char>('a' + i % 26)) + "\"}");
  }
  flush(*store);
  Control control;
  int64_t count = 0;
  Draft archived;
  must(archived.set_tier("archive"));
  must(
      store->update_where(Scope(), filter_of(""), archived, Durability::kDefault, control, &count));
  (void)pack(*store, "");
  const auto compact = [&](const char* request) {
    return Json::parse(must(store->tick(must(TickRequest::parse(request)), control)))["jobs"][0];
  };
  // A budget that is too small for writing the file leaves it.
  EXPECT_EQ(compact(R"({"jobs": ["compact"], "budget_ms": 1})").value("saved_bytes", 0), 0);
  EXPECT_GT(compact(R"({"jobs": ["compact"]})")["saved_bytes"], 2'000'000);
  EXPECT_EQ(compact(R"({"jobs": ["compact"]})")["saved_bytes"], 0);
  EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 2000);
  EXPECT_EQ(must(store->get(Scope(), id_of(27)))->text(Text::kContent), std::string(3000, 'b'));
}

TEST_F(ArchiveBlocks, whose_dictionary_is_damaged_tell_so) {
  const auto store = open_with_damaged("UPDATE archive_dictionaries SET data = x'00'");
  const Code code = store->get(Scope(), "i3").code();
  EXPECT_TRUE(code == Code::kCorrupt || code == Code::kOk);  // so few contents may have none
  EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 356);
}

// The child is killed while it packs, restores and packs anew, over and over; whatever it was at, each
// item is there once, with its content.
TEST_F(ArchiveBlocks, keep_each_item_once_whenever_the_process_is_killed) {
  constexpr int kItems = 400;
  {
    const auto store = open();
    put_archived(*store, 0, kItems);
    must(store->close());
  }
  for (int round = 0; round < 12; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = open();
      const auto tell = [&] { (void)!write(pipe_ends[1], "x", 1); };
      while (true) {
        tell();
        (void)pack(*store, R"({"level": 1})");
        tell();
        (void)restore(*store, R"({"filter": {"id": {"$startsWith": "i1"}}})");
        Control control;
        int64_t count = 0;
        Draft back;
        must(back.set_tier("archive"));
        tell();
        must(store->update_where(Scope(), filter_of(R"({"tier": "short_term"})"), back,
                                 Durability::kDefault, control, &count));
        tell();
        (void)pack(*store, R"({"repack": true, "level": 1})");
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
    expect_whole(*store, 0, kItems);
    must(store->close());
  }
}

}  // namespace
}  // namespace memtier::testing
