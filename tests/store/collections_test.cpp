// Collections: made, listed, dropped; items copied and moved between them. And that a scope shows nothing
// of what lies outside of it.
#include <cmath>
#include <set>
#include <sstream>
#include <thread>

#include "base/seed.h"
#include "model/item_json.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

Scope in(std::string_view collection, std::string_view user = "") {
  return scope_of({.collection = collection, .user = user});
}

Json collections_of(Store& store, const Scope& scope = Scope()) {
  Control control;
  return Json::parse(must(store.list_collections(scope, control)));
}

std::vector<std::string> names_of(const Json& collections) {
  std::vector<std::string> names;
  for (const Json& one : collections) names.push_back(one["name"].get<std::string>());
  return names;
}

int64_t transfer(Store& store, const Scope& from, const Store::Transfer& what,
                 std::string_view filter = "") {
  Control control;
  int64_t count = 0;
  must(store.transfer(from, filter_of(filter), what, Durability::kDefault, control, &count));
  return count;
}

using Strings = std::vector<std::string>;

TEST(Collections, are_made_once_and_listed_with_what_the_scope_sees) {
  const TempFolder folder;
  auto clock = make_clock();
  {
    const auto store = open_store(folder.file(), quiet_options(clock));
    must(store->create_collection({"team", "what all know"}));
    EXPECT_EQ(store->create_collection({"team", ""}).code(), Code::kExists);
    EXPECT_EQ(store->create_collection({"default", ""}).code(), Code::kExists);
    must_put(*store, in("diary", "ada"), R"({"id": "a"})");
    must_put(*store, in("team", "ada"), R"({"id": "a"})");
    must_put(*store, R"({"id": "a"})");  // in the default one, which is not listed
    EXPECT_EQ(names_of(collections_of(*store)), (Strings{"diary", "team"}));
    EXPECT_EQ(names_of(collections_of(*store, in("diary", "eve"))), Strings{"team"});
    EXPECT_EQ(collections_of(*store, in("", "eve"))[0]["items"], 0);
  }
  const auto store = open_store(folder.file(), quiet_options(clock));
  const Json team = collections_of(*store)[1];
  EXPECT_EQ(team, (Json{{"name", "team"},
                        {"description", "what all know"},
                        {"items", 1},
                        {"created_us", kStartUs}}));
}

TEST(Collections, are_dropped_only_with_leave_where_items_lie_in_them) {
  const auto store = open_store(":memory:", quiet_options(make_clock()));
  Control control;
  int64_t count = -1;
  EXPECT_EQ(store->drop_collection("none", true, control, &count).code(), Code::kNotFound);
  EXPECT_EQ(store->drop_collection("default", true, control, &count).code(), Code::kInvalid);
  must(store->create_collection({"team", ""}));
  must(store->drop_collection("team", false, control, &count));
  must_put(*store, in("team", "ada"), R"({"id": "a", "pinned": true})");
  const ItemRef held = must_put(*store, in("team", "eve"), R"({"id": "b", "content": "tea"})");
  must_put(*store, in("other"), R"({"id": "b"})");
  EXPECT_EQ(store->drop_collection("team", false, control, &count).code(), Code::kConflict);
  EXPECT_EQ(count, 0);
  must(store->drop_collection("team", true, control, &count));
  EXPECT_EQ(count, 2);
  EXPECT_EQ(held->text(Text::kContent), "tea");  // in use: it stays what it was
  EXPECT_EQ(names_of(collections_of(*store)), Strings{"other"});
  must_put(*store, in("team"), R"({"id": "c"})");  // comes about anew
  EXPECT_EQ(names_of(collections_of(*store)), (Strings{"other", "team"}));
}

