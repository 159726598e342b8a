// What is left of a scope that was forgotten: nothing, in no byte of any file.
#include <algorithm>
#include <array>
#include <filesystem>

#include "store/store_testing.h"

namespace memtier::testing {
namespace {

constexpr std::array kSecrets = {"quokka",    "ada-lovelace", "fauna-tag",   "gossip-type",
                                 "secret-id", "meta-word",    "old-wording", "hidden-concept"};

Json forget(Store& store, const Scope& scope) {
  Control control;
  return Json::parse(must(store.forget(scope, control)));
}

void pack(Store& store) {
  Control control;
  must(store.pack_archive(PackRequest(), control).take_status());
}

class Forget : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open() { return open_store(folder_.file(), quiet_options(clock_)); }

  // Which of the secrets stand in which of the store's files.
  std::vector<std::string> found() const {
    std::vector<std::string> places;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      const std::string bytes = read_file(entry.path().string());
      for (const char* secret : kSecrets) {
        if (bytes.find(secret) != std::string::npos) {
          places.push_back(std::string(secret) + " in " + entry.path().filename().string());
        }
      }
    }
    return places;
  }

  void put_secrets(Store& store) {
    for (int i = 0; i < 60; ++i) {
      const std::string number = std::to_string(i);
      const std::string tier = i % 3 == 0 ? "archive" : i % 3 == 1 ? "long_term" : "working";
      const std::string head = R"({"id": "secret-id)" + number + R"(", "tier": ")" + tier +
                               R"(", "type": "gossip-type", "tags": ["fauna-tag"], )" +
                               R"("metadata": {"x": "meta-word"}, "content": ")";
      must_put(store, ada_, head + "old-wording " + number + "\"}");
      must_put(store, ada_, head + "a quokka, said " + number + "\"}");
      must_put(store, bob_,
               R"({"id": "b)" + number + R"(", "tier": ")" + tier +
                   R"(", "content": "green tea number )" + number + "\"}");
    }
    must(store.create_concept(ada_, must(ConceptSpec::parse(R"({"name": "hidden-concept"})")),
                              Durability::kDefault));
    must(store.move(ada_, "secret-id1", "archive"));
    must(store.remove(ada_, "secret-id4", 0, Durability::kDefault));
    must(store.update(ada_, "secret-id7", draft_of(R"({"pinned": true})"), Durability::kDefault)
             .take_status());
    must_put(store, ada_,
             R"({"id": "secret-id-over", "ttl_us": 1000, "tier": "working", "content": "quokka"})");
  }

  TempFolder folder_;
  const std::shared_ptr<ManualClock> clock_ = make_clock();
  const Scope ada_ = scope_of({.user = "ada-lovelace"});
  const Scope bob_ = scope_of({.user = "bob"});
};

TEST_F(Forget, leaves_no_byte_of_it_in_any_file) {
  auto store = open();
  put_secrets(*store);
  pack(*store);
  flush(*store);
  clock_->advance_us(1'000'000);
  EXPECT_FALSE(found().empty());
  const Json receipt = forget(*store, ada_);
  EXPECT_EQ(receipt["items"], 60);
  EXPECT_EQ(receipt["concepts"], 1);
  EXPECT_EQ(receipt["scopes"], 1);
  EXPECT_EQ(receipt["labels"], 2);
  EXPECT_EQ(receipt["damaged_blocks"], 0);
  EXPECT_GT(receipt["tombstones"], 0);
  EXPECT_GT(receipt["transitions"], 0);
  EXPECT_EQ(found(), std::vector<std::string>());
  must(store->close());
  EXPECT_EQ(found(), std::vector<std::string>());
  store = open();
  EXPECT_EQ(must(store->count(Scope(), filter_of(""))), 60);
  for (int i = 0; i < 60; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_EQ(must(store->get(bob_, "b" + number))->text(Text::kContent),
              "green tea number " + number);
  }
  const Hits hits =
      must(store->search(Scope(), *must(Query::parse(R"({"text": "quokka"})")), Control()));
  EXPECT_EQ(hits.items.size(), 0U);
  const Hits tea = must(store->search(
      Scope(), *must(Query::parse(R"({"text": "green tea", "limit": 5})")), Control()));
  EXPECT_EQ(tea.items.size(), 5U);
}

TEST_F(Forget, is_harmless_to_other_handles_and_to_what_comes_later) {
  const auto store = open();
  const auto other = open();
  put_secrets(*store);
  must_put(*other, ada_,
           R"({"id": "secret-id-other", "type": "gossip-type", "content": "quokka"})");
  EXPECT_EQ(forget(*store, ada_)["items"], 61);
  EXPECT_EQ(must(other->count(ada_, filter_of(""))), 0);
  must_put(*other, ada_, R"({"id": "new", "type": "gossip-type", "content": "hello"})");
  must_put(*store, ada_, R"({"id": "newer", "type": "gossip-type", "content": "hello"})");
  for (Store* each : {store.get(), other.get()}) {
    std::vector<std::string> ids = listed(*each, "", ada_);
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(ids, (std::vector<std::string>{"new", "newer"}));
    EXPECT_EQ(must(each->count(Scope(), filter_of(R"({"type": "gossip-type"})"))), 2);
    EXPECT_EQ(must(each->count(bob_, filter_of(""))), 60);
  }
}

TEST_F(Forget, takes_somebody_out_of_every_collection_unless_one_is_named) {
  const auto store = open();
  const Scope team = scope_of({.collection = "team", .user = "ada-lovelace"});
  for (const Scope& scope : {ada_, team, scope_of({.collection = "team", .user = "bob"})}) {
    must_put(*store, scope, R"({"id": "x", "content": "a quokka"})");
  }
  EXPECT_EQ(forget(*store, team)["items"], 1);
  must_put(*store, team, R"({"id": "y", "content": "a quokka"})");
  const Json receipt = forget(*store, ada_);
  EXPECT_EQ(receipt["items"], 2);
  EXPECT_EQ(receipt["scope"], (Json{{"user", "ada-lovelace"}}));
  EXPECT_EQ(must(store->count(scope_of({.collection = "*"}), filter_of(""))), 1);
}

TEST_F(Forget, names_nobody_is_refused) {
  const auto store = open();
  Control control;
  EXPECT_EQ(store->forget(Scope(), control).code(), Code::kInvalid);
  EXPECT_EQ(store->forget(scope_of({.collection = "*"}), control).code(), Code::kInvalid);
  EXPECT_EQ(forget(*store, scope_of({.collection = "team"}))["items"], 0);
}

}  // namespace
}  // namespace memtier::testing
