// What has to be written so that a list of turns takes the place of another: as little as can be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace memtier {

struct OldTurn {
  int64_t sequence = 0;  // they come in its order
  std::string key;       // equal for turns that say the same
};

struct TurnPlan {
  struct Entry {
    int64_t sequence = 0;
    bool kept = false;           // it stands there already, under this number
    std::optional<size_t> same;  // the old turn that says the same, kept or not
    std::optional<size_t> over;  // the old turn in whose place it is written
  };
  std::vector<Entry> entries;   // one for each new turn, their sequence numbers ascending
  std::vector<size_t> removed;  // old turns whose number no new one has
  bool changes_nothing() const;
};

// The longest common part of both keeps its numbers; what is new gets those that are free between, and
// where they do not suffice, what follows is written anew as well.
TurnPlan plan_turns(const std::vector<OldTurn>& old, const std::vector<std::string>& keys);

}  // namespace memtier
