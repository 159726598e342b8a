/* memtier.h, section 7: scopes. */
#include "capi/support.h"

static const char* name_of(const memtier_scope* scope, int32_t part) {
  static char name[512];
  memtier_slice slice;
  OK(memtier_scope_read_text(scope, part, &slice, ERR));
  snprintf(name, sizeof name, "%.*s", (int)slice.size, (const char*)slice.data);
  return name;
}

static void a_new_scope_gives_no_name(void) {
  memtier_scope* scope = scope_of("");
  for (int32_t part = MEMTIER_SCOPE_APP; part <= MEMTIER_SCOPE_COLLECTION; ++part) {
    CHECK_TEXT(name_of(scope, part), "");
  }
  memtier_scope_destroy(scope);
}

static void names_are_copied_and_read_back(void) {
  memtier_scope* scope = scope_of("app=a user=u agent=g session=s collection=c");
  char name[] = "ada";
  OK(memtier_scope_set(scope, MEMTIER_SCOPE_USER, name, 3, ERR));
  memset(name, 'x', 3);
  CHECK_TEXT(name_of(scope, MEMTIER_SCOPE_APP), "a");
  CHECK_TEXT(name_of(scope, MEMTIER_SCOPE_USER), "ada");
  CHECK_TEXT(name_of(scope, MEMTIER_SCOPE_AGENT), "g");
  CHECK_TEXT(name_of(scope, MEMTIER_SCOPE_SESSION), "s");
  CHECK_TEXT(name_of(scope, MEMTIER_SCOPE_COLLECTION), "c");
  OK(memtier_scope_set(scope, MEMTIER_SCOPE_USER, NULL, 0, ERR)); /* taken back */
  CHECK_TEXT(name_of(scope, MEMTIER_SCOPE_USER), "");
  memtier_scope_destroy(scope);
}

static void a_wrong_name_is_refused_and_the_old_one_kept(void) {
  memtier_scope* scope = scope_of("user=ada");
  char longest[257];
  memset(longest, 'x', sizeof longest);
  FAILS_SAYING(memtier_scope_set(scope, MEMTIER_SCOPE_USER, longest, 257, ERR), MEMTIER_INVALID,
               "name");
  FAILS_SAYING(memtier_scope_set(scope, MEMTIER_SCOPE_USER, "a\nb", 3, ERR), MEMTIER_INVALID,
               "name");
  FAILS_SAYING(memtier_scope_set(scope, MEMTIER_SCOPE_USER, "a\0b", 3, ERR), MEMTIER_INVALID,
               "name");
  FAILS_SAYING(memtier_scope_set(scope, MEMTIER_SCOPE_USER, "\xff", 1, ERR), MEMTIER_INVALID,
               "name");
  FAILS_SAYING(memtier_scope_set(scope, 0, "x", 1, ERR), MEMTIER_INVALID, "part");
  FAILS_SAYING(memtier_scope_set(scope, 6, "x", 1, ERR), MEMTIER_INVALID, "part");
  CHECK_TEXT(name_of(scope, MEMTIER_SCOPE_USER), "ada");
  OK(memtier_scope_set(scope, MEMTIER_SCOPE_USER, longest, 256, ERR));
  memtier_scope_destroy(scope);
}

/* Ada in two sessions, Eve in one, and Ada's notes in another collection. */
typedef struct world {
  memtier_store* store;
  memtier_scope *ada1, *ada2, *eve1, *notes, *ada, *session1, *all;
} world;

static world make_world(void) {
  world w;
  w.store = memory_store();
  w.ada1 = scope_of("user=ada session=s1");
  w.ada2 = scope_of("user=ada session=s2");
  w.eve1 = scope_of("user=eve session=s1");
  w.notes = scope_of("user=ada collection=notes");
  w.ada = scope_of("user=ada");
  w.session1 = scope_of("session=s1");
  w.all = scope_of("collection=*");
  put(w.store, w.ada1, "{'id': 'x', 'content': 'tea one', 'created_us': 1}");
  put(w.store, w.ada2, "{'id': 'y', 'content': 'tea two', 'created_us': 2}");
  put(w.store, w.eve1, "{'id': 'z', 'content': 'tea three', 'created_us': 3}");
  put(w.store, w.notes, "{'id': 'n', 'content': 'tea four', 'created_us': 4}");
  return w;
}

static void drop_world(world* w) {
  memtier_scope* scopes[] = {w->ada1, w->ada2, w->eve1, w->notes, w->ada, w->session1, w->all};
  for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; ++i) memtier_scope_destroy(scopes[i]);
  close_store(w->store);
}

