#include "storage/sqlite/archive_blocks.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/hash.h"
#include "codec/deflate.h"
#include "model/limits.h"
#include "storage/sqlite/stored_item.h"

namespace memtier {
namespace {

constexpr size_t kBlockItems = 256;
constexpr size_t kFewItems = 64;           // fewer wait for more of their month
constexpr size_t kBlockBytes = 256 << 10;  // a larger item has a block of its own
constexpr size_t kDictionaryBytes = 384 << 10;
constexpr size_t kLeastSamples = 16 << 10;  // of contents, to make a dictionary of
constexpr char kBlockFormat = 1;
constexpr size_t kBlockHead = 9;  // format and checksum
constexpr int kStrongest = 9;

void append_varint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    *out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out += static_cast<char>(value);
}

std::optional<uint64_t> take_varint(std::string_view* bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes->empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes->front());
    bytes->remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

Status damaged_block(int64_t block) {
  return {Code::kCorrupt, "archive: block " + std::to_string(block) + " is damaged"};
}

// Year and month, as 202606.
int64_t period_of(int64_t time_us) {
  const std::time_t seconds = time_us / kSecondUs - (time_us % kSecondUs < 0 ? 1 : 0);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return (int64_t{parts.tm_year} + 1900) * 100 + parts.tm_mon + 1;
}

struct ArchivedContent {
  int64_t row = 0;
  std::string content;
};

// What stands in rows and is to be packed: the oldest, of one month.
Status read_candidates(Connection& connection, std::vector<ArchivedContent>* out,
                       int64_t* out_period) {
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT row, created_us, content FROM items WHERE encoding = 1 "
                         "ORDER BY created_us LIMIT ?"));
  StatementUse use(select.bind(1, static_cast<int64_t>(kBlockItems)));
  size_t size = 0;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return {};
    const int64_t period = period_of(use->integer(1));
    if (out->empty()) *out_period = period;
    if (period != *out_period) return {};
    auto content = inflate_bytes(use->bytes(2), kMaxContentBytes);
    if (!content.ok()) continue;  // what is damaged stays where it is
    if (!out->empty() && size + content->size() > kBlockBytes) return {};
    size += content->size();
    out->push_back({use->integer(0), std::move(content).value()});
  }
}

// Is there enough in other months, that this one can wait?
Result<bool> waits(Connection& connection, size_t items, int64_t period) {
  if (items >= kFewItems) return false;
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT max(created_us) FROM items WHERE encoding = 1"));
  StatementUse use(select);
  ASSIGN_OR_RETURN(const bool found, use->step());
  return !found || period_of(use->integer(0)) <= period;
}

struct NewDictionary {
  int64_t number = 0;
  std::string bytes;
};

// Contents spread over all that is to be packed.
Result<std::string> sample_contents(Connection& connection) {
  std::string samples;
  ASSIGN_OR_RETURN(const int64_t all,
                   connection.query_integer("SELECT count(*) FROM items WHERE encoding = 1"));
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT content, size_bytes FROM items WHERE encoding = 1 "
                                      "ORDER BY created_us"));
  StatementUse use(select);
  // In runs, so that what follows each other stays together.
  constexpr int64_t kRun = 16;
  const int64_t expected = all * 150;
  const int64_t skip = std::max<int64_t>(1, expected / static_cast<int64_t>(kDictionaryBytes));
  for (int64_t at = 0; samples.size() < kDictionaryBytes; ++at) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) break;
    if (at / kRun % skip != 0) continue;
    auto content = inflate_bytes(use->bytes(0), kMaxContentBytes);
    if (!content.ok()) continue;
    samples.append(content->substr(0, kDictionaryBytes / 8));
    samples += '\0';  // as in a block
  }
  if (samples.size() < kLeastSamples) samples.clear();
  return samples;
}

