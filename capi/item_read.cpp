// memtier.h, section 9: reading items.
#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/read_fields.h"
#include "capi/scopes.h"
#include "model/filter_eval.h"
#include "model/item_json.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

// An item under its handle; the bytes it shows live as long as the handle.
template <typename Use>
Status with_item(const memtier_item* item, Use use) {
  const EpochGuard epoch;
  const void* tiers = nullptr;
  const auto* object = static_cast<const Item*>(look_up(Kind::kItem, item, &tiers));
  if (object == nullptr) return bad_handle(Kind::kItem, item, "item");
  return use(*object, *static_cast<const TierNames*>(tiers));
}

// Whether it can be an id at all; the short way looks no further before it reads the bytes.
bool is_id_size(const char* id, size_t id_size) {
  return id != nullptr && id_size <= MEMTIER_MAX_ID_BYTES;
}

// What an epoch protects for the length of a call: no reference is counted, no line is shared.
struct FastRead {
  const StoreObject* store = nullptr;
  const Scope* scope = nullptr;
};

bool begin_fast_read(const memtier_store* store, const memtier_scope* scope, FastRead* read) {
  read->store = static_cast<const StoreObject*>(look_up(Kind::kStore, store));
  if (read->store == nullptr) return false;
  if (scope == nullptr) {
    read->scope = &default_scope();
    return true;
  }
  const auto* object = static_cast<const ScopeObject*>(look_up(Kind::kScope, scope));
  if (object == nullptr) return false;
  read->scope = &object->scope;
  return true;
}

}  // namespace

memtier_status memtier_item_get(memtier_store* store, const memtier_scope* scope, const char* id,
                                size_t id_size, memtier_item** out_item, memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_item, "out_item"));
    RETURN_IF_ERROR(check_not_in_callback());
    const TierNames* tiers = nullptr;
    ItemRef item;
    if (is_id_size(id, id_size)) {
      const EpochGuard epoch;
      FastRead read;
      if (begin_fast_read(store, scope, &read)) {
        tiers = read.store->tiers();
        item = read.store->store().get_hot(*read.scope, {id, id_size});
      }
    }
    if (!item) {
      ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
      ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
      ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
      ASSIGN_OR_RETURN(item, call->get(*where, name));
      tiers = call.tiers();
    }
    ASSIGN_OR_RETURN(void* handle, make_item_handle(std::move(item), tiers));
    *out_item = static_cast<memtier_item*>(handle);
    return {};
  });
}

memtier_status memtier_item_get_into(memtier_store* store, const memtier_scope* scope,
                                     const char* id, size_t id_size, void* buffer,
                                     size_t buffer_size, size_t* out_size, memtier_error** error) {
  if (out_size != nullptr) *out_size = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_size, "out_size"));
    RETURN_IF_ERROR(check_bytes(buffer, buffer_size, "buffer").take_status());
    RETURN_IF_ERROR(check_not_in_callback());
    if (is_id_size(id, id_size)) {
      const EpochGuard epoch;
      FastRead read;
      if (begin_fast_read(store, scope, &read)) {
        const Code code = read.store->store().copy_hot(
            *read.scope, {id, id_size}, static_cast<char*>(buffer), buffer_size, out_size);
        if (code == Code::kOk) return {};
      }
    }
    *out_size = 0;
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    ASSIGN_OR_RETURN(const ItemRef item, call->get_if_fits(*where, name, buffer_size, out_size));
    if (!item) {
      return {Code::kTooSmall, "buffer has " + std::to_string(buffer_size) +
                                   " bytes; the image of \"" + std::string(name) + "\" needs " +
                                   std::to_string(*out_size)};
    }
    item->copy_image(static_cast<char*>(buffer));
    return {};
  });
}

memtier_status memtier_item_exists(memtier_store* store, const memtier_scope* scope, const char* id,
                                   size_t id_size, int32_t* out_exists, memtier_error** error) {
  if (out_exists != nullptr) *out_exists = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_exists, "out_exists"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    ASSIGN_OR_RETURN(const bool exists, call->exists(*where, name));
    *out_exists = exists ? 1 : 0;
    return {};
  });
}

