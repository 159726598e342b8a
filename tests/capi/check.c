#include "capi/check.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>

#include "capi/files.h"

/* Checks are made from several threads in some tests. */
static int failures;
static __thread jmp_buf* give_up;
static __thread memtier_error* error_slot;

memtier_error** check_error(void) {
  memtier_error_destroy(error_slot);
  error_slot = NULL;
  return &error_slot;
}

const char* check_message(void) {
  return memtier_error_message(error_slot);
}

int check_failures(void) {
  return __atomic_load_n(&failures, __ATOMIC_SEQ_CST);
}

static void count_failure(void) {
  __atomic_add_fetch(&failures, 1, __ATOMIC_SEQ_CST);
}

void check_true(int condition, int required, const char* what, const char* file, int line) {
  if (condition) return;
  count_failure();
  fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
  if (!required) return;
  if (give_up == NULL) abort(); /* another thread than the test's */
  longjmp(*give_up, 1);
}

void check_int(int64_t actual, int64_t expected, const char* what, const char* file, int line) {
  if (actual == expected) return;
  count_failure();
  fprintf(stderr, "%s:%d: %s is %lld, expected %lld\n", file, line, what, (long long)actual,
          (long long)expected);
}

void check_double(double actual, double expected, const char* what, const char* file, int line) {
  if (fabs(actual - expected) <= 1e-9) return;
  count_failure();
  fprintf(stderr, "%s:%d: %s is %.12g, expected %.12g\n", file, line, what, actual, expected);
}

void check_text(const char* actual, const char* expected, const char* what, const char* file,
                int line) {
  if (actual != NULL && strcmp(actual, expected) == 0) return;
  count_failure();
  fprintf(stderr, "%s:%d: %s is\n  \"%s\", expected\n  \"%s\"\n", file, line, what,
          actual == NULL ? "(NULL)" : actual, expected);
}

void check_contains(const char* text, const char* part, const char* what, const char* file,
                    int line) {
  if (text != NULL && strstr(text, part) != NULL) return;
  count_failure();
  fprintf(stderr, "%s:%d: %s: \"%s\" does not contain \"%s\"\n", file, line, what,
          text == NULL ? "(NULL)" : text, part);
}

void check_status(memtier_status actual, memtier_status expected, int required, const char* what,
                  const char* file, int line) {
  if (actual == expected) return;
  count_failure();
  fprintf(stderr, "%s:%d: %s returned %s (%s), expected %s\n", file, line, what,
          memtier_status_name(actual), check_message(), memtier_status_name(expected));
  if (!required) return;
  if (give_up == NULL) abort();
  longjmp(*give_up, 1);
}

int run_tests(int argc, char** argv, const test_case* cases, size_t count) {
  const char* wanted = argc > 1 ? argv[1] : "";
  volatile int failed = 0;
  for (volatile size_t i = 0; i < count; ++i) {
    if (strstr(cases[i].name, wanted) == NULL) continue;
    jmp_buf place;
    const int before = check_failures();
    give_up = &place;
    if (setjmp(place) == 0) cases[i].run();
    give_up = NULL;
    memtier_error_destroy(error_slot);
    error_slot = NULL;
    remove_test_folder();
    if (check_failures() == before) continue;
    fprintf(stderr, "FAILED %s\n", cases[i].name);
    ++failed;
  }
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
