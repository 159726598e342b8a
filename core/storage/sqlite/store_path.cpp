#include "storage/sqlite/store_path.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

namespace memtier {
namespace {

// Empty: errno says why.
std::string real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), std::free);
  return resolved == nullptr ? std::string() : std::string(resolved.get());
}

}  // namespace

Result<std::string> resolve_store_path(const std::string& path) {
  struct stat info {};
  std::string resolved = real_path(path);
  if (!resolved.empty()) {
    if (stat(resolved.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink > 1) {
      return Status(Code::kUnsupported, "path: \"" + path +
                                            "\" has several names (hard links); a store needs a "
                                            "single one: make a copy");
    }
    return resolved;
  }
  if (errno != ENOENT) return path;  // whoever opens it says what is wrong
  if (lstat(path.c_str(), &info) == 0) {
    return not_found("path: \"" + path + "\" is a link to a file that is not there");
  }
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  resolved = real_path(folder);
  if (resolved.empty()) return path;
  return resolved + '/' + (slash == std::string::npos ? path : path.substr(slash + 1));
}

}  // namespace memtier
