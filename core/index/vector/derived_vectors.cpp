#include "index/vector/derived_vectors.h"

#include <algorithm>
#include <system_error>

#include "base/clock.h"
#include "storage/sqlite/stored_item.h"

namespace memtier {
namespace {

constexpr size_t kDerivedItems = 1024;
constexpr size_t kDerivedBytes = 4 << 20;
// So many texts refused one after the other, and none taken: it is not the texts.
constexpr size_t kMostRefused = 8;
constexpr int64_t kRetryUs = 60'000'000;

bool is_zero(std::span<const float> vector) {
  return std::all_of(vector.begin(), vector.end(), [](float one) { return one == 0; });
}

bool is_same_text(const ItemTexts& a, const ItemTexts& b) {
  return a.content == b.content && a.content_type == b.content_type && a.metadata == b.metadata;
}

// Changes up to this one were in the tables before the fold that is under way.
Result<int64_t> sequence_before(Connection& connection) {
  return connection.query_integer(
      "SELECT ifnull(max(sequence), 0) FROM changes WHERE sequence <= (SELECT sequence FROM fold)");
}

}  // namespace

std::string embedded_text(const ItemTexts& texts) {
  const SearchableText searchable = searchable_text(texts);
  std::string text;
  if (!searchable.speaker.empty()) text = searchable.speaker + ": ";
  if (!searchable.title.empty()) text += searchable.title + "\n";
  text += embedded_part(searchable.content);
  // Somebody who says nothing has no meaning.
  return searchable.title.empty() && searchable.content.empty() ? std::string() : text;
}

SpaceSpec DerivedVectors::spec() const {
  SpaceSpec spec;
  spec.name = embedder_->name();
  spec.dimension = static_cast<int64_t>(embedder_->dimension());
  spec.encoding = in_fold_ ? VectorEncoding::kInt8 : VectorEncoding::kFloat32;
  spec.embedder = embedder_->name();
  return spec;
}

Status DerivedVectors::check_space() {
  auto space = storage_.space(embedder_->name());
  if (!space.ok()) {
    return space.code() == Code::kNotFound ? Status() : space.take_status();
  }
  if (space->spec == spec()) return {};
  return {Code::kMismatch, "embedder: the store has a space \"" + embedder_->name() +
                               "\" of another kind, with dimension " +
                               std::to_string(space->spec.dimension) +
                               "; give the embedder another EMBEDDER_NAME"};
}

Result<Space> DerivedVectors::find_or_define(Connection& connection) {
  auto space = find_space(connection, embedder_->name());
  if (space.ok() || space.code() != Code::kNotFound) return space;
  RETURN_IF_ERROR(define_space(connection, spec()).take_status());
  return find_space(connection, embedder_->name());
}

Result<DerivedVectors::Embedded> DerivedVectors::embed(std::span<const RowChange> changes) const {
  const VectorEncoding encoding = spec().encoding;
  Embedded embedded(changes.size());
  std::vector<float> vector(embedder_->dimension());
  for (size_t i = 0; i < changes.size(); ++i) {
    const RowChange& change = changes[i];
    if (change.after == nullptr) continue;
    if (change.before != nullptr && is_same_text(*change.before, *change.after)) continue;
    const std::string text = embedded_text(*change.after);
    const std::string_view view = text;
    if (!text.empty()) RETURN_IF_ERROR(embedder_->embed({&view, 1}, vector.data()));
    embedded[i].emplace();
    if (!text.empty() && !is_zero(vector)) embedded[i] = encode_vector(vector, encoding);
  }
  return embedded;
}

std::shared_ptr<void> DerivedVectors::begin(std::span<const RowChange> changes) {
  constexpr size_t kWorthAThread = 64;
  if (!in_fold_ || changes.size() < kWorthAThread) return nullptr;
  const auto ahead = std::make_shared<Ahead>();
  ahead->changes = changes.data();
  try {
    ahead->vectors = std::async(std::launch::async, [this, changes] { return embed(changes); });
  } catch (const std::system_error&) {
    return nullptr;  // no thread to be had: fold() does it
  }
  ahead_ = ahead;
  return ahead;
}

Status DerivedVectors::fold(Connection& connection, std::span<const RowChange> changes) {
  if (!in_fold_ || changes.empty()) return {};
  auto found = find_or_define(connection);
  if (found.code() == Code::kLimit) return {};  // items are stored all the same; derive() tells
  ASSIGN_OR_RETURN(const Space space, std::move(found));
  // Where it is behind, derive() goes on in order.
  ASSIGN_OR_RETURN(const int64_t before, sequence_before(connection));
  if (space.derived_sequence < before) return {};
  const std::shared_ptr<Ahead> ahead = ahead_.lock();
  const bool begun = ahead && ahead->changes == changes.data() && ahead->vectors.valid();
  ASSIGN_OR_RETURN(const Embedded embedded, begun ? ahead->vectors.get() : embed(changes));
  std::vector<VectorRow> added;
  std::vector<VectorRow> replaced;
  for (size_t i = 0; i < changes.size(); ++i) {
    if (!embedded[i]) continue;
    const RowChange& change = changes[i];
    if (embedded[i]->empty()) {
      RETURN_IF_ERROR(erase_vector(connection, space.number, change.row, change.scope));
    } else {
      auto& rows = change.before == nullptr ? added : replaced;
      rows.push_back({change.row, change.scope, *embedded[i]});
    }
  }
  RETURN_IF_ERROR(write_vectors(connection, space.number, added, Existing::kUnlikely));
  RETURN_IF_ERROR(write_vectors(connection, space.number, replaced, Existing::kLikely));
  RETURN_IF_ERROR(trim_vector_changes(connection));
  ASSIGN_OR_RETURN(const int64_t newest,
                   connection.query_integer("SELECT ifnull(max(sequence), 0) FROM changes"));
  return set_derived_sequence(connection, space.number, newest);
}

Result<DerivedVectors::Batch> DerivedVectors::read_batch() {
  ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
  const ReadTransaction transaction(*connection);
  Batch batch;
  int64_t number = 0;
  auto space = find_space(*connection, embedder_->name());
  if (space.ok()) {
    batch.begin = space->derived_sequence;
    batch.space = number = space->number;
  } else if (space.code() != Code::kNotFound) {
    return space.take_status();
  }
  if (refused_space_ != number || monotonic_us() >= retry_us_) refused_.clear();
  if (!refused_.empty()) batch.begin = std::max(batch.begin, passed_);
  batch.end = batch.begin;
  ASSIGN_OR_RETURN(const int64_t newest,
                   connection->query_integer("SELECT ifnull(max(sequence), 0) FROM changes"));
  if (newest <= batch.begin) return batch;
  // A vector that is there is of what the item says: the fold takes away what is not.
  ASSIGN_OR_RETURN(
      Statement select,
      connection->prepare("SELECT c.sequence, c.row, i.encoding, i.content, i.content_type, "
                          "i.metadata FROM changes c LEFT JOIN items i ON i.row = c.row AND "
                          "i.sequence = c.sequence AND c.kind = 1 AND NOT EXISTS (SELECT 1 FROM "
                          "vectors v WHERE v.key = (?1 << 48 | c.row)) "
                          "WHERE c.sequence > ?2 ORDER BY c.sequence"));
  StatementUse use(select.bind(1, number).bind(2, batch.begin));
  std::string buffer;
  size_t bytes = 0;
  for (size_t looked_at = 0; looked_at < kDerivedItems * 4; ++looked_at) {
    if (batch.items.size() >= kDerivedItems || bytes >= kDerivedBytes) break;
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) {
      batch.end = newest;
      break;
    }
    batch.end = use->integer(0);
    if (use->is_null(2)) continue;
    ItemTexts texts;
    const auto plain =
        plain_texts(*connection, use->integer(2), use->bytes(5), use->bytes(3), &buffer);
    if (plain.ok()) texts.content = plain->content;  // a damaged one has no meaning
    texts.content_type = use->bytes(4);
    texts.metadata = plain.ok() ? plain->metadata : use->bytes(5);
    std::string text = embedded_text(texts);
    if (text.empty()) continue;
    bytes += text.size();
    batch.items.push_back({use->integer(1), use->integer(0), std::move(text)});
  }
  batch.left = newest - batch.end;
  return batch;
}

