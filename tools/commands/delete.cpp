// memtier delete: deletes items by id or by filter.
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "commands/fields.h"
#include "item_text.h"
#include "progress.h"
#include "units.h"

namespace memtier::tool {
namespace {

struct DeleteOptions {
  std::vector<std::string> ids;
  std::string filter;
  bool yes = false;
  std::optional<int64_t> expected_version;
};

// What of a batch was deleted, and why the first of the others was not.
struct Deleted {
  int64_t count = 0;
  std::vector<std::string> failed_ids;
  memtier_status first_status = MEMTIER_OK;
  std::string first_message;
};

Deleted delete_ids(Tool& tool, const std::vector<std::string>& ids) {
  std::string joined;
  std::vector<int64_t> ends;
  for (const std::string& id : ids) {
    joined += id;
    ends.push_back(static_cast<int64_t>(joined.size()));
  }
  Items items;
  call(memtier_item_delete_many, tool.store(), tool.scope(), joined.data(), ends.data(),
       static_cast<int64_t>(ends.size()), MEMTIER_DURABILITY_DEFAULT, nullptr, items.out());
  Deleted deleted;
  for (size_t i = 0; i < ids.size(); ++i) {
    memtier_status status = MEMTIER_OK;
    memtier_slice message{};
    call(memtier_items_read_status, items.get(), static_cast<int64_t>(i), &status, &message);
    if (status == MEMTIER_OK) {
      ++deleted.count;
      continue;
    }
    deleted.failed_ids.push_back(ids[i]);
    if (deleted.first_status == MEMTIER_OK) {
      deleted.first_status = status;
      deleted.first_message = std::string(view_of(message));
    }
  }
  return deleted;
}

void delete_by_id(Tool& tool, const DeleteOptions& options) {
  if (options.expected_version) {
    if (options.ids.size() > 1) throw usage_failure("--expect-version is for one ID");
    const std::string& id = options.ids.front();
    call(memtier_item_delete, tool.store(), tool.scope(), id.data(), id.size(),
         *options.expected_version, MEMTIER_DURABILITY_DEFAULT);
    tool.report(Outcome(MEMTIER_OK, nullptr), "deleted", 1);
    return;
  }
  const Deleted deleted = delete_ids(tool, options.ids);
  const bool is_answer = tool.options.json || deleted.count > 0;
  if (is_answer) tool.report(Outcome(MEMTIER_OK, nullptr), "deleted", deleted.count);
  if (deleted.failed_ids.empty()) return;
  std::string message = deleted.first_message;
  if (deleted.failed_ids.size() > 1) {
    message += ", nor could these be deleted:";
    for (size_t i = 1; i < deleted.failed_ids.size(); ++i) message += " " + deleted.failed_ids[i];
  }
  throw status_failure(deleted.first_status, message);
}

void delete_where(Tool& tool, const DeleteOptions& options) {
  memtier_store* store = tool.store();
  if (!options.yes) {
    int64_t matched = 0;
    call(memtier_item_count, store, tool.scope(), options.filter.data(), options.filter.size(),
         nullptr, &matched);
    if (matched > 0) tool.confirm("delete " + count_of(matched, "item"), false);
  }
  int64_t count = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, "deleting", LongWork::Unit::kItems);
    return attempt(memtier_item_delete_where, store, tool.scope(), options.filter.data(),
                   options.filter.size(), MEMTIER_DURABILITY_DEFAULT, work.control(), &count);
  }();
  tool.report(outcome, "deleted", count);
}

void remove(Tool& tool, const DeleteOptions& options) {
  if (options.ids.empty() == options.filter.empty()) {
    throw usage_failure("which items? Give IDs or --filter, one of them");
  }
  if (options.filter.empty()) {
    delete_by_id(tool, options);
  } else {
    delete_where(tool, options);
  }
}

}  // namespace

void add_delete(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<DeleteOptions>();
  CLI::App* command =
      add_command(app, "delete",
                  "Delete items, by id or by filter.\nBy filter it asks first; where nobody can be "
                  "asked it needs --yes.",
                  "Writing",
                  {"memtier delete notes old-notes", "memtier delete notes --expect-version 3",
                   "memtier delete --filter '{\"importance\": {\"$lt\": 0.1}}' --yes"});
  add_arguments(command, "ID", options->ids, "their ids", tool.argument_count);
  add_filter_option(command, options->filter, "all items that this filter matches");
  command->add_flag("-y,--yes", options->yes, "do not ask");
  add_value(command, "--expect-version", options->expected_version, "NUMBER",
            "only if this is the version that is there now");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { remove(tool, *options); }; });
}

}  // namespace memtier::tool
