#include "storage/sqlite/archive_files.h"

#include <set>

#include "base/hash.h"
#include "storage/sqlite/archive_pieces.h"

namespace memtier {
namespace {

constexpr std::string_view kFileEnd = ".block";

struct NamedBlock {
  int64_t block = 0;
  std::optional<ExternalBlock> external;
};

Result<std::vector<NamedBlock>> list_blocks(Connection& connection) {
  std::vector<NamedBlock> blocks;
  // The place of an external block is its only piece.
  const std::string sql =
      "SELECT b.block, (SELECT p.data FROM archive_pieces p WHERE p.key = b.block << " +
      std::to_string(kPieceBits) + ") FROM archive_blocks b ORDER BY b.block";
  ASSIGN_OR_RETURN(Statement select, connection.prepare(sql));
  StatementUse use(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return blocks;
    blocks.push_back({use->integer(0), decode_external(use->bytes(1))});
  }
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

Result<std::string> fetch_block(ArchiveTarget* target, int64_t block, const ExternalBlock& where) {
  const std::string name = external_name(block, where.checksum);
  const auto unreadable = [&name](const std::string& why) {
    return Status(Code::kCorrupt, "archive: " + name + ": " + why);
  };
  if (target == nullptr) return unreadable("the ladder has no external archive");
  auto bytes = target->get(name);
  if (!bytes.ok()) return unreadable(bytes.take_status().message());
  if (bytes->size() != where.size || hash64(*bytes) != where.checksum) {
    return unreadable("the file is damaged");
  }
  return bytes;
}

Status store_block(Connection& connection, ArchiveTarget& target, int64_t block,
                   std::string_view bytes) {
  const ExternalBlock where{hash64(bytes), bytes.size()};
  RETURN_IF_ERROR(target.put(external_name(block, where.checksum), bytes));
  return write_pieces(connection, block, encode_external(where));
}

Status move_blocks(Connection& connection, ArchiveTarget* from, ArchiveTarget* to,
                   std::vector<std::string>* out_left) {
  ASSIGN_OR_RETURN(const std::vector<NamedBlock> blocks, list_blocks(connection));
  for (const NamedBlock& one : blocks) {
    std::string bytes;
    if (one.external) {
      auto fetched = fetch_block(from, one.block, *one.external);
      if (!fetched.ok()) continue;
      bytes = std::move(fetched).value();
      out_left->push_back(external_name(one.block, one.external->checksum));
    } else {
      ASSIGN_OR_RETURN(bytes, read_pieces(connection, one.block));
    }
    RETURN_IF_ERROR(erase_pieces(connection, one.block));
    RETURN_IF_ERROR(to == nullptr ? write_pieces(connection, one.block, bytes)
                                  : store_block(connection, *to, one.block, bytes));
  }
  return {};
}

Status find_orphans(Connection& connection, ArchiveTarget& target, int64_t now_us, int64_t grace_us,
                    Orphans* orphans, std::vector<std::string>* out_due) {
  std::set<std::string> named;
  ASSIGN_OR_RETURN(const std::vector<NamedBlock> blocks, list_blocks(connection));
  for (const NamedBlock& one : blocks) {
    if (one.external) named.insert(external_name(one.block, one.external->checksum));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> files, target.list());
  Orphans found;
  for (const std::string& file : files) {
    const bool unfinished = ends_with(file, std::string(kFileEnd) + ".new");
    if (named.count(file) != 0 || (!unfinished && !ends_with(file, kFileEnd))) continue;
    const auto known = orphans->find(file);
    const int64_t since_us = known == orphans->end() ? now_us : known->second;
    if (unfinished || now_us - since_us >= grace_us) {
      out_due->push_back(file);
    } else {
      found.emplace(file, since_us);
    }
  }
  *orphans = std::move(found);
  return {};
}

}  // namespace memtier
