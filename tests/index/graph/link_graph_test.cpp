// Links and concepts: what they are, who sees them, and how they end.
#include <gtest/gtest.h>

#include <sstream>

#include "index/graph/graph_testing.h"
#include "storage/integrity.h"
#include "storage/sqlite/connection.h"

namespace memtier::testing {
namespace {

using Texts = std::vector<std::string>;
constexpr int64_t kDay = 86'400;

struct OpenStore {
  explicit OpenStore(const std::string& path = ":memory:", int64_t half_life_seconds = 30 * kDay) {
    StoreOptions options = quiet_options(clock);
    options.link_half_life_seconds = half_life_seconds;
    store = open_store(path, std::move(options));
  }
  Store& operator*() { return *store; }
  Store* operator->() { return store.get(); }
  std::shared_ptr<ManualClock> clock = make_clock();
  std::unique_ptr<Store> store;
};

Json get_link(Store& store, std::string_view filter, const Scope& scope = Scope()) {
  return parsed(store.get_link(scope, must(LinkFilter::parse_one(filter))));
}

Result<int64_t> delete_links(Store& store, std::string_view filter, const Scope& scope = Scope()) {
  return store.delete_links(scope, must(LinkFilter::parse_delete(filter)), Durability::kDefault);
}

TEST(Links, are_put_read_listed_and_deleted) {
  OpenStore store;
  for (const char* id : {"tea", "cup", "pot"}) {
    must_put(*store, std::string("{\"id\": \"") + id + "\"}");
  }
  must(put_links(*store, Scope(), R"([
    {"source": "tea", "target": "cup", "kind": "in", "weight": 0.5},
    {"source": "tea", "target": "pot"},
    {"source": "pot", "target": {"concept": "kitchen"}, "kind": "found_in"}])"));
  const Json link = get_link(*store, R"({"source": "tea", "target": "cup", "kind": "in"})");
  EXPECT_EQ(link["weight"], 0.5);
  EXPECT_EQ(link["strength"], 0.5);
  EXPECT_EQ(link["created_us"], kStartUs);
  EXPECT_EQ(arrows(listed_links(*store)), (Texts{"tea>cup", "tea>pot", "pot>#kitchen"}));
  EXPECT_EQ(arrows(listed_links(*store, R"({"target": "cup"})")), Texts{"tea>cup"});
  EXPECT_EQ(arrows(listed_links(*store, R"({"kind": "found_in"})")), Texts{"pot>#kitchen"});
  EXPECT_EQ(arrows(listed_links(*store, R"({"min_strength": 0.6, "source": "tea"})")),
            Texts{"tea>pot"});
  EXPECT_EQ(must(delete_links(*store, R"({"source": "tea", "kind": "in"})")), 1);
  EXPECT_EQ(must(delete_links(*store, R"({"source": "tea", "kind": "in"})")), 0);
  EXPECT_EQ(arrows(listed_links(*store)), (Texts{"tea>pot", "pot>#kitchen"}));
  EXPECT_EQ(
      store->get_link(Scope(), must(LinkFilter::parse_one(R"({"source":"tea","target":"cup"})")))
          .code(),
      Code::kNotFound);
}

TEST(Links, are_listed_in_pages) {
  OpenStore store;
  link_items(*store, {"a-b", "a-c", "b-c", "c-a", "c-b"});
  for (const std::string what : {"", R"("target": "b", )", R"("source": "c", )"}) {
    const Json all = listed_links(*store, "{" + what + R"("limit": 100})");
    Json paged = Json::array();
    std::string after;
    do {
      Control control;
      const std::string list = "{" + what + R"("limit": 2, "after": ")" + after + "\"}";
      const Json page =
          parsed(store->list_links(Scope(), must(LinkFilter::parse_list(list)), control));
      paged.insert(paged.end(), page["links"].begin(), page["links"].end());
      after = page.value("after", "");
    } while (!after.empty());
    EXPECT_EQ(paged, all) << what;
  }
}

TEST(Links, weaken_with_time_and_strengthen_when_said_so) {
  OpenStore store;
  link_items(*store, {"a-b 0.8"});
  const char* link = R"({"source": "a", "target": "b"})";
  store.clock->advance_us(30 * kDay * kSecondUs);
  EXPECT_DOUBLE_EQ(get_link(*store, link)["strength"], 0.4);
  EXPECT_DOUBLE_EQ(get_link(*store, link)["weight"], 0.8);
  must(put_links(*store, Scope(),
                 R"([{"source": "a", "target": "b", "weight": 0.5, "mode": "strengthen"}])"));
  EXPECT_DOUBLE_EQ(get_link(*store, link)["weight"], 0.9);
  EXPECT_EQ(get_link(*store, link)["created_us"], kStartUs);
  must(put_links(*store, Scope(), R"([{"source": "a", "target": "b", "weight": 0.2}])"));
  EXPECT_DOUBLE_EQ(get_link(*store, link)["strength"], 0.2);
}

TEST(Links, do_not_weaken_where_the_half_life_is_off) {
  OpenStore store(":memory:", 0);
  link_items(*store, {"a-b 0.8"});
  store.clock->advance_us(1000 * kDay * kSecondUs);
  EXPECT_DOUBLE_EQ(get_link(*store, R"({"source": "a", "target": "b"})")["strength"], 0.8);
}

TEST(Links, are_put_all_or_none) {
  OpenStore store;
  link_items(*store, {"a-b"});
  Status status = put_links(*store, Scope(), R"([
    {"source": "b", "target": {"concept": "new"}}, {"source": "b", "target": "nobody"}])");
  EXPECT_EQ(status.code(), Code::kNotFound);
  EXPECT_EQ(status.message(), "links[1]: \"target\": item \"nobody\" does not exist in this scope");
  EXPECT_EQ(arrows(listed_links(*store)), Texts{"a>b"});
  Control control;
  const Json concepts = parsed(store->list_concepts(Scope(), {}, control));
  EXPECT_TRUE(concepts["concepts"].empty());
  status = put_links(*store, Scope(), R"([{"source": "a", "target": "a"}])");
  EXPECT_EQ(status.code(), Code::kInvalid);
}