Result<NewDictionary> dictionary_for_packing(Connection& connection) {
  NewDictionary dictionary;
  {
    ASSIGN_OR_RETURN(Statement select,
                     connection.prepare("SELECT dictionary, bytes, data FROM archive_dictionaries "
                                        "WHERE bytes > 0 ORDER BY dictionary DESC LIMIT 1"));
    StatementUse use(select);
    ASSIGN_OR_RETURN(const bool found, use->step());
    if (found) {
      dictionary.number = use->integer(0);
      ZstdDecompressor decompressor;
      auto bytes =
          decompressor.decompress(use->bytes(2), static_cast<size_t>(use->integer(1)), nullptr);
      if (bytes.ok()) {
        dictionary.bytes = std::move(bytes).value();
        return dictionary;
      }
      dictionary.number = 0;  // a damaged one is not used any more; a new one is made
    }
  }
  ASSIGN_OR_RETURN(dictionary.bytes, sample_contents(connection));
  if (dictionary.bytes.empty()) return dictionary;
  ASSIGN_OR_RETURN(const std::string small, zstd_compress(dictionary.bytes, kStrongest + 1, ""));
  ASSIGN_OR_RETURN(
      Statement insert,
      connection.prepare("INSERT INTO archive_dictionaries(bytes, data) VALUES(?, ?)"));
  insert.bind(1, static_cast<int64_t>(dictionary.bytes.size())).bind_blob(2, small);
  RETURN_IF_ERROR(insert.run());
  dictionary.number = sqlite3_last_insert_rowid(connection.handle());
  return dictionary;
}

Result<std::string> make_block(std::vector<ArchivedContent>& items, int level,
                               const NewDictionary& dictionary) {
  const bool separated = std::none_of(items.begin(), items.end(), [](const ArchivedContent& item) {
    return item.content.find('\0') != std::string::npos;
  });
  std::string plain;
  int64_t former = 0;
  append_varint(items.size() * 2 + (separated ? 1 : 0), &plain);
  for (const ArchivedContent& item : items) {
    const int64_t step = item.row - former;  // zigzag: rows need not be in order
    append_varint((static_cast<uint64_t>(step) << 1) ^ static_cast<uint64_t>(step >> 63), &plain);
    if (!separated) append_varint(item.content.size(), &plain);
    former = item.row;
  }
  for (const ArchivedContent& item : items) {
    plain += item.content;
    if (separated) plain += '\0';
  }
  std::string rest;
  append_varint(static_cast<uint64_t>(dictionary.number), &rest);
  append_varint(plain.size(), &rest);
  ASSIGN_OR_RETURN(const std::string frame, zstd_compress(plain, level, dictionary.bytes));
  rest += frame;
  const uint64_t checksum = hash64(rest);
  std::string block(1, kBlockFormat);
  block.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
  return block + rest;
}

// The next content, and its end taken away; nullopt: there is none.
std::optional<std::string_view> take_content(std::string_view* bytes,
                                             std::optional<size_t> length) {
  const size_t end = length ? *length : bytes->find('\0');
  const size_t taken = length ? end : end + 1;
  if (end == std::string_view::npos || taken > bytes->size()) return std::nullopt;
  const std::string_view content = bytes->substr(0, end);
  bytes->remove_prefix(taken);
  return content;
}

bool read_entries(std::string_view bytes, std::vector<BlockReader::Entry>* out) {
  const auto head = take_varint(&bytes);
  if (!head || *head / 2 > bytes.size()) return false;
  const bool separated = (*head & 1) != 0;
  std::vector<std::optional<size_t>> lengths;
  int64_t row = 0;
  for (uint64_t i = 0; i < *head / 2; ++i) {
    const auto step = take_varint(&bytes);
    const auto length = separated ? std::optional<uint64_t>() : take_varint(&bytes);
    if (!step || (!separated && !length)) return false;
    row += static_cast<int64_t>(*step >> 1) ^ -static_cast<int64_t>(*step & 1);
    out->push_back({row, {}});
    lengths.push_back(length);
  }
  for (size_t i = 0; i < lengths.size(); ++i) {
    const auto content = take_content(&bytes, lengths[i]);
    if (!content) return false;
    (*out)[i].content = *content;
  }
  return bytes.empty();
}

}  // namespace

