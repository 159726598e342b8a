// Consolidating and forgetting on a disk that fails: an item is in one tier at any time, with all it holds;
// and what was to be forgotten can be forgotten once the disk is well.
#include <map>

#include "crash/faulty_vfs.h"
#include "storage/integrity.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

constexpr int kItemsOfEach = 20;
constexpr const char* kThreeTiers = R"({"tiers": [{"name": "near", "medium": "ram"},
  {"name": "mid", "medium": "database"}, {"name": "far", "medium": "archive"}]})";

struct DiskTrouble {
  Fault fault;
  bool lasting;
};
constexpr DiskTrouble kTroubles[] = {{Fault::kFull, false},       {Fault::kFull, true},
                                     {Fault::kWriteError, false}, {Fault::kWriteError, true},
                                     {Fault::kSyncError, false},  {Fault::kSyncError, true}};

class TroubledDisk : public ::testing::TestWithParam<DiskTrouble> {
 protected:
  static void SetUpTestSuite() { install_faulty_disk(); }
  void TearDown() override { mend_disk(); }

  static std::unique_ptr<Store> open(const TempFolder& folder) {
    StoreOptions options = quiet_options(make_clock());
    options.journal_bytes = 256 << 10;
    options.memory_limit_bytes = 16 << 20;
    options.ladder = kThreeTiers;
    options.compress_threshold_bytes = 64 << 20;
    return open_store(folder.file(), std::move(options));
  }
  static std::string content_of(const std::string& id) {
    return id + "'s words " + std::string(3000, id[0]);
  }
  // Half of them archived, in a block.
  static void fill(Store& store, const char* user, bool archived) {
    for (int i = 0; i < kItemsOfEach; ++i) {
      const std::string id = user + std::to_string(i);
      const char* tier = archived && i % 2 == 0 ? "far" : "near";
      must_put(store, scope_of({.user = user}),
               Json{{"id", id}, {"content", content_of(id)}, {"tier", tier}}.dump());
    }
  }
  static std::map<std::string, int32_t> tiers_of(Store& store, const char* user) {
    std::map<std::string, int32_t> tiers;
    for (const ItemRef& item : list_all(store, scope_of({.user = user}))) {
      const std::string id(item->id());
      EXPECT_EQ(item->text(Text::kContent), content_of(id));
      EXPECT_TRUE(tiers.emplace(id, item->tier()).second) << id << " is there twice";
    }
    return tiers;
  }
  // Calls `test` with a disk that fails from its first write on, from a later one, ...; until it did not fail.
  template <typename Test>
  static int each_failure(const Test& test) {
    int failed = 0;
    for (int64_t number = 1; number < 1000; number += 1 + number / 2) {
      SCOPED_TRACE("from write or sync " + std::to_string(number));
      if (!test(number)) break;
      ++failed;
    }
    return failed;
  }
};

TEST_P(TroubledDisk, leaves_each_item_in_one_tier_when_it_is_consolidated) {
  const auto [fault, lasting] = GetParam();
  const auto consolidate = [](Store& store) {
    Control control;
    const auto request = must(ConsolidationRequest::parse(
        R"({"batch_size": 6, "retries": 1, "compress_above_bytes": 100})"));
    return store.consolidate(Scope(), request, control);
  };
  const int failed = each_failure([&, fault = fault, lasting = lasting](int64_t number) {
    const TempFolder folder;
    auto store = open(folder);
    fill(*store, "zerbinetta", false);
    flush(*store);
    fail_disk(fault, number, lasting);
    Report report = consolidate(*store);
    const bool hit = mend_disk();
    const std::string told = report.take_told();
    if (!told.empty()) {
      const Json json = Json::parse(told);
      int64_t arrived = 0;
      for (const auto& [id, tier] : tiers_of(*store, "zerbinetta")) arrived += tier == 1 ? 1 : 0;
      EXPECT_EQ(json["moved"], arrived) << told;
    }
    EXPECT_EQ(tiers_of(*store, "zerbinetta").size(), size_t{kItemsOfEach});
    must(consolidate(*store));
    const auto tiers = tiers_of(*store, "zerbinetta");
    EXPECT_EQ(tiers.size(), size_t{kItemsOfEach});
    for (const auto& [id, tier] : tiers) EXPECT_EQ(tier, 1) << id;
    must(store->close());
    store = open(folder);
    EXPECT_EQ(tiers_of(*store, "zerbinetta"), tiers) << "opened anew";
    must(store->close());
    EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
    return hit;
  });
  EXPECT_GE(failed, fault == Fault::kSyncError ? 0 : 1);  // a normal write syncs nothing
}

TEST_P(TroubledDisk, can_be_told_to_forget_once_more) {
  const auto [fault, lasting] = GetParam();
  const int failed = each_failure([&, fault = fault, lasting = lasting](int64_t number) {
    const TempFolder folder;
    auto store = open(folder);
    fill(*store, "zerbinetta", true);
    fill(*store, "bob", true);
    Control control;
    must(store->pack_archive(PackRequest(), control));
    flush(*store);
    const auto bobs = tiers_of(*store, "bob");
    fail_disk(fault, number, lasting);
    Report report = store->forget(scope_of({.user = "zerbinetta"}), control);
    const bool hit = mend_disk();
    EXPECT_TRUE(report.ok() || report.code() == Code::kFull || report.code() == Code::kIo ||
                report.code() == Code::kBusy)
        << report.take_status().message();
    EXPECT_EQ(tiers_of(*store, "bob"), bobs);
    must(store->forget(scope_of({.user = "zerbinetta"}), control));
    EXPECT_EQ(tiers_of(*store, "zerbinetta").size(), 0U);
    EXPECT_EQ(tiers_of(*store, "bob"), bobs);
    must(store->close());
    EXPECT_EQ(read_file(folder.file()).find("zerbinetta"), std::string::npos);
    EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
    store = open(folder);
    EXPECT_EQ(tiers_of(*store, "bob"), bobs) << "opened anew";
    return hit;
  });
  EXPECT_GE(failed, 2);
}

std::string trouble_name(const ::testing::TestParamInfo<DiskTrouble>& info) {
  const char* const names[] = {"full", "quota", "write_error", "sync_error"};
  return std::string(names[static_cast<int>(info.param.fault)]) +
         (info.param.lasting ? "_lasting" : "_once");
}

INSTANTIATE_TEST_SUITE_P(Lifecycle, TroubledDisk, ::testing::ValuesIn(kTroubles), trouble_name);

}  // namespace
}  // namespace memtier::testing
