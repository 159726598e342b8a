// memtier.h, section 15: what a callback of eviction or promotion is shown.
#include "capi/candidates.h"

#include "capi/guard.h"
#include "tiers/retention.h"

namespace memtier::capi {

CandidatesObject::CandidatesObject(std::span<const ItemHead> heads, int64_t now_us)
    : count(heads.size()) {
  const auto slice = [](const std::string& text) {
    return memtier_slice{text.data(), text.size()};
  };
  for (const ItemHead& head : heads) {
    created_us.push_back(head.created_us);
    accessed_us.push_back(head.accessed_us);
    expires_us.push_back(head.expires_us);
    access_counts.push_back(head.access_count);
    validation_counts.push_back(head.validation_count);
    priorities.push_back(head.priority);
    sizes.push_back(head.size_bytes);
    idle_us.push_back(now_us - head.accessed_us);
    importances.push_back(head.importance);
    scores.push_back(retention_score(head, now_us));
    ids.push_back(slice(head.id));
    types.push_back(slice(head.type));
    sessions.push_back(slice(head.session));
    users.push_back(slice(head.user));
  }
}

}  // namespace memtier::capi

using namespace memtier;
using namespace memtier::capi;

namespace {

Status no_candidate_field(int32_t field, const char* kind) {
  return invalid("field " + std::to_string(field) + " is no " + kind + " of a candidate");
}

}  // namespace

int64_t memtier_candidates_count(const memtier_candidates* candidates) {
  if (candidates == nullptr) return 0;
  return guard_value(int64_t{-1}, [&] {
    const EpochGuard epoch;
    const auto* object =
        static_cast<const CandidatesObject*>(look_up(Kind::kCandidates, candidates));
    return object == nullptr ? int64_t{-1} : static_cast<int64_t>(object->count);
  });
}

memtier_status memtier_candidates_column_int64(const memtier_candidates* candidates, int32_t field,
                                               const int64_t** out_values, memtier_error** error) {
  if (out_values != nullptr) *out_values = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_values, "out_values"));
    ASSIGN_OR_RETURN(const auto object, pin<CandidatesObject>(candidates, "candidates"));
    const std::vector<int64_t>* column = nullptr;
    switch (field) {
      case MEMTIER_FIELD_CREATED_US:
        column = &object->created_us;
        break;
      case MEMTIER_FIELD_ACCESSED_US:
        column = &object->accessed_us;
        break;
      case MEMTIER_FIELD_EXPIRES_US:
        column = &object->expires_us;
        break;
      case MEMTIER_FIELD_ACCESS_COUNT:
        column = &object->access_counts;
        break;
      case MEMTIER_FIELD_VALIDATION_COUNT:
        column = &object->validation_counts;
        break;
      case MEMTIER_FIELD_PRIORITY:
        column = &object->priorities;
        break;
      case MEMTIER_FIELD_SIZE_BYTES:
        column = &object->sizes;
        break;
      case MEMTIER_FIELD_IDLE_US:
        column = &object->idle_us;
        break;
      default:
        return no_candidate_field(field, "whole number");
    }
    *out_values = column->data();
    return {};
  });
}

memtier_status memtier_candidates_column_double(const memtier_candidates* candidates, int32_t field,
                                                const double** out_values, memtier_error** error) {
  if (out_values != nullptr) *out_values = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_values, "out_values"));
    ASSIGN_OR_RETURN(const auto object, pin<CandidatesObject>(candidates, "candidates"));
    if (field != MEMTIER_FIELD_IMPORTANCE && field != MEMTIER_FIELD_SCORE) {
      return no_candidate_field(field, "fraction");
    }
    *out_values = field == MEMTIER_FIELD_SCORE ? object->scores.data() : object->importances.data();
    return {};
  });
}

memtier_status memtier_candidates_column_text(const memtier_candidates* candidates, int32_t field,
                                              const memtier_slice** out_values,
                                              memtier_error** error) {
  if (out_values != nullptr) *out_values = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_values, "out_values"));
    ASSIGN_OR_RETURN(const auto object, pin<CandidatesObject>(candidates, "candidates"));
    switch (field) {
      case MEMTIER_FIELD_ID:
        *out_values = object->ids.data();
        return {};
      case MEMTIER_FIELD_TYPE:
        *out_values = object->types.data();
        return {};
      case MEMTIER_FIELD_SESSION:
        *out_values = object->sessions.data();
        return {};
      case MEMTIER_FIELD_USER:
        *out_values = object->users.data();
        return {};
      default:
        return no_candidate_field(field, "text");
    }
  });
}
