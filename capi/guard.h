// guard(): the only exception barrier between C++ and the callers of memtier.h, and the checks that
// every argument goes through. No logic lives in capi/.
#pragma once

#include <memtier.h>

#include <cmath>
#include <memory>
#include <string_view>
#include <utility>

#include "base/control.h"
#include "base/status.h"
#include "capi/handles.h"
#include "model/filter.h"

namespace memtier::capi {

// Turns a failure into a status, and into an error object where the caller wants one.
memtier_status report(Status status, memtier_error** error) noexcept;
// What the exception that is being handled means.
Status current_exception_status() noexcept;

// Runs `call`, which returns a Status; whatever it throws becomes one.
template <typename Call>
memtier_status guard(memtier_error** error, Call&& call) noexcept {
  if (error != nullptr) *error = nullptr;
  Status status;
  try {
    status = std::forward<Call>(call)();
    if (status.ok()) return MEMTIER_OK;
  } catch (...) {
    status = current_exception_status();
    if (status.ok()) return MEMTIER_NO_MEMORY;
  }
  return report(std::move(status), error);
}

// The same for functions that return something else and cannot fail.
template <typename T, typename Call>
T guard_value(T fallback, Call&& call) noexcept {
  try {
    return std::forward<Call>(call)();
  } catch (...) {
    return fallback;
  }
}

// --- arguments; `name` is the parameter's
template <typename T>
Status check_out(T* out, const char* name) {
  return out == nullptr ? invalid(std::string(name) + " is NULL") : Status();
}
// Bytes: NULL only with size 0.
Result<std::string_view> check_bytes(const void* data, size_t size, const char* name);
// Text: the same, and UTF-8.
Result<std::string_view> check_text(const char* text, size_t size, const char* name);
// An id to look for.
Result<std::string_view> check_id(const char* id, size_t size);
Result<std::string> check_path_argument(const char* path);
Status check_choice(int32_t value, int32_t lowest, int32_t highest, const char* name);
Result<FilterRef> check_filter(const char* filter, size_t size);
// A table's struct_size: at least that of version 1.0.
Status check_struct_size(uint32_t size, size_t least, const char* name);
// Copies as much of a table as the caller has.
template <typename T>
Result<T> copy_table(const T* table, const char* name) {
  RETURN_IF_ERROR(check_out(table, name));
  RETURN_IF_ERROR(check_struct_size(table->struct_size, sizeof(T), name));
  return *table;
}

// --- callbacks
// A copied table whose destroy runs once, when the last user lets go.
template <typename Table>
std::shared_ptr<const Table> keep(const Table& table) {
  return {new Table(table), [](const Table* kept) {
            if (kept->destroy != nullptr) kept->destroy(kept->user_data);
            delete kept;
          }};
}

// The table of a call that may still fail: then destroy runs all the same.
template <typename Table>
Result<std::shared_ptr<const Table>> take_table(const Table* table, const char* name) {
  ASSIGN_OR_RETURN(const Table copy, copy_table(table, name));
  return keep(copy);
}

// While a callback of the caller's runs on this thread.
class CallbackScope {
 public:
  CallbackScope();
  ~CallbackScope();
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
};
// kReentrant inside a callback.
Status check_not_in_callback();
// epoch_drain(), but not inside a callback, where this thread may be a reader itself.
void drain_outside_callbacks();
// What a callback's result means, once its caller has dealt with `special`: the number beside OK that this
// callback may return, which only the message needs. Every other positive number is a failure.
Status callback_status(int32_t result, const char* name, int32_t special = MEMTIER_CALLBACK_OK);

// A memtier_control while its call lasts: the token pinned, destroy called at the end.
class CallControl {
 public:
  CallControl() = default;
  ~CallControl();
  CallControl(const CallControl&) = delete;
  CallControl& operator=(const CallControl&) = delete;
  Status take(const memtier_control* control);
  Control& operator*() { return control_; }

 private:
  memtier_control table_{};
  Control control_;
};

}  // namespace memtier::capi
