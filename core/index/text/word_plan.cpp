#include "index/text/word_plan.h"

#include <algorithm>
#include <deque>

namespace memtier {
namespace {

class Compiler {
 public:
  Compiler(Analyzer& analyzer, WordPlan& plan) : analyzer_(analyzer), plan_(plan) {}

  WordPlan::Node node(const TextQuery& query, bool scored, TextQuery::Kind parent) {
    switch (query.kind) {
      case TextQuery::Kind::kWord:
        return word(query, scored, parent);
      case TextQuery::Kind::kPhrase:
        return add(phrase(terms_of(query), scored));
      case TextQuery::Kind::kPrefix:
        return prefix(query, scored);
      default:
        break;
    }
    WordPlan::Node result;
    result.kind = query.kind;
    const bool is_not = query.kind == TextQuery::Kind::kNot;
    for (size_t i = 0; i < query.children.size(); ++i) {
      result.children.push_back(node(query.children[i], scored && !(is_not && i > 0), query.kind));
    }
    return result;
  }

 private:
  std::vector<std::string> terms_of(const TextQuery& query) {
    std::vector<std::string> terms;
    for (const std::string& word : query.words) {
      WordScanner scanner = analyzer_.scan(word);
      while (scanner.next()) terms.emplace_back(analyzer_.term(scanner.word()));
    }
    return terms;
  }

  // What the query's parser takes for a word may be several for the index's tokenizer: the pairs of a
  // run of Chinese characters. Among alternatives each counts for itself.
  WordPlan::Node word(const TextQuery& query, bool scored, TextQuery::Kind parent) {
    const std::vector<std::string> terms = terms_of(query);
    if (terms.size() == 1) return add(phrase(terms, scored));
    WordPlan::Node node;
    node.kind = parent == TextQuery::Kind::kOr ? TextQuery::Kind::kOr : TextQuery::Kind::kAnd;
    for (const std::string& term : terms) node.children.push_back(add(phrase({term}, scored)));
    return node;
  }

  WordPlan::Leaf phrase(std::vector<std::string> terms, bool scored) {
    WordPlan::Leaf leaf;
    leaf.scored = scored;
    for (const std::string& term : terms) add_signal(term, "", &leaf);
    if (terms.size() > 1) {
      leaf.sequence = std::move(terms);
      plan_.has_phrases = true;
    }
    return leaf;
  }

  WordPlan::Node prefix(const TextQuery& query, bool scored) {
    WordPlan::Leaf leaf;
    leaf.scored = scored;
    add_signal("", analyzer_.fold(query.words[0]), &leaf);
    return add(std::move(leaf));
  }

  void add_signal(const std::string& term, const std::string& prefix, WordPlan::Leaf* leaf) {
    const auto same = [&](const WordPlan::Signal& signal) {
      if (!prefix.empty()) return signal.prefix == prefix;
      return signal.prefix.empty() && signal.terms[0] == term;
    };
    auto found = std::find_if(plan_.signals.begin(), plan_.signals.end(), same);
    if (found == plan_.signals.end()) {
      WordPlan::Signal signal;
      signal.prefix = prefix;
      if (prefix.empty()) signal.terms.push_back(term);
      plan_.signals.push_back(std::move(signal));
      found = plan_.signals.end() - 1;
    }
    const auto number = static_cast<uint32_t>(found - plan_.signals.begin());
    if (std::find(leaf->signals.begin(), leaf->signals.end(), number) != leaf->signals.end())
      return;
    leaf->signals.push_back(number);
    if (leaf->scored) ++found->scored;
  }

  WordPlan::Node add(WordPlan::Leaf leaf) {
    WordPlan::Node node;
    if (leaf.signals.empty()) return node;  // an OR of nothing
    node.kind = TextQuery::Kind::kWord;
    node.leaf = static_cast<uint32_t>(plan_.leaves.size());
    plan_.leaves.push_back(std::move(leaf));
    return node;
  }

  Analyzer& analyzer_;
  WordPlan& plan_;
};

bool is_or_of_leaves(const WordPlan::Node& node) {
  if (node.kind == TextQuery::Kind::kWord) return true;
  return node.kind == TextQuery::Kind::kOr &&
         std::all_of(node.children.begin(), node.children.end(), is_or_of_leaves);
}

}  // namespace

WordPlan WordPlan::make(const TextQuery& query, Analyzer& analyzer) {
  WordPlan plan;
  plan.root = Compiler(analyzer, plan).node(query, true, TextQuery::Kind::kOr);
  const Node& root = plan.root;
  plan.plain_or = is_or_of_leaves(root) && !plan.has_phrases;
  return plan;
}

void find_phrases(const WordPlan& plan, Analyzer& analyzer, std::string_view text,
                  std::vector<bool>* found) {
  size_t longest = 0;
  for (const WordPlan::Leaf& leaf : plan.leaves) longest = std::max(longest, leaf.sequence.size());
  std::deque<std::string> last;
  WordScanner scanner = analyzer.scan(text);
  while (scanner.next()) {
    last.emplace_back(analyzer.term(scanner.word()));
    if (last.size() > longest) last.pop_front();
    for (size_t i = 0; i < plan.leaves.size(); ++i) {
      const auto& sequence = plan.leaves[i].sequence;
      if (sequence.empty() || (*found)[i] || last.size() < sequence.size()) continue;
      const auto begin = last.end() - static_cast<std::ptrdiff_t>(sequence.size());
      if (std::equal(sequence.begin(), sequence.end(), begin)) (*found)[i] = true;
    }
  }
}

}  // namespace memtier
