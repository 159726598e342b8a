// The rules of docs/architecture.md that a compiler does not check.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "structure/source_tree.h"

namespace memtier::testing {
namespace {

constexpr size_t kMaxFileLines = 500;
// Java's MemoryStore says a few lines about each of its many calls, and its test calls every one.
constexpr size_t kMaxWrapperFileLines = 550;
constexpr size_t kMaxFunctionLines = 70;
const std::vector<std::string> kCodeFolders = {"core",     "capi",  "tools",
                                               "examples", "bench", "tests"};

// From the ground up: a room includes itself and those before it.
const std::vector<std::string> kRooms = {"base",      "model", "codec",   "embed",
                                         "storage",   "index", "tiers",   "retrieval",
                                         "lifecycle", "share", "observe", "(facade)"};

std::string first_part(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

// The room of a path below core/; what lies in no folder is the facade, which ties the rooms.
size_t room_number(std::string_view path) {
  const std::string name =
      path.find('/') == std::string_view::npos ? kRooms.back() : first_part(path);
  const auto found = std::find(kRooms.begin(), kRooms.end(), name);
  EXPECT_NE(found, kRooms.end()) << "\"" << name
                                 << "\" is no room; docs/architecture.md lists them";
  return static_cast<size_t>(found - kRooms.begin());
}

template <typename Visit>
void for_each_code_file(const std::vector<std::string>& folders, Visit visit) {
  for (const std::string& folder : folders) {
    for (const SourceFile& file : files_below(folder)) {
      if (file.is_code()) visit(file);
    }
  }
}

TEST(Structure, rooms_of_the_core_include_only_themselves_and_what_stands_before_them) {
  size_t seen = 0;
  for (const SourceFile& file : files_below("core")) {
    if (!file.is_code()) continue;
    const size_t room = room_number(std::string_view(file.path).substr(5));
    for (const std::string& included : file.own_includes()) {
      EXPECT_LE(room_number(included), room)
          << file.path << " includes " << included << ", of a room above its own";
      EXPECT_TRUE(exists_in_project("core/" + included)) << file.path << ": " << included;
      ++seen;
    }
  }
  EXPECT_GT(seen, 200u) << "the core has hundreds of includes: this test has looked past them";
}

TEST(Structure, every_folder_of_the_core_is_a_known_room) {
  for (const std::string& folder : folders_below("core")) {
    if (folder != "core") room_number(folder.substr(5) + "/");
  }
}

TEST(Structure, the_core_does_not_know_the_c_abi) {
  for_each_code_file({"core"}, [](const SourceFile& file) {
    for (const std::string& included : file.own_includes()) {
      EXPECT_EQ(included.find("memtier.h"), std::string::npos) << file.path;
    }
  });
}

TEST(Structure, capi_reaches_into_the_database_only_for_its_format_number) {
  for_each_code_file({"capi"}, [](const SourceFile& file) {
    for (const std::string& included : file.own_includes()) {
      if (first_part(included) == "capi" || included == "memtier.h") continue;
      EXPECT_TRUE(exists_in_project("core/" + included)) << file.path << ": " << included;
      if (included.rfind("storage/sqlite/", 0) != 0) continue;
      EXPECT_EQ(included, "storage/sqlite/schema.h") << file.path;
    }
  });
}

// Clients of the library stand on memtier.h alone, whatever lies beside it.
TEST(Structure, tools_examples_and_benchmarks_include_nothing_of_core_or_capi) {
  size_t users = 0;
  for (const std::string client : {"tools", "examples", "bench"}) {
    for_each_code_file({client}, [&](const SourceFile& file) {
      for (const std::string& included : file.own_includes()) {
        const std::string folder = file.path.substr(0, file.path.rfind('/'));
        const bool own = exists_in_project(client + "/" + included) ||
                         exists_in_project(folder + "/" + included);
        EXPECT_TRUE(own || included == "memtier.h") << file.path << " includes " << included;
      }
      for (const std::string& line : file.lines) {
        users += line.find("memtier.h") != std::string::npos && line.rfind("#include", 0) == 0;
      }
    });
  }
  EXPECT_GT(users, 0u);
}

TEST(Structure, tests_of_the_c_abi_include_nothing_of_core_or_capi) {
  for_each_code_file({"tests/capi", "tests/install", "tests/tools"}, [](const SourceFile& file) {
    for (const std::string& included : file.own_includes()) {
      EXPECT_FALSE(exists_in_project("core/" + included)) << file.path << ": " << included;
      const bool own = first_part(included) != "capi" || exists_in_project("tests/" + included);
      EXPECT_TRUE(own) << file.path << ": " << included;
    }
  });
}

TEST(Structure, every_folder_says_what_it_is_for) {
  for (const std::string& top : kCodeFolders) {
    for (const std::string& folder : folders_below(top)) {
      // Folders of one kind of thing, which the folder above tells of.
      static const std::set<std::string> kPlain = {"tools/commands", "bench/common", "bench/peers",
                                                   "tests/storage/sqlite"};
      if (kPlain.count(folder) != 0 || folder.find("corpus") != std::string::npos) continue;
      EXPECT_TRUE(exists_in_project(folder + "/README.md")) << folder << " has no README.md";
    }
  }
}

TEST(Structure, tests_have_a_folder_for_each_room_that_has_code) {
  for (const std::string& folder : folders_below("core")) {
    const auto parts = std::count(folder.begin(), folder.end(), '/');
    if (parts != 1) continue;
    const auto files = files_below(folder);
    const bool has_code = std::any_of(files.begin(), files.end(),
                                      [](const SourceFile& file) { return file.is_code(); });
    if (!has_code) continue;
    const std::string mirror = "tests/" + folder.substr(5);
    EXPECT_TRUE(exists_in_project(mirror + "/CMakeLists.txt")) << folder << " has no tests";
  }
}

TEST(Structure, files_and_functions_stay_short) {
  for_each_code_file(kCodeFolders, [](const SourceFile& file) {
    EXPECT_LE(file.lines.size(), kMaxFileLines) << file.path;
    for (const LongFunction& function : long_functions(file, kMaxFunctionLines)) {
      ADD_FAILURE() << file.path << ": " << function.lines << " lines: " << function.name;
    }
  });
}

TEST(Structure, files_of_the_wrappers_that_are_written_by_hand_stay_short) {
  size_t seen = 0;
  for (const SourceFile& file : files_below("wrappers")) {
    static const std::vector<std::string> kGenerated = {
        "/generated/", "/Generated/", "/memtier_wrap.c", "/native/native.go", "/bin/", "/obj/"};
    const bool by_hand = std::none_of(
        kGenerated.begin(), kGenerated.end(),
        [&file](const std::string& part) { return file.path.find(part) != std::string::npos; });
    const bool code = file.is_code() || file.path.ends_with(".go") ||
                      file.path.ends_with(".java") || file.path.ends_with(".cs") ||
                      file.path.ends_with(".i");
    if (!by_hand || !code) continue;
    ++seen;
    EXPECT_LE(file.lines.size(), kMaxWrapperFileLines) << file.path;
  }
  EXPECT_GT(seen, 150u);
}

TEST(Structure, long_functions_are_noticed) {
  SourceFile file{"x.cpp", {"int f() {", "  return 1;", "}", "", "namespace x {", "int g() {"}};
  for (int i = 0; i < 70; ++i) file.lines.emplace_back("  work();");
  file.lines.insert(file.lines.end(), {"}", "}  // namespace x"});
  const auto found = long_functions(file, kMaxFunctionLines);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].name, "int g() {");
  EXPECT_EQ(found[0].lines, 72u);
}

TEST(Structure, nothing_is_left_to_be_done_in_comments) {
  const std::vector<std::string> marks = {std::string("TO") + "DO", std::string("FIX") + "ME"};
  for_each_code_file({"core", "capi", "include", "tools", "examples", "bench", "tests"},
                     [&marks](const SourceFile& file) {
                       for (size_t i = 0; i < file.lines.size(); ++i) {
                         for (const std::string& mark : marks) {
                           EXPECT_EQ(file.lines[i].find(mark), std::string::npos)
                               << file.path << ":" << i + 1;
                         }
                       }
                     });
}

// The sources that core/CMakeLists.txt lists are those that are there.
TEST(Structure, every_source_of_core_and_capi_is_built) {
  for (const std::string library : {"core", "capi"}) {
    std::set<std::string> listed;
    std::set<std::string> there;
    for (const SourceFile& file : files_below(library)) {
      const std::string name = file.path.substr(library.size() + 1);
      if (name.ends_with(".cpp")) there.insert(name);
      if (name != "CMakeLists.txt") continue;
      for (const std::string& line : file.lines) {
        for (size_t at = 0; (at = line.find(".cpp", at)) != std::string::npos; at += 4) {
          const size_t begin = line.find_last_of(" (", at) + 1;
          listed.insert(line.substr(begin, at + 4 - begin));
        }
      }
    }
    EXPECT_EQ(listed, there) << library;
  }
}

TEST(Structure, every_test_source_is_built) {
  for (const std::string& folder : folders_below("tests")) {
    if (!exists_in_project(folder + "/CMakeLists.txt") || folder == "tests") continue;
    std::string lists;
    for (const SourceFile& file : files_below(folder)) {
      if (!file.path.ends_with("CMakeLists.txt")) continue;
      for (const std::string& line : file.lines) lists += line + "\n";
    }
    for (const SourceFile& file : files_below(folder)) {
      const std::string name = file.path.substr(file.path.rfind('/') + 1);
      const std::string stem = name.substr(0, name.rfind('.'));
      if (!name.ends_with("_test.cpp") && !name.ends_with("_test.c")) continue;
      const std::string short_name = stem.substr(0, stem.size() - 5);  // capi_test(NAME)
      EXPECT_NE(lists.find(short_name), std::string::npos) << file.path << " is not built";
    }
  }
}

}  // namespace
}  // namespace memtier::testing
