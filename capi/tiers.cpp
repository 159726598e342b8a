// memtier.h, section 13: tiers.
#include <algorithm>
#include <cstring>

#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"
#include "model/json.h"

using namespace memtier;
using namespace memtier::capi;

memtier_status memtier_tier_count(memtier_store* store, int64_t* out_count, memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    *out_count = static_cast<int64_t>(call->ladder().tiers.size());
    return {};
  });
}

memtier_status memtier_tier_get_statistics(memtier_store* store, int64_t tier,
                                           memtier_tier_statistics* out_statistics,
                                           memtier_error** error) {
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_statistics, "out_statistics"));
    memtier_tier_statistics& to = *out_statistics;
    RETURN_IF_ERROR(check_struct_size(to.struct_size, sizeof to, "out_statistics"));
    std::memset(reinterpret_cast<char*>(&to) + sizeof(uint32_t), 0,
                to.struct_size - sizeof(uint32_t));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    const auto& tiers = call->ladder().tiers;
    if (tier < 0 || static_cast<size_t>(tier) >= tiers.size()) {
      return invalid("tier is " + std::to_string(tier) + ", and the ladder has " +
                     std::to_string(tiers.size()));
    }
    const Tier& rules = tiers[static_cast<size_t>(tier)];
    ASSIGN_OR_RETURN(const TierStatistics from, call->tier_statistics(static_cast<size_t>(tier)));
    to.medium = rules.target.empty() ? static_cast<int32_t>(rules.medium) : MEMTIER_MEDIUM_EXTERNAL;
    std::memcpy(to.name, rules.name.c_str(), std::min(rules.name.size() + 1, sizeof to.name));
    to.item_count = from.summary.count;
    to.item_bytes = from.summary.bytes;
    to.capacity_items = rules.capacity_items;
    to.capacity_bytes = rules.capacity_bytes;
    to.resident_count = from.resident_count;
    to.hits = from.hits;
    to.latency_budget_us = rules.latency_budget_us;
    to.utilization = from.utilization;
    to.average_importance = from.summary.average_importance;
    to.average_age_seconds = from.average_age_seconds;
    to.hit_rate = from.all_hits == 0
                      ? 0.0
                      : static_cast<double>(from.hits) / static_cast<double>(from.all_hits);
    return {};
  });
}

memtier_status memtier_tier_optimize(memtier_store* store, const memtier_scope* scope,
                                     const memtier_control* control, int64_t* out_demoted,
                                     int64_t demoted_size, int64_t* out_total,
                                     memtier_error** error) {
  if (out_total != nullptr) *out_total = 0;
  if (out_demoted != nullptr && demoted_size > 0) {
    std::fill_n(out_demoted, demoted_size, 0);
  }
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_total, "out_total"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    const auto tiers = static_cast<int64_t>(call->ladder().tiers.size());
    if (out_demoted != nullptr && demoted_size < tiers) {
      return invalid("demoted_size is " + std::to_string(demoted_size) + ", and the ladder has " +
                     std::to_string(tiers) + " tiers");
    }
    std::vector<int64_t> counts;
    Status status = call->optimize(*where, *call_control, &counts);
    for (size_t i = 0; i < counts.size(); ++i) {
      *out_total += counts[i];
      if (out_demoted != nullptr) out_demoted[i] = counts[i];
    }
    return status;
  });
}

namespace {

Result<std::vector<std::string>> check_tiers(const char* tiers, size_t tiers_size) {
  ASSIGN_OR_RETURN(const std::string_view text, check_text(tiers, tiers_size, "tiers"));
  const Json list = Json::parse(text.begin(), text.end(), nullptr, false);
  const Status wrong = invalid("tiers must be a JSON list of names, such as [\"working\"]");
  if (!list.is_array() || list.empty() || list.size() > kMaxTiers) return wrong.clone();
  std::vector<std::string> names;
  for (const Json& name : list) {
    if (!name.is_string()) return wrong.clone();
    names.push_back(name.get<std::string>());
  }
  const bool all = std::find(names.begin(), names.end(), "*") != names.end();
  if (all && names.size() > 1) return invalid("tiers: \"*\" stands alone");
  return names;
}

}  // namespace

