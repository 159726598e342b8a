/* memtier.h, section 22: what is believed, what was believed when, and what contradicts itself. */
#include "capi/support.h"

static memtier_status know(memtier_store* store, const memtier_scope* scope, const char* document) {
  advance(1000);
  const char* json = Q(document);
  return memtier_knowledge_put(store, scope, SIZED(json), 0, NULL, ERR);
}

static memtier_status change_to(memtier_store* store, const memtier_scope* scope, const char* id,
                                const char* document, int64_t version) {
  advance(1000);
  const char* json = Q(document);
  return memtier_knowledge_update(store, scope, SIZED(id), SIZED(json), version, 0, NULL, ERR);
}

/* "content; content", the oldest first. */
static const char* history_of(memtier_store* store, const memtier_scope* scope, const char* id,
                              int64_t limit) {
  static char texts[1024];
  memtier_items* items = NULL;
  OK(memtier_knowledge_read_history(store, scope, SIZED(id), limit, &items, ERR));
  texts[0] = '\0';
  for (int64_t i = 0; i < memtier_items_count(items); ++i) {
    memtier_item* item = NULL;
    OK(memtier_items_get(items, i, &item, ERR));
    const size_t used = strlen(texts);
    snprintf(texts + used, sizeof texts - used, "%s%s", i > 0 ? "; " : "",
             text_of(item, MEMTIER_FIELD_CONTENT));
    memtier_item_destroy(item);
  }
  memtier_items_destroy(items);
  return texts;
}

static const char* contradictions(memtier_store* store, const memtier_scope* scope,
                                  const char* document) {
  static char text[2048];
  const char* json = Q(document);
  memtier_bytes* bytes = NULL;
  OK(memtier_knowledge_list_contradictions(store, scope, SIZED(json), NULL, &bytes, ERR));
  snprintf(text, sizeof text, "%.*s", (int)memtier_bytes_size(bytes),
           (const char*)memtier_bytes_data(bytes));
  memtier_bytes_destroy(bytes);
  return text;
}

static void what_is_known_is_an_item(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  const char* document =
      Q("{'id': 'home', 'subject': 'Ada', 'attribute': 'lives in', 'value': 'Rome', "
        "'category': 'person', 'source': 'herself', 'tags': ['place'], 'importance': 0.7, "
        "'metadata': {'own': 1}}");
  memtier_item* item = NULL;
  OK(memtier_knowledge_put(store, ada, SIZED(document), 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "knowledge");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "Ada lives in Rome");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TIER), "long_term");
  CHECK_INT(number_of(item, MEMTIER_FIELD_TTL_US), -1);
  CHECK_TEXT(tags_of(item), "place");
  memtier_item_destroy(item);
  CHECK_TEXT(search_ids(store, ada, "{'text': 'rome'}"), "home");
  CHECK_INT(count_items(store, ada, "{'metadata.category': 'person', 'metadata.own': 1}"), 1);
  CHECK_INT(count_items(store, ada, "{'metadata.source': 'herself', 'metadata.value': 'Rome'}"), 1);
  FAILS_SAYING(know(store, ada, "{'id': 'home', 'content': 'x'}"), MEMTIER_EXISTS, "home");
  memtier_scope_destroy(ada);
  close_store(store);
}

static void what_was_believed_stays_with_its_time(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  OK(know(store, ada,
          "{'id': 'home', 'subject': 'Ada', 'attribute': 'lives in', 'value': 'Rome',"
          " 'source': 'herself', 'tags': ['place'], 'valid_from_us': '2020-01-01'}"));
  OK(change_to(store, ada, "home", "{'value': 'Bari', 'valid_from_us': '2024-05-01'}", 1));
  FAILS_SAYING(change_to(store, ada, "home", "{'value': 'Pisa'}", 1), MEMTIER_CONFLICT,
               "version 2");
  OK(change_to(store, ada, "home", "{'content': 'nobody knows', 'value': null}", 0));
  CHECK_TEXT(history_of(store, ada, "home", 10),
             "Ada lives in Rome; Ada lives in Bari; nobody knows");
  CHECK_TEXT(history_of(store, ada, "home", 2), "Ada lives in Bari; nobody knows");
  memtier_item* first = peek_item(store, ada, "home#000000001");
  CHECK_TEXT(text_of(first, MEMTIER_FIELD_TYPE), "belief");
  CHECK_TEXT(tags_of(first), "place");
  CHECK_HAS(text_of(first, MEMTIER_FIELD_METADATA), "\"belief_of\":\"home\"");
  CHECK_HAS(text_of(first, MEMTIER_FIELD_METADATA), "\"valid_from_us\":1577836800000000");
  CHECK_HAS(text_of(first, MEMTIER_FIELD_METADATA), "\"valid_until_us\":1714521600000000");
  memtier_item_destroy(first);
  /* what the change did not name has stayed */
  CHECK_TEXT(
      list_ids(store, ada, "{'filter': {'type': 'knowledge', 'metadata.source': 'herself'}}"),
      "home");
  CHECK_INT(count_items(store, ada, "{'type': 'knowledge', 'metadata.value': {'$exists': true}}"),
            0);
  /* words find what was believed, a context does not */
  CHECK_TEXT(search_ids(store, ada, "{'text': 'rome'}"), "home#000000001");
  memtier_items* items = NULL;
  OK(memtier_context_build(store, ada, NULL, 0, NULL, &items, ERR));
  CHECK_TEXT(ids_of(items), "home");
  memtier_items_destroy(items);
  memtier_scope_destroy(ada);
  close_store(store);
}

