#include "peers/fts5_table.h"

namespace bench {
namespace {

constexpr int64_t kCacheBytes = 256 << 20;

}  // namespace

Fts5Table::Fts5Table(const std::string& path) : db_(path, kCacheBytes) {
  db_.execute(
      "CREATE VIRTUAL TABLE words USING fts5(content, content='', "
      "tokenize='porter unicode61')");
  search_ = db_.prepare("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 10");
}

void Fts5Table::put_all(const Items& items) {
  auto insert = db_.prepare("INSERT INTO words(rowid, content) VALUES(?, ?)");
  db_.execute("BEGIN");
  for (size_t i = 0; i < items.size(); ++i) {
    insert.bind(1, static_cast<int64_t>(i) + 1);
    insert.bind(2, items.content(i));
    insert.run();
    if (i % 100'000 == 99'999) db_.execute("COMMIT; BEGIN");
  }
  db_.execute("COMMIT");
}

int64_t Fts5Table::search(std::string_view expression) {
  search_.bind(1, expression);
  int64_t count = 0;
  while (search_.step()) ++count;
  search_.reset();
  return count;
}

int64_t Fts5Table::index_bytes() {
  auto select = db_.prepare("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'words%'");
  return select.step() ? select.integer(0) : 0;
}

}  // namespace bench
