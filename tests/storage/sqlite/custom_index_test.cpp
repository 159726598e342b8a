// Indexes of the caller's own: with them lists and counts say what they say without them, whatever the
// metadata, the filter and what has happened since; and they are what leads where they are the best way.
#include <algorithm>

#include "model/limits.h"
#include "storage/integrity.h"
#include "storage/sqlite/index_keys.h"
#include "storage/storage_testing.h"

namespace memtier::testing {
namespace {

constexpr int64_t kLookUs = 1'000'000;

// What stands at a path, of every kind, with values that are hard to tell apart.
constexpr int kNoLists = 9;  // a depth at which there are none any more

std::string random_value(Random& random, int depth = 0) {
  static const char* const kValues[] = {
      "null",
      "true",
      "false",
      "0",
      "-0.0",
      "1",
      "1.0",
      "1.5",
      "-1",
      "-7.25",
      "9007199254740992",
      "9007199254740993",
      "-9007199254740993",
      "9223372036854775807",
      "-9223372036854775808",
      "9223372036854775808",
      "18446744073709551615",
      "18446744073709551614",
      "18446744073709551616.0",
      "1e300",
      "\"\"",
      "\"Rome\"",
      "\"rome\"",
      "\"Romeo\"",
      "\"Bari\"",
      "\"B\\u00e0ri\"",
      "\"\\u0000\"",
      "[]",
      "{}",
  };
  constexpr size_t kCount = std::size(kValues);
  const uint64_t form = random.below(12);
  if (form == 0 && depth < 2) {
    std::string list = "[";
    for (uint64_t i = random.below(4); i > 0; --i) {
      list += random_value(random, depth + 1) + (i > 1 ? ", " : "");
    }
    return list + "]";
  }
  if (form == 1 && depth < 2) return R"({"b": )" + random_value(random, depth + 1) + "}";
  if (form == 2) {
    // Texts that are alike up to where keys are cut, and beyond.
    std::string text(126 + random.below(5), 'x');
    if (random.one_in(2)) text += static_cast<char>('a' + random.below(3));
    return '"' + text + '"';
  }
  return kValues[random.below(kCount)];
}

std::string random_metadata(Random& random, bool lists) {
  if (!lists) {
    return R"({"a": )" + random_value(random, kNoLists) + R"(, "n": )" +
           random_value(random, kNoLists) + "}";
  }
  switch (random.below(6)) {
    case 0:
      return "";
    case 1:
      return R"({"other": 1})";
    case 2:
      return R"({"a": [{"b": )" + random_value(random) + R"(}, {"b": )" + random_value(random) +
             "}]}";
    case 3:
      return R"({"a": {"b": )" + random_value(random) + "}, \"n\": " + random_value(random) + "}";
    default:
      return R"({"a": )" + random_value(random) + ", \"n\": " + std::to_string(random.below(9)) +
             "}";
  }
}

std::string random_scalar(Random& random) {
  while (true) {
    std::string value = random_value(random, 2);
    if (value[0] != '[' && value[0] != '{') return value;
  }
}

std::string random_test(Random& random) {
  static const char* const kPaths[] = {"metadata.a", "metadata.a", "metadata.a.b", "metadata.n",
                                       "metadata.a.0"};
  const std::string path = "{\"" + std::string(kPaths[random.below(5)]) + "\": ";
  static const char* const kOrderings[] = {"$gt", "$gte", "$lt", "$lte"};
  const auto ordered = [&]() -> std::string {
    std::string value;
    do {
      value = random_scalar(random);
    } while (value[0] == 'n' || value[0] == 't' || value[0] == 'f');
    return '"' + std::string(kOrderings[random.below(4)]) + "\": " + value;
  };
  switch (random.below(9)) {
    case 0:
      return path + random_value(random) + "}";
    case 1:
      return path + "{\"$in\": [" + random_scalar(random) + ", " + random_scalar(random) + "]}}";
    case 2:
      return path + "{\"$exists\": " + (random.one_in(3) ? "false" : "true") + "}}";
    case 3: {
      static const char* const kStarts[] = {"\"\"", "\"R\"", "\"Rome\"", "\"x\"", "\"B\\u00e0\""};
      const std::string start = random.one_in(4)
                                    ? '"' + std::string(126 + random.below(5), 'x') + '"'
                                    : kStarts[random.below(5)];
      return path + "{\"$startsWith\": " + start + "}}";
    }
    case 4:
    case 5:
      return path + "{" + ordered() + "}}";
    case 6:
      return path + "{\"$gte\": " + std::to_string(random.below(5)) +
             ", \"$lt\": " + std::to_string(random.below(9)) + "}}";
    case 7:
      return path + "{\"$ne\": " + random_scalar(random) + "}}";
    default:
      return path + random_scalar(random) + "}";
  }
}

std::string random_filter(Random& random) {
  std::string filter = R"({"$and": [)" + random_test(random);
  for (uint64_t i = random.below(3); i > 0; --i) {
    switch (random.below(5)) {
      case 0:
        filter += R"(, {"$or": [)" + random_test(random) + ", " + random_test(random) + "]}";
        break;
      case 1:
        filter += R"(, {"$not": )" + random_test(random) + "}";
        break;
      case 2:
        filter += R"(, {"type": "fact"})";
        break;
      default:
        filter += ", " + random_test(random);
    }
  }
  return filter + "]}";
}

class CustomIndexes : public ::testing::Test {
 protected:
  static std::string id_of(uint64_t number) { return "i" + std::to_string(number); }

