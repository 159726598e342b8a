#include <algorithm>

#include "store.h"

namespace memtier {
namespace {

constexpr int64_t kBatchItems = 500;
constexpr int kAttempts = 100;  // against others who change the same item

FilterRef filter_of(const Json& document) {
  auto filter = Filter::from_json(document);
  return filter.ok() ? std::move(filter).value() : nullptr;  // these documents are our own
}

}  // namespace

// Walks the matching items in the order of their rows; what a batch changes does not come again.
Status Store::for_each_match(const Scope& scope, const FilterRef& filter, Control& control,
                             int64_t* out_count, const Batch& batch) {
  *out_count = 0;
  Control guard = guarded(control);
  ASSIGN_OR_RETURN(int64_t now, now_us());
  const ReadScope first_read{&scope, now};
  ASSIGN_OR_RETURN(const int64_t total, storage_->count(first_read, filter, guard.stop_check()));
  int64_t after_row = 0;
  while (true) {
    ASSIGN_OR_RETURN(now, now_us());
    ASSIGN_OR_RETURN(
        const std::vector<ItemRef> items,
        storage_->scan({&scope, now}, filter, after_row, kBatchItems, guard.stop_check()));
    if (items.empty()) break;
    after_row = items.back()->row();
    int64_t done = 0;
    Status status = batch(items, now, &done);
    *out_count += done;
    RETURN_IF_ERROR(std::move(status));
    RETURN_IF_ERROR(guard.report(*out_count, std::max(total, *out_count)));
  }
  return guard.finish(*out_count, *out_count);
}

// The item as it is now, if it still matches; null otherwise. For items that changed between being
// found and being written to.
Result<ItemRef> Store::find_matching(const ItemRef& seen, const FilterRef& filter) {
  const Scope scope = seen->scope();
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  if (asks_index(*filter)) {  // the item alone does not tell
    ASSIGN_OR_RETURN(const std::vector<ItemRef> items,
                     storage_->scan({&scope, now}, filter, seen->row() - 1, 1, {}));
    return !items.empty() && items[0]->row() == seen->row() ? items[0] : ItemRef();
  }
  auto found = resolve(scope, seen->id(), now);
  if (found.code() == Code::kNotFound) return ItemRef();
  if (!found.ok()) return found.take_status();
  const bool same = (*found)->row() == seen->row();
  return same && matches(*filter, (*found)->fields(), tier_names()) ? *found : ItemRef();
}

Status Store::update_where(const Scope& scope, const FilterRef& filter, const Draft& patch,
                           Durability durability, Control& control, int64_t* out_count) {
  *out_count = 0;
  if (patch.id) return invalid("id: it cannot be set for many items");
  if (patch.expected_version != 0) return invalid("expected_version: it is for a single item");
  RETURN_IF_ERROR(tier_number(patch).take_status());
  DamageReport damage;
  const auto update = [&](const std::vector<ItemRef>& items, int64_t, int64_t* done) -> Status {
    for (const ItemRef& item : items) {
      if (item->is_damaged()) {
        damage.add(*item);
        continue;
      }
      ASSIGN_OR_RETURN(const bool updated, update_matching(item, filter, patch, durability));
      *done += updated ? 1 : 0;
    }
    return {};
  };
  RETURN_IF_ERROR(for_each_match(scope, filter, control, out_count, update));
  return damage.status("left as they are");
}

Result<bool> Store::update_matching(ItemRef item, const FilterRef& filter, const Draft& patch,
                                    Durability durability) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Draft conditional = patch;
    conditional.expected_version = item->header().version;
    auto updated = update(item->scope(), item->id(), conditional, durability);
    if (updated.ok()) return true;
    if (updated.code() == Code::kNotFound) return false;
    if (updated.code() != Code::kConflict) return updated.take_status();
    ASSIGN_OR_RETURN(item, find_matching(item, filter));
    if (!item) return false;
  }
  return Status(Code::kBusy, "item \"" + std::string(item->id()) +
                                 "\" is being changed by others "
                                 "all the time; try again");
}

