/* memtier.h, "THREADS": many threads on one store, doing everything at once. */
#include <pthread.h>
#include <stdlib.h>

#include "capi/support.h"

#define THREADS 6

typedef struct worker {
  pthread_t thread;
  memtier_store* store;
  int number;
  unsigned random;
  int rounds;
  int* stop;
  int64_t done;
} worker;

/* xorshift: the same numbers for the same seed. */
static unsigned next_random(unsigned* state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static unsigned seed(void) {
  const char* given = getenv("MEMTIER_TEST_SEED");
  return given == NULL ? 20260601u : (unsigned)strtoul(given, NULL, 10);
}

/* Runs `body` in THREADS threads, then `meanwhile` in this one, and waits. */
static void run_workers(memtier_store* store, int rounds, void* (*body)(void*), worker* workers,
                        int* stop) {
  fprintf(stderr, "seed %u (MEMTIER_TEST_SEED)\n", seed());
  for (int i = 0; i < THREADS; ++i) {
    workers[i] = (worker){0};
    workers[i].store = store;
    workers[i].number = i;
    workers[i].random = seed() + 7919u * (unsigned)(i + 1);
    workers[i].rounds = rounds;
    workers[i].stop = stop;
    REQUIRE(pthread_create(&workers[i].thread, NULL, body, &workers[i]) == 0);
  }
}

static void wait_for_workers(worker* workers) {
  for (int i = 0; i < THREADS; ++i) REQUIRE(pthread_join(workers[i].thread, NULL) == 0);
}

/* A thread's last act: its error is let go. */
static void* end_thread(void) {
  (void)ERR;
  return NULL;
}

/* --- one random operation; what may come out of it */

static memtier_status put_one(worker* w, const char* id) {
  memtier_item_builder* builder = NULL;
  OK(memtier_item_builder_create(&builder, ERR));
  char content[64];
  snprintf(content, sizeof content, "%s says words%d", id, w->number);
  OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_ID, SIZED(id), ERR));
  OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_CONTENT, SIZED(content), ERR));
  const int32_t durability = MEMTIER_DURABILITY_RELAXED + (int32_t)(next_random(&w->random) % 2);
  const memtier_status status =
      memtier_item_put(w->store, NULL, builder, MEMTIER_PUT_REPLACE, durability, NULL, ERR);
  memtier_item_builder_destroy(builder);
  return status;
}

static memtier_status get_one(worker* w, const char* id) {
  memtier_item* item = NULL;
  const memtier_status status = memtier_item_get(w->store, NULL, SIZED(id), &item, ERR);
  if (status != MEMTIER_OK) return status;
  const char* content = text_of(item, MEMTIER_FIELD_CONTENT);
  CHECK(strncmp(content, id, strlen(id)) == 0); /* never another item's */
  memtier_item_destroy(item);
  return status;
}

static memtier_status update_one(worker* w, const char* id) {
  memtier_item_builder* builder = builder_of("{'importance': 0.75}");
  const memtier_status status =
      memtier_item_update(w->store, NULL, SIZED(id), builder, 0, NULL, ERR);
  memtier_item_builder_destroy(builder);
  return status;
}

static memtier_status search_some(worker* w) {
  memtier_hits* hits = NULL;
  const char* query = "{\"text\": \"words1 words2\", \"snippets\": true}";
  const memtier_status status =
      memtier_store_search(w->store, NULL, SIZED(query), NULL, &hits, ERR);
  memtier_hits_destroy(hits);
  return status;
}

static memtier_status list_some(worker* w) {
  memtier_cursor* cursor = NULL;
  memtier_status status = memtier_item_list(w->store, NULL, NULL, 0, &cursor, ERR);
  for (int page = 0; status == MEMTIER_OK && page < 3; ++page) {
    memtier_items* items = NULL;
    status = memtier_cursor_next(cursor, 10, NULL, &items, ERR);
    memtier_items_destroy(items);
  }
  memtier_cursor_destroy(cursor);
  return status;
}

