#include "progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "terminal.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

constexpr double kQuietSeconds = 0.4;  // what ends sooner shows no bar
constexpr double kEstimateSeconds = 2;
constexpr int kBarWidth = 24;
constexpr const char* kClearLine = "\r\x1b[K";

std::string bar(double share) {
  const int filled = std::clamp(static_cast<int>(share * kBarWidth), 0, kBarWidth);
  return "[" + std::string(static_cast<size_t>(filled), '=') +
         std::string(static_cast<size_t>(kBarWidth - filled), ' ') + "]";
}

}  // namespace

LongWork::LongWork(const Tool& tool, std::string verb, Unit unit)
    : verb_(std::move(verb)), unit_(unit), start_(std::chrono::steady_clock::now()) {
  is_drawing_ = !tool.options.quiet && isatty(STDERR_FILENO) == 1;
  control_.struct_size = sizeof control_;
  control_.cancel = cancellable_.token();
  control_.progress = is_drawing_ ? on_progress : nullptr;
  control_.user_data = this;
}

LongWork::~LongWork() {
  if (is_drawn_) std::fputs(kClearLine, stderr);
}

double LongWork::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

int32_t LongWork::on_progress(int64_t done, int64_t total, void* user_data) {
  auto* work = static_cast<LongWork*>(user_data);
  if (work->seconds() > kQuietSeconds) work->draw(done, total);
  return MEMTIER_CALLBACK_OK;
}

std::string LongWork::numbers(int64_t done, int64_t total) const {
  const auto name = [this](int64_t value) {
    return unit_ == Unit::kBytes ? format_bytes(value) : format_count(value);
  };
  return total < 0 ? name(done) : name(done) + " of " + name(total);
}

void LongWork::draw(int64_t done, int64_t total) {
  std::string line = verb_ + "  ";
  if (total > 0) {
    const double share = static_cast<double>(done) / static_cast<double>(total);
    line += bar(share) + "  " + format_decimal(100 * share, 0) + " %  ";
    line += numbers(done, total);
    if (seconds() > kEstimateSeconds && share > 0 && share < 1) {
      line += "  " + format_clock(seconds() * (1 - share) / share) + " left";
    }
  } else {
    line += numbers(done, total);
  }
  const int width = terminal_of(STDERR_FILENO).width;
  std::fputs((kClearLine + cut(line, width - 1)).c_str(), stderr);
  is_drawn_ = true;
}

}  // namespace memtier::tool