TEST(Collections, a_copy_has_all_that_its_item_has) {
  auto clock = make_clock();
  const auto store = open_store(":memory:", quiet_options(clock));
  must_put(*store, in("", "ada"),
           R"({"id": "a", "content": "tea", "type": "fact", "tags": ["x"], "importance": 0.9,
               "metadata": {"k": 1}, "pinned": true, "tier": "long_term", "ttl_us": 9000000,
               "validation_count": 4, "access_count": 7})");
  must_put(*store, in("", "ada"), R"({"id": "b", "content": "mud"})");
  must_put(*store, in("", "eve"), R"({"id": "b", "content": "rain"})");
  clock->advance_us(kSecondUs);
  EXPECT_EQ(transfer(*store, in("", "ada"), {"team"}, R"({"type": "fact"})"), 1);
  const auto document = [&](std::string_view collection) {
    std::string text;
    const ItemRef item = must(store->get(in(collection, "ada"), "a"));
    append_item_json(item->fields(), store->tier_names(), "", &text);
    Json json = Json::parse(text);
    for (const char* key : {"collection", "change_sequence", "accessed_us", "access_count"}) {
      json.erase(key);
    }
    return json;
  };
  EXPECT_EQ(document(""), document("team"));
  EXPECT_EQ(listed(*store, "", in("team")), Strings{"a"});
  EXPECT_EQ(transfer(*store, in("team"), {"default", PutMode::kCreate}), 0);  // it is there
  EXPECT_EQ(transfer(*store, Scope(), {"team"}), 3);
  EXPECT_EQ(must(store->get(in("team", "ada"), "a"))->header().version, 2);
  EXPECT_EQ(must(store->get(in("team", "eve"), "b"))->text(Text::kContent), "rain");
}

TEST(Collections, a_moved_item_stands_in_one_of_two) {
  StoreOptions options = quiet_options(make_clock());
  const auto store = open_store(":memory:", options);
  for (int i = 0; i < 1200; ++i) {
    must_put(*store, in("a", "ada"), "{\"id\": \"i" + std::to_string(i) + "\"}");
  }
  must_put(*store, in("b", "ada"), R"({"id": "i7", "content": "there"})");
  EXPECT_EQ(transfer(*store, in("a"), {"b", PutMode::kCreate, true}), 1199);
  EXPECT_EQ(listed(*store, "", in("a")), Strings{"i7"});  // it was left out, not lost
  EXPECT_EQ(must(store->get(in("b"), "i7"))->text(Text::kContent), "there");
  EXPECT_EQ(transfer(*store, in("a"), {"c", PutMode::kUpdate, true}), 0);
  EXPECT_EQ(transfer(*store, in("a"), {"b", PutMode::kReplace, true}), 1);
  EXPECT_EQ(listed(*store, "", in("b")).size(), 1200u);
  EXPECT_EQ(listed(*store, "", in("a")).size(), 0u);
}

