#include "codec/zstd.h"

// Raw content as a dictionary, and frames without a magic number, are declared for static linking; they
// are in every shared library of version 1 as well.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <algorithm>
#include <array>

namespace memtier {
namespace {

const char* const kDamaged = "the compressed data is damaged";

Status no_memory() {
  return {Code::kNoMemory, "zstd: no memory"};
}

// The levels of memtier.h among zstd's; the last is for what is made once.
int zstd_level(int level) {
  constexpr std::array<int, 10> kLevels = {1, 3, 5, 7, 9, 12, 15, 17, 19, 22};
  return kLevels[static_cast<size_t>(std::clamp(level, 1, 10) - 1)];
}

}  // namespace

void ZstdCompressor::Free::operator()(ZSTD_CCtx_s* context) const {
  ZSTD_freeCCtx(context);
}

Result<ZstdCompressor> ZstdCompressor::create(int level, std::string dictionary) {
  ZstdCompressor made;
  made.dictionary_ = std::make_unique<std::string>(std::move(dictionary));
  made.context_.reset(ZSTD_createCCtx());
  ZSTD_CCtx* c = made.context_.get();
  if (c == nullptr) return no_memory();
  ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, zstd_level(level));
  ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(c, ZSTD_c_dictIDFlag, 0);
  ZSTD_CCtx_setParameter(c, ZSTD_c_format, ZSTD_f_zstd1_magicless);
  if (!made.dictionary_->empty()) {
    const size_t code = ZSTD_CCtx_loadDictionary_advanced(
        c, made.dictionary_->data(), made.dictionary_->size(), ZSTD_dlm_byRef, ZSTD_dct_rawContent);
    if (ZSTD_isError(code) != 0) return no_memory();
  }
  return made;
}

Result<std::string> ZstdCompressor::compress(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size =
      ZSTD_compress2(context_.get(), out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0) {
    return internal_error(std::string("zstd: ") + ZSTD_getErrorName(size));
  }
  out.resize(size);
  return out;
}

Result<std::string> zstd_compress(std::string_view bytes, int level, std::string_view dictionary) {
  ASSIGN_OR_RETURN(ZstdCompressor compressor,
                   ZstdCompressor::create(level, std::string(dictionary)));
  return compressor.compress(bytes);
}

void ZstdDictionary::Free::operator()(ZSTD_DDict_s* dictionary) const {
  ZSTD_freeDDict(dictionary);
}

Result<ZstdDictionary> ZstdDictionary::create(std::string_view bytes) {
  ZstdDictionary made;
  made.dictionary_.reset(ZSTD_createDDict_advanced(bytes.data(), bytes.size(), ZSTD_dlm_byRef,
                                                   ZSTD_dct_rawContent, ZSTD_defaultCMem));
  if (!made.dictionary_) return no_memory();
  return made;
}

void ZstdDecompressor::Free::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

Result<std::string> ZstdDecompressor::decompress(std::string_view bytes, size_t size,
                                                 const ZstdDictionary* dictionary) {
  if (!context_) {
    context_.reset(ZSTD_createDCtx());
    if (!context_) return no_memory();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_format, ZSTD_f_zstd1_magicless);
  }
  ZSTD_DCtx_refDDict(context_.get(),
                     dictionary == nullptr ? nullptr : dictionary->dictionary_.get());
  std::string out(size, '\0');
  const size_t made =
      ZSTD_decompressDCtx(context_.get(), out.data(), size, bytes.data(), bytes.size());
  if (ZSTD_isError(made) != 0 || made != size) return Status(Code::kCorrupt, kDamaged);
  return out;
}

}  // namespace memtier
