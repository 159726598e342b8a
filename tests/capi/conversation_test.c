/* memtier.h, section 21: conversations. */
#include "capi/support.h"

static memtier_scope* session_of(const char* name) {
  char names[64];
  snprintf(names, sizeof names, "user=ada session=%s", name);
  return scope_of(names);
}

static memtier_status try_append(memtier_store* store, const memtier_scope* scope, const char* turn,
                                 int64_t version) {
  const char* json = Q(turn);
  return memtier_conversation_append(store, scope, SIZED(json), version, 0, NULL, ERR);
}

static void say(memtier_store* store, const memtier_scope* scope, const char* text) {
  char turn[256];
  snprintf(turn, sizeof turn, "{'role': 'user', 'content': '%s'}", text);
  OK(try_append(store, scope, turn, 0));
}

/* The texts of items, "a, b"; they are destroyed. */
static const char* texts_of(memtier_items* items) {
  static char text[8192];
  text[0] = '\0';
  for (int64_t i = 0; i < memtier_items_count(items); ++i) {
    memtier_item* item = NULL;
    OK(memtier_items_get(items, i, &item, ERR));
    const size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "" : ", ",
             text_of(item, MEMTIER_FIELD_CONTENT));
    memtier_item_destroy(item);
  }
  memtier_items_destroy(items);
  return text;
}

static const char* last(memtier_store* store, const memtier_scope* scope, int64_t limit) {
  memtier_items* items = NULL;
  OK(memtier_conversation_read_last(store, scope, limit, &items, NULL, ERR));
  return texts_of(items);
}

static int64_t version_of(memtier_store* store, const memtier_scope* scope) {
  memtier_items* items = NULL;
  int64_t version = 0;
  OK(memtier_conversation_read_last(store, scope, 1, &items, &version, ERR));
  memtier_items_destroy(items);
  return version;
}

static memtier_status replace(memtier_store* store, const memtier_scope* scope, const char* turns,
                              int64_t version, int64_t* out_version, int64_t* out_changed) {
  const char* json = Q(turns);
  return memtier_conversation_replace(store, scope, SIZED(json), version, 0, out_version,
                                      out_changed, ERR);
}

static void turns_are_items_in_their_order(void) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = session_of("s1");
  const char* turn =
      Q("{'role': 'user', 'content': 'I moved to Bari', 'name': 'Ada', 'metadata': "
        "{'mood': 'glad'}, 'tags': ['x'], 'importance': 0.7}");
  memtier_item* item = NULL;
  OK(memtier_conversation_append(store, scope, SIZED(turn), 0, MEMTIER_DURABILITY_FULL, &item,
                                 ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_ID), "s1#000000001");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "turn");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "I moved to Bari");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_METADATA),
             "{\"role\": \"user\", \"sequence\": 1, \"speaker\": \"Ada\", \"mood\": \"glad\"}");
  CHECK_TEXT(tags_of(item), "x");
  CHECK_DOUBLE(fraction_of(item, MEMTIER_FIELD_IMPORTANCE), 0.7);
  memtier_item_destroy(item);
  say(store, scope, "it is warm");
  CHECK_TEXT(last(store, scope, 10), "I moved to Bari, it is warm");
  CHECK_TEXT(last(store, scope, 1), "it is warm");
  CHECK_TEXT(search_ids(store, scope, "{'text': 'Bari', 'weights': {'neighbours': 0}}"),
             "s1#000000001");
  CHECK_INT(count_items(store, scope, "{'metadata.mood': 'glad'}"), 1);
  memtier_scope_destroy(scope);
  close_store(store);
}

static void parts_are_kept_as_they_are(void) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = session_of("s1");
  OK(try_append(store, scope,
                "{'role': 'assistant', 'parts': [{'type': 'text', 'text': 'Let me look'}, {'type': "
                "'tool_call', 'id': 'c1', 'name': 'weather', 'arguments': {'city': 'Bari'}}]}",
                0));
  OK(try_append(store, scope,
                "{'role': 'tool', 'parts': [{'type': 'tool_result', 'id': 'c1', 'content': "
                "'sunny'}], 'state': {'city': 'Bari'}}",
                0));
  CHECK_TEXT(last(store, scope, 10), "Let me look, sunny");
  CHECK_INT(count_items(store, scope, "{'metadata.parts.name': 'weather'}"), 1);
  CHECK_INT(count_items(store, scope, "{'metadata.state.city': 'Bari'}"), 1);
  memtier_scope_destroy(scope);
  close_store(store);
}

