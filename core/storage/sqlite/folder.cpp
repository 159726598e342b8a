#include "storage/sqlite/folder.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "storage/sqlite/archive_blocks.h"
#include "storage/sqlite/link_tables.h"
#include "storage/sqlite/schema.h"

namespace memtier {
namespace {

constexpr double kNano = 1e9;
constexpr size_t kMaxBlockRef = 20;  // two varints

constexpr size_t kRowsAtOnce = 1024;  // so that what is encoded does not take much RAM
constexpr int kChangeColumns = 5;

class ChangeRows final : public RowSource {
 public:
  explicit ChangeRows(std::span<const std::array<int64_t, kChangeColumns>> rows) : rows_(rows) {}
  size_t row_count() const override { return rows_.size(); }
  void give(size_t row, int column, sqlite3_context* out) const override {
    sqlite3_result_int64(out, rows_[row][static_cast<size_t>(column)]);
  }

 private:
  const std::span<const std::array<int64_t, kChangeColumns>> rows_;
};

ItemTexts texts_of(std::string_view content, std::string_view type, std::string_view metadata) {
  return {content, type, metadata};
}

}  // namespace

Folder::Folder(Connection& connection, ScopeTable& scopes, const Ladder& ladder,
               int64_t transition_limit, int64_t compress_threshold)
    : connection_(connection),
      scopes_(scopes),
      ladder_(ladder),
      transition_limit_(transition_limit),
      compress_threshold_(compress_threshold) {
  // In place of SQLite's own checkpoints: those come when readers keep snapshots, and get nowhere.
  const auto note_pages = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<Folder*>(self)->log_pages_ = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_.handle(), note_pages, this);
}

