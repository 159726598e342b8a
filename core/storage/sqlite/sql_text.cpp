#include "storage/sqlite/sql_text.h"

namespace memtier {

SqlText& SqlText::append(const SqlText& other) {
  sql_ += other.sql_;
  values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  return *this;
}

void SqlText::bind_to(Statement& statement) const {
  for (size_t i = 0; i < values_.size(); ++i) {
    const int at = static_cast<int>(i) + 1;
    const Value& value = values_[i];
    if (const auto* number = std::get_if<int64_t>(&value)) {
      statement.bind(at, *number);
    } else if (const auto* fraction = std::get_if<double>(&value)) {
      statement.bind(at, *fraction);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      statement.bind_text(at, *text);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      statement.bind_blob(at, blob->bytes);
    } else {
      const auto& bound = std::get<BoundPointer>(value);
      statement.bind_pointer(at, bound.pointer, bound.type);
    }
  }
}

}  // namespace memtier
