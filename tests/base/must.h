// For tests: a Result's value, or an exception with its message, which fails the test.
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "base/status.h"

namespace memtier::testing {

template <typename T>
T must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.take_status().message());
  return std::move(result).value();
}

inline void must(Status status) {
  if (!status.ok()) throw std::runtime_error(status.message());
}

// The message of a failure, which must have this code.
template <typename T>
std::string message_of(Result<T> result, Code code) {
  EXPECT_EQ(static_cast<int>(result.code()), static_cast<int>(code));
  return result.take_status().message();
}

inline std::string message_of(const Status& status, Code code) {
  EXPECT_EQ(static_cast<int>(status.code()), static_cast<int>(code)) << status.message();
  return status.message();
}

}  // namespace memtier::testing