TEST(Links, die_with_their_items) {
  const TempFolder folder;
  OpenStore store(folder.file());
  link_items(*store, {"a-b", "b-c", "c-a"});
  must(store->remove(Scope(), "b", 0, Durability::kDefault));
  EXPECT_EQ(arrows(listed_links(*store)), Texts{"c>a"});
  // An item of the same id is another one.
  must_put(*store, R"({"id": "b"})");
  EXPECT_EQ(arrows(listed_links(*store)), Texts{"c>a"});
  // A new version is the same one.
  must_put(*store, R"({"id": "c", "content": "new"})");
  EXPECT_EQ(arrows(listed_links(*store)), Texts{"c>a"});
  must(store->close());
  EXPECT_EQ(integrity_problems(folder.file()), std::vector<std::string>());
  const auto connection = must(Connection::open(folder.file(), SQLITE_OPEN_READWRITE, 1000));
  EXPECT_EQ(must(connection->query_integer("SELECT count(*) FROM links_in")), 1);
}

TEST(Links, to_expired_items_are_not_seen) {
  OpenStore store;
  link_items(*store, {"a-b"});
  must_put(*store, R"({"id": "c", "ttl_us": 1000000})");
  must(put_links(*store, Scope(), R"([{"source": "a", "target": "c"},
    {"source": "c", "target": "b"}])"));
  EXPECT_EQ(ids_in(neighbours(*store, R"({"node": "a"})")), (Texts{"b", "c"}));
  store.clock->advance_us(2 * kSecondUs);
  EXPECT_EQ(ids_in(neighbours(*store, R"({"node": "a"})")), Texts{"b"});
  EXPECT_EQ(arrows(listed_links(*store)), Texts{"a>b"});
  EXPECT_EQ(put_links(*store, Scope(), R"([{"source": "a", "target": "c"}])").code(),
            Code::kNotFound);
}

