// Several storages on one file, large items, relaxed writes: what SqliteStorage promises beyond the
// interface. Handles of one process are to each other what processes are.
#include <thread>

#include "storage/integrity.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

class Handles : public ::testing::Test {
 protected:
  SqliteSettings settings() const {
    SqliteSettings settings = small_settings(folder_.file());
    settings.busy_timeout_ms = 5000;
    return settings;
  }
  static int64_t count(Storage& storage) {
    static const Scope kScope;
    return must(storage.count({&kScope, 1000}, parse_filter(""), StopCheck()));
  }
  static std::string content(Storage& storage, std::string_view id) {
    const ItemRef item = must_find(storage, Scope(), id);
    return item ? std::string(item->text(Text::kContent)) : "(none)";
  }
  // These storages are opened without a word index: only what the storage itself keeps is compared.
  void expect_consistent_without_words() const {
    for (const std::string& problem : integrity_problems(folder_.file())) {
      EXPECT_EQ(problem.substr(0, 5), "words") << problem;
    }
  }

  TempFolder folder_;
  const Scope scope_;
};

TEST_F(Handles, see_what_each_other_committed_at_the_next_read) {
  OpenStorage one(settings());
  OpenStorage two(settings());
  must(commit_one(*one, put_op(scope_, {.content = "one"})));
  EXPECT_TRUE(two->behind());
  must(two->refresh());
  EXPECT_FALSE(two->behind());
  EXPECT_EQ(content(*two, "x"), "one");
  must(commit_one(*two, put_op(scope_, {.content = "two"})));
  must(one->refresh());
  EXPECT_EQ(content(*one, "x"), "two");
  EXPECT_EQ(count(*one), 1);
  EXPECT_EQ(must_find(*one, scope_, "x")->header().version, 2);
  for (OpenStorage* handle : {&one, &two}) {
    EXPECT_EQ(handle->sink.changes().size(), 2u);
    EXPECT_EQ(handle->storage->tier_totals()[0].count, 1);
  }
}

TEST_F(Handles, count_and_list_without_being_told_to_refresh) {
  OpenStorage one(settings());
  OpenStorage two(settings());
  must(commit_one(*one, put_op(scope_, {})));
  EXPECT_EQ(count(*two), 1);
  must(commit_one(*one, WriteOp::remove(must_find(*one, scope_, "x"), Reason::kNone)));
  EXPECT_EQ(list_ids(*two, scope_, 1000), std::vector<std::string>());
}

TEST_F(Handles, show_rows_as_another_has_folded_them) {
  OpenStorage one(settings());
  OpenStorage two(settings());
  must(commit_one(*one, put_op(scope_, {.content = "one"})));
  const int64_t row = must_find(*one, scope_, "x")->row();
  must(two->refresh());
  must(commit_one(*two, put_op(scope_, {.content = "two"})));
  must(two->fold(true));
  EXPECT_EQ(must(one->find_rows({&row, 1}))[0]->text(Text::kContent), "two");
}

TEST_F(Handles, conflict_where_both_write_to_one_version) {
  OpenStorage one(settings());
  OpenStorage two(settings());
  must(commit_one(*one, put_op(scope_, {})));
  PutPlan plan = given_plan();
  plan.expected_version = 1;
  must(commit_one(*two, put_op(scope_, {.content = "two"}, plan)));
  EXPECT_EQ(commit_one(*one, put_op(scope_, {.content = "one"}, plan)).code(), Code::kConflict);
  EXPECT_EQ(content(*one, "x"), "two");
}

