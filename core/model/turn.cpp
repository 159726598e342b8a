#include "model/turn.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "model/limits.h"

namespace memtier {
namespace {

constexpr std::array<std::string_view, 6> kRoles = {"system",    "developer", "user",
                                                    "assistant", "tool",      "event"};
// Members of the metadata that a turn's own keys become.
constexpr std::array<std::string_view, 5> kReserved = {"role", "sequence", "speaker", "parts",
                                                       "state"};

Status read_role(const Json& document, const std::string& what, std::string* role) {
  if (!document.contains("role")) return invalid(what + ": \"role\" is missing");
  RETURN_IF_ERROR(read_text(document, "role", what, role));
  if (std::find(kRoles.begin(), kRoles.end(), *role) != kRoles.end()) return {};
  std::string known;
  for (const std::string_view name : kRoles)
    known += (known.empty() ? "" : ", ") + std::string(name);
  return invalid(what + ": the role \"" + *role + "\" is none of " + known +
                 "; put who speaks into \"name\"");
}

Status check_part(const Json& part, const std::string& what) {
  if (!part.is_object()) return invalid(what + " must be an object");
  std::string type;
  RETURN_IF_ERROR(read_text(part, "type", what, &type));
  if (type.empty()) return invalid(what + ": \"type\" is missing");
  const auto must_have = [&](const char* key) -> Status {
    const auto member = part.find(key);
    if (member != part.end() && member->is_string()) return {};
    return invalid(what + ": a part of type \"" + type + "\" needs \"" + key + "\", a text");
  };
  if (type == "text") return must_have("text");
  if (type == "tool_call") {
    RETURN_IF_ERROR(must_have("id"));
    return must_have("name");
  }
  if (type == "tool_result") return must_have("id");
  return {};
}

// What is said in the parts: texts, and what a tool gave as text.
std::string text_of_parts(const Json& parts) {
  std::string text;
  for (const Json& part : parts) {
    const std::string& type = part["type"].get_ref<const std::string&>();
    const char* key = type == "text" ? "text" : type == "tool_result" ? "content" : nullptr;
    if (key == nullptr) continue;
    const auto member = part.find(key);
    if (member == part.end() || !member->is_string()) continue;
    if (!text.empty()) text += '\n';
    text += member->get_ref<const std::string&>();
  }
  return text;
}

// Appends "key": value, with a comma before it.
void add_member(std::string_view key, const Json& value, std::string* members) {
  *members += ", ";
  append_json_string(key, members);
  *members += ": ";
  *members += value.dump();
}

Status read_metadata(const Json& document, const std::string& what, std::string* members) {
  const auto metadata = document.find("metadata");
  if (metadata == document.end()) return {};
  if (!metadata->is_object()) return invalid(what + ": \"metadata\" must be an object");
  for (const auto& [key, value] : metadata->items()) {
    if (std::find(kReserved.begin(), kReserved.end(), key) != kReserved.end()) {
      return invalid(what + ": \"metadata\" must not have the key \"" + key +
                     "\", which is a turn's own");
    }
    add_member(key, value, members);
  }
  return {};
}

Status read_said(const Json& document, const std::string& what, Turn* turn) {
  std::string name;
  RETURN_IF_ERROR(read_text(document, "name", what, &name));
  if (!name.empty()) {
    RETURN_IF_ERROR(check_name(name, what + ": \"name\""));
    add_member("speaker", name, &turn->members);
  }
  std::string content;
  if (const auto parts = document.find("parts"); parts != document.end()) {
    if (!parts->is_array()) return invalid(what + ": \"parts\" must be a list");
    for (size_t i = 0; i < parts->size(); ++i) {
      RETURN_IF_ERROR(check_part((*parts)[i], what + ": parts[" + std::to_string(i) + "]"));
    }
    content = text_of_parts(*parts);
    add_member("parts", *parts, &turn->members);
  }
  RETURN_IF_ERROR(read_text(document, "content", what, &content));
  RETURN_IF_ERROR(turn->draft.set_content(content));
  if (const auto state = document.find("state"); state != document.end()) {
    if (!state->is_object()) return invalid(what + ": \"state\" must be an object");
    add_member("state", *state, &turn->members);
  }
  return {};
}

// Sorted, so that the order in which a caller writes them does not count.
std::string key_of(std::string_view role, Json metadata, std::string_view content) {
  metadata.erase("role");
  metadata.erase("sequence");
  return std::string(role) + '\n' + metadata.dump() + '\n' + std::string(content);
}

}  // namespace

Result<Turn> Turn::parse(const Json& document, const std::string& what) {
  if (!document.is_object()) return invalid(what + ": must be a JSON object");
  RETURN_IF_ERROR(refuse_unknown_keys(document,
                                      {"role", "content", "name", "parts", "state", "metadata",
                                       "tags", "importance", "tier", "created_us", "ttl_us"},
                                      what));
  Turn turn;
  RETURN_IF_ERROR(read_role(document, what, &turn.role));
  Json rest = Json::object();
  for (const char* key : {"tags", "importance", "tier", "created_us", "ttl_us"}) {
    if (const auto member = document.find(key); member != document.end()) rest[key] = *member;
  }
  if (Status status = turn.draft.set_json(rest, ""); !status.ok()) {
    return Status(status.code(), what + ": " + status.message());
  }
  turn.draft.type = std::string(kTurnType);
  RETURN_IF_ERROR(read_said(document, what, &turn));
  RETURN_IF_ERROR(read_metadata(document, what, &turn.members));
  const std::string metadata = turn.metadata(kMaxSequence);
  if (metadata.size() > kMaxMetadataBytes) {
    return invalid(what + ": what it has beside the text takes " + std::to_string(metadata.size()) +
                   " bytes; at most " + std::to_string(kMaxMetadataBytes) + " are allowed");
  }
  return turn;
}

std::string Turn::metadata(int64_t sequence) const {
  return "{\"role\": \"" + role + "\", \"sequence\": " + std::to_string(sequence) + members + "}";
}

Result<std::vector<Turn>> parse_turns(std::string_view text) {
  RETURN_IF_ERROR(check_json_object(text, "turns"));
  const Json document = Json::parse(text.begin(), text.end(), nullptr, false);
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"turns"}, "turns"));
  const auto list = document.find("turns");
  if (list == document.end() || !list->is_array()) {
    return invalid("turns: must be an object with a list, {\"turns\": [...]}");
  }
  if (list->size() > kMaxBatch) {
    return invalid("turns: there are " + std::to_string(list->size()) + "; at most " +
                   std::to_string(kMaxBatch) + " are allowed");
  }
  std::vector<Turn> turns;
  turns.reserve(list->size());
  for (size_t i = 0; i < list->size(); ++i) {
    ASSIGN_OR_RETURN(Turn turn, Turn::parse((*list)[i], "turns[" + std::to_string(i) + "]"));
    turn.key =
        key_of(turn.role, Json::parse(turn.metadata(0), nullptr, false), *turn.draft.content);
    turns.push_back(std::move(turn));
  }
  return turns;
}

