// VectorIndex: what is in RAM. vector_search.cpp has the searches.
#include "index/vector/vector_index.h"

#include <algorithm>

#include "index/vector/vector_set.h"
#include "storage/sqlite/filter_sql.h"

namespace memtier {
namespace {

constexpr size_t kMostPatterns = 256;  // whose scopes are remembered
constexpr int kStopEvery = 1024;       // vectors read between two looks at the stop check

}  // namespace

VectorIndex::VectorIndex(SqliteStorage& storage, const VectorIndexSettings& settings)
    : storage_(storage), settings_(settings) {}

VectorIndex::~VectorIndex() = default;

Result<Space> VectorIndex::find(Connection& connection, const std::string& name) const {
  if (!name.empty()) return find_space(connection, name);
  ASSIGN_OR_RETURN(std::vector<Space> spaces, read_spaces(connection));
  // An embedder's is asked for by its name, or by "meaning".
  std::erase_if(spaces, [](const Space& space) { return !space.spec.embedder.empty(); });
  if (spaces.size() == 1) return std::move(spaces[0]);
  if (spaces.empty()) {
    return not_found("space: the store has none; make one before vectors are put or searched");
  }
  return invalid("space: the store has " + std::to_string(spaces.size()) +
                 " of them; say which one is meant");
}

// All numbers of scopes that a pattern allows. Scopes are only added, so the newest one's number tells
// whether what is remembered still holds.
Result<std::shared_ptr<const std::vector<int64_t>>> VectorIndex::allowed_scopes(
    Connection& connection, const Scope& pattern) {
  ASSIGN_OR_RETURN(const ScopeCondition condition, scope_condition(connection, pattern));
  auto scopes = std::make_shared<std::vector<int64_t>>();
  if (condition.nothing) return std::shared_ptr<const std::vector<int64_t>>(std::move(scopes));
  if (condition.single != 0) {
    scopes->push_back(condition.single);
    return std::shared_ptr<const std::vector<int64_t>>(std::move(scopes));
  }
  ASSIGN_OR_RETURN(Statement newest_scope,
                   connection.prepare("SELECT ifnull(max(scope), 0) FROM scopes"));
  const int64_t newest = [&] {
    StatementUse use(newest_scope);
    auto found = use->step();
    return found.ok() && *found ? use->integer(0) : 0;
  }();
  const std::string key = condition.everything ? std::string() : condition.key;
  {
    const std::lock_guard lock(scopes_mutex_);
    const auto known = known_scopes_.find(key);
    if (known != known_scopes_.end() && known->second.newest == newest) return known->second.scopes;
  }
  const std::string sql =
      condition.everything ? std::string("SELECT scope FROM scopes") : condition.list.sql();
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql));
  StatementUse use(select);
  if (!condition.everything) condition.list.bind_to(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) break;
    scopes->push_back(use->integer(0));
  }
  std::sort(scopes->begin(), scopes->end());
  const std::lock_guard lock(scopes_mutex_);
  if (known_scopes_.size() >= kMostPatterns) known_scopes_.clear();
  known_scopes_[key] = {newest, scopes};
  return std::shared_ptr<const std::vector<int64_t>>(std::move(scopes));
}

size_t VectorIndex::sets_bytes() const {
  size_t bytes = 0;
  for (const auto& entry : sets_) bytes += entry.second->memory_bytes();
  return bytes;
}

size_t VectorIndex::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  return sets_bytes();
}

Result<bool> VectorIndex::with_set(Connection& connection, const Space& space,
                                   std::span<const int64_t> scopes, const StopCheck& stop,
                                   const OnSet& search) {
  ASSIGN_OR_RETURN(const VectorPosition target, read_vector_position(connection));
  const auto has_all = [&](const VectorSet& set) {
    return std::all_of(scopes.begin(), scopes.end(),
                       [&set](int64_t scope) { return set.has_scope(scope); });
  };
  {
    const std::shared_lock lock(mutex_);
    const auto found = sets_.find(space.number);
    if (position_ == target.newest && found != sets_.end() && has_all(*found->second)) {
      RETURN_IF_ERROR(search(found->second.get()));
      return true;
    }
    if (position_ > target.newest) return false;
  }
  // What is missing is read under the lock, so whoever comes meanwhile waits rather than reads it, too.
  const std::unique_lock lock(mutex_);
  if (position_ > target.newest) return false;
  RETURN_IF_ERROR(bring_in_step(connection, target));
  std::shared_ptr<VectorSet>& set = sets_[space.number];
  if (!set) set = std::make_shared<VectorSet>(space);
  std::vector<int64_t> missing;
  for (const int64_t scope : scopes) {
    if (!set->has_scope(scope)) missing.push_back(scope);
  }
  set->touch(scopes, ++time_);
  bool fits = true;
  if (!missing.empty()) RETURN_IF_ERROR(load(connection, set.get(), missing, stop, &fits));
  if (fits) look_after(set.get());
  RETURN_IF_ERROR(search(fits ? set.get() : nullptr));
  return true;
}

