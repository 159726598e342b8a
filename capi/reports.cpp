#include "capi/reports.h"

namespace memtier::capi {

Status give_report(Report report, memtier_bytes** out_json) {
  std::string told = report.take_told();
  if (!told.empty()) {
    Status given = give_text(std::move(told), out_json);
    if (!given.ok() && report.ok()) return given;  // else it is the call's own failure that counts
  }
  return report.take_status();
}

}  // namespace memtier::capi
