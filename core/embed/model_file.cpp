#include "embed/model_file.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "base/hash.h"
#include "embed/embedder.h"

namespace memtier {
namespace {

constexpr size_t kReservedRows = 2;  // [PAD] and [UNK], which are zero

size_t aligned(size_t size) {
  return (size + kModelAlignment - 1) / kModelAlignment * kModelAlignment;
}

std::string_view hashed_part(const std::string& token) {
  return is_continuation(token) ? std::string_view(token).substr(kContinuation.size())
                                : std::string_view(token);
}

std::vector<TokenSlot> fill_slots(std::span<const std::string> tokens) {
  size_t count = 1;
  while (count < tokens.size() * 2) count *= 2;
  std::vector<TokenSlot> slots(count, TokenSlot{0, 0});
  for (size_t row = kReservedRows; row < tokens.size(); ++row) {
    TokenHash hash(is_continuation(tokens[row]));
    for (const char c : hashed_part(tokens[row])) hash.add(c);
    size_t at = hash.value() & (count - 1);
    while (slots[at].row != 0) at = (at + 1) & (count - 1);
    slots[at] = {static_cast<uint32_t>(hash.value() >> 32), static_cast<uint32_t>(row)};
  }
  return slots;
}

uint64_t header_checksum(const ModelHeader& header) {
  return hash64({reinterpret_cast<const char*>(&header), offsetof(ModelHeader, header_checksum)});
}

// Whether a part of so many bytes lies in the file, behind the header.
bool lies_inside(uint64_t at, uint64_t size, uint64_t file_bytes) {
  return at % kModelAlignment == 0 && at >= sizeof(ModelHeader) && at <= file_bytes &&
         size <= file_bytes - at;
}

bool is_plausible(const ModelHeader& header, size_t size) {
  const uint64_t rows = header.rows;
  return header.header_bytes == sizeof header && header.file_bytes == size &&
         header.name[sizeof header.name - 1] == 0 && header.dimension >= 1 &&
         header.dimension <= kMaxEmbedderDimension && rows > kReservedRows && header.slots > rows &&
         (header.slots & (header.slots - 1)) == 0 &&
         lies_inside(header.slots_at, uint64_t{header.slots} * sizeof(TokenSlot), size) &&
         lies_inside(header.ends_at, rows * sizeof(uint32_t), size) &&
         lies_inside(header.texts_at, header.texts_bytes, size) &&
         lies_inside(header.weights_at, rows * header.dimension, size);
}

// Places that lead out of the file would be followed at every look-up.
bool refers_inside(std::string_view bytes, const ModelHeader& header) {
  const char* ends = bytes.data() + header.ends_at;
  uint32_t before = 0;
  for (size_t row = 0; row < header.rows; ++row) {
    uint32_t end = 0;
    std::memcpy(&end, ends + row * sizeof end, sizeof end);
    if (end < before || end > header.texts_bytes) return false;
    before = end;
  }
  size_t free_slots = 0;
  for (size_t i = 0; i < header.slots; ++i) {
    TokenSlot slot{};
    std::memcpy(&slot, bytes.data() + header.slots_at + i * sizeof slot, sizeof slot);
    if (slot.row >= header.rows) return false;
    free_slots += slot.row == 0 ? 1 : 0;
  }
  return free_slots > 0;  // a search ends at a free one
}

}  // namespace

Result<std::string> make_model_file(std::string_view name, std::span<const std::string> tokens,
                                    size_t dimension, std::span<const int8_t> weights) {
  ModelHeader header{};
  if (name.empty() || name.size() >= sizeof header.name) return invalid("name: 1 to 63 bytes");
  if (dimension == 0 || dimension > kMaxEmbedderDimension) return invalid("dimension: 1 to 4096");
  if (tokens.size() <= kReservedRows || weights.size() != tokens.size() * dimension) {
    return invalid("weights: " + std::to_string(weights.size()) + " of them for " +
                   std::to_string(tokens.size()) + " tokens");
  }
  std::string texts;
  std::vector<uint32_t> ends;
  for (const std::string& token : tokens) {
    texts += token;
    ends.push_back(static_cast<uint32_t>(texts.size()));
    header.longest_token = std::max(header.longest_token, static_cast<uint32_t>(token.size()));
  }
  const std::vector<TokenSlot> slots = fill_slots(tokens);
  std::memcpy(header.magic, kModelMagic, sizeof header.magic);
  header.format = kModelFormat;
  header.header_bytes = sizeof header;
  std::memcpy(header.name, name.data(), name.size());
  header.dimension = static_cast<uint32_t>(dimension);
  header.rows = static_cast<uint32_t>(tokens.size());
  header.slots = static_cast<uint32_t>(slots.size());
  header.texts_bytes = texts.size();
  std::string file(sizeof header, '\0');
  const auto add = [&file](const void* data, size_t size) {
    file.resize(aligned(file.size()), '\0');
    const uint64_t at = file.size();
    file.append(static_cast<const char*>(data), size);
    return at;
  };
  header.slots_at = add(slots.data(), slots.size() * sizeof(TokenSlot));
  header.ends_at = add(ends.data(), ends.size() * sizeof(uint32_t));
  header.texts_at = add(texts.data(), texts.size());
  header.weights_at = add(weights.data(), weights.size());
  header.file_bytes = file.size();
  header.body_checksum = hash64(std::string_view(file).substr(sizeof header));
  header.header_checksum = header_checksum(header);
  std::memcpy(file.data(), &header, sizeof header);
  return file;
}

Status check_model_file(std::string_view bytes, const std::string& path) {
  const auto damaged = [&path](const char* what) {
    return Status(Code::kCorrupt, "embedder: the model file \"" + path + "\" " + what +
                                      "; install it anew, or set EMBEDDER to \"none\"");
  };
  ModelHeader header;
  if (bytes.size() < sizeof header) return damaged("is cut short");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.magic, kModelMagic, sizeof header.magic) != 0) {
    return damaged("is no model of memtier");
  }
  if (header.format > kModelFormat) {
    return {Code::kNewerFormat, "embedder: the model file \"" + path +
                                    "\" was made for a newer memtier; update the library, or "
                                    "install the file that belongs to it"};
  }
  if (header.header_checksum != header_checksum(header)) return damaged("is damaged");
  if (!is_plausible(header, bytes.size())) return damaged("is cut short or damaged");
  if (hash64(bytes.substr(sizeof header)) != header.body_checksum) return damaged("is damaged");
  if (!refers_inside(bytes, header)) return damaged("is malformed");
  return {};
}

}  // namespace memtier
