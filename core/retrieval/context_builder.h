// Chooses what goes into a context: the first of what it is offered that fit into a number of items and a
// budget of tokens, none of them twice, and none that the caller has already.
//
// Thread safety: one thread at a time.
#pragma once

#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "model/context_request.h"
#include "model/item.h"

namespace memtier {

class ContextBuilder {
 public:
  // Both are borrowed. Without a counter a token is four bytes.
  ContextBuilder(const ContextRequest& request, const TokenCounter& counter)
      : request_(request), counter_(counter) {}

  // Takes at most `limit` of these, the most wanted first. `in_a_row`: the first that does not fit ends
  // it; else it is passed over.
  Status offer(const std::vector<ItemRef>& items, int64_t limit, bool in_a_row);

  bool is_full() const {
    return static_cast<int64_t>(chosen_.size()) >= request_.max_items || closed_;
  }
  std::vector<ItemRef> take() { return std::move(chosen_); }
  int64_t tokens() const { return tokens_; }

 private:
  Status count(const std::vector<ItemRef>& items, std::vector<int64_t>* tokens) const;

  const ContextRequest& request_;
  const TokenCounter& counter_;
  std::vector<ItemRef> chosen_;
  std::unordered_set<int64_t> rows_;
  int64_t tokens_ = 0;
  bool closed_ = false;  // the budget is used up
};

}  // namespace memtier
