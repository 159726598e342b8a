// InvertedTextIndex: searching.
#include <algorithm>
#include <cmath>
#include <set>

#include "index/text/inverted_text_index.h"
#include "index/text/row_check.h"
#include "index/text/search_parts.h"
#include "index/text/session_search.h"
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/item_reads.h"

namespace memtier {
namespace {

constexpr size_t kMaxPrefixTerms = 4096;

Result<ScopeSet> read_scopes(Connection& connection, const ScopeCondition& condition) {
  ScopeSet set;
  set.everything = condition.everything;
  if (set.everything) return set;
  if (condition.single != 0) {
    set.scopes.push_back(condition.single);
    return set;
  }
  ASSIGN_OR_RETURN(Statement select, connection.prepare(condition.list.sql()));
  StatementUse use(select);
  condition.list.bind_to(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) break;
    set.scopes.push_back(use->integer(0));
  }
  std::sort(set.scopes.begin(), set.scopes.end());
  return set;
}

// Ends the transaction that enter() began.
class EndOfRead {
 public:
  explicit EndOfRead(Connection& connection) : connection_(connection) {}
  ~EndOfRead() {
    if (sqlite3_get_autocommit(connection_.handle()) == 0) {
      (void)connection_.execute_prepared("COMMIT");
    }
  }
  EndOfRead(const EndOfRead&) = delete;
  EndOfRead& operator=(const EndOfRead&) = delete;

 private:
  Connection& connection_;
};

}  // namespace

// The terms of words that begin so: those that are stems themselves from the dictionaries, the others
// from the list of words.
Status InvertedTextIndex::expand_prefixes(Connection& connection, ChunkReader& reader,
                                          WordPlan* plan) const {
  for (WordPlan::Signal& signal : plan->signals) {
    if (signal.prefix.empty()) continue;
    std::set<std::string> terms;
    for (const auto& loaded : state_.segments()) {
      TermIterator iterator(*loaded->segment, reader, signal.prefix);
      while (terms.size() < kMaxPrefixTerms) {
        ASSIGN_OR_RETURN(const bool more, iterator.next());
        if (!more || !iterator.term().starts_with(signal.prefix)) break;
        terms.insert(iterator.term());
      }
    }
    for (const auto& part : state_.recent()) {
      for (std::string& term : part->terms_of_prefix(signal.prefix)) terms.insert(std::move(term));
    }
    ASSIGN_OR_RETURN(Statement select,
                     connection.prepare("SELECT DISTINCT term FROM text_words "
                                        "WHERE word >= ?1 AND word < ?1 || x'f4908080' LIMIT ?2"));
    StatementUse use(select.bind_text(1, signal.prefix));
    select.bind(2, static_cast<int64_t>(kMaxPrefixTerms));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, use->step());
      if (!more) break;
      terms.emplace(use->bytes(0));
    }
    signal.terms.assign(terms.begin(), terms.end());
    if (signal.terms.size() > kMaxPrefixTerms) signal.terms.resize(kMaxPrefixTerms);
  }
  return {};
}

// What the filter matches, if to score only that is likely to be quicker than to read the rows of items
// that would be shown until enough of them match: of n items, m of which match, about k n / m.
Result<std::optional<std::vector<FoundRow>>> InvertedTextIndex::find_few(
    Connection& connection, const ReadScope& read, const Filter& filter, int64_t documents,
    int64_t shown, const StopCheck& stop, FilterEffort* effort) {
  std::optional<std::vector<FoundRow>> few;
  if (filter.matches_all()) return few;
  constexpr double kLeast = 16;
  constexpr double kMost = 8192;
  const double product =
      static_cast<double>(std::max<int64_t>(documents, 1)) * static_cast<double>(shown);
  const auto limit = static_cast<int64_t>(std::clamp(std::sqrt(product), kLeast, kMost));
  AccessPath path;
  ASSIGN_OR_RETURN(few, storage_.reads(connection).find_few(read, filter, limit, stop, &path));
  if (few) effort->candidates = static_cast<int64_t>(few->size());
  effort->path = std::move(path);
  return few;
}

Result<TextResult> InvertedTextIndex::search(const TextRequest& request, const StopCheck& stop) {
  if (request.limit + request.skip <= 0) return TextResult();
  RETURN_IF_ERROR(storage_.drain());
  while (true) {
    ASSIGN_OR_RETURN(auto result, search_once(request, stop));
    if (result) return std::move(*result);
    if (stop) RETURN_IF_ERROR(stop());
    RETURN_IF_ERROR(maintain(true).take_status());
  }
}

