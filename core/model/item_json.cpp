#include "model/item_json.h"

#include "base/text.h"
#include "model/json.h"

namespace memtier {
namespace {

class Writer {
 public:
  explicit Writer(std::string* out, std::string_view prefix) : out_(out) {
    *out_ += '{';
    *out_ += prefix;
  }
  void text(const char* key, std::string_view value) {
    if (value.empty()) return;
    begin(key);
    append_json_string(value, out_);
  }
  void raw(const char* key, std::string_view value) {
    begin(key);
    *out_ += value;
  }
  void number(const char* key, int64_t value) { raw(key, std::to_string(value)); }
  void end() { *out_ += '}'; }

 private:
  void begin(const char* key) {
    if (!first_) *out_ += ',';
    first_ = false;
    *out_ += '"';
    *out_ += key;
    *out_ += "\":";
  }

  std::string* out_;
  bool first_ = true;
};

void write_tags(std::string_view joined, Writer* writer) {
  if (joined.empty()) return;
  std::string list = "[";
  for_each_tag(joined, [&list](std::string_view tag) {
    if (list.size() > 1) list += ',';
    append_json_string(tag, &list);
  });
  writer->raw("tags", list + "]");
}

}  // namespace

void append_item_json(const ItemFields& item, const TierNames& tiers, std::string_view prefix,
                      std::string* out) {
  Writer writer(out, prefix);
  writer.text("id", item[Text::kId]);
  if (item[Text::kCollection] != kDefaultCollection) {
    writer.text("collection", item[Text::kCollection]);
  }
  writer.text("app", item[Text::kApp]);
  writer.text("user", item[Text::kUser]);
  writer.text("agent", item[Text::kAgent]);
  writer.text("session", item[Text::kSession]);
  writer.text("type", item[Text::kType]);
  const std::string_view content = item[Text::kContent];
  if (is_utf8(content)) {
    std::string text;
    append_json_string(content, &text);
    writer.raw("content", text);
  } else {
    writer.text("content_base64", base64_encode(content));
  }
  writer.text("content_type", item[Text::kContentType]);
  if (!item[Text::kMetadata].empty()) writer.raw("metadata", item[Text::kMetadata]);
  write_tags(item[Text::kTags], &writer);
  writer.raw("importance", Json(item.importance).dump());
  if (item.priority != 0) writer.number("priority", item.priority);
  if (item.pinned) writer.raw("pinned", "true");
  const auto tier = static_cast<size_t>(item.tier);
  if (tier < tiers.size()) writer.text("tier", tiers[tier]);
  writer.number("created_us", item.created_us);
  writer.number("updated_us", item.updated_us);
  writer.number("accessed_us", item.accessed_us);
  if (item.expires_us != 0) writer.number("expires_us", item.expires_us);
  if (item.ttl_us != kNoTtl) writer.number("ttl_us", item.ttl_us);
  writer.number("access_count", item.access_count);
  if (item.validation_count != 0) writer.number("validation_count", item.validation_count);
  writer.number("version", item.version);
  writer.end();
}

}  // namespace memtier
