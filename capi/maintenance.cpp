// memtier.h, section 26: maintenance.
#include "lifecycle/maintenance.h"
#include "capi/reports.h"

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
  return request_call<TickRequest>(
      {store, control, out_json, error}, request, request_size,
      [](Store& in, const TickRequest& parsed, Control& watched) -> Report {
        return in.tick(parsed, watched);
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
  return request_call<ConsolidationRequest>(
      {store, control, out_json, error}, request, request_size,
      [&](Store& in, const ConsolidationRequest& parsed, Control& watched) -> Report {
        ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
        return in.consolidate(*where, parsed, watched);
      });
}

memtier_status memtier_item_compress_where(memtier_store* store, const memtier_scope* scope,
                                           const char* filter, size_t filter_size,
                                           int64_t above_bytes, const memtier_control* control,
                                           memtier_bytes** out_json, memtier_error** error) {
  const auto run = [&](Store& in, Control& watched) -> Report {
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const FilterRef parsed, check_filter(filter, filter_size));
    if (above_bytes < 0 || above_bytes > static_cast<int64_t>(kMaxContentBytes)) {
      return invalid("above_bytes is " + std::to_string(above_bytes) + ", and must be from 0 to " +
                     std::to_string(kMaxContentBytes));
    }
    return in.compress_where(*where, parsed, above_bytes, watched);
  };
  return report_call({store, control, out_json, error}, run);
}
