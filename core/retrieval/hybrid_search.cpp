#include "retrieval/hybrid_search.h"

#include <algorithm>
#include <unordered_set>

#include "retrieval/fusion.h"

namespace memtier {
namespace {

// So many of the nearest are weighed with what words find, whatever the limit: pages fit together.
constexpr size_t kNearestWindow = 48;

// Whom the vector found and the words' index does not know.
void add_unknown(std::span<const VectorHit> nearest, std::vector<TurnEvidence>* turns) {
  NearRows among;
  for (const VectorHit& hit : nearest) among.add(hit.row, 1);
  std::unordered_set<int64_t> known;
  for (const TurnEvidence& turn : *turns) {
    if (among.find(turn.row) != nullptr) known.insert(turn.row);
  }
  for (const VectorHit& hit : nearest) {
    if (known.count(hit.row) != 0) continue;
    TurnEvidence turn;
    turn.row = hit.row;
    turn.found = true;
    turns->push_back(turn);
  }
}

// The turns themselves, and those that lend them something.
std::vector<int64_t> rows_around(std::span<const TurnEvidence> turns, const NearRows& known) {
  std::unordered_set<int64_t> seen;
  std::vector<int64_t> rows;
  const auto add = [&](int64_t row) {
    if (row != 0 && known.find(row) == nullptr && seen.insert(row).second) rows.push_back(row);
  };
  for (const TurnEvidence& turn : turns) {
    add(turn.row);
    for (size_t i = 0; i < turn.around.size(); ++i) {
      if (turn.lent[i] > 0) add(turn.around[i]);
    }
  }
  return rows;
}

// What either half finds beyond what was weighed: in turns, so that pages fit together. None of them is
// better than what was.
void add_rest(std::span<const TextHit> words, std::span<const VectorHit> nearest,
              std::vector<RankedHit>* candidates) {
  std::unordered_set<int64_t> known;
  for (const RankedHit& candidate : *candidates) known.insert(candidate.row);
  const double least = candidates->empty() ? 0 : candidates->back().score;
  for (size_t i = 0; i < std::max(words.size(), nearest.size()); ++i) {
    RankedHit hit;
    hit.score = least;
    if (i < words.size() && known.insert(words[i].row).second) {
      hit.row = words[i].row;
      hit.text = words[i].words;
      hit.compared = false;
      candidates->push_back(hit);
    }
    if (i < nearest.size() && known.insert(nearest[i].row).second) {
      hit.row = nearest[i].row;
      hit.text = 0;
      hit.vector = nearest[i].score;
      hit.compared = true;
      candidates->push_back(hit);
    }
  }
}

// What the words' index said is there; false: these are not enough.
bool keep_there(const TextResult& words, VectorResult* nearest) {
  std::vector<VectorHit> there;
  for (size_t i = 0; i < words.also_there.size(); ++i) {
    if (words.also_there[i]) there.push_back(nearest->hits[i]);
  }
  const bool looked_at_all = words.also_there.size() == nearest->hits.size();
  nearest->hits = std::move(there);
  return nearest->hits.size() >= kNearestWindow || (looked_at_all && nearest->is_all);
}

// With `unchecked` the words' index is asked whether the nearest are still there, which knows it without reading
// their rows; nothing: too many are not.
Result<std::optional<HybridResult>> find_once(TextIndex& text_index, VectorIndex& vector_index,
                                              const Query& query, TextRequest request,
                                              bool unchecked, const StopCheck& stop) {
  const int64_t wanted = request.skip + request.limit;
  // Whoever says exactly what must be there gets only what has it.
  const bool open = !query.boolean_syntax && !query.match_all;
  VectorQuery asked{query.space, query.vector, query.threshold};
  asked.explain = query.explain;
  // Quoted words, parts of words and words that must not be there are no plain words, of which alone the words'
  // index weighs what somebody else found.
  const bool plain = query.text.find_first_of("\"*-+()") == std::string::npos;
  asked.unchecked = unchecked && open && plain && wanted <= static_cast<int64_t>(kNearestWindow);
  ASSIGN_OR_RETURN(
      VectorResult nearest,
      vector_index.search(asked, request.read, request.filter, 0,
                          std::max(wanted, static_cast<int64_t>(kNearestWindow)), stop));
  std::vector<FoundRow> also;
  for (const VectorHit& hit : nearest.hits) {
    if (!open || (!nearest.unchecked && also.size() == kNearestWindow)) break;
    also.push_back(hit.found);
  }
  request.weigh = true;
  request.also = also;
  request.also_wanted = kNearestWindow;
  request.skip = 0;
  request.limit = wanted;
  HybridResult result;
  ASSIGN_OR_RETURN(result.words, text_index.search(request, stop));
  if (nearest.unchecked && !keep_there(result.words, &nearest))
    return std::optional<HybridResult>();
  FusionEvidence evidence;
  evidence.nearest = std::span(nearest.hits).first(std::min(nearest.hits.size(), kNearestWindow));
  for (const VectorHit& hit : evidence.nearest) evidence.nearness.add(hit.row, hit.score);
  std::vector<TurnEvidence>& turns = result.words.turns;
  if (open && result.words.open) add_unknown(evidence.nearest, &turns);
  evidence.turns = turns;
  // Without a filter nobody else is nearer than these, and so lends or gets anything.
  evidence.only_nearest = request.filter->matches_all();
  if (!evidence.only_nearest) {
    const std::vector<int64_t> rows = rows_around(turns, evidence.nearness);
    ASSIGN_OR_RETURN(const auto scores, vector_index.scores(asked, request.read, rows, stop));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (scores[i]) evidence.nearness.add(rows[i], *scores[i]);
    }
  }
  result.candidates = fuse(query.ranking, evidence);
  if (static_cast<int64_t>(result.candidates.size()) < wanted) {
    const std::span<const VectorHit> all(nearest.hits);
    add_rest(result.words.hits, open && result.words.open ? all : std::span<const VectorHit>(),
             &result.candidates);
  }
  result.vector = std::move(nearest.how);
  return std::optional<HybridResult>(std::move(result));
}

}  // namespace

Result<HybridResult> find_by_both(TextIndex& text_index, VectorIndex& vector_index,
                                  const Query& query, const TextRequest& request,
                                  const StopCheck& stop) {
  ASSIGN_OR_RETURN(auto result, find_once(text_index, vector_index, query, request, true, stop));
  if (!result) {
    ASSIGN_OR_RETURN(result, find_once(text_index, vector_index, query, request, false, stop));
  }
  return std::move(*result);
}

}  // namespace memtier
