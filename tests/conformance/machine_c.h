/* Runs the cases of operations.json in C: what one step leaves to the next. */
#ifndef MEMTIER_TESTS_CONFORMANCE_MACHINE_C_H
#define MEMTIER_TESTS_CONFORMANCE_MACHINE_C_H

#include "capi/support.h"
#include "conformance/json.h"

#define OWN_FAILURE (-7) /* what callbacks of these tests fail with */

typedef struct machine {
  json test;
  json steps;
  int64_t now_us;
  memtier_store* stores[2]; /* "main" and "other" */
  char exported[65536];     /* by the last export */
  size_t exported_size;
  char token[4096]; /* of the last list */

  /* Of the step that is run. Keys that are read are ticked off: others are not known. */
  json step;
  const char* read[32];
  int read_count;
  int number; /* of its store */
  memtier_store* store;
  memtier_scope* scope;
  memtier_control control;
  int clock_fails;
  int clock_enters;
  memtier_status entered;
} machine;

/* Ends the test where a key or a step is not known. Returns the number of steps. */
int run_case(machine* m, json test);
memtier_status open_store_of(machine* m, const char* path, json ladder, json tokenizer, int create);

/* The keys of the step. */
json key(machine* m, const char* name);
json_string text_key(machine* m, const char* name);
json_string source_key(machine* m, const char* name); /* "" where there is none */
int64_t int_key(machine* m, const char* name, int64_t fallback);
int flag_key(machine* m, const char* name, int fallback);
/* The number of the name under a key: `names` are parted by blanks, numbered from `first`. */
int32_t choice_key(machine* m, const char* name, const char* names, int32_t first,
                   int32_t fallback);
/* What it expects, where it says so. */
void expect_count(machine* m, int64_t count);
/* Both let go of what they look at. */
void expect_item(machine* m, memtier_item* item);
void expect_entries(machine* m, memtier_items* items, json ids);
void expect_words(machine* m, const char* name, const char* actual);
/* Numbers by name: each that the step names must be one of these. */
void expect_numbers(machine* m, const char* name, const char* const* names, const int64_t* numbers,
                    int count);

/* What a step does; NULL for a name that is none. (steps_c.c) */
typedef memtier_status (*step_function)(machine* m);
step_function find_step(const char* name);

/* Ends a step with the status of a call that failed. */
#define TRY(call)                                            \
  do {                                                       \
    const memtier_status status_of_call = call;              \
    if (status_of_call != MEMTIER_OK) return status_of_call; \
  } while (0)

#endif
