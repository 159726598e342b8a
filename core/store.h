// Store: the facade that ties the rooms together; nothing else knows them all. What memtier.h offers
// for a store is a function here; README.md says in which file.
//
// Thread safety: every function, any thread.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/control.h"
#include "base/id_generator.h"
#include "base/log.h"
#include "base/striped_counter.h"
#include "base/worker.h"
#include "embed/callback_embedder.h"
#include "index/fold_followers.h"
#include "index/graph/co_access.h"
#include "index/graph/link_graph.h"
#include "index/keys/key_indexes.h"
#include "index/text/inverted_text_index.h"
#include "index/vector/derived_vectors.h"
#include "index/vector/vector_index.h"
#include "lifecycle/maintenance.h"
#include "lifecycle/policy_plan.h"
#include "model/context_request.h"
#include "model/draft.h"
#include "model/episode.h"
#include "model/knowledge.h"
#include "model/limits.h"
#include "model/link.h"
#include "model/query.h"
#include "model/report.h"
#include "model/turn.h"
#include "model/write.h"
#include "retrieval/conversation_ends.h"
#include "retrieval/query_cache.h"
#include "retrieval/search.h"
#include "share/export.h"
#include "share/import.h"
#include "storage/sqlite/sqlite_storage.h"
#include "store_options.h"
#include "tiers/access_tracker.h"
#include "tiers/ladder_engine.h"
#include "tiers/prefetcher.h"
#include "tiers/residency.h"

namespace memtier {

// One item of a batch.
struct Outcome {
  Status status;
  ItemRef item;
  bool decided = false;  // its status is its own
};

class Store final : public ChangeSink {
 public:
  static Result<std::unique_ptr<Store>> open(const std::string& path, StoreOptions options);
  ~Store() override;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Ends long work soon, with kCancelled. Called when the handle is closed, before the end.
  void begin_close() { closing_.store(true); }
  // Writes what is pending and lets the file go. No other call may be under way.
  Status close();
  // Writes what is pending for good, while others go on reading.
  Status flush_for_close();
  Status flush(Control& control);

  const Ladder& ladder() const { return storage_->ladder(); }
  const std::string& ladder_json() const { return storage_->ladder_json(); }
  const TierNames& tier_names() const { return storage_->tier_names(); }
  const StoreOptions& options() const { return options_; }
  Result<StoreStatistics> statistics();
  Result<TierStatistics> tier_statistics(size_t tier);

  // --- one item
  Result<ItemRef> get(const Scope& scope, std::string_view id);
  // The same, but only if it fits into `size`; else null, *out_size says what is needed, and no read is
  // counted.
  Result<ItemRef> get_if_fits(const Scope& scope, std::string_view id, size_t size,
                              size_t* out_size);
  // The quick way for an item resident in the hottest tier, under the caller's EpochGuard, without a
  // shared write but the item's own counters. Null, or another code than kOk, means only "not this
  // way": then get() says the rest.
  ItemRef get_hot(const Scope& scope, std::string_view id);
  Code copy_hot(const Scope& scope, std::string_view id, char* buffer, size_t size,
                size_t* out_size);
  Result<bool> exists(const Scope& scope, std::string_view id);
  Result<ItemRef> update(const Scope& scope, std::string_view id, const Draft& patch,
                         Durability durability);
  Status remove(const Scope& scope, std::string_view id, int64_t expected_version,
                Durability durability);
  Result<int64_t> validate(const Scope& scope, std::string_view id);
  Status move(const Scope& scope, std::string_view id, std::string_view tier);

  // --- many items; a Status that is not OK is of the whole call, not of one of them
  struct PutRequest {
    const Draft* draft = nullptr;
    const Scope* scope = nullptr;
  };
  Result<Outcome> put(const PutRequest& request, PutMode mode, Durability durability);
  // In parts; *outcomes has one for each request, also after a failure.
  Status put_many(std::span<const PutRequest> requests, PutMode mode, Durability durability,
                  Control& control, std::vector<Outcome>* outcomes);
  Result<std::vector<Outcome>> get_many(const Scope& scope, std::span<const std::string_view> ids,
                                        Control& control);
  // As put_many.
  Status remove_many(const Scope& scope, std::span<const std::string_view> ids,
                     Durability durability, Control& control, std::vector<Outcome>* outcomes);