memtier_status memtier_tier_clear(memtier_store* store, const memtier_scope* scope,
                                  const char* tiers, size_t tiers_size,
                                  const memtier_control* control, int64_t* out_count,
                                  memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::vector<std::string> names, check_tiers(tiers, tiers_size));
    return call->clear(*where, names, *call_control, out_count);
  });
}

memtier_status memtier_store_sweep(memtier_store* store, const memtier_control* control,
                                   int64_t* out_count, memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return call->sweep(*call_control, out_count);
  });
}

memtier_status memtier_transition_list(memtier_store* store, const memtier_scope* scope,
                                       const char* id, size_t id_size, int64_t since_us,
                                       int64_t limit, memtier_transitions** out_transitions,
                                       memtier_error** error) {
  if (out_transitions != nullptr) *out_transitions = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_transitions, "out_transitions"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    std::string_view name;
    if (id_size > 0) {
      ASSIGN_OR_RETURN(name, check_id(id, id_size));
    }
    if (limit < 1 || limit > MEMTIER_MAX_BATCH) {
      return invalid("limit is " + std::to_string(limit) + ", and must be from 1 to 100000");
    }
    auto object = Ref<TransitionsObject>::adopt(new TransitionsObject());
    ASSIGN_OR_RETURN(object->rows,
                     call->transitions(*where, name, since_us, static_cast<size_t>(limit)));
    const TierNames& tiers = *call.tiers();
    const auto slice = [](std::string_view text) {
      return memtier_slice{text.data(), text.size()};
    };
    const auto tier = [&](int32_t number) {
      const auto at = static_cast<size_t>(number);
      return number >= 0 && at < tiers.size() ? slice(tiers[at]) : memtier_slice{};
    };
    for (const Transition& row : object->rows) {
      object->ids.push_back(slice(row.id));
      object->froms.push_back(tier(row.from));
      object->tos.push_back(tier(row.to));
      object->reasons.push_back(slice(reason_name(row.reason)));
      object->times.push_back(row.time_us);
    }
    ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
    *out_transitions = static_cast<memtier_transitions*>(handle);
    return {};
  });
}

int64_t memtier_transitions_count(const memtier_transitions* transitions) {
  if (transitions == nullptr) return 0;
  return guard_value(int64_t{-1}, [&] {
    const EpochGuard epoch;
    const auto* object =
        static_cast<const TransitionsObject*>(look_up(Kind::kTransitions, transitions));
    return object == nullptr ? int64_t{-1} : static_cast<int64_t>(object->rows.size());
  });
}

memtier_status memtier_transitions_column_text(const memtier_transitions* transitions,
                                               int32_t field, const memtier_slice** out_values,
                                               memtier_error** error) {
  if (out_values != nullptr) *out_values = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_values, "out_values"));
    ASSIGN_OR_RETURN(const auto object, pin<TransitionsObject>(transitions, "transitions"));
    switch (field) {
      case MEMTIER_FIELD_ID:
        *out_values = object->ids.data();
        return {};
      case MEMTIER_FIELD_FROM_TIER:
        *out_values = object->froms.data();
        return {};
      case MEMTIER_FIELD_TO_TIER:
        *out_values = object->tos.data();
        return {};
      case MEMTIER_FIELD_REASON:
        *out_values = object->reasons.data();
        return {};
      default:
        return invalid("field " + std::to_string(field) + " is no text of a transition");
    }
  });
}

memtier_status memtier_transitions_column_int64(const memtier_transitions* transitions,
                                                int32_t field, const int64_t** out_values,
                                                memtier_error** error) {
  if (out_values != nullptr) *out_values = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_values, "out_values"));
    ASSIGN_OR_RETURN(const auto object, pin<TransitionsObject>(transitions, "transitions"));
    if (field != MEMTIER_FIELD_TIME_US) {
      return invalid("field " + std::to_string(field) + " is no whole number of a transition");
    }
    *out_values = object->times.data();
    return {};
  });
}

void memtier_transitions_destroy(memtier_transitions* transitions) {
  destroy_handle<TransitionsObject>(transitions);
}
