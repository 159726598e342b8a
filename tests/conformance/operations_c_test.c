/* operations.json in C. */
#include "conformance/machine_c.h"

static machine the_machine;

static void operations_give_what_the_vectors_say(void) {
  const json_string text = json_load(MEMTIER_SOURCE_DIR "/tests/conformance/operations.json");
  const json cases = json_member(json_value(text.data, text.data + text.size), "cases");
  json place = {NULL, NULL};
  json test;
  int count = 0;
  int steps = 0;
  while (json_next(cases, &place, NULL, &test)) {
    const json languages = json_member(test, "languages");
    json in = {NULL, NULL};
    json language;
    int wanted = languages.begin == NULL;
    while (json_next(languages, &in, NULL, &language)) wanted |= json_is(language, "\"c\"");
    if (!wanted) continue;
    steps += run_case(&the_machine, test);
    ++count;
    remove_test_folder();
  }
  CHECK(count >= 70);
  CHECK(steps >= 570);
  json_forget();
}

int main(int argc, char** argv) {
  static const test_case cases[] = {TEST_CASE(operations_give_what_the_vectors_say)};
  return RUN_TESTS(argc, argv, cases);
}
