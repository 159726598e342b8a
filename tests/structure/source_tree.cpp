#include "structure/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace memtier::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> read_lines(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

bool begins_function(const std::string& line) {
  if (line.empty() || line.back() != '{' || line[0] == ' ' || line[0] == '}') return false;
  for (const char* other : {"namespace", "extern", "struct", "class", "enum", "union", "constexpr",
                            "const ", "inline constexpr", "typedef", "static const", "#"}) {
    if (line.rfind(other, 0) == 0) return false;
  }
  return true;
}

}  // namespace

bool SourceFile::is_code() const {
  for (const char* ending : {".h", ".cpp", ".c"}) {
    if (path.size() > 4 && path.ends_with(ending)) return true;
  }
  return false;
}

std::vector<std::string> SourceFile::own_includes() const {
  std::vector<std::string> found;
  for (const std::string& line : lines) {
    if (line.rfind("#include \"", 0) != 0) continue;
    const size_t begin = line.find('"') + 1;
    found.push_back(line.substr(begin, line.find('"', begin) - begin));
  }
  return found;
}

std::string project_folder() {
  return MEMTIER_SOURCE_DIR;
}

std::vector<SourceFile> files_below(std::string_view folder) {
  std::vector<SourceFile> files;
  const fs::path root = fs::path(project_folder()) / folder;
  if (!fs::exists(root)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = fs::relative(entry.path(), project_folder()).generic_string();
    files.push_back({path, read_lines(entry.path())});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string> folders_below(std::string_view folder) {
  const fs::path root = fs::path(project_folder()) / folder;
  std::vector<std::string> folders;
  if (!fs::exists(root)) return folders;
  folders.emplace_back(folder);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    folders.push_back(fs::relative(entry.path(), project_folder()).generic_string());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

bool exists_in_project(std::string_view path) {
  return fs::exists(fs::path(project_folder()) / path);
}

std::vector<LongFunction> long_functions(const SourceFile& file, size_t limit) {
  std::vector<LongFunction> found;
  size_t begin = 0;
  bool inside = false;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (!inside && begins_function(line)) {
      inside = true;
      begin = i;
    } else if (inside && !line.empty() && line[0] == '}') {
      inside = false;
      const size_t lines = i - begin + 1;
      if (lines > limit) found.push_back({file.lines[begin], lines});
    }
  }
  return found;
}

}  // namespace memtier::testing
