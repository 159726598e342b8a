// The plain driver: replays a folder of files, then mutations of them.
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"

namespace {

constexpr size_t kMaxBytes = 8192;
#ifdef __SANITIZE_ADDRESS__
constexpr uint64_t kRuns = 10'000;  // a mutation takes ten times as long
#else
constexpr uint64_t kRuns = 100'000;
#endif
std::string current;  // for the message when it breaks

// In memory of exactly its size, so that sanitizers see every look beyond it.
void run(const std::string& input) {
  current = input;
  const std::unique_ptr<char[]> bytes(new char[input.size()]);
  std::copy(input.begin(), input.end(), bytes.get());
  fuzz_one({bytes.get(), input.size()});
}

void tell_and_die(int signal_number) {
  const char text[] = "\nthe input that broke it:\n";
  (void)!write(2, text, sizeof text - 1);
  (void)!write(2, current.data(), current.size());
  (void)signal(signal_number, SIG_DFL);
  (void)raise(signal_number);
}

class Mutator {
 public:
  Mutator(uint64_t seed, const std::vector<std::string>& corpus) : random_(seed), corpus_(corpus) {}

  std::string next() {
    std::string text = corpus_[below(corpus_.size())];
    for (uint64_t n = 1 + below(6); n > 0; --n) mutate(text);
    if (text.size() > kMaxBytes) text.resize(kMaxBytes);
    return text;
  }

 private:
  uint64_t below(uint64_t limit) { return random_() % limit; }

  void mutate(std::string& text) {
    static const char* const kPieces[] = {"{",
                                          "}",
                                          "[",
                                          "]",
                                          "\"",
                                          ",",
                                          ":",
                                          "\\u0000",
                                          "\\ud800",
                                          "null",
                                          "true",
                                          "-1",
                                          "1e999",
                                          "9223372036854775808",
                                          "18446744073709551616",
                                          "$not",
                                          "$or",
                                          "$in",
                                          "metadata.",
                                          "*",
                                          "(",
                                          "AND ",
                                          "OR ",
                                          "NOT ",
                                          "-",
                                          "\xff",
                                          "\xe2\x82",
                                          "\n"};
    const size_t at = below(text.size() + 1);
    switch (below(7)) {
      case 0:
        text.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 1:
        text.insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 2:
        text.erase(at, 1 + below(8));
        break;
      case 3:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 4:
        text.insert(at, text.substr(at, 1 + below(64)));
        break;
      case 5: {
        const std::string& other = corpus_[below(corpus_.size())];
        text = text.substr(0, at) + other.substr(std::min(other.size(), size_t{below(200)}));
        break;
      }
      default:
        overwrite_number(text);
        break;
    }
  }

  // Of 4 or 8 bytes: sizes and places in binary forms.
  void overwrite_number(std::string& text) {
    static const uint64_t kNumbers[] = {0, 1, 0x7f, 0xffff, 0x7fffffff, 0xffffffff, ~uint64_t{0}};
    const size_t size = below(2) == 0 ? 4 : 8;
    if (text.size() < size) return;
    const size_t at = below(text.size() - size + 1);
    uint64_t number = kNumbers[below(std::size(kNumbers))] + below(3) - 1;
    for (size_t i = 0; i < size; ++i, number >>= 8) text[at + i] = static_cast<char>(number);
  }

  std::mt19937_64 random_;
  const std::vector<std::string>& corpus_;
};

uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* given = std::getenv(variable);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::vector<std::string> corpus;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  if (corpus.empty()) {
    std::cerr << "the corpus is empty\n";
    return 2;
  }
  const uint64_t seed = number_from("MEMTIER_TEST_SEED", std::random_device()());
  const uint64_t runs = number_from("MEMTIER_FUZZ_RUNS", kRuns);
  std::cout << "MEMTIER_TEST_SEED=" << seed << std::endl;
  (void)signal(SIGABRT, tell_and_die);
  run("");
  for (const std::string& input : corpus) run(input);
  Mutator mutator(seed, corpus);
  for (uint64_t i = 0; i < runs; ++i) run(mutator.next());
  std::cout << corpus.size() << " files, " << runs << " mutations\n";
  return 0;
}
