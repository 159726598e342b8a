#include "common/registry.h"

#include <array>

namespace bench {
namespace {

constexpr std::array kBenchmarks = {
    Benchmark{"get_hot", "reads by id of items in RAM", run_get_hot},
    Benchmark{"get_cold", "reads by id of items in the file", run_get_cold},
    Benchmark{"put_normal", "writes one by one that survive a crash of the process",
              run_put_normal},
    Benchmark{"put_full", "writes one by one that survive loss of power", run_put_full},
    Benchmark{"import", "reading a file of items, and of dialogue, into a store", run_import},
    Benchmark{"open", "opening a large store: time to the first read, and memory", run_open},
    Benchmark{"filter", "the newest of a type with a tag and an importance, and how many",
              run_filter},
    Benchmark{"text", "searching by words, among many items and in small scopes", run_text},
    Benchmark{"graph", "spreading activation along links", run_graph},
    Benchmark{"embed", "vectors of texts by the built-in embedder, and mapping its model",
              run_embed},
    Benchmark{"vector", "the nearest of many vectors, and storing these", run_vector},
    Benchmark{"hybrid", "the best by words and a vector together", run_hybrid},
    Benchmark{"memories", "contexts for a prompt, answers that are kept, turns that are appended",
              run_memories},
    Benchmark{"locomo", "how well the right turns of real conversations are found", run_locomo},
    Benchmark{"archive", "packing what is archived, and restoring one item", run_archive},
    Benchmark{"year", "a simulated year, with and without what keeps a store in order", run_year},
    Benchmark{"wrappers", "a resident get through the Go, Java and C# packages", run_wrappers},
};

}  // namespace

std::span<const Benchmark> benchmarks() {
  return kBenchmarks;
}

}  // namespace bench
