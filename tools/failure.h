// How things go wrong in the tool: one exception, with the number that the process ends with.
#pragma once

#include <memtier.h>

#include <exception>
#include <string>
#include <utility>

namespace memtier::tool {

// What the process ends with; the manual page and --help list them.
enum ExitCode : int {
  kSuccess = 0,
  kFailed = 1,
  kUsage = 2,
  kNotFound = 3,
  kConflict = 4,
  kTryAgain = 5,
  kInterrupted = 130,
  kTerminated = 143,
  kBrokenPipe = 141,
};

class Failure : public std::exception {
 public:
  Failure(int exit_code, std::string code, std::string message)
      : exit_code_(exit_code), code_(std::move(code)), message_(std::move(message)) {}

  int exit_code() const { return exit_code_; }
  const std::string& code() const { return code_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  int exit_code_;
  std::string code_;  // the name that --json gives it, such as MEMTIER_NOT_FOUND
  std::string message_;
};

// The command line is wrong.
Failure usage_failure(const std::string& message);

// The operating system refused something outside the store.
Failure system_failure(const std::string& what, int error_number);

// Nothing is left to say: whoever read the output has gone.
Failure broken_pipe();

// What a call of the library returned. Failing is an answer until check() is called.
class Outcome {
 public:
  Outcome(memtier_status status, memtier_error* error) : status_(status), error_(error) {}
  ~Outcome() { memtier_error_destroy(error_); }
  Outcome(Outcome&& other) noexcept
      : status_(other.status_), error_(std::exchange(other.error_, nullptr)) {}
  Outcome(const Outcome&) = delete;
  Outcome& operator=(const Outcome&) = delete;

  memtier_status status() const { return status_; }
  bool ok() const { return status_ == MEMTIER_OK; }
  std::string message() const;
  Failure failure() const;
  void check() const {
    if (!ok()) throw failure();
  }

 private:
  memtier_status status_;
  memtier_error* error_;
};

// The exit code and the exception that stand for a status.
int exit_code_of(memtier_status status);
Failure status_failure(memtier_status status, const std::string& message);

// Calls a function of memtier.h whose last parameter is the error.
template <typename Function, typename... Arguments>
Outcome attempt(Function function, Arguments... arguments) {
  memtier_error* error = nullptr;
  const memtier_status status = function(arguments..., &error);
  return {status, error};
}

template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
  attempt(function, arguments...).check();
}

}  // namespace memtier::tool
