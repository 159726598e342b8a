#include <gtest/gtest.h>

#include <thread>

#include "storage/sqlite/journal_testing.h"

namespace memtier::testing {
namespace {

class JournalTest : public ::testing::Test {
 protected:
  std::string path() const { return folder_.file("store"); }
  std::string log_path() const { return path() + "-log"; }
  TempFolder folder_;
};

TEST_F(JournalTest, begins_where_the_tables_stand) {
  const auto journal = open_journal(path(), {.position = 777, .sequence = 5, .next_row = 9});
  EXPECT_EQ(journal->head(), 777u);
  EXPECT_EQ(journal->folded(), 777u);
  EXPECT_EQ(journal->tail(), 777u);
  EXPECT_EQ(journal->next_sequence(), 6);
  EXPECT_EQ(journal->next_row(), 9);
  EXPECT_EQ(journal->capacity(), static_cast<uint64_t>(kSmallRing));
}

TEST_F(JournalTest, gives_back_what_was_appended) {
  const auto journal = open_journal(path());
  for (int i = 1; i <= 5; ++i) {
    const uint64_t position = append_frame(*journal, i);
    EXPECT_EQ(read_frame(*journal, position), frame_at(position, i));
  }
  EXPECT_EQ(journal->next_sequence(), 6);
}

TEST_F(JournalTest, goes_round_the_ring_with_frames_that_lie_across_its_end) {
  const auto journal = open_journal(path());
  bool crossed = false;
  for (int i = 1; i <= 200; ++i) {
    const size_t size = 50 + static_cast<size_t>(i * 37 % 300);
    const std::string frame = frame_at(journal->tail(), i, size);
    if (!journal->fits(frame.size())) {
      journal->set_folded(journal->tail());
      journal->set_head(journal->tail());
    }
    ASSERT_TRUE(journal->fits(frame.size()));
    const uint64_t position = append_frame(*journal, i, size);
    ASSERT_EQ(read_frame(*journal, position), frame);
    crossed = crossed || position % kSmallRing + frame.size() > kSmallRing;
  }
  EXPECT_TRUE(crossed);
  EXPECT_GT(journal->tail(), static_cast<uint64_t>(5 * kSmallRing));
}

TEST_F(JournalTest, finds_every_frame_again_wherever_in_the_ring_it_lies) {
  for (uint64_t start = 0; start < kSmallRing; start += 8) {
    const FoldState state{.position = start, .sequence = 0, .next_row = 1};
    uint64_t tail = 0;
    {
      const auto journal = open_journal(path(), state);
      for (int i = 1; i <= 3; ++i) (void)append_frame(*journal, i, 90);
      tail = journal->tail();
    }
    const auto journal = open_journal(path(), state);
    ASSERT_EQ(journal->tail(), tail) << "from " << start;
    EXPECT_EQ(journal->next_sequence(), 4);
    EXPECT_EQ(journal->next_row(), 4);
    std::filesystem::remove(log_path());
  }
}

TEST_F(JournalTest, says_what_fits_to_the_byte) {
  const auto journal = open_journal(path());
  const auto room = static_cast<uint64_t>(kSmallRing) - kTerminatorBytes;
  EXPECT_TRUE(journal->fits(room));
  EXPECT_FALSE(journal->fits(room + 1));
  const uint64_t frame = frame_at(0, 1).size();
  (void)append_frame(*journal, 1);
  EXPECT_TRUE(journal->fits(room - frame));
  EXPECT_FALSE(journal->fits(room - frame + 1));
  journal->set_head(frame);
  EXPECT_TRUE(journal->fits(room));
}

TEST_F(JournalTest, opens_again_with_a_ring_that_is_full_to_the_brim) {
  const uint64_t overhead = frame_at(0, 1, 8).size() - 8;
  {
    const auto journal = open_journal(path());
    (void)append_frame(*journal, 1, 1000);
    const uint64_t left = kSmallRing - kTerminatorBytes - journal->tail() - overhead;
    (void)append_frame(*journal, 2, left / 8 * 8);
    EXPECT_FALSE(journal->fits(8));
  }
  const auto journal = open_journal(path());
  EXPECT_EQ(journal->next_sequence(), 3);
  EXPECT_EQ(read_frame(*journal, 0), frame_at(0, 1, 1000));
}

TEST_F(JournalTest, starts_behind_what_the_tables_have_already) {
  uint64_t second = 0;
  {
    const auto journal = open_journal(path());
    (void)append_frame(*journal, 1);
    second = append_frame(*journal, 2);
    (void)append_frame(*journal, 3);
  }
  const auto journal = open_journal(path(), {.position = second, .sequence = 1, .next_row = 2});
  EXPECT_EQ(journal->head(), second);
  EXPECT_EQ(journal->next_sequence(), 4);
}

TEST_F(JournalTest, moves_positions_forward_only) {
  const auto journal = open_journal(path());
  (void)append_frame(*journal, 1);
  journal->set_folded(100);
  journal->set_folded(50);
  EXPECT_EQ(journal->folded(), 100u);
  journal->set_head(80);
  journal->set_head(20);
  EXPECT_EQ(journal->head(), 80u);
}

TEST_F(JournalTest, shows_one_handle_what_another_appended) {
  const auto one = open_journal(path());
  const auto two = open_journal(path());
  const uint64_t position = append_frame(*one, 1);
  EXPECT_EQ(two->tail(), one->tail());
  EXPECT_EQ(read_frame(*two, position), frame_at(position, 1));
  (void)append_frame(*two, 2);
  EXPECT_EQ(one->next_sequence(), 3);
}

TEST_F(JournalTest, gives_the_append_lock_to_one_at_a_time_and_says_busy_after_the_timeout) {
  const auto one = open_journal(path());
  const auto two = open_journal(path());
  lock(*one);
  bool interrupted = false;
  EXPECT_EQ(two->lock(false, &interrupted).code(), Code::kBusy);
  EXPECT_EQ(two->lock(true, &interrupted).code(), Code::kBusy);
  one->unlock();
  EXPECT_TRUE(two->lock(false, &interrupted).ok());
  EXPECT_FALSE(interrupted);
  EXPECT_EQ(one->lock(false, &interrupted).code(), Code::kBusy);
  two->unlock();
}

TEST_F(JournalTest, keeps_the_frames_of_threads_that_append_through_handles_of_their_own) {
  constexpr int kThreads = 4;
  constexpr int kEach = 200;
  const StoreIdentity identity = identity_with('u', 1 << 20);
  const auto watcher = must(try_open_journal(path(), {}, identity, 60'000));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const auto journal = must(try_open_journal(path(), {}, identity, 60'000));
      for (int i = 0; i < kEach; ++i) (void)append_frame(*journal, journal->next_sequence());
    });
  }
  for (auto& thread : threads) thread.join();
  uint64_t at = 0;
  int frames = 0;
  while (at < watcher->tail()) {
    const std::string frame = read_frame(*watcher, at);
    ASSERT_FALSE(frame.empty()) << "at " << at;
    at += frame.size();
    ++frames;
  }
  EXPECT_EQ(frames, kThreads * kEach);
}

