/* memtier.h, section 19: associations. */
#include <stdlib.h>

#include "capi/support.h"

typedef memtier_status (*question)(memtier_store*, const memtier_scope*, const char*, size_t,
                                   const memtier_control*, memtier_bytes**, memtier_error**);

/* The answer's text, with ' for every ". */
static const char* take(memtier_bytes* bytes) {
  static char texts[4][8192];
  static int next;
  char* text = texts[next++ % 4];
  snprintf(text, sizeof texts[0], "%s", (const char*)memtier_bytes_data(bytes));
  for (char* at = text; *at != '\0'; ++at) {
    if (*at == '"') *at = '\'';
  }
  memtier_bytes_destroy(bytes);
  return text;
}

static const char* ask(question call, memtier_store* store, const memtier_scope* scope,
                       const char* about) {
  memtier_bytes* bytes = NULL;
  const char* json = Q(about);
  OK(call(store, scope, SIZED(json), NULL, &bytes, ERR));
  return take(bytes);
}

static memtier_status try_ask(question call, memtier_store* store, const char* about) {
  memtier_bytes* bytes = NULL;
  const char* json = Q(about);
  const memtier_status status = call(store, NULL, SIZED(json), NULL, &bytes, ERR);
  CHECK((bytes != NULL) == (status == MEMTIER_OK));
  memtier_bytes_destroy(bytes);
  return status;
}

static memtier_status try_link(memtier_store* store, const memtier_scope* scope, const char* link) {
  const char* json = Q(link);
  return memtier_link_put(store, scope, SIZED(json), 0, ERR);
}

static const char* link_between(memtier_store* store, const memtier_scope* scope,
                                const char* link) {
  memtier_bytes* bytes = NULL;
  const char* json = Q(link);
  OK(memtier_link_get(store, scope, SIZED(json), &bytes, ERR));
  return take(bytes);
}

static memtier_store* tea_store(void) {
  memtier_store* store = clocked_store();
  put(store, NULL, "{'id': 'tea', 'content': 'green tea'}");
  put(store, NULL, "{'id': 'cup'}");
  put(store, NULL, "{'id': 'pot'}");
  const char* links =
      Q("[{'source': 'tea', 'target': 'cup', 'kind': 'in', 'weight': 0.5},"
        " {'source': 'cup', 'target': 'pot'},"
        " {'source': 'pot', 'target': {'concept': 'kitchen'}}]");
  int64_t count = 0;
  OK(memtier_link_put_many(store, NULL, SIZED(links), MEMTIER_DURABILITY_FULL, NULL, &count, ERR));
  CHECK_INT(count, 3);
  return store;
}

static void links_are_put_read_listed_and_deleted(void) {
  memtier_store* store = tea_store();
  CHECK_TEXT(link_between(store, NULL, "{'source': 'tea', 'target': 'cup', 'kind': 'in'}"),
             "{'created_us':1767225600000000,'kind':'in','source':{'id':'tea'},'strength':0.5,"
             "'target':{'id':'cup'},'updated_us':1767225600000000,'weight':0.5}");
  CHECK_HAS(ask(memtier_link_list, store, NULL, "{'limit': 1}"), "'after':'");
  CHECK_HAS(ask(memtier_link_list, store, NULL, "{'target': {'concept': 'kitchen'}}"),
            "'source':{'id':'pot'}");
  const char* of_cup = Q("{'source': 'cup'}");
  int64_t count = -1;
  OK(memtier_link_delete(store, NULL, SIZED(of_cup), 0, &count, ERR));
  CHECK_INT(count, 1);
  OK(memtier_link_delete(store, NULL, SIZED(of_cup), 0, NULL, ERR));
  close_store(store);
}