// Under mutex_. Takes in what has changed since; forgets everything where that is not known any more.
Status VectorIndex::bring_in_step(Connection& connection, const VectorPosition& target) {
  if (position_ == target.newest) return {};
  ASSIGN_OR_RETURN(const std::vector<Space> spaces, read_spaces(connection));
  std::erase_if(sets_, [&spaces](const auto& entry) {
    return std::none_of(spaces.begin(), spaces.end(),
                        [&entry](const Space& space) { return space.number == entry.first; });
  });
  if (position_ < 0 || position_ + 1 < target.oldest) {
    sets_.clear();
    position_ = target.newest;
    return {};
  }
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT DISTINCT key, scope FROM vector_changes WHERE number > ?"));
  std::vector<std::pair<int64_t, int64_t>> changed;
  {
    StatementUse use(select.bind(1, position_));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, use->step());
      if (!more) break;
      changed.emplace_back(use->integer(0), use->integer(1));
    }
  }
  position_ = -1;  // until all of it is in
  for (const auto& [key, scope] : changed) {
    const auto found = sets_.find(key >> kRowBits);
    if (found == sets_.end()) continue;
    VectorSet& set = *found->second;
    const int64_t row = row_of_vector(key);
    ASSIGN_OR_RETURN(const auto data, read_vector(connection, found->first, row));
    if (!data) {
      set.remove(row);
    } else if (set.has_scope(scope)) {
      RETURN_IF_ERROR(set.put(row, scope, *data));
    }
  }
  if (sets_bytes() > settings_.memory_bytes) {
    for (const auto& entry : sets_) entry.second->round_all();
    if (sets_bytes() > settings_.memory_bytes) sets_.clear();
  }
  for (const auto& entry : sets_) look_after(entry.second.get());
  position_ = target.newest;
  return {};
}

// Under mutex_. Reads scopes that are missing. Where they do not fit, none of them is there afterwards.
Status VectorIndex::load(Connection& connection, VectorSet* set, std::span<const int64_t> scopes,
                         const StopCheck& stop, bool* out_fits) {
  *out_fits = false;
  const auto give_up = [set, scopes](Status status) {
    for (const int64_t scope : scopes) set->drop_scope(scope);
    return status;
  };
  int read = 0;
  for (const int64_t scope : scopes) {
    set->add_scope(scope);
    ASSIGN_OR_RETURN(Statement select,
                     connection.prepare("SELECT x.row, v.data FROM ix_scope x CROSS JOIN vectors v "
                                        "ON v.key = x.row + ? WHERE x.scope = ?"));
    StatementUse use(select.bind(1, vector_key(set->space().number, 0)).bind(2, scope));
    while (true) {
      auto more = use->step();
      if (!more.ok()) return give_up(more.take_status());
      if (!*more) break;
      Status status = set->put(use->integer(0), scope, use->bytes(1));
      ++read;
      if (status.ok() && stop && read % kStopEvery == 0) status = stop();
      if (!status.ok()) return give_up(std::move(status));
      if (read % kStopEvery == 0 && sets_bytes() > settings_.memory_bytes &&
          !make_room(set, scopes)) {
        return give_up({});
      }
    }
  }
  set->touch(scopes, time_);
  *out_fits = sets_bytes() <= settings_.memory_bytes || make_room(set, scopes);
  return *out_fits ? Status() : give_up({});
}

// Lets go what was wanted longest ago, and then rounds what is wanted now, until it fits; false: it does
// not.
bool VectorIndex::make_room(VectorSet* wanted, std::span<const int64_t> scopes) {
  while (sets_bytes() > settings_.memory_bytes) {
    VectorSet* oldest_set = nullptr;
    int64_t oldest_scope = 0;
    uint64_t oldest_time = UINT64_MAX;
    for (const auto& entry : sets_) {
      VectorSet* const set = entry.second.get();
      for (const int64_t scope : set->scopes()) {
        const bool is_wanted =
            set == wanted && std::binary_search(scopes.begin(), scopes.end(), scope);
        if (is_wanted || set->last_wanted(scope) >= std::min(oldest_time, time_)) continue;
        oldest_set = set;
        oldest_scope = scope;
        oldest_time = set->last_wanted(scope);
      }
    }
    if (oldest_set != nullptr) {
      oldest_set->drop_scope(oldest_scope);
    } else if (wanted->is_whole()) {
      wanted->round_all();
    } else {
      return false;
    }
  }
  return true;
}

// Under mutex_. A set that has grown large gets codes at once, in a single list; more lists take longer.
void VectorIndex::look_after(VectorSet* set) {
  if (set->wanted_lists() == set->list_count()) return;
  if (set->list_count() == 0) set->rebuild_now(1);
  if (set->wanted_lists() != set->list_count()) needs_maintenance_.store(true);
}

bool VectorIndex::has(const std::shared_ptr<VectorSet>& set) const {
  const auto found = sets_.find(set->space().number);
  return found != sets_.end() && found->second == set;
}

bool VectorIndex::maintain(const std::function<bool()>& stop) {
  constexpr size_t kStepSlots = 2048;
  const std::lock_guard maintaining(maintenance_mutex_);
  std::shared_ptr<VectorSet> set;
  std::vector<float> samples;
  size_t count = 0;
  needs_maintenance_.store(false);
  {
    const std::shared_lock lock(mutex_);
    for (const auto& entry : sets_) {
      count = entry.second->wanted_lists();
      if (count == entry.second->list_count()) continue;
      set = entry.second;
      samples = set->sample(VectorSet::samples_for(count));
      break;
    }
  }
  if (!set) return false;
  VectorSet::Rebuild rebuild(set->find_centroids_in(samples, count, stop));
  if (stop()) return false;
  {
    const std::unique_lock lock(mutex_);
    if (!has(set)) return true;
    set->begin_rebuild(&rebuild);
  }
  bool more = true;
  while (more && !stop()) {
    const std::shared_lock lock(mutex_);
    if (!has(set)) return true;
    more = set->step_rebuild(&rebuild, kStepSlots);
  }
  const std::unique_lock lock(mutex_);
  if (more || !has(set)) {
    set->abandon_rebuild();
    return false;
  }
  set->end_rebuild(&rebuild);
  return true;
}

}  // namespace memtier
