/* A test harness in one page: a test is a function, a check that fails is told and counted, and a
 * requirement that fails ends its test. Programs that use it exit with the number of failed tests. */
#ifndef MEMTIER_TESTS_CAPI_CHECK_H
#define MEMTIER_TESTS_CAPI_CHECK_H

#include <memtier.h>
#include <stdio.h>
#include <string.h>

typedef void (*test_function)(void);
typedef struct test_case {
  const char* name;
  test_function run;
} test_case;

#define TEST_CASE(function) \
  { #function, function }
#define RUN_TESTS(argc, argv, cases) run_tests(argc, argv, cases, sizeof(cases) / sizeof(cases)[0])
/* Runs all, or those whose names contain argv[1]. */
int run_tests(int argc, char** argv, const test_case* cases, size_t count);

/* What ctest takes as "skipped" (see CMakeLists.txt). */
#define EXIT_SKIPPED 77

/* How many checks have failed so far. */
int check_failures(void);

/* Room for the reason of one call's failure, of this thread's; the one before is released. */
memtier_error** check_error(void);
const char* check_message(void);
#define ERR check_error()

void check_true(int condition, int required, const char* what, const char* file, int line);
void check_int(int64_t actual, int64_t expected, const char* what, const char* file, int line);
void check_double(double actual, double expected, const char* what, const char* file, int line);
void check_text(const char* actual, const char* expected, const char* what, const char* file,
                int line);
void check_contains(const char* text, const char* part, const char* what, const char* file,
                    int line);
void check_status(memtier_status actual, memtier_status expected, int required, const char* what,
                  const char* file, int line);

/* Each goes on after a failure, except REQUIRE and OK. */
#define CHECK(condition) check_true(!!(condition), 0, #condition, __FILE__, __LINE__)
#define REQUIRE(condition) check_true(!!(condition), 1, #condition, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) check_int(actual, expected, #actual, __FILE__, __LINE__)
#define CHECK_DOUBLE(actual, expected) check_double(actual, expected, #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_text(actual, expected, #actual, __FILE__, __LINE__)
#define CHECK_HAS(text, part) check_contains(text, part, #text, __FILE__, __LINE__)
/* A call that must succeed; one that must fail; and one that must fail with these words. */
#define OK(call) check_status(call, MEMTIER_OK, 1, #call, __FILE__, __LINE__)
#define FAILS(call, status) check_status(call, status, 0, #call, __FILE__, __LINE__)
#define FAILS_SAYING(call, status, words)                              \
  do {                                                                 \
    check_status(call, status, 0, #call, __FILE__, __LINE__);          \
    check_contains(check_message(), words, #call, __FILE__, __LINE__); \
  } while (0)

#endif