Status Store::remove_where(const Scope& scope, const FilterRef& filter, Durability durability,
                           Control& control, int64_t* out_count) {
  durability = effective(durability);
  return for_each_match(
      scope, filter, control, out_count,
      [&](const std::vector<ItemRef>& items, int64_t now, int64_t* done) -> Status {
        std::vector<ItemRef> left = items;
        for (int attempt = 0; attempt < kAttempts && !left.empty(); ++attempt) {
          std::vector<WriteOp> operations;
          operations.reserve(left.size());
          for (const ItemRef& item : left) {
            operations.push_back(WriteOp::remove(item, Reason::kNone, item->header().version));
            operations.back().from = item->tier();
          }
          RETURN_IF_ERROR(storage_->commit(operations, durability, now, true));
          std::vector<ItemRef> changed;
          for (const WriteOp& operation : operations) {
            *done += operation.status.ok() ? 1 : 0;
            if (operation.status.code() != Code::kConflict) continue;
            ASSIGN_OR_RETURN(ItemRef item, find_matching(operation.current, filter));
            if (item) changed.push_back(std::move(item));
          }
          left = std::move(changed);
        }
        counters_.add(kDeletes, *done);
        return settle(durability, now, true);
      });
}

Status Store::clear(const Scope& scope, const std::vector<std::string>& tiers, Control& control,
                    int64_t* out_count) {
  *out_count = 0;
  if (tiers.size() == 1 && tiers[0] == "*") {
    return remove_where(scope, filter_of(Json::object()), Durability::kDefault, control, out_count);
  }
  for (const auto& tier : tiers) {
    if (!ladder().tier_by_name(tier)) {
      return not_found("tier \"" + tier + "\" is not in the ladder");
    }
  }
  const FilterRef filter = filter_of({{"tier", {{"$in", tiers}}}});
  return remove_where(scope, filter, Durability::kDefault, control, out_count);
}

// Whether a resident item was read since its statistics were written.
bool Store::is_in_use(const ItemRef& item, int64_t since_us) {
  const Scope scope = item->scope();
  const ItemRef now = resident(ItemKey(scope, item->id()));
  return now && now->accessed_us() >= since_us;
}

Status Store::optimize(const Scope& scope, Control& control, std::vector<int64_t>* out_by_tier) {
  out_by_tier->assign(ladder().tiers.size(), 0);
  Control guard = guarded(control);
  // The rules are about access statistics, so these are written first.
  RETURN_IF_ERROR(flush_access());
  const Durability durability = effective(Durability::kDefault);
  int64_t total = 0;
  // From the coldest up, so that what moves down a tier is not looked at again.
  for (size_t tier = ladder().tiers.size() - 1; tier-- > 0;) {
    const Tier& rules = ladder().tiers[tier];
    if (!rules.demote) continue;
    ASSIGN_OR_RETURN(const int64_t now, now_us());
    ListRequest request;
    request.filter = filter_of({{"tier", rules.name},
                                {"pinned", false},
                                {"accessed_us", {{"$lt", now - rules.demote->idle_us}}},
                                {"access_count", {{"$lt", rules.demote->access_count_below}}}});
    request.descending = false;
    do {
      ASSIGN_OR_RETURN(Page page,
                       storage_->list({&scope, now}, request, kBatchItems, guard.stop_check()));
      std::vector<WriteOp> operations;
      operations.reserve(page.items.size());
      for (const ItemRef& item : page.items) {
        if (item->is_damaged()) continue;  // its bytes are not touched
        if (is_in_use(item, now - rules.demote->idle_us)) continue;
        operations.push_back(WriteOp::move(item, static_cast<int32_t>(tier) + 1, Reason::kIdle));
        operations.back().from = static_cast<int32_t>(tier);
      }
      RETURN_IF_ERROR(engine_->rehearse(operations, now));
      RETURN_IF_ERROR(storage_->commit(operations, durability, now, true));
      for (const WriteOp& operation : operations) {
        if (!operation.status.ok()) continue;  // it has moved on meanwhile
        ++(*out_by_tier)[tier];
        ++total;
      }
      RETURN_IF_ERROR(guard.report(total, -1));
      request.after = page.token;
    } while (!request.after.empty());
    RETURN_IF_ERROR(settle(durability, now, true));
  }
  return guard.finish(total, total);
}

