// memtier.h, section 12: search.
#include <iterator>

#include "capi/guard.h"
#include "capi/images.h"
#include "capi/objects.h"
#include "capi/read_fields.h"
#include "capi/scopes.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

Result<QueryRef> check_query(const char* query, size_t query_size) {
  ASSIGN_OR_RETURN(const std::string_view text, check_text(query, query_size, "query"));
  ASSIGN_OR_RETURN(QueryRef parsed, Query::parse(text));
  RETURN_IF_ERROR(parse_words(*parsed).take_status());
  return parsed;
}

Status give_hits(Ref<HitsObject> object, const TierNames* tiers, memtier_hits** out_hits) {
  object->tiers = tiers;
  for (const ItemRef& item : object->hits.items) {
    object->importances.push_back(item->header().importance);
  }
  ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
  *out_hits = static_cast<memtier_hits*>(handle);
  return {};
}

Status run(memtier_store* store, const memtier_scope* scope, const Query& query,
           CallControl& call_control, memtier_hits** out_hits) {
  ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
  ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
  auto object = Ref<HitsObject>::adopt(new HitsObject());
  ASSIGN_OR_RETURN(object->hits, call->search(*where, query, *call_control));
  const auto count = static_cast<int64_t>(object->hits.items.size());
  object->ends.push_back(count);
  RETURN_IF_ERROR((*call_control).finish(count, count));
  return give_hits(std::move(object), call.tiers(), out_hits);
}

// The hits of one query behind those of the queries before it.
void append_hits(Hits&& next, HitsObject* object) {
  Hits& all = object->hits;
  // Snippets are there for each hit or for none.
  if (!next.snippets.empty()) all.snippets.resize(all.items.size());
  std::move(next.items.begin(), next.items.end(), std::back_inserter(all.items));
  all.scores.insert(all.scores.end(), next.scores.begin(), next.scores.end());
  all.text_scores.insert(all.text_scores.end(), next.text_scores.begin(), next.text_scores.end());
  all.vector_scores.insert(all.vector_scores.end(), next.vector_scores.begin(),
                           next.vector_scores.end());
  std::move(next.snippets.begin(), next.snippets.end(), std::back_inserter(all.snippets));
  if (!all.snippets.empty()) all.snippets.resize(all.items.size());
  object->ends.push_back(static_cast<int64_t>(all.items.size()));
}

Result<Ref<const HitsObject>> pin_hit(const memtier_hits* hits, int64_t index) {
  ASSIGN_OR_RETURN(auto object, pin<HitsObject>(hits, "hits"));
  const size_t count = object->hits.items.size();
  if (index < 0 || static_cast<size_t>(index) >= count) {
    return invalid("index is " + std::to_string(index) + ", and there are " +
                   std::to_string(count) + " hits");
  }
  return object;
}

std::string_view snippet_of(const Hits& hits, size_t i) {
  return i < hits.snippets.size() ? std::string_view(hits.snippets[i]) : std::string_view();
}

// A hit's image is its item's, with the score and the snippet.
ItemFields hit_fields(const Hits& hits, size_t i) {
  ItemFields fields = hits.items[i]->fields();
  fields.score = hits.scores[i];
  fields[Text::kSnippet] = snippet_of(hits, i);
  return fields;
}

}  // namespace

memtier_status memtier_query_create(const char* query, size_t query_size, memtier_query** out_query,
                                    memtier_error** error) {
  if (out_query != nullptr) *out_query = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_query, "out_query"));
    ASSIGN_OR_RETURN(QueryRef parsed, check_query(query, query_size));
    auto object = Ref<QueryObject>::adopt(new QueryObject(std::move(parsed)));
    ASSIGN_OR_RETURN(void* handle, make_handle(std::move(object)));
    *out_query = static_cast<memtier_query*>(handle);
    return {};
  });
}

void memtier_query_destroy(memtier_query* query) {
  destroy_handle<QueryObject>(query);
}

