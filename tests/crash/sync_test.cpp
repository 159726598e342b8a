// The journal's sync fails: what memtier.h, section 5, says of a FULL write then.
//
// fdatasync is this program's own here; SQLite's syncs go through the faulty file system and not through
// it, as that asks for the system's.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "storage/integrity.h"
#include "store/store_testing.h"

namespace {
std::atomic<int> sync_error{0};  // an errno; 0: syncs go well
}  // namespace

extern "C" __attribute__((visibility("default"))) int fdatasync(int file) {
  if (sync_error == 0) return static_cast<int>(syscall(SYS_fdatasync, file));
  errno = sync_error;
  return -1;
}

namespace memtier::testing {
namespace {

class FailingSync : public ::testing::TestWithParam<std::pair<int, Code>> {
 protected:
  void TearDown() override { sync_error = 0; }

  static Status put_full(Store& store, std::string_view id) {
    Draft draft;
    must(draft.set_id(id));
    const Scope scope;
    const Store::PutRequest request{&draft, &scope};
    auto outcome = store.put(request, PutMode::kReplace, Durability::kFull);
    return outcome.ok() ? std::move(outcome->status) : outcome.take_status();
  }
};

TEST_P(FailingSync, fails_the_write_which_stands_as_a_normal_one_until_the_store_is_opened_anew) {
  const auto [error, code] = GetParam();
  const TempFolder folder;
  auto store = open_store(folder.file(), quiet_options(make_clock()));
  const auto other = open_store(folder.file(), quiet_options(make_clock()));
  sync_error = error;
  const Status unsafe = put_full(*store, "a");
  EXPECT_EQ(unsafe.code(), code) << unsafe.message();
  EXPECT_EQ(listed(*store), std::vector<std::string>{"a"}) << "the write stands";
  EXPECT_EQ(listed(*other), std::vector<std::string>{"a"}) << "in every process";
  sync_error = 0;
  const Status later = put_full(*store, "b");
  EXPECT_EQ(later.code(), Code::kIo) << "what the disk holds is not known any more";
  EXPECT_NE(later.message().find("open it again"), std::string::npos) << later.message();
  Control control;
  must(store->flush(control));                            // writes it all anew, into the file
  must_put(*store, R"({"id": "c", "content": "text"})");  // NORMAL goes on
  must(other->close());
  must(store->close());
  store = open_store(folder.file(), quiet_options(make_clock()));
  must(put_full(*store, "d"));
  EXPECT_EQ(listed(*store).size(), 4u);
  must(store->close());
  EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(Errors, FailingSync,
                         ::testing::Values(std::pair(EIO, Code::kIo),
                                           std::pair(EDQUOT, Code::kFull)),
                         [](const auto& test) {
                           return test.param.first == EIO ? "an_error" : "the_quota";
                         });

}  // namespace
}  // namespace memtier::testing
