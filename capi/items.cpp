// memtier.h, sections 10 and 11: batches of items, lists and cursors, counts, writes by filter.
#include <algorithm>

#include "capi/guard.h"
#include "capi/images.h"
#include "capi/objects.h"
#include "capi/scopes.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

Status check_index(int64_t index, size_t count) {
  if (index >= 0 && static_cast<size_t>(index) < count) return {};
  return invalid("index is " + std::to_string(index) + ", and there are " + std::to_string(count));
}

}  // namespace

int64_t memtier_items_count(const memtier_items* items) {
  if (items == nullptr) return 0;
  return guard_value(int64_t{-1}, [&] {
    const EpochGuard epoch;
    const auto* object = static_cast<const ItemsObject*>(look_up(Kind::kItems, items));
    return object == nullptr ? int64_t{-1} : static_cast<int64_t>(object->outcomes.size());
  });
}

memtier_status memtier_items_read_status(const memtier_items* items, int64_t index,
                                         memtier_status* out_status, memtier_slice* out_message,
                                         memtier_error** error) {
  if (out_status != nullptr) *out_status = MEMTIER_OK;
  if (out_message != nullptr) *out_message = {};
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_status, "out_status"));
    ASSIGN_OR_RETURN(const auto object, pin<ItemsObject>(items, "items"));
    RETURN_IF_ERROR(check_index(index, object->outcomes.size()));
    const Status& status = object->outcomes[static_cast<size_t>(index)].status;
    *out_status = static_cast<memtier_status>(status.code());
    if (out_message != nullptr) *out_message = {status.message().data(), status.message().size()};
    return {};
  });
}

memtier_status memtier_items_get(const memtier_items* items, int64_t index, memtier_item** out_item,
                                 memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_item, "out_item"));
    ASSIGN_OR_RETURN(const auto object, pin<ItemsObject>(items, "items"));
    RETURN_IF_ERROR(check_index(index, object->outcomes.size()));
    const Outcome& outcome = object->outcomes[static_cast<size_t>(index)];
    if (!outcome.item) return not_found("entry " + std::to_string(index) + " has no item");
    ASSIGN_OR_RETURN(void* handle, make_item_handle(outcome.item, object->tiers));
    *out_item = static_cast<memtier_item*>(handle);
    return {};
  });
}

memtier_status memtier_items_copy_images(const memtier_items* items, int64_t first, void* buffer,
                                         size_t buffer_size, size_t* out_size, int64_t* out_count,
                                         memtier_error** error) {
  if (out_size != nullptr) *out_size = 0;
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_size, "out_size"));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    RETURN_IF_ERROR(check_bytes(buffer, buffer_size, "buffer").take_status());
    ASSIGN_OR_RETURN(const auto object, pin<ItemsObject>(items, "items"));
    const auto& outcomes = object->outcomes;
    const auto size_of = [&outcomes](size_t i) {
      return outcomes[i].item ? outcomes[i].item->image().size() : kFailedImageSize;
    };
    const auto write = [&outcomes](size_t i, char* out) {
      if (outcomes[i].item) {
        outcomes[i].item->copy_image(out);
      } else {
        write_failed_image(outcomes[i].status.code(), out);
      }
    };
    return copy_images(outcomes.size(), first, static_cast<char*>(buffer), buffer_size, out_size,
                       out_count, size_of, write);
  });
}

void memtier_items_destroy(memtier_items* items) {
  destroy_handle<ItemsObject>(items);
}

memtier_status memtier_item_count(memtier_store* store, const memtier_scope* scope,
                                  const char* filter, size_t filter_size,
                                  const memtier_control* control, int64_t* out_count,
                                  memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const FilterRef condition, check_filter(filter, filter_size));
    ASSIGN_OR_RETURN(*out_count, call->count(*where, condition, *call_control));
    return {};
  });
}

memtier_status memtier_item_list(memtier_store* store, const memtier_scope* scope, const char* list,
                                 size_t list_size, memtier_cursor** out_cursor,
                                 memtier_error** error) {
  if (out_cursor != nullptr) *out_cursor = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_cursor, "out_cursor"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(list, list_size, "list"));
    auto cursor = Ref<CursorObject>::adopt(new CursorObject(call.object()));
    ASSIGN_OR_RETURN(cursor->request, ListRequest::parse(text));
    RETURN_IF_ERROR(call->check_list(cursor->request));
    cursor->scope = *where;
    ASSIGN_OR_RETURN(void* handle, make_handle(std::move(cursor)));
    *out_cursor = static_cast<memtier_cursor*>(handle);
    return {};
  });
}

