// JSON as memtier reads it: strict, and exact with 64-bit integers.
#include "model/json.h"

#include "base/must.h"

namespace memtier::testing {
namespace {

TEST(Document, refuses_what_would_be_ignored_in_silence) {
  for (const char* text :
       {"{\"a\": 1, \"a\": 2}", "{\"b\": {\"a\": 1, \"a\": 2}}", "{} x", "{", "[1]", "1", "null",
        "{\"a\": }", "{'a': 1}", "{\"a\": NaN}", "{\"a\": 1,}", "{\"a\": \"\xff\"}"}) {
    EXPECT_EQ(parse_document(text, "filter").code(), Code::kInvalid) << text;
  }
  EXPECT_EQ(must(parse_document("", "filter")), Json::object());
  EXPECT_EQ(must(parse_document(" {} ", "filter")), Json::object());
}

TEST(Document, names_itself_and_the_key_in_its_message) {
  EXPECT_NE(
      message_of(parse_document("{\"a\": 1, \"a\": 2}", "filter"), Code::kInvalid).find("\"a\""),
      std::string::npos);
  EXPECT_NE(message_of(parse_document("nonsense", "query"), Code::kInvalid).find("query"),
            std::string::npos);
  const Status unknown = refuse_unknown_keys(Json({{"limt", 1}}), {"limit", "skip"}, "query");
  EXPECT_NE(message_of(unknown, Code::kInvalid).find("limt"), std::string::npos);
  EXPECT_NE(unknown.message().find("limit"), std::string::npos) << "and says what is known";
}

TEST(Document, tells_where_a_key_stands_twice) {
  std::string many;  // more keys than are kept in a list
  for (int i = 0; i < 40; ++i) many += "\"k" + std::to_string(i) + "\": [], ";
  const std::pair<std::string, std::string> cases[] = {
      {R"({"a": 1, "a": 2})", "$.a:"},
      {R"({"x": 0, "filter": {"importance": {"$gt": 0, "$gt": 1}}})", "$.filter.importance.$gt:"},
      {R"({"$or": [{"a": {}}, [[], {"b": 1, "b": 2}]]})", "$.$or[1][1].b:"},
      {R"({"l": ["x", 1, null, true, {"a": 1, "a": 2}]})", "$.l[4].a:"},
      {R"({"before": {"in": {"side": [1]}}, "a": {"b": 1}, "a": 2})", "$.a:"},
      {"{" + many + R"("last": {"c": 1, "c": 2}})", "$.last.c:"},
      {"{" + many + R"("k39": 0})", "$.k39:"},
  };
  for (const auto& [text, place] : cases) {
    const std::string message = message_of(parse_document(text, "query"), Code::kInvalid);
    EXPECT_EQ(message.find("query: " + place + " "), 0U) << text << ": " << message;
  }
}

TEST(Document, is_refused_where_it_is_nested_too_deep) {
  std::string deep = "{\"a\":";
  for (int i = 0; i < 100'000; ++i) deep += '[';
  EXPECT_EQ(parse_document(deep, "filter").code(), Code::kInvalid);
  EXPECT_EQ(parse_item_document(deep).code(), Code::kInvalid);
  EXPECT_FALSE(is_nested_too_deep(R"({"a": "[[[["})"));
}

TEST(Numbers, compare_by_exact_value_across_kinds) {
  struct Case {
    const char* left;
    const char* right;
    int order;
  };
  const Case cases[] = {
      {"1", "1.0", 0},
      {"1", "2", -1},
      {"9007199254740993", "9007199254740992.0", 1},
      {"9007199254740992", "9007199254740992.0", 0},
      {"-9007199254740993", "-9007199254740992.0", -1},
      {"9223372036854775807", "9223372036854775808.0", -1},
      {"9223372036854775807", "9223372036854775808", -1},
      {"18446744073709551615", "18446744073709551616.0", -1},
      {"18446744073709551615", "-1", 1},
      {"-9223372036854775808", "-9223372036854775808.0", 0},
      {"0", "-0.0", 0},
      {"1", "1.5", -1},
      {"-1", "-1.5", 1},
      {"1e300", "18446744073709551615", 1},
  };
  for (const Case& c : cases) {
    const Json left = Json::parse(c.left);
    const Json right = Json::parse(c.right);
    EXPECT_EQ(json_compare(left, right), c.order) << c.left << " " << c.right;
    EXPECT_EQ(json_compare(right, left), -c.order) << c.right << " " << c.left;
    EXPECT_EQ(json_equal(left, right), c.order == 0) << c.left << " " << c.right;
  }
}

TEST(Values, of_different_kinds_are_neither_equal_nor_ordered) {
  const char* const kinds[] = {"null", "true", "1", "\"1\"", "[1]", "{\"a\": 1}"};
  for (const char* left : kinds) {
    for (const char* right : kinds) {
      if (left == right) continue;
      EXPECT_FALSE(json_equal(Json::parse(left), Json::parse(right))) << left << " " << right;
      EXPECT_EQ(json_compare(Json::parse(left), Json::parse(right)), 2) << left << " " << right;
    }
  }
  EXPECT_TRUE(json_equal(Json::parse("[1, {\"a\": 2.0}]"), Json::parse("[1.0, {\"a\": 2}]")));
}

TEST(MemberText, gives_the_bytes_of_a_member_as_they_stand) {
  const char* const document =
      R"({"x": {"metadata": 0}, "metadata" : {"a":  1.50, "b": "}"} , "y": 1})";
  EXPECT_EQ(member_text(document, "metadata"), R"({"a":  1.50, "b": "}"})");
  EXPECT_EQ(member_text(document, "none"), "");
}

TEST(Strings, are_written_so_that_they_read_back) {
  std::string every;
  for (int c = 0; c < 128; ++c) every += static_cast<char>(c);
  every += "Grüße 日本 🙂 \u2028";
  std::string json;
  append_json_string(every, &json);
  EXPECT_EQ(Json::parse(json).get<std::string>(), every);
}

TEST(Members, have_a_kind_and_a_range) {
  const Json object = Json::parse(R"({"n": 5, "big": 9223372036854775807, "f": 0.5, "b": true})");
  int64_t number = 0;
  EXPECT_TRUE(read_int(object, "n", "query", 0, 10, &number).ok());
  EXPECT_EQ(number, 5);
  EXPECT_TRUE(read_int(object, "big", "query", 0, INT64_MAX, &number).ok());
  EXPECT_EQ(number, INT64_MAX);
  EXPECT_NE(
      message_of(read_int(object, "n", "query", 6, 10, &number), Code::kInvalid).find("\"n\""),
      std::string::npos);
  EXPECT_EQ(read_int(object, "f", "query", 0, 10, &number).code(), Code::kInvalid);
  EXPECT_EQ(read_int(object, "b", "query", 0, 10, &number).code(), Code::kInvalid);
  number = 3;
  EXPECT_TRUE(read_int(object, "absent", "query", 0, 10, &number).ok());
  EXPECT_EQ(number, 3) << "absent leaves it alone";
}

}  // namespace
}  // namespace memtier::testing
