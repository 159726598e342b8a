// The fields of an item by their names in documents: one table for filters, lists and JSON forms.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace memtier {

enum class Field {
  kId,
  kType,
  kContent,
  kContentType,
  kTags,
  kMetadata,  // metadata.<path>
  kImportance,
  kPriority,
  kPinned,
  kTier,
  kCreatedUs,
  kUpdatedUs,
  kAccessedUs,
  kExpiresUs,
  kTtlUs,
  kAccessCount,
  kValidationCount,
  kVersion,
  kChangeSequence,
  kSizeBytes,
  kCollection,
  kApp,
  kUser,
  kAgent,
  kSession,
  kIndex,       // index.<name>: keys that a callback extracts
  kAccessRate,  // of conditions alone: reads a day since the creation
};

// "metadata" or "metadata.<path>" gives kMetadata, "index.<name>" kIndex.
std::optional<Field> field_by_name(std::string_view name);
std::string_view field_name(Field field);
bool is_time_field(Field field);
// The parts of a path, between its dots.
std::vector<std::string> split_path(std::string_view path);
// Of "metadata.<path>".
std::vector<std::string> metadata_path(std::string_view name);
// All names, for messages.
std::string field_names();

}  // namespace memtier
