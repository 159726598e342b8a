// From the documents that words find to the hits of a search in which turns support each other.
#pragma once

#include <span>
#include <vector>

#include "index/text/session_support.h"

namespace memtier {

// The hits of the request. `ranked`: what words find, the best first, as many as the window and the request
// need; the first `window` of them are ranked again.
Result<std::vector<TextHit>> supported_hits(SessionSupport& support,
                                            std::span<const RankedDocument> ranked, size_t window,
                                            const std::vector<PartView>& parts,
                                            DocumentCheck& check, const TextRequest& request,
                                            SearchEffort* effort);

}  // namespace memtier
