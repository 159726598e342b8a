#include "index/text/session_support.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace memtier {
namespace {

// How much a word counts that stands two turns before, one before, one behind, two behind.
constexpr std::array<double, 4> kLent = {0.2, 0.3, 0.3, 0.1};
// One before, where that turn asks: the answer mostly does not repeat the question's words.
constexpr double kLentByQuestion = 0.8;
// So much more counts a turn whose speaker is named, so much less one that asks.
constexpr double kSpeakerNamed = 0.5;
constexpr double kAsks = 0.1;
// So much more counts a turn that has all of the words itself; by the power of the share that it has, so
// that it matters for those that have nearly all.
constexpr double kCovers = 1;
constexpr double kCoverPower = 4;

// Sessions of one scope may be mixed: so far is looked for the next turn of the same one.
constexpr int kReach = 8;

// Fills in two places of `around`, going away from the document: `step` gives the next number and its
// session, or kNoDocument at the end.
template <typename Step>
Status walk(uint32_t session, const Step& step, uint32_t* near, uint32_t* far) {
  for (int i = 0; i < kReach && *far == kNoDocument; ++i) {
    uint32_t number = kNoDocument;
    uint32_t mark = 0;
    RETURN_IF_ERROR(step(&number, &mark));
    if (number == kNoDocument) break;
    if (mark == 0 || session_of(mark) != session) continue;
    (*near == kNoDocument ? *near : *far) = number;
  }
  return {};
}

constexpr Around kNobody = {kNoDocument, kNoDocument, kNoDocument, kNoDocument};

}  // namespace

double added_by_coverage(double covered, double weight) {
  return weight * kCovers * std::pow(covered, kCoverPower);
}

Result<Around> around_in_segment(const LoadedSegment& loaded, ChunkReader& reader,
                                 const SegmentDocument& document, uint32_t number) {
  const Segment& segment = *loaded.segment;
  Around around = kNobody;
  const ScopeSpan* span = segment.scope(document.scope);
  if (document.session == 0 || span == nullptr) return around;
  const uint32_t session = session_of(document.session);
  uint32_t at = number;
  const auto look = [&](uint32_t* found, uint32_t* mark) -> Status {
    *found = at;
    if (loaded.hidden[at]) return {};
    ASSIGN_OR_RETURN(const SegmentDocument here, segment.document(reader, at));
    *mark = here.session;
    return {};
  };
  const auto back = [&](uint32_t* found, uint32_t* mark) -> Status {
    if (at == span->first) return {};
    --at;
    return look(found, mark);
  };
  const auto forward = [&](uint32_t* found, uint32_t* mark) -> Status {
    if (at + 1 >= span->first + span->count) return {};
    ++at;
    return look(found, mark);
  };
  RETURN_IF_ERROR(walk(session, back, &around[1], &around[0]));
  at = number;
  RETURN_IF_ERROR(walk(session, forward, &around[2], &around[3]));
  return around;
}

Around around_in_recent(const RecentPart& part, const SegmentDocument& document, uint32_t number) {
  Around around = kNobody;
  const std::vector<uint32_t>* documents = part.documents_of(document.scope);
  if (document.session == 0 || documents == nullptr) return around;
  const uint32_t session = session_of(document.session);
  const auto here = std::lower_bound(documents->begin(), documents->end(), number);
  auto at = here;
  const auto look = [&](uint32_t* found, uint32_t* mark) -> Status {
    *found = *at;
    if (!part.is_hidden(*at)) *mark = part.document(*at).session;
    return {};
  };
  const auto back = [&](uint32_t* found, uint32_t* mark) -> Status {
    if (at == documents->begin()) return {};
    --at;
    return look(found, mark);
  };
  const auto forward = [&](uint32_t* found, uint32_t* mark) -> Status {
    if (at == documents->end() || ++at == documents->end()) return {};
    return look(found, mark);
  };
  // Neither can fail: all is in RAM.
  (void)walk(session, back, &around[1], &around[0]);
  at = here;
  (void)walk(session, forward, &around[2], &around[3]);
  return around;
}

