// The folder: whatever was committed in whatever order, the tables say what the items say.
#include "storage/sqlite/folder.h"

#include <cstdlib>

#include "index/text/inverted_text_index.h"
#include "storage/integrity.h"
#include "storage/sqlite/sql_functions.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

using Problems = std::vector<std::string>;

// A storage with its word index, as a store has it.
struct IndexedStorage {
  explicit IndexedStorage(const SqliteSettings& settings)
      : storage(must(SqliteStorage::open(settings))), index(*storage, Tokenizer::kEnglish) {
    must(storage->attach(&sink, &index));
  }
  RecordingSink sink;
  std::unique_ptr<SqliteStorage> storage;
  InvertedTextIndex index;
};

// Does what nobody in particular would do, on a few ids, so that they meet again and again.
class RandomWriter {
 public:
  explicit RandomWriter(Random& random) : random_(random) {
    for (const char* user : {"", "ada", "bob"}) {
      scopes_.push_back(Scope({random_.one_in(2) ? "" : "work", "", user, "", ""}));
    }
  }

  void step(SqliteStorage& storage) {
    now_us_ += static_cast<int64_t>(random_.below(2'000'000));
    std::vector<WriteOp> batch;
    const uint64_t count = 1 + random_.below(random_.one_in(10) ? 60 : 6);
    for (uint64_t i = 0; i < count; ++i) batch.push_back(operation(storage));
    must(storage.commit(batch, Durability::kNormal, now_us_, true));
    if (random_.one_in(8)) write_access(storage);
    if (random_.one_in(5)) must(storage.fold(true));
    if (random_.one_in(40)) must(storage.flush());
  }

  const std::vector<Scope>& scopes() const { return scopes_; }

 private:
  WriteOp operation(SqliteStorage& storage) {
    const Scope& scope = scopes_[random_.below(scopes_.size())];
    const std::string id = "id" + std::to_string(random_.below(40));
    const ItemRef item = must_find(storage, scope, id);
    const uint64_t kind = random_.below(10);
    const auto tier = static_cast<int32_t>(random_.below(4));
    if (!item || kind < 4) return put(scope, id, tier);
    if (kind < 6) return WriteOp::move(item, tier, Reason::kManual);
    if (kind < 7) return WriteOp::validate(item);
    if (kind < 8)
      return WriteOp::refresh(item, now_us_ + 1 + static_cast<int64_t>(random_.below(9)));
    if (kind < 9) return WriteOp::remove(item, Reason::kNone);
    const Reason reason = random_.one_in(2) ? Reason::kEvicted : Reason::kExpired;
    return WriteOp::remove_row(item->row(), item->key_hash(), item->tier(), reason);
  }

