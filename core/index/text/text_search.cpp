// InvertedTextIndex: searching.
#include <algorithm>
#include <cmath>
#include <set>

#include "index/text/inverted_text_index.h"
#include "index/text/row_check.h"
#include "index/text/session_search.h"
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/item_reads.h"

namespace memtier {

struct ScopeSet {
  bool everything = false;
  std::vector<int64_t> scopes;  // ascending
};

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

void add_range(uint32_t begin, uint32_t end, std::vector<DocumentRange>* ranges) {
  if (!ranges->empty() && ranges->back().end == begin) {
    ranges->back().end = end;
  } else {
    ranges->push_back({begin, end});
  }
}

void add(const Collection& more, Collection* sum) {
  sum->documents += more.documents;
  sum->length += more.length;
}

}  // namespace

// One search over all parts.
struct InvertedTextIndex::Search {
  const TextState& state;
  ChunkReader& reader;
  const WordPlan& plan;
  const ScopeSet& scopes;
  std::vector<PartView> parts;
  // By part: a segment, or what is recent.
  std::vector<std::pair<const LoadedSegment*, const RecentPart*>> sources;
  std::vector<std::vector<bool>> masks;  // of recent parts where not all may be seen
  Collection collection;
  std::vector<int64_t> documents_with;  // by signal

  Status run(InvertedTextIndex& index, Connection& connection, const TextRequest& request,
             const StopCheck& stop, TextResult* result);
  Status restrict_to(const std::vector<FoundRow>& rows);
  Status open();
  Status open_segment(const LoadedSegment& loaded);
  void open_recent(const RecentPart& part);
  void count_removed();
  // The postings of a signal in a segment, to be gone through as often as is needed.
  struct Postings {
    std::optional<TermEntry> entry;
    std::shared_ptr<const PostingList> united;  // of a prefix
    bool empty() const { return !entry && united == nullptr; }
    int64_t size() const {
      if (united != nullptr) return static_cast<int64_t>(united->documents.size());
      return entry ? entry->documents : 0;
    }
  };
  Result<Postings> postings(const Segment& segment, const WordPlan::Signal& signal,
                            const std::vector<DocumentRange>& ranges);
  std::unique_ptr<PostingCursor> cursor(const Segment& segment, const Postings& postings);
  Result<int64_t> count(const LoadedSegment& loaded, const Postings& postings,
                        const std::vector<DocumentRange>& ranges);
  std::unique_ptr<PostingCursor> recent_cursor(const RecentPart& part,
                                               const WordPlan::Signal& signal);
  bool sees(int64_t scope) const {
    return scopes.everything ||
           std::binary_search(scopes.scopes.begin(), scopes.scopes.end(), scope);
  }
};

Status InvertedTextIndex::Search::open() {
  documents_with.assign(plan.signals.size(), 0);
  // The largest first: they lift the threshold for the others.
  std::vector<const LoadedSegment*> segments;
  for (const auto& loaded : state.segments()) segments.push_back(loaded.get());
  std::sort(segments.begin(), segments.end(), [](const auto* a, const auto* b) {
    return a->segment->documents() > b->segment->documents();
  });
  for (const LoadedSegment* loaded : segments) RETURN_IF_ERROR(open_segment(*loaded));
  masks.reserve(state.recent().size());
  for (const auto& part : state.recent()) open_recent(*part);
  count_removed();
  return {};
}

Status InvertedTextIndex::Search::open_segment(const LoadedSegment& loaded) {
  const Segment& segment = *loaded.segment;
  PartView view;
  if (scopes.everything) {
    view.ranges.push_back({0, segment.documents()});
    add(loaded.whole, &collection);
  } else {
    for (const int64_t scope : scopes.scopes) {
      const ScopeSpan* span = segment.scope(scope);
      if (span == nullptr) continue;
      add_range(span->first, span->first + span->count, &view.ranges);
      add(loaded.scopes[static_cast<size_t>(span - segment.header().scopes.data())], &collection);
    }
  }
  if (view.ranges.empty()) return {};
  view.norms = segment.norms();
  if (loaded.hidden_count > 0) view.hidden = &loaded.hidden;
  view.document = [this, &segment](uint32_t number) { return segment.document(reader, number); };
  view.around = [this, &loaded](const SegmentDocument& document, uint32_t number) {
    return around_in_segment(loaded, reader, document, number);
  };
  view.has_sessions = segment.header().session_bytes > 0;
  bool any = false;
  for (size_t i = 0; i < plan.signals.size(); ++i) {
    ASSIGN_OR_RETURN(const Postings found, postings(segment, plan.signals[i], view.ranges));
    view.scan.push_back(cursor(segment, found));
    view.probe.push_back(cursor(segment, found));
    view.sizes.push_back(found.size());
    if (found.empty()) continue;
    any = true;
    ASSIGN_OR_RETURN(const int64_t documents, count(loaded, found, view.ranges));
    documents_with[i] += documents;
  }
  if (any) {
    view.number = static_cast<uint32_t>(parts.size());
    parts.push_back(std::move(view));
    sources.emplace_back(&loaded, nullptr);
  }
  return {};
}

