// Memory for many small objects that live long and are read at random: blocks in huge pages. Where each
// page has 4 kB, a read of one of 100 MB waits longer for the address of the page than for its bytes.
//
//   chunk   2 MB, aligned, one huge page where the system gives it; cut into spans of 64 kB
//   span    a header, and blocks of one size; given back to the chunk when its last block is
//   block   a multiple of 64 bytes, aligned to 64
//
// A chunk without blocks goes back to the system, but for one. What is larger than kMaxBlock comes from
// the heap. With AddressSanitizer everything does, so that it sees what is used after it was freed.
//
// Thread safety: every function, any thread.
#pragma once

#include <cstddef>

namespace memtier {

inline constexpr size_t kArenaAlignment = 64;

// Throws std::bad_alloc.
void* arena_allocate(size_t size);
// With the size that it was allocated with.
void arena_free(void* block, size_t size) noexcept;
// What the arena has from the system.
size_t arena_bytes();

}  // namespace memtier
