#include "index/text/postings.h"

#include <algorithm>

namespace memtier {
namespace {

class ListCursor final : public PostingCursor {
 public:
  ListCursor(const PostingList& list, std::shared_ptr<const PostingList> shared,
             const uint8_t* norms)
      : shared_(std::move(shared)), list_(list), norms_(norms) {}

  Result<Run> next(uint32_t begin, uint32_t end) override { return list_.run().within(begin, end); }
  Result<uint32_t> not_before(uint32_t at) override {
    const auto found = std::lower_bound(list_.documents.begin(), list_.documents.end(), at);
    return found == list_.documents.end() ? kNoDocument : *found;
  }
  Result<Bound> bound(uint32_t begin, uint32_t end) override {
    Bound bound;
    const Run run = list_.run().within(begin, end);
    for (size_t i = 0; i < run.size; ++i) bound.include(run.at(i), norms_[run.documents[i]]);
    return bound;
  }
  Result<uint64_t> count(uint32_t begin, uint32_t end) override {
    return static_cast<uint64_t>(list_.run().within(begin, end).size);
  }
  Result<bool> probe(uint32_t document, Frequencies* out) override {
    const auto found = std::lower_bound(list_.documents.begin(), list_.documents.end(), document);
    if (found == list_.documents.end() || *found != document) return false;
    *out = list_.run().at(static_cast<size_t>(found - list_.documents.begin()));
    return true;
  }
  Status probe_all(std::span<const uint32_t> documents, size_t stride, Frequencies* out) override {
    const Run run = list_.run();
    const uint32_t* const last = run.documents + run.size;
    const uint32_t* at = run.documents;
    for (size_t i = 0; i < documents.size() && at != last; ++i) {
      at = first_from(at, last, documents[i]);
      if (at == last || *at != documents[i]) continue;
      out[i * stride] = run.at(static_cast<size_t>(at - run.documents));
    }
    return {};
  }

 private:
  const std::shared_ptr<const PostingList> shared_;
  const PostingList& list_;
  const uint8_t* norms_;
};

}  // namespace

const uint32_t* first_from(const uint32_t* begin, const uint32_t* end, uint32_t wanted) {
  std::ptrdiff_t step = 1;
  while (end - begin > step && begin[step - 1] < wanted) {
    begin += step;
    step *= 2;
  }
  return std::lower_bound(begin, std::min(begin + step, end), wanted);
}

Run Run::within(uint32_t begin, uint32_t end) const {
  const uint32_t* last = documents + size;
  const uint32_t* from =
      size > 0 && documents[0] >= begin ? documents : std::lower_bound(documents, last, begin);
  const uint32_t* to = size > 0 && last[-1] < end ? last : std::lower_bound(from, last, end);
  const auto skipped = static_cast<size_t>(from - documents);
  Run run;
  run.documents = from;
  run.content = content + skipped;
  run.title = title != nullptr ? title + skipped : nullptr;
  run.speaker = speaker != nullptr ? speaker + skipped : nullptr;
  run.size = static_cast<size_t>(to - from);
  return run;
}

void Bound::include(const Frequencies& frequencies, uint8_t norm) {
  most.content = std::max(most.content, frequencies.content);
  most.title = std::max(most.title, frequencies.title);
  most.speaker = std::max(most.speaker, frequencies.speaker);
  shortest = std::min(shortest, norm);
  empty = false;
}

void Bound::include(const Bound& other) {
  if (!other.empty) include(other.most, other.shortest);
}

void PostingList::add(uint32_t document, const Frequencies& frequencies) {
  const bool fields = frequencies.title != 0 || frequencies.speaker != 0;
  if (fields && title.empty()) {
    title.resize(documents.size());
    speaker.resize(documents.size());
  }
  documents.push_back(document);
  content.push_back(frequencies.content);
  if (fields || !title.empty()) {
    title.push_back(frequencies.title);
    speaker.push_back(frequencies.speaker);
  }
}

void PostingList::clear() {
  documents.clear();
  content.clear();
  title.clear();
  speaker.clear();
}

PostingList united(std::vector<std::pair<uint32_t, Frequencies>> postings) {
  std::stable_sort(postings.begin(), postings.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto sum = [](uint8_t a, uint8_t b) {
    return static_cast<uint8_t>(std::min(a + b, int{UINT8_MAX}));
  };
  PostingList list;
  for (size_t i = 0; i < postings.size();) {
    Frequencies all;
    const uint32_t document = postings[i].first;
    for (; i < postings.size() && postings[i].first == document; ++i) {
      const Frequencies& more = postings[i].second;
      all = {sum(all.content, more.content), sum(all.title, more.title),
             sum(all.speaker, more.speaker)};
    }
    list.add(document, all);
  }
  return list;
}

Run PostingList::run() const {
  return {documents.data(), content.data(), title.empty() ? nullptr : title.data(),
          speaker.empty() ? nullptr : speaker.data(), documents.size()};
}

size_t PostingList::memory_bytes() const {
  return documents.capacity() * 4 + content.capacity() + title.capacity() + speaker.capacity();
}

std::unique_ptr<PostingCursor> list_cursor(const PostingList& list, const uint8_t* norms) {
  return std::make_unique<ListCursor>(list, nullptr, norms);
}

std::unique_ptr<PostingCursor> list_cursor(std::shared_ptr<const PostingList> list,
                                           const uint8_t* norms) {
  const PostingList& borrowed = *list;
  return std::make_unique<ListCursor>(borrowed, std::move(list), norms);
}

}  // namespace memtier
