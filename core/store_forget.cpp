#include "store.h"

namespace memtier {
namespace {

constexpr int kForgetAttempts = 100;  // against others who write to the scope meanwhile
constexpr int64_t kAtOnce = 2000;

// Whether it means somebody, and not everything.
bool is_named(const Scope& scope) {
  for (size_t i = Scope::kApp; i < Scope::kNames; ++i) {
    if (scope.constrains(i)) return true;
  }
  return scope.constrains(Scope::kCollection) &&
         scope.name(Scope::kCollection) != kDefaultCollection;
}

bool is_of_owners(const Scope& scope) {
  const std::string_view collection = scope.name(Scope::kCollection);
  return !scope.constrains(Scope::kSession) &&
         (collection == kDefaultCollection || collection == kAllCollections);
}

// Who is forgotten is forgotten in every collection, unless one is named.
Scope everywhere(const Scope& scope) {
  bool is_somebody = false;
  for (size_t i = Scope::kApp; i < Scope::kNames; ++i) {
    is_somebody = is_somebody || scope.constrains(i);
  }
  if (!is_somebody || scope.name(Scope::kCollection) != kDefaultCollection) return scope;
  return Scope({kAllCollections, scope.name(Scope::kApp), scope.name(Scope::kUser),
                scope.name(Scope::kAgent), scope.name(Scope::kSession)});
}

}  // namespace

// Everything, also what has expired and is still there.
Status Store::remove_all_of(const Scope& scope, Control& guard, int64_t* count) {
  ASSIGN_OR_RETURN(const FilterRef any, Filter::from_json(Json::object()));
  constexpr int64_t kBeforeAnyExpiry = 0;
  int64_t after_row = 0;
  while (true) {
    ASSIGN_OR_RETURN(const int64_t now, now_us());
    ASSIGN_OR_RETURN(
        const std::vector<ItemHead> heads,
        storage_->heads({&scope, kBeforeAnyExpiry}, any, after_row, kAtOnce, guard.stop_check()));
    if (heads.empty()) return {};
    after_row = heads.back().row;
    std::vector<WriteOp> operations;
    std::vector<int64_t> pinned;
    for (const ItemHead& head : heads) {
      if (head.pinned) {
        pinned.push_back(head.row);
      } else {
        operations.push_back(
            WriteOp::remove_row(head.row, head.key_hash, head.tier, Reason::kNone));
      }
    }
    ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage_->find_rows(pinned));
    for (const ItemRef& item : items) {
      if (item) operations.push_back(WriteOp::remove(item, Reason::kNone, 0));
    }
    ASSIGN_OR_RETURN(const int64_t done, commit_moves(std::move(operations), now));
    *count += done;
    RETURN_IF_ERROR(guard.report(*count, -1));
  }
}

Report Store::forget(const Scope& who, Control& control) {
  const Scope scope = everywhere(who);
  if (!is_named(scope)) {
    return invalid(
        "scope: it names nobody; set an app, a user, an agent, a session, or a collection other "
        "than \"default\"");
  }
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(int64_t now, now_us());
  int64_t items = 0;
  ForgetCounts counts;
  const auto run = [&]() -> Status {
    Status status;
    for (int attempt = 0; attempt < kForgetAttempts; ++attempt) {
      RETURN_IF_ERROR(flush_access());
      RETURN_IF_ERROR(remove_all_of(scope, guard, &items));
      ends_.clear();
      if (query_cache_) query_cache_->on_reset();
      // What was learned belongs to an owner, not to a session or a collection of his.
      if (is_of_owners(scope)) RETURN_IF_ERROR(preferences_->forget_all_of(scope));
      status = storage_->forget_scope(scope, guard, &counts);
      if (!counts.written_meanwhile) break;
    }
    RETURN_IF_ERROR(std::move(status));
    // What was counted of words is counted anew; until then searches would do it.
    while (true) {
      ASSIGN_OR_RETURN(const bool more, text_index_->maintain(true));
      if (!more) break;
      RETURN_IF_ERROR(guard.check());
    }
    return guard.finish(items, items);
  };
  Status status = run();
  if (auto end = now_us(); end.ok()) now = *end;
  Json names = Json::object();
  constexpr std::array<const char*, Scope::kNames> kNames = {"collection", "app", "user", "agent",
                                                             "session"};
  for (size_t i = 0; i < Scope::kNames; ++i) {
    if (scope.constrains(i)) names[kNames[i]] = std::string(scope.name(i));
  }
  return {std::move(status), Json{{"scope", std::move(names)},
                                  {"forgotten_us", now},
                                  {"items", items},
                                  {"concepts", counts.concepts},
                                  {"transitions", counts.transitions},
                                  {"tombstones", counts.tombstones},
                                  {"scopes", counts.scopes},
                                  {"labels", counts.labels},
                                  {"blocks", counts.blocks},
                                  {"damaged_blocks", counts.damaged_blocks}}};
}

}  // namespace memtier
