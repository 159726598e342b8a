#include "storage/sqlite/journal_format.h"

#include <cstring>

#include "base/hash.h"

namespace memtier {

void append_operation(const Change& change, std::string* frame) {
  OpHeader header{};
  header.kind = static_cast<uint8_t>(change.kind);
  header.reason = static_cast<uint8_t>(change.reason);
  header.existed = change.existed ? 1 : 0;
  header.from = change.from;
  header.to = change.to;
  const bool has_image = change.kind == WriteOp::Kind::kPut && change.item;
  const std::string_view image = has_image ? change.item->image() : std::string_view();
  const std::string_view vector = change.vector ? *change.vector : std::string_view();
  header.image_size = static_cast<uint32_t>(image.size() + padded_to_8(vector.size()));
  header.row = change.row;
  header.key_hash = change.key_hash;
  header.sequence = change.sequence;
  header.time_us = change.time_us;
  header.bytes_before = change.bytes_before;
  header.bytes_after = change.bytes_after;
  header.value = change.value;
  frame->append(reinterpret_cast<const char*>(&header), sizeof header);
  frame->append(image);
  frame->append(vector);
  frame->append(padded_to_8(vector.size()) - vector.size(), '\0');
}

void finish_frame(uint64_t position, std::string* frame) {
  FrameHeader header{};
  header.magic = kFrameMagic;
  header.size = static_cast<uint32_t>(frame->size());
  header.position = position;
  header.checksum = hash64(std::string_view(*frame).substr(sizeof header), position);
  std::memcpy(frame->data(), &header, sizeof header);
}

bool is_plausible(const FrameHeader& header, uint64_t position, uint64_t capacity) {
  return header.magic == kFrameMagic && header.position == position && header.size % 8 == 0 &&
         header.size >= sizeof(FrameHeader) + sizeof(OpHeader) && header.size <= capacity;
}

bool checksum_holds(const FrameHeader& header, std::string_view body) {
  return hash64(body, header.position) == header.checksum;
}

Result<std::vector<Change>> parse_operations(std::string_view body) {
  const Status damaged(Code::kCorrupt, "journal: a frame is malformed");
  std::vector<Change> changes;
  while (!body.empty()) {
    OpHeader header;
    if (body.size() < sizeof header) return damaged.clone();
    std::memcpy(&header, body.data(), sizeof header);
    body.remove_prefix(sizeof header);
    if (header.image_size > body.size() || header.kind < 1 || header.kind > 6) {
      return damaged.clone();
    }
    Change change;
    change.kind = static_cast<WriteOp::Kind>(header.kind);
    change.reason = static_cast<Reason>(header.reason);
    change.existed = header.existed != 0;
    change.from = header.from;
    change.to = header.to;
    change.row = header.row;
    change.key_hash = header.key_hash;
    change.sequence = header.sequence;
    change.time_us = header.time_us;
    change.bytes_before = header.bytes_before;
    change.bytes_after = header.bytes_after;
    change.value = header.value;
    if (change.kind == WriteOp::Kind::kVector) {
      // A vector is padded; the size after the change is its own.
      const auto size = static_cast<uint64_t>(header.bytes_after);
      if (padded_to_8(size) != header.image_size) return damaged.clone();
      if (size > 0) change.vector = std::make_shared<const std::string>(body.substr(0, size));
      body.remove_prefix(header.image_size);
    } else if (header.image_size > 0) {
      ASSIGN_OR_RETURN(Ref<Item> item,
                       Item::from_image(body.substr(0, header.image_size), header.row));
      change.item = ItemRef::adopt(item.detach());
      body.remove_prefix(header.image_size);
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace memtier
