#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "common/child.h"
#include "common/measure.h"
#include "common/registry.h"

namespace bench {
namespace {

constexpr const char* kUsage =
    "memtier_bench [--quick] [--only ID[,ID...]] [--data DIR] [--json FILE] [--list]\n";

struct Request {
  bool quick = false;
  bool list = false;
  std::vector<std::string> only;
  std::string data;
  std::string json;
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool is_known(const std::string& id) {
  for (const Benchmark& benchmark : benchmarks()) {
    if (benchmark.id == id) return true;
  }
  return false;
}

bool parse(int argc, char** argv, Request* request) {
  if (const char* data = std::getenv("MEMTIER_BENCH_DATA")) request->data = data;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--quick") {
      request->quick = true;
    } else if (word == "--list") {
      request->list = true;
    } else if (word == "--only" && has_value) {
      request->only = split(argv[++i]);
    } else if (word == "--data" && has_value) {
      request->data = argv[++i];
    } else if (word == "--json" && has_value) {
      request->json = argv[++i];
    } else {
      return false;
    }
  }
  for (const std::string& id : request->only) {
    if (is_known(id)) continue;
    std::fprintf(stderr, "there is no benchmark \"%s\"; see --list\n", id.c_str());
    return false;
  }
  return true;
}

bool is_wanted(const Request& request, std::string_view id) {
  if (request.only.empty()) return true;
  for (const std::string& only : request.only) {
    if (only == id) return true;
  }
  return false;
}

// Plots go where the report goes, or else into the build folder.
std::string output_folder(const std::string& json) {
  if (json.empty()) return MEMTIER_BUILD_DIR;
  const std::string folder = std::filesystem::path(json).parent_path().string();
  return folder.empty() ? "." : folder;
}

int run(const Request& request) {
  Context context(request.quick, request.data, output_folder(request.json));
  for (const Benchmark& benchmark : benchmarks()) {
    if (!is_wanted(request, benchmark.id)) continue;
    const Stopwatch watch;
    std::fprintf(stderr, "%s\n", std::string(benchmark.id).c_str());
    benchmark.run(context);
    std::fprintf(stderr, "  took %.1f s\n", watch.seconds());
    // Written each time, so that what was measured is not lost with a later failure.
    if (!request.json.empty()) context.report().write_json(request.json);
  }
  context.report().print_table();
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    if (argc >= 3 && std::strcmp(argv[1], "--child") == 0) {
      return bench::child_main(argv[2], {argv + 3, argv + argc});
    }
    bench::Request request;
    if (!bench::parse(argc, argv, &request)) {
      std::fputs(bench::kUsage, stderr);
      return 2;
    }
    if (!request.list) return bench::run(request);
    for (const bench::Benchmark& benchmark : bench::benchmarks()) {
      std::printf("%-12s %s\n", std::string(benchmark.id).c_str(),
                  std::string(benchmark.what).c_str());
    }
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "memtier_bench: %s\n", failure.what());
    return 1;
  }
}