  // --- by filter
  Result<int64_t> count(const Scope& scope, const FilterRef& filter, Control& control);
  Result<int64_t> count(const Scope& scope, const FilterRef& filter) {
    Control none;
    return count(scope, filter, none);
  }
  Status check_list(const ListRequest& request) const { return storage_->check_list(request); }
  Result<Page> list(const Scope& scope, const ListRequest& request, int64_t max_items,
                    const Control& control);
  // How a list, its first page, and a count of the same are done: JSON.
  Result<std::string> explain_list(const Scope& scope, const ListRequest& request,
                                   Control& control);
  Result<Hits> search(const Scope& scope, const Query& query, const Control& control);
  Status add_feedback(const Scope& scope, std::span<const Feedback> feedback);
  Result<std::string> list_preferences(const Scope& scope);  // JSON
  Status forget_feedback(const Scope& scope);
  // *out_count is what was done, also after a failure; as in all that follow.
  Status update_where(const Scope& scope, const FilterRef& filter, const Draft& patch,
                      Durability durability, Control& control, int64_t* out_count);
  Status remove_where(const Scope& scope, const FilterRef& filter, Durability durability,
                      Control& control, int64_t* out_count);

  // --- indexes of the caller's own
  Status create_index(const IndexSpec& spec, Control& control);
  Status create_index(const std::string& name, KeyExtractor extractor, Control& control);
  Result<std::string> list_indexes(Control& control);  // JSON
  Status drop_index(std::string_view name, Control& control);

  // --- associations; what is asked for comes as JSON
  Status put_links(const Scope& scope, std::span<const LinkSpec> links, Durability durability,
                   Control& control);
  Result<std::string> get_link(const Scope& scope, const LinkFilter& filter);
  Result<int64_t> delete_links(const Scope& scope, const LinkFilter& filter, Durability durability);
  Result<std::string> list_links(const Scope& scope, const LinkFilter& filter, Control& control);
  Status create_concept(const Scope& scope, const ConceptSpec& spec, Durability durability);
  Result<std::string> list_concepts(const Scope& scope, const ConceptFilter& filter,
                                    Control& control);
  Status delete_concept(const Scope& scope, std::string_view name, Durability durability);
  Result<std::string> neighbours(const Scope& scope, const NeighbourQuery& query, Control& control);
  Result<std::string> path(const Scope& scope, const PathQuery& query, Control& control);
  Result<std::string> spread(const Scope& scope, const SpreadQuery& query, Control& control);
  Result<std::string> export_graph(const Scope& scope, const GraphExport& query, Control& control);
  // How strongly items are associated with those of these rows, by row: a signal for ranking.
  Status association(const Scope& scope, std::span<const int64_t> seed_rows,
                     const SpreadOptions& options, std::unordered_map<int64_t, double>* by_row);
  // --- the embedder
  std::string describe_embedder() const;  // JSON
  // One vector after the other; zeros for a text without meaning. kUnsupported: there is no embedder.
  Result<std::vector<float>> embed(std::span<const std::string_view> texts, Control& control);
  // How many items wait for the vector that the embedder is to make of them.
  Result<int64_t> pending_vectors();
  // Makes what is missing; *out_count vectors, also after a failure.
  Status reembed(Control& control, int64_t* out_count);

  // --- collections
  Status create_collection(const CollectionSpec& spec);
  Result<std::string> list_collections(const Scope& scope, Control& control);  // JSON
  // kConflict: it has items, and these are not to go with it.
  Status drop_collection(const std::string& name, bool with_items, Control& control,
                         int64_t* out_count);
  // Copies what matches into another collection, or moves it there.
  struct Transfer {
    std::string to;
    PutMode mode = PutMode::kReplace;
    bool move = false;
  };
  Status transfer(const Scope& scope, const FilterRef& filter, const Transfer& transfer,
                  Durability durability, Control& control, int64_t* out_count);