TEST_F(Handles, start_anew_when_another_has_outrun_them) {
  OpenStorage busy(settings());
  OpenStorage idle(settings());
  must(commit_one(*busy, put_op(scope_, {.id = "first"})));
  must(idle->refresh());
  const int resets = idle.sink.resets();
  const std::string text(2000, 't');
  for (int i = 0; i < 500; ++i) {  // several times round the journal
    must(commit_one(*busy, put_op(scope_, {.id = std::to_string(i), .content = text})));
  }
  must(commit_one(*busy, WriteOp::remove(must_find(*busy, scope_, "first"), Reason::kNone)));
  must(idle->refresh());
  EXPECT_GT(idle.sink.resets(), resets);
  EXPECT_EQ(count(*idle), 500);
  EXPECT_EQ(content(*idle, "499"), text);
  EXPECT_EQ(content(*idle, "first"), "(none)");
  EXPECT_EQ(idle->tier_totals()[0].count, 500);
  EXPECT_EQ(idle->tier_totals()[0].bytes, busy->tier_totals()[0].bytes);
}

TEST_F(Handles, lose_nothing_when_many_write_at_once) {
  constexpr int kHandles = 3;
  constexpr int kEach = 300;
  std::vector<std::thread> threads;
  for (int t = 0; t < kHandles; ++t) {
    threads.emplace_back([&, t] {
      OpenStorage handle(settings());
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(t) + "." + std::to_string(i);
        must(commit_one(*handle, put_op(scope_, {.id = id})));
        must(commit_one(*handle, put_op(scope_, {.id = "shared"})));
        if (i % 50 == 0) must(handle->fold(true));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  {
    OpenStorage after(settings());
    EXPECT_EQ(count(*after), kHandles * kEach + 1);
    EXPECT_EQ(must_find(*after, scope_, "shared")->header().version, kHandles * kEach);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.file() + "-log"));
  expect_consistent_without_words();
}

TEST_F(Handles, can_make_one_new_file_at_the_same_time) {
  for (int round = 0; round < 30; ++round) {
    const std::string path = folder_.file(std::to_string(round));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&path] { EXPECT_NO_THROW(OpenStorage handle(path)); });
    }
    for (auto& thread : threads) thread.join();
  }
}

TEST_F(Handles, leave_one_file_behind_wherever_they_close_at_the_same_time) {
  for (int round = 0; round < 20; ++round) {
    OpenStorage one(settings());
    OpenStorage two(settings());
    must(commit_one(*one, put_op(scope_, {.id = std::to_string(round)})));
    std::thread other([&] { must(two->close()); });
    must(one->close());
    other.join();
    EXPECT_FALSE(std::filesystem::exists(folder_.file() + "-log")) << "round " << round;
  }
  OpenStorage after(settings());
  EXPECT_EQ(count(*after), 20);
}