static memtier_status look_at_numbers(worker* w) {
  memtier_store_statistics statistics;
  memtier_tier_statistics tier;
  statistics.struct_size = sizeof statistics;
  tier.struct_size = sizeof tier;
  const memtier_status status = memtier_store_get_statistics(w->store, &statistics, ERR);
  if (status != MEMTIER_OK) return status;
  return memtier_tier_get_statistics(w->store, 0, &tier, ERR);
}

static memtier_status do_something(worker* w) {
  char id[16];
  int64_t count = 0;
  snprintf(id, sizeof id, "item%02u", next_random(&w->random) % 40);
  switch (next_random(&w->random) % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
      return put_one(w, id);
    case 4:
      return update_one(w, id);
    case 5:
      return memtier_item_delete(w->store, NULL, SIZED(id), 0, 0, ERR);
    case 6:
      return search_some(w);
    case 7:
      return list_some(w);
    case 8:
      return look_at_numbers(w);
    case 9:
      return memtier_item_move(w->store, NULL, SIZED(id), SIZED("archive"), ERR);
    case 10:
      return memtier_item_validate(w->store, NULL, SIZED(id), NULL, ERR);
    case 11:
      return memtier_item_count(w->store, NULL, NULL, 0, NULL, &count, ERR);
    case 12:
      if (next_random(&w->random) % 16 != 0) return get_one(w, id);
      return memtier_store_flush(w->store, NULL, ERR);
    default:
      return get_one(w, id);
  }
}

static void* do_everything(void* user_data) {
  worker* w = user_data;
  for (int i = 0; i < w->rounds; ++i) {
    const memtier_status status = do_something(w);
    if (status != MEMTIER_OK) FAILS(status, MEMTIER_NOT_FOUND);
    ++w->done;
  }
  return end_thread();
}

static memtier_options* small_ladder(void) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  set_ladder(options,
             "{'tiers': [{'name': 'top', 'medium': 'ram', 'capacity_items': 10,"
             " 'promote': {'reads': 3, 'within_seconds': 3600}},"
             " {'name': 'mid', 'medium': 'database', 'capacity_items': 20,"
             " 'promote': {'reads': 3, 'within_seconds': 3600}},"
             " {'name': 'archive', 'medium': 'archive',"
             " 'promote': {'reads': 3, 'within_seconds': 3600}}]}");
  return options;
}

static void everything_at_once_leaves_a_store_that_agrees_with_itself(void) {
  memtier_store* store = open_with(test_path("a.mem"), small_ladder());
  worker workers[THREADS];
  run_workers(store, 400, do_everything, workers, NULL);
  wait_for_workers(workers);
  const int64_t count = count_items(store, NULL, "");
  int64_t in_tiers = 0;
  for (int64_t i = 0; i < 3; ++i) in_tiers += tier_of(store, i).item_count;
  CHECK_INT(in_tiers, count);
  CHECK_INT(statistics_of(store).item_count, count);
  memtier_hits* hits = search(store, NULL, "{'text': 'says', 'limit': 100}");
  CHECK_INT(memtier_hits_count(hits), count);
  memtier_hits_destroy(hits);
  close_store(store);
  store = open_store(test_path("a.mem"));
  CHECK_INT(count_items(store, NULL, ""), count);
  close_store(store);
}

static void* do_everything_until_closed(void* user_data) {
  worker* w = user_data;
  memtier_status status = MEMTIER_OK;
  while (status != MEMTIER_CLOSED) {
    status = do_something(w);
    const int expected = status == MEMTIER_OK || status == MEMTIER_NOT_FOUND ||
                         status == MEMTIER_CANCELLED || status == MEMTIER_CLOSED;
    if (!expected) FAILS(status, MEMTIER_CLOSED);
    if (!expected) break;
    __atomic_add_fetch(&w->done, 1, __ATOMIC_SEQ_CST);
  }
  return end_thread();
}

