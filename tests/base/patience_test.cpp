#include "base/patience.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/clock.h"

namespace memtier {
namespace {

constexpr int64_t kLimitUs = 60 * kSecondUs;

void let_some_time_pass() {
  const int64_t begin_us = monotonic_us();
  while (monotonic_us() == begin_us) std::this_thread::yield();
}

TEST(Patience, outside_of_a_call_each_wait_has_its_own_limit) {
  EXPECT_EQ(Patience::left_us(kLimitUs), kLimitUs);
  let_some_time_pass();
  EXPECT_EQ(Patience::left_us(kLimitUs), kLimitUs);
  EXPECT_EQ(Patience::left_us(0), 0);
}

TEST(Patience, all_waits_of_a_call_have_one_limit_from_the_first_on) {
  const Patience call(kLimitUs);
  let_some_time_pass();
  EXPECT_EQ(Patience::left_us(kLimitUs), kLimitUs);
  let_some_time_pass();
  EXPECT_LT(Patience::left_us(kLimitUs), kLimitUs);
  EXPECT_EQ(Patience::left_us(1000), 1000);
  Patience::renew();
  EXPECT_EQ(Patience::left_us(kLimitUs), kLimitUs);
}

TEST(Patience, nothing_is_left_of_nothing) {
  Patience::begin(0);
  EXPECT_EQ(Patience::left_us(kLimitUs), 0);
  Patience::end();
  EXPECT_EQ(Patience::left_us(kLimitUs), kLimitUs);
}

TEST(Patience, a_part_of_a_call_may_have_less_and_the_rest_has_what_it_had) {
  const Patience call(kLimitUs);
  {
    const Patience part(0);
    EXPECT_EQ(Patience::left_us(kLimitUs), 0);
  }
  EXPECT_GT(Patience::left_us(kLimitUs), 0);
  {
    const Patience part(2 * kLimitUs);
    EXPECT_LE(Patience::left_us(2 * kLimitUs), kLimitUs);
  }
  Patience::begin(0);  // a call inside of a call
  EXPECT_GT(Patience::left_us(kLimitUs), 0);
  Patience::end();
}

TEST(Patience, each_thread_has_its_own) {
  const Patience call(0);
  int64_t other = 0;
  std::thread([&other] { other = Patience::left_us(kLimitUs); }).join();
  EXPECT_EQ(other, kLimitUs);
}

}  // namespace
}  // namespace memtier
