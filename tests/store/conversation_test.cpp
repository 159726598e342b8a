// Conversations: turns appended by one and by many, read, found again, replaced.
#include <set>
#include <thread>

#include "base/text.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

using Strings = std::vector<std::string>;

Scope session(std::string_view name = "s1", std::string_view user = "ada") {
  return scope_of({.user = user, .session = name});
}

std::vector<Turn> turns_of(const std::vector<Json>& list) {
  Json document = Json::object();
  document["turns"] = Json(list);
  return must(parse_turns(document.dump()));
}

Json said(const std::string& content, const std::string& role = "user") {
  return {{"role", role}, {"content", content}};
}

ItemRef append(Store& store, const Scope& scope, const Json& turn, int64_t version = 0) {
  std::vector<Turn> turns = turns_of({turn});
  Control control;
  return must(store.append_turns(scope, turns, version, Durability::kDefault, control))[0];
}

Code try_append(Store& store, const Scope& scope, const Json& turn, int64_t version = 0) {
  std::vector<Turn> turns = turns_of({turn});
  Control control;
  return store.append_turns(scope, turns, version, Durability::kDefault, control).code();
}

int64_t replace(Store& store, const Scope& scope, const std::vector<Json>& list,
                int64_t version = 0, int64_t* changed = nullptr) {
  std::vector<Turn> turns = turns_of(list);
  int64_t count = 0;
  return must(store.replace_turns(scope, turns, version, Durability::kDefault,
                                  changed == nullptr ? &count : changed));
}

Strings last(Store& store, const Scope& scope, size_t limit = 1000) {
  return texts_of(must(store.last_turns(scope, limit)).turns);
}

int64_t version_of(Store& store, const Scope& scope) {
  return must(store.last_turns(scope, 1)).version;
}

