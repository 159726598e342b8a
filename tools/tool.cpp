#include "tool.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "failure.h"
#include "input.h"
#include "json_object.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

constexpr size_t kBufferSize = 1 << 16;

int32_t read_fixed_clock(int64_t* out_now_us, void* user_data) {
  *out_now_us = *static_cast<const int64_t*>(user_data);
  return MEMTIER_CALLBACK_OK;
}

int64_t durability_of(const std::string& name) {
  if (name == "full") return MEMTIER_DURABILITY_FULL;
  if (name == "relaxed") return MEMTIER_DURABILITY_RELAXED;
  return MEMTIER_DURABILITY_NORMAL;
}

// A preset's name, a document, or the file that holds one. The library knows what is a preset.
std::string ladder_of(const std::string& argument) {
  const bool is_path = argument.find('/') != std::string::npos || argument.ends_with(".json");
  const bool is_there = access(argument.c_str(), F_OK) == 0;
  if (argument.starts_with('{') || !(is_path || is_there)) return argument;
  return read_file(argument);
}

}  // namespace

Tool::Tool() : terminal_(terminal_of(STDOUT_FILENO)) {}

Tool::~Tool() {
  memtier_store_close(store_, nullptr);
}

memtier_store* Tool::open(Opening opening) {
  if (store_ != nullptr) return store_;
  if (options.store.empty()) {
    throw usage_failure("which store? Give --store FILE, or set MEMTIER_STORE");
  }
  Options settings;
  call(memtier_options_create, settings.out());
  const auto set = [&settings](int32_t key, int64_t value) {
    call(memtier_options_set_int64, settings.get(), key, value);
  };
  const bool may_create = opening == Opening::kMayCreate && !options.no_create;
  set(MEMTIER_OPTION_CREATE, may_create || options.store == ":memory:" ? 1 : 0);
  if (!options.durability.empty()) {
    set(MEMTIER_OPTION_DURABILITY, durability_of(options.durability));
  }
  if (!options.memory_limit.empty()) {
    set(MEMTIER_OPTION_MEMORY_LIMIT_BYTES, parse_bytes("--memory-limit", options.memory_limit));
  }
  if (!options.ladder.empty()) {
    const std::string ladder = ladder_of(options.ladder);
    call(memtier_options_set_text, settings.get(), MEMTIER_OPTION_LADDER, ladder.data(),
         ladder.size());
  }
  if (options.change_ladder) set(MEMTIER_OPTION_CHANGE_LADDER, 1);
  if (!options.consolidation.empty()) {
    call(memtier_options_set_text, settings.get(), MEMTIER_OPTION_CONSOLIDATION,
         options.consolidation.data(), options.consolidation.size());
  }
  if (!options.tokenizer.empty()) {
    call(memtier_options_set_text, settings.get(), MEMTIER_OPTION_TOKENIZER,
         options.tokenizer.data(), options.tokenizer.size());
  }
  if (!options.now.empty()) {
    clock_us_ = now_us();
    memtier_clock clock{};
    clock.struct_size = sizeof clock;
    clock.now = read_fixed_clock;
    clock.user_data = &clock_us_;
    call(memtier_options_set_clock, settings.get(), &clock);
  }
  const Outcome outcome =
      attempt(memtier_store_open, options.store.c_str(), settings.get(), &store_);
  if (outcome.status() == MEMTIER_NOT_FOUND && !may_create) {
    throw Failure(kNotFound, memtier_status_name(MEMTIER_NOT_FOUND),
                  access(options.store.c_str(), F_OK) == 0
                      ? "there is no store in \"" + options.store + "\": the file is empty"
                      : "there is no store at \"" + options.store + "\"");
  }
  outcome.check();
  return store_;
}

void Tool::close() {
  memtier_store* store = std::exchange(store_, nullptr);
  call(memtier_store_close, store);
}

const memtier_scope* Tool::scope() {
  const std::array<std::pair<int32_t, const std::string*>, 5> names{{
      {MEMTIER_SCOPE_APP, &options.app},
      {MEMTIER_SCOPE_USER, &options.user},
      {MEMTIER_SCOPE_AGENT, &options.agent},
      {MEMTIER_SCOPE_SESSION, &options.session},
      {MEMTIER_SCOPE_COLLECTION, &options.collection},
  }};
  for (const auto& [part, name] : names) {
    if (name->empty()) continue;
    if (scope_.get() == nullptr) call(memtier_scope_create, scope_.out());
    call(memtier_scope_set, scope_.get(), part, name->data(), name->size());
  }
  return scope_.get();
}

int64_t Tool::now_us() const {
  return options.now.empty() ? system_now_us() : parse_time_us("--now", options.now);
}

void Tool::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBufferSize) flush();
}

void Tool::write_line(std::string_view text) {
  write(text);
  write("\n");
}

void Tool::say(const std::string& text) {
  if (!options.json && !options.quiet) write_line(text);
}

void Tool::hint(const std::string& text) {
  if (options.json || options.quiet || !terminal_.is_terminal) return;
  flush();
  std::fprintf(stderr, "%s\n", text.c_str());
}

void Tool::flush() {
  const std::string text = std::exchange(buffer_, {});
  write_all(STDOUT_FILENO, text, "standard output");
}

void Tool::report(const Outcome& outcome, const std::string& done, int64_t count) {
  if (outcome.ok() || count > 0 || outcome.status() == MEMTIER_CANCELLED) {
    if (options.json) write_line(JsonObject().add(done, count).text());
    say(done + " " + count_of(count, "item"));
  }
  outcome.check();
}

void Tool::confirm(const std::string& what, bool yes) {
  if (yes) return;
  if (options.json || isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
    throw usage_failure("to " + what + ", say --yes (nobody is there to be asked)");
  }
  std::string question = what;
  question[0] = static_cast<char>(std::toupper(question[0]));
  flush();
  std::fprintf(stderr, "%s? [y/N] ", question.c_str());
  const std::string answer = read_answer();
  if (answer == "y" || answer == "Y" || answer == "yes") return;
  throw Failure(kInterrupted, memtier_status_name(MEMTIER_CANCELLED), "nothing was deleted");
}

}  // namespace memtier::tool
