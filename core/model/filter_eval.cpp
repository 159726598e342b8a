#include "model/filter_eval.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace memtier {
namespace {

bool contains_text(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool test_string_scalar(const Test& test, std::string_view text) {
  const auto& operand = test.operand;
  switch (test.op) {
    case Operator::kContains:
      return operand.is_string() && contains_text(text, operand.get_ref<const std::string&>());
    case Operator::kIcontains:
      return contains_text(fold_case(text), test.folded);
    case Operator::kStartsWith:
      return text.substr(0, operand.get_ref<const std::string&>().size()) ==
             operand.get_ref<const std::string&>();
    default:
      return false;
  }
}

bool ordered(Operator op, int order) {
  switch (op) {
    case Operator::kGt:
      return order == 1;
    case Operator::kGte:
      return order == 1 || order == 0;
    case Operator::kLt:
      return order == -1;
    case Operator::kLte:
      return order == -1 || order == 0;
    default:
      return false;
  }
}

// The value itself, not its elements.
bool test_whole(const Test& test, const Json& value) {
  switch (test.op) {
    case Operator::kEq:
      return json_equal(value, test.operand);
    case Operator::kIn:
      for (const Json& candidate : test.operand) {
        if (json_equal(value, candidate)) return true;
      }
      return false;
    case Operator::kExists:
      return test.operand.get<bool>();
    case Operator::kContains:
    case Operator::kIcontains:
    case Operator::kStartsWith:
      return value.is_string() && test_string_scalar(test, value.get_ref<const std::string&>());
    default:
      return ordered(test.op, json_compare(value, test.operand));
  }
}

bool test_list_element(const Test& test, const Json& element) {
  if (test.op == Operator::kContains) return json_equal(element, test.operand);
  if (test.op == Operator::kIcontains) {
    return element.is_string() && fold_case(element.get_ref<const std::string&>()) == test.folded;
  }
  return test_whole(test, element);
}

// Visits every value that a path leads to, through the elements of lists; stops when visit says so.
template <typename Visit>
bool walk_path(const Json& value, const std::vector<std::string>& path, size_t at, Visit& visit) {
  if (at == path.size()) return visit(value);
  if (value.is_object()) {
    const auto member = value.find(path[at]);
    return member != value.end() && walk_path(*member, path, at + 1, visit);
  }
  if (!value.is_array()) return false;
  size_t index = 0;
  const std::string& part = path[at];
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error == std::errc() && end == part.data() + part.size() && index < value.size() &&
      walk_path(value[index], path, at + 1, visit)) {
    return true;
  }
  for (const Json& element : value) {
    if (element.is_object() && walk_path(element, path, at, visit)) return true;
  }
  return false;
}

bool is_missing_test(const Test& test) {
  return test.op == Operator::kExists && !test.operand.get<bool>();
}

bool test_number(const Test& test, const Json& value) {
  return test_value(test, value);
}

bool test_optional_number(const Test& test, int64_t value, int64_t missing) {
  return value == missing ? is_missing_test(test) : test_number(test, Json(value));
}

// As filter_sql.cpp computes it.
bool test_access_rate(const Test& test, const ItemFields& item) {
  constexpr double kDayUs = 86'400e6;
  const auto now_us = test.operand[1].get<int64_t>();
  const double days = static_cast<double>(now_us - item.created_us) / kDayUs;
  const double rate = static_cast<double>(item.access_count) / std::max(days, 1.0);
  Test plain;
  plain.op = test.op;
  plain.operand = test.operand[0];
  return test_number(plain, Json(rate));
}

bool test_field(const Test& test, const ItemFields& item, const TierNames& tiers) {
  switch (test.field) {
    case Field::kId:
      return test_text(test, item[Text::kId]);
    case Field::kType:
      return test_text(test, item[Text::kType]);
    case Field::kContent:
      return test_text(test, item[Text::kContent]);
    case Field::kContentType:
      return test_text(test, item[Text::kContentType]);
    case Field::kTags:
      return test_tags(test, item[Text::kTags]);
    case Field::kMetadata:
      return test_metadata(test, item[Text::kMetadata]);
    case Field::kImportance:
      return test_number(test, Json(item.importance));
    case Field::kPriority:
      return test_number(test, Json(item.priority));
    case Field::kPinned:
      return test_value(test, Json(item.pinned));
    case Field::kTier: {
      const auto tier = static_cast<size_t>(item.tier);
      return test_text(test, tier < tiers.size() ? std::string_view(tiers[tier]) : "");
    }
    case Field::kCreatedUs:
      return test_number(test, Json(item.created_us));
    case Field::kUpdatedUs:
      return test_number(test, Json(item.updated_us));
    case Field::kAccessedUs:
      return test_number(test, Json(item.accessed_us));
    case Field::kExpiresUs:
      return test_optional_number(test, item.expires_us, 0);
    case Field::kTtlUs:
      return test_optional_number(test, item.ttl_us, kNoTtl);
    case Field::kAccessCount:
      return test_number(test, Json(item.access_count));
    case Field::kValidationCount:
      return test_number(test, Json(item.validation_count));
    case Field::kVersion:
      return test_number(test, Json(item.version));
    case Field::kChangeSequence:
      return test_number(test, Json(item.sequence));
    case Field::kSizeBytes: {
      size_t size = 0;
      for (size_t i = 0; i < ImageHeader::kTexts; ++i) size += item.texts[i].size();
      return test_number(test, Json(static_cast<int64_t>(size)));
    }
    case Field::kCollection:
      return test_text(test, item[Text::kCollection]);
    case Field::kApp:
      return test_text(test, item[Text::kApp]);
    case Field::kUser:
      return test_text(test, item[Text::kUser]);
    case Field::kAgent:
      return test_text(test, item[Text::kAgent]);
    case Field::kSession:
      return test_text(test, item[Text::kSession]);
    case Field::kIndex:
      return test.rows && test.rows->contains(item.row);
    case Field::kAccessRate:
      return test_access_rate(test, item);
  }
  return false;
}

}  // namespace

