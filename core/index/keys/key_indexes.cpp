#include "index/keys/key_indexes.h"

#include "model/limits.h"

namespace memtier {
namespace {

constexpr size_t kBatchItems = 1000;      // in one call of an extractor
constexpr int64_t kStepChanges = 10'000;  // in one transaction, while an index is filled

// Changes that the transaction shows.
Result<int64_t> shown_sequence(Connection& connection) {
  return connection.query_integer("SELECT sequence FROM fold");
}

Result<std::vector<int64_t>> changed_rows(Connection& connection, int64_t from, int64_t until) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT DISTINCT row FROM changes WHERE sequence > ? AND "
                                      "sequence <= ? ORDER BY row"));
  StatementUse use(select.bind(1, from).bind(2, until));
  std::vector<int64_t> rows;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return rows;
    rows.push_back(use->integer(0));
  }
}

}  // namespace

std::shared_ptr<KeyIndexes::Index> KeyIndexes::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = indexes_.find(name);
  return found == indexes_.end() ? nullptr : found->second;
}

bool KeyIndexes::contains(std::string_view name) const {
  return find(name) != nullptr;
}

bool KeyIndexes::drop(std::string_view name) {
  std::shared_ptr<Index> gone;  // let go without the lock
  const std::lock_guard lock(mutex_);
  const auto found = indexes_.find(name);
  if (found == indexes_.end()) return false;
  gone = std::move(found->second);
  indexes_.erase(found);
  return true;
}

std::vector<KeyIndexes::Info> KeyIndexes::list() const {
  std::vector<Info> infos;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, index] : indexes_) {
    const std::lock_guard index_lock(index->mutex);
    infos.push_back({name, index->table.entries()});
  }
  return infos;
}

int64_t KeyIndexes::memory_bytes() const {
  int64_t bytes = 0;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, index] : indexes_) bytes += index->memory_bytes();
  return bytes;
}

// Whether there is room for these as well. The index may be one that is not registered yet.
Status KeyIndexes::check_room(Index& index, const Extracted& extracted) const {
  int64_t bytes = memory_bytes();
  if (find(index.name).get() != &index) bytes += index.memory_bytes();
  for (const auto& [row, keys] : extracted.rows) bytes += KeyTable::cost(keys);
  if (bytes <= limit_bytes_) return {};
  return {Code::kLimit, "index \"" + index.name + "\": its keys take more than " +
                            std::to_string(limit_bytes_) +
                            " bytes, an eighth of MEMORY_LIMIT_BYTES; raise that, or drop it"};
}

Status KeyIndexes::create(const std::string& name, KeyExtractor extractor, Control& control) {
  const auto exists = [&name] {
    return Status(Code::kExists, "index \"" + name + "\" exists; drop it first");
  };
  if (contains(name)) return exists();
  const auto index = std::make_shared<Index>();
  index->name = name;
  index->extractor = std::move(extractor);
  while (true) {
    RETURN_IF_ERROR(control.check());
    ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
    const ReadTransaction transaction(*connection);
    ASSIGN_OR_RETURN(const int64_t shown, shown_sequence(*connection));
    RETURN_IF_ERROR(catch_up(*connection, *index, kStepChanges).take_status());
    RETURN_IF_ERROR(control.report(index->sequence, shown));
    if (index->sequence >= shown) break;
  }
  RETURN_IF_ERROR(control.finish(index->sequence, index->sequence));
  const std::lock_guard lock(mutex_);
  if (indexes_.size() >= kMaxIndexes) {
    return {Code::kLimit, "index \"" + name + "\": there are " + std::to_string(kMaxIndexes) +
                              " already; drop one that is not needed"};
  }
  return indexes_.emplace(name, index).second ? Status() : exists();
}

