// An embedder of the caller's own, behind a function.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "embed/embedder.h"

namespace memtier {

// vectors has room for texts.size() times the dimension, zeros on entry.
using EmbedFunction =
    std::function<Status(std::span<const std::string_view> texts, float* vectors)>;

// Thread safety: any thread; the function is called by several threads at once where these ask.
class CallbackEmbedder final : public Embedder {
 public:
  CallbackEmbedder(std::string name, size_t dimension, size_t batch, EmbedFunction function)
      : name_(std::move(name)),
        dimension_(dimension),
        batch_(batch),
        function_(std::move(function)) {}

  const std::string& name() const override { return name_; }
  size_t dimension() const override { return dimension_; }
  size_t batch_size() const override { return batch_; }
  // Checks what the function gave: numbers that are finite.
  Status embed(std::span<const std::string_view> texts, float* vectors) override;

 private:
  const std::string name_;
  const size_t dimension_;
  const size_t batch_;
  const EmbedFunction function_;
};

}  // namespace memtier
