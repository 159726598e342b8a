// memtier import: items from JSON Lines.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include "command_line.h"
#include "commands.h"
#include "commands/stream.h"
#include "input.h"
#include "json_object.h"
#include "progress.h"
#include "units.h"

namespace memtier::tool {
namespace {

struct ImportOptions {
  std::string file;
  std::string format = "auto";
  std::string on_error = "stop";
  std::string mode = "replace";
  std::optional<std::string> tier;
};

// An interrupt ends the input, rather than failing: so the lines that came before it are stored.
int32_t read_input(void* buffer, size_t buffer_size, size_t* out_size, void* user_data) {
  auto* stream = static_cast<Stream*>(user_data);
  return stream->guard([&] {
    if (!wait_readable(stream->descriptor)) {
      stream->fail(status_failure(MEMTIER_CANCELLED, "cancelled"));
      return;
    }
    auto* bytes = static_cast<char*>(buffer);
    *out_size = read_some(stream->descriptor, bytes, buffer_size, "standard input");
    const bool is_compressed = std::string_view(bytes, *out_size).starts_with("\x1f\x8b");
    if (std::exchange(stream->at_begin, false) && is_compressed) {
      throw usage_failure("standard input is compressed; zcat can read it first");
    }
  });
}

std::string document_of(const ImportOptions& options) {
  JsonObject document;
  document.add("format", options.format)
      .add("on_error", options.on_error)
      .add("mode", options.mode);
  if (options.tier) document.add("tier", *options.tier);
  return document.text();
}

std::string json_of(const memtier_import_statistics& done) {
  return JsonObject()
      .add("lines", done.lines)
      .add("stored", done.stored)
      .add("replaced", done.replaced)
      .add("skipped", done.skipped)
      .add("failed", done.failed)
      .add("first_failed_line", done.first_failed_line)
      .text();
}

std::string sentence_of(const memtier_import_statistics& done, bool skipping, double seconds) {
  std::string text = "imported " + count_of(done.stored + done.replaced, "item");
  if (done.replaced > 0) {
    text +=
        " (" + format_count(done.stored) + " new, " + format_count(done.replaced) + " replaced)";
  }
  if (done.skipped > 0) text += ", " + format_count(done.skipped) + " left as they were";
  if (done.failed > 0 && skipping) {
    text += ", " + count_of(done.failed, "line") + " failed, the first is line " +
            std::to_string(done.first_failed_line);
  }
  return seconds < 1 ? text : text + " in " + format_duration(seconds);
}

Outcome run_import(Tool& tool, const ImportOptions& options, Stream& input, const LongWork& work,
                   memtier_import_statistics* done) {
  const std::string document = document_of(options);
  if (options.file != "-") {
    return attempt(memtier_store_import_file, tool.store(), tool.scope(), document.data(),
                   document.size(), options.file.c_str(), work.control(), done);
  }
  memtier_reader reader{};
  reader.struct_size = sizeof reader;
  reader.read = read_input;
  reader.user_data = &input;
  return attempt(memtier_store_import, tool.store(), tool.scope(), document.data(), document.size(),
                 &reader, work.control(), done);
}

// So that no store is made for an input that is not there.
void check_input(const std::string& path) {
  if (path == "-") return;
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) throw system_failure("cannot read " + path, errno);
  if (S_ISDIR(info.st_mode)) throw system_failure("cannot read " + path, EISDIR);
  if (access(path.c_str(), R_OK) != 0) throw system_failure("cannot read " + path, errno);
}

void import(Tool& tool, const ImportOptions& options) {
  check_input(options.file);
  tool.open(Tool::Opening::kMayCreate);
  memtier_import_statistics done{};
  done.struct_size = sizeof done;
  Stream input;
  double seconds = 0;
  const Outcome outcome = [&] {
    const bool is_file = options.file != "-";
    const LongWork work(tool, "importing",
                        is_file ? LongWork::Unit::kBytes : LongWork::Unit::kItems);
    Outcome result = run_import(tool, options, input, work, &done);
    seconds = work.seconds();
    return result;
  }();
  const bool has_done = done.stored + done.replaced + done.skipped > 0;
  if (outcome.ok() || has_done || interrupted()) {
    if (tool.options.json) tool.write_line(json_of(done));
    tool.say(sentence_of(done, options.on_error == "skip", seconds));
  }
  if (input.failure) throw Failure(*input.failure);
  outcome.check();
}

}  // namespace

void add_import(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = add_command(
      app, "import",
      "Import items or a conversation from JSON Lines.\nThat is what export wrote, or one turn on "
      "each line "
      "({\"role\": \"user\", \"text\": \"Hello\", \"time\": \"2026-05-01T09:30:00Z\", \"session\": "
      "\"s1\"}). Stopped in the middle, what was imported stays, and the same import can be run "
      "again.",
      "Writing",
      {"memtier import backup.jsonl.gz", "memtier import history.jsonl --user ada --tier long_term",
       "zcat chats/*.gz | memtier import - --on-error skip"});
  command->add_option("FILE", options->file, "the file, also compressed (gzip); - standard input")
      ->required();
  add_value(command, "--format", options->format, "auto|items|conversation",
            "what the lines are; auto: each line tells");
  add_value(command, "--on-error", options->on_error, "stop|skip",
            "what to do at a line that is wrong");
  add_value(command, "--mode", options->mode, "replace|create",
            "what to do with an id that is there: replace it, or leave it");
  add_value(command, "--tier", options->tier, "NAME", "put all into this tier");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { import(tool, *options); }; });
}

}  // namespace memtier::tool
