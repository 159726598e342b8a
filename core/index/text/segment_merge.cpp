#include "index/text/segment_merge.h"

#include <algorithm>
#include <map>
#include <set>

namespace memtier {
namespace {

struct Place {
  SegmentDocument document;
  size_t source;
  uint32_t number;
};

// The documents that stay, in their new order.
Result<std::vector<Place>> choose_documents(std::span<const MergeSource> sources,
                                            ChunkReader& reader) {
  std::vector<Place> places;
  std::set<std::pair<int64_t, int64_t>> present;  // of what negatives may speak of
  bool any_negative = false;
  for (const MergeSource& source : sources) {
    any_negative = any_negative || !source.segment->header().negatives.empty();
  }
  for (size_t i = 0; i < sources.size(); ++i) {
    const Segment& segment = *sources[i].segment;
    for (uint32_t number = 0; number < segment.documents(); ++number) {
      const bool negative = any_negative && segment.is_negative(number);
      if (!negative && sources[i].hidden[number] && !any_negative) continue;
      if (negative && !sources[i].is_void.empty() && sources[i].is_void[number]) continue;
      ASSIGN_OR_RETURN(const SegmentDocument document, segment.document(reader, number));
      if (any_negative && !negative) present.emplace(document.scope, document.sequence);
      if (!negative && sources[i].hidden[number]) continue;
      if (negative && present.count({document.scope, document.sequence}) != 0) continue;
      places.push_back({document, i, number});
    }
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::pair(a.document.scope, a.document.sequence) <
           std::pair(b.document.scope, b.document.sequence);
  });
  return places;
}

class Merger {
 public:
  Merger(std::span<const MergeSource> sources, ChunkReader& reader,
         const std::vector<Place>& places)
      : sources_(sources), reader_(reader), writer_(take(sources, places, &numbers_)) {}

  Result<SegmentImage> run(const StopCheck& stop) {
    std::vector<std::unique_ptr<TermIterator>> iterators;
    std::map<std::string, std::vector<size_t>> next;  // sources by their next term
    const auto advance = [&](size_t i) -> Status {
      ASSIGN_OR_RETURN(const bool more, iterators[i]->next());
      if (more) next[iterators[i]->term()].push_back(i);
      return {};
    };
    for (size_t i = 0; i < sources_.size(); ++i) {
      iterators.push_back(std::make_unique<TermIterator>(*sources_[i].segment, reader_));
      RETURN_IF_ERROR(advance(i));
    }
    for (size_t terms = 0; !next.empty(); ++terms) {
      if (stop && terms % 1024 == 0) RETURN_IF_ERROR(stop());
      const auto node = next.extract(next.begin());
      std::vector<size_t> holders = node.mapped();
      std::sort(holders.begin(), holders.end());
      postings_.clear();
      for (const size_t i : holders) RETURN_IF_ERROR(collect(i, iterators[i]->entry()));
      write(node.key());
      for (const size_t i : holders) RETURN_IF_ERROR(advance(i));
    }
    return writer_.finish();
  }

 private:
  struct Posting {
    uint32_t document;
    Frequencies frequencies;
  };

  static std::vector<SegmentDocument> take(std::span<const MergeSource> sources,
                                           const std::vector<Place>& places,
                                           std::vector<std::vector<uint32_t>>* numbers) {
    for (const MergeSource& source : sources) {
      numbers->emplace_back(source.segment->documents(), kNoDocument);
    }
    std::vector<SegmentDocument> documents;
    documents.reserve(places.size());
    for (const Place& place : places) {
      (*numbers)[place.source][place.number] = static_cast<uint32_t>(documents.size());
      documents.push_back(place.document);
    }
    return documents;
  }

  Status collect(size_t source, const TermEntry& entry) {
    const Segment& segment = *sources_[source].segment;
    const std::vector<uint32_t>& numbers = numbers_[source];
    const auto cursor = segment.cursor(reader_, entry);
    for (uint32_t begin = 0; begin < segment.documents();) {
      ASSIGN_OR_RETURN(const Run run, cursor->next(begin, segment.documents()));
      if (run.size == 0) break;
      begin = run.documents[run.size - 1] + 1;
      for (size_t i = 0; i < run.size; ++i) {
        const uint32_t number = numbers[run.documents[i]];
        if (number != kNoDocument) postings_.push_back({number, run.at(i)});
      }
    }
    return {};
  }

  void write(std::string_view term) {
    if (postings_.empty()) return;
    const auto before = [](const Posting& a, const Posting& b) { return a.document < b.document; };
    if (!std::is_sorted(postings_.begin(), postings_.end(), before)) {
      std::sort(postings_.begin(), postings_.end(), before);
    }
    list_.clear();
    for (const Posting& posting : postings_) list_.add(posting.document, posting.frequencies);
    writer_.add(term, list_.run());
  }

  std::span<const MergeSource> sources_;
  ChunkReader& reader_;
  std::vector<std::vector<uint32_t>> numbers_;  // by source: from old to new
  SegmentWriter writer_;
  std::vector<Posting> postings_;
  PostingList list_;
};

}  // namespace

Result<std::optional<SegmentImage>> merge_segments(std::span<const MergeSource> sources,
                                                   ChunkReader& reader, const StopCheck& stop) {
  ASSIGN_OR_RETURN(std::vector<Place> places, choose_documents(sources, reader));
  if (places.empty()) return std::optional<SegmentImage>();
  Merger merger(sources, reader, places);
  ASSIGN_OR_RETURN(SegmentImage image, merger.run(stop));
  return std::optional<SegmentImage>(std::move(image));
}

}  // namespace memtier
