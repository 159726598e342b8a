// Stores of older formats: opening one makes it one of today's, with everything in it.
#include <gtest/gtest.h>

#include "index/text/inverted_text_index.h"
#include "storage/integrity.h"
#include "storage/sqlite/schema.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

// Format 4 as it was: each block in a row of its own.
constexpr const char* kToFormat4 = R"sql(
BEGIN;
ALTER TABLE archive_blocks RENAME TO new_blocks;
DROP INDEX archive_blocks_period;
CREATE TABLE archive_blocks(block INTEGER PRIMARY KEY AUTOINCREMENT, period INTEGER NOT NULL,
  items INTEGER NOT NULL, live INTEGER NOT NULL, original_bytes INTEGER NOT NULL,
  data BLOB NOT NULL);
CREATE INDEX archive_blocks_period ON archive_blocks(period);
INSERT INTO archive_blocks SELECT block, period, items, live, original_bytes, (SELECT
  CAST(group_concat(CAST(data AS TEXT), '') AS BLOB) FROM (SELECT data FROM archive_pieces
  WHERE key >> 24 = block ORDER BY key)) FROM new_blocks;
DROP TABLE new_blocks; DROP TABLE archive_pieces;
PRAGMA user_version = 4;
COMMIT;
)sql";

// Format 3 as it was: without associations and collections.
constexpr const char* kToFormat3 = R"sql(
BEGIN;
DROP TABLE collections;
DROP TABLE links; DROP TABLE links_in; DROP TABLE concepts; DROP TABLE link_changes;
DROP TABLE vector_changes;
DROP TABLE documents; DROP TABLE archive_dictionaries; DROP TABLE archive_blocks; DROP TABLE archive_pieces;
DROP INDEX items_unpacked;
PRAGMA user_version = 3;
COMMIT;
)sql";

// Format 2 as it was: without indexes of the caller's own.
constexpr const char* kToFormat2 = R"sql(
BEGIN;
DROP TABLE collections;
DROP TABLE indexes; DROP TABLE ix_custom;
DROP TABLE links; DROP TABLE links_in; DROP TABLE concepts; DROP TABLE link_changes;
DROP TABLE vector_changes;
DROP TABLE documents; DROP TABLE archive_dictionaries; DROP TABLE archive_blocks; DROP TABLE archive_pieces;
DROP INDEX items_unpacked;
PRAGMA user_version = 2;
COMMIT;
)sql";

