// memtier.h, section 22, and the runs of section 23: knowledge, episodes, what an agent did.
#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"
#include "model/episode.h"
#include "model/knowledge.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

Result<Durability> check_memory_durability(int32_t durability) {
  RETURN_IF_ERROR(
      check_choice(durability, MEMTIER_DURABILITY_DEFAULT, MEMTIER_DURABILITY_FULL, "durability"));
  return static_cast<Durability>(durability);
}

Status give_memory(ItemRef item, const TierNames* tiers, memtier_item** out_item) {
  if (out_item == nullptr) return {};
  ASSIGN_OR_RETURN(void* handle, make_item_handle(std::move(item), tiers));
  *out_item = static_cast<memtier_item*>(handle);
  return {};
}

Status give_memories(std::vector<ItemRef> items, const TierNames* tiers,
                     memtier_items** out_items) {
  auto object = Ref<ItemsObject>::adopt(new ItemsObject());
  object->outcomes.reserve(items.size());
  for (ItemRef& item : items) object->outcomes.push_back({{}, std::move(item), true});
  object->tiers = tiers;
  ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
  *out_items = static_cast<memtier_items*>(handle);
  return {};
}

struct MemoryArguments {
  memtier_store* store;
  const memtier_scope* scope;
  const char* document;
  size_t document_size;
  int32_t durability;
  memtier_item** out_item;
};

// `put`(store, scope, document, durability) gives an Outcome.
template <typename Put>
memtier_status put_document(const MemoryArguments& given, const char* name, memtier_error** error,
                            Put&& put) {
  if (given.out_item != nullptr) *given.out_item = nullptr;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(given.store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(given.scope));
    ASSIGN_OR_RETURN(const std::string_view text,
                     check_text(given.document, given.document_size, name));
    ASSIGN_OR_RETURN(const Durability level, check_memory_durability(given.durability));
    ASSIGN_OR_RETURN(Outcome outcome, put(call.object()->store(), *where, text, level));
    RETURN_IF_ERROR(std::move(outcome.status));
    return give_memory(std::move(outcome.item), call.tiers(), given.out_item);
  });
}

}  // namespace

memtier_status memtier_knowledge_put(memtier_store* store, const memtier_scope* scope,
                                     const char* knowledge, size_t knowledge_size,
                                     int32_t durability, memtier_item** out_item,
                                     memtier_error** error) {
  return put_document({store, scope, knowledge, knowledge_size, durability, out_item}, "knowledge",
                      error,
                      [](Store& to, const Scope& where, std::string_view text,
                         Durability level) -> Result<Outcome> {
                        ASSIGN_OR_RETURN(const Knowledge parsed, Knowledge::parse(text));
                        return to.put_knowledge(where, parsed, level);
                      });
}

memtier_status memtier_knowledge_update(memtier_store* store, const memtier_scope* scope,
                                        const char* id, size_t id_size, const char* change,
                                        size_t change_size, int64_t version, int32_t durability,
                                        memtier_item** out_item, memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view which, check_id(id, id_size));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(change, change_size, "change"));
    ASSIGN_OR_RETURN(const Knowledge parsed, Knowledge::parse(text));
    if (version < 0) {
      return invalid("version is " + std::to_string(version) +
                     ", and must be an item's, or 0 for any");
    }
    ASSIGN_OR_RETURN(const Durability level, check_memory_durability(durability));
    ASSIGN_OR_RETURN(ItemRef item, call->update_knowledge(*where, which, parsed, version, level));
    return give_memory(std::move(item), call.tiers(), out_item);
  });
}

memtier_status memtier_knowledge_read_history(memtier_store* store, const memtier_scope* scope,
                                              const char* id, size_t id_size, int64_t limit,
                                              memtier_items** out_items, memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_items, "out_items"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view which, check_id(id, id_size));
    if (limit < 1 || limit > MEMTIER_MAX_BATCH) {
      return invalid("limit is " + std::to_string(limit) + ", and must be from 1 to 100000");
    }
    ASSIGN_OR_RETURN(std::vector<ItemRef> items,
                     call->knowledge_history(*where, which, static_cast<size_t>(limit)));
    return give_memories(std::move(items), call.tiers(), out_items);
  });
}

memtier_status memtier_knowledge_list_contradictions(
    memtier_store* store, const memtier_scope* scope, const char* document, size_t document_size,
    const memtier_control* control, memtier_bytes** out_json, memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(document, document_size, "document"));
    ASSIGN_OR_RETURN(const ContradictionRequest request, ContradictionRequest::parse(text));
    return give_text(call->contradictions(*where, request, *call_control), out_json);
  });
}

memtier_status memtier_episode_put(memtier_store* store, const memtier_scope* scope,
                                   const char* episode, size_t episode_size, int32_t durability,
                                   memtier_item** out_item, memtier_error** error) {
  return put_document({store, scope, episode, episode_size, durability, out_item}, "episode", error,
                      [](Store& to, const Scope& where, std::string_view text, Durability level) {
                        return to.put_episode(where, text, level);
                      });
}

memtier_status memtier_episode_find_around(memtier_store* store, const memtier_scope* scope,
                                           const char* document, size_t document_size,
                                           const memtier_control* control,
                                           memtier_items** out_items, memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_items, "out_items"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(document, document_size, "document"));
    ASSIGN_OR_RETURN(const AroundRequest request, AroundRequest::parse(text));
    ASSIGN_OR_RETURN(std::vector<ItemRef> items, call->around(*where, request, *call_control));
    return give_memories(std::move(items), call.tiers(), out_items);
  });
}

memtier_status memtier_run_record(memtier_store* store, const memtier_scope* scope, const char* run,
                                  size_t run_size, int32_t durability, memtier_item** out_item,
                                  memtier_error** error) {
  return put_document({store, scope, run, run_size, durability, out_item}, "run", error,
                      [](Store& to, const Scope& where, std::string_view text, Durability level) {
                        return to.record_run(where, text, level);
                      });
}
