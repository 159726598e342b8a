#include "capi/guard.h"

#include <new>
#include <system_error>

#include "base/text.h"
#include "capi/objects.h"
#include "model/limits.h"

namespace memtier::capi {
namespace {

// No table will ever be larger; an uninitialised size usually is.
constexpr uint32_t kMaxStructSize = 4096;

thread_local int callback_depth = 0;

}  // namespace

memtier_status report(Status status, memtier_error** error) noexcept {
  const auto code = static_cast<memtier_status>(status.code());
  if (error == nullptr) return code;
  try {
    auto object = Ref<ErrorObject>::adopt(new ErrorObject(std::move(status)));
    auto handle = make_handle(std::move(object));
    if (handle.ok()) *error = static_cast<memtier_error*>(*handle);
  } catch (...) {
    *error = nullptr;  // no memory even for that; the status says enough
  }
  return code;
}

Status current_exception_status() noexcept {
  try {
    try {
      throw;
    } catch (const std::bad_alloc&) {
      return {Code::kNoMemory, "out of memory"};
    } catch (const std::length_error&) {
      return {Code::kNoMemory, "out of memory"};
    } catch (const std::system_error& problem) {
      return {Code::kIo, problem.what()};
    } catch (const std::exception& problem) {
      return internal_error(std::string("unexpected: ") + problem.what());
    } catch (...) {
      return internal_error("unexpected exception");
    }
  } catch (...) {
    return {};  // no memory even to say so: guard() knows
  }
}

Result<std::string_view> check_bytes(const void* data, size_t size, const char* name) {
  if (data == nullptr && size != 0) {
    return invalid(std::string(name) + " is NULL, but " + name + "_size is " +
                   std::to_string(size));
  }
  return std::string_view(size == 0 ? "" : static_cast<const char*>(data), size);
}

Result<std::string_view> check_text(const char* text, size_t size, const char* name) {
  if (size > kMaxContentBytes) {
    return invalid(std::string(name) + "_size is " + std::to_string(size) + ", more than any text");
  }
  ASSIGN_OR_RETURN(const std::string_view view, check_bytes(text, size, name));
  if (!is_utf8(view)) return invalid(std::string(name) + " is not valid UTF-8");
  return view;
}

Result<std::string_view> check_id(const char* id, size_t size) {
  if (size > kMaxIdBytes) {
    return invalid("id has " + std::to_string(size) + " bytes; at most 1024 are allowed");
  }
  ASSIGN_OR_RETURN(const std::string_view view, check_text(id, size, "id"));
  if (view.empty()) return invalid("id is empty");
  return view;
}

Result<std::string> check_path_argument(const char* path) {
  if (path == nullptr) return invalid("path is NULL");
  if (*path == '\0') return invalid("path is empty");
  std::string text(path);
  if (text.size() > 4000) return invalid("path is longer than 4000 bytes");
  return text;
}

Status check_choice(int32_t value, int32_t lowest, int32_t highest, const char* name) {
  if (value >= lowest && value <= highest) return {};
  return invalid(std::string(name) + " is " + std::to_string(value) + ", and must be from " +
                 std::to_string(lowest) + " to " + std::to_string(highest));
}

Result<FilterRef> check_filter(const char* filter, size_t size) {
  ASSIGN_OR_RETURN(const std::string_view text, check_text(filter, size, "filter"));
  return Filter::parse(text);
}

Status check_struct_size(uint32_t size, size_t least, const char* name) {
  if (size >= least && size <= kMaxStructSize) return {};
  return invalid(std::string(name) + "->struct_size is " + std::to_string(size) +
                 "; set it to sizeof(*" + name + "), which is at least " + std::to_string(least));
}

CallbackScope::CallbackScope() {
  ++callback_depth;
}
CallbackScope::~CallbackScope() {
  --callback_depth;
}

Status check_not_in_callback() {
  if (callback_depth == 0) return {};
  return {Code::kReentrant, "store: it must not be used from inside a callback"};
}

void drain_outside_callbacks() {
  if (callback_depth == 0) epoch_drain();
}

Status callback_status(int32_t result, const char* name, int32_t special) {
  if (result == MEMTIER_CALLBACK_OK) return {};
  const std::string number = std::to_string(result);
  if (result < 0) {
    return {Code::kCallback, std::string(name) + " callback failed with " + number, result};
  }
  std::string allowed = "0 (MEMTIER_CALLBACK_OK)";
  if (special == MEMTIER_CALLBACK_DEFAULT) allowed += ", 1 (MEMTIER_CALLBACK_DEFAULT)";
  if (special == MEMTIER_CALLBACK_CANCEL) allowed += ", 2 (MEMTIER_CALLBACK_CANCEL)";
  return {Code::kCallback,
          std::string(name) + " callback returned " + number + "; allowed are " + allowed +
              " and negative numbers of its own",
          result};
}

Status CallControl::take(const memtier_control* control) {
  if (control == nullptr) return {};
  ASSIGN_OR_RETURN(table_, copy_table(control, "control"));
  std::shared_ptr<const CancelObject> token;
  if (table_.cancel != nullptr) {
    ASSIGN_OR_RETURN(Ref<const CancelObject> pinned,
                     pin<CancelObject>(table_.cancel, "control->cancel"));
    const CancelObject* object = pinned.detach();
    token = {object, [](const CancelObject* held) { held->release(); }};
  }
  Control::Check check;
  if (token) {
    check = [token]() -> Status {
      if (!token->tripped.load(std::memory_order_relaxed)) return {};
      return {Code::kCancelled, "cancelled: the token was tripped"};
    };
  }
  Control::Progress progress;
  if (table_.progress != nullptr) {
    progress = [this](int64_t done, int64_t total) -> Status {
      int32_t result = 0;
      {
        const CallbackScope scope;
        result = table_.progress(done, total, table_.user_data);
      }
      if (result == MEMTIER_CALLBACK_CANCEL) {
        return {Code::kCancelled, "cancelled: the progress callback said so"};
      }
      return callback_status(result, "progress", MEMTIER_CALLBACK_CANCEL);
    };
  }
  control_ = Control(std::move(check), std::move(progress));
  return control_.check();  // a token that was tripped before ends the call before it does anything
}

CallControl::~CallControl() {
  if (table_.destroy != nullptr) table_.destroy(table_.user_data);
}

}  // namespace memtier::capi