size_t SessionSupport::window(size_t signals) {
  constexpr size_t kMost = 48;
  constexpr size_t kLeast = 8;
  constexpr size_t kSignalsAtMost = 16;  // above, what is looked up stays the same
  return std::clamp(kMost * kSignalsAtMost / std::max<size_t>(signals, 1), kLeast, kMost);
}

Result<size_t> SessionSupport::see(uint32_t part, uint32_t number) {
  const auto [place, is_new] = places_.emplace(uint64_t{part} << 32 | number, seen_.size());
  if (!is_new) return place->second;
  Seen seen;
  seen.part = part;
  seen.number = number;
  ASSIGN_OR_RETURN(seen.document, parts_[part].document(number));
  seen.frequencies.resize(rarity_.size());
  for (size_t signal = 0; signal < rarity_.size(); ++signal) {
    PostingCursor* cursor = parts_[part].probe[signal].get();
    if (cursor == nullptr) continue;
    RETURN_IF_ERROR(cursor->probe(number, &seen.frequencies[signal]).take_status());
  }
  seen_.push_back(std::move(seen));
  return seen_.size() - 1;
}

Status SessionSupport::see_around(size_t place) {
  if (seen_[place].knows_around) return {};
  const uint32_t part = seen_[place].part;
  ASSIGN_OR_RETURN(const Around around,
                   parts_[part].around(seen_[place].document, seen_[place].number));
  seen_[place].around = around;
  seen_[place].knows_around = true;
  return {};
}

Result<SupportedDocument> SessionSupport::score(size_t place) {
  RETURN_IF_ERROR(see_around(place));
  std::array<size_t, 4> around{};
  std::array<double, 4> lent{};
  for (size_t i = 0; i < around.size(); ++i) {
    const uint32_t number = seen_[place].around[i];
    if (number == kNoDocument) continue;
    ASSIGN_OR_RETURN(around[i], see(seen_[place].part, number));
    const bool question = i == 1 && asks(seen_[around[i]].document.session);
    lent[i] = request_.support.neighbours * (question ? kLentByQuestion : kLent[i]);
  }
  const Seen& seen = seen_[place];
  SupportedDocument result;
  result.lent = lent;
  for (size_t i = 0; i < around.size(); ++i) {
    if (seen.around[i] != kNoDocument) result.around[i] = seen_[around[i]].document.row;
  }
  if (seen.document.session != 0) {
    result.session = {seen.document.scope, session_of(seen.document.session)};
  }
  double supported = 0;
  double all = 0;
  bool named = false;
  for (size_t signal = 0; signal < rarity_.size(); ++signal) {
    const Frequencies& own = seen.frequencies[signal];
    double frequency = bm25_.weighted(own);
    all += rarity_[signal];
    if (frequency > 0) {
      result.covered += rarity_[signal];
      result.hit.words += rarity_[signal] * bm25_.share(frequency, seen.document.length);
    }
    named = named || (own.speaker > 0 && request_.weights.speaker > 0);
    for (size_t i = 0; i < around.size(); ++i) {
      if (lent[i] == 0) continue;
      // Who says something nearby does not say it here.
      Frequencies words = seen_[around[i]].frequencies[signal];
      words.speaker = 0;
      frequency += lent[i] * bm25_.weighted(words);
    }
    if (frequency > 0) {
      supported += rarity_[signal] * bm25_.share(frequency, seen.document.length);
    }
  }
  result.hit.row = seen.document.row;
  result.hit.neighbours = supported - result.hit.words;
  if (all > 0) result.covered /= all;
  result.factor = named ? 1 + request_.support.speaker * kSpeakerNamed : 1;
  if (asks(seen.document.session)) {
    result.factor *= 1 - kAsks * std::min(1.0, request_.support.neighbours);
  }
  result.hit.score = supported;
  result.may_expire = seen.document.may_expire;
  result.ranked.part = seen.part;
  result.ranked.document = seen.number;
  result.ranked.row = seen.document.row;
  result.ranked.sequence = seen.document.sequence;
  return result;
}

