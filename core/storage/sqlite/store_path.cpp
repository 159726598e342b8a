#include "storage/sqlite/store_path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

// Whether this process, as whom it runs now, may do that to a file or folder.
bool may(const std::string& path, int what) {
  return faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0;
}

}  // namespace

Status check_store_path(const std::string& path, bool create) {
  if (path.find("://") != std::string::npos) {
    return {Code::kUnsupported, "path: \"" + path + "\" is no file; only files are supported"};
  }
  struct stat info {};
  if (stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return invalid("path: \"" + path + "\" is a folder");
    // Asked before SQLite makes companions of the file, which its owner could not write afterwards.
    if (!may(path, R_OK)) return io_error(errno, "open " + path);
    if (!may(path, W_OK)) {
      return {Code::kReadOnly, "path: \"" + path + "\" cannot be written"};
    }
    // To SQLite, a file of no byte or of one is a database that is still to be made.
    if (S_ISREG(info.st_mode) && info.st_size == 1) {
      return {Code::kCorrupt, "path: \"" + path + "\" is not a store of memtier"};
    }
    if (create || !S_ISREG(info.st_mode) || info.st_size > 0) return {};
    return not_found("path: there is no store in \"" + path + "\", an empty file (CREATE is 0)");
  }
  if (errno != ENOENT) return io_error(errno, "open " + path);
  if (!create) return not_found("path: there is no store at \"" + path + "\" (CREATE is 0)");
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (stat(folder.c_str(), &info) != 0) {
    return not_found("path: there is no folder \"" + folder + "\"");
  }
  if (!may(folder, W_OK)) return io_error(errno, "make a store in " + folder);
  return {};
}

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
  if (lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
    return not_found("path: \"" + path + "\" is a link to a file that is not there");
  }
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  resolved = real_path(folder);
  if (resolved.empty()) return path;
  return resolved + '/' + (slash == std::string::npos ? path : path.substr(slash + 1));
}

}  // namespace memtier
