#include "model/ladder.h"

#include <cmath>

#include "base/clock.h"
#include "model/json.h"
#include "model/limits.h"
#include "model/scope.h"

namespace memtier {
namespace {

constexpr int64_t kMaxSeconds = int64_t{1000} * 366 * 86400;  // a thousand years
constexpr const char* kExternal = "external";
constexpr size_t kMaxTargetBytes = 1024;
constexpr int64_t kMaxReads = 3;  // an item remembers the times of its last three reads

PromotionRule default_promotion() {
  PromotionRule rule;
  rule.reads = 3;
  rule.within_us = kHourUs;
  rule.importance_above = 0.8;
  return rule;
}

PromotionRule levels_promotion() {
  PromotionRule rule;
  rule.access_count_above = 3;
  rule.importance_above = 0.8;
  rule.validation_count_above = 5;
  return rule;
}

Tier preset_tier(const char* name, Medium medium, int64_t capacity_items, int64_t budget_ms = 0) {
  Tier tier;
  tier.name = name;
  tier.medium = medium;
  tier.capacity_items = capacity_items;
  tier.latency_budget_us = budget_ms * 1000;
  tier.promote = default_promotion();
  if (medium == Medium::kRam) tier.demote = DemotionRule{24 * kHourUs, 2};
  return tier;
}

std::optional<Ladder> preset(std::string_view name) {
  constexpr Medium kRam = Medium::kRam;
  constexpr Medium kDatabase = Medium::kDatabase;
  constexpr Medium kArchive = Medium::kArchive;
  Ladder ladder;
  if (name == "default") {
    ladder.tiers = {preset_tier("working", kRam, 100), preset_tier("short_term", kRam, 1000),
                    preset_tier("long_term", kDatabase, 0), preset_tier("archive", kArchive, 0)};
  } else if (name == "six") {
    ladder.tiers = {
        preset_tier("immediate", kRam, 50, 1),       preset_tier("working", kRam, 100, 10),
        preset_tier("session", kRam, 1000, 100),     preset_tier("episodic", kDatabase, 0, 1000),
        preset_tier("semantic", kDatabase, 0, 5000), preset_tier("archived", kArchive, 0, 30000)};
  } else if (name == "three") {
    ladder.tiers = {preset_tier("short_term", kRam, 100), preset_tier("long_term", kDatabase, 1000),
                    preset_tier("external", kArchive, 0)};
  } else if (name == "levels") {
    ladder.tiers = {preset_tier("immediate", kRam, 50), preset_tier("recent", kRam, 500),
                    preset_tier("important", kDatabase, 5000),
                    preset_tier("learned", kDatabase, 10000)};
    for (Tier& tier : ladder.tiers) tier.promote = levels_promotion();
  } else {
    return std::nullopt;
  }
  return ladder;
}

Status read_promotion_filter(const Json& document, const std::string& what, PromotionRule* rule) {
  const auto filter = document.find("filter");
  if (filter == document.end()) return {};
  const auto at_its_place = [&what](const Status& status) {
    return Status(status.code(), what + ": " + status.message());
  };
  auto parsed = Filter::from_json(*filter);
  if (!parsed.ok()) return at_its_place(parsed.take_status());
  // What a callback extracts is of one handle; a ladder is of the file.
  if (const Status status = check_needs_no_store(**parsed); !status.ok()) {
    return at_its_place(status);
  }
  rule->filter = std::move(parsed).value();
  rule->filter_document = *filter;
  return {};
}

Status read_promotion(const Json& document, const std::string& what, PromotionRule* rule) {
  if (!document.is_object()) return invalid(what + ": must be an object");
  RETURN_IF_ERROR(refuse_unknown_keys(document,
                                      {"reads", "within_seconds", "importance_above",
                                       "access_count_above", "validation_count_above", "filter"},
                                      what));
  if (document.contains("reads") != document.contains("within_seconds")) {
    return invalid(what + ": \"reads\" and \"within_seconds\" belong together");
  }
  if (document.contains("reads")) {
    int64_t reads = 0;
    int64_t seconds = 0;
    RETURN_IF_ERROR(read_int(document, "reads", what, 1, kMaxReads, &reads));
    RETURN_IF_ERROR(read_int(document, "within_seconds", what, 1, kMaxSeconds, &seconds));
    rule->reads = reads;
    rule->within_us = seconds * kSecondUs;
  }
  if (document.contains("importance_above")) {
    double value = 0;
    RETURN_IF_ERROR(read_double(document, "importance_above", what, 0, 1, &value));
    rule->importance_above = value;
  }
  const auto read_limit = [&](const char* key, std::optional<int64_t>* out) -> Status {
    if (!document.contains(key)) return {};
    int64_t value = 0;
    RETURN_IF_ERROR(read_int(document, key, what, 0, INT64_MAX, &value));
    *out = value;
    return {};
  };
  RETURN_IF_ERROR(read_limit("access_count_above", &rule->access_count_above));
  RETURN_IF_ERROR(read_limit("validation_count_above", &rule->validation_count_above));
  return read_promotion_filter(document, what, rule);
}

Status read_demotion(const Json& document, const std::string& what, DemotionRule* rule) {
  if (!document.is_object()) return invalid(what + ": must be an object");
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"idle_hours", "access_count_below"}, what));
  double hours = 0;
  RETURN_IF_ERROR(read_double(document, "idle_hours", what, 0, 24.0 * 366 * 1000, &hours));
  rule->idle_us = std::llround(hours * static_cast<double>(kHourUs));
  rule->access_count_below = INT64_MAX;
  return read_int(document, "access_count_below", what, 0, INT64_MAX, &rule->access_count_below);
}

