/* Ten agents in ten processes on one store: each has a memory of its own, and all share one collection
 * and one conversation in it. Nothing is lost, and nothing of one is seen by another.
 * MEMTIER_AGENTS_TURNS says how much each has to say; the default is short. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capi/support.h"

#define AGENTS 10

static int turns_of_each(void) {
  const char* given = getenv("MEMTIER_AGENTS_TURNS");
  return given != NULL ? atoi(given) : 20;
}

static memtier_scope* scope_for(const char* format, int agent) {
  char names[128];
  snprintf(names, sizeof names, format, agent);
  return scope_of(names);
}

static void say(memtier_store* store, const memtier_scope* scope, int agent, int turn) {
  char document[160];
  snprintf(document, sizeof document,
           "{\"role\": \"assistant\", \"name\": \"a%d\", \"content\": \"agent%d says number%d\"}",
           agent, agent, turn);
  OK(memtier_conversation_append(store, scope, SIZED(document), 0, 0, NULL, ERR));
}

/* What one agent does; what it sees of its own memory is its own. */
static void live(const char* path, int agent) {
  memtier_store* store = open_store(path);
  memtier_scope* own = scope_for("user=u%d session=mine", agent);
  memtier_scope* team = scope_for("collection=team agent=a%d", agent);
  memtier_scope* board = scope_of("collection=team session=board");
  const int turns = turns_of_each();
  for (int i = 0; i < turns; ++i) {
    char key[64];
    char note[128];
    memtier_items* items = NULL;
    say(store, own, agent, i);
    say(store, board, agent, i);
    snprintf(key, sizeof key, "note%d", i);
    snprintf(note, sizeof note, "agent%d notes number%d", agent, i);
    OK(memtier_context_remember(store, team, SIZED(key), SIZED(note), 0.9, 0, NULL, ERR));
    OK(memtier_context_remember(store, own, "note", 4, SIZED(note), 0.9, 0, NULL, ERR));
    const char* query = "{\"text\": \"says notes\", \"max_items\": 100}";
    OK(memtier_context_active(store, own, SIZED(query), NULL, &items, ERR));
    char mine[32];
    snprintf(mine, sizeof mine, "agent%d ", agent);
    CHECK(memtier_items_count(items) > 0);
    for (int64_t at = 0; at < memtier_items_count(items); ++at) {
      memtier_item* item = NULL;
      OK(memtier_items_get(items, at, &item, ERR));
      CHECK_HAS(text_of(item, MEMTIER_FIELD_CONTENT), mine);
      memtier_item_destroy(item);
    }
    memtier_items_destroy(items);
  }
  memtier_scope_destroy(own);
  memtier_scope_destroy(team);
  memtier_scope_destroy(board);
  close_store(store);
}

/* The turns of each agent come in its order, none is missing, and none is there twice. */
static void check_turns(memtier_store* store, const memtier_scope* scope, int first, int agents) {
  int next[AGENTS] = {0};
  memtier_items* items = NULL;
  OK(memtier_conversation_last(store, scope, MEMTIER_MAX_BATCH, &items, NULL, ERR));
  CHECK_INT(memtier_items_count(items), agents * turns_of_each());
  for (int64_t at = 0; at < memtier_items_count(items); ++at) {
    memtier_item* item = NULL;
    int agent = -1;
    int number = -1;
    OK(memtier_items_get(items, at, &item, ERR));
    REQUIRE(sscanf(text_of(item, MEMTIER_FIELD_CONTENT), "agent%d says number%d", &agent,
                   &number) == 2);
    REQUIRE(agent >= first && agent < first + agents);
    CHECK_INT(number, next[agent]++);
    memtier_item_destroy(item);
  }
  memtier_items_destroy(items);
}

static void ten_agents_share_a_store(void) {
  const char* path = test_path("agents.mem");
  close_store(open_store(path));
  pid_t children[AGENTS];
  for (int i = 0; i < AGENTS; ++i) {
    children[i] = fork();
    REQUIRE(children[i] >= 0);
    if (children[i] == 0) {
      live(path, i);
      _exit(check_failures() == 0 ? 0 : 1);
    }
  }
  for (int i = 0; i < AGENTS; ++i) {
    int status = -1;
    REQUIRE(waitpid(children[i], &status, 0) == children[i]);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  memtier_store* store = open_store(path);
  const int turns = turns_of_each();
  memtier_scope* board = scope_of("collection=team session=board");
  check_turns(store, board, 0, AGENTS);
  for (int i = 0; i < AGENTS; ++i) {
    memtier_scope* own = scope_for("user=u%d session=mine", i);
    check_turns(store, own, i, 1);
    CHECK_INT(count_items(store, own, ""), turns + 1); /* and the note */
    memtier_scope_destroy(own);
    memtier_scope* team = scope_for("collection=team agent=a%d", i);
    CHECK_INT(count_items(store, team, ""), turns);
    memtier_scope_destroy(team);
  }
  memtier_scope* all = scope_of("collection=team");
  CHECK_INT(count_items(store, all, ""), 2 * AGENTS * turns);
  memtier_scope_destroy(all);
  memtier_scope_destroy(board);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {TEST_CASE(ten_agents_share_a_store)};
  return RUN_TESTS(argc, argv, kTests);
}
