// Numbers of few bits side by side. A full block of 128 is laid out in four lanes (SIMD-BP128: Lemire
// and Boytsov, Decoding billions of integers per second through vectorization, 2015), which compilers
// turn into vector instructions; shorter ones one behind the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace memtier {

// Bits that the largest of the values needs.
uint32_t bits_for(const uint32_t* values, size_t count);
// Bytes that unpack() reads.
size_t packed_bytes(size_t count, uint32_t bits);

// Appends `count` <= 128 values of `bits` <= 32 each.
void pack_bits(const uint32_t* values, size_t count, uint32_t bits, std::string* out);
// `out` has room for 128; there are at least packed_bytes() + 8 readable bytes at `in`.
void unpack_bits(const char* in, size_t count, uint32_t bits, uint32_t* out);

}  // namespace memtier
