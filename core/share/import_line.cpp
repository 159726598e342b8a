// The two kinds of lines that import understands.
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/json.h"
#include "model/limits.h"
#include "share/import.h"

namespace memtier {
namespace {

constexpr const char* kScopeKeys[Scope::kNames] = {"collection", "app", "user", "agent", "session"};

// The names of the line, where the call does not give them.
Result<std::shared_ptr<const Scope>> scope_of(const std::array<std::string, Scope::kNames>& line,
                                              const Scope& given) {
  std::array<std::string_view, Scope::kNames> names;
  for (size_t i = 0; i < Scope::kNames; ++i) {
    RETURN_IF_ERROR(check_name(line[i], std::string("\"") + kScopeKeys[i] + "\""));
    const bool from_call =
        given.constrains(i) && !(i == Scope::kCollection && given.name(i) == kDefaultCollection);
    names[i] = from_call ? given.name(i) : std::string_view(line[i]);
  }
  if (names[Scope::kCollection] == kAllCollections) {
    return invalid("\"collection\" must not be \"*\"");
  }
  return std::make_shared<const Scope>(names);
}

// {"space": "base64 of the bytes", ...}
Status take_vectors(Json* document, ImportedItem* item) {
  const auto vectors = document->find("vectors");
  if (vectors == document->end()) return {};
  if (!vectors->is_object()) return invalid("\"vectors\" must be an object");
  for (const auto& [space, coded] : vectors->items()) {
    auto bytes =
        coded.is_string() ? base64_decode(coded.get_ref<const std::string&>()) : std::nullopt;
    if (!bytes) return invalid("\"vectors\": that of space \"" + space + "\" is not base64");
    item->vectors.emplace_back(space, std::move(*bytes));
  }
  document->erase(vectors);
  return {};
}

Result<ImportedItem> parse_space(Json document) {
  for (const char* key : {"memtier", "kind"}) document.erase(key);
  ImportedItem item;
  ASSIGN_OR_RETURN(item.space, SpaceSpec::parse(document.dump()));
  return item;
}

Result<ImportedItem> parse_item(Json document, std::string_view text, const Scope& scope) {
  document.erase("memtier");
  document.erase("kind");
  ImportedItem item;
  RETURN_IF_ERROR(take_vectors(&document, &item));
  RETURN_IF_ERROR(item.draft.set_json(document, text));
  RETURN_IF_ERROR(read_int(document, "version", "item", 0, INT64_MAX, &item.version));
  std::array<std::string, Scope::kNames> names;
  for (size_t i = 0; i < Scope::kNames; ++i) {
    RETURN_IF_ERROR(read_text(document, kScopeKeys[i], "item", &names[i]));
  }
  ASSIGN_OR_RETURN(item.scope, scope_of(names, scope));
  return item;
}

// An end of a link, filed under exactly the names that it has, or those of the call in their place.
Status make_exact(const Scope& given, NodeName* node) {
  ASSIGN_OR_RETURN(const auto scope, scope_of(node->scope, given));
  for (size_t i = 0; i < Scope::kNames; ++i) node->scope[i] = scope->name(i);
  node->is_exact = true;
  return {};
}

Result<ImportedItem> parse_link(const Json& document, const Scope& scope) {
  ImportedItem item;
  ASSIGN_OR_RETURN(item.link, LinkSpec::from_json(document, "link"));
  RETURN_IF_ERROR(make_exact(scope, &item.link->source));
  RETURN_IF_ERROR(make_exact(scope, &item.link->target));
  return item;
}

Result<ImportedItem> parse_concept(const Json& document, const Scope& scope) {
  ImportedItem item;
  if (!document.is_object()) return invalid("\"concept\" must be an object");
  ASSIGN_OR_RETURN(item.named, ConceptSpec::from_line(document));
  ASSIGN_OR_RETURN(item.scope, scope_of(item.named->scope, scope));
  return item;
}

// Takes a member out of the document: the first of these keys that is there.
std::optional<Json> take(Json& document, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto member = document.find(key);
    if (member == document.end()) continue;
    Json value = std::move(*member);
    document.erase(member);
    if (!value.is_null()) return value;
  }
  return std::nullopt;
}

// A text, or a number that serves as one (ids and sessions are numbers in many logs).
Result<std::string> text_or_number(const Json& value, const char* what) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  return invalid(std::string("\"") + what + "\" must be a text");
}

