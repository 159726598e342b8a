// Snippets: the passage of a text that shows most of a query's words.
#pragma once

#include <string>
#include <string_view>

#include "index/text/analyzer.h"
#include "index/text/text_query.h"

namespace memtier {

// About `size` bytes, the words between ** and **; what is left out shows as an ellipsis.
std::string make_snippet(Analyzer& analyzer, const TextQuery& query, std::string_view text,
                         size_t size);

}  // namespace memtier
