// A line of an import, of either kind.
#include "fuzz/fuzz.h"
#include "share/import.h"

void fuzz_one(std::string_view bytes) {
  using namespace memtier;
  static const Scope kScope;
  for (const auto format : {ImportOptions::Format::kAuto, ImportOptions::Format::kItems}) {
    ImportOptions options;
    options.format = format;
    const auto item = parse_import_line(bytes, options, kScope, 1);
    if (item.ok()) require(item->scope != nullptr, "an item that was read has a scope");
  }
}
