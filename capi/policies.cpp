// memtier.h, sections 24 to 26: policies, archive rules, the archive, forgetting.
#include <span>

#include "capi/reports.h"
#include "lifecycle/policy_plan.h"
#include "model/policy.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

// Gone when the callback has returned, whatever it kept of it.
struct LentItems {
  ~LentItems() { destroy_handle<ItemsObject>(handle); }
  void* handle = nullptr;
};

Status decide_by_callback(const memtier_policy_decider& table, const TierNames* tiers,
                          std::span<const ItemRef> items, bool dry_run,
                          std::vector<int32_t>* out_chosen) {
  auto batch = Ref<ItemsObject>::adopt(new ItemsObject());
  batch->tiers = tiers;
  for (const ItemRef& item : items) batch->outcomes.push_back({{}, item});
  LentItems lent;
  ASSIGN_OR_RETURN(lent.handle, make_handle(std::move(batch)));
  int32_t result = 0;
  {
    const CallbackScope scope;
    result =
        table.decide(static_cast<const memtier_items*>(lent.handle), dry_run ? 1 : 0,
                     out_chosen->data(), static_cast<int64_t>(out_chosen->size()), table.user_data);
  }
  if (result == MEMTIER_CALLBACK_DEFAULT) {
    out_chosen->assign(out_chosen->size(), 0);
    return {};
  }
  return callback_status(result, "decider", MEMTIER_CALLBACK_DEFAULT);
}

using Apply = Report (Store::*)(const Scope&, const ApplyRequest&, Control&);

memtier_status apply_documents(const ReportCall& given, const memtier_scope* scope,
                               const char* request, size_t request_size, Apply how) {
  return request_call<ApplyRequest>(
      given, request, request_size,
      [&](Store& store, const ApplyRequest& parsed, Control& control) -> Report {
        ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
        return (store.*how)(*where, parsed, control);
      });
}

}  // namespace

memtier_status memtier_policy_put(memtier_store* store, const char* policy, size_t policy_size,
                                  memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(policy, policy_size, "policy"));
    return call->put_policy(text);
  });
}

memtier_status memtier_policy_put_callback(memtier_store* store, const char* policy,
                                           size_t policy_size,
                                           const memtier_policy_decider* decider,
                                           memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const auto table, take_table(decider, "decider"));
    if (table->decide == nullptr) return invalid("decider->decide is NULL");
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(policy, policy_size, "policy"));
    const TierNames* tiers = call.tiers();
    return call->put_policy(text, [table, tiers](std::span<const ItemRef> items, bool dry_run,
                                                 std::vector<int32_t>* out_chosen) {
      return decide_by_callback(*table, tiers, items, dry_run, out_chosen);
    });
  });
}

memtier_status memtier_policy_list(memtier_store* store, memtier_bytes** out_json,
                                   memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return give_text(call->list_policies(), out_json);
  });
}

memtier_status memtier_policy_delete(memtier_store* store, const char* name, size_t name_size,
                                     memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(name, name_size, "name"));
    RETURN_IF_ERROR(check_policy_name(text, "name"));
    return call->delete_policy(text);
  });
}

memtier_status memtier_policy_apply(memtier_store* store, const memtier_scope* scope,
                                    const char* request, size_t request_size,
                                    const memtier_control* control, memtier_bytes** out_json,
                                    memtier_error** error) {
  return apply_documents({store, control, out_json, error}, scope, request, request_size,
                         &Store::apply_policies);
}

memtier_status memtier_archive_rule_put(memtier_store* store, const char* rule, size_t rule_size,
                                        memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(rule, rule_size, "rule"));
    return call->put_archive_rule(text);
  });
}

memtier_status memtier_archive_rule_list(memtier_store* store, memtier_bytes** out_json,
                                         memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return give_text(call->list_archive_rules(), out_json);
  });
}

memtier_status memtier_archive_rule_delete(memtier_store* store, const char* name, size_t name_size,
                                           memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(name, name_size, "name"));
    RETURN_IF_ERROR(check_policy_name(text, "name"));
    return call->delete_archive_rule(text);
  });
}

memtier_status memtier_archive_rule_apply(memtier_store* store, const memtier_scope* scope,
                                          const char* request, size_t request_size,
                                          const memtier_control* control, memtier_bytes** out_json,
                                          memtier_error** error) {
  return apply_documents({store, control, out_json, error}, scope, request, request_size,
                         &Store::apply_archive_rules);
}

memtier_status memtier_archive_pack(memtier_store* store, const char* request, size_t request_size,
                                    const memtier_control* control, memtier_bytes** out_json,
                                    memtier_error** error) {
  return request_call<PackRequest>(
      {store, control, out_json, error}, request, request_size,
      [](Store& from, const PackRequest& parsed, Control& watched) -> Report {
        return from.pack_archive(parsed, watched);
      });
}

memtier_status memtier_archive_restore(memtier_store* store, const memtier_scope* scope,
                                       const char* request, size_t request_size,
                                       const memtier_control* control, memtier_bytes** out_json,
                                       memtier_error** error) {
  return request_call<RestoreRequest>(
      {store, control, out_json, error}, request, request_size,
      [&](Store& from, const RestoreRequest& parsed, Control& watched) -> Report {
        ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
        return from.restore(*where, parsed, watched);
      });
}

memtier_status memtier_archive_get_statistics(memtier_store* store, memtier_bytes** out_json,
                                              memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return give_text(call->archive_statistics(), out_json);
  });
}

memtier_status memtier_scope_forget(memtier_store* store, const memtier_scope* scope,
                                    const memtier_control* control, memtier_bytes** out_json,
                                    memtier_error** error) {
  return report_call({store, control, out_json, error},
                     [&](Store& from, Control& watched) -> Report {
                       ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
                       return from.forget(*where, watched);
                     });
}
