/* memtier.h, section 26: ticks. */
#include <sched.h>

#include "capi/support.h"

#define DAY_US (24 * HOUR_US)

static memtier_status try_tick(memtier_store* store, const char* request, char* report,
                               size_t size) {
  memtier_bytes* json = NULL;
  const memtier_status status = memtier_store_tick(store, SIZED(Q(request)), NULL, &json, ERR);
  if (status == MEMTIER_OK) snprintf(report, size, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  return status;
}

static const char* tick(memtier_store* store, const char* request) {
  static char report[8192];
  OK(try_tick(store, request, report, sizeof report));
  return report;
}

#define CHECK_SAYS(report, text) CHECK_HAS(report, Q(text))

/* 'a' expires; 'idle' goes down a tier; the policies know what is old and unimportant, the rules what
 * is old and large. All of it in two collections. */
static memtier_store* aged_store(void) {
  memtier_store* store = clocked_store();
  OK(memtier_collection_create(store, SIZED(Q("{'name': 'other'}")), ERR));
  memtier_scope* other = scope_of("collection=other");
  put(store, NULL, "{'id': 'a', 'ttl_us': 1000}");
  put(store, other, "{'id': 'b', 'ttl_us': 1000}");
  put(store, NULL, "{'id': 'idle', 'importance': 0.5}");
  put(store, other, "{'id': 'old', 'tier': 'long_term', 'importance': 0.1}");
  memtier_scope_destroy(other);
  advance(31 * DAY_US);
  return store;
}

static void a_tick_does_every_job_in_every_collection(void) {
  memtier_store* store = aged_store();
  const char* report = tick(store, "");
  CHECK_SAYS(report, "'complete':true,'jobs':[{'complete':true,'count':2,'name':'expire'}");
  CHECK_SAYS(report, "{'complete':true,'count':1,'name':'demote'}");
  CHECK_SAYS(report, "'count':1,'name':'archive_old_low_importance'");
  CHECK_SAYS(report, "'name':'policies'");
  CHECK_SAYS(report, "'name':'archive_rules'");
  CHECK_SAYS(report, "{'complete':true,'count':0,'name':'indexes'}");
  CHECK_TEXT(tier_name(store, "idle"), "archive"); /* unaccessed_old: idle > 30 days */
  memtier_scope* other = scope_of("collection=other");
  memtier_item* item = peek_item(store, other, "old");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "archive");
  memtier_item_destroy(item);
  CHECK_INT(count_items(store, other, ""), 1);
  memtier_scope_destroy(other);
  CHECK_INT(statistics_of(store).expired_count, 0);
  CHECK_INT(statistics_of(store).journal_bytes, 0);
  CHECK_SAYS(tick(store, ""), "'total':0"); /* nothing is left to be done */
  close_store(store);
}

static void only_the_jobs_that_are_named_are_done(void) {
  memtier_store* store = aged_store();
  const char* report = tick(store, "{'jobs': ['demote', 'expire'], 'budget_ms': 60000}");
  CHECK_SAYS(report, "'name':'expire'},{'complete':true,'count':1,'name':'demote'}],'total':3}");
  CHECK_TEXT(tier_name(store, "idle"), "short_term");
  char unused[1];
  FAILS_SAYING(memtier_store_tick(store, SIZED(Q("{'jobs': ['dream']}")), NULL,
                                  &(memtier_bytes*){NULL}, ERR),
               MEMTIER_NOT_FOUND,
               "expire, demote, consolidate, policies, archive_rules, archive, indexes, compact");
  CHECK_INT(try_tick(store, "{'jobs': []}", unused, 0), MEMTIER_INVALID);
  CHECK_INT(try_tick(store, "{'budget_ms': 1.5}", unused, 0), MEMTIER_INVALID);
  CHECK_INT(try_tick(store, "{'job': 'expire'}", unused, 0), MEMTIER_INVALID);
  close_store(store);
}

static int32_t choose_all(const memtier_items* items, int32_t dry_run, int32_t* out_chosen,
                          int64_t count, void* user_data) {
  (void)items;
  (void)dry_run;
  ++*(int*)user_data;
  for (int64_t i = 0; i < count; ++i) out_chosen[i] = 1;
  return MEMTIER_CALLBACK_OK;
}

static void policies_with_callbacks_are_for_ticks_of_the_caller(void) {
  memtier_store* store = aged_store();
  int calls = 0;
  const memtier_policy_decider table = {sizeof table, choose_all, NULL, &calls};
  OK(memtier_policy_put_callback(
      store, SIZED(Q("{'name': 'drop', 'priority': 99, 'action': 'delete'}")), &table, ERR));
  CHECK_SAYS(tick(store, "{'jobs': ['policies']}"), "'action':'delete','count':2,'name':'drop'");
  CHECK_INT(calls, 1);
  CHECK_INT(count_items(store, NULL, ""), 0);
  close_store(store);
}

static memtier_store* tended_store(void) {
  memtier_options* options = options_with_clock();
  set_option(options, MEMTIER_OPTION_BACKGROUND, 1);
  set_option(options, MEMTIER_OPTION_MAINTENANCE_INTERVAL_MS, 1);
  set_option(options, MEMTIER_OPTION_MAINTENANCE_BUDGET_MS, 0);
  return open_with(":memory:", options);
}

