/* memtier.h, sections 8 and 9: item documents, memtier_item_builder_set_json and
 * memtier_item_to_json. */
#include "capi/support.h"

static memtier_status try_json(const char* json) {
  memtier_item_builder* builder = new_builder();
  const char* text = Q(json);
  const memtier_status status = memtier_item_builder_set_json(builder, SIZED(text), ERR);
  memtier_item_builder_destroy(builder);
  return status;
}

/* Every key, in the order in which a document has them. */
static const char kWhole[] =
    "{'id':'a','type':'fact','content':'line\\nbreak','content_type':'text/plain',"
    "'metadata':{'z': [1, 2.50], 'a': 18446744073709551615},'tags':['x','y'],'importance':0.25,"
    "'priority':-3,'pinned':true,'tier':'short_term','created_us':1,'updated_us':2,"
    "'accessed_us':3,'expires_us':1767225600000009,'ttl_us':9,'access_count':4,"
    "'validation_count':5,'version':1}";

static void a_document_has_every_key_and_is_read_back_as_it_was(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = put_item(store, NULL, kWhole);
  CHECK_TEXT(json_of(item), Q(kWhole));
  memtier_item_destroy(item);
  close_store(store);
}

static void a_document_leaves_out_what_an_item_does_not_have(void) {
  memtier_store* store = clocked_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a'}");
  CHECK_TEXT(json_of(item),
             Q("{'id':'a','content':'','content_type':'text/plain','importance':0.5,"
               "'tier':'working','created_us':1767225600000000,'updated_us':1767225600000000,"
               "'accessed_us':1767225600000000,'access_count':0,'version':1}"));
  memtier_item_destroy(item);
  close_store(store);
}

static void a_document_names_the_scope(void) {
  memtier_store* store = memory_store();
  memtier_scope* scope = scope_of("app=p user=u agent=g session=s collection=c");
  memtier_item* item = put_item(store, scope, "{'id': 'a'}");
  CHECK_HAS(json_of(item), Q("'collection':'c','app':'p','user':'u','agent':'g','session':'s'"));
  memtier_item_destroy(item);
  memtier_scope_destroy(scope);
  close_store(store);
}

static void content_that_is_not_utf8_is_base64(void) {
  memtier_store* store = memory_store();
  memtier_item* item = put_item(store, NULL, "{'id': 'a', 'content_base64': '/wAKgA=='}");
  memtier_slice content;
  OK(memtier_item_read_text(item, MEMTIER_FIELD_CONTENT, &content, ERR));
  CHECK(content.size == 4 && memcmp(content.data, "\xff\0\n\x80", 4) == 0);
  CHECK_HAS(json_of(item), Q("'content_base64':'/wAKgA=='"));
  memtier_item_destroy(item);
  close_store(store);
}

static void every_character_survives_a_document(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = new_builder();
  char content[256 + 8];
  size_t size = 0;
  for (int c = 0; c < 128; ++c) content[size++] = (char)c;
  memcpy(content + size, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x8d\xb5", 9);
  size += 9;
  OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_CONTENT, content, size, ERR));
  memtier_item* item = NULL;
  OK(memtier_item_put(store, NULL, builder, 0, 0, &item, ERR));
  memtier_bytes* json = NULL;
  OK(memtier_item_to_json(item, &json, ERR));
  OK(memtier_item_builder_clear(builder, ERR));
  OK(memtier_item_builder_set_json(builder, memtier_bytes_data(json), memtier_bytes_size(json),
                                   ERR));
  memtier_item* copy = NULL;
  OK(memtier_item_put(store, NULL, builder, 0, 0, &copy, ERR));
  memtier_slice text;
  OK(memtier_item_read_text(copy, MEMTIER_FIELD_CONTENT, &text, ERR));
  CHECK(text.size == size && memcmp(text.data, content, size) == 0);
  memtier_bytes_destroy(json);
  memtier_item_destroy(item);
  memtier_item_destroy(copy);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void times_may_be_iso_8601(void) {
  memtier_store* store = memory_store();
  memtier_item* item = put_item(store, NULL,
                                "{'created_us': '2026-01-01T00:00:00Z', 'updated_us': "
                                "'2026-01-01', 'accessed_us': '2026-01-01T02:00:00.25+02:00', "
                                "'expires_us': '9999-12-31T23:59:59Z'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_CREATED_US), START_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_UPDATED_US), START_US);
  CHECK_INT(number_of(item, MEMTIER_FIELD_ACCESSED_US), START_US + 250000);
  CHECK_INT(number_of(item, MEMTIER_FIELD_EXPIRES_US), INT64_C(253402300799000000));
  memtier_item_destroy(item);
  close_store(store);
}

static void what_the_store_and_the_call_decide_is_accepted_and_ignored(void) {
  memtier_store* store = memory_store();
  memtier_item* item = put_item(store, NULL,
                                "{'id': 'a', 'version': 9, 'change_sequence': 9, 'collection': "
                                "'c', 'app': 'p', 'user': 'u', 'agent': 'g', 'session': 's'}");
  CHECK_INT(number_of(item, MEMTIER_FIELD_VERSION), 1);
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_COLLECTION), "default");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_USER), "");
  memtier_item_destroy(item);
  close_store(store);
}

