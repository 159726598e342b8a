#include "capi/handles.h"

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace memtier::capi {
namespace {

constexpr uint64_t kKindShift = 56;
constexpr uint64_t kGenerationShift = 32;
constexpr uint64_t kGenerationMask = 0xffffff;
constexpr size_t kChunkSlots = 4096;
constexpr size_t kMaxChunks = 4096;  // 16 million handles at once
constexpr size_t kThreadCache = 64;  // free slots that a thread keeps for itself

// `ticket` is the one that is good now, 0 while the slot is free.
struct Slot {
  std::atomic<uint64_t> ticket{0};
  std::atomic<const void*> object{nullptr};
  std::atomic<const void*> context{nullptr};
  uint32_t generation = 0;  // of the thread that holds the slot while it is free
};

struct Table {
  std::array<std::atomic<Slot*>, kMaxChunks> chunks{};
  std::mutex mutex;
  std::vector<uint32_t> free;  // guarded by mutex, as is used
  uint32_t used = 0;           // slots ever handed out
};

Table& table() {
  static auto* const instance = new Table();  // outlives every thread and every handle
  return *instance;
}

Slot* slot_at(uint32_t number) {
  if (number / kChunkSlots >= kMaxChunks) return nullptr;
  Slot* chunk = table().chunks[number / kChunkSlots].load(std::memory_order_acquire);
  return chunk == nullptr ? nullptr : &chunk[number % kChunkSlots];
}

// Free slots of one thread, so that handles come and go without a lock.
class FreeSlots {
 public:
  FreeSlots() { slots_.reserve(kThreadCache * 2); }
  ~FreeSlots() { give_back(slots_.size()); }
  FreeSlots(const FreeSlots&) = delete;
  FreeSlots& operator=(const FreeSlots&) = delete;

  Result<uint32_t> take() {
    if (slots_.empty()) RETURN_IF_ERROR(refill());
    const uint32_t number = slots_.back();
    slots_.pop_back();
    return number;
  }
  void put(uint32_t number) {
    slots_.push_back(number);
    if (slots_.size() >= kThreadCache * 2) give_back(kThreadCache);
  }

 private:
  Status refill() {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    while (slots_.size() < kThreadCache) {
      if (!all.free.empty()) {
        slots_.push_back(all.free.back());
        all.free.pop_back();
        continue;
      }
      if (all.used == kChunkSlots * kMaxChunks) {
        if (!slots_.empty()) return {};
        return {Code::kLimit, "there are 16 million open handles; destroy some"};
      }
      auto& chunk = all.chunks[all.used / kChunkSlots];
      if (chunk.load() == nullptr) chunk.store(new Slot[kChunkSlots], std::memory_order_release);
      slots_.push_back(all.used++);
    }
    return {};
  }
  void give_back(size_t count) {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    all.free.insert(all.free.end(), slots_.end() - static_cast<ptrdiff_t>(count), slots_.end());
    slots_.resize(slots_.size() - count);
  }

  std::vector<uint32_t> slots_;
};

FreeSlots& free_slots() {
  thread_local FreeSlots slots;
  return slots;
}

Kind kind_of(uint64_t ticket) {
  return static_cast<Kind>(ticket >> kKindShift);
}

const char* kind_name(Kind kind) {
  static constexpr std::array<const char*, 16> kNames = {
      "nothing", "error",        "bytes",      "cancel", "options", "store",
      "scope",   "item builder", "item",       "items",  "cursor",  "query",
      "hits",    "transitions",  "candidates", "keys"};
  const auto number = static_cast<size_t>(kind);
  return number < kNames.size() ? kNames[number] : "unknown";
}

}  // namespace

bool HandleObject::try_ref() const {
  uint32_t refs = refs_.load(std::memory_order_relaxed);
  while (refs != 0) {
    if (refs_.compare_exchange_weak(refs, refs + 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

void HandleObject::release() const {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // A reader may just be looking at it under a guard, and find that there is nothing to hold.
  epoch_retire(const_cast<HandleObject*>(this),
               [](void* object) { delete static_cast<HandleObject*>(object); });
}

Result<void*> make_ticket(Kind kind, const void* object, const void* context) {
  ASSIGN_OR_RETURN(const uint32_t number, free_slots().take());
  Slot* slot = slot_at(number);
  slot->generation = (slot->generation + 1) & kGenerationMask;
  const uint64_t ticket = static_cast<uint64_t>(kind) << kKindShift |
                          static_cast<uint64_t>(slot->generation) << kGenerationShift | number;
  slot->object.store(object, std::memory_order_relaxed);
  slot->context.store(context, std::memory_order_relaxed);
  slot->ticket.store(ticket, std::memory_order_release);
  return reinterpret_cast<void*>(ticket);
}

const void* look_up(Kind kind, const void* handle, const void** out_context) {
  const auto ticket = reinterpret_cast<uint64_t>(handle);
  if (kind_of(ticket) != kind) return nullptr;
  const Slot* slot = slot_at(static_cast<uint32_t>(ticket));
  if (slot == nullptr || slot->ticket.load(std::memory_order_acquire) != ticket) return nullptr;
  const void* object = slot->object.load(std::memory_order_acquire);
  if (out_context != nullptr) *out_context = slot->context.load(std::memory_order_acquire);
  // The slot may have been given to another handle between the two loads.
  return slot->ticket.load(std::memory_order_acquire) == ticket ? object : nullptr;
}

const void* take_out(Kind kind, const void* handle) {
  auto ticket = reinterpret_cast<uint64_t>(handle);
  if (kind_of(ticket) != kind) return nullptr;
  const auto number = static_cast<uint32_t>(ticket);
  Slot* slot = slot_at(number);
  if (slot == nullptr) return nullptr;
  // Good if the exchange succeeds: then the ticket was good before and after this load.
  const void* object = slot->object.load(std::memory_order_acquire);
  if (!slot->ticket.compare_exchange_strong(ticket, 0, std::memory_order_acq_rel)) return nullptr;
  free_slots().put(number);
  return object;
}

Status bad_handle(Kind kind, const void* handle, const char* name) {
  const std::string subject(name);
  if (handle == nullptr) return invalid(subject + " is NULL");
  const auto ticket = reinterpret_cast<uint64_t>(handle);
  if (kind_of(ticket) == kind && slot_at(static_cast<uint32_t>(ticket)) != nullptr) {
    return {Code::kClosed, subject + ": this " + kind_name(kind) + " handle was destroyed"};
  }
  const auto other = static_cast<size_t>(kind_of(ticket));
  if (kind_of(ticket) == kind) return invalid(subject + " is not a handle");
  if (other >= 1 && other <= static_cast<size_t>(Kind::kKeys)) {
    return invalid(subject + " is a handle of the kind \"" + kind_name(kind_of(ticket)) +
                   "\", not \"" + kind_name(kind) + "\"");
  }
  return invalid(subject + " is not a handle");
}

}  // namespace memtier::capi