namespace memtier::capi {

Status read_item_text(const Item& item, const TierNames& tiers, int32_t field,
                      std::string_view* out) {
  switch (field) {
    case MEMTIER_FIELD_ID:
      *out = item.id();
      return {};
    case MEMTIER_FIELD_TYPE:
      *out = item.text(Text::kType);
      return {};
    case MEMTIER_FIELD_CONTENT:
      *out = item.text(Text::kContent);
      return {};
    case MEMTIER_FIELD_CONTENT_TYPE:
      *out = item.text(Text::kContentType);
      return {};
    case MEMTIER_FIELD_METADATA:
      *out = item.text(Text::kMetadata);
      return {};
    case MEMTIER_FIELD_TIER: {
      const auto tier = static_cast<size_t>(item.tier());
      *out = tier < tiers.size() ? std::string_view(tiers[tier]) : "";
      return {};
    }
    case MEMTIER_FIELD_COLLECTION:
      *out = item.text(Text::kCollection);
      return {};
    case MEMTIER_FIELD_APP:
      *out = item.text(Text::kApp);
      return {};
    case MEMTIER_FIELD_USER:
      *out = item.text(Text::kUser);
      return {};
    case MEMTIER_FIELD_AGENT:
      *out = item.text(Text::kAgent);
      return {};
    case MEMTIER_FIELD_SESSION:
      *out = item.text(Text::kSession);
      return {};
    default:
      return invalid("field " + std::to_string(field) + " is no text of an item");
  }
}

}  // namespace memtier::capi

memtier_status memtier_item_read_text(const memtier_item* item, int32_t field,
                                      memtier_slice* out_value, memtier_error** error) {
  if (out_value != nullptr) *out_value = {};
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_value, "out_value"));
    return with_item(item, [&](const Item& object, const TierNames& tiers) -> Status {
      std::string_view text;
      RETURN_IF_ERROR(read_item_text(object, tiers, field, &text));
      *out_value = {text.data(), text.size()};
      return {};
    });
  });
}

memtier_status memtier_item_read_int64(const memtier_item* item, int32_t field, int64_t* out_value,
                                       memtier_error** error) {
  if (out_value != nullptr) *out_value = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_value, "out_value"));
    return with_item(item, [&](const Item& object, const TierNames&) -> Status {
      const ImageHeader& header = object.header();
      switch (field) {
        case MEMTIER_FIELD_VERSION:
          *out_value = header.version;
          return {};
        case MEMTIER_FIELD_CHANGE_SEQUENCE:
          *out_value = header.sequence;
          return {};
        case MEMTIER_FIELD_CREATED_US:
          *out_value = header.created_us;
          return {};
        case MEMTIER_FIELD_UPDATED_US:
          *out_value = header.updated_us;
          return {};
        case MEMTIER_FIELD_ACCESSED_US:
          *out_value = object.accessed_us();
          return {};
        case MEMTIER_FIELD_EXPIRES_US:
          *out_value = object.expires_us();
          return {};
        case MEMTIER_FIELD_TTL_US:
          *out_value = header.ttl_us;
          return {};
        case MEMTIER_FIELD_ACCESS_COUNT:
          *out_value = object.access_count();
          return {};
        case MEMTIER_FIELD_VALIDATION_COUNT:
          *out_value = object.validation_count();
          return {};
        case MEMTIER_FIELD_PRIORITY:
          *out_value = header.priority;
          return {};
        case MEMTIER_FIELD_PINNED:
          *out_value = object.pinned() ? 1 : 0;
          return {};
        case MEMTIER_FIELD_SIZE_BYTES:
          *out_value = object.size_bytes();
          return {};
        default:
          return invalid("field " + std::to_string(field) + " is no whole number of an item");
      }
    });
  });
}

