// Killed processes. Each round: somebody writes, is killed, and what is found is compared with what had
// been acknowledged.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "crash/victim.h"
#include "storage/integrity.h"

namespace memtier::testing {
namespace {

using Problems = std::vector<std::string>;

int rounds() {
  const char* given = std::getenv("MEMTIER_CRASH_ROUNDS");
  return given != nullptr ? std::atoi(given) : 200;
}

std::string difference(const Model& expected, const Model& found) {
  const auto text = [](const Model& model, const std::string& id) {
    const auto it = model.find(id);
    if (it == model.end()) return std::string("none");
    return "value " + std::to_string(it->second.value) + ", version " +
           std::to_string(it->second.version) + ", tier " + std::to_string(it->second.tier);
  };
  Model all = expected;
  all.insert(found.begin(), found.end());
  std::string list;
  for (const auto& [id, ignored] : all) {
    if (text(expected, id) == text(found, id)) continue;
    list += id + ": " + text(found, id) + "; expected " + text(expected, id) + "\n";
  }
  return list;
}

// What stands in the file is one of the allowed states; returns it.
Model check(Store& store, const std::string& prefix, const Model& before, const Victim& victim) {
  Model found = read_store(store, prefix);
  const std::vector<Model> allowed = allowed_states(before, victim.calls(), prefix);
  EXPECT_NE(std::find(allowed.begin(), allowed.end(), found), allowed.end())
      << "after " << victim.calls().size() << " calls the store shows none of the "
      << allowed.size() << " states that it may show; with everything done:\n"
      << difference(allowed.back(), found) << "with only what was acknowledged:\n"
      << difference(allowed.front(), found);
  return found;
}

void expect_that_writing_goes_on(Store& store) {
  const ItemRef item = must_put(store, R"({"id": "next writer", "content": "value 1"})");
  EXPECT_EQ(must(store.get(Scope(), "next writer"))->header().version, item->header().version);
}

TEST(Kill, loses_nothing_acknowledged_and_shows_nothing_half_done) {
  Random random;
  std::cout << "MEMTIER_TEST_SEED=" << random.seed() << "\n";
  std::unique_ptr<TempFolder> folder;
  Model before;
  size_t calls = 0;
  for (int round = 0; round < rounds() && !::testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    if (round % 8 == 0) {  // some crashes follow another on the same file
      folder = std::make_unique<TempFolder>();
      before.clear();
    }
    Victim victim(folder->file(), "v", random.seed() + static_cast<uint64_t>(round));
    if (random.one_in(8)) {
      usleep(static_cast<useconds_t>(random.below(10'000)));  // while it opens the store
    } else {
      EXPECT_TRUE(victim.wait_for(random.below(200)));
    }
    ASSERT_TRUE(victim.kill()) << "it ended by itself";
    calls += victim.calls().size();
    const auto store = open_store(folder->file(), crash_options());
    before = check(*store, "v", before, victim);
    expect_that_writing_goes_on(*store);
    must(store->close());
    EXPECT_EQ(integrity_problems(folder->file()), Problems());
    EXPECT_FALSE(std::filesystem::exists(folder->file() + "-log"));
  }
  std::cout << rounds() << " kills after " << calls << " calls\n";
}

TEST(Kill, does_not_stop_another_process_that_writes_to_the_same_file) {
  Random random;
  std::cout << "MEMTIER_TEST_SEED=" << random.seed() << "\n";
  for (int round = 0; round < rounds() / 10 && !::testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const TempFolder folder;
    const uint64_t seed = random.seed() + static_cast<uint64_t>(round);
    Victim first(folder.file(), "first ", seed);
    Victim second(folder.file(), "second ", ~seed);
    EXPECT_TRUE(second.wait_for(1));
    EXPECT_TRUE(first.wait_for(1 + random.below(60)));
    ASSERT_TRUE(first.kill());
    EXPECT_TRUE(second.wait_for(100)) << "the one that lives must go on";
    {
      const auto meanwhile = open_store(folder.file(), crash_options());
      check(*meanwhile, "first ", {}, first);
    }
    ASSERT_TRUE(second.kill());
    const auto store = open_store(folder.file(), crash_options());
    check(*store, "first ", {}, first);
    check(*store, "second ", {}, second);
    expect_that_writing_goes_on(*store);
    must(store->close());
    EXPECT_EQ(integrity_problems(folder.file()), Problems());
  }
}

// The other process of the test before writes; this one holds the store open and reads.
TEST(Kill, leaves_open_handles_of_other_processes_with_what_was_committed) {
  Random random;
  for (int round = 0; round < 10 && !::testing::Test::HasFailure(); ++round) {
    const TempFolder folder;
    StoreOptions options = crash_options();
    options.background = false;  // a process with threads is not to be forked
    const auto store = open_store(folder.file(), options);
    Victim victim(folder.file(), "v", random.seed() + static_cast<uint64_t>(round));
    EXPECT_TRUE(victim.wait_for(1 + random.below(80)));
    (void)read_store(*store, "v");
    ASSERT_TRUE(victim.kill());
    check(*store, "v", {}, victim);
    expect_that_writing_goes_on(*store);
  }
}

}  // namespace
}  // namespace memtier::testing
