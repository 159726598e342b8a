#include "storage/sqlite/archive_blocks.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "codec/deflate.h"
#include "model/limits.h"
#include "storage/sqlite/archive_files.h"
#include "storage/sqlite/archive_pieces.h"
#include "storage/sqlite/coarse_vectors.h"
#include "storage/sqlite/stored_item.h"

namespace memtier {
namespace {

constexpr size_t kBlockItems = 256;
constexpr size_t kFewItems = 64;          // fewer wait for more of their month
constexpr size_t kBlockBytes = 64 << 10;  // of small contents: what reading one of them costs
constexpr size_t kAloneBytes = 8 << 10;   // a larger content has a block of its own
constexpr size_t kDictionaryBytes = 384 << 10;
constexpr size_t kLeastSamples = 16 << 10;  // of contents, to make a dictionary of
constexpr int kStrongest = 9;

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
  std::string texts;           // as it is to stand in the block
  bool with_metadata = false;  // stored_item.h, kEncodingBlockAll
};

std::string texts_in_block(std::string_view metadata, std::string_view content) {
  std::string texts;
  if (!metadata.empty()) append_varint(metadata.size(), &texts);
  return texts.append(metadata).append(content);
}

// What stands in rows and is to be packed: the oldest, of one month. A large content comes alone, so that
// nobody who reads a small one has to unpack it.
Status read_candidates(Connection& connection, std::vector<ArchivedContent>* out,
                       int64_t* out_period) {
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT row, created_us, content, metadata FROM items WHERE encoding = 1 "
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
    const std::string_view metadata = use->bytes(3);
    std::string texts = texts_in_block(metadata, *content);
    const bool alone = texts.size() > kAloneBytes;
    if (alone && !out->empty()) continue;
    if (size + texts.size() > kBlockBytes && !alone) return {};
    size += texts.size();
    out->push_back({use->integer(0), std::move(texts), !metadata.empty()});
    if (alone) return {};
  }
}

// Is there enough in other months, that this one can wait?
Result<bool> waits(Connection& connection, const std::vector<ArchivedContent>& items,
                   int64_t period) {
  const bool full = items.size() >= kFewItems || items[0].texts.size() > kAloneBytes;
  size_t size = 0;
  for (const ArchivedContent& item : items) size += item.texts.size();
  if (full || size + kAloneBytes > kBlockBytes) return false;
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
Result<std::string> sample_contents(Connection& connection, size_t most) {
  std::string samples;
  ASSIGN_OR_RETURN(const int64_t all,
                   connection.query_integer("SELECT count(*) FROM items WHERE encoding = 1"));
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT content, metadata FROM items WHERE encoding = 1 "
                                      "ORDER BY created_us"));
  StatementUse use(select);
  // In runs, so that what follows each other stays together.
  constexpr int64_t kRun = 16;
  const int64_t expected = all * 150;
  const int64_t skip = std::max<int64_t>(1, expected / static_cast<int64_t>(most));
  for (int64_t at = 0; samples.size() < most; ++at) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) break;
    if (at / kRun % skip != 0) continue;
    auto content = inflate_bytes(use->bytes(0), kMaxContentBytes);
    if (!content.ok()) continue;
    samples.append(texts_in_block(use->bytes(1), content->substr(0, kDictionaryBytes / 8)));
    samples += '\0';  // as in a block
  }
  if (samples.size() < kLeastSamples) samples.clear();
  return samples;
}

// One that was made of little is followed by a larger one, each time that there is as much again; not of what
// it has already.
Result<std::string> more_samples(Connection& connection, const std::string& known) {
  if (known.size() >= kDictionaryBytes / 4 * 3) return std::string();
  ASSIGN_OR_RETURN(std::string samples,
                   sample_contents(connection, kDictionaryBytes - known.size()));
  const bool is_much =
      samples.size() >= known.size() || known.size() + samples.size() >= kDictionaryBytes;
  if (samples.empty() || !is_much) return std::string();
  ASSIGN_OR_RETURN(const std::string rest, zstd_compress(samples, 1, known));
  return known.empty() || rest.size() * 5 > samples.size() ? samples : std::string();
}

