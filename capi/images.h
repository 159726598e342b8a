// Copying many images into the caller's memory, one behind the other.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "base/status.h"
#include "model/item.h"

namespace memtier::capi {

// Copies images of the entries from `first` on, as many as fit whole. size_of(i) and write(i, out) say
// how. With kTooSmall, *out_size is what all of them need.
template <typename SizeOf, typename Write>
Status copy_images(size_t count, int64_t first, char* buffer, size_t buffer_size, size_t* out_size,
                   int64_t* out_count, SizeOf size_of, Write write) {
  if (first < 0 || static_cast<size_t>(first) > count) {
    return invalid("first is " + std::to_string(first) + ", and there are " +
                   std::to_string(count));
  }
  size_t used = 0;
  size_t at = static_cast<size_t>(first);
  for (; at < count; ++at) {
    const size_t size = size_of(at);
    if (used + size > buffer_size) break;
    write(at, buffer + used);
    used += size;
  }
  *out_count = static_cast<int64_t>(at) - first;
  *out_size = used;
  if (*out_count > 0 || at == count) return {};
  for (; at < count; ++at) used += size_of(at);
  *out_size = used;
  return {Code::kTooSmall, "buffer has " + std::to_string(buffer_size) + " bytes; the rest needs " +
                               std::to_string(used)};
}

// The short image that stands for an entry without an item.
inline constexpr size_t kFailedImageSize = 16;
inline void write_failed_image(Code code, char* out) {
  std::memset(out, 0, kFailedImageSize);
  const uint32_t size = kFailedImageSize;
  const auto status = static_cast<int32_t>(code);
  std::memcpy(out, &size, sizeof size);
  std::memcpy(out + 4, &status, sizeof status);
}

}  // namespace memtier::capi
