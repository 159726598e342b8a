/* memtier.h, sections 13 and 15: promotion by a filter of the ladder, and by a callback. */
#include <stdlib.h>

#include "capi/support.h"

static const char kByFilter[] =
    "{'tiers': [{'name': 'near', 'medium': 'ram'},"
    " {'name': 'mid', 'medium': 'ram', 'promote': {'filter': {'tags': 'urgent'}}},"
    " {'name': 'far', 'medium': 'archive',"
    " 'promote': {'filter': {'type': 'fact', 'access_count': {'$gte': 2}}}}]}";

static void a_filter_is_asked_when_the_item_is_read(void) {
  memtier_store* store = ladder_store(kByFilter);
  put(store, NULL, "{'id': 'a', 'type': 'fact', 'tier': 'far', 'tags': ['urgent']}");
  put(store, NULL, "{'id': 'b', 'type': 'note', 'tier': 'far'}");
  read_times(store, "a", 1);
  CHECK_TEXT(tier_name(store, "a"), "far");
  read_times(store, "a", 1); /* the second read counts for itself */
  CHECK_TEXT(tier_name(store, "a"), "mid");
  read_times(store, "a", 1);
  CHECK_TEXT(tier_name(store, "a"), "near");
  read_times(store, "b", 5);
  CHECK_TEXT(tier_name(store, "b"), "far");
  CHECK_TEXT(transitions_of(store, "a"), "a mid>near filter; a far>mid filter");
  close_store(store);
}

static void a_filter_does_not_move_what_is_pinned(void) {
  memtier_store* store = ladder_store(kByFilter);
  put(store, NULL, "{'id': 'a', 'tier': 'mid', 'tags': ['urgent'], 'pinned': true}");
  read_times(store, "a", 3);
  CHECK_TEXT(tier_name(store, "a"), "mid");
  close_store(store);
}

static void a_ladder_tells_its_filters_and_refuses_wrong_ones(void) {
  memtier_store* store = ladder_store(kByFilter);
  memtier_bytes* json = NULL;
  OK(memtier_store_get_ladder(store, &json, ERR));
  CHECK_HAS((const char*)memtier_bytes_data(json), Q("'filter':{'tags':'urgent'}"));
  memtier_bytes_destroy(json);
  close_store(store);
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  const struct {
    const char* filter;
    const char* says;
  } wrong[] = {{"[]", "tiers[0].promote"},
               {"{'importance': {'$over': 1}}", "$over"},
               {"{'index.word': 'x'}", "index"}};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    char ladder[256];
    snprintf(ladder, sizeof ladder,
             "{'tiers': [{'name': 'x', 'medium': 'ram', 'promote': {'filter': %s}}]}",
             wrong[i].filter);
    FAILS_SAYING(memtier_options_set_text(options, MEMTIER_OPTION_LADDER, SIZED(Q(ladder)), ERR),
                 MEMTIER_INVALID, wrong[i].says);
  }
  memtier_options_destroy(options);
}

/* Chooses items whose ids begin with "up". */
typedef struct promoter {
  int calls;
  int64_t asked;
  int64_t largest;
  int destroyed;
  int32_t answer;
  int32_t mark;
} promoter;

static int32_t promote(const memtier_candidates* read, int32_t* out_chosen, int64_t count,
                       void* user_data) {
  promoter* p = user_data;
  ++p->calls;
  p->asked += count;
  if (count > p->largest) p->largest = count;
  CHECK_INT(memtier_candidates_count(read), count);
  const memtier_slice* ids = NULL;
  const int64_t* counts = NULL;
  OK(memtier_candidates_column_text(read, MEMTIER_FIELD_ID, &ids, ERR));
  OK(memtier_candidates_column_int64(read, MEMTIER_FIELD_ACCESS_COUNT, &counts, ERR));
  for (int64_t i = 0; i < count; ++i) {
    CHECK_INT(out_chosen[i], 0);
    CHECK(counts[i] >= 1); /* the read was counted */
    out_chosen[i] = ids[i].size >= 2 && memcmp(ids[i].data, "up", 2) == 0 ? p->mark : 0;
  }
  return p->answer;
}

static void let_go(void* user_data) {
  ++((promoter*)user_data)->destroyed;
}

static memtier_store* store_with(promoter* p) {
  memtier_options* options = options_with_clock();
  const memtier_promotion table = {sizeof table, promote, let_go, p};
  p->mark = 1;
  OK(memtier_options_set_promotion(options, &table, ERR));
  return open_with(":memory:", options);
}

