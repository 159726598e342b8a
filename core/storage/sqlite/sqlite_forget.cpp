// SqliteStorage: what is left of a scope once its items are deleted, taken out of the files for good. In
// steps, each of which leaves a sound store; done again, all of it is done.
#include "storage/sqlite/archive_blocks.h"
#include "storage/sqlite/link_tables.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {
namespace {

constexpr int kAttempts = 100;  // against others who write meanwhile

constexpr const char* kFindScopes =
    "INSERT INTO temp.forgotten SELECT scope FROM main.scopes WHERE (?1 = '' OR collection = ?1) "
    "AND "
    "(?2 = '' OR app = ?2) AND (?3 = '' OR user = ?3) AND (?4 = '' OR agent = ?4) AND "
    "(?5 = '' OR session = ?5) AND unicode(collection) IS NOT 1";

// Numbers are not given to other names: whoever remembers them must find nothing. No name begins with
// the character 1.
constexpr const char* kEraseNames =
    "UPDATE scopes SET collection = char(1) || scope, app = '', user = '', agent = '', session = "
    "'' "
    "WHERE scope IN temp.forgotten";
constexpr const char* kEraseLabels =
    "UPDATE labels SET text = char(1) || label WHERE unicode(text) IS NOT 1 AND label NOT IN "
    "(SELECT type FROM ix_type UNION SELECT tag FROM ix_tag UNION SELECT kind FROM links)";

// The words of all items, counted anew: those of the rest alone. It begins before any change, and never
// twice in the same place, so that no process goes on with what it had counted.
constexpr const char* kForgetWords =
    "DELETE FROM text_segments; DELETE FROM text_chunks; DELETE FROM text_removed; "
    "DELETE FROM text_words; UPDATE text_state SET version = version + 1, "
    "indexed_sequence = min(indexed_sequence, 0) - 1";

Result<int64_t> run_counting(Connection& connection, const char* sql) {
  ASSIGN_OR_RETURN(Statement statement, connection.prepare(sql));
  RETURN_IF_ERROR(statement.run());
  return int64_t{sqlite3_changes(connection.handle())};
}

Status find_scopes(Connection& connection, const Scope& scope) {
  RETURN_IF_ERROR(
      connection.execute("CREATE TEMP TABLE IF NOT EXISTS forgotten(scope INTEGER PRIMARY KEY); "
                         "DELETE FROM temp.forgotten"));
  ASSIGN_OR_RETURN(Statement insert, connection.prepare(kFindScopes));
  for (size_t i = 0; i < Scope::kNames; ++i) {
    insert.bind_text(static_cast<int>(i) + 1,
                     scope.constrains(i) ? scope.name(i) : std::string_view());
  }
  return insert.run();
}

Result<int64_t> erase_concepts(Connection& connection) {
  std::vector<int64_t> concepts;
  {
    ASSIGN_OR_RETURN(Statement select,
                     connection.prepare("SELECT concept FROM concepts WHERE scope "
                                        "IN temp.forgotten"));
    StatementUse use(select);
    while (true) {
      ASSIGN_OR_RETURN(const bool more, use->step());
      if (!more) break;
      concepts.push_back(use->integer(0));
    }
  }
  LinkWriter writer(connection);
  for (const int64_t concept_node : concepts) {
    RETURN_IF_ERROR(writer.erase_node(-concept_node));
    RETURN_IF_ERROR(erase_concept(connection, -concept_node));
  }
  RETURN_IF_ERROR(writer.finish());
  return static_cast<int64_t>(concepts.size());
}

// False: somebody has put something into the scope meanwhile.
Result<bool> erase_rows(Connection& connection, const Scope& scope, ForgetCounts* counts) {
  RETURN_IF_ERROR(find_scopes(connection, scope));
  ASSIGN_OR_RETURN(const int64_t left,
                   connection.query_integer("SELECT EXISTS(SELECT 1 FROM temp.forgotten f JOIN "
                                            "ix_scope x ON x.scope = f.scope)"));
  if (left != 0) return false;
  ASSIGN_OR_RETURN(counts->concepts, erase_concepts(connection));
  ASSIGN_OR_RETURN(
      counts->transitions,
      run_counting(connection, "DELETE FROM transitions WHERE scope IN temp.forgotten"));
  ASSIGN_OR_RETURN(
      counts->tombstones,
      run_counting(connection, "DELETE FROM tombstones WHERE scope IN temp.forgotten"));
  RETURN_IF_ERROR(
      run_counting(connection, "DELETE FROM vectors WHERE scope IN temp.forgotten").take_status());
  ASSIGN_OR_RETURN(counts->scopes, run_counting(connection, kEraseNames));
  ASSIGN_OR_RETURN(counts->labels, run_counting(connection, kEraseLabels));
  RETURN_IF_ERROR(connection.execute(kForgetWords));
  return true;
}

Result<int64_t> next_block(Connection& connection, int64_t after) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT ifnull(min(block), 0) FROM "
                                                        "archive_blocks WHERE block > ?"));
  StatementUse use(select.bind(1, after));
  RETURN_IF_ERROR(use->step().take_status());
  return use->integer(0);
}

}  // namespace

