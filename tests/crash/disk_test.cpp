// Disks that are full, fail, or tear a page. What was acknowledged stays, what failed says so, and when
// the disk is well again the store goes on.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "crash/faulty_vfs.h"
#include "storage/integrity.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using Problems = std::vector<std::string>;

StoreOptions small_options() {
  StoreOptions options = quiet_options(make_clock());
  options.journal_bytes = 256 << 10;
  options.memory_limit_bytes = 16 << 20;
  return options;
}

// Puts, removes and flushes until it has done so many things; notes what was acknowledged.
class Writer {
 public:
  explicit Writer(Store& store) : store_(store) {}

  void work(int steps) {
    for (int i = 0; i < steps; ++i) {
      const std::string id = "i" + std::to_string(i % 50);
      if (i % 13 == 12) {
        note(id, false, store_.remove(Scope(), id, 0, Durability::kNormal));
      } else {
        Draft draft;
        must(draft.set_id(id));
        must(draft.set_content(std::string(4000, static_cast<char>('a' + i % 26))));
        note(id, true, put(draft));
      }
      if (i % 40 == 39) note_failure(store_.flush(control_));
      if (i % 25 == 24) note_failure(store_.count(Scope(), filter_of("")).take_status());
    }
  }

  const std::set<std::string>& there() const { return there_; }
  const std::vector<Status>& failures() const { return failures_; }

 private:
  Status put(const Draft& draft) {
    static const Scope kScope;
    const Store::PutRequest request{&draft, &kScope};
    auto outcome = store_.put(request, PutMode::kReplace, Durability::kNormal);
    return outcome.ok() ? std::move(outcome->status) : outcome.take_status();
  }
  void note(const std::string& id, bool is_put, Status status) {
    if (status.code() == Code::kNotFound) return;
    if (!status.ok()) return note_failure(std::move(status));
    if (is_put) there_.insert(id);
    if (!is_put) there_.erase(id);
  }
  void note_failure(Status status) {
    if (!status.ok()) failures_.push_back(std::move(status));
  }

  Store& store_;
  Control control_;
  std::set<std::string> there_;
  std::vector<Status> failures_;
};

std::set<std::string> ids_in(Store& store) {
  std::set<std::string> ids;
  for (const std::string& id : listed(store)) ids.insert(id);
  return ids;
}

struct FaultCase {
  Fault fault;
  bool lasting;
  Code code;
};

class FailingDisk : public ::testing::TestWithParam<FaultCase> {
 protected:
  static void SetUpTestSuite() { install_faulty_disk(); }
  void TearDown() override { mend_disk(); }
};

TEST_P(FailingDisk, loses_nothing_says_so_and_is_forgotten_when_it_is_well) {
  const FaultCase param = GetParam();
  int hit = 0;
  for (int64_t number = 1; number < 1000; number += 1 + number / 2) {
    SCOPED_TRACE("from write or sync " + std::to_string(number));
    const TempFolder folder;
    auto store = open_store(folder.file(), small_options());
    must_put(*store, R"({"id": "before", "content": "text"})");
    flush(*store);
    Writer writer(*store);
    fail_disk(param.fault, number, param.lasting);
    writer.work(150);
    if (!mend_disk()) break;
    ++hit;
    for (const Status& failure : writer.failures()) {
      EXPECT_EQ(failure.code(), param.code) << failure.message();
      EXPECT_NE(failure.message(), "");
    }
    std::set<std::string> expected = writer.there();
    expected.insert("before");
    EXPECT_EQ(ids_in(*store), expected) << "with the same handle";
    must_put(*store, R"({"id": "after", "content": "text"})");
    expected.insert("after");
    must(store->close());
    store = open_store(folder.file(), small_options());
    EXPECT_EQ(ids_in(*store), expected) << "opened anew";
    must(store->close());
    ASSERT_EQ(integrity_problems(folder.file()), Problems());
  }
  EXPECT_GE(hit, 3);
}

