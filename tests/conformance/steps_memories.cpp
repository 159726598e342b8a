// The steps of operations.json about collections, conversations, contexts, knowledge, episodes and runs.
#include "conformance/machine.h"

namespace memtier::testing {

using nlohmann::json;

namespace {

std::string take_document(memtier_bytes* bytes) {
  std::string text(static_cast<const char*>(memtier_bytes_data(bytes)), memtier_bytes_size(bytes));
  memtier_bytes_destroy(bytes);
  return text;
}

Names texts_of(memtier_items* given) {
  const ItemsHandle items(given);
  Names texts;
  for (int64_t i = 0; i < memtier_items_count(given); ++i) {
    memtier_item* item = nullptr;
    check([&](memtier_error** error) { return memtier_items_get(given, i, &item, error); });
    texts.push_back(text_of(item, MEMTIER_FIELD_CONTENT));
    memtier_item_destroy(item);
  }
  return texts;
}

}  // namespace

void Machine::collection_create() {
  const std::string document = step_->source("collection");
  ask([&](memtier_error** error) {
    return memtier_collection_create(store_, document.data(), document.size(), error);
  });
}

void Machine::collections() {
  memtier_bytes* bytes = nullptr;
  ask([&](memtier_error** error) {
    return memtier_collection_list(store_, scope_.get(), &control_, &bytes, error);
  });
  std::vector<Names> rows;
  for (const json& one : json::parse(take_document(bytes))) {
    rows.push_back(
        {one.at("name"), one.at("description"), std::to_string(one.at("items").get<int64_t>())});
  }
  expect("rows", rows);
}

void Machine::collection_drop() {
  const std::string name = step_->text("name");
  const bool with_items = step_->get("with_items", false);
  int64_t count = -1;
  ask([&](memtier_error** error) {
    return memtier_collection_drop(
        store_, name.data(), name.size(),
        with_items ? MEMTIER_COLLECTION_DROP_ITEMS : MEMTIER_COLLECTION_DROP_EMPTY, &control_,
        &count, error);
  });
  expect_count(count);
}

void Machine::collection_copy() {
  transfer(memtier_collection_copy);
}

void Machine::collection_move() {
  transfer(memtier_collection_move);
}

void Machine::transfer(decltype(&memtier_collection_copy) call) {
  const std::string filter = step_->source("filter");
  const std::string to = step_->text("to");
  const int32_t how = mode();
  const int32_t level = durability();
  int64_t count = -1;
  ask([&](memtier_error** error) {
    return call(store_, scope_.get(), filter.data(), filter.size(), to.data(), to.size(), how,
                level, &control_, &count, error);
  });
  expect_count(count);
}

void Machine::say() {
  const std::string turn = step_->source("turn");
  const auto version = step_->get<int64_t>("version", 0);
  const int32_t level = durability();
  memtier_item* item = nullptr;
  ask([&](memtier_error** error) {
    return memtier_conversation_append(store_, scope_.get(), turn.data(), turn.size(), version,
                                       level, &item, error);
  });
  expect_item(item);
}

void Machine::say_many() {
  const std::string turns = "{\"turns\": " + step_->source("turns") + "}";
  const auto version = step_->get<int64_t>("version", 0);
  const int32_t level = durability();
  memtier_items* items = nullptr;
  ask([&](memtier_error** error) {
    return memtier_conversation_append_many(store_, scope_.get(), turns.data(), turns.size(),
                                            version, level, &control_, &items, error);
  });
  expect("texts", texts_of(items));
}

void Machine::last() {
  const auto limit = step_->get<int64_t>("limit", 100);
  memtier_items* items = nullptr;
  int64_t version = -1;
  ask([&](memtier_error** error) {
    return memtier_conversation_read_last(store_, scope_.get(), limit, &items, &version, error);
  });
  expect("texts", texts_of(items));
  expect("conversation_version", version);
}

void Machine::recent() {
  const auto within_us = static_cast<int64_t>(step_->get("seconds", 0.0) * 1e6);
  const auto limit = step_->get<int64_t>("limit", 100);
  memtier_items* items = nullptr;
  ask([&](memtier_error** error) {
    return memtier_conversation_read_recent(store_, scope_.get(), within_us, limit, &control_,
                                            &items, error);
  });
  expect("texts", texts_of(items));
}

void Machine::turn_context() {
  const std::string document = step_->source("context");
  memtier_items* items = nullptr;
  ask([&](memtier_error** error) {
    return memtier_conversation_build_context(store_, scope_.get(), document.data(),
                                              document.size(), &control_, &items, error);
  });
  expect("texts", texts_of(items));
}

void Machine::replace() {
  const std::string turns = "{\"turns\": " + step_->source("turns") + "}";
  const auto version = step_->get<int64_t>("version", 0);
  const int32_t level = durability();
  int64_t changed = -1;
  ask([&](memtier_error** error) {
    return memtier_conversation_replace(store_, scope_.get(), turns.data(), turns.size(), version,
                                        level, nullptr, &changed, error);
  });
  expect_count(changed);
}

void Machine::sessions() {
  const auto limit = step_->get<int64_t>("limit", 100);
  memtier_bytes* bytes = nullptr;
  ask([&](memtier_error** error) {
    return memtier_conversation_list_sessions(store_, scope_.get(), limit, &control_, &bytes,
                                              error);
  });
  std::vector<Names> rows;
  for (const json& one : json::parse(take_document(bytes))) {
    rows.push_back({one.at("session"), std::to_string(one.at("turns").get<int64_t>())});
  }
  expect("rows", rows);
}

void Machine::remember() {
  const std::string key = step_->text("key");
  const std::string value = step_->text("value");
  const double importance = step_->get("importance", 0.5);
  const int32_t level = durability();
  memtier_item* item = nullptr;
  ask([&](memtier_error** error) {
    return memtier_context_remember(store_, scope_.get(), key.data(), key.size(), value.data(),
                                    value.size(), importance, level, &item, error);
  });
  expect_item(item);
}

void Machine::active() {
  const std::string document = step_->source("context");
  memtier_items* items = nullptr;
  ask([&](memtier_error** error) {
    return memtier_context_build(store_, scope_.get(), document.data(), document.size(), &control_,
                                 &items, error);
  });
  expect("texts", texts_of(items));
}

void Machine::put_document(const std::string& key, decltype(&memtier_episode_put) call) {
  const std::string document = step_->source(key);
  const int32_t level = durability();
  memtier_item* item = nullptr;
  ask([&](memtier_error** error) {
    return call(store_, scope_.get(), document.data(), document.size(), level, &item, error);
  });
  expect_item(item);
}

void Machine::know() {
  put_document("knowledge", memtier_knowledge_put);
}

void Machine::episode() {
  put_document("episode", memtier_episode_put);
}

void Machine::record() {
  put_document("run", memtier_run_record);
}

void Machine::believe() {
  const std::string id = step_->text("id");
  const std::string change = step_->source("change");
  const auto version = step_->get<int64_t>("version", 0);
  const int32_t level = durability();
  memtier_item* item = nullptr;
  ask([&](memtier_error** error) {
    return memtier_knowledge_update(store_, scope_.get(), id.data(), id.size(), change.data(),
                                    change.size(), version, level, &item, error);
  });
  expect_item(item);
}

void Machine::history() {
  const std::string id = step_->text("id");
  const auto limit = step_->get<int64_t>("limit", 100);
  memtier_items* items = nullptr;
  ask([&](memtier_error** error) {
    return memtier_knowledge_read_history(store_, scope_.get(), id.data(), id.size(), limit, &items,
                                          error);
  });
  expect("texts", texts_of(items));
}

void Machine::contradictions() {
  json request = {{"limit", step_->get<int64_t>("limit", 100)}};
  if (step_->has("filter")) request["filter"] = json::parse(step_->source("filter"));
  const std::string document = request.dump();
  memtier_bytes* bytes = nullptr;
  ask([&](memtier_error** error) {
    return memtier_knowledge_list_contradictions(store_, scope_.get(), document.data(),
                                                 document.size(), &control_, &bytes, error);
  });
  std::vector<Names> rows;
  for (const json& one : json::parse(take_document(bytes))) {
    const json& items = one.at("items");
    rows.push_back(
        {one.at("subject"), one.at("attribute"), items.at(0).at("id"), items.at(1).at("id")});
  }
  expect("rows", rows);
}

void Machine::around() {
  const std::string document = step_->source("around");
  memtier_items* items = nullptr;
  ask([&](memtier_error** error) {
    return memtier_episode_find_around(store_, scope_.get(), document.data(), document.size(),
                                       &control_, &items, error);
  });
  expect("texts", texts_of(items));
}

}  // namespace memtier::testing