Status SqliteStorage::forget_scope(const Scope& scope, Control& control, ForgetCounts* counts) {
  RETURN_IF_ERROR(drain());
  // From here on nobody trusts the numbers that it remembers.
  journal_->note_names_removed();
  scopes_.clear();
  bool erased = false;
  RETURN_IF_ERROR(write([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(erased, erase_rows(connection, scope, counts));
    return {};
  }));
  counts->written_meanwhile = !erased;
  if (!erased) {
    return {Code::kBusy, "scope: others wrote to it while it was being forgotten; try again"};
  }
  RETURN_IF_ERROR(renew_archive(control, counts));
  readers_.end_idle_snapshots();
  RETURN_IF_ERROR(sweep_archive(0));
  RETURN_IF_ERROR(wipe_journal());
  return rewrite_file();
}

// Blocks hold contents of items that are gone until they are packed anew, and so does the dictionary.
Status SqliteStorage::renew_archive(Control& control, ForgetCounts* counts) {
  int64_t block = 0;
  while (true) {
    bool any = false;
    const Status status = write([&](Connection& connection) -> Status {
      ASSIGN_OR_RETURN(block, next_block(connection, block));
      any = block != 0;
      if (!any) {
        return connection.execute("UPDATE archive_dictionaries SET bytes = 0, data = x''");
      }
      BlockReader reader;
      int64_t items = 0;
      return unpack_block(connection, reader, block, &items);
    });
    if (status.code() == Code::kCorrupt && any) {
      ++counts->damaged_blocks;
      continue;
    }
    RETURN_IF_ERROR(status.clone());
    if (!any) break;
    ++counts->blocks;
  }
  constexpr int kSmall = 9;
  int64_t packed = 0;
  return counts->blocks == 0 ? Status() : pack_archive(kSmall, true, control, &packed);
}

// The ring has what was written long ago, until somebody writes over it.
Status SqliteStorage::wipe_journal() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    RETURN_IF_ERROR(fold_some(true, true));
    std::unique_lock<std::timed_mutex> lock(write_mutex_, std::defer_lock);
    RETURN_IF_ERROR(lock_for_append(0, true, lock));
    const bool empty = buffer_.empty() && journal_->head() == journal_->tail();
    Status status = empty ? journal_->wipe() : Status();
    drop_lease();
    if (empty) return status;
  }
  return {Code::kBusy, "store: others wrote all the time; try again"};
}

// Free pages, and room within pages, have what stood there before; so has SQLite's log.
Status SqliteStorage::rewrite_file() {
  readers_.end_idle_snapshots();
  const std::lock_guard lock(fold_mutex_);
  const auto run = [](Connection& connection) -> Status {
    RETURN_IF_ERROR(
        connection.execute("DROP TABLE IF EXISTS temp.forgotten; "
                           "PRAGMA temp_store = FILE; PRAGMA synchronous = FULL"));
    Status status = connection.execute("VACUUM");
    RETURN_IF_ERROR(connection.execute("PRAGMA temp_store = MEMORY"));
    return status;
  };
  if (in_memory_) {
    ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
    return run(*loan);
  }
  readers_.forget_blocks();
  writer_->blocks().forget();
  RETURN_IF_ERROR(run(*writer_));
  journal_->note_table_change();
  journal_->want_checkpoint(true);
  readers_.end_idle_snapshots();
  const int code = sqlite3_wal_checkpoint_v2(writer_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                             nullptr, nullptr);
  journal_->want_checkpoint(false);
  if (code == SQLITE_OK) return {};
  if ((code & 0xff) == SQLITE_BUSY) {
    return {Code::kBusy,
            "store: all is deleted, but somebody still reads what was before, and so SQLite's log "
            "could not be emptied; try again"};
  }
  return sqlite_status(code, writer_->handle(), "checkpoint");
}

}  // namespace memtier