memtier_status memtier_query_run(memtier_store* store, const memtier_scope* scope,
                                 const memtier_query* query, const memtier_control* control,
                                 memtier_hits** out_hits, memtier_error** error) {
  if (out_hits != nullptr) *out_hits = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_hits, "out_hits"));
    ASSIGN_OR_RETURN(const auto object, pin<QueryObject>(query, "query"));
    const QueryRef asked = object->query();
    return run(store, scope, *asked, call_control, out_hits);
  });
}

memtier_status memtier_query_run_many(memtier_store* store, const memtier_scope* scope,
                                      const memtier_query* const* queries, int64_t query_count,
                                      const memtier_control* control, memtier_hits** out_hits,
                                      memtier_error** error) {
  if (out_hits != nullptr) *out_hits = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_hits, "out_hits"));
    if (query_count < 0 || query_count > MEMTIER_MAX_QUERIES) {
      return invalid("query_count is " + std::to_string(query_count) +
                     ", and must be from 0 to 1000");
    }
    if (queries == nullptr && query_count > 0) return invalid("queries is NULL");
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    std::vector<QueryRef> asked;
    for (int64_t i = 0; i < query_count; ++i) {
      const std::string name = "queries[" + std::to_string(i) + "]";
      ASSIGN_OR_RETURN(const auto query, pin<QueryObject>(queries[i], name.c_str()));
      asked.push_back(query->query());
    }
    auto object = Ref<HitsObject>::adopt(new HitsObject());
    std::string explain;
    for (int64_t i = 0; i < query_count; ++i) {
      RETURN_IF_ERROR((*call_control).report(i, query_count));
      auto hits = call->search(*where, *asked[static_cast<size_t>(i)], *call_control);
      if (!hits.ok()) {
        const Status status = hits.take_status();
        return {status.code(), "queries[" + std::to_string(i) + "]: " + status.message(),
                status.callback_code()};
      }
      explain += (i == 0 ? "[" : ",") + hits->explain;
      append_hits(std::move(hits).value(), object.get());
    }
    object->hits.explain = query_count == 0 ? "[]" : explain + "]";
    RETURN_IF_ERROR((*call_control).finish(query_count, query_count));
    return give_hits(std::move(object), call.tiers(), out_hits);
  });
}

memtier_status memtier_store_search(memtier_store* store, const memtier_scope* scope,
                                    const char* query, size_t query_size,
                                    const memtier_control* control, memtier_hits** out_hits,
                                    memtier_error** error) {
  if (out_hits != nullptr) *out_hits = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_hits, "out_hits"));
    ASSIGN_OR_RETURN(const QueryRef parsed, check_query(query, query_size));
    return run(store, scope, *parsed, call_control, out_hits);
  });
}

int64_t memtier_hits_count(const memtier_hits* hits) {
  if (hits == nullptr) return 0;
  return guard_value(int64_t{-1}, [&] {
    const EpochGuard epoch;
    const auto* object = static_cast<const HitsObject*>(look_up(Kind::kHits, hits));
    return object == nullptr ? int64_t{-1} : static_cast<int64_t>(object->hits.items.size());
  });
}

memtier_status memtier_hits_get(const memtier_hits* hits, int64_t index, memtier_item** out_item,
                                memtier_error** error) {
  if (out_item != nullptr) *out_item = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_item, "out_item"));
    ASSIGN_OR_RETURN(const auto object, pin_hit(hits, index));
    const ItemRef& item = object->hits.items[static_cast<size_t>(index)];
    ASSIGN_OR_RETURN(void* handle, make_item_handle(item, object->tiers));
    *out_item = static_cast<memtier_item*>(handle);
    return {};
  });
}

memtier_status memtier_hits_read_score(const memtier_hits* hits, int64_t index, double* out_score,
                                       memtier_error** error) {
  if (out_score != nullptr) *out_score = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_score, "out_score"));
    ASSIGN_OR_RETURN(const auto object, pin_hit(hits, index));
    *out_score = object->hits.scores[static_cast<size_t>(index)];
    return {};
  });
}

