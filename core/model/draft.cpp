#include "model/draft.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "model/limits.h"
#include "model/scope.h"

namespace memtier {
namespace {

Status check_size(std::string_view value, size_t maximum, const char* what) {
  if (value.size() <= maximum) return {};
  return invalid(std::string(what) + " has " + std::to_string(value.size()) + " bytes; at most " +
                 std::to_string(maximum) + " are allowed");
}

Status check_count(int64_t value, const char* what) {
  if (value >= 0) return {};
  return invalid(std::string(what) + " must not be negative");
}

Status read_count(const Json& document, const char* key, int64_t minimum,
                  std::optional<int64_t>* out) {
  if (!document.contains(key)) return {};
  int64_t value = 0;
  RETURN_IF_ERROR(read_int(document, key, "item", minimum, INT64_MAX, &value));
  *out = value;
  return {};
}

Status set_content_from(const Json& document, Draft* draft) {
  std::string content;
  if (document.contains("content_base64")) {
    if (document.contains("content")) {
      return invalid("item: \"content\" and \"content_base64\" exclude each other");
    }
    std::string encoded;
    RETURN_IF_ERROR(read_text(document, "content_base64", "item", &encoded));
    auto decoded = base64_decode(encoded);
    if (!decoded) return invalid("item: \"content_base64\" is not base64");
    return draft->set_content(*decoded);
  }
  if (!document.contains("content")) return {};
  RETURN_IF_ERROR(read_text(document, "content", "item", &content));
  return draft->set_content(content);
}

Status set_tags_from(const Json& document, Draft* draft) {
  const auto tags = document.find("tags");
  if (tags == document.end()) return {};
  if (!tags->is_array()) return invalid("item: \"tags\" must be a list of texts");
  draft->tags.clear();
  draft->replace_tags = true;
  for (const Json& tag : *tags) {
    if (!tag.is_string()) return invalid("item: \"tags\" must be a list of texts");
    RETURN_IF_ERROR(draft->add_tag(tag.get_ref<const std::string&>()));
  }
  return {};
}

Status check_tag(std::string_view tag) {
  if (tag.empty()) return invalid("tag is empty");
  return check_name(tag, "tag");
}

}  // namespace

Status Draft::set_id(std::string_view value) {
  if (value.empty()) return invalid("id is empty; leave it out to have one generated");
  RETURN_IF_ERROR(check_size(value, kMaxIdBytes, "id"));
  if (!is_utf8(value)) return invalid("id is not valid UTF-8");
  if (has_control_characters(value)) return invalid("id contains a control character");
  id = std::string(value);
  return {};
}

Status Draft::set_type(std::string_view value) {
  RETURN_IF_ERROR(check_name(value, "type"));
  type = std::string(value);
  return {};
}

Status Draft::set_content(std::string_view value) {
  RETURN_IF_ERROR(check_size(value, kMaxContentBytes, "content"));
  content = std::string(value);
  return {};
}

Status Draft::set_content_type(std::string_view value) {
  RETURN_IF_ERROR(check_name(value, "content_type"));
  content_type = std::string(value);
  return {};
}

Status Draft::set_metadata(std::string_view value) {
  RETURN_IF_ERROR(check_size(value, kMaxMetadataBytes, "metadata"));
  if (!value.empty()) {
    if (!is_utf8(value)) return invalid("metadata is not valid UTF-8");
    RETURN_IF_ERROR(check_json_object(value, "metadata"));
  }
  metadata = std::string(value);
  return {};
}

Status Draft::set_tier(std::string_view value) {
  if (value.empty() || value.size() > kMaxTierNameBytes) {
    return invalid("tier must be a name of 1 to 63 bytes");
  }
  RETURN_IF_ERROR(check_name(value, "tier"));
  tier = std::string(value);
  return {};
}

Status Draft::set_importance(double value) {
  if (!(value >= 0.0 && value <= 1.0)) return invalid("importance must be a number from 0 to 1");
  importance = value;
  return {};
}

Status Draft::add_tag(std::string_view tag) {
  RETURN_IF_ERROR(check_tag(tag));
  std::erase(removed_tags, tag);
  if (std::find(tags.begin(), tags.end(), tag) != tags.end()) return {};
  if (tags.size() >= kMaxTags) return invalid("tag is one too many; at most 256 are allowed");
  tags.emplace_back(tag);
  return {};
}

Status Draft::remove_tag(std::string_view tag) {
  RETURN_IF_ERROR(check_tag(tag));
  std::erase(tags, tag);
  if (std::find(removed_tags.begin(), removed_tags.end(), tag) != removed_tags.end()) return {};
  if (removed_tags.size() >= kMaxTags) return invalid("tag: more than 256 to remove");
  removed_tags.emplace_back(tag);
  return {};
}

Status Draft::set_json(const Json& document, std::string_view text_of_document) {
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"id",           "type",
                                                 "content",      "content_base64",
                                                 "content_type", "metadata",
                                                 "tags",         "importance",
                                                 "priority",     "pinned",
                                                 "tier",         "created_us",
                                                 "updated_us",   "accessed_us",
                                                 "expires_us",   "ttl_us",
                                                 "access_count", "validation_count",
                                                 "version",      "change_sequence",
                                                 "collection",   "app",
                                                 "user",         "agent",
                                                 "session"},
                                      "item"));
  std::string text;
  const auto set_text = [&](const char* key, Status (Draft::*set)(std::string_view)) -> Status {
    if (!document.contains(key)) return {};
    RETURN_IF_ERROR(read_text(document, key, "item", &text));
    return (this->*set)(text);
  };
  RETURN_IF_ERROR(set_text("id", &Draft::set_id));
  RETURN_IF_ERROR(set_text("type", &Draft::set_type));
  RETURN_IF_ERROR(set_text("content_type", &Draft::set_content_type));
  RETURN_IF_ERROR(set_text("tier", &Draft::set_tier));
  RETURN_IF_ERROR(set_content_from(document, this));
  RETURN_IF_ERROR(set_tags_from(document, this));
  if (const auto member = document.find("metadata"); member != document.end()) {
    if (!member->is_object()) return invalid("item: \"metadata\" must be an object");
    RETURN_IF_ERROR(set_metadata(member_text(text_of_document, "metadata")));
  }
  if (document.contains("importance")) {
    double value = 0;
    RETURN_IF_ERROR(read_double(document, "importance", "item", 0, 1, &value));
    importance = value;
  }
  if (document.contains("pinned")) {
    bool value = false;
    RETURN_IF_ERROR(read_bool(document, "pinned", "item", &value));
    pinned = value;
  }
  RETURN_IF_ERROR(read_time(document, "created_us", "item", &created_us));
  RETURN_IF_ERROR(read_time(document, "updated_us", "item", &updated_us));
  RETURN_IF_ERROR(read_time(document, "accessed_us", "item", &accessed_us));
  std::optional<int64_t> expiry;
  RETURN_IF_ERROR(read_time(document, "expires_us", "item", &expiry));
  if (expiry) {
    RETURN_IF_ERROR(check_count(*expiry, "item: \"expires_us\""));
    expires_us = expiry;
  }
  RETURN_IF_ERROR(read_count(document, "ttl_us", kNoTtl, &ttl_us));
  RETURN_IF_ERROR(read_count(document, "access_count", 0, &access_count));
  RETURN_IF_ERROR(read_count(document, "validation_count", 0, &validation_count));
  return read_count(document, "priority", INT64_MIN, &priority);
}

