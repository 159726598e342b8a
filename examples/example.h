/* What the other examples share: giving up with a reason, and putting an item given as JSON. */
#ifndef MEMTIER_EXAMPLES_EXAMPLE_H
#define MEMTIER_EXAMPLES_EXAMPLE_H

#include <memtier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static memtier_error* error; /* why the last call failed */

static inline void check(memtier_status status) {
  if (status == MEMTIER_OK) return;
  fprintf(stderr, "%s: %s\n", memtier_status_name(status), memtier_error_message(error));
  exit(EXIT_FAILURE);
}

/* An example checks what it shows: it is a test, too. */
static inline void expect(int condition, const char* what) {
  if (condition) return;
  fprintf(stderr, "not as expected: %s\n", what);
  exit(EXIT_FAILURE);
}

static inline void put_json(memtier_store* store, const memtier_scope* scope, const char* json) {
  memtier_item_builder* item = NULL;
  check(memtier_item_builder_create(&item, &error));
  check(memtier_item_builder_set_json(item, json, strlen(json), &error));
  check(memtier_item_put(store, scope, item, MEMTIER_PUT_REPLACE, MEMTIER_DURABILITY_DEFAULT, NULL,
                         &error));
  memtier_item_builder_destroy(item);
}

#endif
