/* JSON for the C runner: a value is the text that it is written as, and is taken apart when it is asked. What is
 * malformed ends the test. */
#ifndef MEMTIER_TESTS_CONFORMANCE_JSON_H
#define MEMTIER_TESTS_CONFORMANCE_JSON_H

#include <stddef.h>
#include <stdint.h>

/* Nothing where begin is NULL. */
typedef struct json {
  const char* begin;
  const char* end;
} json;

/* Text that stays until json_forget(). */
typedef struct json_string {
  char* data; /* and a NUL behind it */
  size_t size;
} json_string;

/* The first value in a text. */
json json_value(const char* begin, const char* end);
/* A member of an object; nothing if it has none. */
json json_member(json object, const char* key);
/* Goes through a list, or through an object, whose keys go to *key (NULL for a list). *place begins as nothing. */
int json_next(json container, json* place, json* key, json* value);
json_string json_text(json value);
/* The value as it is written. */
json_string json_source(json value);
int64_t json_int(json value);
double json_number(json value);
int json_is(json value, const char* literal);
/* Whether two values are equal: texts and numbers by value, objects byte for byte. */
int json_equal(json a, json b);
/* A file with each {"repeat": "x", "count": n} written out. */
json_string json_load(const char* path);

void* json_keep(size_t size);
void json_forget(void);

#endif