TEST(Collections, a_large_item_moves_as_well) {
  const auto store = open_store(":memory:", quiet_options(make_clock()));
  const std::string large(700'000, 'x');  // more than a quarter of the journal
  must_put(*store, in("a"), "{\"id\": \"large\", \"content\": \"" + large + "\"}");
  must_put(*store, in("a"), R"({"id": "small"})");
  EXPECT_EQ(transfer(*store, in("a"), {"b", PutMode::kReplace, true}), 2);
  EXPECT_EQ(listed(*store, "", in("a")).size(), 0u);
  EXPECT_EQ(must(store->get(in("b"), "large"))->text(Text::kContent), large);
}

TEST(Collections, what_cannot_be_meant_is_refused) {
  const auto store = open_store(":memory:", quiet_options(make_clock()));
  Control control;
  int64_t count = 0;
  const auto refused = [&](const Scope& from, const std::string& to) {
    return message_of(
        store->transfer(from, filter_of(""), {to}, Durability::kDefault, control, &count),
        Code::kInvalid);
  };
  EXPECT_NE(refused(in("*"), "b").find("scope"), std::string::npos);
  EXPECT_NE(refused(in("b"), "b").find("to"), std::string::npos);
  EXPECT_NE(refused(Scope(), "default").find("to"), std::string::npos);
}

// While items are changed and deleted by another thread, moving loses none of them, doubles none, and
// brings none back.
TEST(Collections, moving_goes_along_with_other_writers) {
  const TempFolder folder;
  StoreOptions options = quiet_options(nullptr);
  const auto mover = open_store(folder.file(), options);
  const auto writer = open_store(folder.file(), options);
  constexpr int kItems = 300;
  for (int i = 0; i < kItems; ++i) {
    must_put(*mover, in("a"), "{\"id\": \"i" + std::to_string(i) + "\", \"content\": \"0\"}");
  }
  std::set<std::string> deleted;
  std::thread other([&] {
    for (int i = 0; i < kItems; ++i) {
      const std::string id = "i" + std::to_string((i * 7) % kItems);
      if (i % 3 == 0) {
        if (writer->remove(in("a"), id, 0, Durability::kDefault).ok()) deleted.insert(id);
      } else {
        (void)writer->update(in("a"), id, draft_of(R"({"content": "1"})"), Durability::kDefault);
      }
    }
  });
  while (transfer(*mover, in("a"), {"b", PutMode::kReplace, true}) > 0) {
  }
  other.join();
  transfer(*mover, in("a"), {"b", PutMode::kReplace, true});
  EXPECT_EQ(listed(*mover, "", in("a")).size(), 0u);
  const Strings ids = listed(*mover, "", in("b"));
  EXPECT_EQ(ids.size() + deleted.size(), static_cast<size_t>(kItems));
  for (const std::string& id : ids) EXPECT_EQ(deleted.count(id), 0u) << id;
}

// --- a scope shows nothing of what lies outside of it

// Everything that a store tells a scope, as one text.
class Witness {
 public:
  Witness(Store& store, const Scope& scope) : store_(store), scope_(scope) {}

  std::string tell() {
    for (const char* list : {"", R"({"order_by": "importance", "limit": 7})",
                             R"({"filter": {"tags": "red"}, "order_by": "id", "skip": 2})",
                             R"({"filter": {"importance": {"$gte": 0.5}}, "order_by": "user"})"}) {
      for (const ItemRef& item : list_all(store_, scope_, list)) show(*item);
      out_ << '\n';
    }
    for (const char* filter : {"", R"({"type": "fact"})", R"({"tags": {"$ne": "red"}})"}) {
      out_ << "count " << must(store_.count(scope_, filter_of(filter))) << '\n';
    }
    for (const char* query :
         {R"({"text": "tea rain"})", R"({"text": "\"green tea\" -mud"})", R"({"text": "te*"})",
          R"({"text": "tea", "filter": {"tags": "red"}, "limit": 3})", R"({"text": "snow OR mud",
              "syntax": "boolean"})",
          R"({"limit": 4})"}) {
      const Hits hits = must(store_.search(scope_, *must(Query::parse(query)), Control()));
      for (size_t i = 0; i < hits.items.size(); ++i) {
        show(*hits.items[i]);
        // As far as lengths count: in RAM they are exact, in a segment rounded.
        out_ << ' ' << std::round(hits.scores[i] * 1000) / 1000;
      }
      out_ << '\n';
    }
    for (int i = 0; i < 6; ++i) {
      const std::string id = "i" + std::to_string(i);
      out_ << id << ' ' << must(store_.exists(scope_, id)) << ' ';
      const auto item = store_.get(scope_, id);
      out_ << static_cast<int>(item.code()) << '\n';
    }
    Control control;
    if (scope_.name(Scope::kCollection) == kAllCollections) {
      out_ << must(store_.list_collections(scope_, control)) << '\n';
    }
    int64_t count = 0;
    must(store_.export_items(
        scope_, filter_of(""), [](std::string_view) { return Status(); }, control, &count));
    out_ << "exported " << count << '\n';
    for (const Transition& move : must(store_.transitions(scope_, "", 0, 100))) {
      out_ << move.id << move.from << move.to << '\n';
    }
    tell_memories();
    return out_.str();
  }

  // What a scope can change and remove is counted likewise.
  std::string change() {
    Control control;
    int64_t count = 0;
    must(store_.update_where(scope_, filter_of(R"({"tags": "red"})"),
                             draft_of(R"({"importance": 0.75})"), Durability::kDefault, control,
                             &count));
    out_ << "updated " << count << '\n';
    std::vector<int64_t> by_tier;
    must(store_.optimize(scope_, control, &by_tier));
    for (const int64_t tier : by_tier) out_ << tier << ' ';
    if (scope_.name(Scope::kCollection) != kAllCollections) {
      must(store_.transfer(scope_, filter_of(R"({"type": "fact"})"),
                           {"elsewhere", PutMode::kReplace, true}, Durability::kDefault, control,
                           &count));
      out_ << "moved " << count << '\n';
    }
    must(store_.clear(scope_, {"working"}, control, &count));
    out_ << "cleared " << count << '\n';
    return out_.str();
  }

 private:
  // What is believed, what was believed, what happened, and what to have in mind.
  void tell_memories() {
    Control control;
    out_ << must(store_.contradictions(scope_, must(ContradictionRequest::parse("")), control))
         << '\n';
    for (int i = 0; i < 8; ++i) {
      const auto beliefs = store_.knowledge_history(scope_, "i" + std::to_string(i), 10);
      out_ << static_cast<int>(beliefs.code());
      if (beliefs.ok()) show(*beliefs.value().front());
      Json around = {{"id", "i" + std::to_string(i)}, {"within_us", 5}, {"limit", 4}};
      const auto near = store_.around(scope_, must(AroundRequest::parse(around.dump())), control);
      out_ << static_cast<int>(near.code());
      for (size_t n = 0; near.ok() && n < near.value().size(); ++n) show(*near.value()[n]);
    }
    for (const char* document : {"", R"({"text": "tea", "short_term": 2, "max_items": 6})"}) {
      const auto request = must(ContextRequest::parse(document, ContextRequest::Kind::kWorking));
      for (const ItemRef& item : must(store_.active_context(scope_, request, control))) show(*item);
      out_ << '\n';
    }
  }
  void show(const Item& item) {
    out_ << item.id() << '/' << item.scope().bytes() << '/' << item.text(Text::kContent) << "; ";
  }

  Store& store_;
  const Scope scope_;
  std::ostringstream out_;
};

