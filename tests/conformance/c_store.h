// memtier.h as seen by these tests: handles that let themselves go, failures as exceptions. Nothing
// of the engine is used here.
#pragma once

#include <memtier.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace memtier::testing {

template <typename T, void (*kDestroy)(T*)>
struct HandleDeleter {
  void operator()(T* handle) const { kDestroy(handle); }
};
template <typename T, void (*kDestroy)(T*)>
using Handle = std::unique_ptr<T, HandleDeleter<T, kDestroy>>;

using ItemHandle = Handle<memtier_item, memtier_item_destroy>;
using ItemsHandle = Handle<memtier_items, memtier_items_destroy>;
using ScopeHandle = Handle<memtier_scope, memtier_scope_destroy>;
using BuilderHandle = Handle<memtier_item_builder, memtier_item_builder_destroy>;
using OptionsHandle = Handle<memtier_options, memtier_options_destroy>;
using HitsHandle = Handle<memtier_hits, memtier_hits_destroy>;

// What a call that failed said.
class Failure : public std::runtime_error {
 public:
  Failure(memtier_status status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  memtier_status status() const { return status_; }

 private:
  memtier_status status_;
};

// Calls call(&error); a failure is thrown.
template <typename Call>
void check(Call call) {
  memtier_error* error = nullptr;
  const memtier_status status = call(&error);
  if (status == MEMTIER_OK) return;
  Failure failure(status, memtier_error_message(error));
  memtier_error_destroy(error);
  throw failure;
}

// From {"user": "ada", ...}.
ScopeHandle make_scope(const nlohmann::json& names);
BuilderHandle make_builder(const std::string& document);
std::string json_of(const memtier_item* item);
// Whether a filter is true for an item, asked of its image and of its handle: they must agree.
bool is_match(const memtier_item* item, const std::string& filter);

// A store whose clock stands still.
class CStore {
 public:
  // tokenizer: empty, the library's choice.
  CStore(const std::string& path, int64_t now_us, const std::string& tokenizer = {},
         const std::string& ladder = {});
  ~CStore();
  CStore(const CStore&) = delete;
  CStore& operator=(const CStore&) = delete;

  memtier_store* get() const { return store_; }
  ItemHandle put(const nlohmann::json& scope, const std::string& document) const;
  int64_t count(const nlohmann::json& scope, const std::string& filter) const;
  // All items of a list document.
  std::vector<ItemHandle> list(const nlohmann::json& scope, const std::string& document) const;
  HitsHandle search(const nlohmann::json& scope, const std::string& query) const;
  std::string export_all() const;
  void import(const std::string& lines, const std::string& document) const;

 private:
  memtier_store* store_ = nullptr;
};

}  // namespace memtier::testing
