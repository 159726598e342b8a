// For tests: stores with a clock that the test moves, and short ways to write items.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/must.h"
#include "base/temp_folder.h"
#include "store.h"

namespace memtier::testing {

inline constexpr int64_t kStartUs = 1'780'272'000'000'000;  // 2026-06-01T00:00:00Z

inline std::shared_ptr<ManualClock> make_clock() {
  return std::make_shared<ManualClock>(kStartUs);
}

// Everything that could happen by itself is off.
inline StoreOptions quiet_options(std::shared_ptr<Clock> clock) {
  StoreOptions options;
  options.background = false;
  options.clock = std::move(clock);
  options.random_seed = 1;
  options.journal_bytes = 1 << 20;
  return options;
}

inline std::unique_ptr<Store> open_store(const std::string& path, StoreOptions options) {
  return must(Store::open(path, std::move(options)));
}

// A scope from its names, as a pattern or an address.
struct Names {
  std::string_view collection{};
  std::string_view app{};
  std::string_view user{};
  std::string_view agent{};
  std::string_view session{};
};
inline Scope scope_of(const Names& names) {
  return Scope({names.collection, names.app, names.user, names.agent, names.session});
}

inline Draft draft_of(std::string_view json) {
  Draft draft;
  must(draft.set_json(must(parse_item_document(json)), json));
  return draft;
}

inline Outcome put(Store& store, const Scope& scope, const Draft& draft,
                   PutMode mode = PutMode::kReplace, Durability durability = Durability::kDefault) {
  const Store::PutRequest request{&draft, &scope};
  return must(store.put(request, mode, durability));
}

inline ItemRef must_put(Store& store, const Scope& scope, std::string_view json) {
  Outcome outcome = put(store, scope, draft_of(json));
  must(std::move(outcome.status));
  return outcome.item;
}
inline ItemRef must_put(Store& store, std::string_view json) {
  return must_put(store, Scope(), json);
}

inline void flush(Store& store) {
  Control control;
  must(store.flush(control));
}

inline FilterRef filter_of(std::string_view text) {
  return must(Filter::parse(text));
}

inline std::vector<ItemRef> list_all(Store& store, const Scope& scope,
                                     std::string_view document = "") {
  ListRequest request = must(ListRequest::parse(document));
  std::vector<ItemRef> items;
  do {
    Page page = must(store.list(scope, request, 1000, Control()));
    items.insert(items.end(), page.items.begin(), page.items.end());
    request.after = page.token;
  } while (!request.after.empty());
  return items;
}

inline std::vector<std::string> ids_of(const std::vector<ItemRef>& items) {
  std::vector<std::string> ids;
  for (const ItemRef& item : items) ids.emplace_back(item->id());
  return ids;
}

inline std::vector<std::string> texts_of(const std::vector<ItemRef>& items) {
  std::vector<std::string> texts;
  for (const ItemRef& item : items) texts.emplace_back(item->text(Text::kContent));
  return texts;
}

inline std::vector<std::string> listed(Store& store, std::string_view document = "",
                                       const Scope& scope = Scope()) {
  return ids_of(list_all(store, scope, document));
}

// Does to a closed store what nobody should.
inline void change_file(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  sqlite3_close(db);
}

}  // namespace memtier::testing