// In the ranges, what is taken back counted down.
Result<int64_t> InvertedTextIndex::Search::count(const LoadedSegment& loaded,
                                                 const Postings& postings,
                                                 const std::vector<DocumentRange>& ranges) {
  const Segment& segment = *loaded.segment;
  const auto counting = cursor(segment, postings);
  int64_t documents = 0;
  for (const DocumentRange& range : ranges) {
    if (segment.header().negatives.empty()) {
      ASSIGN_OR_RETURN(const uint64_t count, counting->count(range.begin, range.end));
      documents += static_cast<int64_t>(count);
      continue;
    }
    for (uint32_t begin = range.begin; begin < range.end;) {
      ASSIGN_OR_RETURN(const Run run, counting->next(begin, range.end));
      if (run.size == 0) break;
      begin = run.documents[run.size - 1] + 1;
      for (size_t at = 0; at < run.size; ++at) {
        const uint32_t document = run.documents[at];
        if (!segment.is_negative(document)) {
          ++documents;
        } else if (loaded.is_void.empty() || !loaded.is_void[document]) {
          --documents;
        }
      }
    }
  }
  return documents;
}

std::unique_ptr<PostingCursor> InvertedTextIndex::Search::cursor(const Segment& segment,
                                                                 const Postings& postings) {
  if (postings.united != nullptr) return list_cursor(postings.united, segment.norms());
  return postings.entry ? segment.cursor(reader, *postings.entry) : nullptr;
}

Result<InvertedTextIndex::Search::Postings> InvertedTextIndex::Search::postings(
    const Segment& segment, const WordPlan::Signal& signal,
    const std::vector<DocumentRange>& ranges) {
  Postings result;
  if (signal.prefix.empty()) {
    ASSIGN_OR_RETURN(result.entry, segment.term(reader, signal.terms[0]));
    return result;
  }
  // All terms of a prefix, as one list.
  std::vector<std::pair<uint32_t, Frequencies>> all;
  for (const std::string& term : signal.terms) {
    ASSIGN_OR_RETURN(const auto entry, segment.term(reader, term));
    if (!entry) continue;
    const auto cursor = segment.cursor(reader, *entry);
    for (const DocumentRange& range : ranges) {
      for (uint32_t begin = range.begin; begin < range.end;) {
        ASSIGN_OR_RETURN(const Run run, cursor->next(begin, range.end));
        if (run.size == 0) break;
        begin = run.documents[run.size - 1] + 1;
        for (size_t i = 0; i < run.size; ++i) all.emplace_back(run.documents[i], run.at(i));
      }
    }
  }
  if (!all.empty()) result.united = std::make_shared<const PostingList>(united(std::move(all)));
  return result;
}

void InvertedTextIndex::Search::open_recent(const RecentPart& part) {
  PartView view;
  view.norms = part.norms();
  view.hidden = &part.hidden();
  if (scopes.everything) {
    add(part.whole(), &collection);
  } else {
    std::vector<bool> mask(part.documents(), true);
    bool any = false;
    for (const int64_t scope : scopes.scopes) {
      const auto* documents = part.documents_of(scope);
      if (documents == nullptr) continue;
      any = true;
      add(part.collection(scope), &collection);
      for (const uint32_t document : *documents) mask[document] = part.is_hidden(document);
    }
    if (!any) return;
    masks.push_back(std::move(mask));
    view.hidden = &masks.back();
  }
  view.ranges.push_back({0, part.documents()});
  view.document = [&part](uint32_t number) -> Result<SegmentDocument> {
    return part.document(number);
  };
  view.around = [&part](const SegmentDocument& document, uint32_t number) -> Result<Around> {
    return around_in_recent(part, document, number);
  };
  view.has_sessions = part.has_sessions();
  bool any = false;
  for (size_t i = 0; i < plan.signals.size(); ++i) {
    view.scan.push_back(recent_cursor(part, plan.signals[i]));
    view.probe.push_back(recent_cursor(part, plan.signals[i]));
    view.sizes.push_back(0);
    if (view.scan.back() == nullptr) continue;
    any = true;
    auto run = view.scan.back()->next(0, part.documents());
    view.sizes.back() = static_cast<int64_t>(run->size);
    for (size_t at = 0; at < run->size; ++at) {
      if (!(*view.hidden)[run->documents[at]]) ++documents_with[i];
    }
  }
  if (any) {
    view.number = static_cast<uint32_t>(parts.size());
    parts.push_back(std::move(view));
    sources.emplace_back(nullptr, &part);
  }
}

