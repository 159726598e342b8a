// RecentPart: the part of the index that is in RAM: what was stored and has not gone into a segment
// yet. Documents are numbered in the order in which they come, and their terms kept in that order;
// lists by term are made of them when somebody searches (prepare), or for a segment: while items come
// and nobody asks, that saves most of the misses of the cache.
//
// Thread safety: one writer; readers meanwhile only under the lock of who owns it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/text/analyzer.h"
#include "index/text/bm25.h"
#include "index/text/postings.h"
#include "index/text/segment_format.h"
#include "index/text/segment_writer.h"
#include "index/text/string_table.h"
#include "index/text/text_index.h"

namespace memtier {

class RecentPart {
 public:
  // Counts the words of the text as a document, the newest; what the document says but its length.
  void add(Analyzer& analyzer, const SegmentDocument& document, const SearchableText& text);
  // A document of which only the terms are left (encode_terms).
  void add_terms(const SegmentDocument& document, std::string_view terms);
  // What is here of this row is not to be found any more; false: nothing was.
  bool hide(int64_t row);
  void hide_document(uint32_t number);

  uint32_t documents() const { return static_cast<uint32_t>(documents_.size()); }
  bool has_sessions() const { return has_sessions_; }
  const SegmentDocument& document(uint32_t number) const { return documents_[number]; }
  bool is_hidden(uint32_t number) const { return hidden_[number]; }
  const std::vector<bool>& hidden() const { return hidden_; }
  std::optional<uint32_t> document_of_row(int64_t row) const;
  // What is here of a scope and not hidden.
  const std::vector<uint32_t>* documents_of(int64_t scope) const;
  Collection collection(int64_t scope) const;
  const Collection& whole() const { return whole_; }
  const uint8_t* norms() const { return norms_.data(); }
  uint64_t postings() const { return occurrences_.size(); }
  size_t memory_bytes() const;

  // Makes lists of what has none yet; to be called before what follows.
  void prepare();
  bool is_prepared() const { return listed_ == documents(); }
  // Null: no document has it.
  const PostingList* list(std::string_view term) const;
  // Terms of the words that begin so.
  std::vector<std::string> terms_of_prefix(std::string_view prefix) const;
  // Shows words and their terms where they differ.
  template <typename Show>
  void for_each_stemmed(const Show& show) const {
    for (uint32_t word = 0; word < words_.size(); ++word) {
      const std::string_view term = terms_.at(word_terms_[word]);
      if (term != words_.at(word)) show(words_.at(word), term);
    }
  }

  // A segment of the documents that are not `hidden` (as hidden() was at some time), and of `negatives`,
  // all of which count down. Null: there would be nothing in it.
  static std::optional<SegmentImage> to_segment(const RecentPart& part,
                                                const std::vector<bool>& hidden,
                                                const RecentPart& negatives);
  // The terms of some documents, each encoded.
  std::unordered_map<uint32_t, std::string> terms_of(const std::vector<uint32_t>& documents) const;

 private:
  // A term of a document.
  struct Occurrence {
    uint32_t term;
    Frequencies frequencies;
  };
  enum class Field { kContent, kTitle, kSpeaker };
  static constexpr size_t kReadAhead = 8;
  struct ReadWord {
    StringTable::Key key;
    Field field;
    size_t size;
    char text[WordScanner::kMaxWordBytes];
  };
  void count(uint32_t term, Field field);
  void begin(const SegmentDocument& document);
  void finish();
  std::span<const Occurrence> occurrences(uint32_t document) const;

  StringTable words_;
  std::vector<uint32_t> word_terms_;  // by word
  StringTable terms_;
  std::vector<uint32_t> last_;  // by term: where it occurred last, in occurrences_
  std::vector<Occurrence> occurrences_;
  std::vector<uint32_t> begins_;    // by document, in occurrences_
  std::vector<PostingList> lists_;  // by term, of the documents before listed_
  uint32_t listed_ = 0;
  std::vector<SegmentDocument> documents_;
  std::vector<uint8_t> norms_;
  std::vector<bool> hidden_;
  std::unordered_map<int64_t, uint32_t> by_row_;
  struct OfScope {
    std::vector<uint32_t> documents;
    Collection collection;
  };
  std::unordered_map<int64_t, OfScope> by_scope_;
  Collection whole_;
  bool has_sessions_ = false;
};

// The terms of a text, as they stand in the table of removed documents; *out_length in words.
std::string encode_terms(Analyzer& analyzer, const SearchableText& text, uint32_t* out_length);

}  // namespace memtier
