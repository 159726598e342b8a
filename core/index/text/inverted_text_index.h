// InvertedTextIndex: a TextIndex of memtier's own. What is new is in RAM, in every process
// (text_state.h); when that has grown it goes into the database as a segment, and segments of like
// size are merged. A search asks all parts, and counts words over the scopes that it may see.
//
// Locks, in this order: a connection of the pool, mutex_; maintenance_mutex_ before both.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "index/text/chunk_cache.h"
#include "index/text/part_search.h"
#include "index/text/recent_items.h"
#include "index/text/text_index.h"
#include "index/text/text_state.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

struct TextIndexSettings {
  size_t cache_bytes = 16 << 20;
  size_t recent_item_bytes = 8 << 20;  // kept until their words are counted
  // What is recent goes into a segment when it has so many documents, or takes so much RAM.
  uint64_t segment_documents = 16'384;
  size_t segment_bytes = 48 << 20;
  size_t max_segment_bytes = 64 << 20;  // merging makes none that is larger
};

class InvertedTextIndex final : public TextIndex {
 public:
  InvertedTextIndex(SqliteStorage& storage, Tokenizer tokenizer,
                    const TextIndexSettings& settings = {});

  Status fold(Connection& connection, std::span<const RowChange> changes) override;
  using TextIndex::search;
  Result<TextResult> search(const TextRequest& request, const StopCheck& stop) override;
  std::string snippet(const TextQuery& query, std::string_view content, size_t size) override;
  Result<bool> maintain(bool wait) override;
  bool needs_help() const override {
    return lag_.load(std::memory_order_relaxed) >
           static_cast<int64_t>(settings_.segment_documents) * 3;
  }
  Tokenizer tokenizer() const override { return tokenizer_; }
  Result<TextIndexStatistics> statistics() override;

 private:
  struct Search;
  struct Sealed;

  // Brings the state in step with the connection's transaction, begun by this, and holds it there for
  // the lock's life. False: so much is new that it has to go into segments first (maintain).
  Result<bool> enter(Connection& connection, ChunkReader& reader,
                     std::shared_lock<std::shared_mutex>* lock);
  bool is_far_behind(const TextPosition& target) const;
  void keep_items(std::span<const RowChange> changes);
  // Nothing: as enter().
  Result<std::optional<TextResult>> search_once(const TextRequest& request, const StopCheck& stop);
  Result<bool> make_segment();
  Status write_segment(Connection& connection, const Sealed& sealed,
                       const std::optional<SegmentImage>& image);
  Result<bool> merge_segments();
  std::vector<std::shared_ptr<LoadedSegment>> choose_merge() const;
  Result<std::optional<std::vector<FoundRow>>> find_few(Connection& connection,
                                                        const ReadScope& read, const Filter& filter,
                                                        int64_t documents, int64_t shown,
                                                        const StopCheck& stop,
                                                        FilterEffort* effort);
  // Of a long query's words the first that any item has, with what it excludes.
  Result<TextQuery> with_known_words(ChunkReader& reader, const TextQuery& query,
                                     const StopCheck& stop) const;
  Result<bool> is_known(ChunkReader& reader, const std::string& term) const;
  Status expand_prefixes(Connection& connection, ChunkReader& reader, WordPlan* plan) const;

  SqliteStorage& storage_;
  const Tokenizer tokenizer_;
  const TextIndexSettings settings_;
  ChunkCache cache_;
  std::mutex maintenance_mutex_;
  std::shared_mutex mutex_;
  RecentItems recent_items_;
  TextState state_;  // guarded by mutex_
  // About how many items are in no segment. Each costs the next search some microseconds.
  std::atomic<int64_t> lag_{0};
  bool is_busy_ = false;  // guarded by maintenance_mutex_: much was new when last looked
};

}  // namespace memtier