TEST(Links, are_seen_only_where_both_ends_are) {
  OpenStore store;
  const Scope ada = scope_of({.user = "ada"});
  const Scope bob = scope_of({.user = "bob"});
  must_put(*store, ada, R"({"id": "a"})");
  must_put(*store, ada, R"({"id": "a2"})");
  must_put(*store, bob, R"({"id": "b"})");
  must(put_links(*store, Scope(), R"([{"source": "a", "target": "b"},
    {"source": "b", "target": "a2"}, {"source": "a", "target": "a2", "weight": 0.25}])"));
  EXPECT_EQ(arrows(listed_links(*store)).size(), 3u);
  EXPECT_EQ(arrows(listed_links(*store, "{}", ada)), Texts{"a>a2"});
  EXPECT_TRUE(listed_links(*store, "{}", bob).empty());
  EXPECT_EQ(ids_in(neighbours(*store, R"({"node": "a"})", ada)), Texts{"a2"});
  EXPECT_EQ(ids_in(spread(*store, R"({"seeds": ["a"]})", ada)["nodes"]), Texts{"a2"});
  // Not even how strongly it is linked shows through what is not seen.
  EXPECT_DOUBLE_EQ(spread(*store, R"({"seeds": ["a"]})", ada)["nodes"][0]["activation"], 0.125);
  EXPECT_EQ(put_links(*store, ada, R"([{"source": "a", "target": "b"}])").code(), Code::kNotFound);
  EXPECT_EQ(must(delete_links(*store, R"({"source": "a"})", ada)), 1);
  EXPECT_EQ(arrows(listed_links(*store)), (Texts{"a>b", "b>a2"}));
}

TEST(Links, name_their_ends_with_the_scope_where_an_id_is_not_enough) {
  OpenStore store;
  const Scope ada = scope_of({.user = "ada"});
  for (const char* session : {"s1", "s2"}) {
    must_put(*store, scope_of({.user = "ada", .session = session}), R"({"id": "note"})");
  }
  must_put(*store, ada, R"({"id": "topic"})");
  EXPECT_EQ(put_links(*store, ada, R"([{"source": "topic", "target": "note"}])").code(),
            Code::kAmbiguous);
  must(put_links(*store, ada,
                 R"([{"source": "topic", "target": {"id": "note", "session": "s2"}}])"));
  const Json links = listed_links(*store, "{}", ada);
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0]["target"], (Json{{"id", "note"}, {"user", "ada"}, {"session", "s2"}}));
  // What was read can be put again.
  Json again = {{"source", links[0]["source"]}, {"target", links[0]["target"]}, {"weight", 0.5}};
  must(put_links(*store, Scope(), Json::array({again}).dump()));
  EXPECT_EQ(listed_links(*store, "{}", ada)[0]["weight"], 0.5);
  EXPECT_EQ(
      put_links(*store, ada, R"([{"source": "topic", "target": {"id": "note", "user": "bob"}}])")
          .code(),
      Code::kNotFound);
}

TEST(Concepts, are_made_listed_and_deleted_with_their_links) {
  OpenStore store;
  const Scope ada = scope_of({.user = "ada"});
  must_put(*store, ada, R"({"id": "a"})");
  must(store->create_concept(ada, must(ConceptSpec::parse(R"({"name": "tea",
    "description": "what is drunk"})")),
                             Durability::kDefault));
  EXPECT_EQ(store
                ->create_concept(ada, must(ConceptSpec::parse(R"({"name": "tea"})")),
                                 Durability::kDefault)
                .code(),
            Code::kExists);
  must(put_links(*store, ada, R"([{"source": "a", "target": {"concept": "tea"}},
    {"source": {"concept": "tea"}, "target": {"concept": "drinks"}, "kind": "is_a"}])"));
  Control control;
  const Json concepts =
      parsed(store->list_concepts(ada, must(ConceptFilter::parse("")), control))["concepts"];
  EXPECT_EQ(ids_in(concepts), (Texts{"#drinks", "#tea"}));
  EXPECT_EQ(concepts[1]["description"], "what is drunk");
  EXPECT_EQ(concepts[1]["links"], 2);
  const auto begin =
      parsed(store->list_concepts(ada, must(ConceptFilter::parse(R"({"prefix": "te"})")), control));
  EXPECT_EQ(ids_in(begin["concepts"]), Texts{"#tea"});
  const Scope bob = scope_of({.user = "bob"});
  EXPECT_TRUE(parsed(store->list_concepts(bob, {}, control))["concepts"].empty());
  EXPECT_EQ(store->delete_concept(bob, "tea", Durability::kDefault).code(), Code::kNotFound);
  must(store->delete_concept(ada, "tea", Durability::kDefault));
  EXPECT_TRUE(listed_links(*store).empty());
}

