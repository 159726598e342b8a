#include "model/preferences.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/limits.h"

namespace memtier {
namespace {

// What was said counts half after ninety days.
constexpr double kHalfLifeUs = 90.0 * 86'400e6;
// What is said once is half believed.
constexpr double kDoubt = 1;

constexpr std::array<const char*, 4> kFeatureKinds = {"item", "tag", "type", "speaker"};
constexpr std::array<double, 4> kWeights = {3, 1, 0.5, 0.5};

std::string speaker_of(std::string_view metadata) {
  const Json document = Json::parse(metadata.begin(), metadata.end(), nullptr, false);
  if (!document.is_object()) return {};
  for (const char* key : {"speaker", "role"}) {
    const auto member = document.find(key);
    if (member != document.end() && member->is_string()) return member->get<std::string>();
  }
  return {};
}

Result<Feedback> parse_one(const Json& document, const std::string& what) {
  if (!document.is_object()) return invalid(what + " must be an object");
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"id", "value"}, what));
  Feedback feedback;
  RETURN_IF_ERROR(read_text(document, "id", what, &feedback.id));
  if (feedback.id.empty()) return invalid(what + ": \"id\" is missing");
  if (!document.contains("value")) return invalid(what + ": \"value\" is missing");
  RETURN_IF_ERROR(read_double(document, "value", what, -1, 1, &feedback.value));
  return feedback;
}

Status damaged() {
  return {Code::kCorrupt, "preferences: the store's record of them is damaged"};
}

}  // namespace

Result<std::vector<Feedback>> Feedback::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "feedback"));
  std::vector<Feedback> all;
  const auto items = document.find("items");
  if (items == document.end()) {
    ASSIGN_OR_RETURN(Feedback one, parse_one(document, "feedback"));
    all.push_back(std::move(one));
    return all;
  }
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"items"}, "feedback"));
  if (!items->is_array()) return invalid("feedback: \"items\" must be a list of objects");
  if (items->size() > kMost) {
    return invalid("feedback: \"items\" has " + std::to_string(items->size()) +
                   " entries; at most 1000 are taken");
  }
  for (size_t i = 0; i < items->size(); ++i) {
    ASSIGN_OR_RETURN(Feedback one,
                     parse_one((*items)[i], "feedback: items[" + std::to_string(i) + "]"));
    all.push_back(std::move(one));
  }
  return all;
}

double Preferences::Heard::value(int64_t now_us) const {
  const double faded =
      std::exp2(-static_cast<double>(std::max<int64_t>(now_us - time_us, 0)) / kHalfLifeUs);
  return faded * (good - bad) / (faded * (good + bad) + kDoubt);
}

void Preferences::Heard::fade(int64_t now_us) {
  const double faded =
      std::exp2(-static_cast<double>(std::max<int64_t>(now_us - time_us, 0)) / kHalfLifeUs);
  good *= faded;
  bad *= faded;
  time_us = std::max(time_us, now_us);
}

std::vector<Preferences::Feature> Preferences::features_of(const Item& item) {
  std::vector<Feature> features;
  features.emplace_back(Kind::kItem, item.id());
  for_each_tag(item.text(Text::kTags),
               [&](std::string_view tag) { features.emplace_back(Kind::kTag, tag); });
  const std::string_view type = item.text(Text::kType);
  if (!type.empty()) features.emplace_back(Kind::kType, type);
  const std::string_view metadata = item.text(Text::kMetadata);
  // Most metadata name neither, and need not be parsed.
  const auto mentions = [metadata](const char* key) {
    return metadata.find(key) != std::string_view::npos;
  };
  if (mentions("\"speaker\"") || mentions("\"role\"")) {
    std::string speaker = speaker_of(metadata);
    if (!speaker.empty()) features.emplace_back(Kind::kSpeaker, std::move(speaker));
  }
  return features;
}

void Preferences::add(const Item& item, double value, int64_t now_us) {
  for (Feature& feature : features_of(item)) {
    Heard& heard = features_[std::move(feature)];
    heard.fade(now_us);
    (value >= 0 ? heard.good : heard.bad) += std::abs(value);
  }
  forget_oldest();
}

void Preferences::forget_oldest() {
  if (features_.size() <= kMostFeatures) return;
  std::vector<int64_t> times;
  for (const auto& [feature, heard] : features_) times.push_back(heard.time_us);
  const size_t many = features_.size() - kMostFeatures;
  const auto last = times.begin() + static_cast<std::ptrdiff_t>(many) - 1;
  std::nth_element(times.begin(), last, times.end());
  size_t left = many;
  std::erase_if(features_, [&left, limit = *last](const auto& entry) {
    return entry.second.time_us <= limit && left > 0 && left-- > 0;
  });
}

double Preferences::of(const Item& item, int64_t now_us) const {
  double sum = 0;
  double weights = kDoubt;
  for (const Feature& feature : features_of(item)) {
    const auto found = features_.find(feature);
    if (found == features_.end()) continue;
    const double weight = kWeights[static_cast<size_t>(feature.first)];
    sum += weight * found->second.value(now_us);
    weights += weight;
  }
  return sum / weights;
}

Json Preferences::list(int64_t now_us) const {
  std::vector<std::pair<double, Json>> entries;
  for (const auto& [feature, heard] : features_) {
    const double value = heard.value(now_us);
    entries.emplace_back(value, Json{{"kind", kFeatureKinds[static_cast<size_t>(feature.first)]},
                                     {"name", feature.second},
                                     {"preference", std::round(value * 1e6) / 1e6},
                                     {"updated_us", heard.time_us}});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::abs(a.first) > std::abs(b.first);
  });
  Json list = Json::array();
  for (auto& [value, entry] : entries) list.push_back(std::move(entry));
  return list;
}

std::string Preferences::dump() const {
  Json list = Json::array();
  for (const auto& [feature, heard] : features_) {
    list.push_back(
        {static_cast<int>(feature.first), feature.second, heard.good, heard.bad, heard.time_us});
  }
  return list.dump();
}

Result<Preferences> Preferences::parse(std::string_view text) {
  const Json list = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!list.is_array()) return damaged();
  Preferences preferences;
  for (const Json& entry : list) {
    const bool well_formed = entry.is_array() && entry.size() == 5 &&
                             entry[0].is_number_integer() && entry[1].is_string() &&
                             entry[2].is_number() && entry[3].is_number() &&
                             entry[4].is_number_integer();
    if (!well_formed) return damaged();
    const auto kind = entry[0].get<int64_t>();
    const Heard heard{entry[2].get<double>(), entry[3].get<double>(), entry[4].get<int64_t>()};
    const bool sensible = kind >= 0 && kind < static_cast<int64_t>(kFeatureKinds.size()) &&
                          heard.good >= 0 && heard.bad >= 0 && std::isfinite(heard.good) &&
                          std::isfinite(heard.bad);
    if (!sensible) return damaged();
    preferences.features_[{static_cast<Kind>(kind), entry[1].get<std::string>()}] = heard;
  }
  return preferences;
}

}  // namespace memtier
