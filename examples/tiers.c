/* Tiers: a clock of one's own makes a day pass, and the items move. */
#include "example.h"

static const int64_t hour_us = INT64_C(3600000000);
static int64_t now_us = INT64_C(1780272000000000); /* 2026-06-01 */

static int32_t tell_time(int64_t* out_now_us, void* user_data) {
  (void)user_data;
  *out_now_us = now_us;
  return MEMTIER_CALLBACK_OK;
}

static void read_item(memtier_store* store, const char* id) {
  memtier_item* item = NULL;
  check(memtier_item_get(store, NULL, id, strlen(id), &item, &error));
  memtier_item_destroy(item);
}

static int64_t show(memtier_store* store, const char* when) {
  int64_t tiers = 0, hottest = 0;
  check(memtier_tier_count(store, &tiers, &error));
  printf("%-28s", when);
  for (int64_t i = 0; i < tiers; ++i) {
    memtier_tier_statistics tier;
    tier.struct_size = sizeof tier;
    check(memtier_tier_get_statistics(store, i, &tier, &error));
    printf("%12s %d", tier.name, (int)tier.item_count);
    if (i == 0) hottest = tier.item_count;
  }
  printf("\n");
  return hottest;
}

int main(void) {
  static const char ladder[] =
      "{\"tiers\": [{\"name\": \"near\", \"medium\": \"ram\", \"capacity_items\": 3,"
      "              \"demote\": {\"idle_hours\": 24, \"access_count_below\": 2}},"
      "             {\"name\": \"far\", \"medium\": \"archive\","
      "              \"promote\": {\"reads\": 2, \"within_seconds\": 3600}}]}";
  const memtier_clock clock = {sizeof clock, tell_time, NULL, NULL};
  memtier_options* options = NULL;
  memtier_store* store = NULL;
  check(memtier_options_create(&options, &error));
  check(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, ladder, strlen(ladder), &error));
  check(memtier_options_set_clock(options, &clock, &error));
  check(memtier_store_open(":memory:", options, &store, &error));
  memtier_options_destroy(options);

  put_json(store, NULL, "{\"id\": \"a\", \"importance\": 0.2}");
  put_json(store, NULL, "{\"id\": \"b\", \"importance\": 0.5}");
  put_json(store, NULL, "{\"id\": \"c\", \"importance\": 0.7}");
  expect(show(store, "three items:") == 3, "three fit");
  put_json(store, NULL, "{\"id\": \"d\", \"importance\": 0.7}");
  expect(show(store, "a fourth; the lowest goes:") == 3, "one has gone down");
  check(memtier_item_delete(store, NULL, "d", 1, 0, MEMTIER_DURABILITY_DEFAULT, &error));
  read_item(store, "a");
  read_item(store, "a");
  expect(show(store, "room, and \"a\" read twice:") == 3, "it came up again");
  now_us += 25 * hour_us;
  int64_t moved = 0;
  check(memtier_tier_optimize(store, NULL, NULL, NULL, 0, &moved, &error));
  show(store, "a day later, optimized:");
  expect(moved > 0, "what lay idle has gone down");

  /* Every move is in the log, newest first, with its reason. */
  memtier_transitions* log = NULL;
  const memtier_slice *ids = NULL, *from = NULL, *to = NULL, *reasons = NULL;
  check(memtier_transition_list(store, NULL, NULL, 0, 0, 100, &log, &error));
  check(memtier_transitions_column_text(log, MEMTIER_FIELD_ID, &ids, &error));
  check(memtier_transitions_column_text(log, MEMTIER_FIELD_FROM_TIER, &from, &error));
  check(memtier_transitions_column_text(log, MEMTIER_FIELD_TO_TIER, &to, &error));
  check(memtier_transitions_column_text(log, MEMTIER_FIELD_REASON, &reasons, &error));
  for (int64_t i = 0; i < memtier_transitions_count(log); ++i) {
    printf("%.*s: %.*s -> %.*s (%.*s)\n", (int)ids[i].size, (const char*)ids[i].data,
           (int)from[i].size, (const char*)from[i].data, (int)to[i].size, (const char*)to[i].data,
           (int)reasons[i].size, (const char*)reasons[i].data);
  }
  expect(memtier_transitions_count(log) >= 3, "every move was logged");
  memtier_transitions_destroy(log);
  check(memtier_store_close(store, &error));
  return 0;
}