TEST(Concepts, are_listed_in_pages) {
  OpenStore store;
  for (const char* name : {"e", "c", "a", "d", "b"}) {
    ConceptSpec spec;
    spec.name = name;
    must(store->create_concept(Scope(), spec, Durability::kDefault));
  }
  Texts names;
  ConceptFilter filter;
  filter.limit = 2;
  do {
    Control control;
    const Json page = parsed(store->list_concepts(Scope(), filter, control));
    for (const std::string& name : ids_in(page["concepts"])) names.push_back(name);
    filter.after = page.value("after", "");
  } while (!filter.after.empty());
  EXPECT_EQ(names, (Texts{"#a", "#b", "#c", "#d", "#e"}));
}

TEST(Links, of_another_handle_are_seen_at_once) {
  const TempFolder folder;
  OpenStore one(folder.file());
  OpenStore other(folder.file());
  link_items(*one, {"a-b", "b-c"});
  EXPECT_EQ(ids_in(spread(*one, R"({"seeds": ["a"]})")["nodes"]), (Texts{"b", "c"}));
  EXPECT_EQ(ids_in(spread(*other, R"({"seeds": ["a"]})")["nodes"]), (Texts{"b", "c"}));
  link_items(*other, {"b-d", "d-e"});
  EXPECT_EQ(ids_in(spread(*one, R"({"seeds": ["a"]})")["nodes"]), (Texts{"b", "c", "d", "e"}));
  must(other->remove(Scope(), "d", 0, Durability::kDefault));
  EXPECT_EQ(ids_in(spread(*one, R"({"seeds": ["a"]})")["nodes"]), (Texts{"b", "c"}));
  // More changes at once than are told one by one.
  std::string many = "[";
  for (int i = 0; i < 1500; ++i) {
    many += std::string(i == 0 ? "" : ",") + R"({"source": "c", "target": {"concept": "n)" +
            std::to_string(i) + "\"}}";
  }
  must(put_links(*other, Scope(), many + "]"));
  EXPECT_EQ(spread(*one, R"({"seeds": ["c"], "hops": 1, "threshold": 0,
    "max_nodes": 5000})")["activated"],
            1502);
}

TEST(Links, are_there_after_the_store_was_opened_again) {
  const TempFolder folder;
  {
    OpenStore store(folder.file());
    link_items(*store, {"a-b 0.5"});
    must(store->close());
  }
  OpenStore store(folder.file());
  EXPECT_EQ(get_link(*store, R"({"source": "a", "target": "b"})")["weight"], 0.5);
}

std::string exported(Store& store, std::string_view filter = "") {
  std::string lines;
  const auto write = [&lines](std::string_view bytes) {
    lines += bytes;
    return Status();
  };
  Control control;
  int64_t count = 0;
  must(
      store.export_items(scope_of({.collection = "*"}), filter_of(filter), write, control, &count));
  return lines;
}