// How full a tier is depends on everybody's items; so there is none that can be full.
constexpr const char* kNoCapacities =
    R"({"tiers": [{"name": "working", "medium": "ram",
                   "demote": {"idle_hours": 24, "access_count_below": 2}},
                  {"name": "long_term", "medium": "database"}]})";

struct Placed {
  Scope scope;
  std::string json;
};

std::vector<Placed> any_items(Random& random, size_t count) {
  static const std::vector<std::string_view> kWords = {"green", "tea", "rain", "mud", "snow"};
  static const std::vector<std::string_view> kNames = {"", "a", "b"};
  static const std::vector<std::string_view> kTypes = {"fact", "fact", "event", "knowledge",
                                                       "episode"};
  const auto name = [&] { return kNames[random.below(kNames.size())]; };
  std::vector<Placed> items;
  for (size_t i = 0; i < count; ++i) {
    std::string content;
    for (uint64_t n = random.below(12); n > 0; --n) {
      content += std::string(kWords[random.below(kWords.size())]) + " ";
    }
    Json json = {{"id", "i" + std::to_string(random.below(8))},
                 {"content", content},
                 {"type", kTypes[random.below(kTypes.size())]},
                 {"metadata",
                  {{"subject", "x"},
                   {"attribute", "is"},
                   {"value", random.below(3)},
                   {"ended_us", kStartUs + static_cast<int64_t>(i + random.below(20))}}},
                 {"importance", static_cast<double>(random.below(10)) / 10},
                 {"created_us", kStartUs + static_cast<int64_t>(i)}};
    if (random.one_in(2)) json["tags"] = {"red"};
    items.push_back({scope_of({name(), name(), name(), name(), name()}), json.dump()});
  }
  return items;
}

