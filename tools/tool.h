// What all commands share: the global options, the store they open, and where they print.
#pragma once

#include <memtier.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "handles.h"
#include "terminal.h"

namespace memtier::tool {

// The options that every command takes, as they were given.
struct GlobalOptions {
  std::string store;
  std::string app;
  std::string user;
  std::string agent;
  std::string session;
  std::string collection;
  std::string durability;
  std::string now;
  std::string ladder;
  std::string tokenizer;
  std::string memory_limit;
  std::string consolidation;  // of the command maintain
  bool change_ladder = false;
  bool json = false;
  bool quiet = false;
  bool no_create = false;
};

class Tool {
 public:
  Tool();
  ~Tool();
  Tool(const Tool&) = delete;
  Tool& operator=(const Tool&) = delete;

  GlobalOptions options;
  int argument_count = 0;  // of the command line, so the most that a list of arguments can have
  // The command that was asked for. It runs when the whole command line was understood.
  std::function<void()> command;

  // Opens the store at first use. Only commands that store something new may make a missing one:
  // to every other a missing store is an error, for a path mistyped is likelier than an empty store.
  enum class Opening { kExisting, kMayCreate };
  memtier_store* open(Opening opening = Opening::kExisting);
  memtier_store* store() { return open(Opening::kExisting); }
  void close();  // and reports what went wrong in it

  // The names that were given, or NULL where none was.
  const memtier_scope* scope();

  // The time of the store's clock: --now, or the system's.
  int64_t now_us() const;

  const Terminal& terminal() const { return terminal_; }  // of standard output
  bool for_people() const { return !options.json; }

  void write(std::string_view text);       // to standard output, as it is
  void write_line(std::string_view text);  // one JSON document, or one line of a result
  void say(const std::string& text);       // what was done, to people; nothing with --json, --quiet
  void hint(const std::string& text);      // advice beside a result, to a person at a terminal
  void flush();

  // Says how many items were "updated" or the like, also where the work was stopped in the middle;
  // then throws what stopped it.
  void report(const Outcome& outcome, const std::string& done, int64_t count);

  // Asks a person at the terminal; without one, or with --json, it is a usage failure.
  void confirm(const std::string& what, bool yes);

 private:
  memtier_store* store_ = nullptr;
  Scope scope_;
  Terminal terminal_;
  int64_t clock_us_ = 0;  // what the store's clock says with --now
  std::string buffer_;    // of standard output
};

}  // namespace memtier::tool