  void create(SqliteStorage& storage, const std::string& name, const std::string& path) {
    Control control;
    must(storage.create_index({name, path}, control));
  }

  static Json explain_count(SqliteStorage& storage, const std::string& filter) {
    const Scope scope;
    Json explain;
    must(storage.count({&scope, kLookUs}, parse_filter(filter), {}, &explain));
    return explain;
  }

  TempFolder folder_;
};

// Two stores that are told the same; one has indexes, and is opened twice.
class IndexedBesidePlain : public CustomIndexes {
 protected:
  IndexedBesidePlain()
      : plain_(small_settings(plain_folder_.file())),
        first_(small_settings(folder_.file())),
        second_(small_settings(folder_.file())) {}

  void change(Random& random) {
    const std::string id = id_of(random.below(60));
    SqliteStorage& indexed = random.one_in(2) ? *first_ : *second_;
    if (random.one_in(4)) {
      for (SqliteStorage* storage : {&indexed, &*plain_}) {
        must(storage->refresh());
        if (const ItemRef item = must_find(*storage, scope_, id)) {
          must(commit_one(*storage, WriteOp::remove(item, Reason::kNone)));
        }
      }
      return;
    }
    const std::string metadata = random_metadata(random, lists_);
    ItemSpec spec{.id = id, .type = random.one_in(2) ? "fact" : "", .metadata = metadata};
    spec.tier = static_cast<int32_t>(random.below(4));
    spec.importance = static_cast<double>(random.below(4)) / 4;
    spec.created_us = static_cast<int64_t>(random.below(20));
    must(commit_one(indexed, put_op(scope_, spec)));
    must(commit_one(*plain_, put_op(scope_, spec)));
  }

  static std::vector<std::string> list(SqliteStorage& storage, const ListRequest& request) {
    const Scope scope;
    std::vector<std::string> ids;
    ListRequest next = request;
    do {
      Page page = must(storage.list({&scope, kLookUs}, next, 7, {}));
      for (const ItemRef& item : page.items) ids.emplace_back(item->id());
      next.after = page.token;
    } while (!next.after.empty() && ids.size() < 1000);
    return ids;
  }

