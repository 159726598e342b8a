#include "model/filter.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "model/limits.h"

namespace memtier {
namespace {

constexpr std::array<std::pair<std::string_view, Operator>, 10> kOperators = {{
    {"$eq", Operator::kEq},
    {"$gt", Operator::kGt},
    {"$gte", Operator::kGte},
    {"$lt", Operator::kLt},
    {"$lte", Operator::kLte},
    {"$in", Operator::kIn},
    {"$exists", Operator::kExists},
    {"$contains", Operator::kContains},
    {"$icontains", Operator::kIcontains},
    {"$startsWith", Operator::kStartsWith},
}};

std::optional<Operator> operator_by_name(std::string_view name) {
  for (const auto& [known, op] : kOperators) {
    if (known == name) return op;
  }
  return std::nullopt;
}

bool is_ordering(Operator op) {
  return op == Operator::kGt || op == Operator::kGte || op == Operator::kLt || op == Operator::kLte;
}

// What a condition knows beside the fields.
struct Term {
  std::string_view name;
  Field field;
  double unit_us;  // 0: no age
};
constexpr double kTermSecondUs = 1e6;
constexpr double kTermDayUs = 86'400e6;
constexpr std::array<Term, 6> kTerms = {{
    {"age_days", Field::kCreatedUs, kTermDayUs},
    {"age_seconds", Field::kCreatedUs, kTermSecondUs},
    {"idle_days", Field::kAccessedUs, kTermDayUs},
    {"idle_seconds", Field::kAccessedUs, kTermSecondUs},
    {"accesses_per_day", Field::kAccessRate, 0},
    {"archived", Field::kTier, 0},
}};

const Term* term_by_name(std::string_view name) {
  for (const Term& term : kTerms) {
    if (term.name == name) return &term;
  }
  return nullptr;
}

// Older than an age is before a time.
Operator mirrored(Operator op) {
  switch (op) {
    case Operator::kGt:
      return Operator::kLt;
    case Operator::kGte:
      return Operator::kLte;
    case Operator::kLt:
      return Operator::kGt;
    default:
      return Operator::kGte;
  }
}

Filter negated(Filter filter) {
  Filter result;
  result.kind = Filter::Kind::kNot;
  result.children.push_back(std::move(filter));
  return result;
}

// Walks the document; place_ is where it stands, for messages.
class Parser {
 public:
  explicit Parser(const ConditionContext* context = nullptr) : context_(context) {}

  Result<Filter> parse_filter(const Json& document, const std::string& place, size_t depth) {
    RETURN_IF_ERROR(enter(place, depth));
    if (!document.is_object())
      return wrong(place, "must be an object, such as {\"type\": \"fact\"}");
    Filter all;
    for (const auto& member : document.items()) {
      const std::string here = place + "." + member.key();
      ASSIGN_OR_RETURN(Filter condition, parse_member(member.key(), member.value(), here, depth));
      all.children.push_back(std::move(condition));
    }
    if (all.children.size() == 1) {
      Filter only = std::move(all.children[0]);
      return only;
    }
    return all;
  }

 private:
  static Status wrong(const std::string& place, const std::string& why) {
    return invalid("filter: " + place + " " + why);
  }

  Status enter(const std::string& place, size_t depth) {
    if (depth > kMaxFilterDepth) {
      return wrong(place, "is nested deeper than " + std::to_string(kMaxFilterDepth) + " levels");
    }
    return {};
  }

  Result<Filter> parse_member(const std::string& key, const Json& value, const std::string& place,
                              size_t depth) {
    if (key == "$and" || key == "$or") return parse_list(key, value, place, depth);
    if (key == "$not") {
      ASSIGN_OR_RETURN(Filter inner, parse_filter(value, place, depth + 1));
      return negated(std::move(inner));
    }
    if (!key.empty() && key[0] == '$') {
      return wrong(place, "is an unknown operator; a filter knows $and, $or and $not");
    }
    if (context_ != nullptr) {
      if (const Term* term = term_by_name(key)) return parse_term(*term, value, place);
    }
    const auto field = field_by_name(key);
    if (!field) return wrong(place, "is an unknown field; known are " + known_names());
    Test test;
    test.field = *field;
    if (*field == Field::kMetadata && key.size() > 9) {
      test.path = metadata_path(key);
    }
    if (*field == Field::kIndex) {
      test.path = {key.substr(std::string_view("index.").size())};
      test.place = place;
    }
    const bool operators =
        value.is_object() && !value.empty() && value.begin().key().substr(0, 1) == "$";
    if (operators) return parse_operators(test, value, place, depth + 1);
    test.op = Operator::kEq;
    test.operand = value;
    return finish_test(std::move(test), place);
  }