memtier_status memtier_cursor_next(memtier_cursor* cursor, int64_t max_items,
                                   const memtier_control* control, memtier_items** out_items,
                                   memtier_error** error) {
  if (out_items != nullptr) *out_items = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_items, "out_items"));
    RETURN_IF_ERROR(check_not_in_callback());
    ASSIGN_OR_RETURN(const auto object, pin<CursorObject>(cursor, "cursor"));
    if (max_items < 1 || max_items > MEMTIER_MAX_BATCH) {
      return invalid("max_items is " + std::to_string(max_items) +
                     ", and must be from 1 to 100000");
    }
    const CursorObject& place = *object;
    auto page_object = Ref<ItemsObject>::adopt(new ItemsObject());
    page_object->tiers = place.store->tiers();
    int64_t wanted = max_items;
    if (place.request.limit != 0) wanted = std::min(wanted, place.request.limit - place.shown);
    Page page;
    if (!place.at_end && wanted > 0) {
      ASSIGN_OR_RETURN(
          page, place.store->store().list(place.scope, place.request, wanted, *call_control));
    }
    const auto count = static_cast<int64_t>(page.items.size());
    RETURN_IF_ERROR((*call_control).finish(count, count));
    for (ItemRef& item : page.items) {
      Outcome outcome{item->is_damaged() ? item->damage() : Status(), {}, true};
      if (outcome.status.ok()) outcome.item = std::move(item);
      page_object->outcomes.push_back(std::move(outcome));
    }
    // Only now, so that a page that was cancelled comes again.
    place.shown += count;
    place.at_end = page.token.empty();
    if (!page.token.empty()) place.request.after = page.token;
    ASSIGN_OR_RETURN(void* handle, make_handle(std::move(page_object)));
    *out_items = static_cast<memtier_items*>(handle);
    return {};
  });
}

memtier_status memtier_cursor_get_token(memtier_cursor* cursor, memtier_bytes** out_token,
                                        memtier_error** error) {
  if (out_token != nullptr) *out_token = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_token, "out_token"));
    RETURN_IF_ERROR(check_not_in_callback());
    ASSIGN_OR_RETURN(const auto object, pin<CursorObject>(cursor, "cursor"));
    return give_text(object->request.after, out_token);
  });
}

void memtier_cursor_destroy(memtier_cursor* cursor) {
  destroy_handle<CursorObject>(cursor);
  drain_outside_callbacks();  // it may be the last to hold a closed store, whose file is let go now
}

memtier_status memtier_item_explain(memtier_store* store, const memtier_scope* scope,
                                    const char* list, size_t list_size,
                                    const memtier_control* control, memtier_bytes** out_json,
                                    memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(list, list_size, "list"));
    ASSIGN_OR_RETURN(const ListRequest request, ListRequest::parse(text));
    RETURN_IF_ERROR(call->check_list(request));
    return give_text(call->explain_list(*where, request, *call_control), out_json);
  });
}

memtier_status memtier_item_update_where(memtier_store* store, const memtier_scope* scope,
                                         const char* filter, size_t filter_size,
                                         const memtier_item_builder* builder, int32_t durability,
                                         const memtier_control* control, int64_t* out_count,
                                         memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const FilterRef condition, check_filter(filter, filter_size));
    ASSIGN_OR_RETURN(const auto draft, pin<ItemBuilderObject>(builder, "builder"));
    RETURN_IF_ERROR(check_choice(durability, MEMTIER_DURABILITY_DEFAULT, MEMTIER_DURABILITY_FULL,
                                 "durability"));
    return call->update_where(*where, condition, draft->draft, static_cast<Durability>(durability),
                              *call_control, out_count);
  });
}

memtier_status memtier_item_delete_where(memtier_store* store, const memtier_scope* scope,
                                         const char* filter, size_t filter_size, int32_t durability,
                                         const memtier_control* control, int64_t* out_count,
                                         memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const FilterRef condition, check_filter(filter, filter_size));
    if (condition->matches_all()) {
      return invalid("filter is empty; to delete everything say {\"version\": {\"$gte\": 1}}");
    }
    RETURN_IF_ERROR(check_choice(durability, MEMTIER_DURABILITY_DEFAULT, MEMTIER_DURABILITY_FULL,
                                 "durability"));
    return call->remove_where(*where, condition, static_cast<Durability>(durability), *call_control,
                              out_count);
  });
}
