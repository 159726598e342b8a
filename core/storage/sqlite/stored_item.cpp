#include "storage/sqlite/stored_item.h"

#include <algorithm>
#include <iterator>

#include "codec/deflate.h"
#include "model/limits.h"
#include "storage/sqlite/archive_blocks.h"

namespace memtier {
namespace {

constexpr int kArchiveLevel = 9;

// The columns, as in kItemColumns: numbers, but for what is null here, and behind them texts.
constexpr int64_t StoredItem::*kNumbers[] = {&StoredItem::row,
                                             &StoredItem::scope,
                                             &StoredItem::tier,
                                             nullptr,
                                             &StoredItem::priority,
                                             nullptr,
                                             &StoredItem::created_us,
                                             &StoredItem::updated_us,
                                             &StoredItem::accessed_us,
                                             &StoredItem::expires_us,
                                             &StoredItem::ttl_us,
                                             &StoredItem::access_count,
                                             &StoredItem::validation_count,
                                             &StoredItem::version,
                                             &StoredItem::sequence,
                                             &StoredItem::size_bytes,
                                             &StoredItem::encoding};
constexpr std::string_view StoredItem::*kTexts[] = {&StoredItem::id, &StoredItem::type,
                                                    &StoredItem::content_type, &StoredItem::tags,
                                                    &StoredItem::metadata};
constexpr int kImportance = 3;
constexpr int kPinned = 5;
constexpr int kExpires = 9;
constexpr int kFirstText = std::size(kNumbers);
constexpr int kContent = kFirstText + std::size(kTexts);

class StoredItems final : public RowSource {
 public:
  explicit StoredItems(std::span<const StoredItem> items) : items_(items) {}

  size_t row_count() const override { return items_.size(); }
  void give(size_t row, int column, sqlite3_context* out) const override {
    const StoredItem& item = items_[row];
    if (column == kContent) return give_blob(out, item.content);
    if (column >= kFirstText) return give_text(out, item.*kTexts[column - kFirstText]);
    if (column == kImportance) return sqlite3_result_double(out, item.importance);
    if (column == kPinned) return sqlite3_result_int(out, item.pinned ? 1 : 0);
    if (column == kExpires && item.expires_us == 0) return sqlite3_result_null(out);
    sqlite3_result_int64(out, item.*kNumbers[column]);
  }

 private:
  const std::span<const StoredItem> items_;
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

Status write_rows(Connection& connection, std::span<const StoredItem> stored, Existing existing) {
  return insert_rows(connection, "items", kContent + 1, StoredItems(stored), existing);
}

Result<PlainTexts> entry_texts(int64_t encoding, std::string_view entry) {
  if (encoding != kEncodingBlockAll) return PlainTexts{{}, entry};
  const auto size = take_varint(&entry);
  if (!size || *size > entry.size()) {
    return Status(Code::kCorrupt, "archive: a content and its metadata are not what was packed");
  }
  return PlainTexts{entry.substr(0, *size), entry.substr(*size)};
}

Result<PlainTexts> plain_texts(Connection& connection, int64_t encoding, std::string_view metadata,
                               std::string_view content, std::string* buffer) {
  if (encoding == kEncodingBlockAll) {
    ASSIGN_OR_RETURN(const std::string_view found, connection.blocks().read(connection, content));
    buffer->assign(found);
    return entry_texts(encoding, *buffer);
  }
  ASSIGN_OR_RETURN(const std::string_view plain,
                   plain_content(connection, encoding, content, buffer));
  return PlainTexts{metadata, plain};
}

Result<std::string_view> plain_content(Connection& connection, int64_t encoding,
                                       std::string_view content, std::string* buffer) {
  switch (encoding) {
    case kEncodingPlain:
      return content;
    case kEncodingBlockAll: {
      ASSIGN_OR_RETURN(const PlainTexts texts,
                       plain_texts(connection, encoding, {}, content, buffer));
      return texts.content;
    }
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
  const auto texts =
      plain_texts(connection, stored->encoding, stored->metadata, stored->content, &plain);
  if (!texts.ok()) return {};
  if (stored->encoding == kEncodingBlockAll) {
    stored->unpacked = std::make_unique<std::string>(texts->metadata);
    stored->metadata = *stored->unpacked;
    plain.erase(0, plain.size() - texts->content.size());
  }
  take_content(std::move(plain), kEncodingPlain, stored);
  return {};
}

Status encode_content(Connection& connection, const EncodingRules& rules, StoredItem* stored) {
  const bool is_archived = stored->encoding == kEncodingDeflate || is_in_block(stored->encoding);
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
  const auto texts =
      plain_texts(connection, encoding, fields[Text::kMetadata], statement.bytes(at++), &decoded);
  if (texts.ok()) {
    fields[Text::kMetadata] = texts->metadata;
    fields[Text::kContent] = texts->content;
  }
  Ref<Item> item = Item::create(fields, row);
  if (!texts.ok()) item->set_damaged();
  return ItemRef::adopt(item.detach());
}

}  // namespace memtier
