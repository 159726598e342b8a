#include "crash/victim.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

namespace memtier::testing {
namespace {

constexpr size_t kIds = 12;
constexpr uint32_t kLargeEvery = 61;

std::string id_of(const std::string& prefix, uint8_t number) {
  return prefix + std::to_string(number);
}

Call random_call(Random& random, uint32_t value) {
  Call call;
  const uint64_t kind = random.below(20);
  call.act = kind < 12   ? Act::kPut
             : kind < 15 ? Act::kRemove
             : kind < 19 ? Act::kMove
                         : Act::kFlush;
  if (call.act == Act::kFlush && !random.one_in(4)) call.act = Act::kPut;
  const uint64_t durability = random.below(10);
  call.durability = static_cast<uint8_t>(durability < 5   ? Durability::kNormal
                                         : durability < 9 ? Durability::kRelaxed
                                                          : Durability::kFull);
  if (call.act == Act::kMove) call.durability = static_cast<uint8_t>(Durability::kNormal);
  call.tier = static_cast<uint8_t>(random.below(4));
  call.value = value;
  call.id_count =
      call.act == Act::kMove ? 1 : static_cast<uint8_t>(1 + random.below(Call::kMaxIds));
  // A large item is a commit of its own.
  if (value % kLargeEvery == 0) call.id_count = 1;
  for (size_t i = 0; i < call.id_count; ++i) call.ids[i] = static_cast<uint8_t>(random.below(kIds));
  return call;
}

void do_call(Store& store, const Call& call, const std::string& prefix) {
  static const Scope kScope;
  const auto durability = static_cast<Durability>(call.durability);
  std::vector<std::string> ids;
  for (size_t i = 0; i < call.id_count; ++i) ids.push_back(id_of(prefix, call.ids[i]));
  if (call.act == Act::kFlush) {
    flush(store);
  } else if (call.act == Act::kMove) {
    const Status moved = store.move(kScope, ids[0], store.tier_names()[call.tier]);
    if (moved.code() != Code::kNotFound) must(moved.clone());
  } else if (call.act == Act::kRemove) {
    const std::vector<std::string_view> views(ids.begin(), ids.end());
    Control control;
    std::vector<Outcome> outcomes;
    must(store.remove_many(kScope, views, durability, control, &outcomes));
    for (Outcome& outcome : outcomes) {
      if (outcome.status.code() != Code::kNotFound) must(std::move(outcome.status));
    }
  } else {
    std::vector<Draft> drafts(ids.size());
    std::vector<Store::PutRequest> requests;
    for (size_t i = 0; i < ids.size(); ++i) {
      must(drafts[i].set_id(ids[i]));
      must(drafts[i].set_content(content_of(call.value)));
      requests.push_back({&drafts[i], &kScope});
    }
    Control control;
    std::vector<Outcome> outcomes;
    must(store.put_many(requests, PutMode::kReplace, durability, control, &outcomes));
    for (Outcome& outcome : outcomes) {
      must(std::move(outcome.status));
    }
  }
}

[[noreturn]] void write_until_killed(const std::string& path, const std::string& prefix,
                                     uint64_t seed, int pipe) {
  try {
    Random random(seed);
    const auto store = open_store(path, crash_options());
    for (uint32_t value = static_cast<uint32_t>(random.below(1000)) + 1;; ++value) {
      Call call = random_call(random, value);
      if (write(pipe, &call, sizeof call) != sizeof call) _exit(4);
      do_call(*store, call, prefix);
      call.done = true;
      if (write(pipe, &call, sizeof call) != sizeof call) _exit(4);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "victim: %s\n", error.what());
    _exit(3);
  }
}

}  // namespace

StoreOptions crash_options() {
  StoreOptions options;
  options.journal_bytes = 256 << 10;
  options.memory_limit_bytes = 16 << 20;
  options.relaxed_interval_ms = 1;
  options.ladder = R"({"tiers": [{"name": "a", "medium": "ram"}, {"name": "b", "medium": "ram"},
      {"name": "c", "medium": "database"}, {"name": "d", "medium": "archive"}]})";
  return options;
}

std::string content_of(uint32_t value) {
  std::string content = "value " + std::to_string(value);
  if (value % kLargeEvery == 0) content.append(100'000, 'x');
  return content;
}

void apply_call(const Call& call, const std::string& prefix, Model* model) {
  for (size_t i = 0; i < call.id_count; ++i) {
    const std::string id = id_of(prefix, call.ids[i]);
    const auto found = model->find(id);
    if (call.act == Act::kPut) {
      Expected& expected = (*model)[id];
      expected.value = call.value;
      ++expected.version;
    } else if (found != model->end() && call.act == Act::kRemove) {
      model->erase(found);
    } else if (found != model->end() && call.act == Act::kMove) {
      found->second.tier = call.tier;
    }
  }
}

Victim::Victim(const std::string& path, const std::string& prefix, uint64_t seed) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  process_ = fork();
  if (process_ == 0) {
    close(ends[0]);
    write_until_killed(path, prefix, seed, ends[1]);
  }
  close(ends[1]);
  pipe_ = ends[0];
}

Victim::~Victim() {
  (void)kill();
  close(pipe_);
}

bool Victim::read_call() {
  Call call;
  size_t got = 0;
  while (got < sizeof call) {
    const ssize_t count = read(pipe_, reinterpret_cast<char*>(&call) + got, sizeof call - got);
    if (count <= 0) return false;
    got += static_cast<size_t>(count);
  }
  if (call.done) {
    calls_.back().done = true;
    ++acknowledged_;
  } else {
    calls_.push_back(call);
  }
  return true;
}

bool Victim::wait_for(size_t acknowledged) {
  const size_t goal = acknowledged_ + acknowledged;
  while (acknowledged_ < goal) {
    if (!read_call()) return false;
  }
  return true;
}

bool Victim::kill() {
  if (process_ < 0) return true;
  ::kill(process_, SIGKILL);
  while (read_call()) {
  }
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

Model read_store(Store& store, const std::string& prefix) {
  Model model;
  for (const ItemRef& item : list_all(store, Scope())) {
    if (item->id().substr(0, prefix.size()) != prefix) continue;
    const std::string content(item->text(Text::kContent));
    const auto value = static_cast<uint32_t>(std::stoul(content.substr(6)));
    EXPECT_EQ(content, content_of(value)) << item->id() << " is neither the old nor the new";
    model[std::string(item->id())] = {value, item->header().version, item->tier()};
  }
  return model;
}

std::vector<Model> allowed_states(const Model& before, const std::vector<Call>& calls,
                                  const std::string& prefix) {
  std::vector<Model> states = {before};
  Model state = before;
  for (const Call& call : calls) {
    apply_call(call, prefix, &state);
    // A call that found nothing to do was no write: what was relaxed before it may still be lost.
    const bool writes =
        call.durability != static_cast<uint8_t>(Durability::kRelaxed) && state != states.back();
    const bool kept = call.done && (writes || call.act == Act::kFlush);
    if (kept) states.clear();
    states.push_back(state);
  }
  return states;
}

}  // namespace memtier::testing
