// Item: what a store holds. Immutable once published and reference-counted, so a reader never holds
// a lock while somebody looks at bytes; an update makes a new Item. What changes without a new
// version - tier, access statistics, validation count - are atomics beside the image.
//
// Memory: one allocation,
//
//   | Item: count, key hash, row, live state (128 bytes) | image: header (168) | texts | zeros |
//
// from the arena, so that resident items lie in huge pages.
//
// The image is the one form of an item everywhere: in RAM, in the journal and in the caller's memory
// (memtier.h, "The image of an item"); so bytes are checked once and then only copied. In the image
// the live fields are those of the moment it was made; copy_image() brings them up to date.
//
// Thread safety: everything const from any thread; count and state are atomic. Freed through the
// epoch, so that a reader may take a reference to an item that is just being let go.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.h"
#include "base/status.h"
#include "model/scope.h"

namespace memtier {

inline constexpr int64_t kNoTtl = -1;

struct ImageHeader {
  static constexpr size_t kTexts = 12;
  static constexpr uint16_t kFormat = 1;
  static constexpr uint16_t kPinned = 1;
  static constexpr uint16_t kExpectVersion = 2;  // of a put: `version` must be the one there now

  uint32_t size;
  int32_t status;
  uint16_t format;
  uint16_t header_bytes;
  uint16_t text_count;
  uint16_t flags;
  int64_t version;
  int64_t sequence;
  int64_t created_us;
  int64_t updated_us;
  int64_t accessed_us;
  int64_t expires_us;
  int64_t ttl_us;
  int64_t access_count;
  int64_t validation_count;
  int64_t priority;
  double importance;
  double score;
  int32_t tier;
  uint32_t tag_count;
  uint32_t end[kTexts];
};
static_assert(sizeof(ImageHeader) == 168);

// The texts of an image, in their order. The first six are the item's address.
enum class Text : size_t {
  kId = 0,
  kCollection = 1,
  kApp = 2,
  kUser = 3,
  kAgent = 4,
  kSession = 5,
  kType = 6,
  kContentType = 7,
  kTags = 8,  // joined by a line feed
  kMetadata = 9,
  kContent = 10,
  kSnippet = 11,
};

// Everything an image holds, borrowed: the form in which an item is made and taken apart.
struct ItemFields {
  std::array<std::string_view, ImageHeader::kTexts> texts;
  bool pinned = false;
  bool expect_version = false;
  int64_t version = 0;
  int64_t sequence = 0;
  int64_t created_us = 0;
  int64_t updated_us = 0;
  int64_t accessed_us = 0;
  int64_t expires_us = 0;
  int64_t ttl_us = kNoTtl;
  int64_t access_count = 0;
  int64_t validation_count = 0;
  int64_t priority = 0;
  double importance = 0.5;
  double score = 0;
  int32_t tier = 0;
  int64_t row = 0;  // its number in the storage; not in the image

  std::string_view& operator[](Text text) { return texts[static_cast<size_t>(text)]; }
  std::string_view operator[](Text text) const { return texts[static_cast<size_t>(text)]; }
  void set_scope(const Scope& scope);
};

class Item;
using ItemRef = Ref<const Item>;

class Item {
 public:
  // Makes an item that nobody else sees yet. `row` is its number in the storage, 0 for none.
  static Ref<Item> create(const ItemFields& fields, int64_t row);
  // From an image that this library wrote (checked all the same: kCorrupt).
  static Result<Ref<Item>> from_image(std::string_view image, int64_t row);

  // --- constant after publication
  const ImageHeader& header() const { return *reinterpret_cast<const ImageHeader*>(image_begin()); }
  std::string_view text(Text which) const;
  std::string_view id() const { return text(Text::kId); }
  uint64_t key_hash() const { return key_hash_; }
  int64_t row() const { return row_; }
  bool pinned() const { return (header().flags & ImageHeader::kPinned) != 0; }
  // Its content could not be read: it stands here without, so that the others of a list can be shown.
  bool is_damaged() const { return damaged_; }
  Status damage() const;
  bool has_key(const ItemKey& key) const;
  Scope scope() const;
  // Of content, metadata and names: what capacities count.
  int64_t size_bytes() const { return static_cast<int64_t>(header().end[ImageHeader::kTexts - 1]); }
  // What this object takes in RAM.
  size_t memory_bytes() const { return sizeof(Item) + header().size; }
  bool is_expired(int64_t now_us) const {
    const int64_t expires = expires_us();
    return expires != 0 && expires <= now_us && !pinned();
  }

