#include "index/text/part_search.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace memtier {
namespace {

// Added for each posting, so that a document without any score is seen to have one.
constexpr float kTrace = 1e-30F;

}  // namespace

void BestDocuments::add(const RankedDocument& document) {
  heap_.push_back(document);
  std::push_heap(heap_.begin(), heap_.end());
  if (heap_.size() <= limit_) return;
  std::pop_heap(heap_.begin(), heap_.end());
  heap_.pop_back();
}

std::vector<RankedDocument> BestDocuments::take() {
  std::sort(heap_.begin(), heap_.end());
  return std::move(heap_);
}

PartSearch::PartSearch(const WordPlan& plan, const Bm25& bm25, const std::vector<double>& rarity,
                       DocumentCheck& check, const StopCheck& stop, BestDocuments& best,
                       SearchEffort& effort)
    : plan_(plan),
      bm25_(bm25),
      rarity_(rarity),
      check_(check),
      stop_(stop),
      best_(best),
      effort_(effort),
      some_fields_(bm25.leaves_out_fields()),
      groups_(kMostWindow / kGroup / 64),
      bounds_(plan.signals.size()),
      order_(plan.signals.size()),
      shares_(plan.signals.size()),
      present_(plan.signals.size()),
      leaves_(plan.leaves.size()),
      phrases_(plan.leaves.size()) {
  std::iota(order_.begin(), order_.end(), 0);
}

void PartSearch::choose_window() {
  const int64_t postings = std::accumulate(part_->sizes.begin(), part_->sizes.end(), int64_t{0});
  uint64_t documents = 0;
  for (const DocumentRange& range : part_->ranges) documents += range.end - range.begin;
  window_ = kLeastWindow;
  while (window_ < kMostWindow &&
         static_cast<double>(postings) * window_ <
             static_cast<double>(kPostingsPerWindow) * static_cast<double>(documents)) {
    window_ *= 2;
  }
  words_ = window_ / 64;
  if (scores_.size() < window_) scores_.resize(window_);
  if (plan_.is_plain_or()) return;
  bits_.assign(words_ * plan_.signals.size(), 0);
  matched_.resize(words_);
}

Status PartSearch::run(PartView& part) {
  part_ = &part;
  if (part.only) {
    for (size_t i = 0; i < part.only->size();) {
      if (stop_ && i % 1024 == 0) RETURN_IF_ERROR(stop_());
      offered_.clear();
      for (; i < part.only->size() && offered_.size() < kOfferedAtOnce; ++i) {
        offered_.push_back({std::numeric_limits<float>::max(), (*part.only)[i]});
      }
      RETURN_IF_ERROR(offer_some(offered_));
    }
    return {};
  }
  choose_window();
  for (const DocumentRange& range : part.ranges) {
    uint32_t begin = range.begin;
    while (begin < range.end) {
      uint32_t next = kNoDocument;
      for (const auto& cursor : part.scan) {
        if (cursor == nullptr) continue;
        ASSIGN_OR_RETURN(const uint32_t first, cursor->not_before(begin));
        next = std::min(next, first);
      }
      if (next >= range.end) break;
      begin = std::max(begin, next);
      const uint32_t end = std::min(range.end, begin / window_ * window_ + window_);
      if (stop_ && effort_.windows % 16 == 0) RETURN_IF_ERROR(stop_());
      ++effort_.windows;
      RETURN_IF_ERROR(window(begin, end));
      begin = end;
    }
  }
  return {};
}

// What every signal can add in the window, and which need not be read.
Status PartSearch::order_signals(uint32_t begin, uint32_t end) {
  for (size_t signal = 0; signal < bounds_.size(); ++signal) {
    bounds_[signal] = 0;
    if (part_->scan[signal] == nullptr || rarity_[signal] == 0) continue;
    ASSIGN_OR_RETURN(const Bound bound, part_->scan[signal]->bound(begin, end));
    if (!bound.empty) bounds_[signal] = bm25_.most(bound.most, bound.shortest) * rarity_[signal];
  }
  std::sort(order_.begin(), order_.end(),
            [this](size_t a, size_t b) { return bounds_[a] < bounds_[b]; });
  first_read_ = 0;
  unread_bound_ = 0;
  while (first_read_ < order_.size()) {
    const double sum = unread_bound_ + bounds_[order_[first_read_]];
    if (!best_.is_full() || reaches(sum)) break;
    unread_bound_ = sum;
    ++first_read_;
  }
  if (first_read_ == order_.size()) return {};
  // Each document of the lists that are read may have to be looked up in the others: those that are
  // not much longer are read as well.
  int64_t read = 0;
  for (size_t i = first_read_; i < order_.size(); ++i) read += part_->sizes[order_[i]];
  while (first_read_ > 0 && part_->sizes[order_[first_read_ - 1]] < read * kProbeCost) {
    --first_read_;
    unread_bound_ -= bounds_[order_[first_read_]];
    read += part_->sizes[order_[first_read_]];
  }
  if (first_read_ == 0) unread_bound_ = 0;
  return {};
}