static void a_store_may_be_closed_while_others_call(void) {
  for (int round = 0; round < 5; ++round) {
    memtier_store* store = open_with(test_path("a.mem"), round == 0 ? small_ladder() : NULL);
    worker workers[THREADS];
    run_workers(store, 0, do_everything_until_closed, workers, NULL);
    for (int i = 0; i < THREADS; ++i) {
      while (__atomic_load_n(&workers[i].done, __ATOMIC_SEQ_CST) < 20 + 10 * round) sched_yield();
    }
    close_store(store);
    wait_for_workers(workers);
  }
}

static void* count_up(void* user_data) {
  worker* w = user_data;
  while (w->done < w->rounds) {
    memtier_item* item = get_item(w->store, NULL, "counter");
    const int64_t version = number_of(item, MEMTIER_FIELD_VERSION);
    const int64_t value = number_of(item, MEMTIER_FIELD_PRIORITY);
    memtier_item_destroy(item);
    memtier_item_builder* builder = new_builder();
    OK(memtier_item_builder_set_int64(builder, MEMTIER_FIELD_PRIORITY, value + 1, ERR));
    OK(memtier_item_builder_set_int64(builder, MEMTIER_FIELD_EXPECTED_VERSION, version, ERR));
    const memtier_status status =
        memtier_item_update(w->store, NULL, SIZED("counter"), builder, 0, NULL, ERR);
    if (status == MEMTIER_OK) ++w->done;
    if (status != MEMTIER_OK) FAILS(status, MEMTIER_CONFLICT);
    memtier_item_builder_destroy(builder);
  }
  return end_thread();
}

static void with_an_expected_version_no_change_is_lost(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'counter'}");
  worker workers[THREADS];
  run_workers(store, 50, count_up, workers, NULL);
  wait_for_workers(workers);
  memtier_item* item = get_item(store, NULL, "counter");
  CHECK_INT(number_of(item, MEMTIER_FIELD_PRIORITY), THREADS * 50);
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), THREADS * 50 + 1);
  memtier_item_destroy(item);
  close_store(store);
}

static void* add_tags(void* user_data) {
  worker* w = user_data;
  for (int i = 0; i < w->rounds; ++i) {
    memtier_item_builder* builder = new_builder();
    char tag[32];
    snprintf(tag, sizeof tag, "%d-%d", w->number, i);
    OK(memtier_item_builder_add_tag(builder, SIZED(tag), ERR));
    OK(memtier_item_update(w->store, NULL, SIZED("tagged"), builder, 0, NULL, ERR));
    memtier_item_builder_destroy(builder);
  }
  return end_thread();
}

static void an_update_loses_nothing_that_was_written_in_between(void) {
  memtier_store* store = memory_store();
  put(store, NULL, "{'id': 'tagged'}");
  worker workers[THREADS];
  run_workers(store, 30, add_tags, workers, NULL);
  wait_for_workers(workers);
  memtier_item* item = get_item(store, NULL, "tagged");
  CHECK_INT(memtier_item_tag_count(item), THREADS * 30);
  memtier_item_destroy(item);
  close_store(store);
}

static void* read_own_writes(void* user_data) {
  worker* w = user_data;
  for (int i = 0; i < w->rounds; ++i) {
    char id[32], word[64], filter[64];
    snprintf(id, sizeof id, "own-%d-%d", w->number, i);
    snprintf(word, sizeof word, "{\"text\": \"words%d\", \"limit\": 1000}", w->number);
    snprintf(filter, sizeof filter, "{'id': {'$startsWith': 'own-%d-'}}", w->number);
    OK(put_one(w, id));
    OK(get_one(w, id));
    CHECK_INT(count_items(w->store, NULL, filter), i + 1);
    memtier_hits* hits = search(w->store, NULL, word);
    CHECK_INT(memtier_hits_count(hits), i + 1);
    memtier_hits_destroy(hits);
  }
  return end_thread();
}

