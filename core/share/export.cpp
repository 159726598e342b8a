#include "share/export.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>
#include <vector>

#include "model/item_json.h"
#include "model/json.h"

namespace memtier {
namespace {

constexpr int64_t kPageItems = 500;
constexpr std::string_view kPrefix = "\"memtier\":1,\"kind\":\"item\",";

class OutputFile {
 public:
  ~OutputFile() {
    if (gzip_ != nullptr) gzclose(gzip_);
    if (file_ >= 0) close(file_);
  }

  Status open(const std::string& path) {
    path_ = path;
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file_ < 0) return io_error(errno, "write " + path);
    const bool compressed = path.size() > 3 && path.compare(path.size() - 3, 3, ".gz") == 0;
    if (!compressed) return {};
    const int copy = dup(file_);
    gzip_ = copy < 0 ? nullptr : gzdopen(copy, "wb6");
    return gzip_ == nullptr ? Status(Code::kNoMemory, "write " + path + ": out of memory")
                            : Status();
  }

  Status write(std::string_view bytes) {
    if (gzip_ != nullptr) {
      errno = 0;
      const int written = gzwrite(gzip_, bytes.data(), static_cast<unsigned>(bytes.size()));
      return written > 0 || bytes.empty() ? Status() : io_error(errno, "write " + path_);
    }
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return io_error(errno, "write " + path_);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }

  // Only a file: not a pipe or a device that was given as the path.
  void discard() {
    struct stat info {};
    if (fstat(file_, &info) == 0 && S_ISREG(info.st_mode)) (void)::unlink(path_.c_str());
  }

  Status finish() {
    errno = 0;
    const bool flushed = gzip_ == nullptr || gzclose(gzip_) == Z_OK;
    gzip_ = nullptr;
    if (!flushed) return io_error(errno, "write " + path_);
    // A pipe has nothing to sync.
    if (fsync(file_) != 0 && errno != EINVAL) return io_error(errno, "write " + path_);
    return {};
  }

 private:
  std::string path_;
  int file_ = -1;
  gzFile gzip_ = nullptr;
};

// What follows the items: the links between them, and concepts.
class LinkLines {
 public:
  LinkLines(LinkGraph& links, const ReadScope& read, bool all)
      : links_(links), read_(read), all_(all) {}

  // An item that was written; they come in the order of their rows.
  void note(int64_t row) {
    if (!all_) rows_.push_back(row);
  }

  Status write(const WriteBytes& write, Control& control) {
    std::set<int64_t> named;
    const auto wants = [this](int64_t row) {
      return all_ || std::binary_search(rows_.begin(), rows_.end(), row);
    };
    const auto write_link = [&](const LinkRow& link, Json&& document) -> Status {
      if (!all_ && link.source < 0 && link.target < 0) return {};
      named.insert({link.source, link.target});
      RETURN_IF_ERROR(control.check());
      return write_line("link", std::move(document), write);
    };
    RETURN_IF_ERROR(links_.visit_links(read_, wants, write_link));
    return links_.visit_concepts(read_, [&](int64_t node, Json&& document) -> Status {
      if (!all_ && named.count(node) == 0) return {};
      return write_line("concept", std::move(document), write);
    });
  }

 private:
  static Status write_line(const char* kind, Json&& document, const WriteBytes& write) {
    const Json line = {{"memtier", 1}, {"kind", kind}, {kind, std::move(document)}};
    return write(line.dump() + "\n");
  }

  LinkGraph& links_;
  const ReadScope read_;
  const bool all_;
  std::vector<int64_t> rows_;
};

// Metadata go into a line as they are: they must be what they were when they were stored.
bool is_readable(const Item& item) {
  const std::string_view metadata = item.text(Text::kMetadata);
  return !item.is_damaged() && (metadata.empty() || Json::accept(metadata.begin(), metadata.end()));
}

}  // namespace

void DamageReport::add(const Item& item) {
  if (count_++ == 0) first_id_ = item.id();
}

Status DamageReport::status(const char* treated) const {
  if (count_ == 0 && unreadable_ == 0) return {};
  std::string message;
  if (count_ > 0) {
    message = std::to_string(count_) + " items are damaged in the file and were " + treated +
              ", the first is \"" + first_id_ + "\"; ";
  }
  if (unreadable_ > 0) {
    message += "the file could not be read in " + std::to_string(unreadable_) +
               " places, and what stood there was " + treated + "; ";
  }
  return {Code::kCorrupt, message + "all others were done"};
}

