#include <algorithm>

#include "share/belongings.h"
#include "store.h"

namespace memtier {
namespace {

constexpr int kTransferAttempts = 100;  // against others who change the same item

FilterRef everything() {
  auto filter = Filter::from_json(Json::object());
  return filter.ok() ? std::move(filter).value() : nullptr;  // this document is our own
}

Scope with_collection(const Scope& scope, std::string_view collection) {
  return Scope({collection, scope.name(Scope::kApp), scope.name(Scope::kUser),
                scope.name(Scope::kAgent), scope.name(Scope::kSession)});
}

// The put of an item as it is under other names. What its reader set by and by goes with it.
WriteOp put_as_is(const Item& item, const Scope& scope, PutMode mode) {
  ItemFields fields = item.fields();
  fields.set_scope(scope);
  fields.version = 0;
  fields.sequence = 0;
  fields.score = 0;
  fields[Text::kSnippet] = {};
  PutPlan plan;
  plan.mode = mode;
  plan.created_given = true;
  plan.accessed_given = true;
  plan.tier_given = true;
  plan.access_count_given = true;
  plan.validation_count_given = true;
  return WriteOp::put(Item::create(fields, 0), &scope, plan);
}

}  // namespace

Status Store::create_collection(const CollectionSpec& spec) {
  if (spec.name == kDefaultCollection) {
    return {Code::kExists, "collection \"default\" is always there"};
  }
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  return storage_->create_collection(spec, now);
}

Result<std::string> Store::list_collections(const Scope& scope, Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(const std::vector<CollectionInfo> infos, storage_->collections(scope));
  const FilterRef any = everything();
  Json list = Json::array();
  for (const CollectionInfo& info : infos) {
    if (info.name == kDefaultCollection) continue;
    const Scope inside = with_collection(scope, info.name);
    ASSIGN_OR_RETURN(const int64_t items, storage_->count({&inside, now}, any, guard.stop_check()));
    if (items == 0 && info.created_us == 0) continue;
    Json entry = {{"name", info.name}, {"description", info.description}, {"items", items}};
    if (info.created_us != 0) entry["created_us"] = info.created_us;
    list.push_back(std::move(entry));
  }
  const auto count = static_cast<int64_t>(list.size());
  RETURN_IF_ERROR(guard.finish(count, count));
  return list.dump();
}

Status Store::drop_collection(const std::string& name, bool with_items, Control& control,
                              int64_t* out_count) {
  *out_count = 0;
  if (name == kDefaultCollection) {
    return invalid("name: the default collection is always there; delete its items instead");
  }
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  const Scope inside = with_collection(Scope(), name);
  const FilterRef any = everything();
  Control guard = guarded(control);
  ASSIGN_OR_RETURN(const int64_t items, storage_->count({&inside, now}, any, guard.stop_check()));
  if (items > 0 && !with_items) {
    return {Code::kConflict, "collection \"" + name + "\" holds " + std::to_string(items) +
                                 " items; move them, or drop it with its items"};
  }
  if (items > 0) {
    RETURN_IF_ERROR(remove_where(inside, any, Durability::kDefault, control, out_count));
  }
  ASSIGN_OR_RETURN(const bool made, storage_->forget_collection(name));
  if (made || items > 0) return items > 0 ? Status() : guard.finish(0, 0);
  return not_found("collection \"" + name + "\" does not exist");
}

Status Store::transfer(const Scope& scope, const FilterRef& filter, const Transfer& transfer,
                       Durability durability, Control& control, int64_t* out_count) {
  *out_count = 0;
  if (scope.name(Scope::kCollection) == kAllCollections) {
    return invalid("scope: items are taken out of one collection, not of \"*\"; name one");
  }
  if (scope.name(Scope::kCollection) == transfer.to) {
    return invalid("to: the items are in \"" + transfer.to + "\" already; name another");
  }
  durability = effective(durability);
  DamageReport damage;
  const auto batch = [&](const std::vector<ItemRef>& items, int64_t now, int64_t* done) -> Status {
    std::vector<ItemRef> whole;
    for (const ItemRef& item : items) {
      if (item->is_damaged()) {
        damage.add(*item);
      } else {
        whole.push_back(item);
      }
    }
    return transfer_items(std::move(whole), filter, transfer, durability, now, done);
  };
  RETURN_IF_ERROR(for_each_match(scope, filter, control, out_count, batch));
  return damage.status("left as they are");
}

// One that is too large for what is done as a whole: between the two steps it stands in both collections.
Result<bool> Store::move_large(const ItemRef& item, const Transfer& transfer, Durability durability,
                               int64_t now_us) {
  Belongings belongings(*storage_, *links_);
  RETURN_IF_ERROR(belongings.take({&item, 1}, true));
  const Scope scope = with_collection(item->scope(), transfer.to);
  WriteOp put = put_as_is(*item, scope, transfer.mode);
  RETURN_IF_ERROR(engine_->rehearse({&put, 1}, now_us));
  RETURN_IF_ERROR(storage_->commit({&put, 1}, durability, now_us, true));
  if (!put.status.ok()) return false;
  WriteOp remove = WriteOp::remove(item, Reason::kNone, item->header().version);
  RETURN_IF_ERROR(storage_->commit({&remove, 1}, durability, now_us, true));
  counters_.add(kPuts);
  if (!remove.status.ok()) return std::move(remove.status);
  counters_.add(kDeletes);
  const ItemRef there(put.item.get());
  RETURN_IF_ERROR(belongings.give({&there, 1}, durability, now_us));
  return true;
}

// An item is moved as a whole: at any time it stands in one of the two collections. What somebody changes
// meanwhile is moved as it is then.
Status Store::transfer_items(std::vector<ItemRef> items, const FilterRef& filter,
                             const Transfer& transfer, Durability durability, int64_t now_us,
                             int64_t* done) {
  if (transfer.move) {
    const auto is_large = [this](const ItemRef& item) {
      return item->image().size() + Scope::kNames * kMaxNameBytes > storage_->commit_bytes();
    };
    for (const ItemRef& item : items) {
      if (!is_large(item)) continue;
      ASSIGN_OR_RETURN(const bool moved, move_large(item, transfer, durability, now_us));
      *done += moved ? 1 : 0;
    }
    std::erase_if(items, is_large);
  }
  for (int attempt = 0; attempt < kTransferAttempts && !items.empty(); ++attempt) {
    std::vector<Scope> scopes;
    std::vector<WriteOp> operations;
    scopes.reserve(items.size());
    operations.reserve(2 * items.size());
    for (const ItemRef& item : items) {
      scopes.push_back(with_collection(item->scope(), transfer.to));
      operations.push_back(put_as_is(*item, scopes.back(), transfer.mode));
      if (!transfer.move) continue;
      operations.push_back(WriteOp::remove(item, Reason::kNone, item->header().version));
      const auto group = static_cast<int32_t>(scopes.size());
      operations.back().group = operations[operations.size() - 2].group = group;
    }
    RETURN_IF_ERROR(engine_->rehearse(operations, now_us));
    Belongings belongings(*storage_, *links_);
    RETURN_IF_ERROR(belongings.take(items, transfer.move));
    RETURN_IF_ERROR(storage_->commit(operations, durability, now_us, true));
    std::vector<ItemRef> changed;
    std::vector<ItemRef> there(items.size());
    const size_t step = transfer.move ? 2 : 1;
    for (size_t i = 0; i < items.size(); ++i) {
      const WriteOp& last = operations[i * step + step - 1];
      if (last.status.ok()) {
        there[i] = ItemRef(operations[i * step].item.get());
        ++*done;
        counters_.add(kPuts);
        if (transfer.move) counters_.add(kDeletes);
      } else if (last.status.code() == Code::kConflict) {
        ASSIGN_OR_RETURN(ItemRef item, find_matching(items[i], filter));
        if (item) changed.push_back(std::move(item));
      }
    }
    RETURN_IF_ERROR(belongings.give(there, durability, now_us));
    items = std::move(changed);
  }
  return settle(durability, now_us, true);
}

}  // namespace memtier
