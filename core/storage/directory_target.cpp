#include "storage/directory_target.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace memtier {
namespace {

constexpr std::string_view kUnfinished = ".new";

class FileDescriptor {
 public:
  FileDescriptor(const std::string& path, int flags) : number_(::open(path.c_str(), flags, 0666)) {}
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int operator*() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

Status write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error(errno, "write " + path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status sync_folder(const std::string& path) {
  const FileDescriptor folder(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (!folder.is_open() || ::fsync(*folder) != 0) return io_error(errno, "sync " + path);
  return {};
}

}  // namespace

Result<std::shared_ptr<ArchiveTarget>> DirectoryTarget::open(const std::string& folder,
                                                             const std::string& mark) {
  const bool made = ::mkdir(folder.c_str(), 0777) == 0;
  if (!made && errno != EEXIST) {
    return io_error(errno, "make the folder of the external archive, " + folder);
  }
  if (made) RETURN_IF_ERROR(sync_folder(folder + "/.."));  // its name is there for good
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return invalid("ladder: the target of the external archive, " + folder + ", is no folder");
  }
  return std::shared_ptr<ArchiveTarget>(new DirectoryTarget(folder, mark));
}

Status DirectoryTarget::put(const std::string& name, std::string_view bytes) {
  const std::string path = path_of(name);
  const std::string unfinished = path + std::string(kUnfinished);
  Status status;
  {
    const FileDescriptor file(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
    if (!file.is_open()) return io_error(errno, "make " + unfinished);
    status = write_all(*file, bytes, unfinished);
    if (status.ok() && ::fsync(*file) != 0) status = io_error(errno, "sync " + unfinished);
  }
  if (status.ok() && ::rename(unfinished.c_str(), path.c_str()) != 0) {
    status = io_error(errno, "rename " + unfinished);
  }
  if (!status.ok()) {
    (void)::unlink(unfinished.c_str());
    return status;
  }
  return sync_folder(folder_);
}

Result<std::string> DirectoryTarget::get(const std::string& name) {
  const std::string path = path_of(name);
  const FileDescriptor file(path, O_RDONLY | O_CLOEXEC);
  if (!file.is_open()) {
    if (errno == ENOENT) return not_found("archive: the file " + path + " is missing");
    return io_error(errno, "open " + path);
  }
  std::string bytes;
  struct stat info {};
  if (::fstat(*file, &info) == 0) bytes.reserve(static_cast<size_t>(info.st_size));
  char part[1 << 14];
  while (true) {
    const ssize_t got = ::read(*file, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(errno, "read " + path);
    if (got == 0) return bytes;
    bytes.append(part, static_cast<size_t>(got));
  }
}

Status DirectoryTarget::remove(const std::vector<std::string>& names) {
  Status status;
  for (const std::string& name : names) {
    const std::string path = path_of(name);
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) continue;
    if (status.ok()) status = io_error(errno, "remove " + path);
  }
  Status synced = names.empty() ? Status() : sync_folder(folder_);
  return status.ok() ? std::move(synced) : std::move(status);
}

Result<std::vector<std::string>> DirectoryTarget::list() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(folder_.c_str()), ::closedir);
  if (folder == nullptr) return io_error(errno, "read the folder " + folder_);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name.compare(0, mark_.size(), mark_) == 0) names.push_back(name.substr(mark_.size()));
    errno = 0;
  }
  if (errno != 0) return io_error(errno, "read the folder " + folder_);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace memtier
