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
#include <map>
#include <span>
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
  double factor = 1;     // by speaker and question
  double covered = 0;    // the share of the query's words that it has itself, by how rare they are
  uint32_t session = 0;  // which one, among those of the result; 0: none
  std::array<int64_t, 4> around{};  // rows; 0: nobody
  std::array<double, 4> lent{};     // what each of these counts
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
  // A document that was looked at.
  struct Seen {
    uint32_t number = 0;
    bool found = false;   // by words, or by somebody else
    bool wanted = false;  // found, or beside who was: it is a candidate; others only lend it words
    SegmentDocument document;
    Around around = {kNoDocument, kNoDocument, kNoDocument, kNoDocument};
  };
  // Those of one part, by number; their frequencies, one for each signal.
  struct Looked {
    uint32_t part = 0;
    std::vector<Seen> seen;
    std::vector<Frequencies> frequencies;
    const Frequencies* of(size_t place) const { return &frequencies[place * signals]; }
    size_t signals = 0;
  };

  Result<Looked> look_at(std::span<const RankedDocument> found);
  // The turns around all that are wanted.
  static std::vector<uint32_t> beside(const Looked& looked);
  Status add(std::vector<uint32_t> numbers, const Seen& as, Looked* looked);
  SupportedDocument score(const Looked& looked, size_t place);
  uint32_t session_number(const SegmentDocument& document);
  Result<std::vector<SupportedDocument>> support(std::span<const RankedDocument> found);
  void add_sessions(std::vector<SupportedDocument>* documents) const;

  const Bm25& bm25_;
  const std::vector<double>& rarity_;
  const TextRequest& request_;
  std::vector<PartView>& parts_;
  using Session = std::pair<int64_t, uint32_t>;  // by its scope
  std::map<Session, uint32_t> sessions_;
  std::pair<Session, uint32_t> last_session_;  // mostly the next turn's as well
};

}  // namespace memtier
