#include "tiers/access_tracker.h"

#include "base/must.h"
#include "tiers/tiers_testing.h"

namespace memtier::testing {
namespace {

TEST(AccessTracker, hands_each_read_of_a_resident_item_on_once) {
  AccessTracker tracker;
  const ItemRef item = tier_item("a", 7);
  EXPECT_FALSE(tracker.has_pending());
  tracker.count_resident(*item, 10);
  tracker.count_resident(*item, 20);
  EXPECT_TRUE(tracker.has_pending());
  auto deltas = tracker.take();
  ASSERT_EQ(deltas.size(), 1u);
  EXPECT_EQ(deltas[0].row, 7);
  EXPECT_EQ(deltas[0].count, 2);
  EXPECT_EQ(deltas[0].accessed_us, 20);
  EXPECT_TRUE(tracker.take().empty());
  tracker.count_resident(*item, 30);
  deltas = tracker.take();
  ASSERT_EQ(deltas.size(), 1u);
  EXPECT_EQ(deltas[0].count, 1);
  EXPECT_EQ(item->access_count(), 3) << "the item shows all of them";
}

TEST(AccessTracker, remembers_reads_of_items_that_are_not_resident) {
  AccessTracker tracker;
  const ItemRef first = tier_item("a", 7, "text", 2);
  EXPECT_EQ(tracker.count_cold(*first, 100, 3), 0) << "there was no third read yet";
  const ItemRef second = tier_item("a", 7, "text", 2);
  EXPECT_EQ(tracker.count_cold(*second, 200, 2), 100) << "the second newest";
  EXPECT_EQ(second->access_count(), 2) << "shown, although the table does not know them yet";
  const ItemRef third = tier_item("a", 7, "text", 2);
  EXPECT_EQ(tracker.count_cold(*third, 300, 3), 100) << "the third newest";
  EXPECT_EQ(tracker.count_cold(*third, 400, 1), 400);
  const auto deltas = tracker.take();
  ASSERT_EQ(deltas.size(), 1u);
  EXPECT_EQ(deltas[0].count, 4);
  EXPECT_EQ(deltas[0].accessed_us, 400);
}

TEST(AccessTracker, takes_no_count_back_while_it_is_being_written) {
  AccessTracker tracker;
  const ItemRef base = tier_item("a", 7, "text", 2);
  const auto read = [&](int64_t written, int64_t sequence) {
    ItemFields fields = base->fields();
    fields.access_count = written;
    fields.sequence = sequence;
    const ItemRef item = ItemRef::adopt(Item::create(fields, 7).detach());
    (void)tracker.count_cold(*item, 100, 1);
    return item->access_count();
  };
  EXPECT_EQ(read(0, 1), 1);
  EXPECT_EQ(read(0, 1), 2);
  ASSERT_EQ(tracker.take().size(), 1u);
  EXPECT_EQ(read(0, 1), 3) << "the two are taken, but not in the table yet";
  EXPECT_EQ(read(2, 1), 4) << "and now they are";
  EXPECT_EQ(read(0, 2), 3) << "a new version may say another count; three reads are unwritten";
}

TEST(AccessTracker, gives_rows_in_their_order) {
  AccessTracker tracker;
  for (const int64_t row : {5, 99, 1, 42, 17}) {
    (void)tracker.count_cold(*tier_item("i" + std::to_string(row), row, "text", 2), 1, 1);
  }
  std::vector<int64_t> rows;
  for (const AccessDelta& delta : tracker.take()) rows.push_back(delta.row);
  EXPECT_EQ(rows, (std::vector<int64_t>{1, 5, 17, 42, 99}));
}

TEST(AccessTracker, is_bounded_and_counts_what_it_gave_up) {
  AccessTracker tracker;
  constexpr int64_t kReads = 100'000;
  const ItemRef item = tier_item("a", 1, "text", 2);
  for (int64_t row = 1; row <= kReads; ++row) {
    ItemFields fields = item->fields();
    (void)tracker.count_cold(*Item::create(fields, row), 1, 1);
  }
  const auto taken = static_cast<int64_t>(tracker.take().size());
  EXPECT_LT(taken, kReads);
  EXPECT_EQ(taken + tracker.dropped(), kReads);
}

}  // namespace
}  // namespace memtier::testing
