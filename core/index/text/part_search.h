// PartSearch: the best documents of one part of the index. The part is gone through in windows of some
// thousand documents: what each signal adds to a document's score is summed up for the whole window, from a
// bound that is quick to compute; only documents whose bound reaches the worst of the best so far are
// scored exactly. Signals that together cannot reach it are not read but looked up (MaxScore: Turtle
// and Flood, Query evaluation: strategies and optimizations, 1995; by window, as with block maxima:
// Ding and Suel, Faster top-k document retrieval using block-max indexes, 2011).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "index/text/bm25.h"
#include "index/text/postings.h"
#include "index/text/score_groups.h"
#include "index/text/segment_format.h"
#include "index/text/word_plan.h"
#include "storage/storage.h"

namespace memtier {

struct DocumentRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// In the order two before, one before, one behind, two behind.
using Around = std::array<uint32_t, 4>;

// The part as a search sees it.
struct PartView {
  const uint8_t* norms = nullptr;
  std::vector<DocumentRange> ranges;          // ascending: the scopes that may be seen
  const std::vector<bool>* hidden = nullptr;  // null: none
  // No others are to be found; ascending. None: all may be.
  std::optional<std::vector<uint32_t>> only;
  std::function<Result<SegmentDocument>(uint32_t)> document;
  // The turns around a document in its session, two before and two behind it: kNoDocument where there
  // is none.
  std::function<Result<Around>(const SegmentDocument&, uint32_t)> around;
  bool has_sessions = false;
  uint32_t number = 0;  // among the parts of the search
  // For each signal two cursors over the same postings, null where the part has none.
  std::vector<std::unique_ptr<PostingCursor>> scan;
  std::vector<std::unique_ptr<PostingCursor>> probe;
  std::vector<int64_t> sizes;  // of their postings
};

struct RankedDocument {
  double score = 0;
  int64_t sequence = 0;
  int64_t row = 0;
  uint32_t part = 0;
  uint32_t document = 0;  // of the part
  // The better first; of equals the one stored last.
  bool operator<(const RankedDocument& other) const {
    return score != other.score ? score > other.score : sequence > other.sequence;
  }
};

// The best documents found so far.
class BestDocuments {
 public:
  explicit BestDocuments(size_t limit) : limit_(limit) {}
  bool is_full() const { return heap_.size() >= limit_; }
  // What a document must at least reach; below 0: anything does.
  double threshold() const { return is_full() ? heap_.front().score : -1; }
  bool wants(const RankedDocument& document) const {
    return limit_ > 0 && (!is_full() || document < heap_.front());
  }
  void add(const RankedDocument& document);
  std::vector<RankedDocument> take();  // the best first

 private:
  size_t limit_;
  std::vector<RankedDocument> heap_;  // the worst first
};

// Reads what the index does not know of a document.
class DocumentCheck {
 public:
  virtual ~DocumentCheck() = default;
  // Whether it may be shown. `phrases`: by leaf, which of them stand there; null: they do not matter.
  virtual Result<bool> check(const SegmentDocument& document, std::vector<bool>* phrases) = 0;
  // Whether check() has to be asked for documents that cannot expire.
  virtual bool is_needed() const = 0;
};

class PartSearch {
 public:
  // All are borrowed. `rarity` is by signal.
  PartSearch(const WordPlan& plan, const Bm25& bm25, const std::vector<double>& rarity,
             DocumentCheck& check, const StopCheck& stop, BestDocuments& best,
             SearchEffort& effort);

  Status run(PartView& part);

 private:
  // Windows have some hundred postings each, so that what a window costs does not matter, and of common
  // words fit the nearest cache.
  static constexpr uint32_t kLeastWindow = 4096;
  static constexpr uint32_t kMostWindow = 65'536;
  static constexpr int64_t kPostingsPerWindow = 1024;
  // Looking up one document costs as much as reading so many postings.
  static constexpr int64_t kProbeCost = 32;
  // Documents whose scores are cleared and looked through together.
  static constexpr size_t kGroup = kScoreGroup;
  static constexpr size_t kOfferedAtOnce = 32;
  struct Candidate {
    float bound;
    uint32_t document;
  };

  void choose_window();
  Status window(uint32_t begin, uint32_t end);
  void collect_candidates(uint32_t base, float least);
  Status accumulate(size_t signal, uint32_t begin, uint32_t end, uint64_t* bits);
  Status order_signals(uint32_t begin, uint32_t end);
  void matching(const WordPlan::Node& node, uint64_t* out) const;
  // Each of these, some of the candidates, with what they have of the signals.
  Status offer_some(std::span<const Candidate> some);
  Status offer(uint32_t document, const Frequencies* of_signals);
  double exact(const std::vector<bool>& leaves) const;
  bool matches(const WordPlan::Node& node, const std::vector<bool>& leaves) const;
  bool reaches(double bound) const { return bound * kSlack >= best_.threshold(); }

  // Bounds are sums of rounded numbers.
  static constexpr double kSlack = 1.0001;

  const WordPlan& plan_;
  const Bm25& bm25_;
  const std::vector<double>& rarity_;
  DocumentCheck& check_;
  const StopCheck& stop_;
  BestDocuments& best_;
  SearchEffort& effort_;
  const bool some_fields_;  // are searched, others are not
  PartView* part_ = nullptr;

  uint32_t window_ = kLeastWindow;
  size_t words_ = kLeastWindow / 64;  // of a bitmap of the window
  std::vector<float> scores_;         // of the window; 0 outside of window()
  std::vector<uint64_t> groups_;      // which groups of kGroup have scores
  std::vector<uint64_t> bits_;        // words_ by signal: who has a posting in the window
  std::vector<uint64_t> matched_;
  std::array<TakenScore, kScoresAtOnce> taken_;
  std::vector<Candidate> candidates_;
  std::vector<double> bounds_;  // by signal, of the window
  std::vector<size_t> order_;   // signals, by bound
  size_t first_read_ = 0;       // in order_: those before are only looked up
  double unread_bound_ = 0;     // of those together
  std::vector<Candidate> offered_;
  std::vector<uint32_t> numbers_;         // of these, ascending
  std::vector<Frequencies> frequencies_;  // by number, by signal
  std::vector<double> shares_;            // by signal: of the document being scored
  std::vector<bool> present_;
  std::vector<bool> leaves_;  // of that document: which are matched
  std::vector<bool> phrases_;
};

}  // namespace memtier
