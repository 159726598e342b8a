/* The image of an item as memtier.h, section 10, draws it: taken apart and put together by hand, so
 * that the tests do not ask the library what the layout is. Little-endian machines only. */
#ifndef MEMTIER_TESTS_CAPI_IMAGE_H
#define MEMTIER_TESTS_CAPI_IMAGE_H

#include <stdint.h>
#include <string.h>

enum {
  AT_SIZE = 0,
  AT_STATUS = 4,
  AT_FORMAT = 8,
  AT_HEADER_BYTES = 10,
  AT_TEXT_COUNT = 12,
  AT_FLAGS = 14,
  AT_VERSION = 16,
  AT_CHANGE_SEQUENCE = 24,
  AT_CREATED_US = 32,
  AT_UPDATED_US = 40,
  AT_ACCESSED_US = 48,
  AT_EXPIRES_US = 56,
  AT_TTL_US = 64,
  AT_ACCESS_COUNT = 72,
  AT_VALIDATION_COUNT = 80,
  AT_PRIORITY = 88,
  AT_IMPORTANCE = 96,
  AT_SCORE = 104,
  AT_TIER = 112,
  AT_TAG_COUNT = 116,
  AT_ENDS = 120,
  AT_TEXTS = 168
};

enum {
  TEXT_ID,
  TEXT_COLLECTION,
  TEXT_APP,
  TEXT_USER,
  TEXT_AGENT,
  TEXT_SESSION,
  TEXT_TYPE,
  TEXT_CONTENT_TYPE,
  TEXT_TAGS,
  TEXT_METADATA,
  TEXT_CONTENT,
  TEXT_SNIPPET,
  TEXTS
};

#define IMAGE_READER(name, type)                               \
  static inline type name(const void* image, size_t offset) {  \
    type value;                                                \
    memcpy(&value, (const char*)image + offset, sizeof value); \
    return value;                                              \
  }
#define IMAGE_WRITER(name, type)                                    \
  static inline void name(void* image, size_t offset, type value) { \
    memcpy((char*)image + offset, &value, sizeof value);            \
  }
IMAGE_READER(get_u16, uint16_t)
IMAGE_READER(get_u32, uint32_t)
IMAGE_READER(get_i32, int32_t)
IMAGE_READER(get_i64, int64_t)
IMAGE_READER(get_f64, double)
IMAGE_WRITER(set_u16, uint16_t)
IMAGE_WRITER(set_u32, uint32_t)
IMAGE_WRITER(set_i32, int32_t)
IMAGE_WRITER(set_i64, int64_t)
IMAGE_WRITER(set_f64, double)

/* A text of an image, ending in NUL; valid until sixteen more were asked for. */
const char* image_text(const void* image, int number);

typedef struct image_parts {
  const char* texts[TEXTS]; /* NULL: empty */
  double importance;        /* below 0: the default */
  int32_t tier;             /* -1: the default */
} image_parts;
image_parts default_parts(const char* id, const char* content);
/* An image with these texts, everything else 0; returns its size. The buffer is large enough. */
size_t make_image(const image_parts* parts, void* buffer);

#endif
