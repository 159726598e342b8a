#include "model/policy.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "model/limits.h"
#include "model/scope.h"

namespace memtier {
namespace {

constexpr int64_t kMostPriority = 1'000'000;
constexpr int64_t kMostLevel = 9;

constexpr std::array<std::pair<std::string_view, PolicyAction>, 7> kActions = {{
    {"demote", PolicyAction::kDemote},
    {"promote", PolicyAction::kPromote},
    {"archive", PolicyAction::kArchive},
    {"delete", PolicyAction::kDelete},
    {"refresh", PolicyAction::kRefresh},
    {"tag", PolicyAction::kTag},
    {"callback", PolicyAction::kCallback},
}};

constexpr std::array<std::string_view, 4> kKinds = {"time", "importance", "access", "size"};

Status read_name(const Json& document, const char* what, std::string* out) {
  if (!document.contains("name")) return invalid(std::string(what) + ": \"name\" is missing");
  RETURN_IF_ERROR(read_text(document, "name", what, out));
  return check_policy_name(*out, std::string(what) + ": \"name\"");
}

// Checked as it will be bound later, at any time and for any ladder.
Status read_condition(const Json& document, const char* what, Json* out) {
  const auto found = document.find("condition");
  if (found == document.end()) return {};
  auto filter = Filter::from_condition(*found, {});
  if (!filter.ok())
    return invalid(std::string(what) + ": condition: " + filter.take_status().message());
  *out = *found;
  return {};
}

Status read_action(const Json& document, bool with_callback, PolicyAction* out) {
  std::string text;
  RETURN_IF_ERROR(read_text(document, "action", "policy", &text));
  if (text.empty() && with_callback) return {};
  for (const auto& [name, action] : kActions) {
    if (name != text) continue;
    if (action == PolicyAction::kCallback && !with_callback) {
      return invalid(
          "policy: \"action\" is \"callback\", and there is no callback; use "
          "memtier_policy_put_callback");
    }
    *out = action;
    return {};
  }
  const std::string last = with_callback ? ", tag or callback" : " or tag";
  return invalid("policy: \"action\" must be demote, promote, archive, delete, refresh" + last);
}

}  // namespace

std::string_view action_name(PolicyAction action) {
  for (const auto& [name, known] : kActions) {
    if (known == action) return name;
  }
  return "";
}

Status check_policy_name(std::string_view name, std::string_view what) {
  if (name.empty()) return invalid(std::string(what) + " is empty");
  return check_name(name, what);
}

Result<Policy> Policy::parse(std::string_view text, bool with_callback) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "policy"));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document, {"name", "condition", "action", "tag", "priority", "enabled"}, "policy"));
  Policy policy;
  RETURN_IF_ERROR(read_name(document, "policy", &policy.name));
  RETURN_IF_ERROR(read_condition(document, "policy", &policy.condition));
  RETURN_IF_ERROR(read_action(document, with_callback, &policy.action));
  RETURN_IF_ERROR(read_text(document, "tag", "policy", &policy.tag));
  const bool tags = policy.action == PolicyAction::kTag;
  if (tags && policy.tag.empty())
    return invalid("policy: \"tag\" is missing; the action is \"tag\"");
  if (!tags && !policy.tag.empty())
    return invalid("policy: \"tag\" is for the action \"tag\" alone");
  if (tags) RETURN_IF_ERROR(check_name(policy.tag, "policy: \"tag\""));
  RETURN_IF_ERROR(
      read_int(document, "priority", "policy", -kMostPriority, kMostPriority, &policy.priority));
  RETURN_IF_ERROR(read_bool(document, "enabled", "policy", &policy.enabled));
  return policy;
}

Json Policy::to_json() const {
  Json document = {{"name", name},
                   {"condition", condition},
                   {"action", std::string(action_name(action))},
                   {"priority", priority},
                   {"enabled", enabled}};
  if (!tag.empty()) document["tag"] = tag;
  return document;
}

Result<ArchiveRule> ArchiveRule::parse(std::string_view text) {
  constexpr const char* kWhat = "archive rule";
  ASSIGN_OR_RETURN(const Json document, parse_document(text, kWhat));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document, {"name", "kind", "condition", "level", "priority", "enabled"}, kWhat));
  ArchiveRule rule;
  RETURN_IF_ERROR(read_name(document, kWhat, &rule.name));
  RETURN_IF_ERROR(read_text(document, "kind", kWhat, &rule.kind));
  if (std::find(kKinds.begin(), kKinds.end(), rule.kind) == kKinds.end()) {
    return invalid("archive rule: \"kind\" must be time, importance, access or size");
  }
  if (!document.contains("condition")) return invalid("archive rule: \"condition\" is missing");
  RETURN_IF_ERROR(read_condition(document, kWhat, &rule.condition));
  RETURN_IF_ERROR(read_int(document, "level", kWhat, 1, kMostLevel, &rule.level));
  RETURN_IF_ERROR(
      read_int(document, "priority", kWhat, -kMostPriority, kMostPriority, &rule.priority));
  RETURN_IF_ERROR(read_bool(document, "enabled", kWhat, &rule.enabled));
  return rule;
}

Json ArchiveRule::to_json() const {
  return {{"name", name},   {"kind", kind},         {"condition", condition},
          {"level", level}, {"priority", priority}, {"enabled", enabled}};
}

Result<ApplyRequest> ApplyRequest::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "request"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"names", "dry_run"}, "request"));
  ApplyRequest request;
  RETURN_IF_ERROR(read_bool(document, "dry_run", "request", &request.dry_run));
  const auto names = document.find("names");
  if (names == document.end()) return request;
  request.has_names = true;
  const Status wrong = invalid("request: \"names\" must be a list of names");
  if (!names->is_array()) return wrong.clone();
  for (const Json& name : *names) {
    if (!name.is_string()) return wrong.clone();
    request.names.push_back(name.get<std::string>());
  }
  return request;
}

Result<RestoreRequest> RestoreRequest::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "request"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"ids", "filter", "tier"}, "request"));
  RestoreRequest request;
  RETURN_IF_ERROR(read_text(document, "tier", "request", &request.tier));
  if (const auto filter = document.find("filter"); filter != document.end()) {
    auto checked = Filter::from_condition(*filter, {});
    if (!checked.ok()) return invalid("request: " + checked.take_status().message());
    request.filter = *filter;
  }
  const auto ids = document.find("ids");
  request.has_ids = ids != document.end();
  if (!request.has_ids && request.filter.is_null()) {
    return invalid("request: it needs \"ids\" or a \"filter\"; {} as the filter restores all");
  }
  if (!request.has_ids) return request;
  const Status wrong = invalid("request: \"ids\" must be a list of at most 10000 ids");
  if (!ids->is_array() || ids->size() > 10'000) return wrong.clone();
  for (const Json& id : *ids) {
    if (!id.is_string()) return wrong.clone();
    request.ids.push_back(id.get<std::string>());
  }
  return request;
}

Result<PackRequest> PackRequest::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "request"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"level", "all", "repack"}, "request"));
  PackRequest request;
  RETURN_IF_ERROR(read_int(document, "level", "request", 1, kMostLevel, &request.level));
  RETURN_IF_ERROR(read_bool(document, "all", "request", &request.all));
  RETURN_IF_ERROR(read_bool(document, "repack", "request", &request.repack));
  return request;
}

}  // namespace memtier
