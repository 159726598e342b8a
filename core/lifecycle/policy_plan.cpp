#include "lifecycle/policy_plan.h"

#include <algorithm>

namespace memtier {
namespace {

constexpr const char* kNoArchive = "the ladder has no tier with the medium \"archive\"";

Filter all_of(std::vector<Filter> filters) {
  Filter all;
  all.children = std::move(filters);
  return all;
}

Filter none_of(Filter filter) {
  Filter opposite;
  opposite.kind = Filter::Kind::kNot;
  opposite.children.push_back(std::move(filter));
  return opposite;
}

Result<Filter> bound(const Json& condition, const ConditionContext& context) {
  ASSIGN_OR_RETURN(const FilterRef filter, Filter::from_condition(condition, context));
  return *filter;
}

// What the action would leave as it is.
Json unchanged_by(PolicyAction action, const std::string& tag, const Ladder& ladder) {
  switch (action) {
    case PolicyAction::kDemote:
      return {{"tier", ladder.tiers.back().name}};
    case PolicyAction::kPromote:
      return {{"tier", ladder.tiers.front().name}};
    case PolicyAction::kArchive:
      return {{"archived", true}};
    case PolicyAction::kTag:
      return {{"tags", {{"$contains", tag}}}};
    default:
      return {};
  }
}

bool spares_pinned(PolicyAction action) {
  return action == PolicyAction::kDemote || action == PolicyAction::kPromote ||
         action == PolicyAction::kArchive || action == PolicyAction::kDelete;
}

Result<FilterRef> concerned(const Json& condition, PolicyAction action, const std::string& tag,
                            const Ladder& ladder, const ConditionContext& context) {
  std::vector<Filter> parts;
  ASSIGN_OR_RETURN(Filter own, bound(condition, context));
  parts.push_back(std::move(own));
  if (spares_pinned(action)) {
    ASSIGN_OR_RETURN(Filter loose, bound({{"pinned", false}}, context));
    parts.push_back(std::move(loose));
  }
  if (const Json unchanged = unchanged_by(action, tag, ladder); !unchanged.is_null()) {
    ASSIGN_OR_RETURN(Filter done, bound(unchanged, context));
    parts.push_back(none_of(std::move(done)));
  }
  return FilterRef(std::make_shared<const Filter>(all_of(std::move(parts))));
}

// Those that are asked for, in their order.
template <typename Entry>
Result<std::vector<Entry>> chosen(std::vector<Entry> entries, const ApplyRequest& request,
                                  const char* what) {
  if (request.has_names) {
    for (const std::string& name : request.names) {
      const bool known = std::any_of(entries.begin(), entries.end(),
                                     [&name](const Entry& entry) { return entry.name == name; });
      if (!known) return not_found(std::string(what) + " \"" + name + "\" does not exist");
    }
  }
  const auto left_out = [&request](const Entry& entry) {
    if (!request.has_names) return !entry.enabled;
    return std::find(request.names.begin(), request.names.end(), entry.name) == request.names.end();
  };
  entries.erase(std::remove_if(entries.begin(), entries.end(), left_out), entries.end());
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.priority != b.priority ? a.priority > b.priority : a.name < b.name;
  });
  return entries;
}

}  // namespace

size_t first_step(const std::vector<PlannedStep>& steps, const StepPosition& position) {
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].name == position.name) return i;
  }
  return 0;
}

StepPosition next_position(const std::vector<PlannedStep>& steps, size_t at,
                           const StepPosition& stopped, const StepPosition& before, Code code) {
  if (code == Code::kCancelled && !(stopped == before)) return stopped;
  return at + 1 < steps.size() ? StepPosition{steps[at + 1].name, 0} : StepPosition();
}

int32_t archive_tier(const Ladder& ladder) {
  for (size_t tier = 0; tier < ladder.tiers.size(); ++tier) {
    if (ladder.tiers[tier].medium == Medium::kArchive) return static_cast<int32_t>(tier);
  }
  return -1;
}

ConditionContext condition_context(const Ladder& ladder, int64_t now_us) {
  ConditionContext context;
  context.now_us = now_us;
  for (const Tier& tier : ladder.tiers) {
    if (tier.medium == Medium::kArchive) context.archive_tiers.push_back(tier.name);
  }
  return context;
}

Result<std::vector<PlannedStep>> plan_policies(std::vector<Policy> policies,
                                               const ApplyRequest& request, const Ladder& ladder,
                                               int64_t now_us) {
  ASSIGN_OR_RETURN(policies, chosen(std::move(policies), request, "policy"));
  const ConditionContext context = condition_context(ladder, now_us);
  std::vector<PlannedStep> steps;
  for (const Policy& policy : policies) {
    PlannedStep step;
    step.name = policy.name;
    step.action = policy.action;
    step.tag = policy.tag;
    const bool archives = policy.action == PolicyAction::kArchive;
    if (archives && archive_tier(ladder) < 0) step.skipped = kNoArchive;
    ASSIGN_OR_RETURN(step.filter,
                     concerned(policy.condition, policy.action, policy.tag, ladder, context));
    steps.push_back(std::move(step));
  }
  return steps;
}

Result<std::vector<PlannedStep>> plan_rules(std::vector<ArchiveRule> rules,
                                            const ApplyRequest& request, const Ladder& ladder,
                                            int64_t now_us) {
  ASSIGN_OR_RETURN(rules, chosen(std::move(rules), request, "archive rule"));
  const ConditionContext context = condition_context(ladder, now_us);
  std::vector<PlannedStep> steps;
  std::vector<Filter> earlier;
  for (const ArchiveRule& rule : rules) {
    PlannedStep step;
    step.name = rule.name;
    step.level = rule.level;
    if (archive_tier(ladder) < 0) step.skipped = kNoArchive;
    ASSIGN_OR_RETURN(step.filter,
                     concerned(rule.condition, PolicyAction::kArchive, "", ladder, context));
    if (request.dry_run && !earlier.empty()) {
      std::vector<Filter> parts{*step.filter};
      for (const Filter& filter : earlier) parts.push_back(none_of(filter));
      earlier.push_back(*step.filter);
      step.filter = std::make_shared<const Filter>(all_of(std::move(parts)));
    } else {
      earlier.push_back(*step.filter);
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace memtier
