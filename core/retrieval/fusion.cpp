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
    weighed_.reserve(evidence_.turns.size());
    for (const TurnEvidence& turn : evidence_.turns) weighed_.push_back(weigh(turn));
    if (spec_.reciprocal_ranks) {
      by_rank(&Weighed::own_words, &Weighed::words);
      by_rank(&Weighed::own_vector, &Weighed::vector);
    } else {
      by_best(&Weighed::own_words, &Weighed::words);
      by_best(&Weighed::own_vector, &Weighed::vector);
    }
    std::vector<RankedHit> hits;
    hits.reserve(weighed_.size());
    for (const Weighed& weighed : weighed_) hits.push_back(sum(weighed));
    lift(&hits);
    return in_order(std::move(hits));
  }

 private:
  // These are large, and are moved once.
  static std::vector<RankedHit> in_order(std::vector<RankedHit> hits) {
    struct Place {
      double score;
      int64_t row;
      size_t at;
    };
    std::vector<Place> places;
    places.reserve(hits.size());
    for (const RankedHit& hit : hits) places.push_back({hit.score, hit.row, places.size()});
    std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
      return a.score != b.score ? a.score > b.score : a.row > b.row;
    });
    std::vector<RankedHit> ordered;
    ordered.reserve(hits.size());
    for (const Place& place : places) ordered.push_back(std::move(hits[place.at]));
    return ordered;
  }

  // From 0, as the last of the nearest is, to 1, as the first is; nobody is less than not near.
  double near(int64_t row) const {
    const double* const score = evidence_.nearness.find(row);
    if (score == nullptr) return 0;
    if (best_ <= least_) return *score >= best_ ? 1 : 0;
    return std::max(*score - least_, 0.0) / (best_ - least_);
  }

  Weighed weigh(const TurnEvidence& turn) const {
    Weighed weighed{&turn, turn.words, turn.supported, near(turn.row), 0};
    weighed.vector = weighed.own_vector;
    for (size_t i = 0; i < turn.around.size(); ++i) {
      if (turn.lent[i] > 0) weighed.vector += turn.lent[i] * near(turn.around[i]);
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
    const double* const score = evidence_.nearness.find(hit.row);
    if (score != nullptr) hit.vector = *score;
    hit.compared = score != nullptr || !evidence_.only_nearest;
    hit.share(Signal::kText) = words * weighed.own_words;
    hit.share(Signal::kVector) = vector * weighed.own_vector;
    hit.score = words * weighed.words + vector * weighed.vector;
    hit.share(Signal::kNeighbours) =
        hit.score - hit.share(Signal::kText) - hit.share(Signal::kVector);
    return hit;
  }

  // By session, speaker and coverage. `hits` are those of weighed_, in its order.
  void lift(std::vector<RankedHit>* hits) const {
    std::vector<double> best;  // by session
    for (size_t i = 0; i < hits->size(); ++i) {
      const uint32_t session = weighed_[i].turn->session;
      if (session >= best.size()) best.resize(session + 1, 0.0);
      best[session] = std::max(best[session], (*hits)[i].score);
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

void NearRows::add(int64_t row, double score) {
  if (count_ * 2 >= slots_.size()) {
    std::vector<Slot> before(slots_.size() * 2);
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.row != 0) slots_[probe(slot.row)] = slot;
    }
  }
  Slot& slot = slots_[probe(row)];
  if (slot.row != 0) return;
  slot = {row, score};
  ++count_;
}

std::vector<RankedHit> fuse(const RankingSpec& spec, const FusionEvidence& evidence) {
  return Fusion(spec, evidence).run();
}

}  // namespace memtier
