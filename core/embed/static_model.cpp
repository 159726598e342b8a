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

constexpr size_t kColumns = 64;  // of a row, added at once: a cache line

// Which tags the slots have: nine of ten pieces that are no token are told by a bit in the first cache,
// not by a slot in the second or third. It saves 7 us for 400 bytes of words that no list knows.
constexpr size_t kTagBits = size_t{1} << 18;

std::vector<uint64_t> tags_of(const TokenSlot* slots, size_t count) {
  std::vector<uint64_t> bits(kTagBits / 64);
  for (size_t i = 0; i < count; ++i) {
    if (slots[i].row != 0) bits[slots[i].tag % kTagBits / 64] |= uint64_t{1} << slots[i].tag % 64;
  }
  return bits;
}

// Looks the pieces of words up.
class Pieces final : public WordSink {
 public:
  Pieces(const char* data, const ModelHeader& header, const uint64_t* known_tags,
         std::vector<uint32_t>* rows)
      : slots_(reinterpret_cast<const TokenSlot*>(data + header.slots_at)),
        known_tags_(known_tags),
        ends_(reinterpret_cast<const uint32_t*>(data + header.ends_at)),
        texts_(data + header.texts_at),
        weights_(data + header.weights_at),
        dimension_(header.dimension),
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
      for (size_t line = 0; line < dimension_; line += kColumns) {
        __builtin_prefetch(weights_ + row * dimension_ + line);  // read when all pieces are known
      }
      return size;
    }
    return 0;
  }

  uint32_t find(std::string_view text, bool inside, uint64_t hash) const {
    const auto tag = static_cast<uint32_t>(hash >> 32);
    if ((known_tags_[tag % kTagBits / 64] >> tag % 64 & 1) == 0) return 0;
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
  const uint64_t* const known_tags_;
  const uint32_t* const ends_;
  const char* const texts_;
  const char* const weights_;
  const size_t dimension_;
  const uint64_t mask_;
  const size_t longest_;
  std::vector<uint32_t>* const rows_;
};

// The sums of kColumns of each row, as floats, in vectors, which stay in registers; returns the sum of
// their squares, which is exact. Written as plain loops the compiler took one number at a time, since int8
// may alias anything: two thirds of the time of a text.
double add_columns(const int8_t* weights, size_t dimension, const std::vector<uint32_t>& rows,
                   float* vector) {
  using Bytes = int8_t __attribute__((vector_size(8)));
  using Shorts = int16_t __attribute__((vector_size(16)));
  using Ints = int32_t __attribute__((vector_size(32)));
  using Floats = float __attribute__((vector_size(32)));
  using Doubles = double __attribute__((vector_size(64)));
  constexpr size_t kLanes = sizeof(Bytes);
  constexpr size_t kVectors = kColumns / kLanes;
  constexpr size_t kRowsAtOnce = 256;  // a sum of so many int8 fits into 16 bits
  Ints sums[kVectors] = {};
  for (size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
    const size_t last = std::min(rows.size(), first + kRowsAtOnce);
    Shorts part[kVectors] = {};
    for (size_t r = first; r < last; ++r) {
      const int8_t* row = weights + rows[r] * dimension;
      for (size_t v = 0; v < kVectors; ++v) {
        Bytes bytes;
        std::memcpy(&bytes, row + v * kLanes, sizeof bytes);
        part[v] += __builtin_convertvector(bytes, Shorts);
      }
    }
    for (size_t v = 0; v < kVectors; ++v) sums[v] += __builtin_convertvector(part[v], Ints);
  }
  Doubles squares = {};
  for (size_t v = 0; v < kVectors; ++v) {
    const Floats floats = __builtin_convertvector(sums[v], Floats);
    const Doubles doubles = __builtin_convertvector(sums[v], Doubles);
    std::memcpy(vector + v * kLanes, &floats, sizeof floats);
    squares += doubles * doubles;
  }
  double total = 0;
  for (size_t i = 0; i < kLanes; ++i) total += squares[i];
  return total;
}

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
  model->known_tags_ =
      tags_of(reinterpret_cast<const TokenSlot*>(model->data_ + model->header_.slots_at),
              model->header_.slots);
  return model;
}

void StaticModel::tokenize(std::string_view text, std::vector<uint32_t>* rows) const {
  Pieces pieces(data_, header_, known_tags_.data(), rows);
  for_each_word(text, pieces);
}

void StaticModel::average(const std::vector<uint32_t>& rows, float* vector) const {
  const auto* weights = reinterpret_cast<const int8_t*>(data_ + header_.weights_at);
  const size_t dimension = header_.dimension;
  double squares = 0;
  size_t begin = 0;
  for (; begin + kColumns <= dimension; begin += kColumns) {
    squares += add_columns(weights + begin, dimension, rows, vector + begin);
  }
  for (; begin < dimension; ++begin) {
    int64_t sum = 0;
    for (const uint32_t row : rows) sum += weights[row * dimension + begin];
    vector[begin] = static_cast<float>(sum);
    squares += static_cast<double>(sum) * static_cast<double>(sum);
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
