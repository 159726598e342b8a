// The steps of operations.json, each one call of memtier.h or a few.
#include "conformance/machine.h"

#include <array>
#include <cmath>

#include "base/temp_folder.h"

namespace memtier::testing {

using nlohmann::json;

Machine::Action Machine::action(const std::string& name) {
  static const std::map<std::string, Action> kActions = {
      {"advance", &Machine::advance},
      {"open", &Machine::open},
      {"close", &Machine::close},
      {"flush", &Machine::flush},
      {"put", &Machine::put},
      {"put_many", &Machine::put_many},
      {"get", &Machine::get},
      {"get_into", &Machine::get_into},
      {"get_many", &Machine::get_many},
      {"update", &Machine::update},
      {"delete", &Machine::delete_one},
      {"delete_many", &Machine::delete_many},
      {"exists", &Machine::exists},
      {"validate", &Machine::validate},
      {"move", &Machine::move},
      {"count", &Machine::count},
      {"list", &Machine::list},
      {"update_where", &Machine::update_where},
      {"delete_where", &Machine::delete_where},
      {"search", &Machine::search},
      {"sweep", &Machine::sweep},
      {"optimize", &Machine::optimize},
      {"tier_clear", &Machine::tier_clear},
      {"transitions", &Machine::transitions},
      {"tiers", &Machine::tiers},
      {"statistics", &Machine::statistics},
      {"collection_create", &Machine::collection_create},
      {"collections", &Machine::collections},
      {"collection_drop", &Machine::collection_drop},
      {"collection_copy", &Machine::collection_copy},
      {"collection_move", &Machine::collection_move},
      {"say", &Machine::say},
      {"say_many", &Machine::say_many},
      {"last", &Machine::last},
      {"recent", &Machine::recent},
      {"turn_context", &Machine::turn_context},
      {"replace", &Machine::replace},
      {"sessions", &Machine::sessions},
      {"remember", &Machine::remember},
      {"active", &Machine::active},
      {"know", &Machine::know},
      {"believe", &Machine::believe},
      {"history", &Machine::history},
      {"contradictions", &Machine::contradictions},
      {"episode", &Machine::episode},
      {"around", &Machine::around},
      {"record", &Machine::record},
      {"export", &Machine::export_lines},
      {"import", &Machine::import_lines}};
  const auto found = kActions.find(name);
  if (found == kActions.end()) throw std::logic_error("\"" + name + "\" is no step");
  return found->second;
}

void Machine::advance() {
  clock_.now_us += std::llround(step_->get("seconds", 0.0) * 1e6);
}

// Opens the store's file anew, or another path; a failure leaves it closed.
void Machine::open() {
  const std::string other = step_->text("path");
  const std::string bytes = step_->text("bytes");
  const std::string ladder = step_->has("ladder") ? step_->source("ladder") : ladder_;
  const std::string tokenizer = step_->text("tokenizer");
  const bool create = step_->get("create", true);
  close();
  // A name such as memory://x is none in a folder.
  const bool is_name = other.find("://") == std::string::npos;
  const std::string path =
      other.empty() ? path_of(name_) : (is_name ? folder_ + "/" + other : other);
  if (!bytes.empty()) write_file(path, bytes);
  open_store(path, ladder, tokenizer, create);
}

void Machine::close() {
  ask([&](memtier_error** error) { return memtier_store_close(store_, error); });
}

void Machine::flush() {
  ask([&](memtier_error** error) { return memtier_store_flush(store_, &control_, error); });
}

void Machine::put() {
  const int32_t how = mode();
  const int32_t level = durability();
  const BuilderHandle builder = draft(step_->source("item"));
  memtier_item* item = nullptr;
  ask([&](memtier_error** error) {
    return memtier_item_put(store_, scope_.get(), builder.get(), how, level, &item, error);
  });
  expect_item(item);
}

// An item that no builder takes is that item's failure, as if the call had refused it.
void Machine::put_many() {
  const int32_t how = mode();
  const int32_t level = durability();
  std::vector<BuilderHandle> builders;
  std::vector<const memtier_item_builder*> pointers;
  for (const Document& item : step_->elements("items")) {
    builders.push_back(make_builder(item.text));
    pointers.push_back(builders.back().get());
  }
  memtier_items* items = nullptr;
  memtier_error* error = nullptr;
  const memtier_status status = memtier_item_put_many(store_, scope_.get(), pointers.data(),
                                                      static_cast<int64_t>(pointers.size()), how,
                                                      level, &control_, &items, &error);
  if (items != nullptr) expect_entries(items, {});
  ask([&](memtier_error** out) {
    *out = error;
    return status;
  });
}

void Machine::get() {
  const std::string id = step_->text("id");
  memtier_item* item = nullptr;
  ask([&](memtier_error** error) {
    return memtier_item_get(store_, scope_.get(), id.data(), id.size(), &item, error);
  });
  expect_item(item);
}

void Machine::get_into() {
  const std::string id = step_->text("id");
  std::string buffer(step_->get<size_t>("room", 0), '\0');
  size_t size = 0;
  ask([&](memtier_error** error) {
    return memtier_item_get_into(store_, scope_.get(), id.data(), id.size(), buffer.data(),
                                 buffer.size(), &size, error);
  });
  EXPECT_LE(size, buffer.size());
}

namespace {

// Ids one behind the other, and where each ends.
struct Packed {
  explicit Packed(const Names& ids) {
    for (const std::string& id : ids) {
      text += id;
      ends.push_back(static_cast<int64_t>(text.size()));
    }
  }
  int64_t count() const { return static_cast<int64_t>(ends.size()); }
  std::string text;
  std::vector<int64_t> ends;
};

}  // namespace

void Machine::get_many() {
  const Names ids = step_->get("ids", Names());
  const Packed packed(ids);
  memtier_items* items = nullptr;
  ask([&](memtier_error** error) {
    return memtier_item_get_many(store_, scope_.get(), packed.text.data(), packed.ends.data(),
                                 packed.count(), &control_, &items, error);
  });
  expect_entries(items, ids);
}

void Machine::update() {
  const std::string id = step_->text("id");
  const int32_t level = durability();
  const BuilderHandle builder = changes();
  memtier_item* item = nullptr;
  ask([&](memtier_error** error) {
    return memtier_item_update(store_, scope_.get(), id.data(), id.size(), builder.get(), level,
                               &item, error);
  });
  expect_item(item);
}

void Machine::delete_one() {
  const std::string id = step_->text("id");
  const auto version = step_->get<int64_t>("version", 0);
  const int32_t level = durability();
  ask([&](memtier_error** error) {
    return memtier_item_delete(store_, scope_.get(), id.data(), id.size(), version, level, error);
  });
}

void Machine::delete_many() {
  const Packed packed(step_->get("ids", Names()));
  const int32_t level = durability();
  memtier_items* items = nullptr;
  ask([&](memtier_error** error) {
    return memtier_item_delete_many(store_, scope_.get(), packed.text.data(), packed.ends.data(),
                                    packed.count(), level, &control_, &items, error);
  });
  expect_entries(items, {});
}

void Machine::exists() {
  const std::string id = step_->text("id");
  int32_t exists = -1;
  ask([&](memtier_error** error) {
    return memtier_item_exists(store_, scope_.get(), id.data(), id.size(), &exists, error);
  });
  expect("exists", exists == 1);
}

void Machine::validate() {
  const std::string id = step_->text("id");
  int64_t count = -1;
  ask([&](memtier_error** error) {
    return memtier_item_validate(store_, scope_.get(), id.data(), id.size(), &count, error);
  });
  expect_count(count);
}

void Machine::move() {
  const std::string id = step_->text("id");
  const std::string tier = step_->text("tier");
  ask([&](memtier_error** error) {
    return memtier_item_move(store_, scope_.get(), id.data(), id.size(), tier.data(), tier.size(),
                             error);
  });
}

void Machine::count() {
  const std::string filter = step_->source("filter");
  int64_t count = -1;
  ask([&](memtier_error** error) {
    return memtier_item_count(store_, scope_.get(), filter.data(), filter.size(), &control_, &count,
                              error);
  });
  expect_count(count);
}

std::string Machine::list_document() {
  std::string document;
  const auto add = [&](const std::string& key, const std::string& value) {
    document += (document.empty() ? "{\"" : ", \"") + key + "\": " + value;
  };
  for (const char* key : {"filter", "order_by", "descending", "skip", "limit"}) {
    if (step_->has(key)) add(key, step_->source(key));
  }
  if (step_->get("after", false)) add("after", json(token_).dump());
  return document.empty() ? document : document + "}";
}

void Machine::list() {
  const std::string document = list_document();
  const auto page_size = step_->get<int64_t>("page", 100);
  const auto pages = step_->get<int64_t>("pages", -1);
  memtier_cursor* opened = nullptr;
  ask([&](memtier_error** error) {
    return memtier_item_list(store_, scope_.get(), document.data(), document.size(), &opened,
                             error);
  });
  const Handle<memtier_cursor, memtier_cursor_destroy> cursor(opened);
  Names ids;
  for (int64_t read = 0; read != pages; ++read) {
    memtier_items* page = nullptr;
    ask([&](memtier_error** error) {
      return memtier_cursor_next(opened, page_size, &control_, &page, error);
    });
    const ItemsHandle items(page);
    if (memtier_items_count(page) == 0) break;
    for (const std::string& id : ids_of(page)) ids.push_back(id);
  }
  memtier_bytes* token = nullptr;
  ask([&](memtier_error** error) { return memtier_cursor_get_token(opened, &token, error); });
  token_.assign(static_cast<const char*>(memtier_bytes_data(token)), memtier_bytes_size(token));
  memtier_bytes_destroy(token);
  expect("ids", ids);
}

void Machine::update_where() {
  const std::string filter = step_->source("filter");
  const int32_t level = durability();
  const BuilderHandle builder = changes();
  int64_t count = -1;
  ask([&](memtier_error** error) {
    return memtier_item_update_where(store_, scope_.get(), filter.data(), filter.size(),
                                     builder.get(), level, &control_, &count, error);
  });
  expect_count(count);
}

void Machine::delete_where() {
  const std::string filter = step_->source("filter");
  const int32_t level = durability();
  int64_t count = -1;
  ask([&](memtier_error** error) {
    return memtier_item_delete_where(store_, scope_.get(), filter.data(), filter.size(), level,
                                     &control_, &count, error);
  });
  expect_count(count);
}

void Machine::search() {
  const std::string query = step_->source("query");
  memtier_hits* found = nullptr;
  ask([&](memtier_error** error) {
    return memtier_store_search(store_, scope_.get(), query.data(), query.size(), &control_, &found,
                                error);
  });
  const HitsHandle hits(found);
  Names ids;
  for (int64_t i = 0; i < memtier_hits_count(found); ++i) {
    memtier_slice id{};
    ask([&](memtier_error** error) {
      return memtier_hits_read_text(found, i, MEMTIER_FIELD_ID, &id, error);
    });
    ids.push_back(text_of(id));
  }
  expect("ids", ids);
}

void Machine::sweep() {
  int64_t count = -1;
  ask([&](memtier_error** error) { return memtier_store_sweep(store_, &control_, &count, error); });
  expect_count(count);
}

void Machine::optimize() {
  std::array<int64_t, MEMTIER_MAX_TIERS> demoted{};
  int64_t total = -1;
  ask([&](memtier_error** error) {
    return memtier_tier_optimize(store_, scope_.get(), &control_, demoted.data(),
                                 static_cast<int64_t>(demoted.size()), &total, error);
  });
  expect_count(total);
  std::map<std::string, int64_t> left;
  size_t tier = 0;
  for (const memtier_tier_statistics& statistics : all_tiers()) {
    left[static_cast<const char*>(statistics.name)] = demoted[tier++];
  }
  expect("demoted", left);
}

void Machine::tier_clear() {
  const std::string tiers = step_->source("tiers");
  int64_t count = -1;
  ask([&](memtier_error** error) {
    return memtier_tier_clear(store_, scope_.get(), tiers.data(), tiers.size(), &control_, &count,
                              error);
  });
  expect_count(count);
}

void Machine::transitions() {
  const std::string id = step_->text("id");
  const auto limit = step_->get<int64_t>("limit", 100);
  memtier_transitions* read = nullptr;
  ask([&](memtier_error** error) {
    return memtier_transition_list(store_, scope_.get(), id.data(), id.size(), 0, limit, &read,
                                   error);
  });
  const Handle<memtier_transitions, memtier_transitions_destroy> handle(read);
  std::vector<Names> rows(static_cast<size_t>(memtier_transitions_count(read)));
  for (const int32_t field :
       {MEMTIER_FIELD_ID, MEMTIER_FIELD_FROM_TIER, MEMTIER_FIELD_TO_TIER, MEMTIER_FIELD_REASON}) {
    const memtier_slice* column = nullptr;
    ask([&](memtier_error** error) {
      return memtier_transitions_column_text(read, field, &column, error);
    });
    for (size_t row = 0; row < rows.size(); ++row) rows[row].push_back(text_of(column[row]));
  }
  expect("rows", rows);
}

std::vector<memtier_tier_statistics> Machine::all_tiers() {
  int64_t count = 0;
  ask([&](memtier_error** error) { return memtier_tier_count(store_, &count, error); });
  std::vector<memtier_tier_statistics> tiers;
  for (int64_t tier = 0; tier < count; ++tier) {
    memtier_tier_statistics statistics{};
    statistics.struct_size = sizeof statistics;
    ask([&](memtier_error** error) {
      return memtier_tier_get_statistics(store_, tier, &statistics, error);
    });
    tiers.push_back(statistics);
  }
  return tiers;
}

void Machine::tiers() {
  std::map<std::string, int64_t> items;
  for (const memtier_tier_statistics& tier : all_tiers()) {
    items[static_cast<const char*>(tier.name)] = tier.item_count;
  }
  expect("items", items);
}

void Machine::statistics() {
  memtier_store_statistics read{};
  read.struct_size = sizeof read;
  ask([&](memtier_error** error) { return memtier_store_get_statistics(store_, &read, error); });
  const std::map<std::string, int64_t> actual = {{"item_count", read.item_count},
                                                 {"expired_count", read.expired_count},
                                                 {"gets", read.gets},
                                                 {"gets_missed", read.gets_missed},
                                                 {"puts", read.puts},
                                                 {"deletes", read.deletes},
                                                 {"searches", read.searches},
                                                 {"promotions", read.promotions},
                                                 {"demotions", read.demotions},
                                                 {"evictions", read.evictions},
                                                 {"expirations", read.expirations}};
  for (const auto& [key, value] : step_->get("values", std::map<std::string, int64_t>())) {
    EXPECT_EQ(actual.at(key), value) << key;
  }
}

void Machine::export_lines() {
  const std::string filter = step_->source("filter");
  const bool same = step_->get("same", false);
  std::string lines;
  memtier_writer writer{};
  writer.struct_size = sizeof writer;
  writer.user_data = &lines;
  writer.write = [](const void* data, size_t size, void* user_data) {
    static_cast<std::string*>(user_data)->append(static_cast<const char*>(data), size);
    return MEMTIER_CALLBACK_OK;
  };
  int64_t count = -1;
  ask([&](memtier_error** error) {
    return memtier_store_export(store_, scope_.get(), filter.data(), filter.size(), &writer,
                                &control_, &count, error);
  });
  expect_count(count);
  if (same) {
    EXPECT_EQ(lines, exported_);
  }
  exported_ = lines;
}

void Machine::import_lines() {
  std::string lines = step_->get("exported", false) ? exported_ : "";
  for (const Document& line : step_->elements("lines")) lines += line.text + "\n";
  const std::string document = step_->source("options");
  std::string_view rest = lines;
  memtier_reader reader{};
  reader.struct_size = sizeof reader;
  reader.user_data = &rest;
  reader.read = [](void* buffer, size_t room, size_t* out_size, void* user_data) {
    auto* left = static_cast<std::string_view*>(user_data);
    *out_size = left->copy(static_cast<char*>(buffer), room);
    left->remove_prefix(*out_size);
    return MEMTIER_CALLBACK_OK;
  };
  memtier_import_statistics read{};
  read.struct_size = sizeof read;
  ask([&](memtier_error** error) {
    return memtier_store_import(store_, scope_.get(), document.data(), document.size(), &reader,
                                &control_, &read, error);
  });
  const std::map<std::string, int64_t> actual = {
      {"lines", read.lines},       {"stored", read.stored},
      {"replaced", read.replaced}, {"skipped", read.skipped},
      {"failed", read.failed},     {"first_failed_line", read.first_failed_line}};
  for (const auto& [key, value] : step_->get("report", std::map<std::string, int64_t>())) {
    EXPECT_EQ(actual.at(key), value) << key;
  }
}

}  // namespace memtier::testing
