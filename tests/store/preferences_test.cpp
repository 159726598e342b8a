// What is learned from feedback, as a value.
#include "model/preferences.h"

#include <gtest/gtest.h>

#include "base/must.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

constexpr int64_t kDayUs = 86'400'000'000;

class PreferencesTest : public ::testing::Test {
 protected:
  PreferencesTest() : store_(open_store(":memory:", quiet_options(make_clock()))) {}
  ItemRef item(const char* json) { return must_put(*store_, json); }
  std::unique_ptr<Store> store_;
};

TEST_F(PreferencesTest, spread_from_an_item_to_what_it_shares) {
  Preferences preferences;
  const ItemRef tea = item(R"({"id": "tea", "tags": ["drink"], "metadata": {"speaker": "Ada"}})");
  EXPECT_EQ(preferences.of(*tea, kStartUs), 0);
  preferences.add(*tea, 1, kStartUs);
  const double own = preferences.of(*tea, kStartUs);
  const double tagged = preferences.of(*item(R"({"id": "x", "tags": ["drink"]})"), kStartUs);
  const double said =
      preferences.of(*item(R"({"id": "y", "metadata": {"speaker": "Ada"}})"), kStartUs);
  EXPECT_GT(own, tagged);
  EXPECT_GT(tagged, said);
  EXPECT_GT(said, 0);
  EXPECT_EQ(preferences.of(*item(R"({"id": "z", "tags": ["food"]})"), kStartUs), 0);
  preferences.add(*tea, -1, kStartUs);
  EXPECT_DOUBLE_EQ(preferences.of(*tea, kStartUs), 0);
}

TEST_F(PreferencesTest, stay_within_bounds_and_fade) {
  Preferences preferences;
  const ItemRef tea = item(R"({"id": "tea", "tags": ["drink"]})");
  for (int i = 0; i < 1000; ++i) preferences.add(*tea, -1, kStartUs);
  const double now = preferences.of(*tea, kStartUs);
  EXPECT_GE(now, -1);
  EXPECT_LT(now, -0.7);
  EXPECT_GT(preferences.of(*tea, kStartUs + 2000 * kDayUs), -0.01);
  EXPECT_EQ(preferences.of(*tea, kStartUs - kDayUs), now) << "a clock that went back";
}

TEST_F(PreferencesTest, are_bounded_in_number_the_latest_stay) {
  Preferences preferences;
  for (int i = 0; i < 1100; ++i) {
    const std::string id = "i" + std::to_string(i);
    preferences.add(*item((R"({"id": ")" + id + R"("})").c_str()), 1, kStartUs + i);
  }
  const Json list = preferences.list(kStartUs + 1100);
  EXPECT_EQ(list.size(), Preferences::kMostFeatures);
  const std::string text = list.dump();
  EXPECT_NE(text.find("\"i1099\""), std::string::npos);
  EXPECT_EQ(text.find("\"i5\""), std::string::npos);
}

TEST_F(PreferencesTest, come_back_as_they_were) {
  Preferences preferences;
  const ItemRef tea = item(R"({"id": "t\u00e9a \"x\"", "tags": ["drink"], "type": "note"})");
  preferences.add(*tea, 0.25, kStartUs);
  const Preferences again = must(Preferences::parse(preferences.dump()));
  EXPECT_EQ(again.dump(), preferences.dump());
  EXPECT_EQ(again.of(*tea, kStartUs), preferences.of(*tea, kStartUs));
  for (const char* text : {"", "{}", "[1]", R"([[0, "x", 1, 1]])", R"([[9, "x", 1, 1, 1]])",
                           R"([[0, "x", -1, 1, 1]])", R"([[0, 1, 1, 1, 1]])"}) {
    EXPECT_EQ(Preferences::parse(text).code(), Code::kCorrupt) << text;
  }
}

TEST_F(PreferencesTest, are_forgotten_with_their_owner) {
  const Scope ada = scope_of({.user = "ada"});
  const Scope bob = scope_of({.user = "bob"});
  for (const Scope& owner : {ada, bob}) {
    must_put(*store_, owner, R"({"id": "tea", "tags": ["drink"]})");
    const std::vector<Feedback> liked = {{"tea", 1}};
    ASSERT_TRUE(store_->add_feedback(owner, liked).ok());
  }
  Control control;
  must(store_->forget(scope_of({.user = "ada", .session = "s1"}), control));
  EXPECT_NE(must(store_->list_preferences(ada)), "[]");
  must(store_->forget(ada, control));
  EXPECT_EQ(must(store_->list_preferences(ada)), "[]");
  EXPECT_NE(must(store_->list_preferences(bob)), "[]");
}

}  // namespace
}  // namespace memtier::testing