Status PartSearch::window(uint32_t begin, uint32_t end) {
  const uint32_t base = begin / window_ * window_;
  const bool plain = plan_.is_plain_or();
  RETURN_IF_ERROR(order_signals(begin, end));
  if (first_read_ == order_.size()) {
    ++effort_.windows_skipped;
    return {};
  }
  if (!plain) {
    // Under AND and NOT every signal says whether a document matches.
    first_read_ = 0;
    unread_bound_ = 0;
    std::fill(bits_.begin(), bits_.end(), 0);
  }
  std::fill_n(groups_.begin(), window_ / kGroup / 64, 0);
  Status status;
  for (size_t i = first_read_; i < order_.size() && status.ok(); ++i) {
    const size_t signal = order_[i];
    if (part_->scan[signal] == nullptr) continue;
    status = accumulate(signal, begin, end, plain ? nullptr : &bits_[words_ * signal]);
  }
  if (!plain && status.ok()) matching(plan_.root, matched_.data());
  const double threshold = best_.is_full() ? best_.threshold() / kSlack - unread_bound_ : -1;
  collect_candidates(base, static_cast<float>(threshold));
  RETURN_IF_ERROR(std::move(status));
  // The most promising first: they lift the threshold for the others, most of which are not looked at then.
  const auto less = [](const Candidate& a, const Candidate& b) {
    return a.bound != b.bound ? a.bound < b.bound : a.document > b.document;
  };
  std::make_heap(candidates_.begin(), candidates_.end(), less);
  while (!candidates_.empty()) {
    offered_.clear();
    while (!candidates_.empty() && offered_.size() < kOfferedAtOnce) {
      if (best_.is_full() && !reaches(candidates_.front().bound + unread_bound_)) break;
      offered_.push_back(candidates_.front());
      std::pop_heap(candidates_.begin(), candidates_.end(), less);
      candidates_.pop_back();
    }
    if (offered_.empty()) break;
    RETURN_IF_ERROR(offer_some(offered_));
  }
  return {};
}

Status PartSearch::offer_some(std::span<const Candidate> some) {
  numbers_.clear();
  for (const Candidate& candidate : some) numbers_.push_back(candidate.document);
  std::sort(numbers_.begin(), numbers_.end());
  const size_t signals = shares_.size();
  frequencies_.assign(some.size() * signals, Frequencies());
  for (size_t signal = 0; signal < signals; ++signal) {
    PostingCursor* const cursor = part_->probe[signal].get();
    if (cursor == nullptr) continue;
    RETURN_IF_ERROR(cursor->probe_all(numbers_, signals, &frequencies_[signal]));
  }
  for (const Candidate& candidate : some) {
    if (best_.is_full() && !reaches(candidate.bound + unread_bound_)) break;
    const auto place = std::lower_bound(numbers_.begin(), numbers_.end(), candidate.document);
    RETURN_IF_ERROR(offer(candidate.document,
                          &frequencies_[static_cast<size_t>(place - numbers_.begin()) * signals]));
  }
  return {};
}

// Those whose score may be enough; clears the scores.
void PartSearch::collect_candidates(uint32_t base, float least) {
  const bool plain = plan_.is_plain_or();
  candidates_.clear();
  for (size_t word = 0; word < window_ / kGroup / 64; ++word) {
    if (groups_[word] == 0) continue;
    const size_t first = word * 64 * kGroup;
    const size_t count = take_scores(&scores_[first], groups_[word], least, taken_.data());
    for (size_t i = 0; i < count; ++i) {
      const size_t at = first + taken_[i].place;
      if (!plain && (matched_[at / 64] >> at % 64 & 1) == 0) continue;
      candidates_.push_back({taken_[i].score, base + static_cast<uint32_t>(at)});
    }
  }
}

Status PartSearch::accumulate(size_t signal, uint32_t begin, uint32_t end, uint64_t* bits) {
  PostingCursor& cursor = *part_->scan[signal];
  const uint32_t base = begin / window_ * window_;
  const auto rarity = static_cast<float>(rarity_[signal]);
  const uint8_t* norms = part_->norms;
  while (begin < end) {
    ASSIGN_OR_RETURN(const Run run, cursor.next(begin, end));
    if (run.size == 0) break;
    effort_.postings += static_cast<int64_t>(run.size);
    begin = run.documents[run.size - 1] + 1;
    for (size_t i = 0; i < run.size; ++i) {
      const uint32_t document = run.documents[i];
      const uint8_t frequency = run.content[i];
      const float most = run.title == nullptr && frequency < Bm25::kRows
                             ? bm25_.most_content(frequency, norms[document])
                             : bm25_.most(run.at(i), norms[document]);
      const uint32_t at = document - base;
      scores_[at] += most * rarity + kTrace;
      groups_[at / kGroup / 64] |= uint64_t{1} << at / kGroup % 64;
    }
    if (bits == nullptr) continue;
    for (size_t i = 0; i < run.size; ++i) {
      if (some_fields_ && bm25_.weighted(run.at(i)) == 0) continue;
      const uint32_t at = run.documents[i] - base;
      bits[at / 64] |= uint64_t{1} << at % 64;
    }
  }
  return {};
}