static void each_thread_finds_what_it_has_just_written(void) {
  memtier_store* store = open_with(test_path("a.mem"), small_ladder());
  worker workers[THREADS];
  run_workers(store, 40, read_own_writes, workers, NULL);
  wait_for_workers(workers);
  CHECK_INT(count_items(store, NULL, ""), THREADS * 40);
  close_store(store);
}

/* --- what may be shared: everything that is pointed to as const */

typedef struct shared {
  memtier_scope* scope;
  memtier_query* query;
  memtier_item_builder* builder;
  memtier_item* item;
  memtier_hits* hits;
} shared;
static shared all;

static void* use_shared(void* user_data) {
  worker* w = user_data;
  for (int i = 0; i < w->rounds; ++i) {
    memtier_item *stored = NULL, *clone = NULL, *hit = NULL;
    memtier_hits* hits = NULL;
    OK(memtier_item_put(w->store, all.scope, all.builder, 0, 0, &stored, ERR));
    OK(memtier_query_run(w->store, all.scope, all.query, NULL, &hits, ERR));
    OK(memtier_item_clone(all.item, &clone, ERR));
    OK(memtier_hits_get(all.hits, 0, &hit, ERR));
    CHECK_TEXT(text_of(clone, MEMTIER_FIELD_CONTENT), "tea");
    CHECK_TEXT(text_of(hit, MEMTIER_FIELD_ID), "shared");
    memtier_item_destroy(hit);
    memtier_item_destroy(clone);
    memtier_hits_destroy(hits);
    memtier_item_destroy(stored);
  }
  return end_thread();
}

static void what_is_const_can_be_shared_by_calls_that_run_at_once(void) {
  memtier_store* store = memory_store();
  all.scope = scope_of("user=ada");
  all.builder = builder_of("{'id': 'shared', 'content': 'tea'}");
  all.item = put_item(store, all.scope, "{'id': 'shared', 'content': 'tea'}");
  all.hits = search(store, all.scope, "{'text': 'tea'}");
  const char* query = "{\"text\": \"tea\"}";
  OK(memtier_query_create(SIZED(query), &all.query, ERR));
  worker workers[THREADS];
  run_workers(store, 100, use_shared, workers, NULL);
  wait_for_workers(workers);
  memtier_query_destroy(all.query);
  memtier_hits_destroy(all.hits);
  memtier_item_destroy(all.item);
  memtier_item_builder_destroy(all.builder);
  memtier_scope_destroy(all.scope);
  close_store(store);
}

/* --- many threads destroy, use and make the same handles */

static memtier_item* racing[64];

static void* race_for_handles(void* user_data) {
  worker* w = user_data;
  for (int i = 0; i < w->rounds; ++i) {
    memtier_item* item = __atomic_load_n(&racing[next_random(&w->random) % 64], __ATOMIC_ACQUIRE);
    memtier_slice text;
    memtier_item* clone = NULL;
    const memtier_status status = memtier_item_clone(item, &clone, ERR);
    CHECK(status == MEMTIER_OK || status == MEMTIER_CLOSED);
    if (status == MEMTIER_OK) OK(memtier_item_read_text(clone, MEMTIER_FIELD_ID, &text, ERR));
    memtier_item* old = __atomic_exchange_n(&racing[next_random(&w->random) % 64],
                                            status == MEMTIER_OK ? clone : item, __ATOMIC_ACQ_REL);
    if (status == MEMTIER_OK) memtier_item_destroy(old);
  }
  return end_thread();
}

static void handles_may_be_destroyed_while_others_use_them(void) {
  memtier_store* store = memory_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  for (int i = 0; i < 64; ++i) OK(memtier_item_clone(item, &racing[i], ERR));
  worker workers[THREADS];
  run_workers(store, 2000, race_for_handles, workers, NULL);
  wait_for_workers(workers);
  for (int i = 0; i < 64; ++i) memtier_item_destroy(racing[i]);
  memtier_item_destroy(item);
  close_store(store);
}

