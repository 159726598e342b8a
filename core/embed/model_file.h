// The layout of a model's file, "embedder-en.model": a header, the slots of a hash table, where each token's
// text ends, the texts, the rows of weights. Little-endian, mapped as it lies. Each part begins at a multiple
// of 64.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace memtier {

inline constexpr char kModelMagic[8] = {'m', 'e', 'm', 't', 'm', 'o', 'd', 'l'};
inline constexpr uint32_t kModelFormat = 1;
inline constexpr size_t kModelAlignment = 64;
inline constexpr std::string_view kContinuation =
    "##";  // begins a token that is no word's beginning

struct ModelHeader {
  char magic[8];
  uint32_t format;
  uint32_t header_bytes;
  char name[64];  // ends in NUL
  uint32_t dimension;
  uint32_t rows;
  uint32_t slots;          // of the hash table; a power of two
  uint32_t longest_token;  // in bytes
  uint64_t slots_at;       // places in the file
  uint64_t ends_at;
  uint64_t texts_at;
  uint64_t texts_bytes;
  uint64_t weights_at;
  uint64_t file_bytes;
  uint64_t body_checksum;    // XXH3-64 of all that follows the header
  uint64_t header_checksum;  // of the header as far as here
};
static_assert(sizeof(ModelHeader) == 160);

// A slot of the table: row 0 (no token's) where it is free.
struct TokenSlot {
  uint32_t tag;  // bits of the hash that its place does not say
  uint32_t row;
};

// The hash of a token grows byte by byte, so that all the beginnings of a word have theirs in one pass.
class TokenHash {
 public:
  explicit TokenHash(bool continuation) : state_(continuation ? kSeedInside : kSeedBegin) {}
  void add(char c) { state_ = (state_ ^ static_cast<unsigned char>(c)) * kPrime; }
  uint64_t value() const {
    uint64_t mixed = state_ ^ state_ >> 32;
    mixed *= kMix;
    return mixed ^ mixed >> 29;
  }

 private:
  static constexpr uint64_t kSeedBegin = 0xcbf29ce484222325;
  static constexpr uint64_t kSeedInside = 0x9ae16a3b2f90404f;
  static constexpr uint64_t kPrime = 0x100000001b3;
  static constexpr uint64_t kMix = 0xff51afd7ed558ccd;
  uint64_t state_;
};

inline bool is_continuation(std::string_view token) {
  return token.size() > kContinuation.size() && token.substr(0, 2) == kContinuation;
}

// What stands in a file: `tokens` of rows in order, weights of rows.size() * dimension.
// kInvalid where they do not fit together.
Result<std::string> make_model_file(std::string_view name, std::span<const std::string> tokens,
                                    size_t dimension, std::span<const int8_t> weights);

// Checks all of it: kNewerFormat, or kCorrupt with the reason. `path` is for the message.
Status check_model_file(std::string_view bytes, const std::string& path);

}  // namespace memtier
