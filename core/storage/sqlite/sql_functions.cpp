#include "storage/sqlite/sql_functions.h"

#include <algorithm>

#include "model/filter_eval.h"
#include "storage/sqlite/index_keys.h"
#include "storage/sqlite/stored_item.h"

namespace memtier {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const void* data = sqlite3_value_blob(value);
  const int size = sqlite3_value_bytes(value);
  return {static_cast<const char*>(data), data == nullptr ? 0 : static_cast<size_t>(size)};
}

Connection& connection_of(sqlite3_context* context) {
  return *static_cast<Connection*>(sqlite3_user_data(context));
}

bool is_missing_test(const Test& test) {
  return test.op == Operator::kExists && !test.operand.get<bool>();
}

bool run_test(const Test& test, sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
      return is_missing_test(test);
    case SQLITE_INTEGER: {
      const int64_t number = sqlite3_value_int64(value);
      if (test.field == Field::kIndex) return test.rows && test.rows->contains(number);
      if (test.field == Field::kPinned) return test_value(test, Json(number != 0));
      if (test.field == Field::kTtlUs && number == kNoTtl) return is_missing_test(test);
      return test_value(test, Json(number));
    }
    case SQLITE_FLOAT:
      return test_value(test, Json(sqlite3_value_double(value)));
    default:
      break;
  }
  if (test.field == Field::kTags) return test_tags(test, text_of(value));
  if (test.field == Field::kMetadata) return test_metadata(test, text_of(value));
  return test_text(test, text_of(value));
}

// Exceptions must not pass through SQLite; what can throw here is memory running out.
template <typename Function>
void guarded(sqlite3_context* context, Function function) {
  try {
    function();
  } catch (...) {
    sqlite3_result_error_nomem(context);
  }
}

void memtier_test(sqlite3_context* context, int, sqlite3_value** arguments) {
  guarded(context, [&] {
    const auto* test = static_cast<const Test*>(sqlite3_value_pointer(arguments[0], kTestPointer));
    if (test == nullptr) return sqlite3_result_error(context, "memtier_test: no test", -1);
    sqlite3_result_int(context, run_test(*test, arguments[1]) ? 1 : 0);
  });
}

void memtier_test_content(sqlite3_context* context, int, sqlite3_value** arguments) {
  guarded(context, [&] {
    const auto* test = static_cast<const Test*>(sqlite3_value_pointer(arguments[0], kTestPointer));
    if (test == nullptr) return sqlite3_result_error(context, "memtier_test_content: no test", -1);
    std::string buffer;
    const auto content = plain_content(connection_of(context), sqlite3_value_int64(arguments[1]),
                                       text_of(arguments[2]), &buffer);
    // Damaged content matches nothing here; reading the item tells.
    const bool result = content.ok() && test_text(*test, content.value());
    sqlite3_result_int(context, result ? 1 : 0);
  });
}

bool looks_at(const Filter& filter, Field field) {
  if (filter.kind == Filter::Kind::kTest) return filter.test.field == field;
  return std::any_of(filter.children.begin(), filter.children.end(),
                     [field](const Filter& child) { return looks_at(child, field); });
}

// The item of a row, as far as filters look at it; false: the filter looks at what cannot be read.
bool read_fields(Connection& connection, const Filter& filter, sqlite3_value** column,
                 std::string* buffer, ItemFields* out) {
  const auto integer = [&column] { return sqlite3_value_int64(*column++); };
  ItemFields& fields = *out;
  fields.tier = static_cast<int32_t>(integer());
  fields.importance = sqlite3_value_double(*column++);
  fields.priority = integer();
  fields.pinned = integer() != 0;
  fields.created_us = integer();
  fields.updated_us = integer();
  fields.accessed_us = integer();
  fields.expires_us = integer();
  fields.ttl_us = integer();
  fields.access_count = integer();
  fields.validation_count = integer();
  fields.version = integer();
  fields.sequence = integer();
  const int64_t encoding = integer();
  fields.row = integer();
  fields[Text::kId] = text_of(*column++);
  fields[Text::kType] = text_of(*column++);
  fields[Text::kContentType] = text_of(*column++);
  fields[Text::kTags] = text_of(*column++);
  fields[Text::kMetadata] = text_of(*column++);
  const auto texts =
      plain_texts(connection, encoding, fields[Text::kMetadata], text_of(*column++), buffer);
  if (texts.ok()) {
    fields[Text::kMetadata] = texts->metadata;
    fields[Text::kContent] = texts->content;
  }
  for (size_t i = 0; i < Scope::kNames; ++i) fields.texts[1 + i] = text_of(*column++);
  return texts.ok() || (!looks_at(filter, Field::kContent) &&
                        (encoding != kEncodingBlockAll || !looks_at(filter, Field::kMetadata)));
}

