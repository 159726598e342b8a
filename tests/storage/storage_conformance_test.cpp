// What every Storage must do. A new backend is added to Backends at the end of the fixture.
#include <algorithm>

#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

template <typename Backend>
class StorageConformance : public ::testing::Test {
 protected:
  StorageConformance() : open_(Backend::settings(folder_)) {}

  Storage& storage() { return *open_; }
  Status put(const Scope& scope, const ItemSpec& spec, const PutPlan& plan = given_plan()) {
    return commit_one(storage(), put_op(scope, spec, plan), spec.created_us);
  }
  ItemRef find(std::string_view id) { return must_find(storage(), scope_, id); }
  ReadScope all(int64_t now_us = 1000) const { return {&scope_, now_us}; }
  // Runs the test body with what is written pending, then again with it folded.
  template <typename Body>
  void pending_and_folded(Body body) {
    {
      SCOPED_TRACE("pending");
      body();
    }
    SCOPED_TRACE("folded");
    must(storage().fold(true));
    body();
  }

  TempFolder folder_;
  OpenStorage open_;
  const Scope scope_;
};

using Backends = ::testing::Types<SqliteFile, SqliteMemory>;
TYPED_TEST_SUITE(StorageConformance, Backends);

TYPED_TEST(StorageConformance, finds_what_was_put_with_every_byte) {
  const std::string binary("\0\xff\x80 text \n", 10);
  ItemSpec spec{.id = "a", .content = binary, .type = "fact", .tags = "x\ny"};
  spec.metadata = R"({"n": 1})";
  spec.tier = 2;
  spec.importance = 0.25;
  must(this->put(this->scope_, spec));
  this->pending_and_folded([&] {
    const ItemRef item = this->find("a");
    ASSERT_TRUE(item);
    EXPECT_EQ(item->text(Text::kContent), binary);
    EXPECT_EQ(item->text(Text::kType), "fact");
    EXPECT_EQ(item->text(Text::kTags), "x\ny");
    EXPECT_EQ(item->text(Text::kMetadata), R"({"n": 1})");
    EXPECT_EQ(item->tier(), 2);
    EXPECT_EQ(item->header().importance, 0.25);
    EXPECT_EQ(item->header().version, 1);
    EXPECT_GT(item->row(), 0);
    EXPECT_FALSE(this->find("b"));
  });
}

TYPED_TEST(StorageConformance, gives_a_new_version_to_a_replacement_and_keeps_the_row) {
  must(this->put(this->scope_, {.content = "one"}));
  const int64_t row = this->find("x")->row();
  must(this->put(this->scope_, {.content = "two"}));
  must(this->storage().fold(true));
  must(this->put(this->scope_, {.content = "three"}));
  this->pending_and_folded([&] {
    EXPECT_EQ(this->find("x")->text(Text::kContent), "three");
    EXPECT_EQ(this->find("x")->header().version, 3);
    EXPECT_EQ(this->find("x")->row(), row);
  });
}

TYPED_TEST(StorageConformance, keeps_the_modes_of_a_put) {
  EXPECT_EQ(this->put(this->scope_, {}, given_plan(PutMode::kUpdate)).code(), Code::kNotFound);
  must(this->put(this->scope_, {}, given_plan(PutMode::kCreate)));
  this->pending_and_folded([&] {
    EXPECT_EQ(this->put(this->scope_, {}, given_plan(PutMode::kCreate)).code(), Code::kExists);
  });
  must(this->put(this->scope_, {}, given_plan(PutMode::kUpdate)));
  EXPECT_EQ(this->find("x")->header().version, 2);
}

TYPED_TEST(StorageConformance, takes_an_expired_item_for_gone_but_counts_its_versions_on) {
  must(this->put(this->scope_, {.created_us = 1000, .expires_us = 2000}));
  ItemSpec later{.content = "later", .created_us = 2000};
  EXPECT_EQ(this->put(this->scope_, later, given_plan(PutMode::kUpdate)).code(), Code::kNotFound);
  must(this->put(this->scope_, later, given_plan(PutMode::kCreate)));
  EXPECT_EQ(this->find("x")->header().version, 2);
}

