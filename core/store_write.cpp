#include <algorithm>

#include "store.h"

namespace memtier {
namespace {

constexpr int kUpdateAttempts = 100;  // against others who update the same item

Status check_put_scope(const Scope& scope) {
  if (scope.name(Scope::kCollection) != kAllCollections) return {};
  return invalid("scope: the collection \"*\" is for reading; an item needs one of its own");
}

// When an item's time is over, by what its writer said. `open`: the tier decides.
void set_lifetime(const Draft& draft, int64_t now_us, ItemFields* fields, bool* open) {
  *open = false;
  const int64_t expires_us = draft.expires_us.value_or(0);
  const int64_t ttl_us = draft.ttl_us.value_or(0);
  if (expires_us != 0) {
    fields->expires_us = expires_us;
    fields->ttl_us = ttl_us > 0 ? ttl_us : kNoTtl;
  } else if (ttl_us > 0) {
    fields->expires_us = add_time_us(now_us, ttl_us);
    fields->ttl_us = ttl_us;
  } else {
    fields->expires_us = 0;
    fields->ttl_us = kNoTtl;
    *open = ttl_us == 0 && !draft.expires_us;
  }
}

}  // namespace

Result<int32_t> Store::tier_number(const Draft& draft) const {
  const auto count = static_cast<int32_t>(ladder().tiers.size());
  if (draft.tier_number) {
    if (*draft.tier_number < count) return *draft.tier_number;
    return not_found("tier " + std::to_string(*draft.tier_number) + " is not in the ladder");
  }
  if (!draft.tier) return 0;
  const auto number = ladder().tier_by_name(*draft.tier);
  if (!number) return not_found("tier \"" + *draft.tier + "\" is not in the ladder");
  return *number;
}

Result<WriteOp> Store::prepare_put(const Draft& draft, const Scope& scope, PutMode mode,
                                   int64_t now_us) {
  RETURN_IF_ERROR(check_put_scope(scope));
  ItemFields fields;
  PutPlan plan;
  std::string id;
  if (draft.id) {
    fields[Text::kId] = *draft.id;
  } else {
    if (mode == PutMode::kUpdate || draft.expected_version != 0) {
      return invalid("id: an item that must be there already needs its id");
    }
    id = ids_.next(now_us);
    fields[Text::kId] = id;
    plan.fresh_id = true;
  }
  fields.set_scope(scope);
  const auto view = [](const std::optional<std::string>& text) {
    return text ? std::string_view(*text) : std::string_view();
  };
  fields[Text::kType] = view(draft.type);
  fields[Text::kContent] = view(draft.content);
  fields[Text::kContentType] = view(draft.content_type);
  if (fields[Text::kContentType].empty()) {
    fields[Text::kContentType] = default_content_type(fields[Text::kContent]);
  }
  fields[Text::kMetadata] = view(draft.metadata);
  const std::string tags = join_tags(draft.tags);
  fields[Text::kTags] = tags;
  fields.importance = draft.importance.value_or(0.5);
  fields.priority = draft.priority.value_or(0);
  fields.pinned = draft.pinned.value_or(false);
  fields.created_us = draft.created_us.value_or(now_us);
  fields.updated_us = draft.updated_us.value_or(now_us);
  fields.accessed_us = draft.accessed_us.value_or(fields.created_us);
  fields.access_count = draft.access_count.value_or(0);
  fields.validation_count = draft.validation_count.value_or(0);
  ASSIGN_OR_RETURN(fields.tier, tier_number(draft));
  set_lifetime(draft, now_us, &fields, &plan.ttl_open);
  plan.mode = mode;
  plan.expected_version = draft.expected_version;
  plan.created_given = draft.created_us.has_value();
  plan.accessed_given = draft.accessed_us.has_value();
  plan.access_count_given = draft.access_count.has_value();
  plan.validation_count_given = draft.validation_count.has_value();
  plan.tier_given = draft.tier.has_value() || draft.tier_number.has_value();
  return WriteOp::put(Item::create(fields, 0), &scope, plan);
}

// The item as it will be with the changes of the patch; conditional on its version.
Result<WriteOp> Store::prepare_patch(const Item& existing, const Draft& patch, const Scope* scope,
                                     int64_t now_us) {
  ItemFields fields = existing.fields();
  if (patch.id && *patch.id != existing.id()) {
    return invalid("id: an update cannot change it; put a new item and delete the old one");
  }
  PutPlan plan;
  if (patch.type) fields[Text::kType] = *patch.type;
  if (patch.content) {
    fields[Text::kContent] = *patch.content;
    // A type that was only the default follows the content.
    const std::string_view type = fields[Text::kContentType];
    if (type == "text/plain" || type == "application/octet-stream") {
      fields[Text::kContentType] = default_content_type(*patch.content);
    }
  }
  if (patch.content_type && !patch.content_type->empty()) {
    fields[Text::kContentType] = *patch.content_type;
  }
  if (patch.metadata) fields[Text::kMetadata] = *patch.metadata;
  std::vector<std::string> tags;
  if (!patch.replace_tags) {
    for_each_tag(fields[Text::kTags], [&tags](std::string_view tag) { tags.emplace_back(tag); });
  }
  for (const auto& tag : patch.removed_tags) std::erase(tags, tag);
  for (const auto& tag : patch.tags) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
  if (tags.size() > kMaxTags) return invalid("tag: the item would have more than 256");
  const std::string joined = join_tags(tags);
  fields[Text::kTags] = joined;
  fields.importance = patch.importance.value_or(fields.importance);
  fields.priority = patch.priority.value_or(fields.priority);
  fields.pinned = patch.pinned.value_or(fields.pinned);
  fields.created_us = patch.created_us.value_or(fields.created_us);
  fields.updated_us = patch.updated_us.value_or(now_us);
  fields.accessed_us = patch.accessed_us.value_or(fields.accessed_us);
  fields.access_count = patch.access_count.value_or(fields.access_count);
  fields.validation_count = patch.validation_count.value_or(fields.validation_count);
  plan.tier_given = patch.tier.has_value() || patch.tier_number.has_value();
  if (plan.tier_given) {
    ASSIGN_OR_RETURN(fields.tier, tier_number(patch));
  }
  if (patch.ttl_us || patch.expires_us) set_lifetime(patch, now_us, &fields, &plan.ttl_open);
  plan.mode = PutMode::kUpdate;
  plan.expected_version = existing.header().version;
  plan.created_given = true;
  plan.accessed_given = patch.accessed_us.has_value();
  plan.access_count_given = patch.access_count.has_value();
  plan.validation_count_given = patch.validation_count.has_value();
  return WriteOp::put(Item::create(fields, 0), scope, plan);
}

// Does a batch in parts, so that it can be watched and stopped in between. What was not reached has the
// status that ended it.
Status Store::for_each_part(std::vector<Outcome>* outcomes, Control& control, const Part& part) {
  constexpr size_t kPart = 4096;
  Control guard = guarded(control);
  const size_t total = outcomes->size();
  Status status;
  for (size_t done = 0; status.ok() && done < total; done += kPart) {
    status = guard.report(static_cast<int64_t>(done), static_cast<int64_t>(total));
    if (status.ok()) status = part(done, std::min(kPart, total - done));
  }
  if (status.ok()) return guard.finish(static_cast<int64_t>(total), static_cast<int64_t>(total));
  for (Outcome& outcome : *outcomes) {
    if (!outcome.decided) outcome.status = status.clone();
  }
  return status;
}

Status Store::put_part(std::span<const PutRequest> requests, PutMode mode, Durability durability,
                       std::span<Outcome> outcomes) {
  std::vector<WriteOp> operations;
  std::vector<size_t> places;  // of the operations among the requests
  operations.reserve(requests.size());
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  for (size_t i = 0; i < requests.size(); ++i) {
    auto operation = prepare_put(*requests[i].draft, *requests[i].scope, mode, now);
    if (!operation.ok()) {
      outcomes[i] = {operation.take_status(), {}, true};
      continue;
    }
    operations.push_back(std::move(operation).value());
    places.push_back(i);
  }
  RETURN_IF_ERROR(engine_->rehearse(operations, now));
  Status status = storage_->commit(operations, durability, now, true);
  for (size_t i = 0; i < operations.size(); ++i) {
    Outcome& outcome = outcomes[places[i]];
    outcome = {std::move(operations[i].status), {}, true};
    if (!outcome.status.ok()) continue;
    outcome.item = ItemRef(operations[i].item.get());
    counters_.add(kPuts);
  }
  RETURN_IF_ERROR(std::move(status));
  return settle(durability, now, true);
}

Result<Outcome> Store::put(const PutRequest& request, PutMode mode, Durability durability) {
  Outcome outcome;
  RETURN_IF_ERROR(put_part({&request, 1}, mode, effective(durability), {&outcome, 1}));
  return outcome;
}

Status Store::put_many(std::span<const PutRequest> requests, PutMode mode, Durability durability,
                       Control& control, std::vector<Outcome>* outcomes) {
  outcomes->resize(requests.size());
  return for_each_part(outcomes, control, [&](size_t begin, size_t count) {
    return put_part(requests.subspan(begin, count), mode, effective(durability),
                    std::span(*outcomes).subspan(begin, count));
  });
}

Result<ItemRef> Store::update(const Scope& scope, std::string_view id, const Draft& patch,
                              Durability durability) {
  durability = effective(durability);
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  for (int attempt = 0; attempt < kUpdateAttempts; ++attempt) {
    ASSIGN_OR_RETURN(const ItemRef existing, resolve(scope, id, now));
    if (existing->is_damaged()) return existing->damage();
    const int64_t version = existing->header().version;
    if (patch.expected_version != 0 && patch.expected_version != version) {
      return Status(Code::kConflict, "item \"" + std::string(id) + "\" has version " +
                                         std::to_string(version) + ", not " +
                                         std::to_string(patch.expected_version));
    }
    const Scope exact = existing->scope();
    ASSIGN_OR_RETURN(WriteOp operation, prepare_patch(*existing, patch, &exact, now));
    RETURN_IF_ERROR(engine_->rehearse({&operation, 1}, now));
    RETURN_IF_ERROR(storage_->commit({&operation, 1}, durability, now, true));
    // Somebody else was quicker: the change is made again on top of theirs.
    if (operation.status.code() == Code::kConflict) continue;
    if (!operation.status.ok()) return std::move(operation.status);
    counters_.add(kPuts);
    RETURN_IF_ERROR(settle(durability, now, true));
    return ItemRef(operation.item.get());
  }
  return Status(Code::kBusy, "item \"" + std::string(id) +
                                 "\" is being updated by others all the "
                                 "time; try again");
}

Status Store::remove(const Scope& scope, std::string_view id, int64_t expected_version,
                     Durability durability) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(ItemRef existing, resolve(scope, id, now));
  durability = effective(durability);
  WriteOp operation = WriteOp::remove(std::move(existing), Reason::kNone, expected_version);
  RETURN_IF_ERROR(storage_->commit({&operation, 1}, durability, now, true));
  RETURN_IF_ERROR(std::move(operation.status));
  counters_.add(kDeletes);
  return settle(durability, now, true);
}

