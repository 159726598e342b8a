#include <algorithm>

#include "base/text.h"
#include "store.h"

namespace memtier {

Status Store::create_space(const SpaceSpec& spec) {
  return storage_->create_space(spec);
}

Result<std::string> Store::list_spaces(Control& control) {
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  ASSIGN_OR_RETURN(const std::vector<SpaceInfo> infos, storage_->spaces(true, guard.stop_check()));
  Json entries = Json::array();
  for (const SpaceInfo& info : infos) {
    const SpaceSpec& spec = info.space.spec;
    // Of the embedder in use describe_embedder() tells; one that was in use before can be dropped.
    if (embedder_ && !spec.embedder.empty() && spec.name == embedder_->name()) continue;
    Json entry = {{"name", spec.name},
                  {"dimension", spec.dimension},
                  {"metric", metric_name(spec.metric)},
                  {"storage", vector_encoding_name(spec.encoding)},
                  {"vectors", info.vectors}};
    if (!spec.embedder.empty()) entry["embedder"] = spec.embedder;
    entries.push_back(std::move(entry));
  }
  const auto count = static_cast<int64_t>(entries.size());
  RETURN_IF_ERROR(guard.finish(count, count));
  return entries.dump();
}

Status Store::drop_space(std::string_view name, Control& control) {
  Control guard = guarded(control);
  return storage_->drop_space(name, guard);
}

Result<std::string> Store::measure_recall(const Scope& scope, const RecallRequest& request,
                                          Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  ASSIGN_OR_RETURN(const Json measured,
                   vector_index_->measure_recall(request, {&scope, now}, guard));
  return measured.dump();
}

// The caller's own vectors; what an embedder makes of the content it makes again.
Result<ExportExtras> Store::export_vectors() {
  ExportExtras extras;
  ASSIGN_OR_RETURN(const std::vector<SpaceInfo> infos, storage_->spaces(false, {}));
  std::vector<Space> spaces;
  for (const SpaceInfo& info : infos) {
    const SpaceSpec& spec = info.space.spec;
    if (!spec.embedder.empty()) continue;
    const Json line = {{"name", spec.name},
                       {"dimension", spec.dimension},
                       {"metric", metric_name(spec.metric)},
                       {"storage", vector_encoding_name(spec.encoding)}};
    extras.first_lines += R"({"memtier":1,"kind":"space",)" + line.dump().substr(1) + '\n';
    spaces.push_back(info.space);
  }
  if (spaces.empty()) return extras;
  extras.members = [this, spaces](const Item& item) -> Result<std::string> {
    std::string members;
    for (const Space& space : spaces) {
      ASSIGN_OR_RETURN(const auto data, storage_->find_vector(space.number, item.row()));
      if (!data) continue;
      members += members.empty() ? "" : ",";
      append_json_string(space.spec.name, &members);
      members += ":\"" + base64_encode(*data) + '"';
    }
    return members.empty() ? std::string() : "\"vectors\":{" + members + "},";
  };
  return extras;
}

Status Store::check_imported_vectors(std::vector<ImportedItem>& batch) {
  for (ImportedItem& item : batch) {
    if (item.space) item.status = storage_->create_space(*item.space);
    for (const auto& [name, data] : item.vectors) {
      auto space = storage_->space(name);
      Status status =
          space.ok() ? Status() : invalid("\"vectors\": " + space.take_status().message());
      if (status.ok()) {
        std::vector<float> vector(static_cast<size_t>(space->spec.dimension));
        status = decode_vector(data, space->spec, vector.data());
        if (!status.ok())
          status = invalid("\"vectors\": those of space \"" + name + "\" are malformed");
        if (status.ok()) status = check_vector(vector, space->spec, "\"vectors\"");
      }
      if (!status.ok()) item.status = std::move(status);
    }
  }
  return {};
}

Status Store::put_imported_vectors(std::vector<ImportedItem>& batch,
                                   const std::vector<WriteOp>& operations,
                                   const std::vector<size_t>& places, Durability durability,
                                   int64_t now_us) {
  std::vector<WriteOp> vectors;
  std::vector<size_t> of;  // the items of the batch
  for (size_t i = 0; i < operations.size(); ++i) {
    ImportedItem& item = batch[places[i]];
    if (!item.status.ok()) continue;
    for (auto& [name, data] : item.vectors) {
      ASSIGN_OR_RETURN(const Space space, storage_->space(name));
      vectors.push_back(WriteOp::set_vector(*operations[i].item, space.number, std::move(data)));
      of.push_back(places[i]);
    }
  }
  if (vectors.empty()) return {};
  RETURN_IF_ERROR(storage_->commit(vectors, durability, now_us, true));
  for (size_t i = 0; i < vectors.size(); ++i) {
    if (!vectors[i].status.ok()) batch[of[i]].status = std::move(vectors[i].status);
  }
  return {};
}

void Store::maintain_vectors() {
  if (!vector_index_->needs_maintenance()) return;
  if (options_.background) {
    index_worker_.wake_if_sleeping_over(0);
    return;
  }
  while (vector_index_->maintain([this] { return closing_.load(); })) {
  }
}

Status Store::put_vectors_part(const Space& space, const Scope& scope,
                               std::span<const VectorPut> puts, Durability durability,
                               std::span<Outcome> outcomes) {
  std::vector<WriteOp> operations;
  std::vector<size_t> places;  // of the operations among the puts
  operations.reserve(puts.size());
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  for (size_t i = 0; i < puts.size(); ++i) {
    Status status = check_vector(puts[i].vector, space.spec, "vector");
    if (!status.ok()) {
      outcomes[i] = {std::move(status), {}, true};
      continue;
    }
    auto item = resolve(scope, puts[i].id, now);
    if (!item.ok()) {
      outcomes[i] = {item.take_status(), {}, true};
      continue;
    }
    operations.push_back(WriteOp::set_vector(**item, space.number,
                                             encode_vector(puts[i].vector, space.spec.encoding)));
    places.push_back(i);
  }
  Status status = storage_->commit(operations, durability, now, true);
  for (size_t i = 0; i < operations.size(); ++i) {
    outcomes[places[i]] = {std::move(operations[i].status), {}, true};
  }
  RETURN_IF_ERROR(std::move(status));
  return settle(durability, now, true);
}

Status Store::put_vectors(const Scope& scope, std::string_view space_name,
                          std::span<const VectorPut> puts, Durability durability, Control& control,
                          std::vector<Outcome>* outcomes) {
  outcomes->resize(puts.size());
  ASSIGN_OR_RETURN(const Space space, storage_->space(space_name));
  return for_each_part(outcomes, control, [&](size_t begin, size_t count) {
    return put_vectors_part(space, scope, puts.subspan(begin, count), effective(durability),
                            std::span(*outcomes).subspan(begin, count));
  });
}

Result<std::vector<float>> Store::get_vector(const Scope& scope, std::string_view space_name,
                                             std::string_view id) {
  ASSIGN_OR_RETURN(const Space space, storage_->space(space_name));
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const ItemRef item, resolve(scope, id, now));
  ASSIGN_OR_RETURN(const auto data, storage_->find_vector(space.number, item->row()));
  if (!data) {
    return not_found("item \"" + std::string(id) + "\" has no vector in space \"" +
                     space.spec.name + '"');
  }
  std::vector<float> vector(static_cast<size_t>(space.spec.dimension));
  RETURN_IF_ERROR(decode_vector(*data, space.spec, vector.data()));
  return vector;
}

Status Store::remove_vector(const Scope& scope, std::string_view space_name, std::string_view id,
                            Durability durability) {
  // So that it is known whether there is one.
  RETURN_IF_ERROR(get_vector(scope, space_name, id).take_status());
  ASSIGN_OR_RETURN(const Space space, storage_->space(space_name));
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  ASSIGN_OR_RETURN(const ItemRef item, resolve(scope, id, now));
  durability = effective(durability);
  WriteOp operation = WriteOp::set_vector(*item, space.number, {});
  RETURN_IF_ERROR(storage_->commit({&operation, 1}, durability, now, true));
  RETURN_IF_ERROR(std::move(operation.status));
  return settle(durability, now, true);
}

}  // namespace memtier
