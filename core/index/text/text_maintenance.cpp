// InvertedTextIndex: making segments of what is recent, and merging them. Both compute beside everybody
// else and then commit in one short transaction, which first makes sure that nobody else was quicker;
// killed at any moment, they leave what there was before or what there is afterwards.
#include <algorithm>

#include "index/text/inverted_text_index.h"
#include "index/text/segment_merge.h"

namespace memtier {
namespace {

// Segments of like size are merged by so many. While much is being put in by more, so that words are
// written anew less often: of 200 000 items put one by one merging took a seventh of all time.
constexpr size_t kFanIn = 4;
constexpr size_t kBusyFanIn = 12;

// Somebody else has changed the segments since `version`.
Result<bool> is_outdated(Connection& connection, int64_t version) {
  ASSIGN_OR_RETURN(const int64_t now, connection.query_integer("SELECT version FROM text_state"));
  return now != version;
}

Status add_segment(Connection& connection, const SegmentImage& image, int64_t last_sequence) {
  ASSIGN_OR_RETURN(const int64_t number,
                   connection.query_integer("SELECT next_segment FROM text_state"));
  ASSIGN_OR_RETURN(Statement add, connection.prepare("INSERT INTO text_segments VALUES(?, ?, ?)"));
  const std::string header = image.header.encode();
  RETURN_IF_ERROR(add.bind(1, number).bind(2, last_sequence).bind_blob(3, header).run());
  ASSIGN_OR_RETURN(Statement insert, connection.prepare("INSERT INTO text_chunks VALUES(?, ?)"));
  const std::string_view body = image.body;
  int64_t key = number << kChunkBits;
  for (size_t at = 0; at < body.size(); at += kChunkBytes) {
    RETURN_IF_ERROR(insert.bind(1, key++).bind_blob(2, body.substr(at, kChunkBytes)).run());
  }
  return connection.execute("UPDATE text_state SET next_segment = next_segment + 1");
}

Status drop_segment(Connection& connection, int64_t number) {
  ASSIGN_OR_RETURN(Statement chunks,
                   connection.prepare("DELETE FROM text_chunks WHERE key >= ? AND key < ?"));
  RETURN_IF_ERROR(chunks.bind(1, number << kChunkBits).bind(2, (number + 1) << kChunkBits).run());
  ASSIGN_OR_RETURN(Statement segment,
                   connection.prepare("DELETE FROM text_segments WHERE segment = ?"));
  return segment.bind(1, number).run();
}

}  // namespace

// What goes into a segment, as it was when it was sealed.
struct InvertedTextIndex::Sealed {
  std::shared_ptr<RecentPart> part;
  std::vector<bool> hidden;
  int64_t last_sequence = 0;
  int64_t version = 0;
};

Result<bool> InvertedTextIndex::maintain(bool wait) {
  std::unique_lock lock(maintenance_mutex_, std::defer_lock);
  if (wait) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return false;
  }
  ASSIGN_OR_RETURN(const bool made, make_segment());
  ASSIGN_OR_RETURN(const bool merged, merge_segments());
  return made || merged;
}

// Takes in some of what is new; a segment of it if it is enough. True: call again.
Result<bool> InvertedTextIndex::make_segment() {
  Sealed sealed;
  std::shared_ptr<RecentPart> negatives;
  bool behind = false;
  {
    ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
    const ReadTransaction transaction(*connection);
    ChunkReader reader(*connection, cache_);
    ASSIGN_OR_RETURN(const TextPosition target, read_text_position(*connection));
    const std::unique_lock lock(mutex_);
    const TextPosition now = state_.position();
    const bool ahead = now.version > target.version || now.sequence > target.sequence;
    if (!ahead && !(now == target)) {
      RETURN_IF_ERROR(
          state_.catch_up(*connection, reader, target, settings_.segment_documents / 4));
    }
    behind = state_.position().sequence < target.sequence;
    const auto much = static_cast<int64_t>(settings_.segment_documents / 16);
    is_busy_ = behind || state_.position().sequence - now.sequence > much;
    lag_ = target.sequence - target.indexed_sequence;
    if (state_.recent().empty()) return false;
    const RecentPart& newest = *state_.recent().back();
    const bool enough = newest.documents() >= settings_.segment_documents ||
                        newest.memory_bytes() >= settings_.segment_bytes ||
                        state_.removed().documents() >= settings_.segment_documents;
    if (!enough || ahead) return behind;
    sealed.part = state_.seal();
    sealed.hidden = sealed.part->hidden();
    sealed.last_sequence = state_.sealed_end();
    sealed.version = state_.position().version;
    ASSIGN_OR_RETURN(negatives, read_removed(*connection, sealed.last_sequence));
  }
  const auto image = RecentPart::to_segment(*sealed.part, sealed.hidden, *negatives);
  Status written = storage_.write(
      [&](Connection& connection) { return write_segment(connection, sealed, image); });
  if (!written.ok()) return written;
  return true;
}

