// What stands in a journal's frame.
#include "fuzz/fuzz.h"
#include "storage/sqlite/journal_format.h"

void fuzz_one(std::string_view bytes) {
  using namespace memtier;
  const auto changes = parse_operations(bytes);
  if (!changes.ok()) return;
  for (const Change& change : changes.value()) {
    if (change.item) require(change.item->image().size() <= bytes.size(), "an item fits its frame");
  }
}
