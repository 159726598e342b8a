// The items that everything is measured with: a 36-character id, 400 bytes of English-like text, 120
// bytes of JSON metadata, a type, two tags, an importance and a time. Item i is the same in every run
// and for every number of items. Or the same with real texts and metadata, of dialogues.
#pragma once

#include <array>

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
  // The turns of a file (one JSON object on each line, compressed); type, tags, importance and time are
  // generated.
  static Items read_dialogues(const std::string& path);

  size_t size() const { return size_; }
  std::string_view id(size_t i) const { return part(i, 0); }
  std::string_view metadata(size_t i) const { return part(i, 1); }
  std::string_view content(size_t i) const { return part(i, 2); }
  std::string_view type(size_t i) const;
  std::string_view tag(size_t i, size_t which) const;  // which: 0 or 1; the two differ
  double importance(size_t i) const;
  int64_t created_us(size_t i) const;

  // As one line of memtier's export format, with the line feed.
  void append_json_line(size_t i, std::string* out) const;

 private:
  Items() = default;
  std::string_view part(size_t i, size_t which) const {
    if (ends_.empty()) {
      return std::string_view(bytes_).substr(i * kStride + kOffsets[which], kSizes[which]);
    }
    const size_t number = i * 3 + which;
    const size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(bytes_).substr(begin, ends_[number] - begin);
  }
  // Id, metadata, content.
  static constexpr std::array<size_t, 3> kSizes = {kIdBytes, kMetadataBytes, kContentBytes};
  static constexpr std::array<size_t, 3> kOffsets = {0, kIdBytes, kIdBytes + kMetadataBytes};
  static constexpr size_t kStride = kIdBytes + kMetadataBytes + kContentBytes;

  size_t size_ = 0;
  std::string bytes_;
  std::vector<size_t> ends_;  // of each part, where they differ in size
};

// The id of item i, without the items.
std::string make_id(size_t i);
// A word of the vocabulary, 0 the commonest; the first hundred are English.
const std::string& vocabulary_word(size_t rank);

}  // namespace bench
