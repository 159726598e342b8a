// TextState: what this process has of the text index in RAM, brought in step with a state of the
// database. The database says what there is:
//
//   text_segments, text_chunks   segments: everything that was stored up to text_state.indexed_sequence
//   changes, items               what was stored since: read again from there, never written twice
//   text_removed                 documents of segments that are gone since the last segment was made
//   text_state                   a version that changes with the segments
//
// So the fold writes nothing for a new item, and whatever is lost in RAM is read again.
//
// Thread safety: none of its own; InvertedTextIndex has the lock.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "index/text/recent_items.h"
#include "index/text/recent_part.h"
#include "index/text/segment.h"

namespace memtier {

// A segment with what newer ones say of it.
struct LoadedSegment {
  std::shared_ptr<const Segment> segment;
  std::vector<bool> hidden;        // removed, or negative
  std::vector<bool> is_void;       // negatives whose document is not there any more; empty: none
  std::vector<Collection> scopes;  // as in the header, what is negative counted down
  Collection whole;
  uint32_t hidden_count = 0;
};

// Where a state of the database stands.
struct TextPosition {
  int64_t version = -1;
  int64_t indexed_sequence = 0;
  int64_t sequence = 0;  // of the newest change in the tables
  bool operator==(const TextPosition&) const = default;
};
Result<TextPosition> read_text_position(Connection& connection);

// What the table of removed documents says, up to a change.
Result<std::shared_ptr<RecentPart>> read_removed(Connection& connection, int64_t last_sequence);

class TextState {
 public:
  // `recent_items` is borrowed and outlives this.
  TextState(Tokenizer tokenizer, RecentItems& recent_items)
      : analyzer_(tokenizer), recent_items_(recent_items) {}

  // What has been taken in. `sequence` may lag behind the tables after a limited catch_up().
  const TextPosition& position() const { return position_; }
  // Takes in what the connection's transaction sees, which stands at `target`; at most about
  // `max_documents` of what is new.
  Status catch_up(Connection& connection, ChunkReader& reader, const TextPosition& target,
                  uint64_t max_documents);

  // Before a search: lists of what is recent.
  void prepare();
  bool is_prepared() const;

  const std::vector<std::shared_ptr<LoadedSegment>>& segments() const { return segments_; }
  // Newer than the segments; the first is sealed, if there are two.
  const std::vector<std::shared_ptr<RecentPart>>& recent() const { return recent_; }
  // Counted down; those hidden are void.
  const RecentPart& removed() const { return *removed_; }

  // What is recent is to go into a segment: from now on it only loses documents, until catch_up()
  // sees the segment. Gives the part; the same again if that has not happened yet.
  std::shared_ptr<RecentPart> seal();
  // The segment covers the changes up to this one.
  int64_t sealed_end() const { return sealed_end_; }
  size_t memory_bytes() const;

 private:
  Status load_segments(Connection& connection, ChunkReader& reader);
  Status apply_negatives(ChunkReader& reader, const std::vector<bool>& is_new);
  Status load_removed(Connection& connection, ChunkReader& reader);
  Status add_stored(Connection& connection, SegmentDocument document);
  Status load_changes(Connection& connection, const TextPosition& target, uint64_t max_documents);
  LoadedSegment* owner(int64_t sequence);
  Result<bool> hide(ChunkReader& reader, int64_t scope, int64_t sequence);
  Result<bool> has_session(Connection& connection, int64_t scope);

  Analyzer analyzer_;
  std::unordered_map<int64_t, bool> has_session_;  // by scope: whether it names a session
  RecentItems& recent_items_;
  TextPosition position_;
  std::vector<std::shared_ptr<LoadedSegment>> segments_;  // by last_sequence
  std::vector<std::shared_ptr<RecentPart>> recent_;
  int64_t recent_begin_ = 0;  // the recent parts hold what is newer than this
  int64_t sealed_end_ = 0;    // the sealed part holds nothing newer than this; 0: there is none
  int64_t removed_end_ = 0;   // removed_ has what went up to this change
  std::shared_ptr<RecentPart> removed_ = std::make_shared<RecentPart>();
};

}  // namespace memtier
