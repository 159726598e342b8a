#include "base/text.h"
#include "index/text/text_index.h"
#include "model/draft.h"
#include "model/json.h"

namespace memtier {

SearchableText searchable_text(const ItemTexts& texts) {
  SearchableText result;
  if (is_searchable_type(texts.content_type) && is_utf8(texts.content)) {
    result.content = texts.content;
  }
  const std::string_view metadata = texts.metadata;
  const auto mentions = [metadata](std::string_view key) {
    return metadata.find(key) != std::string_view::npos;
  };
  // Most metadata name none of these, and need not be parsed.
  if (!mentions("\"title\"") && !mentions("\"speaker\"") && !mentions("\"role\"")) return result;
  const Json document = Json::parse(metadata.begin(), metadata.end(), nullptr, false);
  if (!document.is_object()) return result;
  const auto text_of = [&document](const char* key) -> std::string {
    const auto member = document.find(key);
    return member != document.end() && member->is_string() ? member->get<std::string>() : "";
  };
  result.title = text_of("title");
  result.speaker = text_of("speaker");
  if (result.speaker.empty()) result.speaker = text_of("role");
  return result;
}

bool is_blank(const SearchableText& text) {
  return text.content.empty() && text.title.empty() && text.speaker.empty();
}

}  // namespace memtier
