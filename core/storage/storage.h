// Storage: where items are durable. One implementation is a SQLite file (sqlite/); the conformance
// suite in tests/storage says what each must do.
//
// Commits are linearizable per item, across threads and across processes. What a process keeps in
// RAM it keeps in step through a ChangeSink: refresh() delivers, in order, every change made by
// anyone since the last time, and commit() those of its own among them.
//
// Thread safety: every function, any thread, unless it says otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/control.h"
#include "base/status.h"
#include "model/collection_spec.h"
#include "model/filter.h"
#include "model/index_spec.h"
#include "model/item.h"
#include "model/ladder.h"
#include "model/query.h"
#include "model/write.h"

namespace memtier {

// What eviction and optimize need to know of an item, without its content.
struct ItemHead {
  int64_t row = 0;
  uint64_t key_hash = 0;
  int32_t tier = 0;
  bool pinned = false;
  double importance = 0;
  int64_t priority = 0;
  int64_t created_us = 0;
  int64_t accessed_us = 0;
  int64_t expires_us = 0;
  int64_t access_count = 0;
  int64_t validation_count = 0;
  int64_t size_bytes = 0;
  std::string id;  // these only where they were asked for
  std::string type;
  std::string user;
  std::string session;
};

// Receives committed changes, in order, one thread at a time, while the commit order is locked: it
// must be quick and must not call the storage.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  virtual void on_change(const Change& change) = 0;
  // Changes were missed (another process outran this one): everything held in RAM is void.
  virtual void on_reset() = 0;
  // The item of this key, if RAM has it (it is current, because changes are delivered in order).
  virtual ItemRef resident(const ItemKey& key) = 0;
  // What RAM knows of this row, if it keeps the members of this tier and it is one of them (then no
  // table has to be asked).
  virtual std::optional<ItemHead> member(int32_t tier, int64_t row) = 0;
};

// Whose items a read may see, and of what time.
struct ReadScope {
  const Scope* scope = nullptr;  // a pattern
  int64_t now_us = 0;            // items that expired by then are not seen
};

// Small documents that belong to the store; the numbers stand in the file.
enum class DocumentKind : int32_t {
  kPolicy = 1,
  kArchiveRule = 2,
  kConsolidation = 3,  // when there was one
  kCompaction = 4,     // what was packed when the file was last written anew
  kPreferences = 18,
};

// Stops a long read; empty: never.
using StopCheck = std::function<Status()>;

struct Page {
  std::vector<ItemRef> items;
  std::string token;  // of the last item, to go on behind it; empty at the end
};

struct TierTotals {
  int64_t count = 0;
  int64_t bytes = 0;
};

struct TierSummary {
  int64_t count = 0;  // not counting expired items
  int64_t bytes = 0;
  int64_t expired = 0;
  double average_importance = 0;
  double average_created_us = 0;
};

struct Transition {
  std::string id;
  int32_t from = -1;
  int32_t to = -1;
  Reason reason = Reason::kNone;
  int64_t time_us = 0;
};

struct AccessDelta {
  int64_t row = 0;
  int64_t count = 0;
  int64_t accessed_us = 0;
};

struct IndexInfo {
  std::string name;
  std::string path;
  bool ready = false;
  int64_t entries = 0;
  int64_t filled = 0;  // items looked at so far, where it is being built
};

struct CollectionInfo {
  std::string name;
  std::string description;
  int64_t created_us = 0;  // 0: it was not made, but items lie in it, or did
};

// What the items of one type and one exact scope are, together.
struct ScopeTotals {
  Scope scope;
  int64_t count = 0;
  int64_t first_us = 0;  // of their times of creation
  int64_t last_us = 0;
};

