#include "conformance/json.h"

#include <stdlib.h>

#include "capi/check.h"

/* --- memory */

typedef struct kept {
  struct kept* next;
  char room[];
} kept;
static kept* all_kept;

void* json_keep(size_t size) {
  kept* block = malloc(sizeof *block + size);
  REQUIRE(block != NULL);
  block->next = all_kept;
  all_kept = block;
  return block->room;
}

void json_forget(void) {
  while (all_kept != NULL) {
    kept* next = all_kept->next;
    free(all_kept);
    all_kept = next;
  }
}

/* --- reading */

static const char* skip(const char* at, const char* end) {
  while (at < end && strchr(" \t\r\n,:", *at) != NULL) ++at;
  return at;
}

json json_value(const char* begin, const char* end) {
  const char* at = skip(begin, end);
  const json value = {at, at};
  int depth = 0;
  int in_string = 0;
  for (; at < end; ++at) {
    const char c = *at;
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = 0;
    } else if (c == '"') {
      in_string = 1;
    } else if (c == '{' || c == '[') {
      ++depth;
      continue;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return (json){value.begin, at};
      --depth;
    } else {
      if (depth == 0 && strchr(" \t\r\n,", c) != NULL) return (json){value.begin, at};
      continue; /* a number or a word ends before what follows it */
    }
    if (depth == 0 && !in_string) return (json){value.begin, at + 1};
  }
  return (json){value.begin, at};
}

int json_next(json container, json* place, json* key, json* value) {
  if (container.begin == NULL) return 0;
  const char* at = place->begin == NULL ? container.begin + 1 : place->end;
  at = skip(at, container.end);
  if (at >= container.end - 1) return 0;
  if (key != NULL) {
    *key = json_value(at, container.end);
    at = key->end;
  }
  *value = json_value(at, container.end);
  *place = *value;
  return 1;
}

json json_member(json object, const char* key) {
  json place = {NULL, NULL};
  json name;
  json value;
  while (json_next(object, &place, &name, &value)) {
    const size_t size = (size_t)(name.end - name.begin) - 2;
    if (strlen(key) == size && memcmp(name.begin + 1, key, size) == 0) return value;
  }
  return (json){NULL, NULL};
}

static json_string new_text(size_t size) {
  json_string text = {json_keep(size + 1), 0};
  text.data[0] = '\0';
  return text;
}

json_string json_source(json value) {
  const size_t size = (size_t)(value.end - value.begin);
  json_string text = new_text(size);
  if (size > 0) memcpy(text.data, value.begin, size);
  text.data[size] = '\0';
  text.size = size;
  return text;
}

static void add_code(json_string* text, unsigned code) {
  if (code < 0x80) {
    text->data[text->size++] = (char)code;
  } else if (code < 0x800) {
    text->data[text->size++] = (char)(0xc0 | code >> 6);
    text->data[text->size++] = (char)(0x80 | (code & 0x3f));
  } else { /* pairs of surrogates are not in the vectors: they are written as they are */
    REQUIRE(code < 0xd800 || code > 0xdfff);
    text->data[text->size++] = (char)(0xe0 | code >> 12);
    text->data[text->size++] = (char)(0x80 | (code >> 6 & 0x3f));
    text->data[text->size++] = (char)(0x80 | (code & 0x3f));
  }
}

json_string json_text(json value) {
  if (value.begin == NULL) return new_text(0);
  REQUIRE(*value.begin == '"');
  json_string text = new_text((size_t)(value.end - value.begin));
  for (const char* at = value.begin + 1; at < value.end - 1; ++at) {
    if (*at != '\\') {
      text.data[text.size++] = *at;
      continue;
    }
    static const char kNames[] = "\"\\/bfnrt";
    static const char kMeanings[] = "\"\\/\b\f\n\r\t";
    ++at;
    if (*at == 'u') {
      const char digits[5] = {at[1], at[2], at[3], at[4], '\0'};
      add_code(&text, (unsigned)strtoul(digits, NULL, 16));
      at += 4;
      continue;
    }
    const char* found = strchr(kNames, *at);
    REQUIRE(found != NULL);
    text.data[text.size++] = kMeanings[found - kNames];
  }
  text.data[text.size] = '\0';
  return text;
}

int64_t json_int(json value) {
  return strtoll(json_source(value).data, NULL, 10);
}

double json_number(json value) {
  return strtod(json_source(value).data, NULL);
}

int json_is(json value, const char* literal) {
  return value.begin != NULL && strcmp(json_source(value).data, literal) == 0;
}

static int is_number(json value) {
  return value.begin != NULL && strchr("-0123456789", *value.begin) != NULL;
}

int json_equal(json a, json b) {
  if (a.begin == NULL || b.begin == NULL) return a.begin == b.begin;
  if (is_number(a) && is_number(b)) {
    return json_int(a) == json_int(b) && json_number(a) == json_number(b);
  }
  if (*a.begin == '"' && *b.begin == '"') {
    const json_string x = json_text(a);
    const json_string y = json_text(b);
    return x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
  }
  if (*a.begin == '[' && *b.begin == '[') {
    json in_a = {NULL, NULL};
    json in_b = {NULL, NULL};
    json x;
    json y;
    while (json_next(a, &in_a, NULL, &x)) {
      if (!json_next(b, &in_b, NULL, &y) || !json_equal(x, y)) return 0;
    }
    return !json_next(b, &in_b, NULL, &y);
  }
  return a.end - a.begin == b.end - b.begin &&
         memcmp(a.begin, b.begin, (size_t)(a.end - a.begin)) == 0;
}

/* --- files */

static json_string read_all(const char* path) {
  FILE* file = fopen(path, "rb");
  REQUIRE(file != NULL);
  REQUIRE(fseek(file, 0, SEEK_END) == 0);
  json_string text = new_text((size_t)ftell(file));
  const long size = ftell(file);
  REQUIRE(fseek(file, 0, SEEK_SET) == 0);
  text.size = fread(text.data, 1, (size_t)size, file);
  text.data[text.size] = '\0';
  fclose(file);
  return text;
}

json_string json_load(const char* path) {
  json_string text = read_all(path);
  char* macro = NULL;
  while ((macro = strstr(text.data, "{\"repeat\":")) != NULL) {
    const json object = json_value(macro, text.data + text.size);
    const json_string unit = json_text(json_member(object, "repeat"));
    const size_t count = (size_t)json_int(json_member(object, "count"));
    json_string longer = new_text(text.size + unit.size * count);
    longer.size = (size_t)(macro - text.data);
    memcpy(longer.data, text.data, longer.size);
    longer.data[longer.size++] = '"';
    for (size_t i = 0; i < count; ++i) {
      memcpy(longer.data + longer.size, unit.data, unit.size);
      longer.size += unit.size;
    }
    longer.data[longer.size++] = '"';
    const size_t rest = (size_t)(text.data + text.size - object.end);
    memcpy(longer.data + longer.size, object.end, rest + 1);
    longer.size += rest;
    text = longer;
  }
  return text;
}
