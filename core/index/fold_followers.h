// Several that follow a fold, one after the other, as one.
#pragma once

#include <memory>
#include <vector>

#include "storage/sqlite/fold_observer.h"

namespace memtier {

class FoldFollowers final : public FoldObserver {
 public:
  // Borrowed, for as long as the storage folds. Before it is attached.
  void add(FoldObserver* follower) { followers_.push_back(follower); }

  std::shared_ptr<void> begin(std::span<const RowChange> changes) override {
    auto begun = std::make_shared<std::vector<std::shared_ptr<void>>>();
    for (FoldObserver* follower : followers_) begun->push_back(follower->begin(changes));
    return begun;
  }
  Status fold(Connection& connection, std::span<const RowChange> changes) override {
    for (FoldObserver* follower : followers_) RETURN_IF_ERROR(follower->fold(connection, changes));
    return {};
  }

 private:
  std::vector<FoldObserver*> followers_;
};

}  // namespace memtier
