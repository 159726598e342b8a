// The planner: whatever way it chooses, lists, counts and walks say what the filter says; and the ways
// it is made for are the ones it takes.
#include "storage/sqlite/access_path.h"

#include <algorithm>

#include "model/filter_eval.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

constexpr int64_t kNowUs = 1'000'000;

class Planned : public ::testing::Test {
 protected:
  Planned() : storage_(must(SqliteStorage::open(small_settings(folder_.file())))) {
    must(storage_->attach(&sink_, nullptr));
  }

  static Scope scope_of(uint64_t user) {
    return Scope({"", "", user == 0 ? "" : "user" + std::to_string(user), "", ""});
  }

  void put_random(Random& random, int count, uint64_t expired_of_100) {
    for (int i = 0; i < count; ++i) {
      std::string tags;
      for (const char* tag : {"red", "green", "blue", "rare"}) {
        if (random.one_in(tag[1] == 'a' ? 50 : 3))
          tags += tags.empty() ? tag : '\n' + std::string(tag);
      }
      const uint64_t type = random.below(7);
      const bool expires = random.one_in(4);
      const bool expired = random.below(100) < expired_of_100;
      const Scope scope = scope_of(random.below(4));
      const std::string metadata = R"({"n": )" + std::to_string(random.below(5)) + "}";
      must(commit_one(*storage_,
                      put_op(scope, {.id = "i" + std::to_string(i),
                                     .type = type == 0  ? ""
                                             : type < 5 ? "fact"
                                                        : "event",
                                     .tags = tags,
                                     .metadata = metadata,
                                     .tier = static_cast<int32_t>(random.below(4)),
                                     .importance = static_cast<double>(random.below(11)) / 10,
                                     .created_us = static_cast<int64_t>(random.below(200)),
                                     .expires_us = expired   ? kNowUs - 1
                                                   : expires ? kNowUs + 1
                                                             : 0,
                                     .pinned = random.one_in(9)}),
                      1));
    }
  }

  std::string random_condition(Random& random) {
    const auto number = [&](uint64_t limit) { return std::to_string(random.below(limit)); };
    const char* tags[] = {"red", "green", "blue", "rare", "none"};
    const char* tiers[] = {"working", "short_term", "long_term", "archive"};
    const std::string tag = tags[random.below(5)];
    switch (random.below(14)) {
      case 0:
      case 1:
        return R"({"tags": {"$contains": ")" + tag + R"("}})";
      case 2:
        return R"({"tags": ")" + tag + R"("})";
      case 3:
        return R"({"tags": {"$in": [")" + tag + R"(", "red"]}})";
      case 4:
        return R"({"type": "fact"})";
      case 5:
        return R"({"type": {"$in": ["fact", "event", "unknown"]}})";
      case 6:
        return R"({"type": {"$exists": false}})";
      case 7:
        return R"({"importance": {"$gte": 0.)" + number(10) + "}}";
      case 8:
        return R"({"importance": {"$lt": 0.)" + number(10) + "}}";
      case 9:
        return R"({"created_us": {"$gt": )" + number(200) + "}}";
      case 10:
        return R"({"tier": ")" + std::string(tiers[random.below(4)]) + R"("})";
      case 11:
        return R"({"metadata.n": )" + number(5) + "}";
      case 12:
        return R"({"user": "user)" + number(4) + R"("})";
      default:
        return R"({"expires_us": {"$gt": 5}})";
    }
  }

  std::string random_filter(Random& random) {
    std::string filter = R"({"$and": [{})";
    for (uint64_t i = random.below(4); i > 0; --i) {
      const uint64_t form = random.below(8);
      const std::string one = random_condition(random);
      filter += ", ";
      if (form == 0) {
        filter += R"({"$or": [)" + one + ", " + random_condition(random) + "]}";
      } else {
        filter += form == 1 ? R"({"$not": )" + one + "}" : one;
      }
    }
    return filter + "]}";
  }

