#include "storage/sqlite/stored_item.h"

#include <algorithm>

#include "codec/deflate.h"
#include "model/limits.h"
#include "storage/sqlite/archive_blocks.h"

namespace memtier {
namespace {

constexpr int kArchiveLevel = 9;

// Binds one parameter after the other.
class Binder {
 public:
  explicit Binder(Statement& statement) : statement_(statement) {}
  template <typename Number>
  Binder& add(Number value) {
    statement_.bind(++at_, value);
    return *this;
  }
  Binder& add_nonzero(int64_t value) {
    return value == 0 ? (statement_.bind_null(++at_), *this) : add(value);
  }
  Binder& add_text(std::string_view text) {
    statement_.bind_text(++at_, text);
    return *this;
  }
  Binder& add_blob(std::string_view bytes) {
    statement_.bind_blob(++at_, bytes);
    return *this;
  }

 private:
  Statement& statement_;
  int at_ = 0;
};

}  // namespace

StoredItem read_row(const Statement& statement) {
  StoredItem row;
  int at = 0;
  row.row = statement.integer(at++);
  row.scope = statement.integer(at++);
  row.tier = statement.integer(at++);
  row.importance = statement.real(at++);
  row.priority = statement.integer(at++);
  row.pinned = statement.integer(at++) != 0;
  row.created_us = statement.integer(at++);
  row.updated_us = statement.integer(at++);
  row.accessed_us = statement.integer(at++);
  row.expires_us = statement.integer(at++);
  row.ttl_us = statement.integer(at++);
  row.access_count = statement.integer(at++);
  row.validation_count = statement.integer(at++);
  row.version = statement.integer(at++);
  row.sequence = statement.integer(at++);
  row.size_bytes = statement.integer(at++);
  row.encoding = statement.integer(at++);
  std::string_view* const texts[] = {&row.id,   &row.type,     &row.content_type,
                                     &row.tags, &row.metadata, &row.content};
  size_t size = 0;
  for (int i = 0; i < 6; ++i) size += statement.bytes(at + i).size();
  row.owned = std::make_unique<char[]>(size);
  char* out = row.owned.get();
  for (std::string_view* text : texts) {
    const std::string_view value = statement.bytes(at++);
    std::copy(value.begin(), value.end(), out);
    *text = {out, value.size()};
    out += value.size();
  }
  return row;
}

namespace {
Status encode_plain(const EncodingRules& rules, StoredItem* stored);
}  // namespace

Result<StoredItem> make_row(const Item& item, int64_t scope, const EncodingRules& rules) {
  // As committed: what changed since is in changes of its own, or in the access tracker.
  const ItemFields fields = item.image_fields();
  StoredItem row;
  row.row = item.row();
  row.scope = scope;
  row.tier = fields.tier;
  row.importance = fields.importance;
  row.priority = fields.priority;
  row.pinned = fields.pinned;
  row.created_us = fields.created_us;
  row.updated_us = fields.updated_us;
  row.accessed_us = fields.accessed_us;
  row.expires_us = fields.expires_us;
  row.ttl_us = fields.ttl_us;
  row.access_count = fields.access_count;
  row.validation_count = fields.validation_count;
  row.version = fields.version;
  row.sequence = fields.sequence;
  row.size_bytes = item.size_bytes();
  row.encoding = kEncodingPlain;
  row.id = fields[Text::kId];
  row.type = fields[Text::kType];
  row.content_type = fields[Text::kContentType];
  row.tags = fields[Text::kTags];
  row.metadata = fields[Text::kMetadata];
  row.content = fields[Text::kContent];
  RETURN_IF_ERROR(encode_plain(rules, &row));
  return row;
}

Status write_row(Connection& connection, const StoredItem& row) {
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT OR REPLACE INTO items VALUES(?, ?, ?, ?, ?, ?, ?, ?, "
                                      "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  Binder bind(insert);
  bind.add(row.row).add(row.scope).add(row.tier).add(row.importance).add(row.priority);
  bind.add(static_cast<int64_t>(row.pinned)).add(row.created_us).add(row.updated_us);
  bind.add(row.accessed_us).add_nonzero(row.expires_us).add(row.ttl_us).add(row.access_count);
  bind.add(row.validation_count).add(row.version).add(row.sequence).add(row.size_bytes);
  bind.add(row.encoding).add_text(row.id).add_text(row.type).add_text(row.content_type);
  bind.add_text(row.tags).add_text(row.metadata).add_blob(row.content);
  return insert.run();
}

Result<std::string_view> plain_content(Connection& connection, int64_t encoding,
                                       std::string_view content, std::string* buffer) {
  switch (encoding) {
    case kEncodingPlain:
      return content;
    case kEncodingDeflate: {
      ASSIGN_OR_RETURN(*buffer, inflate_bytes(content, kMaxContentBytes));
      return std::string_view(*buffer);
    }
    case kEncodingBlock: {
      ASSIGN_OR_RETURN(const std::string_view found, connection.blocks().read(connection, content));
      buffer->assign(found);
      return std::string_view(*buffer);
    }
    case kEncodingZstd: {
      ASSIGN_OR_RETURN(*buffer, connection.blocks().inflate(content));
      return std::string_view(*buffer);
    }
    default:
      return Status(Code::kCorrupt,
                    "item: its content has the unknown encoding " + std::to_string(encoding));
  }
}

namespace {

void take_content(std::string bytes, int64_t encoding, StoredItem* stored) {
  stored->encoded = std::make_unique<std::string>(std::move(bytes));
  stored->content = *stored->encoded;
  stored->encoding = encoding;
}

// Of plain content.
Status encode_plain(const EncodingRules& rules, StoredItem* stored) {
  if (rules.archived && !stored->content.empty()) {
    ASSIGN_OR_RETURN(std::string small, deflate_bytes(stored->content, kArchiveLevel));
    take_content(std::move(small), kEncodingDeflate, stored);
  } else if (rules.threshold_bytes > 0 &&
             static_cast<int64_t>(stored->content.size()) > rules.threshold_bytes) {
    ASSIGN_OR_RETURN(std::string small, compress_content(stored->content));
    if (!small.empty()) take_content(std::move(small), kEncodingZstd, stored);
  }
  return {};
}

}  // namespace

Status decode_content(Connection& connection, StoredItem* stored) {
  if (stored->encoding == kEncodingPlain) return {};
  // What is damaged stays as it is: it must not stop what is done to others in the same batch.
  std::string plain;
  const auto content = plain_content(connection, stored->encoding, stored->content, &plain);
  if (!content.ok()) return {};
  take_content(std::move(plain), kEncodingPlain, stored);
  return {};
}

Status encode_content(Connection& connection, const EncodingRules& rules, StoredItem* stored) {
  const bool is_archived =
      stored->encoding == kEncodingDeflate || stored->encoding == kEncodingBlock;
  if (rules.archived && is_archived) return {};
  RETURN_IF_ERROR(decode_content(connection, stored));
  return stored->encoding == kEncodingPlain ? encode_plain(rules, stored) : Status();
}

Result<ItemRef> read_item(const Statement& statement, Connection& connection, ScopeTable& scopes,
                          int first) {
  int at = first;
  ItemFields fields;
  const int64_t row = statement.integer(at++);
  ASSIGN_OR_RETURN(const ScopeTable::ScopeRef scope,
                   scopes.scope(connection, statement.integer(at++)));
  fields.set_scope(*scope);
  fields.tier = static_cast<int32_t>(statement.integer(at++));
  fields.importance = statement.real(at++);
  fields.priority = statement.integer(at++);
  fields.pinned = statement.integer(at++) != 0;
  fields.created_us = statement.integer(at++);
  fields.updated_us = statement.integer(at++);
  fields.accessed_us = statement.integer(at++);
  fields.expires_us = statement.integer(at++);
  fields.ttl_us = statement.integer(at++);
  fields.access_count = statement.integer(at++);
  fields.validation_count = statement.integer(at++);
  fields.version = statement.integer(at++);
  fields.sequence = statement.integer(at++);
  ++at;  // size_bytes
  const int64_t encoding = statement.integer(at++);
  fields[Text::kId] = statement.bytes(at++);
  fields[Text::kType] = statement.bytes(at++);
  fields[Text::kContentType] = statement.bytes(at++);
  fields[Text::kTags] = statement.bytes(at++);
  fields[Text::kMetadata] = statement.bytes(at++);
  std::string decoded;
  auto content = plain_content(connection, encoding, statement.bytes(at++), &decoded);
  if (content.ok()) fields[Text::kContent] = *content;
  Ref<Item> item = Item::create(fields, row);
  if (!content.ok()) item->set_damaged();
  return ItemRef::adopt(item.detach());
}

}  // namespace memtier
