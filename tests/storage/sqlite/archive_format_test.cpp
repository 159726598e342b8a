// The bytes of blocks: what is written is read, and what is damaged is refused.
#include "storage/sqlite/archive_format.h"

#include <gtest/gtest.h>

namespace memtier::testing {
namespace {

using namespace std::string_view_literals;

std::vector<BlockEntry> entries_of(const std::string& bytes) {
  std::vector<BlockEntry> entries;
  EXPECT_TRUE(decode_entries(bytes, &entries));
  return entries;
}

TEST(ArchiveFormat, entries_come_back_in_any_order_of_rows) {
  const std::string bytes = encode_entries({{7, "seven"}, {3, ""}, {INT64_MAX, "last"}});
  const auto entries = entries_of(bytes);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].row, 7);
  EXPECT_EQ(entries[1].row, 3);
  EXPECT_EQ(entries[1].content, "");
  EXPECT_EQ(entries[2].row, INT64_MAX);
  EXPECT_EQ(entries[2].content, "last");
}

// 3 entries, separated: 3 * 2 + 1; rows 1, 2, 1 as steps 1, 1, -1 in zigzag: 2, 2, 1.
TEST(ArchiveFormat, is_as_the_file_format_says) {
  EXPECT_EQ(encode_entries({{1, "a"}, {2, "b"}, {1, "c"}}),
            "\x07\x02\x02\x01"
            "a\0b\0c\0"sv);
  EXPECT_EQ(encode_entries({{1, "a\0"sv}}),
            "\x02\x02\x02"
            "a\0"sv);
  EXPECT_EQ(encode_block_ref({300, 5}), "\xac\x02\x05");
}

TEST(ArchiveFormat, a_content_with_a_nul_inside_stays_whole) {
  const std::string bytes = encode_entries({{1, "a\0b"sv}, {2, "c"}});
  EXPECT_EQ(entries_of(bytes)[0].content, "a\0b"sv);
}

TEST(ArchiveFormat, what_is_cut_or_goes_on_is_refused) {
  const std::string bytes = encode_entries({{1, "first"}, {2, "second"}});
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::vector<BlockEntry> entries;
    EXPECT_FALSE(decode_entries(std::string_view(bytes).substr(0, size), &entries)) << size;
  }
  std::vector<BlockEntry> entries;
  EXPECT_FALSE(decode_entries(bytes + "x", &entries));
  EXPECT_FALSE(decode_block_ref("\x80"sv).ok());
  EXPECT_FALSE(decode_block_ref("\x01\x01\x01"sv).ok());
}

TEST(ArchiveFormat, a_block_with_one_bit_wrong_is_refused) {
  const std::string block = encode_block({3, 100, "frame"});
  const auto parts = decode_block(block);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->dictionary, 3);
  EXPECT_EQ(parts->size, 100U);
  EXPECT_EQ(parts->frame, "frame");
  for (size_t at = 0; at < block.size(); ++at) {
    std::string damaged = block;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_FALSE(decode_block(damaged)) << at;
  }
}

}  // namespace
}  // namespace memtier::testing
