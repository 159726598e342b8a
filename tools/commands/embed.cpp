// memtier embed: vectors of texts.
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "command_line.h"
#include "commands.h"
#include "json_object.h"
#include "progress.h"
#include "table.h"
#include "text.h"

namespace memtier::tool {
namespace {

struct Vectors {
  nlohmann::json embedder;
  size_t dimension = 0;
  std::vector<float> numbers;  // one vector after the other

  const float* of(size_t i) const { return numbers.data() + i * dimension; }
};

Vectors embed(memtier_store* store, const std::vector<std::string>& texts) {
  Vectors vectors;
  Bytes json;
  call(memtier_store_get_embedder, store, json.out());
  vectors.embedder = nlohmann::json::parse(view_of(json));
  vectors.dimension = vectors.embedder.value("dimension", size_t{0});
  std::string packed;
  std::vector<int64_t> ends;
  for (const std::string& text : texts) {
    packed += text;
    ends.push_back(static_cast<int64_t>(packed.size()));
  }
  Bytes bytes;
  call(memtier_text_embed, store, packed.data(), ends.data(), static_cast<int64_t>(ends.size()),
       nullptr, bytes.out());
  const std::string_view all = view_of(bytes);
  vectors.numbers.resize(all.size() / sizeof(float));
  if (!all.empty()) std::memcpy(vectors.numbers.data(), all.data(), all.size());
  return vectors;
}

double cosine(const float* a, const float* b, size_t size) {
  double dot = 0;
  double aa = 0;
  double bb = 0;
  for (size_t i = 0; i < size; ++i) {
    dot += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  return aa > 0 && bb > 0 ? dot / std::sqrt(aa * bb) : 0;
}

void write_json(Tool& tool, const std::vector<std::string>& texts, const Vectors& vectors) {
  nlohmann::json entries = nlohmann::json::array();
  for (size_t i = 0; i < texts.size(); ++i) {
    const float* begin = vectors.of(i);
    entries.push_back(
        {{"text", texts[i]}, {"vector", std::vector<float>(begin, begin + vectors.dimension)}});
  }
  const nlohmann::json document = {{"embedder", vectors.embedder.at("name")},
                                   {"dimension", vectors.dimension},
                                   {"vectors", std::move(entries)}};
  tool.write_line(document.dump());
}

// People compare meanings: how near each text is to the first, and how its vector begins.
void write_table(Tool& tool, const std::vector<std::string>& texts, const Vectors& vectors) {
  Table table(tool.terminal(),
              {{.title = "COSINE", .right = true}, {.title = "VECTOR"}, {.title = "TEXT"}});
  for (size_t i = 0; i < texts.size(); ++i) {
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), "%.3f",
                  cosine(vectors.of(0), vectors.of(i), vectors.dimension));
    const std::string near = text.data();
    const float* vector = vectors.of(i);
    std::snprintf(text.data(), text.size(), "%.3f %.3f %.3f ... (%zu)", vector[0], vector[1],
                  vectors.dimension > 2 ? vector[2] : 0.0F, vectors.dimension);
    table.add({near, text.data(), one_line(texts[i])});
  }
  tool.write(table.take());
}

struct EmbedOptions {
  std::vector<std::string> texts;
  bool missing = false;
};

void make_missing(Tool& tool) {
  memtier_store* store = tool.store();
  int64_t count = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, "embedding", LongWork::Unit::kItems);
    return attempt(memtier_space_reembed, store, work.control(), &count);
  }();
  tool.report(outcome, "embedded", count);
}

void run(Tool& tool, const EmbedOptions& options) {
  if (options.missing != options.texts.empty()) {
    throw usage_failure("give texts, or --missing for what the store still lacks");
  }
  if (options.missing) return make_missing(tool);
  // Nothing is stored: a store that is not there yet is not missed.
  tool.options.store = ":memory:";
  const Vectors vectors = embed(tool.store(), options.texts);
  if (tool.options.json) return write_json(tool, options.texts, vectors);
  write_table(tool, options.texts, vectors);
}

}  // namespace

void add_embed(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<EmbedOptions>();
  CLI::App* command = add_command(
      app, "embed",
      "Make vectors of texts with the built-in embedder.\nShows how near each is to the first; "
      "with --json, the vectors. Stores nothing, and needs no store.",
      "Reading",
      {"memtier embed \"I love hiking\" \"trekking is fun\" \"an invoice\"",
       "memtier embed \"green tea\" --json", "memtier embed --missing"});
  command->add_option("TEXT", options->texts, "a text, or several");
  command->add_flag("--missing", options->missing,
                    "make the vectors that items of the store still lack, instead");
  command->callback([options, &tool] { tool.command = [options, &tool] { run(tool, *options); }; });
}

}  // namespace memtier::tool