Result<int64_t> time_of(const Json& value) {
  if (value.is_string()) {
    if (const auto time_us = parse_time_us(value.get_ref<const std::string&>())) return *time_us;
  } else if (value.is_number()) {
    const double number = value.get<double>();
    const double size = std::fabs(number);
    // Seconds; milliseconds and microseconds are told apart by their size.
    if (size < 1e11) return static_cast<int64_t>(std::llround(number * 1e6));
    if (size < 1e14) return static_cast<int64_t>(std::llround(number * 1e3));
    if (size < 1e17) return static_cast<int64_t>(std::llround(number));
  }
  return invalid("\"time\" must be ISO 8601, such as 2026-05-01T09:30:00Z, or seconds since 1970");
}

std::string turn_id(std::string_view session, int64_t turn, std::string_view speaker,
                    std::string_view text) {
  std::string key(session);
  key += '\0';
  key += std::to_string(turn);
  key += '\0';
  key += speaker;
  key += '\0';
  key += text;
  char id[48];
  const int size = std::snprintf(id, sizeof id, "turn-%016llx%016llx",
                                 static_cast<unsigned long long>(hash64(key)),
                                 static_cast<unsigned long long>(hash64(key, 1)));
  return {id, static_cast<size_t>(size)};
}

Result<ImportedItem> parse_turn(Json document, const Scope& scope, int64_t turn) {
  const auto text = take(document, {"text", "content"});
  if (!text || !text->is_string()) return invalid("\"text\" (or \"content\") must be a text");
  const auto time = take(document, {"time", "timestamp", "created_at"});
  const auto session = take(document, {"session", "session_id", "conversation", "dialogue"});
  const auto id = take(document, {"id"});
  auto metadata = take(document, {"metadata"});
  if (metadata && !metadata->is_object()) return invalid("\"metadata\" must be an object");

  ImportedItem item;
  std::array<std::string, Scope::kNames> names;
  if (session) {
    ASSIGN_OR_RETURN(names[Scope::kSession], text_or_number(*session, "session"));
  }
  ASSIGN_OR_RETURN(item.scope, scope_of(names, scope));
  RETURN_IF_ERROR(item.draft.set_content(text->get_ref<const std::string&>()));
  RETURN_IF_ERROR(item.draft.set_type("episodic"));
  if (time) {
    ASSIGN_OR_RETURN(item.draft.created_us, time_of(*time));
  }
  // What is left of the line - role, speaker and whatever else it has - is metadata; its own wins.
  if (metadata) document.update(*metadata);
  const auto speaker = document.find(document.contains("speaker") ? "speaker" : "role");
  const std::string name =
      speaker != document.end() && speaker->is_string() ? speaker->get<std::string>() : "";
  if (!document.empty()) {
    RETURN_IF_ERROR(
        item.draft.set_metadata(document.dump(-1, ' ', false, Json::error_handler_t::replace)));
  }
  if (id) {
    ASSIGN_OR_RETURN(const std::string given, text_or_number(*id, "id"));
    RETURN_IF_ERROR(item.draft.set_id(given));
  } else {
    item.draft.id = turn_id(names[Scope::kSession], turn, name, *item.draft.content);
  }
  return item;
}

}  // namespace

Result<ImportedItem> parse_import_line(std::string_view line, const ImportOptions& options,
                                       const Scope& scope, int64_t turn) {
  if (is_nested_too_deep(line)) return invalid("nested deeper than 200 levels");
  Json document = Json::parse(line.begin(), line.end(), nullptr, false);
  if (document.is_discarded()) return invalid("not valid JSON");
  if (!document.is_object()) return invalid("not a JSON object");
  const bool exported = document.contains("memtier");
  if (exported) {
    int64_t format = 0;
    RETURN_IF_ERROR(read_int(document, "memtier", "line", 1, INT32_MAX, &format));
    if (format > 1) return invalid("written by a newer memtier; update memtier");
    const Json kind = document.value("kind", Json("item"));
    if (kind == "link" || kind == "concept") {
      const auto name = kind.get<std::string>();
      RETURN_IF_ERROR(refuse_unknown_keys(document, {"memtier", "kind", name}, "line"));
      if (!document.contains(name)) return invalid("\"" + name + "\" is missing");
      if (kind == "link") return parse_link(document["link"], scope);
      return parse_concept(document["concept"], scope);
    }
    if (kind == "space") return parse_space(std::move(document));
    if (kind != "item") {
      return invalid("\"kind\" must be \"item\", \"space\", \"link\" or \"concept\"");
    }
  }
  using Format = ImportOptions::Format;
  const bool is_item =
      options.format == Format::kItems || (options.format == Format::kAuto && exported);
  if (is_item) return parse_item(std::move(document), line, scope);
  return parse_turn(std::move(document), scope, turn);
}

}  // namespace memtier
