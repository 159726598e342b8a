// Preferences: what somebody finds useful, learned from explicit feedback on items: by the item itself, its
// tags, its type and who speaks. A value; kept as a JSON document.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/item.h"
#include "model/json.h"

namespace memtier {

// What somebody says of an item.
struct Feedback {
  static constexpr size_t kMost = 1000;  // in one call

  // {"id": …, "value": …}, or {"items": [such ones]}.
  static Result<std::vector<Feedback>> parse(std::string_view text);

  std::string id;
  double value = 0;  // -1 (not what was wanted) to 1 (just that)
};

class Preferences {
 public:
  static constexpr size_t kMostFeatures = 1000;  // those heard of last stay

  // kCorrupt: it is not what dump() has made.
  static Result<Preferences> parse(std::string_view text);
  std::string dump() const;

  void add(const Item& item, double value, int64_t now_us);
  // From -1 to 1; 0: nothing is known.
  double of(const Item& item, int64_t now_us) const;
  bool is_empty() const { return features_.empty(); }
  // For people: the strongest first.
  Json list(int64_t now_us) const;

 private:
  enum class Kind : uint8_t { kItem, kTag, kType, kSpeaker };
  using Feature = std::pair<Kind, std::string>;
  struct Heard {
    double good = 0;
    double bad = 0;
    int64_t time_us = 0;
    double value(int64_t now_us) const;
    void fade(int64_t now_us);
  };

  static std::vector<Feature> features_of(const Item& item);
  void forget_oldest();

  std::map<Feature, Heard> features_;
};

}  // namespace memtier