TYPED_TEST(StorageConformance, refuses_a_put_whose_expected_version_is_not_there) {
  PutPlan plan = given_plan();
  plan.expected_version = 1;
  EXPECT_EQ(this->put(this->scope_, {}, plan).code(), Code::kConflict);
  must(this->put(this->scope_, {}));
  must(this->put(this->scope_, {}, plan));
  this->pending_and_folded(
      [&] { EXPECT_EQ(this->put(this->scope_, {}, plan).code(), Code::kConflict); });
}

TYPED_TEST(StorageConformance, gives_each_operation_of_a_batch_its_own_status) {
  must(this->put(this->scope_, {.id = "there"}));
  std::vector<WriteOp> batch;
  batch.push_back(put_op(this->scope_, {.id = "there"}, given_plan(PutMode::kCreate)));
  batch.push_back(put_op(this->scope_, {.id = "new"}));
  batch.push_back(put_op(this->scope_, {.id = "none"}, given_plan(PutMode::kUpdate)));
  must(this->storage().commit(batch, Durability::kNormal, 1000, true));
  EXPECT_EQ(batch[0].status.code(), Code::kExists);
  EXPECT_TRUE(batch[1].status.ok());
  EXPECT_EQ(batch[2].status.code(), Code::kNotFound);
  this->pending_and_folded([&] { EXPECT_TRUE(this->find("new")); });
}

TYPED_TEST(StorageConformance, lets_later_operations_of_a_batch_see_earlier_ones) {
  std::vector<WriteOp> batch;
  batch.push_back(put_op(this->scope_, {.content = "one"}, given_plan(PutMode::kCreate)));
  batch.push_back(put_op(this->scope_, {.content = "two"}, given_plan(PutMode::kUpdate)));
  batch.push_back(put_op(this->scope_, {.content = "no"}, given_plan(PutMode::kCreate)));
  must(this->storage().commit(batch, Durability::kNormal, 1000, true));
  EXPECT_EQ(batch[2].status.code(), Code::kExists);
  this->pending_and_folded([&] {
    EXPECT_EQ(this->find("x")->text(Text::kContent), "two");
    EXPECT_EQ(this->find("x")->header().version, 2);
  });
}

TYPED_TEST(StorageConformance, lets_moves_and_removals_of_a_batch_see_earlier_ones) {
  must(this->put(this->scope_, {}));
  const ItemRef item = this->find("x");
  std::vector<WriteOp> batch;
  batch.push_back(WriteOp::move(item, 1, Reason::kManual));
  batch.push_back(WriteOp::validate(item));
  batch.push_back(WriteOp::move(item, 3, Reason::kManual));
  batch.push_back(WriteOp::validate(item));
  must(this->storage().commit(batch, Durability::kNormal, 1000, true));
  this->pending_and_folded([&] {
    EXPECT_EQ(this->find("x")->tier(), 3);
    EXPECT_EQ(this->find("x")->validation_count(), 2);
    const auto totals = this->storage().tier_totals();
    EXPECT_EQ(totals[0].count, 0);
    EXPECT_EQ(totals[1].count, 0);
    EXPECT_EQ(totals[3].count, 1);
  });
  batch.clear();
  batch.push_back(WriteOp::move(item, 0, Reason::kManual));
  batch.push_back(WriteOp::remove(item, Reason::kNone));
  must(this->storage().commit(batch, Durability::kNormal, 1000, true));
  this->pending_and_folded([&] {
    EXPECT_FALSE(this->find("x"));
    for (const TierTotals& totals : this->storage().tier_totals()) EXPECT_EQ(totals.count, 0);
  });
}

TYPED_TEST(StorageConformance, removes_an_item_once) {
  must(this->put(this->scope_, {}));
  const ItemRef item = this->find("x");
  must(commit_one(this->storage(), WriteOp::remove(item, Reason::kNone)));
  this->pending_and_folded([&] {
    EXPECT_FALSE(this->find("x"));
    EXPECT_EQ(commit_one(this->storage(), WriteOp::remove(item, Reason::kNone)).code(),
              Code::kNotFound);
  });
  must(this->put(this->scope_, {}, given_plan(PutMode::kCreate)));
  EXPECT_EQ(this->find("x")->header().version, 1);
  EXPECT_NE(this->find("x")->row(), item->row());
}

TYPED_TEST(StorageConformance, removes_only_the_version_that_is_expected) {
  must(this->put(this->scope_, {}));
  const ItemRef first = this->find("x");
  must(this->put(this->scope_, {}));
  EXPECT_EQ(commit_one(this->storage(), WriteOp::remove(first, Reason::kNone, 1)).code(),
            Code::kConflict);
  EXPECT_TRUE(this->find("x"));
}

