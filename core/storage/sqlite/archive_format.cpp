#include "storage/sqlite/archive_format.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/hash.h"

namespace memtier {
namespace {

constexpr char kBlockFormat = 1;
constexpr char kExternalFormat = 2;
constexpr size_t kBlockHead = 9;  // format and checksum

// The next content, and its end taken away; nullopt: there is none.
std::optional<std::string_view> take_content(std::string_view* bytes,
                                             std::optional<size_t> length) {
  const size_t end = length ? *length : bytes->find('\0');
  if (end > bytes->size() || (!length && end == bytes->size())) return std::nullopt;
  const std::string_view content = bytes->substr(0, end);
  bytes->remove_prefix(length ? end : end + 1);
  return content;
}

}  // namespace

void append_varint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    *out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out += static_cast<char>(value);
}

std::optional<uint64_t> take_varint(std::string_view* bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes->empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes->front());
    bytes->remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

std::string encode_block_ref(const BlockRef& ref) {
  std::string bytes;
  append_varint(static_cast<uint64_t>(ref.block), &bytes);
  append_varint(ref.place, &bytes);
  return bytes;
}

Result<BlockRef> decode_block_ref(std::string_view bytes) {
  const auto block = take_varint(&bytes);
  const auto place = take_varint(&bytes);
  if (!block || !place || !bytes.empty()) {
    return Status(Code::kCorrupt, "archive: where the content lies is damaged");
  }
  return BlockRef{static_cast<int64_t>(*block), static_cast<size_t>(*place)};
}

std::string encode_entries(const std::vector<BlockEntry>& entries) {
  const bool separated = std::none_of(entries.begin(), entries.end(), [](const BlockEntry& entry) {
    return entry.content.find('\0') != std::string_view::npos;
  });
  std::string plain;
  uint64_t former = 0;
  append_varint(entries.size() * 2 + (separated ? 1 : 0), &plain);
  for (const BlockEntry& entry : entries) {
    const uint64_t step = static_cast<uint64_t>(entry.row) - former;
    append_varint((step << 1) ^ (0 - (step >> 63)), &plain);  // zigzag: rows need not be in order
    if (!separated) append_varint(entry.content.size(), &plain);
    former = static_cast<uint64_t>(entry.row);
  }
  for (const BlockEntry& entry : entries) {
    plain += entry.content;
    if (separated) plain += '\0';
  }
  return plain;
}

bool decode_entries(std::string_view bytes, std::vector<BlockEntry>* out) {
  const auto head = take_varint(&bytes);
  if (!head || *head / 2 > bytes.size()) return false;
  const bool separated = (*head & 1) != 0;
  std::vector<std::optional<size_t>> lengths;
  uint64_t row = 0;  // unsigned: what is damaged may go beyond any row
  for (uint64_t i = 0; i < *head / 2; ++i) {
    const auto step = take_varint(&bytes);
    const auto length = separated ? std::optional<uint64_t>() : take_varint(&bytes);
    if (!step || (!separated && !length)) return false;
    row += (*step >> 1) ^ (0 - (*step & 1));
    out->push_back({static_cast<int64_t>(row), {}});
    lengths.push_back(length);
  }
  for (size_t i = 0; i < lengths.size(); ++i) {
    const auto content = take_content(&bytes, lengths[i]);
    if (!content) return false;
    (*out)[i].content = *content;
  }
  return bytes.empty();
}

std::string encode_block(const BlockParts& parts) {
  std::string rest;
  append_varint(static_cast<uint64_t>(parts.dictionary), &rest);
  append_varint(parts.size, &rest);
  rest += parts.frame;
  const uint64_t checksum = hash64(rest);
  std::string block(1, kBlockFormat);
  block.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
  return block + rest;
}

std::optional<BlockParts> decode_block(std::string_view data) {
  if (data.size() < kBlockHead || data[0] != kBlockFormat) return std::nullopt;
  uint64_t checksum = 0;
  std::copy_n(data.data() + 1, sizeof checksum, reinterpret_cast<char*>(&checksum));
  data.remove_prefix(kBlockHead);
  if (hash64(data) != checksum) return std::nullopt;
  const auto dictionary = take_varint(&data);
  const auto size = take_varint(&data);
  if (!dictionary || !size) return std::nullopt;
  return BlockParts{static_cast<int64_t>(*dictionary), static_cast<size_t>(*size), data};
}

std::string encode_external(const ExternalBlock& block) {
  std::string data(kBlockHead, kExternalFormat);
  std::memcpy(&data[1], &block.checksum, sizeof block.checksum);
  append_varint(block.size, &data);
  return data;
}

std::optional<ExternalBlock> decode_external(std::string_view data) {
  if (data.size() <= kBlockHead || data[0] != kExternalFormat) return std::nullopt;
  ExternalBlock block;
  std::memcpy(&block.checksum, &data[1], sizeof block.checksum);
  data.remove_prefix(kBlockHead);
  const auto size = take_varint(&data);
  if (!size || !data.empty()) return std::nullopt;
  block.size = *size;
  return block;
}

std::string external_name(int64_t block, uint64_t checksum) {
  char name[64];
  std::snprintf(name, sizeof name, "%lld-%016llx.block", static_cast<long long>(block),
                static_cast<unsigned long long>(checksum));
  return name;
}

}  // namespace memtier
