// memtier.h, sections 1 to 4: version, status, errors, bytes, cancelling.
#include <memtier.h>
#include <sqlite3.h>
#include <utf8proc.h>
#include <xxhash.h>
#include <zlib.h>

#include <array>
#include <utility>

#include "capi/guard.h"
#include "capi/objects.h"
#include "storage/sqlite/schema.h"

using namespace memtier;
using namespace memtier::capi;

int32_t memtier_version_major(void) {
  return MEMTIER_VERSION_MAJOR;
}
int32_t memtier_version_minor(void) {
  return MEMTIER_VERSION_MINOR;
}
int32_t memtier_version_patch(void) {
  return MEMTIER_VERSION_PATCH;
}

const char* memtier_version_details(void) {
  static const std::string* const kDetails = [] {
    const std::string version = std::to_string(MEMTIER_VERSION_MAJOR) + '.' +
                                std::to_string(MEMTIER_VERSION_MINOR) + '.' +
                                std::to_string(MEMTIER_VERSION_PATCH);
    const std::string json_version = std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + '.' +
                                     std::to_string(NLOHMANN_JSON_VERSION_MINOR) + '.' +
                                     std::to_string(NLOHMANN_JSON_VERSION_PATCH);
    const Json details = {{"version", version},
                          {"file_format", kSchemaVersion},
                          {"image_format", MEMTIER_IMAGE_FORMAT},
                          {"sqlite", sqlite3_libversion()},
                          {"zlib", zlibVersion()},
                          {"utf8proc", utf8proc_version()},
                          {"libstemmer", "Snowball, english"},  // it tells no version
                          {"xxhash", XXH_VERSION_NUMBER},
                          {"nlohmann_json", json_version},
                          {"compiler", __VERSION__},
                          {"text_index", "inverted"}};
    return new std::string(details.dump());
  }();
  return kDetails->c_str();
}

namespace {

struct StatusName {
  memtier_status status;
  const char* name;
  const char* text;
};

constexpr std::array<StatusName, 24> kStatusNames = {{
    {MEMTIER_OK, "MEMTIER_OK", "Done."},
    {MEMTIER_INVALID, "MEMTIER_INVALID", "An argument is wrong."},
    {MEMTIER_TOO_SMALL, "MEMTIER_TOO_SMALL", "The buffer is too small."},
    {MEMTIER_CLOSED, "MEMTIER_CLOSED", "The handle was destroyed or its store closed."},
    {MEMTIER_UNSUPPORTED, "MEMTIER_UNSUPPORTED", "This is not supported here."},
    {MEMTIER_REENTRANT, "MEMTIER_REENTRANT", "A store was used from inside a callback."},
    {MEMTIER_MALFORMED, "MEMTIER_MALFORMED", "A line that was imported is malformed."},
    {MEMTIER_NOT_FOUND, "MEMTIER_NOT_FOUND", "There is no such thing."},
    {MEMTIER_EXISTS, "MEMTIER_EXISTS", "It exists already."},
    {MEMTIER_CONFLICT, "MEMTIER_CONFLICT", "The version has moved on."},
    {MEMTIER_AMBIGUOUS, "MEMTIER_AMBIGUOUS", "Several items are meant; narrow the scope."},
    {MEMTIER_MISMATCH, "MEMTIER_MISMATCH", "The store was made with other settings."},
    {MEMTIER_BUSY, "MEMTIER_BUSY", "Another writer has the store; try again."},
    {MEMTIER_CANCELLED, "MEMTIER_CANCELLED", "The work was cancelled."},
    {MEMTIER_CALLBACK, "MEMTIER_CALLBACK", "A callback failed."},
    {MEMTIER_LIMIT, "MEMTIER_LIMIT", "A limit was reached."},
    {MEMTIER_IO, "MEMTIER_IO", "The operating system reported an error."},
    {MEMTIER_FULL, "MEMTIER_FULL", "The disk is full."},
    {MEMTIER_CORRUPT, "MEMTIER_CORRUPT", "The file is damaged or not a store."},
    {MEMTIER_READ_ONLY, "MEMTIER_READ_ONLY", "The file cannot be written."},
    {MEMTIER_NEWER_FORMAT, "MEMTIER_NEWER_FORMAT", "The file was written by a newer memtier."},
    {MEMTIER_DENIED, "MEMTIER_DENIED", "Permission is missing."},
    {MEMTIER_NO_MEMORY, "MEMTIER_NO_MEMORY", "Out of memory."},
    {MEMTIER_INTERNAL, "MEMTIER_INTERNAL", "A defect of memtier; please report it."},
}};

const StatusName* find_status(memtier_status status) {
  for (const StatusName& entry : kStatusNames) {
    if (entry.status == status) return &entry;
  }
  return nullptr;
}

}  // namespace

