// Draft: an item being written, or the changes to one. Only what was set is applied by an update;
// a put completes the rest with defaults. Every field is checked when it is set, once.
//
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/item.h"
#include "model/json.h"

namespace memtier {

struct Draft {
  std::optional<std::string> id;
  std::optional<std::string> type;
  std::optional<std::string> content;
  std::optional<std::string> content_type;
  std::optional<std::string> metadata;
  std::optional<std::string> tier;  // a name; tier_number wins where both are set
  std::optional<int32_t> tier_number;
  std::optional<int64_t> created_us;
  std::optional<int64_t> updated_us;
  std::optional<int64_t> accessed_us;
  std::optional<int64_t> expires_us;
  std::optional<int64_t> ttl_us;
  std::optional<int64_t> access_count;
  std::optional<int64_t> validation_count;
  std::optional<int64_t> priority;
  std::optional<bool> pinned;
  std::optional<double> importance;
  int64_t expected_version = 0;
  std::vector<std::string> tags;          // to be there
  std::vector<std::string> removed_tags;  // to go
  bool replace_tags = false;              // an update drops the tags it had

  Status set_id(std::string_view value);
  Status set_type(std::string_view value);
  Status set_content(std::string_view value);
  Status set_content_type(std::string_view value);
  Status set_metadata(std::string_view value);
  Status set_tier(std::string_view value);
  Status set_importance(double value);
  Status add_tag(std::string_view tag);
  Status remove_tag(std::string_view tag);

  // The keys of an item document. "version", "change_sequence" and the scope's names are ignored.
  // `text` is what the document was parsed from: metadata are kept as they stand there.
  Status set_json(const Json& document, std::string_view text);
  // The fields of an image, zeros and empties meaning the default.
  Status set_image(const ItemFields& fields);
};

// The content type that content has where none is given.
std::string_view default_content_type(std::string_view content);
// Whether words are looked for in content of this type.
bool is_searchable_type(std::string_view content_type);

}  // namespace memtier
