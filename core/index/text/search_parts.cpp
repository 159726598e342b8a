// InvertedTextIndex: what a search asks: the parts that its scopes see, and in them its words' postings.
#include "index/text/search_parts.h"

#include "index/text/session_support.h"
#include "storage/sqlite/filter_sql.h"

namespace memtier {
namespace {

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
  if (any || all_parts) {
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
  if (any || all_parts) {
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
    ASSIGN_OR_RETURN(const auto document, locate(found));
    if (document) parts[document->part].only->push_back(document->document);
  }
  for (PartView& part : parts) std::sort(part.only->begin(), part.only->end());
  return {};
}

// Nothing: no part of the search has it, as it was with this change.
Result<std::optional<RankedDocument>> InvertedTextIndex::Search::locate(const FoundRow& found) {
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
    if (!number) continue;
    return std::optional(RankedDocument{0, found.sequence, found.row, parts[i].number, *number});
  }
  return std::optional<RankedDocument>();
}

// As locate() does, by the row alone. Nothing: it is to be looked for by its change; or it may have expired.
Result<std::optional<RankedDocument>> InvertedTextIndex::Search::guess(const FoundRow& found) {
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto [loaded, recent] = sources[i];
    std::optional<uint32_t> number;
    if (loaded != nullptr) {
      ASSIGN_OR_RETURN(number, loaded->segment->guess(reader, found.scope, found.row));
      if (number && loaded->hidden[*number]) number.reset();
    } else {
      number = recent->document_of_row(found.row);
      if (number && recent->is_hidden(*number)) number.reset();
    }
    if (!number) continue;
    ASSIGN_OR_RETURN(const SegmentDocument document, parts[i].document(*number));
    if (document.may_expire) break;
    return std::optional(RankedDocument{0, document.sequence, found.row, parts[i].number, *number});
  }
  return std::optional<RankedDocument>();
}

Status InvertedTextIndex::Search::add_also(Connection& connection, const TextRequest& request,
                                           std::vector<RankedDocument>* found,
                                           std::vector<bool>* there) {
  SqlText sql;
  sql.add("SELECT i.sequence FROM items i WHERE i.row = ").value(int64_t{0}).add(" AND ");
  append_alive(request.read.now_us, &sql);
  size_t count = 0;
  for (FoundRow row : request.also) {
    if (count == request.also_wanted) break;
    there->push_back(true);
    std::optional<RankedDocument> document;
    if (row.sequence == 0) {
      ASSIGN_OR_RETURN(document, guess(row));
    }
    if (!document && row.sequence == 0) {
      ASSIGN_OR_RETURN(Statement select, connection.prepare(sql.sql()));
      StatementUse use(select);
      sql.bind_to(select);
      ASSIGN_OR_RETURN(const bool is_there, select.bind(1, row.row).step());
      there->back() = is_there;
      if (!is_there) continue;
      row.sequence = use->integer(0);
    }
    ++count;
    if (!document) {
      ASSIGN_OR_RETURN(document, locate(row));
    }
    if (document) found->push_back(*document);
  }
  return {};
}

// What words found and what somebody else did. Whoever says exactly what must be there gets only what
// words find, by what these say.
Status InvertedTextIndex::Search::weigh(Connection& connection, const Bm25& bm25,
                                        const std::vector<double>& rarity,
                                        const TextRequest& request,
                                        std::span<const RankedDocument> best, TextResult* result) {
  if (!plan.is_plain_or()) {
    for (const RankedDocument& document : best) {
      TurnEvidence turn;
      turn.row = document.row;
      turn.found = true;
      turn.words = turn.supported = document.score;
      result->turns.push_back(turn);
    }
    return {};
  }
  std::vector<RankedDocument> found(best.begin(), best.end());
  RETURN_IF_ERROR(add_also(connection, request, &found, &result->also_there));
  SessionSupport support(bm25, rarity, request, parts);
  ASSIGN_OR_RETURN(result->turns, support.weigh(found));
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

}  // namespace memtier
