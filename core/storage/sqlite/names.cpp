#include "storage/sqlite/names.h"

namespace memtier {
namespace {

constexpr std::string_view kFindScope =
    "SELECT scope FROM scopes WHERE collection = ? AND user = ? AND app = ? AND agent = ? "
    "AND session = ?";

// All names with where they end: no two scopes have the same.
std::string scope_text(const Scope& scope) {
  std::string text(scope.bytes());
  text.append(reinterpret_cast<const char*>(scope.ends().data()), sizeof scope.ends());
  return text;
}

void bind_names(Statement& statement, const Scope& scope) {
  statement.bind_text(1, scope.name(Scope::kCollection));
  statement.bind_text(2, scope.name(Scope::kUser));
  statement.bind_text(3, scope.name(Scope::kApp));
  statement.bind_text(4, scope.name(Scope::kAgent));
  statement.bind_text(5, scope.name(Scope::kSession));
}

}  // namespace

Result<std::optional<int64_t>> ScopeTable::find(Connection& connection, const Scope& scope) {
  if (removed_ == nullptr || removed_->load(std::memory_order_acquire) == 0) {
    const std::lock_guard lock(mutex_);
    const auto known = numbers_.find(scope_text(scope));
    if (known != numbers_.end()) return std::optional<int64_t>(known->second);
  }
  ASSIGN_OR_RETURN(Statement select, connection.prepare(kFindScope));
  bind_names(select, scope);
  StatementUse use(select);
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return std::optional<int64_t>();
  const int64_t number = use->integer(0);
  remember(number, scope);
  return std::optional<int64_t>(number);
}

Result<int64_t> ScopeTable::find_or_add(Connection& connection, const Scope& scope) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> known, find(connection, scope));
  if (known) return *known;
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT INTO scopes(collection, user, app, agent, session) "
                                      "VALUES(?, ?, ?, ?, ?)"));
  bind_names(insert, scope);
  RETURN_IF_ERROR(insert.run());
  insert.reset();
  const int64_t number = sqlite3_last_insert_rowid(connection.handle());
  remember(number, scope);
  return number;
}

Result<ScopeTable::ScopeRef> ScopeTable::scope(Connection& connection, int64_t number) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = scopes_.find(number);
    if (known != scopes_.end()) return known->second;
  }
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT collection, app, user, agent, session FROM scopes "
                                      "WHERE scope = ?"));
  StatementUse use(select.bind(1, number));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) {
    return Status(Code::kCorrupt, "store: the names of scope " + std::to_string(number) +
                                      " are missing: the file is damaged; put back a copy");
  }
  std::array<std::string_view, Scope::kNames> names;
  for (size_t i = 0; i < Scope::kNames; ++i) names[i] = use->bytes(static_cast<int>(i));
  const Scope scope(names);
  remember(number, scope);
  return std::make_shared<const Scope>(scope);
}

void ScopeTable::remember(int64_t number, const Scope& scope) {
  const std::lock_guard lock(mutex_);
  if (numbers_.size() >= kMaxRemembered) {
    numbers_.clear();
    scopes_.clear();
  }
  numbers_.insert_or_assign(scope_text(scope), number);
  scopes_.emplace(number, std::make_shared<const Scope>(scope));
}

void ScopeTable::clear() {
  const std::lock_guard lock(mutex_);
  numbers_.clear();
  scopes_.clear();
}

Result<int64_t> LabelTable::find_or_add(Connection& connection, std::string_view text) {
  if (removed_ != nullptr && removed_->load(std::memory_order_acquire) != 0) numbers_.clear();
  const auto known = numbers_.find(std::string(text));
  if (known != numbers_.end()) return known->second;
  if (numbers_.size() >= kMaxRemembered) numbers_.clear();
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT OR IGNORE INTO labels(text) VALUES(?)"));
  RETURN_IF_ERROR(insert.bind_text(1, text).run());
  insert.reset();
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT label FROM labels WHERE text = ?"));
  StatementUse use(select.bind_text(1, text));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return internal_error("store: a label vanished");
  const int64_t number = use->integer(0);
  numbers_.emplace(std::string(text), number);
  return number;
}

}  // namespace memtier
