#include "failure.h"

#include <cerrno>
#include <system_error>

#include "interrupt.h"

namespace memtier::tool {

Failure usage_failure(const std::string& message) {
  return {kUsage, "USAGE", message};
}

Failure system_failure(const std::string& what, int error_number) {
  const std::string reason = std::generic_category().message(error_number);
  const int exit_code = error_number == ENOENT || error_number == ENOTDIR  ? kNotFound
                        : error_number == ENOSPC || error_number == EDQUOT ? kTryAgain
                                                                           : kFailed;
  return {exit_code, exit_code == kNotFound ? "MEMTIER_NOT_FOUND" : "MEMTIER_IO",
          what + ": " + reason};
}

Failure broken_pipe() {
  return {kBrokenPipe, "BROKEN_PIPE", ""};
}

std::string Outcome::message() const {
  const std::string message = memtier_error_message(error_);
  return message.empty() ? memtier_status_text(status_) : message;
}

Failure Outcome::failure() const {
  if (status_ == MEMTIER_CANCELLED) return status_failure(status_, "cancelled");
  if (exit_code_of(status_) == kFailed && memtier_error_is_retriable(error_) != 0) {
    return {kTryAgain, memtier_status_name(status_), message()};
  }
  return status_failure(status_, message());
}

int exit_code_of(memtier_status status) {
  switch (status) {
    case MEMTIER_OK:
      return kSuccess;
    case MEMTIER_INVALID:
      return kUsage;
    case MEMTIER_NOT_FOUND:
      return kNotFound;
    case MEMTIER_EXISTS:
    case MEMTIER_CONFLICT:
    case MEMTIER_AMBIGUOUS:
    case MEMTIER_MISMATCH:
      return kConflict;
    case MEMTIER_BUSY:
    case MEMTIER_FULL:
      return kTryAgain;
    case MEMTIER_CANCELLED:
      return interrupt_exit_code();
    default:
      return kFailed;
  }
}

Failure status_failure(memtier_status status, const std::string& message) {
  return {exit_code_of(status), memtier_status_name(status), message};
}

}  // namespace memtier::tool
