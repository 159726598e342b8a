#include <algorithm>
#include <iterator>

#include "model/turn_plan.h"
#include "store.h"

namespace memtier {
namespace {

constexpr int kTurnAttempts = 1000;   // against others who append to the same conversation
constexpr int kMostMisses = 64;       // numbers without a turn in a row; then a list finds the rest
constexpr int64_t kMostProbes = 256;  // turns of others behind the last that is known
constexpr int64_t kReplacedBits = 32;

Status check_conversation(const Scope& scope) {
  if (!scope.is_given(Scope::kSession)) {
    return invalid("scope: a conversation is a session's; give it one");
  }
  if (scope.name(Scope::kCollection) != kAllCollections) return {};
  return invalid("scope: a conversation lies in one collection, not in \"*\"; name one");
}

Status moved_on(int64_t actual, int64_t expected) {
  return {Code::kConflict, "the conversation has version " + std::to_string(actual) + ", not " +
                               std::to_string(expected) + "; read it again"};
}

// Turns of exactly these names.
FilterRef exactly(const Scope& scope) {
  static constexpr const char* kFields[] = {"collection", "app", "user", "agent", "session"};
  Json filter = {{"type", kTurnType}};
  for (size_t i = 1; i < Scope::kNames; ++i) {
    if (!scope.is_given(i)) filter[kFields[i]] = {{"$exists", false}};
  }
  auto parsed = Filter::from_json(filter);
  return parsed.ok() ? std::move(parsed).value() : nullptr;  // the document is our own
}

// Something that may not be there, or must be of this version.
WriteOp check_op(const Scope& scope, std::string_view id, int64_t version) {
  ItemFields fields;
  fields[Text::kId] = id;
  fields.set_scope(scope);
  PutPlan plan;
  plan.mode = version == 0 ? PutMode::kCreate : PutMode::kUpdate;
  plan.expected_version = version;
  WriteOp op = WriteOp::put(Item::create(fields, 0), &scope, plan);
  op.only_check = true;
  return op;
}

// That others came first shows in these.
bool is_overtaken(Code code) {
  return code == Code::kExists || code == Code::kConflict || code == Code::kNotFound;
}

}  // namespace

int64_t ConversationHead::version(const ConversationEnd& end) const {
  const int64_t replaced = item ? item->header().version : 0;
  return (replaced << kReplacedBits) + end.sequence + 1;
}

// The item of exactly this key, without counting a read; null where there is none.
Result<ItemRef> Store::peek(const Scope& scope, std::string_view id, int64_t now_us) {
  const ItemKey key(scope, id);
  ItemRef item = resident(key);
  if (!item) {
    ASSIGN_OR_RETURN(item, storage_->find(key));
  }
  return item && !item->is_expired(now_us) ? item : ItemRef();
}

Result<ConversationHead> Store::conversation_head(const Scope& scope, int64_t now_us) {
  if (storage_->behind()) RETURN_IF_ERROR(storage_->refresh());
  ConversationHead head;
  ASSIGN_OR_RETURN(head.item, peek(scope, conversation_id(scope), now_us));
  if (!head.item) return head;
  const Json metadata = Json::parse(head.item->text(Text::kMetadata), nullptr, false);
  if (!metadata.is_object()) return head;
  const auto last = metadata.find("last_sequence");
  if (last != metadata.end() && last->is_number_integer()) head.last_sequence = *last;
  return head;
}

Result<std::vector<ItemRef>> Store::list_turns(const Scope& scope, bool descending, int64_t limit,
                                               int64_t now_us) {
  constexpr int64_t kPageTurns = 10'000;
  ListRequest request;
  request.filter = exactly(scope);
  request.order_by = Field::kId;
  request.descending = descending;
  std::vector<ItemRef> turns;
  do {
    const int64_t left = limit - static_cast<int64_t>(turns.size());
    ASSIGN_OR_RETURN(Page page, storage_->list({&scope, now_us}, request,
                                               std::min(left, kPageTurns), StopCheck()));
    for (ItemRef& item : page.items) {
      if (turn_sequence(*item) > 0 && !item->is_damaged()) turns.push_back(std::move(item));
    }
    request.after = page.token;
  } while (!request.after.empty() && static_cast<int64_t>(turns.size()) < limit);
  return turns;
}

// Where the conversation ends: from what is known on, as others may have gone on.
Result<ConversationEnd> Store::conversation_end(const Scope& scope, const ConversationHead& head,
                                                int64_t now_us) {
  std::optional<ConversationEnd> known = ends_.find(scope);
  if (!known) {
    ASSIGN_OR_RETURN(const std::vector<ItemRef> last, list_turns(scope, true, 1, now_us));
    known.emplace();
    if (!last.empty()) *known = {turn_sequence(*last[0]), last[0]->header().created_us};
  }
  ConversationEnd end = *known;
  end.sequence = std::max(end.sequence, head.last_sequence);
  for (int64_t probe = 0; probe < kMostProbes; ++probe) {
    const std::string id = turn_id(scope, end.sequence + 1);
    ASSIGN_OR_RETURN(const ItemRef next, storage_->find(ItemKey(scope, id)));
    if (!next) {
      ends_.raise(scope, end);
      return end;
    }
    end = {end.sequence + 1, next->header().created_us};
  }
  ends_.forget(scope);  // very many came: a list is quicker
  ASSIGN_OR_RETURN(const std::vector<ItemRef> last, list_turns(scope, true, 1, now_us));
  if (!last.empty()) {
    end.sequence = std::max(end.sequence, turn_sequence(*last[0]));
    end.created_us = std::max(end.created_us, last[0]->header().created_us);
  }
  ends_.raise(scope, end);
  return end;
}

Result<std::vector<WriteOp>> Store::prepare_turns(const Scope& scope, std::span<Turn> turns,
                                                  const ConversationEnd& end, int64_t now_us) {
  std::vector<WriteOp> operations;
  operations.reserve(turns.size() + 1);
  ConversationEnd at = end;
  for (size_t i = 0; i < turns.size(); ++i) {
    Draft draft = turns[i].draft;
    if (draft.created_us && *draft.created_us < at.created_us) {
      return invalid(
          (turns.size() == 1 ? std::string("turn") : "turns[" + std::to_string(i) + "]") +
          ": \"created_us\" lies before the turn before it; turns are appended in their "
          "order, leave the time out to take the store's");
    }
    at = {at.sequence + 1, draft.created_us.value_or(std::max(now_us, at.created_us))};
    if (at.sequence > kMaxSequence) {
      return Status(Code::kLimit, "the conversation has as many turns as it can have");
    }
    draft.id = turn_id(scope, at.sequence);
    draft.metadata = turns[i].metadata(at.sequence);
    draft.created_us = at.created_us;
    ASSIGN_OR_RETURN(WriteOp operation, prepare_put(draft, scope, PutMode::kCreate, now_us));
    operations.push_back(std::move(operation));
  }
  return operations;
}

Result<std::vector<ItemRef>> Store::append_turns(const Scope& scope, std::span<Turn> turns,
                                                 int64_t version, Durability durability,
                                                 Control& control) {
  RETURN_IF_ERROR(check_conversation(scope));
  durability = effective(durability);
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  for (int attempt = 0; attempt < kTurnAttempts; ++attempt) {
    RETURN_IF_ERROR(guard.check());
    ConversationHead head;
    std::optional<ConversationEnd> end;
    // The first time by what is known: a single turn is then one write.
    if (attempt == 0 && version == 0) end = ends_.find(scope);
    if (!end) {
      ASSIGN_OR_RETURN(head, conversation_head(scope, now));
      ASSIGN_OR_RETURN(end, conversation_end(scope, head, now));
    }
    if (version != 0 && head.version(*end) != version) {
      return moved_on(head.version(*end), version);
    }
    if (turns.empty()) return std::vector<ItemRef>();
    ASSIGN_OR_RETURN(std::vector<WriteOp> operations, prepare_turns(scope, turns, *end, now));
    const std::string head_id = conversation_id(scope);
    if (version != 0) {
      const int64_t replaced = head.item ? head.item->header().version : 0;
      operations.push_back(check_op(scope, head_id, replaced));
    }
    if (operations.size() > 1) {
      for (WriteOp& operation : operations) operation.group = 1;
    }
    RETURN_IF_ERROR(engine_->rehearse(operations, now));
    RETURN_IF_ERROR(storage_->commit(operations, durability, now, true));
    Status failure = first_failure(operations);
    if (is_overtaken(failure.code())) continue;
    RETURN_IF_ERROR(std::move(failure));
    std::vector<ItemRef> items;
    for (size_t i = 0; i < turns.size(); ++i) items.emplace_back(operations[i].item.get());
    const Item& last = *items.back();
    ends_.raise(scope, {turn_sequence(last), last.header().created_us});
    counters_.add(kPuts, static_cast<int64_t>(items.size()));
    RETURN_IF_ERROR(settle(durability, now, true));
    const auto total = static_cast<int64_t>(turns.size());
    RETURN_IF_ERROR(guard.finish(total, total));
    return items;
  }
  return Status(Code::kBusy, "others append to this conversation all the time; try again");
}

Result<Store::Conversation> Store::last_turns(const Scope& scope, size_t limit) {
  RETURN_IF_ERROR(check_conversation(scope));
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const ConversationHead head, conversation_head(scope, now));
  ASSIGN_OR_RETURN(const ConversationEnd end, conversation_end(scope, head, now));
  Conversation conversation;
  conversation.version = head.version(end);
  std::vector<ItemRef>& turns = conversation.turns;
  int misses = 0;
  int64_t sequence = end.sequence;
  for (; sequence > 0 && turns.size() < limit && misses < kMostMisses; --sequence) {
    ASSIGN_OR_RETURN(ItemRef item, peek(scope, turn_id(scope, sequence), now));
    if (item && !item->is_damaged() && turn_sequence(*item) > 0) {
      turns.push_back(std::move(item));
      misses = 0;
    } else {
      ++misses;
    }
  }
  if (sequence > 0 && turns.size() < limit) {
    ASSIGN_OR_RETURN(turns, list_turns(scope, true, static_cast<int64_t>(limit), now));
  }
  std::reverse(turns.begin(), turns.end());
  return conversation;
}