  // --- conversations; the scope is one conversation's address where it says "exact", else a pattern
  struct Conversation {
    std::vector<ItemRef> turns;  // the oldest first
    int64_t version = 0;         // changes with every turn and every replacement
  };
  // Exact. `version`: what the conversation must have, or kConflict; 0: any.
  Result<std::vector<ItemRef>> append_turns(const Scope& scope, std::span<Turn> turns,
                                            int64_t version, Durability durability,
                                            Control& control);
  Result<Conversation> last_turns(const Scope& scope, size_t limit);  // exact
  Result<std::vector<ItemRef>> recent_turns(const Scope& scope, int64_t within_us, int64_t limit,
                                            const Control& control);
  // Exact. All or nothing; what stays as it is is not written. *out_changed: turns written and removed.
  Result<int64_t> replace_turns(const Scope& scope, std::span<Turn> turns, int64_t version,
                                Durability durability, int64_t* out_changed);
  Result<std::string> list_conversations(const Scope& scope, int64_t limit,
                                         Control& control);  // JSON

  // --- contexts: what fits into a prompt
  Result<std::vector<ItemRef>> conversation_context(const Scope& scope,
                                                    const ContextRequest& request,
                                                    const Control& control);
  Result<Outcome> remember(const Scope& scope, std::string_view key, std::string_view value,
                           double importance, Durability durability);
  Result<std::vector<ItemRef>> active_context(const Scope& scope, const ContextRequest& request,
                                              const Control& control);
  // --- knowledge, episodes, runs
  Result<Outcome> put_knowledge(const Scope& scope, const Knowledge& knowledge,
                                Durability durability);
  // What was believed before stays as an item of its own, written together with the new belief.
  Result<ItemRef> update_knowledge(const Scope& scope, std::string_view id, const Knowledge& change,
                                   int64_t version, Durability durability);
  // The newest `limit` beliefs, the oldest first; what is believed now is the last.
  Result<std::vector<ItemRef>> knowledge_history(const Scope& scope, std::string_view id,
                                                 size_t limit);
  Result<std::string> contradictions(const Scope& scope, const ContradictionRequest& request,
                                     Control& control);  // JSON
  Result<Outcome> put_episode(const Scope& scope, std::string_view document, Durability durability);
  Result<std::vector<ItemRef>> around(const Scope& scope, const AroundRequest& request,
                                      const Control& control);
  Result<Outcome> record_run(const Scope& scope, std::string_view document, Durability durability);
  // --- vectors
  struct VectorPut {
    std::string_view id;
    std::span<const float> vector;
  };
  Status create_space(const SpaceSpec& spec);
  Result<std::string> list_spaces(Control& control);  // JSON
  Status drop_space(std::string_view name, Control& control);
  Result<std::string> measure_recall(const Scope& scope, const RecallRequest& request,
                                     Control& control);  // JSON
  // As put_many, for items that are there. kNotFound: there is no such space.
  Status put_vectors(const Scope& scope, std::string_view space_name,
                     std::span<const VectorPut> puts, Durability durability, Control& control,
                     std::vector<Outcome>* outcomes);
  Result<std::vector<float>> get_vector(const Scope& scope, std::string_view space_name,
                                        std::string_view id);
  Status remove_vector(const Scope& scope, std::string_view space_name, std::string_view id,
                       Durability durability);
  // --- policies and archive rules
  Status put_policy(std::string_view document);
  Status put_policy(std::string_view document, PolicyDecider decider);
  Result<std::string> list_policies();  // JSON
  Status delete_policy(std::string_view name);
  Status put_archive_rule(std::string_view document);
  Result<std::string> list_archive_rules();  // JSON
  Status delete_archive_rule(std::string_view name);
  Report apply_policies(const Scope& scope, const ApplyRequest& request, Control& control);
  Report apply_archive_rules(const Scope& scope, const ApplyRequest& request, Control& control);
  // Documents of memtier.h, section 25.
  Result<std::string> archive_statistics();
  Report pack_archive(const PackRequest& request, Control& control);
  Report restore(const Scope& scope, const RestoreRequest& request, Control& control);
  // Documents of memtier.h, section 26.
  Report consolidate(const Scope& scope, const ConsolidationRequest& request, Control& control);
  // Compresses contents longer than so much where they stand.
  Report compress_where(const Scope& scope, const FilterRef& filter, int64_t above_bytes,
                        Control& control);
  // All of a scope, everywhere; the receipt.
  Report forget(const Scope& scope, Control& control);
  void let_go_policies();  // those of callbacks; no other call is under way