Result<std::optional<TextResult>> InvertedTextIndex::search_once(const TextRequest& request,
                                                                 const StopCheck& stop) {
  const TextQuery& query = *request.query;
  std::optional<TextResult> found = TextResult();
  TextResult& result = *found;
  ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
  const EndOfRead end(*connection);
  ChunkReader reader(*connection, cache_);
  std::shared_lock<std::shared_mutex> lock;
  ASSIGN_OR_RETURN(const bool entered, enter(*connection, reader, &lock));
  if (!entered) return std::optional<TextResult>();
  const StopWatch watch(*connection, stop);
  if (query.is_long()) {
    ASSIGN_OR_RETURN(result.shortened, with_known_words(reader, query, stop));
  }
  result.words_left_out = static_cast<int64_t>(result.shortened ? result.shortened->words_left_out
                                                                : query.words_left_out);
  Analyzer analyzer(tokenizer_);
  WordPlan plan = WordPlan::make(result.shortened ? *result.shortened : query, analyzer);
  if (plan.is_empty()) return found;
  ASSIGN_OR_RETURN(const ScopeCondition condition,
                   scope_condition(*connection, *request.read.scope));
  if (condition.nothing) return found;
  ASSIGN_OR_RETURN(const ScopeSet scopes, read_scopes(*connection, condition));
  RETURN_IF_ERROR(expand_prefixes(*connection, reader, &plan));
  Search search{state_, reader, plan, scopes, {}, {}, {}, {}, {}, !request.also.empty()};
  RETURN_IF_ERROR(search.open());
  Status status = search.run(*this, *connection, request, stop, &result);
  if (!status.ok()) return watch.explain(std::move(status));
  return found;
}

Result<bool> InvertedTextIndex::Search::any_in_session(std::span<const RankedDocument> ranked) {
  for (const RankedDocument& one : ranked) {
    if (!parts[one.part].has_sessions) continue;
    ASSIGN_OR_RETURN(const SegmentDocument document, parts[one.part].document(one.document));
    if (document.session != 0) return true;
  }
  return false;
}

// From what was opened to the hits.
Status InvertedTextIndex::Search::run(InvertedTextIndex& index, Connection& connection,
                                      const TextRequest& request, const StopCheck& stop,
                                      TextResult* result) {
  const Bm25 bm25(collection, request.weights);
  std::vector<double> rarity;
  for (size_t i = 0; i < plan.signals.size(); ++i) {
    rarity.push_back(bm25.rarity(documents_with[i]) * plan.signals[i].scored);
  }
  const int64_t shown = request.skip + request.limit;
  ASSIGN_OR_RETURN(const auto few,
                   index.find_few(connection, request.read, *request.filter, collection.documents,
                                  shown, stop, &result->filter));
  if (few) RETURN_IF_ERROR(restrict_to(*few));
  const Filter everything;
  RowCheck check(connection, plan, index.tokenizer_, few ? everything : *request.filter,
                 request.weights, request.read.now_us, index.storage_.tier_names());
  result->supported = request.support.any() && plan.is_plain_or() &&
                      std::any_of(parts.begin(), parts.end(),
                                  [](const PartView& part) { return part.has_sessions; });
  result->open = plan.is_plain_or();
  const bool weighed = result->supported || request.weigh;
  const size_t window = weighed ? SessionSupport::window(rarity.size()) : 0;
  BestDocuments best(std::max(window, static_cast<size_t>(shown)));
  PartSearch part_search(plan, bm25, rarity, check, stop, best, result->effort);
  for (PartView& part : parts) {
    const auto is_any = [](int64_t size) { return size > 0; };
    if (std::none_of(part.sizes.begin(), part.sizes.end(), is_any)) continue;
    RETURN_IF_ERROR(part_search.run(part));
  }
  std::vector<RankedDocument> ranked = best.take();
  if (result->supported && !request.weigh) {
    // Only by what is found: whether others have sessions must not show.
    ASSIGN_OR_RETURN(result->supported,
                     any_in_session(std::span(ranked).first(std::min(window, ranked.size()))));
  }
  if (!result->supported && !request.weigh) {
    ranked.resize(std::min(ranked.size(), static_cast<size_t>(shown)));
  }
  if (request.weigh) {
    const auto best_ones = std::span(ranked).first(std::min(window, ranked.size()));
    RETURN_IF_ERROR(weigh(connection, bm25, rarity, request, best_ones, result));
  }
  if (result->supported && !request.weigh) {
    SessionSupport support(bm25, rarity, request, parts);
    ASSIGN_OR_RETURN(result->hits, supported_hits(support, ranked, window, parts, check, request,
                                                  &result->effort));
  } else {
    for (size_t i = static_cast<size_t>(request.skip); i < ranked.size(); ++i) {
      TextHit hit;
      hit.row = ranked[i].row;
      hit.score = hit.words = ranked[i].score;
      result->hits.push_back(hit);
    }
  }
  result->parts = static_cast<int64_t>(parts.size());
  result->documents = collection.documents;
  for (size_t i = 0; i < plan.signals.size(); ++i) {
    const WordPlan::Signal& signal = plan.signals[i];
    result->terms.emplace_back(signal.prefix.empty() ? signal.terms[0] : signal.prefix + '*',
                               documents_with[i]);
  }
  return {};
}

}  // namespace memtier
