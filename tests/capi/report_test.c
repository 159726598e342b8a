/* memtier.h, REPORTS: a long call that is stopped or fails tells what it had done until then. */
#include "capi/support.h"

/* What a call told, and how it ended. */
typedef struct outcome {
  memtier_status status;
  int told;
  char text[4096];
} outcome;

typedef struct call {
  const char* name;
  memtier_status (*run)(memtier_store* store, const memtier_control* control,
                        memtier_bytes** out_json);
  const char* has; /* what it tells of one item */
} call;

static memtier_status apply_policies(memtier_store* store, const memtier_control* control,
                                     memtier_bytes** out_json) {
  return memtier_policy_apply(store, NULL, NULL, 0, control, out_json, ERR);
}
static memtier_status apply_rules(memtier_store* store, const memtier_control* control,
                                  memtier_bytes** out_json) {
  return memtier_archive_rule_apply(store, NULL, NULL, 0, control, out_json, ERR);
}
static memtier_status pack(memtier_store* store, const memtier_control* control,
                           memtier_bytes** out_json) {
  return memtier_archive_pack(store, NULL, 0, control, out_json, ERR);
}
static memtier_status restore(memtier_store* store, const memtier_control* control,
                              memtier_bytes** out_json) {
  return memtier_archive_restore(store, NULL, SIZED(Q("{'ids': ['old']}")), control, out_json, ERR);
}
static memtier_status tick(memtier_store* store, const memtier_control* control,
                           memtier_bytes** out_json) {
  return memtier_store_tick(store, NULL, 0, control, out_json, ERR);
}
static memtier_status consolidate(memtier_store* store, const memtier_control* control,
                                  memtier_bytes** out_json) {
  return memtier_tier_consolidate(store, NULL, NULL, 0, control, out_json, ERR);
}
static memtier_status compress(memtier_store* store, const memtier_control* control,
                               memtier_bytes** out_json) {
  return memtier_item_compress_where(store, NULL, NULL, 0, 100, control, out_json, ERR);
}
static memtier_status forget(memtier_store* store, const memtier_control* control,
                             memtier_bytes** out_json) {
  memtier_scope* scope = scope_of("user=ada");
  const memtier_status status = memtier_scope_forget(store, scope, control, out_json, ERR);
  memtier_scope_destroy(scope);
  return status;
}

/* Every function of memtier.h that gives a report. */
static const call kCalls[] = {
    {"memtier_policy_apply", apply_policies, "'total':1"},
    {"memtier_archive_rule_apply", apply_rules, "'total':1"},
    {"memtier_archive_pack", pack, "'packed':1"},
    {"memtier_archive_restore", restore, "'restored':1"},
    {"memtier_store_tick", tick, "'complete':false"},
    {"memtier_tier_consolidate", consolidate, "'moved':1"},
    {"memtier_item_compress_where", compress, "'compressed':1"},
    {"memtier_scope_forget", forget, "'items':1"},
};
#define CALLS (sizeof kCalls / sizeof kCalls[0])

/* Of each call there is one item to do something with. */
static memtier_store* store_with_work(void) {
  char json[4096];
  char text[2001];
  memset(text, 'a', sizeof text);
  text[2000] = 0;
  memtier_options* options = options_with_clock();
  set_option(options, MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES,
             64 << 20); /* nothing, as it is put */
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'old', 'tier': 'archive', 'content': 'green tea', 'importance': 0.4}");
  put(store, NULL, "{'id': 'fades', 'tier': 'long_term', 'importance': 0.1}");
  advance(INT64_C(100) * 24 * HOUR_US);
  memtier_scope* ada = scope_of("user=ada");
  put(store, ada, "{'id': 'hot', 'importance': 0.5}");
  memtier_scope_destroy(ada);
  snprintf(json, sizeof json, "{'id': 'long', 'tier': 'long_term', 'content': '%s'}", text);
  put(store, NULL, json);
  return store;
}

static int32_t say_stop(int64_t done, int64_t total, void* user_data) {
  (void)done, (void)total, (void)user_data;
  return MEMTIER_CALLBACK_CANCEL;
}

static int32_t say_failed(int64_t done, int64_t total, void* user_data) {
  (void)done, (void)total, (void)user_data;
  return -7;
}

