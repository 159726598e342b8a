#include "retrieval/search.h"

#include <algorithm>
#include <unordered_set>

#include "base/clock.h"

namespace memtier {
namespace {

constexpr size_t kSnippetBytes = 160;

// A hit has no status of its own, and what cannot be read cannot be shown.
void leave_out_damaged(Hits* hits) {
  size_t kept = 0;
  for (size_t i = 0; i < hits->items.size(); ++i) {
    if (hits->items[i]->is_damaged()) continue;
    if (kept != i) {
      hits->items[kept] = std::move(hits->items[i]);
      hits->scores[kept] = hits->scores[i];
    }
    ++kept;
  }
  hits->items.resize(kept);
  hits->scores.resize(kept);
}

Result<Hits> newest(Storage& storage, const Query& query, const ReadScope& read,
                    const StopCheck& stop, Json* explain) {
  ListRequest request;
  request.filter = query.filter;
  request.skip = query.skip;
  Json list = Json::object();
  ASSIGN_OR_RETURN(Page page, storage.list(read, request, query.limit, stop,
                                           explain != nullptr ? &list : nullptr));
  if (explain != nullptr) *explain = {{"source", "newest"}, {"list", std::move(list)}};
  Hits hits;
  hits.items = std::move(page.items);
  hits.scores.assign(hits.items.size(), 0.0);
  return hits;
}

// The newest items without certain words: the list is gone through block by block, and the index says
// which items of a block have them.
Result<Hits> newest_without(Storage& storage, TextIndex& text_index, const TextQuery& unwanted,
                            const Query& query, const ReadScope& read, const StopCheck& stop,
                            Json* explain) {
  constexpr int64_t kLeast = 64;
  constexpr int64_t kMost = 1024;
  constexpr int64_t kEveryHit = INT32_MAX;
  const FieldWeights weights{query.content_weight, query.title_weight, query.speaker_weight};
  ListRequest request;
  request.filter = query.filter;
  int64_t block = std::clamp(2 * (query.skip + query.limit), kLeast, kMost);
  int64_t skip = query.skip;
  Hits hits;
  while (true) {
    Json list = Json::object();
    ASSIGN_OR_RETURN(
        Page page, storage.list(read, request, block, stop, explain != nullptr ? &list : nullptr));
    if (explain != nullptr) (*explain)["list"] = std::move(list);
    Json ids = Json::array();
    for (const ItemRef& item : page.items) ids.push_back(item->id());
    ASSIGN_OR_RETURN(const FilterRef in_block, Filter::from_json({{"id", {{"$in", ids}}}}));
    ASSIGN_OR_RETURN(const TextResult found,
                     text_index.search(unwanted, weights, read, in_block, 0, kEveryHit, stop));
    std::unordered_set<int64_t> rows;
    for (const TextHit& hit : found.hits) rows.insert(hit.row);
    for (ItemRef& item : page.items) {
      if (rows.count(item->row()) != 0 || skip-- > 0) continue;
      hits.items.push_back(std::move(item));
      if (static_cast<int64_t>(hits.items.size()) == query.limit) break;
    }
    const bool full = static_cast<int64_t>(hits.items.size()) == query.limit;
    if (full || page.token.empty()) break;
    request.after = page.token;
    block = kMost;
  }
  hits.scores.assign(hits.items.size(), 0.0);
  if (explain != nullptr) {
    (*explain)["source"] = "newest";
    (*explain)["expression"] = "NOT " + describe(unwanted);
  }
  return hits;
}

Result<Hits> by_words(Storage& storage, TextIndex& text_index, const TextQuery& words,
                      const Query& query, const ReadScope& read, const StopCheck& stop,
                      Json* explain) {
  const FieldWeights weights{query.content_weight, query.title_weight, query.speaker_weight};
  SupportWeights support;
  if (!query.boolean_syntax && !query.match_all) {
    support = {query.weights.neighbours, query.weights.session, query.weights.speaker};
  }
  ASSIGN_OR_RETURN(TextResult result, text_index.search({&words, weights, read, query.filter,
                                                         query.skip, query.limit, support},
                                                        stop));
  const std::vector<TextHit>& found = result.hits;
  std::vector<int64_t> rows;
  rows.reserve(found.size());
  for (const TextHit& hit : found) rows.push_back(hit.row);
  ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage.find_rows(rows));
  Hits hits;
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i]) continue;  // deleted since it was found
    hits.items.push_back(items[i]);
    hits.scores.push_back(found[i].score);
  }
  if (explain != nullptr) {
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
    *explain = {{"source", "words"},
                {"expression", describe(result.shortened ? *result.shortened : words)},
                {"words_left_out", result.words_left_out},
                {"ranking", result.supported ? "bm25, turns support each other" : "bm25"},
                {"index", std::move(index)}};
  }
  return hits;
}

}  // namespace

Result<TextQuery> parse_words(const Query& query, Tokenizer tokenizer) {
  if (query.boolean_syntax) return TextQuery::boolean(query.text, tokenizer);
  return TextQuery::natural(query.text, query.match_all, tokenizer);
}

Result<Hits> run_search(Storage& storage, TextIndex& text_index, const Query& query,
                        const ReadScope& read, const StopCheck& stop) {
  const int64_t started_us = monotonic_us();
  ASSIGN_OR_RETURN(const TextQuery words, parse_words(query, text_index.tokenizer()));
  Json explain = Json::object();
  Json* const how = query.explain ? &explain : nullptr;
  // A text without a word ("???") asks for the newest, as no text does.
  const bool has_words = !words.is_empty() && !words.is_exclusion();
  auto found = has_words ? by_words(storage, text_index, words, query, read, stop, how)
               : words.is_exclusion()
                   ? newest_without(storage, text_index, words.children[1], query, read, stop, how)
                   : newest(storage, query, read, stop, how);
  if (!found.ok()) return found.take_status();
  Hits hits = std::move(found).value();
  leave_out_damaged(&hits);
  if (query.snippets && has_words) {
    for (const ItemRef& item : hits.items) {
      const SearchableText text =
          searchable_text({item->text(Text::kContent), item->text(Text::kContentType),
                           item->text(Text::kMetadata)});
      const std::string_view shown = text.content.empty() ? text.title : text.content;
      hits.snippets.push_back(text_index.snippet(words, shown, kSnippetBytes));
    }
  }
  if (query.explain) {
    explain["hits"] = hits.items.size();
    explain["elapsed_us"] = monotonic_us() - started_us;
    hits.explain = explain.dump();
  }
  return hits;
}

}  // namespace memtier
