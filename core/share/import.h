// Import: JSON Lines, items or turns of a conversation, read in pieces and handed on in batches.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/control.h"
#include "base/status.h"
#include "model/draft.h"
#include "model/link.h"
#include "model/scope.h"
#include "model/space_spec.h"

namespace memtier {

struct ImportOptions {
  enum class Format { kAuto, kItems, kConversation };
  static Result<ImportOptions> parse(std::string_view text);

  Format format = Format::kAuto;
  bool skip_bad_lines = false;
  bool create_only = false;
  std::string tier;  // empty: the line's own
};

struct ImportCounts {
  int64_t lines = 0;
  int64_t stored = 0;
  int64_t replaced = 0;
  int64_t skipped = 0;
  int64_t failed = 0;
  int64_t first_failed_line = 0;
};

// One line, read. The scope's names are the line's, with those of the call in their place.
struct ImportedItem {
  Draft draft;
  // Instead of an item:
  std::optional<LinkSpec> link;
  std::optional<ConceptSpec> named;  // a concept

  std::shared_ptr<const Scope> scope;
  int64_t version = 0;  // of an exported item; 0: a new one
  int64_t line = 0;
  // Vectors by the names of their spaces, as bytes of vectors.data.
  std::vector<std::pair<std::string, std::string>> vectors;
  std::optional<SpaceSpec> space;  // of a line that is a space, and no item
  Status status;                   // filled in by the store
  bool replaced = false;           // filled in by the store
};

// Fills the buffer; *out_size 0 is the end.
using ReadBytes = std::function<Status(char* buffer, size_t size, size_t* out_size)>;
// Stores a batch; each item gets its status. An error of its own ends the import.
using StoreBatch = std::function<Status(std::vector<ImportedItem>& batch)>;

struct ImportSource {
  ReadBytes read;
  int64_t total_bytes = -1;             // for progress; -1 unknown
  std::function<int64_t()> bytes_done;  // of total_bytes
};

Status import_lines(const ImportOptions& options, const Scope& scope, const ImportSource& source,
                    const StoreBatch& store, Control& control, ImportCounts* counts);
// From a file, compressed with gzip or not.
Status import_from_file(const ImportOptions& options, const Scope& scope, const std::string& path,
                        const StoreBatch& store, Control& control, ImportCounts* counts);

// One line of either kind.
Result<ImportedItem> parse_import_line(std::string_view line, const ImportOptions& options,
                                       const Scope& scope, int64_t turn);

}  // namespace memtier