Result<NewDictionary> dictionary_for_packing(Connection& connection, BlockPacker& packer) {
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
      } else {
        dictionary.number = 0;  // a damaged one is not used any more; a new one is made
      }
    }
  }
  if (packer.looked_for_more && !dictionary.bytes.empty()) return dictionary;
  packer.looked_for_more = true;
  ASSIGN_OR_RETURN(const std::string samples, more_samples(connection, dictionary.bytes));
  if (samples.empty()) return dictionary;
  dictionary.bytes += samples;
  ASSIGN_OR_RETURN(const std::string small, zstd_compress(dictionary.bytes, kStrongest + 1, ""));
  ASSIGN_OR_RETURN(
      Statement insert,
      connection.prepare("INSERT INTO archive_dictionaries(bytes, data) VALUES(?, ?)"));
  insert.bind(1, static_cast<int64_t>(dictionary.bytes.size())).bind_blob(2, small);
  RETURN_IF_ERROR(insert.run());
  dictionary.number = sqlite3_last_insert_rowid(connection.handle());
  return dictionary;
}

Result<std::string> make_block(const std::vector<ArchivedContent>& items, BlockPacker& packer,
                               const NewDictionary& dictionary) {
  if (!packer.compressor || packer.compressor->dictionary() != dictionary.bytes) {
    ASSIGN_OR_RETURN(packer.compressor, ZstdCompressor::create(packer.level, dictionary.bytes));
  }
  std::vector<BlockEntry> entries;
  entries.reserve(items.size());
  for (const ArchivedContent& item : items) entries.push_back({item.row, item.texts});
  const std::string plain = encode_entries(entries);
  ASSIGN_OR_RETURN(const std::string frame, packer.compressor->compress(plain));
  return encode_block({dictionary.number, plain.size(), frame});
}

}  // namespace

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
  if (const Block* known = shared_.find(number)) return known;
  if (const Block* known = alone_.find(number)) return known;
  ASSIGN_OR_RETURN(std::string data, read_pieces(connection, number));
  if (data.empty()) return not_found("archive: block " + std::to_string(number) + " is missing");
  if (const auto external = decode_external(data)) {
    ASSIGN_OR_RETURN(data, fetch_block(connection.archive_target(), number, *external));
  }
  const auto parts = decode_block(data);
  if (!parts || parts->size > kMaxContentBytes + kMaxMetadataBytes + kBlockBytes + (1 << 16)) {
    return damaged_block(number);
  }
  const Dictionary* shared = nullptr;
  if (parts->dictionary != 0) {
    ASSIGN_OR_RETURN(shared, dictionary(connection, parts->dictionary));
  }
  auto bytes = decompressor_.decompress(parts->frame, parts->size,
                                        shared == nullptr ? nullptr : &shared->ready);
  if (!bytes.ok()) return damaged_block(number);
  std::list<Block> made(1);  // entries borrow from the bytes: it must not be moved any more
  Block& block = made.front();
  block.number = number;
  block.bytes = std::move(bytes).value();
  if (!decode_entries(block.bytes, &block.entries)) return damaged_block(number);
  Kept& kept = block.entries.size() > 1 ? shared_ : alone_;
  return kept.keep(std::move(made));
}

const BlockReader::Block* BlockReader::Kept::find(int64_t number) {
  const auto known = places_.find(number);
  if (known == places_.end()) return nullptr;
  blocks_.splice(blocks_.begin(), blocks_, known->second);
  return &blocks_.front();
}

const BlockReader::Block* BlockReader::Kept::keep(std::list<Block> one) {
  blocks_.splice(blocks_.begin(), one);
  const Block& made = blocks_.front();
  bytes_ += made.bytes.size();
  places_[made.number] = blocks_.begin();
  while (bytes_ > limit_ && blocks_.size() > 1) {
    bytes_ -= blocks_.back().bytes.size();
    places_.erase(blocks_.back().number);
    blocks_.pop_back();
  }
  return &made;
}

