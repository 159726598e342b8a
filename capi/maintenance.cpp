// memtier.h, section 26: maintenance.
#include "lifecycle/maintenance.h"
#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

Status give_report(Result<std::string> report, memtier_bytes** out_json) {
  if (!report.ok()) return report.take_status();
  auto bytes = Ref<BytesObject>::adopt(new BytesObject(std::move(report).value()));
  ASSIGN_OR_RETURN(void* handle, make_handle(std::move(bytes)));
  *out_json = static_cast<memtier_bytes*>(handle);
  return {};
}

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
    return give_report(call.object()->store().tick(parsed, *call_control), out_json);
  });
}

memtier_status memtier_store_pause(memtier_store* store, memtier_error** error) {
  return set_paused(store, true, error);
}

memtier_status memtier_store_resume(memtier_store* store, memtier_error** error) {
  return set_paused(store, false, error);
}

memtier_status memtier_tier_consolidate(memtier_store* store, const memtier_scope* scope,
                                        const char* request, size_t request_size,
                                        const memtier_control* control, memtier_bytes** out_json,
                                        memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(request, request_size, "request"));
    ASSIGN_OR_RETURN(const ConsolidationRequest parsed, ConsolidationRequest::parse(text));
    return give_report(call->consolidate(*where, parsed, *call_control), out_json);
  });
}

memtier_status memtier_item_compress_where(memtier_store* store, const memtier_scope* scope,
                                           const char* filter, size_t filter_size,
                                           int64_t above_bytes, const memtier_control* control,
                                           memtier_bytes** out_json, memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const FilterRef parsed, check_filter(filter, filter_size));
    if (above_bytes < 0 || above_bytes > static_cast<int64_t>(kMaxContentBytes)) {
      return invalid("above_bytes is " + std::to_string(above_bytes) + ", and must be from 0 to " +
                     std::to_string(kMaxContentBytes));
    }
    return give_report(call->compress_where(*where, parsed, above_bytes, *call_control), out_json);
  });
}
