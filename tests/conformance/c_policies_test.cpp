// policies.json through memtier.h alone.
#include <gtest/gtest.h>

#include "conformance/c_store.h"
#include "conformance/vectors.h"

namespace memtier::testing {
namespace {

using nlohmann::json;

constexpr int64_t kPoliciesNowUs = 1'780'272'000'000'000;  // 2026-06-01T00:00:00Z, as the file says

std::string take(memtier_bytes* bytes) {
  std::string text(static_cast<const char*>(memtier_bytes_data(bytes)), memtier_bytes_size(bytes));
  memtier_bytes_destroy(bytes);
  return text;
}

void put_document(memtier_store* store, const std::string& what, const std::string& document) {
  const auto put = what == "policy" ? memtier_policy_put : memtier_archive_rule_put;
  check([&](memtier_error** error) { return put(store, document.data(), document.size(), error); });
}

json names_of(const std::string& list) {
  json names = json::array();
  for (const json& entry : json::parse(list)) names.push_back(entry["name"]);
  return names;
}

class CPolicies : public ::testing::Test {
 protected:
  void open(const Document& test) {
    store_ =
        std::make_unique<CStore>(":memory:", kPoliciesNowUs, "", test.value.value("ladder", ""));
    for (const Document& item : elements_of(member_source(test.text, "items"))) {
      (void)store_->put(json::object(), expand_repeats(item.text));
    }
    for (const auto& [key, what] :
         {std::pair{"policies", "policy"}, std::pair{"archive_rules", "archive_rule"}}) {
      if (!test.value.contains(key)) continue;
      for (const Document& document : elements_of(member_source(test.text, key))) {
        put_document(store_->get(), what, document.text);
      }
    }
  }

  json apply(const json& step) const {
    const auto call =
        step["apply"] == "policies" ? memtier_policy_apply : memtier_archive_rule_apply;
    const std::string request = step["request"].dump();
    memtier_bytes* bytes = nullptr;
    check([&](memtier_error** error) {
      return call(store_->get(), nullptr, request.data(), request.size(), nullptr, &bytes, error);
    });
    return json::parse(take(bytes));
  }

  json tier_of(const std::string& id) const {
    const std::string list = json{{"filter", {{"id", id}}}}.dump();
    for (const ItemHandle& item : store_->list(json::object(), list)) {
      return json::parse(json_of(item.get()))["tier"];
    }
    return nullptr;
  }

  void expect(const json& step, const json& report) const {
    json results = json::array();
    json skipped = json::array();
    int64_t total = 0;
    for (const json& result : report["results"]) {
      results.push_back({result["name"], result["count"]});
      total += result["count"].get<int64_t>();
      if (result.contains("skipped")) skipped.push_back(result["name"]);
    }
    EXPECT_EQ(results, step["results"]);
    EXPECT_EQ(skipped, step.value("skipped", json::array()));
    EXPECT_EQ(report["total"], total);
    EXPECT_EQ(report["dry_run"], step["request"].value("dry_run", false));
    const json tiers = step.value("tiers", json::object());
    for (const auto& [id, tier] : tiers.items()) {
      EXPECT_EQ(tier_of(id), tier) << id;
    }
    for (const json& id : step.value("gone", json::array())) EXPECT_EQ(tier_of(id), nullptr) << id;
    const json tagged = step.value("tagged", json::object());
    for (const auto& [tag, ids] : tagged.items()) {
      json found = json::array();
      const json list = {{"filter", {{"tags", tag}}}, {"order_by", "id"}, {"descending", false}};
      for (const ItemHandle& item : store_->list(json::object(), list.dump())) {
        found.push_back(json::parse(json_of(item.get()))["id"]);
      }
      EXPECT_EQ(found, ids);
    }
  }

  std::string list(const char* what) const {
    const auto call = what[0] == 'p' ? memtier_policy_list : memtier_archive_rule_list;
    memtier_bytes* bytes = nullptr;
    check([&](memtier_error** error) { return call(store_->get(), &bytes, error); });
    return take(bytes);
  }

  std::unique_ptr<CStore> store_;
};

TEST_F(CPolicies, do_what_their_documents_say) {
  for (const Document& test : load_list("policies.json", "cases")) {
    SCOPED_TRACE(test.value["name"]);
    open(test);
    if (test.value.contains("listed")) {
      EXPECT_EQ(names_of(list("policies")), test.value["listed"]);
    }
    if (test.value.contains("listed_rules")) {
      EXPECT_EQ(names_of(list("rules")), test.value["listed_rules"]);
    }
    for (const json& step : test.value["steps"]) {
      SCOPED_TRACE(step.dump());
      if (!step.contains("error")) {
        expect(step, apply(step));
        continue;
      }
      try {
        (void)apply(step);
        ADD_FAILURE() << "was accepted";
      } catch (const Failure& failure) {
        EXPECT_STREQ(memtier_status_name(failure.status()),
                     step["status"].get<std::string>().c_str());
        EXPECT_NE(std::string(failure.what()).find(step["error"]), std::string::npos);
      }
    }
  }
}

TEST_F(CPolicies, are_refused_where_their_document_is_wrong) {
  store_ = std::make_unique<CStore>(":memory:", kPoliciesNowUs);
  for (const Document& test : load_list("policies.json", "refused")) {
    SCOPED_TRACE(label(test));
    try {
      put_document(store_->get(), test.value["what"], document_of(test, "document"));
      ADD_FAILURE() << "was accepted";
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.status(), MEMTIER_INVALID);
      EXPECT_NE(std::string(failure.what()).find(test.value["error"]), std::string::npos)
          << failure.what();
    }
  }
}

// What is listed can be put again.
TEST_F(CPolicies, are_listed_with_all_that_they_say) {
  store_ = std::make_unique<CStore>(":memory:", kPoliciesNowUs);
  const std::string before = list("policies");
  for (json policy : json::parse(before)) {
    EXPECT_EQ(policy["decided_by"], "condition");
    policy.erase("decided_by");
    put_document(store_->get(), "policy", policy.dump());
  }
  EXPECT_EQ(list("policies"), before);
  const std::string rules = list("rules");
  for (const json& rule : json::parse(rules))
    put_document(store_->get(), "archive_rule", rule.dump());
  EXPECT_EQ(list("rules"), rules);
}

}  // namespace
}  // namespace memtier::testing