// Of texts that are not taken together, those that are not taken alone are marked.
Status DerivedVectors::embed_some(std::span<const std::string_view> texts, float* vectors,
                                  size_t* taken, std::span<bool> refused) {
  Status status = embedder_->embed(texts, vectors);
  if (status.ok()) {
    *taken += texts.size();
    return status;
  }
  if (status.code() != Code::kCallback) return status;
  if (texts.size() == 1) {
    refused[0] = true;
    return {};
  }
  const size_t half = texts.size() / 2;
  RETURN_IF_ERROR(embed_some(texts.first(half), vectors, taken, refused.first(half)));
  const auto count = static_cast<size_t>(std::count(refused.begin(), refused.end(), true));
  if (*taken == 0 && count >= kMostRefused) return status;
  return embed_some(texts.subspan(half), vectors + half * embedder_->dimension(), taken,
                    refused.subspan(half));
}

// Leaves in the batch what has got a vector.
Status DerivedVectors::embed_batch(Batch* batch, std::vector<float>* vectors) {
  const size_t dimension = embedder_->dimension();
  const size_t count = batch->items.size();
  vectors->resize(count * dimension);
  if (count == 0) return {};
  std::vector<std::string_view> texts(count);
  std::transform(batch->items.begin(), batch->items.end(), texts.begin(),
                 [](const Missing& item) { return std::string_view(item.text); });
  const auto refused = std::make_unique<bool[]>(count);
  size_t taken = 0;
  RETURN_IF_ERROR(embed_some(texts, vectors->data(), &taken, {refused.get(), count}));
  if (taken == count) return {};
  if (taken == 0) {
    // Whether it is these texts, or the embedder, any other text tells.
    const std::string_view any = "text";
    std::vector<float> vector(dimension);
    RETURN_IF_ERROR(embedder_->embed({&any, 1}, vector.data()));
  }
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    if (refused[i]) {
      if (refused_.empty()) {
        refused_space_ = batch->space;
        retry_us_ = monotonic_us() + kRetryUs;
      }
      refused_.insert(batch->items[i].sequence);
      continue;
    }
    if (kept != i) {
      batch->items[kept] = std::move(batch->items[i]);
      std::copy_n(&(*vectors)[i * dimension], dimension, &(*vectors)[kept * dimension]);
    }
    ++kept;
  }
  batch->items.resize(kept);
  return {};
}

