#include "capi/transfer_support.h"

#include <stdlib.h>

static int32_t take_bytes(const void* data, size_t data_size, void* user_data) {
  pipe_end* end = user_data;
  ++end->calls;
  int64_t count = 0;
  if (end->store != NULL) {
    end->from_inside = memtier_item_count(end->store, NULL, NULL, 0, NULL, &count, NULL);
  }
  if (end->answer != MEMTIER_CALLBACK_OK) return end->answer;
  end->text = realloc(end->text, end->size + data_size + 1);
  memcpy(end->text + end->size, data, data_size);
  end->size += data_size;
  end->text[end->size] = '\0';
  return MEMTIER_CALLBACK_OK;
}

static int32_t give_bytes(void* buffer, size_t buffer_size, size_t* out_size, void* user_data) {
  pipe_end* end = user_data;
  ++end->calls;
  if (end->answer != MEMTIER_CALLBACK_OK) return end->answer;
  size_t size = end->size - end->place;
  if (size > buffer_size) size = buffer_size;
  if (end->piece != 0 && size > end->piece) size = end->piece;
  memcpy(buffer, end->text + end->place, size);
  end->place += size;
  *out_size = size;
  return MEMTIER_CALLBACK_OK;
}

static void count_end(void* user_data) {
  ++((pipe_end*)user_data)->destroyed;
}

memtier_writer writer_to(pipe_end* end) {
  const memtier_writer writer = {sizeof writer, take_bytes, count_end, end};
  memset(end, 0, sizeof *end);
  return writer;
}

memtier_reader reader_from(pipe_end* end, const char* text) {
  const memtier_reader reader = {sizeof reader, give_bytes, count_end, end};
  memset(end, 0, sizeof *end);
  end->text = (char*)(size_t)text;
  end->size = strlen(text);
  return reader;
}

char* export_text(memtier_store* store, const memtier_scope* scope, const char* filter) {
  pipe_end end;
  const memtier_writer writer = writer_to(&end);
  const char* text = Q(filter);
  int64_t count = -1;
  OK(memtier_store_export(store, scope, SIZED(text), &writer, NULL, &count, ERR));
  int64_t lines = 0;
  static const char kSpace[] = "\"kind\":\"space\"";
  for (size_t i = 0; i < end.size; ++i) {
    lines += end.text[i] == '\n';
    /* Spaces are lines too, and no items. */
    if (end.size - i >= sizeof kSpace - 1)
      lines -= memcmp(end.text + i, kSpace, sizeof kSpace - 1) == 0;
  }
  CHECK_INT(count, lines);
  CHECK_INT(end.destroyed, 1);
  return end.text == NULL ? calloc(1, 1) : end.text;
}

memtier_status try_import(memtier_store* store, const memtier_scope* scope, const char* document,
                          const char* lines, memtier_import_statistics* out) {
  pipe_end end;
  const memtier_reader reader = reader_from(&end, Q(lines));
  const char* text = Q(document);
  memset(out, 0xee, sizeof *out);
  out->struct_size = sizeof *out;
  const memtier_status status =
      memtier_store_import(store, scope, SIZED(text), &reader, NULL, out, ERR);
  CHECK_INT(end.destroyed, 1);
  return status;
}

memtier_import_statistics import_text(memtier_store* store, const memtier_scope* scope,
                                      const char* document, const char* lines) {
  memtier_import_statistics statistics;
  OK(try_import(store, scope, document, lines, &statistics));
  return statistics;
}
