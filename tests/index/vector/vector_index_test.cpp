// Vectors: found as comparing all of them finds them, whatever has happened to the items, from whichever
// handle; and gone with what they were of.
#include "index/vector/vector_index.h"

#include <cmath>
#include <limits>
#include <map>

#include "base/seed.h"
#include "storage/integrity.h"
#include "storage/storage_testing.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using Vector = std::vector<float>;

SpaceSpec spec_of(const std::string& document) {
  return must(SpaceSpec::parse(document));
}

Vector random_vector(Random& random, size_t dimension) {
  Vector vector(dimension);
  for (float& component : vector) component = static_cast<float>(random.fraction() - 0.5);
  return vector;
}

Status put_vector(Store& store, std::string_view space, std::string_view id, const Vector& vector,
                  const Scope& scope = Scope()) {
  const Store::VectorPut put{id, vector};
  Control control;
  std::vector<Outcome> outcomes;
  RETURN_IF_ERROR(
      store.put_vectors(scope, space, {&put, 1}, Durability::kDefault, control, &outcomes));
  return std::move(outcomes[0].status);
}

std::shared_ptr<Query> query_of(const Vector& vector, std::string_view document = "") {
  auto query = std::make_shared<Query>(*must(Query::parse(document)));
  query->vector = vector;
  return query;
}

std::vector<std::string> found(Store& store, const Query& query, const Scope& scope = Scope()) {
  return ids_of(must(store.search(scope, query, Control())).items);
}

double score(Metric metric, const Vector& a, const Vector& b) {
  double product = 0;
  double square_a = 0;
  double square_b = 0;
  double square_distance = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double x = a[i];
    const double y = b[i];
    product += x * y;
    square_a += x * x;
    square_b += y * y;
    square_distance += (x - y) * (x - y);
  }
  if (metric == Metric::kCosine) return product / std::sqrt(square_a * square_b);
  if (metric == Metric::kDot) return product;
  return 1 / (1 + std::sqrt(square_distance));
}

// What a store should have, one scope of a single name each.
struct Expected {
  std::string content;
  std::map<std::string, Vector> vectors;  // by space
};
using ExpectedItems = std::map<std::pair<std::string, std::string>, Expected>;  // by user and id

void expect_nearest(Store& store, const ExpectedItems& items, const std::string& space,
                    Metric metric, const std::string& user, const Vector& vector) {
  std::vector<std::pair<double, std::string>> ranked;
  for (const auto& [key, item] : items) {
    if (!user.empty() && key.first != user) continue;
    const auto found_vector = item.vectors.find(space);
    if (found_vector == item.vectors.end()) continue;
    ranked.emplace_back(-score(metric, vector, found_vector->second), key.second);
  }
  std::sort(ranked.begin(), ranked.end());
  auto query = query_of(vector, R"({"limit": 7})");
  query->space = space;
  const Scope scope({"", "", user, "", ""});
  const Hits hits = must(store.search(scope, *query, Control()));
  ASSERT_EQ(hits.items.size(), std::min<size_t>(7, ranked.size()));
  for (size_t i = 0; i < hits.items.size(); ++i) {
    EXPECT_NEAR(hits.scores[i], -ranked[i].first, 1e-5);
    EXPECT_LE(hits.scores[i], hits.scores[i == 0 ? 0 : i - 1]);
  }
}

TEST(VectorIndex, finds_the_nearest_whatever_has_changed_from_every_handle) {
  Random random;
  const TempFolder folder;
  const auto clock = make_clock();
  const auto first = open_store(folder.file(), quiet_options(clock));
  const auto second = open_store(folder.file(), quiet_options(clock));
  const std::map<std::string, std::pair<size_t, Metric>> spaces = {
      {"a", {3, Metric::kCosine}}, {"b", {20, Metric::kDot}}, {"c", {33, Metric::kL2}}};
  must(first->create_space(spec_of(R"({"name": "a", "dimension": 3})")));
  must(first->create_space(spec_of(R"({"name": "b", "dimension": 20, "metric": "dot"})")));
  must(second->create_space(spec_of(R"({"name": "c", "dimension": 33, "metric": "l2"})")));
  ExpectedItems items;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 12; ++i) {
      Store& store = random.one_in(2) ? *first : *second;
      const std::string user = random.one_in(2) ? "ada" : "bob";
      const std::string id = "i" + std::to_string(random.below(30));
      const Scope scope({"", "", user, "", ""});
      const auto known = items.find({user, id});
      if (known == items.end() || random.one_in(4)) {
        const std::string content = random.one_in(2) ? "tea" : "coffee";
        must_put(store, scope, R"({"id": ")" + id + R"(", "content": ")" + content + "\"}");
        Expected& item = items[{user, id}];
        if (item.content != content) item.vectors.clear();
        item.content = content;
      } else if (random.one_in(8)) {
        must(store.remove(scope, id, 0, Durability::kDefault));
        items.erase(known);
      } else {
        const auto& [space, kind] = *std::next(spaces.begin(), random.below(3));
        if (random.one_in(6) && known->second.vectors.count(space) != 0) {
          must(store.remove_vector(scope, space, id, Durability::kDefault));
          known->second.vectors.erase(space);
        } else {
          const Vector vector = random_vector(random, kind.first);
          must(put_vector(store, space, id, vector, scope));
          EXPECT_EQ(must(store.get_vector(scope, space, id)), vector);
          known->second.vectors[space] = vector;
        }
      }
    }
    Store& store = random.one_in(2) ? *first : *second;
    for (const auto& [space, kind] : spaces) {
      const std::string user = random.one_in(3) ? "" : random.one_in(2) ? "ada" : "bob";
      expect_nearest(store, items, space, kind.second, user, random_vector(random, kind.first));
    }
  }
  must(first->close());
  must(second->close());
  EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
  const auto again = open_store(folder.file(), quiet_options(clock));
  for (const auto& [space, kind] : spaces) {
    expect_nearest(*again, items, space, kind.second, "", random_vector(random, kind.first));
  }
}