  std::vector<ItemRef> expected(const Scope& scope, const Filter& filter) {
    const Scope all({"*", "", "", "", ""});
    // What nothing can plan badly: a walk with the filter in RAM.
    std::vector<ItemRef> items;
    for (const ItemRef& item : must(storage_->scan({&all, 0}, parse_filter(""), 0, 100'000, {}))) {
      const bool alive = item->expires_us() == 0 || item->pinned() || item->expires_us() > kNowUs;
      if (alive && scope.allows(item->scope()) &&
          matches(filter, item->fields(), storage_->tier_names())) {
        items.push_back(item);
      }
    }
    return items;
  }

  static std::vector<int64_t> rows_of(const std::vector<ItemRef>& items) {
    std::vector<int64_t> rows;
    for (const ItemRef& item : items) rows.push_back(item->row());
    return rows;
  }

  void expect_agreement(Random& random) {
    const std::string text = random_filter(random);
    const FilterRef filter = parse_filter(text);
    const Scope scope = random.one_in(2) ? Scope() : scope_of(1 + random.below(3));
    std::vector<ItemRef> items = expected(scope, *filter);
    const ReadScope read{&scope, kNowUs};
    SCOPED_TRACE(text);
    ASSERT_EQ(must(storage_->count(read, filter, {})), static_cast<int64_t>(items.size()));
    ASSERT_EQ(rows_of(must(storage_->scan(read, filter, 0, 100'000, {}))), rows_of(items));
    ListRequest request;
    request.filter = filter;
    request.order_by = random.one_in(3) ? Field::kImportance : Field::kCreatedUs;
    request.descending = !random.one_in(3);
    request.skip = random.one_in(3) ? static_cast<int64_t>(random.below(20)) : 0;
    const auto key = [&](const ItemRef& item) {
      const bool created = request.order_by == Field::kCreatedUs;
      return std::pair(
          created ? static_cast<double>(item->header().created_us) : item->header().importance,
          item->row());
    };
    std::sort(items.begin(), items.end(), [&](const ItemRef& a, const ItemRef& b) {
      return request.descending ? key(a) > key(b) : key(a) < key(b);
    });
    items.erase(items.begin(),
                items.begin() + std::min<ptrdiff_t>(request.skip, std::ssize(items)));
    const int64_t page_items = 1 + static_cast<int64_t>(random.below(40));
    std::vector<int64_t> listed;
    do {
      const Page page = must(storage_->list(read, request, page_items, {}));
      for (const int64_t row : rows_of(page.items)) listed.push_back(row);
      request.after = page.token;
    } while (!request.after.empty());
    ASSERT_EQ(listed, rows_of(items));
  }

  Json explain_list(std::string_view filter, const Scope& scope = Scope()) {
    ListRequest request;
    request.filter = parse_filter(filter);
    Json explain;
    must(storage_->list({&scope, kNowUs}, request, 10, {}, &explain).take_status());
    return explain;
  }
  Json explain_count(std::string_view filter, const Scope& scope = Scope()) {
    Json explain;
    must(storage_->count({&scope, kNowUs}, parse_filter(filter), {}, &explain).take_status());
    return explain;
  }

  TempFolder folder_;
  RecordingSink sink_;
  std::unique_ptr<SqliteStorage> storage_;
};

TEST_F(Planned, reads_say_what_the_filter_says_where_nothing_has_expired) {
  Random random;
  put_random(random, 700, 0);
  for (int i = 0; i < 500 && !HasFatalFailure(); ++i) expect_agreement(random);
}

TEST_F(Planned, reads_say_what_the_filter_says_where_some_items_have_expired) {
  Random random;
  put_random(random, 700, 5);
  for (int i = 0; i < 300 && !HasFatalFailure(); ++i) expect_agreement(random);
}

TEST_F(Planned, reads_say_what_the_filter_says_where_many_items_have_expired) {
  Random random;
  put_random(random, 900, 60);
  for (int i = 0; i < 300 && !HasFatalFailure(); ++i) expect_agreement(random);
}

TEST_F(Planned, a_tag_a_type_and_an_importance_are_decided_on_index_entries) {
  Random random;
  put_random(random, 700, 0);
  const std::string filter =
      R"({"tags": {"$contains": "red"}, "type": "fact", "importance": {"$gte": 0.5}})";
  const Json list = explain_list(filter);
  EXPECT_EQ(list["path"], "ix_tag") << list;
  EXPECT_EQ(list["by"], "tag, type") << list;
  EXPECT_EQ(list["decided_on"], "index entries") << list;
  EXPECT_EQ(list["items"], 10) << list;
  EXPECT_EQ(list["rows_seen"], 10) << list;
  EXPECT_GE(list["entries_seen"], 10) << list;
  EXPECT_LT(list["entries_seen"], 100) << list;
  const Json count = explain_count(filter);
  EXPECT_EQ(count["path"], "ix_tag") << count;
  EXPECT_EQ(count["rows_seen"], 0) << count;
  EXPECT_GT(count["count"], 0) << count;
}

TEST_F(Planned, the_rarer_of_two_tags_leads) {
  Random random;
  put_random(random, 700, 0);
  const Json count = explain_count(
      R"({"$and": [{"tags": {"$contains": "red"}}, {"tags": {"$contains": "rare"}}]})");
  EXPECT_EQ(count["path"], "ix_tag") << count;
  EXPECT_LT(count["entries_seen"], 60) << count;
  EXPECT_EQ(count["rows_seen"], 0) << count;
}

TEST_F(Planned, the_newest_of_a_tag_are_merged_from_its_types) {
  Random random;
  put_random(random, 700, 0);
  const Json list = explain_list(R"({"tags": "red"})");
  EXPECT_EQ(list["path"], "ix_tag") << list;
  EXPECT_EQ(list["merged"], 3) << "none, fact, event: " << list;
  EXPECT_LT(list["entries_seen"], 40) << list;
}

TEST_F(Planned, a_small_scope_leads_before_a_common_type) {
  Random random;
  put_random(random, 700, 0);
  const Scope small({"", "", "ada", "", ""});
  must(commit_one(*storage_, put_op(small, {.id = "one", .type = "fact"})));
  const Json count = explain_count(R"({"type": "fact"})", small);
  EXPECT_EQ(count["path"], "ix_scope") << count;
  EXPECT_EQ(count["entries_seen"], 1) << count;
  EXPECT_EQ(count["count"], 1) << count;
}

TEST_F(Planned, what_nothing_has_is_known_without_looking) {
  Random random;
  put_random(random, 20, 0);
  EXPECT_EQ(explain_count(R"({"tags": "unheard of"})")["path"], "none");
  EXPECT_EQ(explain_list(R"({"type": "unheard of"})")["path"], "none");
}

TEST_F(Planned, few_matches_are_walked_through_the_index) {
  Random random;
  put_random(random, 700, 0);
  // A walk in steps is how updates and deletions by filter find their items.
  const FilterRef filter = parse_filter(R"({"tags": "rare"})");
  const Scope all({"*", "", "", "", ""});
  std::vector<int64_t> rows;
  while (true) {
    const int64_t after = rows.empty() ? 0 : rows.back();
    const auto items = must(storage_->scan({&all, kNowUs}, filter, after, 2, {}));
    if (items.empty()) break;
    for (const int64_t row : rows_of(items)) rows.push_back(row);
  }
  EXPECT_EQ(rows, rows_of(expected(all, *filter)));
}

}  // namespace
}  // namespace memtier::testing
