#include "peers/sqlite_indexed.h"

namespace bench {

SqliteIndexed::SqliteIndexed(const std::string& path, Indexes indexes)
    : db_(path, int64_t{256} << 20) {
  db_.execute("PRAGMA synchronous = NORMAL");
  // 128 MiB between checkpoints: hot index pages are then written once, not every 4 MiB.
  db_.execute("PRAGMA wal_autocheckpoint = 32000");
  create(indexes);
  insert_ = db_.prepare("INSERT INTO items VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)");
  insert_tag_ = db_.prepare("INSERT INTO tags VALUES(?, ?, ?)");
  insert_words_ =
      db_.prepare("INSERT INTO words(rowid, content, title, speaker) VALUES(?, ?, ?, ?)");
}

// Types, tags and sessions as numbers, so that their indexes stay small.
void SqliteIndexed::create(Indexes indexes) {
  db_.execute(
      "BEGIN;"
      "CREATE TABLE names(number INTEGER PRIMARY KEY, name TEXT);"
      "CREATE TABLE items(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type INTEGER, "
      "session INTEGER, importance REAL, created_us INTEGER, accessed_us INTEGER, tags TEXT, "
      "tier INTEGER, metadata TEXT, content TEXT);"
      "CREATE INDEX items_type ON items(type, created_us);"
      "CREATE INDEX items_created ON items(created_us);"
      "CREATE INDEX items_importance ON items(importance);"
      "CREATE TABLE tags(tag INTEGER, created_us INTEGER, row INTEGER, "
      "PRIMARY KEY(tag, created_us, row)) WITHOUT ROWID;"
      // Contentless, since the text is in the row; the stemming that memtier uses.
      "CREATE VIRTUAL TABLE words USING fts5(content, title, speaker, content='', "
      "tokenize='porter unicode61 remove_diacritics 2');"
      "INSERT INTO words(words, rank) VALUES('automerge', 8);");
  if (indexes == Indexes::kMemtiers) {
    db_.execute(
        "CREATE INDEX items_session ON items(session, created_us);"
        "CREATE INDEX items_tier ON items(tier, created_us);"
        "CREATE INDEX items_accessed ON items(accessed_us);");
  }
  db_.execute("COMMIT");
}

int64_t SqliteIndexed::number_of(std::string_view name) {
  const auto [found, is_new] =
      numbers_.try_emplace(std::string(name), static_cast<int64_t>(numbers_.size()) + 1);
  if (is_new) {
    SqliteStatement insert = db_.prepare("INSERT INTO names VALUES(?, ?)");
    insert.bind(1, found->second);
    insert.bind(2, name);
    insert.run();
  }
  return found->second;
}

// Needs a transaction around it, for the item is there as a whole or not at all.
void SqliteIndexed::put(const SqliteItem& item) {
  const int64_t row = next_row_++;
  std::string tags(item.tags[0]);
  if (!item.tags[1].empty()) tags.append("\n").append(item.tags[1]);
  insert_.bind(1, row);
  insert_.bind(2, item.id);
  insert_.bind(3, number_of(item.type));
  insert_.bind(4, number_of(item.session));
  insert_.bind(5, item.importance);
  insert_.bind(6, item.created_us);
  insert_.bind(7, item.created_us);
  insert_.bind(8, std::string_view(tags));
  insert_.bind(9, item.metadata);
  insert_.bind(10, item.content);
  insert_.run();
  for (const std::string_view tag : item.tags) {
    if (tag.empty()) continue;
    insert_tag_.bind(1, number_of(tag));
    insert_tag_.bind(2, item.created_us);
    insert_tag_.bind(3, row);
    insert_tag_.run();
  }
  insert_words_.bind(1, row);
  insert_words_.bind(2, item.content);
  insert_words_.bind(3, std::string_view(""));
  insert_words_.bind(4, item.speaker.empty() ? std::string_view("") : item.speaker);
  insert_words_.run();
}

void SqliteIndexed::put(const Items& items, size_t i) {
  SqliteItem item;
  item.id = items.id(i);
  item.type = items.type(i);
  item.tags[0] = items.tag(i, 0);
  item.tags[1] = items.tag(i, 1);
  item.metadata = items.metadata(i);
  item.content = items.content(i);
  item.importance = items.importance(i);
  item.created_us = items.created_us(i);
  put(item);
}

}  // namespace bench
