// One search of an InvertedTextIndex, with the parts that it asks: for the files of it that search.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "index/text/inverted_text_index.h"
#include "index/text/word_plan.h"

namespace memtier {

struct ScopeSet {
  bool everything = false;
  std::vector<int64_t> scopes;  // ascending
};

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
  bool all_parts = false;               // those without any of the words as well

  Status run(InvertedTextIndex& index, Connection& connection, const TextRequest& request,
             const StopCheck& stop, TextResult* result);
  Status restrict_to(const std::vector<FoundRow>& rows);
  Result<std::optional<RankedDocument>> locate(const FoundRow& found);
  Result<std::optional<RankedDocument>> guess(const FoundRow& found);
  // Adds the documents of those whom somebody else found.
  Status add_also(Connection& connection, const TextRequest& request,
                  std::vector<RankedDocument>* found, std::vector<bool>* there);
  Result<bool> any_in_session(std::span<const RankedDocument> ranked);
  Status weigh(Connection& connection, const Bm25& bm25, const std::vector<double>& rarity,
               const TextRequest& request, std::span<const RankedDocument> best,
               TextResult* result);
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

}  // namespace memtier
