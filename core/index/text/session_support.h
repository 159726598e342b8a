// SessionSupport: turns of a conversation lend each other words. What answers a question often does not
// repeat its words: they stand in the question before it, or a turn further. So the documents that words
// find are ranked again, with the turns around them:
//
//   - a word of a turn nearby counts as a part of one of the turn's own (before BM25 saturates it, so that
//     a word that both have does not count twice);
//   - the best turn of a session lifts the others of that session;
//   - a turn whose speaker the query names counts more;
//   - a turn that asks counts a little less, and lends more to the one behind it;
//   - who has (nearly) all of the query's words is surely meant, whatever the others lend each other.
//
// A session is what the scope calls one, or else the member "session" of the metadata; items without
// either are left as they are. Order is that of storing. Measured in docs/benchmarks.md, "locomo".
#pragma once

#include <array>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "index/text/part_search.h"
#include "index/text/text_state.h"

namespace memtier {

// The turns around a document in its session, looked for among some documents on either side.
Result<Around> around_in_segment(const LoadedSegment& loaded, ChunkReader& reader,
                                 const SegmentDocument& document, uint32_t number);
Around around_in_recent(const RecentPart& part, const SegmentDocument& document, uint32_t number);

struct SupportedDocument {
  RankedDocument ranked;
  TextHit hit;
  bool found_by_words = false;  // and so allowed by scope, filter and expiry already
  bool may_expire = false;
  double factor = 1;   // by speaker and question
  double covered = 0;  // the share of the query's words that it has itself, by how rare they are
  std::pair<int64_t, uint32_t> session;  // and its scope; 0: none
  std::array<int64_t, 4> around{};       // rows; 0: nobody
  std::array<double, 4> lent{};          // what each of these counts
};

// So much of the best turn of a session counts for each of its turns.
inline constexpr double kSessionShare = 0.5;
// What having these of the query's words adds to a score.
double added_by_coverage(double covered, double weight);

class SessionSupport {
 public:
  // So many of those that words find are ranked again, whatever the limit: pages fit together.
  static size_t window(size_t signals);

  // All are borrowed; `rarity` is by signal.
  SessionSupport(const Bm25& bm25, const std::vector<double>& rarity, const TextRequest& request,
                 std::vector<PartView>& parts)
      : bm25_(bm25), rarity_(rarity), request_(request), parts_(parts) {}

  // The found ones, and the turns around them, the best first.
  Result<std::vector<SupportedDocument>> rank(std::span<const RankedDocument> found);
  // The same, left to somebody else to be ranked.
  Result<std::vector<TurnEvidence>> weigh(std::span<const RankedDocument> found);

 private:
  // A document that was looked at, with its frequencies by signal.
  struct Seen {
    uint32_t part = 0;
    uint32_t number = 0;
    SegmentDocument document;
    Around around{};
    bool knows_around = false;
    std::vector<Frequencies> frequencies;
  };

  Result<size_t> see(uint32_t part, uint32_t number);
  Status see_around(size_t place);
  Result<SupportedDocument> score(size_t place);
  Result<std::vector<SupportedDocument>> support(std::span<const RankedDocument> found);
  void add_sessions(std::vector<SupportedDocument>* documents) const;

  const Bm25& bm25_;
  const std::vector<double>& rarity_;
  const TextRequest& request_;
  std::vector<PartView>& parts_;
  std::vector<Seen> seen_;
  std::unordered_map<uint64_t, size_t> places_;  // in seen_, by part and number
};

}  // namespace memtier
