// For tests of the journal: frames, and journals opened for a store that is not there.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "storage/sqlite/journal.h"
#include "storage/sqlite/journal_format.h"
#include "storage/storage_testing.h"

namespace memtier::testing {

inline constexpr int64_t kSmallRing = 4096;

inline StoreIdentity identity_with(char letter = 'u', int64_t journal_bytes = kSmallRing) {
  StoreIdentity identity;
  identity.uuid = std::string(16, letter);
  identity.journal_bytes = journal_bytes;
  return identity;
}

inline Result<std::unique_ptr<Journal>> try_open_journal(
    const std::string& path, FoldState state = {}, const StoreIdentity& identity = identity_with(),
    int64_t busy_timeout_ms = 50) {
  return Journal::open(path, identity, busy_timeout_ms, [state] { return Result(state); });
}

inline std::unique_ptr<Journal> open_journal(const std::string& path, FoldState state = {},
                                             int64_t journal_bytes = kSmallRing) {
  return must(try_open_journal(path, state, identity_with('u', journal_bytes)));
}

// A whole frame for this place: the put of an item whose content has this size.
inline std::string frame_at(uint64_t position, int64_t number, size_t content_size = 100) {
  const std::string content(content_size, static_cast<char>('a' + number % 26));
  const std::string id = "item" + std::to_string(number);
  Change change;
  change.kind = WriteOp::Kind::kPut;
  change.row = number;
  change.sequence = number;
  change.to = 0;
  Ref<Item> item = make_item(Scope(), {.id = id, .content = content});
  item->set_row(number);
  change.key_hash = item->key_hash();
  change.item = ItemRef::adopt(item.detach());
  std::string frame(sizeof(FrameHeader), '\0');
  append_operation(change, &frame);
  finish_frame(position, &frame);
  return frame;
}

inline void lock(Journal& journal, bool* out_interrupted = nullptr) {
  bool interrupted = false;
  must(journal.lock(true, &interrupted));
  if (out_interrupted != nullptr) *out_interrupted = interrupted;
}

// Appends a frame as a writer does; returns where it begins.
inline uint64_t append_frame(Journal& journal, int64_t number, size_t content_size = 100) {
  lock(journal);
  const uint64_t position = journal.tail();
  std::string frame = frame_at(position, number, content_size);
  must(journal.write(position, &frame));
  journal.publish(position + frame.size(), number + 1, number + 1);
  journal.unlock();
  return position;
}

// The frame that begins at this position; empty if none is there.
inline std::string read_frame(const Journal& journal, uint64_t position) {
  FrameHeader header;
  must(journal.read(position, reinterpret_cast<char*>(&header), sizeof header));
  if (!is_plausible(header, position, journal.capacity())) return {};
  std::string frame(header.size, '\0');
  must(journal.read(position, frame.data(), frame.size()));
  return checksum_holds(header, std::string_view(frame).substr(sizeof header)) ? frame : "";
}

}  // namespace memtier::testing
