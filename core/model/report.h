// Report: what a long call did, as a JSON object; also where it was stopped, cancelled or failed in between.
// Then the object has "stopped", the reason, and tells what was done until then.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"
#include "model/json.h"

namespace memtier {

class [[nodiscard]] Report : public Result<std::string> {
 public:
  // Nothing was begun.
  Report(Status failure)  // NOLINT(google-explicit-constructor)
      : Result(std::move(failure)) {}
  // An OK status: all was done. A null document: nothing was begun.
  Report(Status status, Json document) : Result(judge(std::move(status), &document)) {
    if (!ok() && document.is_object()) partial_ = document.dump();
  }

  // Also what was done before it failed; empty: nothing was.
  std::string take_told() { return ok() ? std::move(*this).value() : std::move(partial_); }

 private:
  static Result<std::string> judge(Status status, Json* document) {
    if (status.ok()) return document->dump();
    if (document->is_object()) (*document)["stopped"] = status.message();
    return status;
  }

  std::string partial_;
};

}  // namespace memtier