static void a_callback_decides_on_what_was_read(void) {
  promoter p = {0};
  memtier_store* store = store_with(&p);
  put(store, NULL, "{'id': 'up', 'tier': 'archive'}");
  put(store, NULL, "{'id': 'down', 'tier': 'archive'}");
  read_times(store, "up", 1);
  read_times(store, "down", 1);
  CHECK_TEXT(tier_name(store, "up"), "long_term");
  CHECK_TEXT(tier_name(store, "down"), "archive");
  CHECK_TEXT(transitions_of(store, "up"), "up archive>long_term callback");
  p.mark = -3; /* anything but 0 */
  read_times(store, "up", 1);
  CHECK_TEXT(tier_name(store, "up"), "short_term");
  CHECK_INT(p.calls, 3);
  close_store(store);
  CHECK_INT(p.destroyed, 1);
}

static void a_callback_is_not_asked_where_nothing_is_to_be_decided(void) {
  promoter p = {0};
  memtier_store* store = store_with(&p);
  put(store, NULL, "{'id': 'up hottest'}");
  put(store, NULL, "{'id': 'up pinned', 'tier': 'archive', 'pinned': true}");
  put(store, NULL, "{'id': 'up by rule', 'tier': 'archive', 'importance': 0.9}");
  read_times(store, "up hottest", 2);
  read_times(store, "up pinned", 2);
  read_times(store, "up by rule", 1);
  FAILS(try_get(store, NULL, "up nowhere"), MEMTIER_NOT_FOUND);
  CHECK_INT(p.calls, 0);
  CHECK_TEXT(tier_name(store, "up pinned"), "archive");
  CHECK_TEXT(transitions_of(store, "up by rule"), "up by rule archive>long_term importance");
  close_store(store);
}

static void many_are_asked_about_in_batches(void) {
  promoter p = {0};
  memtier_store* store = store_with(&p);
  enum { kItems = 600 };
  static char ids[kItems * 8];
  int64_t ends[kItems];
  int64_t size = 0;
  for (int i = 0; i < kItems; ++i) {
    char json[64];
    snprintf(json, sizeof json, "{'id': 'up%d', 'tier': 'archive'}", i);
    put(store, NULL, json);
    size += snprintf(ids + size, 8, "up%d", i);
    ends[i] = size;
  }
  memtier_items* items = NULL;
  OK(memtier_item_get_many(store, NULL, ids, ends, kItems, NULL, &items, ERR));
  CHECK_INT(memtier_items_count(items), kItems);
  memtier_items_destroy(items);
  CHECK_INT(p.asked, kItems);
  CHECK_INT(p.calls, 3);
  CHECK_INT(p.largest, 256);
  CHECK_INT(tier_of(store, 2).item_count, kItems);
  close_store(store);
}

static void a_callback_that_fails_fails_the_read(void) {
  promoter p = {0};
  memtier_store* store = store_with(&p);
  put(store, NULL, "{'id': 'up', 'tier': 'archive'}");
  p.answer = -7;
  memtier_error** error = ERR;
  memtier_item* item = NULL;
  FAILS(memtier_item_get(store, NULL, SIZED("up"), &item, error), MEMTIER_CALLBACK);
  CHECK_INT(memtier_error_callback_code(*error), -7);
  CHECK(item == NULL);
  p.answer = MEMTIER_CALLBACK_DEFAULT; /* none of them */
  read_times(store, "up", 1);
  CHECK_TEXT(tier_name(store, "up"), "archive");
  close_store(store);
}

static void it_can_be_taken_back(void) {
  promoter p = {0};
  memtier_options* options = options_with_clock();
  const memtier_promotion table = {sizeof table, promote, let_go, &p};
  OK(memtier_options_set_promotion(options, &table, ERR));
  OK(memtier_options_set_promotion(options, NULL, ERR));
  CHECK_INT(p.destroyed, 1);
  const memtier_promotion empty = {sizeof empty, NULL, let_go, &p};
  FAILS_SAYING(memtier_options_set_promotion(options, &empty, ERR), MEMTIER_INVALID, "promotion");
  CHECK_INT(p.destroyed, 2);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'up', 'tier': 'archive'}");
  read_times(store, "up", 1);
  CHECK_INT(p.calls, 0);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_filter_is_asked_when_the_item_is_read),
      TEST_CASE(a_filter_does_not_move_what_is_pinned),
      TEST_CASE(a_ladder_tells_its_filters_and_refuses_wrong_ones),
      TEST_CASE(a_callback_decides_on_what_was_read),
      TEST_CASE(a_callback_is_not_asked_where_nothing_is_to_be_decided),
      TEST_CASE(many_are_asked_about_in_batches),
      TEST_CASE(a_callback_that_fails_fails_the_read),
      TEST_CASE(it_can_be_taken_back),
  };
  return RUN_TESTS(argc, argv, kTests);
}
