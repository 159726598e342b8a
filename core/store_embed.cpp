#include <algorithm>

#include "embed/callback_embedder.h"
#include "embed/model_path.h"
#include "embed/static_model.h"
#include "model/json.h"
#include "store.h"

namespace memtier {

Status Store::open_embedder() {
  switch (options_.embedder) {
    case EmbedderKind::kNone:
      return {};
    case EmbedderKind::kBuiltin: {
      ASSIGN_OR_RETURN(const std::string path, find_model(options_.model_path));
      ASSIGN_OR_RETURN(embedder_, StaticModel::open(path));
      model_path_ = path;
      return {};
    }
    case EmbedderKind::kCallback:
      break;
  }
  if (!options_.embed_function) {
    return invalid("options: EMBEDDER is \"callback\", but no embedder is set");
  }
  embedder_ = std::make_shared<CallbackEmbedder>(
      options_.embedder_name.empty() ? "callback" : options_.embedder_name,
      static_cast<size_t>(options_.embedder_dimension), static_cast<size_t>(options_.embed_batch),
      options_.embed_function);
  return {};
}

std::string Store::describe_embedder() const {
  Json json = Json::object();
  json["kind"] = embedder_kind_name(options_.embedder);
  if (embedder_) {
    json["name"] = embedder_->name();
    json["dimension"] = embedder_->dimension();
  }
  if (!model_path_.empty()) json["path"] = model_path_;
  return json.dump();
}

Result<std::vector<float>> Store::embed(std::span<const std::string_view> texts, Control& control) {
  if (!embedder_) {
    return Status(Code::kUnsupported,
                  "embedder: this store was opened with EMBEDDER \"none\"; open it with "
                  "\"builtin\", or with an embedder of your own");
  }
  Control guard = guarded(control);
  const size_t dimension = embedder_->dimension();
  const size_t batch = embedder_->batch_size();
  const auto total = static_cast<int64_t>(texts.size());
  std::vector<float> vectors(texts.size() * dimension);
  for (size_t begin = 0; begin < texts.size(); begin += batch) {
    RETURN_IF_ERROR(guard.report(static_cast<int64_t>(begin), total));
    const size_t count = std::min(batch, texts.size() - begin);
    RETURN_IF_ERROR(embedder_->embed(texts.subspan(begin, count), &vectors[begin * dimension]));
  }
  RETURN_IF_ERROR(guard.finish(total, total));
  return vectors;
}

}  // namespace memtier
