// What a benchmark is given: the sizes of this run, the items, temporary files, the report.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "common/files.h"
#include "common/items.h"
#include "common/report.h"

namespace bench {

// Ladders of stores that are measured apart from promotion and overflow.
inline constexpr const char* kRamLadder =
    R"({"tiers":[{"name":"ram","medium":"ram"},{"name":"database","medium":"database"}]})";
inline constexpr const char* kDatabaseLadder =
    R"({"tiers":[{"name":"database","medium":"database"}]})";

class Context {
 public:
  Context(bool quick, std::string data, std::string output);

  bool quick() const { return quick_; }
  const std::string& data() const { return data_; }  // the folder of real data; empty: none
  int repetitions() const { return quick_ ? 3 : 5; }
  // One of two sizes.
  size_t size(size_t quick, size_t full) const { return quick_ ? quick : full; }

  // So many items; kept for the next benchmark that wants as many.
  const Items& items(size_t count);
  // The turns of dialogues among the real data; null where there are none.
  const Items* dialogues();
  // A closed store of so many items with this ladder, made when it is first asked for.
  const std::string& store_path(const std::string& ladder, size_t count);
  // A closed store of these, to be removed by the caller.
  std::string make_store(const Items& items, const std::string& ladder) const;
  const TemporaryFolder& folder() const { return folder_; }
  // Where a file beside the report goes.
  std::string output(const std::string& name) const { return output_ + "/" + name; }
  Report& report() { return report_; }
  // Says what is going on, on standard error.
  void note(const std::string& text) const;

 private:
  struct Made {
    std::string ladder;
    size_t count;
    std::string path;
  };

  const bool quick_;
  const std::string data_;
  const std::string output_;
  TemporaryFolder folder_;
  std::unique_ptr<Items> items_;
  std::unique_ptr<Items> dialogues_;
  std::deque<Made> made_;  // so that paths given out stay
  Report report_;
};

}  // namespace bench
