// memtier.h, section 10: what can be asked of the image of an item, without a store or a handle.
#include <cstring>

#include "capi/guard.h"
#include "capi/objects.h"
#include "model/filter_eval.h"
#include "model/item_json.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

// An image that the caller holds, and the name of its tier: the number in the image means nothing
// without the ladder, so the fields say 0 and `tiers` has that one name.
struct HeldImage {
  ItemFields fields;
  TierNames tiers;
};

Result<HeldImage> read_held_image(const void* image, size_t image_size, const char* tier,
                                  size_t tier_size) {
  ASSIGN_OR_RETURN(const std::string_view bytes, check_bytes(image, image_size, "image"));
  ASSIGN_OR_RETURN(const std::string_view name, check_text(tier, tier_size, "tier"));
  HeldImage held;
  ASSIGN_OR_RETURN(held.fields, read_image(bytes));
  uint32_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  if (size != bytes.size()) return invalid("image: must be exactly one");
  RETURN_IF_ERROR(check_image_fields(held.fields));
  held.fields.tier = 0;
  held.tiers.emplace_back(name);
  return held;
}

}  // namespace

memtier_status memtier_image_matches(const void* image, size_t image_size, const char* tier,
                                     size_t tier_size, const char* filter, size_t filter_size,
                                     int32_t* out_matches, memtier_error** error) {
  if (out_matches != nullptr) *out_matches = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_matches, "out_matches"));
    ASSIGN_OR_RETURN(const HeldImage held, read_held_image(image, image_size, tier, tier_size));
    ASSIGN_OR_RETURN(const FilterRef condition, check_filter(filter, filter_size));
    RETURN_IF_ERROR(check_needs_no_store(*condition));
    *out_matches = matches(*condition, held.fields, held.tiers) ? 1 : 0;
    return {};
  });
}

memtier_status memtier_image_to_json(const void* image, size_t image_size, const char* tier,
                                     size_t tier_size, memtier_bytes** out_json,
                                     memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const HeldImage held, read_held_image(image, image_size, tier, tier_size));
    std::string json;
    append_item_json(held.fields, held.tiers, "", &json);
    return give_text(std::move(json), out_json);
  });
}
