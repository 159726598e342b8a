#include "base/status.h"

#include <cerrno>
#include <cstring>

namespace memtier {

const std::string& Status::message() const {
  static const std::string kEmpty;
  return error_ ? error_->message : kEmpty;
}

Status invalid(std::string message) {
  return {Code::kInvalid, std::move(message)};
}
Status not_found(std::string message) {
  return {Code::kNotFound, std::move(message)};
}
Status internal_error(std::string message) {
  return {Code::kInternal, std::move(message)};
}

Status io_error(int error_number, const std::string& what) {
  char buffer[128];
  const char* text = strerror_r(error_number, buffer, sizeof buffer);
  Code code = Code::kIo;
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      code = Code::kNotFound;
      break;
    case EACCES:
    case EPERM:
      code = Code::kDenied;
      break;
    case EROFS:
      code = Code::kReadOnly;
      break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:  // a limit on the size of files
      code = Code::kFull;
      break;
    case ENOMEM:
      code = Code::kNoMemory;
      break;
    case ENOTSUP:
    case ENOLCK:
      code = Code::kUnsupported;
      break;
    default:
      break;
  }
  return {code, what + ": " + text};
}

}  // namespace memtier
