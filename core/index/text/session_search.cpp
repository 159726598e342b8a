#include "index/text/session_search.h"

#include <algorithm>
#include <set>

namespace memtier {
namespace {

// Whether a turn that its neighbours brought in may be shown.
Result<bool> may_show(const PartView& part, const SupportedDocument& document, DocumentCheck& check,
                      SearchEffort* effort) {
  if (document.found_by_words) return true;
  const uint32_t number = document.ranked.document;
  if (part.only && !std::binary_search(part.only->begin(), part.only->end(), number)) return false;
  if (!document.may_expire && !check.is_needed()) return true;
  ++effort->checked;
  ASSIGN_OR_RETURN(const SegmentDocument stored, part.document(number));
  return check.check(stored, nullptr);
}

}  // namespace

Result<std::vector<TextHit>> supported_hits(SessionSupport& support,
                                            std::span<const RankedDocument> ranked, size_t window,
                                            const std::vector<PartView>& parts,
                                            DocumentCheck& check, const TextRequest& request,
                                            SearchEffort* effort) {
  window = std::min(window, ranked.size());
  ASSIGN_OR_RETURN(const auto documents, support.rank(ranked.subspan(0, window)));
  std::vector<TextHit> hits;
  int64_t skip = request.skip;
  const auto is_full = [&] { return static_cast<int64_t>(hits.size()) >= request.limit; };
  for (const SupportedDocument& document : documents) {
    if (is_full()) return hits;
    ASSIGN_OR_RETURN(const bool shown,
                     may_show(parts[document.ranked.part], document, check, effort));
    if (shown && skip-- <= 0) hits.push_back(document.hit);
  }
  // Behind them those that words find beyond the window, in their order.
  std::set<std::pair<uint32_t, uint32_t>> seen;
  for (const SupportedDocument& document : documents) {
    seen.emplace(document.ranked.part, document.ranked.document);
  }
  const double least = documents.empty() ? 0 : documents.back().hit.score;
  for (const RankedDocument& document : ranked.subspan(window)) {
    if (is_full()) break;
    if (seen.count({document.part, document.document}) != 0 || skip-- > 0) continue;
    TextHit hit;
    hit.row = document.row;
    hit.words = document.score;
    hit.score = std::min(document.score, least);
    hits.push_back(hit);
  }
  return hits;
}

}  // namespace memtier
