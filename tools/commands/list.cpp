// memtier list, memtier count and memtier explain: items by filter.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "commands/fields.h"
#include "item_text.h"
#include "json_object.h"
#include "progress.h"
#include "units.h"

namespace memtier::tool {
namespace {

constexpr int64_t kPageItems = 500;

struct ListOptions {
  std::string filter;
  std::string order_by = "created_us";
  bool ascending = false;
  int64_t skip = 0;
  int64_t limit = 20;
  std::string after;
};

std::string list_of(const ListOptions& options) {
  JsonObject list;
  list.add("order_by", options.order_by).add("skip", options.skip);
  list.add_json("descending", options.ascending ? "false" : "true");
  if (!options.filter.empty()) {
    check_json("--filter", options.filter);
    list.add_json("filter", options.filter);
  }
  if (!options.after.empty()) list.add("after", options.after);
  return list.text();
}

// Reads a list page by page, so that one of any length takes little memory.
class ListReader {
 public:
  ListReader(Tool& tool, const ListOptions& options)
      : tool_(tool), left_(options.limit), is_limited_(options.limit > 0) {
    const std::string list = list_of(options);
    call(memtier_item_list, tool.store(), tool.scope(), list.data(), list.size(), cursor_.out());
  }

  // The next page; an empty one at the end.
  Items next() {
    Items items;
    if (is_limited_ && left_ == 0) return items;
    items = read(is_limited_ ? std::min(left_, kPageItems) : kPageItems);
    left_ -= memtier_items_count(items.get());
    return items;
  }

  // Where to go on, if there is more than was read; the reader cannot be used afterwards.
  std::string token_if_more() {
    Bytes token;
    call(memtier_cursor_get_token, cursor_.get(), token.out());
    const bool is_more = is_limited_ && left_ == 0 && memtier_items_count(read(1).get()) > 0;
    return is_more ? std::string(view_of(token)) : "";
  }

 private:
  Items read(int64_t count) {
    const LongWork work(tool_, "listing", LongWork::Unit::kItems);
    Items items;
    call(memtier_cursor_next, cursor_.get(), count, work.control(), items.out());
    return items;
  }