TEST(Scopes, what_lies_outside_of_a_scope_changes_nothing_that_it_is_told) {
  Random random;
  for (int round = 0; round < 4; ++round) {
    const std::vector<Placed> items = any_items(random, 150);
    for (int pattern = 0; pattern < 4; ++pattern) {
      const auto name = [&] { return random.one_in(2) ? "" : random.one_in(2) ? "a" : "b"; };
      const Scope scope = scope_of(
          {random.one_in(4) ? "*" : name(), name(), name(), random.one_in(2) ? name() : ""});
      auto clock = make_clock();
      StoreOptions options = quiet_options(clock);
      options.ladder = kNoCapacities;
      const auto alone = open_store(":memory:", options);
      const auto crowded = open_store(":memory:", options);
      for (const Placed& item : items) {
        if (scope.allows(item.scope)) must_put(*alone, item.scope, item.json);
        must_put(*crowded, item.scope, item.json);
      }
      clock->advance_us(48 * kHourUs);
      const std::string label(scope.bytes());
      EXPECT_EQ(Witness(*alone, scope).tell(), Witness(*crowded, scope).tell()) << label;
      EXPECT_EQ(Witness(*alone, scope).change(), Witness(*crowded, scope).change()) << label;
      EXPECT_EQ(Witness(*alone, scope).tell(), Witness(*crowded, scope).tell()) << label;
    }
  }
}

TEST(Collections, vectors_and_links_follow_what_is_moved) {
  const TempFolder folder;
  const auto store = open_store(folder.file(), quiet_options(make_clock()));
  Control control;
  must_put(*store, in("from"), R"({"id": "a"})");
  must_put(*store, in("from"), R"({"id": "b"})");
  must_put(*store, in("from"), R"({"id": "stays"})");
  must(store->create_space(must(SpaceSpec::parse(R"({"name": "s", "dimension": 2})"))));
  const std::vector<float> vector = {1, 2};
  const Store::VectorPut put{"a", vector};
  std::vector<Outcome> outcomes;
  must(store->put_vectors(in("from"), "s", {&put, 1}, Durability::kDefault, control, &outcomes));
  must(store->put_links(in("from"), must(LinkSpec::parse_many(R"([
      {"source": "a", "target": "b", "weight": 0.5, "kind": "first"},
      {"source": "stays", "target": "a", "weight": 0.25}, {"source": "b", "target": {"concept": "c"}}])")),
                        Durability::kDefault, control));
  EXPECT_EQ(transfer(*store, in("from"), {"to", PutMode::kReplace, true},
                     R"({"id": {"$in": ["a", "b"]}})"),
            2);
  EXPECT_EQ(must(store->get_vector(in("to"), "s", "a")), vector);
  const auto links_of = [&](const Scope& scope, const char* node) {
    Control none;
    auto found = store->neighbours(
        scope, must(NeighbourQuery::parse(std::string(R"({"node": )") + node + "}")), none);
    return Json::parse(must(std::move(found)));
  };
  const Json of_a = links_of(in("*"), R"({"id": "a"})");
  EXPECT_EQ(of_a.dump().find("stays") != std::string::npos, true) << of_a;
  EXPECT_EQ(of_a.dump().find("first") != std::string::npos, true) << of_a;
  EXPECT_NE(links_of(in("*"), R"({"id": "b"})").dump().find("\"c\""), std::string::npos)
      << "the concept is where it was";
  EXPECT_EQ(transfer(*store, in("to"), {"copy", PutMode::kReplace, false}), 2);
  EXPECT_EQ(must(store->get_vector(in("copy"), "s", "a")), vector);
  EXPECT_EQ(must(store->get_vector(in("to"), "s", "a")), vector);
  EXPECT_EQ(links_of(in("copy"), R"("a")").dump().find("first"), std::string::npos);
}

}  // namespace
}  // namespace memtier::testing
