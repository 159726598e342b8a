// Status and Result: how core code says that something failed. Exceptions do not cross the
// interfaces between folders; an Error does, with a message that names the argument and the mend.
//
// A Status that is OK holds no memory. Thread safety: values, like any other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace memtier {

// The numbers are those of memtier.h; a test compares them.
enum class Code : int32_t {
  kOk = 0,
  kInvalid = -10,
  kTooSmall = -11,
  kClosed = -12,
  kUnsupported = -13,
  kReentrant = -14,
  kMalformed = -15,
  kNotFound = -30,
  kExists = -31,
  kConflict = -32,
  kAmbiguous = -33,
  kMismatch = -34,
  kBusy = -50,
  kCancelled = -51,
  kCallback = -52,
  kLimit = -53,
  kIo = -70,
  kFull = -71,
  kCorrupt = -72,
  kReadOnly = -73,
  kNewerFormat = -74,
  kDenied = -75,
  kNoMemory = -90,
  kInternal = -110,
};

struct Error {
  Code code = Code::kInternal;
  std::string message;
  int32_t callback_code = 0;  // what the caller's own callback returned, for Code::kCallback
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message, int32_t callback_code = 0)
      : error_(std::make_unique<Error>(Error{code, std::move(message), callback_code})) {}

  bool ok() const { return error_ == nullptr; }
  Code code() const { return error_ ? error_->code : Code::kOk; }
  const std::string& message() const;
  int32_t callback_code() const { return error_ ? error_->callback_code : 0; }
  Status clone() const { return error_ ? Status(code(), message(), callback_code()) : Status(); }

 private:
  std::unique_ptr<Error> error_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Status status) : state_(std::move(status)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Status take_status() { return ok() ? Status() : std::move(std::get<1>(state_)); }
  Code code() const { return ok() ? Code::kOk : std::get<1>(state_).code(); }

 private:
  std::variant<T, Status> state_;
};

Status invalid(std::string message);
Status not_found(std::string message);
Status internal_error(std::string message);
// The status that fits an errno of a file operation; the message names what was attempted.
Status io_error(int error_number, const std::string& what);

}  // namespace memtier

#define MEMTIER_CONCAT_(a, b) a##b
#define MEMTIER_CONCAT(a, b) MEMTIER_CONCAT_(a, b)

#define RETURN_IF_ERROR(expression)                   \
  do {                                                \
    if (auto status_ = (expression); !status_.ok()) { \
      return status_;                                 \
    }                                                 \
  } while (false)

#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_(MEMTIER_CONCAT(result_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                              \
  if (!result.ok()) return result.take_status();           \
  declaration = std::move(result).value()
