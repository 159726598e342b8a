#include "index/text/chunk_cache.h"

#include <algorithm>

namespace memtier {

Chunk ChunkCache::find(int64_t key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->chunk;
}

void ChunkCache::add(int64_t key, Chunk chunk) {
  const std::lock_guard lock(mutex_);
  if (by_key_.count(key) != 0) return;
  bytes_ += chunk->size() + kOverheadBytes;
  entries_.push_front({key, std::move(chunk)});
  by_key_[key] = entries_.begin();
  while (bytes_ > limit_bytes_ && entries_.size() > 1) {
    bytes_ -= entries_.back().chunk->size() + kOverheadBytes;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

size_t ChunkCache::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

// Borrowed until the next call.
Result<const std::string*> ChunkReader::chunk(int64_t segment, uint64_t number) {
  const int64_t key = chunk_key(segment, number);
  Recent& recent = recent_[static_cast<uint64_t>(key) % recent_.size()];
  if (recent.key == key) {
    last_ = {key, recent.chunk.get()};
    return recent.chunk.get();
  }
  Chunk chunk = cache_.find(key);
  if (chunk == nullptr) {
    ASSIGN_OR_RETURN(Statement select,
                     connection_.prepare("SELECT data FROM text_chunks WHERE key = ?"));
    StatementUse use(select.bind(1, key));
    ASSIGN_OR_RETURN(const bool found, use->step());
    if (!found) {
      return Status(Code::kCorrupt, "store: a piece of the text index is missing (segment " +
                                        std::to_string(segment) + ", piece " +
                                        std::to_string(number) + ')');
    }
    chunk = std::make_shared<const std::string>(use->bytes(0));
    if (keep_) cache_.add(key, chunk);
  }
  recent.key = key;
  recent.chunk = std::move(chunk);
  last_ = {key, recent.chunk.get()};
  return recent.chunk.get();
}

Result<const char*> ChunkReader::view_another(int64_t segment, uint64_t begin, size_t size,
                                              size_t room, char* buffer) {
  ASSIGN_OR_RETURN(const std::string* piece, chunk(segment, begin / kChunkBytes));
  const size_t at = begin % kChunkBytes;
  if (at + room <= piece->size()) return piece->data() + at;
  RETURN_IF_ERROR(read(segment, begin, size, buffer));
  return const_cast<const char*>(buffer);
}

Status ChunkReader::read(int64_t segment, uint64_t begin, size_t size, char* out) {
  while (size > 0) {
    ASSIGN_OR_RETURN(const std::string* piece, chunk(segment, begin / kChunkBytes));
    const size_t at = begin % kChunkBytes;
    if (at >= piece->size()) {
      return {Code::kCorrupt, "store: a piece of the text index is too short"};
    }
    const size_t count = std::min(size, piece->size() - at);
    out = std::copy_n(piece->data() + at, count, out);
    begin += count;
    size -= count;
  }
  return {};
}

}  // namespace memtier
