#include <gtest/gtest.h>

#include "base/temp_folder.h"
#include "conformance/operations.h"

namespace memtier::testing {
namespace {

TEST(Operations, give_what_the_vectors_say) {
  int cases = 0;
  int steps = 0;
  for (const Document& test : load_list("operations.json", "cases")) {
    SCOPED_TRACE(test.value["name"].get<std::string>());
    const TempFolder folder;
    steps += run_operations(test, folder.path());
    ++cases;
  }
  EXPECT_GE(cases, 70);
  EXPECT_GE(steps, 570);
}

TEST(Operations, say_that_a_step_or_key_is_not_known) {
  const TempFolder folder;
  for (const char* test : {R"({"name": "x", "steps": [{"do": "dance"}]})",
                           R"({"name": "x", "steps": [{"do": "close", "hard": true}]})",
                           R"({"name": "x", "colour": "red", "steps": []})"}) {
    const Document document{nlohmann::json::parse(test), test};
    EXPECT_THROW((void)run_operations(document, folder.path()), std::logic_error) << test;
  }
}

}  // namespace
}  // namespace memtier::testing
