#include "peers/covering_table.h"

namespace bench {

CoveringTable::CoveringTable(const std::string& path) : db_(path, int64_t{256} << 20) {
  db_.execute(
      "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 16000;"
      "CREATE TABLE items(row INTEGER PRIMARY KEY, id TEXT, type TEXT, tags TEXT, "
      "importance REAL, created_us INTEGER, metadata TEXT, content TEXT);"
      "CREATE TABLE covering(tag INTEGER, type INTEGER, created_us INTEGER, row INTEGER, "
      "importance REAL, PRIMARY KEY(tag, type, created_us DESC, row)) WITHOUT ROWID;");
}

int64_t CoveringTable::number_of(std::string_view name) {
  return numbers_.try_emplace(std::string(name), static_cast<int64_t>(numbers_.size()) + 1)
      .first->second;
}

void CoveringTable::put_all(const Items& items) {
  SqliteStatement row = db_.prepare("INSERT INTO items VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
  SqliteStatement entry = db_.prepare("INSERT INTO covering VALUES(?, ?, ?, ?, ?)");
  db_.execute("BEGIN");
  for (size_t i = 0; i < items.size(); ++i) {
    std::string tags(items.tag(i, 0));
    tags.append("\n").append(items.tag(i, 1));
    row.bind(1, static_cast<int64_t>(i) + 1);
    row.bind(2, items.id(i));
    row.bind(3, items.type(i));
    row.bind(4, std::string_view(tags));
    row.bind(5, items.importance(i));
    row.bind(6, items.created_us(i));
    row.bind(7, items.metadata(i));
    row.bind(8, items.content(i));
    row.run();
    for (size_t which = 0; which < 2; ++which) {
      entry.bind(1, number_of(items.tag(i, which)));
      entry.bind(2, number_of(items.type(i)));
      entry.bind(3, items.created_us(i));
      entry.bind(4, static_cast<int64_t>(i) + 1);
      entry.bind(5, items.importance(i));
      entry.run();
    }
  }
  db_.execute("COMMIT");
  db_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  newest_ = db_.prepare(
      "SELECT i.id, i.type, i.tags, i.importance, i.created_us, i.metadata, i.content "
      "FROM covering c CROSS JOIN items i ON i.row = c.row "
      "WHERE c.tag = ? AND c.type = ? AND c.importance >= ? "
      "ORDER BY c.created_us DESC, c.row LIMIT 10");
  count_ =
      db_.prepare("SELECT count(*) FROM covering WHERE tag = ? AND type = ? AND importance >= ?");
}

int64_t CoveringTable::newest(std::string_view tag, std::string_view type, double importance,
                              char* out) {
  newest_.bind(1, number_of(tag));
  newest_.bind(2, number_of(type));
  newest_.bind(3, importance);
  int64_t found = 0;
  for (; newest_.step(); ++found) {
    for (int column = 0; column < 7; ++column) out += newest_.copy(column, out);
  }
  newest_.reset();
  return found;
}

int64_t CoveringTable::count(std::string_view tag, std::string_view type, double importance) {
  count_.bind(1, number_of(tag));
  count_.bind(2, number_of(type));
  count_.bind(3, importance);
  (void)count_.step();
  const int64_t counted = count_.integer(0);
  count_.reset();
  return counted;
}

}  // namespace bench
