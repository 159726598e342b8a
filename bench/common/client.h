// memtier through memtier.h, with failures as exceptions: what a C++ user would write around it.
#pragma once

#include <memtier.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/items.h"
#include "common/vectors.h"

namespace bench {

// Throws if the status says so; takes the error over.
void check(memtier_status status, memtier_error* error, const char* what);

struct StoreOptions {
  std::string ladder;                     // empty: the store's own, or the default one
  int64_t memory_limit_bytes = 0;         // 0: the default
  std::string embedder = {};              // empty: the default
  const memtier_clock* clock = nullptr;   // null: the system's
  int64_t compress_threshold_bytes = -1;  // -1: the default
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

// Makes a space of kDimension, by cosine.
void make_space(const Store& store, const std::string& name);
// The first of the items get these. Seconds, to the last one's being in the tables.
double put_vectors(Store& store, const std::string& space, const Vectors& vectors,
                   const std::function<std::string(size_t)>& id_of);

// A query by a vector, perhaps by words as well.
class VectorSearch {
 public:
  // `document` without the vector.
  VectorSearch(const Store& store, const std::string& document);
  ~VectorSearch();
  VectorSearch(const VectorSearch&) = delete;
  VectorSearch& operator=(const VectorSearch&) = delete;
  std::vector<std::string> ids(const float* vector) const;

 private:
  const Store& store_;
  memtier_query* query_ = nullptr;
};

// Room for the image of any item of Items.
inline constexpr size_t kImageRoom = 2048;

}  // namespace bench
