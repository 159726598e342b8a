#include <math.h>
#include <stdlib.h>

#include "capi/bad_input.h"
#include "capi/image.h"

handles good;
handles closed;

size_t parse_parameters(const char* text, parameter* list) {
  size_t count = 0;
  int at = 0;
  while (*text != '\0') {
    parameter* p = &list[count++];
    const size_t size = strcspn(text, " ");
    char token[64];
    REQUIRE(count <= MAX_ARGUMENTS && size < sizeof token);
    snprintf(token, sizeof token, "%.*s", (int)size, text);
    char* colon = strchr(token, ':');
    REQUIRE(colon != NULL);
    p->optional = colon[-1] == '?';
    colon[p->optional ? -1 : 0] = '\0';
    snprintf(p->kind, sizeof p->kind, "%s", token);
    snprintf(p->name, sizeof p->name, "%s", colon + 1);
    p->at = at;
    static const char* const kPairs[] = {
        "text",           "id",          "anyid",       "bytes",
        "name",           "tag",         "filter",      "list",
        "querytext",      "document",    "tiers",       "tier",
        "json",           "images",      "buffer",      "builders",
        "demoted",        "image",       "tokenizer",   "newindex",
        "indexname",      "key1024",     "queries",     "newlink",
        "newlinks",       "onelink",     "newconcept",  "conceptname",
        "nodequery",      "pathquery",   "spreadquery", "newcollection",
        "collectionname", "newpolicy",   "newcallback", "policyname",
        "newrule",        "rulename",    "newspace",    "space",
        "floats",         "floatbuffer", "manyfloats",  "restore",
        "turn",           "turns",       "newfeedback", "knowledge",
        "knowledgeid",    "episode",     "run"};
    at += strcmp(p->kind, "ids") == 0 ? 3 : 1;
    for (size_t i = 0; i < sizeof kPairs / sizeof kPairs[0]; ++i) {
      if (strcmp(p->kind, kPairs[i]) == 0) ++at;
    }
    text += size;
    while (*text == ' ') ++text;
  }
  return count;
}

static void make(handles* h) {
  memset(h, 0, sizeof *h);
  h->store = clocked_store();
  h->scope = scope_of("user=ada");
  put(h->store, h->scope, "{'id': 'a', 'content': 'tea', 'tags': ['x']}");
  OK(memtier_item_move(h->store, h->scope, "a", 1, SIZED("short_term"), ERR));
  h->session = scope_of("user=ada session=s1");
  h->builder = builder_of("{'importance': 0.5}");
  h->item = get_item(h->store, h->scope, "a");
  const int64_t end = 1;
  OK(memtier_item_get_many(h->store, h->scope, "a", &end, 1, NULL, &h->items, ERR));
  const char* index = "{\"name\": \"there\", \"path\": \"metadata.there\"}";
  OK(memtier_index_create(h->store, SIZED(index), NULL, ERR));
  const char* link = "{\"source\": \"a\", \"target\": {\"concept\": \"there\"}}";
  OK(memtier_link_put(h->store, h->scope, SIZED(link), 0, ERR));
  OK(memtier_collection_create(h->store, SIZED("{\"name\": \"made\"}"), ERR));
  const char* known = "{\"id\": \"k\", \"content\": \"x\"}";
  OK(memtier_knowledge_put(h->store, h->scope, SIZED(known), 0, NULL, ERR));
  const char* space = "{\"name\": \"s\", \"dimension\": 2}";
  const float vector[] = {1, 2};
  OK(memtier_space_create(h->store, SIZED(space), ERR));
  OK(memtier_vector_put(h->store, h->scope, "a", 1, "s", 1, vector, 2, 0, ERR));
  h->cursor = open_list(h->store, h->scope, "");
  h->hits = search(h->store, h->scope, "{'text': 'tea'}");
  OK(memtier_query_create(NULL, 0, &h->query, ERR));
  OK(memtier_transition_list(h->store, NULL, NULL, 0, 0, 10, &h->transitions, ERR));
  OK(memtier_cancel_create(&h->cancel, ERR));
  OK(memtier_options_create(&h->options, ERR));
}

static void drop(handles* h) {
  memtier_options_destroy(h->options);
  memtier_cancel_destroy(h->cancel);
  memtier_transitions_destroy(h->transitions);
  memtier_query_destroy(h->query);
  memtier_hits_destroy(h->hits);
  memtier_cursor_destroy(h->cursor);
  memtier_items_destroy(h->items);
  memtier_item_destroy(h->item);
  memtier_item_builder_destroy(h->builder);
  memtier_scope_destroy(h->session);
  memtier_scope_destroy(h->scope);
  close_store(h->store);
}

