// Builds a JSON object member by member, in the order given.
#pragma once

#include <cstdint>
#include <string>

#include "item_text.h"
#include "units.h"

namespace memtier::tool {

class JsonObject {
 public:
  JsonObject& add(const std::string& name, int64_t value) {
    return add_json(name, std::to_string(value));
  }
  JsonObject& add(const std::string& name, double value) {
    return add_json(name, exact_decimal(value));
  }
  JsonObject& add(const std::string& name, const std::string& value) {
    return add_json(name, quote_json(value));
  }
  JsonObject& add_json(const std::string& name, const std::string& json) {
    text_ += (text_.empty() ? "" : ",") + quote_json(name) + ":" + json;
    return *this;
  }

  std::string text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace memtier::tool
