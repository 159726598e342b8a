#include "capi/batches.h"

#include <algorithm>

#include "capi/guard.h"

namespace memtier::capi {
namespace {

// The status of a batch: that of the first that failed. `answers`: not-found ones do not count.
Status first_failure(const std::vector<Outcome>& outcomes, bool answers) {
  for (const Outcome& outcome : outcomes) {
    const Code code = outcome.status.code();
    const bool answer = answers && (code == Code::kNotFound || code == Code::kAmbiguous);
    if (!outcome.status.ok() && !answer) return outcome.status.clone();
  }
  return {};
}

}  // namespace

Result<Durability> check_durability(int32_t durability) {
  RETURN_IF_ERROR(
      check_choice(durability, MEMTIER_DURABILITY_DEFAULT, MEMTIER_DURABILITY_FULL, "durability"));
  return static_cast<Durability>(durability);
}

Status check_batch_size(int64_t count, const char* name) {
  if (count >= 0 && count <= MEMTIER_MAX_BATCH) return {};
  return invalid(std::string(name) + " is " + std::to_string(count) +
                 ", and must be from 0 to 100000");
}

Status give_items(std::vector<Outcome> outcomes, const TierNames* tiers,
                  memtier_items** out_items) {
  auto object = Ref<ItemsObject>::adopt(new ItemsObject());
  object->outcomes = std::move(outcomes);
  object->tiers = tiers;
  ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
  *out_items = static_cast<memtier_items*>(handle);
  return {};
}

Status end_batch(Status status, std::vector<Outcome> outcomes, bool answers, const TierNames* tiers,
                 memtier_items** out_items) {
  const auto is_decided = [](const Outcome& outcome) { return outcome.decided; };
  if (!status.ok() && std::none_of(outcomes.begin(), outcomes.end(), is_decided)) return status;
  if (status.ok()) status = first_failure(outcomes, answers);
  if (out_items == nullptr) return status;
  Status given = give_items(std::move(outcomes), tiers, out_items);
  return status.ok() ? std::move(given) : std::move(status);
}

Result<std::vector<std::string_view>> check_ids(const char* ids, const int64_t* id_ends,
                                                int64_t id_count) {
  RETURN_IF_ERROR(check_batch_size(id_count, "id_count"));
  std::vector<std::string_view> list;
  if (id_count == 0) return list;
  if (ids == nullptr) return invalid("ids is NULL");
  if (id_ends == nullptr) return invalid("id_ends is NULL");
  int64_t begin = 0;
  for (int64_t i = 0; i < id_count; ++i) {
    const std::string place = "ids: number " + std::to_string(i) + ": ";
    if (id_ends[i] < begin) return invalid(place + "id_ends goes back");
    auto id = check_id(ids + begin, static_cast<size_t>(id_ends[i] - begin));
    if (!id.ok()) return invalid(place + id.take_status().message());
    list.push_back(*id);
    begin = id_ends[i];
  }
  return list;
}

}  // namespace memtier::capi
