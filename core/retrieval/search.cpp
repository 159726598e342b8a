#include "retrieval/search.h"

#include <algorithm>
#include <unordered_set>

#include "base/clock.h"
#include "model/filter_eval.h"
#include "retrieval/hybrid_search.h"
#include "retrieval/ranking.h"

namespace memtier {
namespace {

constexpr size_t kSnippetBytes = 160;

// What a source finds: more than is shown where it is to be ranked again.
struct Found {
  std::vector<RankedHit> candidates;
  Json explain = Json::object();
  int64_t skipped = 0;  // so many were left out before the first candidate
};

// Which stretch of all that it finds a source is to give.
struct Stretch {
  int64_t skip = 0;
  int64_t limit = 0;
};

struct Asked {
  const Query& query;
  const ReadScope& read;
  const StopCheck& stop;
  bool ranked_again = false;

  Stretch stretch() const {
    if (!ranked_again) return {query.skip, query.limit};
    return {0, std::max(query.skip + query.limit, static_cast<int64_t>(kRankingWindow))};
  }
};

// The newest are all equally good: only what multiplies a score tells them apart.
std::vector<RankedHit> equals(std::vector<ItemRef> items, const Asked& asked) {
  std::vector<RankedHit> candidates(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    candidates[i].item = std::move(items[i]);
    candidates[i].score = asked.ranked_again ? 1 : 0;
  }
  return candidates;
}

Result<Found> newest(Storage& storage, const Asked& asked) {
  const Query& query = asked.query;
  const Stretch wanted = asked.stretch();
  ListRequest request;
  request.filter = query.filter;
  request.skip = wanted.skip;
  Json list = Json::object();
  ASSIGN_OR_RETURN(Page page, storage.list(asked.read, request, wanted.limit, asked.stop,
                                           query.explain ? &list : nullptr));
  Found found;
  if (query.explain) found.explain = {{"source", "newest"}, {"list", std::move(list)}};
  found.candidates = equals(std::move(page.items), asked);
  found.skipped = wanted.skip;
  return found;
}

// The newest items without certain words: the list is gone through block by block, and the index says
// which items of a block have them.
Result<Found> newest_without(Storage& storage, TextIndex& text_index, const TextQuery& unwanted,
                             const Asked& asked) {
  const Query& query = asked.query;
  const ReadScope& read = asked.read;
  const StopCheck& stop = asked.stop;
  const Stretch wanted = asked.stretch();
  constexpr int64_t kLeast = 64;
  constexpr int64_t kMost = 1024;
  constexpr int64_t kEveryHit = INT32_MAX;
  const FieldWeights weights{query.content_weight, query.title_weight, query.speaker_weight};
  ListRequest request;
  request.filter = query.filter;
  int64_t block = std::clamp(2 * (wanted.skip + wanted.limit), kLeast, kMost);
  int64_t skip = wanted.skip;
  std::vector<ItemRef> items;
  Found found;
  while (true) {
    Json list = Json::object();
    ASSIGN_OR_RETURN(Page page,
                     storage.list(read, request, block, stop, query.explain ? &list : nullptr));
    if (query.explain) found.explain["list"] = std::move(list);
    Json ids = Json::array();
    for (const ItemRef& item : page.items) ids.push_back(item->id());
    ASSIGN_OR_RETURN(const FilterRef in_block, Filter::from_json({{"id", {{"$in", ids}}}}));
    ASSIGN_OR_RETURN(const TextResult with,
                     text_index.search(unwanted, weights, read, in_block, 0, kEveryHit, stop));
    std::unordered_set<int64_t> rows;
    for (const TextHit& hit : with.hits) rows.insert(hit.row);
    for (ItemRef& item : page.items) {
      if (rows.count(item->row()) != 0 || skip-- > 0) continue;
      items.push_back(std::move(item));
      if (static_cast<int64_t>(items.size()) == wanted.limit) break;
    }
    const bool full = static_cast<int64_t>(items.size()) == wanted.limit;
    if (full || page.token.empty()) break;
    request.after = page.token;
    block = kMost;
  }
  if (query.explain) {
    found.explain["source"] = "newest";
    found.explain["expression"] = "NOT " + describe(unwanted);
  }
  found.candidates = equals(std::move(items), asked);
  found.skipped = wanted.skip;
  return found;
}

Json explain_words(const TextQuery& words, const TextResult& result) {
  Json terms = Json::object();
  for (const auto& [term, documents] : result.terms) terms[term] = documents;
  Json index = {{"terms", std::move(terms)},
                {"items_in_scope", result.documents},
                {"parts", result.parts},
                {"windows", result.effort.windows},
                {"windows_skipped", result.effort.windows_skipped},
                {"postings_read", result.effort.postings},
                {"items_scored", result.effort.scored},
                {"rows_read", result.effort.checked}};
  if (result.filter.path) {
    Json filter = result.filter.path->explain();
    const bool first = result.filter.candidates >= 0;
    filter["used"] =
        first ? "to choose the items that are scored" : "on items that would be among the best";
    if (first) filter["candidates"] = result.filter.candidates;
    index["filter"] = std::move(filter);
  }
  return {{"source", "words"},
          {"expression", describe(result.shortened ? *result.shortened : words)},
          {"words_left_out", result.words_left_out},
          {"ranking", result.supported ? "bm25, turns support each other" : "bm25"},
          {"index", std::move(index)}};
}

TextRequest text_request(const TextQuery& words, const Asked& asked) {
  const Query& query = asked.query;
  const Stretch wanted = asked.stretch();
  TextRequest request;
  request.query = &words;
  request.weights = {query.content_weight, query.title_weight, query.speaker_weight};
  request.read = asked.read;
  request.filter = query.filter;
  request.skip = wanted.skip;
  request.limit = wanted.limit;
  // Whoever says exactly what must be there gets what is there.
  if (!query.boolean_syntax && !query.match_all) {
    request.support = {
        query.ranking.weight(Signal::kNeighbours), query.ranking.weight(Signal::kSession),
        query.ranking.weight(Signal::kSpeaker), query.ranking.weight(Signal::kCoverage)};
  }
  return request;
}

Result<Found> by_words(TextIndex& text_index, const TextQuery& words, const Asked& asked) {
  const TextRequest request = text_request(words, asked);
  ASSIGN_OR_RETURN(const TextResult result, text_index.search(request, asked.stop));
  Found found;
  found.skipped = request.skip;
  for (const TextHit& hit : result.hits) {
    RankedHit candidate;
    candidate.row = hit.row;
    candidate.score = hit.score;
    candidate.text = candidate.share(Signal::kText) = hit.words;
    candidate.share(Signal::kNeighbours) = hit.neighbours;
    candidate.share(Signal::kSession) = hit.session;
    candidate.share(Signal::kSpeaker) = hit.speaker;
    candidate.share(Signal::kCoverage) = hit.coverage;
    found.candidates.push_back(std::move(candidate));
  }
  if (asked.query.explain) found.explain = explain_words(words, result);
  return found;
}

Result<Found> by_vector(VectorIndex& vector_index, const Asked& asked) {
  const Query& query = asked.query;
  const Stretch wanted = asked.stretch();
  VectorQuery nearest{query.space, query.vector, query.threshold};
  nearest.with_items = true;
  nearest.explain = query.explain;
  ASSIGN_OR_RETURN(VectorResult result, vector_index.search(nearest, asked.read, query.filter,
                                                            wanted.skip, wanted.limit, asked.stop));
  Found found;
  found.skipped = wanted.skip;
  for (size_t i = 0; i < result.hits.size(); ++i) {
    RankedHit candidate;
    candidate.row = result.hits[i].row;
    candidate.item = std::move(result.items[i]);
    candidate.score = candidate.vector = result.hits[i].score;
    candidate.share(Signal::kVector) = candidate.score;
    found.candidates.push_back(std::move(candidate));
  }
  if (query.explain) found.explain = {{"source", "vector"}, {"index", std::move(result.how)}};
  return found;
}

Result<Found> by_both(const SearchSources& sources, const TextQuery& words, const Asked& asked) {
  const Query& query = asked.query;
  ASSIGN_OR_RETURN(HybridResult result, find_by_both(sources.text, sources.vector, query,
                                                     text_request(words, asked), asked.stop));
  Found found;
  found.candidates = std::move(result.candidates);
  if (query.explain) {
    found.explain = {{"source", "words and vector"},
                     {"fusion", query.ranking.reciprocal_ranks ? "rrf" : "scores"},
                     {"words", explain_words(words, result.words)},
                     {"vector", std::move(result.vector)}};
  }
  return found;
}

// How near those are that are shown without having been compared.
Status compare_shown(VectorIndex& vector_index, const Asked& asked,
                     std::vector<RankedHit>* candidates) {
  std::vector<int64_t> rows;
  for (const RankedHit& candidate : *candidates) {
    if (!candidate.compared) rows.push_back(candidate.row);
  }
  if (rows.empty()) return {};
  VectorQuery query;
  query.space = asked.query.space;
  query.vector = asked.query.vector;
  ASSIGN_OR_RETURN(const auto scores, vector_index.scores(query, asked.read, rows, asked.stop));
  auto score = scores.begin();
  for (RankedHit& candidate : *candidates) {
    if (candidate.compared) continue;
    if (*score) candidate.vector = **score;
    ++score;
  }
  return {};
}

// Reads items until there are as many candidates as are wanted; the others go. Those that cannot be
// shown are left out: they are gone or damaged (a hit has no status of its own), or only stand beside
// what was found and have expired, or do not match.
Status read_items(Storage& storage, const std::vector<std::string>& tiers, const Asked& asked,
                  size_t wanted, std::vector<RankedHit>* candidates) {
  const auto may_show = [&](const RankedHit& candidate) {
    if (!candidate.item || candidate.item->is_damaged()) return false;
    if (candidate.found) return true;
    return !candidate.item->is_expired(asked.read.now_us) &&
           matches(*asked.query.filter, candidate.item->fields(), tiers);
  };
  std::vector<RankedHit> shown;
  for (size_t next = 0; next < candidates->size() && shown.size() < wanted;) {
    const size_t end = std::min(next + wanted - shown.size(), candidates->size());
    const auto block = std::span(*candidates).subspan(next, end - next);
    next = end;
    std::vector<int64_t> rows;
    for (const RankedHit& candidate : block) {
      if (!candidate.item) rows.push_back(candidate.row);
    }
    ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage.find_rows(rows));
    auto item = items.begin();
    for (RankedHit& candidate : block) {
      if (!candidate.item) candidate.item = *item++;
      if (may_show(candidate)) shown.push_back(std::move(candidate));
    }
  }
  *candidates = std::move(shown);
  return {};
}

Hits to_hits(const std::vector<RankedHit>& candidates) {
  Hits hits;
  for (const RankedHit& candidate : candidates) {
    hits.items.push_back(candidate.item);
    hits.scores.push_back(candidate.score);
    hits.text_scores.push_back(candidate.text);
    hits.vector_scores.push_back(candidate.vector);
  }
  return hits;
}

void add_snippets(TextIndex& text_index, const TextQuery& words, Hits* hits) {
  for (const ItemRef& item : hits->items) {
    const SearchableText text = searchable_text(
        {item->text(Text::kContent), item->text(Text::kContentType), item->text(Text::kMetadata)});
    const std::string_view shown = text.content.empty() ? text.title : text.content;
    hits->snippets.push_back(text_index.snippet(words, shown, kSnippetBytes));
  }
}

}  // namespace

