// Zstandard as bytes in, bytes out: for the archive's blocks and for long content. Frames lack the magic
// number and their size, which whoever keeps them knows better. No I/O here.
//
// A dictionary is plain content that was seen before: what repeats it costs a few bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;
struct ZSTD_DDict_s;

namespace memtier {

// Level 1 (fast) to 9 (small), as memtier.h counts; 10 for what is made once.
Result<std::string> zstd_compress(std::string_view bytes, int level, std::string_view dictionary);

// The same many times: with a dictionary, most of the time of a small text is making that ready. Thread
// safety: one thread at a time.
class ZstdCompressor {
 public:
  static Result<ZstdCompressor> create(int level, std::string dictionary);
  Result<std::string> compress(std::string_view bytes);
  const std::string& dictionary() const { return *dictionary_; }

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<std::string> dictionary_;  // where the context borrows it
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

// A dictionary made ready for decompressing; borrows the bytes.
class ZstdDictionary {
 public:
  static Result<ZstdDictionary> create(std::string_view bytes);

 private:
  friend class ZstdDecompressor;
  struct Free {
    void operator()(ZSTD_DDict_s* dictionary) const;
  };
  std::unique_ptr<ZSTD_DDict_s, Free> dictionary_;
};

// Thread safety: one thread at a time.
class ZstdDecompressor {
 public:
  // Exactly `size` bytes; kCorrupt if they are not what comes out.
  Result<std::string> decompress(std::string_view bytes, size_t size,
                                 const ZstdDictionary* dictionary);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

}  // namespace memtier
