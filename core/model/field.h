// The fields of an item by their names in documents: one table for filters, lists and JSON forms.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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
};

// "metadata" or "metadata.<path>" gives kMetadata.
std::optional<Field> field_by_name(std::string_view name);
std::string_view field_name(Field field);
bool is_time_field(Field field);
// All names, for messages.
std::string field_names();

}  // namespace memtier