memtier_status memtier_item_read_double(const memtier_item* item, int32_t field, double* out_value,
                                        memtier_error** error) {
  if (out_value != nullptr) *out_value = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_value, "out_value"));
    return with_item(item, [&](const Item& object, const TierNames&) -> Status {
      if (field != MEMTIER_FIELD_IMPORTANCE) {
        return invalid("field " + std::to_string(field) + " is no fraction of an item");
      }
      *out_value = object.header().importance;
      return {};
    });
  });
}

int64_t memtier_item_tag_count(const memtier_item* item) {
  if (item == nullptr) return 0;
  return guard_value(int64_t{-1}, [&] {
    int64_t count = -1;
    (void)with_item(item, [&](const Item& object, const TierNames&) -> Status {
      count = object.header().tag_count;
      return {};
    });
    return count;
  });
}

memtier_status memtier_item_read_tag(const memtier_item* item, int64_t index,
                                     memtier_slice* out_tag, memtier_error** error) {
  if (out_tag != nullptr) *out_tag = {};
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_tag, "out_tag"));
    return with_item(item, [&](const Item& object, const TierNames&) -> Status {
      const int64_t count = object.header().tag_count;
      if (index < 0 || index >= count) {
        return invalid("index is " + std::to_string(index) + ", and the item has " +
                       std::to_string(count) + " tags");
      }
      int64_t at = 0;
      for_each_tag(object.text(Text::kTags), [&](std::string_view tag) {
        if (at++ == index) *out_tag = {tag.data(), tag.size()};
      });
      return {};
    });
  });
}

memtier_status memtier_item_matches(const memtier_item* item, const char* filter,
                                    size_t filter_size, int32_t* out_matches,
                                    memtier_error** error) {
  if (out_matches != nullptr) *out_matches = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_matches, "out_matches"));
    return with_item(item, [&](const Item& object, const TierNames& tiers) -> Status {
      ASSIGN_OR_RETURN(const FilterRef condition, check_filter(filter, filter_size));
      RETURN_IF_ERROR(check_needs_no_store(*condition));
      *out_matches = matches(*condition, object.fields(), tiers) ? 1 : 0;
      return {};
    });
  });
}

memtier_status memtier_item_to_json(const memtier_item* item, memtier_bytes** out_json,
                                    memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    std::string json;
    RETURN_IF_ERROR(with_item(item, [&](const Item& object, const TierNames& tiers) -> Status {
      append_item_json(object.fields(), tiers, "", &json);
      return {};
    }));
    return give_text(std::move(json), out_json);
  });
}

memtier_status memtier_item_copy_image(const memtier_item* item, void* buffer, size_t buffer_size,
                                       size_t* out_size, memtier_error** error) {
  if (out_size != nullptr) *out_size = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_size, "out_size"));
    RETURN_IF_ERROR(check_bytes(buffer, buffer_size, "buffer").take_status());
    return with_item(item, [&](const Item& object, const TierNames&) -> Status {
      *out_size = object.image().size();
      if (*out_size > buffer_size) {
        return {Code::kTooSmall, "buffer has " + std::to_string(buffer_size) +
                                     " bytes; the image needs " + std::to_string(*out_size)};
      }
      object.copy_image(static_cast<char*>(buffer));
      return {};
    });
  });
}

memtier_status memtier_item_clone(const memtier_item* item, memtier_item** out_item,
                                  memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_item, "out_item"));
    return with_item(item, [&](const Item& object, const TierNames& tiers) -> Status {
      if (!object.try_ref()) return bad_handle(Kind::kItem, item, "item");
      ASSIGN_OR_RETURN(void* handle, make_item_handle(ItemRef::adopt(&object), &tiers));
      *out_item = static_cast<memtier_item*>(handle);
      return {};
    });
  });
}

void memtier_item_destroy(memtier_item* item) {
  if (const void* object = take_out(Kind::kItem, item)) static_cast<const Item*>(object)->release();
}
