#include "model/write.h"

#include "base/clock.h"

namespace memtier {

std::string_view reason_name(Reason reason) {
  switch (reason) {
    case Reason::kNone:
      return "";
    case Reason::kCapacity:
      return "capacity";
    case Reason::kReads:
      return "reads";
    case Reason::kImportance:
      return "importance";
    case Reason::kAccessCount:
      return "access_count";
    case Reason::kValidation:
      return "validation";
    case Reason::kIdle:
      return "idle";
    case Reason::kManual:
      return "manual";
    case Reason::kEvicted:
      return "evicted";
    case Reason::kExpired:
      return "expired";
    case Reason::kPolicy:
      return "policy";
    case Reason::kArchiveRule:
      return "archive_rule";
    case Reason::kConsolidated:
      return "consolidated";
    case Reason::kRestored:
      return "restored";
    case Reason::kFilter:
      return "filter";
    case Reason::kCallback:
      return "callback";
    case Reason::kLadder:
      return "ladder";
  }
  return "";
}

WriteOp WriteOp::put(Ref<Item> item, const Scope* scope, const PutPlan& plan) {
  WriteOp op;
  op.scope = scope;
  op.kind = Kind::kPut;
  op.key_hash = item->key_hash();
  op.item = std::move(item);
  op.plan = plan;
  op.expected_version = plan.expected_version;
  return op;
}

WriteOp WriteOp::remove(ItemRef current, Reason reason, int64_t expected_version) {
  WriteOp op = remove_row(current->row(), current->key_hash(), -1, reason);
  op.current = std::move(current);
  op.expected_version = expected_version;
  return op;
}

WriteOp WriteOp::move(ItemRef current, int32_t to, Reason reason) {
  WriteOp op = move_row(current->row(), current->key_hash(), -1, to, reason);
  op.current = std::move(current);
  return op;
}

WriteOp WriteOp::validate(ItemRef current) {
  WriteOp op;
  op.kind = Kind::kValidate;
  op.row = current->row();
  op.key_hash = current->key_hash();
  op.current = std::move(current);
  return op;
}

WriteOp WriteOp::refresh(ItemRef current, int64_t expires_us) {
  WriteOp op = validate(std::move(current));
  op.kind = Kind::kRefresh;
  op.value = expires_us;
  return op;
}

WriteOp WriteOp::set_vector(const Item& item, int64_t space, std::string data) {
  WriteOp op;
  op.kind = Kind::kVector;
  op.row = item.row();
  op.key_hash = item.key_hash();
  op.space = space;
  if (!data.empty()) op.vector = std::make_shared<const std::string>(std::move(data));
  return op;
}

WriteOp WriteOp::remove_row(int64_t row, uint64_t key_hash, int32_t from, Reason reason) {
  WriteOp op;
  op.kind = Kind::kRemove;
  op.row = row;
  op.key_hash = key_hash;
  op.from = from;
  op.reason = reason;
  return op;
}

WriteOp WriteOp::move_row(int64_t row, uint64_t key_hash, int32_t from, int32_t to, Reason reason) {
  WriteOp op;
  op.kind = Kind::kMove;
  op.row = row;
  op.key_hash = key_hash;
  op.from = from;
  op.to = to;
  op.reason = reason;
  return op;
}

void complete_put(Item& item, const PutPlan& plan, const ItemFields* existing, const Ladder& ladder,
                  int64_t now_us) {
  ImageHeader& head = item.mutable_header();
  if (existing != nullptr && !plan.keep_versions) {
    if (!plan.created_given) head.created_us = existing->created_us;
    if (!plan.tier_given) head.tier = existing->tier;
    if (!plan.access_count_given) head.access_count = existing->access_count;
    if (!plan.accessed_given) head.accessed_us = existing->accessed_us;
    if (!plan.validation_count_given) head.validation_count = existing->validation_count;
    head.version = existing->version + 1;
  } else if (!plan.keep_versions || head.version == 0) {
    head.version = 1;
  }
  if (plan.ttl_open) {
    const int64_t ttl_us = ladder.tiers[static_cast<size_t>(head.tier)].ttl_us;
    head.ttl_us = ttl_us == 0 ? kNoTtl : ttl_us;
    head.expires_us = ttl_us == 0 ? 0 : add_time_us(now_us, ttl_us);
  }
  item.adopt_live_state();
}

Status first_failure(std::span<const WriteOp> operations) {
  Status failure;
  for (const WriteOp& operation : operations) {
    if (operation.status.ok()) continue;
    if (operation.status.code() != Code::kCancelled) return operation.status.clone();
    if (failure.ok()) failure = operation.status.clone();
  }
  return failure;
}

}  // namespace memtier
