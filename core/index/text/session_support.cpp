#include "index/text/session_support.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

// Sessions of one scope may be mixed: so far is looked for the next turn of the same one. What is gone does
// not count, for how much of that still lies between two turns depends on who looks; but one does not go through
// any number of it.
constexpr int kReach = 8;
constexpr int kMostGone = 1024;

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
  return covered > 0 ? weight * kCovers * std::pow(covered, kCoverPower) : 0;
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
    ASSIGN_OR_RETURN(*mark, segment.session(reader, at));
    return {};
  };
  const auto back = [&](uint32_t* found, uint32_t* mark) -> Status {
    for (int gone = 0; gone < kMostGone && at > span->first; ++gone) {
      if (!loaded.hidden[--at]) return look(found, mark);
    }
    return {};
  };
  const auto forward = [&](uint32_t* found, uint32_t* mark) -> Status {
    for (int gone = 0; gone < kMostGone && at + 1 < span->first + span->count; ++gone) {
      if (!loaded.hidden[++at]) return look(found, mark);
    }
    return {};
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
    *mark = part.document(*at).session;
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

// Reads those of the numbers that have not been looked at, as what `as` says.
Status SessionSupport::add(std::vector<uint32_t> numbers, const Seen& as, Looked* looked) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<Seen>& seen = looked->seen;
  const auto before = static_cast<std::ptrdiff_t>(seen.size());
  const PartView& part = parts_[looked->part];
  std::ptrdiff_t at = 0;
  for (const uint32_t number : numbers) {
    while (at < before && seen[static_cast<size_t>(at)].number < number) ++at;
    if (at < before && seen[static_cast<size_t>(at)].number == number) continue;
    Seen one = as;
    one.number = number;
    ASSIGN_OR_RETURN(one.document, part.document(number));
    // Without their words nothing is found by who stands beside it.
    if (one.wanted && request_.support.neighbours > 0) {
      ASSIGN_OR_RETURN(one.around, part.around(one.document, number));
    }
    seen.push_back(one);
  }
  std::inplace_merge(seen.begin(), seen.begin() + before, seen.end(),
                     [](const Seen& a, const Seen& b) { return a.number < b.number; });
  return {};
}

std::vector<uint32_t> SessionSupport::beside(const Looked& looked) {
  std::vector<uint32_t> numbers;
  for (const Seen& seen : looked.seen) {
    for (const uint32_t number : seen.around) {
      if (number != kNoDocument) numbers.push_back(number);
    }
  }
  return numbers;
}

// What was found in one part, the turns around it, and those around them, which lend these words. In the order of
// the lists, so that of each every block is unpacked once.
Result<SessionSupport::Looked> SessionSupport::look_at(std::span<const RankedDocument> found) {
  Looked looked;
  looked.part = found.front().part;
  looked.signals = rarity_.size();
  std::vector<uint32_t> numbers;
  for (const RankedDocument& document : found) numbers.push_back(document.document);
  Seen as;
  as.found = as.wanted = true;
  RETURN_IF_ERROR(add(std::move(numbers), as, &looked));
  as.found = false;
  RETURN_IF_ERROR(add(beside(looked), as, &looked));
  as.wanted = false;
  RETURN_IF_ERROR(add(beside(looked), as, &looked));
  numbers.clear();
  for (const Seen& seen : looked.seen) numbers.push_back(seen.number);
  looked.frequencies.resize(numbers.size() * looked.signals);
  for (size_t signal = 0; signal < looked.signals; ++signal) {
    PostingCursor* cursor = parts_[looked.part].probe[signal].get();
    if (cursor == nullptr) continue;
    RETURN_IF_ERROR(cursor->probe_all(numbers, looked.signals, &looked.frequencies[signal]));
  }
  return looked;
}

uint32_t SessionSupport::session_number(const SegmentDocument& document) {
  if (document.session == 0) return 0;
  const Session session = {document.scope, session_of(document.session)};
  if (last_session_.first != session || last_session_.second == 0) {
    const auto next = static_cast<uint32_t>(sessions_.size() + 1);
    last_session_ = {session, sessions_.emplace(session, next).first->second};
  }
  return last_session_.second;
}

