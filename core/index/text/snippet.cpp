#include "index/text/snippet.h"

#include <set>
#include <utility>
#include <vector>

namespace memtier {
namespace {

struct Token {
  std::string term;
  bool wanted = false;
  size_t begin = 0;
  size_t end = 0;
};

struct Wanted {
  std::set<std::string, std::less<>> terms;
  std::set<std::string> prefixes;

  bool matches(std::string_view word, std::string_view term) const {
    if (terms.count(term) != 0) return true;
    for (const auto& prefix : prefixes) {
      if (word.starts_with(prefix)) return true;
    }
    return false;
  }
};

void collect_wanted(const TextQuery& query, Analyzer& analyzer, Wanted* wanted) {
  for (const auto& word : query.words) {
    if (query.kind == TextQuery::Kind::kPrefix) {
      wanted->prefixes.insert(analyzer.fold(word));
      continue;
    }
    WordScanner scanner = analyzer.scan(word);
    while (scanner.next()) wanted->terms.emplace(analyzer.term(scanner.word()));
  }
  const bool is_not = query.kind == TextQuery::Kind::kNot;
  const size_t count = is_not ? 1 : query.children.size();
  for (size_t i = 0; i < count; ++i) collect_wanted(query.children[i], analyzer, wanted);
}

// The run of tokens within `size` bytes that shows most of the wanted terms: [first, last].
std::pair<size_t, size_t> best_window(const std::vector<Token>& tokens,
                                      const std::vector<size_t>& hits, size_t size) {
  size_t best_first = 0;
  size_t best_score = 0;
  for (size_t i = 0; i < hits.size(); ++i) {
    std::set<std::string_view> terms;
    size_t j = i;
    while (j < hits.size() && tokens[hits[j]].end - tokens[hits[i]].begin <= size) {
      terms.insert(tokens[hits[j++]].term);
    }
    const size_t score = terms.size() * 1000 + (j - i);
    if (score > best_score) {
      best_score = score;
      best_first = hits[i];
    }
  }
  // Some words before the first hit, as context.
  size_t first = best_first;
  while (first > 0 && tokens[best_first].begin - tokens[first - 1].begin <= size / 4) --first;
  size_t last = first;
  while (last + 1 < tokens.size() && tokens[last + 1].end - tokens[first].begin <= size) ++last;
  return {first, last};
}

}  // namespace

std::string make_snippet(Analyzer& analyzer, const TextQuery& query, std::string_view text,
                         size_t size) {
  Wanted wanted;
  collect_wanted(query, analyzer, &wanted);
  std::vector<Token> tokens;
  std::vector<size_t> hits;
  WordScanner scanner = analyzer.scan(text);
  while (scanner.next()) {
    const std::string_view term = analyzer.term(scanner.word());
    const bool is_hit = wanted.matches(scanner.word(), term);
    if (is_hit) hits.push_back(tokens.size());
    tokens.push_back({std::string(term), is_hit, scanner.begin(), scanner.end()});
  }
  if (tokens.empty()) return {};
  const auto [first, last] = best_window(tokens, hits, size);
  const bool whole = last + 1 == tokens.size();
  size_t at = first == 0 ? 0 : tokens[first].begin;
  const size_t end = whole ? text.size() : tokens[last].end;
  std::string snippet = first == 0 ? "" : "…";
  bool marked = false;  // what was added last; closed where a gap follows
  for (size_t i = first; i <= last; ++i) {
    if (!tokens[i].wanted || tokens[i].end <= at) continue;
    // Pairs of characters overlap: neighbours make one passage.
    const size_t begin = std::max(at, tokens[i].begin);
    if (!marked || begin > at) {
      if (std::exchange(marked, true)) snippet += "**";
      snippet += text.substr(at, begin - at);
      snippet += "**";
    }
    snippet += text.substr(begin, tokens[i].end - begin);
    at = tokens[i].end;
  }
  if (marked) snippet += "**";
  if (at < end) snippet += text.substr(at, end - at);
  if (!whole) snippet += "…";
  return snippet;
}

}  // namespace memtier
