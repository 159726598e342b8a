#include "conformance/c_store.h"

#include <cstring>

namespace memtier::testing {
namespace {

using nlohmann::json;

int32_t standing_clock(int64_t* out_now_us, void* user_data) {
  std::memcpy(out_now_us, user_data, sizeof *out_now_us);
  return MEMTIER_CALLBACK_OK;
}

struct Lines {
  const std::string* text;
  size_t at;
};

int32_t read_lines(void* buffer, size_t buffer_size, size_t* out_size, void* user_data) {
  auto* lines = static_cast<Lines*>(user_data);
  *out_size = std::min(buffer_size, lines->text->size() - lines->at);
  std::memcpy(buffer, lines->text->data() + lines->at, *out_size);
  lines->at += *out_size;
  return MEMTIER_CALLBACK_OK;
}

int32_t append_lines(const void* data, size_t data_size, void* user_data) {
  static_cast<std::string*>(user_data)->append(static_cast<const char*>(data), data_size);
  return MEMTIER_CALLBACK_OK;
}

}  // namespace

ScopeHandle make_scope(const json& names) {
  memtier_scope* scope = nullptr;
  check([&](memtier_error** error) { return memtier_scope_create(&scope, error); });
  ScopeHandle handle(scope);
  constexpr std::pair<const char*, int32_t> kParts[] = {{"app", MEMTIER_SCOPE_APP},
                                                        {"user", MEMTIER_SCOPE_USER},
                                                        {"agent", MEMTIER_SCOPE_AGENT},
                                                        {"session", MEMTIER_SCOPE_SESSION},
                                                        {"collection", MEMTIER_SCOPE_COLLECTION}};
  for (const auto& [key, part] : kParts) {
    const std::string name = names.value(key, std::string());
    check([&, which = part](memtier_error** error) {
      return memtier_scope_set(scope, which, name.data(), name.size(), error);
    });
  }
  return handle;
}

BuilderHandle make_builder(const std::string& document) {
  memtier_item_builder* builder = nullptr;
  check([&](memtier_error** error) { return memtier_item_builder_create(&builder, error); });
  BuilderHandle handle(builder);
  check([&](memtier_error** error) {
    return memtier_item_builder_set_json(builder, document.data(), document.size(), error);
  });
  return handle;
}

namespace {

struct Held {
  std::string image;
  memtier_slice tier{};
};

Held hold(const memtier_item* item) {
  Held held;
  size_t size = 0;
  (void)memtier_item_copy_image(item, nullptr, 0, &size, nullptr);
  held.image.resize(size);
  check([&](memtier_error** error) {
    return memtier_item_copy_image(item, held.image.data(), size, &size, error);
  });
  check([&](memtier_error** error) {
    return memtier_item_read_text(item, MEMTIER_FIELD_TIER, &held.tier, error);
  });
  return held;
}

std::string take_text(memtier_bytes* bytes) {
  std::string text(static_cast<const char*>(memtier_bytes_data(bytes)), memtier_bytes_size(bytes));
  memtier_bytes_destroy(bytes);
  return text;
}

}  // namespace

std::string json_of(const memtier_item* item) {
  memtier_bytes* bytes = nullptr;
  check([&](memtier_error** error) { return memtier_item_to_json(item, &bytes, error); });
  std::string by_handle = take_text(bytes);
  const Held held = hold(item);
  check([&](memtier_error** error) {
    return memtier_image_to_json(held.image.data(), held.image.size(),
                                 static_cast<const char*>(held.tier.data), held.tier.size, &bytes,
                                 error);
  });
  if (take_text(bytes) != by_handle) throw std::logic_error("the image's document differs");
  return by_handle;
}

bool is_match(const memtier_item* item, const std::string& filter) {
  int32_t by_handle = -1;
  int32_t by_image = -1;
  check([&](memtier_error** error) {
    return memtier_item_matches(item, filter.data(), filter.size(), &by_handle, error);
  });
  const Held held = hold(item);
  check([&](memtier_error** error) {
    return memtier_image_matches(held.image.data(), held.image.size(),
                                 static_cast<const char*>(held.tier.data), held.tier.size,
                                 filter.data(), filter.size(), &by_image, error);
  });
  if (by_image != by_handle) throw std::logic_error("the image matches otherwise than its item");
  return by_handle == 1;
}

CStore::CStore(const std::string& path, int64_t now_us, const std::string& tokenizer,
               const std::string& ladder) {
  memtier_options* created = nullptr;
  check([&](memtier_error** error) { return memtier_options_create(&created, error); });
  const OptionsHandle options(created);
  memtier_clock clock{};
  clock.struct_size = sizeof clock;
  clock.now = standing_clock;
  clock.user_data = new int64_t(now_us);
  clock.destroy = [](void* user_data) { delete static_cast<int64_t*>(user_data); };
  check([&](memtier_error** error) {
    return memtier_options_set_clock(options.get(), &clock, error);
  });
  check([&](memtier_error** error) {
    return memtier_options_set_text(options.get(), MEMTIER_OPTION_TOKENIZER, tokenizer.data(),
                                    tokenizer.size(), error);
  });
  check([&](memtier_error** error) {
    return memtier_options_set_text(options.get(), MEMTIER_OPTION_LADDER, ladder.data(),
                                    ladder.size(), error);
  });
  check([&](memtier_error** error) {
    return memtier_store_open(path.c_str(), options.get(), &store_, error);
  });
}

CStore::~CStore() {
  memtier_store_close(store_, nullptr);
}

ItemHandle CStore::put(const json& scope, const std::string& document) const {
  const ScopeHandle where = make_scope(scope);
  const BuilderHandle builder = make_builder(document);
  memtier_item* item = nullptr;
  check([&](memtier_error** error) {
    return memtier_item_put(store_, where.get(), builder.get(), MEMTIER_PUT_REPLACE,
                            MEMTIER_DURABILITY_DEFAULT, &item, error);
  });
  return ItemHandle(item);
}

int64_t CStore::count(const json& scope, const std::string& filter) const {
  const ScopeHandle where = make_scope(scope);
  int64_t count = 0;
  check([&](memtier_error** error) {
    return memtier_item_count(store_, where.get(), filter.data(), filter.size(), nullptr, &count,
                              error);
  });
  return count;
}

std::vector<ItemHandle> CStore::list(const json& scope, const std::string& document) const {
  const ScopeHandle where = make_scope(scope);
  memtier_cursor* opened = nullptr;
  check([&](memtier_error** error) {
    return memtier_item_list(store_, where.get(), document.data(), document.size(), &opened, error);
  });
  const Handle<memtier_cursor, memtier_cursor_destroy> cursor(opened);
  std::vector<ItemHandle> all;
  while (true) {
    memtier_items* page = nullptr;
    check([&](memtier_error** error) {
      return memtier_cursor_next(opened, 7, nullptr, &page, error);
    });
    const ItemsHandle items(page);
    if (memtier_items_count(page) == 0) return all;
    for (int64_t i = 0; i < memtier_items_count(page); ++i) {
      memtier_item* item = nullptr;
      check([&](memtier_error** error) { return memtier_items_get(page, i, &item, error); });
      all.emplace_back(item);
    }
  }
}

HitsHandle CStore::search(const json& scope, const std::string& query) const {
  const ScopeHandle where = make_scope(scope);
  memtier_hits* hits = nullptr;
  check([&](memtier_error** error) {
    return memtier_store_search(store_, where.get(), query.data(), query.size(), nullptr, &hits,
                                error);
  });
  return HitsHandle(hits);
}

std::string CStore::export_all() const {
  const ScopeHandle where = make_scope({{"collection", "*"}});
  std::string lines;
  memtier_writer writer{};
  writer.struct_size = sizeof writer;
  writer.write = append_lines;
  writer.user_data = &lines;
  int64_t count = 0;
  check([&](memtier_error** error) {
    return memtier_store_export(store_, where.get(), nullptr, 0, &writer, nullptr, &count, error);
  });
  return lines;
}

void CStore::import(const std::string& lines, const std::string& document) const {
  Lines state{&lines, 0};
  memtier_reader reader{};
  reader.struct_size = sizeof reader;
  reader.read = read_lines;
  reader.user_data = &state;
  check([&](memtier_error** error) {
    return memtier_store_import(store_, nullptr, document.data(), document.size(), &reader, nullptr,
                                nullptr, error);
  });
}

}  // namespace memtier::testing