TYPED_TEST(StorageConformance, moves_validates_and_refreshes_without_a_new_version) {
  must(this->put(this->scope_, {.expires_us = 5000}));
  for (const bool folded : {false, true}) {
    if (folded) must(this->storage().fold(true));
    const ItemRef item = this->find("x");
    must(commit_one(this->storage(), WriteOp::move(item, folded ? 3 : 1, Reason::kManual)));
    must(commit_one(this->storage(), WriteOp::validate(item)));
    must(commit_one(this->storage(), WriteOp::refresh(item, folded ? 9000 : 7000)));
    this->pending_and_folded([&] {
      const ItemRef now = this->find("x");
      EXPECT_EQ(now->tier(), folded ? 3 : 1);
      EXPECT_EQ(now->validation_count(), folded ? 2 : 1);
      EXPECT_EQ(now->expires_us(), folded ? 9000 : 7000);
      EXPECT_EQ(now->header().version, 1);
      EXPECT_EQ(now->text(Text::kContent), "text");
    });
  }
}

TYPED_TEST(StorageConformance, acts_on_a_row_only_while_it_is_what_it_was_chosen_for) {
  must(this->put(this->scope_, {.expires_us = 2000}));
  const ItemRef item = this->find("x");
  const auto remove_expired = [&] {
    return commit_one(this->storage(),
                      WriteOp::remove_row(item->row(), item->key_hash(), 0, Reason::kExpired),
                      3000);
  };
  EXPECT_EQ(commit_one(this->storage(),
                       WriteOp::move_row(item->row(), item->key_hash(), 1, 2, Reason::kCapacity))
                .code(),
            Code::kNotFound)
      << "it is in another tier";
  must(this->put(this->scope_, {.content = "much longer than before", .created_us = 3000}));
  this->pending_and_folded([&] {
    EXPECT_EQ(remove_expired().code(), Code::kNotFound) << "it has a longer life now";
    EXPECT_TRUE(this->find("x"));
  });
  must(this->put(this->scope_, {.created_us = 2500, .expires_us = 2600}));
  must(remove_expired());
  EXPECT_EQ(remove_expired().code(), Code::kNotFound) << "it is gone";
}

TYPED_TEST(StorageConformance, keeps_the_totals_of_tiers_at_every_moment) {
  const auto totals = [&](int32_t tier) { return this->storage().tier_totals().at(tier); };
  must(this->put(this->scope_, {.id = "a", .content = "12345"}));
  const int64_t bytes = totals(0).bytes;
  EXPECT_EQ(bytes, this->find("a")->size_bytes());
  must(this->put(this->scope_, {.id = "a", .content = "1234567"}));
  must(this->put(this->scope_, {.id = "b", .content = "12345", .tier = 1}));
  EXPECT_EQ(totals(0).bytes, bytes + 2);
  EXPECT_EQ(totals(1).bytes, bytes);
  must(commit_one(this->storage(), WriteOp::move(this->find("a"), 1, Reason::kManual)));
  this->pending_and_folded([&] {
    EXPECT_EQ(totals(0).count, 0);
    EXPECT_EQ(totals(0).bytes, 0);
    EXPECT_EQ(totals(1).count, 2);
    EXPECT_EQ(totals(1).bytes, 2 * bytes + 2);
  });
  must(commit_one(this->storage(), WriteOp::remove(this->find("a"), Reason::kNone)));
  EXPECT_EQ(totals(1).count, 1);
}

TYPED_TEST(StorageConformance, tells_the_sink_every_change_in_order) {
  must(this->put(this->scope_, {.id = "a"}));
  must(this->put(this->scope_, {.id = "a", .content = "longer text"}));
  must(commit_one(this->storage(), WriteOp::move(this->find("a"), 2, Reason::kReads)));
  must(commit_one(this->storage(), WriteOp::remove(this->find("a"), Reason::kEvicted)));
  const std::vector<Change> changes = this->open_.sink.changes();
  ASSERT_EQ(changes.size(), 4u);
  using Kind = WriteOp::Kind;
  EXPECT_EQ(changes[0].kind, Kind::kPut);
  EXPECT_FALSE(changes[0].existed);
  EXPECT_EQ(changes[0].from, -1);
  EXPECT_TRUE(changes[1].existed);
  EXPECT_EQ(changes[1].bytes_after - changes[1].bytes_before, 7);
  EXPECT_EQ(changes[2].kind, Kind::kMove);
  EXPECT_EQ(changes[2].to, 2);
  EXPECT_EQ(changes[3].kind, Kind::kRemove);
  EXPECT_EQ(changes[3].from, 2);
  EXPECT_EQ(changes[3].reason, Reason::kEvicted);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(changes[i].sequence, static_cast<int64_t>(i) + 1);
}

