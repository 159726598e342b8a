#include <algorithm>

#include "store.h"

namespace memtier {

Status Store::create_index(const IndexSpec& spec, Control& control) {
  if (key_indexes_->contains(spec.name)) {
    return {Code::kExists, "index \"" + spec.name + "\" exists, with a callback"};
  }
  Control guard = guarded(control);
  return storage_->create_index(spec, guard);
}

Status Store::create_index(const std::string& name, KeyExtractor extractor, Control& control) {
  ASSIGN_OR_RETURN(const std::vector<IndexInfo> infos, storage_->indexes(false, {}));
  for (const IndexInfo& info : infos) {
    if (info.name != name) continue;
    return {Code::kExists, "index \"" + name + "\" exists, with the path \"" + info.path + '"'};
  }
  Control guard = guarded(control);
  return key_indexes_->create(name, std::move(extractor), guard);
}

Result<std::string> Store::list_indexes(Control& control) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(const std::vector<IndexInfo> infos, storage_->indexes(true, guard.stop_check()));
  std::vector<Json> entries;
  for (const IndexInfo& info : infos) {
    Json entry = {{"name", info.name},
                  {"path", info.path},
                  {"kind", "path"},
                  {"state", info.ready ? "ready" : "building"},
                  {"entries", info.entries}};
    if (!info.ready) entry["items"] = info.filled;
    entries.push_back(std::move(entry));
  }
  for (const KeyIndexes::Info& info : key_indexes_->list()) {
    entries.push_back(
        {{"name", info.name}, {"kind", "callback"}, {"state", "ready"}, {"entries", info.entries}});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Json& a, const Json& b) { return a["name"] < b["name"]; });
  const auto count = static_cast<int64_t>(entries.size());
  RETURN_IF_ERROR(guard.finish(count, count));
  return Json(entries).dump();
}

Status Store::drop_index(std::string_view name, Control& control) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  if (key_indexes_->drop(name)) return guard.finish(1, 1);
  return storage_->drop_index(name, guard);
}

}  // namespace memtier
