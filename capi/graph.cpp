// memtier.h, section 19: associations.
#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"
#include "model/link.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

Result<Durability> link_durability(int32_t durability) {
  RETURN_IF_ERROR(
      check_choice(durability, MEMTIER_DURABILITY_DEFAULT, MEMTIER_DURABILITY_FULL, "durability"));
  return static_cast<Durability>(durability);
}

// A call that asks something by a document and gives a document.
struct Question {
  memtier_store* store;
  const memtier_scope* scope;
  const char* text;
  size_t text_size;
  const char* name;  // of the document's parameter
  const memtier_control* control;
  memtier_bytes** out_bytes;
  const char* out_name;
};

template <typename Document>
memtier_status answer(const Question& question, memtier_error** error,
                      Result<Document> (*parse)(std::string_view),
                      Result<std::string> (Store::*ask)(const Scope&, const Document&, Control&)) {
  if (question.out_bytes != nullptr) *question.out_bytes = nullptr;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(question.control));
    RETURN_IF_ERROR(check_out(question.out_bytes, question.out_name));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(question.store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(question.scope));
    ASSIGN_OR_RETURN(const std::string_view text,
                     check_text(question.text, question.text_size, question.name));
    ASSIGN_OR_RETURN(const Document document, parse(text));
    RETURN_IF_ERROR((*call_control).check());
    ASSIGN_OR_RETURN(std::string json,
                     ((*call.operator->()).*ask)(*where, document, *call_control));
    RETURN_IF_ERROR((*call_control).finish(1, 1));
    return give_text(std::move(json), question.out_bytes);
  });
}

}  // namespace

memtier_status memtier_link_put(memtier_store* store, const memtier_scope* scope, const char* link,
                                size_t link_size, int32_t durability, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(link, link_size, "link"));
    ASSIGN_OR_RETURN(const LinkSpec spec, LinkSpec::parse(text));
    ASSIGN_OR_RETURN(const Durability level, link_durability(durability));
    Control none;
    return call->put_links(*where, {&spec, 1}, level, none);
  });
}

memtier_status memtier_link_put_many(memtier_store* store, const memtier_scope* scope,
                                     const char* links, size_t links_size, int32_t durability,
                                     const memtier_control* control, int64_t* out_count,
                                     memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(links, links_size, "links"));
    ASSIGN_OR_RETURN(const std::vector<LinkSpec> specs, LinkSpec::parse_many(text));
    ASSIGN_OR_RETURN(const Durability level, link_durability(durability));
    RETURN_IF_ERROR(call->put_links(*where, specs, level, *call_control));
    if (out_count != nullptr) *out_count = static_cast<int64_t>(specs.size());
    return {};
  });
}

memtier_status memtier_link_get(memtier_store* store, const memtier_scope* scope, const char* link,
                                size_t link_size, memtier_bytes** out_json, memtier_error** error) {
  if (out_json != nullptr) *out_json = nullptr;
  return guard(error, [&]() -> Status {
    RETURN_IF_ERROR(check_out(out_json, "out_json"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(link, link_size, "link"));
    ASSIGN_OR_RETURN(const LinkFilter filter, LinkFilter::parse_one(text));
    return give_text(call->get_link(*where, filter), out_json);
  });
}

memtier_status memtier_link_delete(memtier_store* store, const memtier_scope* scope,
                                   const char* link, size_t link_size, int32_t durability,
                                   int64_t* out_count, memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(link, link_size, "link"));
    ASSIGN_OR_RETURN(const LinkFilter filter, LinkFilter::parse_delete(text));
    ASSIGN_OR_RETURN(const Durability level, link_durability(durability));
    ASSIGN_OR_RETURN(const int64_t count, call->delete_links(*where, filter, level));
    if (out_count != nullptr) *out_count = count;
    return {};
  });
}

memtier_status memtier_link_list(memtier_store* store, const memtier_scope* scope, const char* list,
                                 size_t list_size, const memtier_control* control,
                                 memtier_bytes** out_json, memtier_error** error) {
  return answer<LinkFilter>({store, scope, list, list_size, "list", control, out_json, "out_json"},
                            error, &LinkFilter::parse_list, &Store::list_links);
}

memtier_status memtier_concept_create(memtier_store* store, const memtier_scope* scope,
                                      const char* document, size_t document_size,
                                      int32_t durability, memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(document, document_size, "document"));
    ASSIGN_OR_RETURN(const ConceptSpec spec, ConceptSpec::parse(text));
    ASSIGN_OR_RETURN(const Durability level, link_durability(durability));
    return call->create_concept(*where, spec, level);
  });
}

memtier_status memtier_concept_list(memtier_store* store, const memtier_scope* scope,
                                    const char* list, size_t list_size,
                                    const memtier_control* control, memtier_bytes** out_json,
                                    memtier_error** error) {
  return answer<ConceptFilter>(
      {store, scope, list, list_size, "list", control, out_json, "out_json"}, error,
      &ConceptFilter::parse, &Store::list_concepts);
}

memtier_status memtier_concept_delete(memtier_store* store, const memtier_scope* scope,
                                      const char* name, size_t name_size, int32_t durability,
                                      memtier_error** error) {
  return guard(error, [&]() -> Status {
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const std::string_view text, check_text(name, name_size, "name"));
    RETURN_IF_ERROR(check_concept_name(text, "name"));
    ASSIGN_OR_RETURN(const Durability level, link_durability(durability));
    return call->delete_concept(*where, text, level);
  });
}

memtier_status memtier_graph_list_neighbours(memtier_store* store, const memtier_scope* scope,
                                             const char* query, size_t query_size,
                                             const memtier_control* control,
                                             memtier_bytes** out_json, memtier_error** error) {
  return answer<NeighbourQuery>(
      {store, scope, query, query_size, "query", control, out_json, "out_json"}, error,
      &NeighbourQuery::parse, &Store::neighbours);
}

memtier_status memtier_graph_find_path(memtier_store* store, const memtier_scope* scope,
                                       const char* query, size_t query_size,
                                       const memtier_control* control, memtier_bytes** out_json,
                                       memtier_error** error) {
  return answer<PathQuery>(
      {store, scope, query, query_size, "query", control, out_json, "out_json"}, error,
      &PathQuery::parse, &Store::path);
}

memtier_status memtier_graph_spread(memtier_store* store, const memtier_scope* scope,
                                    const char* query, size_t query_size,
                                    const memtier_control* control, memtier_bytes** out_json,
                                    memtier_error** error) {
  return answer<SpreadQuery>(
      {store, scope, query, query_size, "query", control, out_json, "out_json"}, error,
      &SpreadQuery::parse, &Store::spread);
}

memtier_status memtier_graph_export(memtier_store* store, const memtier_scope* scope,
                                    const char* query, size_t query_size,
                                    const memtier_control* control, memtier_bytes** out_text,
                                    memtier_error** error) {
  return answer<GraphExport>(
      {store, scope, query, query_size, "query", control, out_text, "out_text"}, error,
      &GraphExport::parse, &Store::export_graph);
}
