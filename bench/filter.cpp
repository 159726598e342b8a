// Filters: type and tag and importance, the ten newest with all that they hold, and how many there are.
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <vector>

#include "common/client.h"
#include "common/measure.h"
#include "common/random.h"
#include "common/registry.h"
#include "peers/covering_table.h"

namespace bench {
namespace {

constexpr int64_t kShown = 10;

struct Question {
  std::string tag;
  std::string type;
  double importance;
  std::string filter;  // as memtier is asked
  std::string list;
};

// Tags as often as items have them, so that large ones are asked for most.
std::vector<Question> make_questions(const Items& items, size_t count) {
  std::vector<Question> questions;
  Random random(11);
  for (size_t i = 0; i < count; ++i) {
    const size_t item = random.below(items.size());
    Question question;
    question.tag = items.tag(item, random.below(2));
    question.type = items.type(random.below(items.size()));
    question.importance = static_cast<double>(50 + random.below(46)) / 100;
    char text[256];
    std::snprintf(text, sizeof text,
                  R"({"type":"%s","tags":{"$contains":"%s"},"importance":{"$gte":%.2f}})",
                  question.type.c_str(), question.tag.c_str(), question.importance);
    question.filter = text;
    question.list = std::string(R"({"filter":)") + text + "}";
    questions.push_back(std::move(question));
  }
  return questions;
}

int64_t list_newest(const Store& store, const Question& question, char* out, size_t size) {
  memtier_error* error = nullptr;
  memtier_cursor* cursor = nullptr;
  check(memtier_item_list(store.handle(), nullptr, question.list.data(), question.list.size(),
                          &cursor, &error),
        error, "memtier_item_list");
  memtier_items* items = nullptr;
  const memtier_status status = memtier_cursor_next(cursor, kShown, nullptr, &items, &error);
  memtier_cursor_destroy(cursor);
  check(status, error, "memtier_cursor_next");
  size_t used = 0;
  int64_t count = 0;
  const memtier_status copied =
      memtier_items_copy_images(items, 0, out, size, &used, &count, &error);
  memtier_items_destroy(items);
  check(copied, error, "memtier_items_copy_images");
  return count;
}

int64_t count_all(const Store& store, const Question& question) {
  int64_t count = 0;
  memtier_error* error = nullptr;
  check(memtier_item_count(store.handle(), nullptr, question.filter.data(), question.filter.size(),
                           nullptr, &count, &error),
        error, "memtier_item_count");
  return count;
}

struct Quantiles {
  std::vector<double> p50;
  std::vector<double> p99;
};

template <typename Ask>
void time_each(const std::vector<Question>& questions, const Ask& ask, Quantiles* out) {
  std::vector<double> times;
  times.reserve(questions.size());
  for (const Question& question : questions) {
    const Stopwatch watch;
    keep(static_cast<uint64_t>(ask(question)));
    times.push_back(watch.seconds() * 1e6);
  }
  std::sort(times.begin(), times.end());
  out->p50.push_back(times[times.size() / 2]);
  out->p99.push_back(times[times.size() * 99 / 100]);
}

template <typename Mine, typename Theirs>
void compare(Context& context, const std::string& what, const std::vector<Question>& questions,
             size_t items, const Mine& mine, const Theirs& theirs) {
  // Warm, as a store in use; and both must find the same.
  for (const Question& question : questions) {
    if (mine(question) != theirs(question)) throw std::runtime_error("filter: " + question.filter);
  }
  Quantiles quantiles[2];
  for (int i = 0; i < context.repetitions(); ++i) {
    time_each(questions, mine, &quantiles[0]);
    time_each(questions, theirs, &quantiles[1]);
  }
  const int repetitions = context.repetitions();
  context.report().add({"filter", what + "_p50_us", "us", items, median(quantiles[0].p50),
                        median(quantiles[1].p50), "covering-table", 0, repetitions},
                       Better::kLess);
  context.report().add({"filter", what + "_p99_us", "us", items, median(quantiles[0].p99),
                        median(quantiles[1].p99), "covering-table", 0, repetitions},
                       Better::kLess);
}

// `prefix`: of the names of what is measured.
void compare_on(Context& context, const Items& items, const std::string& path,
                const std::string& prefix) {
  const std::string peer_path = context.folder().path("covering.db");
  {
    CoveringTable peer(peer_path);
    peer.put_all(items);
    const Store store(path, {kDatabaseLadder, 0});
    const std::vector<Question> questions = make_questions(items, context.size(1000, 2000));
    std::vector<char> out(kShown * 2 * kImageRoom);
    compare(
        context, prefix + "newest_10", questions, items.size(),
        [&](const Question& q) { return list_newest(store, q, out.data(), out.size()); },
        [&](const Question& q) { return peer.newest(q.tag, q.type, q.importance, out.data()); });
    compare(
        context, prefix + "count", questions, items.size(),
        [&](const Question& q) { return count_all(store, q); },
        [&](const Question& q) { return peer.count(q.tag, q.type, q.importance); });
  }
  remove_database(peer_path);
}

}  // namespace

void run_filter(Context& context) {
  const size_t count = context.size(100'000, 1'000'000);
  compare_on(context, context.items(count), context.store_path(kDatabaseLadder, count), "");
  if (const Items* dialogues = context.dialogues()) {
    const std::string path = context.make_store(*dialogues, kDatabaseLadder);
    compare_on(context, *dialogues, path, "dialogues_");
    remove_database(path);
  }
}

}  // namespace bench