// Format 1 as it was: words in an FTS5 table, index tables that tell nothing but rows.
constexpr const char* kToFormat1 = R"sql(
BEGIN;
DROP TABLE collections;
DROP TABLE indexes; DROP TABLE ix_custom;
DROP TABLE links; DROP TABLE links_in; DROP TABLE concepts; DROP TABLE link_changes;
DROP TABLE vector_changes;
DROP TABLE documents; DROP TABLE archive_dictionaries; DROP TABLE archive_blocks; DROP TABLE archive_pieces;
DROP INDEX items_unpacked;
DROP TABLE text_state; DROP TABLE text_segments; DROP TABLE text_chunks; DROP TABLE text_removed;
DROP TABLE text_words;
CREATE VIRTUAL TABLE words USING fts5(content, title, speaker);
DROP TABLE ix_scope; DROP TABLE ix_created; DROP TABLE ix_type; DROP TABLE ix_tier;
DROP TABLE ix_importance; DROP TABLE ix_expires;
ALTER TABLE ix_tag RENAME TO new_tag;
CREATE TABLE ix_scope(scope INTEGER, created_us INTEGER, row INTEGER,
  PRIMARY KEY(scope, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_created(created_us INTEGER, row INTEGER,
  PRIMARY KEY(created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_type(type INTEGER, created_us INTEGER, row INTEGER,
  PRIMARY KEY(type, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_tag(tag INTEGER, created_us INTEGER, row INTEGER,
  PRIMARY KEY(tag, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_tier(tier INTEGER, created_us INTEGER, row INTEGER,
  PRIMARY KEY(tier, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_importance(importance REAL, row INTEGER,
  PRIMARY KEY(importance, row)) WITHOUT ROWID;
CREATE TABLE ix_expires(expires_us INTEGER, row INTEGER,
  PRIMARY KEY(expires_us, row)) WITHOUT ROWID;
INSERT INTO ix_scope SELECT scope, created_us, row FROM items;
INSERT INTO ix_created SELECT created_us, row FROM items;
INSERT INTO ix_type SELECT l.label, i.created_us, i.row FROM items i JOIN labels l ON l.text = i.type;
INSERT INTO ix_tag SELECT tag, created_us, row FROM new_tag;
INSERT INTO ix_tier SELECT tier, created_us, row FROM items;
INSERT INTO ix_importance SELECT importance, row FROM items;
INSERT INTO ix_expires SELECT expires_us, row FROM items WHERE expires_us IS NOT NULL;
DROP TABLE new_tag;
DELETE FROM meta WHERE key = 'tokenizer';
PRAGMA user_version = 1;
COMMIT;
)sql";

TEST(Migration, makes_a_store_of_format_1_one_of_today) {
  Random random;
  const TempFolder folder;
  std::vector<std::string> ids;
  {
    RecordingSink sink;
    const auto storage = must(SqliteStorage::open(small_settings(folder.file())));
    must(storage->attach(&sink, nullptr));
    for (int i = 0; i < 300; ++i) {
      const Scope scope({"", "", random.one_in(2) ? "ada" : "", "", ""});
      const std::string id = "i" + std::to_string(i);
      must(commit_one(*storage, put_op(scope, {.id = id,
                                               .content = "green tea",
                                               .type = random.one_in(3) ? "" : "fact",
                                               .tags = random.one_in(2) ? "red\nblue" : "",
                                               .tier = static_cast<int32_t>(random.below(4)),
                                               .importance = random.fraction(),
                                               .created_us = static_cast<int64_t>(random.below(99)),
                                               .expires_us = random.one_in(3) ? 5000 : 0,
                                               .pinned = random.one_in(4)})));
    }
    must(storage->close());
  }
  {
    const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
    must(connection->execute(kToFormat1));
  }
  {
    RecordingSink sink;
    const auto storage = must(SqliteStorage::open(small_settings(folder.file())));
    InvertedTextIndex index(*storage, Tokenizer::kEnglish);
    must(storage->attach(&sink, &index));
    const Scope all({"*", "", "", "", ""});
    EXPECT_EQ(list_ids(*storage, all, 1000).size(), 300u);
    // What is written next fits what was filled in.
    must(commit_one(*storage, put_op(Scope(), {.id = "i1", .type = "event", .tags = "red"})));
    must(commit_one(*storage, WriteOp::remove(must_find(*storage, Scope(), "i1"), Reason::kNone)));
    must(storage->close());
  }
  EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
  const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
  EXPECT_EQ(must(connection->query_integer("PRAGMA user_version")), kSchemaVersion);
  EXPECT_EQ(must(connection->query_integer(
                "SELECT count(*) FROM sqlite_schema WHERE name IN ('words', 'old_tag')")),
            0);
}

TEST(Migration, makes_a_store_of_format_2_one_of_today) {
  const TempFolder folder;
  const Scope scope;
  {
    OpenStorage storage(folder.file());
    must(commit_one(*storage, put_op(scope, {.id = "a", .metadata = R"({"city": "Rome"})"})));
    must(storage->close());
  }
  {
    const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
    must(connection->execute(kToFormat2));
  }
  {
    OpenStorage storage(folder.file());
    EXPECT_EQ(list_ids(*storage, scope, 1000), std::vector<std::string>{"a"});
    EXPECT_TRUE(must(storage->indexes(true, {})).empty());
    Control control;
    must(storage->create_index({"city", "metadata.city"}, control));
    EXPECT_EQ(must(storage->indexes(true, {}))[0].entries, 1);
    must(storage->close());
  }
  EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
  const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
  EXPECT_EQ(must(connection->query_integer("PRAGMA user_version")), kSchemaVersion);
}

TEST(Migration, makes_a_store_of_format_3_one_of_today) {
  const TempFolder folder;
  const Scope scope;
  {
    OpenStorage storage(folder.file());
    must(commit_one(*storage, put_op(scope, {.id = "a"})));
    must(storage->close());
  }
  {
    const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
    must(connection->execute(kToFormat3));
  }
  {
    OpenStorage storage(folder.file());
    EXPECT_EQ(list_ids(*storage, scope, 1000), std::vector<std::string>{"a"});
    must(storage->close());
  }
  EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
  const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
  EXPECT_EQ(must(connection->query_integer("PRAGMA user_version")), kSchemaVersion);
  EXPECT_EQ(must(connection->query_integer("SELECT count(*) FROM links")), 0);
}

TEST(Migration, makes_a_store_of_format_4_one_of_today) {
  constexpr int kItems = 300;
  const TempFolder folder;
  const Scope scope;
  Random random;
  std::vector<std::string> contents;
  {
    OpenStorage storage(folder.file());
    for (int i = 0; i < kItems; ++i) {
      // Some blocks take many pieces, one takes a part of one.
      std::string content = "tea " + std::to_string(i);
      for (int k = 0; k < (i % 50 == 0 ? 3000 : 3); ++k) {
        content += ' ' + std::to_string(random.below(1000));
      }
      must(commit_one(
          *storage, put_op(scope, {.id = "i" + std::to_string(i), .content = content, .tier = 3})));
      contents.push_back(std::move(content));
    }
    Control control;
    int64_t packed = 0;
    must(storage->pack_archive(9, true, control, &packed));
    EXPECT_EQ(packed, kItems);
    must(storage->close());
  }
  {
    const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
    must(connection->execute(kToFormat4));
  }
  {
    OpenStorage storage(folder.file());
    for (int i = 0; i < kItems; ++i) {
      EXPECT_EQ(must_find(*storage, scope, "i" + std::to_string(i))->text(Text::kContent),
                contents[static_cast<size_t>(i)]);
    }
    const ArchiveStatistics statistics = must(storage->archive_statistics());
    EXPECT_EQ(statistics.items, kItems);
    EXPECT_GT(statistics.compressed_bytes, 0);
    must(commit_one(*storage, put_op(scope, {.id = "new", .content = "more", .tier = 3})));
    Control control;
    int64_t packed = 0;
    must(storage->pack_archive(9, true, control, &packed));
    EXPECT_EQ(packed, 1);
    EXPECT_EQ(must_find(*storage, scope, "new")->text(Text::kContent), "more");
    must(storage->close());
  }
  EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
  const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
  EXPECT_EQ(must(connection->query_integer("PRAGMA user_version")), kSchemaVersion);
}

}  // namespace
}  // namespace memtier::testing
