#include "index/keys/key_table.h"

#include <algorithm>

#include "model/filter_eval.h"

namespace memtier {
namespace {

constexpr int64_t kRowBytes = 96;    // of the entry by row
constexpr int64_t kEntryBytes = 64;  // of a row in a key's set
constexpr int64_t kTextBytes = 64;   // of a key beside its bytes, twice

}  // namespace

int64_t KeyTable::cost(const Keys& keys) {
  if (keys.empty()) return 0;
  int64_t bytes = kRowBytes;
  for (const std::string& key : keys) {
    bytes += kEntryBytes + kTextBytes + 2 * static_cast<int64_t>(key.size());
  }
  return bytes;
}

void KeyTable::erase(int64_t row) {
  const auto found = by_row_.find(row);
  if (found == by_row_.end()) return;
  bytes_ -= cost(found->second);
  entries_ -= static_cast<int64_t>(found->second.size());
  for (const std::string& key : found->second) {
    const auto rows = by_key_.find(key);
    rows->second.erase(row);
    if (rows->second.empty()) by_key_.erase(rows);
  }
  by_row_.erase(found);
}

void KeyTable::set(int64_t row, Keys keys) {
  erase(row);
  if (keys.empty()) return;
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const std::string& key : keys) by_key_[key].insert(row);
  bytes_ += cost(keys);
  entries_ += static_cast<int64_t>(keys.size());
  by_row_.emplace(row, std::move(keys));
}

// Of keys in [first, last), those that pass.
void KeyTable::collect(ByKey::const_iterator first, ByKey::const_iterator last, const Test& test,
                       RowSet* set) {
  for (; first != last; ++first) {
    if (!test_value(test, Json(Json::array({first->first})))) continue;
    set->rows.insert(set->rows.end(), first->second.begin(), first->second.end());
  }
}

void KeyTable::collect_by_element(const Test& test, RowSet* set) const {
  if (test.op == Operator::kIn) {
    for (const Json& value : test.operand) {
      if (!value.is_string()) continue;
      const auto found = by_key_.find(value.get_ref<const std::string&>());
      if (found == by_key_.end()) continue;
      set->rows.insert(set->rows.end(), found->second.begin(), found->second.end());
    }
    return;
  }
  auto first = by_key_.begin();
  auto last = by_key_.end();
  if (test.operand.is_string()) {
    const auto& text = test.operand.get_ref<const std::string&>();
    const bool from = test.op == Operator::kEq || test.op == Operator::kGt ||
                      test.op == Operator::kGte || test.op == Operator::kStartsWith;
    const bool to =
        test.op == Operator::kEq || test.op == Operator::kLt || test.op == Operator::kLte;
    if (from) first = by_key_.lower_bound(text);
    if (to) last = by_key_.upper_bound(text);
    if (test.op == Operator::kStartsWith) {
      last = first;
      while (last != by_key_.end() && last->first.compare(0, text.size(), text) == 0) ++last;
    }
  }
  collect(first, last, test, set);
}

RowSet KeyTable::rows(const Test& test) const {
  RowSet set;
  const bool names_lists =
      test.operand.is_array() &&
      (test.op != Operator::kIn || std::any_of(test.operand.begin(), test.operand.end(),
                                               [](const Json& value) { return value.is_array(); }));
  if (test.op == Operator::kExists) {
    for (const auto& [row, keys] : by_row_) set.rows.push_back(row);
    set.opposite = !test.operand.get<bool>();
  } else if (names_lists) {
    // All keys of an item together may be meant.
    for (const auto& [row, keys] : by_row_) {
      if (test_value(test, Json(keys))) set.rows.push_back(row);
    }
  } else {
    collect_by_element(test, &set);
  }
  std::sort(set.rows.begin(), set.rows.end());
  set.rows.erase(std::unique(set.rows.begin(), set.rows.end()), set.rows.end());
  return set;
}

}  // namespace memtier
