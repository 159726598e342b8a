// Ranking: from what candidates say themselves to their scores. What was found by words or vectors is
// multiplied by (1 + weight * signal) for each signal of the item - how new, how important, how often read,
// how near to what the caller is at, or to a date that is asked for -, every signal from 0 to 1 (dates:
// to 2, preferences: from -1); so weight 0 leaves things as they are.
#pragma once

#include <array>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "index/graph/link_graph.h"
#include "index/text/analyzer.h"
#include "model/item.h"
#include "model/json.h"
#include "model/preferences.h"
#include "model/query.h"
#include "storage/storage.h"

namespace memtier {

struct RankedHit {
  int64_t row = 0;
  ItemRef item;
  double score = 0;
  bool found = true;                      // false: filter and expiry are still to be looked at
  double text = 0;                        // its own words, as BM25 counts them
  double vector = 0;                      // as near as its vector is
  bool compared = true;                   // false: nobody has looked how near that is
  std::array<double, kSignals> shares{};  // of the score, by signal
  double& share(Signal signal) { return shares[static_cast<size_t>(signal)]; }
  double share(Signal signal) const { return shares[static_cast<size_t>(signal)]; }
};

// So many of what is found are ranked again, whatever the limit: pages fit together.
inline constexpr size_t kRankingWindow = 128;

class Ranking {
 public:
  // Reads the items that the context names; those that are not there say nothing.
  // `preferences` are borrowed; null: nothing is known of them.
  static Result<Ranking> make(const RankingSpec& spec, Storage& storage, LinkGraph& links,
                              const Preferences* preferences, const ReadScope& read,
                              Tokenizer tokenizer);

  // Multiplies the scores of the first kRankingWindow, and orders these: by score, of equals as they
  // were; with "diversity" each is what adds most to those before it.
  void rank(std::vector<RankedHit>* candidates) const;

 private:
  struct Context {
    std::unordered_set<std::string> tags;
    std::unordered_set<std::string> sessions;
    std::unordered_set<std::string> terms;
    std::unordered_map<int64_t, double> activation;  // by row
  };

  Ranking(const RankingSpec& spec, int64_t now_us, Tokenizer tokenizer)
      : spec_(spec), now_us_(now_us), tokenizer_(tokenizer) {}
  void multiply(RankedHit* candidate, Analyzer& analyzer) const;
  double nearness(const Item& item, Analyzer& analyzer) const;
  double closeness(const Item& item) const;
  double association(const Item& item) const;
  void diversify(std::span<RankedHit> candidates) const;

  const RankingSpec& spec_;
  int64_t now_us_;
  Tokenizer tokenizer_;
  Context context_;
  const Preferences* preferences_ = nullptr;
};

// For explain: what each hit's score is made of.
Json explain_scores(std::span<const RankedHit> hits);

}  // namespace memtier
