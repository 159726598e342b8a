#include "storage/sqlite/ladder_change.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/write.h"
#include "storage/sqlite/archive_blocks.h"
#include "storage/sqlite/stored_item.h"

namespace memtier {
namespace {

bool is_archive(const Ladder& ladder, int32_t tier) {
  return ladder.tiers[static_cast<size_t>(tier)].medium == Medium::kArchive;
}

int32_t tier_for(const Tier& old, const Ladder& to) {
  if (const auto same = to.tier_by_name(old.name)) return *same;
  for (auto medium = static_cast<int32_t>(old.medium);
       medium <= static_cast<int32_t>(Medium::kArchive); ++medium) {
    for (size_t tier = 0; tier < to.tiers.size(); ++tier) {
      if (static_cast<int32_t>(to.tiers[tier].medium) == medium) return static_cast<int32_t>(tier);
    }
  }
  return static_cast<int32_t>(to.tiers.size()) - 1;
}

// "CASE tier WHEN 0 THEN 1 ... END", for a column.
std::string mapped(const std::string& column, const std::vector<int32_t>& numbers) {
  std::string sql = "CASE " + column;
  for (size_t tier = 0; tier < numbers.size(); ++tier) {
    sql += " WHEN " + std::to_string(tier) + " THEN " + std::to_string(numbers[tier]);
  }
  return sql + " ELSE " + column + " END";
}

Status renumber(Connection& connection, const std::vector<int32_t>& numbers) {
  const std::string tier = mapped("tier", numbers);
  const std::string sql =
      "UPDATE items SET tier = " + tier + ";" + "CREATE TEMP TABLE new_ix AS SELECT " + tier +
      " AS tier, created_us, row, type, importance, scope FROM ix_tier;"
      "DELETE FROM ix_tier;"
      "INSERT INTO ix_tier SELECT * FROM temp.new_ix ORDER BY 1, 2, 3;"
      "DROP TABLE temp.new_ix;"
      "CREATE TEMP TABLE new_totals AS SELECT " +
      tier +
      " AS tier, sum(count), sum(bytes), sum(importance_nano), sum(created_seconds) "
      "FROM tier_totals GROUP BY 1;"
      "DELETE FROM tier_totals;"
      "INSERT INTO tier_totals SELECT * FROM temp.new_totals;"
      "DROP TABLE temp.new_totals;"
      "UPDATE transitions SET from_tier = " +
      mapped("from_tier", numbers) + ", to_tier = " + mapped("to_tier", numbers);
  return connection.execute(sql.c_str());
}

// Those whose tier has another name now, the newest where they are more than the log holds. Where they came
// from is -1: the log tells tiers of this ladder.
Status log_moved(Connection& connection, const Ladder& from, const Ladder& to,
                 const std::vector<int32_t>& numbers, const LadderChange& change) {
  std::string gone;
  for (size_t tier = 0; tier < from.tiers.size(); ++tier) {
    if (to.tier_by_name(from.tiers[tier].name)) continue;
    gone += (gone.empty() ? "" : ", ") + std::to_string(tier);
  }
  if (gone.empty() || change.transition_limit == 0) return {};
  const std::string sql =
      "INSERT INTO transitions(row, scope, id, from_tier, to_tier, reason, time_us) SELECT * FROM "
      "(SELECT row, scope, id, -1, " +
      mapped("tier", numbers) + ", ?1, ?2 FROM items WHERE tier IN (" + gone +
      ") ORDER BY row DESC LIMIT ?3) ORDER BY row";
  ASSIGN_OR_RETURN(Statement insert, connection.prepare(sql));
  insert.bind(1, static_cast<int64_t>(Reason::kLadder)).bind(2, change.now_us);
  RETURN_IF_ERROR(insert.bind(3, change.transition_limit).run());
  ASSIGN_OR_RETURN(Statement trim, connection.prepare("DELETE FROM transitions WHERE number <= "
                                                      "(SELECT max(number) FROM transitions) - ?"));
  return trim.bind(1, change.transition_limit).run();
}

// The contents of a tier that came into the archive, or out of it. What is damaged stays as it is.
Status encode_anew(Connection& connection, int32_t tier, bool archived, int64_t threshold) {
  static const std::string kSql = "SELECT " + std::string(kItemColumns) +
                                  " FROM items i WHERE i.tier = ? AND i.row > ? ORDER BY i.row "
                                  "LIMIT 1";
  int64_t row = 0;
  while (true) {
    StoredItem stored;
    {
      ASSIGN_OR_RETURN(Statement select, connection.prepare(kSql));
      StatementUse use(select.bind(1, static_cast<int64_t>(tier)).bind(2, row));
      ASSIGN_OR_RETURN(const bool found, use->step());
      if (!found) return {};
      stored = read_row(*use);
    }
    row = stored.row;
    const int64_t encoding = stored.encoding;
    const std::string place(is_in_block(encoding) ? stored.content : std::string_view());
    RETURN_IF_ERROR(encode_content(connection, {archived, threshold}, &stored));
    if (stored.encoding == encoding) continue;
    RETURN_IF_ERROR(write_rows(connection, {&stored, 1}, Existing::kLikely));
    const auto ref = decode_block_ref(place);
    if (is_in_block(encoding) && ref.ok()) {
      RETURN_IF_ERROR(release_block(connection, ref.value().block, 1));
    }
  }
}

// What a tier has, or gives to the next one.
struct Load {
  int64_t items = 0;
  int64_t bytes = 0;
};

// What goes down from a tier: what is too much, and as making room takes a tenth, up to so much more.
Load overflow_of(const Tier& tier, const Load& load) {
  Load over;
  if (tier.capacity_items > 0 && load.items > tier.capacity_items) {
    over.items = std::min(load.items, load.items - tier.capacity_items + load.items / 10 + 1);
  }
  if (tier.capacity_bytes > 0 && load.bytes > tier.capacity_bytes) {
    over.bytes = load.bytes - tier.capacity_bytes;
  }
  // Each is at least what goes with the other, on average.
  if (load.items > 0 && load.bytes > 0) {
    const double share =
        std::max(static_cast<double>(over.items) / static_cast<double>(load.items),
                 static_cast<double>(over.bytes) / static_cast<double>(load.bytes));
    over.items = static_cast<int64_t>(std::ceil(share * static_cast<double>(load.items)));
    over.bytes = static_cast<int64_t>(std::ceil(share * static_cast<double>(load.bytes)));
  }
  return over;
}

// The last tier evicts what it has no room for. A new ladder is no reason to lose anything.
Status check_room(Connection& connection, const Ladder& to) {
  std::vector<Load> loads(to.tiers.size());
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT tier, count, bytes FROM tier_totals"));
  StatementUse use(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) break;
    const auto tier = static_cast<size_t>(use->integer(0));
    if (tier < loads.size()) loads[tier] = {use->integer(1), use->integer(2)};
  }
  Load carried;
  for (size_t tier = 0; tier < loads.size(); ++tier) {
    const Load load{loads[tier].items + carried.items, loads[tier].bytes + carried.bytes};
    carried = overflow_of(to.tiers[tier], load);
  }
  if (carried.items == 0) return {};
  return {Code::kLimit, "ladder: its last tier, \"" + to.tiers.back().name +
                            "\", has no room for what the store has: about " +
                            std::to_string(carried.items) +
                            " items would be lost; give it a larger capacity, or none"};
}

}  // namespace

