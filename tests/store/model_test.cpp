// Random operations on a store - two handles on one file, closed and opened again, in tiers and scopes,
// with a clock that moves - against a model that is a map. A difference shrinks to a short program.
#include <rapidcheck.h>

#include <map>
#include <set>

#include "store/store_testing.h"

namespace memtier::testing {
namespace {

constexpr const char* kLadder =
    R"({"tiers": [{"name": "ram", "medium": "ram"}, {"name": "db", "medium": "database"},
                  {"name": "cold", "medium": "archive"}]})";
const std::vector<std::string> kTiers = {"ram", "db", "cold"};
const std::vector<Names> kScopes = {{}, {.user = "ada"}, {.user = "ada", .session = "s"}};

enum class Act {
  kPut,
  kCreate,
  kPutWithTtl,
  kUpdate,
  kDelete,
  kValidate,
  kMove,
  kGet,
  kCompare,
  kSearch,
  kWait,
  kSweep,
  kFold,
  kReopen,
};

struct Step {
  Act act = Act::kPut;
  int id = 0;
  int scope = 0;
  int handle = 0;
  int value = 0;
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
  static const char* const kNames[] = {"put",      "create", "put_with_ttl", "update",  "delete",
                                       "validate", "move",   "get",          "compare", "search",
                                       "wait",     "sweep",  "fold",         "reopen"};
  return out << kNames[static_cast<int>(step.act)] << "(id " << step.id << ", scope " << step.scope
             << ", handle " << step.handle << ", value " << step.value << ")";
}

rc::Gen<Step> any_step() {
  return rc::gen::build<Step>(
      rc::gen::set(&Step::act, rc::gen::weightedElement<Act>({{6, Act::kPut},
                                                              {2, Act::kCreate},
                                                              {3, Act::kPutWithTtl},
                                                              {4, Act::kUpdate},
                                                              {4, Act::kDelete},
                                                              {2, Act::kValidate},
                                                              {3, Act::kMove},
                                                              {4, Act::kGet},
                                                              {2, Act::kCompare},
                                                              {2, Act::kSearch},
                                                              {3, Act::kWait},
                                                              {1, Act::kSweep},
                                                              {1, Act::kFold},
                                                              {1, Act::kReopen}})),
      rc::gen::set(&Step::id, rc::gen::inRange(0, 4)),
      rc::gen::set(&Step::scope, rc::gen::inRange(0, 3)),
      rc::gen::set(&Step::handle, rc::gen::inRange(0, 2)),
      rc::gen::set(&Step::value, rc::gen::inRange(0, 30)));
}

struct ModelItem {
  int value = 0;
  int64_t version = 0;
  int64_t expires_us = 0;
  int64_t validations = 0;
  int tier = 0;
};

std::string word_of(int value) {
  return "word" + std::to_string(value % 5);
}

std::string content_of(int value) {
  return "Number " + std::to_string(value) + " says " + word_of(value);
}

// The store beside its model. Each function does one step on both and compares the answers.
class Pair {
 public:
  Pair() : clock_(make_clock()) {
    for (auto& store : stores_) store = open();
  }

  void run(const Step& step) {
    key_ = {step.scope, step.id};
    id_ = "i" + std::to_string(step.id);
    scope_ = scope_of(kScopes[static_cast<size_t>(step.scope)]);
    store_ = stores_[static_cast<size_t>(step.handle)].get();
    switch (step.act) {
      case Act::kPut:
        return put(step, PutMode::kReplace, 0);
      case Act::kCreate:
        return put(step, PutMode::kCreate, 0);
      case Act::kPutWithTtl:
        return put(step, PutMode::kReplace, 5 * kSecondUs);
      case Act::kUpdate:
        return update(step);
      case Act::kDelete:
        return remove();
      case Act::kValidate:
        return validate();
      case Act::kMove:
        return move(step.value % 3);
      case Act::kGet:
        return get();
      case Act::kCompare:
        return compare(step.value % 3);
      case Act::kSearch:
        return search(step.value);
      case Act::kWait:
        return clock_->advance_us(2 * kSecondUs);
      case Act::kSweep:
        return sweep();
      case Act::kFold:
        return flush(*store_);
      case Act::kReopen:
        return reopen(static_cast<size_t>(step.handle));
    }
  }

  void finish() {
    for (auto& store : stores_) {
      store_ = store.get();
      for (int tier = 0; tier < 3; ++tier) compare(tier);
    }
  }

 private:
  using Key = std::pair<int, int>;  // scope, id

  std::unique_ptr<Store> open() {
    StoreOptions options = quiet_options(clock_);
    options.ladder = kLadder;
    options.journal_bytes = 256 << 10;
    return open_store(folder_.file(), std::move(options));
  }

  int64_t now() const {
    int64_t now = 0;
    must(clock_->read(&now));
    return now;
  }
  bool is_alive(const ModelItem& item) const {
    return item.expires_us == 0 || item.expires_us > now();
  }
  // What a call with the scope and id of this step means: exactly that item, else the only one that the
  // scope allows.
  std::vector<Key> meant() const {
    const auto exact = model_.find(key_);
    if (exact != model_.end() && is_alive(exact->second)) return {key_};
    std::vector<Key> found;
    for (const auto& [key, item] : model_) {
      const bool allowed = key.second == key_.second && key.first >= key_.first;
      if (allowed && is_alive(item)) found.push_back(key);
    }
    return found;
  }
  // The model's item, or null after having checked that the store says why not.
  ModelItem* resolve(const Status& status) {
    const std::vector<Key> keys = meant();
    const Code expected = keys.empty()      ? Code::kNotFound
                          : keys.size() > 1 ? Code::kAmbiguous
                                            : Code::kOk;
    RC_ASSERT(static_cast<int>(status.code()) == static_cast<int>(expected));
    return expected == Code::kOk ? &model_[keys[0]] : nullptr;
  }