struct ArchiveStatistics {
  struct Month {
    int64_t period = 0;  // 202606
    int64_t blocks = 0;
    int64_t items = 0;
    int64_t original_bytes = 0;
    int64_t compressed_bytes = 0;
  };
  int64_t items = 0;    // in blocks
  int64_t waiting = 0;  // archived, and not yet in a block
  int64_t blocks = 0;
  int64_t original_bytes = 0;    // of the contents that were packed
  int64_t compressed_bytes = 0;  // of the blocks, and of what rows keep in place of their contents
  int64_t dictionary_bytes = 0;  // as it stands in the file
  std::vector<Month> months;
};

struct RepackResult {
  int64_t blocks = 0;   // that were taken apart
  int64_t items = 0;    // that were packed
  int64_t damaged = 0;  // blocks that could not be read, and stay
};

struct CompressResult {
  int64_t items = 0;
  int64_t original_bytes = 0;
  int64_t compressed_bytes = 0;
};

struct StorageStatistics {
  int64_t file_bytes = 0;
  int64_t pending_bytes = 0;  // committed, not yet folded into the file's tables
  int64_t memory_bytes = 0;   // what this storage holds in RAM
  int64_t sequence = 0;       // of the newest change
};

// An item whose content is damaged is given all the same: whoever shows it looks at Item::is_damaged.
class Storage {
 public:
  virtual ~Storage() = default;

  // Commits the operations as one unit of order: each gets its own status; those that succeed are
  // acknowledged together at `durability` when this returns OK. `now_us` decides what has expired.
  // An error means that nothing was committed; except that a batch too large for one commit is
  // committed in parts. The statuses of the operations say how far it came: those of what was not
  // committed are not OK.
  // With `wait` false it returns kBusy rather than wait for anybody.
  // Operations of one group must fit into one commit; else nothing is done: kLimit.
  virtual Status commit(std::span<WriteOp> operations, Durability durability, int64_t now_us,
                        bool wait) = 0;
  // How many bytes of images fit into one commit, and so into one group.
  virtual size_t commit_bytes() const = 0;

  // Whether somebody else has committed since the last refresh. One load; never blocks.
  virtual bool behind() const = 0;
  virtual Status refresh() = 0;

  // The item of exactly this key; null if there is none. Does not look at expiry.
  virtual Result<ItemRef> find(const ItemKey& key) = 0;
  // Items of this id that the scope allows, at most `limit`.
  virtual Result<std::vector<ItemRef>> find_by_id(const ReadScope& read, std::string_view id,
                                                  size_t limit) = 0;
  // Items by row; null where there is none any more.
  virtual Result<std::vector<ItemRef>> find_rows(std::span<const int64_t> rows) = 0;

  // With `explain` it says how the count was made.
  virtual Result<int64_t> count(const ReadScope& read, const FilterRef& filter,
                                const StopCheck& stop, Json* explain) = 0;
  Result<int64_t> count(const ReadScope& read, const FilterRef& filter, const StopCheck& stop) {
    return count(read, filter, stop, nullptr);
  }
  // kInvalid if the list goes on from something that is no token of a page.
  virtual Status check_list(const ListRequest& request) const = 0;
  // One page of a list, in the order asked for; with `explain` it says how it was found.
  virtual Result<Page> list(const ReadScope& read, const ListRequest& request, int64_t max_items,
                            const StopCheck& stop, Json* explain) = 0;
  Result<Page> list(const ReadScope& read, const ListRequest& request, int64_t max_items,
                    const StopCheck& stop) {
    return list(read, request, max_items, stop, nullptr);
  }
  // Items behind `after_row` in the order of rows: for walking a whole store in steps.
  virtual Result<std::vector<ItemRef>> scan(const ReadScope& read, const FilterRef& filter,
                                            int64_t after_row, int64_t max_items,
                                            const StopCheck& stop) = 0;

  // The same without what the items hold.
  virtual Result<std::vector<ItemHead>> heads(const ReadScope& read, const FilterRef& filter,
                                              int64_t after_row, int64_t max_items,
                                              const StopCheck& stop) = 0;

