/* memtier.h, sections 24 and 25: policies whose items a callback chooses, and what applying promises.
 * (What documents do is in tests/conformance/policies.json.) */
#include <stdlib.h>

#include "capi/support.h"

#define DAY_US (24 * HOUR_US)

static const char* policies_of(memtier_store* store) {
  static char text[8192];
  memtier_bytes* json = NULL;
  OK(memtier_policy_list(store, &json, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  return text;
}

static memtier_status apply_to(memtier_store* store, const memtier_scope* scope,
                               const char* request, char* report, size_t size) {
  memtier_bytes* json = NULL;
  const memtier_status status =
      memtier_policy_apply(store, scope, SIZED(Q(request)), NULL, &json, ERR);
  if (status == MEMTIER_OK) snprintf(report, size, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  return status;
}

static int64_t total_of(memtier_store* store, const memtier_scope* scope, const char* request) {
  char report[4096];
  OK(apply_to(store, scope, request, report, sizeof report));
  const char* total = strstr(report, "\"total\":");
  REQUIRE(total != NULL);
  return atoll(total + 8);
}

/* Chooses items whose content begins with "drop". */
typedef struct decider {
  int calls;
  int dry_calls;
  int destroyed;
  int32_t result;
} decider;

static int32_t decide(const memtier_items* items, int32_t dry_run, int32_t* out_chosen,
                      int64_t count, void* user_data) {
  decider* d = user_data;
  ++d->calls;
  d->dry_calls += dry_run;
  if (d->result != MEMTIER_CALLBACK_OK) {
    out_chosen[0] = 1;
    return d->result;
  }
  CHECK_INT(memtier_items_count(items), count);
  for (int64_t i = 0; i < count; ++i) {
    memtier_item* item = NULL;
    CHECK_INT(out_chosen[i], 0);
    OK(memtier_items_get(items, i, &item, ERR));
    out_chosen[i] = strncmp(text_of(item, MEMTIER_FIELD_CONTENT), "drop", 4) == 0 ? 7 : 0;
    memtier_item_destroy(item);
  }
  return MEMTIER_CALLBACK_OK;
}

static void let_go(void* user_data) {
  ++((decider*)user_data)->destroyed;
}

static memtier_status put_decider(memtier_store* store, const char* policy, decider* d) {
  const memtier_policy_decider table = {sizeof table, decide, let_go, d};
  return memtier_policy_put_callback(store, SIZED(Q(policy)), &table, ERR);
}

static void put_some(memtier_store* store) {
  put(store, NULL, "{'id': 'a', 'content': 'drop this', 'type': 'note'}");
  put(store, NULL, "{'id': 'b', 'content': 'keep this', 'type': 'note'}");
  put(store, NULL, "{'id': 'c', 'content': 'drop that', 'type': 'fact'}");
  put(store, NULL, "{'id': 'd', 'content': 'drop it', 'type': 'note', 'pinned': true}");
}

static void a_callback_chooses_among_what_the_condition_holds_for(void) {
  memtier_store* store = clocked_store();
  decider d = {0, 0, 0, 0};
  put_some(store);
  OK(put_decider(store, "{'name': 'dropper', 'condition': {'type': 'note'}, 'action': 'delete'}",
                 &d));
  CHECK(strstr(policies_of(store), "\"decided_by\":\"callback\"") != NULL);
  CHECK_INT(total_of(store, NULL, "{'names': ['dropper'], 'dry_run': true}"), 1);
  CHECK_INT(d.dry_calls, 1);
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'id', 'descending': false}"), "a b c d");
  CHECK_INT(total_of(store, NULL, "{'names': ['dropper']}"), 1);
  CHECK_TEXT(list_ids(store, NULL, "{'order_by': 'id', 'descending': false}"), "b c d");
  CHECK_INT(d.calls, 2);
  OK(memtier_policy_delete(store, SIZED("dropper"), ERR));
  CHECK_INT(d.destroyed, 1);
  close_store(store);
  CHECK_INT(d.destroyed, 1);
}

static void a_callback_that_acts_itself_is_only_counted(void) {
  memtier_store* store = clocked_store();
  decider d = {0, 0, 0, 0};
  put_some(store);
  OK(put_decider(store, "{'name': 'own'}", &d));
  CHECK_INT(total_of(store, NULL, "{'names': ['own']}"), 3);
  CHECK_INT(count_items(store, NULL, ""), 4);
  close_store(store);
  CHECK_INT(d.destroyed, 1);
}

static void a_callback_that_fails_fails_the_call(void) {
  memtier_store* store = clocked_store();
  decider d = {0, 0, 0, -7};
  char report[64];
  put_some(store);
  OK(put_decider(store, "{'name': 'p', 'action': 'delete'}", &d));
  memtier_bytes* json = NULL;
  memtier_error* error = NULL;
  CHECK_INT(memtier_policy_apply(store, NULL, SIZED(Q("{'names': ['p']}")), NULL, &json, &error),
            MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(error), -7);
  memtier_error_destroy(error);
  memtier_bytes_destroy(json);
  d.result = MEMTIER_CALLBACK_CANCEL; /* not known to this callback */
  CHECK_INT(apply_to(store, NULL, "{'names': ['p']}", report, sizeof report), MEMTIER_CALLBACK);
  d.result = MEMTIER_CALLBACK_DEFAULT;
  CHECK_INT(total_of(store, NULL, "{'names': ['p']}"), 0);
  CHECK_INT(count_items(store, NULL, ""), 4);
  close_store(store);
}

static void names_are_of_one_kind_and_tables_are_let_go(void) {
  memtier_store* store = clocked_store();
  decider first = {0, 0, 0, 0};
  decider second = {0, 0, 0, 0};
  FAILS(put_decider(store, "{'name': 'refresh_important'}", &first), MEMTIER_EXISTS);
  CHECK_INT(put_decider(store, "{'name': ''}", &first), MEMTIER_INVALID);
  CHECK_INT(first.destroyed, 2);
  OK(put_decider(store, "{'name': 'mine'}", &first));
  CHECK_INT(memtier_policy_put(store, SIZED(Q("{'name': 'mine', 'action': 'delete'}")), ERR),
            MEMTIER_EXISTS);
  OK(put_decider(store, "{'name': 'mine', 'action': 'demote'}", &second));
  CHECK_INT(first.destroyed, 3);
  close_store(store);
  CHECK_INT(second.destroyed, 1);
}

static void policies_are_kept_and_those_deleted_stay_away(void) {
  const char* path = test_path("policies.mem");
  memtier_store* store = open_store(path);
  OK(memtier_policy_put(store, SIZED(Q("{'name': 'own', 'action': 'demote', 'priority': 3}")),
                        ERR));
  OK(memtier_policy_delete(store, SIZED("delete_ancient_archives"), ERR));
  CHECK_INT(memtier_policy_delete(store, SIZED("delete_ancient_archives"), ERR), MEMTIER_NOT_FOUND);
  close_store(store);
  store = open_store(path);
  CHECK(strstr(policies_of(store), "\"name\":\"own\",\"priority\":3") != NULL);
  CHECK(strstr(policies_of(store), "delete_ancient_archives") == NULL);
  close_store(store);
}

static void only_the_items_of_the_scope_are_concerned(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* bob = scope_of("user=bob");
  put(store, ada, "{'id': 'a', 'tier': 'long_term', 'importance': 0.1}");
  put(store, bob, "{'id': 'b', 'tier': 'long_term', 'importance': 0.1}");
  advance(31 * DAY_US);
  CHECK_INT(total_of(store, ada, "{'names': ['archive_old_low_importance']}"), 1);
  memtier_item* item = peek_item(store, bob, "b");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "long_term");
  memtier_item_destroy(item);
  CHECK_INT(total_of(store, NULL, "{'names': ['archive_old_low_importance']}"), 1);
  CHECK_TEXT(transitions_of(store, "b"), "b long_term>archive policy");
  memtier_scope_destroy(bob);
  memtier_scope_destroy(ada);
  close_store(store);
}

/* Reads of resident items are counted in RAM, and written behind: conditions know them all the same. */
static void conditions_know_reads_that_were_just_counted(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'importance': 0.1}");
  put(store, NULL, "{'id': 'b', 'importance': 0.1}");
  advance(31 * DAY_US);
  read_times(store, "a", 1);
  CHECK_INT(total_of(store, NULL, "{'names': ['archive_old_low_importance']}"), 1);
  CHECK_TEXT(tier_name(store, "a"), "working");
  CHECK_TEXT(tier_name(store, "b"), "archive");
  close_store(store);
}

static void refreshing_starts_idle_time_and_time_to_live_anew(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'importance': 0.9, 'ttl_us': 864000000000}"); /* 10 days */
  advance(8 * DAY_US);
  CHECK_INT(total_of(store, NULL, "{'names': ['refresh_important']}"), 1);
  CHECK_INT(total_of(store, NULL, "{'names': ['refresh_important']}"), 0);
  memtier_item* item = peek_item(store, NULL, "a");
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), get_now());
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), get_now() + 10 * DAY_US);
  memtier_item_destroy(item);
  advance(9 * DAY_US);
  CHECK(exists(store, NULL, "a"));
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_callback_chooses_among_what_the_condition_holds_for),
      TEST_CASE(a_callback_that_acts_itself_is_only_counted),
      TEST_CASE(a_callback_that_fails_fails_the_call),
      TEST_CASE(names_are_of_one_kind_and_tables_are_let_go),
      TEST_CASE(policies_are_kept_and_those_deleted_stay_away),
      TEST_CASE(only_the_items_of_the_scope_are_concerned),
      TEST_CASE(conditions_know_reads_that_were_just_counted),
      TEST_CASE(refreshing_starts_idle_time_and_time_to_live_anew),
  };
  return RUN_TESTS(argc, argv, kTests);
}
