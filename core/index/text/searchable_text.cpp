#include "base/hash.h"
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
  if (!mentions("\"title\"") && !mentions("\"speaker\"") && !mentions("\"role\"") &&
      !mentions("\"session\"")) {
    return result;
  }
  const Json document = Json::parse(metadata.begin(), metadata.end(), nullptr, false);
  if (!document.is_object()) return result;
  const auto text_of = [&document](const char* key) -> std::string {
    const auto member = document.find(key);
    return member != document.end() && member->is_string() ? member->get<std::string>() : "";
  };
  result.title = text_of("title");
  result.speaker = text_of("speaker");
  if (result.speaker.empty()) result.speaker = text_of("role");
  const auto session = document.find("session");
  if (session != document.end() && (session->is_string() || session->is_number_integer())) {
    result.session = session->is_string() ? session->get<std::string>() : session->dump();
  }
  return result;
}

bool is_blank(const SearchableText& text) {
  return text.content.empty() && text.title.empty() && text.speaker.empty();
}

uint32_t session_mark(const SearchableText& text, bool scope_has_session) {
  // A turn without a named session belongs to the one conversation of its scope.
  uint32_t session = scope_has_session || !text.speaker.empty() ? 1 : 0;
  // The highest bit keeps it apart from the sessions that scopes name.
  if (!text.session.empty()) session = (hash64(text.session) & 0x3fffffffU) | 0x40000000U;
  if (session == 0) return 0;
  // The question marks of Latin, Greek, Arabic and Chinese scripts.
  bool question = false;
  for (const std::string_view mark : {"?", "\u037e", "\u061f", "\uff1f"}) {
    question = question || text.content.find(mark) != std::string_view::npos;
  }
  return session << 1 | (question ? 1U : 0U);
}

}  // namespace memtier
