// Reads of many items: lists, counts, walks, by SQL. What they see is what has been folded.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "storage/sqlite/access_path.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/filter_binder.h"
#include "storage/sqlite/names.h"
#include "storage/storage.h"

namespace memtier {

// Lets a check stop the statements of a connection while it lives.
class StopWatch {
 public:
  StopWatch(Connection& connection, const StopCheck& stop);
  ~StopWatch();
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;
  // What to return instead of SQLite's "interrupted".
  Status explain(Status status) const;

 private:
  Connection& connection_;
  const StopCheck& stop_;
  Status reason_;
};

// A row, and which version of its item stands there.
struct FoundRow {
  int64_t row = 0;
  int64_t scope = 0;
  int64_t sequence = 0;
};

// A read transaction, and a filter with what it shows of the filter's tests.
class BoundRead {
 public:
  static Result<BoundRead> begin(Connection& connection, const Filter& filter,
                                 FilterBinder* binder);
  const Filter& filter() const { return bound_ ? *bound_ : *given_; }

 private:
  std::unique_ptr<ReadTransaction> transaction_;
  const Filter* given_ = nullptr;
  FilterRef bound_;
};

struct ItemReads {
  Connection& connection;
  ScopeTable& scopes;
  const std::vector<std::string>& tiers;
  Estimates& estimates;
  FilterBinder* binder = nullptr;  // null: there are no tests for it

  // With `explain` they say how they were done.
  Result<int64_t> count(const ReadScope& read, const Filter& filter, const StopCheck& stop,
                        Json* explain);
  Result<Page> list(const ReadScope& read, const ListRequest& request, int64_t max_items,
                    const StopCheck& stop, Json* explain);
  // All that a filter matches, if that is easily found and not more than `limit`; the connection is in
  // a transaction. `path` says what was planned.
  Result<std::optional<std::vector<FoundRow>>> find_few(const ReadScope& read, const Filter& filter,
                                                        int64_t limit, const StopCheck& stop,
                                                        AccessPath* path);
  Result<std::vector<ItemRef>> scan(const ReadScope& read, const Filter& filter, int64_t after_row,
                                    int64_t max_items, const StopCheck& stop);
  Result<std::vector<ItemHead>> heads(const ReadScope& read, const Filter& filter,
                                      int64_t after_row, int64_t max_items, const StopCheck& stop);
  // The row and item of exactly this key; null: none.
  Result<ItemRef> find(const ItemKey& key);
  // Shows the items of this id that the pattern allows, until show() returns false. Expired ones, too:
  // what is pending may have given them more time.
  Status find_by_id(const Scope& pattern, std::string_view id,
                    const std::function<bool(ItemRef)>& show);
  Result<ItemRef> find_row(int64_t row);
  Status visit_tier(int32_t tier, int64_t accessed_before_us, bool with_texts,
                    const std::function<void(ItemHead&&)>& visit);
  Result<std::vector<ItemHead>> expired(int64_t now_us, size_t limit);
  Result<std::vector<TierTotals>> tier_totals();
  Result<std::vector<TierSummary>> tier_summaries(int64_t now_us);
  Result<std::vector<Transition>> transitions(const ReadScope& read, std::string_view id,
                                              int64_t since_us, size_t limit);

 private:
  Result<std::vector<ItemRef>> collect(Statement& statement, int first);
  // The number of the newest change that the connection's transaction shows: exactly, since what is known
  // of a state is kept by it.
  Result<int64_t> shown_sequence();
  Result<AccessPath> plan(const ReadScope& read, const Filter& filter, int64_t ordered_limit);
  Result<Page> list_rows(const ListRequest& request, const SqlText& sql, int64_t max_items,
                         const StopWatch& watch);
  Result<Page> list_by_index(const ListRequest& request, const SqlText& sql, int64_t max_items,
                             const StopWatch& watch);
  Result<std::vector<ItemHead>> collect_heads(Statement& statement);
  Result<SqlText> scan_sql(std::string_view columns, const ReadScope& read, const Filter& filter,
                           int64_t after_row, int64_t max_items);
};

// kInvalid if the place to go on from is no token of list's.
Status check_list_token(const ListRequest& request);

}  // namespace memtier
