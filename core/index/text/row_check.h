// RowCheck: what the index does not know of a document, from its item's row.
#pragma once

#include <string>
#include <vector>

#include "index/text/part_search.h"
#include "index/text/text_index.h"
#include "model/filter.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/sql_text.h"

namespace memtier {

// Expiry, filter and phrases. Everything is borrowed.
class RowCheck final : public DocumentCheck {
 public:
  RowCheck(Connection& connection, const WordPlan& plan, Tokenizer tokenizer, const Filter& filter,
           const FieldWeights& weights, int64_t now_us, const std::vector<std::string>& tiers);

  bool is_needed() const override { return filtered_; }

  Result<bool> check(const SegmentDocument& document, std::vector<bool>* phrases) override;

 private:
  Connection& connection_;
  const WordPlan& plan_;
  Analyzer analyzer_;
  const FieldWeights weights_;
  SqlText sql_;
  bool filtered_ = false;
};

}  // namespace memtier