const char* memtier_status_name(memtier_status status) {
  const StatusName* entry = find_status(status);
  return entry == nullptr ? "MEMTIER_UNKNOWN" : entry->name;
}

const char* memtier_status_text(memtier_status status) {
  const StatusName* entry = find_status(status);
  return entry == nullptr ? "An unknown status." : entry->text;
}

namespace {

// Reads from an object without holding it: what is returned lives as long as the handle.
template <typename T, typename Value, typename Read>
Value read_object(const void* handle, Value fallback, Read read) noexcept {
  return guard_value(fallback, [&] {
    const EpochGuard epoch;
    const auto* object = static_cast<const T*>(look_up(T::kKind, handle));
    return object == nullptr ? fallback : read(*object);
  });
}

}  // namespace

memtier_status memtier_error_code(const memtier_error* error) {
  const memtier_status unknown = error == nullptr ? MEMTIER_OK : MEMTIER_CLOSED;
  return read_object<ErrorObject>(error, unknown, [](const ErrorObject& object) {
    return static_cast<memtier_status>(object.status.code());
  });
}

const char* memtier_error_message(const memtier_error* error) {
  return read_object<ErrorObject, const char*>(
      error, "", [](const ErrorObject& object) { return object.status.message().c_str(); });
}

size_t memtier_error_message_size(const memtier_error* error) {
  return read_object<ErrorObject, size_t>(
      error, 0, [](const ErrorObject& object) { return object.status.message().size(); });
}

int32_t memtier_error_is_retriable(const memtier_error* error) {
  return read_object<ErrorObject, int32_t>(error, 0, [](const ErrorObject& object) {
    const Code code = object.status.code();
    const bool retriable = code == Code::kBusy || code == Code::kFull || code == Code::kNoMemory ||
                           code == Code::kLimit;
    return retriable ? 1 : 0;
  });
}

int32_t memtier_error_callback_code(const memtier_error* error) {
  return read_object<ErrorObject, int32_t>(
      error, 0, [](const ErrorObject& object) { return object.status.callback_code(); });
}

void memtier_error_destroy(memtier_error* error) {
  destroy_handle<ErrorObject>(error);
}

const void* memtier_bytes_data(const memtier_bytes* bytes) {
  return read_object<BytesObject, const void*>(
      bytes, "", [](const BytesObject& object) { return object.bytes.c_str(); });
}

size_t memtier_bytes_size(const memtier_bytes* bytes) {
  return read_object<BytesObject, size_t>(
      bytes, 0, [](const BytesObject& object) { return object.bytes.size(); });
}

void memtier_bytes_destroy(memtier_bytes* bytes) {
  destroy_handle<BytesObject>(bytes);
}

memtier_status memtier_cancel_create(memtier_cancel** out_cancel, memtier_error** error) {
  if (out_cancel != nullptr) *out_cancel = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_cancel, "out_cancel"));
    auto object = Ref<CancelObject>::adopt(new CancelObject());
    ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
    *out_cancel = static_cast<memtier_cancel*>(handle);
    return {};
  });
}

memtier_status memtier_cancel_trip(memtier_cancel* cancel, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const Ref<const CancelObject> object, pin<CancelObject>(cancel, "cancel"));
    object->tripped = true;
    return {};
  });
}

int32_t memtier_cancel_is_tripped(const memtier_cancel* cancel) {
  return read_object<CancelObject, int32_t>(
      cancel, 0, [](const CancelObject& object) { return object.tripped.load() ? 1 : 0; });
}

void memtier_cancel_destroy(memtier_cancel* cancel) {
  destroy_handle<CancelObject>(cancel);
}