std::string encode_block_ref(const BlockRef& ref) {
  std::string bytes;
  append_varint(static_cast<uint64_t>(ref.block), &bytes);
  append_varint(ref.place, &bytes);
  return bytes;
}

Result<BlockRef> decode_block_ref(std::string_view bytes) {
  const auto block = take_varint(&bytes);
  const auto place = take_varint(&bytes);
  if (!block || !place || !bytes.empty()) {
    return Status(Code::kCorrupt, "archive: where the content lies is damaged");
  }
  return BlockRef{static_cast<int64_t>(*block), static_cast<size_t>(*place)};
}

Result<const BlockReader::Dictionary*> BlockReader::dictionary(Connection& connection,
                                                               int64_t number) {
  auto& place = dictionaries_[number];
  if (place) return place.get();
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT bytes, data FROM archive_dictionaries WHERE dictionary = ?"));
  StatementUse use(select.bind(1, number));
  ASSIGN_OR_RETURN(const bool found, use->step());
  const Status bad(Code::kCorrupt,
                   "archive: its dictionary " + std::to_string(number) + " is damaged");
  if (!found || use->integer(0) < 0 || use->integer(0) > int64_t{64} << 20) return bad.clone();
  auto bytes =
      decompressor_.decompress(use->bytes(1), static_cast<size_t>(use->integer(0)), nullptr);
  if (!bytes.ok()) return bad.clone();
  auto made = std::make_unique<Dictionary>();
  made->bytes = std::move(bytes).value();
  ASSIGN_OR_RETURN(made->ready, ZstdDictionary::create(made->bytes));
  place = std::move(made);
  return place.get();
}

Result<const BlockReader::Block*> BlockReader::block(Connection& connection, int64_t number) {
  if (last_.number == number && number != 0) return &last_;
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT data FROM archive_blocks WHERE block = ?"));
  StatementUse use(select.bind(1, number));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return not_found("archive: block " + std::to_string(number) + " is missing");
  std::string_view data = use->bytes(0);
  if (data.size() < kBlockHead || data[0] != kBlockFormat) return damaged_block(number);
  uint64_t checksum = 0;
  std::copy_n(data.data() + 1, sizeof checksum, reinterpret_cast<char*>(&checksum));
  data.remove_prefix(kBlockHead);
  if (hash64(data) != checksum) return damaged_block(number);
  const auto dictionary_number = take_varint(&data);
  const auto size = take_varint(&data);
  if (!dictionary_number || !size || *size > kMaxContentBytes + kBlockBytes + (1 << 16)) {
    return damaged_block(number);
  }
  const Dictionary* shared = nullptr;
  if (*dictionary_number != 0) {
    ASSIGN_OR_RETURN(shared, dictionary(connection, static_cast<int64_t>(*dictionary_number)));
  }
  auto bytes = decompressor_.decompress(data, *size, shared == nullptr ? nullptr : &shared->ready);
  if (!bytes.ok()) return damaged_block(number);
  Block block;
  block.bytes = std::move(bytes).value();
  last_ = std::move(block);
  if (!read_entries(last_.bytes, &last_.entries)) {
    last_ = {};
    return damaged_block(number);
  }
  last_.number = number;
  return &last_;
}

Result<std::string_view> BlockReader::read(Connection& connection, std::string_view ref) {
  ASSIGN_OR_RETURN(const BlockRef where, decode_block_ref(ref));
  auto found = block(connection, where.block);
  if (!found.ok()) {
    if (found.code() == Code::kNotFound) return damaged_block(where.block);
    return found.take_status();
  }
  if (where.place >= (*found)->entries.size()) return damaged_block(where.block);
  return (*found)->entries[where.place].content;
}

Result<std::string> BlockReader::inflate(std::string_view content) {
  const Status bad(Code::kCorrupt, "item: its compressed content is damaged");
  const auto size = take_varint(&content);
  if (!size || *size > kMaxContentBytes) return bad.clone();
  auto plain = decompressor_.decompress(content, *size, nullptr);
  return plain.ok() ? std::move(plain) : Result<std::string>(bad.clone());
}