Texts sorted_lines(const std::string& text) {
  std::istringstream stream(text);
  Texts lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

ImportCounts import(Store& store, std::string_view lines, std::string_view options = "") {
  size_t at = 0;
  ImportSource source;
  source.read = [&](char* buffer, size_t size, size_t* out_size) {
    *out_size = lines.copy(buffer, size, at);
    at += *out_size;
    return Status();
  };
  Control control;
  ImportCounts counts;
  must(store.import(scope_of({.collection = "*"}), must(ImportOptions::parse(options)), source,
                    control, &counts));
  return counts;
}

TEST(Links, are_exported_and_imported_with_concepts) {
  OpenStore store;
  const Scope ada = scope_of({.collection = "notes", .user = "ada"});
  must_put(*store, ada, R"({"id": "a", "type": "fact"})");
  must_put(*store, ada, R"({"id": "b"})");
  must_put(*store, scope_of({.user = "bob"}), R"({"id": "a"})");
  must(put_links(*store, ada, R"([{"source": "a", "target": "b", "weight": 0.3, "kind": "k"},
    {"source": "a", "target": {"concept": "tea"}},
    {"source": {"concept": "tea"}, "target": {"concept": "drinks"}}])"));
  must(store->create_concept(Scope(), must(ConceptSpec::parse(R"({"name": "lone",
    "description": "of nobody"})")),
                             Durability::kDefault));
  const std::string lines = exported(*store);
  store.clock->advance_us(kDay * kSecondUs);
  OpenStore other;
  const ImportCounts counts = import(*other, lines);
  EXPECT_EQ(counts.lines, 9);  // 3 items, 3 links, 3 concepts
  EXPECT_EQ(counts.stored, 9);
  // Kinds have other numbers there, so the links come in another order.
  EXPECT_EQ(sorted_lines(exported(*other)), sorted_lines(lines));
  EXPECT_EQ(import(*other, lines, R"({"mode": "create"})").skipped, 9);
  EXPECT_EQ(listed_links(*other, R"({"source": "a", "kind": "k"})", ada)[0]["weight"], 0.3);
  // By a filter: links between what it matches, and the concepts that these name.
  OpenStore some;
  import(*some, exported(*store, R"({"type": "fact"})"));
  EXPECT_EQ(arrows(listed_links(*some, "{}", scope_of({.collection = "*"}))), Texts{"a>#tea"});
  // A link whose end is not there is a bad line.
  OpenStore none;
  const size_t links_begin = lines.find("\"kind\":\"link\"");
  const std::string orphans = lines.substr(lines.rfind('\n', links_begin) + 1);
  const ImportCounts failed = import(*none, orphans, R"({"on_error": "skip"})");
  EXPECT_EQ(failed.failed, 2);
  EXPECT_EQ(failed.stored, 4);
}

TEST(Links, are_learned_from_the_order_of_reads) {
  auto clock = make_clock();
  StoreOptions options = quiet_options(clock);
  options.learn_links = 2;
  const auto store = open_store(":memory:", std::move(options));
  for (const char* id : {"a", "b", "c", "d"}) {
    must_put(*store, std::string("{\"id\": \"") + id + "\"}");
  }
  const auto read = [&](std::string_view id) { must(store->get(Scope(), id)); };
  for (const char* id : {"a", "b", "c"}) read(id);
  clock->advance_us(kHourUs);
  read("d");  // much later: with nothing
  flush(*store);
  const Json links = listed_links(*store);
  EXPECT_EQ(arrows(links), (Texts{"a>b", "a>c", "b>c"}));
  EXPECT_EQ(links[0]["kind"], kLearnedLinkKind);
  EXPECT_NEAR(links[0]["weight"], 0.1, 1e-9);
  EXPECT_NEAR(links[1]["weight"], 0.05, 1e-9);
  read("a");
  read("b");
  flush(*store);
  EXPECT_NEAR(listed_links(*store)[0]["weight"], 0.2, 1e-3);
}

TEST(Links, that_are_learned_are_bounded) {
  auto clock = make_clock();
  StoreOptions options = quiet_options(clock);
  options.learn_links = 1;
  const auto store = open_store(":memory:", std::move(options));
  must_put(*store, R"({"id": "hub"})");
  for (int i = 0; i < 50; ++i) {
    const std::string id = "n" + std::to_string(i);
    must_put(*store, "{\"id\": \"" + id + "\"}");
    must(store->get(Scope(), "hub"));
    must(store->get(Scope(), id));
  }
  flush(*store);
  EXPECT_EQ(listed_links(*store, R"({"source": "hub"})").size(), 32u);
}

TEST(Links, are_not_learned_across_owners) {
  StoreOptions options = quiet_options(make_clock());
  options.learn_links = 4;
  const auto store = open_store(":memory:", std::move(options));
  const Scope ada = scope_of({.user = "ada"});
  const Scope bob = scope_of({.user = "bob"});
  must_put(*store, ada, R"({"id": "a"})");
  must_put(*store, bob, R"({"id": "b"})");
  must(store->get(ada, "a"));
  must(store->get(bob, "b"));
  flush(*store);
  EXPECT_TRUE(listed_links(*store).empty());
}

}  // namespace
}  // namespace memtier::testing