void make_handles(void) {
  const handles live = good;
  const handles old = closed;
  make(&closed);
  drop(&closed);
  make(&good);
  good.candidates = live.candidates;
  closed.candidates = old.candidates;
  good.keys = live.keys;
  closed.keys = old.keys;
}

void drop_handles(void) {
  drop(&good);
}

static void* handle_of(const handles* h, const char* kind) {
  const struct {
    const char* kind;
    const void* handle;
  } rows[] = {{"store", h->store},     {"closing", h->store},           {"scope", h->scope},
              {"session", h->session}, {"builder", h->builder},         {"item", h->item},
              {"items", h->items},     {"cursor", h->cursor},           {"query", h->query},
              {"hits", h->hits},       {"transitions", h->transitions}, {"cancel", h->cancel},
              {"options", h->options}, {"candidates", h->candidates},   {"keys", h->keys}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    if (strcmp(kind, rows[i].kind) == 0) return (void*)(size_t)rows[i].handle;
  }
  return NULL;
}

static int is(const parameter* p, const char* kind) {
  return strcmp(p->kind, kind) == 0;
}
static int is_any(const parameter* p, const char* kinds) {
  for (; *kinds != '\0'; kinds += strspn(kinds, " ")) {
    const size_t size = strcspn(kinds, " ");
    if (strlen(p->kind) == size && strncmp(kinds, p->kind, size) == 0) return 1;
    kinds += size;
  }
  return 0;
}

/* --- callbacks that do nothing */

/* --- good arguments */

static const char* good_text(const parameter* p) {
  static const char* const kTexts[][2] = {
      {"id", "a"},
      {"anyid", "a"},
      {"filter", "{\"id\": \"none\"}"},
      {"querytext", ""},
      {"list", ""},
      {"document", ""},
      {"tier", "archive"},
      {"json", "{}"},
      {"tiers", "[\"long_term\"]"},
      {"text", "default"},
      {"bytes", "x"},
      {"name", "x"},
      {"tag", "x"},
      {"tokenizer", "cjk"},
      {"indexname", "there"},
      {"key1024", "k"},
      {"newfeedback", "{\"id\": \"a\", \"value\": 1}"},
      {"newlink", "{\"source\": \"a\", \"target\": {\"concept\": \"new\"}}"},
      {"newlinks", "[{\"source\": \"a\", \"target\": {\"concept\": \"new\"}}]"},
      {"onelink", "{\"source\": \"a\", \"target\": {\"concept\": \"there\"}}"},
      {"newconcept", "{\"name\": \"newer\"}"},
      {"conceptname", "there"},
      {"nodequery", "{\"node\": \"a\"}"},
      {"pathquery", "{\"from\": \"a\", \"to\": {\"concept\": \"there\"}}"},
      {"spreadquery", "{\"seeds\": [\"a\"]}"},
      {"collectionname", "made"},
      {"turn", "{\"role\": \"user\"}"},
      {"turns", "{\"turns\": [{\"role\": \"user\"}]}"},
      {"knowledge", "{\"content\": \"x\"}"},
      {"knowledgeid", "k"},
      {"episode", "{\"content\": \"x\"}"},
      {"run", "{\"name\": \"x\"}"},
      {"newcollection", "{\"name\": \"new\"}"},
      {"newpolicy", "{\"name\": \"new\", \"action\": \"demote\"}"},
      {"newcallback", "{\"name\": \"own\"}"},
      {"policyname", "refresh_important"},
      {"newrule", "{\"name\": \"new\", \"kind\": \"time\", \"condition\": {}}"},
      {"rulename", "unaccessed_old"},
      {"space", "s"},
      {"newspace", "{\"name\": \"new\", \"dimension\": 2}"},
      {"restore", "{\"ids\": [\"none\"]}"},
      {"newindex", "{\"name\": \"new\", \"path\": \"metadata.new\"}"}};
  for (size_t i = 0; i < sizeof kTexts / sizeof kTexts[0]; ++i) {
    if (is(p, kTexts[i][0])) return kTexts[i][1];
  }
  return NULL;
}

