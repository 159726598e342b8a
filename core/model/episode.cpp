#include "model/episode.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/clock.h"
#include "model/memory_document.h"
#include "model/scope.h"

namespace memtier {
namespace {

constexpr const char* kWhatEpisode = "episode";
constexpr const char* kWhatAround = "around";
constexpr std::array<std::string_view, 5> kEpisodeMembers = {"title", "location", "participants",
                                                             "emotions", "ended_us"};
constexpr int64_t kMostAround = 1000;

// "location", "participants", "emotions", checked, as they stand in the metadata. *title: who and
// where, so that words find an episode by these.
Status read_circumstances(const Json& document, Json* members, std::string* title) {
  std::string location;
  RETURN_IF_ERROR(read_short_text(document, "location", kWhatEpisode, &location));
  if (!location.empty()) (*members)["location"] = location;
  *title = std::move(location);
  if (const auto people = document.find("participants"); people != document.end()) {
    const Status wrong = invalid("episode: \"participants\" must be a list of names");
    if (!people->is_array()) return wrong.clone();
    for (const Json& name : *people) {
      if (!name.is_string() || name.get_ref<const std::string&>().empty()) return wrong.clone();
      RETURN_IF_ERROR(check_name(name.get_ref<const std::string&>(), "episode: \"participants\""));
      *title += (title->empty() ? "" : ", ") + name.get_ref<const std::string&>();
    }
    (*members)["participants"] = *people;
  }
  if (const auto emotions = document.find("emotions"); emotions != document.end()) {
    const Status wrong = invalid(
        "episode: \"emotions\" must be an object of names with their strengths from 0 to 1, such "
        "as {\"joy\": 0.8}");
    if (!emotions->is_object()) return wrong.clone();
    for (const auto& [name, strength] : emotions->items()) {
      RETURN_IF_ERROR(check_name(name, "episode: \"emotions\""));
      if (name.empty() || !strength.is_number()) return wrong.clone();
      const auto value = strength.get<double>();
      if (!(value >= 0 && value <= 1)) return wrong.clone();
    }
    (*members)["emotions"] = *emotions;
  }
  return {};
}

}  // namespace

Result<Draft> parse_episode(std::string_view text, int64_t now_us) {
  ASSIGN_OR_RETURN(const Json document, parse_memory(text, kWhatEpisode));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document,
      {"id", "content", "title", "location", "participants", "emotions", "started_us", "ended_us",
       "metadata", "tags", "importance", "tier", "ttl_us"},
      kWhatEpisode));
  Draft draft;
  RETURN_IF_ERROR(read_item_keys(document, kWhatEpisode, &draft));
  draft.type = std::string(kEpisodeType);
  std::string content;
  RETURN_IF_ERROR(read_text(document, "content", kWhatEpisode, &content));
  if (content.empty()) return invalid("episode: \"content\" is missing; say what happened");
  RETURN_IF_ERROR(draft.set_content(content));
  Json members = Json::object();
  RETURN_IF_ERROR(read_own_metadata(document, kWhatEpisode, kEpisodeMembers, &members));
  std::string title;
  RETURN_IF_ERROR(read_circumstances(document, &members, &title));
  RETURN_IF_ERROR(read_text(document, "title", kWhatEpisode, &title));
  if (!title.empty()) members["title"] = title;
  RETURN_IF_ERROR(read_time(document, "started_us", kWhatEpisode, &draft.created_us));
  draft.created_us = draft.created_us.value_or(now_us);
  std::optional<int64_t> ended_us;
  RETURN_IF_ERROR(read_time(document, "ended_us", kWhatEpisode, &ended_us));
  if (ended_us && *ended_us < *draft.created_us) {
    return invalid("episode: \"ended_us\" lies before \"started_us\"");
  }
  if (ended_us) members["ended_us"] = *ended_us;
  RETURN_IF_ERROR(set_members(members, kWhatEpisode, &draft));
  if (!draft.ttl_us) draft.ttl_us = kNoTtl;
  return draft;
}

int64_t TimeSpan::distance_us(const TimeSpan& other) const {
  if (other.begin_us > end_us) return other.begin_us - end_us;
  return other.end_us < begin_us ? begin_us - other.end_us : 0;
}

TimeSpan time_of(const Item& item) {
  const int64_t begin_us = item.header().created_us;
  if (item.text(Text::kType) != kEpisodeType) return {begin_us, begin_us};
  const Json members = members_of(item.text(Text::kMetadata));
  return {begin_us, std::max(begin_us, int_member(members, "ended_us", begin_us))};
}

Result<AroundRequest> AroundRequest::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, kWhatAround));
  RETURN_IF_ERROR(
      refuse_unknown_keys(document, {"at_us", "id", "within_us", "limit", "filter"}, kWhatAround));
  AroundRequest request;
  RETURN_IF_ERROR(read_time(document, "at_us", kWhatAround, &request.at_us));
  RETURN_IF_ERROR(read_text(document, "id", kWhatAround, &request.id));
  if (request.at_us && document.contains("id")) {
    return invalid("around: \"at_us\" and \"id\" exclude each other");
  }
  if (document.contains("id") && request.id.empty()) return invalid("around: \"id\" is empty");
  request.within_us = kHourUs;
  RETURN_IF_ERROR(
      read_int(document, "within_us", kWhatAround, 0, INT64_MAX / 4, &request.within_us));
  RETURN_IF_ERROR(read_int(document, "limit", kWhatAround, 1, kMostAround, &request.limit));
  const auto filter = document.find("filter");
  ASSIGN_OR_RETURN(request.filter,
                   Filter::from_json(filter == document.end() ? Json::object() : *filter));
  return request;
}

std::vector<ItemRef> nearest_in_time(std::vector<ItemRef> items, const TimeSpan& span,
                                     size_t limit) {
  struct Placed {
    int64_t distance_us;
    int64_t begin_us;
    int64_t row;
    ItemRef item;
  };
  std::vector<Placed> placed;
  placed.reserve(items.size());
  for (ItemRef& item : items) {
    const TimeSpan when = time_of(*item);
    const int64_t row = item->row();
    placed.push_back({span.distance_us(when), when.begin_us, row, std::move(item)});
  }
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::tie(a.distance_us, a.begin_us, a.row) < std::tie(b.distance_us, b.begin_us, b.row);
  });
  // The same item may have been found twice.
  const auto same = [](const Placed& a, const Placed& b) { return a.row == b.row; };
  placed.erase(std::unique(placed.begin(), placed.end(), same), placed.end());
  if (placed.size() > limit)
    placed.erase(placed.begin() + static_cast<int64_t>(limit), placed.end());
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::tie(a.begin_us, a.row) < std::tie(b.begin_us, b.row);
  });
  std::vector<ItemRef> chosen;
  chosen.reserve(placed.size());
  for (Placed& one : placed) chosen.push_back(std::move(one.item));
  return chosen;
}

}  // namespace memtier
