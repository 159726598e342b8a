// memtier.h, sections 8 and 10: storing, changing and deleting items, one and many.
#include <algorithm>
#include <cstring>

#include "capi/batches.h"
#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

struct WriteArguments {
  PutMode mode = PutMode::kReplace;
  Durability durability = Durability::kDefault;
};

Result<WriteArguments> check_write(int32_t mode, int32_t durability) {
  RETURN_IF_ERROR(check_choice(mode, MEMTIER_PUT_REPLACE, MEMTIER_PUT_UPDATE, "mode"));
  ASSIGN_OR_RETURN(const Durability level, check_durability(durability));
  return WriteArguments{static_cast<PutMode>(mode), level};
}

// The names of an image, where the scope of the call does not give them.
Scope image_scope(const ItemFields& fields, const ScopeObject* given) {
  std::array<std::string_view, Scope::kNames> names;
  for (size_t i = 0; i < Scope::kNames; ++i) {
    names[i] = fields.texts[1 + i];
    if (given != nullptr && !given->names[i].empty()) names[i] = given->names[i];
  }
  return Scope(names);
}

// One image of a put: what it says, or what is wrong with it.
struct ImagePut {
  Draft draft;
  Scope scope;
  Status status;
};

Status check_image_names(const Scope& scope) {
  static constexpr const char* kNames[] = {"collection", "app", "user", "agent", "session"};
  for (size_t i = 0; i < Scope::kNames; ++i) {
    RETURN_IF_ERROR(check_name(scope.name(i), kNames[i]));
  }
  return {};
}

Result<ImagePut> read_put(const ItemFields& fields, const ScopeObject* scope) {
  ImagePut put;
  RETURN_IF_ERROR(put.draft.set_image(fields));
  put.scope = image_scope(fields, scope);
  RETURN_IF_ERROR(check_image_names(put.scope));
  return put;
}

// Takes images apart, one behind the other. Where one cannot be, nobody knows where the next begins, and
// all are refused; one whose fields are wrong is refused by itself.
Result<std::vector<ImagePut>> parse_images(std::string_view images, const ScopeObject* scope) {
  std::vector<ImagePut> puts;
  while (!images.empty()) {
    const std::string place = "images: number " + std::to_string(puts.size()) + ": ";
    // A copy, so that the header is aligned and cannot change under our eyes.
    auto fields = read_image(images);
    if (!fields.ok()) return invalid(place + fields.take_status().message());
    uint32_t size = 0;
    std::memcpy(&size, images.data(), sizeof size);
    if (puts.size() >= MEMTIER_MAX_BATCH) return invalid("images: more than 100000");
    auto put = read_put(*fields, scope);
    if (put.ok()) {
      puts.push_back(std::move(put).value());
    } else {
      puts.emplace_back().status = invalid(place + put.take_status().message());
    }
    images.remove_prefix(size);
  }
  return puts;
}

// The one image of a call.
Result<ImagePut> parse_image(std::string_view image, const ScopeObject* scope) {
  const std::string place = "image: ";
  auto fields = read_image(image);
  if (!fields.ok()) return invalid(place + fields.take_status().message());
  uint32_t size = 0;
  std::memcpy(&size, image.data(), sizeof size);
  if (size != image.size()) return invalid(place + "something follows it; it must be exactly one");
  auto put = read_put(*fields, scope);
  if (!put.ok()) return invalid(place + put.take_status().message());
  return put;
}

// Stores those that can be; the others keep the status that they have.
Status put_images(Store& store, std::vector<ImagePut>& puts, const WriteArguments& write,
                  Control& control, std::vector<Outcome>* outcomes) {
  outcomes->resize(puts.size());
  std::vector<Store::PutRequest> requests;
  std::vector<size_t> places;
  for (size_t i = 0; i < puts.size(); ++i) {
    (*outcomes)[i].status = std::move(puts[i].status);
    if (!(*outcomes)[i].status.ok()) continue;
    requests.push_back({&puts[i].draft, &puts[i].scope});
    places.push_back(i);
  }
  std::vector<Outcome> stored;
  Status status = store.put_many(requests, write.mode, write.durability, control, &stored);
  for (size_t i = 0; i < stored.size(); ++i) (*outcomes)[places[i]] = std::move(stored[i]);
  return status;
}

}  // namespace