static void a_wrong_document_is_refused_with_the_key_that_is_wrong(void) {
  static const struct {
    const char* json;
    const char* named;
  } kRows[] = {
      {"{'colour': 1}", "colour"},
      {"{'id': 1}", "id"},
      {"{'id': ''}", "id"},
      {"{'id': null}", "id"},
      {"{'type': []}", "type"},
      {"{'content': 1}", "content"},
      {"{'content': 'a', 'content_base64': 'YQ=='}", "content_base64"},
      {"{'content_base64': '***'}", "content_base64"},
      {"{'metadata': 'x'}", "metadata"},
      {"{'metadata': []}", "metadata"},
      {"{'tags': 'x'}", "tags"},
      {"{'tags': [1]}", "tags"},
      {"{'tags': ['']}", "tag"},
      {"{'importance': 1.5}", "importance"},
      {"{'importance': '1'}", "importance"},
      {"{'pinned': 1}", "pinned"},
      {"{'priority': 1.5}", "priority"},
      {"{'priority': 9223372036854775808}", "priority"},
      {"{'tier': ''}", "tier"},
      {"{'created_us': 'yesterday'}", "created_us"},
      {"{'created_us': 1.5}", "created_us"},
      {"{'created_us': 9223372036854775808}", "created_us"},
      {"{'updated_us': true}", "updated_us"},
      {"{'accessed_us': '2026-13-01'}", "accessed_us"},
      {"{'expires_us': -1}", "expires_us"},
      {"{'ttl_us': -2}", "ttl_us"},
      {"{'access_count': -1}", "access_count"},
      {"{'validation_count': -1}", "validation_count"},
      {"{'id': 'a', 'id': 'b'}", "id"},
      {"[]", "item"},
      {"{", "item"},
      {"{} x", "item"},
  };
  for (size_t i = 0; i < sizeof kRows / sizeof kRows[0]; ++i) {
    const int before = check_failures();
    FAILS_SAYING(try_json(kRows[i].json), MEMTIER_INVALID, kRows[i].named);
    if (check_failures() != before) fprintf(stderr, "  for %s\n", kRows[i].json);
  }
}

static void a_wrong_document_changes_nothing_of_the_builder(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = builder_of("{'id': 'a', 'type': 'x', 'tags': ['t']}");
  const char* wrong = Q("{'id': 'b', 'type': 'y', 'tags': [], 'importance': 7}");
  FAILS(memtier_item_builder_set_json(builder, SIZED(wrong), ERR), MEMTIER_INVALID);
  memtier_item* item = NULL;
  OK(memtier_item_put(store, NULL, builder, 0, 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_ID), "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "x");
  CHECK_TEXT(tags_of(item), "t");
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

static void only_the_keys_of_the_document_are_set(void) {
  memtier_store* store = memory_store();
  memtier_item_builder* builder = builder_of("{'id': 'a', 'type': 'x'}");
  OK(memtier_item_builder_set_json(builder, SIZED("{\"importance\": 1}"), ERR));
  memtier_item* item = NULL;
  OK(memtier_item_put(store, NULL, builder, 0, 0, &item, ERR));
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_ID), "a");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_TYPE), "x");
  CHECK_DOUBLE(fraction_of(item, MEMTIER_FIELD_IMPORTANCE), 1);
  memtier_item_destroy(item);
  memtier_item_builder_destroy(builder);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(a_document_has_every_key_and_is_read_back_as_it_was),
      TEST_CASE(a_document_leaves_out_what_an_item_does_not_have),
      TEST_CASE(a_document_names_the_scope),
      TEST_CASE(content_that_is_not_utf8_is_base64),
      TEST_CASE(every_character_survives_a_document),
      TEST_CASE(times_may_be_iso_8601),
      TEST_CASE(what_the_store_and_the_call_decide_is_accepted_and_ignored),
      TEST_CASE(a_wrong_document_is_refused_with_the_key_that_is_wrong),
      TEST_CASE(a_wrong_document_changes_nothing_of_the_builder),
      TEST_CASE(only_the_keys_of_the_document_are_set),
  };
  return RUN_TESTS(argc, argv, kTests);
}