  // Puts a document in the place of another of this name. kLimit: `limit` others are there.
  virtual Status put_document(DocumentKind kind, std::string_view name, std::string_view text,
                              int64_t limit) = 0;
  // In order of their names.
  virtual Result<std::vector<std::string>> documents(DocumentKind kind) = 0;
  virtual Status delete_document(DocumentKind kind, std::string_view name) = 0;

  // Packs archived contents into blocks; with `force` also where they are few. *out_items: how many.
  virtual Status pack_archive(int level, bool force, Control& control, int64_t* out_items) = 0;
  // Makes new blocks of those of which little is needed any more.
  virtual Status repack_archive(Control& control, RepackResult* result) = 0;
  virtual Result<ArchiveStatistics> archive_statistics() = 0;

  // Calls visit for the items of a tier that were read last before `accessed_before_us`.
  virtual Status visit_tier(int32_t tier, int64_t accessed_before_us, bool with_texts,
                            const std::function<void(ItemHead&&)>& visit) = 0;
  // Items whose time is over, at most `limit`.
  virtual Result<std::vector<ItemHead>> expired(int64_t now_us, size_t limit) = 0;
  // When the next item of the tables expires, of which those that are pending are no part; 0: none does.
  virtual Result<int64_t> next_expiry(int64_t now_us) = 0;
  // By tier: what is there now, pending changes included.
  virtual std::vector<TierTotals> tier_totals() = 0;
  virtual Result<std::vector<TierSummary>> tier_summaries(int64_t now_us) = 0;
  virtual Result<std::vector<Transition>> transitions(const ReadScope& read, std::string_view id,
                                                      int64_t since_us, size_t limit) = 0;

  // Moves up and down the ladder later than this.
  virtual Result<std::pair<int64_t, int64_t>> transition_counts(int64_t since_us) = 0;

  // Makes an index of the caller's own, or goes on making it. Cancelled by the control it leaves none;
  // after another failure it goes on where it was. kExists: another path has this name. kLimit: too
  // many. kConflict: somebody dropped it meanwhile.
  virtual Status create_index(const IndexSpec& spec, Control& control) = 0;
  // In order of their names.
  // Their entries are 0 where they need not be counted.
  virtual Result<std::vector<IndexInfo>> indexes(bool count_entries, const StopCheck& stop) = 0;
  // kNotFound: there is none. Stopped in the middle, the index is gone; what is left of it is cleared
  // away with the next that is made or dropped.
  virtual Status drop_index(std::string_view name, Control& control) = 0;

  // kExists: it was made already.
  virtual Status create_collection(const CollectionSpec& spec, int64_t now_us) = 0;
  // Those that were made, and those in which the names of a scope were ever used; in order of their
  // names. The scope's own collection does not count.
  virtual Result<std::vector<CollectionInfo>> collections(const Scope& scope) = 0;
  // Whether it had been made.
  virtual Result<bool> forget_collection(std::string_view name) = 0;

  // Of each scope that the pattern allows and that has items of this type; the one with the newest first.
  virtual Result<std::vector<ScopeTotals>> scope_totals(const ReadScope& read,
                                                        std::string_view type, size_t limit,
                                                        const StopCheck& stop) = 0;

  // Adds access statistics, behind the items' back: not a new version, not a change.
  virtual Status write_access(std::span<const AccessDelta> deltas) = 0;

  // Brings committed changes into the form that list, count and search read. Readers do this of
  // themselves; the background thread does it in time.
  virtual Status fold(bool everything) = 0;
  // Commits what is acknowledged as relaxed and due; true if some is waiting that is not yet due.
  virtual Result<bool> publish_relaxed(bool even_if_not_due) = 0;
  // Lets go what is held open for quicker reads. To be called every few seconds while nobody reads.
  virtual void end_snapshots() = 0;
  // How much is waiting to be folded, in changes.
  virtual size_t pending_changes() const = 0;
  // Everything acknowledged survives loss of power afterwards.
  virtual Status flush() = 0;
  virtual Result<StorageStatistics> statistics() = 0;
};

}  // namespace memtier