// An item of more than a quarter of the journal goes straight into the tables.
class LargeItems : public Handles {
 protected:
  const std::string large_ = std::string(100'000, 'L');
  const std::string huge_ = std::string(3'000'000, 'H');
};

TEST_F(LargeItems, are_found_like_others) {
  OpenStorage one(settings());
  OpenStorage two(settings());
  must(commit_one(*one, put_op(scope_, {.id = "small"})));
  must(commit_one(*one, put_op(scope_, {.id = "large", .content = large_, .tier = 2})));
  must(commit_one(*one, put_op(scope_, {.id = "huge", .content = huge_, .tier = 3})));
  must(commit_one(*one, put_op(scope_, {.id = "after"})));
  for (OpenStorage* handle : {&one, &two}) {
    must(handle->storage->refresh());
    EXPECT_EQ(content(**handle, "large"), large_);
    EXPECT_EQ(content(**handle, "huge"), huge_);
    EXPECT_EQ(count(**handle), 4);
    EXPECT_EQ(handle->storage->tier_totals()[2].count, 1);
    EXPECT_EQ(handle->storage->tier_totals()[3].count, 1);
    EXPECT_EQ(handle->storage->tier_totals()[3].bytes,
              must_find(**handle, scope_, "huge")->size_bytes());
  }
}

TEST_F(LargeItems, replace_small_ones_and_are_replaced_by_them) {
  OpenStorage one(settings());
  OpenStorage two(settings());
  must(commit_one(*one, put_op(scope_, {.content = "small"})));
  must(commit_one(*two, put_op(scope_, {.content = large_})));
  must(one->refresh());
  EXPECT_EQ(content(*one, "x"), large_);
  must(commit_one(*one, put_op(scope_, {.content = "small again"})));
  must(two->refresh());
  EXPECT_EQ(content(*two, "x"), "small again");
  EXPECT_EQ(must_find(*two, scope_, "x")->header().version, 3);
  must(commit_one(*one, put_op(scope_, {.content = huge_})));
  must(commit_one(*one, WriteOp::remove(must_find(*one, scope_, "x"), Reason::kNone)));
  must(two->refresh());
  EXPECT_EQ(content(*two, "x"), "(none)");
  EXPECT_EQ(two->tier_totals()[0].count, 0);
  EXPECT_EQ(two->tier_totals()[0].bytes, 0);
}

TEST_F(LargeItems, keep_their_place_in_a_batch) {
  OpenStorage one(settings());
  std::vector<WriteOp> batch;
  for (int i = 0; i < 9; ++i) {
    const std::string_view text = i % 3 == 1 ? std::string_view(large_) : "small";
    batch.push_back(put_op(scope_, {.id = std::to_string(i), .content = text}));
  }
  batch.push_back(put_op(scope_, {.id = "4", .content = "last"}));
  must(one->commit(batch, Durability::kFull, 1000, true));
  for (const WriteOp& operation : batch) EXPECT_TRUE(operation.status.ok());
  EXPECT_EQ(count(*one), 9);
  EXPECT_EQ(content(*one, "4"), "last");
  EXPECT_EQ(content(*one, "7"), large_);
}

TEST_F(LargeItems, leave_a_consistent_file) {
  {
    OpenStorage one(settings());
    for (int i = 0; i < 10; ++i) {
      const std::string_view text = i % 2 == 0 ? large_ : huge_;
      must(commit_one(*one, put_op(scope_, {.id = std::to_string(i % 4), .content = text})));
    }
  }
  expect_consistent_without_words();
}

// Lists keep what they read from, but never show less than there is.
TEST_F(Handles, lists_that_keep_a_snapshot_see_what_others_change) {
  SqliteSettings keeping = settings();
  keeping.keep_snapshots = true;
  OpenStorage one(keeping);
  OpenStorage two(keeping);
  const auto count_where = [this](Storage& storage, const char* filter) {
    const ReadScope read{&scope_, 1000};
    const FilterRef parsed = parse_filter(filter);
    const int64_t counted = must(storage.count(read, parsed, StopCheck()));
    ListRequest request;
    request.filter = parsed;
    const Page page = must(storage.list(read, request, 100, StopCheck()));
    EXPECT_EQ(static_cast<int64_t>(page.items.size()), counted) << filter;
    return counted;
  };
  EXPECT_EQ(count_where(*one, ""), 0);
  for (int i = 1; i <= 5; ++i) {
    must(commit_one(i % 2 == 0 ? *one : *two, put_op(scope_, {.id = std::to_string(i)})));
    EXPECT_EQ(count_where(i % 3 == 0 ? *two : *one, ""), i);
    EXPECT_EQ(count_where(*one, ""), i);
    EXPECT_EQ(count_where(*two, ""), i);
  }
  // What changes the tables without the journal's telling of it:
  must(one->write_access(std::vector<AccessDelta>{{must_find(*one, scope_, "3")->row(), 7, 2000}}));
  EXPECT_EQ(count_where(*two, R"({"access_count": 7})"), 1);
  Control control;
  must(two->create_index(IndexSpec{"city", "metadata.city"}, control));
  EXPECT_EQ(count_where(*one, R"({"metadata.city": {"$exists": false}})"), 5);
  must(commit_one(*two, WriteOp::remove(must_find(*two, scope_, "1"), Reason::kNone)));
  EXPECT_EQ(count_where(*one, ""), 4);
  one->end_snapshots();
  EXPECT_EQ(count_where(*one, ""), 4);
}

class RelaxedWrites : public Handles {
 protected:
  SqliteSettings relaxed() const {
    SqliteSettings relaxed = settings();
    relaxed.relaxed_interval_us = 1'000'000'000;
    relaxed.busy_timeout_ms = 50;
    return relaxed;
  }
  static Status put_relaxed(SqliteStorage& storage, std::string_view content) {
    static const Scope kScope;
    return commit_one(storage, put_op(kScope, {.content = content}), 1000, Durability::kRelaxed);
  }
};

TEST_F(RelaxedWrites, are_seen_here_at_once_and_elsewhere_when_published) {
  OpenStorage one(relaxed());
  OpenStorage two(relaxed());
  must(put_relaxed(*one, "relaxed"));
  EXPECT_EQ(content(*one, "x"), "relaxed");
  EXPECT_FALSE(two->behind());
  EXPECT_EQ(content(*two, "x"), "(none)");
  EXPECT_TRUE(must(one->publish_relaxed(false))) << "it is not yet due";
  EXPECT_FALSE(must(one->publish_relaxed(true)));
  must(two->refresh());
  EXPECT_EQ(content(*two, "x"), "relaxed");
}

TEST_F(RelaxedWrites, hold_the_lease_until_they_are_published) {
  OpenStorage one(relaxed());
  OpenStorage two(relaxed());
  must(put_relaxed(*one, "relaxed"));
  WriteOp other = put_op(scope_, {.content = "other"});
  EXPECT_EQ(two->commit({&other, 1}, Durability::kNormal, 1000, true).code(), Code::kBusy);
  must(one->publish_relaxed(true).take_status());
  must(two->commit({&other, 1}, Durability::kNormal, 1000, true));
  EXPECT_EQ(must_find(*two, scope_, "x")->header().version, 2);
}

TEST_F(RelaxedWrites, go_out_before_the_next_normal_write_and_before_any_count) {
  OpenStorage one(relaxed());
  OpenStorage two(relaxed());
  must(put_relaxed(*one, "first"));
  must(commit_one(*one, put_op(scope_, {.content = "second"})));
  must(two->refresh());
  EXPECT_EQ(content(*two, "x"), "second");
  EXPECT_EQ(must_find(*two, scope_, "x")->header().version, 2);
  must(commit_one(*one, put_op(scope_, {.id = "y"}), 1000, Durability::kRelaxed));
  EXPECT_EQ(count(*one), 2);
  must(commit_one(*one, put_op(scope_, {.id = "z"}), 1000, Durability::kRelaxed));
  must(one->flush());
  EXPECT_EQ(count(*two), 3);
}

TEST_F(RelaxedWrites, fill_the_journal_without_being_lost) {
  OpenStorage one(relaxed());
  for (int i = 0; i < 2000; ++i) {
    const std::string id = std::to_string(i);
    must(commit_one(*one, put_op(scope_, {.id = id, .content = "some text of some length"}), 1000,
                    Durability::kRelaxed));
  }
  EXPECT_EQ(one->tier_totals()[0].count, 2000);
  must(one->close());
  OpenStorage after(settings());
  EXPECT_EQ(count(*after), 2000);
}

TEST_F(RelaxedWrites, survive_the_closing_of_the_store) {
  {
    OpenStorage one(relaxed());
    must(put_relaxed(*one, "relaxed"));
  }
  OpenStorage after(settings());
  EXPECT_EQ(content(*after, "x"), "relaxed");
}

TEST_F(RelaxedWrites, are_normal_ones_where_there_is_no_interval) {
  OpenStorage one(settings());
  OpenStorage two(settings());
  must(put_relaxed(*one, "relaxed"));
  EXPECT_TRUE(two->behind());
}

}  // namespace
}  // namespace memtier::testing
