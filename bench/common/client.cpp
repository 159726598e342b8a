#include "common/client.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "common/measure.h"

namespace bench {

void check(memtier_status status, memtier_error* error, const char* what) {
  if (status == MEMTIER_OK) return;
  std::string message = std::string(what) + ": " + memtier_status_name(status);
  if (error != nullptr) message += std::string(": ") + memtier_error_message(error);
  memtier_error_destroy(error);
  throw std::runtime_error(message);
}

Store::Store(const std::string& path, const StoreOptions& options) {
  memtier_options* all = nullptr;
  memtier_error* error = nullptr;
  check(memtier_options_create(&all, nullptr), nullptr, "memtier_options_create");
  if (!options.ladder.empty()) {
    check(memtier_options_set_text(all, MEMTIER_OPTION_LADDER, options.ladder.data(),
                                   options.ladder.size(), &error),
          error, "ladder");
  }
  if (options.memory_limit_bytes != 0) {
    check(memtier_options_set_int64(all, MEMTIER_OPTION_MEMORY_LIMIT_BYTES,
                                    options.memory_limit_bytes, &error),
          error, "memory limit");
  }
  if (!options.embedder.empty()) {
    check(memtier_options_set_text(all, MEMTIER_OPTION_EMBEDDER, options.embedder.data(),
                                   options.embedder.size(), &error),
          error, "embedder");
  }
  if (options.compress_threshold_bytes >= 0) {
    check(memtier_options_set_int64(all, MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES,
                                    options.compress_threshold_bytes, &error),
          error, "compress threshold");
  }
  if (options.clock != nullptr) {
    check(memtier_options_set_clock(all, options.clock, &error), error, "clock");
  }
  const memtier_status status = memtier_store_open(path.c_str(), all, &store_, &error);
  memtier_options_destroy(all);
  check(status, error, "memtier_store_open");
}

Store::~Store() {
  (void)memtier_store_close(store_, nullptr);
}

void Store::flush() {
  memtier_error* error = nullptr;
  check(memtier_store_flush(store_, nullptr, &error), error, "memtier_store_flush");
}

void Store::close() {
  memtier_error* error = nullptr;
  check(memtier_store_close(store_, &error), error, "memtier_store_close");
  store_ = nullptr;
}

memtier_store_statistics Store::statistics() const {
  memtier_store_statistics statistics{};
  statistics.struct_size = sizeof statistics;
  memtier_error* error = nullptr;
  check(memtier_store_get_statistics(store_, &statistics, &error), error, "statistics");
  return statistics;
}

int64_t Store::search(const std::string& query) const {
  memtier_hits* hits = nullptr;
  memtier_error* error = nullptr;
  check(memtier_store_search(store_, nullptr, query.data(), query.size(), nullptr, &hits, &error),
        error, "memtier_store_search");
  const int64_t count = memtier_hits_count(hits);
  memtier_hits_destroy(hits);
  return count;
}

Builder::Builder() {
  check(memtier_item_builder_create(&builder_, nullptr), nullptr, "memtier_item_builder_create");
}

Builder::~Builder() {
  memtier_item_builder_destroy(builder_);
}

void Builder::set(const Items& items, size_t i) {
  memtier_status status = memtier_item_builder_clear(builder_, nullptr);
  const auto text = [&](int32_t field, std::string_view value) {
    if (status != MEMTIER_OK) return;
    status = memtier_item_builder_set_text(builder_, field, value.data(), value.size(), nullptr);
  };
  const auto tag = [&](std::string_view value) {
    if (status != MEMTIER_OK) return;
    status = memtier_item_builder_add_tag(builder_, value.data(), value.size(), nullptr);
  };
  text(MEMTIER_FIELD_ID, items.id(i));
  text(MEMTIER_FIELD_TYPE, items.type(i));
  text(MEMTIER_FIELD_CONTENT, items.content(i));
  text(MEMTIER_FIELD_METADATA, items.metadata(i));
  tag(items.tag(i, 0));
  tag(items.tag(i, 1));
  check(status, nullptr, "filling a builder");
  check(memtier_item_builder_set_double(builder_, MEMTIER_FIELD_IMPORTANCE, items.importance(i),
                                        nullptr),
        nullptr, "importance");
  check(memtier_item_builder_set_int64(builder_, MEMTIER_FIELD_CREATED_US, items.created_us(i),
                                       nullptr),
        nullptr, "time of creation");
}

void Builder::put(const Store& store, int32_t durability) {
  memtier_error* error = nullptr;
  check(memtier_item_put(store.handle(), nullptr, builder_, MEMTIER_PUT_REPLACE, durability,
                         nullptr, &error),
        error, "memtier_item_put");
}

void put_all(Store& store, const Items& items) {
  constexpr size_t kBatch = 2000;
  std::vector<std::unique_ptr<Builder>> builders;
  std::vector<const memtier_item_builder*> handles;
  for (size_t i = 0; i < std::min(kBatch, items.size()); ++i) {
    builders.push_back(std::make_unique<Builder>());
    handles.push_back(builders.back()->handle());
  }
  for (size_t begin = 0; begin < items.size(); begin += kBatch) {
    const size_t count = std::min(kBatch, items.size() - begin);
    for (size_t i = 0; i < count; ++i) builders[i]->set(items, begin + i);
    memtier_error* error = nullptr;
    check(memtier_item_put_many(store.handle(), nullptr, handles.data(),
                                static_cast<int64_t>(count), MEMTIER_PUT_REPLACE,
                                MEMTIER_DURABILITY_NORMAL, nullptr, nullptr, &error),
          error, "memtier_item_put_many");
  }
  store.flush();
}

void make_space(const Store& store, const std::string& name) {
  const std::string space =
      R"({"name":")" + name + R"(","dimension":)" + std::to_string(kDimension) + "}";
  memtier_error* error = nullptr;
  check(memtier_space_create(store.handle(), space.data(), space.size(), &error), error,
        "memtier_space_create");
}

double put_vectors(Store& store, const std::string& space, const Vectors& vectors,
                   const std::function<std::string(size_t)>& id_of) {
  constexpr size_t kBatch = 10'000;
  const Stopwatch watch;
  for (size_t begin = 0; begin < vectors.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, vectors.size());
    std::string ids;
    std::vector<int64_t> ends;
    for (size_t i = begin; i < end; ++i) {
      ids += id_of(i);
      ends.push_back(static_cast<int64_t>(ids.size()));
    }
    memtier_error* error = nullptr;
    check(
        memtier_vector_put_many(store.handle(), nullptr, ids.data(), ends.data(),
                                static_cast<int64_t>(ends.size()), space.data(), space.size(),
                                vectors.at(begin), static_cast<int64_t>((end - begin) * kDimension),
                                MEMTIER_DURABILITY_DEFAULT, nullptr, nullptr, &error),
        error, "memtier_vector_put_many");
  }
  store.flush();
  return watch.seconds();
}

VectorSearch::VectorSearch(const Store& store, const std::string& document) : store_(store) {
  memtier_error* error = nullptr;
  check(memtier_query_create(document.data(), document.size(), &query_, &error), error,
        "memtier_query_create");
}

VectorSearch::~VectorSearch() {
  memtier_query_destroy(query_);
}

std::vector<std::string> VectorSearch::ids(const float* vector) const {
  memtier_error* error = nullptr;
  memtier_hits* hits = nullptr;
  check(memtier_query_set_vector(query_, vector, kDimension, &error), error,
        "memtier_query_set_vector");
  check(memtier_query_run(store_.handle(), nullptr, query_, nullptr, &hits, &error), error,
        "memtier_query_run");
  std::vector<std::string> ids;
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    memtier_slice id{};
    check(memtier_hits_read_text(hits, i, MEMTIER_FIELD_ID, &id, nullptr), nullptr, "read");
    ids.emplace_back(static_cast<const char*>(id.data), id.size);
  }
  memtier_hits_destroy(hits);
  return ids;
}

}  // namespace bench
