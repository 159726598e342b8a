#include "index/text/recent_part.h"

#include <algorithm>
#include <array>
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
  begins_.push_back(static_cast<uint32_t>(occurrences_.size()));
  norms_.push_back(0);
  hidden_.push_back(false);
  by_row_[document.row] = number;
  has_sessions_ = has_sessions_ || document.session != 0;
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
  // Some words are read ahead of the one that is counted, so that their places in the table are near by then.
  std::array<ReadWord, kReadAhead> ahead;
  uint32_t length = 0;
  uint32_t counted = 0;
  const auto count_next = [&] {
    const ReadWord& read = ahead[counted++ % kReadAhead];
    const std::string_view text_of_word(read.text, read.size);
    const auto [word, is_new] = words_.add(read.key, text_of_word);
    if (is_new) word_terms_.push_back(terms_.add(analyzer.term(text_of_word)).first);
    count(word_terms_[word], read.field);
  };
  const auto read_words = [&](std::string_view words, Field field) {
    WordScanner scanner = analyzer.scan(words);
    while (scanner.next()) {
      if (length - counted == kReadAhead) count_next();
      ReadWord& read = ahead[length++ % kReadAhead];
      read.field = field;
      read.size = scanner.word().copy(read.text, sizeof read.text);
      read.key = StringTable::key_of(scanner.word());
      words_.prefetch(read.key);
    }
  };
  read_words(text.content, Field::kContent);
  read_words(text.title, Field::kTitle);
  read_words(text.speaker, Field::kSpeaker);
  while (counted < length) count_next();
  documents_.back().length = length;
  finish();
}

void RecentPart::count(uint32_t term, Field field) {
  if (term >= last_.size()) last_.resize(term + 1, UINT32_MAX);
  uint32_t& last = last_[term];
  if (last < begins_.back() || last == UINT32_MAX) {
    last = static_cast<uint32_t>(occurrences_.size());
    occurrences_.push_back({term, {}});
  }
  Frequencies& frequencies = occurrences_[last].frequencies;
  count_up(field == Field::kContent ? &frequencies.content
           : field == Field::kTitle ? &frequencies.title
                                    : &frequencies.speaker);
}

std::span<const RecentPart::Occurrence> RecentPart::occurrences(uint32_t document) const {
  const size_t begin = begins_[document];
  const size_t end = document + 1 < begins_.size() ? begins_[document + 1] : occurrences_.size();
  return std::span(occurrences_).subspan(begin, end - begin);
}

void RecentPart::prepare() {
  lists_.resize(terms_.size());
  for (; listed_ < documents(); ++listed_) {
    for (const Occurrence& occurrence : occurrences(listed_)) {
      lists_[occurrence.term].add(listed_, occurrence.frequencies);
    }
  }
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
  OfScope& of_scope = by_scope_[document.scope];
  for (Collection* collection : {&whole_, &of_scope.collection}) {
    --collection->documents;
    collection->length -= document.length;
  }
  const auto place = std::lower_bound(of_scope.documents.begin(), of_scope.documents.end(), number);
  if (place != of_scope.documents.end() && *place == number) of_scope.documents.erase(place);
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
  bytes += occurrences_.capacity() * sizeof(Occurrence) + last_.capacity() * 4;
  // Vectors grow by doubling; their headers and the heap's are 128 bytes.
  return bytes + lists_.size() * 128 + (listed_ > 0 ? occurrences_.size() * 8 : 0);
}

const PostingList* RecentPart::list(std::string_view term) const {
  const auto number = terms_.find(term);
  return number && *number < lists_.size() ? &lists_[*number] : nullptr;
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
  std::vector<SegmentDocument> documents;
  for (const Source& source : sources) {
    documents.push_back(source.part->document(source.number));
    documents.back().negative = source.part == &negatives;
  }

  // Terms of both, in order, and which place each has in it.
  struct Term {
    std::string_view text;
    const RecentPart* part;
    uint32_t number;
  };
  std::vector<Term> terms;
  for (const RecentPart* from : {&part, &negatives}) {
    for (uint32_t i = 0; i < from->terms_.size(); ++i) {
      terms.push_back({from->terms_.at(i), from, i});
    }
  }
  std::sort(terms.begin(), terms.end(),
            [](const Term& a, const Term& b) { return a.text < b.text; });
  std::vector<uint32_t> places(part.terms_.size());
  std::vector<uint32_t> negative_places(negatives.terms_.size());
  std::vector<std::string_view> texts;
  for (const Term& term : terms) {
    if (texts.empty() || texts.back() != term.text) texts.push_back(term.text);
    (term.part == &part ? places : negative_places)[term.number] =
        static_cast<uint32_t>(texts.size() - 1);
  }

  // Counted and filed by term; documents come in order, so lists are.
  const auto place_of = [&](const Source& source, const Occurrence& occurrence) {
    return (source.part == &part ? places : negative_places)[occurrence.term];
  };
  std::vector<uint32_t> begins(texts.size() + 1);
  for (const Source& source : sources) {
    for (const Occurrence& occurrence : source.part->occurrences(source.number)) {
      ++begins[place_of(source, occurrence) + 1];
    }
  }
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<Occurrence> filed(begins.back());  // with the document in place of the term
  std::vector<uint32_t> next(begins.begin(), begins.end() - 1);
  for (uint32_t number = 0; number < sources.size(); ++number) {
    const Source& source = sources[number];
    for (const Occurrence& occurrence : source.part->occurrences(source.number)) {
      filed[next[place_of(source, occurrence)]++] = {number, occurrence.frequencies};
    }
  }
  SegmentWriter writer(std::move(documents));
  PostingList list;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (begins[i] == begins[i + 1]) continue;  // of hidden documents alone
    list.clear();
    for (uint32_t at = begins[i]; at < begins[i + 1]; ++at) {
      list.add(filed[at].term, filed[at].frequencies);
    }
    writer.add(texts[i], list.run());
  }
  return writer.finish();
}

std::unordered_map<uint32_t, std::string> RecentPart::terms_of(
    const std::vector<uint32_t>& documents) const {
  std::unordered_map<uint32_t, std::string> result;
  for (const uint32_t document : documents) {
    std::string& terms = result[document];
    for (const Occurrence& occurrence : occurrences(document)) {
      put_varint(terms_.at(occurrence.term).size(), &terms);
      terms += terms_.at(occurrence.term);
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