Status Store::sweep(Control& control, int64_t* out_count) {
  *out_count = 0;
  Control guard = guarded(control);
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  const Durability durability = effective(Durability::kDefault);
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<ItemHead> heads, storage_->expired(now, kBatchItems));
    if (heads.empty()) break;
    std::vector<WriteOp> operations;
    operations.reserve(heads.size());
    for (const ItemHead& head : heads) {
      operations.push_back(
          WriteOp::remove_row(head.row, head.key_hash, head.tier, Reason::kExpired));
    }
    RETURN_IF_ERROR(storage_->commit(operations, durability, now, true));
    int64_t done = 0;
    for (const WriteOp& operation : operations) done += operation.status.ok() ? 1 : 0;
    *out_count += done;
    if (done == 0) break;  // others are sweeping, too
    RETURN_IF_ERROR(settle(durability, now, true));
    RETURN_IF_ERROR(guard.report(*out_count, -1));
  }
  return guard.finish(*out_count, *out_count);
}

Status Store::export_items(const Scope& scope, const FilterRef& filter, const WriteBytes& write,
                           Control& control, int64_t* out_count) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(flush_access());
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  DamageReport damage;
  ASSIGN_OR_RETURN(const ExportExtras extras, export_vectors());
  const ExportSource source{*storage_, *links_, tier_names(), extras};
  RETURN_IF_ERROR(
      memtier::export_items(source, {&scope, now}, filter, write, guard, out_count, &damage));
  return damage.status("left out");
}

Status Store::export_file(const Scope& scope, const FilterRef& filter, const std::string& path,
                          Control& control, int64_t* out_count) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(flush_access());
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const ExportExtras extras, export_vectors());
  const ExportSource source{*storage_, *links_, tier_names(), extras};
  return export_to_file(source, {&scope, now}, filter, path, guard, out_count);
}

Status Store::import(const Scope& scope, const ImportOptions& options, const ImportSource& source,
                     Control& control, ImportCounts* counts) {
  Control guard = guarded(control);
  if (!options.tier.empty() && !ladder().tier_by_name(options.tier)) {
    return not_found("tier \"" + options.tier + "\" is not in the ladder");
  }
  const auto store = [this, &options](std::vector<ImportedItem>& batch) {
    return store_imported(batch, options);
  };
  return import_lines(options, scope, source, store, guard, counts);
}

Status Store::import_file(const Scope& scope, const ImportOptions& options, const std::string& path,
                          Control& control, ImportCounts* counts) {
  Control guard = guarded(control);
  if (!options.tier.empty() && !ladder().tier_by_name(options.tier)) {
    return not_found("tier \"" + options.tier + "\" is not in the ladder");
  }
  const auto store = [this, &options](std::vector<ImportedItem>& batch) {
    return store_imported(batch, options);
  };
  return import_from_file(options, scope, path, store, guard, counts);
}

Status Store::store_imported(std::vector<ImportedItem>& batch, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  const Durability durability = effective(Durability::kDefault);
  const PutMode mode = options.create_only ? PutMode::kCreate : PutMode::kReplace;
  std::vector<WriteOp> operations;
  std::vector<size_t> places;
  operations.reserve(batch.size());
  RETURN_IF_ERROR(check_imported_vectors(batch));
  for (size_t i = 0; i < batch.size(); ++i) {
    ImportedItem& item = batch[i];
    if (item.link || item.named || item.space || !item.status.ok()) continue;
    auto operation = prepare_put(item.draft, *item.scope, mode, now);
    if (!operation.ok()) {
      item.status = operation.take_status();
      continue;
    }
    if (item.version > 0) {
      // An exported item comes back as it was: its version, and a life without end if it had none.
      operation->plan.keep_versions = true;
      operation->plan.ttl_open = false;
      operation->item->mutable_header().version = item.version;
    }
    operations.push_back(std::move(operation).value());
    places.push_back(i);
  }
  RETURN_IF_ERROR(engine_->rehearse(operations, now));
  RETURN_IF_ERROR(storage_->commit(operations, durability, now, true));
  for (size_t i = 0; i < operations.size(); ++i) {
    ImportedItem& item = batch[places[i]];
    item.status = std::move(operations[i].status);
    item.replaced = operations[i].replaced;
    if (item.status.ok()) counters_.add(kPuts);
  }
  RETURN_IF_ERROR(put_imported_vectors(batch, operations, places, durability, now));
  RETURN_IF_ERROR(settle(durability, now, true));
  return store_imported_links(batch, options, now);
}

}  // namespace memtier
