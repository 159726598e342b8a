/* An agent that remembers: a loop over a scripted conversation. The program is ended in the middle and
 * started again, and the agent knows what was said before.
 *
 *     agent agent.mem */
#include <time.h>

#include "example.h"

/* What the person says. In place of a language model, the agent answers with what it remembers. */
static const char* const kScript[2][3] = {
    {"I moved to Bari last week", "By the way, I am allergic to hazelnuts", "See you tomorrow"},
    {"Hello again", "Which cake may I eat, with my allergic reactions?", "Thank you"}};

static void append(memtier_store* store, const memtier_scope* session, const char* role,
                   const char* text) {
  char turn[512];
  snprintf(turn, sizeof turn, "{\"role\": \"%s\", \"content\": \"%s\"}", role, text);
  check(memtier_conversation_append(store, session, turn, strlen(turn), 0,
                                    MEMTIER_DURABILITY_DEFAULT, NULL, &error));
}

/* The first item of a context, as text; "" where there is none. */
static void first_text(memtier_items* items, char* text, size_t room) {
  memtier_item* item = NULL;
  memtier_slice content = {NULL, 0};
  text[0] = '\0';
  if (memtier_items_count(items) > 0) {
    check(memtier_items_get(items, 0, &item, &error));
    check(memtier_item_read_text(item, MEMTIER_FIELD_CONTENT, &content, &error));
    snprintf(text, room, "%.*s", (int)content.size, (const char*)content.data);
    memtier_item_destroy(item);
  }
  memtier_items_destroy(items);
}

/* What the agent did, with what came of it and how long it took: found again like everything else. */
static void record(memtier_store* store, const memtier_scope* ada, const char* input,
                   const char* result, double seconds) {
  char run[768];
  snprintf(run, sizeof run,
           "{\"name\": \"answer\", \"input\": \"%s\", \"result\": \"%s\", \"duration_us\": %.0f}",
           input, result, seconds * 1e6);
  check(memtier_run_record(store, ada, run, strlen(run), MEMTIER_DURABILITY_DEFAULT, NULL, &error));
}

/* Answers one turn; what matters is remembered for good. */
static void answer(memtier_store* store, const memtier_scope* ada, const memtier_scope* session,
                   const char* said) {
  char document[512], known[256], reply[320];
  memtier_items* items = NULL;
  const clock_t began = clock();
  snprintf(document, sizeof document,
           "{\"text\": \"%s\", \"short_term\": 0, \"max_items\": 1,"
           " \"filter\": {\"type\": {\"$ne\": \"run\"}}}",
           said);
  check(memtier_context_build(store, ada, document, strlen(document), NULL, &items, &error));
  first_text(items, known, sizeof known);
  append(store, session, "user", said);
  if (strstr(said, "allergic to") != NULL) {
    check(memtier_context_remember(store, ada, "allergy", 7, said, strlen(said), 0.95,
                                   MEMTIER_DURABILITY_FULL, NULL, &error));
  }
  snprintf(reply, sizeof reply, known[0] != '\0' ? "You told me: %s" : "I see%s", known);
  append(store, session, "assistant", reply);
  record(store, ada, said, reply, (double)(clock() - began) / CLOCKS_PER_SEC);
  printf("ada:   %s\nagent: %s\n", said, reply);
}

/* One run of the program: it opens the store, talks, and ends. */
static void run(const char* path, int number, int* remembered) {
  memtier_store* store = NULL;
  memtier_scope *ada = NULL, *session = NULL;
  memtier_items* turns = NULL;
  check(memtier_store_open(path, NULL, &store, &error));
  check(memtier_scope_create(&ada, &error));
  check(memtier_scope_set(ada, MEMTIER_SCOPE_USER, "ada", 3, &error));
  check(memtier_scope_create(&session, &error));
  check(memtier_scope_set(session, MEMTIER_SCOPE_USER, "ada", 3, &error));
  check(memtier_scope_set(session, MEMTIER_SCOPE_SESSION, number == 0 ? "monday" : "tuesday",
                          number == 0 ? 6 : 7, &error));
  for (int i = 0; i < 3; ++i) answer(store, ada, session, kScript[number][i]);

  check(memtier_conversation_read_last(store, session, 100, &turns, NULL, &error));
  expect(memtier_items_count(turns) == 6, "six turns in the session");
  memtier_items_destroy(turns);
  *remembered = 0;
  check(memtier_conversation_read_recent(store, ada, INT64_C(86400000000), 100, NULL, &turns,
                                         &error));
  for (int64_t i = 0; i < memtier_items_count(turns); ++i) {
    memtier_item* item = NULL;
    memtier_slice content;
    check(memtier_items_get(turns, i, &item, &error));
    check(memtier_item_read_text(item, MEMTIER_FIELD_CONTENT, &content, &error));
    if (content.size > 12 && memcmp(content.data, "You told me:", 12) == 0) ++*remembered;
    memtier_item_destroy(item);
  }
  memtier_items_destroy(turns);
  memtier_scope_destroy(session);
  memtier_scope_destroy(ada);
  check(memtier_store_close(store, &error));
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "agent.mem";
  int remembered = 0;
  remove(path);
  run(path, 0, &remembered);
  printf("--- ended, and started again\n");
  run(path, 1, &remembered);
  expect(remembered > 0, "the agent knows what was said in the first run");
  return 0;
}
