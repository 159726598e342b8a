// Builds a segment in RAM (segment_format.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "index/text/postings.h"
#include "index/text/segment_format.h"

namespace memtier {

struct SegmentImage {
  SegmentHeader header;
  std::string body;
};

class SegmentWriter {
 public:
  // By (scope, sequence), ascending; at least one, at most kMaxSegmentDocuments.
  explicit SegmentWriter(std::vector<SegmentDocument> documents);

  // Terms come in ascending order of their bytes, each with at least one posting.
  void add(std::string_view term, const Run& postings);
  SegmentImage finish();

 private:
  void write_documents();
  void write_list(const Run& postings);
  void write_block(const uint32_t* gaps, const Run& block);

  std::vector<SegmentDocument> documents_;
  std::vector<uint8_t> norms_;
  SegmentHeader header_;
  std::string documents_bytes_;
  std::string lists_;
  std::string dictionary_;
  std::string last_term_;
  size_t terms_ = 0;
  // Scratch of write_list():
  std::string blocks_;
  std::vector<SkipEntry> skips_;
};

}  // namespace memtier