class Conversations : public ::testing::Test {
 protected:
  Conversations() { reopen(); }
  void reopen() {
    store_.reset();
    store_ = open_store(folder_.file(), quiet_options(clock_));
  }
  std::unique_ptr<Store> open_another() {
    return open_store(folder_.file(), quiet_options(clock_));
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_ = make_clock();
  std::unique_ptr<Store> store_;
};

TEST_F(Conversations, are_read_in_the_order_in_which_they_were_said) {
  for (int i = 1; i <= 5; ++i) {
    const ItemRef turn = append(*store_, session(), said("turn " + std::to_string(i)));
    EXPECT_EQ(turn->id(), "s1#00000000" + std::to_string(i));
    clock_->advance_us(kSecondUs);
  }
  append(*store_, session("s2"), said("elsewhere"));
  append(*store_, session("s1", "eve"), said("somebody else's"));
  EXPECT_EQ(last(*store_, session()), (Strings{"turn 1", "turn 2", "turn 3", "turn 4", "turn 5"}));
  EXPECT_EQ(last(*store_, session(), 2), (Strings{"turn 4", "turn 5"}));
  EXPECT_EQ(last(*store_, session("none")), Strings());
  reopen();
  EXPECT_EQ(append(*store_, session(), said("turn 6"))->id(), "s1#000000006");
  EXPECT_EQ(last(*store_, session(), 2), (Strings{"turn 5", "turn 6"}));
  EXPECT_EQ(must(store_->last_turns(session(), 1)).turns[0]->access_count(), 0);
}

TEST_F(Conversations, need_a_session_and_one_collection) {
  EXPECT_EQ(try_append(*store_, scope_of({.user = "ada"}), said("x")), Code::kInvalid);
  EXPECT_EQ(try_append(*store_, scope_of({.collection = "*", .session = "s"}), said("x")),
            Code::kInvalid);
  EXPECT_EQ(store_->last_turns(Scope(), 1).code(), Code::kInvalid);
}

TEST_F(Conversations, take_turns_only_in_their_order) {
  Json turn = said("at noon");
  turn["created_us"] = "2026-05-01T12:00:00Z";
  append(*store_, session(), turn);
  turn["created_us"] = "2026-05-01T11:59:59Z";
  EXPECT_EQ(try_append(*store_, session(), turn), Code::kInvalid);
  turn["created_us"] = "2026-05-01T12:00:00Z";  // at the same time is in order
  append(*store_, session(), turn);
  clock_->advance_us(-30 * kDayUs);  // a clock that goes back is no reason to lose a turn
  Json later = said("later");
  later["created_us"] = "2026-06-01T12:00:00Z";
  append(*store_, session(), later);
  const ItemRef now = append(*store_, session(), said("now"));
  EXPECT_EQ(now->header().created_us, *parse_time_us("2026-06-01T12:00:00Z"));
}

TEST_F(Conversations, give_every_writer_a_number_of_his_own) {
  constexpr int kWriters = 4;
  constexpr int kTurns = 60;
  std::vector<std::unique_ptr<Store>> stores;
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) stores.push_back(open_another());
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < kTurns; ++n) {
        append(*stores[static_cast<size_t>(i)], session(),
               said(std::to_string(i) + "." + std::to_string(n)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<ItemRef> turns = must(store_->last_turns(session(), 1000)).turns;
  ASSERT_EQ(turns.size(), static_cast<size_t>(kWriters * kTurns));
  std::vector<int> next(kWriters, 0);
  for (size_t i = 0; i < turns.size(); ++i) {
    EXPECT_EQ(turn_sequence(*turns[i]), static_cast<int64_t>(i) + 1);
    const std::string text(turns[i]->text(Text::kContent));
    EXPECT_EQ(text.substr(2), std::to_string(next[static_cast<size_t>(text[0] - '0')]++)) << text;
  }
}

TEST_F(Conversations, append_many_or_none) {
  std::vector<Turn> turns = turns_of({said("a"), said("b", "assistant"), said("c")});
  Control control;
  const auto items = must(store_->append_turns(session(), turns, 1, Durability::kDefault, control));
  EXPECT_EQ(texts_of(items), (Strings{"a", "b", "c"}));
  Json bad = said("x");
  bad["tier"] = "attic";
  turns = turns_of({said("d"), bad});
  EXPECT_EQ(store_->append_turns(session(), turns, 0, Durability::kDefault, control).code(),
            Code::kNotFound);
  turns =
      turns_of({said(std::string(300'000, 'x'))});  // more than a quarter of the journal is fine
  must(store_->append_turns(session(), turns, 0, Durability::kDefault, control).take_status());
  turns = turns_of({said(std::string(300'000, 'x')), said("y")});
  EXPECT_EQ(store_->append_turns(session(), turns, 0, Durability::kDefault, control).code(),
            Code::kLimit);
  EXPECT_EQ(last(*store_, session()).size(), 4u);
}

TEST_F(Conversations, refuse_who_has_not_seen_what_was_said) {
  const int64_t empty = version_of(*store_, session());
  EXPECT_EQ(empty, 1);
  append(*store_, session(), said("a"), empty);
  EXPECT_EQ(try_append(*store_, session(), said("b"), empty), Code::kConflict);
  const auto other = open_another();
  append(*other, session(), said("b"), version_of(*other, session()));
  EXPECT_EQ(last(*store_, session()), (Strings{"a", "b"}));
  const int64_t seen = version_of(*store_, session());
  replace(*other, session(), {said("A"), said("b")}, seen);
  EXPECT_EQ(try_append(*store_, session(), said("c"), seen), Code::kConflict);
  std::vector<Turn> turns = turns_of({said("c")});
  int64_t changed = 0;
  EXPECT_EQ(store_->replace_turns(session(), turns, seen, Durability::kDefault, &changed).code(),
            Code::kConflict);
  EXPECT_EQ(last(*store_, session()), (Strings{"A", "b"}));
}

TEST_F(Conversations, are_replaced_by_what_differs) {
  for (const char* text : {"a", "b", "c", "d"}) append(*store_, session(), said(text));
  const auto ids = [&] {
    Strings list;
    for (const ItemRef& item : must(store_->last_turns(session(), 100)).turns) {
      list.push_back(std::string(item->id().substr(11)) + ":" +
                     std::to_string(item->header().version));
    }
    return list;
  };
  int64_t changed = -1;
  const int64_t before = version_of(*store_, session());
  EXPECT_EQ(replace(*store_, session(), {said("a"), said("b"), said("c"), said("d")}, 0, &changed),
            before);  // nothing differs
  const int64_t edited =
      replace(*store_, session(), {said("a"), said("B"), said("c"), said("d")}, before, &changed);
  EXPECT_EQ(changed, 1);
  EXPECT_NE(edited, before);
  EXPECT_EQ(edited, version_of(*store_, session()));
  EXPECT_EQ(ids(), (Strings{"1:1", "2:2", "3:1", "4:1"}));
  replace(*store_, session(), {said("summary"), said("c"), said("d")}, edited, &changed);
  EXPECT_EQ(changed, 2);  // one in the place of the first, and one gone
  EXPECT_EQ(ids(), (Strings{"1:2", "3:1", "4:1"}));
  replace(*store_, session(), {said("summary"), said("c")});
  append(*store_, session(), said("e"));  // its number is not that of the turn that was taken back
  EXPECT_EQ(ids(), (Strings{"1:2", "3:1", "5:1"}));
  reopen();
  EXPECT_EQ(append(*store_, session(), said("f"))->id(), "s1#000000006");
  replace(*store_, session(), {});
  EXPECT_EQ(last(*store_, session()), Strings());
  EXPECT_EQ(append(*store_, session(), said("anew"))->id(), "s1#000000007");
}

TEST_F(Conversations, survive_many_who_replace_and_append_at_once) {
  const auto other = open_another();
  constexpr int kRounds = 40;
  int appended = 0;
  std::thread appender([&] {
    for (int i = 0; i < kRounds; ++i) {
      append(*other, session(), said("a" + std::to_string(i)));
      ++appended;
    }
  });
  // Each replacement keeps all that it saw, and adds one; who came between is not lost.
  int replaced = 0;
  while (replaced < kRounds) {
    const Store::Conversation seen = must(store_->last_turns(session(), 1000));
    std::vector<Json> list;
    for (const ItemRef& turn : seen.turns) {
      list.push_back(said(std::string(turn->text(Text::kContent))));
    }
    list.push_back(said("r" + std::to_string(replaced)));
    std::vector<Turn> turns = turns_of(list);
    int64_t changed = 0;
    const auto done =
        store_->replace_turns(session(), turns, seen.version, Durability::kDefault, &changed);
    if (done.ok()) {
      ++replaced;
    } else {
      ASSERT_EQ(done.code(), Code::kConflict);
    }
  }
  appender.join();
  const Strings all = last(*store_, session());
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), static_cast<size_t>(2 * kRounds));
  EXPECT_EQ(all.size(), static_cast<size_t>(2 * kRounds));
}

TEST_F(Conversations, find_what_was_said_behind_gaps) {
  for (int i = 1; i <= 300; ++i) append(*store_, session(), said(std::to_string(i)));
  const std::vector<Json> kept = {said("1"), said("2"), said("300")};
  replace(*store_, session(), kept);
  EXPECT_EQ(last(*store_, session()), (Strings{"1", "2", "300"}));
  EXPECT_EQ(last(*store_, session(), 2), (Strings{"2", "300"}));
  must(store_->remove(session(), "s1#000000300", 0, Durability::kDefault));
  EXPECT_EQ(last(*store_, session(), 1), Strings{"2"});
}

TEST_F(Conversations, tell_what_was_said_lately) {
  append(*store_, session("s1"), said("old"));
  clock_->advance_us(2 * kHourUs);
  append(*store_, session("s1"), said("new"));
  append(*store_, session("s2"), said("newer"));
  append(*store_, session("s2", "eve"), said("hers"));
  const Scope ada = scope_of({.user = "ada"});
  const auto recent = [&](const Scope& scope, int64_t within_us, int64_t limit = 100) {
    return texts_of(must(store_->recent_turns(scope, within_us, limit, Control())));
  };
  EXPECT_EQ(recent(ada, kHourUs), (Strings{"new", "newer"}));
  EXPECT_EQ(recent(ada, 3 * kHourUs), (Strings{"old", "new", "newer"}));
  EXPECT_EQ(recent(ada, 3 * kHourUs, 1), Strings{"newer"});
  EXPECT_EQ(recent(session("s1"), kHourUs), Strings{"new"});
}

TEST_F(Conversations, are_listed_with_their_times_and_counts) {
  append(*store_, session("s1"), said("a"));
  clock_->advance_us(kSecondUs);
  append(*store_, session("s2"), said("b"));
  append(*store_, session("s2"), said("c"));
  must_put(*store_, session("s3"), R"({"id": "no turn"})");
  replace(*store_, session("s2"), {said("B"), said("c")});
  Json brief = said("brief");
  brief["ttl_us"] = 1000;
  append(*store_, session("s1"), brief);
  clock_->advance_us(kSecondUs);
  append(*store_, session("s1", "eve"), said("hers"));
  Control control;
  const auto listed = [&](const Scope& scope, int64_t limit) {
    return Json::parse(must(store_->list_conversations(scope, limit, control)));
  };
  const Json ada = listed(scope_of({.user = "ada"}), 10);
  ASSERT_EQ(ada.size(), 2u);
  EXPECT_EQ(ada[0]["turns"], 2);
  EXPECT_EQ(ada[0]["first_us"], ada[0]["session"] == "s2" ? kStartUs + kSecondUs : kStartUs);
  const Json& first = ada[0]["session"] == "s1" ? ada[0] : ada[1];
  EXPECT_EQ(first["turns"], 1) << "the brief one is over";
  EXPECT_EQ(listed(Scope(), 1).size(), 1u);
  EXPECT_EQ(listed(Scope(), 1)[0]["user"], "eve");
}

}  // namespace
}  // namespace memtier::testing