/* --- callbacks from many threads */

static int32_t score_evenly(const memtier_candidates* candidates, double* out_scores, int64_t count,
                            void* user_data) {
  const memtier_slice* ids = NULL;
  if (memtier_candidates_column_text(candidates, MEMTIER_FIELD_ID, &ids, NULL) != 0) return -1;
  for (int64_t i = 0; i < count; ++i) out_scores[i] = (double)ids[i].size;
  __atomic_add_fetch((int*)user_data, 1, __ATOMIC_SEQ_CST);
  return MEMTIER_CALLBACK_OK;
}

static void* put_many_times(void* user_data) {
  worker* w = user_data;
  for (int i = 0; i < w->rounds; ++i) {
    char id[32];
    snprintf(id, sizeof id, "item-%d-%d", w->number, i);
    OK(put_one(w, id));
  }
  return end_thread();
}

static void tiers_keep_their_capacity_whoever_writes_and_scores(void) {
  int calls = 0;
  memtier_options* options = small_ladder();
  const memtier_eviction eviction = {sizeof eviction, score_evenly, NULL, &calls};
  OK(memtier_options_set_eviction(options, &eviction, ERR));
  memtier_store* store = open_with(test_path("a.mem"), options);
  worker workers[THREADS];
  run_workers(store, 60, put_many_times, workers, NULL);
  wait_for_workers(workers);
  CHECK(calls > 0);
  CHECK_INT(count_items(store, NULL, ""), THREADS * 60);
  put(store, NULL,
      "{'id': 'last'}"); /* whoever came second to the last overflow left it to others */
  CHECK(tier_of(store, 0).item_count <= 10);
  CHECK(tier_of(store, 1).item_count <= 20);
  close_store(store);
}

/* --- cancelling from another thread */

static void* trip(void* user_data) {
  memtier_cancel_trip(user_data, NULL);
  return NULL;
}

static int32_t start_tripping(int64_t done, int64_t total, void* user_data) {
  (void)done, (void)total;
  pthread_t thread;
  if (pthread_create(&thread, NULL, trip, user_data) != 0) return -1;
  pthread_join(thread, NULL);
  return MEMTIER_CALLBACK_OK;
}

static void work_is_cancelled_from_another_thread(void) {
  memtier_store* store = memory_store();
  for (int i = 0; i < 3000; ++i) put(store, NULL, "{'content': 'tea'}");
  memtier_cancel* cancel = NULL;
  OK(memtier_cancel_create(&cancel, ERR));
  const memtier_control control = {sizeof control, cancel, start_tripping, NULL, cancel};
  const char* filter = "{\"version\": {\"$gte\": 1}}";
  int64_t count = 0;
  FAILS(memtier_item_delete_where(store, NULL, SIZED(filter), 0, &control, &count, ERR),
        MEMTIER_CANCELLED);
  CHECK(count > 0 && count < 3000);
  CHECK_INT(count_items(store, NULL, ""), 3000 - count);
  memtier_cancel_destroy(cancel);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(everything_at_once_leaves_a_store_that_agrees_with_itself),
      TEST_CASE(a_store_may_be_closed_while_others_call),
      TEST_CASE(with_an_expected_version_no_change_is_lost),
      TEST_CASE(an_update_loses_nothing_that_was_written_in_between),
      TEST_CASE(each_thread_finds_what_it_has_just_written),
      TEST_CASE(what_is_const_can_be_shared_by_calls_that_run_at_once),
      TEST_CASE(handles_may_be_destroyed_while_others_use_them),
      TEST_CASE(tiers_keep_their_capacity_whoever_writes_and_scores),
      TEST_CASE(work_is_cancelled_from_another_thread),
  };
  return RUN_TESTS(argc, argv, kTests);
}