Result<std::vector<ItemRef>> Store::recent_turns(const Scope& scope, int64_t within_us,
                                                 int64_t limit, const Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ListRequest request;
  ASSIGN_OR_RETURN(
      request.filter,
      Filter::from_json({{"type", kTurnType}, {"created_us", {{"$gte", now - within_us}}}}));
  ASSIGN_OR_RETURN(Page page, storage_->list({&scope, now}, request, limit, control.stop_check()));
  std::erase_if(page.items, [](const ItemRef& item) { return item->is_damaged(); });
  std::reverse(page.items.begin(), page.items.end());
  return std::move(page.items);
}

Result<std::vector<WriteOp>> Store::prepare_replacement(const Scope& scope, std::span<Turn> turns,
                                                        const std::vector<ItemRef>& old,
                                                        const ConversationHead& head,
                                                        const ConversationEnd& end,
                                                        int64_t now_us) {
  std::vector<OldTurn> before;
  std::vector<std::string> keys;
  before.reserve(old.size());
  keys.reserve(turns.size());
  for (const ItemRef& item : old) before.push_back({turn_sequence(*item), turn_key(*item)});
  for (const Turn& turn : turns) keys.push_back(turn.key);
  const TurnPlan plan = plan_turns(before, keys);
  std::vector<WriteOp> operations;
  if (plan.changes_nothing()) return operations;
  for (const size_t gone : plan.removed) {
    operations.push_back(WriteOp::remove(old[gone], Reason::kNone, old[gone]->header().version));
  }
  int64_t last = std::max(end.sequence, head.last_sequence);
  // Nobody may have appended meanwhile.
  operations.push_back(check_op(scope, turn_id(scope, last + 1), 0));
  int64_t time = 0;  // of the turn before
  for (size_t i = 0; i < turns.size(); ++i) {
    const TurnPlan::Entry& entry = plan.entries[i];
    Draft draft = turns[i].draft;
    const int64_t given = draft.created_us.value_or(0);
    const auto known = entry.same ? entry.same : entry.over;
    const int64_t own = known ? old[*known]->header().created_us : std::max(now_us, time);
    const int64_t created = entry.kept ? own : draft.created_us ? given : std::max(own, time);
    if (created < time) {
      return invalid("turns[" + std::to_string(i) +
                     "]: it lies before the turn before it; give times that only grow");
    }
    time = created;
    if (entry.kept) continue;
    draft.id = turn_id(scope, entry.sequence);
    draft.metadata = turns[i].metadata(entry.sequence);
    draft.created_us = created;
    if (entry.over) draft.expected_version = old[*entry.over]->header().version;
    const PutMode mode = entry.over ? PutMode::kUpdate : PutMode::kCreate;
    ASSIGN_OR_RETURN(WriteOp operation, prepare_put(draft, scope, mode, now_us));
    operations.push_back(std::move(operation));
    last = std::max(last, entry.sequence);
  }
  Draft draft;
  draft.id = conversation_id(scope);
  draft.type = std::string(kConversationType);
  draft.metadata = "{\"last_sequence\": " + std::to_string(last) + "}";
  draft.pinned = true;  // it says which numbers were given, so it must not go
  if (head.item) draft.expected_version = head.item->header().version;
  ASSIGN_OR_RETURN(
      WriteOp operation,
      prepare_put(draft, scope, head.item ? PutMode::kUpdate : PutMode::kCreate, now_us));
  operations.push_back(std::move(operation));
  for (WriteOp& each : operations) each.group = 1;
  return operations;
}

