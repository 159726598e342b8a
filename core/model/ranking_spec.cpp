#include "model/ranking_spec.h"

namespace memtier {
namespace {

constexpr std::array<const char*, kSignals> kSignalNames = {
    "text",  "vector",  "neighbours", "session", "speaker", "coverage",
    "dates", "recency", "importance", "access",  "context", "association"};

Status read_texts(const Json& object, const char* key, std::vector<std::string>* out) {
  const auto member = object.find(key);
  if (member == object.end()) return {};
  const std::string what = std::string("query: context: \"") + key + '"';
  if (!member->is_array()) return invalid(what + " must be a list of texts");
  if (member->size() > RankingSpec::kMaxContext) {
    return invalid(what + " has " + std::to_string(member->size()) +
                   " texts; at most 100 are taken");
  }
  for (const Json& text : *member) {
    if (!text.is_string()) return invalid(what + " must be a list of texts");
    out->push_back(text.get<std::string>());
  }
  return {};
}

Status read_weights(const Json& document, RankingSpec* spec) {
  const auto member = document.find("weights");
  if (member == document.end()) return {};
  if (!member->is_object()) return invalid("query: \"weights\" must be an object");
  constexpr std::string_view kWhat = "query: weights";
  RETURN_IF_ERROR(
      refuse_unknown_keys(*member,
                          {kSignalNames[0], kSignalNames[1], kSignalNames[2], kSignalNames[3],
                           kSignalNames[4], kSignalNames[5], kSignalNames[6], kSignalNames[7],
                           kSignalNames[8], kSignalNames[9], kSignalNames[10], kSignalNames[11]},
                          kWhat));
  for (size_t i = 0; i < kSignals; ++i) {
    RETURN_IF_ERROR(read_double(*member, kSignalNames[i], kWhat, 0, RankingSpec::kMaxWeight,
                                &spec->weights[i]));
  }
  return {};
}

Status read_context(const Json& document, RankingSpec* spec) {
  const auto member = document.find("context");
  if (member == document.end()) return {};
  if (!member->is_object()) return invalid("query: \"context\" must be an object");
  constexpr std::string_view kWhat = "query: context";
  RETURN_IF_ERROR(refuse_unknown_keys(*member, {"ids", "tags", "session", "text"}, kWhat));
  RETURN_IF_ERROR(read_texts(*member, "ids", &spec->context_ids));
  RETURN_IF_ERROR(read_texts(*member, "tags", &spec->context_tags));
  RETURN_IF_ERROR(read_text(*member, "session", kWhat, &spec->context_session));
  return read_text(*member, "text", kWhat, &spec->context_text);
}

}  // namespace

std::string_view signal_name(Signal signal) {
  return kSignalNames[static_cast<size_t>(signal)];
}

Result<RankingSpec> RankingSpec::from_query(const Json& document) {
  RankingSpec spec;
  RETURN_IF_ERROR(read_weights(document, &spec));
  RETURN_IF_ERROR(read_context(document, &spec));
  constexpr double kLongest = 1e10;  // three hundred years
  RETURN_IF_ERROR(
      read_double(document, "half_life_seconds", "query", 1, kLongest, &spec.half_life_seconds));
  RETURN_IF_ERROR(read_double(document, "diversity", "query", 0, 1, &spec.diversity));
  std::string fusion = "scores";
  RETURN_IF_ERROR(read_text(document, "fusion", "query", &fusion));
  if (fusion != "scores" && fusion != "rrf") {
    return invalid("query: \"fusion\" must be \"scores\" or \"rrf\"");
  }
  spec.reciprocal_ranks = fusion == "rrf";
  return spec;
}

bool RankingSpec::multiplies() const {
  return weight(Signal::kRecency) > 0 || weight(Signal::kImportance) > 0 ||
         weight(Signal::kAccess) > 0 || (weight(Signal::kContext) > 0 && has_context()) ||
         (weight(Signal::kAssociation) > 0 && !context_ids.empty()) ||
         (weight(Signal::kDates) > 0 && !dates.empty()) || diversity > 0;
}

}  // namespace memtier
