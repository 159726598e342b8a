// Folding while others commit: a frame goes into the tables as a whole or not at all.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <thread>

#include "storage/integrity.h"
#include "storage/sqlite/pending.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

// Lets a test stand still inside a fold.
class GatedObserver : public FoldObserver {
 public:
  Status fold(Connection&, std::span<const RowChange>) override {
    if (!armed_.exchange(false)) return {};
    entered_.set_value();
    opened_.get_future().wait();
    return {};
  }
  void arm() { armed_ = true; }
  void wait_until_entered() { entered_.get_future().wait(); }
  void open() { opened_.set_value(); }

 private:
  std::atomic<bool> armed_{false};
  std::promise<void> entered_;
  std::promise<void> opened_;
};

// Lets a test do something in the middle of a commit, after its first change has been delivered, or of
// a new start from the tables.
struct InterruptingSink : RecordingSink {
  std::function<void()> at_next_change;
  std::function<void()> at_next_reset;
  void on_change(const Change& change) override {
    RecordingSink::on_change(change);
    if (at_next_change) std::exchange(at_next_change, nullptr)();
  }
  void on_reset() override {
    RecordingSink::on_reset();
    if (at_next_reset) std::exchange(at_next_reset, nullptr)();
  }
};

// A fold that began before a commit of two removals goes on when the first of the two is delivered and
// the second is not. (The first fold holds the second one up until then.)
TEST(FoldDuringCommit, does_not_take_half_of_it) {
  const TempFolder folder;
  const Scope scope;
  SqliteSettings settings = small_settings(folder.file());
  settings.relaxed_interval_us = 1'000'000'000;
  GatedObserver observer;
  InterruptingSink sink;
  {
    const auto storage = must(SqliteStorage::open(settings));
    must(storage->attach(&sink, &observer));
    must(commit_one(*storage, put_op(scope, {.id = "a"})));
    must(commit_one(*storage, put_op(scope, {.id = "b"})));
    must(storage->fold(true));

    must(commit_one(*storage, put_op(scope, {.id = "c"})));
    observer.arm();
    std::thread first([&] { must(storage->fold(true)); });
    observer.wait_until_entered();
    // The second one has published this write: so it has let the order of commits go.
    must(commit_one(*storage, put_op(scope, {.id = "d"}), 1000, Durability::kRelaxed));
    const int64_t published = must(storage->statistics()).pending_bytes;
    std::thread second([&] { must(storage->fold(true)); });
    while (must(storage->statistics()).pending_bytes == published) std::this_thread::yield();

    sink.at_next_change = [&] {
      observer.open();
      first.join();
      second.join();
    };
    std::vector<WriteOp> removals;
    for (const char* id : {"a", "b"}) {
      removals.push_back(WriteOp::remove(must_find(*storage, scope, id), Reason::kNone));
    }
    must(storage->commit(removals, Durability::kNormal, 1000, true));
    EXPECT_EQ(list_ids(*storage, scope, 1000), (std::vector<std::string>{"c", "d"}));
    must(storage->close());
  }
  for (const std::string& problem : integrity_problems(folder.file())) {
    EXPECT_EQ(problem.substr(0, 5), "words") << problem;  // there is no word index here
  }
  OpenStorage after(settings);
  EXPECT_EQ(list_ids(*after, scope, 1000), (std::vector<std::string>{"c", "d"}));
}

// A handle that was outrun starts anew from the tables, and meanwhile the other one writes and folds.
// What was read in between must not be taken for what the tables say at the end.
TEST(StartingAnew, shows_what_was_folded_while_it_was_under_way) {
  const TempFolder folder;
  const Scope scope;
  SqliteSettings settings = small_settings(folder.file());
  settings.keep_snapshots = true;
  InterruptingSink sink;
  const auto idle = must(SqliteStorage::open(settings));
  must(idle->attach(&sink, nullptr));
  OpenStorage busy(folder.file());
  must(commit_one(*busy, put_op(scope, {.content = "old"})));
  const std::string text(2000, 't');
  for (int i = 0; i < 500; ++i) {  // several times round the journal
    must(commit_one(*busy, put_op(scope, {.id = std::to_string(i), .content = text})));
  }
  bool was_reset = false;
  sink.at_next_reset = [&] {
    was_reset = true;
    EXPECT_EQ(must_find(*idle, scope, "x")->text(Text::kContent), "old");
    must(commit_one(*busy, put_op(scope, {.content = "new"})));
    must(busy->fold(true));
  };
  must(idle->refresh());
  ASSERT_TRUE(was_reset);
  EXPECT_FALSE(idle->behind());
  EXPECT_EQ(must_find(*idle, scope, "x")->text(Text::kContent), "new");
}

