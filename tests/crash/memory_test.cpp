// Memory runs out: each allocation of a scenario through memtier.h fails once, on the calling thread. Every
// call says so or succeeds, what was acknowledged is there afterwards, and nothing leaks.
//
// malloc and its like are this program's own here, so it is not built with sanitizers.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "base/temp_folder.h"
#include "include/memtier.h"

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void __libc_free(void* memory);
}

namespace {

__thread bool armed = false;
__thread long until_failure = 0;  // allocations; 0: none fails
__thread long allocations = 0;
std::atomic<long> live{0};

bool fails_now() {
  if (!armed) return false;
  ++allocations;
  return allocations == until_failure;
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) void* malloc(size_t size) {
  if (fails_now()) return nullptr;
  ++live;
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void* calloc(size_t count, size_t size) {
  if (fails_now()) return nullptr;
  ++live;
  return __libc_calloc(count, size);
}
__attribute__((visibility("default"))) void* realloc(void* memory, size_t size) {
  if (fails_now()) return nullptr;
  if (memory == nullptr) ++live;
  return __libc_realloc(memory, size);
}
__attribute__((visibility("default"))) void free(void* memory) {
  if (memory != nullptr) --live;
  __libc_free(memory);
}
}

namespace memtier::testing {
namespace {

// What the calls of one run said.
struct Outcome {
  bool failed = false;  // some call said that there is no memory
  memtier_status put = MEMTIER_INVALID;
  memtier_status removed = MEMTIER_INVALID;
};

int32_t ignore_bytes(const void*, size_t, void*) {
  return MEMTIER_CALLBACK_OK;
}

class Scenario {
 public:
  explicit Scenario(std::string path) : path_(std::move(path)) {}

  Outcome run() {
    open();
    write();
    read();
    change();
    close();
    return run_;
  }

 private:
  // Calls with memory that runs out; afterwards it has not.
  memtier_status call(const std::function<memtier_status(memtier_error**)>& function) {
    memtier_error* error = nullptr;
    armed = true;
    const memtier_status status = function(&error);
    armed = false;
    if (status == MEMTIER_NO_MEMORY) run_.failed = true;
    const bool expected = status == MEMTIER_OK || status == MEMTIER_NO_MEMORY || run_.failed;
    EXPECT_TRUE(expected) << memtier_status_name(status) << ": " << memtier_error_message(error);
    memtier_error_destroy(error);
    return status;
  }

  void open() {
    call([&](auto error) { return memtier_options_create(&options_, error); });
    const std::pair<int32_t, int64_t> settings[] = {{MEMTIER_OPTION_BACKGROUND, 0},
                                                    {MEMTIER_OPTION_JOURNAL_BYTES, 256 << 10},
                                                    {MEMTIER_OPTION_RANDOM_SEED, 1}};
    for (const auto& [key, value] : settings) {
      if (options_ != nullptr) {
        call([&, k = key, v = value](auto error) {
          return memtier_options_set_int64(options_, k, v, error);
        });
      }
    }
    call([&](auto error) { return memtier_store_open(path_.c_str(), options_, &store_, error); });
    call([&](auto error) { return memtier_scope_create(&scope_, error); });
    if (scope_ == nullptr) return;
    scoped_ = call([&](auto error) {
                return memtier_scope_set(scope_, MEMTIER_SCOPE_USER, "ada", 3, error);
              }) == MEMTIER_OK;
  }

  void write() {
    call([&](auto error) { return memtier_item_builder_create(&builder_, error); });
    if (builder_ == nullptr || store_ == nullptr) return;
    const std::string json =
        R"({"id": "a", "content": "Ada likes green tea", "tags": ["tea"], "metadata": {"n": 1}})";
    const memtier_status set = call([&](auto error) {
      return memtier_item_builder_set_json(builder_, json.data(), json.size(), error);
    });
    if (set != MEMTIER_OK) return;
    memtier_item* item = nullptr;
    run_.put = call([&](auto error) {
      return memtier_item_put(store_, nullptr, builder_, MEMTIER_PUT_REPLACE, 0, &item, error);
    });
    memtier_item_destroy(item);
    memtier_items* items = nullptr;
    const memtier_item_builder* const builders[] = {builder_, builder_};
    call([&](auto error) {
      return memtier_item_put_many(store_, scope_, builders, 2, MEMTIER_PUT_REPLACE,
                                   MEMTIER_DURABILITY_FULL, nullptr, &items, error);
    });
    memtier_items_destroy(items);
  }