  void put(const Step& step, PutMode mode, int64_t ttl_us) {
    Draft draft;
    must(draft.set_id(id_));
    must(draft.set_content(content_of(step.value)));
    if (ttl_us != 0) draft.ttl_us = ttl_us;
    const Outcome outcome = testing::put(*store_, scope_, draft, mode);
    const auto found = model_.find(key_);
    const bool visible = found != model_.end() && is_alive(found->second);
    if (mode == PutMode::kCreate && visible) {
      RC_ASSERT(outcome.status.code() == Code::kExists);
      return;
    }
    RC_ASSERT(outcome.status.ok());
    ModelItem item = visible ? found->second : ModelItem();
    item.version = found == model_.end() ? 1 : found->second.version + 1;
    item.value = step.value;
    item.expires_us = ttl_us == 0 ? 0 : now() + ttl_us;
    model_[key_] = item;
    RC_ASSERT(outcome.item->header().version == item.version);
  }

  void update(const Step& step) {
    Draft patch;
    must(patch.set_content(content_of(step.value)));
    auto updated = store_->update(scope_, id_, patch, Durability::kNormal);
    ModelItem* item = resolve(updated.take_status());
    if (item == nullptr) return;
    item->value = step.value;
    ++item->version;
  }

  void remove() {
    const std::vector<Key> keys = meant();
    if (resolve(store_->remove(scope_, id_, 0, Durability::kNormal)) != nullptr) {
      model_.erase(keys[0]);
    }
  }

  void validate() {
    auto count = store_->validate(scope_, id_);
    const bool ok = count.ok();
    const int64_t validations = ok ? *count : 0;
    ModelItem* item = resolve(count.take_status());
    if (item != nullptr) RC_ASSERT(++item->validations == validations);
  }

  void move(int tier) {
    ModelItem* item = resolve(store_->move(scope_, id_, kTiers[static_cast<size_t>(tier)]));
    if (item != nullptr) item->tier = tier;
  }

  void get() {
    auto found = store_->get(scope_, id_);
    const ItemRef item = found.ok() ? *found : ItemRef();
    const ModelItem* expected = resolve(found.take_status());
    if (expected == nullptr) return;
    RC_ASSERT(item->text(Text::kContent) == content_of(expected->value));
    RC_ASSERT(item->header().version == expected->version);
    RC_ASSERT(item->validation_count() == expected->validations);
    RC_ASSERT(item->tier() == expected->tier);
    RC_ASSERT(item->expires_us() == expected->expires_us);
  }

  // Everything, and what lies in one tier, by list and by count.
  void compare(int tier) {
    std::multiset<std::string> expected;
    int64_t in_tier = 0;
    for (const auto& [key, item] : model_) {
      if (!is_alive(item)) continue;
      expected.insert("i" + std::to_string(key.second) + " " + content_of(item.value));
      in_tier += item.tier == tier ? 1 : 0;
    }
    std::multiset<std::string> found;
    for (const ItemRef& item : list_all(*store_, Scope())) {
      found.insert(std::string(item->id()) + " " + std::string(item->text(Text::kContent)));
    }
    RC_ASSERT(found == expected);
    const std::string filter = R"({"tier": ")" + kTiers[static_cast<size_t>(tier)] + R"("})";
    RC_ASSERT(must(store_->count(Scope(), filter_of(filter))) == in_tier);
  }

  void search(int value) {
    // Turns lend each other no words here: the model knows what each item says itself.
    const auto query =
        must(Query::parse(R"({"limit": 100, "weights": {"neighbours": 0, "session": 0},
        "text": ")" + word_of(value) +
                          R"("})"));
    std::multiset<std::string> found;
    for (const ItemRef& item : must(store_->search(scope_, *query, Control())).items) {
      found.insert(std::string(item->text(Text::kContent)));
    }
    std::multiset<std::string> expected;
    for (const auto& [key, item] : model_) {
      const bool fits = key.first >= key_.first && word_of(item.value) == word_of(value);
      if (fits && is_alive(item)) expected.insert(content_of(item.value));
    }
    RC_ASSERT(found == expected);
  }

  void sweep() {
    int64_t expected = 0;
    for (auto it = model_.begin(); it != model_.end();) {
      const bool over = !is_alive(it->second);
      expected += over ? 1 : 0;
      it = over ? model_.erase(it) : std::next(it);
    }
    Control control;
    int64_t swept = 0;
    must(store_->sweep(control, &swept));
    RC_ASSERT(swept == expected);
  }

  void reopen(size_t handle) {
    must(stores_[handle]->close());
    stores_[handle].reset();
    stores_[handle] = open();
  }

  TempFolder folder_;
  std::shared_ptr<ManualClock> clock_;
  std::unique_ptr<Store> stores_[2];
  std::map<Key, ModelItem> model_;
  // Of the step under way:
  Key key_;
  std::string id_;
  Scope scope_;
  Store* store_ = nullptr;
};

// RapidCheck prints the failing steps and how to repeat the run (RC_PARAMS).
TEST(Model, a_store_behaves_like_a_map) {
  const bool ok = rc::check([] {
    const auto steps = *rc::gen::scale(2.0, rc::gen::container<std::vector<Step>>(any_step()));
    Pair pair;
    for (const Step& step : steps) pair.run(step);
    pair.finish();
  });
  EXPECT_TRUE(ok);
}

}  // namespace
}  // namespace memtier::testing
