#include "capi/image.h"

#include "capi/check.h"

const char* image_text(const void* image, int number) {
  static char texts[16][4096];
  static unsigned next;
  const size_t header = get_u16(image, AT_HEADER_BYTES);
  const uint32_t begin = number == 0 ? 0 : get_u32(image, AT_ENDS + 4 * ((size_t)number - 1));
  const uint32_t end = get_u32(image, AT_ENDS + 4 * (size_t)number);
  REQUIRE(begin <= end && end - begin < sizeof texts[0]);
  char* text = texts[next++ % 16];
  memcpy(text, (const char*)image + header + begin, end - begin);
  text[end - begin] = '\0';
  return text;
}

image_parts default_parts(const char* id, const char* content) {
  image_parts parts;
  memset(&parts, 0, sizeof parts);
  parts.texts[TEXT_ID] = id;
  parts.texts[TEXT_CONTENT] = content;
  parts.importance = -1;
  parts.tier = -1;
  return parts;
}

size_t make_image(const image_parts* parts, void* buffer) {
  char* image = buffer;
  uint32_t end = 0;
  memset(image, 0, AT_TEXTS);
  for (size_t i = 0; i < TEXTS; ++i) {
    const char* text = parts->texts[i] == NULL ? "" : parts->texts[i];
    memcpy(image + AT_TEXTS + end, text, strlen(text));
    end += (uint32_t)strlen(text);
    set_u32(image, AT_ENDS + 4 * i, end);
  }
  while ((AT_TEXTS + end) % 8 != 0) image[AT_TEXTS + end++] = '\0';
  set_u32(image, AT_SIZE, AT_TEXTS + end);
  set_u16(image, AT_FORMAT, MEMTIER_IMAGE_FORMAT);
  set_u16(image, AT_HEADER_BYTES, MEMTIER_IMAGE_HEADER_BYTES);
  set_u16(image, AT_TEXT_COUNT, MEMTIER_IMAGE_TEXT_COUNT);
  set_f64(image, AT_IMPORTANCE, parts->importance);
  set_i32(image, AT_TIER, parts->tier);
  return AT_TEXTS + end;
}
