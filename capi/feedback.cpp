// memtier.h, section 18: feedback.
#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"

using namespace memtier;
using namespace memtier::capi;

memtier_status memtier_feedback_add(memtier_store* store, const memtier_scope* scope,
                                    const char* document, size_t document_size,
                                    memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(document, document_size, "document"));
    ASSIGN_OR_RETURN(const std::vector<Feedback> feedback, Feedback::parse(text));
    return call->add_feedback(*where, feedback);
  });
}

memtier_status memtier_feedback_list(memtier_store* store, const memtier_scope* scope,
                                     memtier_bytes** out_json, memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    return give_text(call->list_preferences(*where), out_json);
  });
}

memtier_status memtier_feedback_clear(memtier_store* store, const memtier_scope* scope,
                                      memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    return call->forget_feedback(*where);
  });
}
