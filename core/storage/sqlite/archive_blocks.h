// The archive's blocks: contents and metadata of up to 256 items of one month, compressed together with a
// dictionary that all blocks share. An item's row has in place of its content the number of the block and its
// place in it, and no metadata. Restoring one item reads its block alone.
//
// (its bytes: archive_format.h; where they lie: archive_pieces.h). Packing and unpacking are transactions on the writing connection: whatever
// happens, an item's content stands in its row or in a block, and nowhere twice. Blocks never change;
// their numbers do not come again. One whose items have all gone is deleted.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "codec/zstd.h"
#include "storage/sqlite/archive_format.h"
#include "storage/sqlite/connection.h"

namespace memtier {

// Reads contents out of blocks, for one connection. Keeps the blocks read last and the dictionaries; a
// number never means another block.
class BlockReader {
 public:
  // Borrowed until the next call.
  Result<std::string_view> read(Connection& connection, std::string_view ref);
  // Long content that is compressed in its row.
  Result<std::string> inflate(std::string_view content);

  struct Block {
    int64_t number = 0;
    std::string bytes;
    std::vector<BlockEntry> entries;
  };
  // kCorrupt: this block is damaged. kNotFound: there is none.
  Result<const Block*> block(Connection& connection, int64_t number);
  void forget() {
    shared_.forget();
    alone_.forget();
  }

 private:
  struct Dictionary {
    std::string bytes;
    ZstdDictionary ready;
  };
  Result<const Dictionary*> dictionary(Connection& connection, int64_t number);

  // Blocks that were read, up to so many bytes; the newest always.
  class Kept {
   public:
    explicit Kept(size_t limit) : limit_(limit) {}
    const Block* find(int64_t number);
    const Block* keep(std::list<Block> one);
    void forget();

   private:
    const size_t limit_;
    size_t bytes_ = 0;
    std::list<Block> blocks_;  // the last first
    std::unordered_map<int64_t, std::list<Block>::iterator> places_;
  };

  ZstdDecompressor decompressor_;
  std::unordered_map<int64_t, std::unique_ptr<Dictionary>> dictionaries_;
  // A block of many is likely to be asked for again, one of a single long content is not, and must not put
  // many others out.
  Kept shared_{size_t{4} << 20};
  Kept alone_{size_t{256} << 10};
};

// Long content compressed in its row: its size, and the frame; empty if that does not save a fifth.
Result<std::string> compress_content(std::string_view content);

// What packing several blocks has in common.
struct BlockPacker {
  int level = 9;
  std::optional<ZstdCompressor> compressor;  // with the dictionary that was used last
  bool looked_for_more = false;              // whether what waits makes a larger dictionary
};

// Packs archived contents that stand in their rows into one block, oldest first; those of one month. With
// `force` also where they are few. *out_items: how many; 0: nothing left to pack.
Status pack_block(Connection& connection, BlockPacker& packer, bool force, int64_t* out_items);

// Takes the contents that are still needed out of a block, into their rows, and deletes it. What is damaged
// stays as it is, and is told of.
Status unpack_block(Connection& connection, BlockReader& reader, int64_t block, int64_t* out_items);

// Blocks of which less than half is needed any more, or that hold so little that several could be one.
Result<std::vector<int64_t>> wasteful_blocks(Connection& connection, int64_t limit);

// A block lost one of its items.
Status release_block(Connection& connection, int64_t block, int64_t items);

}  // namespace memtier
