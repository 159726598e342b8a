#include "index/text/segment_format.h"

namespace memtier {
namespace {

constexpr uint64_t kMaxEntries = 1U << 26;  // of any table in a header

}  // namespace

uint64_t ByteReader::varint() {
  uint64_t value = 0;
  for (uint32_t shift = 0; shift < 64; shift += 7) {
    if (bytes_.empty()) break;
    const auto byte = static_cast<unsigned char>(bytes_[0]);
    bytes_.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 127) << shift;
    if (byte < 128) return value;
  }
  bad_ = true;
  return 0;
}

std::string_view ByteReader::text(size_t size) {
  if (size > bytes_.size()) {
    bad_ = true;
    return {};
  }
  const std::string_view text = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return text;
}

std::string SegmentHeader::encode() const {
  std::string out;
  put_varint(session_bytes == 0 ? 1 : kSegmentFormat, &out);
  put_varint(documents, &out);
  put_varint(static_cast<uint64_t>(least_sequence), &out);
  put_varint(static_cast<uint64_t>(least_row), &out);
  put_fixed(static_cast<uint64_t>(sequence_bytes | row_bytes << 4 | length_bytes << 8 |
                                  session_bytes << 12),
            2, &out);
  put_varint(lists_begin, &out);
  put_varint(dictionary_begin, &out);
  put_varint(end, &out);
  put_varint(scopes.size(), &out);
  int64_t scope = 0;
  for (const ScopeSpan& span : scopes) {
    put_varint(static_cast<uint64_t>(span.scope - scope), &out);
    put_varint(span.count, &out);
    put_varint(static_cast<uint64_t>(span.length), &out);
    scope = span.scope;
  }
  put_varint(negatives.size(), &out);
  uint32_t document = 0;
  for (const uint32_t negative : negatives) {
    put_varint(negative - document, &out);
    document = negative;
  }
  put_varint(block_terms.size(), &out);
  for (size_t i = 0; i < block_terms.size(); ++i) {
    put_varint(block_terms[i].size(), &out);
    out += block_terms[i];
    put_varint(block_begins[i] - (i > 0 ? block_begins[i - 1] : 0), &out);
    put_varint(block_lists[i] - (i > 0 ? block_lists[i - 1] : 0), &out);
  }
  return out;
}

bool SegmentHeader::decode(std::string_view bytes, SegmentHeader* out) {
  ByteReader in(bytes);
  const uint64_t format = in.varint();
  if (format < 1 || format > kSegmentFormat) return false;
  const uint64_t documents = in.varint();
  out->least_sequence = static_cast<int64_t>(in.varint());
  out->least_row = static_cast<int64_t>(in.varint());
  const std::string_view widths = in.text(2);
  if (in.bad()) return false;
  const uint64_t packed = get_fixed(widths.data(), 2);
  out->sequence_bytes = packed & 15;
  out->row_bytes = packed >> 4 & 15;
  out->length_bytes = packed >> 8 & 15;
  out->session_bytes = packed >> 12 & 15;
  if (out->sequence_bytes > 8 || out->row_bytes > 8 || out->length_bytes > 5 ||
      out->session_bytes > 4) {
    return false;
  }
  out->lists_begin = in.varint();
  out->dictionary_begin = in.varint();
  out->end = in.varint();
  if (documents > kMaxSegmentDocuments || out->lists_begin > out->dictionary_begin ||
      out->dictionary_begin > out->end ||
      out->lists_begin != documents * (1 + out->entry_bytes())) {
    return false;
  }
  out->documents = static_cast<uint32_t>(documents);
  uint64_t left = in.varint();
  if (left > documents) return false;
  uint64_t first = 0;
  int64_t scope = 0;
  for (; left > 0 && !in.bad(); --left) {
    ScopeSpan span;
    scope += static_cast<int64_t>(in.varint());
    span.scope = scope;
    span.first = static_cast<uint32_t>(first);
    span.count = static_cast<uint32_t>(in.varint());
    span.length = static_cast<int64_t>(in.varint());
    first += span.count;
    if (first > documents) return false;
    out->scopes.push_back(span);
  }
  left = in.varint();
  if (left > documents || first != documents) return false;
  uint64_t document = 0;
  for (; left > 0 && !in.bad(); --left) {
    document += in.varint();
    if (document >= documents) return false;
    out->negatives.push_back(static_cast<uint32_t>(document));
  }
  left = in.varint();
  if (left > kMaxEntries) return false;
  uint64_t begin = 0;
  uint64_t lists = 0;
  for (; left > 0 && !in.bad(); --left) {
    out->block_terms.emplace_back(in.text(in.varint()));
    begin += in.varint();
    lists += in.varint();
    if (begin > out->end - out->dictionary_begin ||
        lists > out->dictionary_begin - out->lists_begin) {
      return false;
    }
    out->block_begins.push_back(static_cast<uint32_t>(begin));
    out->block_lists.push_back(lists);
  }
  return !in.bad() && in.left() == 0;
}

}  // namespace memtier
