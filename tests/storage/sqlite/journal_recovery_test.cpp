// What the journal makes of files that a crash, a loss of power or a stranger left behind.
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "storage/sqlite/journal_testing.h"

namespace memtier::testing {
namespace {

constexpr size_t kHeaderBytes = 4096;

class JournalRecovery : public ::testing::Test {
 protected:
  std::string path() const { return folder_.file("store"); }
  std::string log_path() const { return path() + "-log"; }

  // A journal file with frames 1 to `count`; the positions of their ends.
  std::vector<uint64_t> make_frames(int count, FoldState state = {}) {
    std::vector<uint64_t> ends;
    const auto journal = open_journal(path(), state);
    for (int i = 1; i <= count; ++i) {
      (void)append_frame(*journal, i);
      ends.push_back(journal->tail());
    }
    return ends;
  }

  uint64_t tail_after_opening(FoldState state = {}) { return open_journal(path(), state)->tail(); }

  TempFolder folder_;
};

TEST_F(JournalRecovery, drops_a_last_frame_that_is_damaged_at_any_byte) {
  const auto ends = make_frames(3);
  const std::string file = read_file(log_path());
  for (uint64_t at = ends[1]; at < ends[2]; ++at) {
    std::string damaged = file;
    damaged[kHeaderBytes + at] ^= 0x55;
    write_file(log_path(), damaged);
    ASSERT_EQ(tail_after_opening(), ends[1]) << "byte " << at - ends[1];
  }
}

TEST_F(JournalRecovery, drops_a_last_frame_that_was_written_only_up_to_any_byte) {
  for (const uint64_t start : {uint64_t{0}, uint64_t{kSmallRing - 700}}) {
    const FoldState state{.position = start, .sequence = 0, .next_row = 1};
    std::filesystem::remove(log_path());
    const auto ends = make_frames(3, state);
    const std::string file = read_file(log_path());
    for (uint64_t cut = ends[1]; cut <= ends[2]; ++cut) {
      for (const char filler : {'\0', '\xa5'}) {
        std::string torn = file;
        for (uint64_t at = cut; at < ends[2]; ++at) {
          torn[kHeaderBytes + at % kSmallRing] = filler;
        }
        const bool whole = torn == file;
        write_file(log_path(), torn);
        ASSERT_EQ(tail_after_opening(state), whole ? ends[2] : ends[1])
            << "cut at " << cut - ends[1] << " of " << ends[2] - ends[1];
      }
    }
  }
}

TEST_F(JournalRecovery, drops_everything_behind_a_damaged_frame) {
  const auto ends = make_frames(4);
  std::string file = read_file(log_path());
  file[kHeaderBytes + ends[0] + 40] ^= 1;
  write_file(log_path(), file);
  const auto journal = open_journal(path());
  EXPECT_EQ(journal->tail(), ends[0]);
  EXPECT_EQ(journal->next_sequence(), 2);
}

TEST_F(JournalRecovery, does_not_trust_the_positions_in_the_header) {
  const auto ends = make_frames(3);
  std::string file = read_file(log_path());
  // Loss of power: the header's page never reached the disk as it was at the end.
  const uint64_t old_tail = ends[0];
  const size_t tail_at = file.find(std::string(reinterpret_cast<const char*>(&ends[2]), 8), 16);
  ASSERT_LT(tail_at, kHeaderBytes);
  std::memcpy(file.data() + tail_at, &old_tail, sizeof old_tail);
  write_file(log_path(), file);
  EXPECT_EQ(tail_after_opening(), ends[2]);
}

TEST_F(JournalRecovery, does_not_take_an_old_lap_for_new_frames) {
  // Frames of equal size fill the ring; the next lap stops in its middle.
  uint64_t tail = 0;
  uint64_t head = 0;
  {
    const auto journal = open_journal(path());
    const uint64_t size = frame_at(0, 1).size();
    for (int i = 1; i <= 30; ++i) {
      if (!journal->fits(size)) {
        head = journal->tail();
        journal->set_folded(head);
        journal->set_head(head);
      }
      (void)append_frame(*journal, i);
    }
    tail = journal->tail();
  }
  EXPECT_EQ(tail_after_opening({.position = head, .sequence = 0, .next_row = 1}), tail);
}

TEST_F(JournalRecovery, finds_a_whole_frame_that_its_writer_could_not_publish_any_more) {
  uint64_t end = 0;
  {
    const auto journal = open_journal(path());
    lock(*journal);
    std::string frame = frame_at(0, 1);
    end = frame.size();
    must(journal->write(0, &frame));
  }
  const uint64_t tail = tail_after_opening();
  EXPECT_TRUE(tail == end || tail == 0) << "all of it or nothing";
}

TEST_F(JournalRecovery, does_not_bring_back_frames_that_somebody_else_wrote_over) {
  // Two frames, never published; then one of the size of the first takes its place.
  uint64_t end = 0;
  {
    const auto journal = open_journal(path());
    lock(*journal);
    std::string frames = frame_at(0, 1);
    frames += frame_at(frames.size(), 2);
    must(journal->write(0, &frames));
    journal->unlock();
    (void)append_frame(*journal, 7);
    end = journal->tail();
  }
  const auto journal = open_journal(path());
  EXPECT_EQ(journal->tail(), end);
  EXPECT_EQ(read_frame(*journal, 0), frame_at(0, 7));
  EXPECT_EQ(journal->next_sequence(), 8);
}

TEST_F(JournalRecovery, does_not_bring_them_back_after_the_writer_recovered_in_between) {
  uint64_t first_end = 0;
  {
    const auto journal = open_journal(path());
    lock(*journal);
    std::string frames = frame_at(0, 1);
    first_end = frames.size();
    frames += frame_at(first_end, 2);
    frames[first_end - 1] ^= 1;  // the first did not reach the disk
    must(journal->write(0, &frames));
  }
  {
    const auto journal = open_journal(path());
    EXPECT_EQ(journal->tail(), 0u);
    (void)append_frame(*journal, 7);
  }
  EXPECT_EQ(tail_after_opening(), first_end);
}

TEST_F(JournalRecovery, passes_over_the_note_of_a_large_item_whose_transaction_did_not_end) {
  const auto ends = make_frames(1);
  {
    const auto journal = open_journal(path());
    lock(*journal);
    Change note;
    note.kind = WriteOp::Kind::kPut;
    note.row = 2;
    note.sequence = 2;
    note.to = 0;
    std::string frame(sizeof(FrameHeader), '\0');
    append_operation(note, &frame);
    finish_frame(ends[0], &frame);
    must(journal->write(ends[0], &frame));
  }
  EXPECT_EQ(tail_after_opening(), ends[0]);
}

TEST_F(JournalRecovery, tells_the_next_that_the_last_one_was_killed_while_appending) {
  const auto journal = open_journal(path());
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto own = open_journal(path());
    lock(*own);
    _exit(0);  // as if killed: the lock goes, the flag stays
  }
  waitpid(child, nullptr, 0);
  bool interrupted = false;
  lock(*journal, &interrupted);
  EXPECT_TRUE(interrupted);
  journal->unlock(true);
  lock(*journal, &interrupted);
  EXPECT_TRUE(interrupted) << "what it left undone is still to be done";
  journal->unlock();
  lock(*journal, &interrupted);
  EXPECT_FALSE(interrupted);
  journal->unlock();
}

TEST_F(JournalRecovery, refuses_the_journal_of_another_store) {
  (void)make_frames(1);
  const auto others = try_open_journal(path(), {}, identity_with('v'));
  EXPECT_EQ(others.code(), Code::kCorrupt);
  const auto open = open_journal(path());
  EXPECT_EQ(try_open_journal(path(), {}, identity_with('v')).code(), Code::kCorrupt);
}

TEST_F(JournalRecovery, refuses_a_journal_that_is_ahead_of_the_tables) {
  {
    const auto journal = open_journal(path(), {.position = 800, .sequence = 3, .next_row = 4});
    (void)append_frame(*journal, 4);
    journal->set_head(journal->tail());
  }
  const std::string message = message_of(
      try_open_journal(path(), {.position = 800, .sequence = 3, .next_row = 4}), Code::kCorrupt);
  EXPECT_NE(message.find("older"), std::string::npos) << message;
}

TEST_F(JournalRecovery, refuses_a_newer_format_and_damaged_headers) {
  (void)make_frames(1);
  const std::string file = read_file(log_path());
  struct Damage {
    size_t at;
    std::string bytes;
    Code code;
  };
  const std::string two("\2\0\0\0", 4);
  const std::vector<Damage> damages = {{8, two, Code::kNewerFormat},
                                       {0, "garbage!", Code::kCorrupt},
                                       {12, two, Code::kCorrupt},                   // header size
                                       {32, std::string(8, '\0'), Code::kCorrupt},  // capacity
                                       {32, std::string(8, '\xff'), Code::kCorrupt}};
  for (const Damage& damage : damages) {
    std::string damaged = file;
    damaged.replace(damage.at, damage.bytes.size(), damage.bytes);
    write_file(log_path(), damaged);
    EXPECT_EQ(try_open_journal(path()).code(), damage.code) << "at " << damage.at;
    EXPECT_EQ(read_file(log_path()), damaged) << "left as it was";
  }
}

TEST_F(JournalRecovery, survives_a_file_cut_to_any_size) {
  (void)make_frames(2);
  const std::string file = read_file(log_path());
  for (size_t size = 0; size < file.size(); size += size < 200 ? 1 : 61) {
    write_file(log_path(), file.substr(0, size));
    const Code code = try_open_journal(path()).code();
    EXPECT_TRUE(size == 0 ? code == Code::kOk : code == Code::kCorrupt) << size;
  }
}

TEST_F(JournalRecovery, begins_anew_where_its_maker_was_stopped_before_it_was_ready) {
  write_file(log_path(), std::string(1000, '\0'));
  EXPECT_EQ(tail_after_opening({.position = 64, .sequence = 1, .next_row = 2}), 64u);
  std::filesystem::remove(log_path());
  write_file(log_path(), std::string(kHeaderBytes + kSmallRing, '\0'));
  EXPECT_EQ(tail_after_opening({.position = 64, .sequence = 1, .next_row = 2}), 64u);
}

TEST_F(JournalRecovery, says_so_when_the_tables_cannot_be_asked) {
  const auto failing = [] { return Result<FoldState>(Status(Code::kIo, "no")); };
  EXPECT_EQ(Journal::open(path(), identity_with(), 50, failing).code(), Code::kIo);
  EXPECT_EQ(tail_after_opening(), 0u) << "and can be opened afterwards";
}

}  // namespace
}  // namespace memtier::testing
