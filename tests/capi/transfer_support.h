/* Exports into memory, and imports out of it. */
#ifndef MEMTIER_TESTS_CAPI_TRANSFER_SUPPORT_H
#define MEMTIER_TESTS_CAPI_TRANSFER_SUPPORT_H

#include "capi/support.h"

typedef struct pipe_end {
  char* text;         /* what was written, or is to be read */
  size_t size, place; /* place: read so far */
  size_t piece;       /* bytes that a read gives at most; 0 all that fit */
  int32_t answer;     /* of every call */
  int calls;
  int destroyed;
  memtier_store* store; /* used from inside, where it is not NULL */
  memtier_status from_inside;
} pipe_end;

memtier_writer writer_to(pipe_end* end);
memtier_reader reader_from(pipe_end* end, const char* text);
/* The lines of an export; to be freed. */
char* export_text(memtier_store* store, const memtier_scope* scope, const char* filter);
memtier_import_statistics import_text(memtier_store* store, const memtier_scope* scope,
                                      const char* document, const char* lines);
/* The same where it may fail; *out is filled in also then. JSON with ' in place of ". */
memtier_status try_import(memtier_store* store, const memtier_scope* scope, const char* document,
                          const char* lines, memtier_import_statistics* out);

#endif
