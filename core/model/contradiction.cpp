#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "base/hash.h"
#include "base/text.h"
#include "model/knowledge.h"
#include "model/memory_document.h"

namespace memtier {
namespace {

constexpr const char* kWhatContradictions = "contradictions";
constexpr int64_t kMostPairs = 10'000;

// Case, and spaces around it, make no difference.
std::string plain(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return fold_case(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

// What a value is compared by: 36 and 36.0 are the same number.
Json plain_value(const Json& value) {
  if (value.is_string()) return plain(value.get_ref<const std::string&>());
  constexpr double kExact = 9e15;  // whole numbers up to it are fractions without loss
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (std::trunc(number) == number && std::abs(number) < kExact) {
      return static_cast<int64_t>(number);
    }
  }
  return value;
}

struct Validity {
  int64_t from_us = 0;
  int64_t until_us = 0;
};

Validity validity_of(const Item& item, const Json& members) {
  return {int_member(members, "valid_from_us", item.header().created_us),
          int_member(members, "valid_until_us", INT64_MAX)};
}

std::string text_member(const Json& members, const char* key) {
  const auto member = members.find(key);
  return member != members.end() && member->is_string() ? member->get<std::string>() : "";
}

// Whose it is, and what it is about; empty where it says nothing that could be contradicted.
std::string about(const Item& item, const Json& members) {
  const std::string subject = plain(text_member(members, "subject"));
  const std::string attribute = plain(text_member(members, "attribute"));
  if (subject.empty() || attribute.empty() || !members.contains("value")) return {};
  std::string key;
  for (const Text name : {Text::kCollection, Text::kApp, Text::kUser}) {
    key += item.text(name);
    key += '\n';
  }
  return key + subject + '\n' + attribute;
}

Json describe_side(const Item& item, const Json& members) {
  static constexpr std::array<std::pair<const char*, Text>, 5> kNames = {
      {{"collection", Text::kCollection},
       {"app", Text::kApp},
       {"user", Text::kUser},
       {"agent", Text::kAgent},
       {"session", Text::kSession}}};
  const Validity validity = validity_of(item, members);
  Json side = {{"id", item.id()},
               {"version", item.header().version},
               {"value", members.at("value")},
               {"valid_from_us", validity.from_us}};
  if (validity.until_us != INT64_MAX) side["valid_until_us"] = validity.until_us;
  for (const auto& [key, text] : kNames) {
    const std::string_view name = item.text(text);
    if (!name.empty() && name != kDefaultCollection) side[key] = name;
  }
  return side;
}

}  // namespace

Result<ContradictionRequest> ContradictionRequest::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, kWhatContradictions));
  RETURN_IF_ERROR(refuse_unknown_keys(document, {"filter", "limit"}, kWhatContradictions));
  ContradictionRequest request;
  RETURN_IF_ERROR(read_int(document, "limit", kWhatContradictions, 1, kMostPairs, &request.limit));
  const auto filter = document.find("filter");
  ASSIGN_OR_RETURN(request.filter,
                   Filter::from_json(filter == document.end() ? Json::object() : *filter));
  return request;
}

void ContradictionFinder::add(const Item& knowledge) {
  const Json members = members_of(knowledge.text(Text::kMetadata));
  const std::string key = about(knowledge, members);
  if (key.empty()) return;
  const Validity validity = validity_of(knowledge, members);
  const Json value = plain_value(members.at("value"));
  beliefs_.push_back(
      {hash64(key), hash64(value.dump()), validity.from_us, validity.until_us, knowledge.row()});
}

std::vector<ContradictionFinder::Pair> ContradictionFinder::take(size_t limit) {
  std::sort(beliefs_.begin(), beliefs_.end(), [](const Belief& a, const Belief& b) {
    return std::tie(a.about, a.from_us, a.row) < std::tie(b.about, b.from_us, b.row);
  });
  std::vector<Pair> pairs;
  for (size_t i = 0; i < beliefs_.size() && pairs.size() < limit; ++i) {
    const Belief& left = beliefs_[i];
    for (size_t j = i + 1; j < beliefs_.size() && pairs.size() < limit; ++j) {
      const Belief& right = beliefs_[j];
      // Sorted by the beginning: what begins behind the end of `left` does not meet it.
      if (right.about != left.about || right.from_us >= left.until_us) break;
      if (right.value != left.value) pairs.push_back({left.row, right.row});
    }
  }
  return pairs;
}

Json describe_contradiction(const Item& left, const Item& right) {
  const Json left_members = members_of(left.text(Text::kMetadata));
  const Json right_members = members_of(right.text(Text::kMetadata));
  const std::string key = about(left, left_members);
  if (key.empty() || key != about(right, right_members)) return nullptr;
  if (json_equal(plain_value(left_members.at("value")), plain_value(right_members.at("value")))) {
    return nullptr;
  }
  const Validity a = validity_of(left, left_members);
  const Validity b = validity_of(right, right_members);
  const int64_t until_us = std::min(a.until_us, b.until_us);
  if (std::max(a.from_us, b.from_us) >= until_us) return nullptr;
  Json pair = {{"subject", text_member(right_members, "subject")},
               {"attribute", text_member(right_members, "attribute")},
               {"from_us", std::max(a.from_us, b.from_us)},
               {"items", {describe_side(left, left_members), describe_side(right, right_members)}}};
  if (until_us != INT64_MAX) pair["until_us"] = until_us;
  return pair;
}

}  // namespace memtier
