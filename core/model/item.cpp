#include "model/item.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>

#include "base/arena.h"
#include "base/epoch.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/json.h"

namespace memtier {
namespace {

static_assert(sizeof(Item) % 8 == 0 && sizeof(Item) <= 128);

size_t rounded_to_8(size_t size) {
  return (size + 7) & ~size_t{7};
}

}  // namespace

void ItemFields::set_scope(const Scope& scope) {
  for (size_t i = 0; i < Scope::kNames; ++i) texts[1 + i] = scope.name(i);
}

size_t image_size(const ItemFields& fields) {
  size_t size = sizeof(ImageHeader);
  for (const auto& text : fields.texts) size += text.size();
  return rounded_to_8(size);
}

void write_image(const ItemFields& fields, char* out) {
  ImageHeader header{};
  header.format = ImageHeader::kFormat;
  header.header_bytes = sizeof(ImageHeader);
  header.text_count = ImageHeader::kTexts;
  header.flags = fields.pinned ? ImageHeader::kPinned : 0;
  header.version = fields.version;
  header.sequence = fields.sequence;
  header.created_us = fields.created_us;
  header.updated_us = fields.updated_us;
  header.accessed_us = fields.accessed_us;
  header.expires_us = fields.expires_us;
  header.ttl_us = fields.ttl_us;
  header.access_count = fields.access_count;
  header.validation_count = fields.validation_count;
  header.priority = fields.priority;
  header.importance = fields.importance;
  header.score = fields.score;
  header.tier = fields.tier;
  header.tag_count = static_cast<uint32_t>(count_tags(fields[Text::kTags]));
  uint32_t end = 0;
  for (size_t i = 0; i < ImageHeader::kTexts; ++i) {
    const std::string_view text = fields.texts[i];
    if (!text.empty()) std::memcpy(out + sizeof header + end, text.data(), text.size());
    end += static_cast<uint32_t>(text.size());
    header.end[i] = end;
  }
  const size_t used = sizeof header + end;
  header.size = static_cast<uint32_t>(rounded_to_8(used));
  std::memset(out + used, 0, header.size - used);
  std::memcpy(out, &header, sizeof header);
}

Result<ItemFields> read_image(std::string_view image) {
  const auto bad = [](const char* why) { return invalid(std::string("item image: ") + why); };
  ImageHeader header;
  if (image.size() < sizeof header) return bad("shorter than its header of 168 bytes");
  std::memcpy(&header, image.data(), sizeof header);
  if (header.status != 0) return bad("status is not 0: it stands for no item");
  if (header.format != ImageHeader::kFormat) return bad("format is not 1");
  if (header.header_bytes != sizeof header || header.text_count != ImageHeader::kTexts) {
    return bad("header_bytes is not 168, or text_count is not 12");
  }
  if (header.size > image.size() || header.size % 8 != 0 || header.size < sizeof header) {
    return bad("size is not a multiple of 8 within the bytes given");
  }
  ItemFields fields;
  uint32_t begin = 0;
  for (size_t i = 0; i < ImageHeader::kTexts; ++i) {
    const uint32_t end = header.end[i];
    if (end < begin || end > header.size - sizeof header) return bad("end[] is out of order");
    fields.texts[i] = image.substr(sizeof header + begin, end - begin);
    begin = end;
  }
  fields.pinned = (header.flags & ImageHeader::kPinned) != 0;
  fields.expect_version = (header.flags & ImageHeader::kExpectVersion) != 0;
  fields.version = header.version;
  fields.sequence = header.sequence;
  fields.created_us = header.created_us;
  fields.updated_us = header.updated_us;
  fields.accessed_us = header.accessed_us;
  fields.expires_us = header.expires_us;
  fields.ttl_us = header.ttl_us;
  fields.access_count = header.access_count;
  fields.validation_count = header.validation_count;
  fields.priority = header.priority;
  fields.importance = header.importance;
  fields.score = header.score;
  fields.tier = header.tier;
  return fields;
}

Status check_image_fields(const ItemFields& fields) {
  for (size_t i = 0; i < ImageHeader::kTexts; ++i) {
    if (i == static_cast<size_t>(Text::kContent) || is_utf8(fields.texts[i])) continue;
    return invalid("item image: text " + std::to_string(i) + " is not valid UTF-8");
  }
  if (!(fields.importance >= 0.0 && fields.importance <= 1.0)) {
    return invalid("item image: importance must be a number from 0 to 1");
  }
  if (fields[Text::kMetadata].empty()) return {};
  return check_json_object(fields[Text::kMetadata], "item image: metadata");
}

Ref<Item> Item::allocate(size_t image_size) {
  const size_t size = sizeof(Item) + image_size;
  Ref<Item> item = Ref<Item>::adopt(new (arena_allocate(size)) Item());
  item->allocated_ = static_cast<uint32_t>(size);
  return item;
}

Ref<Item> Item::create(const ItemFields& fields, int64_t row) {
  Ref<Item> item = allocate(memtier::image_size(fields));
  write_image(fields, item->image_begin());
  item->finish(row);
  return item;
}

Result<Ref<Item>> Item::from_image(std::string_view image, int64_t row) {
  auto fields = read_image(image);
  if (!fields.ok()) return Status(Code::kCorrupt, fields.take_status().message());
  const size_t size = rounded_to_8(image.size());
  Ref<Item> item = allocate(size);
  std::memcpy(item->image_begin(), image.data(), image.size());
  item->finish(row);
  return item;
}

void Item::finish(int64_t row) {
  row_ = row;
  key_hash_ = ItemKey(scope(), id()).hash;
  adopt_live_state();
}

void Item::adopt_live_state() {
  const ImageHeader& head = header();
  tier_.store(head.tier, std::memory_order_relaxed);
  accessed_us_.store(head.accessed_us, std::memory_order_relaxed);
  access_count_.store(head.access_count, std::memory_order_relaxed);
  access_written.store(head.access_count, std::memory_order_relaxed);
  validation_count_.store(head.validation_count, std::memory_order_relaxed);
  expires_us_.store(head.expires_us, std::memory_order_relaxed);
}

std::string_view Item::text(Text which) const {
  const auto index = static_cast<size_t>(which);
  const ImageHeader& head = header();
  const uint32_t begin = index == 0 ? 0 : head.end[index - 1];
  return {image_begin() + sizeof(ImageHeader) + begin, head.end[index] - begin};
}

bool Item::has_key(const ItemKey& key) const {
  if (key_hash_ != key.hash || id() != key.id) return false;
  const ImageHeader& head = header();
  const auto shift = static_cast<uint32_t>(key.id.size());
  for (size_t i = 0; i < Scope::kNames; ++i) {
    if (head.end[1 + i] - shift != key.scope->ends()[i]) return false;
  }
  const std::string_view names = key.scope->bytes();
  return std::memcmp(image_begin() + sizeof(ImageHeader) + shift, names.data(), names.size()) == 0;
}

Status Item::damage() const {
  return {Code::kCorrupt, "item \"" + std::string(id()) +
                              "\": its content or metadata in the file is damaged; put it again"};
}

Scope Item::scope() const {
  std::array<std::string_view, Scope::kNames> names;
  for (size_t i = 0; i < Scope::kNames; ++i) names[i] = text(static_cast<Text>(1 + i));
  return Scope(names);
}

int64_t Item::note_read(int64_t now_us, int64_t reads) const {
  const int64_t second = earlier_reads_us_[0].exchange(now_us, std::memory_order_relaxed);
  const int64_t third = earlier_reads_us_[1].exchange(second, std::memory_order_relaxed);
  if (reads <= 1) return now_us;
  return reads == 2 ? second : third;
}

ItemFields Item::fields() const {
  ItemFields fields = image_fields();
  fields.accessed_us = accessed_us();
  fields.expires_us = expires_us();
  fields.access_count = access_count();
  fields.validation_count = validation_count();
  fields.tier = tier();
  fields.row = row_;
  return fields;
}

ItemFields Item::image_fields() const {
  const ImageHeader& head = header();
  ItemFields fields;
  for (size_t i = 0; i < ImageHeader::kTexts; ++i) fields.texts[i] = text(static_cast<Text>(i));
  fields.pinned = pinned();
  fields.version = head.version;
  fields.sequence = head.sequence;
  fields.created_us = head.created_us;
  fields.updated_us = head.updated_us;
  fields.accessed_us = head.accessed_us;
  fields.expires_us = head.expires_us;
  fields.ttl_us = head.ttl_us;
  fields.access_count = head.access_count;
  fields.validation_count = head.validation_count;
  fields.priority = head.priority;
  fields.importance = head.importance;
  fields.score = head.score;
  fields.tier = head.tier;
  return fields;
}

void Item::copy_image(char* out) const {
  std::memcpy(out, image_begin(), header().size);
  // The buffer may have any alignment.
  const auto set = [out](size_t offset, auto value) {
    std::memcpy(out + offset, &value, sizeof value);
  };
  set(offsetof(ImageHeader, accessed_us), accessed_us());
  set(offsetof(ImageHeader, expires_us), expires_us());
  set(offsetof(ImageHeader, access_count), access_count());
  set(offsetof(ImageHeader, validation_count), validation_count());
  set(offsetof(ImageHeader, tier), tier());
}

bool Item::try_ref() const {
  uint32_t refs = refs_.load(std::memory_order_relaxed);
  while (refs != 0) {
    if (refs_.compare_exchange_weak(refs, refs + 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

void Item::release() const {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  epoch_retire(const_cast<Item*>(this), [](void* object) {
    const size_t size = static_cast<Item*>(object)->allocated_;
    static_cast<Item*>(object)->~Item();
    arena_free(object, size);
  });
}

std::string join_tags(const std::vector<std::string>& tags) {
  std::string joined;
  for (const auto& tag : tags) {
    if (!joined.empty()) joined += '\n';
    joined += tag;
  }
  return joined;
}

size_t count_tags(std::string_view joined) {
  if (joined.empty()) return 0;
  return 1 + static_cast<size_t>(std::count(joined.begin(), joined.end(), '\n'));
}

}  // namespace memtier
