#include "commands/fields.h"

#include "command_line.h"
#include "units.h"

namespace memtier::tool {
namespace {

constexpr int64_t kNoTtl = -1;

class Setter {
 public:
  explicit Setter(memtier_item_builder* builder) : builder_(builder) {}

  int count() const { return count_; }

  void text(int32_t field, const std::optional<std::string>& value) {
    if (!value) return;
    call(memtier_item_builder_set_text, builder_, field, value->data(), value->size());
    ++count_;
  }

  void number(int32_t field, const std::optional<int64_t>& value) {
    if (!value) return;
    call(memtier_item_builder_set_int64, builder_, field, *value);
    ++count_;
  }

  void real(int32_t field, const std::optional<double>& value) {
    if (!value) return;
    call(memtier_item_builder_set_double, builder_, field, *value);
    ++count_;
  }

  void tags(const FieldOptions& fields) {
    for (const std::string& tag : fields.tags) {
      call(memtier_item_builder_add_tag, builder_, tag.data(), tag.size());
      ++count_;
    }
    for (const std::string& tag : fields.removed_tags) {
      call(memtier_item_builder_remove_tag, builder_, tag.data(), tag.size());
      ++count_;
    }
  }

 private:
  memtier_item_builder* builder_;
  int count_ = 0;
};

}  // namespace

void add_field_options(CLI::App* command, FieldOptions& fields) {
  add_value(command, "--type", fields.type, "TYPE", "what it is: fact, episodic, semantic, ...");
  add_values(command, "--tag", fields.tags, "TAG", "a tag; give it again for more");
  add_value(command, "--importance", fields.importance, "NUMBER", "0 to 1; a new item has 0.5");
  add_value(command, "--priority", fields.priority, "NUMBER",
            "for stores that evict by priority; higher is kept longer");
  command->add_flag("--pin", fields.pin, "it never expires, moves or is evicted");
  add_value(command, "--ttl", fields.ttl, "DURATION", "time to live: 90s, 15m, 12h, 30d, or none");
  add_value(command, "--expires", fields.expires, "TIME", "when it expires");
  add_value(command, "--created", fields.created, "TIME", "when it came to be, if not now");
  add_value(command, "--metadata", fields.metadata, "JSON", "a JSON object of your own");
  add_value(command, "--tier", fields.tier, "NAME", "the tier it is put into");
  add_value(command, "--content-type", fields.content_type, "TYPE",
            "a media type; text/plain where the content is text");
}

int set_fields(const FieldOptions& fields, memtier_item_builder* builder) {
  std::optional<int64_t> ttl_us;
  if (fields.ttl) ttl_us = *fields.ttl == "none" ? kNoTtl : parse_duration_us("--ttl", *fields.ttl);
  std::optional<int64_t> pinned;
  if (fields.pin || fields.unpin) pinned = fields.pin ? 1 : 0;
  std::optional<int64_t> created_us;
  if (fields.created) created_us = parse_time_us("--created", *fields.created);
  std::optional<int64_t> expires_us;
  if (fields.expires) expires_us = parse_time_us("--expires", *fields.expires);
  Setter setter(builder);
  setter.text(MEMTIER_FIELD_TYPE, fields.type);
  setter.tags(fields);
  setter.real(MEMTIER_FIELD_IMPORTANCE, fields.importance);
  setter.number(MEMTIER_FIELD_PRIORITY, fields.priority);
  setter.number(MEMTIER_FIELD_PINNED, pinned);
  setter.number(MEMTIER_FIELD_TTL_US, ttl_us);
  setter.number(MEMTIER_FIELD_CREATED_US, created_us);
  setter.number(MEMTIER_FIELD_EXPIRES_US, expires_us);
  setter.text(MEMTIER_FIELD_METADATA, fields.metadata);
  setter.text(MEMTIER_FIELD_TIER, fields.tier);
  setter.text(MEMTIER_FIELD_CONTENT_TYPE, fields.content_type);
  const int set = setter.count();
  setter.number(MEMTIER_FIELD_EXPECTED_VERSION, fields.expected_version);  // changes nothing itself
  return set;
}

void set_content(memtier_item_builder* builder, const std::string& content) {
  call(memtier_item_builder_set_bytes, builder, MEMTIER_FIELD_CONTENT, content.data(),
       content.size());
}

void add_filter_option(CLI::App* command, std::string& filter, const std::string& description) {
  add_value(command, "--filter", filter, "JSON", description);
}

}  // namespace memtier::tool
