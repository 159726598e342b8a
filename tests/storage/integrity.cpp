#include "storage/integrity.h"

#include <cmath>
#include <map>
#include <set>

#include "base/must.h"
#include "index/text/text_index.h"
#include "index/text/text_state.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/index_definitions.h"
#include "storage/sqlite/index_keys.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/stored_item.h"

namespace memtier::testing {
namespace {

using Row = std::vector<std::string>;  // of a table, as text
using Rows = std::multiset<Row>;

class Inspector {
 public:
  explicit Inspector(const std::string& path)
      : connection_(must(Connection::open(path, SQLITE_OPEN_READWRITE, 10'000))) {}

  std::vector<std::string> inspect() {
    const std::string check = text("PRAGMA integrity_check");
    if (check != "ok") problems_.push_back("SQLite: " + check);
    definitions_ = must(read_definitions(*connection_));
    read_items();
    compare_indexes();
    compare_totals();
    check_words();
    check_vectors();
    check_blocks();
    check_counters();
    check_links();
    return std::move(problems_);
  }

 private:
  std::string text(const std::string& sql) {
    const auto once = must(connection_->prepare_once(sql));
    Statement statement(connection_->handle(), once.get());
    return must(statement.step()) ? std::string(statement.bytes(0)) : std::string();
  }

  Rows table(const std::string& sql) {
    const auto once = must(connection_->prepare_once(sql));
    Statement statement(connection_->handle(), once.get());
    Rows rows;
    while (must(statement.step())) {
      Row row;
      for (int i = 0; i < sqlite3_column_count(statement.handle()); ++i) {
        row.emplace_back(statement.bytes(i));
      }
      rows.insert(std::move(row));
    }
    return rows;
  }

  static std::string str(int64_t number) { return std::to_string(number); }

  void read_items() {
    const auto once =
        must(connection_->prepare_once("SELECT " + std::string(kItemColumns) + " FROM items i"));
    Statement statement(connection_->handle(), once.get());
    while (must(statement.step())) take_item(read_row(statement));
  }

  void take_item(StoredItem item) {
    const std::string row = str(item.row);
    const std::string created = str(item.created_us);
    const std::string name = "item \"" + std::string(item.id) + "\": ";
    std::string buffer;
    const auto plain =
        plain_texts(*connection_, item.encoding, item.metadata, item.content, &buffer);
    if (!plain.ok()) {
      problems_.push_back(name + "its content cannot be decoded");
      return;
    }
    item.metadata = plain->metadata;
    if (!keys_.emplace(item.scope, std::string(item.id)).second) {
      problems_.push_back(name + "is there twice");
    }
    expected_["ix_id"].insert({str(id_hash(item.id)), str(item.scope), row});
    const std::string scope = str(item.scope);
    const std::string type(item.type);
    expected_["ix_scope"].insert({scope, created, row, type});
    expected_["ix_created"].insert({created, row, type, scope});
    if (!type.empty()) expected_["ix_type"].insert({type, created, row, scope});
    for_each_tag(item.tags, [&](std::string_view tag) {
      expected_["ix_tag"].insert({std::string(tag), type, created, row, scope});
    });
    expected_["ix_tier"].insert({str(item.tier), created, row, type, scope});
    expected_["ix_importance"].insert({row, created, type, scope});
    expected_["ix_accessed"].insert({str(item.accessed_us), row});
    if (item.expires_us != 0) {
      expected_["ix_expires"].insert({str(item.expires_us), row, str(item.pinned ? 1 : 0)});
    }
    take_keys(item);
    count_totals(item);
    check_size(item, name, plain->content.size());
    const SearchableText words =
        searchable_text({plain->content, item.content_type, item.metadata});
    if (!is_blank(words)) texts_[item.row] = std::string(words.content) + " " + words.title;
    last_row_ = std::max(last_row_, item.row);
    last_sequence_ = std::max(last_sequence_, item.sequence);
  }

  // Pieces and blocks belong to each other, and blocks know how many of their items are there.
  void check_blocks() {
    const std::string strays = text(
        "SELECT count(*) FROM archive_pieces WHERE key >> 24 NOT IN (SELECT block FROM "
        "archive_blocks)");
    if (strays != "0") problems_.push_back("archive: " + strays + " pieces are of no block");
    const std::string wrong = text(
        "SELECT count(*) FROM archive_blocks b WHERE packed_bytes <> (SELECT "
        "ifnull(sum(length(data)), 0) FROM archive_pieces WHERE key >> 24 = b.block)");
    if (wrong != "0") problems_.push_back("archive: " + wrong + " blocks are not of their size");
    const std::string live = text(
        "SELECT (SELECT ifnull(sum(live), 0) FROM archive_blocks) - (SELECT count(*) FROM items "
        "WHERE encoding IN (2, 4))");
    if (live != "0") problems_.push_back("archive: blocks count " + live + " items too many");
  }

  void check_vectors() {
    const std::string strays = text(
        "SELECT count(*) FROM vectors v LEFT JOIN items i ON i.row = v.key & 0xffffffffffff "
        "WHERE i.row IS NULL OR i.scope <> v.scope OR "
        "v.key >> 48 NOT IN (SELECT space FROM spaces)");
    if (strays != "0") problems_.push_back("vectors: " + strays + " are of no item or space");
  }

  // Of an index that is being filled, only what the builder has passed is sure to be there.
  void take_keys(const StoredItem& item) {
    const Json metadata = Json::parse(item.metadata.begin(), item.metadata.end(), nullptr, false);
    for (const IndexDefinition& index : definitions_) {
      if (!index.ready() && item.row >= index.next_row) continue;
      const std::vector<std::string> keys = index_keys(metadata, index.parts);
      for (const std::string& key : keys) {
        expected_["ix_custom"].insert({str(index.number), key, str(item.created_us), str(item.row),
                                       std::string(item.type), str(item.scope)});
      }
      if (keys.size() > 1 && !index.several) {
        problems_.push_back("index \"" + index.name + "\": an item has several keys");
      }
    }
  }

  // Both tables of links tell the same, and each end is there, in the scope that it says.
  void check_links() {
    const std::string columns =
        "source, kind, target, weight, created_us, updated_us, source_scope, target_scope FROM ";
    if (table("SELECT " + columns + "links") != table("SELECT " + columns + "links_in")) {
      problems_.push_back("links: both tables do not have the same links");
    }
    const std::string ends =
        "(SELECT source AS node, source_scope AS scope FROM links UNION ALL SELECT target, "
        "target_scope FROM links)";
    const std::string lost =
        text("SELECT count(*) FROM " + ends +
             " WHERE NOT EXISTS(SELECT 1 FROM items i WHERE i.row = node AND i.scope = scope) AND "
             "NOT EXISTS(SELECT 1 FROM concepts c WHERE c.concept = -node AND c.scope = scope)");
    if (lost != "0") problems_.push_back("links: " + lost + " ends are not there");
  }

  void count_totals(const StoredItem& item) {
    auto& totals = totals_[item.tier];
    totals.resize(4);
    totals[0] += 1;
    totals[1] += item.size_bytes;
    totals[2] += std::llround(item.importance * 1e9);
    totals[3] += item.created_us / 1'000'000;
  }

  void check_size(const StoredItem& item, const std::string& name, size_t content_size) {
    const std::string names = text(
        "SELECT length(cast(collection || app || user || agent || session AS BLOB)) FROM scopes "
        "WHERE scope = " +
        str(item.scope));
    if (names.empty()) {
      problems_.push_back(name + "its scope is missing");
      return;
    }
    const size_t size = std::stoull(names) + item.id.size() + item.type.size() +
                        item.content_type.size() + item.tags.size() + item.metadata.size() +
                        content_size;
    if (static_cast<int64_t>(size) != item.size_bytes) {
      problems_.push_back(name + "size_bytes is " + str(item.size_bytes) + ", not " +
                          std::to_string(size));
    }
  }

  void compare_indexes() {
    const std::string labels = " LEFT JOIN labels l ON l.label = x.type";
    const std::map<std::string, std::string> queries = {
        {"ix_id", "SELECT id_hash, scope, row FROM ix_id"},
        {"ix_scope", "SELECT scope, created_us, row, ifnull(l.text, '') FROM ix_scope x" + labels},
        {"ix_created",
         "SELECT created_us, row, ifnull(l.text, ''), scope FROM ix_created x" + labels},
        {"ix_type", "SELECT l.text, created_us, row, scope FROM ix_type x" + labels},
        {"ix_tag",
         "SELECT t.text, ifnull(l.text, ''), created_us, row, scope FROM ix_tag x LEFT JOIN "
         "labels t ON t.label = x.tag" +
             labels},
        {"ix_tier",
         "SELECT tier, created_us, row, ifnull(l.text, ''), scope FROM ix_tier x" + labels},
        {"ix_importance",
         "SELECT row, created_us, ifnull(l.text, ''), scope FROM ix_importance x" + labels},
        {"ix_custom",
         "SELECT x.number, x.key, x.created_us, x.row, ifnull(l.text, ''), x.scope FROM ix_custom "
         "x "
         "JOIN indexes d ON d.number = x.number AND d.name IS NOT NULL AND (d.next_row = 0 OR "
         "x.row "
         "< d.next_row)" +
             labels},
        {"ix_accessed", "SELECT accessed_us, row FROM ix_accessed"},
        {"ix_expires", "SELECT expires_us, row, pinned FROM ix_expires"}};
    for (const auto& [name, sql] : queries) {
      const Rows actual = table(sql);
      if (actual != expected_[name]) {
        problems_.push_back(name + " has " + std::to_string(actual.size()) + " rows, not the " +
                            std::to_string(expected_[name].size()) + " that the items make");
      }
    }
    // Fractions are compared where they are exact.
    for (const std::string name :
         {"ix_scope", "ix_created", "ix_type", "ix_tag", "ix_tier", "ix_importance", "ix_custom"}) {
      const std::string different = text("SELECT count(*) FROM " + name +
                                         " x LEFT JOIN items i ON i.row = x.row WHERE "
                                         "i.importance IS NOT x.importance");
      if (different != "0") problems_.push_back(name + ": " + different + " importances differ");
    }
  }

  void compare_totals() {
    std::map<int64_t, std::vector<int64_t>> actual;
    const auto once = must(connection_->prepare_once(
        "SELECT tier, count, bytes, importance_nano, created_seconds FROM tier_totals"));
    Statement statement(connection_->handle(), once.get());
    while (must(statement.step())) {
      std::vector<int64_t> totals;
      for (int i = 1; i <= 4; ++i) totals.push_back(statement.integer(i));
      if (totals != std::vector<int64_t>(4)) actual[statement.integer(0)] = totals;
    }
    if (actual != totals_) problems_.push_back("tier_totals differ from a recount");
  }

  // The text index has a document for each item with a text and no other, and a word of each (or of as
  // many as is sensible) leads to it.
  void check_words() {
    const ReadTransaction transaction(*connection_);
    ChunkCache cache(16 << 20);
    ChunkReader reader(*connection_, cache);
    RecentItems none(0);
    TextState state(Tokenizer::kEnglish, none);
    auto status =
        state.catch_up(*connection_, reader, must(read_text_position(*connection_)), UINT64_MAX);
    if (!status.ok()) {
      problems_.push_back("words: " + status.message());
      return;
    }
    std::set<int64_t> rows;
    for (const auto& loaded : state.segments()) {
      for (uint32_t i = 0; i < loaded->segment->documents(); ++i) {
        if (loaded->hidden[i]) continue;
        const SegmentDocument document = must(loaded->segment->document(reader, i));
        check_document(document, rows);
        const std::string term = term_of(document.row);
        if (term.empty()) continue;
        const auto entry = must(loaded->segment->term(reader, term));
        Frequencies frequencies;
        if (!entry || !must(loaded->segment->cursor(reader, *entry)->probe(i, &frequencies))) {
          problems_.push_back("words: " + term + " does not find row " + str(document.row));
        }
      }
    }
    for (const auto& part : state.recent()) {
      for (uint32_t i = 0; i < part->documents(); ++i) {
        if (!part->is_hidden(i)) check_document(part->document(i), rows);
      }
    }
    for (const auto& [row, content] : texts_) {
      if (rows.count(row) == 0) problems_.push_back("words: row " + str(row) + " is missing");
    }
  }

  void check_document(const SegmentDocument& document, std::set<int64_t>& rows) {
    if (texts_.count(document.row) == 0) {
      problems_.push_back("words: row " + str(document.row) + " is no item with a text");
    }
    if (!rows.insert(document.row).second) {
      problems_.push_back("words: row " + str(document.row) + " is there twice");
    }
  }

  // A term of the item's text; empty where it has none.
  std::string term_of(int64_t row) {
    const auto text = texts_.find(row);
    if (text == texts_.end()) return {};
    WordScanner scanner = analyzer_.scan(text->second);
    return scanner.next() ? std::string(analyzer_.term(scanner.word())) : std::string();
  }

  void check_counters() {
    const FoldState state = must(read_fold_state(*connection_));
    if (state.next_row <= last_row_) problems_.push_back("fold.next_row is behind the rows");
    if (state.sequence < last_sequence_) problems_.push_back("fold.sequence is behind the items");
  }

  std::unique_ptr<Connection> connection_;
  std::vector<std::string> problems_;
  std::vector<IndexDefinition> definitions_;
  std::map<std::string, Rows> expected_;
  std::map<int64_t, std::vector<int64_t>> totals_;
  std::set<std::pair<int64_t, std::string>> keys_;
  std::map<int64_t, std::string> texts_;
  Analyzer analyzer_{Tokenizer::kEnglish};
  int64_t last_row_ = 0;
  int64_t last_sequence_ = 0;
};

}  // namespace

std::vector<std::string> integrity_problems(const std::string& path) {
  return Inspector(path).inspect();
}

}  // namespace memtier::testing