Status InvertedTextIndex::write_segment(Connection& connection, const Sealed& sealed,
                                        const std::optional<SegmentImage>& image) {
  ASSIGN_OR_RETURN(const bool outdated, is_outdated(connection, sealed.version));
  if (outdated) return {};
  const int64_t last = sealed.last_sequence;
  if (image) RETURN_IF_ERROR(add_segment(connection, *image, last));
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("DELETE FROM text_removed WHERE removed_by <= ?"));
  RETURN_IF_ERROR(erase.bind(1, last).run());
  // What was replaced since it was sealed stands in the segment, and is taken back.
  std::vector<std::pair<uint32_t, int64_t>> replaced;
  {
    ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT row, min(sequence) FROM changes "
                                                          "WHERE sequence > ? GROUP BY row"));
    StatementUse use(select.bind(1, last));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, use->step());
      if (!more) break;
      const auto number = sealed.part->document_of_row(use->integer(0));
      if (number && !sealed.hidden[*number]) replaced.emplace_back(*number, use->integer(1));
    }
  }
  std::vector<uint32_t> numbers;
  numbers.reserve(replaced.size());
  for (const auto& entry : replaced) numbers.push_back(entry.first);
  const auto terms = sealed.part->terms_of(numbers);
  ASSIGN_OR_RETURN(Statement removed,
                   connection.prepare("INSERT INTO text_removed VALUES(?, ?, ?, ?, ?)"));
  for (const auto& [number, removed_by] : replaced) {
    const SegmentDocument& document = sealed.part->document(number);
    removed.bind(1, removed_by).bind(2, document.scope).bind(3, document.sequence);
    removed.bind(4, static_cast<int64_t>(document.length)).bind_blob(5, terms.at(number));
    RETURN_IF_ERROR(removed.run());
  }
  std::vector<std::pair<std::string_view, std::string_view>> words;
  sealed.part->for_each_stemmed(
      [&](std::string_view word, std::string_view term) { words.emplace_back(word, term); });
  std::sort(words.begin(), words.end());
  ASSIGN_OR_RETURN(Statement word,
                   connection.prepare("INSERT OR IGNORE INTO text_words VALUES(?, ?)"));
  for (const auto& [text, term] : words) {
    RETURN_IF_ERROR(word.bind_text(1, text).bind_text(2, term).run());
  }
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE text_state SET version = version + 1, "
                                      "indexed_sequence = ?"));
  return update.bind(1, last).run();
}

// The newest run of enough neighbours of like size, smaller ones among them; else a segment of
// which a quarter is gone. Empty: nothing is worth it.
std::vector<std::shared_ptr<LoadedSegment>> InvertedTextIndex::choose_merge() const {
  const auto& segments = state_.segments();
  const size_t fan_in = is_busy_ ? kBusyFanIn : kFanIn;
  size_t most_bytes = settings_.max_segment_bytes / 16;
  for (; most_bytes <= settings_.max_segment_bytes; most_bytes *= 4) {
    size_t bytes = 0;
    uint32_t documents = 0;
    size_t begin = segments.size();
    while (begin > 0) {
      const Segment& segment = *segments[begin - 1]->segment;
      if (segment.header().end > most_bytes) break;
      if (bytes + segment.header().end > settings_.max_segment_bytes) break;
      if (documents + segment.documents() > kMaxSegmentDocuments) break;
      bytes += segment.header().end;
      documents += segment.documents();
      --begin;
    }
    if (segments.size() - begin >= fan_in) {
      return {segments.begin() + static_cast<std::ptrdiff_t>(begin), segments.end()};
    }
  }
  for (const auto& loaded : segments) {
    const size_t gone = loaded->hidden_count - loaded->segment->header().negatives.size();
    if (gone * 4 >= loaded->segment->documents() && gone >= 1024) return {loaded};
  }
  return {};
}

Result<bool> InvertedTextIndex::merge_segments() {
  std::vector<MergeSource> sources;
  int64_t version = 0;
  std::optional<SegmentImage> image;
  {
    ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
    const ReadTransaction transaction(*connection);
    ChunkReader reader(*connection, cache_, false);
    ASSIGN_OR_RETURN(const TextPosition target, read_text_position(*connection));
    {
      const std::shared_lock lock(mutex_);
      version = state_.position().version;
      if (version != target.version) return false;
      for (const auto& loaded : choose_merge()) {
        sources.push_back({loaded->segment, loaded->hidden, loaded->is_void});
      }
    }
    if (sources.empty()) return false;
    ASSIGN_OR_RETURN(image, memtier::merge_segments(sources, reader, {}));
  }
  Status written = storage_.write([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(const bool outdated, is_outdated(connection, version));
    if (outdated) return {};
    for (const MergeSource& source : sources) {
      RETURN_IF_ERROR(drop_segment(connection, source.segment->number()));
    }
    if (image) {
      RETURN_IF_ERROR(add_segment(connection, *image, sources.back().segment->last_sequence()));
    }
    return connection.execute("UPDATE text_state SET version = version + 1");
  });
  if (!written.ok()) return written;
  return true;
}

}  // namespace memtier
