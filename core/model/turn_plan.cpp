#include "model/turn_plan.h"

#include <algorithm>
#include <limits>
#include <map>

namespace memtier {
namespace {

// Beyond this only what is equal at the beginning and at the end is kept.
constexpr size_t kMaxCells = 4'000'000;

using Matches = std::vector<std::optional<size_t>>;  // of each new turn: the old one it is

// The longest common subsequence of the parts between `begin` and the ends, by the textbook's table.
void match_middle(const std::vector<OldTurn>& old, const std::vector<std::string>& keys,
                  size_t begin, size_t old_end, size_t new_end, Matches* matches) {
  const size_t rows = old_end - begin;
  const size_t columns = new_end - begin;
  if (rows == 0 || columns == 0 || rows * columns > kMaxCells) return;
  std::vector<uint32_t> table((rows + 1) * (columns + 1), 0);
  const auto at = [&](size_t row, size_t column) -> uint32_t& {
    return table[row * (columns + 1) + column];
  };
  for (size_t row = rows; row-- > 0;) {
    for (size_t column = columns; column-- > 0;) {
      at(row, column) = old[begin + row].key == keys[begin + column]
                            ? at(row + 1, column + 1) + 1
                            : std::max(at(row + 1, column), at(row, column + 1));
    }
  }
  for (size_t row = 0, column = 0; row < rows && column < columns;) {
    if (old[begin + row].key == keys[begin + column]) {
      (*matches)[begin + column++] = begin + row++;
    } else if (at(row + 1, column) >= at(row, column + 1)) {
      ++row;
    } else {
      ++column;
    }
  }
}

Matches match(const std::vector<OldTurn>& old, const std::vector<std::string>& keys) {
  Matches matches(keys.size());
  size_t begin = 0;
  while (begin < old.size() && begin < keys.size() && old[begin].key == keys[begin]) {
    matches[begin] = begin;
    ++begin;
  }
  size_t old_end = old.size();
  size_t new_end = keys.size();
  while (old_end > begin && new_end > begin && old[old_end - 1].key == keys[new_end - 1]) {
    matches[--new_end] = --old_end;
  }
  match_middle(old, keys, begin, old_end, new_end, &matches);
  return matches;
}

}  // namespace

bool TurnPlan::changes_nothing() const {
  return removed.empty() &&
         std::all_of(entries.begin(), entries.end(), [](const Entry& entry) { return entry.kept; });
}

TurnPlan plan_turns(const std::vector<OldTurn>& old, const std::vector<std::string>& keys) {
  constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
  const Matches matches = match(old, keys);
  TurnPlan plan;
  plan.entries.resize(keys.size());
  int64_t before = 0;  // the number of the turn before
  for (size_t i = 0; i < keys.size();) {
    if (matches[i] && old[*matches[i]].sequence > before) {
      before = old[*matches[i]].sequence;
      plan.entries[i] = {before, true, matches[i], {}};
      ++i;
      continue;
    }
    // A run of turns that need numbers, as long as it takes until they have room before a kept one.
    size_t end = i + 1;
    const auto limit = [&] {
      return end < keys.size() && matches[end] ? old[*matches[end]].sequence : kNoLimit;
    };
    while (end < keys.size() &&
           (!matches[end] || limit() - before <= static_cast<int64_t>(end - i))) {
      ++end;
    }
    for (; i < end; ++i) plan.entries[i] = {++before, false, matches[i], {}};
  }
  std::map<int64_t, size_t> places;
  for (size_t i = 0; i < old.size(); ++i) places[old[i].sequence] = i;
  for (TurnPlan::Entry& entry : plan.entries) {
    const auto place = places.find(entry.sequence);
    if (place == places.end()) continue;
    if (!entry.kept) entry.over = place->second;
    places.erase(place);
  }
  for (const auto& [sequence, index] : places) plan.removed.push_back(index);
  return plan;
}

}  // namespace memtier