static outcome outcome_of(const call* c, const memtier_control* control) {
  outcome o;
  memset(&o, 0, sizeof o);
  memtier_store* store = store_with_work();
  memtier_bytes* json = NULL;
  o.status = c->run(store, control, &json);
  o.told = json != NULL;
  if (o.told) snprintf(o.text, sizeof o.text, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  close_store(store);
  return o;
}

#define FOR_EACH_CALL(i) for (size_t i = 0; i < CALLS; ++i)
#define SAY_WHERE(i, before) \
  if (check_failures() != before) fprintf(stderr, "  in %s\n", kCalls[i].name)

static void each_tells_what_was_done_before_it_was_stopped(void) {
  const memtier_control control = {sizeof control, NULL, say_stop, NULL, NULL};
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    const outcome o = outcome_of(&kCalls[i], &control);
    CHECK_INT(o.status, MEMTIER_CANCELLED);
    CHECK(o.told);
    CHECK_HAS(o.text, Q(kCalls[i].has));
    CHECK_HAS(o.text, Q("'stopped':'"));
    SAY_WHERE(i, before);
  }
}

static void each_tells_it_where_it_failed(void) {
  const memtier_control control = {sizeof control, NULL, say_failed, NULL, NULL};
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    const outcome o = outcome_of(&kCalls[i], &control);
    CHECK_INT(o.status, MEMTIER_CALLBACK);
    CHECK_HAS(o.text, Q("'stopped':'"));
    SAY_WHERE(i, before);
  }
}

static void each_says_nothing_of_being_stopped_where_all_was_done(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    const outcome o = outcome_of(&kCalls[i], NULL);
    CHECK_INT(o.status, MEMTIER_OK);
    CHECK(o.told);
    CHECK(strstr(o.text, "stopped") == NULL);
    SAY_WHERE(i, before);
  }
}

static void each_tells_nothing_where_nothing_was_begun(void) {
  memtier_cancel* cancel = NULL;
  OK(memtier_cancel_create(&cancel, ERR));
  OK(memtier_cancel_trip(cancel, ERR));
  const memtier_control control = {sizeof control, cancel, NULL, NULL, NULL};
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    const outcome o = outcome_of(&kCalls[i], &control);
    CHECK_INT(o.status, MEMTIER_CANCELLED);
    CHECK(!o.told);
    SAY_WHERE(i, before);
  }
  memtier_cancel_destroy(cancel);
}

static int32_t fail_to_decide(const memtier_items* items, int32_t dry_run, int32_t* out_chosen,
                              int64_t count, void* user_data) {
  (void)items, (void)dry_run, (void)out_chosen, (void)count, (void)user_data;
  return -9;
}

static void a_policy_that_fails_leaves_the_report_of_those_before_it(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'type': 'note'}");
  put(store, NULL, "{'id': 'b'}");
  OK(memtier_policy_put(store,
                        SIZED(Q("{'name': 'first', 'condition': {'type': 'note'}, 'action': "
                                "'delete', 'priority': 99}")),
                        ERR));
  const memtier_policy_decider table = {sizeof table, fail_to_decide, NULL, NULL};
  OK(memtier_policy_put_callback(store, SIZED(Q("{'name': 'second', 'priority': 98}")), &table,
                                 ERR));
  memtier_bytes* json = NULL;
  FAILS(memtier_policy_apply(store, NULL, NULL, 0, NULL, &json, ERR), MEMTIER_CALLBACK);
  const char* report = memtier_bytes_data(json);
  CHECK_HAS(report, Q("{'action':'delete','count':1,'name':'first'}"));
  CHECK_HAS(report, Q("{'action':'callback','count':0,'name':'second'}"));
  CHECK_HAS(report, Q("'total':1"));
  memtier_bytes_destroy(json);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(each_tells_what_was_done_before_it_was_stopped),
      TEST_CASE(each_tells_it_where_it_failed),
      TEST_CASE(each_says_nothing_of_being_stopped_where_all_was_done),
      TEST_CASE(each_tells_nothing_where_nothing_was_begun),
      TEST_CASE(a_policy_that_fails_leaves_the_report_of_those_before_it),
  };
  return RUN_TESTS(argc, argv, kTests);
}
