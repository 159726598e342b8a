#include "common/files.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bench {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  const char* parent = std::getenv("TMPDIR");
  path_ =
      std::string(parent != nullptr && *parent != '\0' ? parent : "/tmp") + "/memtier-bench-XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make a folder " + path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

bool TemporaryFolder::is_in_ram() const {
  struct statfs info {};
  return statfs(path_.c_str(), &info) == 0 && info.f_type == TMPFS_MAGIC;
}

void remove_database(const std::string& path) {
  const fs::path file(path);
  const std::string name = file.filename().string();
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(file.parent_path())) {
    if (entry.path().filename().string().starts_with(name)) fs::remove_all(entry.path(), ignored);
  }
}

void settle_disk() {
  sync();
}

void forget_cached(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  (void)fdatasync(file);
  (void)posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

int64_t anonymous_bytes() {
  std::ifstream status("/proc/self/status");
  std::string key;
  while (status >> key) {
    int64_t kib = 0;
    if (key == "RssAnon:" && status >> kib) return kib * 1024;
    std::getline(status, key);
  }
  throw std::runtime_error("/proc/self/status has no RssAnon");
}

}  // namespace bench
