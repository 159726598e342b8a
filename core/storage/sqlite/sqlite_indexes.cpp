// SqliteStorage: indexes of the caller's own, made, listed and dropped. Both making and dropping go in
// steps, each a transaction of its own on the writing connection, so that nobody waits long.
#include <algorithm>

#include "storage/sqlite/custom_edits.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {
namespace {

constexpr int64_t kFillItems = 4096;
constexpr int64_t kFillBytes = 4 << 20;  // of metadata
constexpr int64_t kClearEntries = 8192;

// One step of filling an index: the items from next_row on, up to a limit.
class Filler {
 public:
  Filler(Connection& connection, IndexDefinition definition)
      : connection_(connection), definition_(std::move(definition)) {
    edits_.set_definitions({definition_});
  }

  Status step() {
    RETURN_IF_ERROR(read_items());
    RETURN_IF_ERROR(edits_.apply(connection_));
    ASSIGN_OR_RETURN(
        Statement update,
        connection_.prepare("UPDATE indexes SET next_row = ?, filled = ? WHERE number = ?"));
    update.bind(1, definition_.next_row).bind(2, definition_.filled);
    return update.bind(3, definition_.number).run();
  }

  const IndexDefinition& definition() const { return definition_; }

 private:
  Status read_items() {
    static const std::string kSql =
        "SELECT i.row, i.scope, i.created_us, i.importance, CASE WHEN i.type = "
        "'' THEN 0 ELSE (SELECT label FROM labels WHERE text = i.type) END, " +
        std::string(kMetadataSql) +
        " FROM items i WHERE i.row BETWEEN ? AND ? ORDER BY i.row LIMIT ?";
    ASSIGN_OR_RETURN(Statement select, connection_.prepare(kSql));
    select.bind(1, definition_.next_row).bind(2, definition_.last_row);
    StatementUse use(select.bind(3, kFillItems));
    int64_t bytes = 0;
    for (int64_t items = 0; items < kFillItems && bytes < kFillBytes; ++items) {
      ASSIGN_OR_RETURN(const bool more, use->step());
      if (!more) {
        definition_.next_row = 0;
        return {};
      }
      IndexedFields fields;
      fields.row = use->integer(0);
      fields.scope = use->integer(1);
      fields.created_us = use->integer(2);
      fields.importance = use->real(3);
      fields.type = use->integer(4);
      const std::string_view metadata = use->bytes(5);
      bytes += static_cast<int64_t>(metadata.size());
      edits_.add(fields, metadata);
      if (edits_.is_large()) RETURN_IF_ERROR(edits_.apply(connection_));
      definition_.next_row = fields.row + 1;
      ++definition_.filled;
    }
    return {};
  }

  Connection& connection_;
  IndexDefinition definition_;
  CustomEdits edits_;
};

// Clears some entries away, in their order, and the definition after the last.
Status clear_step(Connection& connection, int64_t number, int64_t* out_cleared) {
  const auto rest_of = [&]() -> Status {
    ASSIGN_OR_RETURN(Statement erase, connection.prepare("DELETE FROM ix_custom WHERE number = ?"));
    RETURN_IF_ERROR(erase.bind(1, number).run());
    *out_cleared = sqlite3_changes(connection.handle());
    ASSIGN_OR_RETURN(Statement forget,
                     connection.prepare("DELETE FROM indexes WHERE number = ? AND name IS NULL"));
    return forget.bind(1, number).run();
  };
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT key, created_us, row FROM ix_custom WHERE number = ? "
                                      "ORDER BY key, created_us, row LIMIT 1 OFFSET ?"));
  std::string key;
  int64_t created_us = 0;
  int64_t row = 0;
  {
    StatementUse use(select.bind(1, number).bind(2, kClearEntries));
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return rest_of();
    key = use->bytes(0);
    created_us = use->integer(1);
    row = use->integer(2);
  }
  ASSIGN_OR_RETURN(Statement erase, connection.prepare("DELETE FROM ix_custom WHERE number = ? AND "
                                                       "(key, created_us, row) < (?, ?, ?)"));
  RETURN_IF_ERROR(erase.bind(1, number).bind_blob(2, key).bind(3, created_us).bind(4, row).run());
  *out_cleared = sqlite3_changes(connection.handle());
  return {};
}

