#include "model/field.h"

#include <array>
#include <utility>

namespace memtier {
namespace {

constexpr std::array<std::pair<std::string_view, Field>, 25> kFields = {{
    {"id", Field::kId},
    {"type", Field::kType},
    {"content", Field::kContent},
    {"content_type", Field::kContentType},
    {"tags", Field::kTags},
    {"metadata", Field::kMetadata},
    {"importance", Field::kImportance},
    {"priority", Field::kPriority},
    {"pinned", Field::kPinned},
    {"tier", Field::kTier},
    {"created_us", Field::kCreatedUs},
    {"updated_us", Field::kUpdatedUs},
    {"accessed_us", Field::kAccessedUs},
    {"expires_us", Field::kExpiresUs},
    {"ttl_us", Field::kTtlUs},
    {"access_count", Field::kAccessCount},
    {"validation_count", Field::kValidationCount},
    {"version", Field::kVersion},
    {"change_sequence", Field::kChangeSequence},
    {"size_bytes", Field::kSizeBytes},
    {"collection", Field::kCollection},
    {"app", Field::kApp},
    {"user", Field::kUser},
    {"agent", Field::kAgent},
    {"session", Field::kSession},
}};

}  // namespace

std::optional<Field> field_by_name(std::string_view name) {
  if (name.size() > 9 && name.substr(0, 9) == "metadata.") return Field::kMetadata;
  if (name.size() > 6 && name.substr(0, 6) == "index.") return Field::kIndex;
  for (const auto& [known, field] : kFields) {
    if (known == name) return field;
  }
  return std::nullopt;
}

std::string_view field_name(Field field) {
  for (const auto& [name, known] : kFields) {
    if (known == field) return name;
  }
  return "";
}

bool is_time_field(Field field) {
  return field == Field::kCreatedUs || field == Field::kUpdatedUs || field == Field::kAccessedUs ||
         field == Field::kExpiresUs;
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    const size_t dot = path.find('.');
    parts.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    path.remove_prefix(dot + 1);
  }
}

std::vector<std::string> metadata_path(std::string_view name) {
  return split_path(name.substr(std::string_view("metadata.").size()));
}

std::string field_names() {
  std::string names;
  for (const auto& [name, field] : kFields) {
    if (!names.empty()) names += ", ";
    names += name;
    if (field == Field::kMetadata) names += ".<path>";
  }
  return names + ", index.<name>";
}

}  // namespace memtier
