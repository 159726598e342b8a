// A row of the table items, in C++: reading it, writing it, and making an Item of it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/item.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/names.h"
#include "storage/sqlite/row_source.h"

namespace memtier {

// How content stands in the table.
inline constexpr int64_t kEncodingPlain = 0;
inline constexpr int64_t kEncodingDeflate = 1;  // archived, and not yet in a block
inline constexpr int64_t kEncodingBlock = 2;    // archived: where it lies (archive_blocks.h)
inline constexpr int64_t kEncodingZstd = 3;     // not archived, but long
inline constexpr int64_t kEncodingBlockAll =
    4;  // as 2, with the metadata, whose column is empty then

constexpr bool is_in_block(int64_t encoding) {
  return encoding == kEncodingBlock || encoding == kEncodingBlockAll;
}

// The columns, in the order in which read_row() and write_rows() use them, for "SELECT %s FROM items i".
inline constexpr std::string_view kItemColumns =
    "i.row, i.scope, i.tier, i.importance, i.priority, i.pinned, i.created_us, i.updated_us, "
    "i.accessed_us, i.expires_us, i.ttl_us, i.access_count, i.validation_count, i.version, "
    "i.sequence, i.size_bytes, i.encoding, i.id, i.type, i.content_type, i.tags, i.metadata, "
    "i.content";

// What a row holds. Content is as it stands in the table. Texts are borrowed: from the item it was
// made of, or from `owned`, which goes with it.
struct StoredItem {
  int64_t row = 0;
  int64_t scope = 0;
  int64_t tier = 0;
  double importance = 0;
  int64_t priority = 0;
  bool pinned = false;
  int64_t created_us = 0;
  int64_t updated_us = 0;
  int64_t accessed_us = 0;
  int64_t expires_us = 0;
  int64_t ttl_us = 0;
  int64_t access_count = 0;
  int64_t validation_count = 0;
  int64_t version = 0;
  int64_t sequence = 0;
  int64_t size_bytes = 0;
  int64_t encoding = 0;
  std::string_view id;
  std::string_view type;
  std::string_view content_type;
  std::string_view tags;
  std::string_view metadata;
  std::string_view content;
  std::unique_ptr<char[]> owned;
  std::unique_ptr<std::string> encoded;   // where encode_content() made other bytes
  std::unique_ptr<std::string> unpacked;  // the metadata, where they were in a block
};

StoredItem read_row(const Statement& statement);
// How content is to stand.
struct EncodingRules {
  bool archived = false;
  int64_t threshold_bytes = 0;  // longer content that is not archived is compressed; 0: none is
};

// From an item that was committed, borrowing its texts; content is encoded for the tier's medium.
Result<StoredItem> make_row(const Item& item, int64_t scope, const EncodingRules& rules);
// Quickest in the order of their rows.
Status write_rows(Connection& connection, std::span<const StoredItem> stored, Existing existing);

// The content as it was given, decoded into `buffer` if it has to be.
Result<std::string_view> plain_content(Connection& connection, int64_t encoding,
                                       std::string_view content, std::string* buffer);
// The same with the metadata, which may lie there, too.
struct PlainTexts {
  std::string_view metadata;
  std::string_view content;
};
// Of what stands in a block.
Result<PlainTexts> entry_texts(int64_t encoding, std::string_view entry);
Result<PlainTexts> plain_texts(Connection& connection, int64_t encoding, std::string_view metadata,
                               std::string_view content, std::string* buffer);
// The metadata of items i, in SQL; content is not read where it need not be. Empty where it is damaged.
inline constexpr const char* kMetadataSql =
    "CASE i.encoding WHEN 4 THEN memtier_metadata(i.content) ELSE i.metadata END";
static_assert(kEncodingBlockAll == 4);

// Makes the content, and the metadata, plain. What is damaged stays as it is.
Status decode_content(Connection& connection, StoredItem* stored);
// The same, and then encodes it as it is to stand. Archived content stays where it lies.
Status encode_content(Connection& connection, const EncodingRules& rules, StoredItem* stored);

// An Item of the row that the statement stands on (columns kItemColumns, from `first` on). Where its
// content cannot be decoded it is there all the same: Item::is_damaged.
Result<ItemRef> read_item(const Statement& statement, Connection& connection, ScopeTable& scopes,
                          int first = 0);

}  // namespace memtier