static void lists_and_counts_see_what_their_scope_allows(void) {
  world w = make_world();
  CHECK_TEXT(list_ids(w.store, w.ada1, ""), "x");
  CHECK_TEXT(list_ids(w.store, w.ada, ""), "y x");
  CHECK_TEXT(list_ids(w.store, w.session1, ""), "z x");
  CHECK_TEXT(list_ids(w.store, w.notes, ""), "n");
  CHECK_TEXT(list_ids(w.store, NULL, ""), "z y x"); /* the default collection, any names */
  CHECK_TEXT(list_ids(w.store, w.all, ""), "n z y x");
  CHECK_INT(count_items(w.store, w.ada, ""), 2);
  CHECK_INT(count_items(w.store, w.all, "{'user': 'ada'}"), 3);
  drop_world(&w);
}

static void searches_see_what_their_scope_allows(void) {
  world w = make_world();
  const char* query = "{'text': 'tea', 'weights': {'session': 0, 'neighbours': 0}}";
  CHECK_TEXT(search_ids(w.store, w.ada1, query), "x");
  CHECK_TEXT(search_ids(w.store, w.ada, query), "y x");
  CHECK_TEXT(search_ids(w.store, w.eve1, query), "z");
  CHECK_TEXT(search_ids(w.store, w.notes, query), "n");
  CHECK_TEXT(search_ids(w.store, NULL, query), "z y x");
  CHECK_TEXT(search_ids(w.store, w.all, query), "n z y x");
  drop_world(&w);
}

static void gets_find_only_what_their_scope_allows(void) {
  world w = make_world();
  OK(try_get(w.store, w.ada1, "x"));
  OK(try_get(w.store, w.ada, "x"));
  OK(try_get(w.store, NULL, "x"));
  OK(try_get(w.store, w.all, "n"));
  FAILS(try_get(w.store, w.ada2, "x"), MEMTIER_NOT_FOUND);
  FAILS(try_get(w.store, w.eve1, "x"), MEMTIER_NOT_FOUND);
  FAILS(try_get(w.store, NULL, "n"), MEMTIER_NOT_FOUND); /* of another collection */
  CHECK_INT(exists(w.store, w.eve1, "x"), 0);
  CHECK_INT(exists(w.store, w.ada, "x"), 1);
  drop_world(&w);
}

static void changes_reach_only_what_their_scope_allows(void) {
  world w = make_world();
  memtier_item_builder* patch = builder_of("{'type': 'changed'}");
  int64_t count = 0;
  FAILS(memtier_item_delete(w.store, w.eve1, "x", 1, 0, 0, ERR), MEMTIER_NOT_FOUND);
  FAILS(memtier_item_update(w.store, w.eve1, "x", 1, patch, 0, NULL, ERR), MEMTIER_NOT_FOUND);
  FAILS(memtier_item_validate(w.store, w.eve1, "x", 1, NULL, ERR), MEMTIER_NOT_FOUND);
  FAILS(memtier_item_move(w.store, w.eve1, "x", 1, SIZED("archive"), ERR), MEMTIER_NOT_FOUND);
  OK(memtier_item_update_where(w.store, w.ada, NULL, 0, patch, 0, NULL, &count, ERR));
  CHECK_INT(count, 2);
  const char* filter = "{\"version\": {\"$gte\": 1}}";
  OK(memtier_item_delete_where(w.store, w.ada, SIZED(filter), 0, NULL, &count, ERR));
  CHECK_INT(count, 2);
  CHECK_TEXT(list_ids(w.store, w.all, ""), "n z");
  OK(memtier_tier_clear(w.store, w.session1, SIZED("[\"*\"]"), NULL, &count, ERR));
  CHECK_TEXT(list_ids(w.store, w.all, ""), "n");
  OK(memtier_tier_clear(w.store, w.all, SIZED("[\"*\"]"), NULL, &count, ERR));
  CHECK_INT(count, 1);
  memtier_item_builder_destroy(patch);
  drop_world(&w);
}

static void an_id_is_unique_among_items_with_the_same_five_names(void) {
  world w = make_world();
  put(w.store, w.ada1, "{'id': 'x', 'content': 'replaced'}");
  CHECK_INT(count_items(w.store, w.ada1, ""), 1);
  put(w.store, w.ada2, "{'id': 'x'}");
  put(w.store, w.ada, "{'id': 'x'}");
  put(w.store, w.notes, "{'id': 'x'}");
  CHECK_INT(count_items(w.store, w.all, "{'id': 'x'}"), 4);
  drop_world(&w);
}