Result<uint64_t> Folder::fold(std::span<const PendingChange> changes, int64_t next_row, bool sync) {
  // FULL syncs SQLite's log with the commit, and so everything committed to it before.
  RETURN_IF_ERROR(
      connection_.execute(sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
  bool committed = false;
  // However this ends, also by an exception where memory runs out.
  const std::unique_ptr<Folder, std::function<void(Folder*)>> end(this, [&committed](Folder* self) {
    self->forget_work();
    // Numbers given to names in a transaction that was rolled back are gone with it.
    if (!committed) self->forget_names();
  });
  Transaction transaction(connection_);
  RETURN_IF_ERROR(transaction.begin());
  ASSIGN_OR_RETURN(FoldState state, read_fold_state(connection_));
  const auto apply = [&]() -> Status {
    ASSIGN_OR_RETURN(auto definitions, read_definitions(connection_));
    custom_edits_.set_definitions(std::move(definitions));
    RETURN_IF_ERROR(vector_edits_.begin(connection_));
    RETURN_IF_ERROR(gather(changes, state.position));
    std::vector<RowChange> row_changes;
    texts_.reserve(work_.size() * 2);  // so that pointers to its elements stay
    for (auto& [row, work] : work_) RETURN_IF_ERROR(apply_row(row, work, &row_changes));
    RETURN_IF_ERROR(write_items());
    const std::shared_ptr<void> ahead =
        observer_ != nullptr ? observer_->begin(row_changes) : nullptr;
    RETURN_IF_ERROR(edits_.apply(connection_));
    RETURN_IF_ERROR(custom_edits_.apply(connection_));
    RETURN_IF_ERROR(erase_links());
    RETURN_IF_ERROR(vector_edits_.apply(connection_));
    RETURN_IF_ERROR(apply_totals());
    for (const auto& [block, items] : released_) {
      RETURN_IF_ERROR(release_block(connection_, block, items));
    }
    RETURN_IF_ERROR(trim_transitions());
    RETURN_IF_ERROR(notify(row_changes));
    for (const PendingChange& pending : changes) {
      state.position = std::max(state.position, pending.end);
      state.sequence = std::max(state.sequence, pending.change.sequence);
    }
    state.next_row = std::max(state.next_row, next_row);
    RETURN_IF_ERROR(write_fold_state(connection_, state));
    return transaction.commit();
  };
  RETURN_IF_ERROR(apply());
  committed = true;
  return state.position;
}

void Folder::forget_names() {
  labels_.clear();
  scopes_.clear();
}

void Folder::forget_work() {
  released_.clear();
  work_.clear();
  totals_.clear();
  edits_ = IndexEdits();
  custom_edits_.clear();
  vector_edits_.clear();
  texts_.clear();
  new_rows_.clear();
  replaced_rows_.clear();
  change_rows_.clear();
  logged_transition_ = false;
}

Status Folder::write_items() {
  RETURN_IF_ERROR(write_rows(connection_, new_rows_, Existing::kUnlikely));
  RETURN_IF_ERROR(write_rows(connection_, replaced_rows_, Existing::kLikely));
  new_rows_.clear();
  replaced_rows_.clear();
  return {};
}

Status Folder::gather(std::span<const PendingChange> changes, uint64_t done) {
  for (const PendingChange& pending : changes) {
    if (pending.end <= done) continue;
    const Change& change = pending.change;
    if (change.kind == WriteOp::Kind::kVector) {
      vector_edits_.put(change.row, change.value, change.vector);
      continue;
    }
    const auto [found, is_new] = work_.try_emplace(change.row);
    Work& work = found->second;
    const bool has_row = change.kind != WriteOp::Kind::kPut || change.existed;
    if (is_new && has_row) RETURN_IF_ERROR(load_before(change.row, &work));
    RETURN_IF_ERROR(log_change(change, work));
    RETURN_IF_ERROR(gather_vectors(change, work));
    switch (change.kind) {
      case WriteOp::Kind::kPut:
        work.item = change.item;
        work.removed = false;
        work.sequence = change.sequence;
        work.tier = change.to;
        work.validation_count = -1;
        work.expires_us = -1;
        break;
      case WriteOp::Kind::kRemove:
        work.removed_item = work.item;
        work.item = {};
        work.removed = true;
        work.sequence = change.sequence;
        break;
      case WriteOp::Kind::kMove:
        work.tier = change.to;
        break;
      case WriteOp::Kind::kValidate:
        work.validation_count = change.value;
        break;
      case WriteOp::Kind::kRefresh:
        work.expires_us = change.value;
        break;
      case WriteOp::Kind::kVector:
        break;
    }
  }
  return insert_rows(connection_, "changes", kChangeColumns, ChangeRows(change_rows_));
}

// An item's vectors are of its content: they go when it goes, or says something else.
Status Folder::gather_vectors(const Change& change, const Work& work) {
  if (!vector_edits_.has_spaces()) return {};
  if (change.kind == WriteOp::Kind::kRemove) vector_edits_.forget(change.row);
  if (change.kind != WriteOp::Kind::kPut || !change.existed) return {};
  const std::string_view content = change.item->text(Text::kContent);
  if (work.item) {
    if (work.item->text(Text::kContent) != content) vector_edits_.forget(change.row);
  } else if (work.before && !work.removed) {
    std::string buffer;
    const auto before =
        plain_content(connection_, work.before->encoding, work.before->content, &buffer);
    if (!before.ok() || before.value() != content) vector_edits_.forget(change.row);
  }
  return {};
}

// The archive's block that a row leaves.
Status Folder::note_block(const StoredItem& before) {
  return is_in_block(before.encoding) ? note_place(before.content) : Status();
}

Status Folder::note_place(std::string_view place) {
  const auto ref = decode_block_ref(place);
  if (ref.ok()) ++released_[ref.value().block];  // else nobody knows which block it was
  return {};
}

EncodingRules Folder::rules_for(int64_t tier) const {
  return {is_archive(tier), compress_threshold_};
}

Status Folder::load_before(int64_t row, Work* work) {
  static const std::string kSql =
      "SELECT " + std::string(kItemColumns) + " FROM items i WHERE i.row = ?";
  ASSIGN_OR_RETURN(Statement select, connection_.prepare(kSql));
  StatementUse use(select.bind(1, row));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (found) work->before = read_row(*use);
  return {};
}

// The change sequence, the tombstone of a removal, the transition log.
Status Folder::log_change(const Change& change, const Work& work) {
  const bool is_put = change.kind == WriteOp::Kind::kPut;
  const bool is_remove = change.kind == WriteOp::Kind::kRemove;
  const bool moved =
      change.kind == WriteOp::Kind::kMove || (is_remove && change.reason != Reason::kNone);
  if (moved) RETURN_IF_ERROR(log_transition(change, work));
  if (!is_put && !is_remove) return {};
  int64_t scope = work.before ? work.before->scope : 0;
  if (!work.before) {
    const ItemRef& item = is_put ? change.item : work.item;
    if (!item) return {};  // removed before it was ever here
    ASSIGN_OR_RETURN(scope, scopes_.find_or_add(connection_, item->scope()));
  }
  change_rows_.push_back(
      {change.sequence, static_cast<int64_t>(change.kind), change.row, scope, change.time_us});
  if (!is_remove) return {};
  const std::string_view id = work.item ? work.item->id() : work.before->id;
  ASSIGN_OR_RETURN(Statement tombstone,
                   connection_.prepare("INSERT OR REPLACE INTO tombstones VALUES(?, ?, ?, ?, ?)"));
  tombstone.bind(1, change.sequence).bind(2, scope).bind_text(3, id).bind(4, change.value);
  return tombstone.bind(5, change.time_us).run();
}

Status Folder::log_transition(const Change& change, const Work& work) {
  std::string_view id;
  int64_t scope = 0;
  if (work.item) {
    id = work.item->id();
    ASSIGN_OR_RETURN(scope, scopes_.find_or_add(connection_, work.item->scope()));
  } else if (work.before && !work.removed) {
    id = work.before->id;
    scope = work.before->scope;
  } else {
    return {};  // the item went before it could move
  }
  ASSIGN_OR_RETURN(
      Statement insert,
      connection_.prepare("INSERT INTO transitions(row, scope, id, from_tier, to_tier, reason, "
                          "time_us) VALUES(?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(1, change.row).bind(2, scope).bind_text(3, id);
  insert.bind(4, static_cast<int64_t>(change.from)).bind(5, static_cast<int64_t>(change.to));
  insert.bind(6, static_cast<int64_t>(change.reason)).bind(7, change.time_us);
  logged_transition_ = true;
  return insert.run();
}

Status Folder::trim_transitions() {
  if (!logged_transition_) return {};
  ASSIGN_OR_RETURN(Statement trim,
                   connection_.prepare("DELETE FROM transitions WHERE number <= "
                                       "(SELECT max(number) FROM transitions) - ?"));
  return trim.bind(1, transition_limit_).run();
}

Status Folder::apply_row(int64_t row, Work& work, std::vector<RowChange>* row_changes) {
  if (work.removed && !work.before) return {};  // came and went within the batch
  if (!work.removed && !work.item) return work.before ? apply_state(row, work) : Status();
  std::optional<IndexedFields> before;
  std::optional<IndexedFields> after;
  RowChange texts;
  texts.row = row;
  texts.sequence = work.sequence;
  if (work.before) {
    texts.scope = work.before->scope;
    texts.before_sequence = work.before->sequence;
    ASSIGN_OR_RETURN(before, indexed(*work.before));
    edits_.remove(*before);
    count(*work.before, -1);
    RETURN_IF_ERROR(note_block(*work.before));
    RETURN_IF_ERROR(decode_content(connection_, &*work.before));  // observers want plain text
    const bool plain = work.before->encoding == kEncodingPlain;   // else it is damaged
    texts_.push_back(texts_of(plain ? work.before->content : std::string_view(),
                              work.before->content_type, work.before->metadata));
    texts.before = &texts_.back();
  }
  if (work.removed) {
    ASSIGN_OR_RETURN(Statement erase, connection_.prepare("DELETE FROM items WHERE row = ?"));
    RETURN_IF_ERROR(erase.bind(1, row).run());
  } else {
    ASSIGN_OR_RETURN(const int64_t scope, scopes_.find_or_add(connection_, work.item->scope()));
    texts.scope = scope;
    ASSIGN_OR_RETURN(StoredItem stored, make_row(*work.item, scope, rules_for(work.tier)));
    stored.tier = work.tier;
    if (work.validation_count >= 0) stored.validation_count = work.validation_count;
    if (work.expires_us >= 0) stored.expires_us = work.expires_us;
    ASSIGN_OR_RETURN(after, indexed(stored));
    edits_.add(*after);
    count(stored, 1);
    (work.before ? replaced_rows_ : new_rows_).push_back(std::move(stored));
    if (new_rows_.size() + replaced_rows_.size() >= kRowsAtOnce) RETURN_IF_ERROR(write_items());
    texts_.push_back(texts_of(work.item->text(Text::kContent), work.item->text(Text::kContentType),
                              work.item->text(Text::kMetadata)));
    texts.after = &texts_.back();
    texts.item = work.item;
  }
  row_changes->push_back(texts);
  return apply_custom(before ? &*before : nullptr, after ? &*after : nullptr, work);
}

// The entries of the caller's own indexes. Where nothing changes that they tell, nothing is parsed.
Status Folder::apply_custom(const IndexedFields* before, const IndexedFields* after,
                            const Work& work) {
  if (custom_edits_.empty()) return {};
  const std::string_view metadata = after == nullptr ? "" : work.item->text(Text::kMetadata);
  const bool same = before != nullptr && after != nullptr && work.before->metadata == metadata &&
                    before->created_us == after->created_us && before->type == after->type &&
                    before->importance == after->importance && before->scope == after->scope;
  if (same) return {};
  if (before != nullptr && work.before->encoding == kEncodingBlockAll) {
    // Its block is damaged: nobody knows by which keys it was found.
    ASSIGN_OR_RETURN(Statement erase, connection_.prepare("DELETE FROM ix_custom WHERE row = ?"));
    RETURN_IF_ERROR(erase.bind(1, before->row).run());
  } else if (before != nullptr) {
    custom_edits_.remove(*before, work.before->metadata);
  }
  if (after != nullptr) custom_edits_.add(*after, metadata);
  return custom_edits_.is_large() ? custom_edits_.apply(connection_) : Status();
}

// A row whose item stays and whose tier or validation count changes.
Status Folder::apply_state(int64_t row, Work& work) {
  StoredItem& stored = *work.before;
  const int64_t tier_before = stored.tier;
  if (work.tier >= 0 && work.tier != tier_before) {
    ASSIGN_OR_RETURN(IndexedFields fields, indexed(stored));
    edits_.remove(fields);
    count(stored, -1);
    fields.tier = stored.tier = work.tier;
    edits_.add(fields);
    count(stored, 1);
  }
  if (work.validation_count >= 0) stored.validation_count = work.validation_count;
  if (work.expires_us >= 0) {
    edits_.move_expires(row, stored.pinned, stored.expires_us, work.expires_us);
    stored.expires_us = work.expires_us;
  }
  if (is_archive(tier_before) != is_archive(stored.tier)) {
    const int64_t encoding_before = stored.encoding;
    const std::string place(stored.content.substr(0, kMaxBlockRef));
    RETURN_IF_ERROR(encode_content(connection_, rules_for(stored.tier), &stored));
    if (is_in_block(encoding_before) && !is_in_block(stored.encoding)) {
      RETURN_IF_ERROR(note_place(place));
    }
    return write_rows(connection_, {&stored, 1}, Existing::kLikely);
  }
  ASSIGN_OR_RETURN(Statement update,
                   connection_.prepare("UPDATE items SET tier = ?, validation_count = ?, "
                                       "expires_us = nullif(?, 0) WHERE row = ?"));
  update.bind(1, stored.tier).bind(2, stored.validation_count).bind(3, stored.expires_us);
  return update.bind(4, row).run();
}

Result<IndexedFields> Folder::indexed(const StoredItem& stored) {
  IndexedFields fields;
  fields.row = stored.row;
  fields.id_hash = id_hash(stored.id);
  fields.scope = stored.scope;
  fields.created_us = stored.created_us;
  fields.tier = stored.tier;
  fields.importance = stored.importance;
  fields.accessed_us = stored.accessed_us;
  fields.expires_us = stored.expires_us;
  fields.pinned = stored.pinned;
  if (!stored.type.empty()) {
    ASSIGN_OR_RETURN(fields.type, labels_.find_or_add(connection_, stored.type));
  }
  Status status;
  for_each_tag(stored.tags, [&](std::string_view tag) {
    if (!status.ok()) return;
    auto label = labels_.find_or_add(connection_, tag);
    if (label.ok()) {
      fields.tags.push_back(*label);
    } else {
      status = label.take_status();
    }
  });
  if (!status.ok()) return status;
  return fields;
}

void Folder::count(const StoredItem& stored, int64_t sign) {
  Totals& totals = totals_[stored.tier];
  totals.count += sign;
  totals.bytes += sign * stored.size_bytes;
  totals.importance_nano += sign * std::llround(stored.importance * kNano);
  totals.created_seconds += sign * (stored.created_us / kSecondUs);
}

Status Folder::apply_totals() {
  ASSIGN_OR_RETURN(
      Statement upsert,
      connection_.prepare(
          "INSERT INTO tier_totals VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(tier) DO UPDATE SET "
          "count = count + ?2, bytes = bytes + ?3, importance_nano = importance_nano + ?4, "
          "created_seconds = created_seconds + ?5"));
  for (const auto& [tier, totals] : totals_) {
    upsert.bind(1, tier).bind(2, totals.count).bind(3, totals.bytes);
    RETURN_IF_ERROR(upsert.bind(4, totals.importance_nano).bind(5, totals.created_seconds).run());
  }
  return {};
}

// Links die with their items.
Status Folder::erase_links() {
  ASSIGN_OR_RETURN(const bool any, has_links(connection_));
  if (!any) return {};
  LinkWriter writer(connection_);
  for (const auto& [row, work] : work_) {
    if (work.removed && work.before) RETURN_IF_ERROR(writer.erase_node(row));
  }
  return writer.finish();
}

Status Folder::notify(std::span<const RowChange> row_changes) {
  if (observer_ == nullptr || row_changes.empty()) return {};
  return observer_->fold(connection_, row_changes);
}

bool Folder::is_archive(int64_t tier) const {
  const auto number = static_cast<size_t>(tier);
  return number < ladder_.tiers.size() && ladder_.tiers[number].medium == Medium::kArchive;
}

Result<bool> Folder::checkpoint() {
  int in_log = 0;
  int done = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, &in_log, &done);
  if ((code & 0xff) == SQLITE_BUSY) return false;  // another process does it just now
  if (code != SQLITE_OK) return sqlite_status(code, connection_.handle(), "checkpoint");
  if (in_log == done) log_pages_ = 0;
  return in_log == done;
}

Status Folder::write_access(std::span<const AccessDelta> deltas) {
  RETURN_IF_ERROR(connection_.execute("PRAGMA synchronous = NORMAL"));
  const std::unique_ptr<Folder, void (*)(Folder*)> end(this,
                                                       [](Folder* self) { self->forget_work(); });
  Transaction transaction(connection_);
  RETURN_IF_ERROR(transaction.begin());
  ASSIGN_OR_RETURN(Statement select,
                   connection_.prepare("SELECT accessed_us FROM items WHERE row = ?"));
  ASSIGN_OR_RETURN(Statement update,
                   connection_.prepare("UPDATE items SET access_count = access_count + ?, "
                                       "accessed_us = ? WHERE row = ?"));
  for (const AccessDelta& delta : deltas) {
    int64_t before = 0;
    {
      StatementUse use(select.bind(1, delta.row));
      ASSIGN_OR_RETURN(const bool found, use->step());
      if (!found) continue;
      before = use->integer(0);
    }
    const int64_t accessed = std::max(before, delta.accessed_us);
    RETURN_IF_ERROR(update.bind(1, delta.count).bind(2, accessed).bind(3, delta.row).run());
    if (accessed != before) edits_.move_accessed(delta.row, before, accessed);
  }
  RETURN_IF_ERROR(edits_.apply(connection_));
  return transaction.commit();
}

}  // namespace memtier