Result<int64_t> Store::replace_turns(const Scope& scope, std::span<Turn> turns, int64_t version,
                                     Durability durability, int64_t* out_changed) {
  RETURN_IF_ERROR(check_conversation(scope));
  durability = effective(durability);
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  for (int attempt = 0; attempt < kTurnAttempts; ++attempt) {
    ASSIGN_OR_RETURN(const ConversationHead head, conversation_head(scope, now));
    ASSIGN_OR_RETURN(const ConversationEnd end, conversation_end(scope, head, now));
    const int64_t is = head.version(end);
    if (version != 0 && version != is) return moved_on(is, version);
    ASSIGN_OR_RETURN(const std::vector<ItemRef> old, list_turns(scope, false, INT64_MAX, now));
    ASSIGN_OR_RETURN(std::vector<WriteOp> operations,
                     prepare_replacement(scope, turns, old, head, end, now));
    if (operations.empty()) return is;
    RETURN_IF_ERROR(engine_->rehearse(operations, now));
    RETURN_IF_ERROR(storage_->commit(operations, durability, now, true));
    Status failure = first_failure(operations);
    if (is_overtaken(failure.code())) continue;
    RETURN_IF_ERROR(std::move(failure));
    for (const WriteOp& operation : operations) {
      if (operation.only_check) continue;
      counters_.add(operation.kind == WriteOp::Kind::kPut ? kPuts : kDeletes);
    }
    *out_changed = static_cast<int64_t>(operations.size()) - 2;  // without the check and the head
    ends_.forget(scope);
    RETURN_IF_ERROR(settle(durability, now, true));
    ASSIGN_OR_RETURN(const ConversationHead written, conversation_head(scope, now));
    ASSIGN_OR_RETURN(const ConversationEnd written_end, conversation_end(scope, written, now));
    return written.version(written_end);
  }
  return Status(Code::kBusy, "others change this conversation all the time; try again");
}

Result<std::string> Store::list_conversations(const Scope& scope, int64_t limit, Control& control) {
  static constexpr const char* kKeys[] = {"collection", "app", "user", "agent", "session"};
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(const std::vector<ScopeTotals> totals,
                   storage_->scope_totals({&scope, now}, kTurnType, static_cast<size_t>(limit),
                                          guard.stop_check()));
  Json list = Json::array();
  for (const ScopeTotals& one : totals) {
    Json entry = {{"turns", one.count}, {"first_us", one.first_us}, {"last_us", one.last_us}};
    for (size_t i = 0; i < Scope::kNames; ++i) {
      const std::string_view name = one.scope.name(i);
      if (!name.empty() && name != kDefaultCollection) entry[kKeys[i]] = name;
    }
    list.push_back(std::move(entry));
  }
  const auto count = static_cast<int64_t>(list.size());
  RETURN_IF_ERROR(guard.finish(count, count));
  return list.dump();
}

}  // namespace memtier
