// For tests of storages: a sink that notes what it is told, and short ways to make items and writes.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/must.h"
#include "base/seed.h"
#include "base/temp_folder.h"
#include "model/filter.h"
#include "storage/sqlite/sqlite_storage.h"
#include "storage/storage.h"

namespace memtier::testing {

// Holds nothing in RAM; notes every change.
class RecordingSink : public ChangeSink {
 public:
  void on_change(const Change& change) override {
    const std::lock_guard lock(mutex_);
    changes_.push_back(change);
  }
  void on_reset() override {
    const std::lock_guard lock(mutex_);
    changes_.clear();
    ++resets_;
  }
  ItemRef resident(const ItemKey&) override { return {}; }
  std::optional<ItemHead> member(int32_t, int64_t) override { return std::nullopt; }

  std::vector<Change> changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
  }
  int resets() const {
    const std::lock_guard lock(mutex_);
    return resets_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Change> changes_;
  int resets_ = 0;
};

// An item to be made. Texts are borrowed.
struct ItemSpec {
  std::string_view id = "x";
  std::string_view content = "text";
  std::string_view type = "";
  std::string_view tags = "";  // joined by line feeds
  std::string_view metadata = "";
  int32_t tier = 0;
  double importance = 0.5;
  int64_t created_us = 1000;
  int64_t accessed_us = 1000;
  int64_t expires_us = 0;
  bool pinned = false;
  std::string_view content_type = "text/plain";
};

inline Ref<Item> make_item(const Scope& scope, const ItemSpec& spec) {
  ItemFields fields;
  fields[Text::kId] = spec.id;
  fields.set_scope(scope);
  fields[Text::kContent] = spec.content;
  fields[Text::kContentType] = spec.content_type;
  fields[Text::kType] = spec.type;
  fields[Text::kTags] = spec.tags;
  fields[Text::kMetadata] = spec.metadata;
  fields.tier = spec.tier;
  fields.importance = spec.importance;
  fields.created_us = spec.created_us;
  fields.updated_us = spec.created_us;
  fields.accessed_us = spec.accessed_us;
  fields.expires_us = spec.expires_us;
  fields.pinned = spec.pinned;
  return Item::create(fields, 0);
}

// A plan under which what the spec says is what is stored.
inline PutPlan given_plan(PutMode mode = PutMode::kReplace) {
  PutPlan plan;
  plan.mode = mode;
  plan.created_given = plan.accessed_given = plan.tier_given = true;
  return plan;
}

inline WriteOp put_op(const Scope& scope, const ItemSpec& spec,
                      const PutPlan& plan = given_plan()) {
  return WriteOp::put(make_item(scope, spec), &scope, plan);
}

// Commits one operation; its own status.
inline Status commit_one(Storage& storage, WriteOp operation, int64_t now_us = 1000,
                         Durability durability = Durability::kNormal) {
  must(storage.commit({&operation, 1}, durability, now_us, true));
  return std::move(operation.status);
}

inline ItemRef must_find(Storage& storage, const Scope& scope, std::string_view id) {
  return must(storage.find(ItemKey(scope, id)));
}

inline FilterRef parse_filter(std::string_view text) {
  return must(Filter::parse(text));
}

inline std::vector<std::string> list_ids(Storage& storage, const Scope& scope, int64_t now_us,
                                         std::string_view document = R"({"order_by": "id",
                                                                         "descending": false})") {
  const ListRequest request = must(ListRequest::parse(document));
  const Page page = must(storage.list({&scope, now_us}, request, 100'000, StopCheck()));
  std::vector<std::string> ids;
  for (const ItemRef& item : page.items) ids.emplace_back(item->id());
  return ids;
}

inline SqliteSettings small_settings(const std::string& path) {
  SqliteSettings settings;
  settings.path = path;
  settings.journal_bytes = 256 << 10;
  settings.cache_bytes = 4 << 20;
  return settings;
}

// What the conformance suite runs on.
struct SqliteFile {
  static SqliteSettings settings(const TempFolder& folder) { return small_settings(folder.file()); }
};
struct SqliteMemory {
  static SqliteSettings settings(const TempFolder&) { return small_settings(":memory:"); }
};

// A storage with its sink.
struct OpenStorage {
  explicit OpenStorage(const SqliteSettings& settings, FoldObserver* observer = nullptr)
      : storage(must(SqliteStorage::open(settings))) {
    must(storage->attach(&sink, observer));
  }
  explicit OpenStorage(const std::string& path) : OpenStorage(small_settings(path)) {}
  SqliteStorage& operator*() { return *storage; }
  SqliteStorage* operator->() { return storage.get(); }

  RecordingSink sink;
  std::unique_ptr<SqliteStorage> storage;
};

}  // namespace memtier::testing
