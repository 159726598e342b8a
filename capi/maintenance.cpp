// memtier.h, section 26: maintenance.
#include "lifecycle/maintenance.h"
#include "capi/guard.h"
#include "capi/objects.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

memtier_status set_paused(memtier_store* store, bool paused, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    call->pause_maintenance(paused);
    return {};
  });
}

}  // namespace

memtier_status memtier_store_tick(memtier_store* store, const char* request, size_t request_size,
                                  const memtier_control* control, memtier_bytes** out_json,
                                  memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(request, request_size, "request"));
    ASSIGN_OR_RETURN(const TickRequest parsed, TickRequest::parse(text));
    ASSIGN_OR_RETURN(std::string report, call.object()->store().tick(parsed, *call_control));
    auto bytes = Ref<BytesObject>::adopt(new BytesObject(std::move(report)));
    ASSIGN_OR_RETURN(void* handle, make_handle(std::move(bytes)));
    *out_json = static_cast<memtier_bytes*>(handle);
    return {};
  });
}

memtier_status memtier_store_pause(memtier_store* store, memtier_error** error) {
  return set_paused(store, true, error);
}

memtier_status memtier_store_resume(memtier_store* store, memtier_error** error) {
  return set_paused(store, false, error);
}