Result<std::string> compress_content(std::string_view content) {
  constexpr int kQuick = 2;
  std::string bytes;
  append_varint(content.size(), &bytes);
  ASSIGN_OR_RETURN(const std::string frame, zstd_compress(content, kQuick, ""));
  bytes += frame;
  if (bytes.size() * 5 >= content.size() * 4) bytes.clear();
  return bytes;
}

Status pack_block(Connection& connection, int level, bool force, int64_t* out_items) {
  *out_items = 0;
  std::vector<ArchivedContent> items;
  int64_t period = 0;
  RETURN_IF_ERROR(read_candidates(connection, &items, &period));
  if (items.empty()) return {};
  if (!force) {
    ASSIGN_OR_RETURN(const bool wait, waits(connection, items.size(), period));
    if (wait) return {};
  }
  ASSIGN_OR_RETURN(const NewDictionary dictionary, dictionary_for_packing(connection));
  ASSIGN_OR_RETURN(const std::string block, make_block(items, level, dictionary));
  int64_t original = 0;
  for (const ArchivedContent& item : items) original += static_cast<int64_t>(item.content.size());
  const auto count = static_cast<int64_t>(items.size());
  ASSIGN_OR_RETURN(
      Statement insert,
      connection.prepare("INSERT INTO archive_blocks(period, items, live, original_bytes, "
                         "data) VALUES(?, ?, ?, ?, ?)"));
  insert.bind(1, period).bind(2, count).bind(3, count).bind(4, original).bind_blob(5, block);
  RETURN_IF_ERROR(insert.run());
  const int64_t number = sqlite3_last_insert_rowid(connection.handle());
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE items SET encoding = ?, content = ? WHERE row = ?"));
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string ref = encode_block_ref({number, i});
    update.bind(1, kEncodingBlock).bind_blob(2, ref).bind(3, items[i].row);
    RETURN_IF_ERROR(update.run());
  }
  *out_items = count;
  return {};
}

Status unpack_block(Connection& connection, BlockReader& reader, int64_t block,
                    int64_t* out_items) {
  *out_items = 0;
  ASSIGN_OR_RETURN(const BlockReader::Block* const found, reader.block(connection, block));
  ASSIGN_OR_RETURN(
      Statement update,
      connection.prepare("UPDATE items SET encoding = 1, content = ? WHERE row = ? AND "
                         "encoding = ? AND content = ?"));
  for (size_t i = 0; i < found->entries.size(); ++i) {
    const BlockReader::Entry& entry = found->entries[i];
    ASSIGN_OR_RETURN(const std::string small, deflate_bytes(entry.content, 1));
    const std::string ref = encode_block_ref({block, i});
    update.bind_blob(1, small).bind(2, entry.row).bind(3, kEncodingBlock).bind_blob(4, ref);
    RETURN_IF_ERROR(update.run());
    *out_items += sqlite3_changes(connection.handle());
  }
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("DELETE FROM archive_blocks WHERE block = ?"));
  return erase.bind(1, block).run();
}

Result<std::vector<int64_t>> wasteful_blocks(Connection& connection, int64_t limit) {
  // Small ones only where their month has several, which can become one.
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT block FROM archive_blocks b WHERE live * 2 < items OR "
                         "(live < ?1 AND (SELECT count(*) FROM archive_blocks o WHERE "
                         "o.period = b.period AND o.live < ?1) > 1) ORDER BY block LIMIT ?2"));
  StatementUse use(select.bind(1, static_cast<int64_t>(kFewItems)).bind(2, limit));
  std::vector<int64_t> blocks;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return blocks;
    blocks.push_back(use->integer(0));
  }
}

Status release_block(Connection& connection, int64_t block, int64_t items) {
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE archive_blocks SET live = live - ? WHERE block = ?"));
  RETURN_IF_ERROR(update.bind(1, items).bind(2, block).run());
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("DELETE FROM archive_blocks WHERE block = ? AND live <= 0"));
  return erase.bind(1, block).run();
}

}  // namespace memtier
