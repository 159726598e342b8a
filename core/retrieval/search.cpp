#include "retrieval/search.h"

#include "base/clock.h"

namespace memtier {
namespace {

constexpr size_t kSnippetBytes = 160;

Result<Hits> newest(Storage& storage, const Query& query, const ReadScope& read,
                    const StopCheck& stop, Json* explain) {
  ListRequest request;
  request.filter = query.filter;
  request.skip = query.skip;
  ASSIGN_OR_RETURN(Page page, storage.list(read, request, query.limit, stop, explain));
  Hits hits;
  hits.items = std::move(page.items);
  hits.scores.assign(hits.items.size(), 0.0);
  return hits;
}

Result<Hits> by_words(Storage& storage, TextIndex& text_index, const TextQuery& words,
                      const Query& query, const ReadScope& read, const StopCheck& stop,
                      Json* explain) {
  const FieldWeights weights{query.content_weight, query.title_weight, query.speaker_weight};
  ASSIGN_OR_RETURN(const TextResult result, text_index.search(words, weights, read, query.filter,
                                                              query.skip, query.limit, stop));
  const std::vector<TextHit>& found = result.hits;
  std::vector<int64_t> rows;
  rows.reserve(found.size());
  for (const TextHit& hit : found) rows.push_back(hit.row);
  ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage.find_rows(rows));
  Hits hits;
  for (size_t i = 0; i < items.size(); ++i) {
    // Deleted since it was found; or its content cannot be shown any more.
    if (!items[i] || items[i]->is_damaged()) continue;
    hits.items.push_back(items[i]);
    hits.scores.push_back(found[i].score);
  }
  if (explain != nullptr) {
    Json terms = Json::object();
    for (const auto& [term, documents] : result.terms) terms[term] = documents;
    *explain = {{"terms", std::move(terms)},
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
      (*explain)["filter"] = std::move(filter);
    }
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
  Json index_explain = Json::object();
  const bool has_text = query.text.find_first_not_of(" \t\r\n") != std::string::npos;
  // Text without a word in it ("???") finds nothing; no text at all asks for the newest.
  auto found = has_text
                   ? by_words(storage, text_index, words, query, read, stop,
                              query.explain ? &index_explain : nullptr)
                   : newest(storage, query, read, stop, query.explain ? &index_explain : nullptr);
  if (!found.ok()) return found.take_status();
  Hits hits = std::move(found).value();
  if (query.snippets && has_text) {
    for (const ItemRef& item : hits.items) {
      const SearchableText text =
          searchable_text({item->text(Text::kContent), item->text(Text::kContentType),
                           item->text(Text::kMetadata)});
      const std::string_view shown = text.content.empty() ? text.title : text.content;
      hits.snippets.push_back(text_index.snippet(words, shown, kSnippetBytes));
    }
  }
  if (query.explain) {
    Json explain = {{"source", has_text ? "words" : "newest"},
                    {"hits", hits.items.size()},
                    {"elapsed_us", monotonic_us() - started_us}};
    if (has_text) {
      explain["expression"] = describe(words);
      explain["ranking"] = "bm25";
      explain["index"] = std::move(index_explain);
    } else {
      explain["list"] = std::move(index_explain);
    }
    hits.explain = explain.dump();
  }
  return hits;
}

}  // namespace memtier
