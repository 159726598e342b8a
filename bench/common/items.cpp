#include "common/items.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/keys.h"
#include "common/random.h"

namespace bench {
namespace {

constexpr size_t kVocabulary = 50'000;
constexpr double kWordExponent = 1.0;
constexpr int64_t kFirstUs = 1'735'689'600'000'000;  // 2025-01-01
constexpr int64_t kBetweenUs = 10'000'000;

constexpr std::array<std::string_view, 100> kEnglish = {
    "the",   "of",   "and",   "to",    "in",      "a",     "is",     "that",    "for",  "it",
    "as",    "was",  "with",  "be",    "by",      "on",    "not",    "he",      "this", "are",
    "or",    "his",  "from",  "at",    "which",   "but",   "have",   "an",      "had",  "they",
    "you",   "were", "there", "one",   "all",     "we",    "can",    "her",     "has",  "their",
    "been",  "if",   "more",  "when",  "will",    "would", "who",    "so",      "no",   "she",
    "other", "its",  "may",   "these", "what",    "them",  "than",   "some",    "him",  "time",
    "into",  "only", "do",    "such",  "my",      "new",   "about",  "out",     "also", "two",
    "any",   "up",   "first", "could", "our",     "then",  "most",   "see",     "me",   "should",
    "after", "said", "your",  "very",  "between", "made",  "many",   "over",    "like", "those",
    "did",   "now",  "even",  "well",  "where",   "must",  "people", "through", "how",  "same"};

// Words that no stop list knows: syllables, the rarer the more.
std::string made_word(size_t rank) {
  static constexpr std::array<const char*, 40> kSyllables = {
      "ba",  "co",  "de",  "fi",  "gra", "ha",   "in",  "jo",  "ka",  "lu",
      "ma",  "ne",  "or",  "pe",  "qua", "re",   "so",  "ti",  "un",  "ve",
      "wi",  "ya",  "zo",  "tra", "ble", "ster", "mon", "dal", "ner", "pin",
      "tor", "lis", "ven", "cal", "bur", "sha",  "den", "ful", "mer", "tan"};
  std::string word;
  size_t rest = rank;
  do {
    word += kSyllables[rest % kSyllables.size()];
    rest /= kSyllables.size();
  } while (rest > 0);
  return word.size() < 3 ? word + "n" : word;
}

const std::vector<std::string>& vocabulary() {
  static const std::vector<std::string>* const kWords = [] {
    auto* words = new std::vector<std::string>();
    for (size_t rank = 0; rank < kVocabulary; ++rank) {
      words->push_back(rank < kEnglish.size() ? std::string(kEnglish[rank]) : made_word(rank));
    }
    return words;
  }();
  return *kWords;
}

void write_id(size_t i, char* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  const uint64_t high = mix(i * 2 + 1);
  const uint64_t low = mix(i * 2 + 2);
  for (size_t at = 0, digit = 0; at < Items::kIdBytes; ++at) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      out[at] = '-';
      continue;
    }
    const uint64_t word = digit < 16 ? high : low;
    out[at] = kHex[word >> 4 * (15 - digit % 16) & 15];
    ++digit;
  }
}

// Words up to the size; what is left is full stops.
void write_words(const Zipf& zipf, Random& random, char* out, size_t size) {
  size_t used = 0;
  while (true) {
    const std::string& word = vocabulary()[zipf.draw(random)];
    if (used + word.size() + 1 > size) break;
    std::memcpy(out + used, word.data(), word.size());
    used += word.size();
    out[used++] = ' ';
  }
  std::memset(out + used, '.', size - used);
}

void write_metadata(size_t i, Random& random, char* out) {
  static constexpr std::array<const char*, 5> kSources = {"chat", "mail", "tool", "web", "voice"};
  char text[Items::kMetadataBytes + 1];
  const int used =
      std::snprintf(text, sizeof text,
                    R"({"source":"%s","turn":%zu,"place":{"city":"%s"},"weight":%.4f,"note":")",
                    kSources[random.below(kSources.size())], i % 100'000,
                    vocabulary()[100 + random.below(500)].c_str(), random.unit());
  std::memcpy(out, text, static_cast<size_t>(used));
  const size_t end = Items::kMetadataBytes - 2;
  for (size_t at = static_cast<size_t>(used); at < end; ++at) {
    out[at] = static_cast<char>('a' + random.below(26));
  }
  std::memcpy(out + end, "\"}", 2);
}

Random random_of(size_t i, uint64_t purpose) {
  return Random(mix(i) ^ purpose);
}

}  // namespace

Items::Items(size_t count) : size_(count), bytes_(count * kStride, '\0') {
  const Zipf zipf(kVocabulary, kWordExponent);
  for (size_t i = 0; i < count; ++i) {
    char* out = bytes_.data() + i * kStride;
    Random random = random_of(i, 1);
    write_id(i, out);
    write_metadata(i, random, out + kIdBytes);
    write_words(zipf, random, out + kIdBytes + kMetadataBytes, kContentBytes);
  }
}

Items Items::read_dialogues(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot read " + path);
  Items items;
  std::string line(64 << 10, '\0');
  const auto add = [&items](std::string_view text) {
    items.bytes_ += text;
    items.ends_.push_back(items.bytes_.size());
  };
  while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    nlohmann::json turn = nlohmann::json::parse(line.c_str());
    add(make_id(items.size_++));
    const std::string text = turn["text"];
    turn.erase("text");
    add(turn.dump());
    add(text);
  }
  gzclose(file);
  return items;
}

std::string_view Items::type(size_t i) const {
  static constexpr std::array<std::string_view, 5> kTypes = {"episodic", "semantic", "procedural",
                                                             "working", "declarative"};
  return kTypes[random_of(i, 2).below(kTypes.size())];
}

std::string_view Items::tag(size_t i, size_t which) const {
  static const std::vector<std::string>* const kTags = [] {
    auto* tags = new std::vector<std::string>();
    for (size_t t = 0; t < 200; ++t) tags->push_back("tag-" + vocabulary()[1000 + t]);
    return tags;
  }();
  // The product of two makes low numbers likelier, as it is with tags; the halves keep them apart.
  Random random = random_of(i, 3 + which);
  return (*kTags)[which * 100 + static_cast<size_t>(random.unit() * random.unit() * 100)];
}

double Items::importance(size_t i) const {
  return static_cast<double>(random_of(i, 5).below(1000)) / 1000;
}

int64_t Items::created_us(size_t i) const {
  return kFirstUs + static_cast<int64_t>(i) * kBetweenUs;
}

void Items::append_json_line(size_t i, std::string* out) const {
  char numbers[96];
  std::snprintf(numbers, sizeof numbers, R"("importance":%.3f,"created_us":%lld,)", importance(i),
                static_cast<long long>(created_us(i)));
  // None of these texts has anything that JSON escapes.
  *out += R"({"memtier":1,"kind":"item","id":")";
  out->append(id(i)).append(R"(","type":")").append(type(i)).append(R"(","tags":[")");
  out->append(tag(i, 0)).append(R"(",")").append(tag(i, 1)).append(R"("],)").append(numbers);
  *out += R"("metadata":)";
  out->append(metadata(i)).append(R"(,"content":")").append(content(i)).append("\"}\n");
}

std::string make_id(size_t i) {
  std::string id(Items::kIdBytes, '\0');
  write_id(i, id.data());
  return id;
}

const std::string& vocabulary_word(size_t rank) {
  return vocabulary()[rank];
}

}  // namespace bench