Result<int64_t> entries_of(Connection& connection, int64_t number) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT count(*) FROM ix_custom WHERE number = ?"));
  StatementUse use(select.bind(1, number));
  RETURN_IF_ERROR(use->step().take_status());
  return use->integer(0);
}

}  // namespace

Status SqliteStorage::create_index(const IndexSpec& spec, Control& control) {
  RETURN_IF_ERROR(control.check());
  RETURN_IF_ERROR(clear_dropped(control));
  int64_t number = 0;
  RETURN_IF_ERROR(write([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(number, define_index(connection, spec));
    return {};
  }));
  Status status = fill_index(number, control);
  const bool stopped = status.code() == Code::kCancelled || status.code() == Code::kCallback;
  if (!stopped) return status;
  Control unstoppable;
  Status dropped = drop_index(spec.name, unstoppable);
  const bool gone = dropped.ok() || dropped.code() == Code::kNotFound;
  return gone ? std::move(status) : std::move(dropped);
}

// Until the index has all items that are in the tables. Those that are not yet, and those that change
// meanwhile, come with their folds.
Status SqliteStorage::fill_index(int64_t number, Control& control) {
  IndexDefinition definition;
  bool gone = false;
  const auto step = [&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(const auto definitions, read_definitions(connection));
    const auto found =
        std::find_if(definitions.begin(), definitions.end(),
                     [number](const IndexDefinition& known) { return known.number == number; });
    gone = found == definitions.end();
    if (gone) return {};
    definition = *found;
    if (definition.ready()) return {};
    Filler filler(connection, definition);
    RETURN_IF_ERROR(filler.step());
    definition = filler.definition();
    return {};
  };
  while (true) {
    RETURN_IF_ERROR(write(step));
    if (gone) return {Code::kConflict, "the index was dropped while it was being made"};
    if (definition.ready()) break;
    int64_t total = 0;
    for (const TierTotals& tier : tier_totals()) total += tier.count;
    RETURN_IF_ERROR(control.report(definition.filled, std::max(total, definition.filled)));
  }
  return control.finish(definition.filled, definition.filled);
}

Result<std::vector<IndexInfo>> SqliteStorage::indexes(bool count_entries, const StopCheck& stop) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  const ReadTransaction transaction(*loan);
  ASSIGN_OR_RETURN(auto definitions, read_definitions(*loan));
  std::vector<IndexInfo> infos;
  for (IndexDefinition& definition : definitions) {
    if (stop) RETURN_IF_ERROR(stop());
    int64_t entries = 0;
    if (count_entries) {
      ASSIGN_OR_RETURN(entries, entries_of(*loan, definition.number));
    }
    infos.push_back({std::move(definition.name), std::move(definition.path), definition.ready(),
                     entries, definition.filled});
  }
  return infos;
}

Status SqliteStorage::drop_index(std::string_view name, Control& control) {
  RETURN_IF_ERROR(control.check());
  RETURN_IF_ERROR(write([&](Connection& connection) { return undefine_index(connection, name); }));
  RETURN_IF_ERROR(clear_dropped(control));
  return control.finish(1, 1);
}

Status SqliteStorage::clear_dropped(Control& control) {
  int64_t done = 0;
  while (true) {
    int64_t number = 0;
    {
      ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
      ASSIGN_OR_RETURN(number, dropped_index(*loan));
    }
    if (number == 0) return {};
    int64_t cleared = 0;
    RETURN_IF_ERROR(
        write([&](Connection& connection) { return clear_step(connection, number, &cleared); }));
    done += cleared;
    RETURN_IF_ERROR(control.report(done, -1));
  }
}

}  // namespace memtier
