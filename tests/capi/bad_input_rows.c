#include "capi/bad_input.h"

#define P(number) a[number].p
#define N(number) a[number].n
#define I(number) ((int32_t)a[number].i)
#define L(number) a[number].i
#define D(number) a[number].d

/* clang-format off */
#define ROWS(X) \
  X(cancel_create, "out:out_cancel", P(0)) \
  X(cancel_trip, "cancel:cancel", P(0)) \
  X(options_create, "out:out_options", P(0)) \
  X(options_set_int64, "options:options key:key number:value", P(0), I(1), L(2)) \
  X(options_set_text, "options:options keytext:key text:text", P(0), I(1), P(2), N(3)) \
  X(option_get_bounds, "key:key outint:out_minimum outint:out_maximum outint:out_default", \
    I(0), P(1), P(2), P(3)) \
  X(options_set_clock, "options:options clock?:clock", P(0), P(1)) \
  X(options_set_log, "options:options log?:log", P(0), P(1)) \
  X(options_set_eviction, "options:options eviction?:eviction", P(0), P(1)) \
  X(options_set_promotion, "options:options promotion?:promotion", P(0), P(1)) \
  X(options_set_embedder, "options:options embedder?:embedder", P(0), P(1)) \
  X(store_get_embedder, "store:store out:out_json", P(0), P(1)) \
  X(text_embed, "store:store ids:texts|text_ends control?:control out:out_vectors", \
    P(0), P(1), P(2), L(3), P(4), P(5)) \
  X(space_count_pending, "store:store outint:out_count", P(0), P(1)) \
  X(space_reembed, "store:store control?:control outint:out_count", P(0), P(1), P(2)) \
  X(store_open, "path:path options?:options out:out_store", P(0), P(1), P(2)) \
  X(store_close, "closing:store", P(0)) \
  X(store_flush, "store:store control?:control", P(0), P(1)) \
  X(store_get_statistics, "store:store outstore:out_statistics", P(0), P(1)) \
  X(store_get_ladder, "store:store out:out_json", P(0), P(1)) \
  X(scope_create, "out:out_scope", P(0)) \
  X(scope_set, "scope:scope part:part name:name", P(0), I(1), P(2), N(3)) \
  X(scope_read_text, "scope:scope part:part outslice:out_name", P(0), I(1), P(2)) \
  X(item_builder_create, "out:out_builder", P(0)) \
  X(item_builder_set_text, "builder:builder fieldtext:field text:text", P(0), I(1), P(2), N(3)) \
  X(item_builder_set_bytes, "builder:builder fieldbytes:field bytes:data|content", \
    P(0), I(1), P(2), N(3)) \
  X(item_builder_set_int64, "builder:builder fieldint:field number:value", P(0), I(1), L(2)) \
  X(item_builder_set_double, "builder:builder fielddouble:field double:value|importance", \
    P(0), I(1), D(2)) \
  X(item_builder_add_tag, "builder:builder tag:tag", P(0), P(1), N(2)) \
  X(item_builder_remove_tag, "builder:builder tag:tag", P(0), P(1), N(2)) \
  X(item_builder_set_json, "builder:builder json:json|item", P(0), P(1), N(2)) \
  X(item_builder_clear, "builder:builder", P(0)) \
  X(item_put, "store:store scope?:scope builder:builder mode:mode durability:durability " \
    "out?:out_item", P(0), P(1), P(2), I(3), I(4), P(5)) \
  X(item_update, "store:store scope?:scope id:id builder:builder durability:durability " \
    "out?:out_item", P(0), P(1), P(2), N(3), P(4), I(5), P(6)) \
  X(item_delete, "store:store scope?:scope id:id version:version durability:durability", \
    P(0), P(1), P(2), N(3), L(4), I(5)) \
  X(item_validate, "store:store scope?:scope id:id outint?:out_validation_count", \
    P(0), P(1), P(2), N(3), P(4)) \
  X(item_get, "store:store scope?:scope id:id out:out_item", P(0), P(1), P(2), N(3), P(4)) \
  X(item_get_into, "store:store scope?:scope id:id buffer:buffer outsize:out_size", \
    P(0), P(1), P(2), N(3), P(4), N(5), P(6)) \
  X(item_exists, "store:store scope?:scope id:id outint32:out_exists", \
    P(0), P(1), P(2), N(3), P(4)) \
  X(item_read_text, "item:item fieldtext:field outslice:out_value", P(0), I(1), P(2)) \
  X(item_read_int64, "item:item fieldint:field outint:out_value", P(0), I(1), P(2)) \
  X(item_read_double, "item:item fielddouble:field outdouble:out_value", P(0), I(1), P(2)) \
  X(item_read_tag, "item:item index:index outslice:out_tag", P(0), L(1), P(2)) \
  X(item_matches, "item:item filter:filter outint32:out_matches", P(0), P(1), N(2), P(3)) \
  X(item_to_json, "item:item out:out_json", P(0), P(1)) \
  X(item_copy_image, "item:item buffer:buffer outsize:out_size", P(0), P(1), N(2), P(3)) \
  X(item_clone, "item:item out:out_item", P(0), P(1)) \
  X(items_read_status, "items:items index:index outint32:out_status outslice?:out_message", \
    P(0), L(1), P(2), P(3)) \
  X(items_get, "items:items index:index out:out_item", P(0), L(1), P(2)) \
  X(items_copy_images, "items:items first:first buffer:buffer outsize:out_size " \
    "outint:out_count", P(0), L(1), P(2), N(3), P(4), P(5)) \
  X(item_put_many, "store:store scope?:scope builders:builders|builder_count mode:mode " \
    "durability:durability control?:control out?:out_items", \
    P(0), P(1), P(2), L(3), I(4), I(5), P(6), P(7)) \
  X(item_put_images, "store:store scope?:scope images:images mode:mode " \
    "durability:durability control?:control out?:out_items", \
    P(0), P(1), P(2), N(3), I(4), I(5), P(6), P(7)) \
  X(item_put_into, "store:store scope?:scope images:image mode:mode durability:durability " \
    "buffer:buffer outsize:out_size", \
    P(0), P(1), P(2), N(3), I(4), I(5), P(6), N(7), P(8)) \
  X(image_matches, "image:image text:tier filter:filter outint32:out_matches", \
    P(0), N(1), P(2), N(3), P(4), N(5), P(6)) \
  X(image_to_json, "image:image text:tier out:out_json", P(0), N(1), P(2), N(3), P(4)) \
  X(item_get_many, "store:store scope?:scope ids:ids|id_ends control?:control out:out_items", \
    P(0), P(1), P(2), P(3), L(4), P(5), P(6)) \
  X(item_delete_many, "store:store scope?:scope ids:ids|id_ends durability:durability " \
    "control?:control out?:out_items", P(0), P(1), P(2), P(3), L(4), I(5), P(6), P(7)) \
  X(item_count, "store:store scope?:scope filter:filter control?:control outint:out_count", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(item_list, "store:store scope?:scope list:list out:out_cursor", \
    P(0), P(1), P(2), N(3), P(4)) \
  X(item_explain, "store:store scope?:scope list:list control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(cursor_next, "cursor:cursor limit:max_items control?:control out:out_items", \
    P(0), L(1), P(2), P(3)) \
  X(cursor_get_token, "cursor:cursor out:out_token", P(0), P(1)) \
  X(item_update_where, "store:store scope?:scope filter:filter builder:builder " \
    "durability:durability control?:control outint:out_count", \
    P(0), P(1), P(2), N(3), P(4), I(5), P(6), P(7)) \
  X(item_delete_where, "store:store scope?:scope filter:filter durability:durability " \
    "control?:control outint:out_count", P(0), P(1), P(2), N(3), I(4), P(5), P(6)) \
  X(index_create, "store:store newindex:index control?:control", P(0), P(1), N(2), P(3)) \
  X(index_create_callback, "store:store name:name extractor:extractor control?:control", \
    P(0), P(1), N(2), P(3), P(4)) \
  X(keys_add, "keys:keys index:item_index key1024:key", P(0), L(1), P(2), N(3)) \
  X(index_list, "store:store control?:control out:out_json", P(0), P(1), P(2)) \
  X(index_drop, "store:store indexname:name control?:control", P(0), P(1), N(2), P(3)) \
  X(query_create, "querytext:query out:out_query", P(0), N(1), P(2)) \
  X(query_run, "store:store scope?:scope query:query control?:control out:out_hits", \
    P(0), P(1), P(2), P(3), P(4)) \
  X(query_run_many, "store:store scope?:scope queries:queries|query_count control?:control " \
    "out:out_hits", P(0), P(1), P(2), L(3), P(4), P(5)) \
  X(store_search, "store:store scope?:scope querytext:query control?:control out:out_hits", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(hits_get, "hits:hits index:index out:out_item", P(0), L(1), P(2)) \
  X(hits_read_score, "hits:hits index:index outdouble:out_score", P(0), L(1), P(2)) \
  X(hits_read_end, "hits:hits index:query outint:out_end", P(0), L(1), P(2)) \
  X(hits_read_text, "hits:hits index:index fieldtext:field outslice:out_value", \
    P(0), L(1), I(2), P(3)) \
  X(hits_column_double, "hits:hits fielddouble:field outcolumn:out_values", P(0), I(1), P(2)) \
  X(hits_copy_images, "hits:hits first:first buffer:buffer outsize:out_size " \
    "outint:out_count", P(0), L(1), P(2), N(3), P(4), P(5)) \
  X(hits_explain, "hits:hits outslice:out_json", P(0), P(1)) \
  X(space_create, "store:store newspace:document|space", P(0), P(1), N(2)) \
  X(space_list, "store:store control?:control out:out_json", P(0), P(1), P(2)) \
  X(space_drop, "store:store space:space control?:control", P(0), P(1), N(2), P(3)) \
  X(space_measure_recall, "store:store scope?:scope document:document control?:control " \
    "out:out_json", P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(vector_put, "store:store scope?:scope id:id space:space floats:vector|dimension " \
    "durability:durability", P(0), P(1), P(2), N(3), P(4), N(5), P(6), L(7), I(8)) \
  X(vector_put_many, "store:store scope?:scope ids:ids|id_ends space:space " \
    "manyfloats:vector|component_count durability:durability control?:control out?:out_items", \
    P(0), P(1), P(2), P(3), L(4), P(5), N(6), P(7), L(8), I(9), P(10), P(11)) \
  X(vector_get, "store:store scope?:scope id:id space:space floatbuffer:buffer " \
    "outint:out_dimension", P(0), P(1), P(2), N(3), P(4), N(5), P(6), L(7), P(8)) \
  X(vector_delete, "store:store scope?:scope id:id space:space durability:durability", \
    P(0), P(1), P(2), N(3), P(4), N(5), I(6)) \
  X(query_set_vector, "query:query floats:vector|dimension", P(0), P(1), L(2)) \
  X(tier_count, "store:store outint:out_count", P(0), P(1)) \
  X(tier_get_statistics, "store:store index:tier outtier:out_statistics", P(0), L(1), P(2)) \
  X(item_move, "store:store scope?:scope id:id tier:tier", \
    P(0), P(1), P(2), N(3), P(4), N(5)) \
  X(tier_optimize, "store:store scope?:scope control?:control demoted:demoted_size " \
    "outint:out_total", P(0), P(1), P(2), P(3), L(4), P(5)) \
  X(tier_clear, "store:store scope?:scope tiers:tiers control?:control outint:out_count", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(store_sweep, "store:store control?:control outint:out_count", P(0), P(1), P(2)) \
  X(transition_list, "store:store scope?:scope anyid:id number:since_us limit:limit " \
    "out:out_transitions", P(0), P(1), P(2), N(3), L(4), L(5), P(6)) \
  X(transitions_column_text, "transitions:transitions fieldtext:field " \
    "outcolumn:out_values", P(0), I(1), P(2)) \
  X(transitions_column_int64, "transitions:transitions fieldtime:field " \
    "outcolumn:out_values", P(0), I(1), P(2)) \
  X(store_export, "store:store scope?:scope filter:filter writer:writer control?:control " \
    "outint:out_count", P(0), P(1), P(2), N(3), P(4), P(5), P(6)) \
  X(store_export_file, "store:store scope?:scope filter:filter path:path control?:control " \
    "outint:out_count", P(0), P(1), P(2), N(3), P(4), P(5), P(6)) \
  X(store_import, "store:store scope?:scope document:document|import reader:reader " \
    "control?:control outimport?:out_statistics", P(0), P(1), P(2), N(3), P(4), P(5), P(6)) \
  X(store_import_file, "store:store scope?:scope document:document|import importpath:path " \
    "control?:control outimport?:out_statistics", P(0), P(1), P(2), N(3), P(4), P(5), P(6)) \
  X(collection_create, "store:store newcollection:collection", P(0), P(1), N(2)) \
  X(collection_list, "store:store scope?:scope control?:control out:out_json", \
    P(0), P(1), P(2), P(3)) \
  X(collection_drop, "store:store collectionname:name drop:mode control?:control " \
    "outint:out_count", P(0), P(1), N(2), I(3), P(4), P(5)) \
  X(collection_copy, "store:store scope?:scope filter:filter name:to mode:mode " \
    "durability:durability control?:control outint:out_count", \
    P(0), P(1), P(2), N(3), P(4), N(5), I(6), I(7), P(8), P(9)) \
  X(collection_move, "store:store scope?:scope filter:filter name:to mode:mode " \
    "durability:durability control?:control outint:out_count", \
    P(0), P(1), P(2), N(3), P(4), N(5), I(6), I(7), P(8), P(9)) \
  X(policy_put, "store:store newpolicy:policy", P(0), P(1), N(2)) \
  X(policy_put_callback, "store:store newcallback:policy decider:decider", \
    P(0), P(1), N(2), P(3)) \
  X(policy_list, "store:store out:out_json", P(0), P(1)) \
  X(policy_delete, "store:store policyname:name", P(0), P(1), N(2)) \
  X(policy_apply, "store:store scope?:scope document:request control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(archive_rule_put, "store:store newrule:rule", P(0), P(1), N(2)) \
  X(archive_rule_list, "store:store out:out_json", P(0), P(1)) \
  X(archive_rule_delete, "store:store rulename:name", P(0), P(1), N(2)) \
  X(archive_rule_apply, "store:store scope?:scope document:request control?:control " \
    "out:out_json", P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(options_set_token_counter, "options:options counter?:counter", P(0), P(1)) \
  X(conversation_append, "store:store session:scope turn:turn version:version " \
    "durability:durability out?:out_item", P(0), P(1), P(2), N(3), L(4), I(5), P(6)) \
  X(conversation_append_many, "store:store session:scope turns:turns version:version " \
    "durability:durability control?:control out?:out_items", \
    P(0), P(1), P(2), N(3), L(4), I(5), P(6), P(7)) \
  X(conversation_read_last, "store:store session:scope limit:limit out:out_items " \
    "outint?:out_version", P(0), P(1), L(2), P(3), P(4)) \
  X(conversation_read_recent, "store:store scope?:scope version:within_us limit:limit " \
    "control?:control out:out_items", P(0), P(1), L(2), L(3), P(4), P(5)) \
  X(conversation_build_context, "store:store scope?:scope document:document|context " \
    "control?:control out:out_items", P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(conversation_replace, "store:store session:scope turns:turns version:version " \
    "durability:durability outint?:out_version outint?:out_changed", \
    P(0), P(1), P(2), N(3), L(4), I(5), P(6), P(7)) \
  X(conversation_list_sessions, "store:store scope?:scope limit:limit control?:control out:out_json", \
    P(0), P(1), L(2), P(3), P(4)) \
  X(knowledge_put, "store:store scope?:scope knowledge:knowledge durability:durability " \
    "out?:out_item", P(0), P(1), P(2), N(3), I(4), P(5)) \
  X(knowledge_update, "store:store scope?:scope knowledgeid:id knowledge:change|knowledge " \
    "version:version durability:durability out?:out_item", \
    P(0), P(1), P(2), N(3), P(4), N(5), L(6), I(7), P(8)) \
  X(knowledge_read_history, "store:store scope?:scope knowledgeid:id limit:limit out:out_items", \
    P(0), P(1), P(2), N(3), L(4), P(5)) \
  X(knowledge_list_contradictions, "store:store scope?:scope document:document|contradictions " \
    "control?:control out:out_json", P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(episode_put, "store:store scope?:scope episode:episode durability:durability out?:out_item", \
    P(0), P(1), P(2), N(3), I(4), P(5)) \
  X(episode_find_around, "store:store scope?:scope document:document|around control?:control " \
    "out:out_items", P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(run_record, "store:store scope?:scope run:run durability:durability out?:out_item", \
    P(0), P(1), P(2), N(3), I(4), P(5)) \
  X(context_remember, "store:store scope?:scope id:key|id text:value double:importance " \
    "durability:durability out?:out_item", \
    P(0), P(1), P(2), N(3), P(4), N(5), D(6), I(7), P(8)) \
  X(context_build, "store:store scope?:scope document:document|context control?:control " \
    "out:out_items", P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(archive_pack, "store:store document:request control?:control out:out_json", \
    P(0), P(1), N(2), P(3), P(4)) \
  X(archive_restore, "store:store scope?:scope restore:request control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(archive_get_statistics, "store:store out:out_json", P(0), P(1)) \
  X(store_tick, "store:store document:request control?:control out:out_json", \
    P(0), P(1), N(2), P(3), P(4)) \
  X(tier_consolidate, "store:store scope?:scope document:request control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(item_compress_where, "store:store scope?:scope filter:filter version:above_bytes " \
    "control?:control out:out_json", P(0), P(1), P(2), N(3), L(4), P(5), P(6)) \
  X(store_pause, "store:store", P(0)) \
  X(store_resume, "store:store", P(0)) \
  X(scope_forget, "store:store scope:scope control?:control out:out_json", P(0), P(1), P(2), P(3)) \
  X(candidates_column_int64, "candidates:candidates fieldint:field outcolumn:out_values", \
    P(0), I(1), P(2)) \
  X(candidates_column_double, "candidates:candidates fielddouble:field " \
    "outcolumn:out_values", P(0), I(1), P(2)) \
  X(candidates_column_text, "candidates:candidates fieldtext:field outcolumn:out_values", \
    P(0), I(1), P(2)) \
  X(feedback_add, "store:store scope?:scope newfeedback:document|feedback", P(0), P(1), P(2), N(3)) \
  X(feedback_list, "store:store scope?:scope out:out_json", P(0), P(1), P(2)) \
  X(feedback_clear, "store:store scope?:scope", P(0), P(1)) \
  X(link_put, "store:store scope?:scope newlink:link durability:durability", \
    P(0), P(1), P(2), N(3), I(4)) \
  X(link_put_many, "store:store scope?:scope newlinks:links durability:durability control?:control " \
    "outint?:out_count", P(0), P(1), P(2), N(3), I(4), P(5), P(6)) \
  X(link_get, "store:store scope?:scope onelink:link out:out_json", P(0), P(1), P(2), N(3), P(4)) \
  X(link_delete, "store:store scope?:scope onelink:link durability:durability outint?:out_count", \
    P(0), P(1), P(2), N(3), I(4), P(5)) \
  X(link_list, "store:store scope?:scope list:list control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(concept_create, "store:store scope?:scope newconcept:document|concept durability:durability", \
    P(0), P(1), P(2), N(3), I(4)) \
  X(concept_list, "store:store scope?:scope list:list control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(concept_delete, "store:store scope?:scope conceptname:name durability:durability", \
    P(0), P(1), P(2), N(3), I(4)) \
  X(graph_list_neighbours, "store:store scope?:scope nodequery:query control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(graph_find_path, "store:store scope?:scope pathquery:query control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(graph_spread, "store:store scope?:scope spreadquery:query control?:control out:out_json", \
    P(0), P(1), P(2), N(3), P(4), P(5)) \
  X(graph_export, "store:store scope?:scope list:query|export control?:control out:out_text", \
    P(0), P(1), P(2), N(3), P(4), P(5))
/* clang-format on */

#define DEFINE_CALL(function, parameters, ...)                                      \
  static memtier_status call_##function(const argument* a, memtier_error** error) { \
    return memtier_##function(__VA_ARGS__, error);                                  \
  }
ROWS(DEFINE_CALL)

#define DEFINE_ROW(function, parameters, ...) {"memtier_" #function, parameters, call_##function},
/* The second text key has other good values than the first. */
const row kRows[] = {ROWS(DEFINE_ROW){"memtier_options_set_text",
                                      "options:options keytokenizer:key tokenizer:text",
                                      call_options_set_text}};
const size_t kRowCount = sizeof kRows / sizeof kRows[0];
