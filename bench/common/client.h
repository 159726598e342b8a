// memtier through memtier.h, with failures as exceptions: what a C++ user would write around it.
#pragma once

#include <memtier.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/items.h"

namespace bench {

// Throws if the status says so; takes the error over.
void check(memtier_status status, memtier_error* error, const char* what);

struct StoreOptions {
  std::string ladder;              // empty: the store's own, or the default one
  int64_t memory_limit_bytes = 0;  // 0: the default
};

class Store {
 public:
  explicit Store(const std::string& path, const StoreOptions& options = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  memtier_store* handle() const { return store_; }
  void flush();
  void close();
  memtier_store_statistics statistics() const;
  // Copies the item's image into the buffer and returns its size; fails if it is not there.
  size_t get_into(std::string_view id, char* buffer, size_t size) const {
    size_t written = 0;
    const memtier_status status = memtier_item_get_into(store_, nullptr, id.data(), id.size(),
                                                        buffer, size, &written, nullptr);
    if (status != MEMTIER_OK) check(status, nullptr, "memtier_item_get_into");
    return written;
  }
  // The number of hits of a query document.
  int64_t search(const std::string& query) const;

 private:
  memtier_store* store_ = nullptr;
};

class Builder {
 public:
  Builder();
  ~Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  memtier_item_builder* handle() const { return builder_; }
  // Fills it with item i, in place of what it had.
  void set(const Items& items, size_t i);
  void put(const Store& store, int32_t durability);

 private:
  memtier_item_builder* builder_ = nullptr;
};

// Stores all items in large batches and flushes.
void put_all(Store& store, const Items& items);

// Room for the image of any item of Items.
inline constexpr size_t kImageRoom = 2048;

}  // namespace bench