  Result<Filter> parse_list(const std::string& key, const Json& value, const std::string& place,
                            size_t depth) {
    if (!value.is_array()) return wrong(place, "must be a list of filters");
    Filter list;
    list.kind = key == "$and" ? Filter::Kind::kAnd : Filter::Kind::kOr;
    for (size_t i = 0; i < value.size(); ++i) {
      const std::string here = place + "[" + std::to_string(i) + "]";
      ASSIGN_OR_RETURN(Filter child, parse_filter(value[i], here, depth + 1));
      list.children.push_back(std::move(child));
    }
    return list;
  }

  std::string known_names() const {
    std::string names = field_names();
    if (context_ == nullptr) return names;
    for (const Term& term : kTerms) names.append(", ").append(term.name);
    return names;
  }

  Result<Filter> parse_term(const Term& term, const Json& value, const std::string& place) {
    if (term.field == Field::kTier) {
      const bool spelled = value.is_object() && value.size() == 1 && value.contains("$eq");
      const Json& answer = spelled ? value["$eq"] : value;
      if (!answer.is_boolean()) return wrong(place, "must be true or false");
      Test test;
      test.field = Field::kTier;
      test.op = Operator::kIn;
      test.operand = context_->archive_tiers;
      ASSIGN_OR_RETURN(Filter archived, finish_test(std::move(test), place));
      return answer.get<bool>() ? std::move(archived) : negated(std::move(archived));
    }
    if (!value.is_object() || value.empty()) {
      return wrong(place, "must be an object of operators, such as {\"$gt\": 30}");
    }
    Filter all;
    for (const auto& member : value.items()) {
      const std::string here = place + "." + member.key();
      const auto op = operator_by_name(member.key());
      if (!op || !is_ordering(*op)) return wrong(here, "must be $gt, $gte, $lt or $lte");
      const bool is_number = member.value().is_number() && member.value().get<double>() >= 0 &&
                             member.value().get<double>() <= 1e9;
      if (!is_number) return wrong(here, "must be a number from 0 to 1000000000");
      Test test;
      test.field = term.field;
      const auto number = member.value().get<double>();
      if (term.unit_us == 0) {
        test.op = *op;
        test.operand = Json::array({number, context_->now_us});
        all.children.push_back(finished(std::move(test)));
        continue;
      }
      test.op = mirrored(*op);
      // Before the beginning of time nothing was made.
      const double age_us = std::min(number * term.unit_us, 9e18);
      test.operand = context_->now_us - static_cast<int64_t>(age_us);
      ASSIGN_OR_RETURN(Filter one, finish_test(std::move(test), here));
      all.children.push_back(std::move(one));
    }
    return all;
  }

  static Filter finished(Test test) {
    Filter filter;
    filter.kind = Filter::Kind::kTest;
    filter.test = std::move(test);
    return filter;
  }

  // {"$gte": 1, "$lt": 5, "$not": {"$in": [...]}}: all of them, on one field.
  Result<Filter> parse_operators(const Test& subject, const Json& value, const std::string& place,
                                 size_t depth) {
    RETURN_IF_ERROR(enter(place, depth));
    if (!value.is_object() || value.empty()) {
      return wrong(place, "must be an object of operators, such as {\"$gt\": 1}");
    }
    Filter all;
    for (const auto& member : value.items()) {
      const std::string here = place + "." + member.key();
      ASSIGN_OR_RETURN(Filter one,
                       parse_operator(subject, member.key(), member.value(), here, depth));
      all.children.push_back(std::move(one));
    }
    if (all.children.size() == 1) {
      Filter only = std::move(all.children[0]);
      return only;
    }
    return all;
  }

