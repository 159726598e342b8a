/* What tests of the C ABI say again and again, in few words. JSON may be written with ' in place of
 * ". Texts that are returned stay valid for sixteen more calls. Everything that fails here ends the
 * test. */
#ifndef MEMTIER_TESTS_CAPI_SUPPORT_H
#define MEMTIER_TESTS_CAPI_SUPPORT_H

#include "capi/check.h"
#include "capi/files.h"

#define HOUR_US INT64_C(3600000000)
#define SECOND_US INT64_C(1000000)
/* 2026-01-01T00:00:00Z: where the tests' clock begins. */
#define START_US INT64_C(1767225600000000)

/* The text with " for every '. */
const char* quoted(const char* text);
#define Q(text) quoted(text)
/* A text and its size, as arguments. */
#define SIZED(text) (text), strlen(text)

/* --- time */
/* The time that stores with the tests' clock see. */
void set_now(int64_t now_us);
int64_t get_now(void);
void advance(int64_t by_us);
/* Options with the tests' clock, which starts anew, and without a background thread. */
memtier_options* options_with_clock(void);
void set_option(memtier_options* options, int32_t key, int64_t value);
void set_ladder(memtier_options* options, const char* ladder);

/* --- stores */
memtier_store* open_store(const char* path);
/* The options are destroyed. */
memtier_store* open_with(const char* path, memtier_options* options);
memtier_store* memory_store(void);
memtier_store* clocked_store(void);
/* With the tests' clock and this ladder. */
memtier_store* ladder_store(const char* ladder);
void close_store(memtier_store* store);
memtier_store_statistics statistics_of(memtier_store* store);
memtier_tier_statistics tier_of(memtier_store* store, int64_t tier);

/* --- scopes: "user=ada session=s1" */
memtier_scope* scope_of(const char* names);

/* --- items */
memtier_item_builder* new_builder(void);
memtier_item_builder* builder_of(const char* json);
void put(memtier_store* store, const memtier_scope* scope, const char* json);
memtier_item* put_item(memtier_store* store, const memtier_scope* scope, const char* json);
memtier_status try_put(memtier_store* store, const memtier_scope* scope, const char* json,
                       int32_t mode);
memtier_item* update_item(memtier_store* store, const memtier_scope* scope, const char* id,
                          const char* json);
memtier_item* get_item(memtier_store* store, const memtier_scope* scope, const char* id);
memtier_status try_get(memtier_store* store, const memtier_scope* scope, const char* id);
int exists(memtier_store* store, const memtier_scope* scope, const char* id);
void read_times(memtier_store* store, const char* id, int times);
void delete_item(memtier_store* store, const memtier_scope* scope, const char* id);
const char* text_of(const memtier_item* item, int32_t field);
int64_t number_of(const memtier_item* item, int32_t field);
double fraction_of(const memtier_item* item, int32_t field);
/* "a, b" */
const char* tags_of(const memtier_item* item);
const char* json_of(const memtier_item* item);
/* Of an item in the store, without counting a read: by listing it. */
memtier_item* peek_item(memtier_store* store, const memtier_scope* scope, const char* id);
const char* tier_name(memtier_store* store, const char* id);

/* --- many */
int64_t count_items(memtier_store* store, const memtier_scope* scope, const char* filter);
/* The ids of a list, "a b c". */
const char* list_ids(memtier_store* store, const memtier_scope* scope, const char* list);
const char* page_ids(memtier_cursor* cursor, int64_t max_items);
memtier_cursor* open_list(memtier_store* store, const memtier_scope* scope, const char* list);
const char* ids_of(const memtier_items* items);
memtier_status entry_status(const memtier_items* items, int64_t index);
/* The ids that a search finds, the best first. */
const char* search_ids(memtier_store* store, const memtier_scope* scope, const char* query);
memtier_hits* search(memtier_store* store, const memtier_scope* scope, const char* query);
memtier_status try_search(memtier_store* store, const char* query);
int64_t sweep(memtier_store* store);
/* The transition log, newest first: "a working>short_term capacity; b ..." */
const char* transitions_of(memtier_store* store, const char* id);

#endif
