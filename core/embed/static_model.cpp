#include "embed/static_model.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <map>
#include <mutex>
#include <system_error>
#include <tuple>

#include "embed/text_cleaner.h"

namespace memtier {
namespace {

// A file by what it is, not by what it is called.
using FileIdentity = std::tuple<dev_t, ino_t, off_t, int64_t>;

FileIdentity identity_of(const struct stat& info) {
  return {info.st_dev, info.st_ino, info.st_size,
          info.st_mtim.tv_sec * int64_t{1'000'000'000} + info.st_mtim.tv_nsec};
}

// Those that are in use. Never let go itself: stores may be closed when the process ends.
struct OpenModels {
  std::mutex mutex;
  std::map<FileIdentity, std::weak_ptr<StaticModel>> by_file;
  // The one opened last stays mapped: the next store that is opened need not check it again.
  std::shared_ptr<StaticModel> last;
};

OpenModels& open_models() {
  static OpenModels* const kModels = new OpenModels();
  return *kModels;
}

Status cannot_read(const std::string& path, int error_number) {
  return {Code::kUnsupported, "embedder: the model file \"" + path + "\" cannot be read (" +
                                  std::generic_category().message(error_number) +
                                  "); install it, or set EMBEDDER to \"none\""};
}

struct Descriptor {
  explicit Descriptor(int number_in) : number(number_in) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int number;
};

// Looks the pieces of words up.
class Pieces final : public WordSink {
 public:
  Pieces(const char* data, const ModelHeader& header, std::vector<uint32_t>* rows)
      : slots_(reinterpret_cast<const TokenSlot*>(data + header.slots_at)),
        ends_(reinterpret_cast<const uint32_t*>(data + header.ends_at)),
        texts_(data + header.texts_at),
        mask_(header.slots - 1),
        longest_(header.longest_token),
        rows_(rows) {}

  void use_word(std::string_view word) override {
    const size_t before = rows_->size();
    for (size_t at = 0; at < word.size();) {
      const size_t taken = take(word.substr(at), at > 0);
      if (taken == 0) {  // the whole word is none
        rows_->resize(before);
        return;
      }
      at += taken;
    }
  }

 private:
  // Adds the longest token at the beginning of `rest`, and returns its size.
  size_t take(std::string_view rest, bool inside) {
    std::array<uint64_t, kMaxWordCharacters * 4 + 4> hashes;  // of the beginnings of `rest`
    const size_t most = std::min(rest.size(), longest_);
    TokenHash hash(inside);
    for (size_t i = 0; i < most; ++i) {
      hash.add(rest[i]);
      hashes[i] = hash.value();
    }
    for (size_t size = most; size > 0; --size) {
      const uint32_t row = find(rest.substr(0, size), inside, hashes[size - 1]);
      if (row == 0) continue;
      rows_->push_back(row);
      return size;
    }
    return 0;
  }

  uint32_t find(std::string_view text, bool inside, uint64_t hash) const {
    const auto tag = static_cast<uint32_t>(hash >> 32);
    for (uint64_t at = hash & mask_;; at = (at + 1) & mask_) {
      const TokenSlot& slot = slots_[at];
      if (slot.row == 0) return 0;
      if (slot.tag == tag && is_token(slot.row, text, inside)) return slot.row;
    }
  }

  bool is_token(uint32_t row, std::string_view text, bool inside) const {
    const uint32_t begin = ends_[row - 1];
    std::string_view token(texts_ + begin, ends_[row] - begin);
    if (is_continuation(token) != inside) return false;
    if (inside) token.remove_prefix(kContinuation.size());
    return token == text;
  }

  const TokenSlot* const slots_;
  const uint32_t* const ends_;
  const char* const texts_;
  const uint64_t mask_;
  const size_t longest_;
  std::vector<uint32_t>* const rows_;
};

}  // namespace

std::string_view embedded_part(std::string_view text) {
  if (text.size() <= kMaxEmbeddedBytes) return text;
  size_t size = kMaxEmbeddedBytes;
  // Back to where a character begins.
  while (size > kMaxEmbeddedBytes - 4 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
    --size;
  }
  return text.substr(0, size);
}

StaticModel::~StaticModel() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

Result<std::shared_ptr<StaticModel>> StaticModel::open(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return cannot_read(path, errno);
  OpenModels& models = open_models();
  const std::lock_guard lock(models.mutex);
  std::weak_ptr<StaticModel>& known = models.by_file[identity_of(info)];
  std::shared_ptr<StaticModel> model = known.lock();
  if (model) return model;
  ASSIGN_OR_RETURN(model, map(path));
  known = model;
  models.last = model;
  return model;
}

Result<std::shared_ptr<StaticModel>> StaticModel::map(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (file.number < 0 || fstat(file.number, &info) != 0) return cannot_read(path, errno);
  if (!S_ISREG(info.st_mode)) return cannot_read(path, S_ISDIR(info.st_mode) ? EISDIR : EINVAL);
  const auto size = static_cast<size_t>(info.st_size);
  const std::shared_ptr<StaticModel> model(new StaticModel(path));  // before what it is to let go
  if (size < sizeof(ModelHeader)) return check_model_file({}, path);
  void* data = mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file.number, 0);
  if (data == MAP_FAILED) return cannot_read(path, errno);
  model->data_ = static_cast<const char*>(data);
  model->size_ = size;
  RETURN_IF_ERROR(check_model_file({model->data_, size}, path));
  std::memcpy(&model->header_, model->data_, sizeof model->header_);
  model->name_ = model->header_.name;
  return model;
}

void StaticModel::tokenize(std::string_view text, std::vector<uint32_t>* rows) const {
  Pieces pieces(data_, header_, rows);
  for_each_word(text, pieces);
}

void StaticModel::average(const std::vector<uint32_t>& rows, float* vector) const {
  constexpr size_t kBlock = 256;  // numbers at once: the sums stay in registers and the first cache
  constexpr size_t kRowsAtOnce = 256;  // a sum of so many int8 fits into 16 bits
  const auto* weights = reinterpret_cast<const int8_t*>(data_ + header_.weights_at);
  const size_t dimension = header_.dimension;
  double squares = 0;
  for (size_t begin = 0; begin < dimension; begin += kBlock) {
    const size_t count = std::min(kBlock, dimension - begin);
    std::array<int32_t, kBlock> sums{};
    for (size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
      std::array<int16_t, kBlock> part{};
      const size_t last = std::min(rows.size(), first + kRowsAtOnce);
      for (size_t r = first; r < last; ++r) {
        const int8_t* row = weights + rows[r] * dimension + begin;
        for (size_t i = 0; i < count; ++i) part[i] = static_cast<int16_t>(part[i] + row[i]);
      }
      for (size_t i = 0; i < count; ++i) sums[i] += part[i];
    }
    for (size_t i = 0; i < count; ++i) {
      vector[begin + i] = static_cast<float>(sums[i]);
      squares += static_cast<double>(sums[i]) * sums[i];
    }
  }
  const auto scale = squares > 0 ? static_cast<float>(1 / std::sqrt(squares)) : 0.0F;
  for (size_t i = 0; i < dimension; ++i) vector[i] *= scale;
}

Status StaticModel::embed(std::span<const std::string_view> texts, float* vectors) {
  std::vector<uint32_t> rows;
  for (const std::string_view text : texts) {
    rows.clear();
    tokenize(embedded_part(text), &rows);
    average(rows, vectors);
    vectors += dimension();
  }
  return {};
}

}  // namespace memtier
