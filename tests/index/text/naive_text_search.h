// The search by words that the index must agree with: every item is looked at, every word counted.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "index/text/text_index.h"

namespace memtier::testing {

struct NaiveItem {
  std::string scope;
  std::string content;
  std::string title;
  int64_t sequence = 0;
};

class NaiveTextSearch {
 public:
  explicit NaiveTextSearch(Tokenizer tokenizer) : analyzer_(tokenizer) {}

  std::map<std::string, NaiveItem> items;  // by id

  struct Hit {
    std::string id;
    double score = 0;
  };
  // Best first, of equals the one stored last; of one scope, or with "" of all.
  std::vector<Hit> search(const TextQuery& query, const FieldWeights& weights,
                          const std::string& scope, size_t limit);

 private:
  struct Words {
    std::vector<std::string> content;  // terms
    std::vector<std::string> title;
    std::vector<std::string> raw;  // words of both, folded
  };
  Words words_of(const NaiveItem& item);
  std::vector<std::string> terms_of(const std::string& text, std::vector<std::string>* raw);
  // Weighted frequency of what a leaf's signal asks for.
  double frequency(const Words& words, const TextQuery& leaf, const std::string& term,
                   const FieldWeights& weights);
  bool matches(const TextQuery& query, const Words& words, const FieldWeights& weights);

  Analyzer analyzer_;
  std::map<std::string, std::vector<std::string>> prefix_terms_;
};

}  // namespace memtier::testing
