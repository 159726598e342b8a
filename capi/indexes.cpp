// memtier.h, section 11: indexes of the caller's own.
#include <algorithm>
#include <span>

#include "capi/guard.h"
#include "capi/objects.h"
#include "model/index_spec.h"
#include "model/limits.h"

using namespace memtier;
using namespace memtier::capi;

memtier_status memtier_index_create(memtier_store* store, const char* index, size_t index_size,
                                    const memtier_control* control, memtier_error** error) {
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(index, index_size, "index"));
    ASSIGN_OR_RETURN(const IndexSpec spec, IndexSpec::parse(text));
    return call->create_index(spec, *call_control);
  });
}

memtier_status memtier_keys_add(memtier_keys* keys, int64_t item_index, const char* key,
                                size_t key_size, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const auto object, pin<KeysObject>(keys, "keys"));
    if (item_index < 0 || static_cast<size_t>(item_index) >= object->keys.size()) {
      return invalid("item_index is " + std::to_string(item_index) + ", and there are " +
                     std::to_string(object->keys.size()) + " items");
    }
    ASSIGN_OR_RETURN(const std::string_view text, check_text(key, key_size, "key"));
    if (text.size() > kMaxKeyBytes) {
      return invalid("key has " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(kMaxKeyBytes) + " are allowed");
    }
    KeyTable::Keys& list = object->keys[static_cast<size_t>(item_index)];
    if (std::find(list.begin(), list.end(), text) != list.end()) return {};
    if (list.size() >= kMaxKeys) {
      return {Code::kLimit, "keys: the item has " + std::to_string(kMaxKeys) + " already"};
    }
    list.emplace_back(text);
    return {};
  });
}

namespace {

// Both are gone when the callback has returned, whatever it kept of them.
struct LentHandles {
  ~LentHandles() {
    destroy_handle<ItemsObject>(items);
    destroy_handle<KeysObject>(keys);
  }
  void* items = nullptr;
  void* keys = nullptr;
};

Status extract_by_callback(const memtier_key_extractor& table, const TierNames* tiers,
                           std::span<const ItemRef> items, std::vector<KeyTable::Keys>* out_keys) {
  auto batch = Ref<ItemsObject>::adopt(new ItemsObject());
  batch->tiers = tiers;
  for (const ItemRef& item : items) batch->outcomes.push_back({{}, item});
  const auto keys = Ref<KeysObject>::adopt(new KeysObject(items.size()));
  LentHandles lent;
  ASSIGN_OR_RETURN(lent.items, make_handle(std::move(batch)));
  ASSIGN_OR_RETURN(lent.keys, make_handle(Ref<KeysObject>(keys)));
  int32_t result = 0;
  {
    const CallbackScope scope;
    result = table.extract(static_cast<const memtier_items*>(lent.items),
                           static_cast<memtier_keys*>(lent.keys), table.user_data);
  }
  if (result == MEMTIER_CALLBACK_DEFAULT) return {};
  RETURN_IF_ERROR(callback_status(result, "extractor", MEMTIER_CALLBACK_DEFAULT));
  *out_keys = std::move(keys->keys);
  return {};
}

}  // namespace

memtier_status memtier_index_create_callback(memtier_store* store, const char* name,
                                             size_t name_size,
                                             const memtier_key_extractor* extractor,
                                             const memtier_control* control,
                                             memtier_error** error) {
  return guard(error, [&]() -> Status {
    // Both tables are taken before either is complained about, so that both are let go.
    auto taken = take_table(extractor, "extractor");
    CallControl call_control;
    Status controlled = call_control.take(control);
    if (!taken.ok()) return taken.take_status();
    RETURN_IF_ERROR(std::move(controlled));
    const std::shared_ptr<const memtier_key_extractor> table = *taken;
    if (table->extract == nullptr) return invalid("extractor->extract is NULL");
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(name, name_size, "name"));
    RETURN_IF_ERROR(check_index_name(text, "name"));
    const TierNames* tiers = call.tiers();
    return call->create_index(
        std::string(text),
        [table, tiers](std::span<const ItemRef> items, std::vector<KeyTable::Keys>* out_keys) {
          return extract_by_callback(*table, tiers, items, out_keys);
        },
        *call_control);
  });
}

memtier_status memtier_index_list(memtier_store* store, const memtier_control* control,
                                  memtier_bytes** out_json, memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return give_text(call->list_indexes(*call_control), out_json);
  });
}

memtier_status memtier_index_drop(memtier_store* store, const char* name, size_t name_size,
                                  const memtier_control* control, memtier_error** error) {
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(name, name_size, "name"));
    RETURN_IF_ERROR(check_index_name(text, "name"));
    return call->drop_index(text, *call_control);
  });
}
