/* memtier.h, section 25: packing the archive into blocks, reading and restoring out of it. */
#include <stdlib.h>

#include "capi/support.h"

#define ITEMS 300
#define DAY_US (24 * HOUR_US)

static const char* content_of(int i) {
  static char texts[4][256];
  static int next;
  char* text = texts[next++ % 4];
  snprintf(text, sizeof texts[0],
           "Turn %d: we talked about green tea, and how often the number %d train to Bari is late",
           i, i * 7);
  return text;
}

static void put_archived(memtier_store* store, int first, int end) {
  for (int i = first; i < end; ++i) {
    char json[512];
    snprintf(json, sizeof json,
             "{'id': 'i%d', 'content': '%s', 'tier': 'archive', 'metadata': {'n': %d}}", i,
             content_of(i), i);
    put(store, NULL, json);
  }
}

static const char* pack(memtier_store* store, const char* request) {
  static char text[512];
  memtier_bytes* json = NULL;
  OK(memtier_archive_pack(store, SIZED(Q(request)), NULL, &json, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  return text;
}

static const char* restore(memtier_store* store, const char* request) {
  static char text[4096];
  memtier_bytes* json = NULL;
  OK(memtier_archive_restore(store, NULL, SIZED(Q(request)), NULL, &json, ERR));
  snprintf(text, sizeof text, "%s", (const char*)memtier_bytes_data(json));
  memtier_bytes_destroy(json);
  return text;
}

static double statistic(memtier_store* store, const char* name) {
  char key[64];
  memtier_bytes* json = NULL;
  OK(memtier_archive_get_statistics(store, &json, ERR));
  snprintf(key, sizeof key, "\"%s\":", name);
  const char* found = strstr((const char*)memtier_bytes_data(json), key);
  REQUIRE(found != NULL);
  const double value = atof(found + strlen(key));
  memtier_bytes_destroy(json);
  return value;
}

static void check_contents(memtier_store* store, int first, int end) {
  for (int i = first; i < end; i += 7) {
    char id[16];
    snprintf(id, sizeof id, "i%d", i);
    memtier_item* item = peek_item(store, NULL, id);
    CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), content_of(i));
    memtier_item_destroy(item);
  }
}

static void packed_items_are_read_as_before_also_after_opening_again(void) {
  const char* path = test_path("a.mem");
  memtier_store* store = open_store(path);
  put_archived(store, 0, ITEMS);
  CHECK_DOUBLE(statistic(store, "waiting"), ITEMS);
  CHECK_HAS(pack(store, ""), "\"packed\":300");
  CHECK_HAS(pack(store, ""), "\"packed\":0");
  CHECK_DOUBLE(statistic(store, "items"), ITEMS);
  CHECK_DOUBLE(statistic(store, "waiting"), 0);
  CHECK_DOUBLE(statistic(store, "blocks"), 2);
  CHECK(statistic(store, "saved") > 0.6);
  check_contents(store, 0, ITEMS);
  CHECK_TEXT(search_ids(store, NULL, "{'text': '\\\"turn 5\\\"', 'limit': 1}"), "i5");
  CHECK_INT(count_items(store, NULL, "{'content': {'$contains': 'number 49 train'}}"), 1);
  CHECK_INT(count_items(store, NULL, "{'metadata.n': {'$lt': 10}, 'tier': 'archive'}"), 10);
  close_store(store);
  store = open_store(path);
  check_contents(store, 0, ITEMS);
  CHECK_DOUBLE(statistic(store, "items"), ITEMS);
  close_store(store);
}

static void items_are_restored_by_id_and_by_filter(void) {
  memtier_store* store = clocked_store();
  put_archived(store, 0, ITEMS);
  (void)pack(store, "");
  CHECK_HAS(restore(store, "{'ids': ['i7', 'nobody']}"), "\"restored\":1,\"tier\":\"short_term\"");
  CHECK_TEXT(tier_name(store, "i7"), "short_term");
  CHECK_HAS(restore(store, "{'filter': {'metadata.n': {'$gte': 290}}, 'tier': 'long_term'}"),
            "\"restored\":10");
  CHECK_HAS(restore(store, "{'filter': {'metadata.n': {'$gte': 290}}}"), "\"restored\":0");
  CHECK_TEXT(transitions_of(store, "i299"), "i299 archive>long_term restored");
  CHECK_DOUBLE(statistic(store, "items"), ITEMS - 11);
  check_contents(store, 0, ITEMS);
  memtier_bytes* json = NULL;
  FAILS_SAYING(memtier_archive_restore(store, NULL, SIZED("{}"), NULL, &json, ERR), MEMTIER_INVALID,
               "ids");
  const char* archive = Q("{'filter': {}, 'tier': 'archive'}");
  FAILS_SAYING(memtier_archive_restore(store, NULL, SIZED(archive), NULL, &json, ERR),
               MEMTIER_INVALID, "archive");
  close_store(store);
}

static void what_changes_leaves_its_block_and_an_empty_block_goes(void) {
  memtier_store* store = clocked_store();
  put_archived(store, 0, 100);
  (void)pack(store, "");
  memtier_item_destroy(update_item(store, NULL, "i5", "{'content': 'something else'}"));
  delete_item(store, NULL, "i6");
  OK(memtier_item_move(store, NULL, "i7", 2, SIZED("working"), ERR));
  CHECK_DOUBLE(statistic(store, "items"), 97);
  CHECK_DOUBLE(statistic(store, "waiting"), 1);
  memtier_item* item = peek_item(store, NULL, "i5");
  CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), "something else");
  memtier_item_destroy(item);
  check_contents(store, 8, 100);
  int64_t count = 0;
  OK(memtier_item_delete_where(store, NULL, SIZED("{\"version\": {\"$gte\": 1}}"), 0, NULL, &count,
                               ERR));
  CHECK_DOUBLE(statistic(store, "blocks"), 0);
  close_store(store);
}

