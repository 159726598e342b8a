// What was measured: a table for people, JSON for machines.
#pragma once

#include <string>
#include <vector>

namespace bench {

struct Row {
  std::string id;
  std::string metric;
  std::string unit;
  size_t n = 0;
  double memtier = 0;
  double peer = 0;
  std::string peer_name;
  double ratio = 0;  // above 1: memtier is better
  int repetitions = 0;
};

enum class Better { kLess, kMore };

class Report {
 public:
  // Fills in the ratio; prints the row.
  void add(Row row, Better better);
  void print_table() const;
  void write_json(const std::string& path) const;

 private:
  std::vector<Row> rows_;
};

}  // namespace bench