namespace {

// Goes through the items in the order of their rows, and around what cannot be read.
class Walk {
 public:
  Walk(Storage& storage, const ReadScope& read, const FilterRef& filter, StopCheck stop,
       DamageReport* damage)
      : storage_(storage), read_(read), filter_(filter), stop_(std::move(stop)), damage_(damage) {}

  // The next ones; none at the end.
  Result<std::vector<ItemRef>> next() {
    int64_t size = kPageItems;
    while (true) {
      auto items = scan(after_row_, size);
      if (items.ok() && !items->empty()) after_row_ = items->back()->row();
      if (items.code() != Code::kCorrupt) return items;
      // Smaller and smaller pages come up to the damage.
      if (size > 1) {
        size = (size + 7) / 8;
        continue;
      }
      damage_->add_unreadable();
      ASSIGN_OR_RETURN(const bool found, skip());
      if (!found) return std::vector<ItemRef>();
      size = kPageItems;
    }
  }

 private:
  Result<std::vector<ItemRef>> scan(int64_t after_row, int64_t size) {
    return storage_.scan(read_, filter_, after_row, size, stop_);
  }
  Result<bool> is_readable_behind(int64_t row) {
    auto items = scan(row, 1);
    if (items.ok()) return true;
    if (items.code() == Code::kCorrupt) return false;
    return items.take_status();
  }
  // Moves to the nearest row behind which something can be read; false: there is none.
  Result<bool> skip() {
    int64_t bad = 0;  // by how much it is too little, and enough
    int64_t good = 1;
    while (true) {
      if (good > INT64_MAX / 2 - after_row_) return false;
      ASSIGN_OR_RETURN(const bool readable, is_readable_behind(after_row_ + good));
      if (readable) break;
      bad = good;
      good *= 2;
    }
    while (good - bad > 1) {
      const int64_t middle = bad + (good - bad) / 2;
      ASSIGN_OR_RETURN(const bool readable, is_readable_behind(after_row_ + middle));
      (readable ? good : bad) = middle;
    }
    after_row_ += good;
    return true;
  }

  Storage& storage_;
  const ReadScope& read_;
  const FilterRef& filter_;
  const StopCheck stop_;
  DamageReport* const damage_;
  int64_t after_row_ = 0;
};

}  // namespace

Status export_items(const ExportSource& source, const ReadScope& read, const FilterRef& filter,
                    const WriteBytes& write, Control& control, int64_t* out_count,
                    DamageReport* damage) {
  *out_count = 0;
  Storage& storage = source.storage;
  auto counted = storage.count(read, filter, control.stop_check());
  if (!counted.ok() && counted.code() != Code::kCorrupt) return counted.take_status();
  const int64_t total = counted.ok() ? *counted : -1;  // damaged: nobody knows
  Walk walk(storage, read, filter, control.stop_check(), damage);
  LinkLines links(source.links, read, filter->matches_all());
  std::string lines;
  const std::string& first = source.extras.first_lines;
  if (!first.empty()) RETURN_IF_ERROR(write(first));
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<ItemRef> items, walk.next());
    if (items.empty()) break;
    lines.clear();
    int64_t written = 0;
    for (const ItemRef& item : items) {
      if (!is_readable(*item)) {
        damage->add(*item);
        continue;
      }
      std::string prefix(kPrefix);
      if (source.extras.members) {
        ASSIGN_OR_RETURN(const std::string more, source.extras.members(*item));
        prefix += more;
      }
      append_item_json(item->fields(), source.tiers, prefix, &lines);
      links.note(item->row());
      lines += '\n';
      ++written;
    }
    RETURN_IF_ERROR(write(lines));
    *out_count += written;
    const int64_t of = total < 0 ? total : std::max(total, *out_count);
    RETURN_IF_ERROR(control.report(*out_count, of));
  }
  RETURN_IF_ERROR(links.write(write, control));
  return control.finish(*out_count, *out_count);
}

Status export_to_file(const ExportSource& source, const ReadScope& read, const FilterRef& filter,
                      const std::string& path, Control& control, int64_t* out_count) {
  OutputFile file;
  RETURN_IF_ERROR(file.open(path));
  const auto write = [&file](std::string_view bytes) { return file.write(bytes); };
  DamageReport damage;
  Status status = export_items(source, read, filter, write, control, out_count, &damage);
  if (status.ok()) status = file.finish();
  if (!status.ok()) file.discard();
  return status.ok() ? damage.status("left out") : std::move(status);
}

}  // namespace memtier
