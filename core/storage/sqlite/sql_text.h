// SQL being written, with the values it binds: what the compilers of filters and plans append to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/sqlite/connection.h"

namespace memtier {

struct BoundPointer {
  const void* pointer;
  const char* type;
};

class SqlText {
 public:
  SqlText& add(std::string_view sql) {
    sql_ += sql;
    return *this;
  }
  // A parameter with its value. Text is copied.
  SqlText& value(int64_t number) { return parameter(number); }
  SqlText& value(double number) { return parameter(number); }
  SqlText& value(std::string_view text) { return parameter(std::string(text)); }
  SqlText& blob(std::string_view bytes) { return parameter(Blob{std::string(bytes)}); }
  SqlText& pointer(const void* pointer, const char* type) {
    return parameter(BoundPointer{pointer, type});
  }
  // Appends another piece.
  SqlText& append(const SqlText& other);

  const std::string& sql() const { return sql_; }
  bool empty() const { return sql_.empty(); }
  void bind_to(Statement& statement) const;

 private:
  struct Blob {
    std::string bytes;
  };
  using Value = std::variant<int64_t, double, std::string, Blob, BoundPointer>;
  SqlText& parameter(Value value) {
    sql_ += '?';
    values_.push_back(std::move(value));
    return *this;
  }

  std::string sql_;
  std::vector<Value> values_;
};

}  // namespace memtier