std::unique_ptr<PostingCursor> InvertedTextIndex::Search::recent_cursor(
    const RecentPart& part, const WordPlan::Signal& signal) {
  if (signal.prefix.empty()) {
    const PostingList* list = part.list(signal.terms[0]);
    if (list == nullptr || list->documents.empty()) return nullptr;
    return list_cursor(*list, part.norms());
  }
  std::vector<std::pair<uint32_t, Frequencies>> postings;
  for (const std::string& term : signal.terms) {
    const PostingList* list = part.list(term);
    if (list == nullptr) continue;
    const Run run = list->run();
    for (size_t i = 0; i < run.size; ++i) postings.emplace_back(run.documents[i], run.at(i));
  }
  if (postings.empty()) return nullptr;
  return list_cursor(std::make_shared<const PostingList>(united(std::move(postings))),
                     part.norms());
}

// Only these rows are to be found: their documents, by part.
Status InvertedTextIndex::Search::restrict_to(const std::vector<FoundRow>& rows) {
  for (PartView& part : parts) part.only.emplace();
  for (const FoundRow& found : rows) {
    // Of the segments that end behind the change the first has it.
    const LoadedSegment* owner = nullptr;
    for (const auto& loaded : state.segments()) {
      if (loaded->segment->last_sequence() < found.sequence) continue;
      owner = loaded.get();
      break;
    }
    for (size_t i = 0; i < parts.size(); ++i) {
      const auto [loaded, recent] = sources[i];
      std::optional<uint32_t> number;
      if (loaded != nullptr && loaded == owner) {
        ASSIGN_OR_RETURN(number, loaded->segment->find(reader, found.scope, found.sequence));
      } else if (recent != nullptr && owner == nullptr) {
        number = recent->document_of_row(found.row);
        if (number && recent->document(*number).sequence != found.sequence) number.reset();
      }
      if (number) parts[i].only->push_back(*number);
    }
  }
  for (PartView& part : parts) std::sort(part.only->begin(), part.only->end());
  return {};
}

// What is removed from segments and still stands in their lists.
void InvertedTextIndex::Search::count_removed() {
  const RecentPart& removed = state.removed();
  if (removed.documents() == 0) return;
  if (scopes.everything) {
    collection.documents -= removed.whole().documents;
    collection.length -= removed.whole().length;
  }
  for (const int64_t scope : scopes.scopes) {
    const Collection gone = removed.collection(scope);
    collection.documents -= gone.documents;
    collection.length -= gone.length;
  }
  for (size_t i = 0; i < plan.signals.size(); ++i) {
    const auto cursor = recent_cursor(removed, plan.signals[i]);
    if (cursor == nullptr) continue;
    auto run = cursor->next(0, removed.documents());
    for (size_t at = 0; at < run->size; ++at) {
      const uint32_t document = run->documents[at];
      if (!removed.is_hidden(document) && sees(removed.document(document).scope)) {
        --documents_with[i];
      }
    }
  }
}

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
  Search search{state_, reader, plan, scopes, {}, {}, {}, {}, {}};
  RETURN_IF_ERROR(search.open());
  Status status = search.run(*this, *connection, request, stop, &result);
  if (!status.ok()) return watch.explain(std::move(status));
  return found;
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
  const size_t window = result->supported ? SessionSupport::window(rarity.size()) : 0;
  BestDocuments best(std::max(window, static_cast<size_t>(shown)));
  PartSearch part_search(plan, bm25, rarity, check, stop, best, result->effort);
  for (PartView& part : parts) RETURN_IF_ERROR(part_search.run(part));
  const std::vector<RankedDocument> ranked = best.take();
  if (result->supported) {
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