bool test_value(const Test& test, const Json& value) {
  const bool text_part = test.op == Operator::kContains || test.op == Operator::kIcontains;
  if (!value.is_array()) return test_whole(test, value);
  if (!text_part && test_whole(test, value)) return true;
  if (test.op == Operator::kExists) return false;
  for (const Json& element : value) {
    if (test_list_element(test, element)) return true;
  }
  return false;
}

bool test_metadata(const Test& test, std::string_view metadata) {
  if (metadata.empty()) return is_missing_test(test);
  const Json document = Json::parse(metadata.begin(), metadata.end(), nullptr, false);
  bool found = false;
  auto visit = [&](const Json& value) {
    found = true;
    return test_value(test, value);
  };
  if (test.op == Operator::kExists) {
    walk_path(document, test.path, 0, visit);
    return found == test.operand.get<bool>();
  }
  return walk_path(document, test.path, 0, visit);
}

bool test_tags(const Test& test, std::string_view joined_tags) {
  if (joined_tags.empty()) return is_missing_test(test);
  Json list = Json::array();
  for_each_tag(joined_tags, [&list](std::string_view tag) { list.push_back(std::string(tag)); });
  return test_value(test, list);
}

bool test_text(const Test& test, std::string_view text) {
  if (text.empty()) return is_missing_test(test);
  switch (test.op) {
    case Operator::kContains:
    case Operator::kIcontains:
    case Operator::kStartsWith:
      return test_string_scalar(test, text);  // without a copy: the content may be large
    default:
      return test_value(test, Json(std::string(text)));
  }
}

bool matches(const Filter& filter, const ItemFields& item, const TierNames& tiers) {
  switch (filter.kind) {
    case Filter::Kind::kAnd:
      for (const Filter& child : filter.children) {
        if (!matches(child, item, tiers)) return false;
      }
      return true;
    case Filter::Kind::kOr:
      for (const Filter& child : filter.children) {
        if (matches(child, item, tiers)) return true;
      }
      return false;
    case Filter::Kind::kNot:
      return !matches(filter.children[0], item, tiers);
    case Filter::Kind::kTest:
      return test_field(filter.test, item, tiers);
  }
  return false;
}

std::vector<uint8_t> matches_batch(const Filter& filter, const std::vector<ItemRef>& items,
                                   const TierNames& tiers) {
  std::vector<uint8_t> result(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    result[i] = matches(filter, items[i]->fields(), tiers) ? 1 : 0;
  }
  return result;
}

void visit_path(const Json& metadata, const std::vector<std::string>& path,
                const std::function<void(const Json&)>& visit) {
  auto go_on = [&visit](const Json& value) {
    visit(value);
    return false;
  };
  walk_path(metadata, path, 0, go_on);
}

Json metadata_value(std::string_view metadata, const std::vector<std::string>& path) {
  Json result(Json::value_t::discarded);
  if (metadata.empty()) return result;
  const Json document = Json::parse(metadata.begin(), metadata.end(), nullptr, false);
  auto visit = [&result](const Json& value) {
    result = value;
    return true;
  };
  walk_path(document, path, 0, visit);
  return result;
}

}  // namespace memtier