std::vector<int32_t> map_tiers(const Ladder& from, const Ladder& to) {
  std::vector<int32_t> numbers;
  for (const Tier& tier : from.tiers) numbers.push_back(tier_for(tier, to));
  return numbers;
}

Status change_ladder(Connection& connection, const Ladder& from, const Ladder& to,
                     const LadderChange& change) {
  const std::vector<int32_t> numbers = map_tiers(from, to);
  RETURN_IF_ERROR(log_moved(connection, from, to, numbers, change));
  RETURN_IF_ERROR(renumber(connection, numbers));
  RETURN_IF_ERROR(check_room(connection, to));
  // Also where only some of the tiers that became one were archives.
  std::vector<bool> from_archive(to.tiers.size());
  std::vector<bool> from_other(to.tiers.size());
  for (size_t tier = 0; tier < numbers.size(); ++tier) {
    const auto number = static_cast<size_t>(numbers[tier]);
    (is_archive(from, static_cast<int32_t>(tier)) ? from_archive : from_other)[number] = true;
  }
  for (size_t tier = 0; tier < to.tiers.size(); ++tier) {
    const bool archived = is_archive(to, static_cast<int32_t>(tier));
    if (archived ? !from_other[tier] : !from_archive[tier]) continue;
    RETURN_IF_ERROR(
        encode_anew(connection, static_cast<int32_t>(tier), archived, change.compress_threshold));
  }
  return {};
}

}  // namespace memtier