memtier_status memtier_item_put(memtier_store* store, const memtier_scope* scope,
                                const memtier_item_builder* builder, int32_t mode,
                                int32_t durability, memtier_item** out_item,
                                memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const auto draft, pin<ItemBuilderObject>(builder, "builder"));
    ASSIGN_OR_RETURN(const WriteArguments write, check_write(mode, durability));
    const Store::PutRequest request{&draft->draft, &*where};
    ASSIGN_OR_RETURN(Outcome outcome, call->put(request, write.mode, write.durability));
    RETURN_IF_ERROR(std::move(outcome.status));
    if (out_item == nullptr) return {};
    ASSIGN_OR_RETURN(void* handle, make_item_handle(std::move(outcome.item), call.tiers()));
    *out_item = static_cast<memtier_item*>(handle);
    return {};
  });
}

memtier_status memtier_item_put_many(memtier_store* store, const memtier_scope* scope,
                                     const memtier_item_builder* const* builders,
                                     int64_t builder_count, int32_t mode, int32_t durability,
                                     const memtier_control* control, memtier_items** out_items,
                                     memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    RETURN_IF_ERROR(check_batch_size(builder_count, "builder_count"));
    if (builders == nullptr && builder_count > 0) return invalid("builders is NULL");
    ASSIGN_OR_RETURN(const WriteArguments write, check_write(mode, durability));
    std::vector<Ref<const ItemBuilderObject>> drafts;
    std::vector<Store::PutRequest> requests;
    for (int64_t i = 0; i < builder_count; ++i) {
      const std::string name = "builders[" + std::to_string(i) + "]";
      ASSIGN_OR_RETURN(auto draft, pin<ItemBuilderObject>(builders[i], name.c_str()));
      drafts.push_back(std::move(draft));
      requests.push_back({&drafts.back()->draft, &*where});
    }
    std::vector<Outcome> outcomes;
    Status status =
        call->put_many(requests, write.mode, write.durability, *call_control, &outcomes);
    return end_batch(std::move(status), std::move(outcomes), false, call.tiers(), out_items);
  });
}

memtier_status memtier_item_put_images(memtier_store* store, const memtier_scope* scope,
                                       const void* images, size_t images_size, int32_t mode,
                                       int32_t durability, const memtier_control* control,
                                       memtier_items** out_items, memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    Ref<const ScopeObject> where;
    if (scope != nullptr) {
      ASSIGN_OR_RETURN(where, pin<ScopeObject>(scope, "scope"));
    }
    ASSIGN_OR_RETURN(const std::string_view bytes, check_bytes(images, images_size, "images"));
    ASSIGN_OR_RETURN(const WriteArguments write, check_write(mode, durability));
    ASSIGN_OR_RETURN(auto puts, parse_images(bytes, where.get()));
    std::vector<Outcome> outcomes;
    Status status = put_images(*call.operator->(), puts, write, *call_control, &outcomes);
    return end_batch(std::move(status), std::move(outcomes), false, call.tiers(), out_items);
  });
}