  void expect_agreement(Random& random) {
    const std::string text = random_filter(random);
    SCOPED_TRACE(text);
    const FilterRef filter = parse_filter(text);
    ListRequest request;
    request.filter = filter;
    request.order_by = random.one_in(2) ? Field::kId : Field::kCreatedUs;
    request.descending = random.one_in(2);
    const std::vector<std::string> expected = list(*plain_, request);
    std::vector<std::string> any_order = expected;
    std::sort(any_order.begin(), any_order.end());
    const ReadScope read{&scope_, kLookUs};
    for (SqliteStorage* storage : {&*first_, &*second_}) {
      ASSERT_EQ(list(*storage, request), expected);
      ASSERT_EQ(must(storage->count(read, filter, {})), static_cast<int64_t>(expected.size()));
      std::vector<std::string> walked;
      for (const ItemRef& item : must(storage->scan(read, filter, 0, 1000, {}))) {
        walked.emplace_back(item->id());
      }
      std::sort(walked.begin(), walked.end());
      ASSERT_EQ(walked, any_order);
    }
  }

  void reopen() {
    for (OpenStorage* open : {&first_, &second_}) must(open->storage->close());
    for (OpenStorage* open : {&first_, &second_}) {
      open->storage = must(SqliteStorage::open(small_settings(folder_.file())));
      must(open->storage->attach(&open->sink, nullptr));
    }
  }

  bool lists_ = true;
  TempFolder plain_folder_;
  OpenStorage plain_;
  OpenStorage first_;
  OpenStorage second_;
  const Scope scope_;
};

TEST_F(IndexedBesidePlain, say_what_the_items_say_through_changes_and_reopening) {
  Random random;
  lists_ = false;  // until some come: what is known of an index then is no longer so
  for (int i = 0; i < 60; ++i) change(random);
  create(*first_, "a", "metadata.a");
  create(*second_, "deep", "metadata.a.b");
  for (int round = 0; round < 40; ++round) {
    if (round == 10) create(*first_, "n", "metadata.n");
    if (round == 15) lists_ = true;
    if (round == 20) reopen();
    if (round == 30) create(*second_, "first of a list", "metadata.a.0");
    for (int i = 0; i < 12; ++i) change(random);
    for (int i = 0; i < 12; ++i) ASSERT_NO_FATAL_FAILURE(expect_agreement(random));
  }
  must(first_->close());
  must(second_->close());
  EXPECT_EQ(integrity_problems(folder_.file()), std::vector<std::string>());
}

// A file with one index on "city", and 40 items of which 4 are of Rome.
class OneIndex : public CustomIndexes {
 protected:
  OneIndex() : storage_(small_settings(folder_.file())) {
    for (uint64_t i = 0; i < 40; ++i) {
      const std::string city = i % 10 == 0 ? "Rome" : "Bari" + std::to_string(i % 3);
      const std::string metadata = R"({"city": ")" + city + R"(", "n": )" + std::to_string(i) + "}";
      must(commit_one(*storage_, put_op(scope_, {.id = id_of(i), .metadata = metadata})));
    }
    create(*storage_, "city", "metadata.city");
  }

  std::vector<IndexInfo> infos() { return must(storage_->indexes(true, {})); }

