// memtier.h, section 21 and the working context of section 23: turns of conversations, and what of all this
// fits into a prompt.
#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"
#include "model/context_request.h"
#include "model/turn.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

Result<Durability> check_turn_durability(int32_t durability) {
  RETURN_IF_ERROR(
      check_choice(durability, MEMTIER_DURABILITY_DEFAULT, MEMTIER_DURABILITY_FULL, "durability"));
  return static_cast<Durability>(durability);
}

Status check_conversation_version(int64_t version) {
  if (version >= 0) return {};
  return invalid("version is " + std::to_string(version) +
                 ", and must be what a call gave, or 0 for any");
}

Status check_turn_limit(int64_t limit) {
  if (limit >= 1 && limit <= MEMTIER_MAX_BATCH) return {};
  return invalid("limit is " + std::to_string(limit) + ", and must be from 1 to 100000");
}

Status give_turns(std::vector<ItemRef> items, const TierNames* tiers, memtier_items** out_items) {
  auto object = Ref<ItemsObject>::adopt(new ItemsObject());
  object->outcomes.reserve(items.size());
  for (ItemRef& item : items) object->outcomes.push_back({{}, std::move(item), true});
  object->tiers = tiers;
  ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
  *out_items = static_cast<memtier_items*>(handle);
  return {};
}

Status give_turn(ItemRef item, const TierNames* tiers, memtier_item** out_item) {
  if (out_item == nullptr) return {};
  ASSIGN_OR_RETURN(void* handle, make_item_handle(std::move(item), tiers));
  *out_item = static_cast<memtier_item*>(handle);
  return {};
}

using ContextCall = Result<std::vector<ItemRef>> (Store::*)(const Scope&, const ContextRequest&,
                                                            const Control&);

struct ContextArguments {
  memtier_store* store;
  const memtier_scope* scope;
  const char* document;
  size_t document_size;
  const memtier_control* control;
  memtier_items** out_items;
};

memtier_status build_context(const ContextArguments& given, ContextRequest::Kind kind,
                             ContextCall build, memtier_error** error) {
  if (given.out_items != nullptr) *given.out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(given.control));
    RETURN_IF_ERROR(check_out(given.out_items, "out_items"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(given.store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(given.scope));
    ASSIGN_OR_RETURN(const std::string_view text,
                     check_text(given.document, given.document_size, "document"));
    ASSIGN_OR_RETURN(const ContextRequest request, ContextRequest::parse(text, kind));
    Store& store = call.object()->store();
    ASSIGN_OR_RETURN(std::vector<ItemRef> items, (store.*build)(*where, request, *call_control));
    return give_turns(std::move(items), call.tiers(), given.out_items);
  });
}

}  // namespace

memtier_status memtier_conversation_append(memtier_store* store, const memtier_scope* scope,
                                           const char* turn, size_t turn_size, int64_t version,
                                           int32_t durability, memtier_item** out_item,
                                           memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(turn, turn_size, "turn"));
    RETURN_IF_ERROR(check_json_object(text, "turn"));
    ASSIGN_OR_RETURN(Turn parsed,
                     Turn::parse(Json::parse(text.begin(), text.end(), nullptr, false), "turn"));
    RETURN_IF_ERROR(check_conversation_version(version));
    ASSIGN_OR_RETURN(const Durability level, check_turn_durability(durability));
    Control none;
    ASSIGN_OR_RETURN(std::vector<ItemRef> items,
                     call->append_turns(*where, {&parsed, 1}, version, level, none));
    return give_turn(std::move(items[0]), call.tiers(), out_item);
  });
}

memtier_status memtier_conversation_append_many(memtier_store* store, const memtier_scope* scope,
                                                const char* turns, size_t turns_size,
                                                int64_t version, int32_t durability,
                                                const memtier_control* control,
                                                memtier_items** out_items, memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(turns, turns_size, "turns"));
    ASSIGN_OR_RETURN(std::vector<Turn> parsed, parse_turns(text));
    RETURN_IF_ERROR(check_conversation_version(version));
    ASSIGN_OR_RETURN(const Durability level, check_turn_durability(durability));
    ASSIGN_OR_RETURN(std::vector<ItemRef> items,
                     call->append_turns(*where, parsed, version, level, *call_control));
    if (out_items == nullptr) return {};
    return give_turns(std::move(items), call.tiers(), out_items);
  });
}

