// Searching by words and a vector together: the best ten of 100 000 (1 M: the same turns again, with noise in
// their vectors), as a question comes: its words, and its vector, which somebody made. There is no peer:
// the bar is a time.
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"

namespace bench {
namespace {

constexpr size_t kDialogues = 100'000;

struct Questions {
  std::vector<std::string> documents;  // queries, without their vectors
  Vectors vectors;
};

std::string document(const std::string& text) {
  return nlohmann::json{{"text", text}, {"space", "real"}}.dump();
}

Questions read_questions(const std::string& folder) {
  Questions questions;
  gzFile file = gzopen((folder + "queries.jsonl.gz").c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot read queries.jsonl.gz");
  std::string line(64 << 10, '\0');
  while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    questions.documents.push_back(document(nlohmann::json::parse(line.c_str())["text"]));
  }
  gzclose(file);
  questions.vectors = read_halves(folder + "queries.f16", questions.documents.size());
  return questions;
}

// Three words of the generated vocabulary, of those that are in some items.
Questions generated_questions() {
  Questions questions;
  for (size_t i = 0; i < 500; ++i) {
    questions.documents.push_back(document(vocabulary_word(100 + i * 37 % 400) + " " +
                                           vocabulary_word(500 + i * 61 % 1500) + " " +
                                           vocabulary_word(2000 + i * 97 % 5000)));
  }
  questions.vectors = generated_vectors(questions.documents.size(), 2);
  return questions;
}

void measure(Context& context, Store& store, const Questions& questions, size_t count,
             const std::string& prefix) {
  std::vector<std::unique_ptr<VectorSearch>> searches;
  for (const std::string& query : questions.documents) {
    searches.push_back(std::make_unique<VectorSearch>(store, query));
  }
  const auto run = [&] {
    std::vector<double> times;
    for (size_t i = 0; i < searches.size(); ++i) {
      const Stopwatch watch;
      keep(searches[i]->ids(questions.vectors.at(i)).size());
      times.push_back(watch.seconds() * 1e6);
    }
    std::sort(times.begin(), times.end());
    return times;
  };
  // The first searches read vectors into RAM, and have lists made of them beside.
  for (int i = 0; i < 20; ++i) (void)run();
  std::vector<double> p50s;
  std::vector<double> p95s;
  for (int i = 0; i < context.repetitions(); ++i) {
    const std::vector<double> times = run();
    p50s.push_back(times[times.size() / 2]);
    p95s.push_back(times[times.size() * 95 / 100]);
  }
  const auto add = [&](const char* metric, const std::vector<double>& values) {
    context.report().add(
        {"hybrid", prefix + metric, "us", count, median(values), 0, "", 0, context.repetitions()},
        Better::kLess);
  };
  add("p50_us", p50s);
  add("p95_us", p95s);
}

}  // namespace

void run_hybrid(Context& context) {
  const std::string folder = context.data() + "/dialogues/";
  const bool real = !context.data().empty() && std::ifstream(folder + "turns.f16").good();
  const Items* dialogues = real ? context.dialogues() : nullptr;
  std::vector<size_t> sizes = {kDialogues};
  if (!context.quick()) sizes.push_back(10 * kDialogues);
  for (const size_t count : sizes) {
    // Of the real turns there are so many; more of them are generated ones with real vectors.
    const bool is_real = real && count == kDialogues;
    const Items& items = is_real ? *dialogues : context.items(count);
    const std::string path = context.make_store(items, kDatabaseLadder);
    Store store(path, {kDatabaseLadder, int64_t{6} << 30, "none"});
    make_space(store, "real");
    Vectors vectors =
        real ? read_halves(folder + "turns.f16", kDialogues) : generated_vectors(kDialogues, 1);
    if (count > kDialogues) vectors = multiplied(vectors, count);
    (void)put_vectors(store, "real", vectors,
                      [&items](size_t i) { return std::string(items.id(i)); });
    Questions questions = is_real ? read_questions(folder) : generated_questions();
    if (real && !is_real) questions.vectors = read_halves(folder + "queries.f16", 500);
    measure(context, store, questions, count, is_real ? "dialogues_" : "");
    store.close();
    remove_database(path);
  }
}

}  // namespace bench
