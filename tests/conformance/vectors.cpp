#include "conformance/vectors.h"

#include <stdexcept>

#include "base/temp_folder.h"

namespace memtier::testing {
namespace {

using nlohmann::json;

std::string file_text(const std::string& name) {
  return read_file(std::string(MEMTIER_SOURCE_DIR) + "/tests/conformance/" + name);
}

// Where the JSON value that begins at `at` ends.
size_t end_of_value(const std::string& text, size_t at) {
  int depth = 0;
  bool in_string = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
      if (!in_string && depth == 0) return at + 1;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ',')) return at;
    if (closes && --depth == 0) return at + 1;
  }
  return at;
}

size_t skip_blanks(const std::string& text, size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n,:", at), text.size());
}

}  // namespace

json load_vectors(const std::string& name) {
  return json::parse(file_text(name));
}

std::string member_source(const std::string& object, const std::string& key) {
  size_t at = object.find('{') + 1;
  while (true) {
    at = skip_blanks(object, at);
    if (at >= object.size() || object[at] == '}') return {};
    const size_t key_end = end_of_value(object, at);
    const std::string name = json::parse(object.substr(at, key_end - at));
    const size_t value = skip_blanks(object, key_end);
    const size_t value_end = end_of_value(object, value);
    if (name == key) return object.substr(value, value_end - value);
    at = value_end;
  }
}

std::vector<Document> load_list(const std::string& name, const std::string& key) {
  const std::string list = member_source(file_text(name), key);
  if (list.empty()) throw std::runtime_error(name + " has no \"" + key + "\"");
  return elements_of(list);
}

std::vector<Document> elements_of(const std::string& list) {
  std::vector<Document> documents;
  for (size_t at = skip_blanks(list, 1); list[at] != ']'; at = skip_blanks(list, at)) {
    const size_t end = end_of_value(list, at);
    Document document;
    document.text = list.substr(at, end - at);
    document.value = json::parse(document.text);
    documents.push_back(std::move(document));
    at = end;
  }
  return documents;
}

std::string document_of(const Document& test_case, const std::string& key) {
  const json& value = test_case.value;
  if (value.contains("text")) return value["text"];
  if (!value.contains("build")) return member_source(test_case.text, key);
  const json& build = value["build"];
  const auto part = [&build](const char* name) { return build[name].get<std::string>(); };
  std::string text = part("before");
  for (int i = 0; i < build["count"]; ++i) text += part("open");
  text += part("middle");
  for (int i = 0; i < build["count"]; ++i) text += part("close");
  return text + part("after");
}

std::string expand_repeats(const std::string& text) {
  static const std::string kStart = "{\"repeat\":";
  const size_t begin = text.find(kStart);
  if (begin == std::string::npos) return text;
  const size_t end = end_of_value(text, begin);
  const json macro = json::parse(text.substr(begin, end - begin));
  std::string value;
  for (int64_t i = 0; i < macro["count"]; ++i) value += macro["repeat"].get<std::string>();
  return text.substr(0, begin) + json(value).dump() + expand_repeats(text.substr(end));
}

std::string label(const Document& test_case) {
  return test_case.text.substr(0, 300);
}

}  // namespace memtier::testing