TYPED_TEST(StorageConformance, finds_by_id_what_a_pattern_allows) {
  const Scope s1({"", "", "ada", "", "s1"});
  const Scope s2({"", "", "ada", "", "s2"});
  const Scope other({"work", "", "ada", "", "s1"});
  const auto find = [&](const Scope& pattern, size_t limit) {
    return must(this->storage().find_by_id({&pattern, 1500}, "x", limit)).size();
  };
  must(this->put(s1, {}));
  must(this->put(s2, {.expires_us = 2000}));
  must(this->put(other, {}));
  this->pending_and_folded([&] {
    EXPECT_EQ(find(Scope({"", "", "ada", "", ""}), 10), 2u);
    EXPECT_EQ(find(Scope({"*", "", "ada", "", ""}), 10), 3u);
    EXPECT_EQ(find(Scope({"*", "", "ada", "", ""}), 2), 2u);
    EXPECT_EQ(find(Scope({"", "", "bob", "", ""}), 10), 0u);
    EXPECT_EQ(find(s2, 10), 1u);
  });
  const Scope ada({"", "", "ada", "", ""});
  EXPECT_EQ(must(this->storage().find_by_id({&ada, 2000}, "x", 10)).size(), 1u) << "one expired";
}

TYPED_TEST(StorageConformance, finds_by_id_past_namesakes_whose_removal_is_pending) {
  std::vector<Scope> scopes;
  for (const char* session : {"s1", "s2", "s3"}) scopes.push_back(Scope({"", "", "", "", session}));
  for (const Scope& scope : scopes) must(this->put(scope, {}));
  must(this->storage().fold(true));
  for (int i = 0; i < 2; ++i) {
    const ItemRef item = must_find(this->storage(), scopes[static_cast<size_t>(i)], "x");
    must(commit_one(this->storage(), WriteOp::remove(item, Reason::kNone)));
  }
  const auto found = must(this->storage().find_by_id(this->all(), "x", 2));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0]->text(Text::kSession), "s3");
}

TYPED_TEST(StorageConformance, finds_rows_and_tells_which_are_gone) {
  for (const char* id : {"a", "b"}) must(this->put(this->scope_, {.id = id}));
  must(this->storage().fold(true));
  const std::vector<int64_t> rows = {this->find("b")->row(), 99, this->find("a")->row()};
  must(commit_one(this->storage(), WriteOp::remove(this->find("a"), Reason::kNone)));
  const auto items = must(this->storage().find_rows(rows));
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0]->id(), "b");
  EXPECT_FALSE(items[1]);
  EXPECT_FALSE(items[2]);
}

TYPED_TEST(StorageConformance, counts_lists_and_scans_what_is_acknowledged) {
  for (int i = 0; i < 25; ++i) {
    const std::string id = "i" + std::to_string(100 + i);
    must(this->put(this->scope_, {.id = id, .importance = i / 25.0, .created_us = 1000 + i}));
  }
  const FilterRef half = parse_filter(R"({"importance": {"$gte": 0.48}})");
  EXPECT_EQ(must(this->storage().count(this->all(2000), half, StopCheck())), 13);
  const auto listed = list_ids(this->storage(), this->scope_, 2000);
  ASSERT_EQ(listed.size(), 25u);
  EXPECT_TRUE(std::is_sorted(listed.begin(), listed.end()));

  std::vector<std::string> scanned;
  int64_t after = 0;
  while (true) {
    const auto items = must(this->storage().scan(this->all(2000), half, after, 4, StopCheck()));
    if (items.empty()) break;
    for (const ItemRef& item : items) scanned.emplace_back(item->id());
    after = items.back()->row();
  }
  EXPECT_EQ(scanned, std::vector<std::string>(listed.begin() + 12, listed.end()));
}