Status DerivedVectors::write_batch(const Batch& batch, const std::vector<float>& vectors) {
  const size_t dimension = embedder_->dimension();
  return storage_.write([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(const Space space, find_or_define(connection));
    if (!refused_.empty() && refused_space_ == 0) refused_space_ = space.number;
    if (space.derived_sequence >= batch.end) return {};  // somebody else was quicker
    for (size_t i = 0; i < batch.items.size(); ++i) {
      const std::span<const float> vector(&vectors[i * dimension], dimension);
      if (is_zero(vector)) continue;
      RETURN_IF_ERROR(write_derived_vector(connection, space, batch.items[i].row,
                                           batch.items[i].sequence, vector)
                          .take_status());
    }
    RETURN_IF_ERROR(trim_vector_changes(connection));
    // What was refused is still to come.
    const int64_t end = refused_.empty() ? batch.end : std::min(batch.end, *refused_.begin() - 1);
    return set_derived_sequence(connection, space.number, std::max(end, space.derived_sequence));
  });
}

Result<bool> DerivedVectors::derive(size_t max_batches, const StopCheck& stop,
                                    const Progress& progress) {
  const std::lock_guard lock(mutex_);
  int64_t done = 0;
  for (size_t i = 0; i < max_batches; ++i) {
    if (stop) RETURN_IF_ERROR(stop());
    ASSIGN_OR_RETURN(Batch batch, read_batch());
    if (batch.end == batch.begin) return false;
    std::vector<float> vectors;
    RETURN_IF_ERROR(embed_batch(&batch, &vectors));
    RETURN_IF_ERROR(write_batch(batch, vectors));
    if (!refused_.empty()) passed_ = batch.end;
    done += static_cast<int64_t>(batch.items.size());
    if (progress) RETURN_IF_ERROR(progress(done, batch.left));
  }
  return true;
}

void DerivedVectors::try_refused() {
  const std::lock_guard lock(mutex_);
  refused_.clear();
}

Result<int64_t> DerivedVectors::pending() {
  RETURN_IF_ERROR(storage_.drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
  const ReadTransaction transaction(*connection);
  int64_t begin = 0;
  int64_t number = 0;
  auto space = find_space(*connection, embedder_->name());
  if (space.ok()) {
    begin = space->derived_sequence;
    number = space->number;
  } else if (space.code() != Code::kNotFound) {
    return space.take_status();
  }
  ASSIGN_OR_RETURN(Statement select,
                   connection->prepare("SELECT count(*) FROM changes c JOIN items i ON i.row = "
                                       "c.row AND i.sequence = c.sequence WHERE c.sequence > ?2 "
                                       "AND c.kind = 1 AND NOT EXISTS (SELECT 1 FROM vectors v "
                                       "WHERE v.key = (?1 << 48 | c.row))"));
  StatementUse use(select.bind(1, number).bind(2, begin));
  RETURN_IF_ERROR(use->step().take_status());
  return use->integer(0);
}

}  // namespace memtier
