#include "common/report.h"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace bench {
namespace {

void print_row(const Row& row, std::FILE* out) {
  std::fprintf(out, "%-11s %-28s %-6s %8zu %12.4g %12.4g %-15s %8.2f %3d\n", row.id.c_str(),
               row.metric.c_str(), row.unit.c_str(), row.n, row.memtier, row.peer,
               row.peer_name.c_str(), row.ratio, row.repetitions);
}

}  // namespace

void Report::add(Row row, Better better) {
  const bool less = better == Better::kLess;
  row.ratio = less ? row.peer / row.memtier : row.memtier / row.peer;
  print_row(row, stderr);
  rows_.push_back(std::move(row));
}

void Report::print_table() const {
  std::printf("%-11s %-28s %-6s %8s %12s %12s %-15s %8s %3s\n", "id", "metric", "unit", "n",
              "memtier", "peer", "peer_name", "ratio", "rep");
  for (const Row& row : rows_) print_row(row, stdout);
}

void Report::write_json(const std::string& path) const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Row& row : rows_) {
    list.push_back({{"id", row.id},
                    {"metric", row.metric},
                    {"unit", row.unit},
                    {"n", row.n},
                    {"memtier", row.memtier},
                    {"peer", row.peer},
                    {"peer_name", row.peer_name},
                    {"ratio", row.ratio},
                    {"repetitions", row.repetitions}});
  }
  std::ofstream file(path);
  file << list.dump(2) << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace bench
