// memtier.h, section 20: collections.
#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"
#include "model/collection_spec.h"

using namespace memtier;
using namespace memtier::capi;

memtier_status memtier_collection_create(memtier_store* store, const char* collection,
                                         size_t collection_size, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text,
                     check_text(collection, collection_size, "collection"));
    ASSIGN_OR_RETURN(const CollectionSpec spec, CollectionSpec::parse(text));
    return call->create_collection(spec);
  });
}

memtier_status memtier_collection_list(memtier_store* store, const memtier_scope* scope,
                                       const memtier_control* control, memtier_bytes** out_json,
                                       memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope who, pin_scope(scope));
    return give_text(call->list_collections(*who, *call_control), out_json);
  });
}

memtier_status memtier_collection_drop(memtier_store* store, const char* name, size_t name_size,
                                       int32_t mode, const memtier_control* control,
                                       int64_t* out_count, memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(name, name_size, "name"));
    ASSIGN_OR_RETURN(const std::string which, collection_name(text, "name"));
    RETURN_IF_ERROR(
        check_choice(mode, MEMTIER_COLLECTION_DROP_EMPTY, MEMTIER_COLLECTION_DROP_ITEMS, "mode"));
    const bool with_items = mode == MEMTIER_COLLECTION_DROP_ITEMS;
    return call->drop_collection(which, with_items, *call_control, out_count);
  });
}

namespace {

// The arguments of copy and move, as the caller gave them.
struct TransferArguments {
  memtier_store* store;
  const memtier_scope* scope;
  const char* filter;
  size_t filter_size;
  const char* to;
  size_t to_size;
  int32_t mode;
  int32_t durability;
  const memtier_control* control;
  int64_t* out_count;
};

memtier_status transfer(const TransferArguments& given, bool move, memtier_error** error) {
  if (given.out_count != nullptr) *given.out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(given.control));
    RETURN_IF_ERROR(check_out(given.out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(given.store));
    ASSIGN_OR_RETURN(const PinnedScope from, pin_scope(given.scope));
    ASSIGN_OR_RETURN(const FilterRef condition, check_filter(given.filter, given.filter_size));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(given.to, given.to_size, "to"));
    RETURN_IF_ERROR(check_choice(given.mode, MEMTIER_PUT_REPLACE, MEMTIER_PUT_UPDATE, "mode"));
    RETURN_IF_ERROR(check_choice(given.durability, MEMTIER_DURABILITY_DEFAULT,
                                 MEMTIER_DURABILITY_FULL, "durability"));
    Store::Transfer transfer;
    ASSIGN_OR_RETURN(transfer.to, collection_name(text, "to"));
    transfer.mode = static_cast<PutMode>(given.mode);
    transfer.move = move;
    return call->transfer(*from, condition, transfer, static_cast<Durability>(given.durability),
                          *call_control, given.out_count);
  });
}

}  // namespace

memtier_status memtier_collection_copy(memtier_store* store, const memtier_scope* scope,
                                       const char* filter, size_t filter_size, const char* to,
                                       size_t to_size, int32_t mode, int32_t durability,
                                       const memtier_control* control, int64_t* out_count,
                                       memtier_error** error) {
  return transfer(
      {store, scope, filter, filter_size, to, to_size, mode, durability, control, out_count}, false,
      error);
}

memtier_status memtier_collection_move(memtier_store* store, const memtier_scope* scope,
                                       const char* filter, size_t filter_size, const char* to,
                                       size_t to_size, int32_t mode, int32_t durability,
                                       const memtier_control* control, int64_t* out_count,
                                       memtier_error** error) {
  return transfer(
      {store, scope, filter, filter_size, to, to_size, mode, durability, control, out_count}, true,
      error);
}
