#include "model/context_request.h"

#include "model/json.h"
#include "model/limits.h"

namespace memtier {
namespace {

constexpr int64_t kMostItems = 1000;
constexpr int64_t kLastTurns = 10;
constexpr size_t kMostExcluded = 5000;

Status read_excluded(const Json& document, std::unordered_set<std::string>* exclude) {
  const auto list = document.find("exclude");
  if (list == document.end()) return {};
  if (!list->is_array() || list->size() > kMostExcluded) {
    return invalid("context: \"exclude\" must be a list of at most " +
                   std::to_string(kMostExcluded) + " ids");
  }
  for (const Json& id : *list) {
    if (!id.is_string()) return invalid("context: \"exclude\" must be a list of ids");
    exclude->insert(id.get<std::string>());
  }
  return {};
}

}  // namespace

Result<ContextRequest> ContextRequest::parse(std::string_view text, Kind kind) {
  const char* newest = kind == Kind::kConversation ? "last" : "short_term";
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "context"));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document, {"text", "max_items", "max_tokens", newest, "exclude", "filter"}, "context"));
  ContextRequest request;
  RETURN_IF_ERROR(read_text(document, "text", "context", &request.text));
  RETURN_IF_ERROR(read_int(document, "max_items", "context", 1, kMostItems, &request.max_items));
  RETURN_IF_ERROR(read_int(document, "max_tokens", "context", 0, INT64_MAX, &request.max_tokens));
  // With a text half of the room is for what has to do with it.
  const int64_t notes = request.text.empty() ? request.max_items : (request.max_items + 1) / 2;
  request.newest = kind == Kind::kConversation ? kLastTurns : notes;
  request.fills_up =
      notes < request.max_items && kind == Kind::kWorking && !document.contains(newest);
  RETURN_IF_ERROR(read_int(document, newest, "context", 0, kMostItems, &request.newest));
  RETURN_IF_ERROR(read_excluded(document, &request.exclude));
  const auto filter = document.find("filter");
  ASSIGN_OR_RETURN(request.filter,
                   Filter::from_json(filter == document.end() ? Json::object() : *filter));
  return request;
}

}  // namespace memtier
