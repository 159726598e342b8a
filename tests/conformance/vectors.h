// Reads the vectors of this folder (see README.md). Numbers stay as they are written: what is handed
// to memtier is the text of the file, not something parsed and printed again.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace memtier::testing {

// A value of the file, with its text.
struct Document {
  nlohmann::json value;
  std::string text;
};

// The whole file, parsed.
nlohmann::json load_vectors(const std::string& name);

// The elements of a list, each with its text as it stands there.
std::vector<Document> elements_of(const std::string& list);
// The same of the list under this key of a file.
std::vector<Document> load_list(const std::string& name, const std::string& key);

// The text of a member's value as it stands in an object's text; empty if there is none.
std::string member_source(const std::string& object, const std::string& key);

// The document of a case: the text under `key`, or "text", or what "build" says.
std::string document_of(const Document& test_case, const std::string& key);

// Long values are written {"repeat": "x", "count": n}: puts them in place.
std::string expand_repeats(const std::string& text);

// A line that says which case this is.
std::string label(const Document& test_case);

}  // namespace memtier::testing