static int64_t good_number(const parameter* p) {
  static const struct {
    const char* kind;
    int64_t value;
  } kNumbers[] = {{"fieldtext", MEMTIER_FIELD_ID},
                  {"fieldint", MEMTIER_FIELD_ACCESS_COUNT},
                  {"fielddouble", MEMTIER_FIELD_IMPORTANCE},
                  {"fieldtime", MEMTIER_FIELD_TIME_US},
                  {"fieldbytes", MEMTIER_FIELD_CONTENT},
                  {"part", MEMTIER_SCOPE_USER},
                  {"key", MEMTIER_OPTION_READER_COUNT},
                  {"keytext", MEMTIER_OPTION_LADDER},
                  {"keytokenizer", MEMTIER_OPTION_TOKENIZER},
                  {"limit", 1},
                  {"number", 2}};
  for (size_t i = 0; i < sizeof kNumbers / sizeof kNumbers[0]; ++i) {
    if (is(p, kNumbers[i].kind)) return kNumbers[i].value;
  }
  return 0;
}

#define OUTPUT_SIZE 4096
static uint64_t outputs[MAX_ARGUMENTS][OUTPUT_SIZE / 8];

static size_t output_size(const parameter* p) {
  if (is_any(p, "out outint outsize outdouble outcolumn")) return 8;
  if (is(p, "outint32")) return 4;
  if (is(p, "outslice")) return sizeof(memtier_slice);
  if (is(p, "outstore")) return sizeof(memtier_store_statistics);
  if (is(p, "outtier")) return sizeof(memtier_tier_statistics);
  return is(p, "outimport") ? sizeof(memtier_import_statistics) : 0;
}

static int is_struct(const parameter* p) {
  return is_any(p, "outstore outtier outimport");
}

static void fill_one(const parameter* p, argument* a) {
  static int64_t ids_end = 1;
  static float floats[2] = {1, 2};
  static char image[1024];
  void* const output = outputs[p->at];
  if (handle_of(&good, p->kind) != NULL) {
    a[0].p = handle_of(&good, p->kind);
  } else if (table_of(p) != NULL) {
    a[0].p = table_of(p);
  } else if (good_text(p) != NULL) {
    a[0].p = (void*)(size_t)good_text(p);
    a[1].n = strlen(good_text(p));
  } else if (is_any(p, "images image")) {
    image_parts parts = default_parts("b", "x");
    parts.importance = 0.5; /* an item's, not the default of a put */
    a[0].p = image;
    a[1].n = make_image(&parts, image);
  } else if (is(p, "builders")) {
    a[0].p = &good.builder;
    a[1].i = 1;
  } else if (is(p, "queries")) {
    a[0].p = &good.query;
    a[1].i = 1;
  } else if (is(p, "ids")) {
    a[0].p = (void*)(size_t) "a";
    a[1].p = &ids_end;
    a[2].i = 1;
  } else if (is_any(p, "floats manyfloats")) {
    a[0].p = floats;
    a[1].i = 2;
  } else if (is(p, "floatbuffer")) {
    a[0].p = output;
    a[1].i = OUTPUT_SIZE / sizeof(float);
  } else if (is(p, "path")) {
    a[0].p = (void*)(size_t)test_path("other");
  } else if (is(p, "importpath")) {
    a[0].p = (void*)(size_t)test_path("in.jsonl");
    write_text_file(a[0].p, "");
  } else if (is(p, "buffer")) {
    a[0].p = output;
    a[1].n = OUTPUT_SIZE;
  } else if (is(p, "demoted")) {
    a[0].p = output;
    a[1].i = MEMTIER_MAX_TIERS;
  } else if (output_size(p) != 0) {
    a[0].p = output;
  } else {
    a[0].i = good_number(p);
    a[0].d = 0.5;
  }
}

void fill_arguments(const parameter* list, size_t count, argument* a) {
  memset(a, 0, MAX_ARGUMENTS * sizeof *a);
  memset(outputs, 0xee, sizeof outputs);
  for (size_t i = 0; i < count; ++i) {
    fill_one(&list[i], a + list[i].at);
    const uint32_t size = (uint32_t)output_size(&list[i]);
    if (is_struct(&list[i])) memcpy(outputs[list[i].at], &size, sizeof size);
  }
}

int is_cleared(const parameter* p, const argument* a) {
  const size_t size = output_size(p);
  if (size == 0 || a[p->at].p == NULL) return 1;
  const char* bytes = a[p->at].p;
  for (size_t i = is_struct(p) ? 4 : 0; i < size; ++i) {
    if (bytes[i] != 0) return 0;
  }
  return 1;
}

/* --- wrong ones */

#define GRAPH_DOCUMENTS "newlink newlinks onelink newconcept nodequery pathquery spreadquery"

static char huge; /* the first of more bytes than any text has, none of which may be read */

