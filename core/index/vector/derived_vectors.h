// DerivedVectors: the vectors that the store's embedder makes of items. They lie in a space of the
// embedder's name, never come through the journal, and follow the items by two ways:
//
//   fold()     a quick embedder (the built-in one): in the very transaction that carries the items into
//              their table, so a search finds them where it finds the items
//   derive()   whatever the space does not have yet, in batches: what an embedder of the caller's is to
//              see, what a process without this embedder has stored, what was there before the space was
//
// How far the space has come is kept with it (Space::derived_sequence): a number of a change, up to which
// every item has been looked at. So the work goes on where it was stopped, and nothing is lost.
//
// A text that the embedder refuses while it takes others holds nobody back: it stays pending, and is tried
// again after a while.
//
// Thread safety: any thread; fold() on the thread that folds.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/control.h"
#include "embed/embedder.h"
#include "index/text/text_index.h"
#include "storage/sqlite/fold_observer.h"
#include "storage/sqlite/sqlite_storage.h"
#include "storage/sqlite/vector_tables.h"

namespace memtier {

// What is embedded of an item: who speaks, its title, its content; empty where it has none of them.
std::string embedded_text(const ItemTexts& texts);

class DerivedVectors final : public FoldObserver {
 public:
  // `in_fold`: the embedder is quick and cannot fail.
  DerivedVectors(SqliteStorage& storage, std::shared_ptr<Embedder> embedder, bool in_fold)
      : storage_(storage), embedder_(std::move(embedder)), in_fold_(in_fold) {}

  SpaceSpec spec() const;
  // kMismatch: there is a space of this name that is another kind.
  Status check_space();

  // Embeds beside the fold, which writes rows and indexes meanwhile: a third of its time otherwise.
  std::shared_ptr<void> begin(std::span<const RowChange> changes) override;
  // Of the changes of a fold those that have a text.
  Status fold(Connection& connection, std::span<const RowChange> changes) override;

  // Derives what is missing; at most `max_batches` batches. True: there is more. Where the embedder takes
  // no text at all that is an error, and all is tried again the next time. `progress` is told after each batch how many items got a vector and how many changes
  // are left.
  using Progress = std::function<Status(int64_t done, int64_t left)>;
  Result<bool> derive(size_t max_batches, const StopCheck& stop,
                      const Progress& progress = nullptr);
  // What was refused is tried again at once.
  void try_refused();
  // How many items wait for their vector.
  Result<int64_t> pending();

 private:
  struct Missing {
    int64_t row = 0;
    int64_t sequence = 0;
    std::string text;
  };
  struct Batch {
    std::vector<Missing> items;
    int64_t space = 0;  // its number; 0: there is none yet
    int64_t begin = 0;  // from which change on it was read
    int64_t end = 0;    // up to which change it reaches
    int64_t left = 0;   // changes behind it
  };

  // The encoded vector of each change: nothing where it stays as it is, empty where it has none.
  using Embedded = std::vector<std::optional<std::string>>;
  struct Ahead {
    const RowChange* changes = nullptr;
    std::future<Result<Embedded>> vectors;  // letting it go waits
  };

  Result<Embedded> embed(std::span<const RowChange> changes) const;
  Result<Space> find_or_define(Connection& connection);
  Result<Batch> read_batch();
  Status embed_batch(Batch* batch, std::vector<float>* vectors);
  Status embed_some(std::span<const std::string_view> texts, float* vectors, size_t* taken,
                    std::span<bool> refused);
  Status write_batch(const Batch& batch, const std::vector<float>& vectors);

  SqliteStorage& storage_;
  const std::shared_ptr<Embedder> embedder_;
  const bool in_fold_;
  std::weak_ptr<Ahead> ahead_;  // of the fold under way
  std::mutex mutex_;            // of derive()
  // Guarded by mutex_: what was refused, by the number of its change, and up to which change all others
  // have been derived, while there is any. Of this space, until this time.
  std::set<int64_t> refused_;
  int64_t passed_ = 0;
  int64_t refused_space_ = 0;
  int64_t retry_us_ = 0;
};

}  // namespace memtier
