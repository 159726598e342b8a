// For tests of the tool: each has a folder and a store of its own.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_folder.h"
#include "tools/tool_runner.h"

namespace memtier::testing {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The exit statuses, as the manual page has them.
enum Exit : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kNotFound = 3,
  kConflict = 4,
  kTryAgain = 5,
  kCancelled = 130,
  kBrokenPipe = 141,
};

class ToolTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name) const { return folder_.file(name); }
  std::string store() const { return folder_.file("store.mem"); }

  Environment environment() const { return {{"MEMTIER_STORE", store()}}; }

  static Arguments command(Arguments arguments) {
    arguments.insert(arguments.begin(), MEMTIER_TOOL);
    return arguments;
  }

  // Runs the tool on the test's store.
  Outcome tool(const Arguments& arguments, const std::string& input = "") const {
    return run(command(arguments), input, environment(), streams_.path());
  }

  // The same, where it has to succeed and to say nothing on standard error.
  std::string out_of(const Arguments& arguments, const std::string& input = "") const {
    const Outcome done = tool(arguments, input);
    EXPECT_EQ(done.exit_code, kDone) << done.err;
    EXPECT_EQ(done.err, "");
    return done.out;
  }

  json json_of(Arguments arguments, const std::string& input = "") const {
    arguments.insert(arguments.begin(), "--json");  // before a -- that may be there
    return json::parse(out_of(arguments, input));
  }

  // Puts an item with this id.
  void put(const std::string& id, const std::string& text, Arguments more = {}) const {
    more.insert(more.begin(), {"put", text, "--id", id});
    EXPECT_EQ(out_of(more), id + "\n");
  }

  // Through a shell, in which $memtier is the tool.
  Outcome shell(const std::string& script) const {
    Environment all = environment();
    all.emplace_back("memtier", MEMTIER_TOOL);
    all.emplace_back("folder", folder_.path());
    return run({"sh", "-c", script}, "", all, streams_.path());
  }

  std::string folder_path() const { return folder_.path(); }
  std::string streams_path() const { return streams_.path(); }

 private:
  TempFolder folder_;
  TempFolder streams_;  // apart, so that a test sees in its folder what the tool left there
};

// The names of the tests of a command begin with it: ToolPut, ToolSearch, ...
inline std::vector<std::string> ids_of(const json& items) {
  std::vector<std::string> ids;
  for (const json& item : items) ids.push_back(item.at("id"));
  return ids;
}

}  // namespace memtier::testing
