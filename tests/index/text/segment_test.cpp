// A segment in the database: what was written is read, and damage is told.
#include "index/text/segment.h"

#include <algorithm>
#include <map>

#include "base/must.h"
#include "base/seed.h"
#include "index/text/segment_writer.h"

namespace memtier::testing {
namespace {

class Segments : public ::testing::Test {
 protected:
  Segments() {
    must(connection_->execute("CREATE TABLE text_chunks(key INTEGER PRIMARY KEY, data BLOB)"));
  }

  void write(const SegmentImage& image) {
    auto insert = must(connection_->prepare("INSERT OR REPLACE INTO text_chunks VALUES(?, ?)"));
    const std::string_view body = image.body;
    for (size_t at = 0, i = 0; at < body.size(); at += kChunkBytes, ++i) {
      must(insert.bind(1, static_cast<int64_t>((1 << kChunkBits) + i))
               .bind_blob(2, body.substr(at, kChunkBytes))
               .run());
    }
  }

  std::shared_ptr<const Segment> store(const SegmentImage& image) {
    write(image);
    return must(Segment::open(reader_, 1, 1'000'000, image.header.encode()));
  }

  std::unique_ptr<Connection> connection_ =
      must(Connection::open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0));
  ChunkCache cache_{1 << 20};
  ChunkReader reader_{*connection_, cache_};
};

std::vector<SegmentDocument> documents(uint32_t count) {
  std::vector<SegmentDocument> result;
  for (uint32_t i = 0; i < count; ++i) {
    SegmentDocument document;
    document.scope = 1 + i / 1000;
    document.sequence = 100 + i;
    document.row = 7 + int64_t{i} * 3;
    document.length = 1 + i % 400;
    document.may_expire = i % 3 == 0;
    document.negative = i % 501 == 500;
    result.push_back(document);
  }
  return result;
}

constexpr uint32_t kCount = 20'000;

// Terms of all lengths; dense and sparse lists, some with titles.
std::map<std::string, PostingList> random_lists(Random& random) {
  std::map<std::string, PostingList> lists;
  for (int term = 0; term < 300; ++term) {
    PostingList list;
    const uint64_t gap = 1 + random.below(term % 7 == 0 ? 3 : 4000);
    for (uint64_t at = random.below(gap); at < kCount; at += 1 + random.below(gap)) {
      Frequencies frequencies;
      frequencies.content = static_cast<uint8_t>(random.below(4));
      if (term % 5 == 0) frequencies.title = static_cast<uint8_t>(random.below(3));
      list.add(static_cast<uint32_t>(at), frequencies);
    }
    if (!list.documents.empty()) lists[random.letters(1 + static_cast<size_t>(term) % 30)] = list;
  }
  return lists;
}

TEST_F(Segments, give_back_documents) {
  SegmentWriter writer(documents(kCount));
  PostingList list;
  list.add(0, {1, 0, 0});
  writer.add("a", list.run());
  const auto segment = store(writer.finish());
  for (uint32_t i = 0; i < kCount; i += 97) {
    const SegmentDocument expected = documents(i + 1).back();
    const SegmentDocument actual = must(segment->document(reader_, i));
    EXPECT_EQ(actual.scope, expected.scope);
    EXPECT_EQ(actual.sequence, expected.sequence);
    EXPECT_EQ(actual.row, expected.row);
    EXPECT_EQ(actual.length, expected.length);
    EXPECT_EQ(actual.may_expire, expected.may_expire);
    EXPECT_EQ(actual.negative, expected.negative);
    const auto found = must(segment->find(reader_, expected.scope, expected.sequence));
    EXPECT_EQ(found.value_or(kNoDocument), expected.negative ? kNoDocument : i);
  }
  EXPECT_FALSE(must(segment->find(reader_, 1, 99)).has_value());
  EXPECT_FALSE(must(segment->find(reader_, 99, 100)).has_value());
}

TEST_F(Segments, guess_documents_by_row_and_never_wrongly) {
  std::vector<SegmentDocument> all = documents(3000);
  // Some are newer versions of old items.
  for (size_t i = 7; i < all.size(); i += 50) all[i].row = all[i / 2].row + 1;
  for (int round = 0; round < 2; ++round) {
    SegmentWriter writer(all);
    PostingList list;
    list.add(0, {1, 0, 0});
    writer.add("a", list.run());
    const auto segment = store(writer.finish());
    ChunkCache cache(1 << 20);
    ChunkReader reader(*connection_, cache);
    size_t found = 0;
    for (const SegmentDocument& document : all) {
      const auto number = must(segment->guess(reader, document.scope, document.row));
      if (!number) continue;
      ++found;
      EXPECT_EQ(must(segment->document(reader, *number)).row, document.row);
    }
    EXPECT_GE(found, round == 0 ? all.size() / 2 : all.size());
    EXPECT_FALSE(must(segment->guess(reader, 1, 8)).has_value());
    EXPECT_FALSE(must(segment->guess(reader, 99, 7)).has_value());
    all = documents(3000);
  }
}

// In ranges, as a search asks for them.
void expect_postings(PostingCursor& cursor, PostingCursor& counting, const uint8_t* norms,
                     const PostingList& list) {
  size_t at = 0;
  for (uint32_t begin = 0; begin < kCount; begin += 1500) {
    const uint32_t end = std::min(begin + 1500, kCount);
    const size_t first = at;
    const uint32_t hint = must(cursor.not_before(begin));
    EXPECT_TRUE(at == list.documents.size() || hint <= list.documents[at]);
    const Bound bound = must(cursor.bound(begin, end));
    for (uint32_t from = begin; from < end;) {
      const memtier::Run run = must(cursor.next(from, end));
      if (run.size == 0) break;
      for (size_t i = 0; i < run.size; ++i, ++at) {
        ASSERT_LT(at, list.documents.size());
        ASSERT_EQ(run.documents[i], list.documents[at]);
        ASSERT_EQ(run.at(i).content, list.content[at]);
        ASSERT_EQ(run.at(i).title, list.run().at(at).title);
        EXPECT_LE(run.at(i).content, bound.most.content);
        EXPECT_LE(run.at(i).title, bound.most.title);
        EXPECT_GE(norms[run.documents[i]], bound.shortest);
      }
      from = run.documents[run.size - 1] + 1;
    }
    EXPECT_EQ(must(counting.count(begin, end)), at - first);
  }
  EXPECT_EQ(at, list.documents.size());
}

TEST_F(Segments, give_back_terms_and_postings) {
  Random random;
  SegmentWriter writer(documents(kCount));
  const auto lists = random_lists(random);
  for (const auto& [term, list] : lists) writer.add(term, list.run());
  const auto segment = store(writer.finish());
  TermIterator iterator(*segment, reader_);
  for (const auto& [term, list] : lists) {
    ASSERT_TRUE(must(iterator.next()));
    EXPECT_EQ(iterator.term(), term);
    const auto entry = must(segment->term(reader_, term));
    ASSERT_TRUE(entry.has_value()) << term;
    const auto cursor = segment->cursor(reader_, *entry);
    const auto probing = segment->cursor(reader_, *entry);
    expect_postings(*cursor, *probing, segment->norms(), list);
    Frequencies frequencies;
    for (int i = 0; i < 50; ++i) {
      const auto probe = static_cast<uint32_t>(random.below(kCount));
      const bool there = std::binary_search(list.documents.begin(), list.documents.end(), probe);
      EXPECT_EQ(must(probing->probe(probe, &frequencies)), there) << term << ' ' << probe;
    }
  }
  EXPECT_FALSE(must(iterator.next()));
  EXPECT_FALSE(must(segment->term(reader_, "no such term at all")).has_value());
}

TEST_F(Segments, tell_damage_and_never_read_outside) {
  Random random;
  SegmentWriter writer(documents(3000));
  for (int term = 0; term < 60; ++term) {
    PostingList list;
    for (uint32_t at = static_cast<uint32_t>(term); at < 3000;
         at += 1 + static_cast<uint32_t>(term)) {
      list.add(at, {1, 0, 0});
    }
    writer.add("term" + std::to_string(100 + term), list.run());
  }
  const SegmentImage image = writer.finish();
  for (int round = 0; round < 300; ++round) {
    SegmentImage damaged = image;
    std::string header = image.header.encode();
    for (int i = 0; i < 3; ++i) {
      damaged.body[random.below(damaged.body.size())] ^= static_cast<char>(1 + random.below(255));
    }
    if (round % 3 == 0)
      header[random.below(header.size())] ^= static_cast<char>(1 + random.below(255));
    write(damaged);
    ChunkCache cache(1 << 20);
    ChunkReader reader(*connection_, cache);
    auto opened = Segment::open(reader, 1, 1, header);
    if (!opened.ok()) {
      EXPECT_EQ(opened.take_status().code(), Code::kCorrupt);
      continue;
    }
    const auto segment = *opened;
    TermIterator iterator(*segment, reader);
    while (true) {
      auto more = iterator.next();
      if (!more.ok() || !*more) break;
      const auto cursor = segment->cursor(reader, iterator.entry());
      for (uint32_t begin = 0; begin < segment->documents();) {
        auto run = cursor->next(begin, segment->documents());
        if (!run.ok() || run->size == 0) break;
        ASSERT_LT(run->documents[run->size - 1], segment->documents());
        ASSERT_GE(run->documents[run->size - 1], begin) << "each step goes on";
        begin = run->documents[run->size - 1] + 1;
      }
    }
  }
}

}  // namespace
}  // namespace memtier::testing