SupportedDocument SessionSupport::score(const Looked& looked, size_t place) {
  const Seen& seen = looked.seen[place];
  SupportedDocument result;
  std::array<const Frequencies*, 4> around{};
  for (size_t i = 0; i < around.size(); ++i) {
    if (seen.around[i] == kNoDocument) continue;
    // Few stand between it and its neighbours.
    size_t there = place;
    while (looked.seen[there].number > seen.around[i]) --there;
    while (looked.seen[there].number < seen.around[i]) ++there;
    const SegmentDocument& neighbour = looked.seen[there].document;
    const bool question = i == 1 && asks(neighbour.session);
    result.around[i] = neighbour.row;
    result.lent[i] = request_.support.neighbours * (question ? kLentByQuestion : kLent[i]);
    around[i] = looked.of(there);
  }
  double supported = 0;
  double all = 0;
  bool named = false;
  const uint32_t length = seen.document.length;
  for (size_t signal = 0; signal < rarity_.size(); ++signal) {
    const Frequencies& own = looked.of(place)[signal];
    all += rarity_[signal];
    // Most turns have nothing of most words.
    bool any = own.is_any();
    for (const Frequencies* one : around) any = any || (one != nullptr && one[signal].is_any());
    if (!any) continue;
    const double own_frequency = bm25_.weighted(own);
    double frequency = own_frequency;
    named = named || (own.speaker > 0 && request_.weights.speaker > 0);
    for (size_t i = 0; i < around.size(); ++i) {
      if (around[i] == nullptr) continue;
      // Who says something nearby does not say it here.
      Frequencies words = around[i][signal];
      words.speaker = 0;
      if ((words.content | words.title) != 0) frequency += result.lent[i] * bm25_.weighted(words);
    }
    if (frequency <= 0) continue;
    const double share = rarity_[signal] * bm25_.share(frequency, length);
    supported += share;
    if (own_frequency <= 0) continue;
    result.covered += rarity_[signal];
    result.hit.words +=
        frequency == own_frequency ? share : rarity_[signal] * bm25_.share(own_frequency, length);
  }
  result.session = session_number(seen.document);
  result.found_by_words = seen.found;
  result.hit.row = seen.document.row;
  if (all > 0) result.covered /= all;
  // Who has all of the words itself needs no others'; of several such turns its own words tell which is meant.
  const double covers = result.covered > 0 ? std::pow(result.covered, kCoverPower) : 0;
  const double needs = 1 - std::min(1.0, request_.support.coverage) * covers;
  result.hit.neighbours = needs * (supported - result.hit.words);
  for (double& lent : result.lent) lent *= needs;
  result.factor = named ? 1 + request_.support.speaker * kSpeakerNamed : 1;
  if (asks(seen.document.session)) {
    result.factor *= 1 - kAsks * std::min(1.0, request_.support.neighbours);
  }
  result.hit.score = result.hit.words + result.hit.neighbours;
  result.may_expire = seen.document.may_expire;
  result.ranked.part = looked.part;
  result.ranked.document = seen.number;
  result.ranked.row = seen.document.row;
  result.ranked.sequence = seen.document.sequence;
  return result;
}

void SessionSupport::add_sessions(std::vector<SupportedDocument>* documents) const {
  std::vector<double> best(sessions_.size() + 1);
  for (const SupportedDocument& document : *documents) {
    best[document.session] = std::max(best[document.session], document.hit.score);
  }
  for (SupportedDocument& document : *documents) {
    if (document.session != 0) {
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
  std::vector<RankedDocument> by_part(found.begin(), found.end());
  std::stable_sort(by_part.begin(), by_part.end(),
                   [](const auto& a, const auto& b) { return a.part < b.part; });
  std::vector<SupportedDocument> documents;
  for (auto begin = by_part.begin(); begin != by_part.end();) {
    const auto end = std::find_if(begin, by_part.end(),
                                  [begin](const auto& one) { return one.part != begin->part; });
    ASSIGN_OR_RETURN(const Looked looked, look_at({begin, end}));
    begin = end;
    for (size_t place = 0; place < looked.seen.size(); ++place) {
      if (looked.seen[place].wanted) documents.push_back(score(looked, place));
    }
  }
  return documents;
}

Result<std::vector<SupportedDocument>> SessionSupport::rank(std::span<const RankedDocument> found) {
  ASSIGN_OR_RETURN(std::vector<SupportedDocument> documents, support(found));
  add_sessions(&documents);
  // These are large, and are moved once.
  std::vector<size_t> order(documents.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return documents[a].ranked < documents[b].ranked; });
  std::vector<SupportedDocument> ranked;
  ranked.reserve(documents.size());
  for (const size_t place : order) ranked.push_back(documents[place]);
  return ranked;
}

Result<std::vector<TurnEvidence>> SessionSupport::weigh(std::span<const RankedDocument> found) {
  ASSIGN_OR_RETURN(const std::vector<SupportedDocument> documents, support(found));
  std::vector<TurnEvidence> turns;
  turns.reserve(documents.size());
  for (const SupportedDocument& document : documents) {
    TurnEvidence turn;
    turn.row = document.hit.row;
    turn.session = document.session;
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