  OpenStorage storage_;
  const Scope scope_;
};

TEST_F(OneIndex, leads_and_needs_no_rows_where_the_filter_asks_nothing_else) {
  const Json explain = explain_count(*storage_, R"({"metadata.city": "Rome"})");
  EXPECT_EQ(explain["path"], "ix_custom");
  EXPECT_EQ(explain["by"], "index city");
  EXPECT_EQ(explain["decided_on"], "index entries");
  EXPECT_EQ(explain["entries_seen"], 4);
  EXPECT_EQ(explain["count"], 4);
}

TEST_F(OneIndex, leads_by_every_test_that_keys_can_tell) {
  for (const char* test :
       {R"({"$in": ["Rome", "Bari1"]})", R"({"$gt": "Q"})", R"({"$gte": "Rome", "$lt": "Rp"})",
        R"({"$lte": "Bari0"})", R"({"$startsWith": "Ro"})", R"({"$exists": true})"}) {
    const Json explain =
        explain_count(*storage_, R"({"metadata.city": )" + std::string(test) + "}");
    EXPECT_EQ(explain["by"], "index city") << test;
    EXPECT_EQ(explain["decided_on"], "index entries") << test;
    EXPECT_EQ(explain["entries_seen"], explain["count"]) << test;
  }
}

TEST_F(OneIndex, is_looked_up_beside_another_that_leads) {
  create(*storage_, "n", "metadata.n");
  const Json explain = explain_count(*storage_, R"({"metadata.city": "Rome", "metadata.n": 10})");
  EXPECT_EQ(explain["by"], "index n");
  EXPECT_EQ(explain["decided_on"], "index entries");
  EXPECT_EQ(explain["count"], 1);
}

TEST_F(OneIndex, asks_the_rows_where_a_text_is_longer_than_keys) {
  const std::string start(kKeyTextBytes, 'x');
  const std::string both[] = {start + "one", start + "two"};
  for (const std::string& city : both) {
    const std::string metadata = R"({"city": ")" + city + "\"}";
    must(commit_one(*storage_, put_op(scope_, {.id = city, .metadata = metadata})));
  }
  const Json explain = explain_count(*storage_, R"({"metadata.city": ")" + both[0] + "\"}");
  EXPECT_EQ(explain["by"], "index city");
  EXPECT_EQ(explain["decided_on"], "rows");
  EXPECT_EQ(explain["rows_seen"], 2);
  EXPECT_EQ(explain["count"], 1);
}

TEST_F(OneIndex, shows_an_item_once_that_has_several_keys) {
  must(commit_one(*storage_,
                  put_op(scope_, {.id = "both", .metadata = R"({"city": ["Rome", "Ro"]})"})));
  const std::string filter = R"({"metadata.city": {"$startsWith": "Ro"}})";
  const Json explain = explain_count(*storage_, filter);
  EXPECT_EQ(explain["by"], "index city");
  EXPECT_EQ(explain["count"], 5);
}

TEST_F(OneIndex, is_listed_with_its_path_and_its_entries) {
  ASSERT_EQ(infos().size(), 1u);
  EXPECT_EQ(infos()[0].name, "city");
  EXPECT_EQ(infos()[0].path, "metadata.city");
  EXPECT_TRUE(infos()[0].ready);
  EXPECT_EQ(infos()[0].entries, 40);
}

TEST_F(OneIndex, can_be_made_again_with_the_same_path_and_with_no_other) {
  Control control;
  EXPECT_TRUE(storage_->create_index({"city", "metadata.city"}, control).ok());
  EXPECT_EQ(storage_->create_index({"city", "metadata.town"}, control).code(), Code::kExists);
  EXPECT_EQ(infos().size(), 1u);
}

TEST_F(OneIndex, is_gone_with_its_entries_when_it_was_dropped) {
  Control control;
  must(storage_->drop_index("city", control));
  EXPECT_TRUE(infos().empty());
  EXPECT_EQ(storage_->drop_index("city", control).code(), Code::kNotFound);
  EXPECT_EQ(explain_count(*storage_, R"({"metadata.city": "Rome"})")["count"], 4);
  must(storage_->close());
  const auto connection = must(Connection::open(folder_.file(), SQLITE_OPEN_READWRITE, 1000));
  EXPECT_EQ(must(connection->query_integer("SELECT count(*) FROM ix_custom")), 0);
  EXPECT_EQ(must(connection->query_integer("SELECT count(*) FROM indexes")), 0);
}

