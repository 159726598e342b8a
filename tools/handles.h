// Handles of memtier.h that release themselves.
#pragma once

#include <memtier.h>

#include <string>
#include <string_view>
#include <utility>

#include "failure.h"

namespace memtier::tool {

template <typename T, void (*destroy)(T*)>
class Handle {
 public:
  Handle() = default;
  ~Handle() { destroy(handle_); }
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }

  T* get() const { return handle_; }
  T** out() {
    destroy(std::exchange(handle_, nullptr));
    return &handle_;
  }

 private:
  T* handle_ = nullptr;
};

using Options = Handle<memtier_options, memtier_options_destroy>;
using Scope = Handle<memtier_scope, memtier_scope_destroy>;
using Builder = Handle<memtier_item_builder, memtier_item_builder_destroy>;
using Item = Handle<memtier_item, memtier_item_destroy>;
using Items = Handle<memtier_items, memtier_items_destroy>;
using Cursor = Handle<memtier_cursor, memtier_cursor_destroy>;
using Hits = Handle<memtier_hits, memtier_hits_destroy>;
using Transitions = Handle<memtier_transitions, memtier_transitions_destroy>;
using Bytes = Handle<memtier_bytes, memtier_bytes_destroy>;
using Cancel = Handle<memtier_cancel, memtier_cancel_destroy>;

inline std::string_view view_of(const memtier_slice& slice) {
  return {static_cast<const char*>(slice.data), slice.size};
}

inline std::string_view view_of(const Bytes& bytes) {
  return {static_cast<const char*>(memtier_bytes_data(bytes.get())),
          memtier_bytes_size(bytes.get())};
}

}  // namespace memtier::tool
