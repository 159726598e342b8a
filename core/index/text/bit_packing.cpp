#include "index/text/bit_packing.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace memtier {
namespace {

constexpr size_t kFull = 128;
using Lanes = uint32_t __attribute__((vector_size(16)));

Lanes load(const char* in) {
  Lanes lanes;
  std::memcpy(&lanes, in, sizeof lanes);
  return lanes;
}

// Value i stands in lane i % 4; the 32 values of a lane are packed one behind the other.
template <uint32_t kBits>
void unpack_full(const char* in, uint32_t* out) {
  if constexpr (kBits == 0) {
    std::memset(out, 0, kFull * sizeof *out);
  } else {
    constexpr uint32_t kMask = kBits == 32 ? UINT32_MAX : (1U << (kBits % 32)) - 1;
    Lanes word = load(in);
    uint32_t used = 0;
    for (size_t i = 0; i < 32; ++i) {
      Lanes value = word >> used;
      used += kBits;
      if (used >= 32 && i + 1 < 32) {
        used -= 32;
        in += sizeof(Lanes);
        word = load(in);
        if (used > 0) value |= word << (kBits - used);
      }
      value &= kMask;
      std::memcpy(out + i * 4, &value, sizeof value);
    }
  }
}

void pack_full(const uint32_t* values, uint32_t bits, std::string* out) {
  const size_t begin = out->size();
  out->resize(begin + size_t{bits} * 16);
  std::array<uint32_t, size_t{32} * 4> words{};
  for (size_t i = 0; i < kFull; ++i) {
    const size_t at = i / 4 * bits;
    const size_t lane = i % 4;
    words[at / 32 * 4 + lane] |= values[i] << at % 32;
    if (at % 32 + bits > 32) words[(at / 32 + 1) * 4 + lane] |= values[i] >> (32 - at % 32);
  }
  std::memcpy(out->data() + begin, words.data(), size_t{bits} * 16);
}

using Unpack = void (*)(const char*, uint32_t*);
template <uint32_t... kBits>
constexpr std::array<Unpack, sizeof...(kBits)> make_table(
    std::integer_sequence<uint32_t, kBits...>) {
  return {unpack_full<kBits>...};
}
constexpr auto kUnpackFull = make_table(std::make_integer_sequence<uint32_t, 33>());

}  // namespace

uint32_t bits_for(const uint32_t* values, size_t count) {
  uint32_t all = 0;
  for (size_t i = 0; i < count; ++i) all |= values[i];
  return static_cast<uint32_t>(std::bit_width(all));
}

size_t packed_bytes(size_t count, uint32_t bits) {
  return (count * bits + 7) / 8;
}

void pack_bits(const uint32_t* values, size_t count, uint32_t bits, std::string* out) {
  if (bits == 0) return;
  if (count == kFull) return pack_full(values, bits, out);
  uint64_t waiting = 0;
  uint32_t held = 0;
  for (size_t i = 0; i < count; ++i) {
    waiting |= static_cast<uint64_t>(values[i]) << held;
    held += bits;
    while (held >= 8) {
      *out += static_cast<char>(waiting);
      waiting >>= 8;
      held -= 8;
    }
  }
  if (held > 0) *out += static_cast<char>(waiting);
}

void unpack_bits(const char* in, size_t count, uint32_t bits, uint32_t* out) {
  if (count == kFull) return kUnpackFull[bits](in, out);
  const uint64_t mask = (1ULL << bits) - 1;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = i * bits;
    uint64_t word = 0;
    std::memcpy(&word, in + at / 8, sizeof word);
    out[i] = static_cast<uint32_t>(word >> at % 8 & mask);
  }
}

}  // namespace memtier
