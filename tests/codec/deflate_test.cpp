#include "codec/deflate.h"

#include "base/must.h"
#include "base/seed.h"

namespace memtier::testing {
namespace {

constexpr size_t kPlenty = 1 << 20;

TEST(Deflate, comes_back_at_every_level) {
  Random random;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100}, size_t{70'000}}) {
    for (const int level : {1, 6, 9}) {
      const std::string bytes = random.bytes(size);
      EXPECT_EQ(must(inflate_bytes(must(deflate_bytes(bytes, level)), kPlenty)), bytes);
    }
  }
}

TEST(Deflate, makes_text_smaller) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "She said that tea was what she liked. ";
  EXPECT_LT(must(deflate_bytes(text, 9)).size(), text.size() / 10);
}

TEST(Inflate, does_not_grow_beyond_what_is_allowed) {
  const std::string small = must(deflate_bytes(std::string(100'000, 'a'), 9));
  EXPECT_EQ(inflate_bytes(small, 99'999).code(), Code::kCorrupt);
  EXPECT_EQ(must(inflate_bytes(small, 100'000)).size(), 100'000u);
}

TEST(Inflate, tells_damage) {
  const std::string good = must(deflate_bytes("some text that is long enough", 6));
  EXPECT_EQ(inflate_bytes("", kPlenty).code(), Code::kCorrupt);
  EXPECT_EQ(inflate_bytes("no zlib at all", kPlenty).code(), Code::kCorrupt);
  EXPECT_EQ(inflate_bytes(good + "x", kPlenty).code(), Code::kCorrupt) << "something follows";
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(inflate_bytes(good.substr(0, size), kPlenty).code(), Code::kCorrupt) << size;
  }
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    const auto result = inflate_bytes(bad, kPlenty);
    if (result.ok()) {
      EXPECT_EQ(result.value(), "some text that is long enough") << at;
    }
  }
}

}  // namespace
}  // namespace memtier::testing
