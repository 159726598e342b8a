#include "store.h"

namespace memtier {

Status Store::create_index(const IndexSpec& spec, Control& control) {
  Control guard = guarded(control);
  return storage_->create_index(spec, guard);
}

Result<std::string> Store::list_indexes() {
  ASSIGN_OR_RETURN(const std::vector<IndexInfo> infos, storage_->indexes());
  Json list = Json::array();
  for (const IndexInfo& info : infos) {
    Json entry = {{"name", info.name},
                  {"path", info.path},
                  {"kind", "path"},
                  {"state", info.ready ? "ready" : "building"},
                  {"entries", info.entries}};
    if (!info.ready) entry["items"] = info.filled;
    list.push_back(std::move(entry));
  }
  return list.dump();
}

Status Store::drop_index(std::string_view name, Control& control) {
  Control guard = guarded(control);
  return storage_->drop_index(name, guard);
}

}  // namespace memtier
