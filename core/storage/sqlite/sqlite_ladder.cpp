// SqliteStorage: the store's ladder, and another one in its place.
#include <sys/stat.h>

#include <cstdio>

#include "base/hash.h"
#include "storage/directory_target.h"
#include "storage/sqlite/ladder_change.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/sqlite_storage.h"

namespace memtier {
namespace {

// Beside the store's file, where it is not said from the root on.
std::string folder_of(const std::string& store, const std::string& target) {
  return target[0] == '/' ? target : store.substr(0, store.rfind('/') + 1) + target;
}

// Of the store's files, in a folder that others may have as well.
std::string mark_of(const StoreIdentity& identity) {
  char mark[32];
  std::snprintf(mark, sizeof mark, "%016llx-",
                static_cast<unsigned long long>(hash64(identity.uuid)));
  return mark;
}

// By whichever names: what is moved from a folder into itself must not be removed from it.
bool is_same_folder(const std::string& a, const std::string& b) {
  struct stat first {};
  struct stat second {};
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace

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
  ASSIGN_OR_RETURN(archive_target_, open_target(ladder_));
  writer_->set_archive_target(archive_target_);
  return {};
}

Result<std::shared_ptr<ArchiveTarget>> SqliteStorage::open_target(const Ladder& ladder) {
  const std::string target = ladder.target();
  if (target.empty()) return std::shared_ptr<ArchiveTarget>();
  if (in_memory_) {
    return Status(Code::kUnsupported,
                  "ladder: a store in memory has no external archive; nothing of it stays");
  }
  return DirectoryTarget::open(folder_of(settings_.path, target), mark_of(identity_));
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
  const std::shared_ptr<ArchiveTarget> former = archive_target_;
  ASSIGN_OR_RETURN(const std::shared_ptr<ArchiveTarget> target, open_target(to));
  std::vector<std::string> left;
  Transaction transaction(*writer_);
  RETURN_IF_ERROR(transaction.begin());
  RETURN_IF_ERROR(change_ladder(
      *writer_, ladder_, to,
      {settings_.compress_threshold_bytes, settings_.transition_limit, settings_.now_us}));
  const bool moves =
      !former != !target || (former && !is_same_folder(folder_of(settings_.path, ladder_.target()),
                                                       folder_of(settings_.path, to.target())));
  if (moves) RETURN_IF_ERROR(move_blocks(*writer_, former.get(), target.get(), &left));
  RETURN_IF_ERROR(write_ladder(*writer_, wanted));
  RETURN_IF_ERROR(transaction.commit());
  if (former && moves) {
    // And those of blocks that have gone; what is left of them harms nobody.
    Orphans orphans;
    Transaction sweeping(*writer_);
    if (sweeping.begin().ok()) (void)find_orphans(*writer_, *former, 0, 0, &orphans, &left);
    (void)former->remove(left);
  }
  identity_.ladder = wanted.ladder;
  identity_.ladder_json = wanted.ladder_json;
  ladder_changed_ = true;
  return use_ladder();
}

}  // namespace memtier