  WriteOp put(const Scope& scope, const std::string& id, int32_t tier) {
    const bool large = random_.one_in(60);
    std::string content = random_.letters(1 + random_.below(30));
    while (large && content.size() < 90'000) content += " " + random_.letters(10);
    const std::string tags = random_.one_in(2) ? "red\ngreen" : random_.one_in(2) ? "red" : "";
    const std::string title = R"({"title": ")" + random_.letters(5) + R"("})";
    return put_op(scope, {.id = id,
                          .content = random_.one_in(20) ? std::string_view() : content,
                          .type = random_.one_in(3)   ? ""
                                  : random_.one_in(2) ? "fact"
                                                      : "event",
                          .tags = tags,
                          .metadata = random_.one_in(2) ? std::string_view() : title,
                          .tier = tier,
                          .importance = random_.fraction(),
                          .created_us = now_us_ - static_cast<int64_t>(random_.below(5'000'000)),
                          .accessed_us = now_us_,
                          .expires_us = random_.one_in(4) ? now_us_ + 50 : 0,
                          .pinned = random_.one_in(10),
                          .content_type = random_.one_in(8) ? "image/png" : "text/plain"});
  }

  void write_access(SqliteStorage& storage) {
    std::vector<AccessDelta> deltas;
    for (int64_t row = 1; row < 200; row += 1 + static_cast<int64_t>(random_.below(20))) {
      deltas.push_back({row, 1, now_us_ - static_cast<int64_t>(random_.below(1000))});
    }
    must(storage.write_access(deltas));
  }

  Random& random_;
  std::vector<Scope> scopes_;
  int64_t now_us_ = 1'000'000'000;
};

void expect_totals_of_a_recount(SqliteStorage& storage) {
  must(storage.fold(true));
  std::vector<TierTotals> recount(storage.tier_names().size());
  const Scope all({"*", "", "", "", ""});
  for (const ItemRef& item : must(storage.scan({&all, 0}, parse_filter(""), 0, 100'000, {}))) {
    recount.at(static_cast<size_t>(item->tier())).count += 1;
    recount.at(static_cast<size_t>(item->tier())).bytes += item->size_bytes();
  }
  const std::vector<TierTotals> totals = storage.tier_totals();
  for (size_t i = 0; i < totals.size(); ++i) {
    EXPECT_EQ(totals[i].count, recount[i].count) << "tier " << i;
    EXPECT_EQ(totals[i].bytes, recount[i].bytes) << "tier " << i;
  }
}

TEST(Folding, leaves_tables_that_agree_with_the_items_after_random_operations) {
  Random random;
  for (int round = 0; round < 4; ++round) {
    const TempFolder folder;
    RandomWriter writer(random);
    for (int life = 0; life < 3; ++life) {
      IndexedStorage store(small_settings(folder.file()));
      for (int i = 0; i < 60; ++i) writer.step(*store.storage);
      expect_totals_of_a_recount(*store.storage);
      must(store.storage->close());
      ASSERT_EQ(integrity_problems(folder.file()), Problems());
      ASSERT_FALSE(std::filesystem::exists(folder.file() + "-log"));
    }
  }
}

TEST(Folding, agrees_also_where_two_handles_write_and_fold_in_turns) {
  Random random;
  const TempFolder folder;
  RandomWriter writer(random);
  IndexedStorage one(small_settings(folder.file()));
  IndexedStorage two(small_settings(folder.file()));
  for (int i = 0; i < 200; ++i) {
    SqliteStorage& storage = random.one_in(2) ? *one.storage : *two.storage;
    must(storage.refresh());
    writer.step(storage);
  }
  must(one.storage->refresh());
  must(two.storage->refresh());
  expect_totals_of_a_recount(*one.storage);
  expect_totals_of_a_recount(*two.storage);
  must(one.storage->close());
  must(two.storage->close());
  EXPECT_EQ(integrity_problems(folder.file()), Problems());
}

TEST(Folding, agrees_where_a_copy_is_recovered_from_its_journal) {
  Random random;
  const TempFolder folder;
  RandomWriter writer(random);
  IndexedStorage store(small_settings(folder.file()));
  for (int i = 0; i < 100; ++i) {
    writer.step(*store.storage);
    if (i % 20 != 19) continue;
    const TempFolder copy;  // as a crash leaves it: database, its log, the journal
    for (const char* suffix : {"", "-wal", "-log"}) {
      if (!std::filesystem::exists(folder.file() + suffix)) continue;
      std::filesystem::copy_file(folder.file() + suffix, copy.file() + suffix);
    }
    IndexedStorage recovered(small_settings(copy.file()));
    for (const Scope& scope : writer.scopes()) {
      EXPECT_EQ(list_ids(*recovered.storage, scope, 0), list_ids(*store.storage, scope, 0));
    }
    expect_totals_of_a_recount(*recovered.storage);
    must(recovered.storage->close());
    ASSERT_EQ(integrity_problems(copy.file()), Problems());
  }
}

// The folder alone, over tables of its own.
class FolderAlone : public ::testing::Test {
 protected:
  FolderAlone()
      : connection_(must(
            Connection::open(folder_.file(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 1000))),
        ladder_(must(Ladder::parse("default"))) {
    must(prepare_schema(*connection_, {"default", ladder_.to_json(), "english", 4096},
                        std::string(16, 'u'))
             .take_status());
  }

  PendingChange put(int64_t row, std::string_view content, bool existed = false) {
    PendingChange pending;
    Ref<Item> item = make_item(Scope(), {.id = "i" + std::to_string(row), .content = content});
    item->set_row(row);
    item->mutable_header().sequence = ++sequence_;
    pending.change.key_hash = item->key_hash();
    pending.change.row = row;
    pending.change.sequence = sequence_;
    pending.change.existed = existed;
    pending.change.from = existed ? 0 : -1;
    pending.change.to = 0;
    pending.change.item = ItemRef::adopt(item.detach());
    pending.end = static_cast<uint64_t>(sequence_) * 100;
    return pending;
  }

  std::string dump(const char* table) {
    const auto once = must(connection_->prepare_once(std::string("SELECT * FROM ") + table));
    Statement statement(connection_->handle(), once.get());
    std::string text;
    while (must(statement.step())) {
      for (int i = 0; i < sqlite3_column_count(statement.handle()); ++i) {
        text.append(statement.bytes(i)).append("|");
      }
      text += '\n';
    }
    return text;
  }
  std::string dump_all() {
    std::string text;
    for (const char* table : {"items", "ix_id", "ix_scope", "ix_created", "ix_tier",
                              "ix_importance", "ix_accessed", "tier_totals", "changes", "fold"}) {
      text += dump(table);
    }
    return text;
  }

  TempFolder folder_;
  std::unique_ptr<Connection> connection_;
  Ladder ladder_;
  ScopeTable scopes_;
  int64_t sequence_ = 0;
};

TEST_F(FolderAlone, folds_the_same_changes_only_once) {
  Folder folder(*connection_, scopes_, ladder_, 100, 0);
  const std::vector<PendingChange> changes = {put(1, "one"), put(2, "two"), put(1, "uno", true)};
  EXPECT_EQ(must(folder.fold(changes, 3, false)), 300u);
  const std::string tables = dump_all();
  EXPECT_EQ(must(folder.fold(changes, 3, true)), 300u);
  EXPECT_EQ(dump_all(), tables);
}

TEST_F(FolderAlone, skips_what_another_process_folded_meanwhile) {
  Folder mine(*connection_, scopes_, ladder_, 100, 0);
  const auto others_connection =
      must(Connection::open(folder_.file(), SQLITE_OPEN_READWRITE, 1000));
  ScopeTable others_scopes;
  Folder others(*others_connection, others_scopes, ladder_, 100, 0);
  const std::vector<PendingChange> changes = {put(1, "one"), put(2, "two"), put(3, "three")};
  EXPECT_EQ(must(others.fold(std::span(changes).first(2), 3, false)), 200u);
  EXPECT_EQ(must(mine.fold(std::span(changes).first(1), 3, false)), 200u) << "it is further on";
  EXPECT_EQ(must(mine.fold(changes, 4, false)), 300u);
  EXPECT_EQ(must(connection_->query_integer("SELECT count FROM tier_totals WHERE tier = 0")), 3);
}

TEST_F(FolderAlone, changes_nothing_where_the_batch_cannot_be_committed) {
  Folder folder(*connection_, scopes_, ladder_, 100, 0);
  const std::vector<PendingChange> first = {put(1, "one")};
  must(folder.fold(first, 2, false).take_status());
  const std::string tables = dump_all();
  must(
      connection_->execute("CREATE TRIGGER no BEFORE INSERT ON items WHEN new.row = 3 BEGIN "
                           "SELECT raise(FAIL, 'no'); END"));
  const std::vector<PendingChange> changes = {put(2, "two"), put(3, "three")};
  EXPECT_FALSE(folder.fold(changes, 4, false).ok());
  EXPECT_EQ(dump_all(), tables);
  must(connection_->execute("DROP TRIGGER no"));
  EXPECT_EQ(must(folder.fold(changes, 4, false)), 300u) << "and works again afterwards";
  EXPECT_EQ(must(connection_->query_integer("SELECT count(*) FROM items")), 3);
}

TEST_F(FolderAlone, keeps_so_many_transitions_and_no_more) {
  Folder folder(*connection_, scopes_, ladder_, 5, 0);
  std::vector<PendingChange> changes = {put(1, "one")};
  for (int i = 0; i < 12; ++i) {
    PendingChange move;
    move.change.kind = WriteOp::Kind::kMove;
    move.change.reason = Reason::kManual;
    move.change.row = 1;
    move.change.sequence = ++sequence_;
    move.change.from = i % 2;
    move.change.to = 1 - i % 2;
    move.change.time_us = i;
    move.end = static_cast<uint64_t>(sequence_) * 100;
    changes.push_back(move);
  }
  must(folder.fold(changes, 2, false).take_status());
  EXPECT_EQ(must(connection_->query_integer("SELECT count(*) FROM transitions")), 5);
  EXPECT_EQ(must(connection_->query_integer("SELECT min(time_us) FROM transitions")), 7);
}

TEST_F(FolderAlone, compresses_in_the_archive_and_only_there) {
  Folder folder(*connection_, scopes_, ladder_, 100, 0);
  const std::string text(5000, 'a');
  PendingChange archived = put(1, text);
  archived.change.to = 3;
  const_cast<Item&>(*archived.change.item).mutable_header().tier = 3;
  must(folder.fold({&archived, 1}, 2, false).take_status());
  const char* const size = "SELECT length(content) FROM items WHERE row = 1";
  EXPECT_LT(must(connection_->query_integer(size)), 200);
  PendingChange back;
  back.change.kind = WriteOp::Kind::kMove;
  back.change.row = 1;
  back.change.from = 3;
  back.change.to = 1;
  back.change.sequence = ++sequence_;
  back.end = static_cast<uint64_t>(sequence_) * 100;
  must(folder.fold({&back, 1}, 2, false).take_status());
  EXPECT_EQ(must(connection_->query_integer(size)), 5000);
}

}  // namespace
}  // namespace memtier::testing