constexpr FaultCase kFaults[] = {
    {Fault::kFull, false, Code::kFull},     {Fault::kFull, true, Code::kFull},
    {Fault::kQuota, false, Code::kFull},    {Fault::kQuota, true, Code::kFull},
    {Fault::kWriteError, false, Code::kIo}, {Fault::kWriteError, true, Code::kIo},
    {Fault::kSyncError, false, Code::kIo},  {Fault::kSyncError, true, Code::kIo},
};

std::string name_of(const ::testing::TestParamInfo<FaultCase>& info) {
  const char* const names[] = {"full", "quota", "write_error", "sync_error"};
  const std::string name = names[static_cast<int>(info.param.fault)];
  return name + (info.param.lasting ? "_lasting" : "_once");
}

INSTANTIATE_TEST_SUITE_P(Disks, FailingDisk, ::testing::ValuesIn(kFaults), name_of);

TEST(TornWrite, is_mended_when_the_store_is_opened_again) {
  install_faulty_disk();
  int torn = 0;
  for (int64_t number = 1; number < 2000; number += 1 + number / 3) {
    SCOPED_TRACE("write " + std::to_string(number));
    const TempFolder folder;
    const pid_t child = fork();
    if (child == 0) {
      try {
        const auto store = open_store(folder.file(), small_options());
        fail_disk(Fault::kTornWrite, number, false);
        for (int i = 0; i < 120; ++i) {
          must_put(*store, "{\"id\": \"" + std::to_string(i) + "\", \"content\": \"text\"}");
          if (i % 20 == 19) flush(*store);
          write_file(folder.file("done"), std::to_string(i + 1));
        }
      } catch (...) {
        _exit(3);
      }
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 0) break;
    ASSERT_EQ(WEXITSTATUS(status), 9);
    ++torn;
    const bool any = std::filesystem::exists(folder.file("done"));
    const size_t done = any ? std::stoul(read_file(folder.file("done"))) : 0;
    const auto store = open_store(folder.file(), small_options());
    const size_t found = listed(*store).size();
    EXPECT_GE(found, done);
    EXPECT_LE(found, done + 1);
    must_put(*store, R"({"id": "after", "content": "text"})");
    must(store->close());
    ASSERT_EQ(integrity_problems(folder.file()), Problems());
  }
  EXPECT_GT(torn, 5);
}

// Files of this process cannot grow beyond a size: what SQLite and the journal see of a full disk.
class NoRoom {
 public:
  explicit NoRoom(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    old_handler_ = signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~NoRoom() {
    setrlimit(RLIMIT_FSIZE, &before_);
    (void)signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit before_{};
  void (*old_handler_)(int) = nullptr;
};

TEST(FullDisk, is_noticed_when_a_store_is_made_and_leaves_nothing_that_harms) {
  const TempFolder folder;
  {
    const NoRoom limit(200 << 10);  // less than the journal
    const auto store = Store::open(folder.file(), small_options());
    ASSERT_FALSE(store.ok());
    EXPECT_EQ(store.code(), Code::kFull);
  }
  const auto store = open_store(folder.file(), small_options());
  must_put(*store, R"({"id": "a", "content": "text"})");
  EXPECT_EQ(listed(*store), std::vector<std::string>{"a"});
}

TEST(FullDisk, refuses_writes_when_the_journal_is_full_and_goes_on_when_there_is_room) {
  const TempFolder folder;
  StoreOptions options = small_options();
  options.busy_timeout_ms = 100;
  auto store = open_store(folder.file(), options);
  Writer writer(*store);
  {
    const NoRoom limit(300 << 10);  // the journal fits, what it is folded into does not
    writer.work(200);
  }
  EXPECT_FALSE(writer.failures().empty());
  for (const Status& failure : writer.failures()) {
    EXPECT_EQ(failure.code(), Code::kFull) << failure.message();
  }
  EXPECT_EQ(ids_in(*store), writer.there());
  must(store->close());
  store = open_store(folder.file(), options);
  EXPECT_EQ(ids_in(*store), writer.there());
  must(store->close());
  EXPECT_EQ(integrity_problems(folder.file()), Problems());
}

}  // namespace
}  // namespace memtier::testing
