// Knowledge: something believed, as memtier.h has it ("Knowledge and episodes"), and the items that it
// is kept as. What is believed now:
//
//   id        of its own
//   type      "knowledge"
//   content   the statement
//   metadata  {"belief": n, "category": …, "subject": …, "valid_from_us": …, the caller's own …}
//
// and each belief before it, the n-th of them:
//
//   id        that of the knowledge, "#" and n in nine digits
//   type      "belief"
//   metadata  as it was, and "belief_of": the id, "valid_until_us", "replaced_us": when it was known better
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/draft.h"
#include "model/filter.h"
#include "model/item.h"
#include "model/json.h"

namespace memtier {

inline constexpr std::string_view kKnowledgeType = "knowledge";
inline constexpr std::string_view kBeliefType = "belief";

// A knowledge document: of a new one, or of what has changed.
struct Knowledge {
  static Result<Knowledge> parse(std::string_view text);

  // The item of a new one.
  Result<Draft> first(int64_t now_us) const;
  // The item's changes when `before` is what was believed up to now.
  Result<Draft> next(const Item& before, int64_t number, int64_t now_us) const;

  Draft draft;                    // what is given of an item's keys, and the content
  Json members = Json::object();  // empty texts and null: to be taken away
  std::optional<Json> own;        // the caller's metadata
  std::optional<int64_t> valid_from_us;
  std::optional<int64_t> valid_until_us;
};

// What was believed until `next`, the changes of an update, as an item of its own.
Draft past_belief(const Item& before, const Draft& next, int64_t number, int64_t now_us);

std::string belief_id(std::string_view id, int64_t number);
// Which belief this knowledge is: 1 if it was never changed.
int64_t belief_number(const Item& knowledge);

// What is asked for who wants contradictions.
struct ContradictionRequest {
  static Result<ContradictionRequest> parse(std::string_view text);

  int64_t limit = 100;
  FilterRef filter;
};

// Finds pairs that cannot both be true. Beliefs are kept as a few numbers each, so that a million of
// them fit; whoever adds them reads the items of the pairs again.
class ContradictionFinder {
 public:
  void add(const Item& knowledge);
  struct Pair {
    int64_t left_row = 0;
    int64_t right_row = 0;
  };
  // Those of one subject and attribute that seem to differ, at most `limit`, the older one left.
  std::vector<Pair> take(size_t limit);

 private:
  struct Belief {
    uint64_t about = 0;  // hash of whose it is, subject and attribute
    uint64_t value = 0;
    int64_t from_us = 0;
    int64_t until_us = 0;
    int64_t row = 0;
  };
  std::vector<Belief> beliefs_;
};

// The pair as an entry of the list, or null where the two agree after all (a hash was equal).
Json describe_contradiction(const Item& left, const Item& right);

}  // namespace memtier
