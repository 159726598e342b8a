// The items that everything is measured with: a 36-character id, 400 bytes of English-like text, 120
// bytes of JSON metadata, a type, two tags, an importance and a time. Item i is the same in every run
// and for every number of items.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

class Items {
 public:
  static constexpr size_t kIdBytes = 36;
  static constexpr size_t kContentBytes = 400;
  static constexpr size_t kMetadataBytes = 120;

  explicit Items(size_t count);

  size_t size() const { return size_; }
  std::string_view id(size_t i) const { return part(i, 0, kIdBytes); }
  std::string_view metadata(size_t i) const { return part(i, kIdBytes, kMetadataBytes); }
  std::string_view content(size_t i) const {
    return part(i, kIdBytes + kMetadataBytes, kContentBytes);
  }
  std::string_view type(size_t i) const;
  std::string_view tag(size_t i, size_t which) const;  // which: 0 or 1; the two differ
  double importance(size_t i) const;
  int64_t created_us(size_t i) const;

  // As one line of memtier's export format, with the line feed.
  void append_json_line(size_t i, std::string* out) const;

 private:
  std::string_view part(size_t i, size_t offset, size_t size) const {
    return std::string_view(bytes_).substr(i * kStride + offset, size);
  }
  static constexpr size_t kStride = kIdBytes + kMetadataBytes + kContentBytes;

  size_t size_;
  std::string bytes_;
};

// The id of item i, without the items.
std::string make_id(size_t i);
// A word of the vocabulary, 0 the commonest; the first hundred are English.
const std::string& vocabulary_word(size_t rank);

}  // namespace bench
