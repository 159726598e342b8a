// memtier.h, section 5: options; and section 15: the callbacks of a store.
#include <algorithm>
#include <array>

#include "capi/candidates.h"
#include "capi/guard.h"
#include "capi/objects.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

struct Bounds {
  int32_t key;
  const char* name;
  int64_t minimum;
  int64_t maximum;
  int64_t standard;
};

constexpr int64_t kKib = 1 << 10;
constexpr int64_t kMib = 1 << 20;
constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kYearSeconds = 366 * kDaySeconds;

constexpr std::array<Bounds, 22> kBounds = {{
    {MEMTIER_OPTION_CREATE, "CREATE", 0, 1, 1},
    {MEMTIER_OPTION_CHANGE_LADDER, "CHANGE_LADDER", 0, 1, 0},
    {MEMTIER_OPTION_DURABILITY, "DURABILITY", MEMTIER_DURABILITY_RELAXED, MEMTIER_DURABILITY_FULL,
     MEMTIER_DURABILITY_NORMAL},
    {MEMTIER_OPTION_RELAXED_INTERVAL_MS, "RELAXED_INTERVAL_MS", 1, 10'000, 10},
    {MEMTIER_OPTION_BUSY_TIMEOUT_MS, "BUSY_TIMEOUT_MS", 0, kDayMs, 10'000},
    {MEMTIER_OPTION_JOURNAL_BYTES, "JOURNAL_BYTES", 256 * kKib, 1024 * kMib, 16 * kMib},
    {MEMTIER_OPTION_MEMORY_LIMIT_BYTES, "MEMORY_LIMIT_BYTES", 16 * kMib, int64_t{1} << 46,
     256 * kMib},
    {MEMTIER_OPTION_READER_COUNT, "READER_COUNT", 1, 64, 4},
    {MEMTIER_OPTION_BACKGROUND, "BACKGROUND", 0, 1, 1},
    {MEMTIER_OPTION_TRANSITION_LIMIT, "TRANSITION_LIMIT", 0, 10'000'000, 10'000},
    {MEMTIER_OPTION_ACCESS_INTERVAL_MS, "ACCESS_INTERVAL_MS", 10, kDayMs, 5'000},
    {MEMTIER_OPTION_TTL_REFRESH_ON_READ, "TTL_REFRESH_ON_READ", 0, 1, 0},
    {MEMTIER_OPTION_EVICTION_ORDER, "EVICTION_ORDER", MEMTIER_EVICTION_RETENTION,
     MEMTIER_EVICTION_CALLBACK, MEMTIER_EVICTION_RETENTION},
    {MEMTIER_OPTION_RANDOM_SEED, "RANDOM_SEED", 0, INT64_MAX, 0},
    {MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS, "LINK_HALF_LIFE_SECONDS", 0, 100 * kYearSeconds,
     30 * kDaySeconds},
    {MEMTIER_OPTION_LEARN_LINKS, "LEARN_LINKS", 0, 16, 0},
    {MEMTIER_OPTION_PREFETCH, "PREFETCH", 0, 16, 0},
    {MEMTIER_OPTION_EMBED_BATCH, "EMBED_BATCH", 1, 4096, 64},
    {MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES, "COMPRESS_THRESHOLD_BYTES", 0, 64 * kMib, 1024},
    {MEMTIER_OPTION_MAINTENANCE_INTERVAL_MS, "MAINTENANCE_INTERVAL_MS", 0, 7 * kDayMs, 0},
    {MEMTIER_OPTION_MAINTENANCE_BUDGET_MS, "MAINTENANCE_BUDGET_MS", 0, kDayMs, 100},
    {MEMTIER_OPTION_QUERY_CACHE_BYTES, "QUERY_CACHE_BYTES", 0, int64_t{1} << 46, 0},
}};

Result<const Bounds*> find_bounds(int32_t key) {
  for (const Bounds& bounds : kBounds) {
    if (bounds.key == key) return &bounds;
  }
  return invalid("key " + std::to_string(key) + " is no whole-number option of this version");
}

void apply(StoreOptions& options, int32_t key, int64_t value) {
  switch (key) {
    case MEMTIER_OPTION_CREATE:
      options.create = value != 0;
      break;
    case MEMTIER_OPTION_CHANGE_LADDER:
      options.change_ladder = value != 0;
      break;
    case MEMTIER_OPTION_PREFETCH:
      options.prefetch = value;
      break;
    case MEMTIER_OPTION_DURABILITY:
      options.durability = static_cast<Durability>(value);
      break;
    case MEMTIER_OPTION_RELAXED_INTERVAL_MS:
      options.relaxed_interval_ms = value;
      break;
    case MEMTIER_OPTION_BUSY_TIMEOUT_MS:
      options.busy_timeout_ms = value;
      break;
    case MEMTIER_OPTION_JOURNAL_BYTES:
      options.journal_bytes = value & ~int64_t{4095};
      break;
    case MEMTIER_OPTION_MEMORY_LIMIT_BYTES:
      options.memory_limit_bytes = value;
      break;
    case MEMTIER_OPTION_READER_COUNT:
      options.reader_count = value;
      break;
    case MEMTIER_OPTION_BACKGROUND:
      options.background = value != 0;
      break;
    case MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES:
      options.compress_threshold_bytes = value;
      break;
    case MEMTIER_OPTION_TRANSITION_LIMIT:
      options.transition_limit = value;
      break;
    case MEMTIER_OPTION_ACCESS_INTERVAL_MS:
      options.access_interval_ms = value;
      break;
    case MEMTIER_OPTION_TTL_REFRESH_ON_READ:
      options.ttl_refresh_on_read = value != 0;
      break;
    case MEMTIER_OPTION_EVICTION_ORDER:
      options.eviction_order = static_cast<EvictionOrder>(value);
      break;
    case MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS:
      options.link_half_life_seconds = value;
      break;
    case MEMTIER_OPTION_LEARN_LINKS:
      options.learn_links = value;
      break;
    case MEMTIER_OPTION_EMBED_BATCH:
      options.embed_batch = value;
      break;
    case MEMTIER_OPTION_MAINTENANCE_INTERVAL_MS:
      options.maintenance_interval_ms = value;
      break;
    case MEMTIER_OPTION_MAINTENANCE_BUDGET_MS:
      options.maintenance_budget_ms = value;
      break;
    case MEMTIER_OPTION_QUERY_CACHE_BYTES:
      options.query_cache_bytes = value;
      break;
    default:
      options.random_seed = value;
  }
}

Status set_embedder_kind(StoreOptions& options, std::string_view value) {
  if (value.empty() || value == "builtin") {
    options.embedder = EmbedderKind::kBuiltin;
  } else if (value == "none") {
    options.embedder = EmbedderKind::kNone;
  } else if (value == "callback") {
    options.embedder = EmbedderKind::kCallback;
  } else {
    return invalid("text of EMBEDDER is \"" + std::string(value) +
                   "\", and must be builtin, none or callback");
  }
  return {};
}

Status apply_text(StoreOptions& options, int32_t key, std::string_view value) {
  switch (key) {
    case MEMTIER_OPTION_LADDER:
      if (!value.empty()) RETURN_IF_ERROR(Ladder::parse(value).take_status());
      options.ladder = std::string(value);
      return {};
    case MEMTIER_OPTION_TOKENIZER:
      if (!value.empty() && !tokenizer_by_name(value)) {
        return invalid("text of TOKENIZER is \"" + std::string(value) +
                       "\", and must be english, unicode, cjk or plain");
      }
      options.tokenizer = std::string(value);
      return {};
    case MEMTIER_OPTION_EMBEDDER:
      return set_embedder_kind(options, value);
    case MEMTIER_OPTION_MODEL_PATH:
      if (value.find('\0') != std::string_view::npos) {
        return invalid("text of MODEL_PATH has a NUL inside");
      }
      options.model_path = std::string(value);
      return {};
    case MEMTIER_OPTION_CONSOLIDATION:
      options.consolidation.reset();
      if (!value.empty()) {
        ASSIGN_OR_RETURN(options.consolidation, ConsolidationRequest::parse_option(value));
      }
      return {};
    case MEMTIER_OPTION_EMBEDDER_NAME:
      RETURN_IF_ERROR(check_name(value, "text of EMBEDDER_NAME"));
      options.embedder_name = std::string(value);
      return {};
    default:
      return invalid("key " + std::to_string(key) + " is no text option of this version");
  }
}

class CallbackClock final : public Clock {
 public:
  explicit CallbackClock(std::shared_ptr<const memtier_clock> table) : table_(std::move(table)) {}
  Status read(int64_t* out_now_us) override {
    int32_t result = 0;
    {
      const CallbackScope scope;
      result = table_->now(out_now_us, table_->user_data);
    }
    if (result == MEMTIER_CALLBACK_DEFAULT) return system_.read(out_now_us);
    return callback_status(result, "clock", MEMTIER_CALLBACK_DEFAULT);
  }

 private:
  std::shared_ptr<const memtier_clock> table_;
  SystemClock system_;
};

Result<bool> score_by_callback(const memtier_eviction& table, std::span<const ItemHead> heads,
                               int64_t now_us, std::span<double> scores) {
  auto object = Ref<CandidatesObject>::adopt(new CandidatesObject(heads, now_us));
  ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
  int32_t result = 0;
  {
    const CallbackScope scope;
    result = table.score(static_cast<const memtier_candidates*>(handle), scores.data(),
                         static_cast<int64_t>(scores.size()), table.user_data);
  }
  destroy_handle<CandidatesObject>(handle);
  if (result == MEMTIER_CALLBACK_DEFAULT) return false;
  RETURN_IF_ERROR(callback_status(result, "eviction", MEMTIER_CALLBACK_DEFAULT));
  return true;
}

Status promote_by_callback(const memtier_promotion& table, std::span<const ItemHead> heads,
                           int64_t now_us, std::span<int32_t> out_chosen) {
  ASSIGN_OR_RETURN(void* handle,
                   make_handle(Ref<CandidatesObject>::adopt(new CandidatesObject(heads, now_us))));
  int32_t result = 0;
  {
    const CallbackScope scope;
    result = table.decide(static_cast<const memtier_candidates*>(handle), out_chosen.data(),
                          static_cast<int64_t>(out_chosen.size()), table.user_data);
  }
  destroy_handle<CandidatesObject>(handle);
  if (result == MEMTIER_CALLBACK_DEFAULT) {
    std::fill(out_chosen.begin(), out_chosen.end(), 0);
    return {};
  }
  return callback_status(result, "promotion", MEMTIER_CALLBACK_DEFAULT);
}

Status count_by_callback(const memtier_token_counter& table,
                         std::span<const std::string_view> texts, std::span<int64_t> out) {
  constexpr size_t kBytesPerToken = 4;
  std::vector<memtier_slice> slices;
  slices.reserve(texts.size());
  for (const std::string_view text : texts) slices.push_back({text.data(), text.size()});
  int32_t result = 0;
  {
    const CallbackScope scope;
    result = table.count(slices.data(), static_cast<int64_t>(slices.size()), out.data(),
                         table.user_data);
  }
  if (result == MEMTIER_CALLBACK_DEFAULT) {
    for (size_t i = 0; i < texts.size(); ++i) {
      out[i] = static_cast<int64_t>((texts[i].size() + kBytesPerToken - 1) / kBytesPerToken);
    }
    return {};
  }
  RETURN_IF_ERROR(callback_status(result, "token counter", MEMTIER_CALLBACK_DEFAULT));
  for (const int64_t tokens : out) {
    if (tokens < 0) return {Code::kCallback, "token counter: it gave a negative number"};
  }
  return {};
}

// Sets or takes back a callback: `use` gets the kept table, or null.
template <typename Table, typename Use>
memtier_status set_callback(memtier_options* options, const Table* table, const char* name,
                            memtier_error** error, Use use) {
  return guard(error, [&]() -> Status {
    std::shared_ptr<const Table> kept;
    if (table != nullptr) {
      ASSIGN_OR_RETURN(kept, take_table(table, name));
    }
    ASSIGN_OR_RETURN(const Ref<const OptionsObject> object, pin<OptionsObject>(options, "options"));
    return use(object->options, std::move(kept));
  });
}

}  // namespace

memtier_status memtier_options_create(memtier_options** out_options, memtier_error** error) {
  if (out_options != nullptr) *out_options = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_options, "out_options"));
    ASSIGN_OR_RETURN(void* handle, make_handle(Ref<OptionsObject>::adopt(new OptionsObject())));
    *out_options = static_cast<memtier_options*>(handle);
    return {};
  });
}

