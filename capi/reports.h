// What long calls tell of themselves: a document goes in, a report comes out (memtier.h, REPORTS).
#pragma once

#include <memtier.h>

#include <string>
#include <utility>

#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"
#include "model/report.h"

namespace memtier::capi {

// Also what was done before it failed.
Status give_report(Report report, memtier_bytes** out_json);

// What every such call has.
struct ReportCall {
  memtier_store* store;
  const memtier_control* control;
  memtier_bytes** out_json;
  memtier_error** error;
};

// `run`(store, control) gives a Report, or a Status where the arguments are wrong.
template <typename Run>
memtier_status report_call(const ReportCall& given, Run&& run) {
  if (given.out_json != nullptr) *given.out_json = nullptr;
  return guard(given.error, [&]() -> Status {
    CallControl control;
    RETURN_IF_ERROR(control.take(given.control));
    RETURN_IF_ERROR(check_out(given.out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(given.store));
    return give_report(run(call.object()->store(), *control), given.out_json);
  });
}

// The same with a request, which Request::parse() reads; `run`(store, request, control).
template <typename Request, typename Run>
memtier_status request_call(const ReportCall& given, const char* request, size_t request_size,
                            Run&& run) {
  return report_call(given, [&](Store& store, Control& control) -> Report {
    ASSIGN_OR_RETURN(const std::string_view text, check_text(request, request_size, "request"));
    ASSIGN_OR_RETURN(const Request parsed, Request::parse(text));
    return run(store, parsed, control);
  });
}

}  // namespace memtier::capi
