#include "index/text/bit_packing.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/seed.h"

namespace memtier::testing {
namespace {

TEST(BitPacking, gives_back_what_was_packed_for_every_width_and_count) {
  Random random;
  for (uint32_t bits = 0; bits <= 32; ++bits) {
    for (size_t count = 1; count <= 128; count += count < 120 ? 13 : 1) {
      std::vector<uint32_t> values(count);
      for (uint32_t& value : values) {
        value = bits == 0 ? 0 : static_cast<uint32_t>(random.below(UINT64_MAX) >> (64 - bits));
      }
      EXPECT_LE(bits_for(values.data(), count), bits);
      std::string packed = "x";  // what is there stays
      pack_bits(values.data(), count, bits, &packed);
      ASSERT_EQ(packed.size(), 1 + packed_bytes(count, bits));
      packed.append(8, '\0');
      std::vector<uint32_t> unpacked(128, 7);
      unpack_bits(packed.data() + 1, count, bits, unpacked.data());
      unpacked.resize(count);
      ASSERT_EQ(unpacked, values) << bits << " bits, " << count << " values";
    }
  }
}

}  // namespace
}  // namespace memtier::testing