// Vectors around some centres, as those of real texts are.
std::vector<Vector> clustered(Random& random, size_t count, size_t dimension) {
  std::vector<Vector> centres;
  for (int i = 0; i < 40; ++i) centres.push_back(random_vector(random, dimension));
  std::vector<Vector> vectors;
  for (size_t i = 0; i < count; ++i) {
    Vector vector = centres[random.below(centres.size())];
    const Vector noise = random_vector(random, dimension);
    for (size_t at = 0; at < dimension; ++at) vector[at] += noise[at] * 0.8F;
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

void put_all(Store& store, const std::vector<Vector>& vectors, size_t users) {
  for (size_t begin = 0; begin < vectors.size(); begin += 1000) {
    std::vector<Draft> drafts;
    std::vector<Scope> scopes;
    for (size_t i = begin; i < std::min(begin + 1000, vectors.size()); ++i) {
      drafts.push_back(draft_of(R"({"id": "i)" + std::to_string(i) + "\"}"));
      scopes.push_back(Scope({"", "", "u" + std::to_string(i % users), "", ""}));
    }
    std::vector<Store::PutRequest> requests;
    for (size_t i = 0; i < drafts.size(); ++i) requests.push_back({&drafts[i], &scopes[i]});
    Control control;
    std::vector<Outcome> outcomes;
    must(store.put_many(requests, PutMode::kReplace, Durability::kDefault, control, &outcomes));
    std::vector<Store::VectorPut> puts;
    for (size_t i = 0; i < drafts.size(); ++i) puts.push_back({*drafts[i].id, vectors[begin + i]});
    must(store.put_vectors(Scope(), "s", puts, Durability::kDefault, control, &outcomes));
    for (const Outcome& outcome : outcomes) must(outcome.status.clone());
  }
}

double recall_of(Store& store, const Scope& scope) {
  Control control;
  const std::string told = must(store.measure_recall(scope, {"s", 60, 10}, control));
  return Json::parse(told)["recall"].get<double>();
}

TEST(VectorIndex, loses_nothing_of_what_is_nearest_in_few_dimensions_and_little_in_many) {
  Random random;
  for (const size_t dimension : {2UL, 8UL, 64UL, 384UL}) {
    SCOPED_TRACE("dimension " + std::to_string(dimension));
    const bool few = dimension < 64;
    for (const std::string metric : {"cosine", "l2"}) {
      const TempFolder folder;
      StoreOptions options = quiet_options(make_clock());
      options.journal_bytes = 16 << 20;
      const auto store = open_store(folder.file(), options);
      must(
          store->create_space(spec_of(R"({"name": "s", "dimension": )" + std::to_string(dimension) +
                                      R"(, "metric": ")" + metric + "\"}")));
      const auto vectors = clustered(random, few ? 4000 : 8000, dimension);
      put_all(*store, vectors, 3);
      EXPECT_GE(recall_of(*store, Scope()), few ? 1.0 : 0.97);
      // Codes follow what is put and removed.
      const Scope user({"", "", "u1", "", ""});
      for (int i = 1; i < 600; i += 3) {
        const std::string id = "i" + std::to_string(i);
        if (random.one_in(2)) {
          must(store->remove(user, id, 0, Durability::kDefault));
        } else {
          must(put_vector(*store, "s", id, vectors[static_cast<size_t>(i) + 900], user));
        }
      }
      found(*store, *query_of(vectors[0]));  // makes lists
      EXPECT_GE(recall_of(*store, Scope()), few ? 1.0 : 0.97);
      EXPECT_GE(recall_of(*store, user), few ? 1.0 : 0.95);
      const Json how = Json::parse(
          must(store->search(Scope(), *query_of(vectors[0], R"({"explain": true})"), Control()))
              .explain);
      EXPECT_EQ(how["index"].contains("lists"), !few) << how.dump();
    }
  }
}

