// The project's own source files, read once, for tests of how they are arranged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace memtier::testing {

struct SourceFile {
  std::string path;  // from the project's folder, "core/base/hash.h"
  std::vector<std::string> lines;

  bool is_code() const;  // C or C++
  // What it includes in quotes, as written.
  std::vector<std::string> own_includes() const;
};

struct LongFunction {
  std::string name;  // its first line
  size_t lines = 0;
};

std::string project_folder();
// Every file below one of the project's folders; sorted.
std::vector<SourceFile> files_below(std::string_view folder);
// Folders below one of the project's folders, itself included; sorted.
std::vector<std::string> folders_below(std::string_view folder);
bool exists_in_project(std::string_view path);

// Functions that begin at the left margin and are longer than so many lines. Relies on clang-format:
// the body ends with the first "}" at the margin.
std::vector<LongFunction> long_functions(const SourceFile& file, size_t limit);

}  // namespace memtier::testing
