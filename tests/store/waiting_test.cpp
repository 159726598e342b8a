// What a store does while somebody else holds what it needs.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/patience.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

constexpr int64_t kForeverMs = 3'600'000;

class Waiting : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(const std::shared_ptr<ManualClock>& clock) const {
    StoreOptions options = quiet_options(clock);
    options.busy_timeout_ms = kForeverMs;
    options.ttl_refresh_on_read = true;
    return open_store(folder_.file(), std::move(options));
  }
  TempFolder folder_;
};

// Keeps everybody from appending to the journal, as another process does while it writes.
class AppendLock {
 public:
  explicit AppendLock(const std::string& store) : file_(::open((store + "-log").c_str(), O_RDWR)) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 1;
    lock.l_len = 1;
    EXPECT_EQ(fcntl(file_, F_OFD_SETLK, &lock), 0);
  }
  ~AppendLock() { ::close(file_); }

 private:
  const int file_;
};

// Keeps everybody from changing the tables.
class TableLock {
 public:
  explicit TableLock(const std::string& store) {
    EXPECT_EQ(sqlite3_open(store.c_str(), &database_), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~TableLock() { sqlite3_close(database_); }

 private:
  sqlite3* database_ = nullptr;
};

TEST_F(Waiting, what_a_read_asked_for_is_written_by_the_call_that_comes_next) {
  const auto clock = make_clock();
  const auto store = open(clock);
  must_put(*store, R"({"id": "a", "ttl_us": 10000000})");
  must_put(*store, R"({"id": "b", "tier": "archive"})");
  clock->advance_us(6'000'000);
  {
    const AppendLock other(folder_.file());
    EXPECT_EQ(must(store->get(Scope(), "a"))->id(), "a");  // and waits for nobody
    for (int i = 0; i < 3; ++i) EXPECT_EQ(must(store->get(Scope(), "b"))->id(), "b");
    EXPECT_TRUE(must(store->exists(Scope(), "a")));
  }
  clock->advance_us(6'000'000);
  EXPECT_TRUE(must(store->exists(Scope(), "a")));
  EXPECT_LT(must(store->get(Scope(), "b"))->tier(), 3);
  EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 2);
  clock->advance_us(10'000'000);
  EXPECT_FALSE(must(store->exists(Scope(), "a")));
}

TEST_F(Waiting, what_a_read_asked_for_is_written_at_close) {
  const auto clock = make_clock();
  {
    const auto store = open(clock);
    must_put(*store, R"({"id": "a", "ttl_us": 10000000})");
    clock->advance_us(6'000'000);
    {
      const AppendLock other(folder_.file());
      must(store->get(Scope(), "a").take_status());
    }
    must(store->close());
  }
  clock->advance_us(6'000'000);
  EXPECT_TRUE(must(open(clock)->exists(Scope(), "a")));
}

// Each wait would be an hour: the test ends because the call has nothing left.
TEST_F(Waiting, all_that_a_call_waits_for_has_one_limit) {
  const auto store = open(make_clock());
  must_put(*store, R"({"id": "a"})");
  const Patience call(0);
  Draft draft = draft_of(R"({"id": "b"})");
  const Scope scope;
  const Store::PutRequest request{&draft, &scope};
  {
    const AppendLock other(folder_.file());
    for (const Durability durability : {Durability::kNormal, Durability::kFull}) {
      EXPECT_EQ(store->put(request, PutMode::kReplace, durability).code(), Code::kBusy);
    }
  }
  const TableLock other(folder_.file());
  EXPECT_EQ(store->count(scope, filter_of("")).code(), Code::kBusy);
  const ListRequest request_for_all = must(ListRequest::parse(""));
  EXPECT_EQ(store->list(scope, request_for_all, 10, Control()).code(), Code::kBusy);
}

}  // namespace
}  // namespace memtier::testing