// Who may match: all who do, and where there are phrases perhaps some more.
void PartSearch::matching(const WordPlan::Node& node, uint64_t* out) const {
  if (node.kind == TextQuery::Kind::kWord) {
    std::fill(out, out + words_, UINT64_MAX);
    for (const uint32_t signal : plan_.leaves[node.leaf].signals) {
      for (size_t i = 0; i < words_; ++i) out[i] &= bits_[words_ * signal + i];
    }
    return;
  }
  const bool is_and = node.kind == TextQuery::Kind::kAnd && !node.children.empty();
  std::fill(out, out + words_, is_and ? UINT64_MAX : 0);
  std::vector<uint64_t> part(words_);
  for (size_t child = 0; child < node.children.size(); ++child) {
    matching(node.children[child], part.data());
    for (size_t i = 0; i < words_; ++i) {
      if (node.kind == TextQuery::Kind::kAnd) {
        out[i] &= part[i];
      } else if (node.kind == TextQuery::Kind::kOr || child == 0) {
        out[i] |= part[i];
      } else if (!plan_.has_phrases) {
        out[i] &= ~part[i];
      }
    }
  }
}

bool PartSearch::matches(const WordPlan::Node& node, const std::vector<bool>& leaves) const {
  if (node.kind == TextQuery::Kind::kWord) return leaves[node.leaf];
  const auto child_matches = [&](const WordPlan::Node& child) { return matches(child, leaves); };
  switch (node.kind) {
    case TextQuery::Kind::kAnd:
      return !node.children.empty() &&
             std::all_of(node.children.begin(), node.children.end(), child_matches);
    case TextQuery::Kind::kNot:
      return child_matches(node.children[0]) && !child_matches(node.children[1]);
    default:
      return std::any_of(node.children.begin(), node.children.end(), child_matches);
  }
}

double PartSearch::exact(const std::vector<bool>& leaves) const {
  double score = 0;
  for (size_t i = 0; i < plan_.leaves.size(); ++i) {
    if (!leaves[i] || !plan_.leaves[i].scored) continue;
    for (const uint32_t signal : plan_.leaves[i].signals) score += shares_[signal];
  }
  return score;
}

// Scores a document exactly, and keeps it if it is among the best and may be shown.
Status PartSearch::offer(uint32_t number, const Frequencies* of_signals) {
  if (part_->hidden != nullptr && (*part_->hidden)[number]) return {};
  ++effort_.scored;
  uint32_t length = length_of_norm(part_->norms[number]);
  std::optional<SegmentDocument> document;
  if (!is_exact_norm(part_->norms[number])) {
    ASSIGN_OR_RETURN(document, part_->document(number));
    length = document->length;
  }
  for (size_t signal = 0; signal < shares_.size(); ++signal) {
    shares_[signal] = 0;
    present_[signal] = false;
    const Frequencies& frequencies = of_signals[signal];
    const bool found = (frequencies.content | frequencies.title | frequencies.speaker) != 0;
    if (!found || (some_fields_ && bm25_.weighted(frequencies) == 0)) continue;
    present_[signal] = true;
    const double one = rarity_[signal] / std::max(1U, plan_.signals[signal].scored);
    shares_[signal] = bm25_.share(frequencies, length) * one;
  }
  for (size_t i = 0; i < leaves_.size(); ++i) {
    const auto& signals = plan_.leaves[i].signals;
    leaves_[i] = std::all_of(signals.begin(), signals.end(),
                             [this](uint32_t signal) { return present_[signal]; });
  }
  // Whoever was not found by its words may have none of them, or none in a field that is searched.
  const bool may_have_none = part_->only || some_fields_;
  if (may_have_none && !plan_.has_phrases && !matches(plan_.root, leaves_)) return {};
  RankedDocument ranked;
  ranked.score = exact(leaves_);
  ranked.sequence = INT64_MAX;
  if (!best_.wants(ranked)) return {};
  if (!document) {
    ASSIGN_OR_RETURN(document, part_->document(number));
  }
  ranked.sequence = document->sequence;
  ranked.row = document->row;
  ranked.part = part_->number;
  ranked.document = number;
  if (!best_.wants(ranked)) return {};
  if (document->may_expire || plan_.has_phrases || check_.is_needed()) {
    ++effort_.checked;
    phrases_.assign(plan_.leaves.size(), false);
    ASSIGN_OR_RETURN(const bool shown,
                     check_.check(*document, plan_.has_phrases ? &phrases_ : nullptr));
    if (!shown) return {};
    if (plan_.has_phrases) {
      for (size_t i = 0; i < leaves_.size(); ++i) {
        if (plan_.leaves[i].is_phrase()) leaves_[i] = leaves_[i] && phrases_[i];
      }
      if (!matches(plan_.root, leaves_)) return {};
      ranked.score = exact(leaves_);
      if (!best_.wants(ranked)) return {};
    }
  }
  best_.add(ranked);
  return {};
}

}  // namespace memtier
