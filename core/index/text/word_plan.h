// WordPlan: a query of words as the search works on it. What the query asks for are LEAVES (a word, a
// prefix, a phrase) under AND, OR and NOT; what the index is asked for are SIGNALS: a word's term, or
// all terms of a prefix taken as one. A phrase's signals are its words'.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index/text/analyzer.h"
#include "index/text/text_query.h"

namespace memtier {

struct WordPlan {
  struct Signal {
    std::vector<std::string> terms;  // of a prefix any number, once they were looked up
    std::string prefix;              // empty: a word
    uint32_t scored = 0;             // by how many leaves it counts for the score
  };
  struct Leaf {
    std::vector<uint32_t> signals;      // all of them must be there
    std::vector<std::string> sequence;  // of a phrase: its terms, in order
    bool scored = true;                 // not under NOT
    bool is_phrase() const { return !sequence.empty(); }
  };
  struct Node {
    TextQuery::Kind kind = TextQuery::Kind::kOr;  // kWord: a leaf
    uint32_t leaf = 0;
    std::vector<Node> children;
  };

  static WordPlan make(const TextQuery& query, Analyzer& analyzer);

  // Nothing can match.
  bool is_empty() const { return leaves.empty(); }
  // Any signal's posting makes a document match, and nothing else has to be looked at.
  bool is_plain_or() const { return plain_or; }

  std::vector<Signal> signals;
  std::vector<Leaf> leaves;
  Node root;
  bool has_phrases = false;
  bool plain_or = false;
};

// Which phrases of the plan stand in a text's words. Others' entries are left as they are.
void find_phrases(const WordPlan& plan, Analyzer& analyzer, std::string_view text,
                  std::vector<bool>* found);

}  // namespace memtier
