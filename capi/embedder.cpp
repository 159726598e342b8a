// memtier.h, section 17: the embedder.
#include <cstring>
#include <vector>

#include "capi/guard.h"
#include "capi/objects.h"
#include "model/limits.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

// Texts that stand one behind the other.
Result<std::vector<std::string_view>> check_texts(const char* texts, const int64_t* text_ends,
                                                  int64_t text_count) {
  if (text_count < 0 || static_cast<uint64_t>(text_count) > kMaxBatch) {
    return invalid("text_count is " + std::to_string(text_count) + ", and must be from 0 to " +
                   std::to_string(kMaxBatch));
  }
  std::vector<std::string_view> list;
  if (text_count == 0) return list;
  if (text_ends == nullptr) return invalid("text_ends is NULL");
  // Without a byte there may be no address: all texts are empty.
  if (texts == nullptr && text_ends[text_count - 1] != 0) return invalid("texts is NULL");
  int64_t begin = 0;
  for (int64_t i = 0; i < text_count; ++i) {
    const std::string place = "texts: number " + std::to_string(i) + ": ";
    if (text_ends[i] < begin) return invalid(place + "text_ends goes back");
    auto text = check_text(texts == nullptr ? nullptr : texts + begin,
                           static_cast<size_t>(text_ends[i] - begin), "text");
    if (!text.ok()) return invalid(place + text.take_status().message());
    list.push_back(*text);
    begin = text_ends[i];
  }
  return list;
}

Status embed_by_callback(const memtier_embedder& table, std::span<const std::string_view> texts,
                         float* vectors) {
  std::vector<memtier_slice> slices;
  slices.reserve(texts.size());
  for (const std::string_view text : texts) slices.push_back({text.data(), text.size()});
  int32_t result = 0;
  {
    const CallbackScope scope;
    result = table.embed(slices.data(), static_cast<int64_t>(slices.size()), vectors,
                         table.dimension, table.user_data);
  }
  return callback_status(result, "embedder");
}

}  // namespace

memtier_status memtier_options_set_embedder(memtier_options* options,
                                            const memtier_embedder* embedder,
                                            memtier_error** error) {
  return guard(error, [&]() -> Status {
    std::shared_ptr<const memtier_embedder> table;
    if (embedder != nullptr) {
      ASSIGN_OR_RETURN(table, take_table(embedder, "embedder"));
    }
    ASSIGN_OR_RETURN(const Ref<const OptionsObject> object, pin<OptionsObject>(options, "options"));
    StoreOptions& target = object->options;
    if (!table) {
      target.embed_function = nullptr;
      target.embedder = EmbedderKind::kBuiltin;
      return {};
    }
    if (table->embed == nullptr) return invalid("embedder->embed is NULL");
    RETURN_IF_ERROR(
        check_choice(table->dimension, 2, kMaxEmbedderDimension, "embedder->dimension"));
    target.embedder = EmbedderKind::kCallback;
    target.embedder_dimension = table->dimension;
    target.embed_function = [table](std::span<const std::string_view> texts, float* vectors) {
      return embed_by_callback(*table, texts, vectors);
    };
    return {};
  });
}

memtier_status memtier_store_get_embedder(memtier_store* store, memtier_bytes** out_json,
                                          memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return give_text(call->describe_embedder(), out_json);
  });
}

memtier_status memtier_text_embed(memtier_store* store, const char* texts, const int64_t* text_ends,
                                  int64_t text_count, const memtier_control* control,
                                  memtier_bytes** out_vectors, memtier_error** error) {
  if (out_vectors != nullptr) *out_vectors = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_vectors, "out_vectors"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const auto list, check_texts(texts, text_ends, text_count));
    ASSIGN_OR_RETURN(const std::vector<float> vectors, call->embed(list, *call_control));
    std::string bytes(vectors.size() * sizeof(float), '\0');
    if (!vectors.empty()) std::memcpy(bytes.data(), vectors.data(), bytes.size());
    return give_text(std::move(bytes), out_vectors);
  });
}

memtier_status memtier_space_count_pending(memtier_store* store, int64_t* out_count,
                                           memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(*out_count, call->pending_vectors());
    return {};
  });
}

memtier_status memtier_space_reembed(memtier_store* store, const memtier_control* control,
                                     int64_t* out_count, memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    return call->reembed(*call_control, out_count);
  });
}
