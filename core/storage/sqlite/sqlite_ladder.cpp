// SqliteStorage: the store's ladder, and another one in its place.
#include "storage/sqlite/ladder_change.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {

Status SqliteStorage::choose_ladder(StoreSettings* store) {
  store->ladder = settings_.ladder.empty() ? "default" : settings_.ladder;
  ASSIGN_OR_RETURN(const Ladder ladder, Ladder::parse(store->ladder));
  store->ladder_json = ladder.to_json();
  return {};
}

// That of the identity.
Status SqliteStorage::use_ladder() {
  auto ladder = Ladder::parse(identity_.ladder_json);
  if (!ladder.ok()) {
    return {Code::kCorrupt,
            "store: the ladder in its table meta is damaged: " + ladder.take_status().message()};
  }
  ladder_ = std::move(ladder).value();
  tier_names_ = ladder_.names();
  return {};
}

Status SqliteStorage::settle_ladder() {
  // Somebody may have changed it between our reading it and our being seen by others.
  ASSIGN_OR_RETURN(const StoreSettings now, read_ladder(*writer_));
  if (now.ladder_json != identity_.ladder_json) {
    return {Code::kBusy, "ladder: somebody else has just changed it; open the store again"};
  }
  if (!wants_other_ladder_) return {};
  if (!journal_->be_alone()) {
    return {Code::kBusy,
            "ladder: it cannot be changed while others have the store open; let them close it"};
  }
  Status status = change_ladder_alone();
  journal_->share();
  return status;
}

Status SqliteStorage::change_ladder_alone() {
  // What is in the journal tells the numbers of the old ladder.
  if (journal_->folded() != journal_->tail()) {
    return {Code::kConflict, "ladder: the journal is to be folded first"};
  }
  StoreSettings wanted;
  RETURN_IF_ERROR(choose_ladder(&wanted));
  ASSIGN_OR_RETURN(const Ladder to, Ladder::parse(wanted.ladder));
  Transaction transaction(*writer_);
  RETURN_IF_ERROR(transaction.begin());
  RETURN_IF_ERROR(change_ladder(
      *writer_, ladder_, to,
      {settings_.compress_threshold_bytes, settings_.transition_limit, settings_.now_us}));
  RETURN_IF_ERROR(write_ladder(*writer_, wanted));
  RETURN_IF_ERROR(transaction.commit());
  identity_.ladder = wanted.ladder;
  identity_.ladder_json = wanted.ladder_json;
  ladder_changed_ = true;
  return use_ladder();
}

}  // namespace memtier
