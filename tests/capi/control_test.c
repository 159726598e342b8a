/* memtier.h, section 4: memtier_control, and what every call that takes one does with it. */
#include "capi/support.h"

typedef struct fixture {
  memtier_store* store;
  memtier_cursor* cursor;
  memtier_query* query;
  memtier_item_builder* patch;
} fixture;

static int32_t write_nothing(const void* data, size_t data_size, void* user_data) {
  (void)data, (void)data_size, (void)user_data;
  return MEMTIER_CALLBACK_OK;
}

static int32_t read_one_line(void* buffer, size_t buffer_size, size_t* out_size, void* user_data) {
  static const char kLine[] = "{\"id\": \"turn\", \"text\": \"hello\"}\n";
  int* done = user_data;
  *out_size = *done ? 0 : sizeof kLine - 1;
  *done = 1;
  REQUIRE(buffer_size >= *out_size);
  memcpy(buffer, kLine, *out_size);
  return MEMTIER_CALLBACK_OK;
}

static memtier_status flush(fixture* f, const memtier_control* control) {
  return memtier_store_flush(f->store, control, ERR);
}
static memtier_status next_page(fixture* f, const memtier_control* control) {
  memtier_items* page = NULL;
  const memtier_status status = memtier_cursor_next(f->cursor, 10, control, &page, ERR);
  memtier_items_destroy(page);
  return status;
}
static memtier_status update_where(fixture* f, const memtier_control* control) {
  int64_t count = 0;
  return memtier_item_update_where(f->store, NULL, NULL, 0, f->patch, 0, control, &count, ERR);
}
static memtier_status delete_where(fixture* f, const memtier_control* control) {
  int64_t count = 0;
  const char* filter = "{\"id\": \"b\"}";
  return memtier_item_delete_where(f->store, NULL, SIZED(filter), 0, control, &count, ERR);
}
static memtier_status run_query(fixture* f, const memtier_control* control) {
  memtier_hits* hits = NULL;
  const memtier_status status = memtier_query_run(f->store, NULL, f->query, control, &hits, ERR);
  memtier_hits_destroy(hits);
  return status;
}
static memtier_status search_words(fixture* f, const memtier_control* control) {
  memtier_hits* hits = NULL;
  const char* query = "{\"text\": \"tea\"}";
  const memtier_status status =
      memtier_store_search(f->store, NULL, SIZED(query), control, &hits, ERR);
  memtier_hits_destroy(hits);
  return status;
}
static memtier_status optimize(fixture* f, const memtier_control* control) {
  int64_t total = 0;
  return memtier_tier_optimize(f->store, NULL, control, NULL, 0, &total, ERR);
}
static memtier_status clear(fixture* f, const memtier_control* control) {
  int64_t count = 0;
  const char* tiers = "[\"working\"]";
  return memtier_tier_clear(f->store, NULL, SIZED(tiers), control, &count, ERR);
}
static memtier_status sweep_all(fixture* f, const memtier_control* control) {
  int64_t count = 0;
  return memtier_store_sweep(f->store, control, &count, ERR);
}
static memtier_status make_index(fixture* f, const memtier_control* control) {
  const char* index = "{\"name\": \"made\", \"path\": \"metadata.made\"}";
  return memtier_index_create(f->store, SIZED(index), control, ERR);
}
static memtier_status drop_index(fixture* f, const memtier_control* control) {
  const char* index = "{\"name\": \"gone\", \"path\": \"metadata.gone\"}";
  (void)memtier_index_create(f->store, SIZED(index), NULL, ERR);
  return memtier_index_drop(f->store, SIZED("gone"), control, ERR);
}
static memtier_status export_all(fixture* f, const memtier_control* control) {
  const memtier_writer writer = {sizeof writer, write_nothing, NULL, NULL};
  int64_t count = 0;
  return memtier_store_export(f->store, NULL, NULL, 0, &writer, control, &count, ERR);
}
static memtier_status export_file(fixture* f, const memtier_control* control) {
  int64_t count = 0;
  const char* path = test_path("out.jsonl");
  return memtier_store_export_file(f->store, NULL, NULL, 0, path, control, &count, ERR);
}
static memtier_status import_lines(fixture* f, const memtier_control* control) {
  int done = 0;
  const memtier_reader reader = {sizeof reader, read_one_line, NULL, &done};
  return memtier_store_import(f->store, NULL, NULL, 0, &reader, control, NULL, ERR);
}
static memtier_status import_file(fixture* f, const memtier_control* control) {
  const char* path = test_path("in.jsonl");
  write_text_file(path, "{\"text\": \"hello\"}\n");
  return memtier_store_import_file(f->store, NULL, NULL, 0, path, control, NULL, ERR);
}

