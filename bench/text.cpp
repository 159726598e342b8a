// Searching by words: three alternatives, the ten best, among items of one scope; rare, medium and common
// words. And what a search in one small scope costs, among ten thousand.
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "common/client.h"
#include "common/keys.h"
#include "common/measure.h"
#include "common/random.h"
#include "common/registry.h"
#include "peers/fts5_table.h"

namespace bench {
namespace {

struct WordClass {
  const char* name;
  size_t first;  // ranks in the vocabulary, from the most common
  size_t last;
};
// Of a million items a word of rank r stands in about 70 million / (11 r): in 6 to 14 of 100 where it
// is common (behind the stop words), in 0.2 to 1 where it is medium, in one of 10 000 where it is rare.
constexpr WordClass kClasses[] = {
    {"rare", 20'000, 50'000}, {"medium", 700, 3'000}, {"common", 100, 150}};

// The words of a class, from the most common.
using Vocabulary = std::vector<std::string>;

Vocabulary generated_words(const WordClass& words) {
  Vocabulary vocabulary;
  for (size_t rank = words.first; rank < words.last; ++rank) {
    vocabulary.push_back(vocabulary_word(rank));
  }
  return vocabulary;
}

// The words of real texts by the share of these that have them. Without words of fewer than four letters,
// and a few others that every stop list has: memtier leaves them out of a question, and FTS5 does not.
std::vector<std::pair<size_t, std::string>> count_words(const Items& items) {
  static const std::unordered_set<std::string> kStopWords = {
      "that", "with", "have",  "this",  "will", "would", "there", "their", "they", "then",  "them",
      "what", "when", "where", "which", "from", "your",  "some",  "been",  "were", "about", "into"};
  std::unordered_map<std::string, size_t> counts;
  std::unordered_set<std::string> of_item;
  for (size_t i = 0; i < items.size(); ++i) {
    of_item.clear();
    std::string word;
    const auto end_word = [&] {
      if (word.size() >= 4 && kStopWords.count(word) == 0) of_item.insert(word);
      word.clear();
    };
    for (const char c : items.content(i)) {
      const char lower = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      if (lower >= 'a' && lower <= 'z') {
        word += lower;
      } else {
        end_word();
      }
    }
    end_word();
    for (const std::string& one : of_item) ++counts[one];
  }
  std::vector<std::pair<size_t, std::string>> sorted;
  for (auto& [text, count] : counts) sorted.emplace_back(count, text);
  std::sort(sorted.rbegin(), sorted.rend());
  return sorted;
}

// Common: in 2 to 15 of 100 texts; medium: in 0.2 to 1; rare: in 5 to 20 of all.
Vocabulary real_words(const std::vector<std::pair<size_t, std::string>>& counted,
                      const WordClass& words, size_t items) {
  const bool common = words.first == kClasses[2].first;
  const bool medium = words.first == kClasses[1].first;
  const double share = static_cast<double>(items);
  const double least = common ? 0.02 * share : medium ? 0.002 * share : 5;
  const double most = common ? 0.15 * share : medium ? 0.01 * share : 20;
  Vocabulary vocabulary;
  for (const auto& [count, word] : counted) {
    const auto number = static_cast<double>(count);
    if (number >= least && number <= most) vocabulary.push_back(word);
  }
  return vocabulary;
}

std::vector<std::string> make_queries(const Vocabulary& words, size_t count, const char* join) {
  std::vector<std::string> queries;
  Random random(7);
  for (size_t i = 0; i < count; ++i) {
    std::string query;
    for (int word = 0; word < 3; ++word) {
      if (word > 0) query += join;
      query += words[random.below(words.size())];
    }
    queries.push_back(std::move(query));
  }
  return queries;
}

// Microseconds of each query, ascending.
template <typename Search>
std::vector<double> time_each(const std::vector<std::string>& queries, const Search& search) {
  std::vector<double> times;
  for (const std::string& query : queries) {
    const Stopwatch watch;
    keep(static_cast<uint64_t>(search(query)));
    times.push_back(watch.seconds() * 1e6);
  }
  std::sort(times.begin(), times.end());
  return times;
}

double quantile(const std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<size_t>(share * static_cast<double>(sorted.size())))];
}

std::string document(const std::string& words) {
  return R"({"text":")" + words + "\"}";
}

// All queries of a class a few times; p50 and p99 of the medians of each repetition.
void compare(Context& context, const WordClass& words, const Vocabulary& vocabulary,
             const std::string& prefix, const Store& store, Fts5Table& fts5, size_t items) {
  const size_t count = context.size(100, 300);
  const std::vector<std::string> queries = make_queries(vocabulary, count, " ");
  // FTS5 takes half a second for common words among a million items.
  const size_t few = words.first < 1000 && items > 500'000 ? 20 : count;
  const std::vector<std::string> alternatives = make_queries(vocabulary, few, " OR ");
  std::vector<double> p99s[2];
  std::vector<double> p50s[2];
  const auto ask_store = [&](const std::string& query) { return store.search(document(query)); };
  const auto ask_fts5 = [&](const std::string& query) { return fts5.search(query); };
  (void)time_each(queries, ask_store);  // warm, as a store that is in use
  for (int i = 0; i < context.repetitions(); ++i) {
    const std::vector<double> mine = time_each(queries, ask_store);
    p50s[0].push_back(quantile(mine, 0.5));
    p99s[0].push_back(quantile(mine, 0.99));
    if (few < count && i > 0) continue;
    const std::vector<double> theirs = time_each(alternatives, ask_fts5);
    p50s[1].push_back(quantile(theirs, 0.5));
    p99s[1].push_back(quantile(theirs, 0.99));
  }
  const std::string name = prefix + words.name;
  const int repetitions = context.repetitions();
  context.report().add({"text", name + "_p50_us", "us", items, median(p50s[0]), median(p50s[1]),
                        "fts5", 0, repetitions},
                       Better::kLess);
  context.report().add({"text", name + "_p99_us", "us", items, median(p99s[0]), median(p99s[1]),
                        "fts5", 0, repetitions},
                       Better::kLess);
}

int64_t index_bytes(const std::string& path) {
  SqliteDatabase db(path, 1 << 20);
  auto select = db.prepare("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'text_%'");
  return select.step() ? select.integer(0) : 0;
}

// A hundred items in each scope: a search in one costs what a hundred items cost.
void search_small_scopes(Context& context) {
  const size_t scopes = context.size(1'000, 10'000);
  const Items& items = context.items(scopes * 100);
  const std::string path = context.folder().path("scopes.mem");
  Store store(path, {kDatabaseLadder, 0});
  Builder builder;
  memtier_scope* scope = nullptr;
  check(memtier_scope_create(&scope, nullptr), nullptr, "memtier_scope_create");
  const auto enter = [&](size_t number) {
    const std::string user = "user-" + std::to_string(number);
    check(memtier_scope_set(scope, MEMTIER_SCOPE_USER, user.data(), user.size(), nullptr), nullptr,
          "memtier_scope_set");
  };
  for (size_t i = 0; i < items.size(); ++i) {
    enter(i % scopes);
    builder.set(items, i);
    memtier_error* error = nullptr;
    check(memtier_item_put(store.handle(), scope, builder.handle(), MEMTIER_PUT_REPLACE,
                           MEMTIER_DURABILITY_DEFAULT, nullptr, &error),
          error, "memtier_item_put");
  }
  store.flush();
  std::vector<std::string> queries;
  for (const WordClass& words : kClasses) {
    for (std::string& query : make_queries(generated_words(words), 100, " "))
      queries.push_back(std::move(query));
  }
  size_t next = 0;
  const auto search = [&](const std::string& query) {
    enter(next++ * 7919 % scopes);
    const std::string text = document(query);
    memtier_hits* hits = nullptr;
    memtier_error* error = nullptr;
    check(memtier_store_search(store.handle(), scope, text.data(), text.size(), nullptr, &hits,
                               &error),
          error, "memtier_store_search");
    const int64_t count = memtier_hits_count(hits);
    memtier_hits_destroy(hits);
    return count;
  };
  std::vector<double> p50s;
  (void)time_each(queries, search);
  for (int i = 0; i < context.repetitions(); ++i) {
    p50s.push_back(quantile(time_each(queries, search), 0.5));
  }
  memtier_scope_destroy(scope);
  // The same hundred items in a store of their own.
  const Items alone(100);
  const std::string small_path = context.folder().path("alone.mem");
  Store small(small_path, {kDatabaseLadder, 0});
  put_all(small, alone);
  std::vector<double> small_p50s;
  const auto search_small = [&](const std::string& query) { return small.search(document(query)); };
  (void)time_each(queries, search_small);
  for (int i = 0; i < context.repetitions(); ++i) {
    small_p50s.push_back(quantile(time_each(queries, search_small), 0.5));
  }
  context.report().add({"text", "one_scope_p50_us", "us", items.size(), median(p50s),
                        median(small_p50s), "alone", 0, context.repetitions()},
                       Better::kLess);
  store.close();
  small.close();
  remove_database(path);
  remove_database(small_path);
}

// `prefix`: of the names of what is measured.
void compare_on(Context& context, const Items& items, const std::string& path,
                const std::string& prefix) {
  const std::string fts5_path = context.folder().path("words.fts5");
  {
    Fts5Table fts5(fts5_path);
    const Stopwatch watch;
    fts5.put_all(items);
    context.note("FTS5: " + std::to_string(watch.seconds()) + " s for its index");
    const auto counted = prefix.empty() ? decltype(count_words(items))() : count_words(items);
    const int64_t before = anonymous_bytes();
    const Store store(path, {kDatabaseLadder, 0});
    (void)store.search(document("warm"));
    for (const WordClass& words : kClasses) {
      const Vocabulary vocabulary =
          prefix.empty() ? generated_words(words) : real_words(counted, words, items.size());
      compare(context, words, vocabulary, prefix, store, fts5, items.size());
    }
    context.note("memory taken by searching: " +
                 std::to_string((anonymous_bytes() - before) >> 20) + " MiB");
    context.report().add(
        {"text", prefix + "index_bytes", "B", items.size(), static_cast<double>(index_bytes(path)),
         static_cast<double>(fts5.index_bytes()), "fts5", 0, 1},
        Better::kLess);
  }
  remove_database(fts5_path);
}

}  // namespace

void run_text(Context& context) {
  const size_t count = context.size(100'000, 1'000'000);
  compare_on(context, context.items(count), context.store_path(kDatabaseLadder, count), "");
  if (const Items* dialogues = context.dialogues()) {
    const std::string path = context.make_store(*dialogues, kDatabaseLadder);
    compare_on(context, *dialogues, path, "dialogues_");
    remove_database(path);
  }
  search_small_scopes(context);
}

}  // namespace bench
