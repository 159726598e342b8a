/* Ten agents in ten processes on one store: each has a memory of its own, and all share one collection
 * and one conversation in it. Nothing is lost, and nothing of one is seen by another.
 * Each has twenty things to say; with MEMTIER_AGENTS_SECONDS (scripts/soak) it goes on for as long. */
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capi/support.h"

#define AGENTS 10

#define TURNS 20
#define MOST_TURNS (MEMTIER_MAX_BATCH / AGENTS) /* what one call of those below can read again */

/* Whether an agent that has said so much, and began then, goes on. */
static int goes_on(int turns, time_t began) {
  const char* seconds = getenv("MEMTIER_AGENTS_SECONDS");
  if (turns < TURNS) return 1;
  return seconds != NULL && turns < MOST_TURNS && time(NULL) - began < atoi(seconds);
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

/* What one agent does, and how many turns it took; what it sees of its own memory is its own. */
static int live(const char* path, int agent) {
  memtier_store* store = open_store(path);
  memtier_scope* own = scope_for("user=u%d session=mine", agent);
  memtier_scope* team = scope_for("collection=team agent=a%d", agent);
  memtier_scope* board = scope_of("collection=team session=board");
  const time_t began = time(NULL);
  int i = 0;
  for (; goes_on(i, began); ++i) {
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
    OK(memtier_context_build(store, own, SIZED(query), NULL, &items, ERR));
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
  return i;
}

/* The turns of each agent come in its order, none is missing, and none is there twice. */
static void check_turns(memtier_store* store, const memtier_scope* scope, int first, int agents,
                        const int* turns) {
  int next[AGENTS] = {0};
  memtier_items* items = NULL;
  OK(memtier_conversation_read_last(store, scope, MEMTIER_MAX_BATCH, &items, NULL, ERR));
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
  for (int i = first; i < first + agents; ++i) CHECK_INT(next[i], turns[i]);
  memtier_items_destroy(items);
}

/* Ten processes, each an agent; each tells at its end how many turns it took. */
static void let_them_live(const char* path, int* turns) {
  int told[2];
  pid_t children[AGENTS];
  REQUIRE(pipe(told) == 0);
  for (int i = 0; i < AGENTS; ++i) {
    children[i] = fork();
    REQUIRE(children[i] >= 0);
    if (children[i] == 0) {
      const int own[2] = {i, live(path, i)};
      const int is_told = write(told[1], own, sizeof own) == (ssize_t)sizeof own;
      _exit(is_told && check_failures() == 0 ? 0 : 1);
    }
  }
  for (int i = 0; i < AGENTS; ++i) {
    int status = -1;
    REQUIRE(waitpid(children[i], &status, 0) == children[i]);
    REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  for (int i = 0; i < AGENTS; ++i) {
    int one[2];
    REQUIRE(read(told[0], one, sizeof one) == (ssize_t)sizeof one);
    turns[one[0]] = one[1];
  }
  close(told[0]);
  close(told[1]);
}

static void ten_agents_share_a_store(void) {
  const char* path = test_path("agents.mem");
  int turns[AGENTS] = {0};
  int of_all = 0;
  close_store(open_store(path));
  let_them_live(path, turns);
  memtier_store* store = open_store(path);
  memtier_scope* board = scope_of("collection=team session=board");
  check_turns(store, board, 0, AGENTS, turns);
  for (int i = 0; i < AGENTS; ++i) {
    memtier_scope* own = scope_for("user=u%d session=mine", i);
    check_turns(store, own, i, 1, turns);
    CHECK_INT(count_items(store, own, ""), turns[i] + 1); /* and the note */
    memtier_scope_destroy(own);
    memtier_scope* team = scope_for("collection=team agent=a%d", i);
    CHECK_INT(count_items(store, team, ""), turns[i]);
    memtier_scope_destroy(team);
    CHECK(turns[i] >= TURNS);
    of_all += turns[i];
  }
  memtier_scope* all = scope_of("collection=team");
  CHECK_INT(count_items(store, all, ""), 2 * of_all);
  printf("turns of ten agents: %d\n", of_all);
  memtier_scope_destroy(all);
  memtier_scope_destroy(board);
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {TEST_CASE(ten_agents_share_a_store)};
  return RUN_TESTS(argc, argv, kTests);
}