void BlockReader::Kept::forget() {
  blocks_.clear();
  places_.clear();
  bytes_ = 0;
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

Status pack_block(Connection& connection, BlockPacker& packer, bool force, int64_t* out_items) {
  *out_items = 0;
  std::vector<ArchivedContent> items;
  int64_t period = 0;
  RETURN_IF_ERROR(read_candidates(connection, &items, &period));
  if (items.empty()) return {};
  if (!force) {
    ASSIGN_OR_RETURN(const bool wait, waits(connection, items, period));
    if (wait) return {};
  }
  ASSIGN_OR_RETURN(const NewDictionary dictionary, dictionary_for_packing(connection, packer));
  ASSIGN_OR_RETURN(const std::string block, make_block(items, packer, dictionary));
  int64_t original = 0;
  for (const ArchivedContent& item : items) original += static_cast<int64_t>(item.texts.size());
  const auto count = static_cast<int64_t>(items.size());
  ASSIGN_OR_RETURN(
      Statement insert,
      connection.prepare("INSERT INTO archive_blocks(period, items, live, original_bytes, "
                         "packed_bytes) VALUES(?, ?, ?, ?, ?)"));
  insert.bind(1, period).bind(2, count).bind(3, count).bind(4, original);
  RETURN_IF_ERROR(insert.bind(5, static_cast<int64_t>(block.size())).run());
  const int64_t number = sqlite3_last_insert_rowid(connection.handle());
  ArchiveTarget* const target = connection.archive_target();
  RETURN_IF_ERROR(target == nullptr ? write_pieces(connection, number, block)
                                    : store_block(connection, *target, number, block));
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE items SET encoding = ?, content = ?, metadata = '' "
                                      "WHERE row = ?"));
  std::vector<int64_t> rows;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string ref = encode_block_ref({number, i});
    const bool all = items[i].with_metadata;
    update.bind(1, all ? kEncodingBlockAll : kEncodingBlock);
    update.bind_blob(2, ref).bind(3, items[i].row);
    RETURN_IF_ERROR(update.run());
    rows.push_back(items[i].row);
  }
  RETURN_IF_ERROR(coarsen_vectors(connection, rows));
  *out_items = count;
  return {};
}

Status unpack_block(Connection& connection, BlockReader& reader, int64_t block,
                    int64_t* out_items) {
  *out_items = 0;
  ASSIGN_OR_RETURN(const BlockReader::Block* const found, reader.block(connection, block));
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT encoding, metadata FROM items WHERE row = ? AND "
                                      "encoding IN (2, 4) AND content = ?"));
  ASSIGN_OR_RETURN(
      Statement update,
      connection.prepare("UPDATE items SET encoding = 1, content = ?, metadata = ? WHERE row = ?"));
  std::string buffer;
  for (size_t i = 0; i < found->entries.size(); ++i) {
    const int64_t row = found->entries[i].row;
    const std::string ref = encode_block_ref({block, i});
    PlainTexts texts;
    {
      StatementUse use(select.bind(1, row).bind_blob(2, ref));
      ASSIGN_OR_RETURN(const bool is_needed, use->step());
      if (!is_needed) continue;
      ASSIGN_OR_RETURN(texts, entry_texts(use->integer(0), found->entries[i].content));
      if (texts.metadata.empty()) {
        buffer = use->bytes(1);
        texts.metadata = buffer;
      }
    }
    ASSIGN_OR_RETURN(const std::string small, deflate_bytes(texts.content, 1));
    update.bind_blob(1, small).bind_text(2, texts.metadata).bind(3, row);
    RETURN_IF_ERROR(update.run());
    ++*out_items;
  }
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("DELETE FROM archive_blocks WHERE block = ?"));
  RETURN_IF_ERROR(erase.bind(1, block).run());
  return erase_pieces(connection, block);
}

Result<std::vector<int64_t>> wasteful_blocks(Connection& connection, int64_t limit) {
  // Small ones only where their month has several, which can become one. Those that are full are not
  // small, however few items that took.
  ASSIGN_OR_RETURN(
      Statement select,
      connection.prepare("SELECT block FROM archive_blocks b WHERE live * 2 < items OR "
                         "(live < ?1 AND (SELECT count(*) FROM "
                         "archive_blocks o WHERE o.period = b.period AND o.live < ?1 AND "
                         "o.original_bytes <= iif(o.items = 1, ?4, ?3)) > 1 AND "
                         "original_bytes <= iif(items = 1, ?4, ?3)) ORDER BY block LIMIT ?2"));
  select.bind(1, static_cast<int64_t>(kFewItems)).bind(2, limit);
  select.bind(3, static_cast<int64_t>(kBlockBytes - kAloneBytes));
  StatementUse use(select.bind(4, static_cast<int64_t>(kAloneBytes)));
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
  RETURN_IF_ERROR(erase.bind(1, block).run());
  return sqlite3_changes(connection.handle()) > 0 ? erase_pieces(connection, block) : Status();
}

}  // namespace memtier