  void read() {
    if (store_ == nullptr || run_.put != MEMTIER_OK) return;
    memtier_item* item = nullptr;
    call([&](auto error) { return memtier_item_get(store_, nullptr, "a", 1, &item, error); });
    memtier_item_destroy(item);
    memtier_cursor* cursor = nullptr;
    memtier_items* items = nullptr;
    const std::string list = R"({"filter": {"tags": "tea", "metadata.n": 1}})";
    call([&](auto error) {
      return memtier_item_list(store_, nullptr, list.data(), list.size(), &cursor, error);
    });
    if (cursor != nullptr) {
      call([&](auto error) { return memtier_cursor_next(cursor, 10, nullptr, &items, error); });
    }
    memtier_items_destroy(items);
    memtier_cursor_destroy(cursor);
    memtier_hits* hits = nullptr;
    const std::string query = R"({"text": "green \"tea\"", "snippets": true, "explain": true})";
    call([&](auto error) {
      return memtier_store_search(store_, nullptr, query.data(), query.size(), nullptr, &hits,
                                  error);
    });
    memtier_hits_destroy(hits);
    memtier_writer writer = {};
    writer.struct_size = sizeof writer;
    writer.write = ignore_bytes;
    int64_t count = 0;
    call([&](auto error) {
      return memtier_store_export(store_, nullptr, nullptr, 0, &writer, nullptr, &count, error);
    });
  }

  void change() {
    if (store_ == nullptr || run_.put != MEMTIER_OK) return;
    call([&](auto error) { return memtier_store_flush(store_, nullptr, error); });
    int64_t validations = 0;
    call([&](auto error) {
      return memtier_item_validate(store_, scope_, "a", 1, &validations, error);
    });
    if (!scoped_) return;  // it would remove the item that must be there
    run_.removed =
        call([&](auto error) { return memtier_item_delete(store_, scope_, "a", 1, 0, 0, error); });
  }

  void close() {
    call([&](auto error) { return memtier_store_close(store_, error); });
    memtier_item_builder_destroy(builder_);
    memtier_scope_destroy(scope_);
    memtier_options_destroy(options_);
  }

  std::string path_;
  memtier_options* options_ = nullptr;
  memtier_store* store_ = nullptr;
  memtier_scope* scope_ = nullptr;
  memtier_item_builder* builder_ = nullptr;
  bool scoped_ = false;
  Outcome run_;
};

// Opens the store with memory enough and looks.
void expect_sound(const std::string& path, const Outcome& run) {
  memtier_store* store = nullptr;
  ASSERT_EQ(memtier_store_open(path.c_str(), nullptr, &store, nullptr), MEMTIER_OK);
  int64_t count = -1;
  EXPECT_EQ(memtier_item_count(store, nullptr, nullptr, 0, nullptr, &count, nullptr), MEMTIER_OK);
  EXPECT_LE(count, 2);
  if (run.put == MEMTIER_OK) {
    EXPECT_GE(count, 1) << "acknowledged";
  }
  memtier_hits* hits = nullptr;
  EXPECT_EQ(memtier_store_search(store, nullptr, R"({"text": "tea"})", 15, nullptr, &hits, nullptr),
            MEMTIER_OK);
  EXPECT_EQ(memtier_hits_count(hits), count) << "words and items agree";
  memtier_hits_destroy(hits);
  EXPECT_EQ(memtier_store_close(store, nullptr), MEMTIER_OK);
}

TEST(OutOfMemory, is_an_error_and_nothing_more) {
  const TempFolder folder;
  until_failure = 0;
  allocations = 0;
  for (int warm = 0; warm < 2; ++warm) {
    allocations = 0;
    const Outcome run = Scenario(folder.file("warm" + std::to_string(warm))).run();
    ASSERT_FALSE(run.failed);
    ASSERT_EQ(run.removed, MEMTIER_OK);
  }
  const long total = allocations;
  const long before = live;
  const char* all = std::getenv("MEMTIER_CRASH_ROUNDS");
  const long wanted = all != nullptr ? std::atol(all) : 150;
  const long step = std::max(1L, total / wanted);  // MEMTIER_CRASH_ROUNDS=20000: each allocation
  int failures = 0;
  for (long at = 1 + std::rand() % step; at <= total && !HasFailure(); at += step) {
    SCOPED_TRACE("allocation " + std::to_string(at) + " of " + std::to_string(total));
    const std::string path = folder.file("store");
    allocations = 0;
    until_failure = at;
    const Outcome run = Scenario(path).run();
    until_failure = 0;
    failures += run.failed ? 1 : 0;
    expect_sound(path, run);
    for (const char* suffix : {"", "-wal", "-shm", "-log"}) {
      std::filesystem::remove(path + suffix);
    }
  }
  EXPECT_GT(failures, 20) << "most allocations are needed";
  // What is kept for reuse (epochs, caches of threads) does not grow with the runs: 150 kept up to 1580
  // allocations, 400 and 1000 runs less than 1000.
  EXPECT_LT(live - before, 2500) << "of " << wanted << " runs";
  std::cout << total << " allocations, " << failures << " failures seen\n";
}

}  // namespace
}  // namespace memtier::testing