Status Draft::set_image(const ItemFields& fields) {
  if (!fields[Text::kId].empty()) RETURN_IF_ERROR(set_id(fields[Text::kId]));
  if (!fields[Text::kType].empty()) RETURN_IF_ERROR(set_type(fields[Text::kType]));
  RETURN_IF_ERROR(set_content(fields[Text::kContent]));
  if (!fields[Text::kContentType].empty()) {
    RETURN_IF_ERROR(set_content_type(fields[Text::kContentType]));
  }
  RETURN_IF_ERROR(set_metadata(fields[Text::kMetadata]));
  Status bad_tag;
  for_each_tag(fields[Text::kTags], [&](std::string_view tag) {
    if (bad_tag.ok()) bad_tag = add_tag(tag);
  });
  RETURN_IF_ERROR(bad_tag.clone());
  if (std::isnan(fields.importance)) return invalid("importance must be a number from 0 to 1");
  if (fields.importance >= 0) RETURN_IF_ERROR(set_importance(fields.importance));
  const auto set_nonzero = [](int64_t value, std::optional<int64_t>* out) {
    if (value != 0) *out = value;
  };
  RETURN_IF_ERROR(check_count(fields.expires_us, "expires_us"));
  if (fields.ttl_us < kNoTtl) return invalid("ttl_us must be -1, 0 or a time in microseconds");
  RETURN_IF_ERROR(check_count(fields.access_count, "access_count"));
  RETURN_IF_ERROR(check_count(fields.validation_count, "validation_count"));
  set_nonzero(fields.created_us, &created_us);
  set_nonzero(fields.updated_us, &updated_us);
  set_nonzero(fields.accessed_us, &accessed_us);
  set_nonzero(fields.expires_us, &expires_us);
  set_nonzero(fields.ttl_us, &ttl_us);
  set_nonzero(fields.access_count, &access_count);
  set_nonzero(fields.validation_count, &validation_count);
  set_nonzero(fields.priority, &priority);
  if (fields.tier < -1 || fields.tier >= static_cast<int32_t>(kMaxTiers)) {
    return invalid("tier must be a number of the ladder, or -1");
  }
  if (fields.tier >= 0) tier_number = fields.tier;
  pinned = fields.pinned;
  if (fields.expect_version) RETURN_IF_ERROR(check_count(fields.version, "version"));
  expected_version = fields.expect_version ? fields.version : 0;
  return {};
}

std::string_view default_content_type(std::string_view content) {
  return is_utf8(content) ? "text/plain" : "application/octet-stream";
}

bool is_searchable_type(std::string_view content_type) {
  return content_type.substr(0, 5) == "text/" || content_type.substr(0, 16) == "application/json";
}

}  // namespace memtier