TEST(VectorIndex, compares_rounded_vectors_once_more) {
  Random random;
  const TempFolder folder;
  StoreOptions options = quiet_options(make_clock());
  options.journal_bytes = 16 << 20;
  options.memory_limit_bytes = 16 << 20;  // a quarter of it for vectors: 4 MiB
  const auto store = open_store(folder.file(), options);
  must(store->create_space(spec_of(R"({"name": "s", "dimension": 256})")));
  const auto vectors = clustered(random, 8000, 256);  // 8 MB
  put_all(*store, vectors, 1);
  auto query = query_of(vectors[5], R"({"explain": true, "limit": 5})");
  const Hits hits = must(store->search(Scope(), *query, Control()));
  EXPECT_EQ(hits.items[0]->id(), "i5");
  EXPECT_NEAR(hits.scores[0], 1, 1e-6);
  for (size_t i = 0; i < 5; ++i) {
    const auto number = static_cast<size_t>(std::stoi(std::string(hits.items[i]->id().substr(1))));
    EXPECT_NEAR(hits.scores[i], score(Metric::kCosine, vectors[5], vectors[number]), 1e-5);
  }
  EXPECT_TRUE(Json::parse(hits.explain)["index"].contains("compared_from_the_file"));
  EXPECT_GE(recall_of(*store, Scope()), 0.97);
}

