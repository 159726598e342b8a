#include "model/query.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "model/json.h"
#include "model/limits.h"
#include "model/space_spec.h"

namespace memtier {
namespace {

constexpr int64_t kMaxSkip = 1'000'000'000;

Result<FilterRef> read_filter(const Json& document) {
  const auto member = document.find("filter");
  if (member == document.end()) return Filter::from_json(Json::object());
  return Filter::from_json(*member);
}

Status read_choice(const Json& document, const char* key, const char* no, const char* yes,
                   bool* out) {
  std::string text = no;
  RETURN_IF_ERROR(read_text(document, key, "query", &text));
  if (text != no && text != yes) {
    return invalid(std::string("query: \"") + key + "\" must be \"" + no + "\" or \"" + yes + "\"");
  }
  *out = text == yes;
  return {};
}

Status read_field_weights(const Json& document, Query* query) {
  const auto weights = document.find("field_weights");
  if (weights == document.end()) return {};
  if (!weights->is_object()) return invalid("query: \"field_weights\" must be an object");
  constexpr std::string_view kWhat = "query: field_weights";
  RETURN_IF_ERROR(refuse_unknown_keys(*weights, {"content", "title", "speaker"}, kWhat));
  RETURN_IF_ERROR(read_double(*weights, "content", kWhat, 0, 100, &query->content_weight));
  RETURN_IF_ERROR(read_double(*weights, "title", kWhat, 0, 100, &query->title_weight));
  return read_double(*weights, "speaker", kWhat, 0, 100, &query->speaker_weight);
}

Status check_dimension(size_t size, std::string_view what) {
  if (size >= kMinDimension && size <= kMaxDimension) return {};
  return invalid(std::string(what) + " has " + std::to_string(size) +
                 " components; 2 to 4096 are possible");
}

Status read_vector(const Json& document, Query* query) {
  const auto vector = document.find("vector");
  if (vector != document.end()) {
    if (!vector->is_array()) return invalid("query: \"vector\" must be an array of numbers");
    RETURN_IF_ERROR(check_dimension(vector->size(), "query: \"vector\""));
    for (const Json& component : *vector) {
      if (!component.is_number()) {
        return invalid("query: \"vector\" must be an array of numbers");
      }
      query->vector.push_back(static_cast<float>(component.get<double>()));
    }
    RETURN_IF_ERROR(check_components(query->vector, "query: \"vector\""));
  }
  RETURN_IF_ERROR(read_text(document, "space", "query", &query->space));
  RETURN_IF_ERROR(read_bool(document, "meaning", "query", &query->meaning));
  if (query->meaning && !query->vector.empty()) {
    return invalid("query: \"meaning\" makes a vector of the text, and \"vector\" gives another");
  }
  if (query->meaning && (query->text.empty() || query->boolean_syntax)) {
    return invalid("query: \"meaning\" needs a \"text\" in natural syntax");
  }
  if (document.contains("threshold")) {
    double threshold = 0;
    RETURN_IF_ERROR(read_double(document, "threshold", "query", -1e30, 1e30, &threshold));
    query->threshold = threshold;
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Query>> Query::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "query"));
  RETURN_IF_ERROR(
      refuse_unknown_keys(document,
                          {"text", "syntax", "match", "filter", "limit", "skip", "snippets",
                           "explain", "field_weights", "meaning", "vector", "space", "threshold",
                           "weights", "half_life_seconds", "context", "diversity", "fusion"},
                          "query"));
  auto query = std::make_shared<Query>();
  query->source = text;
  // Whoever adds a key whose answers depend on more - time, feedback, another model - leaves it out here.
  static constexpr std::string_view kOfItems[] = {"text",  "syntax", "match",    "filter",
                                                  "limit", "skip",   "snippets", "field_weights"};
  query->can_keep = true;
  for (const auto& [key, value] : document.items()) {
    const bool known =
        std::find(std::begin(kOfItems), std::end(kOfItems), key) != std::end(kOfItems);
    query->can_keep = query->can_keep && known;
  }
  RETURN_IF_ERROR(read_text(document, "text", "query", &query->text));
  RETURN_IF_ERROR(read_choice(document, "syntax", "natural", "boolean", &query->boolean_syntax));
  RETURN_IF_ERROR(read_choice(document, "match", "any", "all", &query->match_all));
  if (query->boolean_syntax && document.contains("match")) {
    return invalid("query: \"match\" is for \"syntax\": \"natural\"; say AND or OR in the text");
  }
  ASSIGN_OR_RETURN(query->filter, read_filter(document));
  RETURN_IF_ERROR(read_int(document, "limit", "query", 1, kMaxHits, &query->limit));
  RETURN_IF_ERROR(read_int(document, "skip", "query", 0, kMaxSkip, &query->skip));
  RETURN_IF_ERROR(read_bool(document, "snippets", "query", &query->snippets));
  RETURN_IF_ERROR(read_bool(document, "explain", "query", &query->explain));
  RETURN_IF_ERROR(read_field_weights(document, query.get()));
  ASSIGN_OR_RETURN(query->ranking, RankingSpec::from_query(document));
  // Whoever says exactly what must be there gets what is there.
  if (!query->boolean_syntax && !query->match_all) query->ranking.dates = dates_in(query->text);
  RETURN_IF_ERROR(read_vector(document, query.get()));
  return std::shared_ptr<const Query>(std::move(query));
}

Result<std::shared_ptr<const Query>> Query::with_vector(std::span<const float> other) const {
  auto query = std::make_shared<Query>(*this);
  query->can_keep = false;
  query->vector.assign(other.begin(), other.end());
  if (!other.empty()) {
    RETURN_IF_ERROR(check_dimension(other.size(), "vector"));
    RETURN_IF_ERROR(check_components(other, "vector"));
    if (query->meaning) {
      return invalid("vector: the query's \"meaning\" makes a vector of its text; leave one out");
    }
  }
  return std::shared_ptr<const Query>(std::move(query));
}

Result<ListRequest> ListRequest::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "list"));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document, {"filter", "order_by", "descending", "skip", "limit", "after"}, "list"));
  ListRequest list;
  ASSIGN_OR_RETURN(list.filter, read_filter(document));
  std::string order_by = "created_us";
  RETURN_IF_ERROR(read_text(document, "order_by", "list", &order_by));
  const auto field = field_by_name(order_by);
  const bool orderable = field && *field != Field::kContent && *field != Field::kTags &&
                         *field != Field::kIndex && order_by != "metadata";
  if (!orderable) {
    return invalid(
        "list: \"order_by\" cannot be \"" + order_by +
        "\"; it must be a field, but not content, tags, an index or the metadata as a whole");
  }
  list.order_by = *field;
  if (*field == Field::kMetadata) list.order_path = metadata_path(order_by);
  RETURN_IF_ERROR(read_bool(document, "descending", "list", &list.descending));
  RETURN_IF_ERROR(read_int(document, "skip", "list", 0, kMaxSkip, &list.skip));
  RETURN_IF_ERROR(read_int(document, "limit", "list", 0, INT64_MAX, &list.limit));
  RETURN_IF_ERROR(read_text(document, "after", "list", &list.after));
  return list;
}

}  // namespace memtier
