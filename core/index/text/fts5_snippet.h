// Snippets: FTS5 cannot make them for a table without content, so its tokenizer is used directly.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "index/text/text_query.h"
#include "storage/sqlite/connection.h"

namespace memtier {

Result<std::string> fts5_snippet(Connection& connection, const TextQuery& query,
                                 std::string_view content, size_t size);

}  // namespace memtier