memtier_status memtier_options_set_int64(memtier_options* options, int32_t key, int64_t value,
                                         memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const Ref<const OptionsObject> object, pin<OptionsObject>(options, "options"));
    ASSIGN_OR_RETURN(const Bounds* bounds, find_bounds(key));
    if (value < bounds->minimum || value > bounds->maximum) {
      return invalid(std::string("value of ") + bounds->name + " is " + std::to_string(value) +
                     ", and must be from " + std::to_string(bounds->minimum) + " to " +
                     std::to_string(bounds->maximum));
    }
    apply(object->options, key, value);
    return {};
  });
}

memtier_status memtier_options_set_text(memtier_options* options, int32_t key, const char* text,
                                        size_t text_size, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const Ref<const OptionsObject> object, pin<OptionsObject>(options, "options"));
    ASSIGN_OR_RETURN(const std::string_view value, check_text(text, text_size, "text"));
    return apply_text(object->options, key, value);
  });
}

memtier_status memtier_option_get_bounds(int32_t key, int64_t* out_minimum, int64_t* out_maximum,
                                         int64_t* out_default, memtier_error** error) {
  if (out_minimum != nullptr) *out_minimum = 0;
  if (out_maximum != nullptr) *out_maximum = 0;
  if (out_default != nullptr) *out_default = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_minimum, "out_minimum"));
    RETURN_IF_ERROR(check_out(out_maximum, "out_maximum"));
    RETURN_IF_ERROR(check_out(out_default, "out_default"));
    ASSIGN_OR_RETURN(const Bounds* bounds, find_bounds(key));
    *out_minimum = bounds->minimum;
    *out_maximum = bounds->maximum;
    *out_default = bounds->standard;
    return {};
  });
}

