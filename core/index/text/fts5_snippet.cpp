#include "index/text/fts5_snippet.h"

#include <set>
#include <vector>

namespace memtier {
namespace {

struct Token {
  std::string stem;
  size_t begin;
  size_t end;
};

Result<fts5_api*> find_api(Connection& connection) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT fts5(?)"));
  fts5_api* api = nullptr;
  StatementUse use(select);
  sqlite3_bind_pointer(select.handle(), 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
  RETURN_IF_ERROR(select.step().take_status());
  if (api == nullptr) return internal_error("database: FTS5 is missing");
  return api;
}

class Tokenizer {
 public:
  static Result<Tokenizer> make(Connection& connection) {
    ASSIGN_OR_RETURN(fts5_api * api, find_api(connection));
    Tokenizer tokenizer;
    void* context = nullptr;
    // The same as in the table's definition (schema.cpp).
    const char* arguments[] = {"unicode61", "remove_diacritics", "2"};
    int code = api->xFindTokenizer(api, "porter", &context, &tokenizer.functions_);
    if (code == SQLITE_OK) {
      code = tokenizer.functions_.xCreate(context, arguments, 3, &tokenizer.instance_);
    }
    RETURN_IF_ERROR(sqlite_status(code, nullptr, "tokenizer"));
    return tokenizer;
  }
  Tokenizer(Tokenizer&& other) noexcept
      : functions_(other.functions_), instance_(std::exchange(other.instance_, nullptr)) {}
  Tokenizer& operator=(Tokenizer&&) = delete;
  ~Tokenizer() {
    if (instance_ != nullptr) functions_.xDelete(instance_);
  }

  Result<std::vector<Token>> split(std::string_view text) const {
    std::vector<Token> tokens;
    const auto collect = [](void* list, int, const char* token, int size, int begin, int end) {
      static_cast<std::vector<Token>*>(list)->push_back(
          {std::string(token, static_cast<size_t>(size)), static_cast<size_t>(begin),
           static_cast<size_t>(end)});
      return SQLITE_OK;
    };
    const int code = functions_.xTokenize(instance_, &tokens, FTS5_TOKENIZE_DOCUMENT, text.data(),
                                          static_cast<int>(text.size()), collect);
    RETURN_IF_ERROR(sqlite_status(code, nullptr, "tokenizer"));
    return tokens;
  }

 private:
  Tokenizer() = default;
  fts5_tokenizer functions_{};
  Fts5Tokenizer* instance_ = nullptr;
};

struct Wanted {
  std::set<std::string> stems;
  std::set<std::string> prefixes;

  bool matches(const std::string& stem) const {
    if (stems.count(stem) != 0) return true;
    for (const auto& prefix : prefixes) {
      if (stem.compare(0, prefix.size(), prefix) == 0) return true;
    }
    return false;
  }
};

Status collect_wanted(const TextQuery& query, const Tokenizer& tokenizer, Wanted* wanted) {
  for (const auto& word : query.words) {
    ASSIGN_OR_RETURN(const std::vector<Token> tokens, tokenizer.split(word));
    auto& set = query.kind == TextQuery::Kind::kPrefix ? wanted->prefixes : wanted->stems;
    for (const Token& token : tokens) set.insert(token.stem);
  }
  const bool is_not = query.kind == TextQuery::Kind::kNot;
  const size_t count = is_not ? 1 : query.children.size();
  for (size_t i = 0; i < count; ++i) {
    RETURN_IF_ERROR(collect_wanted(query.children[i], tokenizer, wanted));
  }
  return {};
}

// The run of tokens within `size` bytes that shows most of the wanted stems: [first, last].
std::pair<size_t, size_t> best_window(const std::vector<Token>& tokens,
                                      const std::vector<size_t>& hits, size_t size) {
  size_t best_first = 0;
  size_t best_score = 0;
  for (size_t i = 0; i < hits.size(); ++i) {
    std::set<std::string> stems;
    size_t j = i;
    while (j < hits.size() && tokens[hits[j]].end - tokens[hits[i]].begin <= size) {
      stems.insert(tokens[hits[j++]].stem);
    }
    const size_t score = stems.size() * 1000 + (j - i);
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

Result<std::string> fts5_snippet(Connection& connection, const TextQuery& query,
                                 std::string_view content, size_t size) {
  ASSIGN_OR_RETURN(const Tokenizer tokenizer, Tokenizer::make(connection));
  Wanted wanted;
  RETURN_IF_ERROR(collect_wanted(query, tokenizer, &wanted));
  ASSIGN_OR_RETURN(const std::vector<Token> tokens, tokenizer.split(content));
  if (tokens.empty()) return std::string();
  std::vector<size_t> hits;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (wanted.matches(tokens[i].stem)) hits.push_back(i);
  }
  const auto [first, last] = best_window(tokens, hits, size);
  const bool whole = last + 1 == tokens.size();
  size_t at = first == 0 ? 0 : tokens[first].begin;
  const size_t end = whole ? content.size() : tokens[last].end;
  std::string snippet = first == 0 ? "" : "…";
  for (size_t i = first; i <= last; ++i) {
    if (!wanted.matches(tokens[i].stem)) continue;
    snippet += content.substr(at, tokens[i].begin - at);
    snippet += "**";
    snippet += content.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
    snippet += "**";
    at = tokens[i].end;
  }
  snippet += content.substr(at, end - at);
  if (!whole) snippet += "…";
  return snippet;
}

}  // namespace memtier