  // --- live state
  int32_t tier() const { return tier_.load(std::memory_order_relaxed); }
  int64_t accessed_us() const { return accessed_us_.load(std::memory_order_relaxed); }
  int64_t access_count() const { return access_count_.load(std::memory_order_relaxed); }
  int64_t validation_count() const { return validation_count_.load(std::memory_order_relaxed); }
  int64_t expires_us() const { return expires_us_.load(std::memory_order_relaxed); }
  void set_expires_us(int64_t time_us) const {
    expires_us_.store(time_us, std::memory_order_relaxed);
  }
  void set_tier(int32_t tier) const { tier_.store(tier, std::memory_order_relaxed); }
  void set_validation_count(int64_t count) const {
    validation_count_.store(count, std::memory_order_relaxed);
  }
  // Counts a read.
  void count_access(int64_t now_us) const {
    access_count_.fetch_add(1, std::memory_order_relaxed);
    accessed_us_.store(now_us, std::memory_order_relaxed);
  }
  // A read that is not counted: it is idle no more.
  void touch(int64_t now_us) const { accessed_us_.store(now_us, std::memory_order_relaxed); }
  // What a reader is shown who read it from the tables while reads are still to be written.
  void show_access(int64_t count, int64_t time_us) const {
    access_count_.store(count, std::memory_order_relaxed);
    access_written.store(count, std::memory_order_relaxed);
    accessed_us_.store(time_us, std::memory_order_relaxed);
  }
  // Notes the time of a read, for promotion, and returns when the `reads`-th newest one was (this one
  // included; 1 to 3); 0 if there were fewer since the item came into RAM.
  int64_t note_read(int64_t now_us, int64_t reads) const;

  ItemFields fields() const;        // borrowed from this item, live fields up to date
  ItemFields image_fields() const;  // the same, all as they were when the image was made
  std::string_view image() const { return {image_begin(), header().size}; }
  // Writes image_size bytes, live fields up to date.
  void copy_image(char* out) const;

  // --- before publication only
  ImageHeader& mutable_header() { return *reinterpret_cast<ImageHeader*>(image_begin()); }
  void set_row(int64_t row) { row_ = row; }
  void set_damaged() { damaged_ = true; }
  void adopt_live_state();  // the live state becomes what the header says

  // --- for Ref and for lock-free readers under an EpochGuard
  void add_ref() const { refs_.fetch_add(1, std::memory_order_relaxed); }
  bool try_ref() const;  // false if the last reference is gone already
  void release() const;

  // --- write-behind of access statistics (tiers/access_tracker.h owns these)
  mutable std::atomic<bool> access_pending{false};
  mutable std::atomic<int64_t> access_written{0};  // the part of access_count that the storage has

 private:
  Item() = default;
  static Ref<Item> allocate(size_t image_size);
  void finish(int64_t row);
  const char* image_begin() const { return reinterpret_cast<const char*>(this) + sizeof(Item); }
  char* image_begin() { return reinterpret_cast<char*>(this) + sizeof(Item); }

  uint32_t allocated_ = 0;  // bytes of memory
  bool damaged_ = false;
  mutable std::atomic<uint32_t> refs_{1};
  mutable std::atomic<int32_t> tier_{0};
  uint64_t key_hash_ = 0;
  int64_t row_ = 0;
  mutable std::atomic<int64_t> accessed_us_{0};
  mutable std::atomic<int64_t> access_count_{0};
  mutable std::atomic<int64_t> validation_count_{0};
  mutable std::atomic<int64_t> expires_us_{0};
  mutable std::array<std::atomic<int64_t>, 2> earlier_reads_us_{};  // newest first
};

// The size of the image that these fields make.
size_t image_size(const ItemFields& fields);
// Writes the image; `out` has image_size bytes.
void write_image(const ItemFields& fields, char* out);
// Reads an image from outside: sizes, order and format are checked, texts are not.
Result<ItemFields> read_image(std::string_view image);
// What read_image leaves open, for fields that are used as they are and not put: texts are UTF-8,
// metadata are an object.
Status check_image_fields(const ItemFields& fields);

// Tags: joined and taken apart.
std::string join_tags(const std::vector<std::string>& tags);
size_t count_tags(std::string_view joined);
// Calls visit(tag) for each.
template <typename Visit>
void for_each_tag(std::string_view joined, Visit visit) {
  while (!joined.empty()) {
    const size_t end = joined.find('\n');
    visit(joined.substr(0, end));
    if (end == std::string_view::npos) break;
    joined.remove_prefix(end + 1);
  }
}

}  // namespace memtier