TEST_F(OneIndex, leaves_nothing_when_its_making_was_stopped) {
  for (const Code code : {Code::kCancelled, Code::kCallback}) {
    Control control({}, [code](int64_t, int64_t) { return Status(code, "no"); });
    EXPECT_EQ(storage_->create_index({"n", "metadata.n"}, control).code(), code);
    EXPECT_EQ(infos().size(), 1u);
  }
}

TEST_F(OneIndex, is_not_asked_while_it_is_being_made_and_goes_on_where_it_was) {
  Control control;
  must(storage_->write([](Connection& connection) {
    return connection.execute(
        "UPDATE indexes SET next_row = 11, filled = 10; DELETE FROM ix_custom WHERE row > 10");
  }));
  EXPECT_FALSE(infos()[0].ready);
  EXPECT_EQ(infos()[0].filled, 10);
  EXPECT_EQ(explain_count(*storage_, R"({"metadata.city": "Rome"})")["count"], 4);
  // Changes to what was and what was not filled in yet.
  must(commit_one(*storage_, put_op(scope_, {.id = id_of(0), .metadata = R"({"city": "Oslo"})"})));
  must(commit_one(*storage_, put_op(scope_, {.id = id_of(30), .metadata = R"({"city": "Oslo"})"})));
  must(storage_->create_index({"city", "metadata.city"}, control));
  EXPECT_TRUE(infos()[0].ready);
  const Json explain = explain_count(*storage_, R"({"metadata.city": "Oslo"})");
  EXPECT_EQ(explain["by"], "index city");
  EXPECT_EQ(explain["count"], 2);
  must(storage_->close());
  EXPECT_EQ(integrity_problems(folder_.file()), std::vector<std::string>());
}

TEST_F(OneIndex, tells_its_maker_that_somebody_dropped_it_meanwhile) {
  OpenStorage other(small_settings(folder_.file()));
  bool dropped = false;
  Control control({}, [&](int64_t, int64_t) -> Status {
    Control unwatched;
    if (!dropped) must(other->drop_index("n", unwatched));
    dropped = true;
    return {};
  });
  // More items than one step takes.
  std::vector<WriteOp> operations;
  std::vector<std::string> ids;
  for (uint64_t i = 100; i < 6000; ++i) ids.push_back(id_of(i));
  for (const std::string& id : ids) {
    operations.push_back(put_op(scope_, {.id = id, .metadata = R"({"n": 1})"}));
  }
  must(storage_->commit(operations, Durability::kNormal, 1000, true));
  must(storage_->fold(true));
  EXPECT_EQ(storage_->create_index({"n", "metadata.n"}, control).code(), Code::kConflict);
  EXPECT_EQ(infos().size(), 1u);
}

TEST_F(OneIndex, is_one_of_64_at_most) {
  Control control;
  for (size_t i = 1; i < kMaxIndexes; ++i) create(*storage_, id_of(i), "metadata.n");
  EXPECT_EQ(storage_->create_index({"more", "metadata.n"}, control).code(), Code::kLimit);
  must(storage_->drop_index("city", control));
  create(*storage_, "more", "metadata.n");
}

TEST(IndexKeys, sort_as_filters_compare) {
  Random random;
  for (int i = 0; i < 5000; ++i) {
    const Json left = Json::parse(random_scalar(random));
    const Json right = Json::parse(random_scalar(random));
    const int order = json_compare(left, right);
    const auto key = [](const Json& value) { return index_keys({{"a", value}}, {"a"})[0]; };
    const std::string left_key = key(left);
    const std::string right_key = key(right);
    SCOPED_TRACE(left.dump() + " and " + right.dump());
    if (order == 2) {
      ASSERT_EQ(left_key == right_key, json_equal(left, right));
    } else if (left_key.size() > kKeyTextBytes + 1 && left_key == right_key) {
      continue;  // both were cut
    } else {
      ASSERT_EQ(left_key < right_key, order == -1);
      ASSERT_EQ(left_key == right_key, order == 0);
    }
  }
}

}  // namespace
}  // namespace memtier::testing
