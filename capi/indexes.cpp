// memtier.h, section 11: indexes of the caller's own.
#include "capi/guard.h"
#include "capi/objects.h"
#include "model/index_spec.h"

using namespace memtier;
using namespace memtier::capi;

memtier_status memtier_index_create(memtier_store* store, const char* index, size_t index_size,
                                    const memtier_control* control, memtier_error** error) {
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(index, index_size, "index"));
    ASSIGN_OR_RETURN(const IndexSpec spec, IndexSpec::parse(text));
    return call->create_index(spec, *call_control);
  });
}

memtier_status memtier_index_list(memtier_store* store, memtier_bytes** out_json,
                                  memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(std::string json, call->list_indexes());
    auto bytes = Ref<BytesObject>::adopt(new BytesObject(std::move(json)));
    ASSIGN_OR_RETURN(void* handle, make_handle(std::move(bytes)));
    *out_json = static_cast<memtier_bytes*>(handle);
    return {};
  });
}

memtier_status memtier_index_drop(memtier_store* store, const char* name, size_t name_size,
                                  const memtier_control* control, memtier_error** error) {
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(name, name_size, "name"));
    RETURN_IF_ERROR(check_index_name(text, "name"));
    return call->drop_index(text, *call_control);
  });
}
