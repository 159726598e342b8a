// A process that writes, makes segments and merges them is killed at any moment: the index answers as the
// items say, and what was acknowledged is found. MEMTIER_CRASH_ROUNDS sets how often.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "index/text/inverted_text_index.h"
#include "storage/integrity.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

TextIndexSettings tiny_segments() {
  TextIndexSettings settings;
  settings.segment_documents = 12;
  settings.max_segment_bytes = 16 << 10;
  return settings;
}

// Puts the items 0, 1, 2, ... each with a word of its own, and every third of the ones before anew; tells of
// each that is acknowledged. Never returns.
[[noreturn]] void write_until_killed(const std::string& path, int first, int told) {
  RecordingSink sink;
  SqliteSettings settings;
  settings.path = path;
  auto storage = must(SqliteStorage::open(settings));
  InvertedTextIndex index(*storage, Tokenizer::kEnglish, tiny_segments());
  must(storage->attach(&sink, &index));
  std::thread tidy([&] {
    while (true) (void)index.maintain(true).ok();
  });
  const Scope scope;
  for (int number = first;; ++number) {
    for (const int which : {number, number / 3}) {
      const std::string id = "i" + std::to_string(which);
      const std::string content =
          "tea w" + std::to_string(which) + " v" + std::to_string(number) + "x";
      std::vector<WriteOp> batch;
      batch.push_back(
          WriteOp::put(make_item(scope, {.id = id, .content = content}), &scope, given_plan()));
      must(storage->commit(batch, Durability::kNormal, 1000, true));
      must(std::move(batch[0].status));
    }
    if (number % 3 == 0) must(storage->fold(true));
    if (write(told, &number, sizeof number) != sizeof number) _exit(1);
  }
}

int64_t found(InvertedTextIndex& index, const std::string& words) {
  const Scope scope;
  const auto query = must(TextQuery::natural(words, false));
  return static_cast<int64_t>(
      must(index.search(query, {}, {&scope, 1000}, parse_filter(""), 0, 1'000'000, {}))
          .hits.size());
}

TEST(MergeKill, leaves_an_index_that_answers_correctly) {
  Random random;
  const TempFolder folder;
  const char* given = std::getenv("MEMTIER_CRASH_ROUNDS");
  const int rounds = given != nullptr ? std::atoi(given) : 25;
  int acknowledged = -1;
  for (int round = 0; round < rounds; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(pipe_ends[0]);
      write_until_killed(folder.file(), acknowledged + 1, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    // After so many writes, and then at some moment of the next ones.
    int number = acknowledged;
    for (uint64_t left = 1 + random.below(120); left > 0; --left) {
      ASSERT_EQ(read(pipe_ends[0], &number, sizeof number), static_cast<ssize_t>(sizeof number));
      acknowledged = number;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(3000)));
    kill(child, SIGKILL);
    while (read(pipe_ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number)) {
      acknowledged = number;
    }
    close(pipe_ends[0]);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);

    RecordingSink sink;
    SqliteSettings settings;
    settings.path = folder.file();
    auto storage = must(SqliteStorage::open(settings));
    InvertedTextIndex index(*storage, Tokenizer::kEnglish, tiny_segments());
    must(storage->attach(&sink, &index));
    const int64_t all = found(index, "tea");
    ASSERT_GE(all, acknowledged + 1);
    ASSERT_LE(all, acknowledged + 2) << "one write was under way";
    for (int i = 0; i < 20; ++i) {
      const auto which = random.below(static_cast<uint64_t>(acknowledged) + 1);
      ASSERT_EQ(found(index, "w" + std::to_string(which)), 1) << which;
    }
    // The write that was under way may have replaced the second of them again.
    const int64_t newest = found(index, "v" + std::to_string(acknowledged) + "x");
    const bool two = acknowledged / 3 != acknowledged && all == acknowledged + 1;
    ASSERT_TRUE(newest == 2 || (newest == 1 && !two)) << newest;
    must(storage->close());
    ASSERT_EQ(integrity_problems(folder.file()), std::vector<std::string>()) << "round " << round;
  }
}

}  // namespace
}  // namespace memtier::testing
