/* memtier.h, "PROCESSES": several processes on one file. The test drives others of itself, which do
 * what they are told on their input, one line at a time, and answer with one line. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capi/support.h"

/* --- the driven side */

static memtier_store* child_store;

static void answer(const char* text) {
  printf("%s\n", text);
  fflush(stdout);
}

static void answer_status(memtier_status status) {
  answer(memtier_status_name(status));
}

static void block_for_ever(void) {
  answer("stuck");
  while (1) pause();
}

static int32_t stuck_clock(int64_t* out_now_us, void* user_data) {
  *out_now_us = START_US;
  if (*(int*)user_data) block_for_ever();
  return MEMTIER_CALLBACK_OK;
}
static int32_t stuck_scores(const memtier_candidates* candidates, double* out_scores, int64_t count,
                            void* user_data) {
  (void)candidates, (void)out_scores, (void)count;
  if (*(int*)user_data) block_for_ever();
  return MEMTIER_CALLBACK_DEFAULT;
}
static int32_t stuck_progress(int64_t done, int64_t total, void* user_data) {
  (void)done, (void)total, (void)user_data;
  block_for_ever();
  return MEMTIER_CALLBACK_OK;
}
static int32_t stuck_write(const void* data, size_t data_size, void* user_data) {
  (void)data, (void)data_size, (void)user_data;
  block_for_ever();
  return MEMTIER_CALLBACK_OK;
}
static int32_t stuck_read(void* buffer, size_t buffer_size, size_t* out_size, void* user_data) {
  (void)buffer, (void)buffer_size, (void)out_size, (void)user_data;
  block_for_ever();
  return MEMTIER_CALLBACK_OK;
}

static int clock_is_stuck, eviction_is_stuck;

static void child_open(const char* path) {
  memtier_options* options = NULL;
  memtier_options_create(&options, NULL);
  const memtier_clock clock = {sizeof clock, stuck_clock, NULL, &clock_is_stuck};
  const memtier_eviction eviction = {sizeof eviction, stuck_scores, NULL, &eviction_is_stuck};
  memtier_options_set_clock(options, &clock, NULL);
  memtier_options_set_eviction(options, &eviction, NULL);
  memtier_options_set_int64(options, MEMTIER_OPTION_BUSY_TIMEOUT_MS, 30000, NULL);
  const memtier_status status = memtier_store_open(path, options, &child_store, NULL);
  memtier_options_destroy(options);
  answer_status(status);
}

static memtier_status child_put(const char* id, const char* content, int32_t durability) {
  memtier_item_builder* builder = NULL;
  memtier_item_builder_create(&builder, NULL);
  memtier_item_builder_set_text(builder, MEMTIER_FIELD_ID, SIZED(id), NULL);
  memtier_item_builder_set_text(builder, MEMTIER_FIELD_CONTENT, SIZED(content), NULL);
  const memtier_status status =
      memtier_item_put(child_store, NULL, builder, 0, durability, NULL, NULL);
  memtier_item_builder_destroy(builder);
  return status;
}

static void child_get(const char* id) {
  memtier_item* item = NULL;
  const memtier_status status = memtier_item_get(child_store, NULL, SIZED(id), &item, NULL);
  if (status != MEMTIER_OK) {
    answer_status(status);
    return;
  }
  memtier_slice text;
  memtier_item_read_text(item, MEMTIER_FIELD_CONTENT, &text, NULL);
  printf("%.*s\n", (int)text.size, (const char*)text.data);
  fflush(stdout);
  memtier_item_destroy(item);
}

/* Writes for ever, and tells of every write that was acknowledged. */
static void child_write(const char* prefix, int32_t durability) {
  for (int i = 0;; ++i) {
    char id[64];
    snprintf(id, sizeof id, "%s-%d", prefix, i);
    if (child_put(id, "some words that are written", durability) != MEMTIER_OK) exit(3);
    if (i % 50 == 49) memtier_store_flush(child_store, NULL, NULL);
    answer(id);
  }
}

