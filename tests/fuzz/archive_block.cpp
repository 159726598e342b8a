// A block of the archive, and what stands in a row in its place. Mutations hardly ever have the right checksum,
// so they are read as what a checksum stands before, too.
#include <string>
#include <vector>

#include "codec/zstd.h"
#include "fuzz/fuzz.h"
#include "storage/sqlite/archive_format.h"

namespace {

using namespace memtier;

constexpr size_t kMostBytes = 1 << 20;  // the limit of the fuzzer, not that of blocks

void read_entries(std::string_view bytes) {
  std::vector<BlockEntry> entries;
  if (!decode_entries(bytes, &entries)) return;
  for (const BlockEntry& entry : entries) {
    require(entry.content.size() <= bytes.size(), "a content lies within its block");
  }
  const std::string again = encode_entries(entries);
  std::vector<BlockEntry> same;
  require(decode_entries(again, &same), "what was read can be written and read");
  require(same.size() == entries.size(), "as many");
  for (size_t i = 0; i < same.size(); ++i) {
    require(same[i].content == entries[i].content && same[i].row == entries[i].row, "the same");
  }
}

void read_block(std::string_view data) {
  const auto parts = decode_block(data);
  if (!parts || parts->size > kMostBytes) return;
  ZstdDecompressor decompressor;
  auto plain = decompressor.decompress(parts->frame, parts->size, nullptr);
  if (plain.ok()) read_entries(*plain);
}

}  // namespace

void fuzz_one(std::string_view bytes) {
  read_block(bytes);
  read_entries(bytes);
  auto ref = decode_block_ref(bytes);
  if (ref.ok()) require(decode_block_ref(encode_block_ref(*ref)).ok(), "a reference is one again");
  if (const auto external = decode_external(bytes)) {
    require(decode_external(encode_external(*external)).has_value(),
            "a place outside is one again");
  }
  std::string_view rest = bytes;
  const auto dictionary = take_varint(&rest);
  const auto size = take_varint(&rest);
  if (dictionary && size) {
    read_block(encode_block({static_cast<int64_t>(*dictionary), static_cast<size_t>(*size), rest}));
  }
}