memtier_status memtier_conversation_read_last(memtier_store* store, const memtier_scope* scope,
                                              int64_t limit, memtier_items** out_items,
                                              int64_t* out_version, memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  if (out_version != nullptr) *out_version = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_items, "out_items"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    RETURN_IF_ERROR(check_turn_limit(limit));
    ASSIGN_OR_RETURN(Store::Conversation conversation,
                     call->last_turns(*where, static_cast<size_t>(limit)));
    RETURN_IF_ERROR(give_turns(std::move(conversation.turns), call.tiers(), out_items));
    if (out_version != nullptr) *out_version = conversation.version;
    return {};
  });
}

memtier_status memtier_conversation_read_recent(memtier_store* store, const memtier_scope* scope,
                                                int64_t within_us, int64_t limit,
                                                const memtier_control* control,
                                                memtier_items** out_items, memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_items, "out_items"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    if (within_us < 0) {
      return invalid("within_us is " + std::to_string(within_us) + ", and must not be negative");
    }
    RETURN_IF_ERROR(check_turn_limit(limit));
    ASSIGN_OR_RETURN(std::vector<ItemRef> items,
                     call->recent_turns(*where, within_us, limit, *call_control));
    return give_turns(std::move(items), call.tiers(), out_items);
  });
}

memtier_status memtier_conversation_build_context(memtier_store* store, const memtier_scope* scope,
                                                  const char* document, size_t document_size,
                                                  const memtier_control* control,
                                                  memtier_items** out_items,
                                                  memtier_error** error) {
  return build_context({store, scope, document, document_size, control, out_items},
                       ContextRequest::Kind::kConversation, &Store::conversation_context, error);
}

memtier_status memtier_conversation_replace(memtier_store* store, const memtier_scope* scope,
                                            const char* turns, size_t turns_size, int64_t version,
                                            int32_t durability, int64_t* out_version,
                                            int64_t* out_changed, memtier_error** error) {
  if (out_version != nullptr) *out_version = 0;
  if (out_changed != nullptr) *out_changed = 0;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(turns, turns_size, "turns"));
    ASSIGN_OR_RETURN(std::vector<Turn> parsed, parse_turns(text));
    RETURN_IF_ERROR(check_conversation_version(version));
    ASSIGN_OR_RETURN(const Durability level, check_turn_durability(durability));
    int64_t changed = 0;
    ASSIGN_OR_RETURN(const int64_t now,
                     call->replace_turns(*where, parsed, version, level, &changed));
    if (out_version != nullptr) *out_version = now;
    if (out_changed != nullptr) *out_changed = changed;
    return {};
  });
}

memtier_status memtier_conversation_list_sessions(memtier_store* store, const memtier_scope* scope,
                                                  int64_t limit, const memtier_control* control,
                                                  memtier_bytes** out_json, memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    RETURN_IF_ERROR(check_turn_limit(limit));
    return give_text(call->list_conversations(*where, limit, *call_control), out_json);
  });
}

memtier_status memtier_context_remember(memtier_store* store, const memtier_scope* scope,
                                        const char* key, size_t key_size, const char* value,
                                        size_t value_size, double importance, int32_t durability,
                                        memtier_item** out_item, memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view id, check_text(key, key_size, "key"));
    if (id.empty()) return invalid("key is empty");
    ASSIGN_OR_RETURN(const std::string_view text, check_text(value, value_size, "value"));
    ASSIGN_OR_RETURN(const Durability level, check_turn_durability(durability));
    ASSIGN_OR_RETURN(Outcome outcome, call->remember(*where, id, text, importance, level));
    RETURN_IF_ERROR(std::move(outcome.status));
    return give_turn(std::move(outcome.item), call.tiers(), out_item);
  });
}

memtier_status memtier_context_build(memtier_store* store, const memtier_scope* scope,
                                     const char* document, size_t document_size,
                                     const memtier_control* control, memtier_items** out_items,
                                     memtier_error** error) {
  return build_context({store, scope, document, document_size, control, out_items},
                       ContextRequest::Kind::kWorking, &Store::active_context, error);
}
