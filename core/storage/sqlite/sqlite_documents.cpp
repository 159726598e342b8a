// SqliteStorage: small documents that belong to the store, and how tables are changed beside the journal.
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {
namespace {

Result<std::optional<std::string>> read_document(Connection& connection, DocumentKind kind,
                                                 std::string_view name) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT text FROM documents WHERE kind = ? AND name = ?"));
  StatementUse use(select.bind(1, static_cast<int64_t>(kind)).bind_text(2, name));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return std::optional<std::string>();
  return std::optional(std::string(use->bytes(0)));
}

Status replace_document(Connection& connection, DocumentKind kind, std::string_view name,
                        std::string_view text) {
  ASSIGN_OR_RETURN(Statement put,
                   connection.prepare("INSERT OR REPLACE INTO documents VALUES(?, ?, ?)"));
  return put.bind(1, static_cast<int64_t>(kind)).bind_text(2, name).bind_text(3, text).run();
}

}  // namespace

Status SqliteStorage::write(const std::function<Status(Connection&)>& change, bool sync) {
  const std::lock_guard lock(fold_mutex_);
  const auto run = [&](Connection& connection) -> Status {
    RETURN_IF_ERROR(
        connection.execute(sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
    Transaction transaction(connection);
    RETURN_IF_ERROR(transaction.begin());
    RETURN_IF_ERROR(change(connection));
    return transaction.commit();
  };
  if (in_memory_) {
    ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
    RETURN_IF_ERROR(run(*loan));
    journal_->note_table_change();
    return {};
  }
  RETURN_IF_ERROR(run(*writer_));
  journal_->note_table_change();
  checkpoint_if_due();
  return {};
}

Result<std::optional<std::string>> SqliteStorage::find_document(DocumentKind kind,
                                                                std::string_view name) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return read_document(*loan, kind, name);
}

Result<bool> SqliteStorage::has_documents(DocumentKind kind) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  ASSIGN_OR_RETURN(Statement select,
                   loan->prepare("SELECT 1 FROM documents WHERE kind = ? LIMIT 1"));
  StatementUse use(select.bind(1, static_cast<int64_t>(kind)));
  return use->step();
}

Status SqliteStorage::edit_document(DocumentKind kind, std::string_view name,
                                    const ChangeDocument& change) {
  return write([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(const auto before, read_document(connection, kind, name));
    ASSIGN_OR_RETURN(const std::string text, change(before));
    return replace_document(connection, kind, name, text);
  });
}

Status SqliteStorage::put_document(DocumentKind kind, std::string_view name, std::string_view text,
                                   int64_t limit) {
  return write([&](Connection& connection) -> Status {
    const auto number = static_cast<int64_t>(kind);
    ASSIGN_OR_RETURN(
        Statement count,
        connection.prepare("SELECT count(*) FROM documents WHERE kind = ? AND name <> ?"));
    int64_t others = 0;
    {
      StatementUse use(count.bind(1, number).bind_text(2, name));
      RETURN_IF_ERROR(use->step().take_status());
      others = use->integer(0);
    }
    if (others >= limit) {
      return Status(Code::kLimit, "there are " + std::to_string(limit) +
                                      " already; delete one that is not needed");
    }
    return replace_document(connection, kind, name, text);
  });
}

Result<std::vector<std::string>> SqliteStorage::documents(DocumentKind kind) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  ASSIGN_OR_RETURN(Statement select,
                   loan->prepare("SELECT text FROM documents WHERE kind = ? ORDER BY name"));
  StatementUse use(select.bind(1, static_cast<int64_t>(kind)));
  std::vector<std::string> texts;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return texts;
    texts.emplace_back(use->bytes(0));
  }
}

Result<std::vector<std::string>> SqliteStorage::document_names(DocumentKind kind) {
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  ASSIGN_OR_RETURN(Statement select,
                   loan->prepare("SELECT name FROM documents WHERE kind = ? ORDER BY name"));
  StatementUse use(select.bind(1, static_cast<int64_t>(kind)));
  std::vector<std::string> texts;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return texts;
    texts.emplace_back(use->bytes(0));
  }
}

Status SqliteStorage::delete_document(DocumentKind kind, std::string_view name) {
  return write([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(Statement erase,
                     connection.prepare("DELETE FROM documents WHERE kind = ? AND name = ?"));
    RETURN_IF_ERROR(erase.bind(1, static_cast<int64_t>(kind)).bind_text(2, name).run());
    if (sqlite3_changes(connection.handle()) > 0) return {};
    return not_found("\"" + std::string(name) + "\" does not exist");
  });
}

Result<std::vector<ItemHead>> SqliteStorage::heads(const ReadScope& read, const FilterRef& filter,
                                                   int64_t after_row, int64_t max_items,
                                                   const StopCheck& stop) {
  RETURN_IF_ERROR(drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
  return reads(*loan).heads(read, *filter, after_row, max_items, stop);
}

}  // namespace memtier
