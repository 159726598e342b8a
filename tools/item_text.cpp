#include "item_text.h"

#include <nlohmann/json.hpp>

#include "handles.h"
#include "text.h"
#include "units.h"

namespace memtier::tool {
namespace {

using Json = nlohmann::json;

double read_importance(const memtier_item* item) {
  double importance = 0;
  call(memtier_item_read_double, item, MEMTIER_FIELD_IMPORTANCE, &importance);
  return importance;
}

std::string joined_tags(const memtier_item* item) {
  std::string tags;
  for (int64_t i = 0; i < memtier_item_tag_count(item); ++i) {
    memtier_slice tag{};
    call(memtier_item_read_tag, item, i, &tag);
    tags.append(tags.empty() ? "" : ", ").append(one_line(view_of(tag)));
  }
  return tags;
}

// The first of the metadata's members that is there.
std::string metadata_text(const memtier_item* item, std::initializer_list<const char*> names) {
  const Json metadata = Json::parse(read_text(item, MEMTIER_FIELD_METADATA), nullptr, false);
  if (!metadata.is_object()) return {};
  for (const char* name : names) {
    const auto member = metadata.find(name);
    if (member != metadata.end() && member->is_string()) return member->get<std::string>();
  }
  return {};
}

std::string scope_text(const memtier_item* item) {
  constexpr std::pair<const char*, int32_t> kNames[] = {
      {"app", MEMTIER_FIELD_APP},
      {"user", MEMTIER_FIELD_USER},
      {"agent", MEMTIER_FIELD_AGENT},
      {"session", MEMTIER_FIELD_SESSION},
      {"collection", MEMTIER_FIELD_COLLECTION},
  };
  std::string text;
  for (const auto& [name, field] : kNames) {
    const std::string value = one_line(read_text(item, field));
    if (value.empty() || (field == MEMTIER_FIELD_COLLECTION && value == "default")) continue;
    text.append(text.empty() ? "" : ", ").append(name).append(" ").append(value);
  }
  return text;
}

std::string reads_text(const memtier_item* item) {
  const int64_t reads = read_int64(item, MEMTIER_FIELD_ACCESS_COUNT);
  if (reads == 0) return "never";
  return count_of(reads, "time") + ", last " +
         format_time(read_int64(item, MEMTIER_FIELD_ACCESSED_US));
}

std::string expiry_text(const memtier_item* item) {
  const int64_t expires_us = read_int64(item, MEMTIER_FIELD_EXPIRES_US);
  return expires_us == 0 ? "" : format_time(expires_us);
}

}  // namespace

std::string read_text(const memtier_item* item, int32_t field) {
  memtier_slice value{};
  call(memtier_item_read_text, item, field, &value);
  return std::string(view_of(value));
}

int64_t read_int64(const memtier_item* item, int32_t field) {
  int64_t value = 0;
  call(memtier_item_read_int64, item, field, &value);
  return value;
}

std::string item_json(const memtier_item* item) {
  Bytes json;
  call(memtier_item_to_json, item, json.out());
  return std::string(view_of(json));
}

std::string item_json_with(const memtier_item* item, const std::string& members) {
  std::string json = item_json(item);
  constexpr std::string_view kBegin = "{\"id\":\"";
  size_t place = 1;
  if (json.starts_with(kBegin)) {
    place = kBegin.size();
    while (json[place] != '"') place += json[place] == '\\' ? 2 : 1;
    place += 2;  // the quote and the comma
  }
  return json.insert(place, members + ",");
}

std::string quote_json(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void check_json(const std::string& option, const std::string& text) {
  try {
    // Only whether it can be parsed matters here.
    [[maybe_unused]] const Json document = Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::string reason = error.what();
    const size_t place = reason.find("parse error at ");
    throw usage_failure(
        option + ": not JSON: " + (place == std::string::npos ? reason : reason.substr(place)));
  }
}

std::string content_line(const memtier_item* item) {
  const std::string content = read_text(item, MEMTIER_FIELD_CONTENT);
  if (is_utf8(content)) return one_line(content);
  return "<" + format_bytes(static_cast<int64_t>(content.size())) + " of " +
         one_line(read_text(item, MEMTIER_FIELD_CONTENT_TYPE)) + ">";
}

std::string item_who(const memtier_item* item) {
  std::string who = metadata_text(item, {"speaker", "role"});
  if (who.empty()) who = read_text(item, MEMTIER_FIELD_USER);
  if (who.empty()) who = read_text(item, MEMTIER_FIELD_AGENT);
  return one_line(who);
}

std::vector<Column> item_columns() {
  constexpr int kDate = 10;
  return {
      {.title = "TIER", .drop = 4},
      {.title = "TIME", .shortest = kDate, .drop = 1},
      {.title = "WHO", .drop = 2},
      {.title = "SESSION", .drop = 5},
      {.title = "ID"},
      {.title = "TEXT"},
  };
}

std::vector<std::string> item_cells(const memtier_item* item, std::string text) {
  return {one_line(read_text(item, MEMTIER_FIELD_TIER)),
          format_time_short(read_int64(item, MEMTIER_FIELD_CREATED_US)),
          item_who(item),
          one_line(read_text(item, MEMTIER_FIELD_SESSION)),
          one_line(read_text(item, MEMTIER_FIELD_ID)),
          std::move(text)};
}

std::string item_page(const memtier_item* item, bool colour) {
  const std::string content = read_text(item, MEMTIER_FIELD_CONTENT);
  Fields fields;
  const auto add = [&fields](const char* name, const std::string& value) {
    if (!value.empty()) fields.add(name, value);
  };
  add("id", kBoldBegin + one_line(read_text(item, MEMTIER_FIELD_ID)) + kBoldEnd);
  add("type", one_line(read_text(item, MEMTIER_FIELD_TYPE)));
  add("tags", joined_tags(item));
  add("scope", scope_text(item));
  add("tier", one_line(read_text(item, MEMTIER_FIELD_TIER)));
  add("pinned", read_int64(item, MEMTIER_FIELD_PINNED) != 0 ? "yes" : "");
  add("importance", format_decimal(read_importance(item), 2));
  const int64_t priority = read_int64(item, MEMTIER_FIELD_PRIORITY);
  add("priority", priority == 0 ? "" : std::to_string(priority));
  add("created", format_time(read_int64(item, MEMTIER_FIELD_CREATED_US)));
  const int64_t version = read_int64(item, MEMTIER_FIELD_VERSION);
  add("changed", version == 1 ? ""
                              : format_time(read_int64(item, MEMTIER_FIELD_UPDATED_US)) +
                                    ", version " + std::to_string(version));
  add("expires", expiry_text(item));
  add("read", reads_text(item));
  const int64_t validations = read_int64(item, MEMTIER_FIELD_VALIDATION_COUNT);
  add("validated", validations == 0 ? "" : count_of(validations, "time"));
  add("metadata", one_line(read_text(item, MEMTIER_FIELD_METADATA)));
  add("content", one_line(read_text(item, MEMTIER_FIELD_CONTENT_TYPE)) + ", " +
                     format_bytes(static_cast<int64_t>(content.size())));
  std::string page = render_bold(fields.text(), colour) + "\n";
  page += is_utf8(content) ? safe_lines(content) : content_line(item);
  if (!page.ends_with('\n')) page += '\n';
  return page;
}

}  // namespace memtier::tool