static void what_is_wrong_is_refused_and_nothing_changes(void) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = session_of("s1");
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* all = scope_of("session=s1 collection=*");
  FAILS_SAYING(try_append(store, scope, "{'role': 'bot'}", 0), MEMTIER_INVALID,
               "none of system, developer, user");
  FAILS_SAYING(try_append(store, scope, "{}", 0), MEMTIER_INVALID, "\"role\" is missing");
  FAILS_SAYING(try_append(store, ada, "{'role': 'user'}", 0), MEMTIER_INVALID, "scope");
  FAILS_SAYING(try_append(store, all, "{'role': 'user'}", 0), MEMTIER_INVALID, "scope");
  FAILS_SAYING(try_append(store, NULL, "{'role': 'user'}", 0), MEMTIER_INVALID, "scope");
  FAILS_SAYING(try_append(store, scope, "{'role': 'user', 'tier': 'attic'}", 0), MEMTIER_NOT_FOUND,
               "attic");
  OK(try_append(store, scope, "{'role': 'user', 'created_us': '2026-02-01'}", 0));
  FAILS_SAYING(try_append(store, scope, "{'role': 'user', 'created_us': '2026-01-31'}", 0),
               MEMTIER_INVALID, "before");
  const char* turns = Q("{'turns': [{'role': 'user'}, {'role': 'nobody'}]}");
  FAILS_SAYING(memtier_conversation_append_many(store, scope, SIZED(turns), 0, 0, NULL, NULL, ERR),
               MEMTIER_INVALID, "turns[1]");
  CHECK_INT(count_items(store, scope, ""), 1);
  memtier_scope_destroy(scope);
  memtier_scope_destroy(ada);
  memtier_scope_destroy(all);
  close_store(store);
}

static void a_version_that_has_moved_on_is_a_conflict(void) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = session_of("s1");
  CHECK_INT(version_of(store, scope), 1);
  OK(try_append(store, scope, "{'role': 'user', 'content': 'a'}", 1));
  FAILS_SAYING(try_append(store, scope, "{'role': 'user', 'content': 'b'}", 1), MEMTIER_CONFLICT,
               "version 2, not 1");
  int64_t version = -1;
  int64_t changed = -1;
  FAILS(replace(store, scope, "{'turns': []}", 1, &version, &changed), MEMTIER_CONFLICT);
  CHECK_INT(version, 0);
  CHECK_INT(changed, 0);
  CHECK_TEXT(last(store, scope, 10), "a");
  memtier_scope_destroy(scope);
  close_store(store);
}

static void a_list_is_replaced_by_what_differs(void) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = session_of("s1");
  const char* turns =
      Q("{'turns': [{'role': 'user', 'content': 'a'}, {'role': 'assistant', "
        "'content': 'b'}, {'role': 'user', 'content': 'c'}]}");
  memtier_items* items = NULL;
  OK(memtier_conversation_append_many(store, scope, SIZED(turns), 1, 0, NULL, &items, ERR));
  CHECK_TEXT(ids_of(items), "s1#000000001 s1#000000002 s1#000000003");
  memtier_items_destroy(items);
  int64_t version = version_of(store, scope);
  int64_t changed = -1;
  OK(replace(store, scope,
             "{'turns': [{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': 'B'}, "
             "{'role': 'user', 'content': 'c'}]}",
             version, &version, &changed));
  CHECK_INT(changed, 1);
  CHECK_INT(version, version_of(store, scope));
  CHECK_TEXT(last(store, scope, 10), "a, B, c");
  OK(replace(store, scope, "{'turns': [{'role': 'user', 'content': 'c'}]}", version, NULL,
             &changed));
  CHECK_INT(changed, 2);
  memtier_item* item = get_item(store, scope, "s1#000000003");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 1); /* it was not touched */
  memtier_item_destroy(item);
  say(store, scope, "d");
  CHECK_TEXT(last(store, scope, 10), "c, d");
  memtier_scope_destroy(scope);
  close_store(store);
}

