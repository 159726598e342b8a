#include "tiers/residency.h"

#include "base/epoch.h"
#include "base/must.h"
#include "tiers/tiers_testing.h"

namespace memtier::testing {
namespace {

constexpr int64_t kPlenty = 1 << 20;

class ResidencyTest : public ::testing::Test {
 protected:
  static Change put(const ItemRef& item, int32_t from = -1) {
    Change change;
    change.kind = WriteOp::Kind::kPut;
    change.row = item->row();
    change.key_hash = item->key_hash();
    change.from = from;
    change.to = item->tier();
    change.item = item;
    return change;
  }
  static Change move(const ItemRef& item, int32_t to, bool with_item) {
    Change change;
    change.kind = WriteOp::Kind::kMove;
    change.row = item->row();
    change.key_hash = item->key_hash();
    change.from = item->tier();
    change.to = to;
    if (with_item) change.item = item;
    return change;
  }
  static bool is_resident(const Residency& residency, std::string_view id) {
    const Scope scope;
    const EpochGuard guard;
    return residency.map().peek(ItemKey(scope, id)) != nullptr;
  }

  const Ladder ladder_ = must(Ladder::parse("default"));  // ram, ram, database, archive
};

TEST_F(ResidencyTest, keeps_items_of_ram_tiers) {
  Residency residency(ladder_, kPlenty);
  residency.apply(put(tier_item("working", 1, "text", 0)));
  residency.apply(put(tier_item("short", 2, "text", 1)));
  residency.apply(put(tier_item("long", 3, "text", 2)));
  EXPECT_TRUE(is_resident(residency, "working"));
  EXPECT_TRUE(is_resident(residency, "short"));
  EXPECT_FALSE(is_resident(residency, "long"));
  EXPECT_EQ(residency.count_in_tier(1), 1);
  EXPECT_FALSE(residency.is_ram(-1));
  EXPECT_FALSE(residency.is_ram(99));
}

TEST_F(ResidencyTest, follows_moves_and_removals) {
  Residency residency(ladder_, kPlenty);
  const ItemRef item = tier_item("a", 1, "text", 0);
  residency.apply(put(item));
  residency.apply(move(item, 1, false));
  EXPECT_EQ(item->tier(), 1);
  EXPECT_TRUE(is_resident(residency, "a"));
  residency.apply(move(item, 2, false));
  EXPECT_EQ(item->tier(), 2);
  EXPECT_FALSE(is_resident(residency, "a"));
  residency.apply(move(item, 0, true));
  EXPECT_TRUE(is_resident(residency, "a")) << "the item came with the change";
  Change removal = move(item, -1, false);
  removal.kind = WriteOp::Kind::kRemove;
  residency.apply(removal);
  EXPECT_FALSE(is_resident(residency, "a"));
}

TEST_F(ResidencyTest, shows_validation_and_expiry_on_the_item) {
  Residency residency(ladder_, kPlenty);
  const ItemRef item = tier_item("a", 1);
  residency.apply(put(item));
  Change change = move(item, 0, false);
  change.kind = WriteOp::Kind::kValidate;
  change.value = 4;
  residency.apply(change);
  EXPECT_EQ(item->validation_count(), 4);
  change.kind = WriteOp::Kind::kRefresh;
  change.value = 99;
  residency.apply(change);
  EXPECT_EQ(item->expires_us(), 99);
}

TEST_F(ResidencyTest, admits_what_was_read_unless_it_changed_meanwhile) {
  Residency residency(ladder_, kPlenty);
  const ItemRef item = tier_item("a", 1);
  EXPECT_TRUE(residency.admit(item, residency.stamp(item->key_hash())));
  const ItemRef other = tier_item("b", 2);
  const uint64_t stamp = residency.stamp(other->key_hash());
  residency.apply(move(other, 1, false));
  EXPECT_FALSE(residency.admit(other, stamp));
  const ItemRef cold = tier_item("c", 3, "text", 2);
  EXPECT_FALSE(residency.admit(cold, residency.stamp(cold->key_hash())));
}

TEST_F(ResidencyTest, stays_within_its_limit_and_lets_go_what_was_read_longest_ago) {
  const std::string content(1000, 'x');
  const auto size = static_cast<int64_t>(tier_item("i000", 1, content)->memory_bytes());
  Residency residency(ladder_, size * 100);
  for (int i = 0; i < 1000; ++i) {
    const std::string id = "i" + std::to_string(i);
    residency.apply(put(tier_item(id, i + 1, content, 0, i)));
    ASSERT_LE(residency.map().bytes(), residency.limit_bytes());
  }
  EXPECT_GT(residency.map().count(), 90);
  int64_t accessed = 0;
  residency.map().visit([&accessed](const Item& item) { accessed += item.accessed_us(); });
  EXPECT_GT(accessed / residency.map().count(), 700) << "those that are left were read lately";
  const ItemRef giant = tier_item("giant", 5000, std::string(static_cast<size_t>(size) * 200, 'x'));
  EXPECT_FALSE(residency.admit(giant, residency.stamp(giant->key_hash())));
}

TEST_F(ResidencyTest, keeps_what_is_long_as_a_guest_for_a_while) {
  const std::string content(8000, 'x');
  const auto size = static_cast<int64_t>(tier_item("a", 1, content)->memory_bytes());
  Residency residency(ladder_, (size * 4 + size / 2) * 16);  // four guests
  const auto id_of = [](int64_t row) { return "i" + std::to_string(row); };
  for (int64_t row = 1; row <= 6; ++row) {
    const ItemRef item = tier_item(id_of(row), row, content, 0);
    residency.apply(put(item));
    residency.apply(move(item, row % 2 == 0 ? 2 : 3, false));
    EXPECT_EQ(item->tier(), row % 2 == 0 ? 2 : 3);
  }
  for (int64_t row = 1; row <= 6; ++row) EXPECT_EQ(is_resident(residency, id_of(row)), row > 2);
  // What is read from the file comes in place of the first; what moves on stays what it is.
  const ItemRef read = tier_item("read", 7, content, 3);
  EXPECT_TRUE(residency.admit(read, residency.stamp(read->key_hash())));
  EXPECT_FALSE(is_resident(residency, id_of(3)));
  residency.apply(move(read, 2, false));
  EXPECT_EQ(read->tier(), 2);
  EXPECT_TRUE(is_resident(residency, "read"));
  // One that has come back into a RAM tier is none any more.
  residency.apply(move(read, 0, false));
  for (int64_t row = 10; row < 20; ++row) {
    const ItemRef item = tier_item(id_of(row), row, content, 3);
    EXPECT_TRUE(residency.admit(item, residency.stamp(item->key_hash())));
  }
  EXPECT_TRUE(is_resident(residency, "read"));
  EXPECT_EQ(residency.count_in_tier(3), 4);
}

}  // namespace
}  // namespace memtier::testing
