// For tests: programs started as a shell or a person would start them.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace memtier::testing {

// What a program did. A signal that ended it counts as 128 and its number, as in a shell.
struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;

  nlohmann::json json() const { return nlohmann::json::parse(out); }
  nlohmann::json error() const { return nlohmann::json::parse(err).at("error"); }
};

using Arguments = std::vector<std::string>;
using Environment = std::vector<std::pair<std::string, std::string>>;

// Runs a program to its end. No stream of it is a terminal. `folder` is for files in between.
Outcome run(const Arguments& command, const std::string& input, const Environment& environment,
            const std::string& folder);

// Whether there is a program of this name.
bool has_program(const std::string& name);

// A program under way, with a pipe as its standard input.
class Process {
 public:
  Process(const Arguments& command, const Environment& environment, std::string folder);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Returns when all but the last 64 KiB were read at the other end.
  void write(const std::string& text) const;
  void signal(int number) const;
  Outcome finish();  // waits for it; its input is still open

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::string folder_;
};

// A program on a terminal of its own, with standard output and standard error in one.
class Terminal {
 public:
  Terminal(const Arguments& command, const Environment& environment, int columns);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Reads until this was printed; false if the program ended first.
  bool wait_for(const std::string& text);
  void type(const std::string& keys) const;
  Outcome finish();  // `out` has all that was printed, with \r\n at the ends of lines

 private:
  bool read_more();

  pid_t pid_ = -1;
  int terminal_ = -1;
  std::string out_;
};

}  // namespace memtier::testing
