// Handles: what memtier.h gives out in place of addresses. A handle is a ticket into one table,
//
//   | kind 7 | generation 24 | number of the slot 32 |   (63 bits, and never below 2^56)
//
// and the table knows whether it is still good: a stale one, one of another kind, or garbage is told
// from a good one, and nothing is ever read through it. Tickets lie outside every address space, so
// that no garbage collector takes one for a pointer into its heap.
//
// Looking one up takes no lock: under an EpochGuard the slot is compared, and what it refers to
// cannot be freed before the guard ends (base/epoch.h). Measured: 3 ns.
//
// Thread safety: everything, any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/epoch.h"
#include "base/ref.h"
#include "base/status.h"

namespace memtier::capi {

enum class Kind : uint8_t {
  kError = 1,
  kBytes = 2,
  kCancel = 3,
  kOptions = 4,
  kStore = 5,
  kScope = 6,
  kItemBuilder = 7,
  kItem = 8,
  kItems = 9,
  kCursor = 10,
  kQuery = 11,
  kHits = 12,
  kTransitions = 13,
  kCandidates = 14,
  kKeys = 15,
};

// What a handle refers to, except for items, which count themselves. Made with one reference.
class HandleObject {
 public:
  HandleObject() = default;
  HandleObject(const HandleObject&) = delete;
  HandleObject& operator=(const HandleObject&) = delete;
  void add_ref() const { refs_.fetch_add(1, std::memory_order_relaxed); }
  bool try_ref() const;
  void release() const;

 protected:
  virtual ~HandleObject() = default;

 private:
  mutable std::atomic<uint32_t> refs_{1};
};

// Registers an object and takes over the caller's reference. `context` is kept beside it and outlives
// every handle. kLimit if there are too many.
Result<void*> make_ticket(Kind kind, const void* object, const void* context = nullptr);
// What the ticket refers to, or null; only under an EpochGuard, and until its end.
const void* look_up(Kind kind, const void* ticket, const void** out_context = nullptr);
// Takes it out of the table; the caller gets the table's reference. Null if it was not there.
const void* take_out(Kind kind, const void* ticket);
// Why look_up gave nothing: "item: the handle was destroyed", "item is NULL" ….
Status bad_handle(Kind kind, const void* ticket, const char* name);

// The object of a handle, held for a call. T has kKind.
template <typename T>
Result<Ref<const T>> pin(const void* ticket, const char* name) {
  const EpochGuard guard;
  const auto* object = static_cast<const T*>(look_up(T::kKind, ticket));
  if (object == nullptr || !object->try_ref()) return bad_handle(T::kKind, ticket, name);
  return Ref<const T>::adopt(object);
}

template <typename T>
Result<void*> make_handle(Ref<T> object) {
  auto ticket = make_ticket(T::kKind, object.get());
  if (ticket.ok()) (void)object.detach();
  return ticket;
}

template <typename T>
void destroy_handle(const void* ticket) {
  if (const void* object = take_out(T::kKind, ticket)) static_cast<const T*>(object)->release();
}

}  // namespace memtier::capi
