// What a resident get costs through the Go, Java and C# packages, beside the same in C. Each language
// measures itself with its own program; a language whose toolchain is missing is left out, and says so.
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/measure.h"
#include "common/registry.h"

namespace bench {
namespace {

struct Language {
  const char* name;
  const char* command;
};

constexpr const char* kC = MEMTIER_BUILD_DIR "/wrappers/memtier_measure_crossing";
constexpr std::array kLanguages = {
    Language{"Go", MEMTIER_SOURCE_DIR "/wrappers/go/check measure " MEMTIER_BUILD_DIR
                                      "/capi " MEMTIER_BUILD_DIR "/wrappers"},
    Language{"Java",
             MEMTIER_SOURCE_DIR "/wrappers/java/run bench " MEMTIER_BUILD_DIR "/wrappers/java"},
    Language{"C#", MEMTIER_SOURCE_DIR "/wrappers/csharp/test bench " MEMTIER_BUILD_DIR
                                      "/capi " MEMTIER_BUILD_DIR "/wrappers"},
};

// What the command prints on standard output; empty if it fails.
std::string output_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  std::array<char, 4096> part{};
  while (const size_t size = fread(part.data(), 1, part.size(), pipe))
    text.append(part.data(), size);
  return pclose(pipe) == 0 ? text : std::string();
}

double c_nanoseconds() {
  double value = 0;
  if (std::sscanf(output_of(kC).c_str(), "C: %lf", &value) != 1) {
    throw std::runtime_error("memtier_measure_crossing says nothing; is it built?");
  }
  return value;
}

// {"metric": ..., "value": ...}, the last line of what it prints; value 0 if there is none.
std::pair<std::string, double> measure(const Language& language) {
  const std::string text = output_of(language.command);
  const size_t begin = text.rfind("{\"metric\"");
  if (begin == std::string::npos) return {"", 0};
  const auto line = nlohmann::json::parse(text.substr(begin, text.find('\n', begin) - begin));
  return {line.at("metric").get<std::string>(), line.at("value").get<double>()};
}

}  // namespace

void run_wrappers(Context& context) {
  for (const Language& language : kLanguages) {
    std::vector<double> peers;
    std::vector<double> values;
    std::string metric;
    for (int i = 0; i < context.repetitions(); ++i) {
      peers.push_back(c_nanoseconds());
      const auto [name, value] = measure(language);
      if (value == 0) break;
      metric = name;
      values.push_back(value);
    }
    if (values.empty()) {
      context.note(std::string(language.name) + ": SKIPPED, its program did not run");
      continue;
    }
    context.report().add({"wrappers", metric, "ns", 1, median(values), median(peers), "c", 0,
                          static_cast<int>(values.size())},
                         Better::kLess);
  }
}

}  // namespace bench