TYPED_TEST(StorageConformance, pages_in_any_order_without_missing_or_repeating) {
  Random random;
  for (int i = 0; i < 60; ++i) {
    const std::string id = "i" + std::to_string(i);
    const std::string metadata = R"({"n": )" + std::to_string(random.below(5)) + "}";
    ItemSpec spec{.id = id, .type = i % 3 == 0 ? "" : "t", .metadata = metadata};
    spec.importance = static_cast<double>(random.below(4)) / 4;
    spec.created_us = static_cast<int64_t>(random.below(10));
    must(this->put(this->scope_, spec));
  }
  for (const char* order : {"created_us", "importance", "id", "type", "metadata.n", "expires_us",
                            "tier", "session", "change_sequence", "metadata.none"}) {
    for (const char* descending : {"true", "false"}) {
      SCOPED_TRACE(std::string(order) + " descending " + descending);
      ListRequest request = must(ListRequest::parse(R"({"order_by": ")" + std::string(order) +
                                                    R"(", "descending": )" + descending + "}"));
      const auto whole = must(this->storage().list(this->all(), request, 1000, StopCheck())).items;
      EXPECT_EQ(whole.size(), 60u);
      std::vector<int64_t> rows;
      do {
        const Page page = must(this->storage().list(this->all(), request, 7, StopCheck()));
        for (const ItemRef& item : page.items) rows.push_back(item->row());
        request.after = page.token;
      } while (!request.after.empty());
      ASSERT_EQ(rows.size(), whole.size());
      for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], whole[i]->row());
    }
  }
}

TYPED_TEST(StorageConformance, lists_values_of_mixed_kinds_in_their_order) {
  const char* const values[] = {"null",
                                "false",
                                "true",
                                "-9223372036854775808",
                                "-9223372036854775807",
                                "-1",
                                "-0.5",
                                "0",
                                "0.5",
                                "9007199254740992",
                                "9007199254740993",
                                "9223372036854775807",
                                "9223372036854775808",
                                "18446744073709551615",
                                "1e300",
                                R"("")",
                                R"("B")",
                                R"("a")"};
  std::vector<std::string> expected = {"00"};
  must(this->put(this->scope_, {.id = "00", .metadata = "{}"}));
  int number = 10;
  for (const char* value : values) {
    expected.push_back(std::to_string(number++));
    const std::string metadata = std::string(R"({"v": )") + value + "}";
    must(this->put(this->scope_, {.id = expected.back(), .metadata = metadata}));
  }
  EXPECT_EQ(list_ids(this->storage(), this->scope_, 1000,
                     R"({"order_by": "metadata.v", "descending": false})"),
            expected);
}

TYPED_TEST(StorageConformance, refuses_a_token_that_is_none) {
  must(this->put(this->scope_, {}));
  for (const char* token : {"x", "e30=", "bnVsbA==", "eyJyIjoxfQ==", "eyJyIjoxLCJ0IjoiISJ9"}) {
    ListRequest request = must(ListRequest::parse(""));
    request.after = token;
    EXPECT_EQ(this->storage().list(this->all(), request, 10, StopCheck()).code(), Code::kInvalid)
        << token;
  }
}

TYPED_TEST(StorageConformance, stops_a_long_read_when_told_to) {
  for (int round = 0; round < 20; ++round) {
    std::vector<WriteOp> batch;
    for (int i = 0; i < 100; ++i) {
      batch.push_back(put_op(this->scope_, {.id = std::to_string(round * 100 + i)}));
    }
    must(this->storage().commit(batch, Durability::kNormal, 1000, true));
  }
  const StopCheck stop = [] { return Status(Code::kCancelled, "enough"); };
  const FilterRef filter = parse_filter(R"({"content": {"$icontains": "none"}})");
  const std::string message =
      message_of(this->storage().count(this->all(), filter, stop), Code::kCancelled);
  EXPECT_EQ(message, "enough");
  EXPECT_EQ(must(this->storage().count(this->all(), filter, StopCheck())), 0);
}

