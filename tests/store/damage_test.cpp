// What becomes of a store whose file is damaged: a clear error, of the item alone where that can be, and
// never a crash.
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "store/store_testing.h"

namespace memtier::testing {
namespace {

void run_sql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  sqlite3_close(db);
}

class Damage : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open() { return open_store(folder_.file(), quiet_options(make_clock())); }
  // A store of three items, one of which is damaged.
  std::unique_ptr<Store> open_with_damaged(const char* column) {
    {
      const auto store = open();
      for (const char* id : {"a", "b", "c"}) {
        must_put(*store, std::string(R"({"id": ")") + id + R"(", "content": "green tea"})");
      }
      must(store->close());
    }
    run_sql(folder_.file(), std::string("UPDATE items SET ") + column + " WHERE id = 'b'");
    return open();
  }
  Code open_code() {
    StoreOptions options = quiet_options(make_clock());
    return Store::open(folder_.file(), std::move(options)).code();
  }

  TempFolder folder_;
};

TEST_F(Damage, of_an_item_is_its_own_error_and_nobody_elses) {
  const auto store = open_with_damaged("encoding = 1, content = x'00ff'");
  EXPECT_EQ(store->get(Scope(), "b").code(), Code::kCorrupt);
  EXPECT_EQ(must(store->get(Scope(), "a"))->id(), "a");
  Draft patch;
  must(patch.set_content("black tea"));
  EXPECT_EQ(store->update(Scope(), "b", patch, Durability::kDefault).code(), Code::kCorrupt);
  Control control;
  const ListRequest all = must(ListRequest::parse(""));
  const Page page = must(store->list(Scope(), all, 10, control));
  ASSERT_EQ(page.items.size(), 3u);
  int damaged = 0;
  for (const ItemRef& item : page.items) damaged += item->is_damaged() ? 1 : 0;
  EXPECT_EQ(damaged, 1);
  EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 3);
}

TEST_F(Damage, is_mended_by_putting_or_deleting_the_item) {
  const auto store = open_with_damaged("encoding = 1, content = x'00ff'");
  must_put(*store, R"({"id": "b", "content": "whole again"})");
  EXPECT_EQ(must(store->get(Scope(), "b"))->text(Text::kContent), "whole again");
  flush(*store);
  must(store->close());
  run_sql(folder_.file(), "UPDATE items SET encoding = 1, content = x'00ff' WHERE id = 'b'");
  const auto again = open();
  must(again->remove(Scope(), "b", 0, Durability::kDefault));
  flush(*again);
  EXPECT_EQ(again->get(Scope(), "b").code(), Code::kNotFound);
  EXPECT_EQ(must(again->count(Scope(), filter_of(""))), 2);
}

TEST_F(Damage, leaves_items_out_of_exports_and_says_so) {
  for (const char* column : {"encoding = 1, content = x'00ff'", "metadata = '{bad'"}) {
    SCOPED_TRACE(column);
    const auto store = open_with_damaged(column);
    Control control;
    std::string lines;
    int64_t count = 0;
    const auto write = [&lines](std::string_view bytes) {
      lines += bytes;
      return Status();
    };
    EXPECT_EQ(store->export_items(Scope(), filter_of(""), write, control, &count).code(),
              Code::kCorrupt);
    EXPECT_EQ(count, 2);
    EXPECT_EQ(lines.find("\"b\""), std::string::npos);
    EXPECT_EQ(
        store->export_file(Scope(), filter_of(""), folder_.file() + ".out", control, &count).code(),
        Code::kCorrupt);
    EXPECT_EQ(access((folder_.file() + ".out").c_str(), F_OK), 0) << "it has all the others";
    must(store->close());
  }
}

// Pages of the table of items that hold this text are overwritten.
void destroy_pages(const std::string& path, std::string_view text) {
  constexpr size_t kPageBytes = 8192;
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string page(kPageBytes, '\0');
  int destroyed = 0;
  for (std::streamoff at = 0; file.seekg(at).read(page.data(), kPageBytes); at += kPageBytes) {
    if (page[0] != '\x0d' || page.find(text) == std::string::npos) continue;
    std::fill(page.begin(), page.end(), '\xaa');
    file.seekp(at).write(page.data(), kPageBytes);
    ++destroyed;
  }
  ASSERT_GT(destroyed, 0);
}