static void child_get_stuck(const char* where) {
  const memtier_control control = {sizeof control, NULL, stuck_progress, NULL, NULL};
  const memtier_writer writer = {sizeof writer, stuck_write, NULL, NULL};
  const memtier_reader reader = {sizeof reader, stuck_read, NULL, NULL};
  int64_t count = 0;
  memtier_hits* hits = NULL;
  clock_is_stuck = strcmp(where, "clock") == 0;
  eviction_is_stuck = strcmp(where, "eviction") == 0;
  if (strcmp(where, "eviction") == 0) {
    for (int i = 0; i < 200; ++i) {
      char id[16];
      snprintf(id, sizeof id, "e%d", i);
      child_put(id, "y", 0);
    }
  } else if (strcmp(where, "delete") == 0) {
    const char* filter = "{\"version\": {\"$gte\": 1}}";
    memtier_item_delete_where(child_store, NULL, SIZED(filter), 0, &control, &count, NULL);
  } else if (strcmp(where, "export") == 0) {
    memtier_store_export(child_store, NULL, NULL, 0, &writer, NULL, &count, NULL);
  } else if (strcmp(where, "import") == 0) {
    memtier_store_import(child_store, NULL, NULL, 0, &reader, NULL, NULL, NULL);
  } else if (strcmp(where, "search") == 0) {
    memtier_store_search(child_store, NULL, NULL, 0, &control, &hits, NULL);
  } else if (strcmp(where, "flush") == 0) {
    memtier_store_flush(child_store, &control, NULL);
  } else {
    child_put("x", "y", 0);
  }
  answer("was not stuck");
}

static int serve(void) {
  char line[1024];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    char* argument = strchr(line, ' ');
    if (argument != NULL) *argument++ = '\0';
    char* rest = argument == NULL ? NULL : strchr(argument, ' ');
    if (rest != NULL) *rest++ = '\0';
    if (strcmp(line, "open") == 0) child_open(argument);
    if (strcmp(line, "put") == 0) answer_status(child_put(argument, rest, 0));
    if (strcmp(line, "relaxed") == 0) answer_status(child_put(argument, rest, 1));
    if (strcmp(line, "get") == 0) child_get(argument);
    if (strcmp(line, "delete") == 0) {
      answer_status(memtier_item_delete(child_store, NULL, SIZED(argument), 0, 0, NULL));
    }
    if (strcmp(line, "search") == 0) {
      char query[256];
      snprintf(query, sizeof query, "{\"text\": \"%s\"}", argument);
      const char* ids = search_ids(child_store, NULL, query);
      answer(*ids == '\0' ? "nothing" : ids);
    }
    if (strcmp(line, "list") == 0) answer(list_ids(child_store, NULL, "{'order_by': 'id'}"));
    if (strcmp(line, "write") == 0) child_write(argument, atoi(rest));
    if (strcmp(line, "stuck") == 0) child_get_stuck(argument);
    if (strcmp(line, "close") == 0) answer_status(memtier_store_close(child_store, NULL));
  }
  return 0;
}

/* --- the driving side */

typedef struct process {
  pid_t id;
  FILE* to;
  FILE* from;
} process;

