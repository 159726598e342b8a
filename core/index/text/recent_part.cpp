#include "index/text/recent_part.h"

#include <algorithm>
#include <numeric>

#include "index/text/bm25.h"

namespace memtier {
namespace {

void count_up(uint8_t* frequency) {
  if (*frequency < UINT8_MAX) ++*frequency;
}

// Documents of both parts in the order of a segment.
struct Source {
  const RecentPart* part;
  uint32_t number;
};

}  // namespace

void RecentPart::begin(const SegmentDocument& document) {
  const uint32_t number = documents();
  documents_.push_back(document);
  norms_.push_back(0);
  hidden_.push_back(false);
  by_row_[document.row] = number;
  by_scope_[document.scope].documents.push_back(number);
}

// The newest document's length is known.
void RecentPart::finish() {
  const SegmentDocument& document = documents_.back();
  norms_.back() = norm_of_length(document.length);
  for (Collection* collection : {&whole_, &by_scope_[document.scope].collection}) {
    ++collection->documents;
    collection->length += document.length;
  }
}

void RecentPart::add(Analyzer& analyzer, const SegmentDocument& document,
                     const SearchableText& text) {
  begin(document);
  uint32_t length = 0;
  const auto count_words = [&](std::string_view words, Field field) {
    WordScanner scanner = analyzer.scan(words);
    while (scanner.next()) {
      ++length;
      const auto [word, is_new] = words_.add(scanner.word());
      if (is_new) word_terms_.push_back(terms_.add(analyzer.term(scanner.word())).first);
      count(word_terms_[word], field);
    }
  };
  count_words(text.content, Field::kContent);
  count_words(text.title, Field::kTitle);
  count_words(text.speaker, Field::kSpeaker);
  documents_.back().length = length;
  finish();
}

void RecentPart::count(uint32_t term, Field field) {
  if (term >= lists_.size()) lists_.resize(terms_.size());
  PostingList& list = lists_[term];
  const uint32_t number = documents() - 1;
  if (list.documents.empty() || list.documents.back() != number) {
    list.add(number, {});
    ++postings_;
  }
  if (field == Field::kContent) return count_up(&list.content.back());
  if (list.title.empty()) {
    list.title.resize(list.documents.size());
    list.speaker.resize(list.documents.size());
  }
  count_up(field == Field::kTitle ? &list.title.back() : &list.speaker.back());
}

void RecentPart::add_terms(const SegmentDocument& document, std::string_view terms) {
  begin(document);
  finish();
  ByteReader in(terms);
  while (in.left() > 0 && !in.bad()) {
    const std::string_view term = in.text(in.varint());
    if (!in.bad()) count(terms_.add(term).first, Field::kContent);
  }
}

bool RecentPart::hide(int64_t row) {
  const auto found = by_row_.find(row);
  if (found == by_row_.end() || hidden_[found->second]) return false;
  hide_document(found->second);
  return true;
}

void RecentPart::hide_document(uint32_t number) {
  hidden_[number] = true;
  const SegmentDocument& document = documents_[number];
  for (Collection* collection : {&whole_, &by_scope_[document.scope].collection}) {
    --collection->documents;
    collection->length -= document.length;
  }
}

const std::vector<uint32_t>* RecentPart::documents_of(int64_t scope) const {
  const auto found = by_scope_.find(scope);
  return found == by_scope_.end() ? nullptr : &found->second.documents;
}

Collection RecentPart::collection(int64_t scope) const {
  const auto found = by_scope_.find(scope);
  return found == by_scope_.end() ? Collection() : found->second.collection;
}

std::optional<uint32_t> RecentPart::document_of_row(int64_t row) const {
  const auto found = by_row_.find(row);
  return found == by_row_.end() ? std::nullopt : std::optional<uint32_t>(found->second);
}

size_t RecentPart::memory_bytes() const {
  size_t bytes = words_.memory_bytes() + terms_.memory_bytes() + word_terms_.capacity() * 4;
  bytes += documents_.capacity() * (sizeof(SegmentDocument) + 2) + by_row_.size() * 40;
  // Vectors grow by doubling; their headers and the heap's are 128 bytes.
  return bytes + lists_.size() * 128 + postings_ * 8;
}

const PostingList* RecentPart::list(std::string_view term) const {
  const auto number = terms_.find(term);
  return number ? &lists_[*number] : nullptr;
}

std::vector<std::string> RecentPart::terms_of_prefix(std::string_view prefix) const {
  std::vector<std::string> terms;
  for (uint32_t word = 0; word < words_.size(); ++word) {
    if (words_.at(word).starts_with(prefix)) terms.emplace_back(terms_.at(word_terms_[word]));
  }
  return terms;
}

std::optional<SegmentImage> RecentPart::to_segment(const RecentPart& part,
                                                   const std::vector<bool>& hidden,
                                                   const RecentPart& negatives) {
  std::vector<Source> sources;
  for (uint32_t i = 0; i < hidden.size(); ++i) {
    if (!hidden[i]) sources.push_back({&part, i});
  }
  for (uint32_t i = 0; i < negatives.documents(); ++i) sources.push_back({&negatives, i});
  if (sources.empty()) return std::nullopt;
  const auto key = [](const Source& source) {
    const SegmentDocument& document = source.part->document(source.number);
    return std::make_pair(document.scope, document.sequence);
  };
  std::sort(sources.begin(), sources.end(),
            [&](const Source& a, const Source& b) { return key(a) < key(b); });
  std::vector<uint32_t> numbers(hidden.size(), kNoDocument);
  std::vector<uint32_t> negative_numbers(negatives.documents());
  std::vector<SegmentDocument> documents;
  for (const Source& source : sources) {
    const auto number = static_cast<uint32_t>(documents.size());
    (source.part == &part ? numbers : negative_numbers)[source.number] = number;
    documents.push_back(source.part->document(source.number));
    documents.back().negative = source.part == &negatives;
  }
  SegmentWriter writer(std::move(documents));

  std::vector<std::string_view> terms;
  for (uint32_t i = 0; i < part.terms_.size(); ++i) terms.push_back(part.terms_.at(i));
  for (uint32_t i = 0; i < negatives.terms_.size(); ++i) terms.push_back(negatives.terms_.at(i));
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  std::vector<std::pair<uint32_t, Frequencies>> postings;
  for (const std::string_view term : terms) {
    postings.clear();
    const auto collect = [&](const RecentPart& from, const std::vector<uint32_t>& to) {
      const PostingList* list = from.list(term);
      if (list == nullptr) return;
      const Run run = list->run();
      for (size_t i = 0; i < run.size && run.documents[i] < to.size(); ++i) {
        const uint32_t number = to[run.documents[i]];
        if (number != kNoDocument) postings.emplace_back(number, run.at(i));
      }
    };
    collect(part, numbers);
    collect(negatives, negative_numbers);
    if (postings.empty()) continue;
    const auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
    if (!std::is_sorted(postings.begin(), postings.end(), before)) {
      std::sort(postings.begin(), postings.end(), before);
    }
    PostingList list;
    for (const auto& [number, frequencies] : postings) list.add(number, frequencies);
    writer.add(term, list.run());
  }
  return writer.finish();
}

std::unordered_map<uint32_t, std::string> RecentPart::terms_of(
    const std::vector<uint32_t>& documents) const {
  std::unordered_map<uint32_t, std::string> result;
  for (const uint32_t document : documents) result[document];
  if (documents.empty()) return result;
  for (uint32_t term = 0; term < lists_.size(); ++term) {
    const auto& list = lists_[term].documents;
    for (const uint32_t document : documents) {
      if (!std::binary_search(list.begin(), list.end(), document)) continue;
      put_varint(terms_.at(term).size(), &result[document]);
      result[document] += terms_.at(term);
    }
  }
  return result;
}

std::string encode_terms(Analyzer& analyzer, const SearchableText& text, uint32_t* out_length) {
  StringTable terms;
  *out_length = 0;
  for (const std::string_view words :
       {text.content, std::string_view(text.title), std::string_view(text.speaker)}) {
    WordScanner scanner = analyzer.scan(words);
    while (scanner.next()) {
      ++*out_length;
      terms.add(analyzer.term(scanner.word()));
    }
  }
  std::string out;
  for (uint32_t i = 0; i < terms.size(); ++i) {
    put_varint(terms.at(i).size(), &out);
    out += terms.at(i);
  }
  return out;
}

}  // namespace memtier
