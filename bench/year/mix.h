// What an agent stores and reads in a year: turns of conversations, facts, notes for an hour, episodes, large
// documents, and what was said before once more; reads of what is recent, and of anything from the long tail. Day d is the same
// in every run and for every number of days.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/items.h"
#include "common/keys.h"
#include "common/random.h"

namespace bench {

struct YearItem {
  std::string id;
  const char* type = "";
  std::string content;
  std::string metadata;
  std::string tag;
  double importance = 0;
  int64_t ttl_us = 0;  // 0: none
};

class YearMix {
 public:
  static constexpr size_t kItemsADay = 300;
  static constexpr size_t kGetsADay = 200;
  static constexpr size_t kSearchesADay = 40;

  // `turns`: where the texts come from, real ones or generated.
  explicit YearMix(const Items& turns) : turns_(turns), popular_(kPopular, 0.99) {}

  // The items of the next day; a fact may have the id of an earlier one, and replaces it.
  std::vector<YearItem> next_day();
  // After that day: the ids that are read, and the words that are searched for.
  std::vector<std::string> gets();
  std::vector<std::string> searches();

 private:
  static constexpr size_t kPopular = 20'000;

  YearItem of_kind(size_t kind);
  YearItem turn();
  YearItem fact();
  YearItem note();
  YearItem episode();
  YearItem document();
  YearItem repeat();
  std::string text_of(size_t turns);
  size_t draw_recent();
  size_t draw_any();

  struct Stored {
    std::string id;
    std::string words;  // of its content, a few
  };

  const Items& turns_;
  const Zipf popular_;
  Random random_{365};
  size_t next_turn_ = 0;
  size_t day_ = 0;
  size_t number_ = 0;
  std::vector<Stored> stored_;      // in the order of storing
  std::vector<std::string> facts_;  // ids
  std::vector<std::string> said_;   // contents of the last turns
};

}  // namespace bench
