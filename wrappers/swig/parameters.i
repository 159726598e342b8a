/* The vocabulary of parameters, for the languages in which one argument stands for several of C (Java
   and Go). Each language gives typemaps to the names in capitals; here they are applied to the names
   that memtier.h uses. A `const char *` or `void *` that is not listed stops the generation, so a new
   parameter cannot get a mapping by accident. */

/* Text, any size: UTF-8. */
%apply (const char *TEXT, size_t TEXT_SIZE) {
  (const char *name, size_t name_size), (const char *tag, size_t tag_size),
  (const char *json, size_t json_size), (const char *id, size_t id_size),
  (const char *filter, size_t filter_size), (const char *list, size_t list_size),
  (const char *query, size_t query_size), (const char *tier, size_t tier_size),
  (const char *tiers, size_t tiers_size), (const char *document, size_t document_size),
  (const char *index, size_t index_size), (const char *key, size_t key_size),
  (const char *link, size_t link_size), (const char *links, size_t links_size),
  (const char *collection, size_t collection_size), (const char *to, size_t to_size),
  (const char *turn, size_t turn_size), (const char *turns, size_t turns_size),
  (const char *knowledge, size_t knowledge_size), (const char *change, size_t change_size),
  (const char *episode, size_t episode_size), (const char *run, size_t run_size),
  (const char *value, size_t value_size),
  (const char *policy, size_t policy_size), (const char *rule, size_t rule_size),
  (const char *request, size_t request_size),
  (const char *space, size_t space_size)
};
/* Text and bytes that are only copied by the call, into options or a builder: nothing is waited for
   and no callback runs, so memory may be lent in the way that is fastest. */
%apply (const char *COPIED_TEXT, size_t COPIED_TEXT_SIZE) { (const char *text, size_t text_size) };
%apply (const void *COPIED_BYTES, size_t COPIED_BYTES_SIZE) { (const void *data, size_t data_size) };
/* Images in, and images out. (Java gives an address and a size: see java/bytes.i.) */
#ifdef SWIGGO
%apply (const void *IMAGES, size_t IMAGES_SIZE) {
  (const void *image, size_t image_size), (const void *images, size_t images_size)
};
%apply (void *BUFFER, size_t BUFFER_SIZE) { (void *buffer, size_t buffer_size) };
#endif
/* C strings. */
%apply const char *PATH { const char *path };
/* Lists of ids and of texts, packed, and lists of handles. */
%apply const char *PACKED { const char *ids, const char *texts };
%apply (const int64_t *ENDS, int64_t COUNT) {
  (const int64_t *id_ends, int64_t id_count), (const int64_t *text_ends, int64_t text_count)
};
%apply (const memtier_item_builder *const *HANDLES, int64_t COUNT) {
  (const memtier_item_builder *const *builders, int64_t builder_count),
  (const memtier_query *const *queries, int64_t query_count)
};
/* A row of numbers filled by the call. */
%apply (int64_t *OUT_ROW, int64_t OUT_ROW_SIZE) { (int64_t *out_demoted, int64_t demoted_size) };
/* The components of vectors, in and out. */
%apply (const float *FLOATS, int64_t FLOAT_COUNT) {
  (const float *vector, int64_t dimension), (const float *vectors, int64_t component_count)
};
%apply (float *OUT_FLOATS, int64_t OUT_FLOAT_COUNT) { (float *buffer, int64_t buffer_count) };