TEST_F(Damage, of_whole_pages_is_gone_around_by_exports) {
  constexpr int kItems = 2000;
  {
    const auto store = open();
    for (int i = 0; i < kItems; ++i) {
      const std::string number = std::to_string(10000 + i);
      must_put(*store, R"({"id": ")" + number + R"(", "content": "text )" + number + "\"}");
    }
    must(store->close());
  }
  for (const char* text : {"text 10500", "text 11200", "text 11999"}) {
    destroy_pages(folder_.file(), text);
  }
  const auto store = open();
  Control control;
  int64_t count = 0;
  std::string lines;
  const auto write = [&lines](std::string_view more) -> Status {
    lines += more;
    return {};
  };
  const Status status = store->export_items(Scope(), filter_of(""), write, control, &count);
  EXPECT_EQ(status.code(), Code::kCorrupt);
  EXPECT_NE(status.message().find("3 places"), std::string::npos) << status.message();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), count);
  EXPECT_GT(count, kItems - 300);
  EXPECT_LT(count, kItems);
  for (const char* id : {"10000", "10400", "10600", "11100", "11300"}) {
    EXPECT_NE(lines.find(std::string("\"id\":\"") + id), std::string::npos) << id;
  }
  EXPECT_EQ(lines.find("\"id\":\"10500"), std::string::npos);
}

TEST_F(Damage, leaves_items_out_of_updates_by_filter_and_goes_with_deletes) {
  {
    const auto store = open_with_damaged("encoding = 1, content = x'00ff'");
    Control control;
    int64_t count = 0;
    Draft patch;
    patch.importance = 0.9;
    EXPECT_EQ(
        store->update_where(Scope(), filter_of(""), patch, Durability::kDefault, control, &count)
            .code(),
        Code::kCorrupt);
    EXPECT_EQ(count, 2);
    must(store->remove_where(Scope(), filter_of(R"({"id": "b"})"), Durability::kDefault, control,
                             &count));
    EXPECT_EQ(count, 1);
    EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 2);
  }
}

TEST_F(Damage, does_not_stop_a_search) {
  const auto store = open_with_damaged("encoding = 1, content = x'00ff'");
  Control control;
  for (const char* text : {R"({"text": "tea"})", R"({})", R"({"text": "-coffee"})"}) {
    SCOPED_TRACE(text);
    const auto query = must(Query::parse(text));
    const Hits hits = must(store->search(Scope(), *query, control));
    EXPECT_EQ(hits.items.size(), 2u);
    EXPECT_EQ(hits.scores.size(), 2u);
  }
}

TEST_F(Damage, of_the_tables_is_told_at_open) {
  const char* const kDamages[] = {
      "PRAGMA user_version = -1",
      "PRAGMA user_version = 0",
      "UPDATE meta SET value = 'abc' WHERE key = 'journal_bytes'",
      "UPDATE meta SET value = '-5' WHERE key = 'journal_bytes'",
      "UPDATE meta SET value = '1000000000000' WHERE key = 'journal_bytes'",
      "UPDATE meta SET value = '{' WHERE key = 'ladder_json'",
      "UPDATE fold SET sequence = -5",
      "UPDATE fold SET next_row = -1",
      "DROP TABLE meta",
      "DELETE FROM fold",
  };
  for (const char* damage : kDamages) {
    SCOPED_TRACE(damage);
    {
      const auto store = open();
      must_put(*store, R"({"id": "a"})");
      must(store->close());
    }
    run_sql(folder_.file(), damage);
    EXPECT_EQ(open_code(), Code::kCorrupt);
    ASSERT_EQ(unlink(folder_.file().c_str()), 0);
    for (const char* companion : {"-log", "-wal", "-shm"}) {
      (void)unlink((folder_.file() + companion).c_str());
    }
  }
}