Status Store::remove_part(const Scope& scope, std::span<const std::string_view> ids,
                          Durability durability, std::span<Outcome> outcomes) {
  std::vector<WriteOp> operations;
  std::vector<size_t> places;
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  for (size_t i = 0; i < ids.size(); ++i) {
    auto existing = resolve(scope, ids[i], now);
    if (!existing.ok()) {
      outcomes[i] = {existing.take_status(), {}, true};
      continue;
    }
    operations.push_back(WriteOp::remove(std::move(existing).value(), Reason::kNone));
    places.push_back(i);
  }
  Status status = storage_->commit(operations, durability, now, true);
  for (size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].status.ok()) counters_.add(kDeletes);
    outcomes[places[i]] = {std::move(operations[i].status), {}, true};
  }
  RETURN_IF_ERROR(std::move(status));
  return settle(durability, now, true);
}

Status Store::remove_many(const Scope& scope, std::span<const std::string_view> ids,
                          Durability durability, Control& control, std::vector<Outcome>* outcomes) {
  outcomes->resize(ids.size());
  return for_each_part(outcomes, control, [&](size_t begin, size_t count) {
    return remove_part(scope, ids.subspan(begin, count), effective(durability),
                       std::span(*outcomes).subspan(begin, count));
  });
}

Result<int64_t> Store::validate(const Scope& scope, std::string_view id) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(ItemRef existing, resolve(scope, id, now));
  const Durability durability = effective(Durability::kDefault);
  WriteOp operation = WriteOp::validate(std::move(existing));
  RETURN_IF_ERROR(storage_->commit({&operation, 1}, durability, now, true));
  RETURN_IF_ERROR(std::move(operation.status));
  RETURN_IF_ERROR(settle(durability, now, true));
  return operation.value;
}

Status Store::move(const Scope& scope, std::string_view id, std::string_view tier) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  const auto number = ladder().tier_by_name(tier);
  if (!number) return not_found("tier \"" + std::string(tier) + "\" is not in the ladder");
  ASSIGN_OR_RETURN(ItemRef existing, resolve(scope, id, now));
  const Durability durability = effective(Durability::kDefault);
  WriteOp operation = WriteOp::move(std::move(existing), *number, Reason::kManual);
  RETURN_IF_ERROR(engine_->rehearse({&operation, 1}, now));
  RETURN_IF_ERROR(storage_->commit({&operation, 1}, durability, now, true));
  RETURN_IF_ERROR(std::move(operation.status));
  return settle(durability, now, true);
}

}  // namespace memtier
