#include "capi/objects.h"

#include <set>

#include "base/epoch.h"
#include "capi/guard.h"

namespace memtier::capi {

const TierNames* intern_names(const TierNames& names) {
  static std::mutex mutex;
  static auto* const known = new std::set<TierNames>();  // outlives every handle
  const std::lock_guard lock(mutex);
  return &*known->insert(names).first;
}

Result<void*> make_item_handle(ItemRef item, const TierNames* tiers) {
  auto ticket = make_ticket(Kind::kItem, item.get(), tiers);
  if (ticket.ok()) (void)item.detach();
  return ticket;
}

Status give_text(std::string text, memtier_bytes** out_bytes) {
  auto bytes = Ref<BytesObject>::adopt(new BytesObject(std::move(text)));
  ASSIGN_OR_RETURN(void* handle, make_handle(std::move(bytes)));
  *out_bytes = static_cast<memtier_bytes*>(handle);
  return {};
}

Status give_text(Result<std::string> text, memtier_bytes** out_bytes) {
  if (!text.ok()) return text.take_status();
  return give_text(std::move(text).value(), out_bytes);
}

StoreObject::StoreObject(std::unique_ptr<Store> store)
    : store_(std::move(store)),
      tiers_(intern_names(store_->tier_names())),
      busy_timeout_us_(store_->options().busy_timeout_ms * 1000) {}

void StoreObject::leave() const {
  Patience::end();
  if (calls_.fetch_sub(1, std::memory_order_seq_cst) != 1) return;
  const std::lock_guard lock(mutex_);
  idle_.notify_all();
}

Status StoreObject::close() const {
  store_->begin_close();
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return calls_.load(std::memory_order_seq_cst) == 0; });
  lock.unlock();
  // Readers of resident items hold no reference, only an epoch: let them end.
  epoch_retire(new char, [](void* marker) { delete static_cast<char*>(marker); });
  epoch_drain();
  if (children_.load() != 0) return store_->flush_for_close();
  Status status = store_->close();
  store_.reset();
  return status;
}

Result<StoreCall> StoreCall::begin(const memtier_store* handle) {
  RETURN_IF_ERROR(check_not_in_callback());
  const EpochGuard guard;
  const auto* object = static_cast<const StoreObject*>(look_up(Kind::kStore, handle));
  if (object == nullptr || !object->try_ref()) return bad_handle(Kind::kStore, handle, "store");
  auto ref = Ref<const StoreObject>::adopt(object);
  ref->enter();
  // A close that began before we entered does not wait for us.
  if (look_up(Kind::kStore, handle) != object) {
    ref->leave();
    return bad_handle(Kind::kStore, handle, "store");
  }
  return StoreCall(std::move(ref));
}

}  // namespace memtier::capi