static size_t wrong_pointer(wrong_value* list, const char* what, memtier_status status, void* p) {
  memset(list, 0, sizeof *list);
  list->what = what;
  list->status = status;
  list->first.p = p;
  return 1;
}
static size_t wrong_pair(wrong_value* list, const char* what, const void* data, size_t size) {
  (void)wrong_pointer(list, what, MEMTIER_INVALID, (void*)(size_t)data);
  list->has_second = 1;
  list->second.n = size;
  list->second.i = (int64_t)size;
  return 1;
}
static size_t wrong_number(wrong_value* list, int64_t value) {
  (void)wrong_pointer(list, "out of range", MEMTIER_INVALID, NULL);
  list->first.i = value;
  return 1;
}

static size_t wrong_handles(const parameter* p, wrong_value* list) {
  size_t n = 0;
  void* const other = is_any(p, "scope session") ? (void*)good.item : (void*)good.scope;
  if (!is(p, "closing")) {
    if (!p->optional) n += wrong_pointer(list + n, "NULL", MEMTIER_INVALID, NULL);
    n += wrong_pointer(list + n, "closed", MEMTIER_CLOSED, handle_of(&closed, p->kind));
    if (list[n - 1].first.p == NULL) --n; /* none were ever lent yet */
  }
  n += wrong_pointer(list + n, "another kind", MEMTIER_INVALID, other);
  n += wrong_pointer(list + n, "an address", MEMTIER_INVALID, &huge);
  n += wrong_pointer(list + n, "all ones", MEMTIER_INVALID, (void*)~(size_t)0);
  n += wrong_pointer(list + n, "a small number", MEMTIER_INVALID, (void*)(size_t)7);
  return n;
}

static size_t wrong_texts(const parameter* p, wrong_value* list) {
  static char long_name[MEMTIER_MAX_NAME_BYTES + 1];
  static char long_id[MEMTIER_MAX_ID_BYTES + 1];
  memset(long_name, 'x', sizeof long_name);
  memset(long_id, 'x', sizeof long_id);
  size_t n = wrong_pair(list, "NULL with a size", NULL, 3);
  n += wrong_pair(list + n, "more than any text", &huge, SIZE_MAX);
  if (is(p, "bytes")) return n;
  n += wrong_pair(list + n, "invalid UTF-8", "\xc3\x28", 2);
  if (is_any(p,
             "filter list querytext document tiers json newindex newcollection newspace restore "
             "newfeedback newpolicy newcallback newrule turn turns knowledge episode "
             "run " GRAPH_DOCUMENTS)) {
    n += wrong_pair(list + n, "no JSON", "{", 1);
  }
  if (is(p, "tokenizer")) n += wrong_pair(list + n, "no tokenizer", "klingon", 7);
  if (is_any(p,
             "id tag tier tiers newindex indexname conceptname newcollection newspace space "
             "collectionname policyname newpolicy newcallback newrule rulename "
             "restore turn turns knowledge knowledgeid episode run " GRAPH_DOCUMENTS))
    n += wrong_pair(list + n, "empty", "", 0);
  if (is_any(p, "name tag indexname"))
    n += wrong_pair(list + n, "too long", long_name, sizeof long_name);
  if (is_any(p, "name tag indexname conceptname collectionname policyname rulename"))
    n += wrong_pair(list + n, "a control character", "a\nb", 3);
  if (is(p, "key1024")) n += wrong_pair(list + n, "too long", long_id, sizeof long_id);
  if (is_any(p, "id anyid knowledgeid"))
    n += wrong_pair(list + n, "too long", long_id, sizeof long_id);
  return n;
}

static size_t wrong_numbers(const parameter* p, wrong_value* list) {
  static const struct {
    const char* kinds;
    int64_t low, high;
  } kRanges[] = {{"mode", -1, 3},
                 {"drop", -1, 2},
                 {"durability", -1, 4},
                 {"part", 0, 6},
                 {"key keytext keytokenizer", 0, 999},
                 {"fieldtext fieldint fielddouble fieldtime fieldbytes", 0, 999},
                 {"index first", -1, INT64_MAX},
                 {"limit", 0, MEMTIER_MAX_BATCH + 1},
                 {"version", -1, INT64_MIN}};
  for (size_t i = 0; i < sizeof kRanges / sizeof kRanges[0]; ++i) {
    if (!is_any(p, kRanges[i].kinds)) continue;
    return wrong_number(list, kRanges[i].low) + wrong_number(list + 1, kRanges[i].high);
  }
  if (!is(p, "double")) return 0;
  const double values[] = {NAN, INFINITY, -0.5, 1.5};
  for (size_t i = 0; i < 4; ++i) {
    (void)wrong_number(list + i, 0);
    list[i].first.d = values[i];
  }
  return 4;
}