static void contradictions_come_in_pairs(void) {
  memtier_store* store = clocked_store();
  memtier_scope* ada = scope_of("user=ada");
  memtier_scope* eve = scope_of("user=eve");
  OK(know(store, ada, "{'id': 'a', 'subject': 'Ada', 'attribute': 'likes best', 'value': 'tea'}"));
  OK(know(store, ada, "{'id': 'b', 'subject': 'ada ', 'attribute': 'likes best', 'value': 'Tea'}"));
  CHECK_TEXT(contradictions(store, NULL, ""), "[]");
  OK(know(store, eve, "{'id': 'c', 'subject': 'Ada', 'attribute': 'likes best', 'value': 'milk'}"));
  CHECK_TEXT(contradictions(store, NULL, ""), "[]"); /* of another user */
  OK(know(store, ada,
          "{'id': 'd', 'subject': 'Ada', 'attribute': 'likes best', 'value': 'rum',"
          " 'valid_from_us': 1000, 'valid_until_us': 2000}"));
  CHECK_TEXT(contradictions(store, NULL, ""), "[]"); /* of another time */
  OK(know(store, ada, "{'id': 'e', 'subject': 'Ada', 'attribute': 'likes best', 'value': 'milk'}"));
  const char* found = contradictions(store, ada, "{'filter': {'id': {'$ne': 'b'}}}");
  CHECK_HAS(found, "\"id\":\"a\"");
  CHECK_HAS(found, "\"id\":\"e\"");
  CHECK_HAS(found, "\"attribute\":\"likes best\"");
  CHECK(strstr(found, "\"until_us\"") == NULL);
  CHECK_TEXT(contradictions(store, eve, ""), "[]");
  OK(change_to(store, ada, "e", "{'value': 'tea'}", 0));
  CHECK_TEXT(contradictions(store, NULL, ""), "[]");
  memtier_scope_destroy(ada);
  memtier_scope_destroy(eve);
  close_store(store);
}

static void what_is_wrong_is_refused(void) {
  memtier_store* store = clocked_store();
  FAILS_SAYING(know(store, NULL, "{}"), MEMTIER_INVALID, "content");
  FAILS_SAYING(know(store, NULL, "{'subject': 'Ada', 'value': 1}"), MEMTIER_INVALID, "content");
  FAILS_SAYING(know(store, NULL, "{'content': 'x', 'role': 'user'}"), MEMTIER_INVALID, "role");
  FAILS_SAYING(know(store, NULL, "{'content': 'x', 'metadata': {'belief': 2}}"), MEMTIER_INVALID,
               "belief");
  FAILS_SAYING(know(store, NULL, "{'content': 'x', 'valid_from_us': 5, 'valid_until_us': 5}"),
               MEMTIER_INVALID, "valid_until_us");
  FAILS_SAYING(know(store, NULL, "{'content': 'x', 'tier': 'attic'}"), MEMTIER_NOT_FOUND, "attic");
  CHECK_INT(count_items(store, NULL, ""), 0);
  OK(know(store, NULL, "{'id': 'k', 'subject': 's', 'attribute': 'is', 'value': 1}"));
  FAILS_SAYING(change_to(store, NULL, "k", "{'content': 'x'}", 0), MEMTIER_INVALID, "value");
  FAILS_SAYING(change_to(store, NULL, "k", "{'value': 2, 'valid_from_us': 5}", 0), MEMTIER_INVALID,
               "valid_from_us");
  FAILS_SAYING(change_to(store, NULL, "k", "{'value': 2, 'id': 'other'}", 0), MEMTIER_INVALID,
               "id");
  FAILS_SAYING(change_to(store, NULL, "none", "{'value': 2}", 0), MEMTIER_NOT_FOUND, "none");
  put(store, NULL, "{'id': 'note', 'content': 'x'}");
  FAILS_SAYING(change_to(store, NULL, "note", "{'content': 'y'}", 0), MEMTIER_INVALID, "knowledge");
  memtier_items* items = NULL;
  FAILS_SAYING(memtier_knowledge_read_history(store, NULL, SIZED("note"), 1, &items, ERR),
               MEMTIER_INVALID, "knowledge");
  CHECK_INT(count_items(store, NULL, ""), 2);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(what_is_known_is_an_item),
      TEST_CASE(what_was_believed_stays_with_its_time),
      TEST_CASE(contradictions_come_in_pairs),
      TEST_CASE(what_is_wrong_is_refused),
  };
  return RUN_TESTS(argc, argv, kTests);
}