  // --- tiers and time
  Status optimize(const Scope& scope, Control& control, std::vector<int64_t>* out_by_tier);
  Status clear(const Scope& scope, const std::vector<std::string>& tiers, Control& control,
               int64_t* out_count);
  Status sweep(Control& control, int64_t* out_count);
  Result<std::vector<Transition>> transitions(const Scope& scope, std::string_view id,
                                              int64_t since_us, size_t limit);

  // --- maintenance: document of memtier.h, section 26
  Report tick(const TickRequest& request, Control& control);
  void pause_maintenance(bool paused);  // that in the background

  // --- export and import
  Status export_items(const Scope& scope, const FilterRef& filter, const WriteBytes& write,
                      Control& control, int64_t* out_count);
  Status export_file(const Scope& scope, const FilterRef& filter, const std::string& path,
                     Control& control, int64_t* out_count);
  Status import(const Scope& scope, const ImportOptions& options, const ImportSource& source,
                Control& control, ImportCounts* counts);
  Status import_file(const Scope& scope, const ImportOptions& options, const std::string& path,
                     Control& control, ImportCounts* counts);

  // --- ChangeSink
  void on_change(const Change& change) override;
  void on_reset() override;
  ItemRef resident(const ItemKey& key) override;
  std::optional<ItemHead> member(int32_t tier, int64_t row) override;

 private:
  enum Counter : size_t {
    kPuts,
    kDeletes,
    kSearches,
    kMisses,
    kPromotions,
    kDemotions,
    kEvictions,
    kExpirations,
    kResidentHits,                            // by tier
    kStoredHits = kResidentHits + kMaxTiers,  // by tier
    kCounters = kStoredHits + kMaxTiers,
  };

  explicit Store(StoreOptions options);
  Status open_embedder();
  Status open_derived();
  int64_t embed_step();
  // Vectors of everything that was acknowledged.
  Status bring_vectors_up(const StopCheck& stop);
  // The query with its vector: given, or made of its text.
  Result<Query> with_meaning(const Query& query, const StopCheck& stop);
  Result<Hits> search_as(const Query& query, const ReadScope& read, const StopCheck& stop);
  Status start(const std::string& path);
  Status fold_leftovers(const std::string& path);
  Status fit_into_ladder();
  int64_t background_step();
  int64_t index_step();
  std::vector<MaintenanceJob> maintenance_jobs();
  Status maintain_indexes(Control& guard);
  Status consolidate_in_tick(Control& control, Json* out_report);
  Status compact_in_tick(const TickRequest& request, Control& control, Json* out_report);
  int64_t maintenance_step();
  // After a commit: makes room in the tiers, and sees to it that the journal is folded in time.
  Status settle(Durability durability, int64_t now_us, bool wait);
  Status flush_access();
  Status flush_learned();
  void warm_links();
  void prefetch_behind(const Item& item);
  // Each call begins with it: what reads before it asked for is written first, so that it sees that.
  Result<int64_t> now_us();
  Result<int64_t> read_clock();
  // The system's clock; for counting reads to some milliseconds, which costs a tenth.
  static int64_t system_now_us(bool exact);
  Durability effective(Durability durability) const;
  // A control that also ends when the store is being closed.
  Control guarded(Control& control);