Status read_target(const Json& document, const std::string& what, bool is_external,
                   std::string* target) {
  if (!is_external) {
    if (!document.contains("target")) return {};
    return invalid(what + ": \"target\" is of the medium \"external\" alone");
  }
  RETURN_IF_ERROR(read_text(document, "target", what, target));
  if (target->empty() || target->size() > kMaxTargetBytes) {
    return invalid(what + ": \"target\" must be the path of a folder, of 1 to 1024 bytes");
  }
  return check_name(*target, what + ": \"target\"");
}

// Blocks know nothing of tiers: those of one archive are all in the file, or all outside.
Status check_external(const Ladder& ladder) {
  if (ladder.target().empty()) return {};
  int archives = 0;
  for (const Tier& tier : ladder.tiers) archives += tier.medium == Medium::kArchive ? 1 : 0;
  if (archives == 1 && !ladder.tiers.back().target.empty()) return {};
  return invalid("ladder: the medium \"external\" must be the last tier's, and the only archive");
}

Result<Tier> read_tier(const Json& document, const std::string& what) {
  if (!document.is_object()) return invalid(what + ": must be an object");
  RETURN_IF_ERROR(
      refuse_unknown_keys(document,
                          {"name", "medium", "target", "capacity_items", "capacity_bytes",
                           "ttl_seconds", "latency_budget_us", "promote", "demote"},
                          what));
  Tier tier;
  RETURN_IF_ERROR(read_text(document, "name", what, &tier.name));
  if (tier.name.empty() || tier.name.size() > kMaxTierNameBytes) {
    return invalid(what + ": \"name\" must have 1 to 63 bytes");
  }
  RETURN_IF_ERROR(check_name(tier.name, what + ": \"name\""));
  std::string medium;
  RETURN_IF_ERROR(read_text(document, "medium", what, &medium));
  if (medium == "ram") {
    tier.medium = Medium::kRam;
  } else if (medium == "database") {
    tier.medium = Medium::kDatabase;
  } else if (medium == "archive" || medium == kExternal) {
    tier.medium = Medium::kArchive;
  } else {
    return invalid(what +
                   ": \"medium\" must be \"ram\", \"database\", \"archive\" or \"external\"");
  }
  RETURN_IF_ERROR(read_target(document, what, medium == kExternal, &tier.target));
  int64_t ttl_seconds = 0;
  RETURN_IF_ERROR(read_int(document, "capacity_items", what, 0, INT64_MAX, &tier.capacity_items));
  RETURN_IF_ERROR(read_int(document, "capacity_bytes", what, 0, INT64_MAX, &tier.capacity_bytes));
  RETURN_IF_ERROR(read_int(document, "ttl_seconds", what, 0, kMaxSeconds, &ttl_seconds));
  RETURN_IF_ERROR(
      read_int(document, "latency_budget_us", what, 0, INT64_MAX, &tier.latency_budget_us));
  tier.ttl_us = ttl_seconds * kSecondUs;
  if (const auto rule = document.find("promote"); rule != document.end()) {
    RETURN_IF_ERROR(read_promotion(*rule, what + ".promote", &tier.promote));
  }
  if (const auto rule = document.find("demote"); rule != document.end()) {
    tier.demote.emplace();
    RETURN_IF_ERROR(read_demotion(*rule, what + ".demote", &*tier.demote));
  }
  return tier;
}