  Tool& tool_;
  Cursor cursor_;
  int64_t left_;
  bool is_limited_;
};

// The items of a page; of those that are damaged it says why they are left out. False: some were.
bool visit_items(Tool& tool, const Items& items, const std::function<void(const Item&)>& visit) {
  bool all = true;
  const int64_t count = memtier_items_count(items.get());
  for (int64_t i = 0; i < count; ++i) {
    memtier_status status = MEMTIER_OK;
    memtier_slice message{};
    call(memtier_items_read_status, items.get(), i, &status, &message);
    if (status != MEMTIER_OK) {
      tool.flush();
      std::fprintf(stderr, "memtier: left out: %.*s\n", static_cast<int>(message.size),
                   static_cast<const char*>(message.data));
      all = false;
      continue;
    }
    Item item;
    call(memtier_items_get, items.get(), i, item.out());
    visit(item);
  }
  return all;
}

constexpr int kExitDamaged = 1;

void check_all_shown(bool all) {
  if (all) return;
  throw Failure(kExitDamaged, "MEMTIER_CORRUPT", "some items are damaged and were left out");
}

void list_json(Tool& tool, ListReader& reader) {
  tool.write("{\"items\":[");
  bool is_first = true;
  bool all = true;
  while (true) {
    const Items items = reader.next();
    if (memtier_items_count(items.get()) == 0) break;
    all &= visit_items(tool, items, [&](const Item& item) {
      tool.write(is_first ? "" : ",");
      tool.write(item_json(item.get()));
      is_first = false;
    });
  }
  const std::string token = reader.token_if_more();
  tool.write_line("],\"after\":" + (token.empty() ? "null" : quote_json(token)) + "}");
  check_all_shown(all);
}

void list_table(Tool& tool, ListReader& reader) {
  Table table(tool.terminal(), item_columns());
  int64_t shown = 0;
  bool all = true;
  while (true) {
    const Items items = reader.next();
    const int64_t count = memtier_items_count(items.get());
    if (count == 0) break;
    all &= visit_items(tool, items, [&](const Item& item) {
      table.add(item_cells(item.get(), content_line(item.get())));
    });
    tool.write(table.take());
    shown += count;
  }
  const std::string token = reader.token_if_more();
  if (shown == 0) tool.hint("no items");
  if (!token.empty()) {
    tool.hint(count_of(shown, "item") + " shown, and there are more: --limit 0 for all, --after " +
              token + " for the next");
  }
  check_all_shown(all);
}

void list(Tool& tool, const ListOptions& options) {
  if (options.limit < 0) throw usage_failure("--limit must be 0 (all) or more");
  ListReader reader(tool, options);
  if (tool.options.json) {
    list_json(tool, reader);
  } else {
    list_table(tool, reader);
  }
}

void count(Tool& tool, const std::string& filter) {
  int64_t count = 0;
  call(memtier_item_count, tool.store(), tool.scope(), filter.data(), filter.size(), nullptr,
       &count);
  const std::string number = std::to_string(count);
  tool.write_line(tool.options.json ? "{\"count\":" + number + "}" : number);
}

void explain(Tool& tool, const ListOptions& options) {
  if (options.limit < 0) throw usage_failure("--limit must be 0 (the first 100) or more");
  JsonObject list;
  list.add("order_by", options.order_by).add("skip", options.skip).add("limit", options.limit);
  list.add_json("descending", options.ascending ? "false" : "true");
  if (!options.filter.empty()) {
    check_json("--filter", options.filter);
    list.add_json("filter", options.filter);
  }
  const std::string text = list.text();
  Bytes json;
  call(memtier_item_explain, tool.store(), tool.scope(), text.data(), text.size(), nullptr,
       json.out());
  tool.write_line(std::string(view_of(json)));
}

}  // namespace

void add_list(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = add_command(
      app, "list", "List items by filter, the newest first.", "Reading",
      {"memtier list --limit 5",
       "memtier list --filter '{\"tags\": \"drinks\", \"importance\": {\"$gte\": 0.8}}'",
       "memtier list --order-by importance --limit 0 --json | jq -r '.items[].id'"});
  add_filter_option(command, options->filter, "only the items that this filter matches");
  add_value(command, "--order-by", options->order_by, "FIELD",
            "created_us (default), importance, metadata.place, ...");
  command->add_flag("--ascending", options->ascending, "the smallest or oldest first");
  add_value(command, "--skip", options->skip, "NUMBER", "leave out the first so many");
  add_value(command, "-n,--limit", options->limit, "NUMBER", "at most so many; 20, or 0 for all");
  add_value(command, "--after", options->after, "TOKEN", "go on where a former list ended");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { list(tool, *options); }; });
}

void add_count(CLI::App& app, Tool& tool) {
  auto filter = std::make_shared<std::string>();
  CLI::App* command =
      add_command(app, "count", "Count items by filter.", "Reading",
                  {"memtier count", "memtier count --user ada --filter '{\"type\": \"fact\"}'",
                   "memtier count --filter '{\"accessed_us\": {\"$lt\": \"2026-01-01\"}}'"});
  add_filter_option(command, *filter, "only the items that this filter matches");
  command->callback([filter, &tool] { tool.command = [filter, &tool] { count(tool, *filter); }; });
}

void add_explain(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = add_command(
      app, "explain", "Say how a list and a count with a filter are done, as JSON.", "Reading",
      {"memtier explain --filter '{\"type\": \"fact\", \"tags\": \"drinks\"}'",
       "memtier explain --filter '{\"metadata.place\": \"Oslo\"}' | jq .list.why"});
  add_filter_option(command, options->filter, "only the items that this filter matches");
  add_value(command, "--order-by", options->order_by, "FIELD",
            "created_us (default), importance, metadata.place, ...");
  command->add_flag("--ascending", options->ascending, "the smallest or oldest first");
  add_value(command, "--skip", options->skip, "NUMBER", "leave out the first so many");
  add_value(command, "-n,--limit", options->limit, "NUMBER", "the items of the page; 20");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { explain(tool, *options); }; });
}

}  // namespace memtier::tool
