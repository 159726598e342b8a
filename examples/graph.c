/* Associations: what belongs together, what comes to mind, and how one thing leads to another. */
#include "example.h"

static void link_all(memtier_store* store, const char* links) {
  int64_t count = 0;
  check(memtier_link_put_many(store, NULL, links, strlen(links), MEMTIER_DURABILITY_DEFAULT, NULL,
                              &count, &error));
  printf("%d links\n", (int)count);
}

typedef memtier_status (*question)(memtier_store*, const memtier_scope*, const char*, size_t,
                                   const memtier_control*, memtier_bytes**, memtier_error**);

/* The answer is a JSON document; here it is enough to see what it says. */
static void ask(memtier_store* store, question call, const char* query, const char* expected) {
  memtier_bytes* answer = NULL;
  check(call(store, NULL, query, strlen(query), NULL, &answer, &error));
  printf("%s\n", (const char*)memtier_bytes_data(answer));
  expect(strstr(memtier_bytes_data(answer), expected) != NULL, expected);
  memtier_bytes_destroy(answer);
}

int main(void) {
  memtier_store* store = NULL;
  check(memtier_store_open(":memory:", NULL, &store, &error));
  put_json(store, NULL, "{\"id\": \"trip\", \"content\": \"Ada flies to Bari in June\"}");
  put_json(store, NULL, "{\"id\": \"nuts\", \"content\": \"Ada is allergic to hazelnuts\"}");
  put_json(store, NULL, "{\"id\": \"cafe\", \"content\": \"The cafe in Bari bakes with nuts\"}");

  /* Items by their ids; concepts are names, made where they are first linked. */
  link_all(store,
           "[{\"source\": \"trip\", \"target\": {\"concept\": \"Bari\"}, \"kind\": \"about\"},"
           " {\"source\": \"cafe\", \"target\": {\"concept\": \"Bari\"}, \"kind\": \"about\"},"
           " {\"source\": \"cafe\", \"target\": \"nuts\", \"kind\": \"conflicts\"}]");

  /* Thinking of the trip, the allergy comes to mind: by way of Bari and the cafe. */
  ask(store, memtier_graph_spread, "{\"seeds\": [\"trip\"]}", "\"id\":\"nuts\"");
  ask(store, memtier_graph_find_path, "{\"from\": \"trip\", \"to\": \"nuts\"}", "\"hops\":3");
  ask(store, memtier_graph_list_neighbours, "{\"node\": {\"concept\": \"Bari\"}}", "\"total\":2");

  /* For dot -Tsvg. */
  ask(store, memtier_graph_export, "{\"format\": \"dot\"}", "digraph memtier {");

  /* A link ends with its items. */
  check(memtier_item_delete(store, NULL, "cafe", 4, 0, MEMTIER_DURABILITY_DEFAULT, &error));
  ask(store, memtier_link_list, "", "{\"links\":[{");
  ask(store, memtier_graph_spread, "{\"seeds\": [\"trip\"]}", "\"activated\":2");
  check(memtier_store_close(store, &error));
  return 0;
}
