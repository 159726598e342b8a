// The benchmarks by id. To add one: write its file with a function, and name it in registry.cpp.
#pragma once

#include <span>
#include <string_view>

#include "common/context.h"

namespace bench {

struct Benchmark {
  std::string_view id;
  std::string_view what;
  void (*run)(Context& context);
};

std::span<const Benchmark> benchmarks();

void run_get_hot(Context& context);
void run_get_cold(Context& context);
void run_put_normal(Context& context);
void run_put_full(Context& context);
void run_import(Context& context);
void run_open(Context& context);
void run_filter(Context& context);
void run_text(Context& context);
void run_vector(Context& context);
void run_graph(Context& context);
void run_embed(Context& context);
void run_hybrid(Context& context);
void run_memories(Context& context);
void run_archive(Context& context);
void run_year(Context& context);
void run_locomo(Context& context);
void run_wrappers(Context& context);

}  // namespace bench
