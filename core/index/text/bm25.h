// BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009), with k1 0.9 and b 0.4, the
// defaults of Anserini (Yang, Fang and Lin, 2017), which suit short texts better than 1.2 and 0.75 do
// (docs/benchmarks.md, "locomo"); the weight of a rare word is log(1 + (N - n + 0.5) / (n + 0.5)), as
// Lucene has it, which is never negative.
//
// A NORM is a document's length in a byte, rounded down: exact up to 127 words. Used for bounds.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "index/text/postings.h"
#include "index/text/text_index.h"

namespace memtier {

uint8_t norm_of_length(uint32_t length);
// The least length with this norm.
uint32_t length_of_norm(uint8_t norm);
// Whether a norm says a length exactly.
constexpr bool is_exact_norm(uint8_t norm) {
  return norm < 128;
}

// What is counted over the scopes that a search may see.
struct Collection {
  int64_t documents = 0;
  int64_t length = 0;  // words in all
};

class Bm25 {
 public:
  static constexpr double kK1 = 0.9;
  static constexpr double kB = 0.4;

  Bm25(const Collection& collection, const FieldWeights& weights);

  // What one more posting of a rare word is worth.
  double rarity(int64_t documents_with_term) const;
  double weighted(const Frequencies& frequencies) const {
    return weights_.content * frequencies.content + weights_.title * frequencies.title +
           weights_.speaker * frequencies.speaker;
  }
  // Whether some field is not searched: a posting may then be none (weighted() is 0).
  bool leaves_out_fields() const {
    return weights_.content == 0 || weights_.title == 0 || weights_.speaker == 0;
  }
  // The share of a term in a document's score, without its rarity.
  double share(double frequency, uint32_t length) const {
    return frequency * (kK1 + 1) /
           (frequency + kK1 * (1 - kB + kB * static_cast<double>(length) * inverse_average_));
  }
  double share(const Frequencies& frequencies, uint32_t length) const {
    return share(weighted(frequencies), length);
  }
  // Not less than share() for any document of this norm. From a table where the term stands in the
  // content alone and not too often, as nearly always.
  float most(const Frequencies& frequencies, uint8_t norm) const {
    if (frequencies.content < kRows && (frequencies.title | frequencies.speaker) == 0) {
      return most_content(frequencies.content, norm);
    }
    return static_cast<float>(share(frequencies, length_of_norm(norm)));
  }
  float most_content(uint8_t frequency, uint8_t norm) const {
    return table_[static_cast<size_t>(frequency) * 256 + norm];
  }
  static constexpr size_t kRows = 16;

 private:
  FieldWeights weights_;
  double documents_;
  double inverse_average_;
  std::vector<float> table_;  // by frequency in the content, by norm
};

}  // namespace memtier
