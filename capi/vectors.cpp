// memtier.h, section 16: vector spaces and vectors.
#include <algorithm>
#include <span>

#include "capi/batches.h"
#include "capi/guard.h"
#include "capi/scopes.h"
#include "model/limits.h"
#include "model/space_spec.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

Result<std::string_view> check_space(const char* space, size_t space_size) {
  ASSIGN_OR_RETURN(const std::string_view name, check_text(space, space_size, "space"));
  if (name.empty()) return invalid("space is empty");
  return name;
}

Result<std::span<const float>> check_floats(const float* floats, int64_t count, const char* name,
                                            const char* count_name) {
  constexpr int64_t kMost = int64_t{MEMTIER_MAX_BATCH} * MEMTIER_MAX_DIMENSION;
  if (count < 0 || count > kMost) {
    return invalid(std::string(count_name) + " is " + std::to_string(count) +
                   ", which is no number of components");
  }
  if (floats == nullptr && count > 0) return invalid(std::string(name) + " is NULL");
  return std::span(floats, static_cast<size_t>(count));
}

}  // namespace

memtier_status memtier_space_create(memtier_store* store, const char* document,
                                    size_t document_size, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(document, document_size, "document"));
    ASSIGN_OR_RETURN(const SpaceSpec spec, SpaceSpec::parse(text));
    return call->create_space(spec);
  });
}

memtier_status memtier_space_list(memtier_store* store, const memtier_control* control,
                                  memtier_bytes** out_json, memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return give_text(call->list_spaces(*call_control), out_json);
  });
}

memtier_status memtier_space_drop(memtier_store* store, const char* space, size_t space_size,
                                  const memtier_control* control, memtier_error** error) {
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view name, check_space(space, space_size));
    return call->drop_space(name, *call_control);
  });
}

memtier_status memtier_space_measure_recall(memtier_store* store, const memtier_scope* scope,
                                            const char* document, size_t document_size,
                                            const memtier_control* control,
                                            memtier_bytes** out_json, memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(document, document_size, "document"));
    ASSIGN_OR_RETURN(const RecallRequest request, RecallRequest::parse(text));
    return give_text(call->measure_recall(*where, request, *call_control), out_json);
  });
}

memtier_status memtier_vector_put(memtier_store* store, const memtier_scope* scope, const char* id,
                                  size_t id_size, const char* space, size_t space_size,
                                  const float* vector, int64_t dimension, int32_t durability,
                                  memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    ASSIGN_OR_RETURN(const std::string_view in, check_space(space, space_size));
    ASSIGN_OR_RETURN(const auto floats, check_floats(vector, dimension, "vector", "dimension"));
    ASSIGN_OR_RETURN(const Durability level, check_durability(durability));
    const Store::VectorPut put{name, floats};
    std::vector<Outcome> outcomes;
    Control none;
    RETURN_IF_ERROR(call->put_vectors(*where, in, {&put, 1}, level, none, &outcomes));
    return std::move(outcomes[0].status);
  });
}

memtier_status memtier_vector_put_many(memtier_store* store, const memtier_scope* scope,
                                       const char* ids, const int64_t* id_ends, int64_t id_count,
                                       const char* space, size_t space_size, const float* vectors,
                                       int64_t component_count, int32_t durability,
                                       const memtier_control* control, memtier_items** out_items,
                                       memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const auto list, check_ids(ids, id_ends, id_count));
    ASSIGN_OR_RETURN(const std::string_view in, check_space(space, space_size));
    ASSIGN_OR_RETURN(const auto floats,
                     check_floats(vectors, component_count, "vectors", "component_count"));
    ASSIGN_OR_RETURN(const Durability level, check_durability(durability));
    const size_t count = std::max<size_t>(list.size(), 1);
    if (floats.size() % count != 0 || (list.empty() && !floats.empty())) {
      return invalid("component_count is " + std::to_string(component_count) + ", which is not " +
                     std::to_string(id_count) + " times a dimension");
    }
    const size_t dimension = floats.size() / count;
    std::vector<Store::VectorPut> puts;
    puts.reserve(list.size());
    for (size_t i = 0; i < list.size(); ++i) {
      puts.push_back({list[i], floats.subspan(i * dimension, dimension)});
    }
    std::vector<Outcome> outcomes;
    Status status = call->put_vectors(*where, in, puts, level, *call_control, &outcomes);
    return end_batch(std::move(status), std::move(outcomes), false, call.tiers(), out_items);
  });
}

memtier_status memtier_vector_get(memtier_store* store, const memtier_scope* scope, const char* id,
                                  size_t id_size, const char* space, size_t space_size,
                                  float* buffer, int64_t buffer_count, int64_t* out_dimension,
                                  memtier_error** error) {
  if (out_dimension != nullptr) *out_dimension = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_dimension, "out_dimension"));
    ASSIGN_OR_RETURN(const auto room, check_floats(buffer, buffer_count, "buffer", "buffer_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    ASSIGN_OR_RETURN(const std::string_view in, check_space(space, space_size));
    ASSIGN_OR_RETURN(const std::vector<float> vector, call->get_vector(*where, in, name));
    *out_dimension = static_cast<int64_t>(vector.size());
    if (vector.size() > room.size()) {
      return {Code::kTooSmall,
              "buffer: the vector has " + std::to_string(vector.size()) + " components"};
    }
    std::copy(vector.begin(), vector.end(), buffer);
    return {};
  });
}

memtier_status memtier_vector_delete(memtier_store* store, const memtier_scope* scope,
                                     const char* id, size_t id_size, const char* space,
                                     size_t space_size, int32_t durability, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view name, check_id(id, id_size));
    ASSIGN_OR_RETURN(const std::string_view in, check_space(space, space_size));
    ASSIGN_OR_RETURN(const Durability level, check_durability(durability));
    return call->remove_vector(*where, in, name, level);
  });
}

memtier_status memtier_query_set_vector(memtier_query* query, const float* vector,
                                        int64_t dimension, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const auto object, pin<QueryObject>(query, "query"));
    ASSIGN_OR_RETURN(const auto floats, check_floats(vector, dimension, "vector", "dimension"));
    ASSIGN_OR_RETURN(QueryRef changed, object->query()->with_vector(floats));
    object->set_query(std::move(changed));
    return {};
  });
}
