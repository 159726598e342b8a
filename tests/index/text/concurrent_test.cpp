// Searching while others write, make segments and merge them.
#include <atomic>
#include <thread>
#include <vector>

#include "index/text/indexed_storage.h"

namespace memtier::testing {
namespace {

// A writer, two who tidy up and two who search, all at once: a search sees what was acknowledged.
TEST_F(InvertedIndex, items_are_found_while_segments_are_made_and_merged) {
  const std::string path = folder_.file();
  Handle first(path);
  Handle second(path);
  std::atomic<int> written{0};
  std::atomic<bool> stop{false};
  const auto filter = must(Filter::parse(""));
  const Scope ada = scope("ada");
  std::vector<std::thread> threads;
  for (Handle* handle : {&first, &second}) {
    threads.emplace_back([&, handle] {
      while (!stop) (void)handle->index->maintain(true).ok();
    });
    threads.emplace_back([&, handle] {
      while (!stop) {
        const int before = written;
        const auto all = must(TextQuery::natural("tea", false));
        const auto result =
            must(handle->index->search(all, {}, {&ada, 1000}, filter, 0, 10'000, {}));
        const int after = written;
        // Each step adds one item and replaces another; one write may be under way.
        EXPECT_GE(static_cast<int>(result.hits.size()), before);
        EXPECT_LE(static_cast<int>(result.hits.size()), after + 1);
        EXPECT_EQ(result.documents, static_cast<int64_t>(result.hits.size()));
      }
    });
  }
  for (int i = 0; i < 600; ++i) {
    put(i % 2 == 0 ? first : second, "ada", "new" + std::to_string(i), "green tea");
    ++written;
    put(first, "ada", "new" + std::to_string(i / 2), "tea again " + std::to_string(i));
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  maintain(first);
  EXPECT_EQ(must(second.index->search(must(TextQuery::natural("tea", false)), {}, {&ada, 1000},
                                      filter, 0, 10'000, {}))
                .hits.size(),
            600u);
}

}  // namespace
}  // namespace memtier::testing
