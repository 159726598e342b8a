#include "model/memory_document.h"

#include <algorithm>

#include "model/limits.h"
#include "model/scope.h"

namespace memtier {

Result<Json> parse_memory(std::string_view text, const std::string& what) {
  RETURN_IF_ERROR(check_json_object(text, what));
  return Json::parse(text.begin(), text.end(), nullptr, false);
}

Status read_item_keys(const Json& document, const std::string& what, Draft* draft) {
  Json given = Json::object();
  for (const char* key : {"id", "tags", "importance", "tier", "ttl_us"}) {
    if (const auto member = document.find(key); member != document.end()) given[key] = *member;
  }
  Status status = draft->set_json(given, "");
  if (status.ok()) return status;
  return Status(status.code(), what + ": " + status.message());
}

Status read_short_text(const Json& document, const char* key, const std::string& what,
                       std::string* out) {
  RETURN_IF_ERROR(read_text(document, key, what, out));
  return check_name(*out, what + ": \"" + key + "\"");
}

Status read_own_metadata(const Json& document, const std::string& what,
                         std::span<const std::string_view> reserved, Json* members) {
  const auto metadata = document.find("metadata");
  if (metadata == document.end()) return {};
  if (!metadata->is_object()) return invalid(what + ": \"metadata\" must be an object");
  for (const auto& [key, value] : metadata->items()) {
    if (std::find(reserved.begin(), reserved.end(), key) != reserved.end()) {
      return invalid(what + ": \"metadata\" must not have the key \"" + key +
                     "\", which has a place of its own");
    }
    (*members)[key] = value;
  }
  return {};
}

Status set_members(const Json& members, const std::string& what, Draft* draft) {
  std::string metadata = members.dump();
  if (metadata.size() > kMaxMetadataBytes) {
    return invalid(what + ": what it has beside the text takes " + std::to_string(metadata.size()) +
                   " bytes; at most " + std::to_string(kMaxMetadataBytes) + " are allowed");
  }
  draft->metadata = std::move(metadata);
  return {};
}

Json members_of(std::string_view metadata) {
  Json members = Json::parse(metadata.begin(), metadata.end(), nullptr, false);
  return members.is_object() ? members : Json::object();
}

int64_t int_member(const Json& members, const char* key, int64_t fallback) {
  const auto member = members.find(key);
  return member != members.end() && member->is_number_integer() ? member->get<int64_t>() : fallback;
}

}  // namespace memtier
