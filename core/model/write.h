// Writes: the operations that a storage commits, and what it tells about them afterwards.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/draft.h"
#include "model/item.h"
#include "model/ladder.h"

namespace memtier {

enum class Durability : int32_t { kDefault = 0, kRelaxed = 1, kNormal = 2, kFull = 3 };
enum class PutMode : int32_t { kReplace = 0, kCreate = 1, kUpdate = 2 };

// Why an item moved or went; the numbers stand in files.
enum class Reason : uint8_t {
  kNone = 0,
  kCapacity = 1,
  kReads = 2,
  kImportance = 3,
  kAccessCount = 4,
  kValidation = 5,
  kIdle = 6,
  kManual = 7,
  kEvicted = 8,
  kExpired = 9,
  kPolicy = 10,
  kArchiveRule = 11,
  kConsolidated = 12,
  kRestored = 13,
  kFilter = 14,
  kCallback = 15,
  kLadder = 16,
};
std::string_view reason_name(Reason reason);

// What a put leaves to be decided when it is known whether the item is there already.
struct PutPlan {
  PutMode mode = PutMode::kReplace;
  int64_t expected_version = 0;
  bool created_given = false;
  bool accessed_given = false;
  bool tier_given = false;
  bool access_count_given = false;
  bool validation_count_given = false;
  bool ttl_open = false;       // neither TTL nor expiry given: the tier's default
  bool fresh_id = false;       // just generated: it cannot be there already
  bool keep_versions = false;  // an import: version and times are as given
};

// A vector as the tables have it (storage/sqlite/vector_tables.h); shared, never changed.
using VectorData = std::shared_ptr<const std::string>;

struct WriteOp {
  enum class Kind : uint8_t {
    kPut = 1,
    kRemove = 2,
    kMove = 3,
    kValidate = 4,
    kRefresh = 5,
    kVector = 6,
  };

  // `scope` is the item's, to save making it again; borrowed until the commit.
  static WriteOp put(Ref<Item> item, const Scope* scope, const PutPlan& plan);
  static WriteOp remove(ItemRef current, Reason reason, int64_t expected_version = 0);
  static WriteOp move(ItemRef current, int32_t to, Reason reason);
  static WriteOp validate(ItemRef current);
  static WriteOp refresh(ItemRef current, int64_t expires_us);  // a read starts the TTL anew
  // Gives the item a vector in a space; an empty one takes it away. `data` is as the tables have it.
  static WriteOp set_vector(const Item& item, int64_t space, std::string data);
  // For items of which only the row is known.
  static WriteOp remove_row(int64_t row, uint64_t key_hash, int32_t from, Reason reason);
  static WriteOp move_row(int64_t row, uint64_t key_hash, int32_t from, int32_t to, Reason reason);

  Kind kind = Kind::kPut;
  Reason reason = Reason::kNone;
  PutPlan plan;
  Ref<Item> item;                // kPut: nobody else sees it yet; completed by the commit
  const Scope* scope = nullptr;  // kPut: of the item
  ItemRef current;  // the others: what the caller saw; stale is kConflict, gone is kNotFound
  int64_t row = 0;
  uint64_t key_hash = 0;
  int32_t from = -1;  // kMove, kRemove: the tier that it must still be in; -1 any
  int32_t to = -1;
  int64_t expected_version = 0;
  // Operations side by side with the same number, not 0, are done together or not at all. The one that
  // could not be done has the status that says why, the others have kCancelled.
  int32_t group = 0;
  bool only_check = false;  // kPut: writes nothing; fails where a put by its plan would
  int64_t space = 0;        // kVector
  VectorData vector;        // kVector; null: is taken away

  // --- filled in by the commit
  Status status;
  bool replaced = false;  // kPut: there was one
  int64_t value = 0;      // kValidate: the new count. kRefresh: when it expires (set before)
};

// The status of a commit that was to be done as a whole: OK, or that of the operation that failed.
Status first_failure(std::span<const WriteOp> operations);

// One committed change, in the order of the journal. What a process needs to keep what it holds in
// RAM in step, whoever made the change.
struct Change {
  WriteOp::Kind kind = WriteOp::Kind::kPut;
  Reason reason = Reason::kNone;
  bool existed = false;  // before the change
  int32_t from = -1;     // tier before, -1 if it did not exist
  int32_t to = -1;       // tier after, -1 if it does not exist
  int64_t row = 0;
  uint64_t key_hash = 0;
  int64_t sequence = 0;
  int64_t time_us = 0;
  int64_t bytes_before = 0;
  int64_t bytes_after = 0;
  // kValidate: the new count; kRefresh: when it expires; kRemove: the version; kVector: the space
  int64_t value = 0;
  ItemRef item;       // kPut: the new item. kMove: the item where it was at hand
  VectorData vector;  // kVector; null: is taken away
};

// Completes `item` for a put over `existing` (null: there is none).
void complete_put(Item& item, const PutPlan& plan, const ItemFields* existing, const Ladder& ladder,
                  int64_t now_us);

}  // namespace memtier
