#include "conformance/machine.h"

#include "base/temp_folder.h"

namespace memtier::testing {

using nlohmann::json;

std::string Keys::source(const std::string& key) {
  return has(key) ? expand_repeats(member_source(document_.text, key)) : std::string();
}

std::vector<Document> Keys::elements(const std::string& key) {
  return has(key) ? elements_of(source(key)) : std::vector<Document>();
}

void Keys::finish() const {
  for (const auto& [key, value] : document_.value.items()) {
    if (read_.count(key) == 0) {
      throw std::logic_error("\"" + key + "\" is not known in " + label(document_));
    }
  }
}

std::string text_of(memtier_slice slice) {
  return {static_cast<const char*>(slice.data), slice.size};
}

std::string text_of(const memtier_item* item, int32_t field) {
  memtier_slice slice{};
  ask([&](memtier_error** error) { return memtier_item_read_text(item, field, &slice, error); });
  return text_of(slice);
}

Names ids_of(const memtier_items* items) {
  Names ids;
  for (int64_t i = 0; i < memtier_items_count(items); ++i) {
    memtier_item* item = nullptr;
    ask([&](memtier_error** error) { return memtier_items_get(items, i, &item, error); });
    ids.push_back(text_of(ItemHandle(item).get(), MEMTIER_FIELD_ID));
  }
  return ids;
}

namespace {

int32_t tell_time(int64_t* out_now_us, void* user_data) {
  auto* clock = static_cast<Clock*>(user_data);
  if (clock->fails) return kOwnFailure;
  if (clock->enters != nullptr) {
    int32_t exists = 0;
    clock->entered = memtier_item_exists(clock->enters, nullptr, "x", 1, &exists, nullptr);
  }
  *out_now_us = clock->now_us;
  return MEMTIER_CALLBACK_OK;
}

// The number of a name, such as "create".
int32_t choice(const std::map<std::string, int32_t>& names, const std::string& name) {
  const auto found = names.find(name);
  if (found == names.end()) throw std::logic_error("\"" + name + "\" is not known");
  return found->second;
}

}  // namespace

Machine::Machine(Keys& test, std::string folder) : folder_(std::move(folder)) {
  ladder_ = test.source("ladder");
  is_file_ = test.get("file", false);
  if (!test.has("options")) return;
  Keys options({test.value("options"), test.source("options")});
  eviction_order_ = options.text("eviction_order");
  refresh_ = options.get("ttl_refresh_on_read", false);
  options.finish();
}

Machine::~Machine() {
  for (const auto& [name, store] : stores_) memtier_store_close(store, nullptr);
}

void Machine::run(Keys& step) {
  step_ = &step;
  name_ = step.get<std::string>("store", "main");
  (void)step.has("about");
  const std::string expected = step.get<std::string>("status", "MEMTIER_OK");
  const std::string words = step.text("error");
  const Action act = action(step.text("do"));
  std::string status = "MEMTIER_OK";
  std::string message;
  prepare();
  try {
    if (step.has("scope")) scope_ = make_scope(step.value("scope"));
    (this->*act)();
  } catch (const Failure& failure) {
    status = memtier_status_name(failure.status());
    message = failure.what();
  }
  finish_clock();
  EXPECT_EQ(status, expected) << message;
  EXPECT_NE(message.find(words), std::string::npos) << message;
  step.finish();
}

// --- what steps have in common

void Machine::prepare() {
  if (stores_.count(name_) == 0) open_store(path_of(name_), ladder_, "", true);
  store_ = stores_[name_];
  scope_.reset();
  const std::string clock = step_->text("clock");
  clock_.fails = clock == "fails";
  inside_ = clock_.fails ? "" : clock;
  clock_.enters = inside_.empty() ? nullptr : store_;
  control_ = {};
  control_.struct_size = sizeof control_;
  cancel_.reset();
  if (step_->get("cancel", false)) {
    memtier_cancel* cancel = nullptr;
    ask([&](memtier_error** error) { return memtier_cancel_create(&cancel, error); });
    cancel_.reset(cancel);
    ask([&](memtier_error** error) { return memtier_cancel_trip(cancel, error); });
    control_.cancel = cancel;
  }
  if (choice({{"", 0}, {"fails", 1}}, step_->text("progress")) == 1) {
    control_.progress = [](int64_t, int64_t, void*) { return kOwnFailure; };
  }
}

void Machine::finish_clock() {
  if (!inside_.empty()) {
    EXPECT_EQ(memtier_status_name(clock_.entered), inside_);
  }
  clock_.fails = false;
  clock_.enters = nullptr;
}

std::string Machine::path_of(const std::string& name) const {
  return is_file_ ? folder_ + "/" + name + ".mem" : ":memory:";
}

void Machine::set_option(memtier_options* options, int32_t key, int64_t value) {
  ask([&](memtier_error** error) { return memtier_options_set_int64(options, key, value, error); });
}

void Machine::open_store(const std::string& path, const std::string& ladder,
                         const std::string& tokenizer, bool create) {
  memtier_options* options = nullptr;
  ask([&](memtier_error** error) { return memtier_options_create(&options, error); });
  const OptionsHandle handle(options);
  memtier_clock clock{};
  clock.struct_size = sizeof clock;
  clock.now = tell_time;
  clock.user_data = &clock_;
  ask([&](memtier_error** error) { return memtier_options_set_clock(options, &clock, error); });
  const bool is_preset = ladder.substr(0, 1) == "\"";
  const std::string steps = is_preset ? json::parse(ladder).get<std::string>() : ladder;
  for (const auto& [key, text] :
       {std::pair(MEMTIER_OPTION_LADDER, steps), std::pair(MEMTIER_OPTION_TOKENIZER, tokenizer)}) {
    ask([&, which = key, &value = text](memtier_error** error) {
      return memtier_options_set_text(options, which, value.data(), value.size(), error);
    });
  }
  set_option(options, MEMTIER_OPTION_CREATE, create ? 1 : 0);
  set_option(options, MEMTIER_OPTION_TTL_REFRESH_ON_READ, refresh_ ? 1 : 0);
  set_option(options, MEMTIER_OPTION_EVICTION_ORDER,
             choice({{"", MEMTIER_EVICTION_RETENTION},
                     {"lru", MEMTIER_EVICTION_LRU},
                     {"lfu", MEMTIER_EVICTION_LFU},
                     {"expiry", MEMTIER_EVICTION_EXPIRY},
                     {"priority", MEMTIER_EVICTION_PRIORITY}},
                    eviction_order_));
  memtier_store* store = nullptr;
  ask([&](memtier_error** error) {
    return memtier_store_open(path.c_str(), options, &store, error);
  });
  stores_[name_] = store;
}

BuilderHandle Machine::draft(const std::string& document) {
  BuilderHandle builder = make_builder(document.empty() ? "{}" : document);
  const auto version = step_->get<int64_t>("version", 0);
  ask([&](memtier_error** error) {
    return memtier_item_builder_set_int64(builder.get(), MEMTIER_FIELD_EXPECTED_VERSION, version,
                                          error);
  });
  return builder;
}

BuilderHandle Machine::changes() {
  // Read first: what "set" is refused for must not leave a key unread.
  const Names added = step_->get("add_tags", Names());
  const Names removed = step_->get("remove_tags", Names());
  BuilderHandle builder = draft(step_->source("set"));
  for (const std::string& tag : added) {
    ask([&](memtier_error** error) {
      return memtier_item_builder_add_tag(builder.get(), tag.data(), tag.size(), error);
    });
  }
  for (const std::string& tag : removed) {
    ask([&](memtier_error** error) {
      return memtier_item_builder_remove_tag(builder.get(), tag.data(), tag.size(), error);
    });
  }
  return builder;
}

int32_t Machine::durability() {
  return choice({{"default", MEMTIER_DURABILITY_DEFAULT},
                 {"relaxed", MEMTIER_DURABILITY_RELAXED},
                 {"normal", MEMTIER_DURABILITY_NORMAL},
                 {"full", MEMTIER_DURABILITY_FULL}},
                step_->get<std::string>("durability", "default"));
}

int32_t Machine::mode() {
  return choice({{"replace", MEMTIER_PUT_REPLACE},
                 {"create", MEMTIER_PUT_CREATE},
                 {"update", MEMTIER_PUT_UPDATE}},
                step_->get<std::string>("mode", "replace"));
}

// --- what they expect

// "gives": keys of the item's document with their values, metadata byte for byte; "absent".
void Machine::expect_item(memtier_item* given) {
  const ItemHandle item(given);
  const std::string document = json_of(given);
  const json actual = json::parse(document);
  const std::string gives = step_->has("gives") ? step_->source("gives") : "{}";
  const json expected = json::parse(gives);
  for (const auto& [key, value] : expected.items()) {
    EXPECT_TRUE(actual.value(key, json()) == value) << key << " of " << document.substr(0, 500);
  }
  const std::string metadata = member_source(gives, "metadata");
  if (!metadata.empty()) {
    EXPECT_EQ(member_source(document, "metadata"), metadata);
  }
  const Names absent = step_->get("absent", Names());
  for (const std::string& key : absent) {
    EXPECT_FALSE(actual.contains(key)) << key;
  }
}

// "statuses" of a batch; an entry with an item has the id that was asked for.
void Machine::expect_entries(memtier_items* given, const Names& ids) {
  const ItemsHandle items(given);
  Names statuses;
  for (int64_t i = 0; i < memtier_items_count(given); ++i) {
    memtier_status status = MEMTIER_INTERNAL;
    ask([&](memtier_error** error) {
      return memtier_items_read_status(given, i, &status, nullptr, error);
    });
    statuses.emplace_back(memtier_status_name(status));
    if (status != MEMTIER_OK || ids.empty()) continue;
    memtier_item* item = nullptr;
    ask([&](memtier_error** error) { return memtier_items_get(given, i, &item, error); });
    EXPECT_EQ(text_of(ItemHandle(item).get(), MEMTIER_FIELD_ID), ids[static_cast<size_t>(i)]);
  }
  expect("statuses", statuses);
}

void Machine::expect_count(int64_t count) {
  expect("count", count);
}

int run_operations(const Document& test, const std::string& folder) {
  Keys keys(test);
  (void)keys.text("name");
  const std::vector<Document> steps = keys.elements("steps");
  const Names languages = keys.get("languages", Names());
  Machine machine(keys, folder);
  keys.finish();
  for (const Document& step : steps) {
    SCOPED_TRACE(label(step));
    Keys step_keys(step);
    machine.run(step_keys);
  }
  return static_cast<int>(steps.size());
}

}  // namespace memtier::testing
