#include "index/text/inverted_text_index.h"

#include <algorithm>

#include "index/text/snippet.h"

namespace memtier {

InvertedTextIndex::InvertedTextIndex(SqliteStorage& storage, Tokenizer tokenizer,
                                     const TextIndexSettings& settings)
    : storage_(storage),
      tokenizer_(tokenizer),
      settings_(settings),
      cache_(settings.cache_bytes),
      recent_items_(settings.recent_item_bytes),
      state_(tokenizer, recent_items_) {}

// New items are found through the table of changes; only what goes from a segment is written down.
Status InvertedTextIndex::fold(Connection& connection, std::span<const RowChange> changes) {
  lag_.fetch_add(static_cast<int64_t>(changes.size()), std::memory_order_relaxed);
  keep_items(changes);
  std::optional<int64_t> indexed;
  std::optional<Analyzer> analyzer;
  for (const RowChange& change : changes) {
    if (change.before == nullptr) continue;
    if (!indexed) {
      ASSIGN_OR_RETURN(indexed,
                       connection.query_integer("SELECT indexed_sequence FROM text_state"));
    }
    if (change.before_sequence > *indexed) continue;
    const SearchableText text = searchable_text(*change.before);
    if (is_blank(text)) continue;
    if (!analyzer) analyzer.emplace(tokenizer_);
    uint32_t length = 0;
    const std::string terms = encode_terms(*analyzer, text, &length);
    ASSIGN_OR_RETURN(Statement insert,
                     connection.prepare("INSERT INTO text_removed VALUES(?, ?, ?, ?, ?)"));
    insert.bind(1, change.sequence).bind(2, change.scope).bind(3, change.before_sequence);
    insert.bind(4, static_cast<int64_t>(length)).bind_blob(5, terms);
    RETURN_IF_ERROR(insert.run());
  }
  return {};
}

// By their numbers; changes come in the order of rows.
void InvertedTextIndex::keep_items(std::span<const RowChange> changes) {
  std::vector<const RowChange*> stored;
  stored.reserve(changes.size());
  for (const RowChange& change : changes) {
    if (change.item) stored.push_back(&change);
  }
  std::sort(stored.begin(), stored.end(),
            [](const RowChange* a, const RowChange* b) { return a->sequence < b->sequence; });
  for (const RowChange* change : stored) recent_items_.add(change->sequence, change->item);
}

// Under mutex_.
bool InvertedTextIndex::is_far_behind(const TextPosition& target) const {
  const TextPosition& now = state_.position();
  const int64_t known = std::max(target.indexed_sequence, now.version >= 0 ? now.sequence : 0);
  return target.sequence - known > static_cast<int64_t>(settings_.segment_documents) * 2;
}

Result<bool> InvertedTextIndex::enter(Connection& connection, ChunkReader& reader,
                                      std::shared_lock<std::shared_mutex>* lock) {
  while (true) {
    RETURN_IF_ERROR(connection.execute_prepared("BEGIN"));
    ASSIGN_OR_RETURN(const TextPosition target, read_text_position(connection));
    *lock = std::shared_lock(mutex_);
    if (state_.position() == target && state_.is_prepared()) return true;
    const bool far = is_far_behind(target);
    lock->unlock();
    if (far) return false;
    {
      const std::unique_lock writing(mutex_);
      const TextPosition& now = state_.position();
      // Where the state is ahead already, a newer transaction is needed.
      const bool ahead = now.version > target.version || now.sequence > target.sequence;
      if (!ahead) {
        RETURN_IF_ERROR(state_.catch_up(connection, reader, target, UINT64_MAX));
        state_.prepare();
      }
    }
    RETURN_IF_ERROR(connection.execute_prepared("COMMIT"));
  }
}

std::string InvertedTextIndex::snippet(const TextQuery& query, std::string_view content,
                                       size_t size) {
  Analyzer analyzer(tokenizer_);
  return make_snippet(analyzer, query, content, size);
}

Result<TextIndexStatistics> InvertedTextIndex::statistics() {
  TextIndexStatistics statistics;
  const std::shared_lock lock(mutex_);
  for (const auto& loaded : state_.segments()) {
    ++statistics.segments;
    statistics.segment_bytes += static_cast<int64_t>(loaded->segment->header().end);
    statistics.segment_documents += loaded->segment->documents() - loaded->hidden_count;
  }
  for (const auto& part : state_.recent()) {
    statistics.recent_documents += part->whole().documents;
  }
  statistics.memory_bytes = static_cast<int64_t>(state_.memory_bytes() + cache_.memory_bytes() +
                                                 recent_items_.memory_bytes());
  return statistics;
}

}  // namespace memtier
