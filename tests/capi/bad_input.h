/* Every public function with every kind of wrong argument: what a row of the table says about one
 * function. From its parameters follows what can be wrong with each (bad_input_values.c). */
#ifndef MEMTIER_TESTS_CAPI_BAD_INPUT_H
#define MEMTIER_TESTS_CAPI_BAD_INPUT_H

#include "capi/support.h"

#define MAX_ARGUMENTS 12

/* One argument; a text and its size are two. */
typedef struct argument {
  void* p;
  size_t n;
  int64_t i;
  double d;
} argument;

typedef memtier_status (*row_call)(const argument* a, memtier_error** error);

/* `parameters`: "kind:name", with "?" behind the kind where NULL is good, in the order of the
 * function's; a name such as "data|content" says that the message may name the field instead of the
 * argument. Kinds are:
 *   store scope builder item items cursor query hits transitions cancel options candidates keys: handles
 *   text (any UTF-8), id (not empty), bytes: a pointer and its size
 *   filter list querytext document tiers tier json images image tokenizer newindex indexname
 *   newlink newlinks onelink newconcept conceptname nodequery pathquery spreadquery newpolicy
 *   newcallback policyname newrule rulename restore: the same, with a good value
 *   builders queries ids: arrays with their count; path; index (0 is good); first; limit; field fieldtext
 *   fieldint fielddouble fieldcolumn...: a number that must be a field, and a good one
 *   newcollection collectionname: the same; drop: how a collection is dropped
 *   newspace space: a space, to be made and by name; floats manyfloats floatbuffer: numbers and
 *   their count
 *   newcollection collectionname turn turns: the same; session: a scope with one; drop: how a collection is dropped
 *   mode durability part key keytext keytokenizer version size64 double: numbers
 *   key1024: a key of an item
 *   control writer reader clock log eviction extractor decider embedder: tables
 *   out (a handle) outint outint32 outsize outdouble outslice outcolumn outstore outtier outimport
 *   buffer: a pointer and its size, for which there is room */
typedef struct row {
  const char* name;
  const char* parameters;
  row_call call;
} row;
extern const row kRows[];
extern const size_t kRowCount;
#define SECOND_ROWS 1 /* of a function that has one already */

/* A parameter of a row, and where its argument stands. */
typedef struct parameter {
  char kind[64];
  char name[64];
  int optional;
  int at;
} parameter;
size_t parse_parameters(const char* text, parameter* list);

/* What the arguments refer to; made anew for each row. */
typedef struct handles {
  memtier_store* store;
  memtier_scope* scope;
  memtier_scope* session; /* of a conversation */
  memtier_item_builder* builder;
  memtier_item* item;
  memtier_items* items;
  memtier_cursor* cursor;
  memtier_query* query;
  memtier_hits* hits;
  memtier_transitions* transitions;
  memtier_cancel* cancel;
  memtier_options* options;
  const memtier_candidates* candidates; /* while an eviction callback runs */
  memtier_keys* keys;                   /* while a key extractor runs */
} handles;
extern handles good;   /* live */
extern handles closed; /* destroyed */
void make_handles(void);
void drop_handles(void);

/* The table of callbacks of a kind, NULL for another kind. */
void* table_of(const parameter* p);
/* Good arguments for a row; outputs point to memory full of 0xee. */
void fill_arguments(const parameter* list, size_t count, argument* a);
/* The parameter's output is NULL or 0 all over. */
int is_cleared(const parameter* p, const argument* a);

typedef struct wrong_value {
  const char* what;
  memtier_status status;
  argument first; /* takes the place of the argument */
  int has_second; /* and of the one behind it */
  argument second;
} wrong_value;
/* All that can be wrong with a parameter; returns how many. */
size_t wrong_values(const parameter* p, wrong_value* list);
#define MAX_WRONG_VALUES 8

#endif