static memtier_status count(fixture* f, const memtier_control* control) {
  int64_t found = 0;
  return memtier_item_count(f->store, NULL, NULL, 0, control, &found, ERR);
}
static memtier_status explain(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const memtier_status status = memtier_item_explain(f->store, NULL, NULL, 0, control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}
static memtier_status put_many(fixture* f, const memtier_control* control) {
  const memtier_item_builder* builders[] = {f->patch};
  return memtier_item_put_many(f->store, NULL, f->patch == NULL ? NULL : builders, 1, 0, 0, control,
                               NULL, ERR);
}
static memtier_status put_images(fixture* f, const memtier_control* control) {
  return memtier_item_put_images(f->store, NULL, NULL, 0, 0, 0, control, NULL, ERR);
}
static memtier_status get_many(fixture* f, const memtier_control* control) {
  const int64_t end = 1;
  memtier_items* items = NULL;
  const memtier_status status =
      memtier_item_get_many(f->store, NULL, "a", &end, 1, control, &items, ERR);
  memtier_items_destroy(items);
  return status;
}
static memtier_status delete_many(fixture* f, const memtier_control* control) {
  const int64_t end = 1;
  return memtier_item_delete_many(f->store, NULL, "a", &end, 1, 0, control, NULL, ERR);
}
static memtier_status run_queries(fixture* f, const memtier_control* control) {
  const memtier_query* queries[] = {f->query, f->query};
  memtier_hits* hits = NULL;
  const memtier_status status =
      memtier_query_run_many(f->store, NULL, queries, 2, control, &hits, ERR);
  memtier_hits_destroy(hits);
  return status;
}

static memtier_status list_indexes(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const memtier_status status = memtier_index_list(f->store, control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}

static memtier_status apply_policies(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const memtier_status status = memtier_policy_apply(f->store, NULL, NULL, 0, control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}
static memtier_status pack(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const memtier_status status = memtier_archive_pack(f->store, NULL, 0, control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}
static memtier_status restore(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const char* request = "{\"filter\": {}}";
  const memtier_status status =
      memtier_archive_restore(f->store, NULL, SIZED(request), control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}
static memtier_status forget(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  memtier_scope* scope = scope_of("user=ada");
  const memtier_status status = memtier_scope_forget(f->store, scope, control, &json, ERR);
  memtier_scope_destroy(scope);
  memtier_bytes_destroy(json);
  return status;
}
static memtier_status apply_rules(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const memtier_status status =
      memtier_archive_rule_apply(f->store, NULL, NULL, 0, control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}
static memtier_status consolidate(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const memtier_status status =
      memtier_tier_consolidate(f->store, NULL, NULL, 0, control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}
static memtier_status compress(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const memtier_status status =
      memtier_item_compress_where(f->store, NULL, NULL, 0, 0, control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}
static memtier_status tick(fixture* f, const memtier_control* control) {
  memtier_bytes* json = NULL;
  const memtier_status status = memtier_store_tick(f->store, NULL, 0, control, &json, ERR);
  memtier_bytes_destroy(json);
  return status;
}

/* Every function of memtier.h that takes a memtier_control. */
static const struct {
  const char* name;
  memtier_status (*call)(fixture* f, const memtier_control* control);
} kCalls[] = {
    {"memtier_store_flush", flush},
    {"memtier_cursor_next", next_page},
    {"memtier_item_update_where", update_where},
    {"memtier_item_delete_where", delete_where},
    {"memtier_item_count", count},
    {"memtier_item_explain", explain},
    {"memtier_index_list", list_indexes},
    {"memtier_item_put_many", put_many},
    {"memtier_item_put_images", put_images},
    {"memtier_item_get_many", get_many},
    {"memtier_item_delete_many", delete_many},
    {"memtier_index_create", make_index},
    {"memtier_index_drop", drop_index},
    {"memtier_query_run", run_query},
    {"memtier_query_run_many", run_queries},
    {"memtier_store_search", search_words},
    {"memtier_tier_optimize", optimize},
    {"memtier_tier_clear", clear},
    {"memtier_store_sweep", sweep_all},
    {"memtier_policy_apply", apply_policies},
    {"memtier_archive_rule_apply", apply_rules},
    {"memtier_tier_consolidate", consolidate},
    {"memtier_item_compress_where", compress},
    {"memtier_archive_pack", pack},
    {"memtier_archive_restore", restore},
    {"memtier_store_tick", tick},
    {"memtier_scope_forget", forget},
    {"memtier_store_export", export_all},
    {"memtier_store_export_file", export_file},
    {"memtier_store_import", import_lines},
    {"memtier_store_import_file", import_file},
};
#define CALLS (sizeof kCalls / sizeof kCalls[0])

static fixture make_fixture(void) {
  fixture f;
  f.store = clocked_store();
  put(f.store, NULL, "{'id': 'a', 'content': 'green tea'}");
  put(f.store, NULL, "{'id': 'b', 'content': 'black tea'}");
  put(f.store, NULL, "{'id': 'c', 'content': 'gone', 'ttl_us': 1000}");
  advance(2000);
  f.cursor = open_list(f.store, NULL, "");
  const char* query = "{\"text\": \"tea\"}";
  OK(memtier_query_create(SIZED(query), &f.query, ERR));
  f.patch = builder_of("{'importance': 0.25}");
  return f;
}

static void drop_fixture(fixture* f) {
  memtier_cursor_destroy(f->cursor);
  memtier_query_destroy(f->query);
  memtier_item_builder_destroy(f->patch);
  close_store(f->store);
}

typedef struct watch {
  int progress_calls;
  int destroy_calls;
  int64_t last_done;
  int64_t last_total;
  int32_t answer;
  memtier_store* store; /* to be used from inside, where it is not NULL */
  memtier_status from_inside;
} watch;

static int32_t on_progress(int64_t done, int64_t total, void* user_data) {
  watch* w = user_data;
  CHECK_INT(w->destroy_calls, 0);
  ++w->progress_calls;
  w->last_done = done;
  w->last_total = total;
  int64_t count = 0;
  if (w->store != NULL)
    w->from_inside = memtier_item_count(w->store, NULL, NULL, 0, NULL, &count, NULL);
  return w->answer;
}

static void on_destroy(void* user_data) {
  ++((watch*)user_data)->destroy_calls;
}

static memtier_control control_of(watch* w, memtier_cancel* cancel) {
  const memtier_control control = {sizeof control, cancel, on_progress, on_destroy, w};
  memset(w, 0, sizeof *w);
  return control;
}

#define FOR_EACH_CALL(i) for (size_t i = 0; i < CALLS; ++i)
#define SAY_WHERE(i, before) \
  if (check_failures() != before) fprintf(stderr, "  in %s\n", kCalls[i].name)

static void each_tells_progress_at_the_end_and_then_destroys(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    watch w;
    const memtier_control control = control_of(&w, NULL);
    FAILS(kCalls[i].call(&f, &control), MEMTIER_OK);
    CHECK(w.progress_calls >= 1);
    CHECK(w.last_total == -1 || w.last_done == w.last_total);
    CHECK_INT(w.destroy_calls, 1);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void each_goes_without_progress_and_token(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    const memtier_control control = {sizeof control, NULL, NULL, NULL, NULL};
    FAILS(kCalls[i].call(&f, &control), MEMTIER_OK);
    FAILS(kCalls[i].call(&f, NULL), MEMTIER_OK);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void each_ends_with_cancelled_when_the_token_was_tripped_before(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    memtier_cancel* cancel = NULL;
    OK(memtier_cancel_create(&cancel, ERR));
    OK(memtier_cancel_trip(cancel, ERR));
    watch w;
    const memtier_control control = control_of(&w, cancel);
    FAILS(kCalls[i].call(&f, &control), MEMTIER_CANCELLED);
    CHECK_INT(w.destroy_calls, 1);
    CHECK_INT(count_items(f.store, NULL, ""), 2);
    CHECK_INT(count_items(f.store, NULL, "{'importance': 0.25}"), 0);
    memtier_cancel_destroy(cancel);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void each_ends_with_cancelled_when_progress_says_so(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    watch w;
    const memtier_control control = control_of(&w, NULL);
    w.answer = MEMTIER_CALLBACK_CANCEL;
    FAILS(kCalls[i].call(&f, &control), MEMTIER_CANCELLED);
    CHECK_INT(w.destroy_calls, 1);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void each_gives_the_number_of_a_failing_progress_callback_back(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    watch w;
    const memtier_control control = control_of(&w, NULL);
    w.answer = -4711;
    memtier_error** error = ERR;
    FAILS(kCalls[i].call(&f, &control), MEMTIER_CALLBACK);
    CHECK_INT(memtier_error_callback_code(*error), -4711);
    CHECK_INT(w.destroy_calls, 1);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void each_refuses_the_store_from_inside_its_progress_callback(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    watch w;
    const memtier_control control = control_of(&w, NULL);
    w.store = f.store;
    FAILS(kCalls[i].call(&f, &control), MEMTIER_OK);
    CHECK_INT(w.from_inside, MEMTIER_REENTRANT);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void each_destroys_also_when_the_call_fails(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    fixture broken = f;
    memset(&broken, 0, sizeof broken); /* every handle is NULL */
    watch w;
    const memtier_control control = control_of(&w, NULL);
    FAILS(kCalls[i].call(&broken, &control), MEMTIER_INVALID);
    CHECK_INT(w.destroy_calls, 1);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void a_call_whose_other_arguments_are_wrong_destroys_too(void) {
  fixture f = make_fixture();
  watch w;
  memtier_control control = control_of(&w, NULL);
  memtier_hits* hits = NULL;
  int64_t count = 0;
  FAILS(memtier_store_search(f.store, NULL, SIZED("{"), &control, &hits, ERR), MEMTIER_INVALID);
  CHECK_INT(w.destroy_calls, 1);
  FAILS(memtier_store_search(f.store, NULL, NULL, 0, &control, NULL, ERR), MEMTIER_INVALID);
  CHECK_INT(w.destroy_calls, 2);
  FAILS(memtier_query_run(f.store, NULL, f.query, &control, NULL, ERR), MEMTIER_INVALID);
  CHECK_INT(w.destroy_calls, 3);
  FAILS(memtier_store_export(f.store, NULL, NULL, 0, NULL, &control, &count, ERR), MEMTIER_INVALID);
  CHECK_INT(w.destroy_calls, 4);
  FAILS(memtier_store_import(f.store, NULL, NULL, 0, NULL, &control, NULL, ERR), MEMTIER_INVALID);
  CHECK_INT(w.destroy_calls, 5);
  drop_fixture(&f);
}

static void each_refuses_a_destroyed_token_and_destroys(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    memtier_cancel* cancel = NULL;
    OK(memtier_cancel_create(&cancel, ERR));
    memtier_cancel_destroy(cancel);
    watch w;
    const memtier_control control = control_of(&w, cancel);
    FAILS_SAYING(kCalls[i].call(&f, &control), MEMTIER_CLOSED, "cancel");
    CHECK_INT(w.destroy_calls, 1);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void each_leaves_a_table_of_a_wrong_size_unread(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    watch w;
    memtier_control control = control_of(&w, NULL);
    control.struct_size = sizeof control - 1;
    FAILS_SAYING(kCalls[i].call(&f, &control), MEMTIER_INVALID, "control");
    CHECK_INT(w.destroy_calls, 0);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

static void each_takes_a_table_of_a_later_version(void) {
  FOR_EACH_CALL(i) {
    const int before = check_failures();
    fixture f = make_fixture();
    watch w;
    struct {
      memtier_control control;
      int64_t of_later_versions;
    } later;
    memset(&later, 0, sizeof later);
    later.control = control_of(&w, NULL);
    later.control.struct_size = sizeof later;
    FAILS(kCalls[i].call(&f, &later.control), MEMTIER_OK);
    CHECK_INT(w.destroy_calls, 1);
    drop_fixture(&f);
    SAY_WHERE(i, before);
  }
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(each_tells_progress_at_the_end_and_then_destroys),
      TEST_CASE(each_goes_without_progress_and_token),
      TEST_CASE(each_ends_with_cancelled_when_the_token_was_tripped_before),
      TEST_CASE(each_ends_with_cancelled_when_progress_says_so),
      TEST_CASE(each_gives_the_number_of_a_failing_progress_callback_back),
      TEST_CASE(each_refuses_the_store_from_inside_its_progress_callback),
      TEST_CASE(each_destroys_also_when_the_call_fails),
      TEST_CASE(a_call_whose_other_arguments_are_wrong_destroys_too),
      TEST_CASE(each_refuses_a_destroyed_token_and_destroys),
      TEST_CASE(each_leaves_a_table_of_a_wrong_size_unread),
      TEST_CASE(each_takes_a_table_of_a_later_version),
  };
  return RUN_TESTS(argc, argv, kTests);
}
