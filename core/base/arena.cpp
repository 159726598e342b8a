#include "base/arena.h"

#include <sys/mman.h>

#include <array>
#include <bit>
#include <cstdint>
#include <mutex>
#include <new>

namespace memtier {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kUseHeap = true;
#else
constexpr bool kUseHeap = false;
#endif

constexpr size_t kChunkBytes = size_t{2} << 20;
constexpr size_t kSpanBytes = 64 << 10;
constexpr size_t kSpans = kChunkBytes / kSpanBytes;
constexpr size_t kMaxBlock = 8 << 10;

// Sizes: every 64 bytes up to 1 kB, then eight between a power of two and the next.
constexpr size_t kFineSizes = 16;
constexpr size_t kSizes = kFineSizes + size_t{3} * 8;

size_t size_number(size_t size) {
  if (size <= 1024) return (size + 63) / 64 - 1;
  const auto octave = static_cast<size_t>(std::bit_width(size - 1)) - 11;  // 0: up to 2 kB
  const size_t step = size_t{128} << octave;
  return kFineSizes + octave * 8 + (size - (size_t{1024} << octave) + step - 1) / step - 1;
}

size_t size_of_number(size_t number) {
  if (number < kFineSizes) return (number + 1) * 64;
  const size_t octave = (number - kFineSizes) / 8;
  return (size_t{1024} << octave) + ((number - kFineSizes) % 8 + 1) * (size_t{128} << octave);
}

struct FreeBlock {
  FreeBlock* next;
};

struct Chunk;

// Stands at the beginning of its bytes. Spans with room are in the list of their size.
struct alignas(kArenaAlignment) Span {
  Chunk* chunk;
  Span* next;
  Span* previous;
  FreeBlock* free;  // blocks that came back
  uint32_t used;    // blocks that are out
  uint32_t fresh;   // blocks that never were out begin here
  uint32_t size_number;
};
static_assert(sizeof(Span) == kArenaAlignment);

struct Chunk {
  char* begin;
  uint32_t free_spans = UINT32_MAX;  // a bit for each
  Chunk* next = nullptr;             // of those with free spans, as is previous
  Chunk* previous = nullptr;
};
static_assert(kSpans == 32, "a bit for each span");

template <typename Node>
void push(Node*& first, Node* node) {
  node->previous = nullptr;
  node->next = first;
  if (first != nullptr) first->previous = node;
  first = node;
}

template <typename Node>
void remove(Node*& first, Node* node) {
  (node->previous == nullptr ? first : node->previous->next) = node->next;
  if (node->next != nullptr) node->next->previous = node->previous;
}

class Arena {
 public:
  void* allocate(size_t number) {
    const std::lock_guard lock(mutex_);
    Span* span = with_room_[number];
    if (span == nullptr) {
      span = new_span(number);
      push(with_room_[number], span);
    }
    void* block = span->free;
    if (block != nullptr) {
      span->free = span->free->next;
    } else {
      block = reinterpret_cast<char*>(span) + span->fresh;
      span->fresh += static_cast<uint32_t>(size_of_number(number));
    }
    ++span->used;
    if (is_full(*span)) remove(with_room_[number], span);
    return block;
  }

  void free(void* block) {
    const auto address = reinterpret_cast<uintptr_t>(block);
    auto* const span = reinterpret_cast<Span*>(address - address % kSpanBytes);
    const std::lock_guard lock(mutex_);
    if (is_full(*span)) push(with_room_[span->size_number], span);
    auto* const returned = static_cast<FreeBlock*>(block);
    returned->next = span->free;
    span->free = returned;
    if (--span->used > 0) return;
    remove(with_room_[span->size_number], span);
    give_back(span);
  }

  size_t bytes() {
    const std::lock_guard lock(mutex_);
    return chunk_count_ * kChunkBytes;
  }

 private:
  static bool is_full(const Span& span) {
    return span.free == nullptr && span.fresh + size_of_number(span.size_number) > kSpanBytes;
  }

  Span* new_span(size_t number) {
    if (chunks_ == nullptr) push(chunks_, new_chunk());
    Chunk* const chunk = chunks_;
    const auto place = static_cast<size_t>(std::countr_zero(chunk->free_spans));
    chunk->free_spans &= chunk->free_spans - 1;
    if (chunk->free_spans == 0) remove(chunks_, chunk);
    void* const memory = chunk->begin + place * kSpanBytes;
    return new (memory)
        Span{chunk, nullptr, nullptr, nullptr, 0, sizeof(Span), static_cast<uint32_t>(number)};
  }

  void give_back(Span* span) {
    Chunk* const chunk = span->chunk;
    const auto place = static_cast<size_t>(reinterpret_cast<char*>(span) - chunk->begin);
    if (chunk->free_spans == 0) push(chunks_, chunk);
    chunk->free_spans |= uint32_t{1} << (place / kSpanBytes);
    if (chunk->free_spans != UINT32_MAX) return;
    // One that is empty is kept, for what comes next.
    const bool only = chunk->next == nullptr && chunk->previous == nullptr;
    if (only) return;
    remove(chunks_, chunk);
    (void)munmap(chunk->begin, kChunkBytes);
    delete chunk;
    --chunk_count_;
  }

  Chunk* new_chunk() {
    // Twice as much as is wanted has an aligned half in it.
    void* const memory = mmap(nullptr, 2 * kChunkBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    const auto address = reinterpret_cast<uintptr_t>(memory);
    const size_t before = (kChunkBytes - address % kChunkBytes) % kChunkBytes;
    char* const begin = static_cast<char*>(memory) + before;
    if (before > 0) (void)munmap(memory, before);
    (void)munmap(begin + kChunkBytes, kChunkBytes - before);
    auto* const chunk = new (std::nothrow) Chunk{begin};
    if (chunk == nullptr) {
      (void)munmap(begin, kChunkBytes);
      throw std::bad_alloc();
    }
    (void)madvise(begin, kChunkBytes, MADV_HUGEPAGE);  // small pages do, too
    ++chunk_count_;
    return chunk;
  }

  std::mutex mutex_;
  // Guarded by mutex_:
  std::array<Span*, kSizes> with_room_{};
  Chunk* chunks_ = nullptr;  // with free spans
  size_t chunk_count_ = 0;
};

Arena& arena() {
  static auto* const instance = new Arena();  // outlives every thread and every object
  return *instance;
}

bool is_from_heap(size_t size) {
  return kUseHeap || size > kMaxBlock;
}

}  // namespace

void* arena_allocate(size_t size) {
  if (is_from_heap(size)) return ::operator new (size, std::align_val_t{kArenaAlignment});
  return arena().allocate(size_number(size));
}

void arena_free(void* block, size_t size) noexcept {
  if (is_from_heap(size)) {
    ::operator delete (block, std::align_val_t{kArenaAlignment});
    return;
  }
  arena().free(block);
}

size_t arena_bytes() {
  return arena().bytes();
}

}  // namespace memtier
