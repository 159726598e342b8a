#include "index/text/segment_writer.h"

#include <algorithm>

#include "index/text/bit_packing.h"
#include "index/text/bm25.h"

namespace memtier {
namespace {

template <typename T>
void append_raw(const T& value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

uint32_t pack_bytes(const uint8_t* bytes, size_t count, uint32_t* values) {
  for (size_t i = 0; i < count; ++i) values[i] = bytes[i];
  return bits_for(values, count);
}

}  // namespace

SegmentWriter::SegmentWriter(std::vector<SegmentDocument> documents)
    : documents_(std::move(documents)) {
  write_documents();
}

void SegmentWriter::write_documents() {
  header_.documents = static_cast<uint32_t>(documents_.size());
  SegmentDocument least = documents_[0];
  SegmentDocument most = documents_[0];
  for (const SegmentDocument& document : documents_) {
    least.sequence = std::min(least.sequence, document.sequence);
    most.sequence = std::max(most.sequence, document.sequence);
    least.row = std::min(least.row, document.row);
    most.row = std::max(most.row, document.row);
    most.length = std::max(most.length, document.length);
    most.session = std::max(most.session, document.session);
  }
  header_.least_sequence = least.sequence;
  header_.least_row = least.row;
  header_.sequence_bytes = width_of(static_cast<uint64_t>(most.sequence - least.sequence));
  header_.row_bytes = width_of(static_cast<uint64_t>(most.row - least.row));
  header_.length_bytes = width_of(uint64_t{most.length} << 1 | 1);
  header_.session_bytes = width_of(most.session);
  std::string entries;
  entries.reserve(documents_.size() * header_.entry_bytes());
  for (uint32_t number = 0; number < header_.documents; ++number) {
    const SegmentDocument& document = documents_[number];
    norms_.push_back(norm_of_length(document.length));
    put_fixed(static_cast<uint64_t>(document.sequence - least.sequence), header_.sequence_bytes,
              &entries);
    put_fixed(static_cast<uint64_t>(document.row - least.row), header_.row_bytes, &entries);
    put_fixed(uint64_t{document.length} << 1 | (document.may_expire ? 1U : 0U),
              header_.length_bytes, &entries);
    put_fixed(document.session, header_.session_bytes, &entries);
    if (document.negative) header_.negatives.push_back(number);
    if (header_.scopes.empty() || header_.scopes.back().scope != document.scope) {
      header_.scopes.push_back({document.scope, number, 0, 0});
    }
    ScopeSpan& span = header_.scopes.back();
    ++span.count;
    if (!document.negative) span.length += document.length;
  }
  documents_bytes_.assign(norms_.begin(), norms_.end());
  documents_bytes_ += entries;
  header_.lists_begin = documents_bytes_.size();
  documents_.clear();
  documents_.shrink_to_fit();
}

void SegmentWriter::add(std::string_view term, const Run& postings) {
  if (terms_++ % kTermsPerBlock == 0) {
    header_.block_terms.emplace_back(term);
    header_.block_begins.push_back(static_cast<uint32_t>(dictionary_.size()));
    header_.block_lists.push_back(lists_.size());
    last_term_.clear();
  }
  size_t shared = 0;
  const size_t most = std::min(last_term_.size(), term.size());
  while (shared < most && last_term_[shared] == term[shared]) ++shared;
  put_varint(shared, &dictionary_);
  put_varint(term.size() - shared, &dictionary_);
  dictionary_ += term.substr(shared);
  put_varint(postings.size, &dictionary_);
  if (postings.size == 1) {
    const Frequencies frequencies = postings.at(0);
    put_varint(postings.documents[0], &dictionary_);
    append_raw(frequencies, &dictionary_);
  } else {
    const size_t begin = lists_.size();
    write_list(postings);
    put_varint(lists_.size() - begin, &dictionary_);
  }
  last_term_ = term;
}

void SegmentWriter::write_list(const Run& postings) {
  blocks_.clear();
  skips_.clear();
  uint32_t before = 0;
  for (size_t begin = 0; begin < postings.size; begin += kBlockSize) {
    Run block;
    block.size = std::min(kBlockSize, postings.size - begin);
    block.documents = postings.documents + begin;
    block.content = postings.content + begin;
    if (postings.title != nullptr) {
      block.title = postings.title + begin;
      block.speaker = postings.speaker + begin;
    }
    uint32_t gaps[kBlockSize];
    Bound bound;
    for (size_t i = 0; i < block.size; ++i) {
      gaps[i] = block.documents[i] - before;
      before = block.documents[i];
      bound.include(block.at(i), norms_[before]);
    }
    write_block(gaps, block);
    skips_.push_back({before, static_cast<uint32_t>(blocks_.size()), bound.most.content,
                      bound.most.title, bound.most.speaker, bound.shortest});
  }
  if (skips_.size() > 1) {
    lists_.append(reinterpret_cast<const char*>(skips_.data()), skips_.size() * sizeof(SkipEntry));
  }
  lists_ += blocks_;
}

void SegmentWriter::write_block(const uint32_t* gaps, const Run& block) {
  uint32_t content[kBlockSize];
  uint32_t title[kBlockSize];
  uint32_t speaker[kBlockSize];
  const uint32_t gap_bits = bits_for(gaps, block.size);
  const uint32_t content_bits = pack_bytes(block.content, block.size, content);
  uint32_t title_bits = 0;
  uint32_t speaker_bits = 0;
  if (block.title != nullptr) {
    title_bits = pack_bytes(block.title, block.size, title);
    speaker_bits = pack_bytes(block.speaker, block.size, speaker);
  }
  const bool fields = title_bits + speaker_bits > 0;
  append_raw(static_cast<uint16_t>(gap_bits | content_bits << 5 | (fields ? 1U << 9 : 0U)),
             &blocks_);
  if (fields) blocks_ += static_cast<char>(title_bits | speaker_bits << 4);
  pack_bits(gaps, block.size, gap_bits, &blocks_);
  pack_bits(content, block.size, content_bits, &blocks_);
  if (!fields) return;
  pack_bits(title, block.size, title_bits, &blocks_);
  pack_bits(speaker, block.size, speaker_bits, &blocks_);
}

SegmentImage SegmentWriter::finish() {
  SegmentImage image;
  header_.dictionary_begin = header_.lists_begin + lists_.size();
  header_.end = header_.dictionary_begin + dictionary_.size();
  image.header = std::move(header_);
  image.body = std::move(documents_bytes_);
  image.body.reserve(image.header.end);
  image.body += lists_;
  lists_.clear();
  lists_.shrink_to_fit();
  image.body += dictionary_;
  return image;
}

}  // namespace memtier
