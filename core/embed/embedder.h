// What turns texts into vectors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"

namespace memtier {

inline constexpr size_t kMaxEmbedderDimension = 4096;
// Of a longer text the beginning counts: the mean of more words says less, and a put must not take long.
inline constexpr size_t kMaxEmbeddedBytes = 16 << 10;

// The part of a text that is embedded, which ends with a whole character.
std::string_view embedded_part(std::string_view text);

// Thread safety: any thread.
class Embedder {
 public:
  Embedder() = default;
  virtual ~Embedder() = default;
  Embedder(const Embedder&) = delete;
  Embedder& operator=(const Embedder&) = delete;

  // What its vectors are called: those of two names are never compared.
  virtual const std::string& name() const = 0;
  virtual size_t dimension() const = 0;
  // How many texts it wants at once, at most.
  virtual size_t batch_size() const = 0;
  // vectors has texts.size() * dimension() numbers. A text without meaning has zeros.
  virtual Status embed(std::span<const std::string_view> texts, float* vectors) = 0;
};

}  // namespace memtier
