// Turns support each other the same way wherever they lie: in RAM, in one segment, in a merged one, also
// beside turns that are gone.
#include "index/text/indexed_storage.h"

namespace memtier::testing {
namespace {

class SessionSupported : public InvertedIndex {
 protected:
  void say(Handle& handle, const std::string& session, const std::string& id,
           const std::string& content) {
    const Scope in({"", "", "u", "", session});
    ItemSpec spec;
    spec.id = id;
    spec.content = content;
    spec.metadata = R"({"speaker": "Ada"})";
    std::vector<WriteOp> batch;
    batch.push_back(WriteOp::put(make_item(in, spec), &in, given_plan()));
    must(handle.storage->commit(batch, Durability::kNormal, 1000, true));
    must(std::move(batch[0].status));
  }
  std::vector<std::pair<int64_t, double>> found(Handle& handle, const std::string& text) {
    const Scope pattern({"", "", "u", "", ""});
    const TextQuery query = must(TextQuery::natural(text, false));
    TextRequest request{&query, {}, {&pattern, 1000}, must(Filter::parse("")), 0, 50, {1, 1, 1, 1}};
    const TextResult result = must(handle.index->search(request, {}));
    std::vector<std::pair<int64_t, double>> hits;
    for (const TextHit& hit : result.hits) {
      EXPECT_NEAR(hit.score, hit.words + hit.neighbours + hit.session + hit.speaker + hit.coverage,
                  1e-9);
      hits.emplace_back(hit.row, std::round(hit.score * 1e9));
    }
    return hits;
  }
};

TEST_F(SessionSupported, in_ram_and_in_segments) {
  Handle handle(folder_.file());
  for (int i = 0; i < 36; ++i) {
    const std::string session = i % 2 == 0 ? "even" : "odd";
    const std::string content = (i % 5 == 0 ? "where is the tea? " : "it is here ") +
                                std::string(i % 7 == 0 ? "under the lamp" : "somewhere");
    say(handle, session, "t" + std::to_string(i), content);
  }
  const auto in_ram = found(handle, "tea lamp");
  EXPECT_GT(in_ram.size(), 12u) << "also turns without the words";
  for (int i = 0; i < 8; ++i) say(handle, "other", "o" + std::to_string(i), "nothing of that");
  const auto before = found(handle, "tea lamp");
  maintain(handle);
  EXPECT_EQ(found(handle, "tea lamp"), before);
}

// Who looked in between still has what was replaced; who looks at the end never saw it.
TEST_F(SessionSupported, by_handles_that_saw_more_and_less) {
  Handle often(folder_.file());
  Handle once(folder_.file());
  for (int i = 0; i < 4; ++i) {
    say(often, "s", "t" + std::to_string(i), i == 1 ? "the tea is here" : "over there");
    for (int other = 0; other < 12; ++other) {
      say(often, "s", "o", "said again " + std::to_string(other));
      (void)found(often, "tea");
    }
  }
  const auto seen = found(often, "tea");
  EXPECT_GT(seen.size(), 1u) << "those that stand beside it";
  EXPECT_EQ(found(once, "tea"), seen);
}

TEST_F(SessionSupported, who_has_all_of_the_words_is_lent_none) {
  Handle handle(folder_.file());
  say(handle, "s", "all", "tea lamp");
  say(handle, "s", "half", "tea");
  const Scope pattern({"", "", "u", "", ""});
  const TextQuery query = must(TextQuery::natural("tea lamp", false));
  TextRequest request{&query, {}, {&pattern, 1000}, must(Filter::parse("")), 0, 50, {1, 1, 1, 1}};
  const TextResult result = must(handle.index->search(request, {}));
  ASSERT_EQ(result.hits.size(), 2u);
  EXPECT_EQ(result.hits[0].neighbours, 0);
  EXPECT_GT(result.hits[1].neighbours, 0);
}

}  // namespace
}  // namespace memtier::testing
