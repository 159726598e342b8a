#include "index/text/part_search.h"

#include <algorithm>
#include <bit>
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
      scores_(kWindow),
      bits_(plan.is_plain_or() ? 0 : kWords * plan.signals.size()),
      matched_(kWords),
      bounds_(plan.signals.size()),
      order_(plan.signals.size()),
      shares_(plan.signals.size()),
      present_(plan.signals.size()) {
  std::iota(order_.begin(), order_.end(), 0);
}

Status PartSearch::run(PartView& part) {
  part_ = &part;
  if (part.only) {
    for (size_t i = 0; i < part.only->size(); ++i) {
      if (stop_ && i % 1024 == 0) RETURN_IF_ERROR(stop_());
      RETURN_IF_ERROR(offer((*part.only)[i], 0, 0));
    }
    return {};
  }
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
      const uint32_t end = std::min(range.end, begin / kWindow * kWindow + kWindow);
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
  return {};
}

Status PartSearch::window(uint32_t begin, uint32_t end) {
  const uint32_t base = begin / kWindow * kWindow;
  const bool plain = plan_.is_plain_or();
  first_read_ = 0;
  unread_bound_ = 0;
  if (plan_.signals.size() > 0) {
    RETURN_IF_ERROR(order_signals(begin, end));
    if (first_read_ == order_.size()) {
      ++effort_.windows_skipped;
      return {};
    }
    // Under AND and NOT every signal says whether a document matches.
    if (!plain) first_read_ = 0, unread_bound_ = 0;
  }
  std::fill(scores_.begin(), scores_.end(), 0.0F);
  std::fill(bits_.begin(), bits_.end(), 0);
  for (size_t i = first_read_; i < order_.size(); ++i) {
    const size_t signal = order_[i];
    if (part_->scan[signal] == nullptr) continue;
    RETURN_IF_ERROR(accumulate(signal, begin, end, plain ? nullptr : &bits_[kWords * signal]));
  }
  candidates_.clear();
  const double threshold = best_.is_full() ? best_.threshold() / kSlack - unread_bound_ : -1;
  const auto least = static_cast<float>(threshold);
  if (plain) {
    for (uint32_t i = begin - base; i < end - base; ++i) {
      if (scores_[i] > 0 && scores_[i] >= least) candidates_.push_back({scores_[i], base + i});
    }
  } else {
    matching(plan_.root, matched_.data());
    for (size_t word = 0; word < kWords; ++word) {
      for (uint64_t bits = matched_[word]; bits != 0; bits &= bits - 1) {
        const auto i =
            static_cast<uint32_t>(word * 64 + static_cast<size_t>(std::countr_zero(bits)));
        if (scores_[i] >= least) candidates_.push_back({scores_[i], base + i});
      }
    }
  }
  // The most promising first: they lift the threshold for the others.
  if (candidates_.size() > 1) {
    std::sort(candidates_.begin(), candidates_.end(),
              [](const Candidate& a, const Candidate& b) { return a.bound > b.bound; });
  }
  for (const Candidate& candidate : candidates_) {
    if (best_.is_full() && !reaches(candidate.bound + unread_bound_)) break;
    RETURN_IF_ERROR(offer(candidate.document, begin, candidate.bound));
  }
  return {};
}

Status PartSearch::accumulate(size_t signal, uint32_t begin, uint32_t end, uint64_t* bits) {
  PostingCursor& cursor = *part_->scan[signal];
  const uint32_t base = begin / kWindow * kWindow;
  const auto rarity = static_cast<float>(rarity_[signal]);
  const uint8_t* norms = part_->norms;
  while (begin < end) {
    ASSIGN_OR_RETURN(const Run run, cursor.next(begin, end));
    if (run.size == 0) break;
    effort_.postings += static_cast<int64_t>(run.size);
    begin = run.documents[run.size - 1] + 1;
    if (run.title == nullptr) {
      for (size_t i = 0; i < run.size; ++i) {
        const uint32_t document = run.documents[i];
        const uint8_t frequency = run.content[i];
        const float most = frequency < Bm25::kRows ? bm25_.most_content(frequency, norms[document])
                                                   : bm25_.most({frequency, 0, 0}, norms[document]);
        scores_[document - base] += most * rarity + kTrace;
      }
    } else {
      for (size_t i = 0; i < run.size; ++i) {
        const uint32_t document = run.documents[i];
        scores_[document - base] += bm25_.most(run.at(i), norms[document]) * rarity + kTrace;
      }
    }
    if (bits == nullptr) continue;
    for (size_t i = 0; i < run.size; ++i) {
      const uint32_t at = run.documents[i] - base;
      bits[at / 64] |= uint64_t{1} << at % 64;
    }
  }
  return {};
}

// Who may match: all who do, and where there are phrases perhaps some more.
void PartSearch::matching(const WordPlan::Node& node, uint64_t* out) const {
  if (node.kind == TextQuery::Kind::kWord) {
    std::fill(out, out + kWords, UINT64_MAX);
    for (const uint32_t signal : plan_.leaves[node.leaf].signals) {
      for (size_t i = 0; i < kWords; ++i) out[i] &= bits_[kWords * signal + i];
    }
    return;
  }
  const bool is_and = node.kind == TextQuery::Kind::kAnd && !node.children.empty();
  std::fill(out, out + kWords, is_and ? UINT64_MAX : 0);
  uint64_t part[kWords];
  for (size_t child = 0; child < node.children.size(); ++child) {
    matching(node.children[child], part);
    for (size_t i = 0; i < kWords; ++i) {
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
Status PartSearch::offer(uint32_t number, uint32_t, float) {
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
    if (part_->probe[signal] == nullptr) continue;
    Frequencies frequencies;
    ASSIGN_OR_RETURN(const bool found, part_->probe[signal]->probe(number, &frequencies));
    if (!found) continue;
    present_[signal] = true;
    const double one = rarity_[signal] / std::max(1U, plan_.signals[signal].scored);
    shares_[signal] = bm25_.share(frequencies, length) * one;
  }
  std::vector<bool> leaves(plan_.leaves.size());
  for (size_t i = 0; i < leaves.size(); ++i) {
    const auto& signals = plan_.leaves[i].signals;
    leaves[i] = std::all_of(signals.begin(), signals.end(),
                            [this](uint32_t signal) { return present_[signal]; });
  }
  // Whoever was not found by its words may have none of them.
  if (part_->only && !plan_.has_phrases && !matches(plan_.root, leaves)) return {};
  RankedDocument ranked;
  ranked.score = exact(leaves);
  ranked.sequence = INT64_MAX;
  if (!best_.wants(ranked)) return {};
  if (!document) {
    ASSIGN_OR_RETURN(document, part_->document(number));
  }
  ranked.sequence = document->sequence;
  ranked.row = document->row;
  if (!best_.wants(ranked)) return {};
  if (document->may_expire || plan_.has_phrases || check_.is_needed()) {
    ++effort_.checked;
    std::vector<bool> phrases(plan_.leaves.size());
    ASSIGN_OR_RETURN(const bool shown,
                     check_.check(*document, plan_.has_phrases ? &phrases : nullptr));
    if (!shown) return {};
    if (plan_.has_phrases) {
      for (size_t i = 0; i < leaves.size(); ++i) {
        if (plan_.leaves[i].is_phrase()) leaves[i] = leaves[i] && phrases[i];
      }
      if (!matches(plan_.root, leaves)) return {};
      ranked.score = exact(leaves);
      if (!best_.wants(ranked)) return {};
    }
  }
  best_.add(ranked);
  return {};
}

}  // namespace memtier