void memtier_options_destroy(memtier_options* options) {
  destroy_handle<OptionsObject>(options);
  drain_outside_callbacks();  // its callback tables are let go before this returns
}

memtier_status memtier_options_set_clock(memtier_options* options, const memtier_clock* clock,
                                         memtier_error** error) {
  const auto use = [](StoreOptions& target, std::shared_ptr<const memtier_clock> table) -> Status {
    if (table && table->now == nullptr) return invalid("clock->now is NULL");
    target.clock = table ? std::make_shared<CallbackClock>(std::move(table)) : nullptr;
    return {};
  };
  return set_callback(options, clock, "clock", error, use);
}

memtier_status memtier_options_set_log(memtier_options* options, const memtier_log* log,
                                       memtier_error** error) {
  const auto use = [](StoreOptions& target,
                      const std::shared_ptr<const memtier_log>& table) -> Status {
    if (!table) {
      target.log = Log();
      return {};
    }
    if (table->log == nullptr) return invalid("log->log is NULL");
    RETURN_IF_ERROR(check_choice(table->level, MEMTIER_LOG_ERROR, MEMTIER_LOG_DEBUG, "log->level"));
    const auto level = static_cast<LogLevel>(table->level);
    target.log = Log(level, [table](LogLevel line_level, std::string_view message) {
      const CallbackScope scope;
      (void)table->log(static_cast<int32_t>(line_level), message.data(), message.size(),
                       table->user_data);
    });
    return {};
  };
  return set_callback(options, log, "log", error, use);
}

