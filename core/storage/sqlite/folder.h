// The folder: carries pending changes into SQLite's tables, a batch in one transaction, and with them
// what derives from items (FoldObserver). It also writes access statistics.
//
// A batch is first reduced to one piece of work for each row - what was there, what is to be there -
// and then applied table by table in sorted order. Applying a batch twice gives the same tables, but
// the position in the table `fold`, written in the same transaction, sees to it that none is.
//
// Thread safety: one thread at a time (the storage's fold mutex).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/ladder.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/custom_edits.h"
#include "storage/sqlite/fold_observer.h"
#include "storage/sqlite/index_edits.h"
#include "storage/sqlite/names.h"
#include "storage/sqlite/pending.h"
#include "storage/sqlite/stored_item.h"
#include "storage/sqlite/vector_edits.h"

namespace memtier {

class Folder {
 public:
  // All are borrowed and outlive the folder.
  Folder(Connection& connection, ScopeTable& scopes, const Ladder& ladder, int64_t transition_limit,
         int64_t compress_threshold);

  void set_names_removed(const std::atomic<uint64_t>* removed) { labels_.set_removed(removed); }
  void set_observer(FoldObserver* observer) { observer_ = observer; }

  // Folds changes that begin behind the position in the tables, and returns the position reached
  // (further on, if another process folded meanwhile). `next_row` goes into the tables with it.
  // `sync`: everything folded so far survives loss of power when this returns.
  Result<uint64_t> fold(std::span<const PendingChange> changes, int64_t next_row, bool sync);

  Status write_access(std::span<const AccessDelta> deltas);

  // Brings SQLite's log into the file if it has grown long; true if there is nothing left to do.
  Result<bool> checkpoint();
  bool checkpoint_is_due() const { return log_pages_ >= kCheckpointPages; }

 private:
  // What one row needs. The map keeps rows sorted, as the tables are.
  struct Work {
    std::optional<StoredItem> before;
    ItemRef item;          // the newest put
    ItemRef removed_item;  // what a put and a remove in one batch leave behind
    bool removed = false;
    int64_t sequence = 0;  // of the newest put or remove
    int32_t tier = -1;
    int64_t validation_count = -1;
    int64_t expires_us = -1;
  };
  struct Totals {
    int64_t count = 0;
    int64_t bytes = 0;
    int64_t importance_nano = 0;
    int64_t created_seconds = 0;
  };

  Status gather(std::span<const PendingChange> changes, uint64_t done);
  Status write_items();
  Status load_before(int64_t row, Work* work);
  Status gather_vectors(const Change& change, const Work& work);
  Status log_change(const Change& change, const Work& work);
  Status log_transition(const Change& change, const Work& work);
  Status apply_row(int64_t row, Work& work, std::vector<RowChange>* texts);
  Status apply_state(int64_t row, Work& work);
  Status apply_custom(const IndexedFields* before, const IndexedFields* after, const Work& work);
  Status erase_links();
  Status apply_totals();
  Status trim_transitions();
  Status notify(std::span<const RowChange> texts);
  Result<IndexedFields> indexed(const StoredItem& stored);
  void count(const StoredItem& stored, int64_t sign);
  bool is_archive(int64_t tier) const;
  EncodingRules rules_for(int64_t tier) const;
  Status note_block(const StoredItem& before);
  Status note_place(std::string_view place);
  void forget_work();
  void forget_names();

  static constexpr int kCheckpointPages = 4000;  // 32 MB

  Connection& connection_;
  ScopeTable& scopes_;
  const Ladder& ladder_;
  const int64_t transition_limit_;
  const int64_t compress_threshold_;
  FoldObserver* observer_ = nullptr;

  LabelTable labels_;
  int log_pages_ = 0;  // of SQLite's log, after the last commit
  // Of the batch under way:
  std::map<int64_t, Work> work_;
  std::map<int64_t, Totals> totals_;
  IndexEdits edits_;
  CustomEdits custom_edits_;
  VectorEdits vector_edits_;
  std::vector<ItemTexts> texts_;
  std::vector<StoredItem> new_rows_;
  std::vector<StoredItem> replaced_rows_;
  std::vector<std::array<int64_t, 5>> change_rows_;  // of the table changes
  bool logged_transition_ = false;
  std::map<int64_t, int64_t> released_;  // items that leave the archive's blocks
};

}  // namespace memtier
