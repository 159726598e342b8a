#include "base/text.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/seed.h"

namespace memtier::testing {
namespace {

TEST(Utf8, is_told_from_what_only_looks_like_it) {
  for (const char* good : {"", "plain", "Grüße", "日本", "🙂", "\xef\xbb\xbf bom"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  using namespace std::string_view_literals;
  EXPECT_TRUE(is_utf8("with\0zero"sv));
  const std::string_view bad[] = {"\x80"sv,
                                  "\xc3"sv,
                                  "a\xff"sv,
                                  "\xc0\xaf"sv,
                                  "\xed\xa0\x80"sv,
                                  "\xf5\x80\x80\x80"sv,
                                  "long enough to be looked at by word \xe2\x82"sv};
  for (const std::string_view text : bad) EXPECT_FALSE(is_utf8(text));
}

TEST(Text, knows_control_characters) {
  EXPECT_FALSE(has_control_characters("Grüße, with spaces"));
  EXPECT_TRUE(has_control_characters("a\nb"));
  EXPECT_TRUE(has_control_characters("a\x7f"));
}

TEST(FoldCase, makes_equal_what_differs_only_in_case) {
  EXPECT_EQ(fold_case("HELLO World"), "hello world");
  EXPECT_EQ(fold_case("STRASSE"), fold_case("straße"));
  EXPECT_EQ(fold_case("ÀÉÎ"), fold_case("àéî"));
  EXPECT_EQ(fold_case("e\u0301"), fold_case("É")) << "composed or not";
  EXPECT_NE(fold_case("a"), fold_case("á"));
}

TEST(Base64, is_that_of_the_standard) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(base64_encode(plain), coded);
    EXPECT_EQ(base64_decode(coded), plain);
  }
}

TEST(Base64, comes_back_whatever_the_bytes) {
  Random random;
  for (size_t size = 0; size < 100; ++size) {
    const std::string bytes = random.bytes(size);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
  }
}

TEST(Base64, refuses_what_is_none) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Z===", "====", "Zg=a", "Zm9v\n", "Zm 9", "Zg==Zg=="}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

struct TimeCase {
  const char* text;
  int64_t seconds;
  int64_t micros;
};

TEST(Time, is_read_as_people_write_it) {
  const TimeCase cases[] = {
      {"1970-01-01", 0, 0},
      {"1970-01-01T00:00:01Z", 1, 0},
      {"1969-12-31T23:59:59Z", -1, 0},
      {"2026-05-01", 1777593600, 0},
      {"2026-05-01T09:30", 1777627800, 0},
      {"2026-05-01 09:30:15", 1777627815, 0},
      {"2026-05-01T09:30:15.5", 1777627815, 500000},
      {"2026-05-01T09:30:15,123456Z", 1777627815, 123456},
      {"2026-05-01T09:30:15.1234567Z", 1777627815, 123456},
      {"2026-05-01T09:30:15+02:00", 1777620615, 0},
      {"2026-05-01T09:30:15-0130", 1777633215, 0},
      {"2026-05-01T09:30:15+02", 1777620615, 0},
      {"2024-02-29", 1709164800, 0},
      {"2000-02-29", 951782400, 0},
  };
  for (const TimeCase& c : cases) {
    EXPECT_EQ(parse_time_us(c.text), c.seconds * kSecondUs + c.micros) << c.text;
  }
}

TEST(Time, is_refused_where_it_is_none) {
  for (const char* text : {"",
                           "2026",
                           "2026-05",
                           "2026-5-1",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-02-30",
                           "2025-02-29",
                           "1900-02-29",
                           "2026-05-01T",
                           "2026-05-01T24:00",
                           "2026-05-01T09:60",
                           "2026-05-01T09:30:61",
                           "2026-05-01T09:30Q",
                           "2026-05-01x",
                           "2026-05-01T09:30:15+",
                           "2026-05-01T09:30+25:00",
                           "yesterday",
                           "-2026-05-01",
                           " 2026-05-01"}) {
    EXPECT_FALSE(parse_time_us(text)) << text;
  }
}

TEST(Time, is_written_so_that_it_reads_back) {
  EXPECT_EQ(format_time(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_time(1777627815 * kSecondUs), "2026-05-01T09:30:15Z");
  EXPECT_EQ(format_time(1777627815 * kSecondUs + 5), "2026-05-01T09:30:15.000005Z");
  Random random;
  for (int i = 0; i < 1000; ++i) {
    const auto time_us = static_cast<int64_t>(random.below(253402300799)) * kSecondUs +
                         static_cast<int64_t>(random.below(kSecondUs));
    EXPECT_EQ(parse_time_us(format_time(time_us)), time_us);
  }
}

TEST(Hash, stays_what_it_is_because_it_stands_in_files) {
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2ULL);
  EXPECT_NE(hash64("a"), hash64("b"));
  EXPECT_NE(hash64("a"), hash64("a", 1));
}

}  // namespace
}  // namespace memtier::testing