static void several_of_one_id_are_ambiguous_until_the_scope_is_narrow_enough(void) {
  world w = make_world();
  memtier_item_builder* patch = builder_of("{'type': 'changed'}");
  put(w.store, w.ada2, "{'id': 'x'}");
  FAILS_SAYING(try_get(w.store, w.ada, "x"), MEMTIER_AMBIGUOUS, "narrow");
  FAILS(try_get(w.store, NULL, "x"), MEMTIER_AMBIGUOUS);
  FAILS(memtier_item_update(w.store, w.ada, "x", 1, patch, 0, NULL, ERR), MEMTIER_AMBIGUOUS);
  FAILS(memtier_item_delete(w.store, w.ada, "x", 1, 0, 0, ERR), MEMTIER_AMBIGUOUS);
  FAILS(memtier_item_validate(w.store, w.ada, "x", 1, NULL, ERR), MEMTIER_AMBIGUOUS);
  FAILS(memtier_item_move(w.store, w.ada, "x", 1, SIZED("archive"), ERR), MEMTIER_AMBIGUOUS);
  size_t size = 0;
  FAILS(memtier_item_get_into(w.store, w.ada, "x", 1, NULL, 0, &size, ERR), MEMTIER_AMBIGUOUS);
  CHECK_INT(exists(w.store, w.ada, "x"), 1); /* one, or several */
  OK(try_get(w.store, w.ada1, "x"));
  OK(try_get(w.store, w.ada2, "x"));
  memtier_item_builder_destroy(patch);
  drop_world(&w);
}

static void the_item_with_exactly_the_names_given_is_meant_first(void) {
  world w = make_world();
  put(w.store, w.ada2, "{'id': 'x', 'content': 'narrower'}");
  put(w.store, w.ada, "{'id': 'x', 'content': 'exact'}");
  memtier_item* item = get_item(w.store, w.ada, "x");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "exact");
  memtier_item_destroy(item);
  delete_item(w.store, w.ada, "x"); /* that one, and no other */
  OK(try_get(w.store, w.ada1, "x"));
  OK(try_get(w.store, w.ada2, "x"));
  drop_world(&w);
}

static void a_put_files_its_item_under_exactly_the_names_of_its_scope(void) {
  memtier_store* store = memory_store();
  memtier_scope* scope = scope_of("app=a user=u agent=g session=s collection=c");
  memtier_item* item = put_item(store, scope, "{'id': 'x', 'user': 'ignored'}");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_APP), "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_USER), "u");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_AGENT), "g");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_SESSION), "s");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_COLLECTION), "c");
  memtier_item_destroy(item);
  item = put_item(store, NULL, "{'id': 'x'}");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_COLLECTION), "default");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_USER), "");
  memtier_item_destroy(item);
  memtier_scope_destroy(scope);
  close_store(store);
}

static void the_collection_default_may_be_named(void) {
  memtier_store* store = memory_store();
  memtier_scope* named = scope_of("collection=default");
  put(store, NULL, "{'id': 'x'}");
  put(store, named, "{'id': 'x'}");
  CHECK_INT(count_items(store, named, ""), 1);
  CHECK_INT(count_items(store, NULL, ""), 1);
  memtier_scope_destroy(named);
  close_store(store);
}

static void nothing_is_put_into_all_collections_at_once(void) {
  memtier_store* store = memory_store();
  memtier_scope* all = scope_of("collection=*");
  FAILS_SAYING(try_put(store, all, "{'id': 'x'}", MEMTIER_PUT_REPLACE), MEMTIER_INVALID, "scope");
  CHECK_INT(count_items(store, all, ""), 0);
  memtier_scope_destroy(all);
  close_store(store);
}

static void a_name_is_compared_whole_and_by_bytes(void) {
  memtier_store* store = memory_store();
  memtier_scope* scope = scope_of("user=ada app=b");
  put(store, scope, "{'id': 'x'}");
  const char* strangers[] = {"user=ad", "user=adab", "user=Ada", "app=adab", "agent=ada", "user=b"};
  for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; ++i) {
    memtier_scope* stranger = scope_of(strangers[i]);
    CHECK_INT(count_items(store, stranger, ""), 0);
    FAILS(try_get(store, stranger, "x"), MEMTIER_NOT_FOUND);
    memtier_scope_destroy(stranger);
  }
  memtier_scope_destroy(scope);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_new_scope_gives_no_name),
      TEST_CASE(names_are_copied_and_read_back),
      TEST_CASE(a_wrong_name_is_refused_and_the_old_one_kept),
      TEST_CASE(lists_and_counts_see_what_their_scope_allows),
      TEST_CASE(searches_see_what_their_scope_allows),
      TEST_CASE(gets_find_only_what_their_scope_allows),
      TEST_CASE(changes_reach_only_what_their_scope_allows),
      TEST_CASE(an_id_is_unique_among_items_with_the_same_five_names),
      TEST_CASE(several_of_one_id_are_ambiguous_until_the_scope_is_narrow_enough),
      TEST_CASE(the_item_with_exactly_the_names_given_is_meant_first),
      TEST_CASE(a_put_files_its_item_under_exactly_the_names_of_its_scope),
      TEST_CASE(the_collection_default_may_be_named),
      TEST_CASE(nothing_is_put_into_all_collections_at_once),
      TEST_CASE(a_name_is_compared_whole_and_by_bytes),
  };
  return RUN_TESTS(argc, argv, kTests);
}