void memtier_matches(sqlite3_context* context, int, sqlite3_value** arguments) {
  guarded(context, [&] {
    const auto* filter =
        static_cast<const Filter*>(sqlite3_value_pointer(arguments[0], kFilterPointer));
    const auto* tiers =
        static_cast<const TierNames*>(sqlite3_value_pointer(arguments[1], kTiersPointer));
    if (filter == nullptr || tiers == nullptr) {
      return sqlite3_result_error(context, "memtier_matches: no filter", -1);
    }
    std::string buffer;
    ItemFields fields;
    const bool readable =
        read_fields(connection_of(context), *filter, arguments + 2, &buffer, &fields);
    sqlite3_result_int(context, readable && matches(*filter, fields, *tiers) ? 1 : 0);
  });
}

void memtier_metadata(sqlite3_context* context, int, sqlite3_value** arguments) {
  guarded(context, [&] {
    std::string buffer;
    const auto texts =
        plain_texts(connection_of(context), kEncodingBlockAll, {}, text_of(arguments[0]), &buffer);
    if (!texts.ok()) return sqlite3_result_text(context, "", 0, SQLITE_STATIC);
    sqlite3_result_text64(context, texts->metadata.data(), texts->metadata.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
  });
}

void memtier_is_readable(sqlite3_context* context, int, sqlite3_value** arguments) {
  guarded(context, [&] {
    std::string buffer;
    const auto content = plain_content(connection_of(context), sqlite3_value_int64(arguments[0]),
                                       text_of(arguments[1]), &buffer);
    sqlite3_result_int(context, content.ok() ? 1 : 0);
  });
}

void memtier_order(sqlite3_context* context, int, sqlite3_value** arguments) {
  guarded(context, [&] {
    const auto* path = static_cast<const std::vector<std::string>*>(
        sqlite3_value_pointer(arguments[0], kPathPointer));
    if (path == nullptr) return sqlite3_result_error(context, "memtier_order: no path", -1);
    const std::string key = order_key(metadata_value(text_of(arguments[1]), *path));
    sqlite3_result_blob64(context, key.data(), key.size(), SQLITE_TRANSIENT);
  });
}

void memtier_saw(sqlite3_context* context, int, sqlite3_value** arguments) {
  auto* count = static_cast<int64_t*>(sqlite3_value_pointer(arguments[0], kCountPointer));
  if (count != nullptr) ++*count;
  sqlite3_result_int(context, 1);
}

}  // namespace

std::string order_key(const Json& value) {
  std::string key;
  if (value.is_discarded()) {
    key += '\0';
    return key;
  }
  key += static_cast<char>(json_kind_rank(value));
  if (value.is_number()) {
    append_number_key(value, &key);
  } else if (value.is_string()) {
    key += value.get_ref<const std::string&>();
  } else if (value.is_structured()) {
    key += value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return key;
}

Status register_functions(Connection& connection) {
  struct Entry {
    const char* name;
    int arguments;
    void (*function)(sqlite3_context*, int, sqlite3_value**);
  };
  constexpr Entry kFunctions[] = {{"memtier_test", 2, memtier_test},
                                  {"memtier_test_content", 3, memtier_test_content},
                                  {"memtier_matches", kMatchesArguments, memtier_matches},
                                  {"memtier_order", 2, memtier_order},
                                  {"memtier_metadata", 1, memtier_metadata},
                                  {"memtier_is_readable", 2, memtier_is_readable},
                                  {"memtier_saw", 2, memtier_saw}};
  for (const Entry& entry : kFunctions) {
    const int code =
        sqlite3_create_function_v2(connection.handle(), entry.name, entry.arguments,
                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                   &connection, entry.function, nullptr, nullptr, nullptr);
    RETURN_IF_ERROR(sqlite_status(code, connection.handle(), "register a function"));
  }
  return {};
}

}  // namespace memtier
