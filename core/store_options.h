// How a store is opened, and the numbers that it tells of itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "embed/callback_embedder.h"
#include "index/vector/derived_vectors.h"
#include "model/consolidation.h"
#include "model/context_request.h"
#include "retrieval/query_cache.h"
#include "storage/storage.h"
#include "tiers/ladder_engine.h"

namespace memtier {

enum class EmbedderKind { kBuiltin, kNone, kCallback };
constexpr const char* embedder_kind_name(EmbedderKind kind) {
  return kind == EmbedderKind::kBuiltin ? "builtin"
         : kind == EmbedderKind::kNone  ? "none"
                                        : "callback";
}

struct StoreOptions {
  bool create = true;
  Durability durability = Durability::kNormal;
  int64_t relaxed_interval_ms = 10;
  int64_t busy_timeout_ms = 10'000;
  int64_t journal_bytes = 16 << 20;
  int64_t memory_limit_bytes = 256 << 20;
  int64_t reader_count = 4;
  bool background = true;
  int64_t transition_limit = 10'000;
  int64_t archive_grace_us = 60'000'000;
  int64_t compress_threshold_bytes = 1024;
  int64_t query_cache_bytes = 0;  // 0: there is none
  int64_t access_interval_ms = 5'000;
  bool ttl_refresh_on_read = false;
  int64_t link_half_life_seconds = 2'592'000;  // thirty days
  int64_t learn_links = 0;
  int64_t maintenance_interval_ms = 0;  // 0: none in the background
  int64_t maintenance_budget_ms = 100;
  std::optional<ConsolidationRequest> consolidation;  // in ticks
  EvictionOrder eviction_order = EvictionOrder::kRetention;
  int64_t random_seed = 0;
  std::string ladder;
  bool change_ladder = false;
  int64_t prefetch = 0;
  std::string tokenizer;
  EmbedderKind embedder = EmbedderKind::kBuiltin;
  std::string model_path;     // empty: it is looked for
  std::string embedder_name;  // of the caller's own; empty: "callback"
  int64_t embedder_dimension = 0;
  int64_t embed_batch = 64;
  std::shared_ptr<Clock> clock;  // null: the system's
  Log log;
  ScoreCallback eviction_callback;
  PromotionCallback promotion_callback;
  EmbedFunction embed_function;
  TokenCounter token_counter;  // empty: four bytes are a token
};

struct StoreStatistics {
  StorageStatistics storage;
  int64_t item_count = 0;
  int64_t item_bytes = 0;
  int64_t expired_count = 0;
  int64_t resident_count = 0;
  int64_t resident_bytes = 0;
  int64_t gets_resident = 0;
  int64_t gets_stored = 0;
  int64_t gets_missed = 0;
  int64_t puts = 0;
  int64_t deletes = 0;
  int64_t searches = 0;
  int64_t promotions = 0;
  int64_t demotions = 0;
  int64_t evictions = 0;
  int64_t expirations = 0;
  int64_t access_dropped = 0;
  QueryCacheStatistics query_cache;
  int64_t prefetched = 0;
  int64_t prefetch_hits = 0;
  double promotions_per_hour = 0;
  double demotions_per_hour = 0;
};

struct TierStatistics {
  TierSummary summary;
  int64_t resident_count = 0;
  int64_t hits = 0;
  int64_t all_hits = 0;  // in every tier, for the rate
  double average_age_seconds = 0;
  double utilization = 0;
};

}  // namespace memtier
