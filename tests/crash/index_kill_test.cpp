// A process is killed while it makes an index: what is found is the same as ever, and the next one to make
// the index goes on where it was.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "crash/victim.h"
#include "storage/integrity.h"

namespace memtier::testing {
namespace {

constexpr int kItems = 20'000;
constexpr int kRounds = 12;

void put_items(const std::string& path) {
  const auto store = open_store(path, crash_options());
  std::vector<Draft> drafts(kItems);
  std::vector<Store::PutRequest> requests;
  const Scope scope;
  for (int i = 0; i < kItems; ++i) {
    must(drafts[i].set_id("i" + std::to_string(i)));
    must(drafts[i].set_metadata(R"({"n": )" + std::to_string(i % 100) + "}"));
    requests.push_back({&drafts[i], &scope});
  }
  Control control;
  std::vector<Outcome> outcomes;
  must(store->put_many(requests, PutMode::kReplace, Durability::kNormal, control, &outcomes));
  for (Outcome& outcome : outcomes) must(std::move(outcome.status));
  must(store->close());
}

[[noreturn]] void make_index(const std::string& path, int pipe) {
  try {
    const auto store = open_store(path, crash_options());
    Control control({}, [pipe](int64_t, int64_t) -> Status {
      if (write(pipe, "x", 1) != 1) _exit(4);
      return {};
    });
    must(store->create_index({"n", "metadata.n"}, control));
    (void)write(pipe, "x", 1);
    pause();
  } catch (...) {
  }
  _exit(3);
}

TEST(KillWhileIndexing, leaves_an_index_that_the_next_one_finishes) {
  Random random;
  const TempFolder folder;
  put_items(folder.file());
  const FilterRef filter = filter_of(R"({"metadata.n": 7})");
  int unfinished = 0;
  for (int round = 0; round < kRounds && !::testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t maker = fork();
    if (maker == 0) make_index(folder.file(), ends[1]);
    char byte = 0;
    ASSERT_EQ(read(ends[0], &byte, 1), 1);  // the first step is done
    usleep(static_cast<useconds_t>(random.below(30'000)));
    kill(maker, SIGKILL);
    waitpid(maker, nullptr, 0);
    close(ends[0]);
    close(ends[1]);
    const auto store = open_store(folder.file(), crash_options());
    Control control;
    const Json before = Json::parse(must(store->list_indexes(control)));
    ASSERT_EQ(before.size(), 1u);
    unfinished += before[0]["state"] == "building" ? 1 : 0;
    EXPECT_EQ(must(store->count(Scope(), filter, control)), kItems / 100);
    if (random.one_in(2)) {
      must(store->create_index({"n", "metadata.n"}, control));
      const Json after = Json::parse(must(store->list_indexes(control)));
      EXPECT_EQ(after[0]["state"], "ready");
      EXPECT_EQ(after[0]["entries"], kItems);
      EXPECT_EQ(must(store->count(Scope(), filter, control)), kItems / 100);
    }
    must(store->drop_index("n", control));
    must(store->close());
  }
  EXPECT_GT(unfinished, 0) << "no round came in the middle of the work";
  EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
}

}  // namespace
}  // namespace memtier::testing
