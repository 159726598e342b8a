#include <algorithm>

#include "store.h"

namespace memtier {
namespace {

constexpr int kBeliefAttempts = 1000;  // against others, and for numbers of beliefs that are taken
constexpr int64_t kPageKnowledge = 4096;

}  // namespace

Result<Outcome> Store::put_memory(const Scope& scope, Draft draft, PutMode mode,
                                  Durability durability) {
  if (!draft.tier && !draft.tier_number) draft.tier_number = memory_tier(true);
  const PutRequest request{&draft, &scope};
  return put(request, mode, durability);
}

Result<Outcome> Store::put_knowledge(const Scope& scope, const Knowledge& knowledge,
                                     Durability durability) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(Draft draft, knowledge.first(now));
  return put_memory(scope, std::move(draft), PutMode::kCreate, durability);
}

Result<ItemRef> Store::update_knowledge(const Scope& scope, std::string_view id,
                                        const Knowledge& change, int64_t version,
                                        Durability durability) {
  durability = effective(durability);
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  int64_t taken = 0;  // by something else than a belief of this one: numbers up to it
  for (int attempt = 0; attempt < kBeliefAttempts; ++attempt) {
    ASSIGN_OR_RETURN(const ItemRef before, resolve(scope, id, now));
    if (before->is_damaged()) return before->damage();
    if (before->text(Text::kType) != kKnowledgeType) {
      return invalid("id: item \"" + std::string(id) + "\" is no knowledge; update it as an item");
    }
    const int64_t is = before->header().version;
    if (version != 0 && version != is) {
      return Status(Code::kConflict, "knowledge \"" + std::string(id) + "\" has version " +
                                         std::to_string(is) + ", not " + std::to_string(version));
    }
    const int64_t number = std::max(belief_number(*before), taken + 1);
    ASSIGN_OR_RETURN(const Draft next, change.next(*before, number, now));
    const Draft past = past_belief(*before, next, number, now);
    const Scope exact = before->scope();
    std::vector<WriteOp> operations;
    ASSIGN_OR_RETURN(WriteOp put_next, prepare_patch(*before, next, &exact, now));
    operations.push_back(std::move(put_next));
    ASSIGN_OR_RETURN(WriteOp put_past, prepare_put(past, exact, PutMode::kCreate, now));
    operations.push_back(std::move(put_past));
    for (WriteOp& operation : operations) operation.group = 1;
    RETURN_IF_ERROR(engine_->rehearse(operations, now));
    RETURN_IF_ERROR(storage_->commit(operations, durability, now, true));
    if (operations[1].status.code() == Code::kExists) taken = number;
    Status failure = first_failure(operations);
    const Code code = failure.code();
    if (code == Code::kConflict || code == Code::kNotFound || code == Code::kExists) continue;
    RETURN_IF_ERROR(std::move(failure));
    counters_.add(kPuts, 2);
    RETURN_IF_ERROR(settle(durability, now, true));
    return ItemRef(operations[0].item.get());
  }
  return Status(Code::kBusy, "knowledge \"" + std::string(id) +
                                 "\" is being updated by others all the time; try again");
}

Result<std::vector<ItemRef>> Store::knowledge_history(const Scope& scope, std::string_view id,
                                                      size_t limit) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(ItemRef current, resolve(scope, id, now));
  if (current->is_damaged()) return current->damage();
  if (current->text(Text::kType) != kKnowledgeType) {
    return invalid("id: item \"" + std::string(id) + "\" is no knowledge, which has a history");
  }
  const Scope exact = current->scope();
  std::vector<ItemRef> beliefs = {current};
  for (int64_t number = belief_number(*current) - 1; number > 0 && beliefs.size() < limit;
       --number) {
    ASSIGN_OR_RETURN(ItemRef past, peek(exact, belief_id(id, number), now));
    if (!past || past->is_damaged() || past->text(Text::kType) != kBeliefType) continue;
    beliefs.push_back(std::move(past));
  }
  std::reverse(beliefs.begin(), beliefs.end());
  return beliefs;
}

Result<std::string> Store::contradictions(const Scope& scope, const ContradictionRequest& request,
                                          Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(const FilterRef filter,
                   both({{"type", kKnowledgeType}, {"metadata.attribute", {{"$exists", true}}}},
                        request.filter));
  const ReadScope read{&scope, now};
  ContradictionFinder finder;
  int64_t row = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<ItemRef> items,
                     storage_->scan(read, filter, row, kPageKnowledge, guard.stop_check()));
    if (items.empty()) break;
    for (const ItemRef& item : items) {
      if (!item->is_damaged()) finder.add(*item);
    }
    row = items.back()->row();
  }
  Json list = Json::array();
  for (const auto& pair : finder.take(static_cast<size_t>(request.limit))) {
    const std::array<int64_t, 2> rows = {pair.left_row, pair.right_row};
    ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage_->find_rows(rows));
    if (!items[0] || !items[1]) continue;  // one is gone by now
    Json described = describe_contradiction(*items[0], *items[1]);
    if (!described.is_null()) list.push_back(std::move(described));
  }
  const auto count = static_cast<int64_t>(list.size());
  RETURN_IF_ERROR(guard.finish(count, count));
  return list.dump();
}

}  // namespace memtier
