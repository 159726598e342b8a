#include "embed/callback_embedder.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace memtier {

Status CallbackEmbedder::embed(std::span<const std::string_view> texts, float* vectors) {
  // A number beyond it would have a square that is not finite.
  constexpr float kMost = 1e15F;
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin < texts.size(); begin += batch_) {
    const size_t count = std::min(batch_, texts.size() - begin);
    parts.clear();
    for (const std::string_view text : texts.subspan(begin, count)) {
      parts.push_back(embedded_part(text));
    }
    float* const out = vectors + begin * dimension_;
    std::fill(out, out + count * dimension_, 0.0F);
    RETURN_IF_ERROR(function_(parts, out));
    for (size_t i = 0; i < count * dimension_; ++i) {
      if (std::isfinite(out[i]) && std::fabs(out[i]) <= kMost) continue;
      return {Code::kCallback,
              "the embedder callback gave a vector with a component that is " +
                  std::string(std::isfinite(out[i]) ? "beyond 1e15" : "not a finite number")};
    }
  }
  return {};
}

}  // namespace memtier
