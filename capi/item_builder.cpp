// memtier.h, section 8: writing items - the builder.
#include "capi/guard.h"
#include "capi/objects.h"
#include "model/json.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

// The draft behind a handle; one thread at a time, as the header asks.
Result<Draft*> draft_of(memtier_item_builder* builder, Ref<const ItemBuilderObject>* hold) {
  ASSIGN_OR_RETURN(*hold, pin<ItemBuilderObject>(builder, "builder"));
  return &const_cast<ItemBuilderObject*>(hold->get())->draft;
}

template <typename Use>
memtier_status with_draft(memtier_item_builder* builder, memtier_error** error, Use use) {
  return guard(error, [&]() -> Status {
    Ref<const ItemBuilderObject> hold;
    ASSIGN_OR_RETURN(Draft * draft, draft_of(builder, &hold));
    return use(*draft);
  });
}

Status wrong_field(int32_t field, const char* kind) {
  return invalid("field " + std::to_string(field) + " is no " + kind + " that a builder can set");
}

Status check_not_negative(int64_t value, const char* name) {
  if (value >= 0) return {};
  return invalid(std::string(name) + " must not be negative");
}

Status set_int64(Draft& draft, int32_t field, int64_t value) {
  switch (field) {
    case MEMTIER_FIELD_EXPECTED_VERSION:
      RETURN_IF_ERROR(check_not_negative(value, "value of EXPECTED_VERSION"));
      draft.expected_version = value;
      return {};
    case MEMTIER_FIELD_CREATED_US:
      draft.created_us = value;
      return {};
    case MEMTIER_FIELD_UPDATED_US:
      draft.updated_us = value;
      return {};
    case MEMTIER_FIELD_ACCESSED_US:
      draft.accessed_us = value;
      return {};
    case MEMTIER_FIELD_EXPIRES_US:
      RETURN_IF_ERROR(check_not_negative(value, "value of EXPIRES_US"));
      draft.expires_us = value;
      return {};
    case MEMTIER_FIELD_TTL_US:
      if (value < kNoTtl) return invalid("value of TTL_US must be -1, 0 or a time in microseconds");
      draft.ttl_us = value;
      return {};
    case MEMTIER_FIELD_ACCESS_COUNT:
      RETURN_IF_ERROR(check_not_negative(value, "value of ACCESS_COUNT"));
      draft.access_count = value;
      return {};
    case MEMTIER_FIELD_VALIDATION_COUNT:
      RETURN_IF_ERROR(check_not_negative(value, "value of VALIDATION_COUNT"));
      draft.validation_count = value;
      return {};
    case MEMTIER_FIELD_PRIORITY:
      draft.priority = value;
      return {};
    case MEMTIER_FIELD_PINNED:
      if (value != 0 && value != 1) return invalid("value of PINNED must be 0 or 1");
      draft.pinned = value == 1;
      return {};
    default:
      return wrong_field(field, "whole number");
  }
}

}  // namespace

memtier_status memtier_item_builder_create(memtier_item_builder** out_builder,
                                           memtier_error** error) {
  if (out_builder != nullptr) *out_builder = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_builder, "out_builder"));
    ASSIGN_OR_RETURN(void* handle,
                     make_handle(Ref<ItemBuilderObject>::adopt(new ItemBuilderObject())));
    *out_builder = static_cast<memtier_item_builder*>(handle);
    return {};
  });
}

memtier_status memtier_item_builder_set_text(memtier_item_builder* builder, int32_t field,
                                             const char* text, size_t text_size,
                                             memtier_error** error) {
  return with_draft(builder, error, [&](Draft& draft) -> Status {
    ASSIGN_OR_RETURN(const std::string_view value, check_text(text, text_size, "text"));
    switch (field) {
      case MEMTIER_FIELD_ID:
        return draft.set_id(value);
      case MEMTIER_FIELD_TYPE:
        return draft.set_type(value);
      case MEMTIER_FIELD_CONTENT:
        return draft.set_content(value);
      case MEMTIER_FIELD_CONTENT_TYPE:
        return draft.set_content_type(value);
      case MEMTIER_FIELD_METADATA:
        return draft.set_metadata(value);
      case MEMTIER_FIELD_TIER:
        return draft.set_tier(value);
      default:
        return wrong_field(field, "text");
    }
  });
}

memtier_status memtier_item_builder_set_bytes(memtier_item_builder* builder, int32_t field,
                                              const void* data, size_t data_size,
                                              memtier_error** error) {
  return with_draft(builder, error, [&](Draft& draft) -> Status {
    ASSIGN_OR_RETURN(const std::string_view value, check_bytes(data, data_size, "data"));
    if (field != MEMTIER_FIELD_CONTENT) return wrong_field(field, "run of bytes");
    return draft.set_content(value);
  });
}

memtier_status memtier_item_builder_set_int64(memtier_item_builder* builder, int32_t field,
                                              int64_t value, memtier_error** error) {
  return with_draft(builder, error,
                    [&](Draft& draft) -> Status { return set_int64(draft, field, value); });
}

memtier_status memtier_item_builder_set_double(memtier_item_builder* builder, int32_t field,
                                               double value, memtier_error** error) {
  return with_draft(builder, error, [&](Draft& draft) -> Status {
    if (field != MEMTIER_FIELD_IMPORTANCE) return wrong_field(field, "fraction");
    return draft.set_importance(value);
  });
}

memtier_status memtier_item_builder_add_tag(memtier_item_builder* builder, const char* tag,
                                            size_t tag_size, memtier_error** error) {
  return with_draft(builder, error, [&](Draft& draft) -> Status {
    ASSIGN_OR_RETURN(const std::string_view value, check_text(tag, tag_size, "tag"));
    return draft.add_tag(value);
  });
}

memtier_status memtier_item_builder_remove_tag(memtier_item_builder* builder, const char* tag,
                                               size_t tag_size, memtier_error** error) {
  return with_draft(builder, error, [&](Draft& draft) -> Status {
    ASSIGN_OR_RETURN(const std::string_view value, check_text(tag, tag_size, "tag"));
    return draft.remove_tag(value);
  });
}

memtier_status memtier_item_builder_set_json(memtier_item_builder* builder, const char* json,
                                             size_t json_size, memtier_error** error) {
  return with_draft(builder, error, [&](Draft& draft) -> Status {
    ASSIGN_OR_RETURN(const std::string_view text, check_text(json, json_size, "json"));
    ASSIGN_OR_RETURN(const Json document, parse_item_document(text));
    Draft changed = draft;  // all or nothing
    RETURN_IF_ERROR(changed.set_json(document, text));
    draft = std::move(changed);
    return {};
  });
}

memtier_status memtier_item_builder_clear(memtier_item_builder* builder, memtier_error** error) {
  return with_draft(builder, error, [&](Draft& draft) -> Status {
    draft = Draft();
    return {};
  });
}

void memtier_item_builder_destroy(memtier_item_builder* builder) {
  destroy_handle<ItemBuilderObject>(builder);
}