static void a_store_tends_itself_where_it_is_told_to(void) {
  memtier_store* store = tended_store();
  int calls = 0;
  const memtier_policy_decider table = {sizeof table, choose_all, NULL, &calls};
  OK(memtier_policy_put_callback(store, SIZED(Q("{'name': 'drop', 'action': 'delete'}")), &table,
                                 ERR));
  put(store, NULL, "{'id': 'a', 'ttl_us': 1000}");
  put(store, NULL, "{'id': 'idle', 'importance': 0.1}");
  advance(31 * DAY_US);
  while (statistics_of(store).expirations == 0) sched_yield();
  while (strcmp(tier_name(store, "idle"), "archive") != 0) sched_yield();
  close_store(store);
  CHECK_INT(calls, 0); /* not on a thread that the caller does not know */
}

static void it_can_be_paused(void) {
  memtier_store* store = tended_store();
  OK(memtier_store_pause(store, ERR));
  OK(memtier_store_pause(store, ERR));
  /* What was under way has ended when a tick of the caller's is let in. */
  char report[8192];
  memtier_status status = MEMTIER_BUSY;
  while (status == MEMTIER_BUSY) {
    memtier_bytes* json = NULL;
    status = memtier_store_tick(store, NULL, 0, NULL, &json, NULL);
    memtier_bytes_destroy(json);
  }
  CHECK_INT(status, MEMTIER_OK);
  put(store, NULL, "{'id': 'a', 'ttl_us': 1000}");
  advance(2000);
  CHECK_INT(statistics_of(store).expirations, 0);
  OK(try_tick(store, "{'jobs': ['expire']}", report, sizeof report));
  CHECK_SAYS(report, "'total':1");
  put(store, NULL, "{'id': 'b', 'ttl_us': 1000}");
  advance(2000);
  OK(memtier_store_resume(store, ERR));
  while (statistics_of(store).expirations < 2) sched_yield();
  close_store(store);
}

static void pausing_what_is_not_there_does_nothing(void) {
  memtier_store* store = clocked_store();
  OK(memtier_store_resume(store, ERR));
  OK(memtier_store_pause(store, ERR));
  CHECK_SAYS(tick(store, "{'jobs': ['indexes']}"), "'total':0");
  close_store(store);
}

static void consolidating_tells_what_it_did_and_why_items_moved(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'importance': 0.9}");
  put(store, NULL, "{'id': 'b', 'importance': 0.1}");
  memtier_bytes* json = NULL;
  OK(memtier_tier_consolidate(store, NULL, SIZED(Q("{'min_score': 1.0}")), NULL, &json, ERR));
  CHECK_HAS((const char*)memtier_bytes_data(json), Q("'moved':1"));
  CHECK_HAS((const char*)memtier_bytes_data(json), Q("'below_score':1"));
  memtier_bytes_destroy(json);
  CHECK_TEXT(tier_name(store, "a"), "short_term");
  CHECK_TEXT(tier_name(store, "b"), "working");
  memtier_transitions* log = NULL;
  OK(memtier_transition_list(store, NULL, "a", 1, 0, 10, &log, ERR));
  const memtier_slice* reasons = NULL;
  OK(memtier_transitions_column_text(log, MEMTIER_FIELD_REASON, &reasons, ERR));
  CHECK_INT(memtier_transitions_count(log), 1);
  CHECK(reasons[0].size == 12 && memcmp(reasons[0].data, "consolidated", 12) == 0);
  memtier_transitions_destroy(log);
  FAILS_SAYING(memtier_tier_consolidate(store, NULL, SIZED(Q("{'score': 1}")), NULL, &json, ERR),
               MEMTIER_INVALID, "score");
  FAILS_SAYING(memtier_tier_consolidate(store, NULL, SIZED(Q("{'from': 'x'}")), NULL, &json, ERR),
               MEMTIER_NOT_FOUND, "\"x\"");
  close_store(store);
}

static void a_wrong_option_of_consolidation_is_refused(void) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  const char* const wrong[] = {"{'dry_run': true}", "{'every_seconds': -1}", "{'min_fill': 2}",
                               "[]"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    FAILS_SAYING(
        memtier_options_set_text(options, MEMTIER_OPTION_CONSOLIDATION, SIZED(Q(wrong[i])), ERR),
        MEMTIER_INVALID, "CONSOLIDATION");
  }
  OK(memtier_options_set_text(options, MEMTIER_OPTION_CONSOLIDATION,
                              SIZED(Q("{'every_seconds': 60}")), ERR));
  OK(memtier_options_set_text(options, MEMTIER_OPTION_CONSOLIDATION, NULL, 0, ERR));
  memtier_options_destroy(options);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_tick_does_every_job_in_every_collection),
      TEST_CASE(only_the_jobs_that_are_named_are_done),
      TEST_CASE(policies_with_callbacks_are_for_ticks_of_the_caller),
      TEST_CASE(a_store_tends_itself_where_it_is_told_to),
      TEST_CASE(it_can_be_paused),
      TEST_CASE(pausing_what_is_not_there_does_nothing),
      TEST_CASE(consolidating_tells_what_it_did_and_why_items_moved),
      TEST_CASE(a_wrong_option_of_consolidation_is_refused),
  };
  return RUN_TESTS(argc, argv, kTests);
}
