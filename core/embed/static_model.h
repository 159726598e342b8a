// A static model: each token has a row of numbers, and the vector of a text is the mean of the rows of its
// tokens. The file is mapped, so all stores and processes share it in RAM.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "embed/embedder.h"
#include "embed/model_file.h"

namespace memtier {

// Thread safety: any thread.
class StaticModel final : public Embedder {
 public:
  // Maps and checks a file: kUnsupported (it cannot be read), kCorrupt, kNewerFormat. A process has one
  // of each file, whoever opens it.
  static Result<std::shared_ptr<StaticModel>> open(const std::string& path);
  ~StaticModel() override;

  const std::string& name() const override { return name_; }
  size_t dimension() const override { return header_.dimension; }
  size_t batch_size() const override { return 64; }
  Status embed(std::span<const std::string_view> texts, float* vectors) override;

  const std::string& path() const { return path_; }
  // The rows of the tokens of a text, in order; WordPiece: of each word the longest token that it begins
  // with, and so on with what is left of it.
  void tokenize(std::string_view text, std::vector<uint32_t>* rows) const;
  // Their mean, divided by its length; zeros where there are none.
  void average(const std::vector<uint32_t>& rows, float* vector) const;

 private:
  explicit StaticModel(std::string path) : path_(std::move(path)) {}
  static Result<std::shared_ptr<StaticModel>> map(const std::string& path);

  const std::string path_;
  const char* data_ = nullptr;  // never changed once it is mapped
  size_t size_ = 0;
  ModelHeader header_{};
  std::string name_;
  std::vector<uint64_t> known_tags_;
};

}  // namespace memtier