static void blocks_of_which_little_is_needed_are_made_anew(void) {
  memtier_store* store = clocked_store();
  put_archived(store, 0, 200);
  (void)pack(store, "");
  int64_t count = 0;
  const char* most = Q("{'metadata.n': {'$gte': 80}}");
  OK(memtier_item_delete_where(store, NULL, SIZED(most), 0, NULL, &count, ERR));
  put_archived(store, 200, 220);
  CHECK_HAS(pack(store, "{'repack': true}"), "\"packed\":100,\"repacked_blocks\":1");
  CHECK_DOUBLE(statistic(store, "blocks"), 1);
  CHECK_DOUBLE(statistic(store, "items"), 100);
  check_contents(store, 0, 80);
  check_contents(store, 200, 220);
  CHECK_HAS(pack(store, "{'repack': true}"), "\"packed\":0,\"repacked_blocks\":0");
  close_store(store);
}

static void a_scope_is_forgotten(void) {
  memtier_store* store = open_store(test_path("f.mem"));
  memtier_scope* ada = scope_of("user=ada");
  put(store, ada, "{'id': 'a', 'content': 'quokkas', 'tier': 'archive', 'tags': ['fauna']}");
  put(store, NULL, "{'id': 'b', 'content': 'tea', 'tier': 'archive'}");
  CHECK_HAS(pack(store, ""), "\"packed\":2");
  memtier_bytes* json = NULL;
  FAILS_SAYING(memtier_scope_forget(store, NULL, NULL, &json, ERR), MEMTIER_INVALID,
               "it names nobody");
  OK(memtier_scope_forget(store, ada, NULL, &json, ERR));
  CHECK_HAS(memtier_bytes_data(json), "\"items\":1");
  CHECK_HAS(memtier_bytes_data(json), "\"blocks\":1");
  CHECK_HAS(memtier_bytes_data(json), "\"user\":\"ada\"");
  memtier_bytes_destroy(json);
  CHECK_INT(count_items(store, ada, "{'version': {'$gte': 1}}"), 0);
  CHECK_TEXT(search_ids(store, NULL, "{'text': 'quokkas tea'}"), "b");
  put(store, ada, "{'id': 'a', 'content': 'tea again'}");
  CHECK_INT(count_items(store, ada, "{'version': {'$gte': 1}}"), 1);
  memtier_scope_destroy(ada);
  close_store(store);
}

static void months_lie_apart(void) {
  memtier_store* store = clocked_store();
  put_archived(store, 0, 70);
  advance(31 * DAY_US);
  put_archived(store, 70, 80);
  CHECK_HAS(pack(store, "{'all': false}"), "\"packed\":70"); /* the newest month has few */
  CHECK_DOUBLE(statistic(store, "waiting"), 10);
  CHECK_HAS(pack(store, ""), "\"packed\":10");
  memtier_bytes* json = NULL;
  OK(memtier_archive_get_statistics(store, &json, ERR));
  CHECK_HAS((const char*)memtier_bytes_data(json), "\"period\":202601");
  CHECK_HAS((const char*)memtier_bytes_data(json), "\"period\":202602");
  memtier_bytes_destroy(json);
  check_contents(store, 0, 80);
  close_store(store);
}

static void long_content_is_compressed_in_place_and_read_as_it_was(void) {
  static char text[20001];
  int64_t sizes[2];
  for (size_t i = 0; i < sizeof text - 1; i += 10) memcpy(text + i, "green tea ", 10);
  for (int on = 0; on < 2; ++on) {
    const char* path = test_path(on ? "on.mem" : "off.mem");
    memtier_options* options = options_with_clock();
    set_option(options, MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES, on ? 1024 : 0);
    memtier_store* store = open_with(path, options);
    for (int i = 0; i < 50; ++i) {
      memtier_item_builder* builder = new_builder();
      OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_CONTENT, text, sizeof text - 1, ERR));
      OK(memtier_item_builder_set_text(builder, MEMTIER_FIELD_TIER, SIZED("long_term"), ERR));
      OK(memtier_item_put(store, NULL, builder, 0, 0, NULL, ERR));
      memtier_item_builder_destroy(builder);
    }
    CHECK_INT(count_items(store, NULL, "{'content': {'$contains': 'tea green tea'}}"), 50);
    memtier_cursor* cursor = open_list(store, NULL, "");
    memtier_items* items = NULL;
    OK(memtier_cursor_next(cursor, 1, NULL, &items, ERR));
    memtier_item* item = NULL;
    OK(memtier_items_get(items, 0, &item, ERR));
    CHECK_TEXT(text_of(item, MEMTIER_FIELD_CONTENT), text);
    memtier_item_destroy(item);
    memtier_items_destroy(items);
    memtier_cursor_destroy(cursor);
    close_store(store);
    sizes[on] = size_of_file(path);
  }
  CHECK(sizes[1] * 3 < sizes[0]);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(packed_items_are_read_as_before_also_after_opening_again),
      TEST_CASE(items_are_restored_by_id_and_by_filter),
      TEST_CASE(what_changes_leaves_its_block_and_an_empty_block_goes),
      TEST_CASE(blocks_of_which_little_is_needed_are_made_anew),
      TEST_CASE(months_lie_apart),
      TEST_CASE(a_scope_is_forgotten),
      TEST_CASE(long_content_is_compressed_in_place_and_read_as_it_was),
  };
  return RUN_TESTS(argc, argv, kTests);
}
