// The second half of SqliteStorage's writing: what each operation of a commit does to what is there.
// Everything here runs under write_mutex_.
#include "storage/sqlite/staged.h"

namespace memtier {
namespace {

bool is_over(int64_t expires_us, bool pinned, int64_t now_us) {
  return expires_us != 0 && expires_us <= now_us && !pinned;
}

}  // namespace

SqliteStorage::Staged::RowState SqliteStorage::Staged::state(const Item& item) const {
  RowState state{item.tier(), item.validation_count(), item.expires_us()};
  const auto found = states.find(item.row());
  if (found == states.end()) return state;
  const RowState& staged = found->second;
  if (staged.tier >= 0) state.tier = staged.tier;
  if (staged.validation_count >= 0) state.validation_count = staged.validation_count;
  if (staged.expires_us >= 0) state.expires_us = staged.expires_us;
  return state;
}

void SqliteStorage::Staged::note(const Change& change) {
  if (in_group) {
    Undo before{change.row, change.key_hash, {}, {}};
    if (const auto state = states.find(change.row); state != states.end()) {
      before.state = state->second;
    }
    if (const auto item = items.find(change.key_hash); item != items.end()) {
      before.item = item->second;
    }
    undo.push_back(std::move(before));
  }
  RowState& state = states[change.row];
  switch (change.kind) {
    case WriteOp::Kind::kPut:
      items[change.key_hash] = change.item;
      state = {};  // the new item says it all
      break;
    case WriteOp::Kind::kRemove:
      items[change.key_hash] = ItemRef();
      break;
    case WriteOp::Kind::kMove:
      state.tier = change.to;
      break;
    case WriteOp::Kind::kValidate:
      state.validation_count = change.value;
      break;
    case WriteOp::Kind::kRefresh:
      state.expires_us = change.value;
      break;
    case WriteOp::Kind::kVector:
      break;
  }
}

void SqliteStorage::Staged::roll_back() {
  for (; !undo.empty(); undo.pop_back()) {
    Undo& before = undo.back();
    states.erase(before.row);
    if (before.state) states.emplace(before.row, *before.state);
    items.erase(before.key_hash);
    if (before.item) items.emplace(before.key_hash, std::move(*before.item));
  }
  in_group = false;
}

Result<ItemRef> SqliteStorage::current(const ItemKey& key, const Staged& staged) {
  if (const auto found = staged.items.find(key.hash); found != staged.items.end()) {
    if (!found->second || found->second->has_key(key)) return found->second;
  }
  if (ItemRef item = sink_->resident(key)) return item;
  if (!known_ids_.may_contain(id_hash(key.id))) return ItemRef();
  if (ItemRef item = pending_.find(key)) return item;
  ItemRef stored;
  if (in_memory_) {
    ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
    ASSIGN_OR_RETURN(stored, find_stored(*loan, key));
  } else {
    ASSIGN_OR_RETURN(stored, find_stored(*resolver_, key));
  }
  if (!stored) known_ids_.count_miss();
  return stored;
}

Status SqliteStorage::learn_ids(const StopCheck& stop) {
  constexpr int64_t kStep = 4096;
  uint64_t number = 0;
  {
    const std::lock_guard lock(write_mutex_);
    if (in_memory_ || !known_ids_.is_worth_beginning()) return {};
    RETURN_IF_ERROR(refresh_locked());
    number = known_ids_.begin(static_cast<uint64_t>(journal_->next_row()) * 2);
    // What is pending now may be in the tables or not when these are read.
    for (const int64_t hash : pending_.id_hashes()) known_ids_.add(hash);
  }
  int64_t next = INT64_MIN;
  for (bool more = true; more;) {
    if (stop) RETURN_IF_ERROR(stop());
    std::vector<int64_t> hashes;
    {
      ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
      ASSIGN_OR_RETURN(Statement select,
                       loan->prepare("SELECT DISTINCT id_hash FROM ix_id WHERE id_hash >= ? "
                                     "ORDER BY id_hash LIMIT ?"));
      StatementUse use(select.bind(1, next).bind(2, kStep));
      while (true) {
        ASSIGN_OR_RETURN(const bool row, use->step());
        if (!row) break;
        hashes.push_back(use->integer(0));
      }
    }
    const std::lock_guard lock(write_mutex_);
    if (!known_ids_.is_current(number)) return {};
    for (const int64_t hash : hashes) known_ids_.add(hash);
    more = static_cast<int64_t>(hashes.size()) == kStep && hashes.back() < INT64_MAX;
    if (more) next = hashes.back() + 1;
    if (!more) known_ids_.complete();
  }
  return {};
}

Status SqliteStorage::resolve(WriteOp& operation, int64_t now_us, Staged& staged, Change* change) {
  change->kind = operation.kind;
  change->reason = operation.reason;
  change->time_us = now_us;
  change->key_hash = operation.key_hash;
  if (operation.kind == WriteOp::Kind::kVector) {
    resolve_vector(operation, change);
    return {};
  }
  Status status;
  if (operation.kind == WriteOp::Kind::kPut) {
    status = resolve_put(operation, now_us, staged, change);
  } else if (operation.current) {
    status = resolve_current(operation, staged, change);
  } else {
    status = resolve_row(operation, now_us, staged, change);
  }
  RETURN_IF_ERROR(std::move(status));
  if (change->row == 0) return {};
  change->sequence = next_sequence_++;
  if (operation.kind == WriteOp::Kind::kPut) {
    operation.item->mutable_header().sequence = change->sequence;
    change->item = ItemRef(operation.item.get());
  }
  staged.note(*change);
  return {};
}

Status SqliteStorage::resolve_put(WriteOp& operation, int64_t now_us, Staged& staged,
                                  Change* change) {
  Item& item = *operation.item;
  ItemRef existing;
  if (!operation.plan.fresh_id) {
    ASSIGN_OR_RETURN(existing, current(ItemKey(*operation.scope, item.id()), staged));
  }
  const Staged::RowState state = existing ? staged.state(*existing) : Staged::RowState();
  const bool visible = existing && !is_over(state.expires_us, existing->pinned(), now_us);
  const std::string name = "item \"" + std::string(item.id()) + "\"";
  if (visible && operation.plan.mode == PutMode::kCreate) {
    return {Code::kExists, name + " exists already"};
  }
  if (!visible && operation.plan.mode == PutMode::kUpdate) {
    return not_found(name + " does not exist");
  }
  const int64_t version = visible ? existing->header().version : 0;
  if (operation.expected_version != 0 && operation.expected_version != version) {
    return {Code::kConflict, name + " has version " + std::to_string(version) + ", not " +
                                 std::to_string(operation.expected_version)};
  }
  if (operation.only_check) return {};
  if (visible) {
    ItemFields fields = existing->fields();
    fields.tier = state.tier;
    fields.validation_count = state.validation_count;
    complete_put(item, operation.plan, &fields, ladder_, now_us);
  } else {
    complete_put(item, operation.plan, nullptr, ladder_, now_us);
    // An item that takes the place of an expired one goes on counting its versions.
    if (existing && !operation.plan.keep_versions) {
      item.mutable_header().version = existing->header().version + 1;
    }
  }
  operation.replaced = visible;
  change->existed = static_cast<bool>(existing);
  change->row = existing ? existing->row() : next_row_++;
  change->from = existing ? state.tier : -1;
  change->to = item.tier();
  change->bytes_before = existing ? existing->size_bytes() : 0;
  change->bytes_after = item.size_bytes();
  item.set_row(change->row);
  return {};
}

Status SqliteStorage::resolve_current(WriteOp& operation, Staged& staged, Change* change) {
  const Scope scope = operation.current->scope();
  ASSIGN_OR_RETURN(const ItemRef existing,
                   current(ItemKey(scope, operation.current->id()), staged));
  const std::string name = "item \"" + std::string(operation.current->id()) + "\"";
  if (!existing || existing->row() != operation.row) return not_found(name + " does not exist");
  const int64_t version = existing->header().version;
  if (operation.expected_version != 0 && operation.expected_version != version) {
    return {Code::kConflict, name + " has version " + std::to_string(version) + ", not " +
                                 std::to_string(operation.expected_version)};
  }
  const Staged::RowState state = staged.state(*existing);
  if (operation.from >= 0 && operation.from != state.tier) {
    return {Code::kConflict, name + " has moved to another tier"};
  }
  change->existed = true;
  change->from = change->to = state.tier;
  change->bytes_before = change->bytes_after = existing->size_bytes();
  if (operation.kind == WriteOp::Kind::kMove) {
    if (operation.to == state.tier) return {};  // nothing to do
    change->to = operation.to;
    change->item = existing;
    // The caller's object knows reads that the tables do not know yet; what moved up because of them
    // must not be the first to go down again.
    const Item& seen = *operation.current;
    if (seen.access_count() > existing->access_count()) {
      existing->show_access(seen.access_count(), seen.accessed_us());
    }
  } else if (operation.kind == WriteOp::Kind::kRemove) {
    change->to = -1;
    change->value = version;
  } else if (operation.kind == WriteOp::Kind::kRefresh) {
    change->value = operation.value;
    change->item = existing;
  } else {
    operation.value = state.validation_count + 1;
    change->value = operation.value;
    change->item = existing;
  }
  change->row = existing->row();
  return {};
}

// The caller found the item during this very call. If it has gone since, the vector was there for a
// moment and went with it: the fold sees to that. A vector has no number in the order of changes, for
// what follows items through that order need not look again.
void SqliteStorage::resolve_vector(const WriteOp& operation, Change* change) {
  change->existed = true;
  change->row = operation.row;
  change->value = operation.space;
  change->vector = operation.vector;
  const size_t size = operation.vector ? operation.vector->size() : 0;
  change->bytes_before = change->bytes_after = static_cast<int64_t>(size);
}

// An operation on a row that was chosen some time ago: is it still what it was chosen for?
Status SqliteStorage::resolve_row(WriteOp& operation, int64_t now_us, Staged& staged,
                                  Change* change) {
  const Status gone = not_found("item: it has changed, moved or gone since it was chosen");
  if (staged.states.count(operation.row) != 0) return gone.clone();
  std::optional<ItemHead> head = sink_->member(operation.from, operation.row);
  if (!head) {
    const auto find = [&](Connection& connection) -> Result<ItemRef> {
      return find_stored_row(connection, operation.row);
    };
    ItemRef stored;
    if (in_memory_) {
      ASSIGN_OR_RETURN(ReaderPool::Loan loan, readers_.borrow());
      ASSIGN_OR_RETURN(stored, find(*loan));
    } else {
      ASSIGN_OR_RETURN(stored, find(*resolver_));
    }
    const auto pending = pending_.row(operation.row);
    if (!stored && pending && pending->item) stored = pending->item;
    if (!stored || stored->key_hash() != operation.key_hash) return gone.clone();
    head.emplace();
    head->tier = stored->tier();
    head->pinned = stored->pinned();
    head->expires_us = stored->expires_us();
    head->size_bytes = stored->size_bytes();
  }
  const bool over = is_over(head->expires_us, head->pinned, now_us);
  if (head->tier != operation.from || head->pinned) return gone.clone();
  if (operation.reason == Reason::kExpired && !over) return gone.clone();
  change->existed = true;
  change->row = operation.row;
  change->from = operation.from;
  change->to = operation.kind == WriteOp::Kind::kMove ? operation.to : -1;
  change->bytes_before = change->bytes_after = head->size_bytes;
  return {};
}

}  // namespace memtier