static void what_was_said_lately_is_told_and_sessions_are_listed(void) {
  memtier_store* store = clocked_store();
  memtier_scope* first = session_of("s1");
  memtier_scope* second = session_of("s2");
  memtier_scope* ada = scope_of("user=ada");
  say(store, first, "old");
  advance(2 * HOUR_US);
  say(store, second, "new");
  memtier_items* items = NULL;
  OK(memtier_conversation_read_recent(store, ada, HOUR_US, 10, NULL, &items, ERR));
  CHECK_TEXT(texts_of(items), "new");
  OK(memtier_conversation_read_recent(store, ada, 3 * HOUR_US, 10, NULL, &items, ERR));
  CHECK_TEXT(texts_of(items), "old, new");
  memtier_bytes* json = NULL;
  OK(memtier_conversation_list_sessions(store, ada, 10, NULL, &json, ERR));
  const char* sessions = memtier_bytes_data(json);
  CHECK_HAS(sessions,
            "[{\"first_us\":1767232800000000,\"last_us\":1767232800000000,\"session\":"
            "\"s2\",\"turns\":1,\"user\":\"ada\"},{");
  memtier_bytes_destroy(json);
  memtier_scope_destroy(first);
  memtier_scope_destroy(second);
  memtier_scope_destroy(ada);
  close_store(store);
}

static void a_context_fits_into_a_prompt(void) {
  memtier_store* store = clocked_store();
  memtier_scope* scope = session_of("s1");
  say(store, scope, "I am allergic to hazelnuts");
  for (int i = 0; i < 20; ++i) say(store, scope, "idle talk");
  const char* document = Q("{'text': 'hazelnuts', 'last': 2, 'max_items': 5}");
  memtier_items* items = NULL;
  OK(memtier_conversation_build_context(store, scope, SIZED(document), NULL, &items, ERR));
  CHECK_TEXT(texts_of(items),
             "I am allergic to hazelnuts, idle talk, idle talk, idle talk, idle talk");
  document = Q("{'last': 5, 'max_tokens': 7}"); /* 9 bytes are 3 tokens */
  OK(memtier_conversation_build_context(store, scope, SIZED(document), NULL, &items, ERR));
  CHECK_TEXT(texts_of(items), "idle talk, idle talk");
  memtier_scope_destroy(scope);
  close_store(store);
}

typedef struct counting {
  int calls;
  int32_t result;
  int released;
} counting;

static int32_t count_ten(const memtier_slice* texts, int64_t count, int64_t* out_tokens,
                         void* user_data) {
  counting* state = user_data;
  ++state->calls;
  for (int64_t i = 0; i < count; ++i) out_tokens[i] = texts[i].size > 0 ? 10 : 0;
  return state->result;
}
static void release(void* user_data) {
  ++((counting*)user_data)->released;
}

static void tokens_are_counted_as_the_caller_says(void) {
  counting state = {0, MEMTIER_CALLBACK_OK, 0};
  const memtier_token_counter counter = {sizeof counter, count_ten, release, &state};
  memtier_options* options = options_with_clock();
  OK(memtier_options_set_token_counter(options, &counter, ERR));
  memtier_store* store = open_with(":memory:", options);
  memtier_scope* scope = session_of("s1");
  for (int i = 0; i < 5; ++i) say(store, scope, "idle talk");
  const char* document = Q("{'last': 5, 'max_tokens': 25}");
  memtier_items* items = NULL;
  OK(memtier_conversation_build_context(store, scope, SIZED(document), NULL, &items, ERR));
  CHECK_TEXT(texts_of(items), "idle talk, idle talk");
  CHECK(state.calls > 0);
  state.result = MEMTIER_CALLBACK_DEFAULT;
  OK(memtier_conversation_build_context(store, scope, SIZED(document), NULL, &items, ERR));
  CHECK_TEXT(texts_of(items), "idle talk, idle talk, idle talk, idle talk, idle talk");
  state.result = -7;
  FAILS(memtier_conversation_build_context(store, scope, SIZED(document), NULL, &items, ERR),
        MEMTIER_CALLBACK);
  CHECK(items == NULL);
  memtier_scope_destroy(scope);
  close_store(store);
  CHECK_INT(state.released, 1);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(turns_are_items_in_their_order),
      TEST_CASE(parts_are_kept_as_they_are),
      TEST_CASE(what_is_wrong_is_refused_and_nothing_changes),
      TEST_CASE(a_version_that_has_moved_on_is_a_conflict),
      TEST_CASE(a_list_is_replaced_by_what_differs),
      TEST_CASE(what_was_said_lately_is_told_and_sessions_are_listed),
      TEST_CASE(a_context_fits_into_a_prompt),
      TEST_CASE(tokens_are_counted_as_the_caller_says),
  };
  return RUN_TESTS(argc, argv, kTests);
}
