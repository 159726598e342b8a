#include "embed/model_path.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cstdlib>
#include <memory>
#include <vector>

#ifndef MEMTIER_INSTALLED_SHARE
#error "the build names the folder that models are installed in"
#endif

namespace memtier {
namespace {

bool is_there(const std::string& path, bool* is_folder) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return false;
  *is_folder = S_ISDIR(info.st_mode);
  return true;
}

// Somebody named it, so it must be there: nothing else is tried.
Result<std::string> named_model(const std::string& path, const char* who) {
  bool is_folder = false;
  std::string file = path;
  bool found = is_there(file, &is_folder);
  if (found && is_folder) {
    file += std::string("/") + kModelFileName;
    found = is_there(file, &is_folder);
  }
  if (found) return file;
  return Status(Code::kUnsupported, "embedder: there is no model file \"" + file + "\", which " +
                                        who + " names; correct it, or set EMBEDDER to \"none\"");
}

std::string folder_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash);
}

// Folders that belong to the file that this code was loaded from, by the name it was found by and by its
// own; none where nobody knows.
std::vector<std::string> library_folders() {
  std::vector<std::string> folders;
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&library_folders), &info) == 0) return folders;
  if (info.dli_fname == nullptr) return folders;
  const std::unique_ptr<char, void (*)(void*)> real(realpath(info.dli_fname, nullptr), std::free);
  for (const std::string& folder :
       {folder_of(info.dli_fname), folder_of(real == nullptr ? "" : real.get())}) {
    if (folder.empty() || (!folders.empty() && folder == folders.front())) continue;
    // lib and lib/x86_64-linux-gnu, of a tree that may have been moved.
    for (const char* below : {"", "/../share/memtier", "/../../share/memtier"}) {
      folders.push_back(folder + below);
    }
  }
  return folders;
}

}  // namespace

Result<std::string> find_model(const std::string& option) {
  if (!option.empty()) return named_model(option, "MODEL_PATH");
  const char* variable = std::getenv(kModelVariable);
  if (variable != nullptr && *variable != 0) return named_model(variable, kModelVariable);
  std::vector<std::string> folders = library_folders();
  folders.emplace_back(MEMTIER_INSTALLED_SHARE);
  std::string tried;
  for (const std::string& folder : folders) {
    const std::string file = folder + "/" + kModelFileName;
    bool is_folder = false;
    if (is_there(file, &is_folder) && !is_folder) return file;
    tried += (tried.empty() ? "" : ", ") + file;
  }
  return Status(Code::kUnsupported,
                "embedder: the model file of the built-in embedder is missing (looked for " +
                    tried + "); install it, name it with MODEL_PATH or the environment variable " +
                    kModelVariable + ", or set EMBEDDER to \"none\"");
}

}  // namespace memtier