static void what_is_wrong_with_a_link_is_said(void) {
  memtier_store* store = tea_store();
  FAILS_SAYING(try_link(store, NULL, "{'source': 'tea', 'target': 'nobody'}"), MEMTIER_NOT_FOUND,
               "link: \"target\": item \"nobody\"");
  FAILS_SAYING(try_link(store, NULL, "{'source': 'tea', 'target': 'tea'}"), MEMTIER_INVALID,
               "are the same");
  FAILS_SAYING(try_link(store, NULL, "{'source': 'tea'}"), MEMTIER_INVALID,
               "\"target\" is missing");
  FAILS_SAYING(try_link(store, NULL, "{'source': 'tea', 'target': 'cup', 'weight': 0}"),
               MEMTIER_INVALID, "\"weight\"");
  FAILS_SAYING(try_link(store, NULL, "{'source': 'tea', 'target': 'cup', 'wait': 1}"),
               MEMTIER_INVALID, "\"wait\"");
  FAILS_SAYING(try_link(store, NULL, "{'source': 'tea', 'target': {'id': 'a', 'concept': 'b'}}"),
               MEMTIER_INVALID, "either \"id\" or \"concept\"");
  const char* nothing = Q("{'kind': 'in'}");
  FAILS_SAYING(memtier_link_delete(store, NULL, SIZED(nothing), 0, NULL, ERR), MEMTIER_INVALID,
               "must be given");
  const char* second = Q("[{'source': 'tea', 'target': 'pot'}, {'source': 'x', 'target': 'pot'}]");
  FAILS_SAYING(memtier_link_put_many(store, NULL, SIZED(second), 0, NULL, NULL, ERR),
               MEMTIER_NOT_FOUND, "links[1]: \"source\"");
  const char* first = Q("{'source': 'tea', 'target': 'pot'}");
  memtier_bytes* bytes = NULL;
  FAILS(memtier_link_get(store, NULL, SIZED(first), &bytes, ERR), MEMTIER_NOT_FOUND);
  FAILS_SAYING(try_ask(memtier_link_list, store, "{'after': 'x'}"), MEMTIER_INVALID, "\"after\"");
  close_store(store);
}

static void time_weakens_and_putting_again_strengthens(void) {
  memtier_options* options = options_with_clock();
  set_option(options, MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS, 3600);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'b'}");
  OK(try_link(store, NULL, "{'source': 'a', 'target': 'b'}"));
  advance(2 * HOUR_US);
  CHECK_HAS(link_between(store, NULL, "{'source': 'a', 'target': 'b'}"), "'strength':0.25");
  OK(try_link(store, NULL, "{'source': 'a', 'target': 'b', 'mode': 'strengthen'}"));
  CHECK_HAS(link_between(store, NULL, "{'source': 'a', 'target': 'b'}"), "'weight':1.25");
  close_store(store);
}

static void concepts_are_made_listed_and_deleted(void) {
  memtier_store* store = tea_store();
  const char* drinks = Q("{'name': 'drinks', 'description': 'what is drunk'}");
  OK(memtier_concept_create(store, NULL, SIZED(drinks), 0, ERR));
  FAILS(memtier_concept_create(store, NULL, SIZED(drinks), 0, ERR), MEMTIER_EXISTS);
  CHECK_TEXT(ask(memtier_concept_list, store, NULL, ""),
             "{'concepts':[{'concept':'drinks','created_us':1767225600000000,"
             "'description':'what is drunk','links':0},{'concept':'kitchen',"
             "'created_us':1767225600000000,'links':1}]}");
  OK(memtier_concept_delete(store, NULL, SIZED("kitchen"), 0, ERR));
  FAILS(memtier_concept_delete(store, NULL, SIZED("kitchen"), 0, ERR), MEMTIER_NOT_FOUND);
  CHECK_TEXT(ask(memtier_link_list, store, NULL, "{'source': 'pot'}"), "{'links':[]}");
  close_store(store);
}

