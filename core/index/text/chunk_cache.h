// What was read of segments, kept in RAM up to a limit, by all searches of a store.
//
// Thread safety: ChunkCache, any thread; ChunkReader, one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/status.h"
#include "index/text/segment_format.h"
#include "storage/sqlite/connection.h"

namespace memtier {

using Chunk = std::shared_ptr<const std::string>;

class ChunkCache {
 public:
  explicit ChunkCache(size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  Chunk find(int64_t key);  // null: not there
  void add(int64_t key, Chunk chunk);
  size_t memory_bytes() const;

 private:
  static constexpr size_t kOverheadBytes = 160;  // of an entry, beside its bytes
  struct Entry {
    int64_t key;
    Chunk chunk;
  };

  const size_t limit_bytes_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the one used last first; guarded by mutex_, as is what follows
  std::unordered_map<int64_t, std::list<Entry>::iterator> by_key_;
  size_t bytes_ = 0;
};

// Reads the body of segments, through the cache, by a connection that sees them.
class ChunkReader {
 public:
  // With `keep` false what is read is not put into the cache: for those that read all once.
  ChunkReader(Connection& connection, ChunkCache& cache, bool keep = true)
      : connection_(connection), cache_(cache), keep_(keep) {}

  // Piece `number` of a segment.
  Result<const std::string*> chunk(int64_t segment, uint64_t number);
  // A stretch of the body, with `room` bytes that can be read: where it lies, borrowed until the next call, or in
  // `buffer`, which has room for them and is 0 behind what is read.
  Result<const char*> view(int64_t segment, uint64_t begin, size_t size, size_t room,
                           char* buffer) {
    const size_t at = begin % kChunkBytes;
    const int64_t key = chunk_key(segment, begin / kChunkBytes);
    if (key == last_.key && at + room <= last_.chunk->size()) return last_.chunk->data() + at;
    return view_another(segment, begin, size, room, buffer);
  }
  // Copies a stretch of the body.
  Status read(int64_t segment, uint64_t begin, size_t size, char* out);

 private:
  static int64_t chunk_key(int64_t segment, uint64_t number) {
    return segment << kChunkBits | static_cast<int64_t>(number);
  }
  Result<const char*> view_another(int64_t segment, uint64_t begin, size_t size, size_t room,
                                   char* buffer);

  Connection& connection_;
  ChunkCache& cache_;
  const bool keep_;
  // What was used just now is asked for again: skip entries and blocks of a few lists in turn.
  struct Recent {
    int64_t key = -1;
    Chunk chunk;
  };
  std::array<Recent, 16> recent_;
  // The one given last: entries of documents are looked at side by side. Borrowed from recent_.
  struct Last {
    int64_t key = -1;
    const std::string* chunk = nullptr;
  } last_;
};

}  // namespace memtier
