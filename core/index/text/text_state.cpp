#include "index/text/text_state.h"

#include <algorithm>

#include "storage/sqlite/stored_item.h"

namespace memtier {
namespace {

Collection of_segment(const ScopeSpan& span) {
  return {span.count, span.length};
}

// Adds what went by a change in (after, last]. The number of that change stands in place of a row: what is
// removed has none.
Status add_removed(Connection& connection, int64_t after, int64_t last, RecentPart* part) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT scope, sequence, length, terms, removed_by FROM "
                                      "text_removed WHERE removed_by > ? AND removed_by <= ? "
                                      "ORDER BY removed_by"));
  StatementUse use(select.bind(1, after).bind(2, last));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return {};
    SegmentDocument document;
    document.scope = use->integer(0);
    document.sequence = use->integer(1);
    document.length = static_cast<uint32_t>(use->integer(2));
    document.row = use->integer(4);
    part->add_terms(document, use->bytes(3));
  }
}

void count_down(Collection* collection, int64_t documents, int64_t length) {
  collection->documents -= documents;
  collection->length -= length;
}

}  // namespace

Result<TextPosition> read_text_position(Connection& connection) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT t.version, t.indexed_sequence, f.sequence "
                                      "FROM text_state t, fold f"));
  StatementUse use(select);
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return Status(Code::kCorrupt, "store: its table text_state is empty");
  return TextPosition{use->integer(0), use->integer(1), use->integer(2)};
}

Result<std::shared_ptr<RecentPart>> read_removed(Connection& connection, int64_t last_sequence) {
  auto part = std::make_shared<RecentPart>();
  RETURN_IF_ERROR(add_removed(connection, 0, last_sequence, part.get()));
  return part;
}

Status TextState::catch_up(Connection& connection, ChunkReader& reader, const TextPosition& target,
                           uint64_t max_documents) {
  if (target.version != position_.version) {
    RETURN_IF_ERROR(load_segments(connection, reader));
    const int64_t indexed = target.indexed_sequence;
    const bool sealed_is_in = sealed_end_ > 0 && indexed == sealed_end_;
    if (sealed_is_in) {
      recent_.erase(recent_.begin());
      recent_begin_ = indexed;
      sealed_end_ = 0;
    } else if (indexed != recent_begin_ || recent_.empty()) {
      // Somebody else made a segment, of another stretch.
      recent_.clear();
      recent_.push_back(std::make_shared<RecentPart>());
      recent_begin_ = position_.sequence = indexed;
      sealed_end_ = 0;
    }
    removed_ = std::make_shared<RecentPart>();
    removed_end_ = 0;
    RETURN_IF_ERROR(load_removed(connection, reader));
    position_.version = target.version;
    position_.indexed_sequence = indexed;
  } else {
    RETURN_IF_ERROR(load_removed(connection, reader));
  }
  return load_changes(connection, target, max_documents);
}

Status TextState::load_segments(Connection& connection, ChunkReader& reader) {
  std::unordered_map<int64_t, std::shared_ptr<LoadedSegment>> before;
  for (auto& loaded : segments_) before[loaded->segment->number()] = loaded;
  position_.version = -1;  // whatever fails from here on is done again
  segments_.clear();
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT segment, last_sequence, header FROM text_segments "
                                      "ORDER BY last_sequence"));
  StatementUse use(select);
  std::vector<bool> is_new;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) break;
    const int64_t number = use->integer(0);
    auto known = before.find(number);
    is_new.push_back(known == before.end());
    if (!is_new.back()) {
      segments_.push_back(known->second);
      continue;
    }
    auto loaded = std::make_shared<LoadedSegment>();
    ASSIGN_OR_RETURN(loaded->segment,
                     Segment::open(reader, number, use->integer(1), use->bytes(2)));
    const SegmentHeader& header = loaded->segment->header();
    loaded->hidden.resize(header.documents);
    for (const ScopeSpan& span : header.scopes) {
      loaded->scopes.push_back(of_segment(span));
      loaded->whole.documents += span.count;
      loaded->whole.length += span.length;
    }
    segments_.push_back(std::move(loaded));
  }
  return apply_negatives(reader, is_new);
}

// Counts the negatives of new segments, and hides the documents that they, or others, speak of.
Status TextState::apply_negatives(ChunkReader& reader, const std::vector<bool>& is_new) {
  for (size_t i = 0; i < segments_.size(); ++i) {
    LoadedSegment& loaded = *segments_[i];
    const SegmentHeader& header = loaded.segment->header();
    for (const uint32_t number : header.negatives) {
      ASSIGN_OR_RETURN(const SegmentDocument document, loaded.segment->document(reader, number));
      const auto span =
          static_cast<size_t>(loaded.segment->scope(document.scope) - header.scopes.data());
      if (is_new[i]) {
        loaded.hidden[number] = true;
        // It was counted as a document: that goes, and the one that it takes back.
        count_down(&loaded.scopes[span], 2, document.length);
        count_down(&loaded.whole, 2, document.length);
      }
      const LoadedSegment* target = owner(document.sequence);
      const auto place = std::find_if(segments_.begin(), segments_.end(),
                                      [&](const auto& other) { return other.get() == target; });
      const bool target_is_new =
          target == nullptr || is_new[static_cast<size_t>(place - segments_.begin())];
      if (!is_new[i] && !target_is_new) continue;
      ASSIGN_OR_RETURN(const bool found, hide(reader, document.scope, document.sequence));
      if (found || (!loaded.is_void.empty() && loaded.is_void[number])) continue;
      if (loaded.is_void.empty()) loaded.is_void.resize(header.documents);
      loaded.is_void[number] = true;
      count_down(&loaded.scopes[span], -1, -static_cast<int64_t>(document.length));
      count_down(&loaded.whole, -1, -static_cast<int64_t>(document.length));
    }
  }
  for (const auto& loaded : segments_) {
    loaded->hidden_count =
        static_cast<uint32_t>(std::count(loaded->hidden.begin(), loaded->hidden.end(), true));
  }
  return {};
}