int64_t memtier_hits_query_count(const memtier_hits* hits) {
  if (hits == nullptr) return 0;
  return guard_value(int64_t{-1}, [&] {
    const EpochGuard epoch;
    const auto* object = static_cast<const HitsObject*>(look_up(Kind::kHits, hits));
    return object == nullptr ? int64_t{-1} : static_cast<int64_t>(object->ends.size());
  });
}

memtier_status memtier_hits_read_end(const memtier_hits* hits, int64_t query, int64_t* out_end,
                                     memtier_error** error) {
  if (out_end != nullptr) *out_end = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_end, "out_end"));
    ASSIGN_OR_RETURN(const auto object, pin<HitsObject>(hits, "hits"));
    const size_t count = object->ends.size();
    if (query < 0 || static_cast<size_t>(query) >= count) {
      return invalid("query is " + std::to_string(query) + ", and there were " +
                     std::to_string(count));
    }
    *out_end = object->ends[static_cast<size_t>(query)];
    return {};
  });
}

memtier_status memtier_hits_read_text(const memtier_hits* hits, int64_t index, int32_t field,
                                      memtier_slice* out_value, memtier_error** error) {
  if (out_value != nullptr) *out_value = {};
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_value, "out_value"));
    ASSIGN_OR_RETURN(const auto object, pin_hit(hits, index));
    const auto number = static_cast<size_t>(index);
    std::string_view text;
    if (field == MEMTIER_FIELD_SNIPPET) {
      text = snippet_of(object->hits, number);
    } else {
      RETURN_IF_ERROR(read_item_text(*object->hits.items[number], *object->tiers, field, &text));
    }
    *out_value = {text.data(), text.size()};
    return {};
  });
}

memtier_status memtier_hits_column_double(const memtier_hits* hits, int32_t field,
                                          const double** out_values, memtier_error** error) {
  if (out_values != nullptr) *out_values = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_values, "out_values"));
    ASSIGN_OR_RETURN(const auto object, pin<HitsObject>(hits, "hits"));
    const std::vector<double>* column = nullptr;
    if (field == MEMTIER_FIELD_SCORE) column = &object->hits.scores;
    if (field == MEMTIER_FIELD_TEXT_SCORE) column = &object->hits.text_scores;
    if (field == MEMTIER_FIELD_VECTOR_SCORE) column = &object->hits.vector_scores;
    if (field == MEMTIER_FIELD_IMPORTANCE) column = &object->importances;
    if (column == nullptr) {
      return invalid("field " + std::to_string(field) + " is no column of hits");
    }
    *out_values = column->data();
    return {};
  });
}

memtier_status memtier_hits_copy_images(const memtier_hits* hits, int64_t first, void* buffer,
                                        size_t buffer_size, size_t* out_size, int64_t* out_count,
                                        memtier_error** error) {
  if (out_size != nullptr) *out_size = 0;
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_size, "out_size"));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    RETURN_IF_ERROR(check_bytes(buffer, buffer_size, "buffer").take_status());
    ASSIGN_OR_RETURN(const auto object, pin<HitsObject>(hits, "hits"));
    const Hits& found = object->hits;
    const auto size_of = [&found](size_t i) { return image_size(hit_fields(found, i)); };
    const auto write = [&found](size_t i, char* out) { write_image(hit_fields(found, i), out); };
    return copy_images(found.items.size(), first, static_cast<char*>(buffer), buffer_size, out_size,
                       out_count, size_of, write);
  });
}

memtier_status memtier_hits_explain(const memtier_hits* hits, memtier_slice* out_json,
                                    memtier_error** error) {
  if (out_json != nullptr) *out_json = {};
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const auto object, pin<HitsObject>(hits, "hits"));
    *out_json = {object->hits.explain.data(), object->hits.explain.size()};
    return {};
  });
}

void memtier_hits_destroy(memtier_hits* hits) {
  destroy_handle<HitsObject>(hits);
}