TYPED_TEST(StorageConformance, knows_the_members_of_a_tier_and_what_has_expired) {
  must(this->put(this->scope_, {.id = "old", .accessed_us = 10}));
  must(this->put(this->scope_, {.id = "new", .accessed_us = 900}));
  must(this->put(this->scope_, {.id = "over", .tier = 1, .expires_us = 1500}));
  must(this->put(this->scope_, {.id = "kept", .tier = 1, .expires_us = 1500, .pinned = true}));
  std::vector<std::string> seen;
  must(this->storage().visit_tier(0, 500, true, [&](ItemHead&& head) { seen.push_back(head.id); }));
  EXPECT_EQ(seen, std::vector<std::string>{"old"});
  const auto expired = must(this->storage().expired(1500, 10));
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired[0].id, "over");
  EXPECT_EQ(must(this->storage().expired(1499, 10)).size(), 0u);
  const auto summaries = must(this->storage().tier_summaries(1500));
  EXPECT_EQ(summaries[1].count, 1);
  EXPECT_EQ(summaries[1].expired, 1);
  EXPECT_DOUBLE_EQ(summaries[0].average_importance, 0.5);
}

TYPED_TEST(StorageConformance, logs_moves_newest_first) {
  for (const char* id : {"a", "b"}) must(this->put(this->scope_, {.id = id}));
  must(commit_one(this->storage(), WriteOp::move(this->find("a"), 1, Reason::kCapacity), 10));
  must(commit_one(this->storage(), WriteOp::move(this->find("b"), 2, Reason::kManual), 20));
  must(commit_one(this->storage(), WriteOp::remove(this->find("a"), Reason::kEvicted), 30));
  must(commit_one(this->storage(), WriteOp::remove(this->find("b"), Reason::kNone), 40));
  const auto log = must(this->storage().transitions(this->all(), "", 0, 10));
  ASSERT_EQ(log.size(), 3u) << "a removal by the caller is no transition";
  EXPECT_EQ(log[0].id, "a");
  EXPECT_EQ(log[0].to, -1);
  EXPECT_EQ(log[0].reason, Reason::kEvicted);
  EXPECT_EQ(log[1].id, "b");
  EXPECT_EQ(log[1].time_us, 20);
  EXPECT_EQ(must(this->storage().transitions(this->all(), "a", 0, 10)).size(), 2u);
  EXPECT_EQ(must(this->storage().transitions(this->all(), "", 20, 10)).size(), 1u);
  EXPECT_EQ(must(this->storage().transitions(this->all(), "", 0, 1)).size(), 1u);
  const auto [up, down] = must(this->storage().transition_counts(15));
  EXPECT_EQ(up, 0);
  EXPECT_EQ(down, 1);
}

TYPED_TEST(StorageConformance, adds_access_statistics_without_a_new_version) {
  must(this->put(this->scope_, {.accessed_us = 500}));
  const int64_t row = this->find("x")->row();
  const std::vector<AccessDelta> deltas = {{row, 3, 700}, {row, 2, 600}, {4711, 1, 1}};
  must(this->storage().write_access(deltas));
  const ItemRef item = this->find("x");
  EXPECT_EQ(item->access_count(), 5);
  EXPECT_EQ(item->accessed_us(), 700);
  EXPECT_EQ(item->header().version, 1);
  const FilterRef read_then = parse_filter(R"({"accessed_us": 700})");
  EXPECT_EQ(must(this->storage().count(this->all(), read_then, StopCheck())), 1);
}

TYPED_TEST(StorageConformance, never_lets_a_query_out_of_its_scope) {
  const char* const names[] = {"", "a", "b"};
  std::vector<Scope> scopes;
  for (const char* collection : names) {
    for (const char* user : names) {
      for (const char* session : names) {
        scopes.push_back(Scope({collection, "", user, "", session}));
      }
    }
  }
  for (const Scope& scope : scopes) must(this->put(scope, {}));
  for (const char* user : {"", "a"}) scopes.push_back(Scope({"*", "", user, "", ""}));
  const FilterRef any = parse_filter("");
  this->pending_and_folded([&] {
    for (const Scope& pattern : scopes) {
      int64_t allowed = 0;
      for (const Scope& scope : scopes) {
        const bool is_address = scope.name(Scope::kCollection) != kAllCollections;
        allowed += is_address && pattern.allows(scope) ? 1 : 0;
      }
      EXPECT_EQ(must(this->storage().count({&pattern, 1000}, any, StopCheck())), allowed);
      for (const ItemRef& item : must(this->storage().find_by_id({&pattern, 1000}, "x", 1000))) {
        EXPECT_TRUE(pattern.allows(item->scope()));
      }
    }
  });
}

}  // namespace
}  // namespace memtier::testing
