// The built-in embedder: what a turn of conversation costs on one thread, and opening a store with its
// model beside opening one without.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"

namespace bench {
namespace {

constexpr double kLimitUs = 10;  // for a turn of 130 bytes
constexpr double kLimitMs = 5;   // for mapping the model
constexpr size_t kTurnBytes = 130;

struct Texts {
  std::string packed;
  std::vector<int64_t> ends;

  double average_bytes() const {
    return static_cast<double>(packed.size()) / static_cast<double>(ends.size());
  }
};

// Turns as they are, or text of as many bytes where there are none.
Texts make_texts(Context& context, size_t count) {
  const Items* dialogues = context.dialogues();
  const Items& items = dialogues != nullptr ? *dialogues : context.items(count);
  Texts texts;
  for (size_t i = 0; i < std::min(count, items.size()); ++i) {
    std::string_view text = items.content(i);
    if (dialogues == nullptr) text = text.substr(0, kTurnBytes);
    texts.packed += text;
    texts.ends.push_back(static_cast<int64_t>(texts.packed.size()));
  }
  return texts;
}

double microseconds_each(const Store& store, const Texts& texts) {
  memtier_error* error = nullptr;
  memtier_bytes* vectors = nullptr;
  const auto count = static_cast<int64_t>(texts.ends.size());
  const Stopwatch watch;
  check(memtier_text_embed(store.handle(), texts.packed.data(), texts.ends.data(), count, nullptr,
                           &vectors, &error),
        error, "memtier_text_embed");
  const double each = watch.nanoseconds_each(texts.ends.size()) / 1000;
  memtier_bytes_destroy(vectors);
  return each;
}

double open_milliseconds(const char* embedder) {
  memtier_options* options = nullptr;
  memtier_store* store = nullptr;
  memtier_error* error = nullptr;
  check(memtier_options_create(&options, &error), error, "memtier_options_create");
  check(memtier_options_set_text(options, MEMTIER_OPTION_EMBEDDER, embedder, std::strlen(embedder),
                                 &error),
        error, "memtier_options_set_text");
  const Stopwatch watch;
  check(memtier_store_open(":memory:", options, &store, &error), error, "memtier_store_open");
  const double each = watch.seconds() * 1e3;
  check(memtier_store_close(store, &error), error, "memtier_store_close");
  memtier_options_destroy(options);
  return each;
}

}  // namespace

void run_embed(Context& context) {
  const Texts texts = make_texts(context, context.size(20'000, 100'000));
  const size_t count = texts.ends.size();
  context.note("texts of " + std::to_string(static_cast<int>(texts.average_bytes())) +
               " bytes on average");
  const int repetitions = context.repetitions();
  {
    const Store store(":memory:");
    const std::vector<double> each = alternate(
        "embed_us", repetitions, {{"memtier", [&] { return microseconds_each(store, texts); }}});
    const double for_a_turn = each[0] * kTurnBytes / texts.average_bytes();
    context.report().add({"embed", "turn_of_130_bytes_us", "us", count, for_a_turn, kLimitUs,
                          "limit", 0, repetitions},
                         Better::kLess);
  }
  const std::vector<double> opening =
      alternate("open_ms", repetitions,
                {{"with the model", [] { return open_milliseconds("builtin"); }},
                 {"without", [] { return open_milliseconds("none"); }}});
  context.report().add({"embed", "map_model_ms", "ms", 1, opening[0] - opening[1], kLimitMs,
                        "limit", 0, repetitions},
                       Better::kLess);
}

}  // namespace bench
