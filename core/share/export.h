// Export: the items of a scope as JSON Lines (memtier.h, "Export and import"), in the order of their
// rows, in pages, so that a store of any size goes through little memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/control.h"
#include "base/status.h"
#include "index/graph/link_graph.h"
#include "model/filter_eval.h"
#include "storage/storage.h"

namespace memtier {

// Damaged items that a walk over many left out.
class DamageReport {
 public:
  void add(const Item& item);
  // A place of the file where not even the items' names could be read.
  void add_unreadable() { ++unreadable_; }
  // kCorrupt if there were any: how many, which was the first, and that they were `treated`.
  Status status(const char* treated) const;

 private:
  int64_t count_ = 0;
  int64_t unreadable_ = 0;
  std::string first_id_;
};

using WriteBytes = std::function<Status(std::string_view)>;
// Members of an item's line beside its own, each with a comma behind it.
using MoreMembers = std::function<Result<std::string>(const Item&)>;

// What an export has of vectors.
struct ExportExtras {
  std::string first_lines;  // with their line ends
  MoreMembers members;      // null: none
};

// What is exported: items, then the links between them and the concepts that these name; without a filter
// all links and concepts that the scope shows.
struct ExportSource {
  Storage& storage;
  LinkGraph& links;
  const TierNames& tiers;
  const ExportExtras& extras;
};

// *out_count is the number of items written, also after a failure.
Status export_items(const ExportSource& source, const ReadScope& read, const FilterRef& filter,
                    const WriteBytes& write, Control& control, int64_t* out_count,
                    DamageReport* damage);

// The same into a file that is made new; compressed if its name ends in ".gz". A file half written is
// removed; one that lacks only what is damaged stays, and kCorrupt tells.
Status export_to_file(const ExportSource& source, const ReadScope& read, const FilterRef& filter,
                      const std::string& path, Control& control, int64_t* out_count);

}  // namespace memtier