class Vectors : public ::testing::Test {
 protected:
  Vectors() : store_(open_store(folder_.file(), quiet_options(clock_))) {
    must(store_->create_space(spec_of(R"({"name": "s", "dimension": 2})")));
  }
  void put(std::string_view id, const Vector& vector, std::string_view more = "") {
    must_put(*store_, "{\"id\": \"" + std::string(id) + "\"" + std::string(more) + "}");
    must(put_vector(*store_, "s", id, vector));
  }
  std::vector<std::string> near(const Vector& vector, std::string_view document = "") {
    return found(*store_, *query_of(vector, document));
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
  std::unique_ptr<Store> store_;
};

using Ids = std::vector<std::string>;

TEST_F(Vectors, are_found_nearest_first_with_filter_skip_limit_and_threshold) {
  put("east", {1, 0}, R"(, "type": "side")");
  put("north", {0, 2}, R"(, "type": "side")");
  put("northeast", {3, 3});
  EXPECT_EQ(near({1, 0.1F}), (Ids{"east", "northeast", "north"}));
  EXPECT_EQ(near({1, 0.1F}, R"({"filter": {"type": "side"}})"), (Ids{"east", "north"}));
  EXPECT_EQ(near({1, 0.1F}, R"({"limit": 1, "skip": 1})"), (Ids{"northeast"}));
  EXPECT_EQ(near({1, 0.1F}, R"({"threshold": 0.7})"), (Ids{"east", "northeast"}));
  EXPECT_EQ(near({1, 0.1F}, R"({"threshold": 1})"), Ids{});
}

TEST_F(Vectors, go_with_their_item_its_content_and_its_time) {
  put("gone", {1, 0});
  put("changed", {1, 0}, R"(, "content": "tea")");
  put("touched", {1, 0}, R"(, "content": "tea")");
  put("late", {1, 0}, R"(, "ttl_us": 1000000)");
  must(store_->remove(Scope(), "gone", 0, Durability::kDefault));
  must(store_->update(Scope(), "changed", draft_of(R"({"content": "coffee"})"),
                      Durability::kDefault));
  must(store_->update(Scope(), "touched", draft_of(R"({"importance": 1})"), Durability::kDefault));
  EXPECT_EQ(near({1, 0}), (Ids{"late", "touched"}));
  clock_->advance_us(2'000'000);
  EXPECT_EQ(near({1, 0}), (Ids{"touched"}));
  EXPECT_EQ(store_->get_vector(Scope(), "s", "changed").code(), Code::kNotFound);
  // In one batch with the change, what comes after it stays.
  must_put(*store_, R"({"id": "changed", "content": "milk"})");
  must(put_vector(*store_, "s", "changed", {0, 1}));
  EXPECT_EQ(near({0, 1}), (Ids{"changed", "touched"}));
}

TEST_F(Vectors, that_cannot_be_are_refused_with_a_reason_and_change_nothing) {
  put("a", {1, 0});
  const auto refused = [&](const Vector& vector) {
    return message_of(put_vector(*store_, "s", "a", vector), Code::kInvalid);
  };
  EXPECT_EQ(refused({1, 2, 3}), "vector: it has 3 components; those of space \"s\" have 2");
  EXPECT_EQ(refused({1, std::nanf("")}), "vector: component 1 is not a finite number");
  EXPECT_EQ(refused({std::numeric_limits<float>::infinity(), 1}),
            "vector: component 0 is not a finite number");
  EXPECT_NE(refused({0, 0}).find("has no direction"), std::string::npos);
  EXPECT_EQ(must(store_->get_vector(Scope(), "s", "a")), (Vector{1, 0}));
  EXPECT_EQ(message_of(put_vector(*store_, "t", "a", {1, 0}), Code::kNotFound),
            "space \"t\" does not exist");
  message_of(put_vector(*store_, "s", "nobody", {1, 0}), Code::kNotFound);
  message_of(store_->search(Scope(), *query_of({1, 0, 0}), Control()), Code::kInvalid);
  EXPECT_EQ(near({1, 0}), (Ids{"a"}));
}

TEST_F(Vectors, need_their_space_to_be_named_only_where_there_are_several) {
  put("a", {1, 0});
  EXPECT_EQ(near({1, 0}), (Ids{"a"}));
  must(store_->create_space(spec_of(R"({"name": "t", "dimension": 2})")));
  message_of(store_->search(Scope(), *query_of({1, 0}), Control()), Code::kInvalid);
  EXPECT_EQ(near({1, 0}, R"({"space": "s"})"), (Ids{"a"}));
  EXPECT_EQ(near({1, 0}, R"({"space": "t"})"), Ids{});
  message_of(store_->create_space(spec_of(R"({"name": "t", "dimension": 3})")), Code::kExists);
  must(store_->create_space(spec_of(R"({"name": "t", "dimension": 2})")));
  Control control;
  must(store_->drop_space("s", control));
  message_of(store_->drop_space("s", control), Code::kNotFound);
  message_of(store_->search(Scope(), *query_of({1, 0}, R"({"space": "s"})"), Control()),
             Code::kNotFound);
  must(store_->create_space(spec_of(R"({"name": "s", "dimension": 2})")));
  EXPECT_EQ(near({1, 0}, R"({"space": "s"})"), Ids{});
}

TEST_F(Vectors, of_a_space_that_keeps_bytes_are_nearly_what_was_given_and_never_drift) {
  Random random;
  must(store_->create_space(spec_of(R"({"name": "t", "dimension": 50, "storage": "int8"})")));
  must_put(*store_, R"({"id": "a"})");
  const Vector given = random_vector(random, 50);
  must(put_vector(*store_, "t", "a", given));
  const Vector kept = must(store_->get_vector(Scope(), "t", "a"));
  for (size_t i = 0; i < given.size(); ++i) EXPECT_NEAR(kept[i], given[i], 0.5 / 127);
}

TEST(VectorIndex, finds_the_same_where_nothing_fits_into_memory) {
  Random random;
  const TempFolder folder;
  const auto storage_options = quiet_options(make_clock());
  const auto store = open_store(folder.file(), storage_options);
  must(store->create_space(spec_of(R"({"name": "s", "dimension": 8})")));
  for (int i = 0; i < 500; ++i) {
    const std::string id = "i" + std::to_string(i);
    const Scope scope({"", "", "", "", "s" + std::to_string(i % 7)});
    must_put(*store, scope, R"({"id": ")" + id + "\"}");
    must(put_vector(*store, "s", id, random_vector(random, 8), scope));
  }
  const Vector wanted = random_vector(random, 8);
  const Ids expected = found(*store, *query_of(wanted));
  flush(*store);
  const auto storage = must(SqliteStorage::open(small_settings(folder.file())));
  RecordingSink sink;
  must(storage->attach(&sink, nullptr));
  VectorIndex index(*storage, {.memory_bytes = 1024});
  const Scope all({"*", "", "", "", ""});
  VectorQuery query{.space = "s", .vector = wanted, .threshold = {}};
  query.explain = true;
  for (int round = 0; round < 2; ++round) {
    const VectorResult result =
        must(index.search(query, {&all, kStartUs}, filter_of("{}"), 0, 10, {}));
    std::vector<int64_t> rows;
    for (const VectorHit& hit : result.hits) rows.push_back(hit.row);
    EXPECT_EQ(ids_of(must(storage->find_rows(rows))), expected);
    EXPECT_EQ(result.how["method"], "compared all, from the file");
    EXPECT_EQ(must(index.scores(query, {&all, kStartUs}, rows, {}))[3], result.hits[3].score);
  }
  must(storage->close());
}

}  // namespace
}  // namespace memtier::testing
