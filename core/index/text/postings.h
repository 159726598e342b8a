// Postings: which documents have a term, and how often; what a search asks of them. A document is a
// number that counts from 0 within its part of the index (part.h).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"

namespace memtier {

inline constexpr uint32_t kNoDocument = UINT32_MAX;
inline constexpr size_t kBlockSize = 128;

// How often a term stands in each field, up to 255 times.
struct Frequencies {
  uint8_t content = 0;
  uint8_t title = 0;
  uint8_t speaker = 0;
  bool is_any() const { return (content | title | speaker) != 0; }
};

// Postings side by side, borrowed until the cursor that gave them moves on. `title` and `speaker` are
// null where they are all 0.
struct Run {
  const uint32_t* documents = nullptr;
  const uint8_t* content = nullptr;
  const uint8_t* title = nullptr;
  const uint8_t* speaker = nullptr;
  size_t size = 0;

  Frequencies at(size_t i) const {
    return {content[i], title != nullptr ? title[i] : uint8_t{0},
            speaker != nullptr ? speaker[i] : uint8_t{0}};
  }
  // What lies in [begin, end).
  Run within(uint32_t begin, uint32_t end) const;
};

// The first of ascending numbers that is not less than `wanted`, which is mostly near the front.
const uint32_t* first_from(const uint32_t* begin, const uint32_t* end, uint32_t wanted);

// No posting of a range has more of a field, or stands in a shorter document.
struct Bound {
  Frequencies most;
  uint8_t shortest = UINT8_MAX;  // a norm (bm25.h)
  bool empty = true;

  void include(const Frequencies& frequencies, uint8_t norm);
  void include(const Bound& other);
};

// The postings of one term in one part. Ranges are asked for in rising order; probe() and count() may
// look anywhere, and are meant for a cursor of their own.
class PostingCursor {
 public:
  virtual ~PostingCursor() = default;

  // The postings from `begin` on up to `end`, at least one and not always all; size 0: no more.
  virtual Result<Run> next(uint32_t begin, uint32_t end) = 0;
  // No posting lies in [at, result); kNoDocument: none follows. Quick, reads no postings.
  virtual Result<uint32_t> not_before(uint32_t at) = 0;
  virtual Result<Bound> bound(uint32_t begin, uint32_t end) = 0;
  // How many postings lie in [begin, end); quick where whole blocks do.
  virtual Result<uint64_t> count(uint32_t begin, uint32_t end) = 0;
  // False: the document has none.
  virtual Result<bool> probe(uint32_t document, Frequencies* out) = 0;
  // The same for many documents, ascending: out[i * stride] is set where document i has one.
  virtual Status probe_all(std::span<const uint32_t> documents, size_t stride,
                           Frequencies* out) = 0;
};

// A list in RAM.
struct PostingList {
  std::vector<uint32_t> documents;
  std::vector<uint8_t> content;
  std::vector<uint8_t> title;    // empty where they are all 0
  std::vector<uint8_t> speaker;  // as long as title

  void add(uint32_t document, const Frequencies& frequencies);
  void clear();
  Run run() const;
  size_t memory_bytes() const;
};

// Postings of several lists as those of one.
PostingList united(std::vector<std::pair<uint32_t, Frequencies>> postings);

// Of a list in RAM, which it borrows or shares. `norms` is borrowed.
std::unique_ptr<PostingCursor> list_cursor(const PostingList& list, const uint8_t* norms);
std::unique_ptr<PostingCursor> list_cursor(std::shared_ptr<const PostingList> list,
                                           const uint8_t* norms);

}  // namespace memtier
