// maintenance.json through memtier.h alone.
#include <gtest/gtest.h>

#include "conformance/c_store.h"
#include "conformance/vectors.h"

namespace memtier::testing {
namespace {

using nlohmann::json;

constexpr int64_t kTicksNowUs = 1'780'272'000'000'000;  // 2026-06-01T00:00:00Z, as the file says

json tick(memtier_store* store, const json& step) {
  const std::string request =
      step.contains("jobs") ? json{{"jobs", step["jobs"]}}.dump() : std::string();
  memtier_bytes* bytes = nullptr;
  check([&](memtier_error** error) {
    return memtier_store_tick(store, request.data(), request.size(), nullptr, &bytes, error);
  });
  json report = json::parse(
      std::string(static_cast<const char*>(memtier_bytes_data(bytes)), memtier_bytes_size(bytes)));
  memtier_bytes_destroy(bytes);
  return report;
}

void expect(const CStore& store, const json& step, const json& report) {
  json did = json::array();
  json results = json::array();
  int64_t total = 0;
  for (const json& job : report["jobs"]) {
    EXPECT_EQ(job["complete"], true);
    did.push_back({job["name"], job["count"]});
    total += job["count"].get<int64_t>();
    if (!job.contains("results")) continue;
    for (const json& result : job["results"]) results.push_back({result["name"], result["count"]});
  }
  EXPECT_EQ(did, step["did"]);
  EXPECT_EQ(report["total"], total);
  EXPECT_EQ(report["complete"], true);
  if (step.contains("results")) {
    EXPECT_EQ(results, step["results"]);
  }
  const json tiers = step.value("tiers", json::object());
  for (const auto& [id, tier] : tiers.items()) {
    const std::string list = json{{"filter", {{"id", id}, {"tier", tier}}}}.dump();
    EXPECT_EQ(store.list(json::object(), list).size(), 1u) << id;
  }
}

TEST(CMaintenance, does_what_it_is_asked) {
  for (const Document& test : load_list("maintenance.json", "cases")) {
    SCOPED_TRACE(test.value["name"]);
    const CStore store(":memory:", kTicksNowUs);
    for (const Document& item : elements_of(member_source(test.text, "items"))) {
      (void)store.put(json::object(), item.text);
    }
    for (const json& step : test.value["steps"]) {
      SCOPED_TRACE(step.dump());
      expect(store, step, tick(store.get(), step));
    }
  }
}

json consolidate(memtier_store* store, const std::string& request) {
  memtier_bytes* bytes = nullptr;
  check([&](memtier_error** error) {
    return memtier_tier_consolidate(store, nullptr, request.data(), request.size(), nullptr, &bytes,
                                    error);
  });
  json report = json::parse(
      std::string(static_cast<const char*>(memtier_bytes_data(bytes)), memtier_bytes_size(bytes)));
  memtier_bytes_destroy(bytes);
  return report;
}

void expect_refusal(const Failure& failure, const json& test) {
  ASSERT_TRUE(test.contains("status")) << failure.what();
  EXPECT_STREQ(memtier_status_name(failure.status()), test["status"].get<std::string>().c_str());
  EXPECT_NE(std::string(failure.what()).find(test["error"]), std::string::npos) << failure.what();
}

TEST(CMaintenance, consolidates_what_it_is_asked_to) {
  for (const Document& test : load_list("maintenance.json", "consolidations")) {
    SCOPED_TRACE(test.value["name"]);
    const CStore store(":memory:", kTicksNowUs);
    for (const Document& item : elements_of(member_source(test.text, "items"))) {
      (void)store.put(json::object(), item.text);
    }
    try {
      const json report =
          consolidate(store.get(), std::string(member_source(test.text, "request")));
      EXPECT_FALSE(test.value.contains("status")) << "was accepted";
      const json wanted = test.value.value("report", json::object());
      for (const auto& [key, value] : wanted.items()) EXPECT_EQ(report[key], value) << key;
    } catch (const Failure& failure) {
      expect_refusal(failure, test.value);
    }
    const json tiers = test.value.value("tiers", json::object());
    for (const auto& [id, tier] : tiers.items()) {
      const std::string list = json{{"filter", {{"id", id}, {"tier", tier}}}}.dump();
      EXPECT_EQ(store.list(json::object(), list).size(), 1u) << id;
    }
  }
}

// What a call with a request and a report said.
template <typename Call>
json report_of(const json& request, const Call& call) {
  const std::string text = request.dump();
  memtier_bytes* bytes = nullptr;
  check([&](memtier_error** error) { return call(text, &bytes, error); });
  json report = json::parse(
      std::string(static_cast<const char*>(memtier_bytes_data(bytes)), memtier_bytes_size(bytes)));
  memtier_bytes_destroy(bytes);
  return report;
}

void expect_archive_step(const CStore& store, const json& step) {
  if (step.contains("pack")) {
    const json report = report_of(step["pack"], [&](const auto& text, auto** out, auto** error) {
      return memtier_archive_pack(store.get(), text.data(), text.size(), nullptr, out, error);
    });
    EXPECT_EQ(report["packed"], step["packed"]);
  } else {
    const json report = report_of(step["restore"], [&](const auto& text, auto** out, auto** error) {
      return memtier_archive_restore(store.get(), nullptr, text.data(), text.size(), nullptr, out,
                                     error);
    });
    EXPECT_EQ(report["restored"], step["restored"]);
    EXPECT_EQ(report["tier"], step["tier"]);
    EXPECT_EQ(report["damaged"], json::array());
  }
  EXPECT_FALSE(step.contains("status")) << "was accepted";
  if (step.contains("blocks")) {
    const json numbers = report_of({}, [&](const auto&, auto** out, auto** error) {
      return memtier_archive_get_statistics(store.get(), out, error);
    });
    EXPECT_EQ(numbers["blocks"], step["blocks"]);
  }
}

void expect_compression(const CStore& store, const Document& step) {
  const std::string filter(member_source(step.text, "filter"));
  const json report = report_of({}, [&](const auto&, auto** out, auto** error) {
    return memtier_item_compress_where(store.get(), nullptr, filter.data(), filter.size(),
                                       step.value["above_bytes"].get<int64_t>(), nullptr, out,
                                       error);
  });
  EXPECT_FALSE(step.value.contains("status")) << "was accepted";
  EXPECT_EQ(report["matched"], step.value["matched"]);
  EXPECT_EQ(report["compressed"], step.value["compressed"]);
}

TEST(CMaintenance, compresses_where_contents_stand) {
  for (const Document& test : load_list("maintenance.json", "compressions")) {
    SCOPED_TRACE(test.value["name"]);
    const CStore store(":memory:", kTicksNowUs);
    for (const Document& item : elements_of(member_source(test.text, "items"))) {
      (void)store.put(json::object(), item.text);
    }
    for (const Document& step : elements_of(member_source(test.text, "steps"))) {
      SCOPED_TRACE(step.text);
      try {
        expect_compression(store, step);
      } catch (const Failure& failure) {
        expect_refusal(failure, step.value);
      }
    }
    for (const auto& [id, content] : test.value["contents"].items()) {
      const auto items =
          store.list(json::object(), json{{"filter", {{"id", id}}}, {"limit", 1}}.dump());
      ASSERT_EQ(items.size(), 1u);
      EXPECT_EQ(json::parse(json_of(items[0].get()))["content"], content);
    }
  }
}

TEST(CMaintenance, forgets_whom_it_is_asked_to) {
  for (const Document& test : load_list("maintenance.json", "forgettings")) {
    SCOPED_TRACE(test.value["name"]);
    const CStore store(":memory:", kTicksNowUs);
    for (const Document& item : elements_of(member_source(test.text, "items"))) {
      (void)store.put(item.value, item.text);
    }
    try {
      const ScopeHandle scope = make_scope(test.value["scope"]);
      const json report = report_of({}, [&](const auto&, auto** out, auto** error) {
        return memtier_scope_forget(store.get(), scope.get(), nullptr, out, error);
      });
      EXPECT_FALSE(test.value.contains("status")) << "was accepted";
      EXPECT_EQ(report["items"], test.value["forgotten"]);
    } catch (const Failure& failure) {
      expect_refusal(failure, test.value);
    }
    json left = json::array();
    const std::string list = R"({"order_by": "id", "descending": false})";
    for (const auto& item : store.list({{"collection", "*"}}, list)) {
      left.push_back(json::parse(json_of(item.get()))["id"]);
    }
    EXPECT_EQ(left, test.value["left"]);
  }
}

TEST(CMaintenance, packs_and_restores) {
  for (const Document& test : load_list("maintenance.json", "archives")) {
    SCOPED_TRACE(test.value["name"]);
    const CStore store(":memory:", kTicksNowUs);
    for (const Document& item : elements_of(member_source(test.text, "items"))) {
      (void)store.put(json::object(), item.text);
    }
    for (const json& step : test.value["steps"]) {
      SCOPED_TRACE(step.dump());
      try {
        expect_archive_step(store, step);
      } catch (const Failure& failure) {
        expect_refusal(failure, step);
      }
      const json tiers = step.value("tiers", json::object());
      for (const auto& [id, tier] : tiers.items()) {
        const std::string list = json{{"filter", {{"id", id}, {"tier", tier}}}}.dump();
        EXPECT_EQ(store.list(json::object(), list).size(), 1u) << id;
      }
    }
    for (const auto& [id, content] : test.value["contents"].items()) {
      const auto items = store.list(json::object(), json{{"filter", {{"id", id}}}}.dump());
      ASSERT_EQ(items.size(), 1u) << id;
      EXPECT_EQ(json::parse(json_of(items[0].get()))["content"], content);
    }
  }
}

TEST(CMaintenance, refuses_jobs_that_there_are_not) {
  const CStore store(":memory:", kTicksNowUs);
  for (const Document& test : load_list("maintenance.json", "refused")) {
    SCOPED_TRACE(test.text);
    try {
      (void)tick(store.get(), test.value);
      ADD_FAILURE() << "was accepted";
    } catch (const Failure& failure) {
      EXPECT_STREQ(memtier_status_name(failure.status()),
                   test.value["status"].get<std::string>().c_str());
      EXPECT_NE(std::string(failure.what()).find(test.value["error"]), std::string::npos)
          << failure.what();
    }
  }
}

}  // namespace
}  // namespace memtier::testing
