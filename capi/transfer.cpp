// memtier.h, section 14: export and import.
#include <cstring>

#include "capi/guard.h"
#include "capi/objects.h"
#include "capi/scopes.h"

using namespace memtier;
using namespace memtier::capi;

namespace {

// A writer's or reader's table while its call lasts; destroy runs at the end.
template <typename Table>
class CallTable {
 public:
  CallTable() = default;
  ~CallTable() {
    if (table_.destroy != nullptr) table_.destroy(table_.user_data);
  }
  CallTable(const CallTable&) = delete;
  CallTable& operator=(const CallTable&) = delete;
  Status take(const Table* table, const char* name) {
    ASSIGN_OR_RETURN(table_, copy_table(table, name));
    return {};
  }
  const Table* operator->() const { return &table_; }

 private:
  Table table_{};
};

// Gives the counts back, also where the import failed.
Status begin_import(memtier_import_statistics* out) {
  if (out == nullptr) return {};
  RETURN_IF_ERROR(check_struct_size(out->struct_size, sizeof *out, "out_statistics"));
  std::memset(reinterpret_cast<char*>(out) + sizeof(uint32_t), 0,
              out->struct_size - sizeof(uint32_t));
  return {};
}

void fill_import(const ImportCounts& counts, memtier_import_statistics* out) {
  if (out == nullptr) return;
  out->lines = counts.lines;
  out->stored = counts.stored;
  out->replaced = counts.replaced;
  out->skipped = counts.skipped;
  out->failed = counts.failed;
  out->first_failed_line = counts.first_failed_line;
}

Result<ImportOptions> check_import(const char* document, size_t document_size) {
  ASSIGN_OR_RETURN(const std::string_view text, check_text(document, document_size, "document"));
  return ImportOptions::parse(text);
}

}  // namespace

memtier_status memtier_store_export(memtier_store* store, const memtier_scope* scope,
                                    const char* filter, size_t filter_size,
                                    const memtier_writer* writer, const memtier_control* control,
                                    int64_t* out_count, memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    // Both tables are taken before either is complained about, so that both are let go.
    CallTable<memtier_writer> table;
    CallControl call_control;
    Status taken = table.take(writer, "writer");
    Status controlled = call_control.take(control);
    RETURN_IF_ERROR(std::move(taken));
    RETURN_IF_ERROR(std::move(controlled));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    if (table->write == nullptr) return invalid("writer->write is NULL");
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const FilterRef condition, check_filter(filter, filter_size));
    const auto write = [&table](std::string_view bytes) -> Status {
      const CallbackScope callback;
      return callback_status(table->write(bytes.data(), bytes.size(), table->user_data), "write");
    };
    return call->export_items(*where, condition, write, *call_control, out_count);
  });
}

memtier_status memtier_store_export_file(memtier_store* store, const memtier_scope* scope,
                                         const char* filter, size_t filter_size, const char* path,
                                         const memtier_control* control, int64_t* out_count,
                                         memtier_error** error) {
  if (out_count != nullptr) *out_count = 0;
  return guard(error, [&]() -> Status {
    CallControl call_control;
    RETURN_IF_ERROR(call_control.take(control));
    RETURN_IF_ERROR(check_out(out_count, "out_count"));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const FilterRef condition, check_filter(filter, filter_size));
    ASSIGN_OR_RETURN(const std::string file, check_path_argument(path));
    return call->export_file(*where, condition, file, *call_control, out_count);
  });
}

memtier_status memtier_store_import(memtier_store* store, const memtier_scope* scope,
                                    const char* document, size_t document_size,
                                    const memtier_reader* reader, const memtier_control* control,
                                    memtier_import_statistics* out_statistics,
                                    memtier_error** error) {
  return guard(error, [&]() -> Status {
    CallTable<memtier_reader> table;
    CallControl call_control;
    Status taken = table.take(reader, "reader");
    Status controlled = call_control.take(control);
    RETURN_IF_ERROR(begin_import(out_statistics));
    RETURN_IF_ERROR(std::move(taken));
    RETURN_IF_ERROR(std::move(controlled));
    if (table->read == nullptr) return invalid("reader->read is NULL");
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const ImportOptions options, check_import(document, document_size));
    ImportSource source;
    source.read = [&table](char* buffer, size_t size, size_t* out_size) -> Status {
      const CallbackScope callback;
      *out_size = 0;
      const int32_t result = table->read(buffer, size, out_size, table->user_data);
      RETURN_IF_ERROR(callback_status(result, "read"));
      if (*out_size <= size) return {};
      return {Code::kCallback, "read callback: *out_size is larger than the buffer"};
    };
    ImportCounts counts;
    Status status = call->import(*where, options, source, *call_control, &counts);
    fill_import(counts, out_statistics);
    return status;
  });
}

memtier_status memtier_store_import_file(memtier_store* store, const memtier_scope* scope,
                                         const char* document, size_t document_size,
                                         const char* path, const memtier_control* control,
                                         memtier_import_statistics* out_statistics,
                                         memtier_error** error) {
  return guard(error, [&]() -> Status {
    CallControl call_control;
    Status controlled = call_control.take(control);
    RETURN_IF_ERROR(begin_import(out_statistics));
    RETURN_IF_ERROR(std::move(controlled));
    ASSIGN_OR_RETURN(const StoreCall call, StoreCall::begin(store));
    ASSIGN_OR_RETURN(const PinnedScope where, pin_scope(scope));
    ASSIGN_OR_RETURN(const ImportOptions options, check_import(document, document_size));
    ASSIGN_OR_RETURN(const std::string file, check_path_argument(path));
    ImportCounts counts;
    Status status = call->import_file(*where, options, file, *call_control, &counts);
    fill_import(counts, out_statistics);
    return status;
  });
}