static size_t wrong_arrays(const parameter* p, wrong_value* list) {
  size_t n = 0;
  if (is(p, "builders")) {
    static memtier_item_builder* none[1];
    n += wrong_pair(list, "NULL with a count", NULL, 1);
    n += wrong_pair(list + n, "a NULL in it", none, 1);
    n += wrong_pair(list + n, "too many", &good.builder, MEMTIER_MAX_BATCH + 1);
    n += wrong_pair(list + n, "a negative count", &good.builder, SIZE_MAX);
  } else if (is(p, "queries")) {
    static memtier_query* none[1];
    n += wrong_pair(list, "NULL with a count", NULL, 1);
    n += wrong_pair(list + n, "a NULL in it", none, 1);
    n += wrong_pair(list + n, "too many", &good.query, MEMTIER_MAX_QUERIES + 1);
    n += wrong_pair(list + n, "a negative count", &good.query, SIZE_MAX);
  } else if (is(p, "ids")) {
    n += wrong_pointer(list, "NULL", MEMTIER_INVALID, NULL);
    n += wrong_pair(list + n, "NULL ends", "a", 1);
    static int64_t back[] = {-1};
    n += wrong_pair(list + n, "an end before the start", "a", 1);
    list[n - 1].second.p = back;
  } else if (is_any(p, "floats manyfloats")) {
    static const float not_finite[] = {1, NAN};
    static const float three[] = {1, 2, 3};
    n += wrong_pair(list, "NULL with a count", NULL, 2);
    n += wrong_pair(list + n, "too many", three, SIZE_MAX / 2);
    n += wrong_pair(list + n, "a negative count", three, SIZE_MAX);
    /* one of many is refused by itself */
    if (is(p, "floats")) n += wrong_pair(list + n, "not a number", not_finite, 2);
  } else if (is(p, "floatbuffer")) {
    n += wrong_pair(list, "NULL with a count", NULL, 2);
    n += wrong_pair(list + n, "a negative count", outputs[p->at], SIZE_MAX);
  } else if (is_any(p, "images image")) {
    n += wrong_pair(list, "NULL with a size", NULL, 3);
    n += wrong_pair(list + n, "too short", "xxxxxxxx", 8);
  } else if (is(p, "buffer")) {
    n += wrong_pair(list, "NULL with a size", NULL, 3);
  } else if (is(p, "demoted")) {
    n += wrong_pair(list, "too small", outputs[p->at], 3);
    n += wrong_pair(list + n, "negative", outputs[p->at], SIZE_MAX);
  }
  return n;
}

static size_t wrong_paths(wrong_value* list) {
  static char longest[5000];
  memset(longest, 'x', sizeof longest - 1);
  return wrong_pointer(list, "NULL", MEMTIER_INVALID, NULL) +
         wrong_pointer(list + 1, "empty", MEMTIER_INVALID, (void*)(size_t) "") +
         wrong_pointer(list + 2, "too long", MEMTIER_INVALID, longest);
}

size_t wrong_values(const parameter* p, wrong_value* list) {
  static const uint32_t kSmallTable[64] = {8};
  static uint32_t no_size[256], absurd_size[256];
  if (handle_of(&good, p->kind) != NULL) return wrong_handles(p, list);
  if (good_text(p) != NULL) return wrong_texts(p, list);
  if (is_any(p, "path importpath")) return wrong_paths(list);
  size_t n = 0;
  if (table_of(p) != NULL) {
    if (!p->optional) n += wrong_pointer(list, "NULL", MEMTIER_INVALID, NULL);
    return n + wrong_pointer(list + n, "a wrong struct_size", MEMTIER_INVALID,
                             (void*)(size_t)kSmallTable);
  }
  if (output_size(p) == 0) return wrong_numbers(p, list) + wrong_arrays(p, list);
  if (!p->optional) n += wrong_pointer(list, "NULL", MEMTIER_INVALID, NULL);
  if (is_struct(p)) {
    absurd_size[0] = UINT32_MAX;
    n += wrong_pointer(list + n, "struct_size 0", MEMTIER_INVALID, no_size);
    n += wrong_pointer(list + n, "struct_size absurd", MEMTIER_INVALID, absurd_size);
  }
  return n;
}
