/* memtier.h, sections 5, 8 and 13: time to live, expiry, pins, and the sweep. */
#include "capi/support.h"

static void a_ttl_counts_from_the_write(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a', 'ttl_us': 500, 'created_us': 1}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), START_US + 500);
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), 500);
  memtier_item_destroy(item);
  advance(499);
  OK(try_get(store, NULL, "a"));
  advance(1);
  FAILS(try_get(store, NULL, "a"), MEMTIER_NOT_FOUND);
  close_store(store);
}

static void an_expiry_wins_over_a_ttl(void) {
  memtier_store* store = clocked_store();
  memtier_item_builder* builder = builder_of("{'id': 'a', 'ttl_us': 500}");
  OK(memtier_item_builder_set_int64(builder, MEMTIER_FIELD_EXPIRES_US, START_US + 20, ERR));
  memtier_item* item = NULL;
  OK(memtier_item_put(store, NULL, builder, 0, 0, &item, ERR));
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), START_US + 20);
  advance(20);
  FAILS(try_get(store, NULL, "a"), MEMTIER_NOT_FOUND);
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

/* In each tier, from the very microsecond on. */
static void an_expired_item_is_invisible_at_once_everywhere(void) {
  memtier_store* store = clocked_store();
  const char* tiers[] = {"working", "short_term", "long_term", "archive"};
  for (int i = 0; i < 4; ++i) {
    char json[160];
    snprintf(json, sizeof json,
             "{'id': '%s', 'content': 'tea', 'tier': '%s', 'ttl_us': 100, 'tags': ['x']}", tiers[i],
             tiers[i]);
    put(store, NULL, json);
  }
  advance(100);
  int64_t count = -1;
  memtier_item_builder* patch = builder_of("{'type': 'x'}");
  for (int i = 0; i < 4; ++i) {
    const char* id = tiers[i];
    FAILS(try_get(store, NULL, id), MEMTIER_NOT_FOUND);
    CHECK_INT(exists(store, NULL, id), 0);
    FAILS(memtier_item_update(store, NULL, SIZED(id), patch, 0, NULL, ERR), MEMTIER_NOT_FOUND);
    FAILS(memtier_item_delete(store, NULL, SIZED(id), 0, 0, ERR), MEMTIER_NOT_FOUND);
    FAILS(memtier_item_validate(store, NULL, SIZED(id), NULL, ERR), MEMTIER_NOT_FOUND);
    FAILS(memtier_item_move(store, NULL, SIZED(id), SIZED("archive"), ERR), MEMTIER_NOT_FOUND);
    FAILS(try_put(store, NULL, "{'id': 'working'}", MEMTIER_PUT_UPDATE), MEMTIER_NOT_FOUND);
  }
  CHECK_TEXT(list_ids(store, NULL, ""), "");
  CHECK_TEXT(list_ids(store, NULL, "{'filter': {'tags': 'x'}}"), "");
  CHECK_INT(count_items(store, NULL, ""), 0);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'tea'}"), "");
  CHECK_TEXT(search_ids(store, NULL, "{}"), "");
  OK(memtier_item_update_where(store, NULL, NULL, 0, patch, 0, NULL, &count, ERR));
  CHECK_INT(count, 0);
  memtier_item_builder_destroy(patch);
  close_store(store);
}

static void a_sweep_removes_them_in_every_scope_and_says_how_many(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada collection=notes");
  put(store, NULL, "{'id': 'a', 'ttl_us': 100}");
  put(store, ada, "{'id': 'b', 'ttl_us': 100, 'tier': 'archive'}");
  put(store, NULL, "{'id': 'c', 'ttl_us': 101}");
  put(store, NULL, "{'id': 'd'}");
  CHECK_INT(sweep(store), 0);
  advance(100);
  CHECK_INT(sweep(store), 2);
  CHECK_INT(sweep(store), 0);
  CHECK_TEXT(list_ids(store, NULL, ""), "d c");
  CHECK_TEXT(transitions_of(store, "a"), "a working> expired");
  memtier_scope_destroy(ada);
  close_store(store);
}

static void an_id_can_be_made_anew_after_its_item_expired(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'type': 'old', 'ttl_us': 100, 'access_count': 5}");
  advance(100);
  memtier_item_builder* builder = builder_of("{'id': 'a', 'type': 'new'}");
  memtier_item* item = NULL;
  OK(memtier_item_put(store, NULL, builder, MEMTIER_PUT_CREATE, 0, &item, ERR));
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), START_US + 100);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESS_COUNT), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), 0);
  CHECK_INT(sweep(store), 0);
  CHECK_INT(count_items(store, NULL, ""), 1);
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void a_pinned_item_never_expires(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'ttl_us': 100, 'pinned': true}");
  put(store, NULL, "{'id': 'b', 'ttl_us': 100, 'pinned': true, 'tier': 'archive'}");
  advance(1000);
  OK(try_get(store, NULL, "a"));
  OK(try_get(store, NULL, "b"));
  CHECK_TEXT(list_ids(store, NULL, ""), "b a");
  CHECK_INT(sweep(store), 0);
  memtier_item_destroy(update_item(store, NULL, "a", "{'pinned': false}"));
  FAILS(try_get(store, NULL, "a"), MEMTIER_NOT_FOUND);
  CHECK_INT(sweep(store), 1);
  close_store(store);
}