TEST_F(Damage, is_not_meant_where_the_tokenizer_is_of_a_later_version) {
  {
    const auto store = open();
    must(store->close());
  }
  run_sql(folder_.file(), "UPDATE meta SET value = 'klingon' WHERE key = 'tokenizer'");
  EXPECT_EQ(open_code(), Code::kNewerFormat);
}

TEST_F(Damage, is_none_where_others_hold_the_file_at_close) {
  {
    StoreOptions options = quiet_options(make_clock());
    options.busy_timeout_ms = 50;
    const auto store = open_store(folder_.file(), std::move(options));
    must_put(*store, R"({"id": "a"})");
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(folder_.file().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    must(store->close());  // what was acknowledged is in the journal
    sqlite3_close(other);
  }
  EXPECT_EQ(must(open()->get(Scope(), "a"))->id(), "a");
}

class StorePath : public Damage {};

// A database of SQLite's that has a page and no tables.
TEST_F(StorePath, to_an_empty_database_makes_a_store_only_where_it_may) {
  run_sql(folder_.file(), "PRAGMA application_id = 1; VACUUM");
  std::ifstream file(folder_.file(), std::ios::binary | std::ios::ate);
  const auto size = file.tellg();
  ASSERT_GT(size, 0);
  StoreOptions options = quiet_options(make_clock());
  options.create = false;
  const auto refused = Store::open(folder_.file(), std::move(options));
  EXPECT_EQ(refused.code(), Code::kNotFound);
  file.seekg(0, std::ios::end);
  EXPECT_EQ(file.tellg(), size);
  EXPECT_NE(access((folder_.file() + "-log").c_str(), F_OK), 0);
  must_put(*open(), R"({"id": "a"})");
}

TEST_F(StorePath, is_one_for_all_names_of_a_file) {
  const std::string link = folder_.file() + ".link";
  const auto store = open();
  ASSERT_EQ(symlink(folder_.file().c_str(), link.c_str()), 0);
  const auto other = open_store(link, quiet_options(make_clock()));
  must_put(*store, R"({"id": "a"})");
  must_put(*other, R"({"id": "b"})");
  EXPECT_EQ(must(store->get(Scope(), "b"))->id(), "b");
  EXPECT_EQ(must(other->get(Scope(), "a"))->id(), "a");
  EXPECT_NE(access((link + "-log").c_str(), F_OK), 0);
}

TEST_F(StorePath, does_not_follow_the_current_folder) {
  char before[4096];
  ASSERT_NE(getcwd(before, sizeof before), nullptr);
  const size_t slash = folder_.file().rfind('/');
  ASSERT_EQ(chdir(folder_.file().substr(0, slash).c_str()), 0);
  const auto store = open_store(folder_.file().substr(slash + 1), quiet_options(make_clock()));
  ASSERT_EQ(chdir("/"), 0);
  must_put(*store, R"({"id": "a"})");
  EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 1);
  must(store->close());
  EXPECT_NE(access((folder_.file() + "-log").c_str(), F_OK), 0) << "removed by a clean close";
  ASSERT_EQ(chdir(before), 0);
}

TEST_F(StorePath, with_several_hard_links_is_refused) {
  {
    const auto store = open();
    must(store->close());
  }
  ASSERT_EQ(link(folder_.file().c_str(), (folder_.file() + ".other").c_str()), 0);
  EXPECT_EQ(open_code(), Code::kUnsupported);
}

TEST_F(StorePath, is_never_taken_for_a_uri) {
  char before[4096];
  ASSERT_NE(getcwd(before, sizeof before), nullptr);
  ASSERT_EQ(chdir(folder_.file().substr(0, folder_.file().rfind('/')).c_str()), 0);
  for (int round = 0; round < 2; ++round) {
    const auto store = open_store("file:x?mode=memory", quiet_options(make_clock()));
    if (round == 0) must_put(*store, R"({"id": "a"})");
    EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 1);
  }
  ASSERT_EQ(chdir(before), 0);
}

}  // namespace
}  // namespace memtier::testing