  Result<Filter> parse_operator(const Test& subject, const std::string& name, const Json& operand,
                                const std::string& place, size_t depth) {
    if (name == "$not") {
      ASSIGN_OR_RETURN(Filter inner, parse_operators(subject, operand, place, depth + 1));
      return negated(std::move(inner));
    }
    const bool opposite = name == "$ne" || name == "$nin";
    const auto op = opposite ? std::optional(name == "$ne" ? Operator::kEq : Operator::kIn)
                             : operator_by_name(name);
    if (!op) {
      return wrong(place,
                   "is an unknown operator; known are $eq $ne $gt $gte $lt $lte $in $nin $exists "
                   "$contains $icontains $startsWith $not");
    }
    Test test = subject;
    test.op = *op;
    test.operand = operand;
    ASSIGN_OR_RETURN(Filter filter, finish_test(std::move(test), place));
    return opposite ? negated(std::move(filter)) : std::move(filter);
  }

  // Checks the operand and brings it into the form that evaluation needs.
  Result<Filter> finish_test(Test test, const std::string& place) {
    if (++conditions_ > kMaxFilterConditions) {
      return wrong(place, "is one condition too many; at most " +
                              std::to_string(kMaxFilterConditions) + " are allowed");
    }
    RETURN_IF_ERROR(check_operand(test, place));
    if (is_time_field(test.field)) RETURN_IF_ERROR(convert_times(test, place));
    if (test.op == Operator::kIcontains && test.operand.is_string()) {
      test.folded = fold_case(test.operand.get_ref<const std::string&>());
    }
    return finished(std::move(test));
  }

  static Status check_operand(const Test& test, const std::string& place) {
    const Json& operand = test.operand;
    if (is_ordering(test.op) && !operand.is_number() && !operand.is_string()) {
      return wrong(place, "must be a number or a text: nothing else has an order");
    }
    switch (test.op) {
      case Operator::kIn:
        if (!operand.is_array()) return wrong(place, "must be a list");
        if (operand.size() > 10'000) return wrong(place, "is a list of more than 10000 values");
        break;
      case Operator::kExists:
        if (!operand.is_boolean()) return wrong(place, "must be true or false");
        break;
      case Operator::kIcontains:
      case Operator::kStartsWith:
        if (!operand.is_string()) return wrong(place, "must be a text");
        break;
      case Operator::kContains:
        if (operand.is_object() || operand.is_array()) {
          return wrong(place, "must be a text, a number, true, false or null");
        }
        break;
      default:
        break;
    }
    return {};
  }

  static Status convert_times(Test& test, const std::string& place) {
    const auto convert = [&place](Json& value) -> Status {
      if (!value.is_string()) return {};
      const auto time_us = parse_time_us(value.get_ref<const std::string&>());
      if (!time_us) {
        return wrong(place, "must be microseconds or a time such as 2026-05-01T09:30:00Z");
      }
      value = *time_us;
      return {};
    };
    if (test.operand.is_array()) {
      for (Json& element : test.operand) RETURN_IF_ERROR(convert(element));
      return {};
    }
    return convert(test.operand);
  }

  const ConditionContext* const context_;
  size_t conditions_ = 0;
};

const Test* find_index_test(const Filter& filter) {
  if (filter.kind == Filter::Kind::kTest) {
    return filter.test.field == Field::kIndex ? &filter.test : nullptr;
  }
  for (const Filter& child : filter.children) {
    if (const Test* test = find_index_test(child)) return test;
  }
  return nullptr;
}

}  // namespace

bool asks_index(const Filter& filter) {
  return find_index_test(filter) != nullptr;
}

Status check_needs_no_store(const Filter& filter) {
  const Test* test = find_index_test(filter);
  if (test == nullptr) return {};
  return invalid("filter: " + test->place +
                 " asks for an index, which only a store knows: it cannot be asked of one item");
}

Result<FilterRef> Filter::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_document(text, "filter"));
  return from_json(document);
}

Result<FilterRef> Filter::from_json(const Json& document) {
  Parser parser;
  ASSIGN_OR_RETURN(Filter filter, parser.parse_filter(document, "$", 0));
  return FilterRef(std::make_shared<const Filter>(std::move(filter)));
}

Result<FilterRef> Filter::from_condition(const Json& document, const ConditionContext& context) {
  Parser parser(&context);
  ASSIGN_OR_RETURN(Filter filter, parser.parse_filter(document, "$", 0));
  return FilterRef(std::make_shared<const Filter>(std::move(filter)));
}

Result<FilterRef> both(const Json& first, const FilterRef& second) {
  ASSIGN_OR_RETURN(const FilterRef filter, Filter::from_json(first));
  if (second->matches_all()) return filter;
  auto joined = std::make_shared<Filter>();
  joined->children = {*filter, *second};
  return FilterRef(std::move(joined));
}

}  // namespace memtier