memtier_status memtier_item_put_into(memtier_store* store, const memtier_scope* scope,
                                     const void* image, size_t image_size, int32_t mode,
                                     int32_t durability, void* buffer, size_t buffer_size,
                                     size_t* out_size, memtier_error** error) {
  if (out_size != nullptr) *out_size = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_size, "out_size"));
    RETURN_IF_ERROR(check_bytes(buffer, buffer_size, "buffer").take_status());
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    Ref<const ScopeObject> where;
    if (scope != nullptr) {
      ASSIGN_OR_RETURN(where, pin<ScopeObject>(scope, "scope"));
    }
    ASSIGN_OR_RETURN(const std::string_view bytes, check_bytes(image, image_size, "image"));
    ASSIGN_OR_RETURN(const WriteArguments write, check_write(mode, durability));
    ASSIGN_OR_RETURN(const ImagePut put, parse_image(bytes, where.get()));
    const Store::PutRequest request{&put.draft, &put.scope};
    ASSIGN_OR_RETURN(Outcome outcome, call->put(request, write.mode, write.durability));
    RETURN_IF_ERROR(std::move(outcome.status));
    const ItemRef& item = outcome.item;
    *out_size = item->image().size();
    if (*out_size <= buffer_size) item->copy_image(static_cast<char*>(buffer));
    return {};
  });
}

memtier_status memtier_item_update(memtier_store* store, const memtier_scope* scope, const char* id,
                                   size_t id_size, const memtier_item_builder* builder,
                                   int32_t durability, memtier_item** out_item,
                                   memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    ASSIGN_OR_RETURN(const auto draft, pin<ItemBuilderObject>(builder, "builder"));
    ASSIGN_OR_RETURN(const Durability level, check_durability(durability));
    ASSIGN_OR_RETURN(ItemRef item, call->update(*where, name, draft->draft, level));
    if (out_item == nullptr) return {};
    ASSIGN_OR_RETURN(void* handle, make_item_handle(std::move(item), call.tiers()));
    *out_item = static_cast<memtier_item*>(handle);
    return {};
  });
}

memtier_status memtier_item_delete(memtier_store* store, const memtier_scope* scope, const char* id,
                                   size_t id_size, int64_t version, int32_t durability,
                                   memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    if (version < 0) return invalid("version is negative; 0 stands for any");
    ASSIGN_OR_RETURN(const Durability level, check_durability(durability));
    return call->remove(*where, name, version, level);
  });
}

memtier_status memtier_item_delete_many(memtier_store* store, const memtier_scope* scope,
                                        const char* ids, const int64_t* id_ends, int64_t id_count,
                                        int32_t durability, const memtier_control* control,
                                        memtier_items** out_items, memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const auto list, check_ids(ids, id_ends, id_count));
    ASSIGN_OR_RETURN(const Durability level, check_durability(durability));
    std::vector<Outcome> outcomes;
    Status status = call->remove_many(*where, list, level, *call_control, &outcomes);
    return end_batch(std::move(status), std::move(outcomes), true, call.tiers(), out_items);
  });
}

memtier_status memtier_item_validate(memtier_store* store, const memtier_scope* scope,
                                     const char* id, size_t id_size, int64_t* out_validation_count,
                                     memtier_error** error) {
  if (out_validation_count != nullptr) *out_validation_count = 0;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    ASSIGN_OR_RETURN(const int64_t count, call->validate(*where, name));
    if (out_validation_count != nullptr) *out_validation_count = count;
    return {};
  });
}

memtier_status memtier_item_move(memtier_store* store, const memtier_scope* scope, const char* id,
                                 size_t id_size, const char* tier, size_t tier_size,
                                 memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    ASSIGN_OR_RETURN(const std::string_view to, check_text(tier, tier_size, "tier"));
    if (to.empty()) return invalid("tier is empty");
    return call->move(*where, name, to);
  });
}

memtier_status memtier_item_get_many(memtier_store* store, const memtier_scope* scope,
                                     const char* ids, const int64_t* id_ends, int64_t id_count,
                                     const memtier_control* control, memtier_items** out_items,
                                     memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_items, "out_items"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const auto list, check_ids(ids, id_ends, id_count));
    ASSIGN_OR_RETURN(auto outcomes, call->get_many(*where, list, *call_control));
    return give_items(std::move(outcomes), call.tiers(), out_items);
  });
}