#define LADDER_WITH_TTL                                               \
  "{'tiers': [{'name': 'brief', 'medium': 'ram', 'ttl_seconds': 60}," \
  " {'name': 'long', 'medium': 'database'}]}"

static void a_tier_gives_its_ttl_to_what_is_put_into_it_without_one(void) {
  memtier_store* store = ladder_store(LADDER_WITH_TTL);
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), 60 * SECOND_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), START_US + 60 * SECOND_US);
  memtier_item_destroy(item);
  item = put_item(store, NULL, "{'id': 'b', 'tier': 'long'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), -1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), 0);
  memtier_item_destroy(item);
  item = put_item(store, NULL, "{'id': 'c', 'ttl_us': -1}"); /* none */
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), -1);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), 0);
  memtier_item_destroy(item);
  item = put_item(store, NULL, "{'id': 'd', 'ttl_us': 0}"); /* the tier's default */
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), 60 * SECOND_US);
  memtier_item_destroy(item);
  item = put_item(store, NULL, "{'id': 'e', 'ttl_us': 5}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), START_US + 5);
  memtier_item_destroy(item);
  close_store(store);
}

static void an_update_leaves_the_end_of_life_unless_it_sets_it(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'ttl_us': 100}");
  advance(60);
  memtier_item* item = update_item(store, NULL, "a", "{'type': 'x'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), START_US + 100);
  memtier_item_destroy(item);
  item = update_item(store, NULL, "a", "{'ttl_us': 100}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), START_US + 160);
  memtier_item_destroy(item);
  item = update_item(store, NULL, "a", "{'ttl_us': -1}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), 0);
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), -1);
  memtier_item_destroy(item);
  close_store(store);
}

static void reads_prolong_a_life_only_where_the_option_says_so(void) {
  for (int refresh = 0; refresh <= 1; ++refresh) {
    memtier_options* options = options_with_clock();
    set_option(options, MEMTIER_OPTION_TTL_REFRESH_ON_READ, refresh);
    memtier_store* store = open_with(":memory:", options);
    put(store, NULL, "{'id': 'hot', 'ttl_us': 1000}");
    put(store, NULL, "{'id': 'cold', 'ttl_us': 1000, 'tier': 'archive'}");
    put(store, NULL, "{'id': 'unread', 'ttl_us': 1000}");
    advance(900);
    read_times(store, "hot", 1);
    read_times(store, "cold", 1);
    advance(900);
    CHECK_INT(exists(store, NULL, "hot"), refresh);
    CHECK_INT(exists(store, NULL, "cold"), refresh);
    CHECK_INT(exists(store, NULL, "unread"), 0);
    CHECK_INT(count_items(store, NULL, ""), 2 * refresh);
    advance(1000);
    CHECK_INT(sweep(store), 3);
    close_store(store);
  }
}

static void expiry_survives_reopening(void) {
  memtier_store* store = open_with(test_path("a.mem"), options_with_clock());
  put(store, NULL, "{'id': 'a', 'ttl_us': 100}");
  close_store(store);
  store = open_with(test_path("a.mem"), options_with_clock());
  OK(try_get(store, NULL, "a"));
  advance(100);
  FAILS(try_get(store, NULL, "a"), MEMTIER_NOT_FOUND);
  CHECK_INT(sweep(store), 1);
  close_store(store);
}

static void an_item_that_is_over_already_when_it_is_put_is_never_found(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'a', 'content': 'tea', 'expires_us': 1}");
  FAILS(try_get(store, NULL, "a"), MEMTIER_NOT_FOUND);
  CHECK_INT(count_items(store, NULL, ""), 0);
  CHECK_INT(sweep(store), 1);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_ttl_counts_from_the_write),
      TEST_CASE(an_expiry_wins_over_a_ttl),
      TEST_CASE(an_expired_item_is_invisible_at_once_everywhere),
      TEST_CASE(a_sweep_removes_them_in_every_scope_and_says_how_many),
      TEST_CASE(an_id_can_be_made_anew_after_its_item_expired),
      TEST_CASE(a_pinned_item_never_expires),
      TEST_CASE(a_tier_gives_its_ttl_to_what_is_put_into_it_without_one),
      TEST_CASE(an_update_leaves_the_end_of_life_unless_it_sets_it),
      TEST_CASE(reads_prolong_a_life_only_where_the_option_says_so),
      TEST_CASE(expiry_survives_reopening),
      TEST_CASE(an_item_that_is_over_already_when_it_is_put_is_never_found),
  };
  return RUN_TESTS(argc, argv, kTests);
}