Result<TextQuery> parse_words(const Query& query, Tokenizer tokenizer) {
  if (query.boolean_syntax) return TextQuery::boolean(query.text, tokenizer);
  return TextQuery::natural(query.text, query.match_all, tokenizer);
}

Result<Hits> run_search(Storage& storage, const SearchSources& sources, const Query& query,
                        const ReadScope& read, const StopCheck& stop) {
  const int64_t started_us = monotonic_us();
  ASSIGN_OR_RETURN(const TextQuery words, parse_words(query, sources.text.tokenizer()));
  const bool has_vector = !query.vector.empty() && query.ranking.weight(Signal::kVector) > 0;
  // A text without a word ("???") asks for no words, as no text does.
  const bool has_words = !words.is_empty() && !words.is_exclusion() &&
                         (!has_vector || query.ranking.weight(Signal::kText) > 0);
  std::shared_ptr<const Preferences> preferences;
  if (query.ranking.weight(Signal::kPreference) > 0) {
    ASSIGN_OR_RETURN(preferences, sources.preferences.find(*read.scope));
  }
  const bool ranked_again = query.ranking.multiplies(preferences != nullptr);
  const Asked asked{query, read, stop, ranked_again};
  ASSIGN_OR_RETURN(Found found, [&]() -> Result<Found> {
    if (has_vector && words.is_exclusion()) {
      return invalid("query: \"text\" only excludes words, which a vector cannot; ask for some");
    }
    if (has_vector && has_words) return by_both(sources, words, asked);
    if (has_vector) return by_vector(sources.vector, asked);
    if (has_words) return by_words(sources.text, words, asked);
    if (words.is_exclusion()) {
      return newest_without(storage, sources.text, words.children[1], asked);
    }
    return newest(storage, asked);
  }());
  std::vector<RankedHit>& candidates = found.candidates;
  const Stretch wanted = asked.stretch();
  RETURN_IF_ERROR(read_items(storage, sources.tiers, asked,
                             static_cast<size_t>(wanted.skip - found.skipped + wanted.limit),
                             &candidates));
  if (ranked_again) {
    ASSIGN_OR_RETURN(const Ranking ranking,
                     Ranking::make(query.ranking, storage, sources.links, preferences.get(), read,
                                   sources.text.tokenizer()));
    ranking.rank(&candidates);
  }
  const auto skipped = std::min(static_cast<size_t>(query.skip - found.skipped), candidates.size());
  candidates.erase(candidates.begin(), candidates.begin() + static_cast<int64_t>(skipped));
  if (candidates.size() > static_cast<size_t>(query.limit)) {
    candidates.resize(static_cast<size_t>(query.limit));
  }
  RETURN_IF_ERROR(compare_shown(sources.vector, asked, &candidates));
  Hits hits = to_hits(candidates);
  if (query.snippets && has_words) add_snippets(sources.text, words, &hits);
  if (query.explain) {
    found.explain["hits"] = hits.items.size();
    found.explain["scores"] = explain_scores(candidates);
    found.explain["elapsed_us"] = monotonic_us() - started_us;
    hits.explain = found.explain.dump();
  }
  return hits;
}

}  // namespace memtier
