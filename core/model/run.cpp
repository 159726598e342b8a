#include "model/run.h"

#include <algorithm>
#include <array>
#include <string>

#include "model/memory_document.h"

namespace memtier {
namespace {

constexpr const char* kWhatRun = "run";
constexpr std::array<std::string_view, 6> kRunMembers = {"title",   "name",        "input",
                                                         "success", "duration_us", "error"};
constexpr size_t kMostTitleBytes = 2000;  // words of an input beyond it are not looked for

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// As much of a text as fits, without cutting a character.
std::string_view shortened(std::string_view text) {
  if (text.size() <= kMostTitleBytes) return text;
  size_t end = kMostTitleBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end);
}

// What came of it, into the content, and whether it went well.
Status read_end(const Json& document, Json* members, Draft* draft) {
  const auto result = document.find("result");
  const bool failed = document.contains("error");
  bool success = !failed;
  RETURN_IF_ERROR(read_bool(document, "success", kWhatRun, &success));
  if (failed && result != document.end()) {
    return invalid("run: \"result\" and \"error\" exclude each other");
  }
  if (failed && success) return invalid("run: with an \"error\", \"success\" cannot be true");
  (*members)["success"] = success;
  if (failed) {
    std::string error;
    RETURN_IF_ERROR(read_text(document, "error", kWhatRun, &error));
    (*members)["error"] = error;
    return draft->set_content(error);
  }
  if (result == document.end() || result->is_null()) return {};
  if (!result->is_string()) draft->content_type = "application/json";
  return draft->set_content(as_text(*result));
}

}  // namespace

Result<Draft> parse_run(std::string_view text, int64_t now_us) {
  ASSIGN_OR_RETURN(const Json document, parse_memory(text, kWhatRun));
  RETURN_IF_ERROR(
      refuse_unknown_keys(document,
                          {"id", "name", "input", "result", "error", "success", "started_us",
                           "duration_us", "metadata", "tags", "importance", "tier", "ttl_us"},
                          kWhatRun));
  Draft draft;
  RETURN_IF_ERROR(read_item_keys(document, kWhatRun, &draft));
  draft.type = std::string(kRunType);
  Json members = Json::object();
  RETURN_IF_ERROR(read_own_metadata(document, kWhatRun, kRunMembers, &members));
  std::string name;
  RETURN_IF_ERROR(read_short_text(document, "name", kWhatRun, &name));
  if (name.empty()) return invalid("run: \"name\" is missing; say what was done");
  members["name"] = name;
  std::string title = name;
  if (const auto input = document.find("input"); input != document.end()) {
    members["input"] = *input;
    if (!input->is_null()) title += ' ' + std::string(shortened(as_text(*input)));
  }
  members["title"] = title;
  RETURN_IF_ERROR(read_end(document, &members, &draft));
  int64_t duration_us = 0;
  RETURN_IF_ERROR(read_int(document, "duration_us", kWhatRun, 0, INT64_MAX / 4, &duration_us));
  members["duration_us"] = duration_us;
  RETURN_IF_ERROR(read_time(document, "started_us", kWhatRun, &draft.created_us));
  if (!draft.created_us) draft.created_us = now_us - duration_us;
  RETURN_IF_ERROR(set_members(members, kWhatRun, &draft));
  if (!draft.ttl_us) draft.ttl_us = kNoTtl;
  return draft;
}

}  // namespace memtier
