// Long work: Ctrl-C stops it, and a bar on standard error shows how far it is.
#pragma once

#include <memtier.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "interrupt.h"
#include "tool.h"

namespace memtier::tool {

class LongWork {
 public:
  enum class Unit { kItems, kBytes };

  // `verb` is what is going on: "importing".
  LongWork(const Tool& tool, std::string verb, Unit unit);
  ~LongWork();
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  const memtier_control* control() const { return &control_; }
  double seconds() const;

 private:
  static int32_t on_progress(int64_t done, int64_t total, void* user_data);
  void draw(int64_t done, int64_t total);
  std::string numbers(int64_t done, int64_t total) const;

  Cancellable cancellable_;
  memtier_control control_{};
  std::string verb_;
  Unit unit_;
  bool is_drawing_;
  bool is_drawn_ = false;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace memtier::tool
