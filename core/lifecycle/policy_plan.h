// Plans: policies and archive rules of a store in the order in which they are applied, each with the
// filter of the items that it concerns now. Nothing is read or changed here.
//
// The order is that of priority, highest first, then of names. A filter leaves out what the action would
// not change (what is archived already, what has the tag), so that applying twice does nothing more; and
// pinned items, where it would move or delete them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/filter.h"
#include "model/item.h"
#include "model/ladder.h"
#include "model/policy.h"
#include "model/write.h"

namespace memtier {

// Marks those of a batch that the policy concerns: sets (*out_chosen)[i], which are 0, to 1. On the thread
// of the call that applies it.
using PolicyDecider = std::function<Status(std::span<const ItemRef> items, bool dry_run,
                                           std::vector<int32_t>* out_chosen)>;

struct PlannedStep {
  std::string name;
  PolicyAction action = PolicyAction::kArchive;
  std::string tag;
  int64_t level = 0;  // of an archive rule
  FilterRef filter;
  std::string skipped;  // why nothing is done; else empty
  const PolicyDecider* decider = nullptr;
};

// Where steps were stopped: in which, behind which row. Empty: nowhere.
struct StepPosition {
  bool operator==(const StepPosition&) const = default;
  std::string name;
  int64_t after_row = 0;
};

// How steps are applied. Of ticks, `position` is where to begin, and then where they were stopped.
struct StepApplication {
  bool dry_run = false;
  Reason reason = Reason::kPolicy;
  StepPosition* position = nullptr;
};

// The step to begin with: that of the position, or the first where it is no longer there.
size_t first_step(const std::vector<PlannedStep>& steps, const StepPosition& position);
// Where the next tick begins when step `at` ended with this status, `before` being where this tick began.
// What is cancelled goes on there; what fails, or came no further than the tick before, leaves the others
// their turn.
StepPosition next_position(const std::vector<PlannedStep>& steps, size_t at,
                           const StepPosition& stopped, const StepPosition& before, Code code);

// The first tier whose items are archived; -1: none.
int32_t archive_tier(const Ladder& ladder);
ConditionContext condition_context(const Ladder& ladder, int64_t now_us);

// In the order of application. kNotFound names one that is asked for and not there.
Result<std::vector<PlannedStep>> plan_policies(std::vector<Policy> policies,
                                               const ApplyRequest& request, const Ladder& ladder,
                                               int64_t now_us);
// In a dry run each leaves to those before it what they would archive, as happens when they do.
Result<std::vector<PlannedStep>> plan_rules(std::vector<ArchiveRule> rules,
                                            const ApplyRequest& request, const Ladder& ladder,
                                            int64_t now_us);

}  // namespace memtier
