#include "index/text/text_query.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace memtier {
namespace {

constexpr size_t kMaxDepth = 15;  // of parentheses; nobody writes so many

TextQuery leaf(TextQuery::Kind kind, std::vector<std::string> words) {
  TextQuery query;
  query.kind = kind;
  query.words = std::move(words);
  return query;
}

TextQuery group(TextQuery::Kind kind, std::vector<TextQuery> children) {
  if (children.size() == 1) return std::move(children[0]);
  TextQuery query;
  query.kind = kind;
  query.children = std::move(children);
  return query;
}

TextQuery except(TextQuery wanted, TextQuery unwanted) {
  TextQuery query;
  query.kind = TextQuery::Kind::kNot;
  query.children.push_back(std::move(wanted));
  query.children.push_back(std::move(unwanted));
  return query;
}

bool is_stop_word(std::string_view word, Tokenizer tokenizer) {
  return tokenizer == Tokenizer::kEnglish && is_english_stop_word(word);
}

// A query without its stop words: what is left to look for; where nothing is, what was to be left out.
struct Stripped {
  std::optional<TextQuery> wanted;
  std::vector<TextQuery> unwanted;
};

Stripped without_stop_words(const TextQuery& query) {
  Stripped result;
  if (query.children.empty()) {
    if (!query.is_stop_word) result.wanted = query;
    return result;
  }
  if (query.kind == TextQuery::Kind::kNot) {
    result = without_stop_words(query.children[0]);
    Stripped unwanted = without_stop_words(query.children[1]);
    if (!unwanted.wanted) return result;
    if (!result.wanted) {
      result.unwanted.push_back(std::move(*unwanted.wanted));
    } else {
      result.wanted = except(std::move(*result.wanted), std::move(*unwanted.wanted));
    }
    return result;
  }
  const bool is_and = query.kind == TextQuery::Kind::kAnd;
  std::vector<TextQuery> parts;
  for (const TextQuery& child : query.children) {
    Stripped part = without_stop_words(child);
    if (part.wanted) parts.push_back(std::move(*part.wanted));
    if (!is_and) continue;
    std::move(part.unwanted.begin(), part.unwanted.end(), std::back_inserter(result.unwanted));
  }
  if (parts.empty()) return result;
  result.wanted = group(query.kind, std::move(parts));
  for (TextQuery& part : std::exchange(result.unwanted, {})) {
    result.wanted = except(std::move(*result.wanted), std::move(part));
  }
  return result;
}

std::vector<std::string> owned(const std::vector<std::string_view>& words) {
  return {words.begin(), words.end()};
}

// As they stand in the text. Runs of Chinese and the like are words here; the index makes pairs of them.
std::vector<std::string_view> split(std::string_view text, Tokenizer tokenizer) {
  std::vector<std::string_view> words;
  WordScanner scanner(tokenizer == Tokenizer::kPlain ? tokenizer : Tokenizer::kUnicode, text);
  while (scanner.next()) {
    words.push_back(text.substr(scanner.begin(), scanner.end() - scanner.begin()));
  }
  return words;
}

// What stands in quotes is a phrase, unless it is a single word of the index. (What the parser takes
// for one, such as a run of Chinese characters, can be several pairs there.)
TextQuery::Kind kind_of_quoted(const std::vector<std::string_view>& words, Tokenizer tokenizer) {
  if (words.size() > 1) return TextQuery::Kind::kPhrase;
  WordScanner scanner(tokenizer, words[0]);
  const bool several = scanner.next() && scanner.next();
  return several ? TextQuery::Kind::kPhrase : TextQuery::Kind::kWord;
}

// "bird's-eye" is two words that stand together.
std::optional<TextQuery> query_of_chunk(std::string_view chunk, bool prefix, Tokenizer tokenizer) {
  if (prefix) chunk.remove_suffix(1);
  const auto words = split(chunk, tokenizer);
  if (words.empty()) return std::nullopt;
  if (words.size() > 1) return leaf(TextQuery::Kind::kPhrase, owned(words));
  return leaf(prefix ? TextQuery::Kind::kPrefix : TextQuery::Kind::kWord, owned(words));
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Collects what a natural query asks for, each thing once.
class NaturalParser {
 public:
  NaturalParser(std::string_view text, Tokenizer tokenizer) : text_(text), tokenizer_(tokenizer) {}

  Result<TextQuery> parse(bool match_all) {
    while (!text_.empty()) step();
    const std::string most = std::to_string(TextQuery::kMaxWords);
    if (unwanted_.size() > TextQuery::kMaxWords) {
      return invalid("query: \"text\" excludes more than " + most + " words");
    }
    std::vector<TextQuery>& wanted = wanted_.empty() ? stop_words_ : wanted_;
    if (match_all && wanted.size() > TextQuery::kMaxWords) {
      return invalid("query: \"text\" has more than " + most +
                     " words, the most with \"match\": \"all\"");
    }
    TextQuery query;
    query.kind = match_all ? TextQuery::Kind::kAnd : TextQuery::Kind::kOr;
    const size_t left_out = wanted.size() - std::min(wanted.size(), TextQuery::kMaxChoice);
    wanted.resize(wanted.size() - left_out);
    query.children = std::move(wanted);
    if (!unwanted_.empty()) {
      query = except(std::move(query), group(TextQuery::Kind::kOr, std::move(unwanted_)));
    }
    query.words_left_out = left_out;
    return query;
  }

 private:
  void step() {
    if (is_space(text_[0])) {
      text_.remove_prefix(1);
      at_start_ = true;
      return;
    }
    const bool minus = at_start_ && begins_exclusion();
    if (minus) text_.remove_prefix(1);
    if (text_[0] == '"') return phrase(minus);
    const size_t end = std::min(text_.find_first_of(" \t\n\r\""), text_.size());
    std::string_view chunk = text_.substr(0, end);
    text_.remove_prefix(end);
    at_start_ = false;
    const bool prefix = chunk.size() > 1 && chunk.back() == '*';
    add_chunk(chunk, prefix, minus);
  }

  // "-5" is a number, and "-" alone a dash.
  bool begins_exclusion() const {
    return text_.size() > 1 && text_[0] == '-' && !is_space(text_[1]) &&
           !(text_[1] >= '0' && text_[1] <= '9');
  }

  void phrase(bool minus) {
    text_.remove_prefix(1);
    const size_t end = std::min(text_.find('"'), text_.size());
    const auto words = split(text_.substr(0, end), tokenizer_);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    at_start_ = false;
    if (words.empty()) return;
    add(leaf(kind_of_quoted(words, tokenizer_), owned(words)), minus ? &unwanted_ : &wanted_);
  }

  void add_chunk(std::string_view chunk, bool prefix, bool minus) {
    if (minus || prefix) {
      if (auto query = query_of_chunk(chunk, prefix, tokenizer_)) {
        add(std::move(*query), minus ? &unwanted_ : &wanted_);
      }
      return;
    }
    // In what people write, each word counts for itself: "don't" -> don, t.
    for (const std::string_view word : split(chunk, tokenizer_)) {
      TextQuery query = leaf(TextQuery::Kind::kWord, {std::string(word)});
      query.is_stop_word = is_stop_word(word, tokenizer_);
      const auto list = query.is_stop_word ? &stop_words_ : &wanted_;
      add(std::move(query), list);
    }
  }

  void add(TextQuery query, std::vector<TextQuery>* list) {
    std::string key(list == &unwanted_ ? "-" : "+");
    key += static_cast<char>('0' + static_cast<int>(query.kind));
    for (const auto& word : query.words) key.append(1, ' ').append(fold_case(word));
    if (!seen_.insert(key).second) return;
    list->push_back(std::move(query));
  }

  std::string_view text_;
  const Tokenizer tokenizer_;
  bool at_start_ = true;
  std::vector<TextQuery> wanted_;
  std::vector<TextQuery> stop_words_;
  std::vector<TextQuery> unwanted_;
  std::unordered_set<std::string> seen_;
};

// or := and (OR and)*;  and := not ((AND)? not | AND NOT primary)*;  not := primary (NOT primary)*
class BooleanParser {
 public:
  BooleanParser(std::string_view text, Tokenizer tokenizer) : text_(text), tokenizer_(tokenizer) {}

  Result<TextQuery> parse() {
    skip_space();
    if (at_ == text_.size()) return TextQuery();
    ASSIGN_OR_RETURN(TextQuery query, parse_or(0));
    if (at_ < text_.size()) return wrong("unexpected \")\"");
    Stripped stripped = without_stop_words(query);
    return stripped.wanted ? std::move(*stripped.wanted) : std::move(query);
  }

 private:
  Status wrong(const std::string& why) const {
    return invalid("query: \"text\": " + why + " at byte " + std::to_string(at_));
  }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  std::string_view peek_token() const {
    if (at_ >= text_.size()) return {};
    if (text_[at_] == '(' || text_[at_] == ')' || text_[at_] == '"') return text_.substr(at_, 1);
    const size_t end = std::min(text_.find_first_of(" \t\n\r()\"", at_), text_.size());
    return text_.substr(at_, end - at_);
  }

  bool take(std::string_view token) {
    if (peek_token() != token) return false;
    at_ += token.size();
    skip_space();
    return true;
  }

  Result<TextQuery> parse_or(size_t depth) {
    std::vector<TextQuery> parts;
    do {
      ASSIGN_OR_RETURN(TextQuery part, parse_and(depth));
      parts.push_back(std::move(part));
    } while (take("OR"));
    return group(TextQuery::Kind::kOr, std::move(parts));
  }

  Result<TextQuery> parse_and(size_t depth) {
    std::vector<TextQuery> parts;
    std::vector<TextQuery> unwanted;
    while (true) {
      if (!parts.empty() && take("NOT")) {  // only behind an AND: parse_not() takes the others
        ASSIGN_OR_RETURN(TextQuery part, parse_primary(depth));
        unwanted.push_back(std::move(part));
      } else {
        ASSIGN_OR_RETURN(TextQuery part, parse_not(depth));
        parts.push_back(std::move(part));
      }
      if (take("AND")) continue;
      const std::string_view next = peek_token();
      if (next.empty() || next == "OR" || next == ")") break;
    }
    TextQuery query = group(TextQuery::Kind::kAnd, std::move(parts));
    for (TextQuery& part : unwanted) query = except(std::move(query), std::move(part));
    return query;
  }

  Result<TextQuery> parse_not(size_t depth) {
    ASSIGN_OR_RETURN(TextQuery query, parse_primary(depth));
    while (take("NOT")) {
      ASSIGN_OR_RETURN(TextQuery unwanted, parse_primary(depth));
      query = except(std::move(query), std::move(unwanted));
    }
    return query;
  }

  Result<TextQuery> parse_primary(size_t depth) {
    if (depth > kMaxDepth) return wrong("too many parentheses");
    const std::string_view token = peek_token();
    if (token.empty()) return wrong("a word is missing at the end");
    if (token == "AND" || token == "OR" || token == "NOT" || token == ")") {
      return wrong("a word is missing before \"" + std::string(token) + "\"");
    }
    if (++words_ > TextQuery::kMaxWords) return wrong("more than 256 words");
    if (take("(")) {
      ASSIGN_OR_RETURN(TextQuery inner, parse_or(depth + 1));
      if (!take(")")) return wrong("a \")\" is missing");
      return inner;
    }
    if (token == "\"") return parse_phrase();
    const bool prefix = token.size() > 1 && token.back() == '*';
    auto query = query_of_chunk(token, prefix, tokenizer_);
    if (!query) return wrong("\"" + std::string(token) + "\" is no word");
    query->is_stop_word =
        query->kind == TextQuery::Kind::kWord && is_stop_word(query->words[0], tokenizer_);
    at_ += token.size();
    skip_space();
    return std::move(*query);
  }

  Result<TextQuery> parse_phrase() {
    const size_t end = text_.find('"', at_ + 1);
    if (end == std::string_view::npos) return wrong("the phrase has no closing quote");
    const auto words = split(text_.substr(at_ + 1, end - at_ - 1), tokenizer_);
    if (words.empty()) return wrong("the phrase has no words");
    at_ = end + 1;
    skip_space();
    return leaf(kind_of_quoted(words, tokenizer_), owned(words));
  }

  std::string_view text_;
  const Tokenizer tokenizer_;
  size_t at_ = 0;
  size_t words_ = 0;
};

}  // namespace

Result<TextQuery> TextQuery::natural(std::string_view text, bool match_all, Tokenizer tokenizer) {
  return NaturalParser(text, tokenizer).parse(match_all);
}

const std::vector<TextQuery>& TextQuery::alternatives() const {
  static const std::vector<TextQuery> kNone;
  const TextQuery& wanted = kind == Kind::kNot ? children[0] : *this;
  return wanted.kind == Kind::kOr ? wanted.children : kNone;
}

Result<TextQuery> TextQuery::boolean(std::string_view text, Tokenizer tokenizer) {
  return BooleanParser(text, tokenizer).parse();
}

std::string describe(const TextQuery& query) {
  const auto joined = [](const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
    return text;
  };
  switch (query.kind) {
    case TextQuery::Kind::kWord:
      return joined(query.words);
    case TextQuery::Kind::kPrefix:
      return joined(query.words) + '*';
    case TextQuery::Kind::kPhrase:
      return '"' + joined(query.words) + '"';
    default:
      break;
  }
  const char* op = query.kind == TextQuery::Kind::kAnd  ? " AND "
                   : query.kind == TextQuery::Kind::kOr ? " OR "
                                                        : " NOT ";
  if (query.is_exclusion()) return "(NOT " + describe(query.children[1]) + ')';
  std::string text = "(";
  for (size_t i = 0; i < query.children.size(); ++i) {
    if (i > 0) text += op;
    text += describe(query.children[i]);
  }
  return text + ')';
}

std::vector<std::string_view> split_words(std::string_view text) {
  return split(text, Tokenizer::kUnicode);
}

// The function words of English that say nothing about what a text is about; question words among
// them, because queries are questions.
bool is_english_stop_word(std::string_view word) {
  static const std::unordered_set<std::string> kStopWords = {
      "a",     "about", "am",    "an",     "and",    "any",  "are",   "aren",  "as",   "at",
      "be",    "been",  "being", "but",    "by",     "can",  "could", "d",     "did",  "didn",
      "do",    "does",  "doesn", "doing",  "don",    "for",  "from",  "had",   "hadn", "has",
      "hasn",  "have",  "haven", "having", "he",     "her",  "hers",  "him",   "his",  "how",
      "i",     "if",    "in",    "into",   "is",     "isn",  "it",    "its",   "just", "ll",
      "m",     "me",    "my",    "no",     "not",    "of",   "on",    "or",    "our",  "ours",
      "re",    "s",     "shall", "she",    "should", "so",   "some",  "such",  "t",    "than",
      "that",  "the",   "their", "theirs", "them",   "then", "there", "these", "they", "this",
      "those", "to",    "too",   "us",     "ve",     "very", "was",   "wasn",  "we",   "were",
      "weren", "what",  "when",  "where",  "which",  "who",  "whom",  "whose", "why",  "will",
      "with",  "won",   "would", "wouldn", "you",    "your", "yours"};
  return kStopWords.count(fold_case(word)) != 0;
}

}  // namespace memtier