  Result<int64_t> next_expiry(int64_t now_us);
  Result<Hits> search_anew(const Query& query, const ReadScope& read, const StopCheck& stop);
  Result<ItemRef> resolve(const Scope& scope, std::string_view id, int64_t now_us);
  // The resident item that a quick read may take, with the time of the read.
  const Item* peek_hot(const Scope& scope, std::string_view id, int64_t* out_now_us);
  // Puts it behind *out_read where the promotion callback is to decide on it.
  Result<ItemRef> get_item(const Scope& scope, std::string_view id, size_t size, size_t* out_size,
                           std::vector<ItemRef>* out_read);
  // Asks the promotion callback about all of them at once; empties *read.
  Status decide_promotions(std::vector<ItemRef>* read);
  // What a read asks for: committed if nobody has to be waited for, else by the call that comes next,
  // or in the background.
  void write_behind(WriteOp operation, int64_t now_us);
  void write_deferred();
  // Counts a read and does what the ladder says about it; false: it does not bring the item up.
  bool count_read(const ItemRef& item, bool resident, int64_t now_us);
  Result<WriteOp> prepare_put(const Draft& draft, const Scope& scope, PutMode mode, int64_t now_us);
  Result<WriteOp> prepare_patch(const Item& existing, const Draft& patch, const Scope* scope,
                                int64_t now_us);
  Result<int32_t> tier_number(const Draft& draft) const;
  Status put_part(std::span<const PutRequest> requests, PutMode mode, Durability durability,
                  std::span<Outcome> outcomes);
  Status remove_part(const Scope& scope, std::span<const std::string_view> ids,
                     Durability durability, std::span<Outcome> outcomes);
  Result<ExportExtras> export_vectors();
  // Makes the spaces of a batch; an item with a vector that cannot be gets its status.
  Status check_imported_vectors(std::vector<ImportedItem>& batch);
  // Vectors of items that `operations` have stored; these stand at `places` of the batch.
  Status put_imported_vectors(std::vector<ImportedItem>& batch,
                              const std::vector<WriteOp>& operations,
                              const std::vector<size_t>& places, Durability durability,
                              int64_t now_us);
  // Sees to it that large sets of vectors get lists.
  void maintain_vectors();
  Status put_vectors_part(const Space& space, const Scope& scope, std::span<const VectorPut> puts,
                          Durability durability, std::span<Outcome> outcomes);
  using Part = std::function<Status(size_t begin, size_t count)>;
  Status for_each_part(std::vector<Outcome>* outcomes, Control& control, const Part& part);
  Status store_imported(std::vector<ImportedItem>& batch, const ImportOptions& options);
  Status store_imported_links(std::vector<ImportedItem>& batch, const ImportOptions& options,
                              int64_t now_us);
  using Batch =
      std::function<Status(const std::vector<ItemRef>& items, int64_t now_us, int64_t* done)>;
  Result<ItemRef> find_matching(const ItemRef& seen, const FilterRef& filter);
  Result<bool> update_matching(ItemRef item, const FilterRef& filter, const Draft& patch,
                               Durability durability);
  Result<bool> move_large(const ItemRef& item, const Transfer& transfer, Durability durability,
                          int64_t now_us);
  Status transfer_items(std::vector<ItemRef> items, const FilterRef& filter,
                        const Transfer& transfer, Durability durability, int64_t now_us,
                        int64_t* done);
  int32_t memory_tier(bool long_term) const;
  Result<std::vector<ItemRef>> newest_of(const std::vector<std::string>& tiers,
                                         const ReadScope& read, const FilterRef& filter,
                                         int64_t limit, const StopCheck& stop);
  // Into long-term memory, where no tier is given.
  Result<Outcome> put_memory(const Scope& scope, Draft draft, PutMode mode, Durability durability);
  Result<ItemRef> peek(const Scope& scope, std::string_view id, int64_t now_us);
  Result<ConversationHead> conversation_head(const Scope& scope, int64_t now_us);
  Result<ConversationEnd> conversation_end(const Scope& scope, const ConversationHead& head,
                                           int64_t now_us);
  Result<std::vector<ItemRef>> list_turns(const Scope& scope, bool descending, int64_t limit,
                                          int64_t now_us);
  Result<std::vector<WriteOp>> prepare_turns(const Scope& scope, std::span<Turn> turns,
                                             const ConversationEnd& end, int64_t now_us);
  Result<std::vector<WriteOp>> prepare_replacement(const Scope& scope, std::span<Turn> turns,
                                                   const std::vector<ItemRef>& old,
                                                   const ConversationHead& head,
                                                   const ConversationEnd& end, int64_t now_us);
  bool is_in_use(const ItemRef& item, int64_t since_us);
  Status for_each_match(const Scope& scope, const FilterRef& filter, Control& control,
                        int64_t* out_count, const Batch& batch);
  // A policy whose decisions are a callback's: of this handle.
  struct CallbackPolicy {
    Policy policy;
    PolicyDecider decider;
  };
  Result<std::vector<Policy>> stored_policies();
  enum class Callbacks { kUse, kLeaveOut };
  // *out_report is what was done, also after a failure.
  Status run_policies(const Scope& scope, const ApplyRequest& request, Callbacks callbacks,
                      StepPosition* position, Control& guard, Json* out_report);
  Status run_archive_rules(const Scope& scope, const ApplyRequest& request, StepPosition* position,
                           Control& guard, Json* out_report);
  Status apply_steps(const Scope& scope, const std::vector<PlannedStep>& steps,
                     const StepApplication& how, Control& guard, Json* out_report);
  // Begins behind *after_row, and counts it on.
  Status apply_step(const Scope& scope, const PlannedStep& step, const StepApplication& how,
                    Control& guard, int64_t* after_row, int64_t* out_count);
  Status act_on_heads(const Scope& scope, const PlannedStep& step, Reason reason, Control& guard,
                      int64_t* after_row, int64_t* out_count);
  Status act_on_items(const PlannedStep& step, const std::vector<ItemRef>& items, Reason reason,
                      int64_t now_us, int64_t* out_count);
  struct Consolidation;
  struct Before;
  Status run_consolidation(const Scope& scope, const ConsolidationRequest& request, Control& guard,
                           Json* out_report);
  Status choose_for_consolidation(Control& guard, Consolidation* work);
  Status consolidate_batches(Control& guard, Consolidation* work);
  Status consolidate_batch(std::span<const int64_t> rows, Consolidation* work);
  Status verify_consolidated(std::span<const Before> before, const Consolidation& work,
                             int64_t now_us);
  Status take_back(std::span<const Before> before, const Consolidation& work, int64_t now_us);
  Result<bool> is_consolidation_due();
  Status note_consolidation();
  Status remove_all_of(const Scope& scope, Control& guard, int64_t* count);
  Status begin_idle_time(const std::vector<ItemRef>& items, int64_t now_us);
  Status refresh_items(const std::vector<ItemRef>& items, int64_t now_us);
  Result<int64_t> commit_moves(std::vector<WriteOp> operations, int64_t now_us);

