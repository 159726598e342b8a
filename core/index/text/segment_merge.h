// Merging segments that follow each other into one: documents that are hidden go, and so do negatives
// whose document goes with them or is not there any more.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "index/text/segment_writer.h"
#include "index/text/text_state.h"

namespace memtier {

// What was hidden when the merge began: the state goes on meanwhile.
struct MergeSource {
  std::shared_ptr<const Segment> segment;
  std::vector<bool> hidden;
  std::vector<bool> is_void;
};

// Nothing: all of it was hidden.
Result<std::optional<SegmentImage>> merge_segments(std::span<const MergeSource> sources,
                                                   ChunkReader& reader, const StopCheck& stop);

}  // namespace memtier
