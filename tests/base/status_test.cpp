#include "base/status.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/clock.h"
#include "base/control.h"

namespace memtier::testing {
namespace {

Status fails() {
  return {Code::kCallback, "it failed", -7};
}

Status passes_on() {
  RETURN_IF_ERROR(fails());
  return {};
}

Result<int> adds_one(Result<int> number) {
  ASSIGN_OR_RETURN(const int value, std::move(number));
  return value + 1;
}

TEST(Status, is_ok_and_empty_unless_it_says_otherwise) {
  const Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.code(), Code::kOk);
  EXPECT_EQ(status.message(), "");
}

TEST(Status, is_passed_on_with_message_and_callback_code) {
  const Status status = passes_on();
  EXPECT_EQ(status.code(), Code::kCallback);
  EXPECT_EQ(status.message(), "it failed");
  EXPECT_EQ(status.callback_code(), -7);
  EXPECT_EQ(status.clone().callback_code(), -7);
}

TEST(Result, is_a_value_or_a_status) {
  EXPECT_EQ(*adds_one(41), 42);
  EXPECT_EQ(adds_one(not_found("no")).code(), Code::kNotFound);
  EXPECT_EQ(adds_one(41).take_status().code(), Code::kOk);
}

TEST(IoError, tells_apart_what_a_program_can_do_something_about) {
  EXPECT_EQ(io_error(ENOSPC, "write").code(), Code::kFull);
  EXPECT_EQ(io_error(EDQUOT, "write").code(), Code::kFull);
  EXPECT_EQ(io_error(EFBIG, "write").code(), Code::kFull);
  EXPECT_EQ(io_error(EACCES, "open").code(), Code::kDenied);
  EXPECT_EQ(io_error(EROFS, "open").code(), Code::kReadOnly);
  EXPECT_EQ(io_error(ENOENT, "open").code(), Code::kNotFound);
  EXPECT_EQ(io_error(ENOMEM, "map").code(), Code::kNoMemory);
  EXPECT_EQ(io_error(EIO, "read").code(), Code::kIo);
  EXPECT_EQ(io_error(EIO, "read x").message().rfind("read x: ", 0), 0u);
}

TEST(Time, stays_within_what_there_is) {
  EXPECT_EQ(add_time_us(5, 7), 12);
  EXPECT_EQ(add_time_us(INT64_MAX - 1, 7), INT64_MAX);
  EXPECT_EQ(add_time_us(INT64_MIN + 1, -7), INT64_MIN);
}

TEST(Control, without_callbacks_never_stops) {
  Control control;
  EXPECT_TRUE(control.check().ok());
  EXPECT_TRUE(control.report(1, 2).ok());
  EXPECT_TRUE(control.finish(2, 2).ok());
}

TEST(Control, stops_before_it_tells_of_progress) {
  int told = 0;
  bool stop = false;
  Control control([&] { return stop ? Status(Code::kCancelled, "stop") : Status(); },
                  [&](int64_t, int64_t) {
                    ++told;
                    return Status();
                  });
  EXPECT_TRUE(control.report(1, 3).ok());
  EXPECT_TRUE(control.report(2, 3).ok()) << "too soon to tell again, but not to go on";
  EXPECT_EQ(told, 1);
  stop = true;
  EXPECT_EQ(control.report(3, 3).code(), Code::kCancelled);
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace memtier::testing
