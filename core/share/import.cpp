#include "share/import.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

#include "model/json.h"
#include "model/limits.h"

namespace memtier {
namespace {

constexpr size_t kReadBytes = 256 << 10;
constexpr size_t kBatchItems = 1000;
constexpr size_t kBatchBytes = 1 << 20;
// A line holds at most an item's content, as JSON, in which a byte can take six, and the rest of it.
constexpr size_t kMaxLineBytes = kMaxContentBytes * 6 + kMaxMetadataBytes * 2;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

class Importer {
 public:
  Importer(const ImportOptions& options, const Scope& scope, const ImportSource& source,
           const StoreBatch& store, Control& control, ImportCounts* counts)
      : options_(options),
        scope_(scope),
        source_(source),
        store_(store),
        control_(control),
        counts_(*counts) {}

  Status run() {
    std::string buffer;
    while (true) {
      const size_t kept = buffer.size();
      buffer.resize(kept + kReadBytes);
      size_t size = 0;
      RETURN_IF_ERROR(source_.read(buffer.data() + kept, kReadBytes, &size));
      buffer.resize(kept + std::min(size, kReadBytes));
      const bool at_end = size == 0;
      size_t begin = 0;
      for (size_t end = buffer.find('\n', kept); end != std::string::npos || at_end;
           end = buffer.find('\n', begin)) {
        const bool last = end == std::string::npos;
        const size_t stop = last ? buffer.size() : end;
        RETURN_IF_ERROR(take_line(std::string_view(buffer).substr(begin, stop - begin)));
        if (last) break;
        begin = end + 1;
      }
      if (at_end) break;
      buffer.erase(0, begin);
      if (buffer.size() > kMaxLineBytes) {
        return {Code::kMalformed, "import: line " + std::to_string(line_ + 1) + " is too long"};
      }
      RETURN_IF_ERROR(report());
    }
    RETURN_IF_ERROR(store_batch());
    return control_.finish(done(), source_.total_bytes);
  }

 private:
  int64_t done() const { return source_.bytes_done ? source_.bytes_done() : counts_.lines; }
  Status report() { return control_.report(done(), source_.total_bytes); }

  Status take_line(std::string_view line) {
    ++line_;
    if (is_blank(line)) return {};
    ++counts_.lines;
    auto item = parse_import_line(line, options_, scope_, counts_.lines);
    if (!item.ok()) {
      // What came before a bad line is stored, in order, before the import stops.
      if (!options_.skip_bad_lines) RETURN_IF_ERROR(store_batch());
      return bad_line(line_, item.take_status());
    }
    item->line = line_;
    const bool is_item = !item->link && !item->named && !item->space;
    if (!options_.tier.empty() && is_item) item->draft.tier = options_.tier;
    batch_bytes_ += line.size();
    batch_.push_back(std::move(item).value());
    if (batch_.size() < kBatchItems && batch_bytes_ < kBatchBytes) return {};
    RETURN_IF_ERROR(store_batch());
    return report();
  }

  Status bad_line(int64_t line, Status why) {
    if (counts_.first_failed_line == 0) counts_.first_failed_line = line;
    ++counts_.failed;
    if (options_.skip_bad_lines) return {};
    return {Code::kMalformed, "import: line " + std::to_string(line) + ": " + why.message()};
  }

  Status store_batch() {
    if (batch_.empty()) return {};
    RETURN_IF_ERROR(store_(batch_));
    Status first_bad;
    for (ImportedItem& item : batch_) {
      if (item.status.ok()) {
        if (item.space) continue;
        ++(item.replaced ? counts_.replaced : counts_.stored);
      } else if (item.status.code() == Code::kExists) {
        ++counts_.skipped;
      } else {
        Status status = bad_line(item.line, std::move(item.status));
        if (first_bad.ok()) first_bad = std::move(status);
      }
    }
    batch_.clear();
    batch_bytes_ = 0;
    return first_bad;
  }

  const ImportOptions& options_;
  const Scope& scope_;
  const ImportSource& source_;
  const StoreBatch& store_;
  Control& control_;
  ImportCounts& counts_;
  std::vector<ImportedItem> batch_;
  size_t batch_bytes_ = 0;
  int64_t line_ = 0;
};

}  // namespace

Result<ImportOptions> ImportOptions::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "import"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"format", "on_error", "mode", "tier"}, "import"));
  ImportOptions options;
  std::string format = "auto";
  std::string on_error = "stop";
  std::string mode = "replace";
  RETURN_IF_ERROR(read_text(document, "format", "import", &format));
  RETURN_IF_ERROR(read_text(document, "on_error", "import", &on_error));
  RETURN_IF_ERROR(read_text(document, "mode", "import", &mode));
  RETURN_IF_ERROR(read_text(document, "tier", "import", &options.tier));
  if (format == "items") {
    options.format = Format::kItems;
  } else if (format == "conversation") {
    options.format = Format::kConversation;
  } else if (format != "auto") {
    return invalid("import: \"format\" must be \"auto\", \"items\" or \"conversation\"");
  }
  if (on_error != "stop" && on_error != "skip") {
    return invalid("import: \"on_error\" must be \"stop\" or \"skip\"");
  }
  if (mode != "replace" && mode != "create") {
    return invalid("import: \"mode\" must be \"replace\" or \"create\"");
  }
  options.skip_bad_lines = on_error == "skip";
  options.create_only = mode == "create";
  return options;
}

Status import_lines(const ImportOptions& options, const Scope& scope, const ImportSource& source,
                    const StoreBatch& store, Control& control, ImportCounts* counts) {
  return Importer(options, scope, source, store, control, counts).run();
}

Status import_from_file(const ImportOptions& options, const Scope& scope, const std::string& path,
                        const StoreBatch& store, Control& control, ImportCounts* counts) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return io_error(errno, "read " + path);
  if (S_ISDIR(info.st_mode)) return invalid("path: \"" + path + "\" is a folder");
  gzFile file = gzopen(path.c_str(), "rb");  // reads what is not compressed as it is
  if (file == nullptr) return io_error(errno == 0 ? ENOMEM : errno, "read " + path);
  ImportSource source;
  source.total_bytes = S_ISREG(info.st_mode) ? static_cast<int64_t>(info.st_size) : -1;
  source.bytes_done = [file] { return static_cast<int64_t>(gzoffset(file)); };
  source.read = [file, &path](char* buffer, size_t size, size_t* out_size) -> Status {
    const int count = gzread(file, buffer, static_cast<unsigned>(size));
    if (count < 0) {
      int code = 0;
      const char* message = gzerror(file, &code);
      if (code == Z_ERRNO) return io_error(errno, "read " + path);
      return {Code::kMalformed, "read " + path + ": " + message};
    }
    if (count == 0) {
      int code = 0;
      (void)gzerror(file, &code);
      if (code == Z_BUF_ERROR) return {Code::kMalformed, "read " + path + ": it ends too early"};
    }
    *out_size = static_cast<size_t>(count);
    return {};
  };
  Status status = import_lines(options, scope, source, store, control, counts);
  gzclose(file);
  return status;
}

}  // namespace memtier
