// An item for people (cells of a table, a page) and for programs (JSON, untouched).
#pragma once

#include <memtier.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "table.h"

namespace memtier::tool {

std::string read_text(const memtier_item* item, int32_t field);
int64_t read_int64(const memtier_item* item, int32_t field);

// The library's document, byte for byte, so that nothing of the item is lost.
std::string item_json(const memtier_item* item);

// The same with members put behind the id; `members` is as {"a":1} is within its braces.
std::string item_json_with(const memtier_item* item, const std::string& members);

std::string quote_json(std::string_view text);

// Checks that an argument is JSON, so that it can be put into a document as it is.
void check_json(const std::string& option, const std::string& text);

// The content in one line; of bytes that are no text, what they are.
std::string content_line(const memtier_item* item);

// Who said it or whose it is: the speaker or role in the metadata, else the user or the agent.
std::string item_who(const memtier_item* item);

// The columns of lists of items, and an item's cells for them; `text` is what the last one shows.
std::vector<Column> item_columns();
std::vector<std::string> item_cells(const memtier_item* item, std::string text);

// Everything about one item, then its content.
std::string item_page(const memtier_item* item, bool colour);

}  // namespace memtier::tool