/* Another process of this program. The file is not open in this one. */
static process start(void) {
  int input[2], output[2];
  REQUIRE(pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0);
  process child;
  child.id = fork();
  REQUIRE(child.id >= 0);
  if (child.id == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* not to outlive a test that was ended */
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    execl("/proc/self/exe", "processes", "--serve", (char*)NULL);
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  child.to = fdopen(input[1], "w");
  child.from = fdopen(output[0], "r");
  return child;
}

/* The next line that the process says; empty when it is gone. */
static const char* hear(process* child) {
  static char lines[16][1024];
  static unsigned next;
  char* line = lines[next++ % 16];
  line[0] = '\0';
  if (fgets(line, sizeof lines[0], child->from) == NULL) line[0] = '\0';
  line[strcspn(line, "\n")] = '\0';
  return line;
}

static void say(process* child, const char* line) {
  fprintf(child->to, "%s\n", line);
  fflush(child->to);
}

static const char* ask(process* child, const char* line) {
  say(child, line);
  return hear(child);
}

static process start_on(const char* path) {
  process child = start();
  char line[900];
  snprintf(line, sizeof line, "open %s", path);
  CHECK_TEXT(ask(&child, line), "MEMTIER_OK");
  return child;
}

static void end(process* child) {
  fclose(child->to);
  fclose(child->from);
  int status = 0;
  REQUIRE(waitpid(child->id, &status, 0) == child->id);
}

static void kill_hard(process* child) {
  REQUIRE(kill(child->id, SIGKILL) == 0);
  end(child);
}

static void each_process_sees_what_the_other_wrote_at_its_next_read(void) {
  process a = start_on(test_path("a.mem"));
  process b = start_on(test_path("a.mem"));
  for (int i = 0; i < 50; ++i) { /* a hot item: both have it in RAM after the first round */
    char line[64], content[32];
    process* writer = i % 2 == 0 ? &a : &b;
    process* reader = i % 2 == 0 ? &b : &a;
    snprintf(content, sizeof content, "content %d", i);
    snprintf(line, sizeof line, "put hot %s", content);
    CHECK_TEXT(ask(writer, line), "MEMTIER_OK");
    CHECK_TEXT(ask(reader, "get hot"), content);
    CHECK_TEXT(ask(writer, "get hot"), content);
  }
  CHECK_TEXT(ask(&a, "delete hot"), "MEMTIER_OK");
  CHECK_TEXT(ask(&b, "get hot"), "MEMTIER_NOT_FOUND");
  end(&a);
  end(&b);
}

static void searches_and_lists_see_it_too(void) {
  process a = start_on(test_path("a.mem"));
  process b = start_on(test_path("a.mem"));
  CHECK_TEXT(ask(&a, "put one green tea"), "MEMTIER_OK");
  CHECK_TEXT(ask(&b, "search tea"), "one");
  CHECK_TEXT(ask(&b, "put two black tea"), "MEMTIER_OK");
  CHECK_TEXT(ask(&a, "list"), "two one");
  CHECK_TEXT(ask(&a, "put one coffee"), "MEMTIER_OK");
  CHECK_TEXT(ask(&b, "search tea"), "two");
  CHECK_TEXT(ask(&b, "search coffee"), "one");
  CHECK_TEXT(ask(&a, "delete two"), "MEMTIER_OK");
  CHECK_TEXT(ask(&b, "list"), "one");
  CHECK_TEXT(ask(&b, "search tea"), "nothing");
  end(&a);
  end(&b);
}

static void a_relaxed_write_is_seen_by_others_in_the_end(void) {
  process a = start_on(test_path("a.mem"));
  process b = start_on(test_path("a.mem"));
  CHECK_TEXT(ask(&a, "relaxed r soon"), "MEMTIER_OK");
  CHECK_TEXT(ask(&a, "get r"), "soon"); /* its own process sees it at once */
  while (strcmp(ask(&b, "get r"), "soon") != 0) usleep(1000);
  end(&a);
  end(&b);
}

static void one_may_close_and_another_open_while_a_third_goes_on(void) {
  process a = start_on(test_path("a.mem"));
  process b = start_on(test_path("a.mem"));
  CHECK_TEXT(ask(&a, "put x one"), "MEMTIER_OK");
  CHECK_TEXT(ask(&a, "close"), "MEMTIER_OK");
  CHECK_TEXT(ask(&b, "get x"), "one");
  CHECK_TEXT(ask(&b, "put x two"), "MEMTIER_OK");
  process c = start_on(test_path("a.mem"));
  CHECK_TEXT(ask(&c, "get x"), "two");
  CHECK_TEXT(ask(&c, "put x three"), "MEMTIER_OK");
  CHECK_TEXT(ask(&b, "get x"), "three");
  CHECK_TEXT(ask(&b, "close"), "MEMTIER_OK");
  CHECK_TEXT(ask(&c, "close"), "MEMTIER_OK");
  CHECK(!file_exists(test_path("a.mem-log"))); /* the last one takes the companions away */
  end(&a);
  end(&b);
  end(&c);
}

static void a_writer_that_is_killed_loses_nothing_acknowledged_and_locks_nobody_out(void) {
  memtier_store* store = open_store(test_path("a.mem"));
  for (int round = 0; round < 8; ++round) {
    process child = start_on(test_path("a.mem"));
    char line[64], last[1024] = "";
    snprintf(line, sizeof line, "write r%d %d", round,
             round % 2 == 0 ? MEMTIER_DURABILITY_NORMAL : MEMTIER_DURABILITY_FULL);
    say(&child, line);
    for (int i = 0; i < 20 + 37 * round; ++i) snprintf(last, sizeof last, "%s", hear(&child));
    REQUIRE(kill(child.id, SIGKILL) == 0);
    for (const char* id = hear(&child); *id != '\0'; id = hear(&child)) {
      /* a line cut short is no acknowledgement */
      if (!feof(child.from)) snprintf(last, sizeof last, "%s", id);
    }
    end(&child);
    int64_t acknowledged = 1 + atoi(strchr(last, '-') + 1);
    char filter[64];
    snprintf(filter, sizeof filter, "{'id': {'$startsWith': 'r%d-'}}", round);
    const int64_t found = count_items(store, NULL, filter);
    CHECK(found == acknowledged || found == acknowledged + 1);
    OK(try_get(store, NULL, last));
    put(store, NULL, "{'id': 'mine'}"); /* nobody is locked out */
    CHECK_INT(sweep(store), 0);
    OK(memtier_store_flush(store, NULL, ERR));
  }
  close_store(store);
}

static void one_stuck_in_a_callback_holds_nothing_and_may_be_killed(void) {
  /* "delete" last: it leaves nothing for the others to get stuck in. */
  static const char* const kPlaces[] = {"clock",  "eviction", "export", "import",
                                        "search", "flush",    "delete"};
  memtier_options* options = options_with_clock();
  set_ladder(options, "default");
  memtier_store* store = open_with(test_path("a.mem"), options);
  for (int i = 0; i < 150; ++i) put(store, NULL, "{'content': 'tea'}");
  for (size_t i = 0; i < sizeof kPlaces / sizeof kPlaces[0]; ++i) {
    const int before = check_failures();
    process child = start_on(test_path("a.mem"));
    char line[64];
    snprintf(line, sizeof line, "stuck %s", kPlaces[i]);
    CHECK_TEXT(ask(&child, line), "stuck");
    put(store, NULL, "{'id': 'mine', 'content': 'coffee'}");
    CHECK_TEXT(search_ids(store, NULL, "{'text': 'coffee'}"), "mine");
    OK(memtier_store_flush(store, NULL, ERR));
    kill_hard(&child);
    delete_item(store, NULL, "mine");
    if (check_failures() != before) fprintf(stderr, "  with one stuck in %s\n", kPlaces[i]);
  }
  close_store(store);
}

static void one_that_is_stopped_makes_others_wait_no_longer_than_the_busy_timeout(void) {
  memtier_options* options = NULL;
  OK(memtier_options_create(&options, ERR));
  set_option(options, MEMTIER_OPTION_BUSY_TIMEOUT_MS, 50);
  memtier_store* store = open_with(test_path("a.mem"), options);
  process child = start_on(test_path("a.mem"));
  say(&child, "write w 2");
  for (int i = 0; i < 20; ++i) {
    for (int lines = 0; lines < 10 + i; ++lines) (void)hear(&child);
    REQUIRE(kill(child.id, SIGSTOP) == 0);
    const memtier_status status = try_put(store, NULL, "{'id': 'mine'}", MEMTIER_PUT_REPLACE);
    if (status != MEMTIER_OK) FAILS(status, MEMTIER_BUSY); /* it comes back, that is the point */
    REQUIRE(kill(child.id, SIGCONT) == 0);
    memtier_status again = MEMTIER_BUSY;
    while (again == MEMTIER_BUSY) {
      again = try_put(store, NULL, "{'id': 'mine'}", MEMTIER_PUT_REPLACE);
      if (again == MEMTIER_BUSY) (void)hear(&child); /* the child goes on, and so will we */
    }
    FAILS(again, MEMTIER_OK);
  }
  kill_hard(&child);
  put(store, NULL, "{'id': 'mine'}");
  close_store(store);
}

int main(int argc, char** argv) {
  static const test_case kTests[] = {
      TEST_CASE(each_process_sees_what_the_other_wrote_at_its_next_read),
      TEST_CASE(searches_and_lists_see_it_too),
      TEST_CASE(a_relaxed_write_is_seen_by_others_in_the_end),
      TEST_CASE(one_may_close_and_another_open_while_a_third_goes_on),
      TEST_CASE(a_writer_that_is_killed_loses_nothing_acknowledged_and_locks_nobody_out),
      TEST_CASE(one_stuck_in_a_callback_holds_nothing_and_may_be_killed),
      TEST_CASE(one_that_is_stopped_makes_others_wait_no_longer_than_the_busy_timeout),
  };
  if (argc > 1 && strcmp(argv[1], "--serve") == 0) return serve();
  signal(SIGPIPE, SIG_IGN);
  return RUN_TESTS(argc, argv, kTests);
}
