#include "model/query.h"

#include "base/must.h"
#include "model/filter.h"

namespace memtier::testing {
namespace {

TEST(Query, has_defaults_for_all) {
  const auto query = must(Query::parse(""));
  EXPECT_EQ(query->text, "");
  EXPECT_EQ(query->limit, 10);
  EXPECT_EQ(query->skip, 0);
  EXPECT_FALSE(query->boolean_syntax);
  EXPECT_FALSE(query->match_all);
  EXPECT_FALSE(query->snippets);
  EXPECT_TRUE(query->filter->matches_all());
}

TEST(Query, reads_every_key) {
  const auto query = must(Query::parse(
      R"({"text": "tea", "match": "all", "filter": {"type": "fact"}, "limit": 3, "skip": 2,
          "snippets": true, "explain": true, "field_weights": {"title": 2.5, "speaker": 0}})"));
  EXPECT_EQ(query->text, "tea");
  EXPECT_TRUE(query->match_all);
  EXPECT_FALSE(query->filter->matches_all());
  EXPECT_EQ(query->limit, 3);
  EXPECT_EQ(query->skip, 2);
  EXPECT_TRUE(query->snippets && query->explain);
  EXPECT_EQ(query->content_weight, 1);
  EXPECT_EQ(query->title_weight, 2.5);
  EXPECT_EQ(query->speaker_weight, 0);
}

TEST(Query, refuses_what_is_wrong) {
  for (const char* text : {R"({"txt": "tea"})", R"({"text": 5})", R"({"limit": 0})",
                           R"({"limit": 10001})", R"({"skip": -1})", R"({"syntax": "sql"})",
                           R"({"match": "some"})", R"({"syntax": "boolean", "match": "all"})",
                           R"({"filter": {"colour": 1}})", R"({"field_weights": {"body": 1}})",
                           R"({"field_weights": {"title": 101}})", R"({"snippets": 1})"}) {
    EXPECT_EQ(Query::parse(text).code(), Code::kInvalid) << text;
  }
}

TEST(List, has_the_newest_first_unless_it_says_otherwise) {
  const ListRequest request = must(ListRequest::parse(""));
  EXPECT_EQ(request.order_by, Field::kCreatedUs);
  EXPECT_TRUE(request.descending);
  EXPECT_EQ(request.limit, 0);
  const ListRequest by_path =
      must(ListRequest::parse(R"({"order_by": "metadata.place.city", "descending": false})"));
  EXPECT_EQ(by_path.order_by, Field::kMetadata);
  EXPECT_EQ(by_path.order_path, (std::vector<std::string>{"place", "city"}));
  EXPECT_FALSE(by_path.descending);
}

TEST(List, refuses_what_is_wrong) {
  for (const char* text :
       {R"({"order_by": "content"})", R"({"order_by": "tags"})", R"({"order_by": "colour"})",
        R"({"limit": -1})", R"({"sort": "id"})", R"({"descending": "no"})"}) {
    EXPECT_EQ(ListRequest::parse(text).code(), Code::kInvalid) << text;
  }
}

// The message has the place, as a path.
TEST(Filter, says_where_it_is_wrong) {
  struct Case {
    const char* text;
    const char* place;
  };
  const Case cases[] = {
      {R"({"$or": [{"pinned": true}, {"importance": {"$gtt": 1}}]})", "$.$or[1].importance.$gtt"},
      {R"({"colour": 1})", "$.colour"},
      {R"({"$not": 5})", "$.$not"},
      {R"({"$and": {}})", "$.$and"},
      {R"({"tags": {"$in": "tea"}})", "$.tags.$in"},
      {R"({"id": {"$exists": 1}})", "$.id.$exists"},
      {R"({"created_us": {"$gt": "yesterday"}})", "$.created_us.$gt"},
      {R"({"id": {"$startsWith": 5}})", "$.id.$startsWith"},
  };
  for (const Case& c : cases) {
    EXPECT_NE(message_of(Filter::parse(c.text), Code::kInvalid).find(c.place), std::string::npos)
        << c.text;
  }
}

TEST(Filter, has_limits) {
  std::string deep = R"({"pinned": true})";
  for (int i = 0; i < 200; ++i) deep = R"({"$not": )" + deep + "}";
  EXPECT_EQ(Filter::parse(deep).code(), Code::kInvalid);
  std::string wide = R"({"$or": [{"pinned": true})";
  for (int i = 0; i < 1000; ++i) wide += R"(, {"pinned": true})";
  EXPECT_EQ(Filter::parse(wide + "]}").code(), Code::kInvalid);
}

}  // namespace
}  // namespace memtier::testing
