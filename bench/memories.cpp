// What an agent's author calls: a context of 20 items for a query, a search that is answered again, and
// appending a turn. The first two have no peer: their bars are times.
#include <time.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/client.h"
#include "common/measure.h"
#include "common/registry.h"
#include "peers/sqlite_indexed.h"
#include "peers/sqlite_peer.h"

namespace bench {
namespace {

constexpr size_t kItems = 100'000;
constexpr size_t kQueries = 500;
constexpr int64_t kCacheBytes = int64_t{64} << 20;

class ScopeOf {
 public:
  ScopeOf(int32_t part, const std::string& name) {
    check(memtier_scope_create(&scope_, nullptr), nullptr, "memtier_scope_create");
    check(memtier_scope_set(scope_, part, name.data(), name.size(), nullptr), nullptr,
          "memtier_scope_set");
  }
  ~ScopeOf() { memtier_scope_destroy(scope_); }
  ScopeOf(const ScopeOf&) = delete;
  ScopeOf& operator=(const ScopeOf&) = delete;
  const memtier_scope* get() const { return scope_; }

 private:
  memtier_scope* scope_ = nullptr;
};

// Three words of middle frequency.
std::string question(size_t i) {
  return vocabulary_word(100 + i * 37 % 400) + " " + vocabulary_word(500 + i * 61 % 1500) + " " +
         vocabulary_word(2000 + i * 97 % 5000);
}

// What people asked about the dialogues would need their file; a turn's own words do as well.
std::string spoken(const Items& dialogues, size_t i) {
  return std::string(dialogues.content(i * 197 % dialogues.size()).substr(0, 80));
}

// The time that this thread has run: on a machine that others use as well, the p95 of a call below a
// millisecond is else how long it waits for its turn.
double thread_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double share_of(std::vector<double> times, size_t percent) {
  std::sort(times.begin(), times.end());
  return times[times.size() * percent / 100];
}

struct Times {
  std::vector<double> wall_us;
  std::vector<double> thread_us;
};

void add_times(Context& context, const std::string& metric, size_t count,
               const std::vector<Times>& rounds) {
  const auto add = [&](const std::string& name, size_t percent,
                       const std::vector<double> Times::*which) {
    std::vector<double> values;
    for (const Times& times : rounds) values.push_back(share_of(times.*which, percent));
    context.report().add(
        {"memories", metric + name, "us", count, median(values), 0, "", 0, context.repetitions()},
        Better::kLess);
  };
  add("p50_us", 50, &Times::wall_us);
  add("p95_us", 95, &Times::wall_us);
  add("thread_p50_us", 50, &Times::thread_us);
  add("thread_p95_us", 95, &Times::thread_us);
}

using ContextCall = decltype(&memtier_context_build);

// Contexts of 20 items, each for another text.
void measure_contexts(Context& context, const std::string& metric, size_t count,
                      const std::vector<std::string>& texts, const memtier_store* store,
                      ContextCall call) {
  const char* newest = call == memtier_context_build ? "short_term" : "last";
  std::vector<std::string> documents;
  for (const std::string& text : texts) {
    documents.push_back(nlohmann::json{{"text", text}, {newest, 10}}.dump());
  }
  const auto run = [&] {
    Times times;
    for (const std::string& document : documents) {
      memtier_items* items = nullptr;
      memtier_error* error = nullptr;
      const Stopwatch watch;
      const double began_us = thread_us();
      check(call(const_cast<memtier_store*>(store), nullptr, document.data(), document.size(),
                 nullptr, &items, &error),
            error, "context");
      times.thread_us.push_back(thread_us() - began_us);
      times.wall_us.push_back(watch.seconds() * 1e6);
      if (memtier_items_count(items) != 20) throw std::runtime_error("memories: a small context");
      memtier_items_destroy(items);
    }
    return times;
  };
  for (int i = 0; i < 3; ++i) (void)run();
  std::vector<Times> rounds;
  for (int i = 0; i < context.repetitions(); ++i) rounds.push_back(run());
  add_times(context, metric, count, rounds);
}

void remember_some(const Store& store, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const std::string key = "note" + std::to_string(i);
    const std::string value = "noted just now: " + question(i);
    memtier_error* error = nullptr;
    check(memtier_context_remember(store.handle(), nullptr, key.data(), key.size(), value.data(),
                                   value.size(), 0.5, 0, nullptr, &error),
          error, "memtier_context_remember");
  }
}

// What was noted in short-term memory, half of the context, beside everything in long-term memory.
void measure_working(Context& context, const Items& items, const std::string& prefix, bool real) {
  const std::string path = context.make_store(items, "");
  Store store(path);
  remember_some(store, 10);
  store.flush();
  std::vector<std::string> texts;
  for (size_t i = 0; i < kQueries; ++i) texts.push_back(real ? spoken(items, i) : question(i));
  measure_contexts(context, prefix + "context_", items.size(), texts, store.handle(),
                   memtier_context_build);
  store.close();
  remove_database(path);
}

std::string turn_document(const Items& items, size_t i) {
  return nlohmann::json{{"role", i % 2 == 0 ? "user" : "assistant"}, {"content", items.content(i)}}
      .dump();
}

// Appends to as many sessions in turns.
double append_turns(const std::vector<std::string>& turns, size_t sessions,
                    const std::string& path) {
  settle_disk();
  std::vector<std::unique_ptr<ScopeOf>> scopes;
  for (size_t i = 0; i < sessions; ++i) {
    scopes.push_back(std::make_unique<ScopeOf>(MEMTIER_SCOPE_SESSION, "s" + std::to_string(i)));
  }
  Store store(path, {kDatabaseLadder, 0});
  const Stopwatch watch;
  for (size_t i = 0; i < turns.size(); ++i) {
    memtier_error* error = nullptr;
    check(
        memtier_conversation_append(store.handle(), scopes[i % sessions]->get(), turns[i].data(),
                                    turns[i].size(), 0, MEMTIER_DURABILITY_NORMAL, nullptr, &error),
        error, "memtier_conversation_append");
  }
  store.flush();
  const double rate = watch.per_second(turns.size());
  if (store.statistics().item_count != static_cast<int64_t>(turns.size())) {
    throw std::runtime_error("memories: turns are missing");
  }
  return rate;
}

double put_items(const Items& items, const std::string& path) {
  settle_disk();
  Store store(path, {kDatabaseLadder, 0});
  Builder builder;
  const Stopwatch watch;
  for (size_t i = 0; i < items.size(); ++i) {
    builder.set(items, i);
    builder.put(store, MEMTIER_DURABILITY_NORMAL);
  }
  store.flush();
  return watch.per_second(items.size());
}

double put_rows(const Items& items, const std::string& path) {
  settle_disk();
  SqliteRows rows(path, false);
  const Stopwatch watch;
  for (size_t i = 0; i < items.size(); ++i) rows.put(items, i);
  return watch.per_second(items.size());
}

// Puts one by one, behind as many as the others append.
double put_indexed(Context& context, const Items& items, const std::string& path) {
  const size_t measured = context.size(2'000, 5'000);
  SqliteIndexed indexed(path, SqliteIndexed::Indexes::kUsual);
  indexed.begin();
  for (size_t i = 0; i + measured < items.size(); ++i) indexed.put(items, i);
  indexed.commit();
  settle_disk();
  const Stopwatch watch;
  for (size_t i = items.size() - measured; i < items.size(); ++i) {
    indexed.begin();
    indexed.put(items, i);
    indexed.commit();
  }
  return watch.per_second(measured);
}

void measure_appends(Context& context, const Items& items) {
  std::vector<std::string> turns;
  for (size_t i = 0; i < items.size(); ++i) turns.push_back(turn_document(items, i));
  const std::string path = context.folder().path("memories.append");
  const auto then_remove = [&path](auto measure) {
    return [&path, measure] {
      const double rate = measure();
      remove_database(path);
      return rate;
    };
  };
  const std::vector<double> medians = alternate(
      "appends_per_s", context.repetitions(),
      {{"one session", then_remove([&] { return append_turns(turns, 1, path); })},
       {"100 sessions", then_remove([&] { return append_turns(turns, 100, path); })},
       {"put", then_remove([&] { return put_items(items, path); })},
       {"sqlite-rows", then_remove([&] { return put_rows(items, path); })},
       {"sqlite-indexed", then_remove([&] { return put_indexed(context, items, path); })}});
  const char* const peers[] = {"memtier-put", "sqlite-rows", "sqlite-indexed"};
  for (size_t peer = 0; peer < 3; ++peer) {
    for (size_t sessions = 0; sessions < 2; ++sessions) {
      context.report().add(
          {"memories", sessions == 0 ? "appends_per_s" : "appends_100_sessions_per_s", "/s",
           items.size(), medians[sessions], medians[2 + peer], peers[peer], 0,
           context.repetitions()},
          Better::kMore);
    }
  }
}

// The context of a conversation of all these turns.
void measure_talk(Context& context, const Items& items) {
  std::vector<std::string> turns;
  for (size_t i = 0; i < items.size(); ++i) turns.push_back(turn_document(items, i));
  const std::string path = context.folder().path("memories.talk");
  (void)append_turns(turns, 100, path);
  Store store(path);
  std::vector<std::string> texts;
  for (size_t i = 0; i < kQueries; ++i) texts.push_back(question(i));
  measure_contexts(context, "conversation_context_", items.size(), texts, store.handle(),
                   memtier_conversation_build_context);
  store.close();
  remove_database(path);
}

memtier_store* open_cached(const std::string& path) {
  memtier_options* options = nullptr;
  check(memtier_options_create(&options, nullptr), nullptr, "memtier_options_create");
  check(memtier_options_set_int64(options, MEMTIER_OPTION_QUERY_CACHE_BYTES, kCacheBytes, nullptr),
        nullptr, "query cache");
  memtier_store* store = nullptr;
  memtier_error* error = nullptr;
  const memtier_status status = memtier_store_open(path.c_str(), options, &store, &error);
  memtier_options_destroy(options);
  check(status, error, "memtier_store_open");
  return store;
}

// The best ten of a prepared query, again and again.
void measure_cache(Context& context, const Items& items) {
  const std::string path = context.make_store(items, "");
  memtier_store* store = open_cached(path);
  std::vector<memtier_query*> queries;
  for (size_t i = 0; i < 100; ++i) {
    const std::string document = nlohmann::json{{"text", question(i)}, {"limit", 10}}.dump();
    queries.push_back(nullptr);
    check(memtier_query_create(document.data(), document.size(), &queries.back(), nullptr), nullptr,
          "memtier_query_create");
  }
  const auto run = [&](int rounds) {
    const double began_us = thread_us();
    uint64_t hits_seen = 0;
    for (int round = 0; round < rounds; ++round) {
      for (const memtier_query* query : queries) {
        memtier_hits* hits = nullptr;
        check(memtier_query_run(store, nullptr, query, nullptr, &hits, nullptr), nullptr,
              "memtier_query_run");
        hits_seen += static_cast<uint64_t>(memtier_hits_count(hits));
        memtier_hits_destroy(hits);
      }
    }
    keep(hits_seen);
    return (thread_us() - began_us) * 1e3 / static_cast<double>(rounds) /
           static_cast<double>(queries.size());
  };
  (void)run(3);
  std::vector<double> times;
  for (int i = 0; i < context.repetitions(); ++i) times.push_back(run(500));
  context.report().add({"memories", "cache_hit_thread_ns", "ns", items.size(), median(times), 0, "",
                        0, context.repetitions()},
                       Better::kLess);
  for (memtier_query* query : queries) memtier_query_destroy(query);
  check(memtier_store_close(store, nullptr), nullptr, "memtier_store_close");
  remove_database(path);
}

}  // namespace

void run_memories(Context& context) {
  const Items& items = context.items(kItems);
  measure_working(context, items, "", false);
  if (const Items* dialogues = context.dialogues()) {
    measure_working(context, *dialogues, "dialogues_", true);
  }
  measure_talk(context, items);
  measure_cache(context, items);
  measure_appends(context, items);
}

}  // namespace bench
