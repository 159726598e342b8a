#include "embed/model_path.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "base/must.h"
#include "base/temp_folder.h"

namespace memtier::testing {
namespace {

// The environment as it is, or otherwise, while a test runs.
class Variable {
 public:
  explicit Variable(const char* value) {
    const char* old = std::getenv(kModelVariable);
    if (old != nullptr) old_ = old;
    if (value == nullptr) {
      unsetenv(kModelVariable);
    } else {
      setenv(kModelVariable, value, 1);
    }
  }
  ~Variable() { setenv(kModelVariable, old_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string old_;
};

TEST(ModelPath, the_option_wins_and_must_be_there) {
  const TempFolder folder;
  write_file(folder.file("one"), "1");
  write_file(folder.file("two"), "2");
  const Variable variable(folder.file("two").c_str());
  EXPECT_EQ(must(find_model(folder.file("one"))), folder.file("one"));
  const std::string message = message_of(find_model(folder.file("none")), Code::kUnsupported);
  EXPECT_NE(message.find("MODEL_PATH names"), std::string::npos) << message;
}

TEST(ModelPath, then_the_environment_which_must_be_right) {
  const TempFolder folder;
  write_file(folder.file("two"), "2");
  {
    const Variable variable(folder.file("two").c_str());
    EXPECT_EQ(must(find_model("")), folder.file("two"));
  }
  const Variable variable(folder.file("none").c_str());
  const std::string message = message_of(find_model(""), Code::kUnsupported);
  EXPECT_NE(message.find("MEMTIER_MODEL_PATH names"), std::string::npos) << message;
}

TEST(ModelPath, a_folder_stands_for_the_file_in_it) {
  const TempFolder folder;
  EXPECT_EQ(find_model(folder.path()).code(), Code::kUnsupported);
  write_file(folder.file(kModelFileName), "x");
  EXPECT_EQ(must(find_model(folder.path())), folder.file(kModelFileName));
}

// This program lies in no folder that has one; whether one is installed is the machine's business.
TEST(ModelPath, where_none_is_the_message_says_what_was_tried) {
  const Variable variable(nullptr);
  auto found = find_model("");
  if (found.ok()) GTEST_SKIP() << "a model is installed: " << *found;
  const std::string message = message_of(std::move(found), Code::kUnsupported);
  for (const char* part : {"/share/memtier/embedder-en.model", "MODEL_PATH", "EMBEDDER"}) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace memtier::testing
