// memtier export: items as JSON Lines.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "command_line.h"
#include "commands.h"
#include "commands/fields.h"
#include "commands/stream.h"
#include "input.h"
#include "progress.h"

namespace memtier::tool {
namespace {

struct ExportOptions {
  std::string file = "-";
  std::string filter;
};

int32_t write_output(const void* data, size_t data_size, void* user_data) {
  auto* stream = static_cast<Stream*>(user_data);
  return stream->guard([&] {
    write_all(stream->descriptor, {static_cast<const char*>(data), data_size}, "the output");
  });
}

bool is_same_file(const std::string& left, const std::string& right) {
  std::error_code error;
  return std::filesystem::equivalent(left, right, error) && !error;
}

// The library makes its file new, and removes it where it fails. So that an older export is not
// lost that way, it writes to a name of its own first.
class TargetFile {
 public:
  explicit TargetFile(const std::string& path) : path_(path) {
    std::error_code error;
    const std::filesystem::path canonical = std::filesystem::canonical(path, error);
    const std::filesystem::path target(error ? std::filesystem::path(path) : canonical);
    rename_to_ = target.string();
    // The end of the name tells whether it is compressed.
    written_ =
        (target.parent_path() / ("." + std::to_string(getpid()) + "-" + target.filename().string()))
            .string();
  }

  const std::string& name() const { return written_; }

  void finish() const {
    if (std::rename(written_.c_str(), rename_to_.c_str()) == 0) return;
    const Failure failure = system_failure("cannot write " + path_, errno);
    unlink(written_.c_str());
    throw Failure(failure);
  }

  // The failure, in terms of the name that the caller knows.
  Failure named(const Failure& failure) const {
    std::string message = failure.what();
    const size_t place = message.find(written_);
    if (place != std::string::npos) message.replace(place, written_.size(), path_);
    return {failure.exit_code(), failure.code(), message};
  }

 private:
  std::string path_;
  std::string rename_to_;
  std::string written_;
};

// Standard output, a device, a pipe.
void export_to_stream(Tool& tool, const std::string& filter, int descriptor) {
  memtier_store* store = tool.store();
  Stream output;
  output.descriptor = descriptor;
  memtier_writer writer{};
  writer.struct_size = sizeof writer;
  writer.write = write_output;
  writer.user_data = &output;
  int64_t count = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, "exporting", LongWork::Unit::kItems);
    return attempt(memtier_store_export, store, tool.scope(), filter.data(), filter.size(), &writer,
                   work.control(), &count);
  }();
  if (output.failure) throw Failure(*output.failure);
  outcome.check();
}

void export_to_file(Tool& tool, const ExportOptions& options) {
  memtier_store* store = tool.store();
  if (is_same_file(options.file, tool.options.store)) {
    throw usage_failure(options.file + " is the store itself");
  }
  const TargetFile target(options.file);
  int64_t count = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, "exporting", LongWork::Unit::kItems);
    return attempt(memtier_store_export_file, store, tool.scope(), options.filter.data(),
                   options.filter.size(), target.name().c_str(), work.control(), &count);
  }();
  // What was written before a failure is gone, so it is not reported; but where only damaged items are
  // left out, the file is there.
  const bool is_there =
      outcome.status() == MEMTIER_CORRUPT && access(target.name().c_str(), F_OK) == 0;
  if (!outcome.ok() && !is_there) throw target.named(outcome.failure());
  target.finish();
  tool.report(outcome, "exported", count);
}

void export_items(Tool& tool, const ExportOptions& options) {
  if (options.file == "-") {
    export_to_stream(tool, options.filter, STDOUT_FILENO);
    return;
  }
  struct stat info {};
  if (stat(options.file.c_str(), &info) != 0 || S_ISREG(info.st_mode)) {
    export_to_file(tool, options);
    return;
  }
  const Descriptor file(open(options.file.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.number() < 0) throw system_failure("cannot write " + options.file, errno);
  export_to_stream(tool, options.filter, file.number());
}

}  // namespace

void add_export(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = add_command(
      app, "export",
      "Export items as JSON Lines.\nThe oldest first, with everything that belongs to them.",
      "Reading",
      {"memtier export backup.jsonl.gz --collection '*'",
       "memtier export --filter '{\"type\": \"fact\"}' | memtier --store facts.mem import -",
       "memtier export - --user ada | jq -r .content"});
  command->add_option("FILE", options->file,
                      "a file, compressed if it ends in .gz; - (default) standard output");
  add_filter_option(command, options->filter, "only the items that this filter matches");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { export_items(tool, *options); }; });
}

}  // namespace memtier::tool