memtier_status memtier_options_set_eviction(memtier_options* options,
                                            const memtier_eviction* eviction,
                                            memtier_error** error) {
  const auto use = [](StoreOptions& target,
                      const std::shared_ptr<const memtier_eviction>& table) -> Status {
    if (!table) {
      target.eviction_callback = nullptr;
      target.eviction_order = EvictionOrder::kRetention;
      return {};
    }
    if (table->score == nullptr) return invalid("eviction->score is NULL");
    target.eviction_order = EvictionOrder::kCallback;
    target.eviction_callback = [table](std::span<const ItemHead> heads, int64_t now_us,
                                       std::span<double> scores) {
      return score_by_callback(*table, heads, now_us, scores);
    };
    return {};
  };
  return set_callback(options, eviction, "eviction", error, use);
}

memtier_status memtier_options_set_promotion(memtier_options* options,
                                             const memtier_promotion* promotion,
                                             memtier_error** error) {
  const auto use = [](StoreOptions& target,
                      const std::shared_ptr<const memtier_promotion>& table) -> Status {
    target.promotion_callback = nullptr;
    if (!table) return {};
    if (table->decide == nullptr) return invalid("promotion->decide is NULL");
    target.promotion_callback = [table](std::span<const ItemHead> heads, int64_t now_us,
                                        std::span<int32_t> out_chosen) {
      return promote_by_callback(*table, heads, now_us, out_chosen);
    };
    return {};
  };
  return set_callback(options, promotion, "promotion", error, use);
}

memtier_status memtier_options_set_token_counter(memtier_options* options,
                                                 const memtier_token_counter* counter,
                                                 memtier_error** error) {
  const auto use = [](StoreOptions& target,
                      const std::shared_ptr<const memtier_token_counter>& table) -> Status {
    target.token_counter = nullptr;
    if (!table) return {};
    if (table->count == nullptr) return invalid("counter->count is NULL");
    target.token_counter = [table](std::span<const std::string_view> texts,
                                   std::span<int64_t> out) {
      return count_by_callback(*table, texts, out);
    };
    return {};
  };
  return set_callback(options, counter, "counter", error, use);
}