// --- many at once

// Dawdles while changes are delivered, so that whatever may happen in the middle of a commit does.
struct SlowSink : RecordingSink {
  explicit SlowSink(uint64_t seed) : random(seed) {}
  void on_change(const Change&) override {
    if (random.one_in(4)) std::this_thread::sleep_for(std::chrono::microseconds(random.below(100)));
  }
  Random random;
};

struct SlowStorage {
  SlowStorage(const std::string& path, uint64_t seed) : sink(seed) {
    SqliteSettings settings = small_settings(path);
    settings.relaxed_interval_us = 1'000;
    settings.keep_snapshots = true;
    storage = must(SqliteStorage::open(settings));
    must(storage->attach(&sink, nullptr));
  }
  SlowSink sink;
  std::unique_ptr<SqliteStorage> storage;
};

struct Known {
  int64_t version = 0;
  int32_t tier = 0;
  bool operator==(const Known&) const = default;
};
using KnownItems = std::map<std::string, Known>;

// Writes to ids that nobody else writes to, looks each time whether what it finds is what it wrote, and
// returns what must be there at the end.
KnownItems write_for_a_while(SqliteStorage& storage, const std::string& prefix, uint64_t seed) {
  Random random(seed);
  const Scope scope;
  const std::string large(70'000, 'L');  // goes straight into the tables
  KnownItems known;
  for (int call = 0; call < 300; ++call) {
    std::vector<WriteOp> batch;
    for (uint64_t i = 0; i <= random.below(5); ++i) {
      const std::string id = prefix + std::to_string(random.below(8));
      if (storage.behind()) must(storage.refresh());
      const ItemRef item = must_find(storage, scope, id);
      const auto expected = known.find(id);
      EXPECT_EQ(static_cast<bool>(item), expected != known.end()) << id;
      if (item && expected != known.end()) {
        EXPECT_EQ(item->header().version, expected->second.version) << id;
        EXPECT_EQ(item->tier(), expected->second.tier) << id;
      }
      const auto in_batch = [&id](const WriteOp& other) {
        return (other.item ? other.item->id() : other.current->id()) == id;
      };
      if (std::any_of(batch.begin(), batch.end(), in_batch)) continue;
      const uint64_t kind = random.below(10);
      const auto tier = static_cast<int32_t>(random.below(4));
      if (!item || kind < 5) {
        const std::string_view text = random.one_in(40) ? std::string_view(large) : "small";
        batch.push_back(put_op(scope, {.id = id, .content = text, .tier = tier}));
      } else if (kind < 7) {
        batch.push_back(WriteOp::remove(item, Reason::kNone));
      } else {
        batch.push_back(WriteOp::move(item, tier, Reason::kManual));
      }
    }
    const auto durability = random.one_in(3) ? Durability::kRelaxed : Durability::kNormal;
    must(storage.commit(batch, durability, 1000, true));
    for (const WriteOp& done : batch) {
      EXPECT_TRUE(done.status.ok()) << done.status.message();
      const std::string id(done.item ? done.item->id() : done.current->id());
      if (done.kind == WriteOp::Kind::kPut) known[id] = {known[id].version + 1, done.item->tier()};
      if (done.kind == WriteOp::Kind::kMove) known[id].tier = done.to;
      if (done.kind == WriteOp::Kind::kRemove) known.erase(id);
    }
  }
  return known;
}

TEST(FoldDuringCommit, loses_nothing_where_two_handles_write_and_many_fold) {
  Random random;
  const TempFolder folder;
  constexpr size_t kHandles = 2;
  std::atomic<bool> ended{false};
  KnownItems known;
  {
    std::vector<std::unique_ptr<SlowStorage>> handles;
    std::vector<std::future<KnownItems>> writers;
    std::vector<std::thread> folders;
    for (size_t i = 0; i < kHandles; ++i) {
      handles.push_back(std::make_unique<SlowStorage>(folder.file(), random.seed() + i));
    }
    for (size_t i = 0; i < kHandles; ++i) {
      SqliteStorage& storage = *handles[i]->storage;
      for (int thread = 0; thread < 2; ++thread) {
        folders.emplace_back([&] {
          while (!ended) {
            must(storage.fold(true));
            storage.end_snapshots();
            std::this_thread::yield();
          }
        });
      }
      writers.push_back(std::async(std::launch::async, write_for_a_while, std::ref(storage),
                                   std::to_string(i) + ".", random.seed() ^ (i + 1)));
    }
    for (auto& writer : writers) known.merge(writer.get());
    ended = true;
    for (std::thread& thread : folders) thread.join();
  }
  KnownItems found;
  OpenStorage after(folder.file());
  const Scope all;
  for (const ItemRef& item : must(after->scan({&all, 0}, parse_filter(""), 0, 1000, {}))) {
    const bool once =
        found.try_emplace(std::string(item->id()), Known{item->header().version, item->tier()})
            .second;
    EXPECT_TRUE(once) << item->id() << " is there twice";
  }
  EXPECT_EQ(found, known) << "MEMTIER_TEST_SEED=" << random.seed();
  must(after->close());
  for (const std::string& problem : integrity_problems(folder.file())) {
    EXPECT_EQ(problem.substr(0, 5), "words") << problem;
  }
}

// --- what is pending

Change change_of(Ref<Item> item, WriteOp::Kind kind) {
  Change change;
  change.kind = kind;
  change.row = item->row();
  change.key_hash = item->key_hash();
  change.from = change.to = item->tier();
  change.item = ItemRef::adopt(item.detach());
  return change;
}

// The process that puts a large item tells others its place before it tells them that they may forget
// what was there before.
TEST(WhatIsPending, does_not_hide_a_large_item_that_stands_in_the_tables) {
  const Scope scope;
  Pending pending;
  Ref<Item> small = make_item(scope, {.content = "small"});
  small->set_row(7);
  const Change put = change_of(std::move(small), WriteOp::Kind::kPut);
  pending.add({&put, 1}, 100);
  EXPECT_TRUE(pending.find(ItemKey(scope, "x")));

  Change large = put;
  large.item = {};
  pending.add({&large, 1}, 200);
  EXPECT_FALSE(pending.find(ItemKey(scope, "x")));
  EXPECT_FALSE(pending.row(7));
  EXPECT_TRUE(pending.find_by_id(scope, "x").empty());

  Change move = large;
  move.kind = WriteOp::Kind::kMove;
  move.to = 2;
  pending.add({&move, 1}, 300);
  ASSERT_TRUE(pending.row(7));
  EXPECT_EQ(pending.row(7)->tier, 2);
  pending.forget(200);
  EXPECT_TRUE(pending.row(7));
  pending.forget(300);
  EXPECT_FALSE(pending.row(7));
  EXPECT_EQ(pending.memory_bytes(), 0u);
}

TEST(WhatIsPending, is_taken_and_forgotten_by_whole_frames) {
  const Scope scope;
  Pending pending;
  for (uint64_t end : {100, 200}) {
    std::vector<Change> frame;
    for (const char* id : {"a", "b", "c"}) {
      Ref<Item> item = make_item(scope, {.id = id});
      item->set_row(static_cast<int64_t>(end) + *id);
      frame.push_back(change_of(std::move(item), WriteOp::Kind::kPut));
    }
    pending.add(frame, end);
    EXPECT_EQ(pending.end(), end);
  }
  EXPECT_EQ(pending.oldest(SIZE_MAX, 99).size(), 0u);
  EXPECT_EQ(pending.oldest(SIZE_MAX, 199).size(), 3u);
  EXPECT_EQ(pending.oldest(1, 200).size(), 3u);
  EXPECT_EQ(pending.oldest(4, 200).size(), 6u);
  pending.forget(199);
  EXPECT_EQ(pending.size(), 3u);
  pending.forget(200);
  EXPECT_EQ(pending.size(), 0u);
  EXPECT_EQ(pending.end(), 0u);
}

}  // namespace
}  // namespace memtier::testing
