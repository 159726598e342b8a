// memtier.h, sections 6 and 7: store and scope.
#include <algorithm>
#include <cstring>

#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"

using namespace memtier;
using namespace memtier::capi;

namespace memtier::capi {

const Scope& default_scope() {
  static const Scope* const kScope = new Scope();
  return *kScope;
}

Result<PinnedScope> pin_scope(const memtier_scope* scope) {
  if (scope == nullptr) return PinnedScope();
  ASSIGN_OR_RETURN(auto object, pin<ScopeObject>(scope, "scope"));
  return PinnedScope(std::move(object));
}

}  // namespace memtier::capi

namespace {

// Scope's names in the order of MEMTIER_SCOPE_….
Result<size_t> name_number(int32_t part) {
  switch (part) {
    case MEMTIER_SCOPE_APP:
      return size_t{Scope::kApp};
    case MEMTIER_SCOPE_USER:
      return size_t{Scope::kUser};
    case MEMTIER_SCOPE_AGENT:
      return size_t{Scope::kAgent};
    case MEMTIER_SCOPE_SESSION:
      return size_t{Scope::kSession};
    case MEMTIER_SCOPE_COLLECTION:
      return size_t{Scope::kCollection};
    default:
      return invalid("part is " + std::to_string(part) + ", and must be MEMTIER_SCOPE_...");
  }
}

}  // namespace

memtier_status memtier_store_open(const char* path, const memtier_options* options,
                                  memtier_store** out_store, memtier_error** error) {
  if (out_store != nullptr) *out_store = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_store, "out_store"));
    RETURN_IF_ERROR(check_not_in_callback());
    ASSIGN_OR_RETURN(const std::string file, check_path_argument(path));
    StoreOptions settings;
    if (options != nullptr) {
      ASSIGN_OR_RETURN(const auto object, pin<OptionsObject>(options, "options"));
      settings = object->options;
    }
    ASSIGN_OR_RETURN(auto store, Store::open(file, std::move(settings)));
    auto object = Ref<StoreObject>::adopt(new StoreObject(std::move(store)));
    ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
    *out_store = static_cast<memtier_store*>(handle);
    return {};
  });
}

memtier_status memtier_store_close(memtier_store* store, memtier_error** error) {
  return guard(error, [&]() -> Status {
    if (store == nullptr) return {};
    RETURN_IF_ERROR(check_not_in_callback());
    const void* taken = take_out(Kind::kStore, store);
    if (taken == nullptr) {
      Status status = bad_handle(Kind::kStore, store, "store");
      return status.code() == Code::kClosed ? Status() : std::move(status);
    }
    auto object = Ref<const StoreObject>::adopt(static_cast<const StoreObject*>(taken));
    Status status = object->close();
    object = {};
    drain_outside_callbacks();  // the store's callback tables are let go before this returns
    return status;
  });
}

memtier_status memtier_store_flush(memtier_store* store, const memtier_control* control,
                                   memtier_error** error) {
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    RETURN_IF_ERROR(call->flush(*call_control));
    return (*call_control).finish(1, 1);
  });
}

namespace {

// Clears a statistics struct behind its size field, and says how much of ours fits in.
template <typename T>
Status begin_statistics(T* out, const char* name) {
  RETURN_IF_ERROR(check_out(out, name));
  RETURN_IF_ERROR(check_struct_size(out->struct_size, sizeof(T), name));
  std::memset(reinterpret_cast<char*>(out) + sizeof(uint32_t), 0,
              out->struct_size - sizeof(uint32_t));
  return {};
}

}  // namespace

memtier_status memtier_store_get_statistics(memtier_store* store,
                                            memtier_store_statistics* out_statistics,
                                            memtier_error** error) {
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(begin_statistics(out_statistics, "out_statistics"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const StoreStatistics from, call->statistics());
    memtier_store_statistics& to = *out_statistics;
    to.item_count = from.item_count;
    to.item_bytes = from.item_bytes;
    to.expired_count = from.expired_count;
    to.resident_count = from.resident_count;
    to.resident_bytes = from.resident_bytes;
    to.memory_limit_bytes = call->options().memory_limit_bytes;
    to.memory_used_bytes = from.storage.memory_bytes + from.resident_bytes;
    to.file_bytes = from.storage.file_bytes;
    to.journal_bytes = from.storage.pending_bytes;
    to.sequence = from.storage.sequence;
    to.gets = from.gets_resident + from.gets_stored + from.gets_missed;
    to.gets_resident = from.gets_resident;
    to.gets_stored = from.gets_stored;
    to.gets_missed = from.gets_missed;
    to.puts = from.puts;
    to.deletes = from.deletes;
    to.searches = from.searches;
    to.promotions = from.promotions;
    to.demotions = from.demotions;
    to.evictions = from.evictions;
    to.expirations = from.expirations;
    to.access_dropped = from.access_dropped;
    to.promotions_per_hour = from.promotions_per_hour;
    to.demotions_per_hour = from.demotions_per_hour;
    to.query_cache_hits = from.query_cache.hits;
    to.query_cache_misses = from.query_cache.misses;
    to.query_cache_entries = from.query_cache.entries;
    to.query_cache_bytes = from.query_cache.bytes;
    to.prefetched = from.prefetched;
    to.prefetch_hits = from.prefetch_hits;
    return {};
  });
}

memtier_status memtier_store_get_ladder(memtier_store* store, memtier_bytes** out_json,
                                        memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return give_text(call->ladder_json(), out_json);
  });
}

memtier_status memtier_scope_create(memtier_scope** out_scope, memtier_error** error) {
  if (out_scope != nullptr) *out_scope = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_scope, "out_scope"));
    ASSIGN_OR_RETURN(void* handle, make_handle(Ref<ScopeObject>::adopt(new ScopeObject())));
    *out_scope = static_cast<memtier_scope*>(handle);
    return {};
  });
}

memtier_status memtier_scope_set(memtier_scope* scope, int32_t part, const char* name,
                                 size_t name_size, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const auto pinned, pin<ScopeObject>(scope, "scope"));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(name, name_size, "name"));
    RETURN_IF_ERROR(check_name(text, "name"));
    ASSIGN_OR_RETURN(const size_t number, name_number(part));
    auto* object = const_cast<ScopeObject*>(pinned.get());
    object->names[number] = std::string(text);
    std::array<std::string_view, Scope::kNames> names;
    std::copy(object->names.begin(), object->names.end(), names.begin());
    object->scope = Scope(names);
    return {};
  });
}

memtier_status memtier_scope_read_text(const memtier_scope* scope, int32_t part,
                                       memtier_slice* out_name, memtier_error** error) {
  if (out_name != nullptr) *out_name = {};
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_name, "out_name"));
    ASSIGN_OR_RETURN(const auto object, pin<ScopeObject>(scope, "scope"));
    ASSIGN_OR_RETURN(const size_t number, name_number(part));
    *out_name = {object->names[number].data(), object->names[number].size()};
    return {};
  });
}

void memtier_scope_destroy(memtier_scope* scope) {
  destroy_handle<ScopeObject>(scope);
}
