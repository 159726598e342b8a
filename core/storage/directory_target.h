// DirectoryTarget: the blocks of an external archive as files in a directory, each made under another name,
// synced, and renamed. Several stores may have one directory: the files of each begin with its mark.
#pragma once

#include "storage/archive_target.h"

namespace memtier {

class DirectoryTarget final : public ArchiveTarget {
 public:
  // Makes the directory, if its parent is there.
  static Result<std::shared_ptr<ArchiveTarget>> open(const std::string& folder,
                                                     const std::string& mark);

  Status put(const std::string& name, std::string_view bytes) override;
  Result<std::string> get(const std::string& name) override;
  Status remove(const std::vector<std::string>& names) override;
  Result<std::vector<std::string>> list() override;

 private:
  DirectoryTarget(std::string folder, std::string mark)
      : folder_(std::move(folder)), mark_(std::move(mark)) {}
  std::string path_of(const std::string& name) const { return folder_ + "/" + mark_ + name; }

  const std::string folder_;
  const std::string mark_;
};

}  // namespace memtier