void SessionSupport::add_sessions(std::vector<SupportedDocument>* documents) const {
  std::map<std::pair<int64_t, uint32_t>, double> best;
  for (const SupportedDocument& document : *documents) {
    if (document.session.second == 0) continue;
    double& most = best[document.session];
    most = std::max(most, document.hit.score);
  }
  for (SupportedDocument& document : *documents) {
    if (document.session.second != 0) {
      document.hit.session = request_.support.session * kSessionShare * best[document.session];
    }
    const double sum = document.hit.score + document.hit.session;
    document.hit.speaker = sum * (document.factor - 1);
    const double covers = added_by_coverage(document.covered, request_.support.coverage);
    document.hit.coverage = sum * document.factor * covers;
    document.hit.score = sum * document.factor * (1 + covers);
    document.ranked.score = document.hit.score;
  }
}

Result<std::vector<SupportedDocument>> SessionSupport::support(
    std::span<const RankedDocument> found) {
  // In the order of the lists: neighbours are in one block, and each block is unpacked once.
  std::vector<RankedDocument> in_order(found.begin(), found.end());
  std::sort(in_order.begin(), in_order.end(), [](const auto& a, const auto& b) {
    return a.part != b.part ? a.part < b.part : a.document < b.document;
  });
  std::map<std::pair<uint32_t, uint32_t>, bool> wanted;  // by part and number: found by words
  for (const RankedDocument& document : in_order) {
    wanted[{document.part, document.document}] = true;
    ASSIGN_OR_RETURN(const size_t place, see(document.part, document.document));
    RETURN_IF_ERROR(see_around(place));
    // Without their words nothing is found by who stands beside it.
    if (request_.support.neighbours <= 0) continue;
    for (const uint32_t number : seen_[place].around) {
      if (number != kNoDocument) wanted.emplace(std::pair(document.part, number), false);
    }
  }
  std::vector<SupportedDocument> documents;
  documents.reserve(wanted.size());
  for (const auto& [key, by_words] : wanted) {
    ASSIGN_OR_RETURN(const size_t place, see(key.first, key.second));
    ASSIGN_OR_RETURN(SupportedDocument document, score(place));
    document.found_by_words = by_words;
    documents.push_back(document);
  }
  return documents;
}

Result<std::vector<SupportedDocument>> SessionSupport::rank(std::span<const RankedDocument> found) {
  ASSIGN_OR_RETURN(std::vector<SupportedDocument> documents, support(found));
  add_sessions(&documents);
  std::sort(documents.begin(), documents.end(),
            [](const auto& a, const auto& b) { return a.ranked < b.ranked; });
  return documents;
}

Result<std::vector<TurnEvidence>> SessionSupport::weigh(std::span<const RankedDocument> found) {
  ASSIGN_OR_RETURN(const std::vector<SupportedDocument> documents, support(found));
  std::map<std::pair<int64_t, uint32_t>, uint32_t> sessions;
  std::vector<TurnEvidence> turns;
  turns.reserve(documents.size());
  for (const SupportedDocument& document : documents) {
    TurnEvidence turn;
    turn.row = document.hit.row;
    if (document.session.second != 0) {
      const auto next = static_cast<uint32_t>(sessions.size() + 1);
      turn.session = sessions.emplace(document.session, next).first->second;
    }
    turn.found = document.found_by_words;
    turn.words = document.hit.words;
    turn.supported = document.hit.score;
    turn.covered = document.covered;
    turn.factor = document.factor;
    turn.around = document.around;
    turn.lent = document.lent;
    turns.push_back(turn);
  }
  return turns;
}

}  // namespace memtier
