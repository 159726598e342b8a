#include <algorithm>

#include "embed/callback_embedder.h"
#include "embed/model_path.h"
#include "embed/static_model.h"
#include "model/json.h"
#include "store.h"

namespace memtier {
namespace {

Status no_embedder() {
  return {
      Code::kUnsupported,
      "embedder: this store was opened with EMBEDDER \"none\"; open it with \"builtin\", or with "
      "an embedder of your own"};
}

}  // namespace

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

Status Store::open_derived() {
  if (!embedder_) return {};
  derived_ = std::make_unique<DerivedVectors>(*storage_, embedder_,
                                              options_.embedder == EmbedderKind::kBuiltin);
  RETURN_IF_ERROR(derived_->check_space());
  followers_.add(derived_.get());
  return {};
}

int64_t Store::embed_step() {
  constexpr int64_t kEmbedDelayUs = 5'000'000;
  const auto stop = [this]() -> Status {
    return closing_.load() ? Status(Code::kCancelled, "the store is being closed") : Status();
  };
  auto more = derived_->derive(1, stop);
  if (more.ok()) return *more ? 0 : kEmbedDelayUs;
  const Status status = more.take_status();
  if (status.code() != Code::kBusy && status.code() != Code::kCancelled) {
    options_.log.write(LogLevel::kWarning, "embedder: " + status.message());
  }
  return kEmbedDelayUs;
}

Status Store::bring_vectors_up(const StopCheck& stop) {
  RETURN_IF_ERROR(storage_->drain());
  return derived_->derive(SIZE_MAX, stop).take_status();
}

Result<int64_t> Store::pending_vectors() {
  if (!derived_) return no_embedder();
  return derived_->pending();
}

Status Store::reembed(Control& control, int64_t* out_count) {
  *out_count = 0;
  if (!derived_) return no_embedder();
  Control guard = guarded(control);
  RETURN_IF_ERROR(guard.check());
  RETURN_IF_ERROR(storage_->drain());
  derived_->try_refused();
  const auto progress = [&](int64_t done, int64_t left) {
    *out_count = done;
    return guard.report(done, done + left);
  };
  RETURN_IF_ERROR(derived_->derive(SIZE_MAX, guard.stop_check(), progress).take_status());
  return guard.finish(*out_count, *out_count);
}

Result<Query> Store::with_meaning(const Query& query, const StopCheck& stop) {
  if (!embedder_) return no_embedder();
  if (!query.space.empty() && query.space != embedder_->name()) {
    return invalid("query: \"meaning\" looks in the space of the store's embedder, \"" +
                   embedder_->name() + "\", and \"space\" is another; leave it out");
  }
  RETURN_IF_ERROR(bring_vectors_up(stop));
  Query asked = query;
  const std::string_view text = query.text;
  asked.vector.resize(embedder_->dimension());
  RETURN_IF_ERROR(embedder_->embed({&text, 1}, asked.vector.data()));
  asked.space = embedder_->name();
  // Where the model knows nothing of the text, its words are what is left.
  const bool known = std::any_of(asked.vector.begin(), asked.vector.end(),
                                 [](float component) { return component != 0; });
  if (!known) asked.vector.clear();
  return asked;
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
  if (!embedder_) return no_embedder();
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
