#include "storage/sqlite/journal_format.h"

#include "storage/sqlite/journal_testing.h"

namespace memtier::testing {
namespace {

Change change_of(WriteOp::Kind kind, int64_t number) {
  Change change;
  change.kind = kind;
  change.reason = Reason::kManual;
  change.existed = true;
  change.from = 1;
  change.to = 2;
  change.row = number;
  change.key_hash = 0xfedcba9876543210;
  change.sequence = number + 1;
  change.time_us = -5;
  change.bytes_before = 7;
  change.bytes_after = 8;
  change.value = 9;
  return change;
}

std::string body_of(const std::vector<Change>& changes) {
  std::string frame(sizeof(FrameHeader), '\0');
  for (const Change& change : changes) append_operation(change, &frame);
  return frame.substr(sizeof(FrameHeader));
}

TEST(JournalFormat, brings_every_field_of_every_kind_back) {
  std::vector<Change> changes;
  for (int kind = 1; kind <= 5; ++kind) {
    changes.push_back(change_of(static_cast<WriteOp::Kind>(kind), kind));
  }
  changes[0].item = ItemRef::adopt(make_item(Scope(), {.content = "abc"}).detach());
  const auto read = must(parse_operations(body_of(changes)));
  ASSERT_EQ(read.size(), changes.size());
  for (size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].kind, changes[i].kind);
    EXPECT_EQ(read[i].reason, changes[i].reason);
    EXPECT_EQ(read[i].existed, changes[i].existed);
    EXPECT_EQ(read[i].from, changes[i].from);
    EXPECT_EQ(read[i].to, changes[i].to);
    EXPECT_EQ(read[i].row, changes[i].row);
    EXPECT_EQ(read[i].key_hash, changes[i].key_hash);
    EXPECT_EQ(read[i].sequence, changes[i].sequence);
    EXPECT_EQ(read[i].time_us, changes[i].time_us);
    EXPECT_EQ(read[i].bytes_before, changes[i].bytes_before);
    EXPECT_EQ(read[i].bytes_after, changes[i].bytes_after);
    EXPECT_EQ(read[i].value, changes[i].value);
    EXPECT_EQ(static_cast<bool>(read[i].item), i == 0);
  }
  EXPECT_EQ(read[0].item->image(), changes[0].item->image());
  EXPECT_EQ(read[0].item->row(), 1);
}

TEST(JournalFormat, makes_frames_whose_size_is_a_multiple_of_eight) {
  for (size_t size = 0; size < 20; ++size) EXPECT_EQ(frame_at(0, 1, size).size() % 8, 0u);
}

TEST(JournalFormat, knows_a_frame_only_at_its_own_place) {
  const std::string frame = frame_at(640, 1);
  FrameHeader header;
  std::memcpy(&header, frame.data(), sizeof header);
  const std::string_view body = std::string_view(frame).substr(sizeof header);
  EXPECT_TRUE(is_plausible(header, 640, 1 << 20));
  EXPECT_TRUE(checksum_holds(header, body));
  EXPECT_FALSE(is_plausible(header, 648, 1 << 20));
  EXPECT_FALSE(is_plausible(header, 640, frame.size() - 8)) << "larger than the ring";
  header.position = 648;
  EXPECT_FALSE(checksum_holds(header, body)) << "the place is part of the checksum";
}

TEST(JournalFormat, refuses_bodies_cut_anywhere) {
  std::vector<Change> changes = {change_of(WriteOp::Kind::kPut, 1)};
  changes[0].item = ItemRef::adopt(make_item(Scope(), {}).detach());
  const std::string body = body_of(changes);
  for (size_t size = 1; size < body.size(); ++size) {
    EXPECT_EQ(parse_operations(std::string_view(body).substr(0, size)).code(), Code::kCorrupt);
  }
}

TEST(JournalFormat, survives_bodies_with_any_byte_changed) {
  std::vector<Change> changes = {change_of(WriteOp::Kind::kMove, 1),
                                 change_of(WriteOp::Kind::kPut, 2)};
  changes[1].item = ItemRef::adopt(make_item(Scope(), {.metadata = R"({"a": 1})"}).detach());
  const std::string body = body_of(changes);
  Random random;
  for (size_t at = 0; at < body.size(); ++at) {
    for (int round = 0; round < 8; ++round) {
      std::string damaged = body;
      damaged[at] = static_cast<char>(random.below(256));
      const Code code = parse_operations(damaged).code();
      EXPECT_TRUE(code == Code::kOk || code == Code::kCorrupt) << "byte " << at;
    }
  }
}

}  // namespace
}  // namespace memtier::testing
