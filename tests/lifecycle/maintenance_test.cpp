// Ticks: which jobs run, in which order, and what happens when time is over or one fails.
#include "lifecycle/maintenance.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/must.h"

namespace memtier::testing {
namespace {

int64_t clock_us = 0;
int64_t fake_clock() {
  return clock_us;
}

// Three jobs of four parts each; a part takes a second and does two items.
class Ticks : public ::testing::Test {
 protected:
  Ticks() : maintenance_({job("first"), job("second"), job("third")}, fake_clock) { clock_us = 0; }

  MaintenanceJob job(const char* name) {
    return {name, [this, name](const TickRequest& request, Control& control, Json* out_report) {
              order_ += std::string(order_.empty() ? "" : " ") + name;
              if (request.in_background) order_ += "*";
              for (int64_t& part = parts_[name]; part < 4; ++part) {
                RETURN_IF_ERROR(control.check());
                if (name == failing_) return Status(Code::kIo, "no disk", -3);
                clock_us += 1'000'000;
                (*out_report)["count"] = (*out_report)["count"].get<int64_t>() + 2;
                RETURN_IF_ERROR(control.report((*out_report)["count"].get<int64_t>(), -1));
              }
              parts_[name] = 0;
              return Status();
            }};
  }

  Json tick(const char* request) {
    order_.clear();
    Control none;
    Json report;
    must(maintenance_.tick(must(TickRequest::parse(request)), none, &report));
    return report;
  }

  std::string order_;
  std::string failing_;
  std::map<std::string, int64_t> parts_;
  Maintenance maintenance_;
};

TEST_F(Ticks, do_every_job_and_tell_what_each_did) {
  EXPECT_EQ(tick("").dump(),
            R"({"complete":true,"jobs":[{"complete":true,"count":8,"name":"first"},)"
            R"({"complete":true,"count":8,"name":"second"},)"
            R"({"complete":true,"count":8,"name":"third"}],"total":24})");
  EXPECT_EQ(order_, "first second third");
}

TEST_F(Ticks, do_what_they_are_asked_in_the_order_of_the_jobs) {
  EXPECT_EQ(tick(R"({"jobs": ["third", "first"]})")["total"], 16);
  EXPECT_EQ(order_, "first third");
}

TEST_F(Ticks, go_on_where_time_was_over) {
  // Six seconds: all of the first, two parts of the second.
  Json report = tick(R"({"budget_ms": 6000})");
  EXPECT_EQ(report["complete"], false);
  EXPECT_EQ(report["next"], "second");
  EXPECT_EQ(report["total"], 12);
  EXPECT_EQ(report["jobs"].size(), 2u);
  EXPECT_EQ(report["jobs"][1]["count"], 4);
  EXPECT_EQ(report["jobs"][1]["complete"], false);
  report = tick(R"({"budget_ms": 6000})");
  EXPECT_EQ(order_, "second third");
  EXPECT_EQ(report["next"], "third");  // stopped behind its last part
  report = tick(R"({"budget_ms": 60000})");
  EXPECT_EQ(report["complete"], true);
  EXPECT_EQ(order_, "third first second");
  EXPECT_EQ(tick("")["total"], 24);
  EXPECT_EQ(order_, "first second third");
}

TEST_F(Ticks, leave_what_was_done_when_they_are_cancelled) {
  int64_t told = 0;
  Control control(
      [&]() { return parts_["second"] == 1 ? Status(Code::kCancelled, "no") : Status(); },
      [&](int64_t done, int64_t) {
        told = done;
        return Status();
      });
  Json report;
  const Status status = maintenance_.tick({}, control, &report);
  EXPECT_EQ(status.code(), Code::kCancelled);
  EXPECT_EQ(order_, "first second");
  EXPECT_GT(told, 0);
  EXPECT_EQ(report.dump(),
            R"({"complete":false,"jobs":[{"complete":true,"count":8,"name":"first"},)"
            R"({"complete":false,"count":2,"name":"second"}],"next":"third","total":10})");
}

TEST_F(Ticks, give_every_job_its_turn_though_one_fails) {
  failing_ = "second";
  Control none;
  Json report;
  const Status status = maintenance_.tick({}, none, &report);
  EXPECT_EQ(report["total"], 8);
  EXPECT_EQ(report["jobs"].size(), 2u);
  EXPECT_EQ(status.code(), Code::kIo);
  EXPECT_EQ(status.callback_code(), -3);
  EXPECT_EQ(status.message(), "job \"second\": no disk");
  order_.clear();
  EXPECT_FALSE(maintenance_.tick({}, none, &report).ok());
  EXPECT_EQ(order_, "third first second");
}

// From another thread; std::mutex may not be tried again by its own.
TEST_F(Ticks, come_one_at_a_time) {
  Code inner = Code::kOk;
  Maintenance* self = nullptr;
  Maintenance maintenance({{"again", [&](const TickRequest&, Control&, Json*) {
                              std::thread([&] {
                                Control none;
                                Json nothing;
                                inner = self->tick({}, none, &nothing).code();
                                EXPECT_TRUE(nothing.is_null());
                              }).join();
                              return Status();
                            }}});
  self = &maintenance;
  Control none;
  Json report;
  EXPECT_TRUE(maintenance.tick({}, none, &report).ok());
  EXPECT_EQ(inner, Code::kBusy);
}

TEST_F(Ticks, refuse_wrong_requests) {
  const auto refused = [](const char* request) {
    return TickRequest::parse(request).take_status().message();
  };
  EXPECT_EQ(refused(R"({"budget_ms": -1})"),
            "request: \"budget_ms\" must be a whole number from 0 to 86400000");
  EXPECT_NE(refused(R"({"jobs": "expire"})").find("list of names"), std::string::npos);
  EXPECT_NE(refused(R"({"jobs": []})").find("one at least"), std::string::npos);
  EXPECT_NE(refused(R"({"job": ["expire"]})").find("\"job\""), std::string::npos);
  Control none;
  Json report;
  const Status status =
      maintenance_.tick(must(TickRequest::parse(R"({"jobs": ["fourth"]})")), none, &report);
  EXPECT_TRUE(report.is_null());
  EXPECT_EQ(status.code(), Code::kNotFound);
  EXPECT_EQ(status.message(),
            "request: there is no job \"fourth\"; there are first, second, third");
}

}  // namespace
}  // namespace memtier::testing
