// Logging: silent unless the caller of the library gave a sink. Thread safety: any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace memtier {

enum class LogLevel : int { kError = 1, kWarning = 2, kInfo = 3, kDebug = 4 };

class Log {
 public:
  using Sink = std::function<void(LogLevel, std::string_view)>;
  Log() = default;
  Log(LogLevel most_talkative, Sink sink)
      : most_talkative_(most_talkative), sink_(std::move(sink)) {}

  bool wants(LogLevel level) const { return sink_ && level <= most_talkative_; }
  void write(LogLevel level, std::string_view message) const {
    if (wants(level)) sink_(level, message);
  }

 private:
  LogLevel most_talkative_ = LogLevel::kError;
  Sink sink_;  // constant after construction
};

}  // namespace memtier
