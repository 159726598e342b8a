#include "retrieval/fusion.h"

#include <algorithm>

#include "index/text/session_support.h"

namespace memtier {
namespace {

// Vectors find what words do not, and are less sure of it: measured best, whatever made them
// (docs/benchmarks.md, "locomo").
constexpr double kVectorShare = 0.5;
// Reciprocal ranks: by how much the first places are drawn together (Cormack, Clarke and Buettcher, 2009).
constexpr double kReciprocal = 60;

// A turn with what each half says of it, by its own words or vector and by all that it has.
struct Weighed {
  const TurnEvidence* turn = nullptr;
  double own_words = 0;
  double words = 0;
  double own_vector = 0;
  double vector = 0;
};

class Fusion {
 public:
  Fusion(const RankingSpec& spec, const FusionEvidence& evidence)
      : spec_(spec), evidence_(evidence) {
    if (evidence_.nearest.empty()) return;
    best_ = evidence_.nearest.front().score;
    least_ = evidence_.nearest.back().score;
  }

  std::vector<RankedHit> run() {
    for (const TurnEvidence& turn : evidence_.turns) weighed_.push_back(weigh(turn));
    if (spec_.reciprocal_ranks) {
      by_rank(&Weighed::own_words, &Weighed::words);
      by_rank(&Weighed::own_vector, &Weighed::vector);
    } else {
      by_best(&Weighed::own_words, &Weighed::words);
      by_best(&Weighed::own_vector, &Weighed::vector);
    }
    std::vector<RankedHit> hits;
    for (const Weighed& weighed : weighed_) hits.push_back(sum(weighed));
    lift(&hits);
    std::sort(hits.begin(), hits.end(), [](const RankedHit& a, const RankedHit& b) {
      return a.score != b.score ? a.score > b.score : a.row > b.row;
    });
    return hits;
  }

 private:
  // From 0, as the last of the nearest is, to 1, as the first is; nobody is less than not near.
  double near(int64_t row) const {
    const auto found = evidence_.nearness.find(row);
    if (found == evidence_.nearness.end()) return 0;
    if (best_ <= least_) return found->second >= best_ ? 1 : 0;
    return std::max(found->second - least_, 0.0) / (best_ - least_);
  }

  Weighed weigh(const TurnEvidence& turn) const {
    Weighed weighed{&turn, turn.words, turn.supported, near(turn.row), 0};
    weighed.vector = weighed.own_vector;
    for (size_t i = 0; i < turn.around.size(); ++i) {
      if (turn.around[i] != 0) weighed.vector += turn.lent[i] * near(turn.around[i]);
    }
    return weighed;
  }

  using Part = double Weighed::*;
  void by_best(Part own, Part all) {
    double most = 0;
    for (const Weighed& weighed : weighed_) most = std::max(most, weighed.*all);
    if (most <= 0) return;
    for (Weighed& weighed : weighed_) {
      weighed.*own /= most;
      weighed.*all /= most;
    }
  }
  // What a half says nothing of has no rank in it.
  void by_rank(Part own, Part all) {
    std::sort(weighed_.begin(), weighed_.end(), [all](const Weighed& a, const Weighed& b) {
      return a.*all != b.*all ? a.*all > b.*all : a.turn->row > b.turn->row;
    });
    for (size_t rank = 0; rank < weighed_.size(); ++rank) {
      Weighed& weighed = weighed_[rank];
      if (weighed.*all <= 0) break;
      const double score = 1 / (kReciprocal + static_cast<double>(rank + 1));
      weighed.*own *= score / weighed.*all;
      weighed.*all = score;
    }
  }

  RankedHit sum(const Weighed& weighed) const {
    const double words = spec_.weight(Signal::kText);
    const double vector = spec_.weight(Signal::kVector) * kVectorShare;
    RankedHit hit;
    hit.row = weighed.turn->row;
    hit.found = weighed.turn->found;
    hit.text = weighed.turn->words;
    const auto nearness = evidence_.nearness.find(hit.row);
    if (nearness != evidence_.nearness.end()) hit.vector = nearness->second;
    hit.share(Signal::kText) = words * weighed.own_words;
    hit.share(Signal::kVector) = vector * weighed.own_vector;
    hit.score = words * weighed.words + vector * weighed.vector;
    hit.share(Signal::kNeighbours) =
        hit.score - hit.share(Signal::kText) - hit.share(Signal::kVector);
    return hit;
  }

  // By session, speaker and coverage. `hits` are those of weighed_, in its order.
  void lift(std::vector<RankedHit>* hits) const {
    std::unordered_map<uint32_t, double> best;
    for (size_t i = 0; i < hits->size(); ++i) {
      double& most = best[weighed_[i].turn->session];
      most = std::max(most, (*hits)[i].score);
    }
    for (size_t i = 0; i < hits->size(); ++i) {
      const TurnEvidence& turn = *weighed_[i].turn;
      RankedHit& hit = (*hits)[i];
      if (turn.session != 0) {
        hit.share(Signal::kSession) =
            spec_.weight(Signal::kSession) * kSessionShare * best[turn.session];
      }
      const double with_session = hit.score + hit.share(Signal::kSession);
      const double with_speaker = with_session * turn.factor;
      hit.share(Signal::kSpeaker) = with_speaker - with_session;
      hit.share(Signal::kCoverage) =
          with_speaker * added_by_coverage(turn.covered, spec_.weight(Signal::kCoverage));
      hit.score = with_speaker + hit.share(Signal::kCoverage);
    }
  }

  const RankingSpec& spec_;
  const FusionEvidence& evidence_;
  double best_ = 0;
  double least_ = 0;
  std::vector<Weighed> weighed_;
};

}  // namespace

std::vector<RankedHit> fuse(const RankingSpec& spec, const FusionEvidence& evidence) {
  return Fusion(spec, evidence).run();
}

}  // namespace memtier
