// Policies and archive rules: what is to be done with which items, as data (memtier.h, sections 24 and
// 25). Checked here; carried out by store_policies.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/filter.h"
#include "model/json.h"

namespace memtier {

enum class PolicyAction { kDemote, kPromote, kArchive, kDelete, kRefresh, kTag, kCallback };

struct Policy {
  // With a callback the action "callback" is allowed, and is what it is if none is named.
  static Result<Policy> parse(std::string_view text, bool with_callback);

  // Every key, so that what is listed can be put again.
  Json to_json() const;

  std::string name;
  Json condition = Json::object();
  PolicyAction action = PolicyAction::kCallback;
  std::string tag;
  int64_t priority = 0;
  bool enabled = true;
};

struct ArchiveRule {
  static Result<ArchiveRule> parse(std::string_view text);
  Json to_json() const;

  std::string name;
  std::string kind;
  Json condition = Json::object();
  int64_t level = 6;
  int64_t priority = 5;
  bool enabled = true;
};

// What to apply: all that are enabled, or those that are named.
struct ApplyRequest {
  static Result<ApplyRequest> parse(std::string_view text);

  bool has_names = false;
  std::vector<std::string> names;
  bool dry_run = false;
};

// What to restore from the archive: ids, or what a filter finds.
struct RestoreRequest {
  static Result<RestoreRequest> parse(std::string_view text);

  bool has_ids = false;
  std::vector<std::string> ids;
  Json filter;  // null: none
  std::string tier;
};

struct PackRequest {
  static Result<PackRequest> parse(std::string_view text);

  int64_t level = 9;
  bool all = true;      // also the months of which there is little
  bool repack = false;  // first take blocks apart of which little is needed
};

std::string_view action_name(PolicyAction action);
Status check_policy_name(std::string_view name, std::string_view what);

}  // namespace memtier