static void walks_go_along_links(void) {
  memtier_store* store = tea_store();
  CHECK_TEXT(ask(memtier_graph_list_neighbours, store, NULL, "{'node': 'cup'}"),
             "{'neighbours':[{'direction':'out','id':'pot','kind':'related','strength':1.0,"
             "'weight':1.0},{'direction':'in','id':'tea','kind':'in','strength':0.5,"
             "'weight':0.5}],'total':2}");
  CHECK_HAS(
      ask(memtier_graph_find_path, store, NULL, "{'from': 'tea', 'to': {'concept': 'kitchen'}}"),
      "'nodes':[{'id':'tea'},{'id':'cup'},{'id':'pot'},{'concept':'kitchen'}]");
  FAILS_SAYING(
      try_ask(memtier_graph_find_path, store, "{'from': 'tea', 'to': 'pot', 'max_hops': 1}"),
      MEMTIER_NOT_FOUND, "max_hops");
  FAILS_SAYING(try_ask(memtier_graph_find_path, store,
                       "{'from': 'tea', 'to': 'pot', 'max_hops': 1, 'by': 'strength'}"),
               MEMTIER_INVALID, "\"max_hops\"");
  CHECK_TEXT(
      ask(memtier_graph_spread, store, NULL, "{'seeds': ['tea'], 'direction': 'out', 'hops': 2}"),
      "{'activated':3,'nodes':[{'activation':0.25,'hops':1,'id':'cup'},"
      "{'activation':0.125,'hops':2,'id':'pot'}],'truncated':false}");
  CHECK_HAS(ask(memtier_graph_export, store, NULL, "{'around': ['tea'], 'hops': 1}"),
            "'label':'green tea'");
  CHECK_HAS(ask(memtier_graph_export, store, NULL, "{'format': 'dot'}"), "digraph memtier {");
  close_store(store);
}

static void a_scope_shows_links_of_which_it_shows_both_ends(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* bob = scope_of("user=bob");
  put(store, ada, "{'id': 'a'}");
  put(store, bob, "{'id': 'b'}");
  OK(try_link(store, NULL, "{'source': 'a', 'target': 'b'}"));
  CHECK_HAS(ask(memtier_graph_list_neighbours, store, NULL, "{'node': 'a'}"), "'user':'bob'");
  CHECK_HAS(ask(memtier_graph_list_neighbours, store, ada, "{'node': 'a'}"), "'neighbours':[]");
  CHECK_TEXT(ask(memtier_link_list, store, bob, ""), "{'links':[]}");
  FAILS(try_link(store, ada, "{'source': 'a', 'target': 'b'}"), MEMTIER_NOT_FOUND);
  memtier_scope_destroy(bob);
  memtier_scope_destroy(ada);
  close_store(store);
}

static void links_are_learned_where_that_is_wanted(void) {
  memtier_options* options = options_with_clock();
  set_option(options, MEMTIER_OPTION_LEARN_LINKS, 1);
  memtier_store* store = open_with(":memory:", options);
  put(store, NULL, "{'id': 'a'}");
  put(store, NULL, "{'id': 'b'}");
  read_times(store, "a", 1);
  read_times(store, "b", 1);
  OK(memtier_store_flush(store, NULL, ERR));
  CHECK_HAS(link_between(store, NULL, "{'source': 'a', 'target': 'b', 'kind': 'read_together'}"),
            "'weight':0.1");
  close_store(store);
}

static void long_walks_can_be_cancelled(void) {
  memtier_store* store = tea_store();
  memtier_cancel* cancel = NULL;
  OK(memtier_cancel_create(&cancel, ERR));
  OK(memtier_cancel_trip(cancel, ERR));
  const memtier_control control = {sizeof control, cancel, NULL, NULL, NULL};
  const char* query = Q("{'seeds': ['tea']}");
  memtier_bytes* bytes = NULL;
  FAILS(memtier_graph_spread(store, NULL, SIZED(query), &control, &bytes, ERR), MEMTIER_CANCELLED);
  const char* links = Q("[{'source': 'tea', 'target': 'pot', 'kind': 'late'}]");
  FAILS(memtier_link_put_many(store, NULL, SIZED(links), 0, &control, NULL, ERR),
        MEMTIER_CANCELLED);
  CHECK_TEXT(ask(memtier_link_list, store, NULL, "{'kind': 'late'}"), "{'links':[]}");
  memtier_cancel_destroy(cancel);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(links_are_put_read_listed_and_deleted),
      TEST_CASE(what_is_wrong_with_a_link_is_said),
      TEST_CASE(time_weakens_and_putting_again_strengthens),
      TEST_CASE(concepts_are_made_listed_and_deleted),
      TEST_CASE(walks_go_along_links),
      TEST_CASE(a_scope_shows_links_of_which_it_shows_both_ends),
      TEST_CASE(links_are_learned_where_that_is_wanted),
      TEST_CASE(long_walks_can_be_cancelled),
  };
  return RUN_TESTS(argc, argv, kTests);
}