  StoreOptions options_;
  SystemClock system_clock_;
  IdGenerator ids_;
  StripedCounters<kCounters> counters_;
  std::atomic<bool> counting_{false};  // not before the journal's leftovers are read
  std::atomic<bool> closing_{false};
  std::atomic<int64_t> unfolded_{0};  // commits since the background thread last folded
  bool closed_ = false;

  std::shared_ptr<Embedder> embedder_;  // null: none
  std::string model_path_;              // of the built-in one
  std::unique_ptr<SqliteStorage> storage_;
  std::unique_ptr<Residency> residency_;
  std::unique_ptr<LadderEngine> engine_;
  std::unique_ptr<InvertedTextIndex> text_index_;
  std::unique_ptr<VectorIndex> vector_index_;
  std::unique_ptr<DerivedVectors> derived_;  // null: there is no embedder
  FoldFollowers followers_;
  std::unique_ptr<KeyIndexes> key_indexes_;
  std::unique_ptr<LinkGraph> links_;
  std::unique_ptr<PreferenceBook> preferences_;
  std::unique_ptr<CoAccess> co_access_;
  std::unique_ptr<Prefetcher> prefetcher_;
  std::mutex policies_mutex_;
  std::map<std::string, std::shared_ptr<const CallbackPolicy>, std::less<>> callback_policies_;
  AccessTracker access_;
  std::mutex deferred_mutex_;
  std::vector<WriteOp> deferred_;  // guarded by deferred_mutex_
  std::atomic<bool> has_deferred_{false};
  ConversationEnds ends_;
  std::mutex expiry_mutex_;
  std::unique_ptr<QueryCache> query_cache_;       // null: there is none
  int64_t access_due_us_ = 0;                     // monotonic; of the background thread
  StepPosition policy_position_, rule_position_;  // of ticks, one at a time
  Maintenance maintenance_;
  // Last: they end before what they work on.
  Worker worker_;
  Worker embed_worker_;  // asks the embedder, which may take long
  Worker index_worker_;  // makes segments of the text index: long work beside the other's short one
  Worker maintenance_worker_;
};

}  // namespace memtier
