// Runs the cases of operations.json through memtier.h.
#pragma once

#include <set>
#include <string>

#include "conformance/vectors.h"

namespace memtier::testing {

// One object of the file. What is read of it is ticked off: a key that nobody read is one that this
// runner does not know, so that nothing of a vector is passed over in silence.
class Keys {
 public:
  explicit Keys(Document document) : document_(std::move(document)) {}

  bool has(const std::string& key) {
    read_.insert(key);
    return document_.value.contains(key);
  }
  template <typename T>
  T get(const std::string& key, T fallback) {
    return has(key) ? nlohmann::json::parse(source(key)).get<T>() : fallback;
  }
  // The value as it is written; empty if there is none.
  std::string source(const std::string& key);
  std::vector<Document> elements(const std::string& key);
  std::string text(const std::string& key) { return get<std::string>(key, ""); }
  nlohmann::json value(const std::string& key) { return get<nlohmann::json>(key, nullptr); }

  // Throws if a key was not read.
  void finish() const;

 private:
  Document document_;
  std::set<std::string> read_;
};

// Runs one case in a folder of its own; tells what differs to GoogleTest. How many steps it had.
int run_operations(const Document& test, const std::string& folder);

}  // namespace memtier::testing