// The keys of what changed in (from, until], as the transaction shows it.
Result<KeyIndexes::Extracted> KeyIndexes::extract(Connection& connection, const Index& index,
                                                  int64_t from, int64_t until) {
  Extracted extracted;
  extracted.until = until;
  ASSIGN_OR_RETURN(const std::vector<int64_t> rows, changed_rows(connection, from, until));
  ItemReads reads = storage_.reads(connection);
  std::vector<ItemRef> items;
  const auto run = [&]() -> Status {
    std::vector<KeyTable::Keys> keys(items.size());
    RETURN_IF_ERROR(index.extractor(items, &keys));
    for (size_t i = 0; i < items.size(); ++i) {
      extracted.rows.emplace_back(items[i]->row(), std::move(keys[i]));
    }
    items.clear();
    return {};
  };
  for (const int64_t row : rows) {
    ASSIGN_OR_RETURN(ItemRef item, reads.find_row(row));
    if (!item || item->is_damaged()) {
      extracted.rows.emplace_back(row, KeyTable::Keys());
      continue;
    }
    items.push_back(std::move(item));
    if (items.size() == kBatchItems) RETURN_IF_ERROR(run());
  }
  if (!items.empty()) RETURN_IF_ERROR(run());
  return extracted;
}

// True: the index has seen exactly what the transaction shows, or `limit` changes more than before.
// False: it has seen more.
Result<bool> KeyIndexes::catch_up(Connection& connection, Index& index, int64_t limit) {
  ASSIGN_OR_RETURN(const int64_t shown, shown_sequence(connection));
  while (true) {
    int64_t from = 0;
    {
      const std::lock_guard lock(index.mutex);
      from = index.sequence;
    }
    if (from >= shown) return from == shown;
    const int64_t until = std::min(shown, from + std::min(limit, shown));
    ASSIGN_OR_RETURN(Extracted extracted, extract(connection, index, from, until));
    RETURN_IF_ERROR(check_room(index, extracted));
    const std::lock_guard lock(index.mutex);
    if (index.sequence != from) continue;  // another thread was quicker
    for (auto& [row, keys] : extracted.rows) index.table.set(row, std::move(keys));
    index.sequence = extracted.until;
    if (limit < INT64_MAX) return true;
  }
}

Status KeyIndexes::bind_tests(Connection& connection, Filter* filter, bool* again) {
  for (Filter& child : filter->children) {
    RETURN_IF_ERROR(bind_tests(connection, &child, again));
    if (*again) return {};
  }
  if (filter->kind != Filter::Kind::kTest || filter->test.field != Field::kIndex) return {};
  Test& test = filter->test;
  if (test.rows) return {};
  const std::shared_ptr<Index> index = find(test.path[0]);
  if (!index) {
    return invalid("filter: " + test.place + " asks for the index \"" + test.path[0] +
                   "\", which has no callback in this store handle");
  }
  ASSIGN_OR_RETURN(const int64_t shown, shown_sequence(connection));
  while (true) {
    ASSIGN_OR_RETURN(const bool equal, catch_up(connection, *index, INT64_MAX));
    const std::lock_guard lock(index->mutex);
    *again = !equal || index->sequence > shown;
    if (*again) return {};
    if (index->sequence < shown) continue;
    test.rows = std::make_shared<const RowSet>(index->table.rows(test));
    return {};
  }
}

Result<FilterRef> KeyIndexes::bind(Connection& connection, const Filter& filter) {
  auto bound = std::make_shared<Filter>(filter);
  bool again = false;
  RETURN_IF_ERROR(bind_tests(connection, bound.get(), &again));
  return again ? FilterRef() : FilterRef(std::move(bound));
}

Result<FilterRef> KeyIndexes::bind_now(const FilterRef& filter) {
  if (!asks_index(*filter)) return filter;
  RETURN_IF_ERROR(storage_.drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
  while (true) {
    const ReadTransaction transaction(*connection);
    ASSIGN_OR_RETURN(FilterRef bound, bind(*connection, *filter));
    if (bound) return bound;
  }
}

}  // namespace memtier
