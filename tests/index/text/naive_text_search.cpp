#include "index/text/naive_text_search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace memtier::testing {
namespace {

using Kind = TextQuery::Kind;

int count_of(const std::vector<std::string>& words, const std::string& term) {
  return static_cast<int>(std::count(words.begin(), words.end(), term));
}

bool stands_in(const std::vector<std::string>& words, const std::vector<std::string>& sequence) {
  return std::search(words.begin(), words.end(), sequence.begin(), sequence.end()) != words.end();
}

// What counts for the score: each leaf that is not under NOT, once.
void collect_leaves(const TextQuery& query, std::vector<const TextQuery*>* leaves) {
  if (query.children.empty()) {
    if (!query.words.empty()) leaves->push_back(&query);
    return;
  }
  const size_t count = query.kind == Kind::kNot ? 1 : query.children.size();
  for (size_t i = 0; i < count; ++i) collect_leaves(query.children[i], leaves);
}

}  // namespace

std::vector<std::string> NaiveTextSearch::terms_of(const std::string& text,
                                                   std::vector<std::string>* raw) {
  std::vector<std::string> terms;
  WordScanner scanner = analyzer_.scan(text);
  while (scanner.next()) {
    if (raw != nullptr) raw->emplace_back(scanner.word());
    terms.emplace_back(analyzer_.term(scanner.word()));
  }
  return terms;
}

NaiveTextSearch::Words NaiveTextSearch::words_of(const NaiveItem& item) {
  Words words;
  words.content = terms_of(item.content, &words.raw);
  words.title = terms_of(item.title, &words.raw);
  return words;
}

double NaiveTextSearch::frequency(const Words& words, const TextQuery& leaf,
                                  const std::string& term, const FieldWeights& weights) {
  const auto weighted = [&](const std::string& wanted) {
    return weights.content * count_of(words.content, wanted) +
           weights.title * count_of(words.title, wanted);
  };
  if (leaf.kind != Kind::kPrefix) return weighted(term);
  double sum = 0;
  for (const std::string& one : prefix_terms_[leaf.words[0]]) sum += weighted(one);
  return sum;
}

// A field with a weight of 0 is not searched.
bool NaiveTextSearch::matches(const TextQuery& query, const Words& words,
                              const FieldWeights& weights) {
  const auto child_matches = [&](const TextQuery& child) { return matches(child, words, weights); };
  const auto has = [&](const std::string& term) {
    return weights.content * count_of(words.content, term) +
               weights.title * count_of(words.title, term) >
           0;
  };
  switch (query.kind) {
    case Kind::kWord:
    case Kind::kPhrase: {
      const std::vector<std::string> sequence = terms_of(query.words[0], nullptr);
      std::vector<std::string> all;
      for (const std::string& word : query.words) {
        for (const std::string& term : terms_of(word, nullptr)) all.push_back(term);
      }
      return !all.empty() && ((weights.content > 0 && stands_in(words.content, all)) ||
                              (weights.title > 0 && stands_in(words.title, all)));
    }
    case Kind::kPrefix: {
      const auto& terms = prefix_terms_[query.words[0]];
      return std::any_of(terms.begin(), terms.end(), has);
    }
    case Kind::kAnd:
      return !query.children.empty() &&
             std::all_of(query.children.begin(), query.children.end(), child_matches);
    case Kind::kNot:
      return child_matches(query.children[0]) && !child_matches(query.children[1]);
    default:
      return std::any_of(query.children.begin(), query.children.end(), child_matches);
  }
}

std::vector<NaiveTextSearch::Hit> NaiveTextSearch::search(const TextQuery& query,
                                                          const FieldWeights& weights,
                                                          const std::string& scope, size_t limit) {
  struct Document {
    const std::string* id;
    const NaiveItem* item;
    Words words;
    double score = 0;
  };
  std::vector<const TextQuery*> leaves;
  collect_leaves(query, &leaves);
  std::vector<Document> documents;
  double length = 0;
  prefix_terms_.clear();
  const std::function<void(const TextQuery&, const Words&)> collect_prefixes =
      [&](const TextQuery& node, const Words& words) {
        if (node.kind == Kind::kPrefix) {
          auto& terms = prefix_terms_[node.words[0]];
          for (const std::string& word : words.raw) {
            const std::string term(analyzer_.term(word));
            const bool begins = word.starts_with(node.words[0]) || term.starts_with(node.words[0]);
            if (begins && count_of(terms, term) == 0) terms.push_back(term);
          }
        }
        for (const TextQuery& child : node.children) collect_prefixes(child, words);
      };
  for (const auto& [id, item] : items) {
    Document document{&id, &item, words_of(item)};
    collect_prefixes(query, document.words);  // words of every scope
    if (!scope.empty() && item.scope != scope) continue;
    if (item.content.empty() && item.title.empty()) continue;
    length += static_cast<double>(document.words.raw.size());
    documents.push_back(std::move(document));
  }
  const auto count = static_cast<double>(documents.size());
  for (const TextQuery* leaf : leaves) {
    std::set<std::string> terms;
    for (const std::string& word : leaf->words) {
      for (const std::string& term : terms_of(word, nullptr)) terms.insert(term);
    }
    if (leaf->kind == Kind::kPrefix) terms = {""};
    for (const std::string& term : terms) {
      double with = 0;
      for (const Document& document : documents) {
        if (frequency(document.words, *leaf, term, {1, 1, 1}) > 0) ++with;
      }
      const double rarity = std::log1p((count - with + 0.5) / (with + 0.5));
      for (Document& document : documents) {
        if (!matches(*leaf, document.words, weights)) continue;
        const double f = frequency(document.words, *leaf, term, weights);
        const auto own = static_cast<double>(document.words.raw.size());
        document.score += rarity * f * 1.9 / (f + 0.9 * (0.6 + 0.4 * own * count / length));
      }
    }
  }
  std::vector<Document*> found;
  for (Document& document : documents) {
    if (matches(query, document.words, weights)) found.push_back(&document);
  }
  std::sort(found.begin(), found.end(), [](const Document* a, const Document* b) {
    if (std::abs(a->score - b->score) > 1e-9) return a->score > b->score;
    return a->item->sequence > b->item->sequence;
  });
  std::vector<Hit> hits;
  for (size_t i = 0; i < found.size() && i < limit; ++i) {
    hits.push_back({*found[i]->id, found[i]->score});
  }
  return hits;
}

}  // namespace memtier::testing