// The segment that a change went into.
LoadedSegment* TextState::owner(int64_t sequence) {
  const auto found = std::lower_bound(
      segments_.begin(), segments_.end(), sequence,
      [](const auto& loaded, int64_t wanted) { return loaded->segment->last_sequence() < wanted; });
  return found == segments_.end() ? nullptr : found->get();
}

// False: there is no such document.
Result<bool> TextState::hide(ChunkReader& reader, int64_t scope, int64_t sequence) {
  LoadedSegment* loaded = owner(sequence);
  if (loaded == nullptr) return false;
  ASSIGN_OR_RETURN(const auto document, loaded->segment->find(reader, scope, sequence));
  if (!document) return false;
  if (!loaded->hidden[*document]) ++loaded->hidden_count;
  loaded->hidden[*document] = true;
  return true;
}

Status TextState::load_removed(Connection& connection, ChunkReader& reader) {
  uint32_t number = removed_->documents();
  RETURN_IF_ERROR(add_removed(connection, removed_end_, INT64_MAX, removed_.get()));
  for (; number < removed_->documents(); ++number) {
    const SegmentDocument& document = removed_->document(number);
    removed_end_ = document.row;
    ASSIGN_OR_RETURN(const bool found, hide(reader, document.scope, document.sequence));
    if (!found) removed_->hide_document(number);
  }
  return {};
}

// Scopes never change, so what was read once holds.
Result<bool> TextState::has_session(Connection& connection, int64_t scope) {
  const auto known = has_session_.find(scope);
  if (known != has_session_.end()) return known->second;
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT session <> '' FROM scopes WHERE scope = ?"));
  StatementUse use(select.bind(1, scope));
  ASSIGN_OR_RETURN(const bool found, use->step());
  const bool named = found && use->integer(0) != 0;
  constexpr size_t kMostKnown = 65'536;
  if (has_session_.size() >= kMostKnown) has_session_.clear();
  has_session_.emplace(scope, named);
  return named;
}

Status TextState::load_changes(Connection& connection, const TextPosition& target,
                               uint64_t max_documents) {
  if (position_.sequence >= target.sequence) return {};
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT sequence, row, scope, kind FROM changes "
                                      "WHERE sequence > ? ORDER BY sequence"));
  constexpr int64_t kPut = 1;
  StatementUse use(select.bind(1, position_.sequence));
  for (uint64_t taken = 0; taken < max_documents; ++taken) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) {
      // Changes of other kinds may have come last.
      position_.sequence = target.sequence;
      break;
    }
    SegmentDocument document;
    document.sequence = use->integer(0);
    document.row = use->integer(1);
    document.scope = use->integer(2);
    for (const auto& part : recent_) part->hide(document.row);
    if (use->integer(3) == kPut) RETURN_IF_ERROR(add_stored(connection, document));
    position_.sequence = document.sequence;
  }
  recent_items_.forget(position_.sequence);
  return {};
}

// The version of an item that a change stored; nothing if another has replaced it since.
Status TextState::add_stored(Connection& connection, SegmentDocument document) {
  RecentPart& newest = *recent_.back();
  const auto add = [&](const ItemTexts& texts, bool may_expire, bool named) {
    document.may_expire = may_expire;
    const SearchableText text = searchable_text(texts);
    document.session = session_mark(text, named);
    position_.sequence =
        document.sequence;  // whatever happens in the next line, it is not done twice
    if (!is_blank(text)) newest.add(analyzer_, document, text);
  };
  if (const ItemRef item = recent_items_.find(document.sequence)) {
    add({item->text(Text::kContent), item->text(Text::kContentType), item->text(Text::kMetadata)},
        item->expires_us() != 0 || item->header().ttl_us > 0, !item->text(Text::kSession).empty());
    return {};
  }
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT expires_us, ttl_us, encoding, content, content_type, "
                                      "metadata FROM items WHERE row = ? AND sequence = ?"));
  StatementUse use(select.bind(1, document.row).bind(2, document.sequence));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return {};
  ItemTexts texts;
  std::string buffer;
  // A damaged one has no words; reading it tells.
  const auto plain =
      plain_texts(connection, use->integer(2), use->bytes(5), use->bytes(3), &buffer);
  if (plain.ok()) texts.content = plain->content;
  texts.content_type = use->bytes(4);
  texts.metadata = plain.ok() ? plain->metadata : use->bytes(5);
  ASSIGN_OR_RETURN(const bool named, has_session(connection, document.scope));
  add(texts, use->integer(0) != 0 || use->integer(1) > 0, named);
  return {};
}

void TextState::prepare() {
  for (const auto& part : recent_) part->prepare();
  removed_->prepare();
}

bool TextState::is_prepared() const {
  return removed_->is_prepared() &&
         std::all_of(recent_.begin(), recent_.end(),
                     [](const auto& part) { return part->is_prepared(); });
}

std::shared_ptr<RecentPart> TextState::seal() {
  if (sealed_end_ == 0) {
    sealed_end_ = position_.sequence;
    recent_.push_back(std::make_shared<RecentPart>());
  }
  return recent_.front();
}

size_t TextState::memory_bytes() const {
  size_t bytes = removed_->memory_bytes();
  for (const auto& part : recent_) bytes += part->memory_bytes();
  for (const auto& loaded : segments_) {
    bytes += loaded->segment->memory_bytes() + loaded->hidden.size() / 8 +
             loaded->scopes.capacity() * sizeof(Collection);
  }
  return bytes;
}

}  // namespace memtier
