// Search: a query's way from words, vector and filter to ranked hits. Words come from the text index, what
// is near from the vector index, both of which filter before they choose the best; without either the
// newest items that the filter matches are the answer.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "index/graph/link_graph.h"
#include "index/text/text_index.h"
#include "index/vector/vector_index.h"
#include "model/query.h"
#include "storage/storage.h"

namespace memtier {

struct Hits {
  std::vector<ItemRef> items;
  std::vector<double> scores;
  std::vector<double> text_scores;    // of the words alone
  std::vector<double> vector_scores;  // of the vector alone
  std::vector<std::string> snippets;  // empty, or one for each hit
  std::string explain = "{}";
};

// Parses the words of a query; kInvalid where its boolean syntax is wrong.
Result<TextQuery> parse_words(const Query& query, Tokenizer tokenizer = Tokenizer::kEnglish);

struct SearchSources {
  TextIndex& text;
  VectorIndex& vector;
  LinkGraph& links;
  const std::vector<std::string>& tiers;  // their names
};

Result<Hits> run_search(Storage& storage, const SearchSources& sources, const Query& query,
                        const ReadScope& read, const StopCheck& stop);

}  // namespace memtier