const char* medium_name(const Tier& tier) {
  if (!tier.target.empty()) return kExternal;
  switch (tier.medium) {
    case Medium::kRam:
      return "ram";
    case Medium::kDatabase:
      return "database";
    default:
      return "archive";
  }
}

Json promotion_json(const PromotionRule& rule) {
  Json json = Json::object();
  if (rule.reads) {
    json["reads"] = *rule.reads;
    json["within_seconds"] = rule.within_us / kSecondUs;
  }
  if (rule.importance_above) json["importance_above"] = *rule.importance_above;
  if (rule.access_count_above) json["access_count_above"] = *rule.access_count_above;
  if (rule.validation_count_above) json["validation_count_above"] = *rule.validation_count_above;
  if (rule.filter) json["filter"] = rule.filter_document;
  return json;
}

}  // namespace

Result<Ladder> Ladder::parse(std::string_view text) {
  if (auto known = preset(text)) return *known;
  if (text.find('{') == std::string_view::npos) {
    return invalid("ladder: \"" + std::string(text) +
                   "\" is no preset (default, six, three, levels) and no document");
  }
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "ladder"));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"tiers"}, "ladder"));
  const auto list = document.find("tiers");
  if (list == document.end() || !list->is_array() || list->empty() || list->size() > kMaxTiers) {
    return invalid("ladder: \"tiers\" must be a list of 1 to 16 tiers");
  }
  Ladder ladder;
  for (size_t i = 0; i < list->size(); ++i) {
    ASSIGN_OR_RETURN(Tier tier, read_tier((*list)[i], "ladder: tiers[" + std::to_string(i) + "]"));
    if (ladder.tier_by_name(tier.name)) {
      return invalid("ladder: two tiers are named \"" + tier.name + "\"");
    }
    ladder.tiers.push_back(std::move(tier));
  }
  RETURN_IF_ERROR(check_external(ladder));
  return ladder;
}

std::string Ladder::to_json() const {
  Json list = Json::array();
  for (const Tier& tier : tiers) {
    Json json = {{"name", tier.name}, {"medium", medium_name(tier)}};
    if (!tier.target.empty()) json["target"] = tier.target;
    if (tier.capacity_items != 0) json["capacity_items"] = tier.capacity_items;
    if (tier.capacity_bytes != 0) json["capacity_bytes"] = tier.capacity_bytes;
    if (tier.ttl_us != 0) json["ttl_seconds"] = tier.ttl_us / kSecondUs;
    if (tier.latency_budget_us != 0) json["latency_budget_us"] = tier.latency_budget_us;
    json["promote"] = promotion_json(tier.promote);
    if (tier.demote) {
      json["demote"] = {{"idle_hours", static_cast<double>(tier.demote->idle_us) / kHourUs},
                        {"access_count_below", tier.demote->access_count_below}};
    }
    list.push_back(std::move(json));
  }
  return Json{{"tiers", std::move(list)}}.dump();
}

std::optional<int32_t> Ladder::tier_by_name(std::string_view name) const {
  for (size_t i = 0; i < tiers.size(); ++i) {
    if (tiers[i].name == name) return static_cast<int32_t>(i);
  }
  return std::nullopt;
}

std::string Ladder::target() const {
  for (const Tier& tier : tiers) {
    if (!tier.target.empty()) return tier.target;
  }
  return {};
}

std::vector<std::string> Ladder::names() const {
  std::vector<std::string> result;
  for (const Tier& tier : tiers) result.push_back(tier.name);
  return result;
}

}  // namespace memtier
