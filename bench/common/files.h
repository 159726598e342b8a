// Temporary files, and what the system says about files and this process.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

// A new folder below $TMPDIR, or /tmp, that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  // Whether it lies in RAM, where syncing costs nothing and says nothing.
  bool is_in_ram() const;

 private:
  std::string path_;
};

// Removes a database: the file and everything whose name begins with its name; or a folder.
void remove_database(const std::string& path);
// Waits until what everybody has written is on the disk, so that nobody pays for those before.
void settle_disk();
// Makes the system forget what it has cached of a file, as far as it lets us.
void forget_cached(const std::string& path);
// Memory of this process that no file stands behind.
int64_t anonymous_bytes();

}  // namespace bench
