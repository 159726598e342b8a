// Dates that people name in their questions.
#include "model/named_date.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace memtier::testing {
namespace {

using Dates = std::vector<NamedDate>;

TEST(NamedDates, are_found_as_people_write_them) {
  const Dates day = {{2023, 5, 8}};
  EXPECT_EQ(dates_in("What did she say on 8 May, 2023?"), day);
  EXPECT_EQ(dates_in("on May 8th, 2023"), day);
  EXPECT_EQ(dates_in("on the 8th of May 2023"), day);
  EXPECT_EQ(dates_in("since 2023-05-08."), day);
  EXPECT_EQ(dates_in("MAY 2023"), (Dates{{2023, 5, 0}}));
  EXPECT_EQ(dates_in("who came in june"), (Dates{{0, 6, 0}}));
  EXPECT_EQ(dates_in("June 3"), (Dates{{0, 6, 3}}));
  EXPECT_EQ(dates_in("in May and in May, in July 2022"), (Dates{{0, 5, 0}, {2022, 7, 0}}));
}

TEST(NamedDates, are_not_seen_where_there_are_none) {
  for (const char* text :
       {"", "may I come", "the soldiers march 40 miles", "in 2023", "April likes tea", "2023-13-01",
        "2023-05-99", "1-2-3", "a 40 may", "\xff\xfe in", "----------"}) {
    EXPECT_EQ(dates_in(text), Dates()) << text;
  }
  std::string many;
  for (int day = 1; day <= 28; ++day) many += "in May " + std::to_string(day) + ", ";
  EXPECT_EQ(dates_in(many).size(), 8U);
}

double closeness(const NamedDate& date, const char* time) {
  return date.closeness(parse_time_us(time).value());
}

TEST(NamedDates, are_close_to_what_was_told_soon_after) {
  const NamedDate day{2023, 5, 8};
  EXPECT_DOUBLE_EQ(closeness(day, "2023-05-08T00:00:00Z"), 1);
  EXPECT_DOUBLE_EQ(closeness(day, "2023-05-08T23:59:59Z"), 1);
  EXPECT_DOUBLE_EQ(closeness(day, "2023-05-07T12:00:00Z"), 0.5);
  EXPECT_DOUBLE_EQ(closeness(day, "2023-05-12T00:00:00Z"), 0.5);
  EXPECT_LT(closeness(day, "2023-04-08T00:00:00Z"), 1e-6);
  EXPECT_LT(closeness(day, "2024-05-08T00:00:00Z"), 1e-6);
  const NamedDate month{2023, 12, 0};
  EXPECT_DOUBLE_EQ(closeness(month, "2023-12-31T23:00:00Z"), 1);
  EXPECT_DOUBLE_EQ(closeness(month, "2024-01-08T00:00:00Z"), 0.5);
}

TEST(NamedDates, without_a_year_are_those_of_any) {
  EXPECT_DOUBLE_EQ(closeness({0, 6, 0}, "2019-06-30T00:00:00Z"), 1);
  EXPECT_DOUBLE_EQ(closeness({0, 12, 31}, "2020-01-04T00:00:00Z"), 0.5);
  EXPECT_DOUBLE_EQ(closeness({0, 1, 1}, "2019-12-31T12:00:00Z"), 0.5);
  EXPECT_GE(closeness({0, 2, 31}, "1965-03-03T00:00:00Z"), 0) << "no such day, no harm";
}

}  // namespace
}  // namespace memtier::testing