std::string turn_id(const Scope& scope, int64_t sequence) {
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "#%09lld", static_cast<long long>(sequence));
  return std::string(scope.name(Scope::kSession)) + digits.data();
}

std::string conversation_id(const Scope& scope) {
  return std::string(scope.name(Scope::kSession)) + "#conversation";
}

int64_t turn_sequence(const Item& item) {
  const std::string_view id = item.id();
  const std::string_view session = item.text(Text::kSession);
  if (item.text(Text::kType) != kTurnType || id.size() != session.size() + 10) return 0;
  if (id.substr(0, session.size()) != session || id[session.size()] != '#') return 0;
  int64_t sequence = 0;
  for (const char digit : id.substr(session.size() + 1)) {
    if (digit < '0' || digit > '9') return 0;
    sequence = sequence * 10 + (digit - '0');
  }
  return sequence;
}

std::string turn_key(const Item& item) {
  Json metadata = Json::parse(item.text(Text::kMetadata), nullptr, false);
  if (!metadata.is_object()) return std::string(item.id());  // changed by hand: it equals no turn
  const auto role = metadata.find("role");
  const std::string name =
      role != metadata.end() && role->is_string() ? role->get<std::string>() : std::string();
  return key_of(name, std::move(metadata), item.text(Text::kContent));
}

}  // namespace memtier