TEST_F(JournalTest, leaves_its_file_to_the_last_one) {
  auto one = open_journal(path());
  auto two = open_journal(path());
  EXPECT_FALSE(one->leave());
  one.reset();
  EXPECT_TRUE(two->leave());
  EXPECT_EQ(try_open_journal(path()).code(), Code::kBusy) << "nobody comes in any more";
  two->remove();
  EXPECT_FALSE(std::filesystem::exists(log_path()));
  two.reset();
  EXPECT_TRUE(std::filesystem::exists(log_path()) || try_open_journal(path()).ok());
}

TEST_F(JournalTest, lets_a_newcomer_begin_anew_where_the_last_one_removed_the_file) {
  auto last = open_journal(path(), {}, 1 << 16);
  const StoreIdentity identity = identity_with('u', 1 << 16);
  std::thread newcomer;
  ASSERT_TRUE(last->leave());
  Result<std::unique_ptr<Journal>> opened = Status(Code::kInternal, "not yet");
  newcomer = std::thread([&] {
    opened =
        try_open_journal(path(), {.position = 640, .sequence = 1, .next_row = 2}, identity, 60'000);
  });
  last->remove();
  last.reset();
  newcomer.join();
  ASSERT_TRUE(opened.ok()) << opened.take_status().message();
  EXPECT_EQ(opened.value()->tail(), 640u);
  EXPECT_TRUE(std::filesystem::exists(log_path()));
}

TEST_F(JournalTest, lives_in_memory_without_a_file) {
  const auto journal = open_journal("");
  const uint64_t position = append_frame(*journal, 1);
  EXPECT_EQ(read_frame(*journal, position), frame_at(position, 1));
  must(journal->sync(journal->tail()));
}

TEST_F(JournalTest, syncs_for_many_threads_at_once) {
  const auto journal = must(try_open_journal(path(), {}, identity_with('u', 1 << 20), 60'000));
  std::mutex appending;  // between lock() and unlock(): one thread of the process
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        {
          const std::lock_guard guard(appending);
          (void)append_frame(*journal, journal->next_sequence());
        }
        must(journal->sync(journal->tail()));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(journal->next_sequence(), 101);
}

}  // namespace
}  // namespace memtier::testing
